//! One of the two buffers: the rows on the screen, what has left it at the top, and where things are in it.

use std::collections::{BTreeSet, VecDeque};

use super::{cell::Cell, charset::Charset, row::Row, scrollback::Scrollback};

/// Columns between tab stops.
const TAB_WIDTH: usize = 8;

/// The cursor as DECSC keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Saved {
    pub(super) x: usize,
    /// Counted from the oldest row above the screen, so it drifts while that number grows, as it does in xterm.js.
    pub(super) line: usize,
    pub(super) fg: u32,
    pub(super) bg: u32,
    pub(super) charset: Charset,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Buffer {
    /// As many as the screen has; none while the alternate buffer is not shown.
    #[serde(skip)]
    pub(super) rows: VecDeque<Row>,
    /// Keeps nothing for the alternate buffer.
    #[serde(skip, default = "Scrollback::none")]
    pub(super) scrollback: Scrollback,
    /// The cursor's column; the width itself while the next character waits to wrap.
    pub(super) x: usize,
    pub(super) y: usize,
    /// First and last row of the scroll region.
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) saved: Saved,
    pub(super) tabs: BTreeSet<usize>,
}

impl Buffer {
    pub(super) fn new(cols: usize, rows: usize, scrollback: Scrollback) -> Self {
        Buffer {
            rows: VecDeque::new(),
            scrollback,
            x: 0,
            y: 0,
            top: 0,
            bottom: rows - 1,
            saved: Saved { x: 0, line: 0, fg: 0, bg: 0, charset: Charset::Ascii },
            tabs: (0..cols).step_by(TAB_WIDTH).collect(),
        }
    }

    /// Gives a buffer that has no rows as many as the screen has.
    pub(super) fn fill(&mut self, cols: usize, rows: usize, blank: Cell) {
        while self.rows.len() < rows {
            self.rows.push_back(Row::new(cols, blank));
        }
    }

    /// What leaving the alternate buffer does; the saved cursor stays.
    pub(super) fn empty(&mut self, cols: usize, rows: usize) {
        *self = Buffer { saved: self.saved, ..Buffer::new(cols, rows, Scrollback::none()) };
    }

    pub(super) fn row(&self) -> &Row {
        &self.rows[self.y]
    }

    pub(super) fn row_mut(&mut self) -> &mut Row {
        &mut self.rows[self.y]
    }

    pub(super) fn in_region(&self) -> bool {
        (self.top..=self.bottom).contains(&self.y)
    }

    /// Takes the row at `from` out and puts an erased one in at `to`, `n` times.
    pub(super) fn shift(&mut self, from: usize, to: usize, n: usize, cols: usize, blank: Cell) {
        for _ in 0..n {
            let Some(mut row) = self.rows.remove(from) else { return };
            row.reset(cols, blank);
            self.rows.insert(to, row);
        }
    }

    /// The region goes up by a row; from the top of the screen into the scrollback.
    pub(super) fn scroll(&mut self, cols: usize, blank: Cell, wrapped: bool) {
        let whole = self.top == 0 && self.bottom + 1 == self.rows.len();
        let taken = if whole { self.rows.pop_front() } else { self.rows.remove(self.top) };
        let Some(mut row) = taken else { return };
        if self.top == 0 {
            self.scrollback.push(&row);
        }
        row.reset(cols, blank);
        row.wrapped = wrapped;
        if whole {
            self.rows.push_back(row);
        } else {
            self.rows.insert(self.bottom, row);
        }
    }

    pub(super) fn next_tab(&self, cols: usize) -> usize {
        self.tabs.range(self.x + 1..).next().copied().unwrap_or(cols).min(cols - 1)
    }

    pub(super) fn previous_tab(&self, from: usize, cols: usize) -> usize {
        self.tabs.range(..from).next_back().copied().unwrap_or(0).min(cols - 1)
    }

    /// After a change of width to `cols`: stops for columns that are new.
    pub(super) fn extend_tabs(&mut self, cols: usize) {
        let first = if self.tabs.contains(&cols) { cols } else { self.previous_tab(cols, cols) };
        self.tabs.extend((first..cols).step_by(TAB_WIDTH));
    }
}
