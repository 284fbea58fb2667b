//! How an account stands by what its entry says: for those who are logged in already, and for what a bind does not tell.
//!
//! An attribute that the service account may not read is as good as absent; the bind itself is the directory's word.

use super::connection::Entry;
use crate::config::DirectoryKind;

/// A password that is over sooner than this is told at login, in seconds.
const SOON: u64 = 7 * 86_400;
/// 1970-01-01 on the clock of Windows, whose unit is 100 ns.
const FILETIME_1970: u64 = 116_444_736_000_000_000;
const FILETIME_SECOND: u64 = 10_000_000;
/// Bits of `userAccountControl` and of its computed sibling.
const AD_DISABLED: u64 = 0x2;
const AD_LOCKED: u64 = 0x10;
const AD_PASSWORD_STAYS: u64 = 0x1_0000;
const AD_PASSWORD_EXPIRED: u64 = 0x80_0000;

/// What an entry says of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    Disabled,
    /// By failed tries or by an administrator. Stays on OpenLDAP's entry after it has lapsed, until the next right bind.
    Locked,
    Expired,
    PasswordExpired,
    /// An administrator has set a password that must be changed.
    MustChange,
}

/// The attributes that [`state`] and [`expires_in`] read.
pub(super) fn attributes(kind: DirectoryKind) -> &'static [&'static str] {
    match kind {
        DirectoryKind::ActiveDirectory => &[
            "userAccountControl",
            "msDS-User-Account-Control-Computed",
            "accountExpires",
            "pwdLastSet",
            "msDS-UserPasswordExpiryTimeComputed",
        ],
        DirectoryKind::OpenLdap => &["pwdAccountLockedTime", "pwdReset"],
        DirectoryKind::Rfc2307 => &["pwdAccountLockedTime", "pwdReset", "shadowExpire"],
        DirectoryKind::Ds389 => &["nsAccountLock", "accountUnlockTime", "passwordExpirationTime"],
        DirectoryKind::FreeIpa => &["nsAccountLock", "krbPrincipalExpiration", "krbPasswordExpiration"],
    }
}

/// `now` in seconds since 1970.
pub(super) fn state(kind: DirectoryKind, entry: &Entry, now: u64) -> State {
    let text = |name: &str| entry.texts(name).next();
    let number = |name: &str| text(name).and_then(|value| value.parse::<u64>().ok());
    let yes = |name: &str| text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let moment = |name: &str| text(name).and_then(generalized_time);
    match kind {
        DirectoryKind::ActiveDirectory => {
            let control = number("userAccountControl").unwrap_or(0);
            let computed = number("msDS-User-Account-Control-Computed").unwrap_or(0);
            let over = number("accountExpires").and_then(filetime).is_some_and(|at| at <= now);
            if control & AD_DISABLED != 0 {
                State::Disabled
            } else if computed & AD_LOCKED != 0 {
                State::Locked
            } else if over {
                State::Expired
            } else if number("pwdLastSet") == Some(0) && control & AD_PASSWORD_STAYS == 0 {
                State::MustChange
            } else if computed & AD_PASSWORD_EXPIRED != 0 {
                State::PasswordExpired
            } else {
                State::Good
            }
        }
        DirectoryKind::OpenLdap | DirectoryKind::Rfc2307 => {
            let shadow_over = kind == DirectoryKind::Rfc2307
                && number("shadowExpire").is_some_and(|day| day.saturating_mul(86_400) <= now);
            if text("pwdAccountLockedTime").is_some() {
                State::Locked
            } else if shadow_over {
                State::Expired
            } else if yes("pwdReset") {
                State::MustChange
            } else {
                State::Good
            }
        }
        DirectoryKind::Ds389 => {
            let locked = moment("accountUnlockTime").is_some_and(|until| until == 0 || until > now);
            match moment("passwordExpirationTime") {
                _ if yes("nsAccountLock") => State::Disabled,
                _ if locked => State::Locked,
                Some(0) => State::MustChange,
                Some(at) if at <= now => State::PasswordExpired,
                _ => State::Good,
            }
        }
        DirectoryKind::FreeIpa => {
            let over = |name| moment(name).is_some_and(|at| at <= now);
            if yes("nsAccountLock") {
                State::Disabled
            } else if over("krbPrincipalExpiration") {
                State::Expired
            } else if over("krbPasswordExpiration") {
                State::PasswordExpired
            } else {
                State::Good
            }
        }
    }
}

/// Seconds until the password is over, if that is soon and the bind does not say it: on Active Directory.
pub(super) fn expires_in(kind: DirectoryKind, entry: &Entry, now: u64) -> Option<u64> {
    let told = entry.text("msDS-UserPasswordExpiryTimeComputed").filter(|_| kind == DirectoryKind::ActiveDirectory)?;
    let at = filetime(told.parse().ok()?)?;
    at.checked_sub(now).filter(|left| *left > 0 && *left < SOON)
}

/// Seconds since 1970; `None` for "never", which is written in two ways.
fn filetime(ticks: u64) -> Option<u64> {
    const NEVER: u64 = i64::MAX as u64;
    if ticks == 0 || ticks >= NEVER { None } else { Some(ticks.saturating_sub(FILETIME_1970) / FILETIME_SECOND) }
}

/// `20270131235959Z`, with or without parts of a second, as seconds since 1970; before that it is 0. `None` if it is no
/// such time, or one of another zone.
pub(super) fn generalized_time(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('Z')?;
    let digits = digits.split_once(['.', ',']).map_or(digits, |(whole, _)| whole);
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits[from..to].parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days of the proleptic Gregorian calendar, the year beginning in March so that leap days come last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (m * 153 + 2) / 5 + day - 1 - 719_468;
    Some(u64::try_from(days * 86_400 + hour * 3600 + minute * 60 + second).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DirectoryKind::{ActiveDirectory as Ad, Ds389, FreeIpa, OpenLdap, Rfc2307};

    const NOW: u64 = 1_800_000_000; // 2027-01-15 08:00:00 UTC

    fn of(kind: DirectoryKind, attributes: &[(&str, &str)]) -> State {
        state(kind, &entry(attributes), NOW)
    }

    fn entry(attributes: &[(&str, &str)]) -> Entry {
        let values: Vec<[&[u8]; 1]> = attributes.iter().map(|(_, value)| [value.as_bytes()]).collect();
        let all: Vec<(&str, &[&[u8]])> = attributes.iter().zip(&values).map(|((n, _), v)| (*n, v.as_slice())).collect();
        Entry::of("cn=x", &all)
    }

    #[test]
    fn an_entry_that_says_nothing_is_good() {
        for kind in [Ad, OpenLdap, Rfc2307, Ds389, FreeIpa] {
            assert_eq!(of(kind, &[]), State::Good);
        }
    }

    #[test]
    fn each_directory_says_it_in_its_own_attribute() {
        for (kind, attribute, value, expected) in [
            (Ad, "userAccountControl", "514", State::Disabled),
            (Ad, "userAccountControl", "512", State::Good),
            (Ad, "msDS-User-Account-Control-Computed", "16", State::Locked),
            (Ad, "msDS-User-Account-Control-Computed", "8388608", State::PasswordExpired),
            (Ad, "accountExpires", "0", State::Good),
            (Ad, "accountExpires", "9223372036854775807", State::Good),
            (Ad, "accountExpires", "132223104000000000", State::Expired),
            (Ad, "accountExpires", "142223104000000000", State::Good),
            (Ad, "pwdLastSet", "0", State::MustChange),
            (Ad, "pwdLastSet", "132223104000000000", State::Good),
            (OpenLdap, "pwdAccountLockedTime", "000001010000Z", State::Locked),
            (OpenLdap, "pwdReset", "TRUE", State::MustChange),
            (OpenLdap, "shadowExpire", "1", State::Good),
            (Rfc2307, "shadowExpire", "20000", State::Expired),
            (Rfc2307, "shadowExpire", "-1", State::Good),
            (Rfc2307, "shadowExpire", "99999", State::Good),
            (Ds389, "nsAccountLock", "TRUE", State::Disabled),
            (Ds389, "nsAccountLock", "false", State::Good),
            (Ds389, "accountUnlockTime", "19700101000000Z", State::Locked),
            (Ds389, "accountUnlockTime", "20270115080001Z", State::Locked),
            (Ds389, "accountUnlockTime", "20270115075959Z", State::Good),
            (Ds389, "passwordExpirationTime", "19700101000000Z", State::MustChange),
            (Ds389, "passwordExpirationTime", "20270115075959Z", State::PasswordExpired),
            (FreeIpa, "krbPrincipalExpiration", "20270115075959Z", State::Expired),
            (FreeIpa, "krbPasswordExpiration", "20270115075959Z", State::PasswordExpired),
            (FreeIpa, "krbPasswordExpiration", "20280115075959Z", State::Good),
        ] {
            assert_eq!(of(kind, &[(attribute, value)]), expected, "{attribute}={value}");
        }
    }

    #[test]
    fn a_password_that_stays_need_not_be_changed() {
        assert_eq!(of(Ad, &[("pwdLastSet", "0"), ("userAccountControl", "66048")]), State::Good);
    }

    #[test]
    fn a_time_is_read_as_the_calendar_has_it() {
        for (text, seconds) in [
            ("19700101000000Z", Some(0)),
            ("20000229120000Z", Some(951_825_600)),
            ("20270115080000Z", Some(NOW)),
            ("20270115080000.5Z", Some(NOW)),
            ("16010101000000Z", Some(0)),
            ("000001010000Z", None),
            ("20271315080000Z", None),
            ("20270115080000+0100", None),
            ("2027011508000\u{e9}Z", None),
            ("", None),
        ] {
            assert_eq!(generalized_time(text), seconds, "{text}");
        }
    }

    #[test]
    fn only_a_password_that_is_over_soon_is_worth_a_word() {
        let at = |seconds: u64| ((NOW + seconds) * FILETIME_SECOND + FILETIME_1970).to_string();
        let told = |value: &str| expires_in(Ad, &entry(&[("msDS-UserPasswordExpiryTimeComputed", value)]), NOW);
        assert_eq!(told(&at(3600)), Some(3600));
        assert_eq!([told(&at(8 * 86_400)), told("9223372036854775807"), told("0"), told("x")], [None; 4]);
    }
}
