//! The users file of any bytes, what is kept of logins, and what a directory says.

pub(crate) use super::ldap::fuzz::answers as ldap;
use super::{Users, login_files};

/// The accounts found are those found in what is written back; the rest stays as it was.
pub(crate) fn users(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let users = Users::parse(&text);
    for account in users.accounts() {
        assert_eq!(users.find(account.name.as_str()), Some(account));
        assert_eq!(users.find_owner(&account.owner()), Some(account));
    }
    let cost = users.common_cost();
    assert!(users.accounts().next().is_none() || users.accounts().any(|account| account.hash.cost() == cost));
    let written = users.to_string();
    let again = Users::parse(&written);
    assert!(users.accounts().eq(again.accounts()));
    assert_eq!(written, again.to_string());
    let mut fewer = again;
    if let Some(account) = users.accounts().next() {
        assert!(fewer.remove(&account.name));
        assert_eq!(fewer.find(account.name.as_str()), None);
        fewer.put(account.clone());
        assert_eq!(fewer.find_owner(&account.owner()), Some(account));
    }
}

/// A file of the login store.
pub(crate) fn login(bytes: &[u8]) {
    if let Some(record) = login_files::record(bytes) {
        let written = serde_json::to_vec(&record).expect("it was read from JSON");
        assert_eq!(login_files::record(&written), Some(record));
    }
}
