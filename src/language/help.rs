//! What the table has for the help. Nearly all of it is markup: whole sections, with their headings.

/// The help, section by section.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Help {
    pub(crate) title: &'static str,
    /// Markup.
    pub(crate) where_you_are: &'static str,
    /// Markup; a gap for what the reader may use.
    pub(crate) limits: &'static str,
    /// Markup, for whoever is not signed in.
    pub(crate) limits_of_a_stranger: &'static str,
    /// Markup; gaps for the time without typing, for what is said of no browser, and for the lifetime.
    pub(crate) when: &'static str,
    /// Markup.
    pub(crate) when_left: &'static str,
    /// Markup; a gap for how long a session outlives its last browser.
    pub(crate) when_detached: &'static str,
    /// Markup; a gap for what is said of a closed tab.
    pub(crate) lost: &'static str,
    /// Where a session ends with its last browser.
    pub(crate) lost_at_once: &'static str,
    /// Seconds that a session outlives its last browser.
    pub(crate) lost_later: fn(u64) -> String,
    /// Markup.
    pub(crate) keys: &'static str,
    /// Markup.
    pub(crate) settings: &'static str,
    /// Markup.
    pub(crate) phone: &'static str,
    /// Markup; a gap for what is said of the session meanwhile.
    pub(crate) connection: &'static str,
    pub(crate) connection_at_once: &'static str,
    /// Seconds.
    pub(crate) connection_later: fn(u64) -> String,
    /// Markup; a gap for the list.
    pub(crate) reasons: &'static str,
    /// Markup.
    pub(crate) trouble: &'static str,
}
