//! What the next daemon makes of the files, wherever this one is killed: all it did until then is in them, and nothing is done
//! at its end.

use std::{fs::OpenOptions, sync::Arc};

use proptest::prelude::*;

use super::*;
use crate::{
    screen::Above,
    terminal::{
        budget::{LogBudget, Share},
        checkpoint::LEAST,
    },
};

/// The files of one session, and the budget that they are of.
struct Files {
    dir: tempfile::TempDir,
    budget: Arc<LogBudget>,
}

impl Files {
    /// With a budget of so many bytes beyond the least.
    fn new(beyond: u64) -> Files {
        let dir = tempfile::tempdir_in("/dev/shm").unwrap();
        Ring::create(&dir.path().join("x.ring")).unwrap();
        Files { dir, budget: LogBudget::new(LEAST + beyond) }
    }

    fn share(&self) -> Share {
        self.budget.take_anyway(LEAST)
    }

    /// A daemon that begins, with the size that the record has.
    fn daemon(&self, size: Size) -> Output {
        let path = self.dir.path().join("x.rec");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).unwrap();
        let ring = Ring::open(&self.dir.path().join("x.ring")).unwrap();
        Output::new(ring, size, Some(Checkpoints::new(file, 0, self.share())))
    }
}

/// What happens to a session.
#[derive(Debug, Clone)]
enum Step {
    /// Number, how often.
    Output(usize, usize),
    Size(u16, u16),
    Kill,
}

const OUTPUT: &[&str] = &[
    "plain text, line after line\r\n",
    "\x1b[1;31mcoloured \x1b[0m\u{65e5}\u{672c}\r\n",
    "\x1b]2;a title\x07\x1b[?1000h\x1b[?2004h",
    "\x1b[?1049h\x1b[2J\x1b[5;10Hfull screen\x1b[3;9r\x1b7",
    "\x1b[?1049l",
    "\x1b[38;2;10;2",
    "0;30mon\x1b]8;;http://a\x07link\x1b]8;;\x07",
    "\x1b[H\x1b[Ja\tb\u{301}\x1b(0qqq\x1b(B",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..OUTPUT.len(), 1usize..20).prop_map(|(which, times)| Step::Output(which, times)),
        2 => (0..OUTPUT.len(), 1000usize..9000).prop_map(|(which, times)| Step::Output(which, times)),
        2 => (2u16..120, 1u16..50).prop_map(|(cols, rows)| Step::Size(cols, rows)),
        2 => Just(Step::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_screen_is_the_same_wherever_daemons_were_killed_between_output_and_sizes(
        steps in proptest::collection::vec(step(), 1..25), piece in 1usize..40_000, beyond in prop_oneof![Just(400u64 << 10), Just(4u64 << 20)],
    ) {
        let files = Files::new(beyond);
        let (mut size, mut uninterrupted) = (Size::DEFAULT, Screen::new(80, 24));
        let mut output = files.daemon(size);
        for step in steps.iter().chain([&Step::Kill]) {
            match step {
                Step::Output(which, times) => {
                    let bytes = OUTPUT[*which].repeat(*times).into_bytes();
                    for bytes in bytes.chunks(piece.min(32 * 1024)) {
                        output.write(bytes).unwrap();
                        while output.draw() {}
                        let mut rest = bytes;
                        while !rest.is_empty() {
                            rest = &rest[uninterrupted.write(rest)..];
                        }
                    }
                }
                Step::Size(cols, rows) => {
                    size = Size { cols: *cols, rows: *rows };
                    output.resize(size);
                    uninterrupted.resize(*cols, *rows);
                }
                Step::Kill => {
                    drop(output);
                    output = files.daemon(size);
                    prop_assert!(output.is_whole());
                }
            }
            let drawn = output.drawn();
            prop_assert!(drawn.screen.keep(Above::All) == uninterrupted.keep(Above::All), "after {step:?}");
        }
    }
}

/// The clock stands: however busy the machine, it is a flood.
#[tokio::test(start_paused = true)]
async fn a_flood_makes_the_ring_large_quiet_makes_it_small_and_the_budget_gets_all_of_it_back() {
    let files = Files::new(2 << 20);
    let output = files.daemon(Size::DEFAULT);
    assert_eq!(output.ring_due(), None);
    for _ in 0..64 {
        output.write(&[b'x'; 8192]).unwrap();
    }
    assert_eq!(output.ring().capacity(), LARGE, "half a megabyte at once is a flood");
    assert!(!files.budget.has_room(LARGE + LARGE / 2));
    let attachment = output.head();
    output.write(&[b'y'; 30_000]).unwrap();
    // The next daemon shrinks it, too.
    drop(output);
    let output = files.daemon(Size::DEFAULT);
    assert!(!files.budget.has_room(LARGE + LARGE / 2) && output.ring_due().is_some());
    let due = output.ring_due().unwrap();
    output.shrink_if_quiet();
    assert_eq!(output.ring().capacity(), LARGE, "it is not yet time");
    assert!(output.drawn().flow.is_quiet(due, output.head()));
    output.drawn().keep();
    assert!(output.resize_ring(&mut output.drawn(), CAPACITY));
    assert!(files.budget.has_room(LARGE + LARGE / 2));
    let mut buf = [0; 100];
    assert_eq!(output.read(attachment, &mut buf), Ok(100), "who was not far behind goes on");
    drop(output);
    assert!(files.budget.has_room(LEAST + (2 << 20)));
}

#[test]
fn without_room_a_flood_leaves_the_ring_small_and_the_screen_is_kept_all_the_same() {
    let files = Files::new(LARGE - CAPACITY - 1);
    let output = files.daemon(Size::DEFAULT);
    output.write(b"\x1b]2;old title\x07").unwrap();
    for n in 0..2000 {
        output.write(format!("\x1b[Hline {n} of a flood that never scrolls").repeat(20).as_bytes()).unwrap();
    }
    assert_eq!(output.ring().capacity(), CAPACITY);
    let shown = output.redraw().bytes;
    drop(output);
    let again = files.daemon(Size::DEFAULT);
    assert!(again.is_whole() && again.redraw().bytes == shown);
    assert!(String::from_utf8(shown).unwrap().contains("old title"));
}

#[test]
fn a_ring_that_was_lost_or_overtook_the_screen_is_told() {
    let files = Files::new(1 << 20);
    let output = files.daemon(Size::DEFAULT);
    output.write(b"\x1b]2;old title\x07\x1b[?1049hover all of it\x1b]2;half a ti").unwrap();
    output.keep();
    drop(output);
    let ring = files.dir.path().join("x.ring");
    std::fs::remove_file(&ring).unwrap();
    let mut fresh = Ring::create(&ring).unwrap();
    fresh.write(b"and on").unwrap();
    drop(fresh);
    let again = files.daemon(Size::DEFAULT);
    assert!(!again.is_whole());
    let redraw = String::from_utf8(again.redraw().bytes).unwrap();
    assert!(redraw.contains("old title") && redraw.contains("over all of itand on"), "{redraw:?}");
    drop(again);
    let again = files.daemon(Size { cols: 100, rows: 30 });
    assert!(again.is_whole(), "from here on all of it is known");
    again.write(&[b'x'; 100]).unwrap();
    let shown = again.redraw().bytes;
    drop(again);
    assert!(files.daemon(Size { cols: 100, rows: 30 }).redraw().bytes == shown);
}
