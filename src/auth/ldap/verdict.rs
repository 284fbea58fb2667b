//! What a bind's answer means for the person who typed a password: one pure table.
//!
//! A code of 0 is not "may come in", and most others do not prove the password: what is told to a person ([`Stopped`]) is
//! only what a directory says after it found the password right.

use super::{Notice, Stopped, connection::BindAnswer, line::told, policy::PolicyError};
use crate::config::{DirectoryKind, GraceLogins};

/// What a bind with a typed password proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The password is right, and the directory lets the person in.
    Right(Option<Notice>),
    /// The password is right, and the person may be told why that is not enough.
    Stopped(Stopped),
    /// Not proven; the reason is for the audit.
    Wrong(String),
    /// This server cannot answer now; another may.
    Busy(String),
    /// Whoever asks gets this answer: it is the configuration's or the directory's fault.
    Trouble(String),
}

/// The person's bind.
pub(super) fn of_person(kind: DirectoryKind, grace: GraceLogins, answer: &BindAnswer) -> Verdict {
    if kind == DirectoryKind::ActiveDirectory && answer.rc == 49 {
        return active_directory(&answer.text);
    }
    match answer.rc {
        0 => right(grace, answer),
        // These two come after the password was compared; a lock comes before, also with a wrong one.
        49 if answer.policy.error == Some(PolicyError::PasswordExpired) || answer.policy.expired => {
            Verdict::Stopped(Stopped::PasswordExpired)
        }
        49 if answer.policy.error == Some(PolicyError::AccountLocked) => {
            Verdict::Wrong("the directory has locked the account".into())
        }
        49 => Verdict::Wrong("wrong password".into()),
        53 => Verdict::Wrong(said("the account is disabled, or the directory is unwilling", answer)),
        19 => Verdict::Wrong(said("the directory has locked the account", answer)),
        _ => of_anybody(answer),
    }
}

/// The service account's bind: `None` if it is as it should be.
pub(super) fn of_service(dn: &str, answer: &BindAnswer) -> Option<Verdict> {
    let wrong = |what: &str| Some(Verdict::Trouble(said(&format!("the service account {dn} {what}"), answer)));
    match answer.rc {
        0 if answer.policy.expired || answer.policy.error == Some(PolicyError::ChangeAfterReset) => {
            wrong("must change its password; set one that does not expire")
        }
        0 => None,
        49 | 34 | 32 | 48 => wrong(
            "is refused; look at bind_dn and at the password that bind_password_credential or bind_password_file names",
        ),
        53 | 19 => wrong("is disabled or locked; enable it in the directory"),
        _ => Some(of_anybody(answer)),
    }
}

/// Codes that say the same of every bind.
fn of_anybody(answer: &BindAnswer) -> Verdict {
    match answer.rc {
        8 | 13 => Verdict::Trouble(said(
            "the directory takes passwords over TLS only; use ldaps://, or start_tls = true",
            answer,
        )),
        10 => Verdict::Trouble(said("the directory refers to another server; add that server to urls", answer)),
        51 | 52 | 80 => Verdict::Busy(said("the directory cannot answer now", answer)),
        1 | 2 | 3 | 7 | 11 => Verdict::Trouble(said("the directory failed", answer)),
        // Also what nobody has thought of: a try that is counted is the safe side.
        _ => Verdict::Wrong(said("the directory refused the bind", answer)),
    }
}

fn right(grace: GraceLogins, answer: &BindAnswer) -> Verdict {
    let policy = &answer.policy;
    match (policy.error, policy.grace_left, grace) {
        (Some(PolicyError::ChangeAfterReset), ..) => Verdict::Stopped(Stopped::MustChange),
        (Some(PolicyError::AccountLocked), ..) => Verdict::Wrong("the directory has locked the account".into()),
        (_, Some(left), GraceLogins::Warn) => Verdict::Right(Some(Notice::GraceLoginsLeft { left })),
        (Some(PolicyError::PasswordExpired), ..) | (_, Some(_), GraceLogins::Refuse) => {
            Verdict::Stopped(Stopped::PasswordExpired)
        }
        // 389-ds: the next operation would be refused with 53.
        _ if policy.expired => Verdict::Stopped(Stopped::MustChange),
        _ => Verdict::Right(policy.expires_in.map(|seconds| Notice::ExpiresIn { seconds: seconds.into() })),
    }
}

/// `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v3839`: the number is Windows' own.
fn active_directory(text: &str) -> Verdict {
    let after = text.split("data ").nth(1).unwrap_or("");
    let code = after.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap_or("");
    match code.to_ascii_lowercase().as_str() {
        "530" | "531" => Verdict::Stopped(Stopped::NotNow),
        "532" => Verdict::Stopped(Stopped::PasswordExpired),
        "533" => Verdict::Stopped(Stopped::Disabled),
        "701" => Verdict::Stopped(Stopped::AccountExpired),
        "773" => Verdict::Stopped(Stopped::MustChange),
        "775" => Verdict::Wrong("the directory has locked the account".into()), // also with a wrong password
        "525" => Verdict::Wrong("no such account".into()),
        _ => Verdict::Wrong("wrong password".into()),
    }
}

fn said(what: &str, answer: &BindAnswer) -> String {
    told(what, answer.rc, &answer.text)
}

#[cfg(test)]
mod tests {
    use super::{super::policy::Policy, *};
    use DirectoryKind::{ActiveDirectory as Ad, Ds389, FreeIpa, OpenLdap, Rfc2307};

    fn answer(rc: u32, text: &str, policy: Policy) -> BindAnswer {
        BindAnswer { rc, text: text.into(), policy }
    }

    fn error(error: PolicyError) -> Policy {
        Policy { spoke: true, error: Some(error), ..Policy::default() }
    }

    fn spoke() -> Policy {
        Policy { spoke: true, ..Policy::default() }
    }

    fn expired() -> Policy {
        Policy { expired: true, ..Policy::default() }
    }

    /// As Samba 4.17 and Windows write it.
    fn ad(data: &str) -> BindAnswer {
        let text =
            format!("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, v1db1");
        answer(49, &text, Policy::default())
    }

    fn verdict(kind: DirectoryKind, answer: BindAnswer) -> Verdict {
        of_person(kind, GraceLogins::Warn, &answer)
    }

    fn is_wrong(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Wrong(_))
    }

    #[test]
    fn a_right_password_is_right_everywhere() {
        for kind in [OpenLdap, Rfc2307, Ad, Ds389, FreeIpa] {
            assert_eq!(verdict(kind, answer(0, "", Policy::default())), Verdict::Right(None));
        }
        assert_eq!(verdict(OpenLdap, answer(0, "", spoke())), Verdict::Right(None));
    }

    #[test]
    fn a_wrong_password_and_an_unknown_name_are_one_refusal() {
        let all = [
            verdict(OpenLdap, answer(49, "", spoke())),
            verdict(OpenLdap, answer(49, "", Policy::default())),
            verdict(Ad, ad("52e")),
            verdict(Ad, ad("525")),
            verdict(Ad, answer(49, "something new", Policy::default())),
            verdict(Ds389, answer(49, "", Policy::default())),
            verdict(Ds389, answer(32, "", Policy::default())),
            verdict(OpenLdap, answer(48, "", Policy::default())),
            verdict(OpenLdap, answer(34, "invalid DN", Policy::default())),
        ];
        assert!(all.iter().all(is_wrong), "{all:?}");
    }

    #[test]
    fn an_expired_password_is_told_since_it_was_right() {
        for (kind, answer) in [
            (OpenLdap, answer(49, "", error(PolicyError::PasswordExpired))),
            (Ad, ad("532")),
            (Ds389, answer(49, "password expired!", expired())),
        ] {
            assert_eq!(verdict(kind, answer), Verdict::Stopped(Stopped::PasswordExpired), "{kind:?}");
        }
    }

    #[test]
    fn code_0_lets_nobody_in_who_must_change_the_password_first() {
        for (kind, answer) in [
            (OpenLdap, answer(0, "", error(PolicyError::ChangeAfterReset))),
            (Ad, ad("773")),
            (Ds389, answer(0, "", expired())),
            (FreeIpa, answer(0, "", expired())),
        ] {
            assert_eq!(verdict(kind, answer), Verdict::Stopped(Stopped::MustChange), "{kind:?}");
        }
    }

    #[test]
    fn a_grace_login_warns_or_is_refused_as_configured() {
        let policy = Policy { spoke: true, grace_left: Some(2), ..Policy::default() };
        for policy in [policy.clone(), Policy { expired: true, ..policy }] {
            let answer = answer(0, "", policy);
            let left = Verdict::Right(Some(Notice::GraceLoginsLeft { left: 2 }));
            assert_eq!(of_person(OpenLdap, GraceLogins::Warn, &answer), left);
            assert_eq!(of_person(Ds389, GraceLogins::Refuse, &answer), Verdict::Stopped(Stopped::PasswordExpired));
        }
    }

    #[test]
    fn a_password_that_expires_soon_lets_in_with_a_notice() {
        let policy = Policy { expires_in: Some(86_400), ..spoke() };
        let notice = Verdict::Right(Some(Notice::ExpiresIn { seconds: 86_400 }));
        assert_eq!(verdict(OpenLdap, answer(0, "", policy)), notice);
    }

    #[test]
    fn a_disabled_account_is_told_by_active_directory_alone() {
        assert_eq!(verdict(Ad, ad("533")), Verdict::Stopped(Stopped::Disabled));
        assert!(is_wrong(&verdict(OpenLdap, answer(49, "", error(PolicyError::AccountLocked)))));
        assert!(is_wrong(&verdict(
            Ds389,
            answer(53, "Account inactivated. Contact system administrator.", Policy::default())
        )));
    }

    #[test]
    fn a_locked_account_is_never_told_since_a_wrong_password_gets_the_same_answer() {
        for (kind, answer) in [
            (OpenLdap, answer(49, "", error(PolicyError::AccountLocked))),
            (Ad, ad("775")),
            (Ds389, answer(19, "Exceed password retry limit. Please try later.", Policy::default())),
        ] {
            let Verdict::Wrong(reason) = verdict(kind, answer) else { panic!("{kind:?}") };
            assert!(reason.contains("locked"), "{reason}");
        }
    }

    #[test]
    fn an_expired_account_and_forbidden_hours_are_told() {
        assert_eq!(verdict(Ad, ad("701")), Verdict::Stopped(Stopped::AccountExpired));
        assert_eq!(verdict(Ad, ad("530")), Verdict::Stopped(Stopped::NotNow));
        assert_eq!(verdict(Ad, ad("531")), Verdict::Stopped(Stopped::NotNow));
    }

    #[test]
    fn a_directory_that_wants_tls_is_no_wrong_password() {
        for (kind, rc) in [(OpenLdap, 13), (Ad, 8), (Ds389, 13)] {
            let Verdict::Trouble(what) = verdict(kind, answer(rc, "TLS required", Policy::default())) else {
                panic!("{kind:?}")
            };
            assert!(what.contains("start_tls = true") && what.contains("TLS required"), "{what}");
        }
    }

    #[test]
    fn a_busy_directory_is_another_ones_turn_and_a_broken_one_is_told() {
        for rc in [51, 52, 80] {
            assert!(matches!(verdict(OpenLdap, answer(rc, "", Policy::default())), Verdict::Busy(_)), "{rc}");
        }
        for rc in [1, 3, 11, 10] {
            assert!(matches!(verdict(OpenLdap, answer(rc, "", Policy::default())), Verdict::Trouble(_)), "{rc}");
        }
    }

    #[test]
    fn words_of_active_directory_prove_nothing_elsewhere() {
        assert!(is_wrong(&verdict(OpenLdap, ad("532"))));
        assert!(is_wrong(&verdict(Ad, answer(49, "", error(PolicyError::PasswordExpired)))));
    }

    #[test]
    fn a_refused_service_account_is_the_configurations_fault() {
        let of = |answer: &BindAnswer| of_service("cn=svc", answer);
        assert_eq!(of(&answer(0, "", spoke())), None);
        for answer in [ad("52e"), answer(49, "", spoke()), answer(53, "", spoke()), answer(0, "", expired())] {
            let Some(Verdict::Trouble(what)) = of(&answer) else { panic!("{answer:?}") };
            assert!(what.contains("cn=svc"), "{what}");
        }
        assert!(matches!(of(&answer(51, "", spoke())), Some(Verdict::Busy(_))));
    }

    proptest::proptest! {
        #[test]
        fn no_code_but_0_is_right_and_no_text_makes_it_panic(
            rc in 1u32..200, text in ".{0,80}", locked in proptest::bool::ANY,
        ) {
            let policy = if locked { error(PolicyError::AccountLocked) } else { spoke() };
            for kind in [OpenLdap, Rfc2307, Ad, Ds389, FreeIpa] {
                let verdict = verdict(kind, answer(rc, &text, policy.clone()));
                proptest::prop_assert!(!matches!(verdict, Verdict::Right(_)), "{:?}", verdict);
            }
        }
    }
}
