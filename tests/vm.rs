//! The product as it is delivered, limits included, in a machine whose kernel has the controllers for them. Run by
//! `make test`, which boots the machine, installs Coracle in it with nothing configured but the image, and leads a port of
//! this host to it; `CORACLE_MACHINE_*` and `CORACLE_VM_*` say where.

#[path = "bed/browser.rs"]
#[expect(dead_code, reason = "the tests of bed.rs use all of it")]
mod browser;
#[path = "bed/limits.rs"]
mod limits;
#[path = "vm/machine.rs"]
mod machine;
#[path = "vm/power.rs"]
mod power;
#[path = "vm/sessions.rs"]
mod sessions;

/// Where the browser finds the service.
mod service {
    pub(crate) use crate::machine::port;
}
