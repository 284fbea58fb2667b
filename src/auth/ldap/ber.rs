//! BER as directories and certificates use it: one-byte tags, definite lengths. Nothing here recurses or panics.

/// The bit of a tag that says that elements are inside.
pub(super) const CONSTRUCTED: u8 = 0x20;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// How many bytes of length follow the first one, or the length itself; `None` for indefinite lengths and those that
/// need more than four bytes.
pub(super) fn long_form(first: u8) -> Option<Result<usize, usize>> {
    match first {
        0..=0x7f => Some(Ok(usize::from(first))),
        0x81..=0x84 => Some(Err(usize::from(first & 0x7f))),
        _ => None,
    }
}

/// An unsigned number of at most four bytes, most significant first.
pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    (1..=4).contains(&bytes.len()).then(|| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// Splits the first element off: its tag and content. `None` if there is no whole one.
pub(super) fn element<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&[tag, first], mut after) = rest.split_first_chunk::<2>()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let length = match long_form(first)? {
        Ok(length) => length,
        Err(count) => {
            let (bytes, behind) = after.split_at_checked(count)?;
            after = behind;
            usize::try_from(number(bytes)?).ok()?
        }
    };
    let (content, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((tag, content))
}

/// Splits the first element off if it has this tag; else nothing changes.
pub(super) fn take<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let mut after = *rest;
    let (found, content) = element(&mut after)?;
    (found == tag).then(|| {
        *rest = after;
        content
    })
}

/// What a stranger's server or certificate says, made fit for a line: at most `most` characters, no control ones.
pub(super) fn line(said: &str, most: usize) -> String {
    said.trim_end_matches('\0').chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_split_off_whole_or_not_at_all() {
        let mut rest: &[u8] = &[0x04, 0x81, 2, b'a', b'b', 0x30, 0];
        assert_eq!(element(&mut rest), Some((OCTETS, &b"ab"[..])));
        assert_eq!(take(&mut rest, OCTETS), None);
        assert_eq!(rest, [0x30, 0]);
        assert_eq!(take(&mut rest, SEQUENCE), Some(&[][..]));
        assert_eq!(element(&mut rest), None);
        let broken: [&[u8]; 8] = [
            &[0x04],
            &[0x04, 1],
            &[0x04, 0x80, 0, 0],             // indefinite
            &[0x04, 0x82, 1],                // half a length
            &[0x04, 0x85, 0, 0, 0, 0, 1, 0], // a length of five bytes
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x1f, 1, 0], // tag 31: more bytes of tag
            &[0x3f, 0x81, 0],
        ];
        for bytes in broken {
            let mut rest = bytes;
            assert_eq!(element(&mut rest), None, "{bytes:?}");
            assert_eq!(rest, bytes);
        }
    }

    #[test]
    fn what_a_server_says_becomes_one_line() {
        assert_eq!(line("80090308: LdapErr\0", 99), "80090308: LdapErr");
        assert_eq!(line("a\nb\x1b[31m", 4), "a b ");
    }
}
