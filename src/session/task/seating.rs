//! The attachment at the keyboard: it comes, is shown what there is, and is told what happens.

use std::time::Duration;

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

impl Sailing {
    pub(super) fn attach(&mut self, seat: Seat, size: Size) {
        let who = seat.feed.id;
        self.size = Some(size);
        self.step(Event::Came(who));
        if self.t.machine.is_over() {
            // (whoever was there before stays, and still hears the status)
            seat.tell(Told::Last(self.ended_frame()));
            return seat.close(Close::Ended);
        }
        self.typed = 0;
        self.gauging = Gauging::new();
        self.welcomed = false;
        self.t.record.size = size;
        self.t.output.resize(size);
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
                _ => {}
            }
        }
    }

    /// Takes the seat from this attachment, if it has it.
    pub(super) fn vacate(&mut self, who: AttachmentId) -> Option<Seat> {
        let seat = self.seat.take_if(|seat| seat.feed.id == who)?;
        self.pour(&seat);
        if self.welcomed {
            let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
            audit::record(&audit::Event::Detach { id: self.id(), user, peer });
        }
        Some(seat)
    }

    /// Tells the attachment what it has, shows it the screen, and lets the output flow.
    pub(super) fn welcome(&mut self) {
        let Some(started) = self.started_frame() else { return };
        let Some(seat) = &self.seat else { return };
        self.welcomed = true;
        seat.tell(Told::Frame(started));
        if std::mem::take(&mut self.gap) {
            seat.tell(Told::Frame(ToClient::Notice(Notice::Gap)));
        }
        seat.tell(Told::Redraw);
        self.tell_kills();
        let Some(seat) = &self.seat else { return };
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

    pub(super) fn resize(&mut self, size: Size) {
        self.size = Some(size);
        self.t.record.size = size;
        self.t.output.resize(size);
        self.lift();
        match (&self.work, &self.resizer) {
            (Work::Prepared(_), _) => self.start_shell(size),
            (_, Some(resizer)) => resizer.resize(size),
            _ => {}
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

    pub(super) fn started_frame(&self) -> Option<ToClient> {
        let certificate: Certificate = self.t.record.certificate.clone()?;
        let millis = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        let periods = self.t.record.periods;
        Some(ToClient::Started {
            session: self.id(),
            profile: self.t.record.profile.name.clone(),
            role: Role::Owner,
            deadlines: Deadlines {
                idle_ms: millis(periods.idle),
                detached_ms: millis(periods.detached),
                lifetime_left_ms: millis(self.t.machine.lifetime().until(BootTime::now())),
            },
            recorded: false,
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
        if let Some(seat) = &self.seat {
            seat.tell(Told::Last(self.ended_frame()));
        }
    }
}
