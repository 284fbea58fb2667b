//! What is wrong with the configuration: every mistake at once, each with its file, line, key and way out.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// One thing that is wrong: `file:line: key: what is wrong; what to write`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) file: PathBuf,
    /// Counted from 1; `None` if it concerns the file as a whole.
    pub(crate) line: Option<usize>,
    /// The key in dotted form, e.g. `sessions.idle`; empty if TOML itself does not parse.
    pub(crate) key: String,
    /// What is wrong and, behind the last semicolon, what to write; without a full stop.
    pub(crate) what: String,
}

impl Mistake {
    /// What is wrong.
    pub(crate) fn problem(&self) -> &str {
        self.halves().0
    }

    /// What to write.
    pub(crate) fn fix(&self) -> Option<&str> {
        self.halves().1
    }

    /// What a file says is quoted in the first half only, so the last semicolon is ours.
    fn halves(&self) -> (&str, Option<&str>) {
        self.what.rsplit_once("; ").map_or((&self.what, None), |(problem, fix)| (problem, Some(fix)))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if !self.key.is_empty() {
            write!(f, " {}:", self.key)?;
        }
        write!(f, " {}", self.what)
    }
}

/// Everything that is wrong with the configuration; at least one mistake. Shown one a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct ConfigErrors(pub(crate) Vec<Mistake>);

impl ConfigErrors {
    /// The file to name first when there is room for one.
    pub(crate) fn first_file(&self) -> &Path {
        self.0.first().map_or(Path::new(""), |m| &m.file)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, mistake) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}
