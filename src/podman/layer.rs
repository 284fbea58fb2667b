//! What a session with a writable root writes: a layer on the disk of the account's image store. No quota bounds it there
//! (Podman has none without root), so the daemon looks at the disk itself.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The file system that a layer lies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layer {
    store: PathBuf,
}

impl Layer {
    /// `upper` is STORE/LAYER/diff; LAYER belongs to the session's own ids, and the account may not look into it.
    pub(super) fn at(upper: &Path) -> Option<Layer> {
        Some(Layer { store: upper.ancestors().nth(2)?.to_owned() })
    }

    pub(super) fn store(&self) -> &Path {
        &self.store
    }

    /// Bytes that the account can still write to the layer's file system. One system call.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.store)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}
