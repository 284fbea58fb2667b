use super::*;
use crate::{
    recording::{Checkpoint, Event, Lines, MAX_CHECKPOINT, MAX_EVENT, Retention, State, verify},
    screen::Screen,
    terminal::Ring,
};

/// A session that is recorded, played by the test.
struct Stage {
    dir: tempfile::TempDir,
    output: Arc<Output>,
    recording: Recording,
    id: SessionId,
}

impl Stage {
    fn new(policy: RecordingPolicy) -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let ring = Ring::create(&dir.path().join("x.ring")).unwrap();
        Stage::with(dir, ring, policy)
    }

    fn with(dir: tempfile::TempDir, ring: Ring, policy: RecordingPolicy) -> Stage {
        let id = "abcdefghijkl".parse().unwrap();
        let output = Arc::new(match policy {
            RecordingPolicy::Required => Output::unrecorded(ring, Size::DEFAULT, None),
            _ => Output::new(ring, Size::DEFAULT, None),
        });
        let owner = OwnerId::local("0123456789abcdef");
        let whose = Whose { id, owner, user: "mira".into(), profile: "shell".into() };
        let recording = Recording::new(Shelf::of(dir.path()), whose, policy, output.clone(), Arc::default());
        Stage { dir, output, recording, id }
    }

    /// The next daemon with the same session.
    async fn again(self, policy: RecordingPolicy) -> Stage {
        let ring = Ring::open(&self.dir.path().join("x.ring")).unwrap();
        let stage = Stage::with(self.dir, ring, policy);
        stage.recording.resume(Size::DEFAULT);
        stage
    }

    async fn caught_up(&self) {
        let recorded = || self.recording.0.recorded.load(Ordering::Relaxed);
        timeout(Duration::from_secs(60), async {
            while recorded() < self.output.written() {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .unwrap();
    }

    fn file(&self, end: &str) -> std::path::PathBuf {
        self.recording.0.shelf.dir().join(format!("{}.{end}", self.id))
    }

    /// Each event, with the offset behind it.
    fn events(&self) -> Vec<(u64, What)> {
        let cast = std::fs::read(self.file("cast")).unwrap();
        let mut lines = Lines::new(cast.as_slice(), MAX_EVENT);
        lines.next().unwrap().unwrap();
        let mut events = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let behind = line.at + line.bytes.len() as u64 + 1;
            events.push((behind, Event::parse(line.bytes).unwrap().unwrap().what));
        }
        events
    }
}

fn play(screen: &mut Screen, what: &What) {
    match what {
        What::Output(text) => draw(screen, text.as_bytes()),
        What::Resize(size) => screen.resize(size.cols, size.rows),
        What::Exit(_) | What::Marker(_) | What::Other => {}
    }
}

fn draw(screen: &mut Screen, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        bytes = &bytes[screen.write(bytes)..];
    }
}

fn text(events: &[(u64, What)]) -> String {
    let told = events.iter().map(|(_, what)| match what {
        What::Output(text) => text.clone(),
        What::Resize(size) => format!("<{}x{}>", size.cols, size.rows),
        What::Marker(text) | What::Exit(text) => format!("<{text}>"),
        What::Other => panic!("never written"),
    });
    told.collect()
}

#[tokio::test]
async fn output_sizes_and_the_end_stand_in_the_recording_in_their_order() {
    for policy in [RecordingPolicy::BestEffort, RecordingPolicy::Required] {
        let stage = Stage::new(policy);
        stage.recording.begin(Size::DEFAULT).await.unwrap();
        stage.output.write(b"one \xe2\x86").unwrap();
        stage.recording.resized(Size { cols: 99, rows: 24 });
        stage.recording.resized(Size { cols: 100, rows: 24 });
        stage.output.write(b"\x92 two\xff").unwrap();
        stage.output.write(b"\xf0\x9f").unwrap();
        let head = stage.recording.finish("exit", Some(3)).await.unwrap();
        assert_eq!(text(&stage.events()), "one <100x24>→ two\u{fffd}\u{fffd}<ended: exit><3>");
        let report = verify(&stage.file("cast"), Some(head.parse().unwrap())).unwrap();
        assert_eq!((report.state, report.seal.unwrap().stream), (State::Intact, 14));
    }
}

#[tokio::test]
async fn a_recorder_that_is_overtaken_says_how_much_is_missing_and_shows_the_screen_from_there_on() {
    let stage = Stage::new(RecordingPolicy::BestEffort);
    stage.recording.begin(Size::DEFAULT).await.unwrap();
    stage.output.write(b"seen\r\n").unwrap();
    stage.caught_up().await;
    // Nothing else runs on this thread meanwhile.
    let mut lost = 0;
    for n in 0..4000 {
        let line = format!("line \x1b[3{}m{n} and so on and on\r\n", n % 8);
        lost += line.len();
        stage.output.write(line.as_bytes()).unwrap();
        while stage.output.draw() {}
    }
    stage.caught_up().await;
    stage.output.write(b"and on").unwrap();
    while stage.output.draw() {}
    stage.recording.finish("exit", None).await.unwrap();
    let events = stage.events();
    assert!(text(&events).contains(&format!("<gap: {lost} bytes lost>")), "{lost}");
    let mut screen = Screen::new(80, 24);
    events.iter().for_each(|(_, what)| play(&mut screen, what));
    assert_eq!(screen.snapshot(), stage.output.redraw().bytes);
    assert_eq!(verify(&stage.file("cast"), None).unwrap().state, State::Intact);
}

#[tokio::test]
async fn what_must_be_recorded_is_shown_only_then() {
    let stage = Stage::new(RecordingPolicy::Required);
    stage.output.write(b"secret").unwrap();
    assert_eq!((stage.output.head(), stage.output.redraw().position), (0, 0));
    stage.recording.begin(Size::DEFAULT).await.unwrap();
    let mut shown = stage.output.watch();
    timeout(Duration::from_secs(60), shown.wait_for(|head| *head == 6)).await.unwrap().unwrap();
    assert!(std::fs::read_to_string(stage.file("cast")).unwrap().contains("secret"));
    assert_eq!(stage.output.redraw().position, 6);
}

#[tokio::test]
async fn a_recording_that_cannot_be_begun_stops_what_requires_it_and_nothing_else() {
    for policy in [RecordingPolicy::BestEffort, RecordingPolicy::Required] {
        let stage = Stage::new(policy);
        std::fs::write(stage.dir.path().join("recordings"), "no directory").unwrap();
        let begun = stage.recording.begin(Size::DEFAULT).await;
        assert_eq!(begun.is_err(), policy == RecordingPolicy::Required, "{begun:?}");
        assert!(!stage.recording.is_on());
        assert!(stage.recording.failure().await.contains("recordings"));
        assert_eq!(stage.recording.finish("exit", None).await, None);
    }
}

#[tokio::test]
async fn the_next_daemon_goes_on_where_this_one_was_without_a_gap() {
    for policy in [RecordingPolicy::BestEffort, RecordingPolicy::Required] {
        let mut stage = Stage::new(policy);
        stage.recording.begin(Size::DEFAULT).await.unwrap();
        stage.output.write(b"first ").unwrap();
        stage.caught_up().await;
        stage.recording.pause().await;
        stage.output.write(b"while nobody records ").unwrap();
        stage = stage.again(policy).await;
        stage.output.write(b"second").unwrap();
        stage.caught_up().await;
        assert_eq!(stage.output.head(), stage.output.written());
        let head = stage.recording.finish("owner", None).await.unwrap();
        assert_eq!(text(&stage.events()), "first while nobody records second<ended: owner>");
        let report = verify(&stage.file("cast"), Some(head.parse().unwrap())).unwrap();
        assert_eq!(report.state, State::Intact);
    }
}

#[tokio::test]
async fn a_session_that_ended_without_a_daemon_is_recorded_to_the_end_of_its_ring_and_sealed() {
    let stage = Stage::new(RecordingPolicy::BestEffort);
    stage.recording.begin(Size::DEFAULT).await.unwrap();
    stage.output.write(b"first ").unwrap();
    stage.caught_up().await;
    stage.recording.pause().await;
    stage.output.write(b"last\xe2").unwrap();
    let shelf = Shelf::of(stage.dir.path());
    let seal = || shelf.seal_left(stage.id, stage.dir.path().join("x.ring"), "lost", None);
    let head = seal().await.unwrap().unwrap();
    assert_eq!(text(&stage.events()), "first last\u{fffd}<ended: lost>");
    assert_eq!(seal().await.unwrap().unwrap(), head, "sealed once");
    assert!(shelf.seal_left("bbcdefghijkl".parse().unwrap(), "/nowhere".into(), "lost", None).await.is_none());
    let keep = Retention { max_age: Duration::MAX, max_total: 0 };
    shelf.tidy(keep, |_| true).await;
    assert!(stage.file("cast").exists());
    shelf.tidy(keep, |_| false).await;
    assert!(!stage.file("cast").exists() && !stage.file("chain").exists());
}

#[tokio::test]
async fn each_screen_to_seek_by_is_what_playing_up_to_there_shows() {
    let stage = Stage::new(RecordingPolicy::Required);
    stage.recording.begin(Size::DEFAULT).await.unwrap();
    for n in 0..60_000u32 {
        if n % 5000 == 0 {
            stage.caught_up().await; // else the screen has the size a little earlier
            let size = Size { cols: 60 + (n / 1000) as u16, rows: 24 };
            stage.recording.resized(size);
            stage.output.resize(size);
        }
        stage.output.write(format!("{n} → \x1b[3{}mof many lines that scroll by\x1b[m\r\n", n % 8).as_bytes()).unwrap();
        while stage.recording.lag() != Lag::None {
            tokio::task::yield_now().await;
        }
    }
    stage.recording.finish("exit", Some(0)).await.unwrap();
    let seek = std::fs::read(stage.file("seek")).unwrap();
    let (mut screen, mut events, mut seen) = (Screen::new(80, 24), stage.events().into_iter().peekable(), 0);
    let mut lines = Lines::new(seek.as_slice(), MAX_CHECKPOINT);
    while let Some(line) = lines.next().unwrap() {
        let checkpoint = Checkpoint::parse(line.bytes).unwrap();
        while let Some((_, what)) = events.next_if(|(behind, _)| *behind <= checkpoint.cast) {
            play(&mut screen, &what);
        }
        assert_eq!(screen.snapshot(), checkpoint.screen, "checkpoint {seen}");
        seen += 1;
    }
    assert!(seen > 0 && seek.len() as u64 <= std::fs::metadata(stage.file("cast")).unwrap().len(), "{seen}");
}
