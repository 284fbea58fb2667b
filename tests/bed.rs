//! The whole product in a booted machine: real systemd, journald and rootless Podman, and a browser's requests. Run by
//! `make test`, which boots the machine on both Debian releases and sets `CORACLE_BED_*`.

#[path = "bed/account.rs"]
mod account;
#[path = "bed/activation.rs"]
mod activation;
#[path = "bed/adoption.rs"]
mod adoption;
#[path = "bed/baddays.rs"]
mod baddays;
#[path = "bed/audit.rs"]
mod audit;
#[path = "bed/browser.rs"]
mod browser;
#[path = "bed/bystander.rs"]
mod bystander;
#[path = "bed/disk.rs"]
mod disk;
#[path = "bed/directory.rs"]
mod directory;
#[path = "bed/doctor.rs"]
mod doctor;
#[path = "bed/endings.rs"]
mod endings;
#[path = "bed/fail2ban.rs"]
mod fail2ban;
#[path = "bed/faults.rs"]
mod faults;
#[path = "bed/files.rs"]
mod files;
#[path = "bed/flow.rs"]
mod flow;
#[path = "bed/images.rs"]
mod images;
#[path = "bed/login.rs"]
mod login;
#[path = "bed/machine.rs"]
mod machine;
#[path = "bed/proxy.rs"]
mod proxy;
#[path = "bed/recording.rs"]
mod recording;
#[path = "bed/secure.rs"]
mod secure;
#[path = "bed/service.rs"]
mod service;
#[path = "bed/sessions.rs"]
mod sessions;
#[path = "bed/system.rs"]
mod system;
#[path = "bed/tools.rs"]
mod tools;
#[path = "bed/warm.rs"]
mod warm;
#[path = "bed/watching.rs"]
mod watching;
