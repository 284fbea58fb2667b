//! A shell that writes numbered lines as fast as it can, and a page that keeps account of every one of them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    browser::{Browser, Terminal},
    machine::PATIENCE,
};

/// Waits for a key, writes lines without blanks until somebody makes /tmp/stop, says how many, waits for a key and exits with 7. Without
/// echo, each byte on the terminal is one of its own.
const SCRIPT: &str = r#"stty -echo; printf '<ready>\n'; read -r go; n=0
while [ ! -e /tmp/stop ]; do
  awk -v n=$n 'BEGIN { for (i = n; i < n + 400; i++) printf "<%010d-%010d-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRS>\n", i, (i * 48271) % 2147483647 }'
  n=$((n + 400))
done
printf '<end %d>\n' $n; read -r go; exit 7"#;

fn line(n: u64) -> String {
    format!("<{n:010}-{:010}-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRS>", n * 48_271 % 2_147_483_647)
}

/// A redraw brings at most 1,000 lines above the screen's 30: one that brings fewer shows all that came before it.
const FULL: usize = 1000;

/// The profile `stream`, as a table of config.toml.
pub(super) fn profile(image: &str) -> String {
    format!(
        "[[profiles]]\nname = \"stream\"\nimage = \"{image}\"\npull = \"never\"\ncommand = [\"/bin/sh\", \"-c\", '''{SCRIPT}''']\n"
    )
}

/// What the terminal puts out for `lines` of them, with its first and last words; a line ends with CR and LF.
pub(super) fn written(lines: u64) -> String {
    let mut text = "<ready>\r\n".to_owned();
    for n in 0..lines {
        text.push_str(&line(n));
        text.push_str("\r\n");
    }
    text + &format!("<end {lines}>\r\n")
}

/// The output in a recording, an asciicast.
pub(super) fn recorded(cast: &str) -> String {
    let events = cast.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    events.filter(|event| event[1] == "o").map(|event| event[2].as_str().expect("a text").to_owned()).collect()
}

/// What a page has seen.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) ready: bool,
    /// The number of the line that must come next.
    pub(super) next: u64,
    /// Once it was said.
    pub(super) end: Option<u64>,
    /// Lines that had gone past a redraw's 1,000 before the page was back.
    pub(super) passed: u64,
    /// How often the page was told that output may be missing.
    pub(super) gaps: u64,
    /// Redraws by a daemon that had not caught up yet: they end before what was seen, and output goes on from there.
    pub(super) went_back: u64,
    /// How often it came back.
    pub(super) returns: u64,
    /// Behind the last whole line.
    rest: String,
}

impl Account {
    /// Output as it comes. Each whole line must be the next one.
    fn takes(&mut self, output: &str) {
        self.rest.push_str(output);
        while let Some(end) = self.rest.find('>') {
            let piece: String = self.rest.drain(..=end).collect();
            match piece.trim_start_matches(['\r', '\n']) {
                "<ready>" if !self.ready => self.ready = true,
                whole if self.end.is_none() && whole == line(self.next) => self.next += 1,
                whole if self.end.is_none() && whole == format!("<end {}>", self.next) => self.end = Some(self.next),
                other => panic!("instead of line {} there is {other:?}, {} returns", self.next, self.returns),
            }
        }
    }

    /// A screen with what is above it: lines without a hole, and only if it is full may it begin behind what was seen.
    fn is_redrawn(&mut self, redraw: &str) {
        let text = plain(redraw);
        let mut whole = Vec::new();
        self.rest.clear();
        for piece in text.split_inclusive('>') {
            let Some(at) = piece.find('<') else { continue }; // it began above what is shown
            match piece.ends_with('>') {
                true => whole.push(&piece[at..]),
                false => self.rest = piece[at..].trim_end_matches(['\r', '\n', ' ']).to_owned(),
            }
        }
        if whole.first() == Some(&"<ready>") {
            whole.remove(0);
            self.ready = true;
        }
        if let Some(end) = whole.last().and_then(|last| last.strip_prefix("<end ")?.strip_suffix('>')) {
            self.end = Some(end.parse().expect("a number"));
            whole.pop();
        }
        let Some(first) = whole.first().and_then(|first| first.get(1..11)?.parse::<u64>().ok()) else {
            assert!(whole.is_empty() && self.next == 0, "a redraw without lines after line {}: {text:?}", self.next);
            return;
        };
        for (n, shown) in (first..).zip(&whole) {
            assert_eq!(*shown, line(n), "in a redraw after line {}", self.next);
        }
        let behind = first + whole.len() as u64;
        self.went_back += u64::from(behind < self.next);
        if first > self.next {
            assert!(whole.len() >= FULL, "{} lines from {first} in a redraw after line {}", whole.len(), self.next);
            self.passed += first - self.next;
        }
        self.next = behind;
        assert!(self.end.is_none_or(|end| end == self.next), "{:?} lines, {} seen", self.end, self.next);
    }
}

/// Without what moves the cursor and colours the text, up to where the cursor is put last: behind that a redraw prints once
/// more what is under it, since the next character may join that.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut chars, mut last_move) = (text.chars(), None);
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('[') => {
                let last = chars.find(|c| ('\x40'..='\x7e').contains(c));
                last_move = if last == Some('H') { Some(plain.len()) } else { last_move };
            }
            Some(']' | 'P') => _ = chars.find(|c| matches!(c, '\x07' | '\\')),
            Some('(' | ')' | '*' | '+' | '#' | ' ') => _ = chars.next(),
            _ => {}
        }
    }
    plain.truncate(last_move.unwrap_or(usize::MAX));
    plain
}

/// A session of the profile `stream`, and its page, which comes back by itself.
pub(super) struct Stream {
    pub(super) id: String,
    account: Arc<Mutex<Account>>,
    keys: tokio::sync::mpsc::Sender<&'static str>,
    page: tokio::task::JoinHandle<Value>,
}

impl Stream {
    pub(super) async fn begin(browser: &Browser) -> Stream {
        let id = browser.start("stream").await;
        let browser = Browser { cookie: browser.cookie.clone(), ..Browser::on(browser.road.clone()) };
        let (account, (keys, typed)) = (Arc::default(), tokio::sync::mpsc::channel(1));
        let page = tokio::spawn(page(browser, id.clone(), Arc::clone(&account), typed));
        let stream = Stream { id, account, keys, page };
        stream.until("it is ready", |account| account.ready).await;
        stream.keys.send("\r").await.expect("its page is open");
        stream.until("it writes", |account| account.next > 0).await;
        stream
    }

    /// A look at the account, which must say this soon.
    pub(super) async fn until(&self, what: &str, mut holds: impl FnMut(&Account) -> bool) {
        let waited = timeout(PATIENCE, async {
            while !holds(&self.account()) {
                assert!(!self.page.is_finished(), "its page has found a mistake, or the session's end");
                tokio::time::sleep(Duration::from_millis(20)).await; // the pace of polling, not a wait
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{}: waited in vain until {what}: {:?}", self.id, self.account()));
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After /tmp/stop was made: sees the last line, and has the shell exit. Returns the account and the frame `ended`.
    pub(super) async fn finish(self) -> (Account, Value) {
        self.until("the last line is there", |account| account.end.is_some()).await;
        self.keys.send("\r").await.expect("its page is open");
        let ended = timeout(PATIENCE, self.page).await.expect("the shell exits").expect("its page found no mistake");
        (std::mem::take(&mut *self.account.lock().unwrap_or_else(PoisonError::into_inner)), ended)
    }
}

/// Until the session is over; returns the frame that says so.
async fn page(
    browser: Browser,
    id: String,
    account: Arc<Mutex<Account>>,
    mut typed: tokio::sync::mpsc::Receiver<&'static str>,
) -> Value {
    loop {
        let Ok(Ok(mut terminal)) = timeout(PATIENCE, browser.try_socket(&id)).await else { continue };
        if !terminal.try_say(json!({"type": "resize", "cols": 100, "rows": 30})).await {
            continue;
        }
        account.lock().expect("no mistake so far").returns += 1;
        loop {
            let goes_on = tokio::select! {
                goes_on = timeout(PATIENCE, terminal.step()) => goes_on.expect("a daemon that lives says something"),
                Some(key) = typed.recv() => {
                    terminal.type_in(key).await; // nobody is killed just then
                    true
                }
            };
            if let Some(ended) = takes_in(&mut terminal, &mut account.lock().expect("no mistake so far")) {
                return ended;
            }
            if !goes_on {
                break;
            }
        }
    }
}

/// One message's worth; the frame `ended`, if that is what it was.
fn takes_in(terminal: &mut Terminal, account: &mut Account) -> Option<Value> {
    for frame in std::mem::take(&mut terminal.frames) {
        match (frame["type"].as_str(), frame["kind"].as_str()) {
            (Some("ended"), _) => return Some(frame),
            (Some("snapshot_end"), _) => account.is_redrawn(&terminal.redraw),
            (Some("notice"), Some("gap")) => account.gaps += 1,
            _ => {}
        }
    }
    account.takes(&std::mem::take(&mut terminal.output));
    None
}
