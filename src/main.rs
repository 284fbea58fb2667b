//! Starts, reports and exits; the library does the rest.

use std::process::ExitCode;

fn main() -> ExitCode {
    match coracle::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.report(),
    }
}
