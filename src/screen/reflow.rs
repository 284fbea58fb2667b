//! Another size: rows move between screen and scrollback, and wrapped lines of the main buffer are laid out anew, as
//! xterm.js does it.

use std::ops::Range;

use super::{MIN_COLS, MIN_ROWS, Screen, buffer::Buffer, cell::Cell, row::Row};

impl Screen {
    /// Sizes below 2 × 1 become that.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        let (cols, rows) = (usize::from(cols).max(MIN_COLS), usize::from(rows).max(MIN_ROWS));
        let before = (self.cols, self.rows);
        if (cols, rows) == before {
            return;
        }
        self.end_run();
        change_rows(&mut self.main, before, (cols, rows));
        if cols != before.0 {
            Reflow::of(&mut self.main, before.0, cols, rows).run();
        }
        if self.alternate.rows.is_empty() {
            self.alternate.bottom = rows - 1;
        } else {
            // These keep what is past a smaller width.
            change_rows(&mut self.alternate, before, (cols, rows));
        }
        self.main.extend_tabs(cols);
        self.alternate.extend_tabs(cols);
        (self.cols, self.rows) = (cols, rows);
        self.worked((self.main.scrollback.len() + rows) * cols);
    }
}

/// More rows come out of the scrollback while the cursor is in the last line, else below; fewer are taken from below the
/// cursor, then from the top. More columns are added here, too.
fn change_rows(buffer: &mut Buffer, (old_cols, old_rows): (usize, usize), (cols, rows): (usize, usize)) {
    if cols > old_cols {
        buffer.rows.iter_mut().for_each(|row| row.resize(cols));
    }
    let mut pulled = 0;
    for _ in old_rows..rows {
        let at_end = buffer.rows.len() <= buffer.y + pulled + 1;
        match at_end.then(|| buffer.scrollback.pop(old_cols)).flatten() {
            Some(mut row) => {
                row.resize(cols.max(old_cols));
                buffer.rows.push_front(row);
                pulled += 1;
            }
            None => buffer.rows.push_back(Row::new(cols, Cell::NULL)),
        }
    }
    let mut trimmed = 0;
    for _ in rows..old_rows {
        if buffer.rows.len() > buffer.y + 1 {
            buffer.rows.pop_back();
        } else if let Some(row) = buffer.rows.pop_front() {
            let above = buffer.scrollback.len();
            buffer.scrollback.push(&row);
            trimmed += above + 1 - buffer.scrollback.len();
        }
    }
    buffer.saved.line = buffer.saved.line.saturating_sub(trimmed);
    buffer.saved.x = buffer.saved.x.min(cols - 1);
    buffer.x = buffer.x.min(cols - 1);
    buffer.y = buffer.y.min(rows - 1) + pulled;
    (buffer.top, buffer.bottom) = (0, rows - 1);
}

/// All lines of the main buffer, taken out of it for a new layout.
struct Reflow<'a> {
    buffer: &'a mut Buffer,
    lines: Vec<Row>,
    /// How many of them are above the screen.
    above: usize,
    old_cols: usize,
    cols: usize,
    rows: usize,
}

impl<'a> Reflow<'a> {
    fn of(buffer: &'a mut Buffer, old_cols: usize, cols: usize, rows: usize) -> Self {
        let mut lines: Vec<Row> = buffer.scrollback.rows(old_cols).collect();
        let above = lines.len();
        buffer.scrollback.clear();
        lines.extend(buffer.rows.drain(..));
        Reflow { buffer, lines, above, old_cols, cols, rows }
    }

    fn run(mut self) {
        if self.cols > self.old_cols {
            self.lines.iter_mut().for_each(|row| row.resize(self.cols));
            self.widen();
        } else {
            self.narrow();
            self.lines.iter_mut().for_each(|row| row.resize(self.cols));
        }
        let Reflow { buffer, mut lines, above, cols, rows, .. } = self;
        let screen = lines.split_off(above.min(lines.len()));
        lines.iter().for_each(|row| buffer.scrollback.push(row));
        let trimmed = lines.len() - buffer.scrollback.len();
        buffer.saved.line = buffer.saved.line.saturating_sub(trimmed);
        buffer.rows = screen.into();
        buffer.rows.truncate(rows);
        buffer.fill(cols, rows, Cell::NULL);
        buffer.y = buffer.y.min(rows - 1);
    }

    /// The line that the cursor is in stays as it is: its program draws it anew.
    fn has_cursor(&self, group: &Range<usize>) -> bool {
        group.contains(&(self.above + self.buffer.y))
    }

    fn widen(&mut self) {
        let mut removed: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        while start < self.lines.len() {
            let following = self.lines[start + 1..].iter().take_while(|row| row.wrapped).count();
            let group = start..start + 1 + following;
            start = group.end;
            if following > 0 && !self.has_cursor(&group) {
                let spare = self.join(group.clone());
                removed.push(group.end - spare..group.end);
            }
        }
        let count: usize = removed.iter().map(ExactSizeIterator::len).sum();
        for range in removed.into_iter().rev() {
            self.lines.drain(range);
        }
        for _ in 0..count {
            if self.above > 0 {
                self.above -= 1;
            } else {
                self.buffer.y = self.buffer.y.saturating_sub(1);
                if self.lines.len() < self.rows {
                    self.lines.push(Row::new(self.cols, Cell::NULL));
                }
            }
        }
        self.buffer.saved.line = self.buffer.saved.line.saturating_sub(count);
    }

    /// Lays the rows of one line out in the greater width; how many rows at its end are no longer needed.
    fn join(&mut self, group: Range<usize>) -> usize {
        let n = group.len();
        let first = group.start;
        let lines = &mut self.lines[group];
        let (mut to, mut to_col) = (0, used(lines, 0, self.old_cols));
        let (mut from, mut from_col) = (1, 0);
        while from < n {
            let length = used(lines, from, self.old_cols);
            let count = length.saturating_sub(from_col).min(self.cols.saturating_sub(to_col));
            copy(lines, from, from_col, to, to_col, count);
            to_col += count;
            if to_col == self.cols {
                (to, to_col) = (to + 1, 0);
            }
            from_col += count;
            if from_col >= length {
                (from, from_col) = (from + 1, 0);
            }
            // A wide character whose half would be past the edge goes to the next row.
            if to_col == 0 && to > 0 && lines[to - 1].cell_width(self.cols - 1) == 2 {
                copy(lines, to - 1, self.cols - 1, to, 0, 1);
                to_col = 1;
                lines[to - 1].set(self.cols - 1, Cell::NULL);
            }
        }
        if let Some(row) = lines.get_mut(to) {
            row.erase(to_col, self.cols, Cell::NULL, false);
        }
        debug_assert!(first + n <= self.lines.len());
        let lines = &self.lines[first..first + n];
        (1..n).rev().take_while(|row| *row > to || lines[*row].trimmed() == 0).count()
    }

    fn narrow(&mut self) {
        let most = self.rows + self.buffer.scrollback.max_rows();
        // Rows to be put in, by the row that they go before; from the last to the first.
        let mut inserted: Vec<(usize, Vec<Row>)> = Vec::new();
        let mut count = 0;
        // Lines that are left: those that drop out at the bottom are laid out all the same, as xterm.js does.
        let mut left = self.lines.len();
        let mut start = self.lines.len();
        while start > 0 {
            start -= 1;
            if !self.lines[start].wrapped && self.lines[start].trimmed() <= self.cols {
                continue;
            }
            let end = start + 1;
            while self.lines[start].wrapped && start > 0 {
                start -= 1;
            }
            if self.has_cursor(&(start..end)) {
                continue;
            }
            let rows = self.break_up(start..end);
            let added = rows.len();
            let on_screen = self.above == 0 && self.buffer.y + 1 != left;
            let length = if on_screen { self.buffer.y } else { left };
            let trimmed = (length + added).saturating_sub(most);
            if added > 0 {
                inserted.push((end, rows));
                count += added;
            }
            for _ in 0..added.saturating_sub(trimmed) {
                if self.above > 0 {
                    if self.above < most.min(left + count).saturating_sub(self.rows) {
                        self.above += 1;
                    }
                } else if self.buffer.y + 1 < self.rows {
                    self.buffer.y += 1;
                    left -= 1;
                } else {
                    self.above += 1;
                }
            }
            self.buffer.saved.line = (self.buffer.saved.line + added).min(self.above + self.rows - 1);
        }
        let mut merged = Vec::with_capacity(left + count);
        for (at, row) in std::mem::take(&mut self.lines).into_iter().take(left).enumerate() {
            while inserted.last().is_some_and(|(before, _)| *before <= at) {
                merged.extend(inserted.pop().into_iter().flat_map(|(_, rows)| rows));
            }
            merged.push(row);
        }
        merged.extend(inserted.into_iter().rev().flat_map(|(_, rows)| rows));
        self.lines = merged.split_off(merged.len().saturating_sub(most));
    }

    /// Lays the rows of one line out in the smaller width; the rows that come after its own.
    fn break_up(&mut self, group: Range<usize>) -> Vec<Row> {
        let n = group.len();
        let lines = &mut self.lines[group.clone()];
        let lengths = broken(lines, self.old_cols, self.cols);
        let added = lengths.len().saturating_sub(n);
        let mut all: Vec<Row> = lines.iter_mut().map(|row| std::mem::replace(row, Row::new(0, Cell::NULL))).collect();
        for _ in 0..added {
            let mut row = Row::new(self.cols, Cell::NULL);
            row.wrapped = true;
            all.push(row);
        }
        // From the end, so that nothing is written over before it was read.
        let mut from = n - 1;
        let mut from_col = all[from].trimmed();
        let mut ends = lengths.iter().enumerate().rev();
        let mut place = ends.next().map(|(row, length)| (row, *length));
        while let Some((to, to_col)) = place {
            if to_col == 0 {
                place = ends.next().map(|(row, length)| (row, *length));
                continue;
            }
            let count = from_col.min(to_col);
            copy(&mut all, from, from_col - count, to, to_col - count, count);
            place = Some((to, to_col - count));
            from_col -= count;
            if from_col == 0 {
                if from == 0 {
                    break;
                }
                from -= 1;
                from_col = used(&all[..n], from, self.old_cols);
            }
        }
        for (row, length) in all.iter_mut().zip(&lengths) {
            if *length < self.cols {
                row.set(*length, Cell::NULL);
            }
        }
        let rows = all.split_off(n);
        for (place, row) in self.lines[group].iter_mut().zip(all) {
            *place = row;
        }
        rows
    }
}

/// How long the rows become that a line of `lines` needs in a smaller width.
fn broken(lines: &[Row], old_cols: usize, cols: usize) -> Vec<usize> {
    let needed: usize = (0..lines.len()).map(|row| used(lines, row, old_cols)).sum();
    let mut lengths = Vec::new();
    let (mut from, mut from_col, mut have) = (0, 0, 0);
    while have < needed {
        if needed - have < cols {
            lengths.push(needed - have);
            break;
        }
        from_col += cols;
        let length = used(lines, from, old_cols);
        if from_col > length {
            (from, from_col) = (from + 1, from_col - length);
        }
        let halved = from_col > 0 && lines.get(from).is_some_and(|row| row.cell_width(from_col - 1) == 2);
        if halved {
            from_col -= 1;
        }
        let length = cols - usize::from(halved);
        lengths.push(length);
        have += length;
    }
    lengths
}

/// Cells of row `at` that belong to the line: all of them, but where a wide character did not fit, and in the last row
/// up to where it has content.
fn used(lines: &[Row], at: usize, cols: usize) -> usize {
    match lines.get(at + 1) {
        None => lines[at].trimmed(),
        Some(next) if lines[at].cell(cols - 1).is_blank() && next.cell_width(0) == 2 => cols - 1,
        Some(_) => cols,
    }
}

fn copy(lines: &mut [Row], from: usize, from_col: usize, to: usize, to_col: usize, count: usize) {
    if count == 0 || to >= lines.len() {
        return;
    }
    let mut piece = Row::new(count, Cell::NULL);
    piece.copy(&lines[from], from_col, 0, count);
    lines[to].copy(&piece, 0, to_col, count);
}
