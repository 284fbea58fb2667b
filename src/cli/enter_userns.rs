//! `coracle enter-userns`, which the daemon runs for itself: stdin is the socket it answers on, stdout conmon's pidfd.

use std::path::PathBuf;

use super::Stop;
use crate::podman;

/// Arguments of `coracle enter-userns`.
#[derive(clap::Args)]
pub(super) struct EnterUsernsArgs {
    /// `both` or `sizes`
    wanted: String,
    /// The container's bundle
    bundle: PathBuf,
}

pub(super) fn run(args: &EnterUsernsArgs) -> Result<(), Stop> {
    podman::enter_userns(&args.wanted, &args.bundle).map_err(|e| Stop::other(format!("enter-userns: {e}")))
}
