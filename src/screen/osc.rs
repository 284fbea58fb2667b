//! What each sequence does: titles, links and colours (OSC). A question gets no answer here; it is the browser's to give.

use super::Screen;

/// Palette slots; foreground, background and cursor follow.
const SLOTS: u16 = 256;
const SPECIAL: u16 = 3;

impl Screen {
    pub(super) fn osc(&mut self, command: &str) {
        let (number, text) = command.split_once(';').unwrap_or((command, ""));
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        match number.parse::<u32>() {
            Ok(0 | 2) => text.clone_into(&mut self.title),
            Ok(4) => self.set_palette(text),
            Ok(8) => self.link(text),
            Ok(number @ 10..=12) => self.set_special(number as u16 - 10, text),
            Ok(104) if text.is_empty() => self.palette.retain(|slot, _| *slot >= SLOTS),
            Ok(104) => {
                for slot in text.split(';').filter_map(slot) {
                    self.palette.remove(&slot);
                }
            }
            Ok(number @ 110..=112) => _ = self.palette.remove(&(SLOTS + number as u16 - 110)),
            _ => {}
        }
    }

    /// `params;uri`; without an address it ends the link.
    fn link(&mut self, text: &str) {
        let Some((params, uri)) = text.split_once(';') else { return };
        let params = params.trim();
        if !uri.is_empty() {
            let id = params.split(':').find_map(|param| param.strip_prefix("id=")).unwrap_or("");
            self.pen.style.link = self.links.add(id, uri);
            self.worked(self.links.len());
        } else if params.is_empty() {
            self.pen.style.link = 0;
        } else {
            return;
        }
        self.pen.update_extended();
    }

    fn set_palette(&mut self, text: &str) {
        let parts: Vec<&str> = text.split(';').collect();
        for pair in parts.chunks_exact(2) {
            if let (Some(slot), Some(colour)) = (slot(pair[0]), colour(pair[1])) {
                self.palette.insert(slot, colour);
            }
        }
    }

    fn set_special(&mut self, first: u16, text: &str) {
        for (which, part) in (first..SPECIAL).zip(text.split(';')) {
            if let Some(colour) = colour(part) {
                self.palette.insert(SLOTS + which, colour);
            }
        }
    }
}

fn slot(text: &str) -> Option<u16> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|slot| *slot < SLOTS)
}

/// `rgb:r/g/b` or `#rgb`, each component one to four hexadecimal digits.
fn colour(text: &str) -> Option<[u8; 3]> {
    let text = text.to_lowercase();
    if let Some(parts) = text.strip_prefix("rgb:") {
        let mut parts = parts.split('/');
        let parts = [parts.next()?, parts.next()?, parts.next().filter(|_| parts.next().is_none())?];
        let digits = parts[0].len();
        if !(1..=4).contains(&digits) || parts.iter().any(|part| part.len() != digits) {
            return None;
        }
        let most = (1u32 << (4 * digits)) - 1;
        let [r, g, b] = parts.map(hexadecimal);
        return Some([r?, g?, b?].map(|value| ((f64::from(value) / f64::from(most) * 255.0).round()) as u8));
    }
    let digits = text.strip_prefix('#')?;
    if !matches!(digits.len(), 3 | 6 | 9 | 12) || !digits.is_ascii() {
        return None;
    }
    let each = digits.len() / 3;
    let [r, g, b] = [0, 1, 2].map(|i| hexadecimal(&digits[i * each..(i + 1) * each]));
    Some([r?, g?, b?].map(|value| match each {
        1 => (value << 4) as u8,
        2 => value as u8,
        3 => (value >> 4) as u8,
        _ => (value >> 8) as u8,
    }))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}
