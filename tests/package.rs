//! The Debian package in a booted machine, as an administrator meets it: install, first steps, upgrade, removal, purge. Run by
//! `make test`, which builds it and boots the machine; `CORACLE_PACKAGE_*` say where both are.

#[path = "bed/browser.rs"]
#[expect(dead_code, reason = "the tests of bed.rs use all of it")]
mod browser;
#[path = "package/life.rs"]
mod life;
#[path = "package/machine.rs"]
mod machine;

/// Where the browser finds the service.
mod service {
    /// The machine's network is the host's: a port that was free when the machine was made.
    pub(crate) fn port() -> u16 {
        crate::machine::env("CORACLE_PACKAGE_PORT").parse().expect("CORACLE_PACKAGE_PORT is a port")
    }
}
