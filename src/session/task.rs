//! The one task that owns a session: turns everything that happens into events of the machine, carries out its actions,
//! and moves the bytes between the terminal, the ring and the attachment at the keyboard.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{
    AttachmentId, EndReason, SessionId, Size,
    ending::{self, Verdict},
    launch::{Failure, HeldSlot, Stage},
    record::{Record, RecordFile},
    resize::Resizer,
    state::{Action, Event, Machine, State},
};
use crate::{
    audit,
    podman::{Conmon, Podman, Prepared, Terminal},
    sys::BootTime,
    terminal::{Certificate, Close, Deadlines, Notice, Output, Role, Seat, Step, ToClient, Told},
};

/// How long a prepared container waits for the browser's first size.
const FIRST_SIZE: Duration = Duration::from_secs(5);
/// Bytes read at once while the attachment keeps up.
const READ: usize = 16 * 1024;
/// The trickle: so many bytes in so much time, however little anybody takes. Never none: conmon would freeze.
const TRICKLE: usize = 8 * 1024;
const TRICKLE_EVERY: Duration = Duration::from_millis(10);
/// How long input, resize and end lift the trickle, so that what they cause is seen behind what was queued.
const LIFT: Duration = Duration::from_millis(200);
/// How much older than the truth the record's `last_input` may be.
const REMEMBER_INPUT: Duration = Duration::from_secs(10);

/// What others ask of a session.
pub(crate) enum Message {
    Attach {
        seat: Seat,
        size: Size,
    },
    Left(AttachmentId),
    Resize(AttachmentId, Size),
    Extend(AttachmentId),
    /// This attachment lost output; it wants the screen drawn anew.
    FellBehind(AttachmentId),
    End {
        reason: EndReason,
        by: String,
    },
    /// The daemon leaves: let go of the terminal gently, end nothing, answer when done.
    Leave(oneshot::Sender<()>),
}

/// How a session's task ended.
pub(crate) enum Outcome {
    Ended(Ending),
    /// The daemon leaves and the session goes on.
    Left,
}

/// The facts of an end, for the one end event.
pub(crate) struct Ending {
    pub(crate) reason: EndReason,
    pub(crate) status: Option<i32>,
    /// Who ended it, if somebody did.
    pub(crate) by: String,
    /// For the journal.
    pub(crate) detail: String,
    /// Its container could not be removed; the next start of the daemon tries again.
    pub(crate) left_behind: bool,
}

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
    /// A container without a terminal.
    Adrift,
    /// A failed start, which cleaned up after itself.
    Nothing,
    /// Being taken down.
    Ending,
}

pub(crate) struct Running {
    pub(crate) terminal: Terminal,
    pub(crate) conmon: Conmon,
}

/// What comes back from work that runs beside the task.
pub(crate) enum Report {
    Stage(Stage),
    Running(Running),
    Judged(Verdict),
    Status(i32),
    /// The container is removed, or why it could not be.
    Gone(Result<(), String>),
}

/// What a task is made of; the roster fills it in.
pub(crate) struct Task {
    pub(crate) record: Record,
    pub(crate) file: RecordFile,
    pub(crate) machine: Machine,
    pub(crate) output: Arc<Output>,
    pub(crate) podman: Podman,
    pub(crate) inbox: mpsc::Receiver<Message>,
    pub(crate) bell: Arc<Notify>,
    /// The word for lists: `starting`, `attached`, `detached`, `ending`.
    pub(crate) word: watch::Sender<&'static str>,
    pub(crate) unwanted: watch::Sender<bool>,
    /// Held until the container is gone, by the roster too.
    pub(crate) slot: Arc<Mutex<Option<HeldSlot>>>,
    pub(crate) reports: (mpsc::Sender<Report>, mpsc::Receiver<Report>),
}

/// The task at work.
pub(crate) struct Sailing {
    t: Task,
    work: Work,
    seat: Option<Seat>,
    /// Nobody has seen any output yet: the first attachment gets it from the beginning.
    unseen: bool,
    resizer: Option<Resizer>,
    first_size: Option<Instant>,
    size: Option<Size>,
    progress: Option<ToClient>,
    image: String,
    facts: String,
    typed: u64,
    next_read: Instant,
    lifted: Instant,
    remembered: BootTime,
    ending: Option<Ending>,
    finished: Option<Outcome>,
    buffer: Vec<u8>,
}

/// What the task woke for.
enum Wake {
    Message(Option<Message>),
    Report(Report),
    Bell,
    Tick,
    FirstSizeOver,
    Readable(io::Result<()>),
    Writable,
    ConmonDied,
}

impl Sailing {
    /// A session whose launch reports to `reports`.
    pub(crate) fn new(t: Task) -> Sailing {
        let now = Instant::now();
        Sailing {
            work: Work::Launching,
            seat: None,
            unseen: true,
            resizer: None,
            first_size: None,
            size: None,
            progress: None,
            image: String::new(),
            facts: String::new(),
            typed: 0,
            next_read: now,
            lifted: now,
            remembered: BootTime::now(),
            ending: None,
            finished: None,
            buffer: vec![0; READ],
            t,
        }
    }

    /// A session that an earlier daemon left: the shell runs, and output may be missing.
    pub(crate) fn adopted(t: Task, running: Running) -> Sailing {
        let mut sailing = Sailing::new(t);
        sailing.unseen = false;
        sailing.resizer = Some(Resizer::new(sailing.t.podman.clone(), sailing.id(), sailing.t.record.size));
        sailing.work = Work::Running(running);
        sailing.t.word.send_replace("detached");
        sailing
    }

    /// Until the session is over or the daemon leaves.
    pub(crate) async fn run(mut self) -> Outcome {
        loop {
            if let Some(outcome) = self.finished.take() {
                return outcome;
            }
            match self.wake().await {
                Wake::Message(Some(message)) => self.message(message),
                Wake::Message(None) => self.step(Event::End(EndReason::Fault)), // the roster is gone: cannot be
                Wake::Report(report) => self.report(report),
                Wake::Bell => self.bell(),
                Wake::Tick => self.step(Event::Tick),
                Wake::FirstSizeOver => self.start_shell(Size::DEFAULT),
                Wake::Readable(Ok(())) => self.read(),
                Wake::Readable(Err(error)) => self.terminal_over(&error.to_string()),
                Wake::Writable => self.write(),
                Wake::ConmonDied => self.terminal_over("conmon died"),
            }
        }
    }

    fn id(&self) -> SessionId {
        self.t.record.id
    }

    async fn wake(&mut self) -> Wake {
        let deadline = self.t.machine.next_deadline();
        let first_size = self.first_size;
        let read_at = if self.keeps_up() { Instant::now() } else { self.next_read };
        let write = self.seat.as_ref().is_some_and(|seat| seat.feed.has_input());
        let running = match &self.work {
            Work::Running(running) => Some(running),
            _ => None,
        };
        tokio::select! {
            message = self.t.inbox.recv() => Wake::Message(message),
            Some(report) = self.t.reports.1.recv() => Wake::Report(report),
            () = self.t.bell.notified() => Wake::Bell,
            () = wait_for(deadline) => Wake::Tick,
            () = sleep_until(first_size.unwrap_or_else(Instant::now)), if first_size.is_some() => Wake::FirstSizeOver,
            woken = terminal_io(running, read_at, write) => woken,
        }
    }

    // ---- events ----

    fn message(&mut self, message: Message) {
        match message {
            Message::Attach { seat, size } => self.attach(seat, size),
            Message::Left(who) => {
                if let Some(seat) = self.seat.take_if(|seat| seat.feed.id == who) {
                    self.audit_detach(&seat);
                }
                self.step(Event::Left(who));
            }
            Message::Resize(who, size) if self.has_keyboard(who) => self.resize(size),
            Message::Extend(who) => self.step(Event::Input(who)),
            Message::FellBehind(who) if self.has_keyboard(who) => {
                if let Some(resizer) = &self.resizer {
                    resizer.nudge();
                }
            }
            Message::Resize(..) | Message::FellBehind(_) => {}
            Message::End { reason, by } => {
                if !self.t.machine.is_over() {
                    self.ending = Some(Ending { by, ..Ending::by_itself(reason) });
                }
                self.lift();
                self.step(Event::End(reason));
            }
            Message::Leave(done) => self.leave(done),
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Stage(stage) => self.stage(stage),
            Report::Running(running) => self.running(running),
            Report::Judged(verdict) => self.judged(verdict),
            Report::Status(status) => {
                if let Some(ending) = &mut self.ending {
                    ending.status = Some(status);
                }
                self.tell_ended();
            }
            Report::Gone(removed) => {
                if let Err(trouble) = removed {
                    self.ending = self.ending.take().map(|ending| ending.not_removed(trouble));
                }
                self.step(Event::Gone);
            }
        }
    }

    fn stage(&mut self, stage: Stage) {
        match stage {
            Stage::Waiting(place, of) => self.progress(Step::Queue, place as u64, of as u64, "Waiting for a turn"),
            Stage::LeftQueue => self.step(Event::LeftQueue),
            Stage::Slot(slot) => {
                self.t.record.mapping = slot.mapping;
                *self.t.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(slot);
                self.remember();
            }
            Stage::PullBegan => self.step(Event::PullBegan),
            Stage::Pull(line) => self.progress(Step::Pull, 0, 0, &line),
            Stage::PullOver => self.step(Event::PullOver),
            Stage::Image(digest) => self.image = digest,
            Stage::Step(Step::Verify) => self.progress(Step::Verify, 0, 0, "Checking its limits"),
            Stage::Step(step) => self.progress(step, 0, 0, "Making the container"),
            Stage::Prepared(prepared) => {
                self.facts.clone_from(&prepared.facts);
                self.t.record.certificate = Some(prepared.certificate.clone());
                self.work = Work::Prepared(prepared);
                if let State::Ending(reason) = self.t.machine.state() {
                    return self.take_down(reason);
                }
                match self.size {
                    Some(size) => self.start_shell(size),
                    None => self.first_size = Some(Instant::now() + FIRST_SIZE),
                }
            }
            Stage::Failed(failure) => self.failed(failure),
        }
    }

    fn failed(&mut self, Failure { reason, detail }: Failure) {
        tracing::warn!(session = %self.id(), %reason, detail, "the session did not start");
        self.work = Work::Nothing;
        if self.t.machine.is_over() {
            return self.step(Event::Gone);
        }
        self.ending = Some(Ending { detail, ..Ending::by_itself(reason) });
        self.step(Event::Failed(reason));
    }

    fn start_shell(&mut self, size: Size) {
        self.first_size = None;
        let Work::Prepared(prepared) = std::mem::replace(&mut self.work, Work::Starting) else { return };
        self.progress(Step::Start, 0, 0, "Starting the shell");
        self.t.record.size = size;
        self.resizer = Some(Resizer::new(self.t.podman.clone(), self.id(), size));
        let reports = self.t.reports.0.clone();
        tokio::spawn(async move {
            let report = match prepared.start(size).await {
                Ok((terminal, conmon)) => Report::Running(Running { terminal, conmon }),
                Err(error) => Report::Stage(Stage::Failed(error.into())),
            };
            if let Err(mpsc::error::SendError(Report::Running(running))) = reports.send(report).await {
                running.terminal.leave().await; // the session's task is gone; its watcher removes the container
            }
        });
    }

    fn running(&mut self, running: Running) {
        self.work = Work::Running(running);
        if let State::Ending(reason) = self.t.machine.state() {
            return self.take_down(reason);
        }
        self.audit_start();
        self.step(Event::Running);
        self.remember();
        if let (Some(size), Some(resizer)) = (self.size, &self.resizer) {
            resizer.resize(size); // it may have changed since the shell was given its first one
        }
        self.welcome();
    }

    fn bell(&mut self) {
        let Some(feed) = self.seat.as_ref().map(|seat| seat.feed.clone()) else { return };
        let received = feed.received();
        if received != self.typed {
            self.typed = received;
            self.lift();
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
            self.t.word.send_replace(match after {
                State::Starting(_) => "starting",
                State::Attached(_) => "attached",
                State::Detached => "detached",
                State::Ending(_) | State::Ended(_) => "ending",
            });
            if matches!(after, State::Attached(_) | State::Detached) {
                self.remember();
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::TakeOver(who) => {
                if let Some(seat) = self.seat.take_if(|seat| seat.feed.id == who) {
                    seat.tell(Told::Close(Close::TakenOver));
                    self.audit_detach(&seat);
                }
            }
            Action::Refuse(_) => {} // `attach` answers the newcomer itself
            Action::WarnIdle(left) => self.tell(ToClient::Notice(Notice::Idle { seconds: left.as_secs() })),
            Action::WarnLifetime(left) => self.tell(ToClient::Notice(Notice::Lifetime { seconds: left.as_secs() })),
            Action::Stop(reason) => self.take_down(reason),
            Action::Finish(reason) => {
                if let Some(seat) = self.seat.take() {
                    seat.tell(Told::Close(Close::Ended));
                }
                let ending = self.ending.take().unwrap_or_else(|| Ending::by_itself(reason));
                self.finished = Some(Outcome::Ended(ending));
            }
        }
    }

    // ---- attachments ----

    fn attach(&mut self, seat: Seat, size: Size) {
        let who = seat.feed.id;
        self.size = Some(size);
        self.step(Event::Came(who));
        if self.t.machine.is_over() {
            self.seat = None;
            seat.tell(Told::Last(self.ended_frame()));
            seat.tell(Told::Close(Close::Ended));
            return;
        }
        self.typed = 0;
        self.lift();
        let back = matches!(self.work, Work::Running(_)) && !self.unseen;
        self.seat = Some(seat);
        match &self.work {
            Work::Prepared(_) => self.start_shell(size),
            Work::Running(_) => {
                if let Some(resizer) = &self.resizer {
                    resizer.resize(size);
                    if back {
                        resizer.nudge();
                    }
                }
                self.welcome();
            }
            _ => {
                if let Some(progress) = self.progress.clone() {
                    self.tell(progress);
                }
            }
        }
    }

    /// Tells the attachment what it has, and lets the output flow.
    fn welcome(&mut self) {
        let Some(started) = self.started_frame() else { return };
        let Some(seat) = &self.seat else { return };
        let from = if self.unseen { 0 } else { self.t.output.head() };
        self.unseen = false;
        let whole =
            [Told::Frame(started), Told::Frame(ToClient::Snapshot { bytes: 0 }), Told::Frame(ToClient::SnapshotEnd)]
                .into_iter()
                .all(|told| seat.tell(told));
        if whole {
            seat.show_from(from);
        }
        let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
        audit::record(&audit::Event::Attach { id: self.id(), user, peer });
    }

    fn resize(&mut self, size: Size) {
        self.size = Some(size);
        self.t.record.size = size;
        self.lift();
        match (&self.work, &self.resizer) {
            (Work::Prepared(_), _) => self.start_shell(size),
            (_, Some(resizer)) => resizer.resize(size),
            _ => {}
        }
    }

    fn has_keyboard(&self, who: AttachmentId) -> bool {
        self.t.machine.attachment() == Some(who)
    }

    fn tell(&self, frame: ToClient) {
        if let Some(seat) = &self.seat {
            seat.tell(Told::Frame(frame));
        }
    }

    fn progress(&mut self, step: Step, done: u64, total: u64, text: &str) {
        let frame = ToClient::Progress { step, done, total, text: text.to_owned() };
        self.progress = Some(frame.clone());
        self.tell(frame);
    }

    fn started_frame(&self) -> Option<ToClient> {
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

    fn ended_frame(&self) -> ToClient {
        let (reason, status) = match (self.t.machine.state(), &self.ending) {
            (State::Ending(reason) | State::Ended(reason), ending) => (reason, ending.as_ref().and_then(|e| e.status)),
            _ => (EndReason::Fault, None),
        };
        ToClient::Ended { reason, status, text: reason.sentence().to_owned() }
    }

    fn tell_ended(&self) {
        if let Some(seat) = &self.seat {
            seat.tell(Told::Last(self.ended_frame()));
        }
    }

    // ---- bytes ----

    /// Whether the terminal may be read as fast as it comes.
    fn keeps_up(&self) -> bool {
        let attached = matches!(self.t.machine.state(), State::Attached(_));
        Instant::now() < self.lifted
            || (attached && self.seat.as_ref().is_some_and(|seat| seat.feed.keeps_up(self.t.output.head())))
    }

    fn lift(&mut self) {
        self.lifted = Instant::now() + LIFT;
    }

    fn read(&mut self) {
        let most = if self.keeps_up() { READ } else { TRICKLE };
        let Work::Running(running) = &self.work else { return };
        match running.terminal.try_read(&mut self.buffer[..most]) {
            Ok(0) => self.terminal_over(""),
            Ok(n) => {
                self.next_read = Instant::now() + TRICKLE_EVERY;
                if let Err(error) = self.t.output.write(&self.buffer[..n]) {
                    self.fault(&format!("the session's ring: {error}"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.terminal_over(&error.to_string()),
        }
    }

    fn write(&mut self) {
        let (Work::Running(running), Some(seat)) = (&self.work, &self.seat) else { return };
        match seat.feed.pour(|bytes| running.terminal.try_write(&bytes[..bytes.len().min(TRICKLE)])) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.terminal_over(&error.to_string()),
        }
    }

    // ---- the end ----

    /// The terminal's end of file, a broken stream, or conmon's death: usually the shell ended; else find out.
    fn terminal_over(&mut self, why: &str) {
        let Work::Running(running) = std::mem::replace(&mut self.work, Work::Judging) else { return };
        if why.is_empty() && ending::plainly_ended(&running) {
            self.work = Work::Running(running);
            return self.step(Event::ShellEnded);
        }
        let (podman, id, reports) = (self.t.podman.clone(), self.id(), self.t.reports.0.clone());
        let why = why.to_owned();
        tokio::spawn(async move {
            let verdict = ending::judge(&podman, id, running, &why).await;
            let _ = reports.send(Report::Judged(verdict)).await;
        });
    }

    fn judged(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Reattached(running) => {
                self.work = Work::Running(running);
                if let State::Ending(reason) = self.t.machine.state() {
                    return self.take_down(reason);
                }
                self.tell(ToClient::Notice(Notice::Gap));
                if let Some(resizer) = &self.resizer {
                    resizer.nudge();
                }
            }
            Verdict::Exited(status) => {
                self.ending.get_or_insert_with(|| Ending::by_itself(EndReason::Exit)).status = Some(status);
                self.adrift(Event::ShellEnded);
            }
            Verdict::EngineDied(detail) => {
                self.ending.get_or_insert_with(|| Ending::by_itself(EndReason::Engine)).detail = detail;
                self.adrift(Event::EngineDied);
            }
        }
    }

    /// There is no terminal any more, only the container.
    fn adrift(&mut self, event: Event) {
        self.work = Work::Adrift;
        match self.t.machine.state() {
            State::Ending(reason) => self.take_down(reason),
            _ => self.step(event),
        }
    }

    /// The action `Stop`: whatever there is of the container goes, and `Gone` is reported.
    fn take_down(&mut self, reason: EndReason) {
        if self.ending.as_ref().is_none_or(|ending| ending.reason != reason) {
            self.ending = Some(Ending::by_itself(reason));
        }
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
                let exited = reason == EndReason::Exit;
                tokio::spawn(async move { ending::end(&podman, id, Some(running), exited, &reports).await });
            }
            Work::Adrift => {
                tokio::spawn(async move { ending::end(&podman, id, None, false, &reports).await });
            }
            Work::Nothing => self.step(Event::Gone),
            Work::Ending => {}
        }
    }

    fn fault(&mut self, detail: &str) {
        tracing::error!(session = %self.id(), detail, "fault");
        self.ending = Some(Ending { detail: detail.to_owned(), ..Ending::by_itself(EndReason::Fault) });
        self.step(Event::End(EndReason::Fault));
    }

    fn leave(&mut self, done: oneshot::Sender<()>) {
        if let Some(seat) = self.seat.take() {
            seat.tell(Told::Frame(ToClient::Notice(Notice::Restart)));
            seat.tell(Told::Close(Close::Restarting));
        }
        self.finished = Some(Outcome::Left);
        if let Work::Running(running) = std::mem::replace(&mut self.work, Work::Ending) {
            tokio::spawn(async move {
                running.terminal.leave().await;
                let _ = done.send(());
            });
        }
    }

    // ---- what outlives the daemon ----

    fn remember(&mut self) {
        self.t.record.detached = self.t.machine.detached();
        self.remembered = BootTime::now();
        if let Err(error) = self.t.file.write(&self.t.record) {
            tracing::warn!(%error, session = %self.id(), "the session's record could not be written");
        }
    }

    fn audit_detach(&self, seat: &Seat) {
        let (user, peer) = (seat.feed.user.as_str(), seat.feed.peer.as_str());
        audit::record(&audit::Event::Detach { id: self.id(), user, peer });
    }

    fn audit_start(&self) {
        let record = &self.t.record;
        audit::record(&audit::Event::SessionStart {
            id: record.id,
            user: &record.person.name,
            profile: &record.profile.name,
            image: &self.image,
            facts: &self.facts,
        });
    }
}

/// A sleep only wakes; the machine compares.
async fn wait_for(deadline: Option<BootTime>) {
    match deadline {
        Some(at) => sleep(at.until(BootTime::now())).await,
        None => std::future::pending().await,
    }
}

async fn terminal_io(running: Option<&Running>, read_at: Instant, write: bool) -> Wake {
    let Some(Running { terminal, conmon }) = running else { return std::future::pending().await };
    let readable = async {
        sleep_until(read_at).await;
        terminal.readable().await
    };
    tokio::select! {
        biased;
        _ = terminal.writable(), if write => Wake::Writable,
        ready = readable => Wake::Readable(ready),
        () = conmon.died() => Wake::ConmonDied,
    }
}

impl Ending {
    pub(crate) fn by_itself(reason: EndReason) -> Ending {
        Ending { reason, status: None, by: String::new(), detail: String::new(), left_behind: false }
    }

    pub(crate) fn not_removed(self, detail: String) -> Ending {
        Ending { detail, left_behind: true, ..self }
    }
}
