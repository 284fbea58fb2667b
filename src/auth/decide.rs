//! Which backend's word counts for a name: the one that knows it. Known to both, it is nobody's, or whoever may make
//! accounts in one could take over sessions of the other.

use super::{
    Notice, OwnerId, Person, Stopped,
    ldap::{Candidate, Proof, Trouble},
    throttle::Whose,
    users::{Account, Users},
};

const KNOWN_TO_BOTH: &str = "known to the users file and to the directory; remove one of the two accounts";

/// Who decides about a login.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decider {
    Local(Account),
    Directory(Candidate),
    /// A bind is made all the same, of nobody: it costs this person none of their tries.
    Both(Candidate),
    Nobody,
}

/// Whether the directory knew the name when it found it, or only made a DN of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    Searched,
    /// `user_dn_template`: every name has a DN. A local account of that name decides then, since nobody can tell.
    Templated,
}

impl Decider {
    /// `users` is absent where the users file is no backend, `candidate` where the directory found nobody.
    pub(super) fn of(typed: &str, users: Option<&Users>, candidate: Option<Candidate>, finding: Finding) -> Decider {
        // However it was typed: it is the directory's own name for the person that the users file may have, too.
        let local = |name: &str| users.and_then(|users| users.find(name)).cloned();
        let account = local(typed).or_else(|| candidate.as_ref().and_then(|candidate| local(&candidate.name)));
        match (account, candidate, finding) {
            (Some(account), None, _) | (Some(account), Some(_), Finding::Templated) => Decider::Local(account),
            (Some(_), Some(candidate), Finding::Searched) => Decider::Both(candidate),
            (None, Some(candidate), _) => Decider::Directory(candidate),
            (None, None, _) => Decider::Nobody,
        }
    }

    /// Whose tries this one is counted with.
    pub(super) fn whose(&self, typed: &str, finding: Finding) -> Whose {
        match self {
            Decider::Local(account) => Whose { key: account.name.to_string(), known: true },
            // No local name has a colon in it.
            Decider::Directory(candidate) | Decider::Both(candidate) => {
                Whose { key: format!("ldap:{}", candidate.key), known: finding == Finding::Searched }
            }
            // Directories do not mind blanks around a name, so neither may the count: the difference would tell who exists.
            Decider::Nobody => Whose { key: typed.trim().to_owned(), known: false },
        }
    }

    /// For whom a browser is marked: the identity, where it is known before the password is.
    pub(super) fn device_owner(&self) -> Option<String> {
        match self {
            Decider::Local(account) => Some(account.owner().to_string()),
            Decider::Directory(candidate) | Decider::Both(candidate) => Some(OwnerId::ldap(&candidate.key).to_string()),
            Decider::Nobody => None,
        }
    }

    /// The name for the audit, if it is one that somebody has.
    pub(super) fn name(&self, finding: Finding) -> Option<&str> {
        match self {
            Decider::Local(account) => Some(account.name.as_str()),
            Decider::Directory(candidate) | Decider::Both(candidate) => {
                (finding == Finding::Searched).then_some(&candidate.name)
            }
            Decider::Nobody => None,
        }
    }
}

/// What becomes of a login.
pub(super) enum Verdict {
    In(Person, Option<Notice>),
    Stopped {
        name: String,
        state: Stopped,
    },
    /// The reason is for the audit alone.
    Refused(String),
}

/// What follows from the work, whose results are `matched` (the users file) and `proof` (the directory).
pub(super) fn judge(
    decider: &Decider,
    users: Option<&Users>,
    possible: bool,
    matched: bool,
    proof: Option<Result<Proof, Trouble>>,
) -> Verdict {
    let refused = |reason: &str| Verdict::Refused(reason.to_owned());
    match (decider, proof) {
        (Decider::Local(account), _) => match (matched, account.disabled) {
            (true, false) => Verdict::In(account.person(), None),
            (true, true) => refused("the account is disabled"),
            (false, _) => refused("wrong password"),
        },
        (Decider::Directory(_), Some(Ok(Proof::In { found, notice }))) => {
            // Where every name has a DN, who it is shows only now.
            if users.is_some_and(|users| users.find(&found.name).is_some()) {
                return refused(KNOWN_TO_BOTH);
            }
            Verdict::In(found.into(), notice)
        }
        (Decider::Directory(_), Some(Ok(Proof::Stopped { found_name, state }))) => {
            Verdict::Stopped { name: found_name, state }
        }
        (Decider::Directory(_) | Decider::Nobody, Some(Ok(Proof::Refused { reason }))) => Verdict::Refused(reason),
        (Decider::Directory(_), _) => refused("not proven"),
        (Decider::Both(_), _) => refused(KNOWN_TO_BOTH),
        (Decider::Nobody, _) if !possible => refused("not a possible name or password"),
        (Decider::Nobody, _) => refused("no such account"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "mira:$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc::\
                         00000000000000ff:\n";

    fn candidate(name: &str) -> Option<Candidate> {
        Some(Candidate { key: "id-1".into(), name: name.into(), dn: "uid=x".into() })
    }

    #[test]
    fn a_name_that_one_knows_is_decided_by_it_and_one_that_both_know_by_neither() {
        let users = Users::parse(USERS);
        let of = |typed: &str, candidate| Decider::of(typed, Some(&users), candidate, Finding::Searched);
        assert!(matches!(of("mira", None), Decider::Local(account) if account.name.as_str() == "mira"));
        assert_eq!(of("jo", candidate("jo")), Decider::Directory(candidate("jo").unwrap()));
        assert!(matches!(of("mira", candidate("mira")), Decider::Both(_)));
        assert!(matches!(of(" MIRA", candidate("mira")), Decider::Both(_)), "typed as only the directory takes it");
        assert_eq!(of("nobody", None), Decider::Nobody);
        let directory_only = Decider::of("mira", None, candidate("mira"), Finding::Searched);
        assert!(matches!(directory_only, Decider::Directory(_)));
    }

    #[test]
    fn where_every_name_has_a_dn_a_local_account_decides_about_its_own() {
        let users = Users::parse(USERS);
        let of = |typed: &str| Decider::of(typed, Some(&users), candidate(typed), Finding::Templated);
        assert!(matches!(of("mira"), Decider::Local(_)));
        assert!(matches!(of("jo"), Decider::Directory(_)));
        assert_eq!(of("jo").name(Finding::Templated), None, "people type passwords there");
        assert!(!of("jo").whose("jo", Finding::Templated).known, "nor may invented names push out accounts");
    }

    #[test]
    fn tries_are_counted_for_the_person_however_the_name_is_typed() {
        let whose = |typed: &str, candidate| {
            Decider::of(typed, None, candidate, Finding::Searched).whose(typed, Finding::Searched)
        };
        assert_eq!(whose("ALICE", candidate("alice")), whose(" alice ", candidate("alice")));
        assert_eq!(whose("nobody", None), whose(" nobody ", None));
        assert_ne!(whose("ldap:id-1", None), whose("alice", candidate("alice")), "another table");
    }
}
