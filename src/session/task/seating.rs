//! The attachments: the newest comes to the keyboard, is shown what there is, and is told what happens; those before it
//! watch, and may take it back.

use std::time::Duration;

use tokio::time::Instant;

use super::{Message, Outcome, Sailing, Work, gauging::Gauging};
use crate::{
    audit,
    session::{
        AttachmentId, EndReason, Size,
        state::{Event, State},
    },
    sys::BootTime,
    terminal::{Certificate, Close, Deadlines, Notice, Role, Seat, ToClient, Told},
};

/// Attachments that may watch at a time; the one that lost the keyboard first has to go.
const MAX_WATCHERS: usize = 8;
/// How often a window that is dragged, or a client that does not wait as the page does, may have the screen laid out anew.
const RESIZE_EVERY: Duration = Duration::from_millis(25);

impl Sailing {
    pub(super) fn attach(&mut self, seat: Seat, size: Size) {
        if self.only_comes_back(&seat) {
            return self.attach_behind(seat);
        }
        let who = seat.feed.id;
        self.size = Some(size);
        self.farewell = None;
        self.step(Event::Came(who));
        if self.t.machine.is_over() {
            // (whoever was there before stays, and still hears the status)
            seat.tell(Told::Last(self.ended_frame()));
            return seat.close(Close::Ended);
        }
        self.forget_former(&seat);
        self.typed = 0;
        self.wanted = None;
        self.gauging = Gauging::new();
        self.welcomed = false;
        self.set_size(size);
        self.lift();
        self.seat = Some(seat);
        match &self.work {
            Work::Prepared(_) => self.start_shell(size),
            Work::Running(_) => {
                if let Some(resizer) = &self.resizer {
                    resizer.resize(size);
                    if self.gap {
                        resizer.nudge();
                    }
                }
                self.welcome();
            }
            Work::Judging => {
                // Its terminal is being mended; the welcome follows.
                if let Some(resizer) = &self.resizer {
                    resizer.resize(size);
                }
            }
            _ => {
                if let Some(progress) = self.progress.clone() {
                    self.tell(progress);
                }
            }
        }
    }

    /// A window that comes back by itself takes the keyboard from nobody but its own former connection, which may look
    /// alive for a while.
    fn only_comes_back(&self, seat: &Seat) -> bool {
        let Some(window) = seat.feed.window.filter(|window| window.returns) else { return false };
        let of_another = |other: &Seat| other.feed.window.is_none_or(|other| other.id != window.id);
        self.welcomed && !self.t.machine.is_over() && self.seat.as_ref().is_some_and(of_another)
    }

    /// It watches, and may take the keyboard back.
    fn attach_behind(&mut self, seat: Seat) {
        self.forget_former(&seat);
        self.show_to(&seat);
        if let Some(watched) = self.watched_frame() {
            seat.tell(Told::Frame(watched));
        }
        self.audit_attach(&seat);
        self.let_watch(seat);
    }

    /// Earlier connections of the same window, where the daemon has not noticed yet that they are gone.
    fn forget_former(&mut self, seat: &Seat) {
        let Some(window) = seat.feed.window else { return };
        let of_it = |former: &Seat| former.feed.window.is_some_and(|former| former.id == window.id);
        while let Some(at) = self.watchers.iter().position(of_it) {
            let former = self.watchers.remove(at);
            self.audit_detach(&former);
            former.close(Close::TakenOver);
        }
    }

    /// The task is done: whoever asked for a seat in its last moment is told how it went.
    pub(super) fn answer_latecomers(&mut self) {
        self.t.inbox.close();
        let restarting = matches!(self.finished, Some(Outcome::Left));
        while let Ok(message) = self.t.inbox.try_recv() {
            match message {
                Message::Attach { seat, .. } if restarting => {
                    seat.close(Close::Restarting);
                }
                Message::Attach { seat, size } => self.attach(seat, size),
                Message::Watch(seat) if restarting => seat.close(Close::Restarting),
                Message::Watch(seat) => self.watch(seat),
                _ => {}
            }
        }
    }

    /// An attachment is gone. Of those that watch, the last one that had the keyboard has it again.
    pub(super) fn left(&mut self, who: AttachmentId) {
        if self.stopped_watching(who) {
            return;
        }
        if let Some(at) = self.watchers.iter().position(|seat| seat.feed.id == who) {
            let seat = self.watchers.remove(at);
            return self.audit_detach(&seat);
        }
        let seat = self.vacate(who);
        if let Some(seat) = seat.as_ref().filter(|_| self.welcomed) {
            self.audit_detach(seat);
        }
        match self.watchers.last().map(|seat| seat.feed.id) {
            Some(next) if seat.is_some() && !self.t.machine.is_over() => self.take(next),
            _ => self.step(Event::Left(who)),
        }
    }

    /// A watcher gets the keyboard, with the terminal in the size that it has; its window's follows.
    pub(super) fn take(&mut self, who: AttachmentId) {
        let Some(at) = self.watchers.iter().position(|seat| seat.feed.id == who) else { return };
        let seat = self.watchers.remove(at);
        seat.feed.forget_input();
        self.step(Event::Came(who));
        if self.t.machine.is_over() {
            return seat.close(Close::Ended); // it was told of the end
        }
        self.typed = seat.feed.received();
        self.wanted = None;
        self.gauging = Gauging::new();
        self.lift();
        seat.tell(Told::Frame(self.role_frame(Role::Owner)));
        self.seat = Some(seat);
        self.welcomed = true;
        self.tell_kills();
    }

    /// The attachment at the keyboard loses it, and watches. One that has seen nothing yet closes.
    pub(super) fn unseat(&mut self, who: AttachmentId) {
        let Some(seat) = self.vacate(who) else { return };
        if !self.welcomed {
            return seat.close(Close::TakenOver);
        }
        seat.tell(Told::Frame(self.role_frame(Role::Watcher)));
        self.let_watch(seat);
    }

    /// The last one to have the keyboard again, should the others leave.
    fn let_watch(&mut self, seat: Seat) {
        if self.watchers.len() == MAX_WATCHERS {
            let first = self.watchers.remove(0);
            self.audit_detach(&first);
            first.close(Close::TakenOver);
        }
        self.watchers.push(seat);
    }

    /// Takes the seat at the keyboard from this attachment, if it has it.
    fn vacate(&mut self, who: AttachmentId) -> Option<Seat> {
        let seat = self.seat.take_if(|seat| seat.feed.id == who)?;
        self.pour(&seat);
        Some(seat)
    }

    fn audit_detach(&self, seat: &Seat) {
        let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
        audit::record(&audit::Event::Detach { id: self.id(), user, peer });
    }

    /// Who watches sees the terminal in its size, drawn anew.
    fn show_size_to_watchers(&self) {
        for seat in self.watchers.iter().chain(&self.onlookers) {
            seat.tell(Told::Frame(self.role_frame(Role::Watcher)));
            seat.tell(Told::Redraw);
        }
    }

    /// Tells the attachment what it has, shows it the screen, and lets the output flow.
    pub(super) fn welcome(&mut self) {
        let Some(started) = self.started_frame(Role::Owner) else { return };
        let Some(seat) = &self.seat else { return };
        self.welcomed = true;
        seat.tell(Told::Frame(started));
        if std::mem::take(&mut self.gap) {
            seat.tell(Told::Frame(ToClient::Notice(Notice::Gap)));
        }
        if let Some(watched) = self.watched_frame() {
            seat.tell(Told::Frame(watched));
        }
        seat.tell(Told::Redraw);
        self.tell_kills();
        if let Some(seat) = &self.seat {
            self.audit_attach(seat);
        }
    }

    fn audit_attach(&self, seat: &Seat) {
        let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
        audit::record(&audit::Event::Attach { id: self.id(), user, peer });
    }

    /// `left` is zero when something was typed after a warning.
    pub(super) fn warn_idle(&self, left: Duration) {
        let seconds = left.as_secs();
        self.tell(ToClient::Notice(Notice::Idle { seconds }));
        if let Some(seat) = self.seat.as_ref().filter(|_| !left.is_zero()) {
            let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
            audit::record(&audit::Event::IdleWarning { id: self.id(), user, peer, seconds });
        }
    }

    /// A size of the window at the keyboard. A screen is not laid out anew more often than [`RESIZE_EVERY`].
    pub(super) fn resize_soon(&mut self, size: Size) {
        self.wanted = Some(size);
        if self.size_due().is_some_and(|due| due <= Instant::now()) {
            self.take_size();
        }
    }

    /// When the size that waits is to be taken.
    pub(super) fn size_due(&self) -> Option<Instant> {
        self.wanted.map(|_| self.resized + RESIZE_EVERY)
    }

    pub(super) fn take_size(&mut self) {
        let Some(size) = self.wanted.take() else { return };
        self.resized = Instant::now();
        self.size = Some(size);
        self.set_size(size);
        self.lift_if_behind();
        match (&self.work, &self.resizer) {
            (Work::Prepared(_), _) => self.start_shell(size),
            (_, Some(resizer)) => resizer.resize(size),
            _ => {}
        }
    }

    /// What the screen is drawn for, here and where it is watched.
    pub(super) fn set_size(&mut self, size: Size) {
        if std::mem::replace(&mut self.t.record.size, size) != size {
            if let Some(recording) = &self.t.recording {
                recording.resized(size);
            }
            self.t.output.resize(size);
            self.show_size_to_watchers();
            self.remember(); // the next daemon draws for this size
        }
    }

    pub(super) fn has_keyboard(&self, who: AttachmentId) -> bool {
        self.t.machine.attachment() == Some(who)
    }

    pub(super) fn tell(&self, frame: ToClient) {
        if let Some(seat) = &self.seat {
            seat.tell(Told::Frame(frame));
        }
    }

    /// To everyone, whoever has the keyboard.
    pub(super) fn tell_all(&self, frame: &ToClient) {
        for seat in self.everyone() {
            seat.tell(Told::Frame(frame.clone()));
        }
    }

    fn everyone(&self) -> impl Iterator<Item = &Seat> {
        self.seat.iter().chain(&self.watchers).chain(&self.onlookers)
    }

    pub(super) fn role_frame(&self, role: Role) -> ToClient {
        let Size { cols, rows } = self.t.record.size;
        ToClient::Role { role, cols, rows }
    }

    pub(super) fn started_frame(&self, role: Role) -> Option<ToClient> {
        let certificate: Certificate = self.t.record.certificate.clone()?;
        let millis = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        let periods = self.t.record.periods;
        Some(ToClient::Started {
            session: self.id(),
            profile: self.t.record.profile.name.clone(),
            role,
            deadlines: Deadlines {
                idle_ms: millis(periods.idle),
                detached_ms: millis(periods.detached),
                lifetime_left_ms: millis(self.t.machine.lifetime().until(BootTime::now())),
            },
            recorded: self.is_recorded(),
            certificate,
        })
    }

    pub(super) fn ended_frame(&self) -> ToClient {
        let (reason, status) = match (self.t.machine.state(), &self.ending) {
            (State::Ending(reason) | State::Ended(reason), ending) => (reason, ending.as_ref().and_then(|e| e.status)),
            _ => (EndReason::Fault, None),
        };
        ToClient::Ended { reason, status, text: reason.sentence().to_owned() }
    }

    pub(super) fn tell_ended(&self) {
        for seat in self.everyone() {
            seat.tell(Told::Last(self.ended_frame()));
        }
    }
}
