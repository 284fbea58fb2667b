//! The numbers of a control sequence, with xterm.js' bounds: 32 of them, 32 sub-parameters in all.

const MAX: usize = 32;

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Params {
    numbers: [i32; MAX],
    length: usize,
    subs: [i32; MAX],
    subs_length: usize,
    /// For each number, where its sub-parameters begin and end.
    ranges: [(u8, u8); MAX],
    /// No more numbers fit; no more sub-parameters fit; digits belong to a sub-parameter.
    full: bool,
    subs_full: bool,
    in_sub: bool,
}

impl Params {
    /// One number, 0.
    pub(super) fn new() -> Self {
        Params {
            numbers: [0; MAX],
            length: 1,
            subs: [0; MAX],
            subs_length: 0,
            ranges: [(0, 0); MAX],
            full: false,
            subs_full: false,
            in_sub: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.numbers[0] = 0;
        self.ranges[0] = (0, 0);
        self.length = 1;
        self.subs_length = 0;
        (self.full, self.subs_full, self.in_sub) = (false, false, false);
    }

    /// A digit, `;` or `:`.
    pub(super) fn push(&mut self, code: u32) {
        match code {
            0x3b => self.next(),
            0x3a => self.next_sub(),
            _ => self.digit(code as i32 - 0x30),
        }
    }

    fn next(&mut self) {
        self.in_sub = false;
        if self.length == MAX {
            self.full = true;
            return;
        }
        self.numbers[self.length] = 0;
        self.ranges[self.length] = (self.subs_length as u8, self.subs_length as u8);
        self.length += 1;
    }

    fn next_sub(&mut self) {
        self.in_sub = true;
        if self.full || self.subs_length == MAX {
            self.subs_full = true;
            return;
        }
        self.subs[self.subs_length] = -1;
        self.subs_length += 1;
        self.ranges[self.length - 1].1 += 1;
    }

    fn digit(&mut self, digit: i32) {
        if self.full || (self.in_sub && (self.subs_full || self.subs_length == 0)) {
            return;
        }
        let number =
            if self.in_sub { &mut self.subs[self.subs_length - 1] } else { &mut self.numbers[self.length - 1] };
        *number = if *number == -1 { digit } else { number.saturating_mul(10).saturating_add(digit) };
    }

    /// Of some that were kept: every number is where they say.
    pub(super) fn is_sound(&self) -> bool {
        (1..=MAX).contains(&self.length)
            && self.subs_length <= MAX
            && self.ranges[..self.length].iter().all(|(from, to)| from <= to && usize::from(*to) <= self.subs_length)
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn all(&self) -> &[i32] {
        &self.numbers[..self.length]
    }

    /// The number at `at`, or 0.
    pub(super) fn get(&self, at: usize) -> i32 {
        self.all().get(at).copied().unwrap_or(0)
    }

    /// How often, how far or where: 0 and nothing mean 1.
    pub(super) fn count(&self, at: usize) -> usize {
        self.get(at).max(1) as usize
    }

    /// The sub-parameters of the number at `at`; -1 is one left out.
    pub(super) fn subs(&self, at: usize) -> &[i32] {
        let (from, to) = self.ranges[at];
        &self.subs[from as usize..to as usize]
    }
}
