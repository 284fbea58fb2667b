//! `Accept-Language` (RFC 9110, 12.5.4), matched as RFC 4647 looks up: whoever asks for `de-AT` is content with `de`.

use super::Language;

/// Ranges of one header that are looked at; browsers send a handful.
const MAX_RANGES: usize = 64;

/// Of our languages the one with the highest weight; of equals the one that is named first, else the first of ours.
pub(super) fn accepted(header: &str) -> Language {
    let ranges: Vec<Range> = header.split(',').take(MAX_RANGES).filter_map(Range::parse).collect();
    let weighed = Language::ALL.into_iter().map(|language| (weigh(&ranges, language), language));
    let wanted = weighed.filter(|((weight, _), _)| *weight > 0);
    // `min_by_key` keeps the first of equals.
    let best = wanted.min_by_key(|((weight, place), _)| (std::cmp::Reverse(*weight), *place));
    best.map_or(Language::ALL[0], |(_, language)| language)
}

/// A language's weight, and the place in the header that it has it from. Only where no range names it, `*` means it, too.
fn weigh(ranges: &[Range], language: Language) -> (u16, usize) {
    let best = |meant: &dyn Fn(&str) -> bool| {
        let named = ranges.iter().enumerate().filter(|(_, range)| meant(range.primary));
        named
            .map(|(place, range)| (range.weight, place))
            .min_by_key(|(weight, place)| (std::cmp::Reverse(*weight), *place))
    };
    best(&|primary| primary.eq_ignore_ascii_case(language.tag()))
        .or_else(|| best(&|primary| primary == "*"))
        .unwrap_or((0, 0))
}

struct Range<'h> {
    /// The part before the first `-`, or `*`.
    primary: &'h str,
    /// Thousandths; 0 means not this one.
    weight: u16,
}

impl Range<'_> {
    /// `None` where it is malformed: what it meant is not guessed.
    fn parse(text: &str) -> Option<Range<'_>> {
        let (tag, weight) = match text.split_once(';') {
            None => (text.trim(), 1000),
            Some((tag, parameter)) => {
                let (name, value) = parameter.trim().split_once('=')?;
                (tag.trim(), name.eq_ignore_ascii_case("q").then(|| thousandths(value))??)
            }
        };
        let primary = tag.split('-').next()?;
        let good = primary == "*" || (!primary.is_empty() && primary.bytes().all(|b| b.is_ascii_alphabetic()));
        good.then_some(Range { primary, weight })
    }
}

/// A `qvalue`: 0 to 1 with up to three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{digits:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_language_with_the_highest_weight_is_given() {
        for (header, language) in [
            ("", Language::English),
            ("de", Language::German),
            ("DE-at", Language::German),
            ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", Language::German),
            ("en-GB,en;q=0.9,de;q=0.8", Language::English),
            ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.4", Language::German),
            ("fr, es", Language::English),
            ("*", Language::English),
            ("en;q=0.1, *;q=0.5", Language::German),
            ("de;q=0, *", Language::English),
            ("en;q=0", Language::English), // nothing else is asked for
            ("en;q=0, de;q=0.001", Language::German),
            ("de-CH;q=0.2, de;q=0.8, en;q=0.5", Language::German),
            ("en ; q=0.3 , de ; Q=0.4", Language::German),
            ("den, deu", Language::English),
        ] {
            assert_eq!(accepted(header), language, "{header}");
        }
    }

    #[test]
    fn of_two_that_are_wanted_alike_the_first_named_is_given() {
        assert_eq!(accepted("de, en"), Language::German);
        assert_eq!(accepted("en, de"), Language::English);
        assert_eq!(accepted("de;q=0.5, en;q=0.50"), Language::German);
        assert_eq!(accepted("*;q=0.5, de;q=0.5"), Language::English);
    }

    #[test]
    fn a_malformed_range_counts_for_nothing_and_spoils_no_other() {
        for bad in [
            "de;q=2",
            "de;q=1.001",
            "de;q=0.1234",
            "de;q=-1",
            "de;q=",
            "de;q",
            "de;x=1",
            "de;q=0.5;q=1",
            "d e",
            ";q=1",
            "-",
            "de;q=+1",
        ] {
            assert_eq!(accepted(bad), Language::English, "{bad}");
            assert_eq!(accepted(&format!("{bad}, de;q=0.1, en;q=0.05")), Language::German, "{bad}");
        }
        let late = format!("{}de", "fr,".repeat(MAX_RANGES));
        assert_eq!(accepted(&late), Language::English, "one range more than is looked at");
    }

    proptest! {
        #[test]
        fn no_header_panics(header in ".*") {
            accepted(&header);
        }
    }
}
