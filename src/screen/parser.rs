//! Bytes to characters to what they ask for: lenient UTF-8 as xterm.js reads it, then the state machine of its parser.

use super::params::Params;

/// Bytes of an operating system command that are read; a longer one does nothing.
const MAX_OSC: usize = 8 * 1024;
/// Bytes of an unfinished sequence that a snapshot carries on. Of a longer one, all of which is ignored anyway, only an
/// opener is carried.
const MAX_UNFINISHED: usize = 1024;
/// Openers whose rest is swallowed without effect.
const VOID_OSC: &[u8] = b"\x1b]9999;";
const VOID_DCS: &[u8] = b"\x1bP0~";

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum State {
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParam,
    CsiIntermediate,
    CsiIgnore,
    /// Start of string, privacy message, application program command: all ignored.
    OtherString,
    Osc,
    DcsEntry,
    DcsParam,
    DcsIntermediate,
    DcsIgnore,
    DcsPassthrough,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    None,
    Print,
    Execute,
    Clear,
    Collect,
    Param,
    EscDispatch,
    CsiDispatch,
    OscStart,
    OscPut,
    OscEnd,
    DcsEnd,
}

/// What a code point asked for.
#[derive(Debug)]
pub(super) enum Asked {
    Nothing,
    Print(u32),
    /// A C0 or C1 control.
    Execute(u32),
    /// Intermediate bytes as a number, the final one.
    Esc(u32, u8),
    /// The parameters are [`Parser::params`].
    Csi(u32, u8),
    /// The text is [`Parser::take_osc`].
    Osc,
    /// A string that has no effect is over.
    StringEnd,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Parser {
    state: State,
    /// Prefix and intermediates: the last in the low byte.
    collected: u32,
    pub(super) params: Params,
    osc: Vec<u8>,
    osc_overlong: bool,
    utf8: Utf8,
    /// The sequence that has begun.
    unfinished: Vec<u8>,
    unfinished_overlong: bool,
}

impl Parser {
    pub(super) fn new() -> Self {
        Parser {
            state: State::Ground,
            collected: 0,
            params: Params::new(),
            osc: Vec::new(),
            osc_overlong: false,
            utf8: Utf8::default(),
            unfinished: Vec::new(),
            unfinished_overlong: false,
        }
    }

    /// Text that begins here is printed as it stands.
    pub(super) fn is_idle(&self) -> bool {
        self.state == State::Ground && self.utf8.missing == 0
    }

    /// The command that [`Asked::Osc`] told of.
    pub(super) fn take_osc(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.osc)).unwrap_or_default()
    }

    /// What must be written after a snapshot for the next byte to mean the same.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = u8> {
        self.unfinished.iter().copied().chain(self.utf8.begun())
    }

    /// Of one that was kept: every length is within its bounds.
    pub(super) fn is_sound(&self) -> bool {
        let Utf8 { bytes, length, missing } = &self.utf8;
        self.params.is_sound()
            && length.saturating_add(*missing) <= bytes.len()
            && self.osc.len() <= MAX_OSC
            && self.unfinished.len() <= MAX_OSC + 4
    }

    /// Bytes of memory that unfinished sequences take.
    #[cfg(any(test, fuzzing))]
    pub(super) fn memory(&self) -> usize {
        self.osc.capacity() + self.unfinished.capacity()
    }

    /// Takes one byte; what it completes.
    pub(super) fn byte(&mut self, byte: u8) -> Asked {
        match self.utf8.push(byte) {
            Some(code_point) => self.code_point(code_point),
            None => Asked::Nothing,
        }
    }

    fn code_point(&mut self, code: u32) -> Asked {
        let before = self.state;
        let (action, mut next) = transition(before, code);
        let asked = match action {
            Action::None => Asked::Nothing,
            Action::Print => Asked::Print(code),
            Action::Execute => Asked::Execute(code),
            Action::Clear => {
                self.params.clear();
                self.collected = 0;
                Asked::Nothing
            }
            Action::Collect => {
                // More than two are no sequence's; what is pushed out must not make one of them.
                self.collected = if self.collected > 0xffff { u32::MAX } else { self.collected << 8 | code };
                Asked::Nothing
            }
            Action::Param => {
                self.params.push(code);
                Asked::Nothing
            }
            Action::EscDispatch => Asked::Esc(self.collected, code as u8),
            Action::CsiDispatch => Asked::Csi(self.collected, code as u8),
            Action::OscStart => {
                self.osc.clear();
                self.osc_overlong = false;
                Asked::Nothing
            }
            Action::OscPut => {
                push_char(code, &mut self.osc);
                if self.osc.len() > MAX_OSC {
                    self.osc.clear();
                    self.osc_overlong = true;
                }
                Asked::Nothing
            }
            Action::OscEnd | Action::DcsEnd => {
                self.params.clear();
                self.collected = 0;
                if code == 0x1b {
                    next = State::Escape;
                }
                let cancelled = code == 0x18 || code == 0x1a;
                if action == Action::OscEnd && !cancelled && !self.osc_overlong { Asked::Osc } else { Asked::StringEnd }
            }
        };
        self.state = next;
        self.remember(before, action, code);
        asked
    }

    fn remember(&mut self, before: State, action: Action, code: u32) {
        if self.state == State::Ground {
            self.unfinished.clear();
            self.unfinished_overlong = false;
            return;
        }
        let opens = code == 0x1b || (0x80..0xa0).contains(&code);
        if before == State::Ground || opens {
            self.unfinished.clear();
            self.unfinished_overlong = false;
        }
        // A control in the middle of a sequence has done what it does.
        if action == Action::Execute || self.unfinished_overlong {
            return;
        }
        push_char(code, &mut self.unfinished);
        if self.unfinished.len() > if self.state == State::Osc { MAX_OSC } else { MAX_UNFINISHED } {
            self.unfinished_overlong = true;
            match self.state {
                State::Osc => self.unfinished = VOID_OSC.to_vec(),
                State::DcsPassthrough => self.unfinished = VOID_DCS.to_vec(),
                _ => {}
            }
        }
    }
}

/// How many bytes of printable ASCII there are at the beginning.
pub(super) fn text(bytes: &[u8]) -> usize {
    const AT_ONCE: usize = 16;
    let is_text = |byte: &u8| (0x20..0x7f).contains(byte);
    // Without a way out in between, so many are compared in one step.
    let all_text = |bytes: &&[u8]| bytes.iter().fold(true, |all, byte| all & is_text(byte));
    let at = bytes.chunks_exact(AT_ONCE).take_while(all_text).count() * AT_ONCE;
    at + bytes[at..].iter().take_while(|byte| is_text(byte)).count()
}

fn push_char(code: u32, to: &mut Vec<u8>) {
    if let Some(char) = char::from_u32(code) {
        to.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// xterm.js' table of transitions, as rules; the first that fits holds.
fn transition(state: State, code: u32) -> (Action, State) {
    use Action as A;
    use State as S;
    let c0 = matches!(code, 0..=0x17 | 0x19 | 0x1c..=0x1f);
    let printable = matches!(code, 0x20..=0x7e);
    let wide = code >= 0xa0;
    match (state, code) {
        (S::Osc, 0x07 | 0x18 | 0x1a | 0x1b | 0x9c) => (A::OscEnd, S::Ground),
        (S::DcsPassthrough, 0x18 | 0x1a | 0x1b | 0x9c) => (A::DcsEnd, S::Ground),
        (_, 0x18 | 0x1a | 0x80..=0x8f | 0x91..=0x97 | 0x99 | 0x9a) => (A::Execute, S::Ground),
        (_, 0x1b) => (A::Clear, S::Escape),
        (_, 0x90) => (A::Clear, S::DcsEntry),
        (_, 0x98 | 0x9e | 0x9f) => (A::None, S::OtherString),
        (_, 0x9b) => (A::Clear, S::CsiEntry),
        (_, 0x9c) => (A::None, S::Ground),
        (_, 0x9d) => (A::OscStart, S::Osc),

        (S::Ground, _) if printable || wide => (A::Print, S::Ground),
        (S::Ground, _) if c0 => (A::Execute, S::Ground),

        (S::Osc, 0x20..=0x7f) => (A::OscPut, S::Osc),
        (S::Osc, _) if wide => (A::OscPut, S::Osc),
        (S::Osc | S::DcsEntry | S::DcsParam | S::DcsIntermediate, _) if c0 => (A::None, state),
        (S::OtherString, _) if c0 || printable || code == 0x7f => (A::None, state),
        (S::DcsPassthrough, _) if c0 || printable || wide || code == 0x7f => (A::None, state),
        (S::DcsIgnore, _) if c0 || printable || wide || code == 0x7f => (A::None, state),
        (S::DcsEntry | S::DcsParam | S::DcsIntermediate, 0x7f) => (A::None, state),

        (S::Escape | S::EscapeIntermediate, _) if c0 => (A::Execute, state),
        (S::CsiEntry | S::CsiParam | S::CsiIntermediate | S::CsiIgnore, _) if c0 => (A::Execute, state),
        (S::Escape | S::EscapeIntermediate, 0x7f) => (A::None, state),
        (S::CsiEntry | S::CsiParam | S::CsiIntermediate | S::CsiIgnore, 0x7f) => (A::None, state),

        (S::Escape, 0x5b) => (A::Clear, S::CsiEntry),
        (S::Escape, 0x5d) => (A::OscStart, S::Osc),
        (S::Escape, 0x50) => (A::Clear, S::DcsEntry),
        (S::Escape, 0x58 | 0x5e | 0x5f) => (A::None, S::OtherString),
        (S::Escape | S::EscapeIntermediate, 0x20..=0x2f) => (A::Collect, S::EscapeIntermediate),
        (S::Escape | S::EscapeIntermediate, 0x30..=0x7e) => (A::EscDispatch, S::Ground),

        (S::CsiEntry | S::CsiParam | S::CsiIntermediate, 0x40..=0x7e) => (A::CsiDispatch, S::Ground),
        (S::CsiEntry | S::CsiParam, 0x30..=0x3b) => (A::Param, S::CsiParam),
        (S::CsiEntry, 0x3c..=0x3f) => (A::Collect, S::CsiParam),
        (S::CsiEntry | S::CsiParam | S::CsiIntermediate, 0x20..=0x2f) => (A::Collect, S::CsiIntermediate),
        (S::CsiParam | S::CsiIntermediate, 0x30..=0x3f) => (A::None, S::CsiIgnore),
        (S::CsiIgnore, 0x40..=0x7e) => (A::None, S::Ground),
        (S::CsiIgnore, _) if printable || wide => (A::None, S::CsiIgnore),

        (S::DcsEntry | S::DcsParam | S::DcsIntermediate, 0x40..=0x7e) => (A::None, S::DcsPassthrough),
        (S::DcsEntry | S::DcsParam, 0x30..=0x3b) => (A::None, S::DcsParam),
        (S::DcsEntry, 0x3c..=0x3f) => (A::None, S::DcsParam),
        (S::DcsEntry | S::DcsParam | S::DcsIntermediate, 0x20..=0x2f) => (A::None, S::DcsIntermediate),
        (S::DcsParam | S::DcsIntermediate, 0x30..=0x3f) => (A::None, S::DcsIgnore),

        _ => (A::None, S::Ground),
    }
}

/// Bytes that are no character are dropped, and so is a byte order mark.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Utf8 {
    /// The beginning of a character.
    bytes: [u8; 4],
    length: usize,
    /// Bytes that it still needs.
    missing: usize,
}

impl Utf8 {
    fn begun(&self) -> impl Iterator<Item = u8> {
        let length = if self.missing > 0 { self.length } else { 0 };
        self.bytes.into_iter().take(length)
    }

    fn push(&mut self, byte: u8) -> Option<u32> {
        if self.missing > 0 && byte & 0xc0 == 0x80 {
            self.bytes[self.length] = byte;
            self.length += 1;
            self.missing -= 1;
            return (self.missing == 0).then(|| self.character()).flatten();
        }
        self.missing = match byte {
            0..=0x7f => {
                self.missing = 0;
                return Some(u32::from(byte));
            }
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => 0,
        };
        self.bytes[0] = byte;
        self.length = 1;
        None
    }

    fn character(&self) -> Option<u32> {
        let text = std::str::from_utf8(&self.bytes[..self.length]).ok()?;
        text.chars().next().map(u32::from).filter(|code| *code != 0xfeff)
    }
}
