//! The picture in README.md: for a few rows of the table, one bar for each of those who stand beside each other.

use std::fmt::Write;

use crate::report::{Peer, Row, number};

/// Rows by their beginning, and what they are called in the picture.
const SHOWN: [(&str, &str); 5] = [
    ("request to first prompt", "first prompt, ms"),
    ("keystroke to its echo, p50", "keystroke to echo, p50, ms"),
    ("keystroke to its echo, p99", "keystroke to echo, p99, ms"),
    ("CPU of the server", "CPU of the server per 100 MB, ms"),
    ("a whole session", "memory of a session, PSS, KiB"),
];
const BESIDE: [(Peer, &str, &str); 3] = [
    (Peer::Podman, "podman run, no browser", "#9aa5b1"),
    (Peer::Ttyd, "ttyd + podman run", "#d9822b"),
    (Peer::Pty, "bare pty, no container", "#d3d9e0"),
];
const OURS: (&str, &str) = ("Coracle", "#0b7285");

// In pixels.
const WIDTH: f64 = 760.0;
const LEFT: f64 = 230.0;
const BARS: f64 = 440.0;
const BAR: f64 = 14.0;
const GAP: f64 = 16.0;
const TOP: f64 = 52.0;

/// An image without script, font or colour scheme of its own: shorter is better, and each group has its own scale.
pub(crate) fn svg(rows: &[Row]) -> String {
    let (mut body, mut y) = (legend(), TOP);
    for (begins, name) in SHOWN {
        let Some(row) = rows.iter().find(|row| row.what.starts_with(begins)) else { continue };
        let mut bars = vec![(row.ours, OURS.1)];
        bars.extend(BESIDE.iter().filter_map(|(peer, _, colour)| Some((row.of(*peer)?, *colour))));
        let most = bars.iter().map(|(value, _)| *value).fold(f64::MIN_POSITIVE, f64::max);
        let middle = y + bars.len() as f64 * BAR / 2.0 + 4.0;
        let _ = writeln!(body, r#"<text x="{}" y="{middle}" text-anchor="end">{name}</text>"#, LEFT - 10.0);
        for (value, colour) in bars {
            let width = value / most * BARS;
            let _ = writeln!(
                body,
                r#"<rect x="{LEFT}" y="{y}" width="{width:.1}" height="{}" fill="{colour}"/>"#,
                BAR - 2.0
            );
            let _ = writeln!(body, r#"<text x="{:.1}" y="{}">{}</text>"#, LEFT + width + 6.0, y + 10.0, number(value));
            y += BAR;
        }
        y += GAP;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" font-family=\"sans-serif\" font-size=\"12\" \
         fill=\"#212529\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

fn legend() -> String {
    let (mut text, mut x) = (String::new(), 20.0);
    let names = [OURS].into_iter().chain(BESIDE.iter().map(|(_, name, colour)| (*name, *colour)));
    for (name, colour) in names {
        let _ = writeln!(text, r#"<rect x="{x}" y="16" width="12" height="12" fill="{colour}"/>"#);
        let _ = writeln!(text, r#"<text x="{}" y="26">{name}</text>"#, x + 18.0);
        x += 40.0 + name.len() as f64 * 7.0;
    }
    text
}
