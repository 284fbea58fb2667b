//! The doors of the fuzz targets in tests/fuzz: bytes that come from outside, into the code that reads them. Each returns
//! quietly or panics; a panic is a find. Only there under `--cfg fuzzing`.

use std::{cell::RefCell, path::PathBuf};

/// A control frame of a browser.
pub fn frame(bytes: &[u8]) {
    crate::terminal::fuzz::frame(bytes);
}

/// Cookies, Host, Origin and the other headers; path and form.
pub fn request(bytes: &[u8]) {
    crate::http::fuzz::headers(bytes);
    crate::http::fuzz::request(bytes);
}

/// What a proxy says of the request before it.
pub fn forwarded(bytes: &[u8]) {
    crate::http::fuzz::forwarded(bytes);
}

/// config.toml.
pub fn config(bytes: &[u8]) {
    crate::config::fuzz::config(bytes);
}

/// The users file.
pub fn users(bytes: &[u8]) {
    crate::auth::fuzz::users(bytes);
}

/// A session's record and its note, a login.
pub fn record(bytes: &[u8]) {
    crate::auth::fuzz::login(bytes);
    SCRATCH.with_borrow(|file| crate::session::fuzz::record(file, bytes));
}

/// A session's ring: the bytes are the beginning of a file of the right length.
pub fn ring(bytes: &[u8]) {
    SCRATCH.with_borrow(|file| {
        let mut content = bytes.to_vec();
        content.resize(crate::terminal::fuzz::RING_FILE_LENGTH as usize, 0);
        std::fs::write(file, content).expect("the scratch directory is writable");
        crate::terminal::fuzz::ring(file);
        std::fs::write(file, bytes).expect("the scratch directory is writable");
        crate::terminal::fuzz::ring(file);
    });
}

/// Output of a terminal.
pub fn screen(bytes: &[u8]) {
    crate::screen::fuzz::screen(bytes);
}

/// A screen that an earlier daemon kept.
pub fn kept(bytes: &[u8]) {
    crate::screen::fuzz::kept(bytes);
}

/// Podman's answers.
pub fn podman(bytes: &[u8]) {
    crate::podman::fuzz::answers(bytes);
}

/// A login name, in the filters and DNs that a directory is asked with.
pub fn filter(bytes: &[u8]) {
    crate::config::fuzz::filter(bytes);
}

/// A directory server's answers.
pub fn ldap(bytes: &[u8]) {
    crate::auth::fuzz::ldap(bytes);
}

thread_local! {
    /// A file of this process, in `$TMPDIR`.
    static SCRATCH: RefCell<PathBuf> =
        RefCell::new(std::env::temp_dir().join(format!("coracle-fuzz-{}", std::process::id())));
}
