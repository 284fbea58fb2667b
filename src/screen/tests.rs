//! The property: whatever a terminal was sent, cut anywhere, an emulator that reads the snapshot knows what the one knows
//! that read it all, answers nothing, and goes on the same.

use std::process::Command;

use super::{
    Above, SCROLLBACK_BYTES, Screen, WORK_SLICE,
    judge::{Case, Judge, Op, Verdict, dump},
    streams::{Random, cut, random, recorded},
};

/// Places at which each recording is cut.
const CUTS: u64 = 12;
/// Random streams of each of the fixed seeds, and of the fresh one.
const STREAMS: u64 = 300;
const SEEDS: [u64; 3] = [1, 20_001, 30_001];

/// What came of many cases.
#[derive(Debug, Default)]
struct Tally {
    /// Those that the emulator itself could bear.
    judged: u64,
    /// The model knows what the emulator knows.
    same: u64,
    /// One that has read the snapshot knows it.
    restored: u64,
    /// … looks the same.
    seen: u64,
    /// … and goes on the same.
    continued: u64,
    /// What the emulator answered to snapshots.
    answers: u32,
}

impl Tally {
    fn judge(&mut self, judge: &mut Judge, case: &Case, name: &str) {
        let screen = case.screen();
        let verdict = judge.judge(case, &screen.snapshot());
        let Verdict::Told { dump: told, restored, seen, continued, answers } = verdict else { return };
        let model = dump(&screen);
        self.judged += 1;
        self.same += u64::from(model == told);
        self.restored += u64::from(restored.is_none());
        self.seen += u64::from(seen);
        self.continued += u64::from(continued.is_none());
        self.answers += answers;
        if model != told {
            let differ = told.lines().zip(model.lines()).find(|(a, b)| a != b);
            println!("{name}: the emulator and the model: {differ:?}");
        } else if let Some(difference) = restored.or(continued) {
            println!("{name}: {}", difference.replace('\n', "; "));
        }
    }
}

fn random_case(seed: u64) -> Case {
    let (size, ops) = random(seed);
    cut(size, &ops, &mut Random::new(seed + 1000))
}

#[test]
fn every_recording_cut_anywhere_is_redrawn_exactly_and_goes_on_exactly() {
    let mut judge = Judge::new();
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screen"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cast"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{files:?}");
    let mut tally = Tally::default();
    for file in &files {
        let (size, ops) = recorded(file);
        for seed in 0..CUTS {
            let name = file.file_name().unwrap().to_string_lossy();
            tally.judge(&mut judge, &cut(size, &ops, &mut Random::new(seed + 77)), &format!("{name}, cut {seed}"));
        }
    }
    println!("{tally:?}");
    let all = files.len() as u64 * CUTS;
    assert_eq!(
        (tally.judged, tally.same, tally.restored, tally.seen, tally.continued, tally.answers),
        (all, all, all, all, all, 0)
    );
}

#[test]
fn random_streams_are_redrawn_all_but_exactly_and_the_model_misses_nothing() {
    let mut judge = Judge::new();
    for from in SEEDS {
        let mut tally = Tally::default();
        for seed in from..from + STREAMS {
            tally.judge(&mut judge, &random_case(seed), &format!("seed {seed}"));
        }
        println!("{from}: {tally:?}");
        let Tally { judged, same, restored, seen, continued, answers } = tally;
        assert!(judged * 10 >= STREAMS * 9, "few were judged");
        assert_eq!((same, answers), (judged, 0));
        // What is missing are lone halves of wide characters and the like, which one cannot ask an emulator for.
        assert!(restored * 1000 >= judged * 980, "redrawn in every detail");
        assert!(seen * 1000 >= judged * 995, "redrawn to the eye");
        assert!(continued * 1000 >= judged * 950, "gone on in every detail");
    }
}

/// A seed of its own for every run: it may find what the fixed ones do not, and says with which seed.
#[test]
fn a_fresh_seed_draws_no_answer_and_stays_within_the_bounds() {
    let mut judge = Judge::new();
    let from = u64::from(std::process::id()) * 1_000_003;
    let mut tally = Tally::default();
    for seed in from..from + STREAMS / 4 {
        let case = random_case(seed);
        tally.judge(&mut judge, &case, &format!("fresh seed {seed}"));
        let screen = case.screen();
        assert!(screen.memory() < memory_bound(&screen), "fresh seed {seed}");
    }
    println!("{tally:?}");
    assert_eq!(tally.answers, 0);
}

/// Another process takes the model over where the first was killed: in mid-sequence, between sizes, anywhere.
#[test]
fn a_screen_that_was_kept_anywhere_goes_on_in_every_detail_as_if_nothing_had_been() {
    for seed in (0..2000).chain((0..200).map(|n| u64::from(std::process::id()) * 1_000_003 + n)) {
        let case = random_case(seed);
        let (mut one, before) = (case.screen(), case.screen());
        let mut other = Screen::from_kept(&before.keep(Above::All)).unwrap_or_else(|| panic!("seed {seed}"));
        for op in &case.after {
            assert_eq!(dump(&other), dump(&one), "seed {seed}");
            for screen in [&mut one, &mut other] {
                match op {
                    Op::Output(bytes) => screen.write_all(bytes),
                    Op::Size(cols, rows) => screen.resize(*cols, *rows),
                }
            }
        }
        assert_eq!((dump(&other), other.snapshot()), (dump(&one), one.snapshot()), "seed {seed}");
        assert!(other.memory() < memory_bound(&other), "seed {seed}");
    }
}

#[test]
fn a_kept_screen_that_is_cut_or_of_another_version_is_none() {
    let screen = random_case(7).screen();
    let kept = screen.keep(Above::All);
    for length in 0..kept.len() {
        assert!(Screen::from_kept(&kept[..length]).is_none(), "{length} bytes");
    }
    let mut other = kept.clone();
    other[0] += 1;
    assert!(Screen::from_kept(&other).is_none());
}

#[test]
fn a_screen_kept_without_the_rows_above_it_restores_its_saved_cursor_where_it_was() {
    let mut screen = Screen::new(20, 5);
    screen.write_all(b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\x1b[3;9H\x1b7\x1b[H");
    let mut other = Screen::from_kept(&screen.keep(Above::Nothing)).unwrap();
    assert_eq!(other.main.scrollback.len(), 0);
    for screen in [&mut screen, &mut other] {
        screen.write_all(b"\x1b8here");
        assert_eq!((screen.main.x, screen.main.y), (12, 2));
    }
    assert_eq!(other.main.rows[2].trimmed(), 12);
}

#[test]
fn the_table_of_widths_is_that_of_the_vendored_add_on() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/screen/width/generate.mjs");
    let written = Command::new("node").arg(script).output().expect("node 20 or newer: install nodejs");
    assert!(String::from_utf8_lossy(&written.stdout) == include_str!("width/table.rs"), "run generate.mjs as it says");
}

/// Each of these asks for as much as it can with as few bytes.
const HOSTILE: &[&str] = &[
    "x\x1b[2147483647b",
    "日\x1b[99999999b",
    "\x1b[2147483647@",
    "x\x1b[99999999P",
    "\x1b[2J\x1b[3J",
    "\x1b[J\x1b[1J",
    "\x1b[?2J",
    "\x1b[2147483647L",
    "\x1b[2147483647M",
    "\x1b[2147483647S",
    "\x1b[2147483647T",
    "\x1b#8\x1b['}",
    "\x1b[99999'~\x1b[999 @",
    "\x1bc",
    "\x1b[?1049h\x1b[?1049l",
    "\x1b[2147483647I\x1b[2147483647Z",
    "\x1bM",
    "\n",
    "\x1b8\x1b[1J",
    "\x1b[4h\u{1100}\u{1161}",
    "e\u{301}\u{301}\u{301}",
    "\x1b]8;id=1;u\x07x",
    "\x1b[38;2;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m",
    "\x1b[?69h\x1b[1;2r\x1bM",
];

#[test]
fn no_hostile_stream_costs_more_than_a_screen_of_cells_for_each_byte() {
    for (cols, rows) in [(80, 24), (300, 100), (2, 1), (400, 100)] {
        for hostile in HOSTILE {
            let mut screen = Screen::new(cols, rows);
            screen.write_all("full of text ".repeat(usize::from(cols)).as_bytes());
            screen.write_all(b"\x1b[H");
            let stream = hostile.repeat(20);
            let cells = u64::from(cols) * u64::from(rows);
            let mut rest = stream.as_bytes();
            while !rest.is_empty() {
                let before = screen.work;
                let taken = screen.write(rest);
                let work = screen.work - before;
                assert!(
                    work <= (taken as u64 + 1) * cells.max(256),
                    "{hostile:?} at {cols}x{rows}: {work} for {taken} bytes"
                );
                assert!(
                    work <= WORK_SLICE as u64 + 4 * cells.max(1000),
                    "{hostile:?} at {cols}x{rows}: {work} in one slice"
                );
                rest = &rest[taken..];
            }
        }
    }
}

/// Cells with text and colours in both buffers, and what is kept beside them.
fn memory_bound(screen: &Screen) -> usize {
    let cells = screen.cols * screen.rows;
    cells * 2 * (20 + 2 * (16 + 68)) + screen.rows * 2 * 80 + SCROLLBACK_BYTES + 160 * 1024
}

#[test]
fn hostile_text_stays_within_the_bound_on_memory() {
    let mut screen = Screen::new(80, 24);
    let marks = "\u{301}".repeat(100);
    for n in 0..20_000u32 {
        let [_, r, g, b] = n.wrapping_mul(2_654_435_761).to_be_bytes();
        let link = "l".repeat(n as usize % 3000);
        screen
            .write_all(format!("\x1b[38;2;{r};{g};{b};4:3;58;2;{b};{r};{g}m\x1b]8;;{n}{link}\x07x{marks}").as_bytes());
        if n % 5000 == 0 {
            screen.write_all(b"\x1b[?1049h\x1b]2;");
            screen.write_all(&vec![b't'; 100_000]);
            assert!(screen.memory() < memory_bound(&screen), "{}", screen.memory());
            screen.write_all(b"\x07\x1b[?1049l");
        }
        assert!(screen.memory() < memory_bound(&screen), "{}", screen.memory());
    }
}

#[test]
fn a_thousand_coloured_lines_and_their_screen_fit_the_memory_that_a_session_has() {
    let mut screen = Screen::new(80, 24);
    for n in 0..3000 {
        let line =
            format!("\x1b[0m-rw-r--r-- 1 root root {n:6} Jan  1 12:00 \x1b[01;3{}mfile-{n}.tar.gz\x1b[0m\r\n", n % 8);
        screen.write_all(line.as_bytes());
    }
    assert_eq!(screen.main.scrollback.len(), super::SCROLLBACK_ROWS);
    // With the ring of 64 KiB in memory it is less than the 300 KB that a session may take.
    assert!(screen.memory() < 200 * 1000, "{}", screen.memory());
}

#[test]
fn rows_come_out_of_the_scrollback_as_they_went_in() {
    for seed in 0..300 {
        let screen = random_case(seed).screen();
        for row in screen.main.rows.iter().chain(&screen.alternate.rows) {
            let mut kept = super::Scrollback::new(10, 64 * 1024);
            kept.push(row);
            let back = kept.pop(row.width()).unwrap();
            assert_eq!(back.wrapped, row.wrapped);
            for at in 0..row.width() {
                let text = |row: &super::row::Row| {
                    let mut text = String::new();
                    row.push_text(row.cell(at), &mut text);
                    (text, row.cell(at).width(), row.cell(at).style)
                };
                assert_eq!(text(&back), text(row), "seed {seed}, column {at}");
            }
        }
    }
}

#[test]
fn what_one_call_leaves_the_next_one_takes() {
    let stream = "x\x1b[2147483647b".repeat(2000);
    let mut sliced = Screen::new(200, 50);
    assert!(sliced.write(stream.as_bytes()) < stream.len(), "it is too much for one slice");
    sliced = Screen::new(200, 50);
    sliced.write_all(stream.as_bytes());
    let mut bytewise = Screen::new(200, 50);
    stream.bytes().for_each(|byte| bytewise.write_all(&[byte]));
    assert_eq!(sliced.snapshot(), bytewise.snapshot());
}
