//! What a person types: `coracle serve`, `passwd`, `check-config`, `ps`, `end`.

mod check_config;
mod passwd;

use std::{ffi::OsString, process::ExitCode};

/// Why the program stops; carries its exit code (64 usage, 69 no Podman, 78 configuration, 1 other).
#[derive(Debug)]
pub struct Stop {
    code: u8,
    message: String,
}

impl Stop {
    /// Prints the message on stderr and gives the exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("coracle: {}", self.message);
        ExitCode::from(self.code)
    }
}

/// The whole program.
///
/// # Errors
/// With the sentence to print and the exit code.
pub fn run(_args: impl IntoIterator<Item = OsString>) -> Result<(), Stop> {
    Err(Stop { code: 64, message: "nothing is built yet".into() })
}
