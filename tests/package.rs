//! The packages in a booted machine, as an administrator meets them: install, first steps, upgrade, removal, purge. Run by
//! `make test`, which builds them and boots the machine; `CORACLE_PACKAGE_*` say where all are.

#[path = "bed/browser.rs"]
#[expect(dead_code, reason = "the tests of bed.rs use all of it")]
mod browser;
#[path = "package/life.rs"]
mod life;
#[path = "package/machine.rs"]
mod machine;
#[path = "package/rpm.rs"]
mod rpm;

/// Where the browser finds the service.
mod service {
    /// The machine's network is the host's: a port that was free when the machine was made.
    pub(crate) fn port() -> u16 {
        crate::machine::env("CORACLE_PACKAGE_PORT").parse().expect("CORACLE_PACKAGE_PORT is a port")
    }
}
