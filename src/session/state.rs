//! The session's state machine: total, without I/O, without a clock of its own. The task hands it events and the time,
//! and carries out the actions it answers with.

use std::time::Duration;

use super::EndReason;
use crate::sys::BootTime;

/// How long before a deadline the person is warned.
const WARNING: Duration = Duration::from_secs(60);

/// One browser connection to a session; numbered by the session's task, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AttachmentId(pub(crate) u32);

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// In the queue, or being made; perhaps with a browser that waits.
    Starting(Option<AttachmentId>),
    /// The shell runs and this attachment has the keyboard.
    Attached(AttachmentId),
    /// The shell runs and nobody looks.
    Detached,
    /// Its container is being taken down.
    Ending(EndReason),
    /// Nothing of it is left but the record of why.
    Ended(EndReason),
}

/// The four periods, from the configuration under which the session was admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Periods {
    pub(crate) idle: Duration,
    pub(crate) detached: Duration,
    pub(crate) lifetime: Duration,
    pub(crate) start: Duration,
}

/// What can happen to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// It left the queue: the start deadline counts from here.
    LeftQueue,
    /// An image pull begins: the start deadline stands still.
    PullBegan,
    /// The pull is over: the start deadline counts anew.
    PullOver,
    /// The shell runs.
    Running,
    /// It could not be started; whatever had been made was removed.
    Failed(EndReason),
    /// A browser of the owner attached; it takes the keyboard.
    Came(AttachmentId),
    /// A browser is gone.
    Left(AttachmentId),
    /// Something was typed, or `extend` was asked, by this attachment.
    Input(AttachmentId),
    /// The terminal's end of file.
    ShellEnded,
    /// The same, since the kernel killed the shell for want of memory.
    OutOfMemory,
    /// conmon died, or the attach stream broke and the container is not running any more.
    EngineDied,
    /// Somebody wants it over.
    End(EndReason),
    /// Its owner may not be here any more: it ends after so long, whatever happens.
    Barred(Duration),
    /// The container and all that belongs to it are removed.
    Gone,
    /// Time passed; nothing else.
    Tick,
}

/// What the task has to do, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// This attachment loses the keyboard to another one.
    TakeOver(AttachmentId),
    /// Close this attachment: the session is on its way out or gone.
    Refuse(AttachmentId),
    /// Tell the attachment that the session ends in so long unless something is typed; zero takes it back.
    WarnIdle(Duration),
    /// Tell the attachment that the session ends in so long whatever is typed.
    WarnLifetime(Duration),
    /// Tell the attachment that the session ends in so long because its owner may not be here any more.
    WarnDirectory(Duration),
    /// Take the container down for this reason and report `Gone`. Happens at most once.
    Stop(EndReason),
    /// Write the one end event, tell everybody, forget the session. Happens exactly once.
    Finish(EndReason),
}

/// A session's state and deadlines. Equal machines behave equally.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    state: State,
    periods: Periods,
    /// While starting, unless queued or pulling.
    start: Option<BootTime>,
    /// While attached.
    idle: Option<BootTime>,
    /// While detached.
    detached: Option<BootTime>,
    lifetime: BootTime,
    /// Once its owner may not be here any more.
    barred: Option<BootTime>,
    warned_idle: bool,
    warned_lifetime: bool,
}

impl Machine {
    /// A session that was admitted now.
    pub(crate) fn new(periods: Periods, now: BootTime) -> Machine {
        Machine {
            state: State::Starting(None),
            periods,
            start: None,
            idle: None,
            detached: None,
            lifetime: now + periods.lifetime,
            barred: None,
            warned_idle: false,
            warned_lifetime: false,
        }
    }

    /// A session that outlived its daemon: it runs and nobody looks. `lifetime` and `detached` are the deadlines of its
    /// record; without the latter (a browser was there) the period begins now.
    pub(crate) fn adopted(periods: Periods, lifetime: BootTime, detached: Option<BootTime>, now: BootTime) -> Machine {
        let mut machine = Machine::new(periods, now);
        machine.state = State::Detached;
        machine.lifetime = lifetime;
        machine.detached = Some(detached.unwrap_or(now + periods.detached));
        machine
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// The moment of the session's end by age.
    pub(crate) fn lifetime(&self) -> BootTime {
        self.lifetime
    }

    /// The moment of its end by absence, while detached.
    pub(crate) fn detached(&self) -> Option<BootTime> {
        self.detached
    }

    /// Who has the keyboard.
    pub(crate) fn attachment(&self) -> Option<AttachmentId> {
        match self.state {
            State::Starting(who) => who,
            State::Attached(who) => Some(who),
            State::Detached | State::Ending(_) | State::Ended(_) => None,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Ending(_) | State::Ended(_))
    }

    /// When `Tick` has something to do at the latest; `None` once the session is ending.
    pub(crate) fn next_deadline(&self) -> Option<BootTime> {
        if self.is_over() {
            return None;
        }
        let warn = |deadline: BootTime, period: Duration| deadline.before(WARNING.min(period / 2));
        let mut next = if self.warned_lifetime { self.lifetime } else { warn(self.lifetime, self.periods.lifetime) };
        if let Some(idle) = self.idle {
            next = next.min(if self.warned_idle { idle } else { warn(idle, self.periods.idle) });
        }
        for deadline in [self.start, self.detached, self.barred].into_iter().flatten() {
            next = next.min(deadline);
        }
        Some(next)
    }

    /// One event. Deadlines that have passed by `now` win over it: a key that comes after the end does not undo it.
    pub(crate) fn step(&mut self, event: Event, now: BootTime) -> Vec<Action> {
        let mut actions = Vec::new();
        self.deadlines(now, &mut actions);
        match (self.state, event) {
            (State::Ended(_), Event::Came(who)) | (State::Ending(_), Event::Came(who)) => {
                actions.push(Action::Refuse(who));
            }
            (State::Ended(_), _) => {}
            (State::Ending(reason), Event::Gone) => {
                self.state = State::Ended(reason);
                actions.push(Action::Finish(reason));
            }
            (State::Ending(_), _) => {}
            (_, Event::End(reason)) => self.stop(reason, &mut actions),
            (_, Event::EngineDied) | (_, Event::Gone) => self.stop(EndReason::Engine, &mut actions),
            (_, Event::ShellEnded) => self.stop(EndReason::Exit, &mut actions),
            (_, Event::OutOfMemory) => self.stop(EndReason::Oom, &mut actions),
            (_, Event::Barred(within)) => {
                // Told twice, it ends no later.
                if self.barred.is_none() {
                    self.barred = Some(now + within);
                    actions.push(Action::WarnDirectory(within));
                }
            }
            (_, Event::Tick) => {}

            (State::Starting(_), Event::LeftQueue | Event::PullOver) => self.start = Some(now + self.periods.start),
            (State::Starting(_), Event::PullBegan) => self.start = None,
            (State::Starting(_), Event::Failed(reason)) => self.stop(reason, &mut actions),
            (State::Starting(who), Event::Running) => {
                self.start = None;
                match who {
                    Some(who) => self.attach(who, now),
                    None => self.detach(now, &mut actions),
                }
            }
            (State::Starting(before), Event::Came(who)) => {
                take_over(before, who, &mut actions);
                self.state = State::Starting(Some(who));
            }
            (State::Starting(Some(before)), Event::Left(who)) if before == who => self.state = State::Starting(None),
            (State::Starting(_), Event::Left(_) | Event::Input(_)) => {}

            (State::Attached(before), Event::Came(who)) => {
                take_over(Some(before), who, &mut actions);
                self.attach(who, now);
            }
            (State::Attached(before), Event::Left(who)) if before == who => self.detach(now, &mut actions),
            (State::Attached(before), Event::Input(who)) if before == who => {
                if self.warned_idle {
                    actions.push(Action::WarnIdle(Duration::ZERO));
                }
                self.attach(who, now);
            }
            (State::Attached(_), Event::Left(_) | Event::Input(_)) => {}

            (State::Detached, Event::Came(who)) => self.attach(who, now),
            (State::Detached, Event::Left(_) | Event::Input(_)) => {}

            // A start that ends after the start, or that reports twice: nothing to do.
            (
                State::Attached(_) | State::Detached,
                Event::LeftQueue | Event::PullBegan | Event::PullOver | Event::Running | Event::Failed(_),
            ) => {}
        }
        actions
    }

    fn attach(&mut self, who: AttachmentId, now: BootTime) {
        self.state = State::Attached(who);
        self.detached = None;
        self.idle = Some(now + self.periods.idle);
        self.warned_idle = false;
    }

    fn detach(&mut self, now: BootTime, actions: &mut Vec<Action>) {
        self.state = State::Detached;
        self.idle = None;
        self.warned_idle = false;
        self.detached = Some(now + self.periods.detached);
        if self.periods.detached.is_zero() {
            self.stop(EndReason::Detached, actions);
        }
    }

    fn stop(&mut self, reason: EndReason, actions: &mut Vec<Action>) {
        self.state = State::Ending(reason);
        actions.push(Action::Stop(reason));
    }

    /// Ends or warns by the clock.
    fn deadlines(&mut self, now: BootTime, actions: &mut Vec<Action>) {
        if self.is_over() {
            return;
        }
        let passed = |deadline: Option<BootTime>| deadline.is_some_and(|d| now >= d);
        let over = [
            (passed(Some(self.lifetime)), EndReason::Lifetime),
            (passed(self.barred), EndReason::Directory),
            (passed(self.start), EndReason::StartFailed),
            (passed(self.idle), EndReason::Idle),
            (passed(self.detached), EndReason::Detached),
        ];
        if let Some((_, reason)) = over.into_iter().find(|(over, _)| *over) {
            return self.stop(reason, actions);
        }
        if let Some(idle) = self.idle {
            if !self.warned_idle && now >= idle.before(WARNING.min(self.periods.idle / 2)) {
                self.warned_idle = true;
                actions.push(Action::WarnIdle(idle.until(now)));
            }
        }
        if !self.warned_lifetime && now >= self.lifetime.before(WARNING.min(self.periods.lifetime / 2)) {
            self.warned_lifetime = true;
            actions.push(Action::WarnLifetime(self.lifetime.until(now)));
        }
    }
}

fn take_over(before: Option<AttachmentId>, now: AttachmentId, actions: &mut Vec<Action>) {
    if let Some(before) = before.filter(|b| *b != now) {
        actions.push(Action::TakeOver(before));
    }
}

#[cfg(test)]
mod tests;
