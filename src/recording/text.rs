//! Bytes of output as text: UTF-8, and U+FFFD for what is none.

/// Decodes what is decided, and says how many bytes that was: at most three at the end may be the beginning of a character,
/// to be decoded once more follows. However output is cut into pieces, its text is the same.
pub(super) fn decode(bytes: &[u8]) -> (String, usize) {
    let held_back = bytes.utf8_chunks().last().map_or(0, |last| {
        let rest = last.invalid();
        let begins = std::str::from_utf8(rest).err().is_some_and(|error| error.error_len().is_none());
        if begins { rest.len() } else { 0 }
    });
    let decided = bytes.len() - held_back;
    (decode_all(&bytes[..decided]), decided)
}

/// Nothing follows: a character that was begun is none.
pub(super) fn decode_all(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_character_that_is_begun_waits_and_one_that_never_will_be_does_not() {
        assert_eq!(decode("a→".as_bytes()), ("a→".to_owned(), 4));
        assert_eq!(decode(b"a\xe2\x86"), ("a".to_owned(), 1));
        assert_eq!(decode(b"a\xe2\x86b"), ("a\u{fffd}b".to_owned(), 4));
        assert_eq!(decode(b"\xff"), ("\u{fffd}".to_owned(), 1));
        assert_eq!(decode(b"\xf0\x9f\x98"), (String::new(), 0));
        assert_eq!(decode_all(b"\xf0\x9f\x98"), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn the_text_is_the_same_however_the_bytes_are_cut(
            pieces in proptest::collection::vec(prop_oneof![
                any::<char>().prop_map(|c| c.to_string().into_bytes()),
                proptest::collection::vec(any::<u8>(), 1..4),
                proptest::collection::vec(prop_oneof![Just(0xe2u8), Just(0x86), Just(0xf0), Just(0x9f), Just(0xc3)], 1..4),
            ], 0..40),
            cuts in proptest::collection::vec(1usize..7, 1..20),
        ) {
            let bytes = pieces.concat();
            let (mut text, mut at, mut read) = (String::new(), 0, 0);
            for cut in cuts.iter().cycle() {
                read = (read + cut).min(bytes.len());
                let (some, taken) = decode(&bytes[at..read]);
                prop_assert!(read - at - taken <= 3);
                text.push_str(&some);
                at += taken;
                if read == bytes.len() { break }
            }
            text.push_str(&decode_all(&bytes[at..]));
            prop_assert_eq!(text, decode_all(&bytes));
        }
    }
}
