//! What a session with a writable root writes: a layer on the disk of the account's image store. No quota bounds it there
//! (Podman has none without root), so the daemon looks at the disk itself.

use std::{io, path::PathBuf};

/// The directory in which the layer lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(super) upper: PathBuf,
}

impl Layer {
    /// Bytes that the account can still write to the layer's file system. One system call.
    ///
    /// # Errors
    /// What the kernel says, e.g. that the layer is gone.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.upper)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}
