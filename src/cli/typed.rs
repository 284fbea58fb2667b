//! A password as it is typed at a terminal, or as one line of stdin.

use std::io::{self, BufRead, Write};

use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use zeroize::Zeroizing;

use super::Stop;
use crate::auth::{MAX_PASSWORD, Password};

/// Whether somebody can be asked.
pub(super) fn at_terminal() -> bool {
    termios::isatty(io::stdin())
}

/// One line as a password.
pub(super) fn first_line(input: impl BufRead) -> Result<Password, Stop> {
    checked(&line(input)?)
}

/// One line, its end cut off; empty where there is none.
pub(super) fn line(input: impl BufRead) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD + 4)); // so that it is never moved while it grows
    let read = input.take(MAX_PASSWORD as u64 + 3).read_until(b'\n', &mut line);
    read.map_err(|e| Stop::other(format!("stdin: {e}")))?;
    let end = line.strip_suffix(b"\n").map_or(&line[..], |rest| rest.strip_suffix(b"\r").unwrap_or(rest)).len();
    line.truncate(end);
    Ok(line)
}

/// # Errors
/// 64, with what is wrong with it as a password.
pub(super) fn checked(bytes: &[u8]) -> Result<Password, Stop> {
    let text = std::str::from_utf8(bytes).map_err(|_| Stop::usage("a password is text in UTF-8"))?;
    let password = Password::new(text.to_owned());
    password.check().map_err(Stop::usage)?;
    Ok(password)
}

/// A terminal that shows nothing and sends no signals until this is dropped: Ctrl-C is read like any key, so nothing
/// leaves the terminal silent.
pub(super) struct Silent {
    before: Termios,
}

impl Silent {
    pub(super) fn begin() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        termios::tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self { before })
    }

    pub(super) fn line(&self, prompt: &str) -> Result<Zeroizing<Vec<u8>>, Stop> {
        eprint!("{prompt}");
        let _ = io::stderr().flush(); // a terminal without a prompt still reads
        let keys = std::iter::from_fn(|| {
            let mut key = [0];
            matches!(rustix::io::read(io::stdin(), &mut key), Ok(1)).then_some(key[0])
        });
        let line = edited(keys);
        eprintln!();
        line
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Flush, &self.before); // nothing else can be done
    }
}

/// What was typed, as the usual keys edit it: Backspace, Ctrl-U, Enter; Ctrl-C and Ctrl-D give up.
fn edited(keys: impl Iterator<Item = u8>) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD + 1)); // so that it is never moved while it grows
    for key in keys {
        match key {
            b'\n' | b'\r' => return Ok(line),
            0x03 | 0x04 => break,
            0x15 => line.clear(),
            0x08 | 0x7f => {
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {} // a whole character
            }
            key if line.len() <= MAX_PASSWORD => line.push(key), // one more than may be, to be refused
            _ => {}
        }
    }
    Err(Stop::other("given up; nothing was changed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Checker, Hash};

    fn hash(text: &str) -> Hash {
        Hash::of(&Password::new(text.into()))
    }

    #[test]
    fn one_line_of_stdin_is_the_password() {
        for (input, wanted) in [("one\ntwo\n", "one"), ("one", "one"), ("o ne \r\n", "o ne "), ("é\n", "é")] {
            let read = first_line(input.as_bytes()).unwrap();
            assert!(Checker::default().matches(&hash(wanted), &read), "{input:?}");
        }
        let (fits, long) = (format!("{}\n", "x".repeat(1024)), format!("{}\n", "x".repeat(1025)));
        assert!(first_line(fits.as_bytes()).is_ok());
        for wrong in ["", "\n", "\r\n", "a\0b\n", &long, &"x".repeat(5000)] {
            assert_eq!(first_line(wrong.as_bytes()).err().map(|e| e.code), Some(64), "{wrong:?}");
        }
        assert!(first_line(&b"\xff\n"[..]).is_err());
    }

    #[test]
    fn the_usual_keys_edit_what_is_typed() {
        let typed = |keys: &[u8]| edited(keys.iter().copied()).map(|line| line.to_vec()).ok();
        assert_eq!(typed(b"crew\r").as_deref(), Some(&b"crew"[..]));
        assert_eq!(typed(b"wrong\x15cx\x7frew\n").as_deref(), Some(&b"crew"[..]));
        assert_eq!(typed("aé\u{7f}b\n".as_bytes()).as_deref(), Some(&b"ab"[..]));
        assert_eq!(typed(b"\x7f\x7fa\n").as_deref(), Some(&b"a"[..]));
        for given_up in [&b"cr\x03ew\n"[..], b"\x04", b"cr"] {
            assert_eq!(typed(given_up), None);
        }
        let long = [vec![b'x'; 5000], vec![b'\n']].concat();
        assert!(checked(&typed(&long).unwrap()).is_err());
    }
}
