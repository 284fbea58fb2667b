//! The one task that owns a session: its loop turns everything that happens into events of the machine, and carries out the
//! actions that come back. What each of them takes is told in the files below.

mod asking; //      what is asked of it, what comes back to it, and what it tells of itself
mod starting; //    from the first stage of a launch to a shell that runs
mod seating; //     the attachment at the keyboard
mod watching; //    administrators who look
mod bytes; //       what flows, and how fast
mod recording; //   what is recorded of it
mod gauging; //     what it uses
mod filling; //     what it writes to the disk
mod memory; //      who was killed for want of it
mod taking_down; // the end

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::yield_now,
    time::{Instant, sleep, sleep_until},
};

pub(crate) use asking::{Ending, Message, Outcome, Report, Standing};
pub(crate) use gauging::Used;
pub(crate) use memory::Kills;

use super::{
    EndReason, SessionId, Size,
    launch::HeldSlot,
    record::{Record, RecordFile},
    resize::Resizer,
    state::{Action, Event, Machine, State},
};
use crate::{
    activation::Departure,
    podman::{Conmon, Podman, Prepared, Terminal},
    recording::Recording,
    sys::BootTime,
    terminal::{Certificate, Close, Notice, Output, Seat, ToClient},
};

/// How long a prepared container waits for the browser's first size.
const FIRST_SIZE: Duration = Duration::from_secs(5);
/// How long a shell that ended while no daemon was there waits for its browser to come back and be shown what it said last.
const FAREWELL: Duration = Duration::from_secs(5);
/// How much older than the truth the record's `last_input` may be.
const REMEMBER_INPUT: Duration = Duration::from_secs(10);

/// Where the container is in its life.
enum Work {
    /// [`super::launch`] is at it.
    Launching,
    /// Verified and attached; waits for its first size.
    Prepared(Box<Prepared>),
    /// The shell is being started.
    Starting,
    Running(Running),
    /// The terminal is at its end, or conmon is: finding out why.
    Judging,
    /// A container without a terminal, perhaps.
    Adrift,
    /// There is no container, as far as can be known now.
    Nothing,
    /// Being taken down.
    Ending,
}

pub(crate) struct Running {
    pub(crate) terminal: Terminal,
    pub(crate) conmon: Conmon,
}

/// Whether a session's output goes on where an earlier daemon stopped reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// The same terminal: not a byte is missing.
    Whole,
    /// Attached to anew: what was printed meanwhile is lost.
    Broken,
}

/// What a task is made of; the roster fills it in.
pub(crate) struct Task {
    pub(crate) record: Record,
    pub(crate) file: RecordFile,
    pub(crate) machine: Machine,
    pub(crate) output: Arc<Output>,
    /// `None`: it is not recorded.
    pub(crate) recording: Option<Recording>,
    pub(crate) podman: Podman,
    /// Bytes of the disk that a writable layer must leave free.
    pub(crate) disk_floor: u64,
    pub(crate) inbox: mpsc::Receiver<Message>,
    pub(crate) bell: Arc<Notify>,
    pub(crate) standing: watch::Sender<Standing>,
    pub(crate) unwanted: watch::Sender<bool>,
    /// Held until the container is gone, by the roster too.
    pub(crate) slot: Arc<Mutex<Option<HeldSlot>>>,
    pub(crate) reports: (mpsc::Sender<Report>, mpsc::Receiver<Report>),
}

/// The task at work.
pub(crate) struct Sailing {
    t: Task,
    work: Work,
    /// The attachment at the keyboard.
    seat: Option<Seat>,
    /// Those that had it before and may take it back; the last one lost it last.
    watchers: Vec<Seat>,
    /// Administrators who look: they never have the keyboard, and nothing waits for them.
    onlookers: Vec<Seat>,
    /// Output was lost, so the screen is not as it was: whoever comes next is told, and the program is asked to draw anew.
    gap: bool,
    resizer: Option<Resizer>,
    /// When the last size was taken, and the next one, which waits for its time.
    resized: Instant,
    wanted: Option<Size>,
    first_size: Option<Instant>,
    size: Option<Size>,
    /// Whether the attachment at the keyboard was told `started`.
    welcomed: bool,
    progress: Option<ToClient>,
    image: String,
    facts: String,
    /// What the kernel confirmed. Into the record only with the running shell: a session that has both is adopted.
    proven: Option<Certificate>,
    /// Nothing is read before a browser comes, or until then.
    farewell: Option<Instant>,
    /// Set once the terminal only has what is left in it: until when that is read, and why.
    tail: Option<(Instant, String)>,
    /// The daemon leaves as soon as the shell that is being started runs.
    leaving: Option<(Departure, oneshot::Sender<()>)>,
    typed: u64,
    next_read: Instant,
    lifted: Instant,
    remembered: BootTime,
    ending: Option<Ending>,
    /// Why its owner may not be here any more.
    barred: String,
    finished: Option<Outcome>,
    gauging: gauging::Gauging,
    filling: filling::Filling,
    used: Used,
    memory: memory::Memory,
    shell_died: bool,
    /// It is known that the recording failed.
    unrecorded: bool,
}

/// What the task woke for.
enum Wake {
    Message(Option<Message>),
    Report(Report),
    Bell,
    Tick,
    FirstSizeOver,
    SizeDue,
    FarewellOver,
    GaugeDue,
    DiskDue,
    MemoryEvent,
    KillsDue,
    RingDue,
    ShellDied,
    Readable(io::Result<()>),
    Writable,
    /// The screen has not taken all output yet.
    Draw,
    ConmonDied,
    TailOver,
    /// The recording failed; why.
    Unrecorded(String),
}

impl Sailing {
    /// A session whose launch reports to `reports`.
    pub(crate) fn new(t: Task) -> Sailing {
        let now = Instant::now();
        Sailing {
            work: Work::Launching,
            seat: None,
            watchers: Vec::new(),
            onlookers: Vec::new(),
            gap: false,
            resizer: None,
            resized: now,
            wanted: None,
            first_size: None,
            size: None,
            welcomed: false,
            progress: None,
            image: String::new(),
            facts: String::new(),
            proven: None,
            farewell: None,
            tail: None,
            leaving: None,
            typed: 0,
            next_read: now,
            lifted: now,
            remembered: BootTime::now(),
            ending: None,
            barred: String::new(),
            finished: None,
            gauging: gauging::Gauging::new(),
            filling: filling::Filling::new(),
            used: Used::default(),
            memory: memory::Memory::default(),
            shell_died: false,
            unrecorded: false,
            t,
        }
    }

    /// A session that an earlier daemon left. Its shell runs, or has ended meanwhile.
    pub(crate) fn adopted(t: Task, running: Running, output: Continuity) -> Sailing {
        let mut sailing = Sailing::new(t);
        sailing.gap = output == Continuity::Broken;
        if let Some(recording) = &sailing.t.recording {
            recording.resume(sailing.t.record.size);
            if sailing.gap {
                recording.gap();
            }
        }
        if !running.conmon.shell_is_alive() && sailing.t.record.detached.is_none() {
            sailing.farewell = Some(Instant::now() + FAREWELL);
        }
        let sizes = running.terminal.sizes(&sailing.t.podman, sailing.id());
        sailing.resizer = Some(Resizer::new(sizes, sailing.t.record.size));
        sailing.take_terminal(running);
        sailing.look_at_memory();
        sailing.show();
        sailing
    }

    /// Until the session is over or the daemon leaves.
    pub(crate) async fn run(mut self) -> Outcome {
        loop {
            if self.finished.is_some() {
                self.answer_latecomers();
            }
            if let Some(outcome) = self.finished.take() {
                return outcome;
            }
            match self.wake().await {
                Wake::Message(Some(message)) => self.message(message),
                Wake::Message(None) => self.step(Event::End(EndReason::Fault)), // the roster is gone: cannot be
                Wake::Report(report) => self.report(report),
                Wake::Bell => self.bell(),
                Wake::Tick => self.step(Event::Tick),
                Wake::GaugeDue => self.gauge(),
                Wake::DiskDue => self.look_at_disk(),
                Wake::MemoryEvent => self.look_at_memory(),
                Wake::KillsDue => self.record_kills(),
                Wake::RingDue => self.t.output.shrink_if_quiet(),
                Wake::ShellDied => {
                    self.shell_died = true;
                    self.last_reading();
                }
                Wake::FirstSizeOver => self.start_shell(Size::DEFAULT),
                Wake::SizeDue => self.take_size(),
                Wake::FarewellOver => self.farewell = None,
                Wake::Readable(Ok(())) => self.read(),
                Wake::Readable(Err(error)) => self.terminal_over(&error.to_string()),
                Wake::Writable => self.write(),
                Wake::Draw => _ = self.t.output.draw(),
                Wake::ConmonDied => self.only_the_tail("conmon died"),
                Wake::TailOver => self.terminal_over(""),
                Wake::Unrecorded(why) => self.not_recorded(why),
            }
        }
    }

    fn id(&self) -> SessionId {
        self.t.record.id
    }

    async fn wake(&mut self) -> Wake {
        let deadline = self.t.machine.next_deadline();
        let (first_size, size_due, farewell) = (self.first_size, self.size_due(), self.farewell);
        let (gauge, disk, kills) = (self.gauge_due(), self.disk_due(), self.kills_due());
        let ring = self.t.output.ring_due();
        // No sleep at all while it keeps up: even one that is over takes up to a millisecond.
        let read_at = if self.keeps_up() { None } else { Some(self.next_read) };
        let write = self.tail.is_none() && self.seat.as_ref().is_some_and(|seat| seat.feed.has_input());
        // Output that is dear to draw is drawn before more is read, in steps, and everything else goes on between them.
        let drawn = self.t.output.is_drawn();
        let tail = self.tail.as_ref().map(|(until, _)| *until);
        let running = match &self.work {
            Work::Running(running) => Some(running),
            _ => None,
        };
        let recording = self.t.recording.as_ref().filter(|_| !self.unrecorded);
        tokio::select! {
            message = self.t.inbox.recv() => Wake::Message(message),
            Some(report) = self.t.reports.1.recv() => Wake::Report(report),
            () = self.t.bell.notified() => Wake::Bell,
            () = wait_for(deadline) => Wake::Tick,
            () = sleep_until(first_size.unwrap_or_else(Instant::now)), if first_size.is_some() => Wake::FirstSizeOver,
            () = sleep_until(size_due.unwrap_or_else(Instant::now)), if size_due.is_some() => Wake::SizeDue,
            () = sleep_until(farewell.unwrap_or_else(Instant::now)), if farewell.is_some() => Wake::FarewellOver,
            () = sleep_until(gauge.unwrap_or_else(Instant::now)), if gauge.is_some() => Wake::GaugeDue,
            () = sleep_until(disk.unwrap_or_else(Instant::now)), if disk.is_some() => Wake::DiskDue,
            () = sleep_until(kills.unwrap_or_else(Instant::now)), if kills.is_some() => Wake::KillsDue,
            () = sleep_until(ring.unwrap_or_else(Instant::now)), if ring.is_some() => Wake::RingDue,
            woken = gauging::processes(running, self.shell_died) => woken,
            why = recording::failure(recording) => Wake::Unrecorded(why),
            () = yield_now(), if !drawn => Wake::Draw,
            woken = bytes::terminal_io(running.filter(|_| farewell.is_none()), drawn.then_some(read_at), write, tail) => woken,
        }
    }

    // ---- events ----

    fn message(&mut self, message: Message) {
        match message {
            Message::Attach { seat, size } => self.attach(seat, size),
            Message::Watch(seat) => self.watch(seat),
            Message::Left(who) => self.left(who),
            Message::Take(who) => self.take(who),
            Message::Resize(who, size) if self.has_keyboard(who) => self.resize_soon(size),
            Message::Visible(who, visible) => self.shown(who, visible),
            Message::Extend(who) => self.step(Event::Input(who)),
            Message::Resize(..) => {}
            Message::End { reason, by } => {
                if !self.t.machine.is_over() {
                    self.ending = Some(Ending { by, ..Ending::by_itself(reason) });
                }
                self.lift();
                self.step(Event::End(reason));
            }
            Message::Barred { within, why } => {
                self.barred = why;
                self.step(Event::Barred(within));
            }
            Message::Leave(departure, done) => self.leave(departure, done),
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Stage(stage) => self.stage(stage),
            Report::Running(running) => self.running(running),
            Report::Judged(verdict) => self.judged(verdict),
            Report::Measured(measured) => self.measured(measured),
            Report::Gone(removed) => {
                if let Err(trouble) = removed {
                    self.ending = self.ending.take().map(|ending| ending.not_removed(trouble));
                }
                self.step(Event::Gone);
            }
        }
    }

    fn bell(&mut self) {
        let Some(feed) = self.seat.as_ref().map(|seat| seat.feed.clone()) else { return };
        let received = feed.received();
        if received != self.typed {
            self.typed = received;
            self.lift_if_behind();
            self.step(Event::Input(feed.id));
            let now = BootTime::now();
            if self.remembered + REMEMBER_INPUT <= now {
                self.t.record.last_input = now;
                self.remember();
            }
        }
    }

    /// One event through the machine, and what it asks for.
    fn step(&mut self, event: Event) {
        let before = self.t.machine.state();
        let actions = self.t.machine.step(event, BootTime::now());
        for action in actions {
            self.act(action);
        }
        let after = self.t.machine.state();
        if std::mem::discriminant(&before) != std::mem::discriminant(&after) {
            self.show();
            if matches!(after, State::Attached(_) | State::Detached) {
                self.remember();
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::TakeOver(who) => self.unseat(who),
            Action::Refuse(_) => {} // `attach` answers the newcomer itself
            Action::WarnIdle(left) => self.warn_idle(left),
            Action::WarnLifetime(left) => {
                self.tell_all(&ToClient::Notice(Notice::Lifetime { seconds: left.as_secs() }))
            }
            Action::WarnDirectory(left) => {
                self.tell_all(&ToClient::Notice(Notice::Directory { seconds: left.as_secs() }))
            }
            Action::Stop(reason) => self.take_down(reason),
            Action::Finish(reason) => {
                for seat in self.seat.take().into_iter().chain(self.watchers.drain(..)) {
                    seat.close(Close::Ended);
                }
                self.close_onlookers(Close::Ended);
                let ending = self.ending.take().unwrap_or_else(|| Ending::by_itself(reason));
                self.record_kills();
                let ending = Ending { used: self.used(), ..ending };
                self.finished = Some(Outcome::Ended(ending));
            }
        }
    }

    /// What lists show.
    fn show(&self) {
        let watched_by = self.onlookers_by_name();
        self.t.standing.send_replace(Standing { watched_by, ..Standing::of(&self.t.machine) });
    }

    fn remember(&mut self) {
        self.t.record.detached = self.t.machine.detached();
        self.remembered = BootTime::now();
        if let Err(error) = self.t.file.write(&self.t.record) {
            tracing::warn!(%error, session = %self.id(), "the session's record could not be written");
        }
    }
}

/// A sleep only wakes; the machine compares.
async fn wait_for(deadline: Option<BootTime>) {
    match deadline {
        Some(at) => sleep(at.until(BootTime::now())).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
