//! The name of a file inside a session: absolute, or from the home directory on.

/// Bytes; the kernel's PATH_MAX has a NUL more.
const MAX_PATH: usize = 4095 - 64; // and a name of ours beside it must fit, too
/// Bytes of one component.
const MAX_NAME: usize = 255;

/// Why a path was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPath {
    #[error("The path is empty.")]
    Empty,
    #[error("The path has a NUL in it.")]
    Nul,
    #[error("The path is longer than {MAX_PATH} bytes, or a name in it longer than {MAX_NAME}.")]
    TooLong,
    #[error("The path names a directory: give the name of a file.")]
    NoName,
}

/// A path that names a file. It begins with `/` or `./`, so no program takes it for an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePath {
    /// Without a `/` at its end, `/` itself aside.
    directory: String,
    name: String,
}

impl FilePath {
    /// `~/` is the home directory, as everywhere.
    pub(crate) fn parse(text: &str) -> Result<FilePath, BadPath> {
        if text.is_empty() {
            return Err(BadPath::Empty);
        }
        if text.contains('\0') {
            return Err(BadPath::Nul);
        }
        if text.len() > MAX_PATH || text.split('/').any(|name| name.len() > MAX_NAME) {
            return Err(BadPath::TooLong);
        }
        let text = text.strip_prefix("~/").unwrap_or(text);
        let (directory, name) = text.rsplit_once('/').unwrap_or((".", text));
        if ["", ".", "..", "~"].contains(&name) {
            return Err(BadPath::NoName);
        }
        let directory = match directory {
            "" if text.starts_with('/') => "/".to_owned(),
            "." => directory.to_owned(),
            absolute if absolute.starts_with('/') => absolute.to_owned(),
            relative => format!("./{relative}"),
        };
        Ok(FilePath { directory, name: name.to_owned() })
    }

    /// What is in front of the name; `.` is the home directory.
    pub(crate) fn directory(&self) -> &str {
        &self.directory
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file of this name beside it.
    pub(super) fn beside(&self, name: &str) -> FilePath {
        FilePath { name: name.to_owned(), ..self.clone() }
    }

    /// The name without its ending, and the ending with its dot; a dot in front is part of the name.
    pub(super) fn stem_and_ending(&self) -> (&str, &str) {
        match self.name.rfind('.') {
            Some(at) if at > 0 => self.name.split_at(at),
            _ => (&self.name, ""),
        }
    }

    /// From `/` or `./` on, as a program inside takes it.
    pub(super) fn argument(&self) -> String {
        match self.directory.as_str() {
            "/" => format!("/{}", self.name),
            directory => format!("{directory}/{}", self.name),
        }
    }
}

/// As a person writes it.
impl std::fmt::Display for FilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let argument = self.argument();
        f.write_str(argument.strip_prefix("./").unwrap_or(&argument))
    }
}
