//! The end of a session: why the terminal is over, taking the container down, and leaving without ending anything.

use tokio::sync::oneshot;

use super::{Ending, Outcome, Report, Sailing, Used, Work};
use crate::{
    activation::Departure,
    session::{
        EndReason,
        ending::{self, Verdict},
        state::{Event, State},
    },
    terminal::{Close, Notice, ToClient, Told},
};

impl Sailing {
    /// The terminal's end of file, a broken stream, or conmon's death: usually the shell ended. Finds out.
    pub(super) fn terminal_over(&mut self, why: &str) {
        self.last_reading();
        let Work::Running(running) = std::mem::replace(&mut self.work, Work::Judging) else { return };
        let tail = self.tail.take();
        let why = tail.map_or_else(|| why.to_owned(), |(_, before)| before); // what broke first
        let (podman, id, reports) = (self.t.podman.clone(), self.id(), self.t.reports.0.clone());
        tokio::spawn(async move {
            let verdict = ending::judge(&podman, id, running, &why).await;
            let _ = reports.send(Report::Judged(verdict)).await;
        });
    }

    pub(super) fn judged(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Reattached(running) => {
                self.take_terminal(running);
                if let State::Ending(reason) = self.t.machine.state() {
                    return self.take_down(reason);
                }
                if !self.welcomed {
                    self.welcome();
                }
                self.gap = self.seat.is_none();
                if let Some(recording) = &self.t.recording {
                    recording.gap();
                }
                self.tell_all(&ToClient::Notice(Notice::Gap));
                if let Some(resizer) = &self.resizer {
                    resizer.nudge();
                }
            }
            Verdict::Exited(status) => {
                let (reason, event) = match self.ran_out_of_memory(status) {
                    true => (EndReason::Oom, Event::OutOfMemory),
                    false => (EndReason::Exit, Event::ShellEnded),
                };
                self.ending.get_or_insert_with(|| Ending::by_itself(reason)).status = Some(status);
                self.adrift(event);
            }
            Verdict::EngineDied(detail) => {
                self.ending.get_or_insert_with(|| Ending::by_itself(EndReason::Engine)).detail = detail;
                self.adrift(Event::EngineDied);
            }
        }
    }

    /// There is no terminal any more, only the container.
    pub(super) fn adrift(&mut self, event: Event) {
        self.work = Work::Adrift;
        match self.t.machine.state() {
            State::Ending(reason) => self.take_down(reason),
            _ => self.step(event),
        }
    }

    /// The action `Stop`: whatever there is of the container goes, and `Gone` is reported.
    pub(super) fn take_down(&mut self, reason: EndReason) {
        if self.ending.as_ref().is_none_or(|ending| ending.reason != reason) {
            let detail = if reason == EndReason::Directory { std::mem::take(&mut self.barred) } else { String::new() };
            self.ending = Some(Ending { detail, ..Ending::by_itself(reason) });
        }
        self.last_reading();
        self.t.record.ending.clone_from(&self.ending);
        self.remember();
        self.tell_ended();
        self.t.unwanted.send_replace(true);
        self.first_size = None;
        let (podman, id, reports) = (self.t.podman.clone(), self.id(), self.t.reports.0.clone());
        match std::mem::replace(&mut self.work, Work::Ending) {
            // These report by themselves, and find that nobody wants the session any more.
            busy @ (Work::Launching | Work::Starting | Work::Judging) => self.work = busy,
            Work::Prepared(prepared) => {
                tokio::spawn(async move { ending::abandon(*prepared, reports).await });
            }
            Work::Running(running) => {
                tokio::spawn(async move { ending::end(&podman, id, Some(running), &reports).await });
            }
            Work::Adrift => {
                tokio::spawn(async move { ending::end(&podman, id, None, &reports).await });
            }
            Work::Nothing => self.step(Event::Gone),
            Work::Ending => {}
        }
    }

    pub(super) fn fault(&mut self, detail: &str) {
        tracing::error!(session = %self.id(), detail, "fault");
        self.ending = Some(Ending { detail: detail.to_owned(), ..Ending::by_itself(EndReason::Fault) });
        self.step(Event::End(EndReason::Fault));
    }

    pub(super) fn leave(&mut self, departure: Departure, done: oneshot::Sender<()>) {
        if matches!(self.work, Work::Starting) && !self.t.machine.is_over() {
            self.leaving = Some((departure, done)); // a moment, and then there is a shell to come back to
            return;
        }
        if let Some(seat) = &self.seat {
            self.pour(seat);
        }
        for seat in self.seat.take().into_iter().chain(self.watchers.drain(..)) {
            seat.tell(Told::Frame(ToClient::Notice(Notice::Restart)));
            seat.close(Close::Restarting);
        }
        self.close_onlookers(Close::Restarting);
        self.record_kills(); // the next daemon may find the session over
        self.finished = Some(Outcome::Left);
        if matches!(self.work, Work::Running(_)) {
            self.t.output.keep();
        }
        if let Work::Running(running) = std::mem::replace(&mut self.work, Work::Ending) {
            let recording = self.t.recording.clone();
            tokio::spawn(async move {
                match departure {
                    Departure::Restart => running.terminal.hand_over().await,
                    Departure::Stop => running.terminal.leave().await,
                }
                if let Some(recording) = recording {
                    recording.pause().await;
                }
                let _ = done.send(());
            });
        }
    }
}

impl Ending {
    pub(crate) fn by_itself(reason: EndReason) -> Ending {
        let (by, detail) = (String::new(), String::new());
        Ending { reason, status: None, by, detail, left_behind: false, used: Used::default() }
    }

    pub(crate) fn not_removed(self, detail: String) -> Ending {
        Ending { detail, left_behind: true, ..self }
    }
}
