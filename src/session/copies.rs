//! Copies of an image that has changed, made ahead in the background as `coracle prepare` makes them: else the first session
//! with each range of ids would wait seconds for its own.
//!
//! That an image is another one than before is seen at the starts of sessions. Copies are made one at a time, only while no
//! session starts, and only by a daemon that is awake anyway: one that leaves waits for the copy at hand, not for the others,
//! and the next start goes on with them.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::starts::Starts;
use crate::podman::{Mapping, Stock};

/// No session has begun to start for so long before a copy is made.
const QUIET: Duration = Duration::from_secs(2);
/// How long a daemon that leaves waits for the copy at hand. One that is broken off leaves a container, which is never started
/// and removed by the next run.
const LAST_COPY: Duration = Duration::from_secs(4);
/// Images that are remembered; as many as there may be profiles.
const IMAGES: usize = 64;

/// What copies are to be made; clones share it.
#[derive(Clone)]
pub(crate) struct Copies(Arc<Shared>);

struct Shared {
    stock: Stock,
    starts: Starts,
    /// Which image each name meant when its copies were made.
    file: PathBuf,
    book: Mutex<Book>,
    leaving: watch::Sender<bool>,
    busy: watch::Sender<bool>,
}

impl Copies {
    /// `file` is in the state directory; one that cannot be read is as none.
    pub(crate) fn new(stock: Stock, starts: Starts, file: PathBuf) -> Copies {
        let known = std::fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let book = Mutex::new(Book { known, ..Book::default() });
        let (leaving, busy) = (watch::Sender::new(false), watch::Sender::new(false));
        Copies(Arc::new(Shared { stock, starts, file, book, leaving, busy }))
    }

    /// A session starts from `image`, which is `digest` now. If that is another one than before, copies for `mappings` are
    /// made once no session starts any more. Returns at once.
    pub(crate) fn seen(&self, image: &str, digest: &str, mappings: &[Mapping]) {
        let what = self.book().seen(image, digest, mappings);
        if what == Seen::New {
            self.write();
        }
        if what == Seen::Changed && !self.0.busy.send_replace(true) {
            tokio::spawn(self.clone().work());
        }
    }

    /// The daemon leaves: no further copy is begun, and the one at hand is waited for.
    pub(crate) async fn leave(&self) {
        self.0.leaving.send_replace(true);
        let mut busy = self.0.busy.subscribe();
        let _ = timeout(LAST_COPY, busy.wait_for(|busy| !*busy)).await; // a container is left then, not more
    }

    async fn work(self) {
        let mut leaving = self.0.leaving.subscribe();
        loop {
            let Some((image, mapping)) = self.next() else { return };
            tokio::select! {
                () = self.quiet() => {}
                _ = leaving.wait_for(|leaving| *leaving) => break,
            }
            let made = self.0.stock.copy(&image, mapping).await;
            if let Err(error) = &made {
                tracing::warn!(image, %error, "a copy was not made ahead; the session that wants it makes it");
            }
            if self.book().made(&image, mapping, made.is_ok()) {
                tracing::info!(image, "its copies were made ahead");
                self.write();
            }
        }
        self.0.busy.send_replace(false);
    }

    /// The next copy. Without one, nobody is busy any more: under one lock, so that whoever adds one then begins anew.
    fn next(&self) -> Option<(String, Mapping)> {
        let book = self.book();
        let next = book.next();
        if next.is_none() {
            self.0.busy.send_replace(false);
        }
        next
    }

    async fn quiet(&self) {
        loop {
            self.0.starts.idle().await;
            sleep(QUIET).await;
            if self.0.starts.is_idle() {
                return;
            }
        }
    }

    fn write(&self) {
        let text = serde_json::to_vec(&self.book().known).map_err(io::Error::other);
        if let Err(error) = text.and_then(|text| std::fs::write(&self.0.file, text)) {
            let file = self.0.file.display();
            tracing::warn!(%error, %file, "which images have their copies could not be written down");
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known and what is to be done; no I/O.
#[derive(Default)]
struct Book {
    known: BTreeMap<String, String>,
    /// In the order in which they were seen.
    todo: VecDeque<Todo>,
}

struct Todo {
    image: String,
    digest: String,
    mappings: VecDeque<Mapping>,
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// For the first time: whoever sets a service up has `coracle prepare`.
    New,
    Same,
    Changed,
}

impl Book {
    fn seen(&mut self, image: &str, digest: &str, mappings: &[Mapping]) -> Seen {
        match self.known.get(image) {
            None => {
                if self.known.len() >= IMAGES {
                    self.known.clear(); // names come and go with the configuration; the next starts fill it again
                }
                self.known.insert(image.to_owned(), digest.to_owned());
                Seen::New
            }
            Some(known) if known == digest => {
                self.todo.retain(|todo| todo.image != image); // it was changed back
                Seen::Same
            }
            Some(_) if mappings.is_empty() => {
                self.known.insert(image.to_owned(), digest.to_owned());
                Seen::New
            }
            Some(_) => {
                if !self.todo.iter().any(|todo| todo.image == image && todo.digest == digest) {
                    self.todo.retain(|todo| todo.image != image);
                    let (image, digest) = (image.to_owned(), digest.to_owned());
                    self.todo.push_back(Todo { image, digest, mappings: mappings.iter().copied().collect() });
                }
                Seen::Changed
            }
        }
    }

    fn next(&self) -> Option<(String, Mapping)> {
        let todo = self.todo.front()?;
        Some((todo.image.clone(), *todo.mappings.front()?))
    }

    /// That copy was made, or could not be; true when it was the last one of its image. A failure gives the image up until it
    /// is seen again.
    fn made(&mut self, image: &str, mapping: Mapping, made: bool) -> bool {
        let Some(at) = self.todo.iter().position(|todo| todo.image == image) else { return false };
        let todo = &mut self.todo[at];
        if made {
            todo.mappings.retain(|other| *other != mapping);
            if !todo.mappings.is_empty() {
                return false;
            }
            self.known.insert(todo.image.clone(), todo.digest.clone());
        }
        self.todo.remove(at);
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [Mapping; 2] = [Mapping::Slot(0), Mapping::Slot(1)];

    #[test]
    fn only_an_image_that_changes_is_copied_and_known_once_all_copies_are_made() {
        let mut book = Book::default();
        assert_eq!(book.seen("x:1", "a", &TWO), Seen::New);
        assert_eq!((book.seen("x:1", "a", &TWO), book.next()), (Seen::Same, None));
        assert_eq!(book.seen("x:1", "b", &TWO), Seen::Changed);
        assert_eq!(book.seen("x:1", "b", &TWO), Seen::Changed, "until it is done");
        assert_eq!(book.next(), Some(("x:1".into(), TWO[0])));
        assert!(!book.made("x:1", TWO[0], true));
        assert_eq!(book.known["x:1"], "a");
        assert!(book.made("x:1", TWO[1], true));
        assert_eq!((book.known["x:1"].as_str(), book.next()), ("b", None));
        assert_eq!(book.seen("x:1", "b", &TWO), Seen::Same);
    }

    #[test]
    fn a_copy_that_fails_gives_its_image_up_until_it_is_seen_again() {
        let mut book = Book::default();
        book.seen("x:1", "a", &TWO);
        book.seen("x:1", "b", &TWO);
        assert!(!book.made("x:1", TWO[0], false));
        assert_eq!(book.next(), None);
        assert_eq!(book.seen("x:1", "b", &TWO), Seen::Changed);
        assert_eq!(book.next(), Some(("x:1".into(), TWO[0])));
    }

    #[test]
    fn an_image_that_changes_again_meanwhile_is_copied_as_it_is_then() {
        let mut book = Book::default();
        book.seen("x:1", "a", &TWO);
        book.seen("x:1", "b", &TWO);
        book.made("x:1", TWO[0], true);
        assert_eq!(book.seen("x:1", "c", &TWO), Seen::Changed);
        assert_eq!(book.next(), Some(("x:1".into(), TWO[0])), "from the first range on");
        assert_eq!(book.seen("x:1", "a", &TWO), Seen::Same);
        assert_eq!(book.next(), None, "it was changed back");
    }

    #[test]
    fn no_copies_are_made_where_none_are_wanted() {
        let mut book = Book::default();
        book.seen("x:1", "a", &[]);
        assert_eq!((book.seen("x:1", "b", &[]), book.next()), (Seen::New, None));
        assert_eq!(book.seen("x:1", "b", &[]), Seen::Same);
    }
}
