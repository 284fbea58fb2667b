//! What each sequence does: the pen (SGR).

use super::{
    Screen,
    cell::{bg, fg, word},
    params::Params,
};

/// Values of a colour sequence: what it is for, the kind, the colour space, three components.
const COLOUR_VALUES: usize = 6;
const KIND_RGB: i32 = 2;
const KIND_PALETTE: i32 = 5;

impl Screen {
    pub(super) fn sgr(&mut self, params: &Params) {
        let mut at = 0;
        while at < params.len() {
            let number = params.get(at);
            let pen = &mut self.pen.style;
            match number {
                0 => {
                    (pen.fg, pen.bg) = (0, 0);
                    pen.set_underline_style(0);
                    pen.set_underline_colour(0);
                    self.pen.update_extended();
                }
                1 => pen.fg |= fg::BOLD,
                2 => pen.bg |= bg::DIM,
                3 => pen.bg |= bg::ITALIC,
                4 => self.underline(params.subs(at).first().copied().unwrap_or(1)),
                5 => pen.fg |= fg::BLINK,
                7 => pen.fg |= fg::INVERSE,
                8 => pen.fg |= fg::HIDDEN,
                9 => pen.fg |= fg::STRUCK,
                21 => self.underline(2),
                22 => {
                    pen.fg &= !fg::BOLD;
                    pen.bg &= !bg::DIM;
                }
                23 => pen.bg &= !bg::ITALIC,
                24 => self.underline(0),
                25 => pen.fg &= !fg::BLINK,
                27 => pen.fg &= !fg::INVERSE,
                28 => pen.fg &= !fg::HIDDEN,
                29 => pen.fg &= !fg::STRUCK,
                30..=37 => pen.fg = palette_16(pen.fg, number - 30),
                90..=97 => pen.fg = palette_16(pen.fg, number - 90 + 8),
                39 => pen.fg &= !word::COLOUR,
                40..=47 => pen.bg = palette_16(pen.bg, number - 40),
                100..=107 => pen.bg = palette_16(pen.bg, number - 100 + 8),
                49 => pen.bg &= !word::COLOUR,
                53 => pen.bg |= bg::OVERLINE,
                55 => pen.bg &= !bg::OVERLINE,
                59 => {
                    pen.set_underline_colour(word::COLOUR);
                    self.pen.update_extended();
                }
                38 | 48 | 58 => at += self.colour(params, at),
                _ => {}
            }
            at += 1;
        }
    }

    fn underline(&mut self, style: i32) {
        let style = if (0..=5).contains(&style) { style as u32 } else { 1 };
        let pen = &mut self.pen.style;
        pen.set_underline_style(style);
        if style == 0 {
            pen.fg &= !fg::UNDERLINE;
        } else {
            pen.fg |= fg::UNDERLINE;
        }
        self.pen.update_extended();
    }

    /// 38, 48 or 58 at `at` with what follows, in any of the forms that programs write: `38;2;r;g;b`, `38:2:r:g:b`,
    /// `38:2::r:g:b`, `38;5;n`. Returns how many parameters it took beyond its own.
    fn colour(&mut self, params: &Params, at: usize) -> usize {
        let mut values = [0, 0, -1, 0, 0, 0];
        // 1 once a form without a colour space is seen; what follows is then one place further.
        let mut space = 0;
        let mut taken = 0;
        loop {
            values[taken + space] = params.get(at + taken);
            let subs = params.subs(at + taken);
            if !subs.is_empty() {
                for (i, sub) in subs.iter().enumerate() {
                    if values[1] == KIND_PALETTE {
                        space = 1;
                    }
                    match values.get_mut(taken + i + 1 + space) {
                        Some(value) => *value = *sub,
                        None => break,
                    }
                }
                break;
            }
            if (values[1] == KIND_PALETTE && taken + space >= 2) || (values[1] == KIND_RGB && taken + space >= 5) {
                break;
            }
            if values[1] != 0 {
                space = 1;
            }
            taken += 1;
            if at + taken >= params.len() || taken + space >= COLOUR_VALUES {
                break;
            }
        }
        let pen = &mut self.pen.style;
        let colour =
            |before| changed(before, values[1], [values[3], values[4], values[5]].map(|value| value.max(0) as u32));
        match values[0] {
            38 => pen.fg = colour(pen.fg),
            48 => pen.bg = colour(pen.bg),
            58 => pen.set_underline_colour(colour(pen.underline_colour())),
            _ => {}
        }
        taken
    }
}

fn palette_16(before: u32, index: i32) -> u32 {
    before & !(word::KIND | 0xff) | word::PALETTE_16 | index as u32
}

/// As xterm.js does: a palette index leaves the other two components of an older colour in place.
fn changed(before: u32, kind: i32, [first, second, third]: [u32; 3]) -> u32 {
    match kind {
        KIND_RGB => (before | word::KIND) & !word::RGB | (first & 0xff) << 16 | (second & 0xff) << 8 | third & 0xff,
        KIND_PALETTE => before & !(word::KIND | 0xff) | word::PALETTE_256 | first & 0xff,
        _ => before,
    }
}
