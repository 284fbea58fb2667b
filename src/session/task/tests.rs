//! The task at work, with the launch, Podman's end of the terminal, conmon and the shell played by the test. There is no
//! Podman behind it.

mod ends; //     how sessions end, and what is told of it
mod watching; // administrators who look
mod windows; //  one person's, one after another

use std::process::{Child, Command};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    task::JoinHandle,
    time::timeout,
};

use super::*;
use crate::{
    podman::Identity,
    session::{AttachmentId, Window, record, state::Periods},
    terminal::{Ears, Feed, Ring, Role, Told},
};

const SIZE: Size = Size { cols: 80, rows: 24 };
const SOON: Duration = Duration::from_secs(30);

/// A session and everything around it.
struct Stage {
    inbox: mpsc::Sender<Message>,
    reports: mpsc::Sender<Report>,
    output: Arc<Output>,
    bell: Arc<Notify>,
    outcome: JoinHandle<Outcome>,
    next: u32,
    dir: tempfile::TempDir,
}

impl Stage {
    /// A session that is being launched; or, given a running terminal, one that was adopted.
    fn new(dir: tempfile::TempDir, running: Option<Running>) -> Stage {
        let place = |name: &str| dir.path().join(name);
        let record = record::tests::example();
        let mut file = RecordFile::create(&place("x.rec")).unwrap();
        file.write(&record).unwrap();
        let checkpoints = file.checkpoints(share()).unwrap();
        let output = Output::new(Ring::create(&place("x.ring")).unwrap(), Size::DEFAULT, Some(checkpoints));
        let output = Arc::new(output);
        let (bell, (inbox_tx, inbox)) = (Arc::new(Notify::new()), mpsc::channel(64));
        let reports = mpsc::channel(64);
        let hour = Duration::from_secs(3600);
        let periods = Periods { idle: hour, detached: hour, lifetime: hour, start: hour };
        let (podman, now) = (Identity::open(dir.path()).unwrap(), BootTime::now());
        let machine = match &running {
            None => Machine::new(periods, now),
            Some(_) => Machine::adopted(periods, now + hour, None, now),
        };
        let task = Task {
            record: Record { certificate: running.as_ref().map(|_| certificate()), ..record },
            file,
            output: output.clone(),
            recording: None,
            podman: Podman::new(place("no-podman"), podman, place("seccomp.json")),
            disk_floor: 0,
            inbox,
            bell: bell.clone(),
            standing: watch::channel(Standing::of(&machine)).0,
            machine,
            unwanted: watch::channel(false).0,
            slot: Arc::default(),
            reports: (reports.0.clone(), reports.1),
        };
        let sailing = match running {
            None => Sailing::new(task),
            Some(running) => Sailing::adopted(task, running, Continuity::Broken),
        };
        let outcome = tokio::spawn(sailing.run());
        Stage { inbox: inbox_tx, reports: reports.0, output, bell, outcome, next: 0, dir }
    }

    async fn says(&self, message: Message) {
        assert!(self.inbox.send(message).await.is_ok());
    }

    async fn browser(&mut self) -> (Arc<Feed>, Ears) {
        self.window(None).await
    }

    async fn window(&mut self, window: Option<Window>) -> (Arc<Feed>, Ears) {
        self.next += 1;
        let mut feed = Feed::new(AttachmentId(self.next), "mira".into(), "127.0.0.1".into(), self.bell.clone());
        feed.window = window;
        let feed = Arc::new(feed);
        let (seat, ears) = Seat::new(feed.clone());
        self.says(Message::Attach { seat, size: SIZE }).await;
        (feed, ears)
    }

    async fn ends(self) -> Ending {
        match timeout(SOON, self.outcome).await.unwrap().unwrap() {
            Outcome::Ended(ending) => ending,
            Outcome::Left => panic!("left instead of ended"),
        }
    }
}

/// What the files of one session may take.
fn share() -> crate::terminal::Share {
    crate::terminal::LogBudget::new(1 << 30).take(1 << 20).unwrap()
}

fn certificate() -> Certificate {
    Certificate {
        memory: None,
        swap: None,
        millicpus: None,
        pids: None,
        network: "none".into(),
        isolation: "shared".into(),
        capabilities: vec![],
        no_new_privileges: true,
        seccomp: "coracle".into(),
        read_only_root: true,
    }
}

/// What plays conmon, the shell and Podman's end of the terminal.
struct Played {
    conmon: Child,
    shell: Child,
    terminal: UnixStream,
}

impl Drop for Played {
    fn drop(&mut self) {
        for child in [&mut self.conmon, &mut self.shell] {
            let _ = child.kill(); // may be dead already
            let _ = child.wait();
        }
    }
}

fn running() -> (Stage, Played) {
    running_in(tempfile::tempdir().unwrap())
}

/// With what is in `dir` as its cgroup.
fn running_in(dir: tempfile::TempDir) -> (Stage, Played) {
    let sleeps = || Command::new("sleep").arg("60").spawn().unwrap();
    let (ours, terminal) = UnixStream::pair().unwrap();
    let played = Played { conmon: sleeps(), shell: sleeps(), terminal };
    let pid = |child: &Child| i32::try_from(child.id()).unwrap();
    let conmon = Conmon::played_by(pid(&played.conmon), pid(&played.shell), dir.path()).unwrap();
    (Stage::new(dir, Some(Running { terminal: Terminal::over(ours), conmon })), played)
}

/// Waits until the ring has taken `head` bytes.
async fn output_reaches(output: &Output, head: u64) {
    let mut watch = output.watch();
    let reached = timeout(SOON, watch.wait_for(|at| *at >= head)).await;
    assert!(reached.is_ok(), "{} of {head} bytes", output.head());
}

async fn first_frame(ears: &mut Ears) -> Option<Told> {
    timeout(SOON, ears.told.recv()).await.unwrap()
}

/// The `ended` frame: its reason and status.
async fn told(ears: &mut Ears) -> (EndReason, Option<i32>) {
    loop {
        match first_frame(ears).await {
            Some(Told::Last(ToClient::Ended { reason, status, .. })) => return (reason, status),
            Some(_) => {}
            None => panic!("no end was told"),
        }
    }
}

#[tokio::test]
async fn what_was_typed_just_before_the_tab_closed_reaches_the_shell() {
    for _ in 0..50 {
        let (mut stage, mut played) = running();
        let (feed, mut ears) = stage.browser().await;
        assert!(first_frame(&mut ears).await.is_some());
        feed.type_in(b"make &\r").unwrap();
        stage.says(Message::Left(feed.id)).await;
        let mut typed = [0; 7];
        let read = timeout(SOON, played.terminal.read_exact(&mut typed)).await;
        assert!(read.is_ok(), "nothing arrived");
        assert_eq!(&typed, b"make &\r");
    }
}

#[tokio::test]
async fn nobody_attached_means_a_trickle_and_never_a_stop() {
    let (stage, mut played) = running();
    let flood = async {
        let terminal = &mut played.terminal;
        while terminal.write_all(&[b'y'; 4096]).await.is_ok() {}
    };
    let began = Instant::now();
    tokio::select! {
        () = flood => panic!("the terminal was closed"),
        () = output_reaches(&stage.output, 50 * 8 * 1024) => {}
    }
    let (took, read) = (began.elapsed(), stage.output.head());
    let most = (took.as_millis() as u64 / 10 + 2) * 8 * 1024;
    assert!(read <= most, "{read} bytes in {took:?}");
}

#[tokio::test]
async fn what_a_command_prints_waits_for_a_browser_that_kept_up_and_not_for_one_that_was_behind() {
    for behind in [false, true] {
        let (mut stage, mut played) = running();
        let (feed, _ears) = stage.browser().await;
        tokio::time::sleep(Duration::from_millis(250)).await; // the lift of coming is over
        let credit = feed.output_credit();
        if behind {
            feed.was_sent(credit, 0);
        }
        feed.type_in(b"yes\r").unwrap();
        played.terminal.read_exact(&mut [0; 4]).await.unwrap();
        let flood = async { while played.terminal.write_all(&[b'y'; 4096]).await.is_ok() {} };
        // It sends what its credit allows, and its browser acknowledges none of it.
        let browser = async {
            let mut head = stage.output.watch();
            while feed.output_credit() > 0 {
                let at = *head.wait_for(|_| true).await.unwrap();
                feed.was_sent(at.min(credit) - (credit - feed.output_credit()), at.min(credit));
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let began = Instant::now();
        tokio::select! {
            () = flood => panic!("the terminal was closed"),
            () = browser => {}
        }
        let (took, unsent) = (began.elapsed(), stage.output.head() - if behind { 0 } else { credit });
        let trickle = (took.as_millis() as u64 / 10 + 2) * 8 * 1024 + 64 * 1024; // and what it may be behind at full speed
        assert_eq!(unsent > trickle, behind, "{unsent} bytes were read in {took:?} that it may not be sent");
    }
}

#[tokio::test]
async fn an_echo_does_not_wait_for_the_clock() {
    let (mut stage, mut played) = running();
    let (feed, mut ears) = stage.browser().await;
    assert!(first_frame(&mut ears).await.is_some());
    let mut watch = stage.output.watch();
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        feed.type_in(b"x").unwrap();
        played.terminal.read_u8().await.unwrap();
        played.terminal.write_all(b"x").await.unwrap();
        watch.changed().await.unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    println!("echo p50 {:?}, p99 {:?}", times[100], times[198]);
    // Each would wait for a timer, whose ticks are 1 ms apart; a busy host delays some of them.
    assert!(times[20] < Duration::from_micros(700), "nine of ten echoes take {:?} and more", times[20]);
}

#[tokio::test]
async fn leaving_lets_the_terminal_go_and_tells_the_browser_to_come_back() {
    let (mut stage, mut played) = running();
    let (_feed, mut ears) = stage.browser().await;
    assert!(first_frame(&mut ears).await.is_some());
    let (done, was_done) = oneshot::channel();
    stage.says(Message::Leave(Departure::Stop, done)).await;
    timeout(SOON, was_done).await.unwrap().unwrap();
    assert!(matches!(stage.outcome.await.unwrap(), Outcome::Left));
    assert_eq!(*ears.parting.borrow(), Some(Close::Restarting));
    assert_eq!(played.terminal.read(&mut [0; 8]).await.unwrap(), 0);
    assert!(played.shell.try_wait().unwrap().is_none(), "the shell goes on");
    let (file, _) = RecordFile::open(&stage.dir.path().join("x.rec")).unwrap();
    assert!(file.checkpoints(share()).unwrap().newest().is_some(), "the next daemon knows the screen");
}

#[tokio::test]
async fn kills_are_told_once_to_whoever_comes_first() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("memory.events"), "oom_kill 2\n").unwrap();
    let (mut stage, _played) = running_in(dir);
    let gone = Arc::new(Feed::new(AttachmentId(0), "mira".into(), "127.0.0.1".into(), stage.bell.clone()));
    stage.says(Message::Attach { seat: Seat::new(gone.clone()).0, size: SIZE }).await; // it hears nothing any more
    stage.says(Message::Left(gone.id)).await;
    for told in [true, false] {
        let (feed, mut ears) = stage.browser().await;
        while !matches!(first_frame(&mut ears).await, Some(Told::Redraw)) {}
        stage.says(Message::Left(feed.id)).await;
        let mut notices = Vec::new();
        while let Some(frame) = first_frame(&mut ears).await {
            notices.extend(matches!(frame, Told::Frame(ToClient::Notice(Notice::Oom { killed: 2 }))).then_some(()));
        }
        assert_eq!(notices.len(), usize::from(told));
    }
    let (_, record) = RecordFile::open(&stage.dir.path().join("x.rec")).unwrap();
    let kills = serde_json::to_value(record.kills).unwrap();
    assert_eq!(kills, serde_json::json!({"outlived": 2, "told": 2, "recorded": 2}), "the next daemon knows");
}

/// The role that was told next, and the size with it.
async fn role(ears: &mut Ears) -> (Role, u16) {
    loop {
        match first_frame(ears).await {
            Some(Told::Frame(ToClient::Role { role, cols, .. })) => return (role, cols),
            Some(_) => {}
            None => panic!("closed without a role"),
        }
    }
}

#[tokio::test]
async fn the_newest_attachment_has_the_keyboard_and_the_older_one_watches_until_it_takes_it_back() {
    let (mut stage, mut played) = running();
    let (first, mut first_ears) = stage.browser().await;
    let (second, mut second_ears) = stage.browser().await;
    assert_eq!(role(&mut first_ears).await, (Role::Watcher, 80));
    first.type_in(b"not heard").unwrap();
    second.type_in(b"heard").unwrap();
    let mut heard = [0; 5];
    played.terminal.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"heard");
    stage.says(Message::Resize(second.id, Size { cols: 100, rows: 30 })).await;
    assert_eq!(role(&mut first_ears).await, (Role::Watcher, 100), "it sees the terminal in its new size");
    assert_eq!(first_frame(&mut first_ears).await, Some(Told::Redraw));
    stage.says(Message::Resize(first.id, SIZE)).await; // has no say
    stage.says(Message::Take(first.id)).await;
    assert_eq!(role(&mut first_ears).await, (Role::Owner, 100));
    assert_eq!(role(&mut second_ears).await, (Role::Watcher, 100));
    first.type_in(b"again").unwrap();
    played.terminal.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"again", "what was typed without the keyboard is gone");
}

#[tokio::test]
async fn a_window_that_is_dragged_lays_the_screen_out_a_few_times_and_ends_at_its_last_size() {
    let (mut stage, _played) = running();
    let (_first, mut ears) = stage.browser().await;
    let (second, _second_ears) = stage.browser().await;
    assert_eq!(role(&mut ears).await.0, Role::Watcher);
    let began = Instant::now();
    for n in 0..500 {
        stage.says(Message::Resize(second.id, Size { cols: 20 + n % 2, rows: 24 })).await;
    }
    stage.says(Message::Resize(second.id, Size { cols: 99, rows: 24 })).await;
    let mut times = 1;
    while role(&mut ears).await.1 != 99 {
        times += 1;
    }
    let most = began.elapsed().as_millis() / 25 + 2;
    assert!(times <= most, "{times} times in {:?}", began.elapsed());
}

#[tokio::test]
async fn a_watcher_has_the_keyboard_again_when_the_one_that_had_it_is_gone() {
    let (mut stage, mut played) = running();
    let (first, mut ears) = stage.browser().await;
    let (second, _second_ears) = stage.browser().await;
    assert_eq!(role(&mut ears).await.0, Role::Watcher);
    stage.says(Message::Left(second.id)).await;
    assert_eq!(role(&mut ears).await.0, Role::Owner);
    first.type_in(b"mine").unwrap();
    let mut heard = [0; 4];
    played.terminal.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"mine");
}

#[tokio::test]
async fn whoever_watches_is_told_of_the_end_and_too_many_do_not_watch() {
    let (mut stage, _played) = running();
    let mut browsers = Vec::new();
    for _ in 0..10 {
        browsers.push(stage.browser().await);
    }
    let (_, first) = &mut browsers[0];
    while first_frame(first).await.is_some() {}
    assert_eq!(*first.parting.borrow(), Some(Close::TakenOver), "eight watch, and it was the ninth");
    stage.says(Message::End { reason: EndReason::Owner, by: "mira".into() }).await;
    for (_, ears) in &mut browsers[1..] {
        assert_eq!(told(ears).await.0, EndReason::Owner);
    }
}

#[tokio::test]
async fn what_was_printed_while_nobody_looked_is_on_the_screen_that_the_next_browser_is_sent() {
    let (mut stage, mut played) = running();
    let (first, mut ears) = stage.browser().await;
    while first_frame(&mut ears).await != Some(Told::Redraw) {}
    stage.says(Message::Left(first.id)).await;
    played.terminal.write_all(b"\x1b[?1049h\x1b[5;7Hwhile away").await.unwrap();
    output_reaches(&stage.output, 24).await;
    let (_second, mut ears) = stage.browser().await;
    let mut told = Vec::new();
    while told.last() != Some(&Told::Redraw) {
        told.extend(first_frame(&mut ears).await);
    }
    assert!(!told.contains(&Told::Frame(ToClient::Notice(Notice::Gap))), "nothing is missing");
    let redraw = String::from_utf8(stage.output.redraw().bytes).unwrap();
    assert!(redraw.contains("\x1b[?47h") && redraw.contains("while away"), "{redraw:?}");
}
