//! Distinguished names, RFC 4514, taken apart and compared as directories compare them.

const MAX_DN: usize = 4096; // bytes
const MAX_PARTS: usize = 128;

/// A DN in a form in which equal ones are equal: types and values in lower case, escapes resolved, blanks that do not
/// count left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Dn(Vec<Vec<(String, Vec<u8>)>>);

impl Dn {
    /// `None` if the text is no DN, is empty, or is longer than any that a directory would give.
    pub(crate) fn parse(text: &str) -> Option<Dn> {
        if text.len() > MAX_DN {
            return None;
        }
        let mut rdns = vec![Vec::new()];
        let mut rest = text;
        for _ in 0..MAX_PARTS {
            let (kind, value, end) = assertion(rest)?;
            let rdn = rdns.last_mut()?;
            rdn.push((kind, value));
            rdn.sort();
            match end {
                None => return Some(Dn(rdns)),
                Some((',' | ';', more)) => {
                    rdns.push(Vec::new());
                    rest = more;
                }
                Some((_, more)) => rest = more,
            }
        }
        None
    }

    /// Whether the entries above both are one.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn has_parent_of(&self, other: &Dn) -> bool {
        self.0.get(1..) == other.0.get(1..)
    }

    /// The value of the first RDN, as it is compared.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn first_value(&self) -> &[u8] {
        self.0.first().and_then(|rdn| rdn.first()).map_or(&[], |(_, value)| value)
    }
}

/// The trailing `dc=…` parts of `text`, as they are written; all of it if there are none. Takes only what [`Dn::parse`]
/// does.
pub(super) fn suffix(text: &str) -> &str {
    let mut starts = vec![0];
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' | ';' => starts.push(at + 1),
            _ => {}
        }
    }
    let is_dc = |at: &usize| text[*at..].trim_start().get(..3).is_some_and(|head| head.eq_ignore_ascii_case("dc="));
    match starts.iter().rev().take_while(|at| is_dc(at)).last() {
        Some(at) => text[*at..].trim_start(),
        None => text,
    }
}

/// Whether the text goes on with a value.
pub(super) fn ends_in_a_value(before: &str) -> bool {
    let mut value = false;
    let mut escaped = false;
    for c in before.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '=' => value = true,
            ',' | ';' | '+' => value = false,
            _ => {}
        }
    }
    value && !escaped
}

/// What follows a value, and the character that parts them; `None` at the end.
type Rest<'a> = Option<(char, &'a str)>;

/// `type=value`, and what follows.
fn assertion(text: &str) -> Option<(String, Vec<u8>, Rest<'_>)> {
    let (kind, rest) = text.split_once('=')?;
    let kind = kind.trim_matches(' ');
    if kind.is_empty() || !kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') {
        return None;
    }
    let (value, end) = value(rest)?;
    Some((kind.to_ascii_lowercase(), value, end))
}

/// The value that `text` begins with: unescaped, blanks at its ends left out and inside put together, in lower case.
fn value(text: &str) -> Option<(Vec<u8>, Rest<'_>)> {
    let text = text.trim_start_matches(' ');
    let mut bytes = Vec::new();
    let mut significant = 0; // how much of `bytes` stays when unescaped blanks at the end go
    let mut chars = text.char_indices();
    let mut end = None;
    while let Some((at, c)) = chars.next() {
        match c {
            ',' | ';' | '+' => {
                end = Some((c, &text[at + 1..]));
                break;
            }
            '\\' => {
                let (_, next) = chars.next()?;
                match next.to_digit(16) {
                    Some(high) => {
                        let low = chars.next()?.1.to_digit(16)?;
                        bytes.push(u8::try_from(high * 16 + low).ok()?);
                    }
                    None if " \"#+,;<=>\\".contains(next) => bytes.extend(next.to_string().bytes()),
                    None => return None,
                }
                significant = bytes.len();
            }
            '"' | '<' | '>' | '\0' => return None,
            ' ' => bytes.push(b' '),
            c => {
                bytes.extend(c.to_string().bytes());
                significant = bytes.len();
            }
        }
    }
    bytes.truncate(significant);
    Some((folded(bytes), end))
}

fn folded(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
    let mut folded = String::new();
    for c in text.trim_matches(' ').chars().flat_map(char::to_lowercase) {
        if c != ' ' || !folded.ends_with(' ') {
            folded.push(c);
        }
    }
    folded.into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_one_entry_are_equal_however_they_are_written() {
        for (one, other) in [
            ("cn=Dev,ou=Groups,dc=example,dc=org", "CN=dev, OU=groups , DC=Example,DC=org"),
            (r"cn=a\,b,dc=x", r"cn=a\2cb,dc=x"),
            ("cn=J\u{fc}rgen,dc=x", r"cn=j\c3\bcrgen,dc=x"),
            ("cn=a  b,dc=x", "cn=a b,dc=x"),
            ("cn=a+sn=b,dc=x", "sn=b+cn=a,dc=x"),
            (r"cn=\#1,dc=x", r"cn=\231,dc=x"),
        ] {
            assert_eq!(Dn::parse(one), Dn::parse(other), "{one}");
            assert!(Dn::parse(one).is_some(), "{one}");
        }
        for (one, other) in [("cn=a,dc=x", "cn=b,dc=x"), (r"cn=a\,dc=x", "cn=a,dc=x"), ("cn=a,dc=x", "cn=a,dc=x,dc=y")]
        {
            assert_ne!(Dn::parse(one), Dn::parse(other), "{one}");
        }
    }

    #[test]
    fn what_is_no_dn_is_none() {
        for text in ["", "x", "=x", "cn=a,", "cn=a,b", r"cn=a\", r"cn=a\x", "cn=a\"b", "c n=x", &"cn=a,".repeat(900)] {
            assert_eq!(Dn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_suffix_is_the_domain() {
        for (base, found) in [
            ("ou=people,dc=example,dc=org", "dc=example,dc=org"),
            ("cn=users, DC=Example, DC=org", "DC=Example, DC=org"),
            ("o=company", "o=company"),
            (r"ou=a\,dc=b,o=c", r"ou=a\,dc=b,o=c"),
            ("dc=example,dc=org", "dc=example,dc=org"),
        ] {
            assert_eq!(suffix(base), found, "{base}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in r"[a-c=,+;\\ \x00-\x{20ac}]{0,40}") {
            let _ = Dn::parse(&text);
            let _ = (suffix(&text), ends_in_a_value(&text));
        }
    }
}
