//! The browsers that somebody logged in with: a signed cookie in each, which opens nothing. It only proves to the throttle
//! that this is no stranger's browser.
//!
//! The cookie names nobody: each mark in it is a time and a signature that only fits one person. A browser that several
//! people share keeps the marks of the last few.

use std::{path::Path, time::Duration};

use crate::config::StateKey;

/// How long a mark is good for; each login renews it.
pub(crate) const DEVICE_LIFETIME: Duration = Duration::from_secs(90 * 86_400);
const MAX_MARKS: usize = 4; // in one cookie
const TIME: usize = 8; // hexadecimal digits of unix seconds, enough until 2106
const SIGNATURE: usize = 32; // hexadecimal digits: 128 bits

/// Makes and knows the marks.
pub(crate) struct Devices {
    key: StateKey,
}

impl Devices {
    /// The key lies in `directory`, which must be private.
    ///
    /// # Errors
    /// If it can be neither read nor made.
    pub(crate) fn open(directory: &Path) -> std::io::Result<Devices> {
        Ok(Devices { key: StateKey::open(directory, "device-key")? })
    }

    /// Whether `who` logged in with the browser that sent this cookie, within [`DEVICE_LIFETIME`]. `now` in unix seconds.
    pub(crate) fn knows(&self, cookie: &str, who: &str, now: u64) -> bool {
        marks(cookie, now).any(|mark| self.is_of(mark, who))
    }

    /// The cookie's new value after a login of `who`; marks of others in the `old` one stay.
    pub(crate) fn mark(&self, old: Option<&str>, who: &str, now: u64) -> String {
        let time = format!("{now:08x}");
        let mut new = format!("{time}{}", self.signature(&time, who));
        let others = old.into_iter().flat_map(|cookie| marks(cookie, now)).filter(|mark| !self.is_of(mark, who));
        for other in others.take(MAX_MARKS - 1) {
            new.push('.');
            new.push_str(other);
        }
        new
    }

    fn is_of(&self, mark: &str, who: &str) -> bool {
        let (time, signature) = mark.split_at(TIME);
        // Each compared as a hash of its own, so that the time it takes tells nothing of the right one.
        self.key.mac(signature.as_bytes()) == self.key.mac(self.signature(time, who).as_bytes())
    }

    fn signature(&self, time: &str, who: &str) -> String {
        crate::sys::hex(&self.key.mac(format!("{time} {who}").as_bytes())[..SIGNATURE / 2])
    }
}

/// What has the shape of a mark, and an age that it may have.
fn marks(cookie: &str, now: u64) -> impl Iterator<Item = &str> {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    cookie.split('.').take(MAX_MARKS).filter(move |mark| {
        let shaped = mark.len() == TIME + SIGNATURE && mark.bytes().all(digit);
        let made = if shaped { u64::from_str_radix(&mark[..TIME], 16).ok() } else { None };
        made.is_some_and(|made| made <= now && now - made < DEVICE_LIFETIME.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn devices() -> (tempfile::TempDir, Devices) {
        let top = tempfile::tempdir().unwrap();
        let devices = Devices::open(top.path()).unwrap();
        (top, devices)
    }

    #[test]
    fn a_browser_is_known_for_whom_it_was_marked_and_for_nobody_else() {
        let (_top, devices) = devices();
        let cookie = devices.mark(None, "ldap:1", NOW);
        assert!(devices.knows(&cookie, "ldap:1", NOW + 1));
        for other in ["ldap:2", "local:1", "ldap:", "ldap:11", ""] {
            assert!(!devices.knows(&cookie, other, NOW + 1), "{other}");
        }
        assert!(!cookie.contains("ldap"), "it names nobody: {cookie}");
    }

    #[test]
    fn a_mark_that_was_changed_made_elsewhere_or_is_old_is_none() {
        let ((_top, devices), (_else, others)) = (devices(), devices());
        let cookie = devices.mark(None, "ldap:1", NOW);
        assert!(!devices.knows(&others.mark(None, "ldap:1", NOW), "ldap:1", NOW));
        for at in 0..cookie.len() {
            let mut changed = cookie.clone();
            let digit = if &cookie[at..=at] == "0" { "1" } else { "0" };
            changed.replace_range(at..=at, digit);
            assert!(!devices.knows(&changed, "ldap:1", NOW), "{changed}");
        }
        let days = |n: u64| NOW + n * 86_400;
        assert!(devices.knows(&cookie, "ldap:1", days(89)) && !devices.knows(&cookie, "ldap:1", days(90)));
        assert!(!devices.knows(&cookie, "ldap:1", NOW - 1), "made in the future");
        for wrong in ["", ".", "x", "é.é", &"0".repeat(40), &"a".repeat(100_000)] {
            assert!(!devices.knows(wrong, "ldap:1", NOW), "{wrong}");
        }
    }

    #[test]
    fn a_shared_browser_keeps_the_last_four_people_and_fits_into_a_cookie() {
        let (_top, devices) = devices();
        let mut cookie = None;
        for n in 0..5 {
            cookie = Some(devices.mark(cookie.as_deref(), &format!("ldap:{n}"), NOW + n));
        }
        let again = devices.mark(cookie.as_deref(), "ldap:4", NOW + 9);
        assert!(again.len() <= 256, "{} characters", again.len());
        let known: Vec<_> = (0..5).filter(|n| devices.knows(&again, &format!("ldap:{n}"), NOW + 10)).collect();
        assert_eq!(known, [1, 2, 3, 4]);
        assert_eq!(again.split('.').count(), 4, "one mark for each");
    }
}
