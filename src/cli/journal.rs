//! Log lines on stderr: with the time for a person, with a priority for journald, which has the time itself.

use std::fmt;
use std::os::unix::fs::MetadataExt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{self, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, layer};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::Stop;

/// Begins to log, as `CORACLE_LOG` says or `info`.
///
/// # Errors
/// If `CORACLE_LOG` cannot be understood.
pub(super) fn begin() -> Result<(), Stop> {
    let targets = match std::env::var("CORACLE_LOG") {
        Err(_) => Targets::new().with_default(Level::INFO),
        Ok(text) => text.parse().map_err(|e| {
            Stop::usage(format!("CORACLE_LOG={text}: {e}; write error, warn, info, debug, trace or target=level,…"))
        })?,
    };
    let lines = layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    let registry = tracing_subscriber::registry();
    let begun = if to_journald() {
        registry.with(lines.event_format(Prioritised).with_filter(targets)).try_init()
    } else {
        registry.with(lines.with_filter(targets)).try_init()
    };
    begun.map_err(|e| Stop::other(e.to_string()))
}

/// Whether stderr is journald's: `JOURNAL_STREAM` then names its device and inode.
fn to_journald() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    let Ok(stderr) = std::fs::metadata("/proc/self/fd/2") else { return false };
    stream == format!("{}:{}", stderr.dev(), stderr.ino())
}

/// `<3>` and so on before the line; journald makes a priority of it.
struct Prioritised;

impl<S, N> FormatEvent<S, N> for Prioritised
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        format::format()
            .with_ansi(false)
            .with_target(false)
            .with_level(false)
            .without_time()
            .format_event(context, writer, event)
    }
}

fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}
