//! What a terminal sends when somebody types.

/// A key, as far as a replay knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    Char(char),
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    Enter,
    Backspace,
    Escape,
    /// Ctrl-C, and Ctrl-D.
    Interrupt,
}

/// The keys of bytes that were read at once. A sequence that is not known, or was cut, is no key; ESC alone is one.
pub(super) fn parse(bytes: &[u8]) -> Vec<Key> {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.as_ref();
    let mut keys = Vec::new();
    while let Some(char) = rest.chars().next() {
        let after = &rest[char.len_utf8()..];
        let (key, after) = match char {
            '\x1b' => escape(after),
            '\r' | '\n' => (Some(Key::Enter), after),
            '\x08' | '\x7f' => (Some(Key::Backspace), after),
            '\x03' | '\x04' => (Some(Key::Interrupt), after),
            char if char.is_control() || char == '\u{fffd}' => (None, after),
            char => (Some(Key::Char(char)), after),
        };
        keys.extend(key);
        rest = after;
    }
    keys
}

/// What follows an ESC.
fn escape(rest: &str) -> (Option<Key>, &str) {
    let Some(sequence) = rest.strip_prefix(['[', 'O']) else { return (Some(Key::Escape), rest) };
    let end = sequence.find(|c: char| !matches!(c, '0'..='9' | ';')).unwrap_or(sequence.len());
    let (numbers, last) = sequence.split_at(end);
    let mut last = last.chars();
    let key = match (numbers, last.next()) {
        (_, Some('A')) => Some(Key::Up),
        (_, Some('B')) => Some(Key::Down),
        (_, Some('C')) => Some(Key::Right),
        (_, Some('D')) => Some(Key::Left),
        (_, Some('H')) | ("1" | "7", Some('~')) => Some(Key::Home),
        (_, Some('F')) | ("4" | "8", Some('~')) => Some(Key::End),
        _ => None,
    };
    (key, last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_what_terminals_send_for_them() {
        use Key::*;
        for (bytes, keys) in [
            (&b" q/"[..], &[Char(' '), Char('q'), Char('/')][..]),
            (b"\x1b[A\x1bOB\x1b[1;5C\x1b[D", &[Up, Down, Right, Left]),
            (b"\x1b[H\x1b[1~\x1bOF\x1b[4~", &[Home, Home, End, End]),
            (b"\x1b", &[Escape]),
            (b"\x1b\x1b[A", &[Escape, Up]),
            (b"\r\x7f\x03\x00\x1b[200~x\x1b[", &[Enter, Backspace, Interrupt, Char('x')]),
            ("ü\u{6f22}".as_bytes(), &[Char('ü'), Char('漢')]),
            (b"\xff\xc3", &[]),
        ] {
            assert_eq!(parse(bytes), keys, "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40)) {
            parse(&bytes);
        }
    }
}
