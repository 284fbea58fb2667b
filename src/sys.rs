//! Clocks, ids and processes as the kernel tells them. Later the only module with `unsafe`; so far none is needed.

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

/// `N` unguessable bytes.
///
/// # Panics
/// If the kernel has no random numbers to give, which no supported kernel does after boot.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("getrandom(2) works on every supported kernel");
    bytes
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A short random reference that joins what a browser is told with the journal's line.
pub(crate) fn reference() -> String {
    hex(&random::<4>())
}
