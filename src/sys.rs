//! Clocks and random numbers as the kernel gives them, and what needs `unsafe`.

#[allow(unsafe_code, reason = "shared memory that the kernel writes into")]
pub(crate) mod mirrored; // a socket's bytes in a file, none lost over kill -9
pub(crate) mod command; //  another program's answer

use std::{fmt, ops::Add, time::Duration};

/// A moment on CLOCK_BOOTTIME: goes on while a laptop sleeps, starts anew with each boot. Milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct BootTime(u64);

impl BootTime {
    pub(crate) fn now() -> Self {
        let t = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(t.tv_sec).unwrap_or(0);
        Self(seconds * 1000 + u64::try_from(t.tv_nsec).unwrap_or(0) / 1_000_000)
    }

    /// A given number of milliseconds after boot.
    #[cfg(test)]
    pub(crate) fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// How long until `self`, seen from `now`; zero when it is past.
    pub(crate) fn until(self, now: BootTime) -> Duration {
        Duration::from_millis(self.0.saturating_sub(now.0))
    }
}

impl BootTime {
    /// `d` earlier; not before the boot.
    pub(crate) fn before(self, d: Duration) -> BootTime {
        BootTime(self.0.saturating_sub(u64::try_from(d.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Add<Duration> for BootTime {
    type Output = BootTime;
    /// Saturates: a deadline of "never" stays in the far future.
    fn add(self, d: Duration) -> BootTime {
        BootTime(self.0.saturating_add(u64::try_from(d.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for BootTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s after boot", self.0 / 1000, self.0 % 1000)
    }
}

/// Seconds since 1970, for display and for files that outlive a boot.
pub(crate) fn unix_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// The day of a moment given in seconds since 1970, UTC: `2027-01-31`.
pub(crate) fn date(unix_seconds: u64) -> String {
    // Counted from 0000-03-01, so that a leap day is a year's last; 146,097 days are 400 years.
    let days = unix_seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// `N` unguessable bytes.
///
/// # Panics
/// If the kernel has no random numbers to give, which no supported kernel does after boot.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("getrandom(2) works on every supported kernel");
    bytes
}

/// Bytes of memory that programs can still have without swapping; as many as there can be, where the kernel does not say.
pub(crate) fn available_memory() -> u64 {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    available_in(&told).unwrap_or(u64::MAX)
}

fn available_in(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A short random reference that joins what a browser is told with the journal's line.
pub(crate) fn reference() -> String {
    hex(&random::<4>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_memory_is_read_in_bytes() {
        assert_eq!(available_in("MemTotal:  9 kB\nMemFree: 1 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(["", "MemAvailable: x kB", "MemAvailable: 5"].map(available_in), [None; 3]);
        assert!((1 << 20..1 << 50).contains(&available_memory()), "{}", available_memory());
    }

    #[test]
    fn a_day_is_told_across_leap_years_and_centuries() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_798_675_200, "2026-12-31"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(date(seconds), day, "{seconds}");
        }
    }
}
