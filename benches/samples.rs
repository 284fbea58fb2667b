//! Many measurements of one thing.

use std::time::Duration;

/// In milliseconds.
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) const fn new() -> Samples {
        Samples(Vec::new())
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(milliseconds(took));
    }

    pub(crate) fn add_milliseconds(&mut self, took: f64) {
        self.0.push(took);
    }

    /// The value that `share` (0 to 1) of all are not above; 0.5 is the median. NaN without samples.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(0.5)
    }
}

pub(crate) fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
