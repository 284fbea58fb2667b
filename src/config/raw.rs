//! config.toml as it is written: tables and values with the line they stand on, read key by key.
//!
//! A key exists because some code asks for it ([`Section::duration`] and its like); what nobody asked for is unknown.
//! So there is no second list of names to keep in step, and one pass reports every mistake, not just the first.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fmt::Display,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    mistakes::Mistake,
    units::{self, ShowDuration, ShowSize},
};

/// A text further than this many edits from every known name is not a typo of one of them.
const NEAR_ENOUGH: usize = 3;

/// What reading has found so far, over all files.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
    /// Every key that was asked for, dotted, e.g. `sessions.idle`.
    pub(super) known: BTreeSet<String>,
}

/// Where something is written, for a mistake that only shows once everything is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    file: PathBuf,
    line: usize,
}

impl Place {
    /// `key` in dotted form.
    pub(super) fn mistake(&self, key: &str, what: String) -> Mistake {
        Mistake { file: self.file.clone(), line: Some(self.line), key: key.to_owned(), what }
    }
}

/// One file and what was found in it.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) findings: &'a RefCell<Findings>,
}

impl<'a> Source<'a> {
    /// The file's tables; a syntax error is recorded, and then there are none.
    pub(super) fn parse(&self) -> Option<DeTable<'a>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table.into_inner()),
            Err(e) => {
                let line = e.span().map(|span| self.line_of(span.start));
                self.findings.borrow_mut().mistakes.push(Mistake {
                    file: self.path.to_owned(),
                    line,
                    key: String::new(),
                    what: format!(
                        "this is not TOML: {}; write KEY = VALUE, or put # before the line",
                        e.message().trim_end().replace('\n', ", ")
                    ),
                });
                None
            }
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|b| **b == b'\n').count()
    }
}

/// One table of one file, present or not, that is asked for its keys; ends with [`Section::finish`].
pub(super) struct Section<'s, 'a> {
    source: &'s Source<'a>,
    /// Dotted name; empty for the file's root.
    name: String,
    table: Option<&'s DeTable<'a>>,
    /// Where the table begins; 1 if it is absent.
    line: usize,
    asked: Vec<&'static str>,
    /// Keys that were told why they are not there.
    refused: Vec<&'static str>,
}

impl<'s, 'a> Section<'s, 'a> {
    pub(super) fn root(source: &'s Source<'a>, table: &'s DeTable<'a>) -> Self {
        Self { source, name: String::new(), table: Some(table), line: 1, asked: Vec::new(), refused: Vec::new() }
    }

    /// The table `[key]`; absent ones can be asked too and answer nothing.
    pub(super) fn table(&mut self, key: &'static str) -> Section<'s, 'a> {
        let name = self.dotted(key);
        let (mut table, mut line) = (None, 1);
        self.asked.push(key);
        if let Some((value, at)) = self.lookup(key) {
            line = at;
            match value.as_table() {
                Some(found) => table = Some(found),
                None => {
                    self.mistake(at, key, format!("is a table; write [{name}] on a line of its own, its keys below"))
                }
            }
        }
        Section { source: self.source, name, table, line, asked: Vec::new(), refused: Vec::new() }
    }

    /// The tables `[[key]]`, in the order of the file.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Section<'s, 'a>> {
        let name = self.dotted(key);
        self.asked.push(key);
        let Some((value, at)) = self.lookup(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.mistake(at, key, format!("is a list of tables; write [[{name}]] above each"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            let line = self.source.line_of(item.span().start);
            match item.get_ref().as_table() {
                Some(table) => {
                    sections.push(Section {
                        source: self.source,
                        name: name.clone(),
                        table: Some(table),
                        line,
                        asked: Vec::new(),
                        refused: Vec::new(),
                    });
                }
                None => self.mistake(line, key, format!("is a list of tables; write [[{name}]] above each")),
            }
        }
        sections
    }

    /// An absent table, only to learn the names of its keys.
    pub(super) fn nothing(source: &'s Source<'a>, name: &str) -> Self {
        Self { source, name: name.to_owned(), table: None, line: 1, asked: Vec::new(), refused: Vec::new() }
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<(&'s str, usize)> {
        let (value, line) = self.value(key)?;
        match value.as_str() {
            Some(text) => Some((text, line)),
            None => self.wrong_type(line, key, value, "a text in quotes"),
        }
    }

    pub(super) fn duration(&mut self, key: &'static str, range: RangeInclusive<Duration>, into: &mut Duration) {
        let Some((text, line)) = self.string(key) else { return };
        match units::duration(text) {
            Ok(value) if range.contains(&value) => *into = value,
            Ok(_) => {
                let (least, most) = (ShowDuration(*range.start()), ShowDuration(*range.end()));
                self.mistake(
                    line,
                    key,
                    format!("\"{}\" is out of range; write \"{least}\" to \"{most}\"", short(text)),
                );
            }
            Err(e) => self.mistake(line, key, format!("\"{}\" {e}", short(text))),
        }
    }

    pub(super) fn size(&mut self, key: &'static str, range: RangeInclusive<u64>, into: &mut u64) {
        let Some((text, line)) = self.string(key) else { return };
        match units::size(text) {
            Ok(value) if range.contains(&value) => *into = value,
            Ok(_) => {
                let (least, most) = (ShowSize(*range.start()), ShowSize(*range.end()));
                self.mistake(
                    line,
                    key,
                    format!("\"{}\" is out of range; write \"{least}\" to \"{most}\"", short(text)),
                );
            }
            Err(e) => self.mistake(line, key, format!("\"{}\" {e}", short(text))),
        }
    }

    pub(super) fn count<N: TryFrom<i64> + PartialOrd + Display>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<N>,
        into: &mut N,
    ) {
        let Some((value, line)) = self.value(key) else { return };
        let Some(integer) = value.as_integer() else {
            return self.wrong_type(line, key, value, "a whole number without quotes").unwrap_or(());
        };
        let digits = integer.as_str();
        match i64::from_str_radix(digits, integer.radix()).ok().and_then(|n| N::try_from(n).ok()) {
            Some(n) if range.contains(&n) => *into = n,
            _ => {
                let what = format!("{} is out of range; write {} to {}", short(digits), range.start(), range.end());
                self.mistake(line, key, what);
            }
        }
    }

    /// A decimal number, given in thousandths.
    pub(super) fn thousandths(&mut self, key: &'static str, range: RangeInclusive<u32>, into: &mut u32) {
        let Some((value, line)) = self.value(key) else { return };
        let digits = match (value.as_integer(), value.as_float()) {
            (Some(integer), _) if integer.radix() == 10 => integer.as_str(),
            (_, Some(float)) => float.as_str(),
            _ => return self.wrong_type(line, key, value, "a number without quotes, like 0.5").unwrap_or(()),
        };
        let thousandths = digits.parse::<f64>().map_or(f64::NAN, |n| (n * 1000.0).round());
        if thousandths >= f64::from(*range.start()) && thousandths <= f64::from(*range.end()) {
            *into = thousandths as u32; // whole and within the range of two u32
        } else {
            let (least, most) = (f64::from(*range.start()) / 1000.0, f64::from(*range.end()) / 1000.0);
            self.mistake(line, key, format!("{} is out of range; write {least} to {most}", short(digits)));
        }
    }

    pub(super) fn switch(&mut self, key: &'static str, into: &mut bool) {
        let Some((value, line)) = self.value(key) else { return };
        match value.as_bool() {
            Some(on) => *into = on,
            None => self.wrong_type(line, key, value, "true or false without quotes").unwrap_or(()),
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)], into: &mut T) {
        let Some((text, line)) = self.string(key) else { return };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => *into = *value,
            None => {
                let all: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                self.mistake(line, key, format!("\"{}\" is not known; write {}", short(text), all.join(" or ")));
            }
        }
    }

    /// An absolute path, or one beside config.toml; empty leaves the default.
    pub(super) fn path(&mut self, key: &'static str, beside: &Path) -> Option<PathBuf> {
        let (text, line) = self.string(key)?;
        if text.chars().any(char::is_control) {
            self.mistake(line, key, "contains a control character; write a plain path".into());
            return None;
        }
        (!text.is_empty()).then(|| beside.join(text))
    }

    /// A list of texts with their lines.
    pub(super) fn strings(&mut self, key: &'static str) -> Option<(Vec<(&'s str, usize)>, usize)> {
        const WANT: &str = "a list of texts, like [\"one\", \"two\"]";
        let (value, line) = self.value(key)?;
        let Some(items) = value.as_array() else { return self.wrong_type(line, key, value, WANT) };
        let mut texts = Vec::new();
        for item in items.iter() {
            let at = self.source.line_of(item.span().start);
            match item.get_ref().as_str() {
                Some(text) => texts.push((text, at)),
                None => return self.wrong_type(at, key, item.get_ref(), WANT),
            }
        }
        Some((texts, line))
    }

    /// A table whose keys are free, e.g. environment variables, with their lines.
    pub(super) fn pairs(&mut self, key: &'static str) -> Option<Vec<(&'s str, &'s str, usize)>> {
        const WANT: &str = "a table of texts, like { EDITOR = \"vi\" }";
        let (value, line) = self.value(key)?;
        let Some(table) = value.as_table() else { return self.wrong_type(line, key, value, WANT) };
        let mut pairs = Vec::new();
        for (name, item) in table.iter() {
            let at = self.source.line_of(name.span().start);
            match item.get_ref().as_str() {
                Some(text) => pairs.push((name.get_ref().as_ref(), text, at)),
                None => return self.wrong_type(at, key, item.get_ref(), WANT),
            }
        }
        Some(pairs)
    }

    /// A key that people may expect and that is not there on purpose: written, it is a mistake of its own.
    pub(super) fn refuse(&mut self, key: &'static str, what: &str) {
        self.refused.push(key);
        if self.has(key) {
            self.mistake(self.line_of(key), key, what.to_owned());
        }
    }

    /// The keys asked for so far.
    pub(super) fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// Where `line` is.
    pub(super) fn place(&self, line: usize) -> Place {
        Place { file: self.source.path.to_owned(), line }
    }

    /// Every key of the table that was not asked for is a mistake, with the nearest of those that were.
    pub(super) fn finish(self) {
        let Some(table) = self.table else { return };
        for key in table.keys() {
            let written: &str = key.get_ref();
            if self.asked.contains(&written) || self.refused.contains(&written) {
                continue;
            }
            let nearest = self
                .asked
                .iter()
                .map(|known| (strsim::damerau_levenshtein(known, written), known))
                .filter(|(distance, known)| *distance <= NEAR_ENOUGH && *distance < known.len())
                .min();
            let what = match nearest {
                Some((_, known)) => format!("unknown key; did you mean `{}`?", self.dotted(known)),
                None => {
                    let all: Vec<String> = self.asked.iter().map(|known| format!("`{known}`")).collect();
                    format!("unknown key; remove it (known here: {})", all.join(", "))
                }
            };
            self.mistake(self.source.line_of(key.span().start), &short(written), what);
        }
    }

    /// Whether the file has this table.
    pub(super) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.lookup(key).is_some()
    }

    /// The line the table begins on.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The line `key` stands on, or the table's own.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.lookup(key).map_or(self.line, |(_, line)| line)
    }

    pub(super) fn mistake(&self, line: usize, key: &str, what: String) {
        self.source.findings.borrow_mut().mistakes.push(self.at(line, key, what));
    }

    pub(super) fn warning(&self, line: usize, key: &str, what: String) {
        self.source.findings.borrow_mut().warnings.push(self.at(line, key, what));
    }

    fn at(&self, line: usize, key: &str, what: String) -> Mistake {
        Mistake { file: self.source.path.to_owned(), line: Some(line), key: self.dotted(key), what }
    }

    fn dotted(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn value(&mut self, key: &'static str) -> Option<(&'s DeValue<'a>, usize)> {
        self.asked.push(key);
        self.source.findings.borrow_mut().known.insert(self.dotted(key));
        self.lookup(key)
    }

    fn lookup(&self, key: &str) -> Option<(&'s DeValue<'a>, usize)> {
        let (name, value) = self.table?.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((Spanned::get_ref(value), self.source.line_of(name.span().start)))
    }

    fn wrong_type<T>(&self, line: usize, key: &str, value: &DeValue<'_>, want: &str) -> Option<T> {
        self.mistake(line, key, format!("this is {}; write {want}", article(value.type_str())));
        None
    }
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

/// At most 60 characters of what was written, without control characters: it goes to terminals and journals.
pub(super) fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > 60 {
        shown.push('…');
    }
    shown
}
