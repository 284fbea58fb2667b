//! Logins of people whom the directory let in: what `revalidation` asks and does.

use std::collections::BTreeMap;

use super::{LoginKey, Logins, OwnerId, Person, Why};

/// Somebody with a login by the directory.
pub(in crate::auth) struct Watched {
    pub(in crate::auth) name: String,
    /// Unix seconds: when the directory was last seen to know them.
    pub(in crate::auth) looked: u64,
    /// A terminal, or a request, uses one of their logins at this moment.
    pub(in crate::auth) held: bool,
}

impl Logins {
    /// Those who have a login that is not stopped.
    pub(in crate::auth) fn directory_people(&self) -> BTreeMap<OwnerId, Watched> {
        let table = self.lock();
        let mut people: BTreeMap<OwnerId, Watched> = BTreeMap::new();
        for entry in table.entries.values().filter(|entry| entry.is_of_the_directory() && !entry.stopped) {
            let new = || Watched { name: entry.record.person.name.clone(), looked: 0, held: false };
            let one = people.entry(entry.record.person.owner.clone()).or_insert_with(new);
            one.looked = one.looked.max(entry.record.looked);
            one.held |= entry.is_held();
        }
        people
    }

    /// The directory knows this person as `person`, since `now`.
    pub(in crate::auth) fn looked(&self, person: &Person, now: u64) {
        let mut table = self.lock();
        let theirs = table.entries.iter_mut().filter(|(_, entry)| entry.record.person.owner == person.owner);
        for (key, entry) in theirs.filter(|(_, entry)| !entry.stopped) {
            entry.is_now(person.clone());
            entry.record.looked = now;
            entry.written = now;
            if let Err(e) = self.files.write(*key, &entry.record) {
                tracing::warn!("{e}; this login may be over early");
            }
        }
    }

    /// This owner's logins are good for nothing new from now on, also after a restart. Terminals stay open until
    /// [`Logins::end_stopped`].
    pub(in crate::auth) fn stop(&self, owner: &OwnerId) {
        let mut table = self.lock();
        let keys: Vec<LoginKey> = table.of(owner).collect();
        for key in keys {
            table.tickets.forget(key);
            self.files.remove(key);
            if let Some(entry) = table.entries.get_mut(&key) {
                entry.stopped = true;
            }
        }
        drop(table);
        self.files.sync();
    }

    /// What was stopped is over for everybody who holds it.
    pub(in crate::auth) fn end_stopped(&self, owner: &OwnerId) {
        let mut table = self.lock();
        let keys: Vec<LoginKey> = table.of(owner).filter(|key| table.entries[key].stopped).collect();
        for key in keys {
            self.end(&mut table, key, Why::Over("directory"));
        }
    }

    /// All logins of this owner are over; `why` as in the audit.
    pub(in crate::auth) fn end_all_of(&self, owner: &OwnerId, why: &'static str) {
        let mut table = self.lock();
        let keys: Vec<LoginKey> = table.of(owner).collect();
        for key in keys {
            self.end(&mut table, key, Why::Over(why));
        }
    }
}
