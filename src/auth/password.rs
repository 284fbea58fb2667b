//! Passwords: typed ones, which leave memory when dropped, and hashed ones, as the users file has them.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{self, PasswordHash},
};
use zeroize::Zeroizing;

/// The longest password, in bytes.
pub(crate) const MAX_PASSWORD: usize = 1024;
const SALT: usize = 16; // bytes
const MAX_HASH: usize = 256; // characters of one hash in the users file
const MAX_MEMORY: u32 = 256 * 1024; // KiB that one check may take
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

/// What somebody typed. Wiped when dropped; no `Debug`, no `Display`, no `Clone`.
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    pub(crate) fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// Whether this can be a password at all.
    ///
    /// # Errors
    /// With the sentence for the person who chooses it.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match self.0.len() {
            0 => Err("a password cannot be empty"),
            n if n > MAX_PASSWORD => Err("a password has at most 1024 bytes"),
            _ if self.0.contains('\0') => Err("a password cannot contain a NUL"),
            _ => Ok(()),
        }
    }

    /// For a bind, which is made of text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// At most [`MAX_PASSWORD`] bytes of it: work is bounded even for what is refused anyway.
    fn bytes(&self) -> &[u8] {
        &self.0.as_bytes()[..self.0.len().min(MAX_PASSWORD)]
    }
}

/// What one check costs. Equal costs take equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Cost {
    /// KiB
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// What new hashes cost.
    pub(crate) const USUAL: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };

    /// A cost for tests that have many accounts to make.
    #[cfg(test)]
    pub(crate) const CHEAP: Cost = Cost { memory: 8, passes: 1, lanes: 1 };

    /// KiB written in all passes.
    pub(crate) fn work(self) -> u64 {
        u64::from(self.memory) * u64::from(self.passes)
    }

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory, self.passes, self.lanes, None)
            .expect("Hash::parse, USUAL and CHEAP are the only makers of a Cost, and they are in range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// Not a hash that this program can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash is not argon2id in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash) of a bearable cost")]
pub(crate) struct NotAHash;

/// An argon2id hash with its salt and its own cost, in PHC form; free of `:` and line ends.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hash {
    /// What [`Hash::parse`] understood, or argon2 wrote.
    text: String,
    cost: Cost,
}

impl Hash {
    /// Hashes with a new salt and [`Cost::USUAL`]. Takes some 30 ms and 19 MiB.
    pub(crate) fn of(password: &Password) -> Hash {
        Self::costing(password, Cost::USUAL)
    }

    pub(crate) fn costing(password: &Password, cost: Cost) -> Hash {
        let salt = crate::sys::random::<SALT>();
        let parsed: PasswordHash = cost
            .argon2()
            .hash_password_with_salt(password.bytes(), &salt)
            .expect("argon2 takes a salt of 16 bytes and a password of at most MAX_PASSWORD");
        Hash { text: parsed.to_string(), cost }
    }

    /// Reads what the users file has.
    ///
    /// # Errors
    /// [`NotAHash`] for other algorithms, other versions, and costs that would stop the machine.
    pub(crate) fn parse(text: &str) -> Result<Hash, NotAHash> {
        if text.len() > MAX_HASH {
            return Err(NotAHash);
        }
        let parsed = PasswordHash::new(text).map_err(|_: phc::Error| NotAHash)?;
        let params = Params::try_from(&parsed).map_err(|_| NotAHash)?;
        let cost = Cost { memory: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() };
        let bearable = cost.memory <= MAX_MEMORY && cost.passes <= MAX_PASSES && cost.lanes <= MAX_LANES;
        let ours = parsed.algorithm.as_str() == "argon2id"
            && matches!(parsed.version, Some(19))
            && parsed.salt.is_some()
            && parsed.hash.is_some();
        if !ours || !bearable || parsed.to_string() != text {
            return Err(NotAHash);
        }
        Ok(Hash { text: text.to_owned(), cost })
    }

    pub(crate) fn cost(&self) -> Cost {
        self.cost
    }
}

/// Checks passwords, and counts what that costs: tests compare the count, since clocks lie.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    /// KiB written, over all checks and passes.
    work: AtomicU64,
}

impl Checker {
    /// One argon2id at the hash's own cost.
    pub(crate) fn matches(&self, hash: &Hash, password: &Password) -> bool {
        self.argon2(hash.cost).verify_password(password.bytes(), hash.text.as_str()).is_ok()
    }

    /// The same work for who has no hash: the answer is always no, and takes as long.
    pub(crate) fn for_nothing(&self, cost: Cost, password: &Password) {
        let mut out = [0; 32];
        let done = self.argon2(cost).hash_password_into(password.bytes(), &[0; SALT], &mut out);
        std::hint::black_box((done.is_ok(), out));
    }

    #[cfg(test)]
    pub(crate) fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    /// The only way to an argon2 here, so that none goes uncounted.
    fn argon2(&self, cost: Cost) -> Argon2<'static> {
        self.work.fetch_add(cost.work(), Ordering::Relaxed);
        cost.argon2()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Hash {
    /// Without the hash: it can be guessed at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({:?})", self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn a_new_hash_knows_its_password_and_has_the_usual_cost() {
        let hash = Hash::of(&password("crew"));
        assert!(hash.to_string().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Checker::default().matches(&hash, &password("crew")));
        assert!(!Checker::default().matches(&hash, &password("crewe")));
        assert_eq!(Hash::parse(&hash.to_string()).map(|h| h.cost()), Ok(Cost::USUAL));
        assert_ne!(hash.to_string(), Hash::of(&password("crew")).to_string(), "salted");
    }

    #[test]
    fn a_hash_of_another_cost_is_checked_at_that_cost() {
        let hash = Hash::costing(&password("x"), Cost { memory: 64, passes: 3, lanes: 2 });
        let read = Hash::parse(&hash.to_string()).unwrap();
        assert!(
            Checker::default().matches(&read, &password("x")) && !Checker::default().matches(&read, &password("y"))
        );
        assert_ne!(read.cost(), Cost::USUAL);
    }

    #[test]
    fn a_hash_from_the_reference_program_is_understood() {
        // printf password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e
        let made = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(Checker::default().matches(&Hash::parse(made).unwrap(), &password("password")));
    }

    #[test]
    fn other_algorithms_and_murderous_costs_are_no_hashes() {
        for text in [
            "",
            "secret",
            "$6$salt$hash",
            "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=999999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        ] {
            assert_eq!(Hash::parse(text).err(), Some(NotAHash), "{text}");
        }
    }

    #[test]
    fn an_impossible_password_is_told_why() {
        assert!(password("a").check().is_ok() && password(&"a".repeat(1024)).check().is_ok());
        for wrong in ["", "a\0b", &"a".repeat(1025)] {
            assert!(password(wrong).check().is_err());
        }
    }

    #[test]
    fn a_check_of_nobody_is_as_much_work_as_a_check_of_somebody() {
        let (somebody, nobody) = (Checker::default(), Checker::default());
        let hash = Hash::costing(&password("x"), Cost { memory: 64, passes: 3, lanes: 2 });
        assert!(somebody.matches(&hash, &password("x")));
        nobody.for_nothing(hash.cost(), &password("x"));
        assert_eq!((somebody.work(), nobody.work()), (192, 192));
    }
}
