//! Durations and sizes as people write them in config.toml, each with exactly one reading.

use std::{fmt, time::Duration};

const DURATIONS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]; // milliseconds
const SIZES: [(&str, u64); 5] = [("t", 1 << 40), ("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10), ("b", 1)]; // bytes

/// Why a text is not a duration or not a size; the sentence says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAUnit {
    #[error("is not a duration; write a whole number with ms, s, m, h or d, like \"15m\"")]
    Duration,
    #[error("has an upper-case unit; write ms, s, m, h or d in lower case, like \"15m\"")]
    DurationCase,
    #[error("is not a size; write a whole number with k, m, g or t, like \"200m\" (1m is 1,048,576 bytes)")]
    Size,
    #[error("is too large to count; write a smaller number")]
    TooLarge,
}

/// Reads `"15m"`, `"60s"`, `"8h"`, `"7d"`: one number, one lower-case unit. `15M` could be meant as months, so it is
/// refused.
pub(crate) fn duration(text: &str) -> Result<Duration, NotAUnit> {
    let (number, unit) = split(text).ok_or(NotAUnit::Duration)?;
    let millis = match DURATIONS.iter().find(|(name, _)| *name == unit) {
        Some((_, millis)) => *millis,
        None if DURATIONS.iter().any(|(name, _)| name.eq_ignore_ascii_case(unit)) => {
            return Err(NotAUnit::DurationCase);
        }
        None => return Err(NotAUnit::Duration),
    };
    let count: u64 = number.parse().map_err(|_| NotAUnit::TooLarge)?;
    count.checked_mul(millis).map(Duration::from_millis).ok_or(NotAUnit::TooLarge)
}

/// Reads `"200m"` = 209,715,200 bytes, as Podman does; `k`, `m`, `g`, `t` in either case, `b` or nothing for bytes.
pub(crate) fn size(text: &str) -> Result<u64, NotAUnit> {
    let (number, unit) = split(text).ok_or(NotAUnit::Size)?;
    let unit = if unit.is_empty() { "b" } else { unit };
    let (_, factor) = SIZES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or(NotAUnit::Size)?;
    let count: u64 = number.parse().map_err(|_| NotAUnit::TooLarge)?;
    count.checked_mul(*factor).ok_or(NotAUnit::TooLarge)
}

/// A leading run of digits, at least one, and the rest.
fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A duration the way config.toml has it: the largest unit that divides it. Parts of a millisecond are cut off.
pub(crate) struct ShowDuration(pub(crate) Duration);

impl fmt::Display for ShowDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX), &DURATIONS, "0s")
    }
}

/// A size the way config.toml has it: the largest unit that divides it.
pub(crate) struct ShowSize(pub(crate) u64);

impl fmt::Display for ShowSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.0, &SIZES, "0")
    }
}

fn show(f: &mut fmt::Formatter<'_>, value: u64, units: &[(&str, u64)], zero: &str) -> fmt::Result {
    match units.iter().find(|(_, factor)| value != 0 && value % factor == 0) {
        Some((name, factor)) => write!(f, "{}{name}", value / factor),
        None => f.write_str(zero),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_mean_what_people_mean() {
        for (text, millis) in
            [("15m", 900_000), ("60s", 60_000), ("8h", 28_800_000), ("7d", 604_800_000), ("0s", 0), ("20ms", 20)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn an_upper_case_minute_is_refused_with_the_way_out() {
        assert_eq!(duration("15M"), Err(NotAUnit::DurationCase));
        assert!(NotAUnit::DurationCase.to_string().contains("\"15m\""));
    }

    #[test]
    fn what_is_not_a_duration_is_none() {
        for text in ["", "m", "15", "-1s", "+1s", "1.5h", "1h30m", " 1s", "1s ", "1 s", "1us", "1min", "१s"] {
            assert_eq!(duration(text), Err(NotAUnit::Duration), "{text}");
        }
        assert_eq!(duration("99999999999999999999s"), Err(NotAUnit::TooLarge));
        assert_eq!(duration("18446744073709551615d"), Err(NotAUnit::TooLarge));
    }

    #[test]
    fn a_size_is_counted_as_podman_counts_it() {
        for (text, bytes) in
            [("200m", 209_715_200), ("64M", 67_108_864), ("1k", 1024), ("512", 512), ("7b", 7), ("0", 0)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "m", "1mb", "1MiB", "1.5g", "-1", " 1m", "0x10"] {
            assert_eq!(size(text), Err(NotAUnit::Size), "{text}");
        }
        assert_eq!(size("99999999t"), Err(NotAUnit::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic(text in ".*") {
            let _ = duration(&text);
            let _ = size(&text);
        }

        #[test]
        fn what_is_shown_reads_back_the_same(millis in any::<u64>(), bytes in any::<u64>()) {
            let d = Duration::from_millis(millis);
            prop_assert_eq!(duration(&ShowDuration(d).to_string()), Ok(d));
            prop_assert_eq!(size(&ShowSize(bytes).to_string()), Ok(bytes));
        }
    }
}
