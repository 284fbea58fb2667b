//! Administrators who look at the session, and its owner who is told so: whoever attaches learns who watches and who has
//! watched, so no way there is leaves anybody unseen.

use super::Sailing;
use crate::{
    audit,
    session::AttachmentId,
    sys,
    terminal::{Close, Look, Notice, Role, Seat, ToClient, Told},
};

/// Administrators who may look at a session at a time; the next one is turned away.
const MAX_ONLOOKERS: usize = 8;
/// Those who have looked that are remembered, each with the last time; the one that looked longest ago is forgotten.
const MAX_LOOKS: usize = 8;

impl Sailing {
    pub(super) fn watch(&mut self, seat: Seat) {
        if self.t.machine.is_over() {
            seat.tell(Told::Last(self.ended_frame()));
            return seat.close(Close::Ended);
        }
        if self.onlookers.len() == MAX_ONLOOKERS {
            return seat.close(Close::TooMany);
        }
        audit::record(&audit::Event::Watch {
            id: self.id(),
            user: &self.t.record.person.name,
            by: &seat.feed.user,
            peer: &seat.feed.peer,
        });
        match &self.progress {
            Some(progress) => _ = seat.tell(Told::Frame(progress.clone())),
            None => self.show_to(&seat),
        }
        self.note_look(&seat);
        self.onlookers.push(seat);
        self.tell_watched();
    }

    /// The shell runs: those who were there before it see it.
    pub(super) fn show_to_onlookers(&self) {
        for seat in &self.onlookers {
            self.show_to(seat);
        }
    }

    /// What there is, to somebody who has not the keyboard.
    pub(super) fn show_to(&self, seat: &Seat) {
        let Some(started) = self.started_frame(Role::Watcher) else { return };
        seat.tell(Told::Frame(started));
        seat.tell(Told::Frame(self.role_frame(Role::Watcher)));
        seat.tell(Told::Redraw);
    }

    /// Whether `who` watched, and does not any more.
    pub(super) fn stopped_watching(&mut self, who: AttachmentId) -> bool {
        let Some(at) = self.onlookers.iter().position(|seat| seat.feed.id == who) else { return false };
        let seat = self.onlookers.remove(at);
        self.audit_watch_end(&seat);
        self.note_look(&seat);
        self.tell_watched();
        true
    }

    /// The session or the daemon is over: nobody watches any more.
    pub(super) fn close_onlookers(&mut self, why: Close) {
        for seat in std::mem::take(&mut self.onlookers) {
            self.audit_watch_end(&seat);
            if why == Close::Restarting {
                seat.tell(Told::Frame(ToClient::Notice(Notice::Restart)));
            }
            seat.close(why);
        }
    }

    /// Who watches now and who has watched; `None` if nobody ever did.
    pub(super) fn watched_frame(&self) -> Option<ToClient> {
        let by = self.onlookers_by_name();
        let before: Vec<_> = self.t.record.looks.iter().filter(|look| !by.contains(&look.by)).cloned().collect();
        (!by.is_empty() || !before.is_empty()).then_some(ToClient::Notice(Notice::Watched { by, before }))
    }

    /// Once each, in the order in which they came.
    pub(super) fn onlookers_by_name(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for seat in &self.onlookers {
            if !names.contains(&seat.feed.user) {
                names.push(seat.feed.user.clone());
            }
        }
        names
    }

    /// Remembers, also for the next daemon, that this onlooker is here now.
    fn note_look(&mut self, seat: &Seat) {
        let by = seat.feed.user.clone();
        let looks = &mut self.t.record.looks;
        looks.retain(|look| look.by != by);
        looks.push(Look { by, until: sys::unix_seconds() });
        if looks.len() > MAX_LOOKS {
            looks.remove(0);
        }
        self.remember();
    }

    /// The owner's attachments, all of them, and the lists.
    fn tell_watched(&self) {
        if let Some(frame) = self.watched_frame() {
            for seat in self.seat.iter().chain(&self.watchers) {
                seat.tell(Told::Frame(frame.clone()));
            }
        }
        self.show();
    }

    fn audit_watch_end(&self, seat: &Seat) {
        audit::record(&audit::Event::WatchEnd {
            id: self.id(),
            user: &self.t.record.person.name,
            by: &seat.feed.user,
            peer: &seat.feed.peer,
        });
    }
}
