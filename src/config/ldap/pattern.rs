//! `auth.ldap.username_pattern`: the part of regular expressions that names need.
//!
//! A sequence of classes, each with how often; no alternatives and no groups, so matching has a small bound whatever the
//! pattern.

const MAX_CLASSES: usize = 8;
/// The longest name that any pattern takes, in characters.
pub(crate) const MAX_NAME: usize = 64;

/// `^[a-z_][a-z0-9_.-]{0,31}$`
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct NamePattern {
    classes: Vec<Class>,
}

/// Characters, and how many of them in a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
struct Class {
    ranges: Vec<(char, char)>,
    least: usize,
    most: usize,
}

impl NamePattern {
    /// `^`, up to eight times `[characters]` with `{n}`, `{n,m}`, `?`, `*` or `+` behind it, `$`. `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<NamePattern> {
        let mut rest = text.strip_prefix('^')?.strip_suffix('$')?;
        let mut classes = Vec::new();
        while !rest.is_empty() {
            let (ranges, more) = ranges(rest.strip_prefix('[')?)?;
            let (least, most, more) = repeats(more)?;
            classes.push(Class { ranges, least, most });
            rest = more;
        }
        (1..=MAX_CLASSES).contains(&classes.len()).then_some(NamePattern { classes })
    }

    /// Whether all of `name` matches. Never true for an empty name, one over [`MAX_NAME`], or one with a character that
    /// does not show.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let chars: Vec<char> = name.chars().take(MAX_NAME + 1).collect();
        if chars.is_empty() || chars.len() > MAX_NAME || chars.iter().any(|c| c.is_control() || is_format(*c)) {
            return false;
        }
        let mut ends = vec![false; chars.len() + 1]; // how far the classes so far may have come
        ends[0] = true;
        for class in &self.classes {
            let mut next = vec![false; chars.len() + 1];
            for start in (0..ends.len()).filter(|start| ends[*start]) {
                let run = chars[start..].iter().take(class.most).take_while(|c| class.has(**c)).count();
                next[start..=start + run].iter_mut().skip(class.least).for_each(|end| *end = true);
            }
            ends = next;
        }
        ends[chars.len()]
    }
}

impl Class {
    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
    }
}

/// Characters that change how others are shown, or are not there to see.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// What is between the brackets, and what follows them.
fn ranges(text: &str) -> Option<(Vec<(char, char)>, &str)> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    if text.starts_with('^') {
        return None;
    }
    while let Some((at, c)) = chars.next() {
        let first = match c {
            ']' if !ranges.is_empty() => return Some((ranges, &text[at + 1..])),
            ']' | '[' => return None,
            '\\' => literal(chars.next()?.1)?,
            c => c,
        };
        let mut ahead = chars.clone();
        let is_range = matches!((ahead.next(), ahead.next()), (Some((_, '-')), Some((_, last))) if last != ']');
        if !is_range {
            ranges.push((first, first));
            continue;
        }
        chars.next();
        let last = match chars.next()?.1 {
            '\\' => literal(chars.next()?.1)?,
            '[' => return None,
            c => c,
        };
        if last < first {
            return None;
        }
        ranges.push((first, last));
    }
    None
}

/// What a backslash stands before: a sign, not a letter with a meaning of its own.
fn literal(c: char) -> Option<char> {
    (!c.is_alphanumeric()).then_some(c)
}

/// How often, and what follows.
fn repeats(text: &str) -> Option<(usize, usize, &str)> {
    let (bounds, rest) = match text.chars().next() {
        Some('?') => return Some((0, 1, &text[1..])),
        Some('*') => return Some((0, MAX_NAME, &text[1..])),
        Some('+') => return Some((1, MAX_NAME, &text[1..])),
        Some('{') => text[1..].split_once('}')?,
        _ => return Some((1, 1, text)),
    };
    let (least, most) = match bounds.split_once(',') {
        None => (number(bounds)?, number(bounds)?),
        Some((least, "")) => (number(least)?, MAX_NAME),
        Some((least, most)) => (number(least)?, number(most)?),
    };
    (least <= most && most <= MAX_NAME).then_some((least, most, rest))
}

fn number(digits: &str) -> Option<usize> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_usual_pattern_takes_the_usual_names() {
        let usual = NamePattern::parse("^[a-z_][a-z0-9_.-]{0,31}$").unwrap();
        for name in ["a", "_x", "mira.k-2_", &"a".repeat(32)] {
            assert!(usual.matches(name), "{name}");
        }
        for name in ["", "1a", "A", "a b", "a\n", "\u{e4}", "-a", "a,b", &"a".repeat(33)] {
            assert!(!usual.matches(name), "{name}");
        }
    }

    #[test]
    fn classes_share_a_name_as_regular_expressions_have_it() {
        let greedy = NamePattern::parse("^[a-z]*[a-z0-9]{2}[0-9]?$").unwrap();
        for (name, fits) in [("ab", true), ("abc1", true), ("a1", true), ("12", true), ("123", true), ("1", false)] {
            assert_eq!(greedy.matches(name), fits, "{name}");
        }
        let odd = NamePattern::parse("^[\u{e4}-\u{fc}a-z\\]\\-, ]+$").unwrap();
        assert!(odd.matches("m\u{fc}ller, j-]") && !odd.matches("A") && !odd.matches(&"a".repeat(65)));
        let all = NamePattern::parse("^[ -\u{10ffff}]+$").unwrap();
        assert!(!all.matches("a\u{202e}b") && !all.matches("a\u{85}b"), "what does not show is in no name");
    }

    #[test]
    fn what_this_program_would_not_match_is_no_pattern() {
        for text in [
            "",
            "^$",
            "[a]",
            "^[a]",
            "^a$",
            "^[]$",
            "^[a$",
            "^[^a]$",
            "^[z-a]$",
            "^[a]{2,1}$",
            "^[a]{65}$",
            "^[a]{}$",
            "^(a|b)$",
            "^[\\w]$",
            "^[a]{x}$",
            "^[[a]]$",
        ] {
            assert_eq!(NamePattern::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_panic(text in "\\^[\\[\\]a-z{},0-9*+?\\\\^-]{0,20}\\$", name in ".{0,20}") {
            if let Some(pattern) = NamePattern::parse(&text) {
                let _ = pattern.matches(&name);
            }
        }
    }
}
