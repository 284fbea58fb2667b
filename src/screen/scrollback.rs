//! The rows that have left the screen at its top, packed: runs of equal style, text as UTF-8.

use std::collections::VecDeque;

use super::{
    cell::{Cell, Style},
    row::Row,
};

/// Bytes by which the store grows.
const GROWTH: usize = 16 * 1024;

/// A row's first byte.
const WRAPPED: u8 = 1;
/// What follows in it: a style for all that comes after it; so many blanks; so many bytes of narrow characters; one wide
/// character with its spacer; one cell by its text; what is right of all that.
const STYLE: u8 = 1;
const BLANKS: u8 = 2;
const NARROW: u8 = 3;
const WIDE: u8 = 4;
const OTHER: u8 = 5;
const REST: u8 = 6;

#[derive(Debug)]
pub(super) struct Scrollback {
    packed: VecDeque<u8>,
    lengths: VecDeque<u32>,
    /// Rows that are kept at most.
    max_rows: usize,
    /// Bytes of packed rows that are kept at most.
    max_bytes: usize,
    /// Where a row is packed; kept for its capacity.
    scratch: Vec<u8>,
}

impl Scrollback {
    pub(super) fn new(max_rows: usize, max_bytes: usize) -> Self {
        Scrollback { packed: VecDeque::new(), lengths: VecDeque::new(), max_rows, max_bytes, scratch: Vec::new() }
    }

    /// Keeps nothing.
    pub(super) fn none() -> Self {
        Scrollback::new(0, 0)
    }

    /// What [`Scrollback::lengths`] and [`Scrollback::packed`] told of one with these bounds.
    pub(super) fn of_packed(max_rows: usize, max_bytes: usize, lengths: Vec<u32>, packed: &[u8]) -> Option<Self> {
        let sum: u64 = lengths.iter().copied().map(u64::from).sum();
        let whole = sum == packed.len() as u64 && lengths.len() <= max_rows;
        let packed = packed.to_vec().into();
        whole.then(|| Scrollback { packed, lengths: lengths.into(), ..Scrollback::new(max_rows, max_bytes) })
    }

    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Of the packed rows, from the oldest to the newest.
    pub(super) fn lengths(&self) -> impl Iterator<Item = u32> {
        self.lengths.iter().copied()
    }

    /// The packed rows, in two parts.
    pub(super) fn packed(&self) -> [&[u8]; 2] {
        self.packed.as_slices().into()
    }

    pub(super) fn packed_len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Bytes of memory that the rows take.
    #[cfg(any(test, fuzzing))]
    pub(super) fn memory(&self) -> usize {
        self.packed.capacity() + self.lengths.capacity() * size_of::<u32>() + self.scratch.capacity()
    }

    pub(super) fn clear(&mut self) {
        *self = Scrollback::new(self.max_rows, self.max_bytes);
    }

    /// The oldest rows go as soon as there are too many, or too many bytes.
    pub(super) fn push(&mut self, row: &Row) {
        if self.max_rows == 0 {
            return;
        }
        self.scratch.clear();
        pack(row, &mut self.scratch);
        while self.len() >= self.max_rows || (self.packed.len() + self.scratch.len() > self.max_bytes && self.len() > 0)
        {
            let Some(oldest) = self.lengths.pop_front() else { break };
            self.packed.drain(..oldest as usize);
        }
        let missing = (self.packed.len() + self.scratch.len()).saturating_sub(self.packed.capacity());
        if missing > 0 {
            self.packed.reserve_exact(self.packed.capacity() - self.packed.len() + missing.next_multiple_of(GROWTH));
        }
        self.packed.extend(&self.scratch);
        self.lengths.push_back(self.scratch.len() as u32);
    }

    /// The newest row, in the width given.
    pub(super) fn pop(&mut self, width: usize) -> Option<Row> {
        let length = self.lengths.pop_back()? as usize;
        let at = self.packed.len() - length;
        let bytes: Vec<u8> = self.packed.drain(at..).collect();
        Some(unpack(&bytes, width))
    }

    /// From the oldest to the newest, in the width given.
    pub(super) fn rows(&self, width: usize) -> impl Iterator<Item = Row> {
        let mut at = 0;
        let mut bytes = Vec::new();
        self.lengths.iter().map(move |length| {
            let end = at + *length as usize;
            bytes.clear();
            bytes.extend(self.packed.range(at..end));
            at = end;
            unpack(&bytes, width)
        })
    }

    /// The row at `index`, counted from the oldest, goes on from nowhere.
    pub(super) fn unwrap_row(&mut self, index: usize) {
        let at: usize = self.lengths.iter().take(index).map(|length| *length as usize).sum();
        if index < self.len() {
            self.packed[at] &= !WRAPPED;
        }
    }
}

pub(super) fn pack(row: &Row, to: &mut Vec<u8>) {
    let (cells, fill) = row.stored();
    let mut end = cells.len();
    if fill == Cell::NULL {
        end = cells.iter().rposition(|cell| *cell != Cell::NULL).map_or(0, |last| last + 1);
    }
    to.push(if row.wrapped { WRAPPED } else { 0 });
    let mut style = Style::default();
    let (mut at, mut alike) = (0, 0);
    while at < end {
        if cells[at].style != style {
            style = cells[at].style;
            push_style(style, to);
        }
        // Nearly all that is ever printed, so it takes the short way.
        let ascii = cells[at..end].iter().take_while(|cell| cell.is_ascii() && cell.style == style).count();
        if ascii > 0 {
            to.push(NARROW);
            push_number(ascii as u32, to);
            to.extend(cells[at..at + ascii].iter().map(|cell| cell.code_point() as u8));
            at += ascii;
            continue;
        }
        if alike <= at {
            alike = at + cells[at..end].iter().take_while(|cell| cell.style == style).count();
        }
        at += pack_some(row, &cells[at..alike], to);
    }
    if fill != Cell::NULL && cells.len() < row.width() {
        push_style(fill.style, to);
        to.push(REST);
        push_number(fill.code_point(), to);
    }
}

/// Packs what is equal at the beginning of cells that have one style; how many it were.
fn pack_some(row: &Row, cells: &[Cell], to: &mut Vec<u8>) -> usize {
    let like = |test: fn(Cell) -> bool| cells.iter().take_while(|cell| test(**cell)).count();
    let narrow = like(Cell::is_narrow);
    if narrow > 0 {
        let chars = || cells[..narrow].iter().filter_map(|cell| char::from_u32(cell.code_point()));
        to.push(NARROW);
        push_number(chars().map(char::len_utf8).sum::<usize>() as u32, to);
        for char in chars() {
            to.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
        }
        return narrow;
    }
    let blanks = like(Cell::is_blank);
    if blanks > 0 {
        to.push(BLANKS);
        push_number(blanks as u32, to);
        return blanks;
    }
    let (cell, mut text) = (cells[0], String::new());
    row.push_text(cell, &mut text);
    let wide = cell.width() == 2 && cells.get(1).is_some_and(|next| next.is_spacer());
    if wide {
        to.push(WIDE);
    } else {
        to.extend([OTHER, cell.width() as u8]);
    }
    push_number(text.len() as u32, to);
    to.extend(text.as_bytes());
    if wide { 2 } else { 1 }
}

fn push_style(style: Style, to: &mut Vec<u8>) {
    to.push(STYLE);
    // The kind of colour and the flags stand in the high bits: turned about, the usual ones are short.
    for word in [style.fg.rotate_left(8), style.bg.rotate_left(8), style.underline_word().rotate_left(8), style.link] {
        push_number(word, to);
    }
}

/// Seven bits a byte, the low ones first.
fn push_number(mut number: u32, to: &mut Vec<u8>) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Of bytes that `pack` never made some row, too.
pub(super) fn unpack(bytes: &[u8], width: usize) -> Row {
    let mut packed = Packed { bytes, at: 0 };
    let wrapped = packed.byte() & WRAPPED != 0;
    let mut row = Row::new(width, Cell::NULL);
    let mut style = Style::default();
    let mut at = 0;
    while packed.at < bytes.len() {
        match packed.byte() {
            STYLE => {
                let [fg, bg, underline] = [(); 3].map(|()| packed.number().rotate_right(8));
                style = Style::new(fg, bg, underline, packed.number());
            }
            BLANKS => {
                for _ in 0..packed.number().min(width as u32) {
                    row.set(at, Cell::blank(style));
                    at += 1;
                }
            }
            NARROW => {
                for char in packed.text().chars() {
                    row.set(at, Cell::new(u32::from(char), 1, style));
                    at += 1;
                }
            }
            WIDE => {
                row.set(at, Cell::new(0, 2, style));
                row.set_text(at, packed.text());
                row.set(at + 1, Cell::spacer(style));
                at += 2;
            }
            REST => row.set_rest(at, Cell::new(packed.number().min(char::MAX.into()), 1, style)),
            _ => {
                let cell_width = u32::from(packed.byte().min(2));
                row.set(at, Cell::new(0, cell_width, style));
                row.set_text(at, packed.text());
                at += 1;
            }
        }
    }
    row.wrapped = wrapped;
    row
}

struct Packed<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Packed<'a> {
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    fn number(&mut self) -> u32 {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte();
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    fn text(&mut self) -> &'a str {
        let length = self.number() as usize;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let text = &rest[..rest.len().min(length)];
        self.at += text.len();
        std::str::from_utf8(text).unwrap_or_default()
    }
}
