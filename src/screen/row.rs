//! A row of cells. What was not written to since the row was last erased is not stored: it is `fill`, so that erasing and
//! scrolling cost what was written and no more.

use super::cell::{Cell, bg};

/// Bytes of text in one cell at most; combining marks past it are not kept.
const MAX_CLUSTER: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The beginning of the row, `width` cells at most.
    cells: Vec<Cell>,
    /// What all the others are.
    fill: Cell,
    width: usize,
    /// Texts of more than one code point; cells name them by number. Some may be no cell's any more.
    clusters: Vec<Box<str>>,
    /// It goes on from the row above.
    pub(super) wrapped: bool,
}

impl Row {
    pub(super) fn new(width: usize, fill: Cell) -> Self {
        Row { cells: Vec::new(), fill, width, clusters: Vec::new(), wrapped: false }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Bytes of memory that it takes.
    #[cfg(any(test, fuzzing))]
    pub(super) fn memory(&self) -> usize {
        let clusters = self.clusters.iter().map(|text| text.len()).sum::<usize>();
        size_of::<Self>()
            + self.cells.capacity() * size_of::<Cell>()
            + self.clusters.capacity() * size_of::<Box<str>>()
            + clusters
    }

    /// The cells that are stored, and what follows them up to the width.
    pub(super) fn stored(&self) -> (&[Cell], Cell) {
        (&self.cells, self.fill)
    }

    /// The cell at `at`; [`Cell::NULL`] past the end.
    pub(super) fn cell(&self, at: usize) -> Cell {
        match self.cells.get(at) {
            Some(cell) => *cell,
            None if at < self.width => self.fill,
            None => Cell::NULL,
        }
    }

    /// 1 or 2 for a character, 0 for a spacer and past the end.
    pub(super) fn cell_width(&self, at: usize) -> u32 {
        if at < self.width { self.cell(at).width() } else { 0 }
    }

    /// Does nothing past the end.
    pub(super) fn set(&mut self, at: usize, cell: Cell) {
        if at < self.width {
            self.store(at + 1);
            self.cells[at] = cell;
        }
    }

    /// A run of ASCII beginning at `at`; it fits.
    pub(super) fn set_ascii(&mut self, at: usize, text: &[u8], like: Cell) {
        self.store(at);
        let over = text.len().min(self.cells.len() - at);
        let cell = |byte: &u8| Cell::new(u32::from(*byte), 1, like.style);
        for (place, byte) in self.cells[at..at + over].iter_mut().zip(text) {
            *place = cell(byte);
        }
        self.reserve(at + text.len());
        self.cells.extend(text[over..].iter().map(cell));
    }

    /// Puts `text` into the cell at `at`, which keeps its width and style.
    pub(super) fn set_text(&mut self, at: usize, text: &str) {
        let cell = self.cell(at);
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => self.set(at, Cell::new(0, cell.width(), cell.style)),
            (Some(only), None) => self.set(at, Cell::new(u32::from(only), cell.width(), cell.style)),
            _ => {
                let number = self.add_cluster(text.into());
                self.set(at, cell.with_cluster(number));
            }
        }
    }

    /// Appends what the cell shows.
    pub(super) fn push_text(&self, cell: Cell, to: &mut String) {
        match cell.cluster() {
            Some(number) => to.push_str(&self.clusters[number]),
            None if cell.has_content() => to.extend(char::from_u32(cell.code_point())),
            None => {}
        }
    }

    /// Joins a code point to the character at `at`, which becomes `width` cells wide.
    pub(super) fn join(&mut self, at: usize, code_point: u32, width: u32) {
        let cell = self.cell(at);
        if !cell.has_content() {
            return self.set(at, Cell::new(code_point, width, cell.style));
        }
        let mut text = String::new();
        self.push_text(cell, &mut text);
        if text.len() < MAX_CLUSTER {
            text.extend(char::from_u32(code_point));
        }
        self.set_text(at, &text);
        let joined = self.cell(at).with_width(width);
        self.set(at, joined);
    }

    /// Copies `n` cells of another row, or of itself as it was before.
    pub(super) fn copy(&mut self, from: &Row, source: usize, at: usize, n: usize) {
        let mut text = String::new();
        for i in 0..n {
            let cell = from.cell(source + i);
            self.set(at + i, cell);
            if cell.cluster().is_some() {
                text.clear();
                from.push_text(cell, &mut text);
                self.set_text(at + i, &text);
            }
        }
    }

    /// Makes room for `n` cells at `at`; what is pushed past the end is lost.
    pub(super) fn insert(&mut self, at: usize, n: usize, blank: Cell) {
        let at = at % self.width;
        self.split(at, blank);
        let n = n.min(self.width - at);
        self.store(at);
        self.cells.truncate(self.width - n);
        self.reserve(self.cells.len() + n);
        self.cells.extend(std::iter::repeat_n(blank, n));
        self.cells[at..].rotate_right(n);
        if self.cell_width(self.width - 1) == 2 {
            self.set(self.width - 1, blank);
        }
    }

    /// Takes `n` cells at `at` away; blanks come in from the right.
    pub(super) fn delete(&mut self, at: usize, n: usize, blank: Cell) {
        let at = at % self.width;
        let n = n.min(self.width - at);
        if at < self.cells.len() {
            self.cells.drain(at..(at + n).min(self.cells.len()));
        }
        if blank != self.fill {
            self.store(self.width - n);
            self.reserve(self.width);
            self.cells.resize(self.width, blank);
        }
        self.split(at, blank);
        if self.cell(at).is_spacer() {
            self.set(at, blank);
        }
    }

    /// Erases from `start` to before `end`, but for what is protected if `keep_protected`.
    pub(super) fn erase(&mut self, start: usize, end: usize, blank: Cell, keep_protected: bool) {
        let kept = |cell: Cell| keep_protected && cell.style.bg & bg::PROTECTED != 0;
        if start > 0 && self.cell_width(start - 1) == 2 && !kept(self.cell(start - 1)) {
            self.set(start - 1, blank);
        }
        if end > 0 && end < self.width && self.cell_width(end - 1) == 2 && !kept(self.cell(end)) {
            self.set(end, blank);
        }
        if keep_protected {
            for at in start..end.min(self.width) {
                if !kept(self.cell(at)) {
                    self.set(at, blank);
                }
            }
        } else if end >= self.width {
            self.set_rest(start, blank);
        } else if start < end {
            self.store(end);
            self.cells[start..end].fill(blank);
        }
    }

    /// Everything from `start` on becomes `fill`.
    pub(super) fn set_rest(&mut self, start: usize, fill: Cell) {
        if start < self.width {
            self.store(start);
            self.cells.truncate(start);
            self.fill = fill;
        }
    }

    /// The whole row becomes `fill`, in the width given.
    pub(super) fn reset(&mut self, width: usize, fill: Cell) {
        self.cells.clear();
        self.clusters.clear();
        self.fill = fill;
        self.width = width;
        self.wrapped = false;
    }

    /// Cells past a smaller width are lost; new ones were never written to.
    pub(super) fn resize(&mut self, width: usize) {
        if width > self.width && self.fill != Cell::NULL {
            self.store(self.width);
            self.fill = Cell::NULL;
        }
        self.cells.truncate(width);
        self.width = width;
    }

    /// Up to where it has content.
    pub(super) fn trimmed(&self) -> usize {
        if self.fill.has_content() && self.cells.len() < self.width {
            return self.width;
        }
        let last = self.cells.iter().rposition(|cell| cell.has_content());
        last.map_or(0, |at| at + self.cells[at].width() as usize)
    }

    /// A wide character that begins left of `at` loses its half.
    fn split(&mut self, at: usize, blank: Cell) {
        if at > 0 && self.cell_width(at - 1) == 2 {
            self.set(at - 1, blank);
        }
    }

    /// Stores the first `n` cells, if they are not yet.
    fn store(&mut self, n: usize) {
        if self.cells.len() < n {
            self.reserve(n);
            self.cells.resize(n, self.fill);
        }
    }

    /// Room for `n` cells, growing by doubling, but never past the width.
    fn reserve(&mut self, n: usize) {
        if self.cells.capacity() < n {
            let wanted = (self.cells.capacity() * 2).clamp(n, self.width.max(n));
            self.cells.reserve_exact(wanted - self.cells.len());
        }
    }

    /// Once there are more than twice as many as cells, those that are no cell's are dropped.
    fn add_cluster(&mut self, text: Box<str>) -> usize {
        if self.clusters.len() >= 2 * self.width {
            let old = std::mem::take(&mut self.clusters);
            for cell in &mut self.cells {
                if let Some(number) = cell.cluster() {
                    *cell = cell.with_cluster(self.clusters.len());
                    self.clusters.push(old[number].clone());
                }
            }
        }
        self.clusters.push(text);
        self.clusters.len() - 1
    }
}
