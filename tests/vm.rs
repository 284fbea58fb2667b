//! The product as it is delivered, limits included, in a machine whose kernel has the controllers for them. Run by
//! `make test`, which boots the machine, installs Coracle in it with nothing configured but the image, and leads a port of
//! this host to it; `CORACLE_VM_*` says where. The machine may be emulated in software: everything takes its time.

#[path = "bed/browser.rs"]
#[expect(dead_code, reason = "the tests of bed.rs use all of it")]
mod browser;
#[path = "vm/machine.rs"]
mod machine;
#[path = "vm/power.rs"]
mod power;
#[path = "vm/sessions.rs"]
mod sessions;

/// Where the browser finds the service.
mod service {
    pub(crate) fn port() -> u16 {
        crate::machine::env("CORACLE_VM_PORT").parse().expect("CORACLE_VM_PORT is a port")
    }
}
