//! Podman: whether it answers, what it is, its images with their copies, and containers that claim to be ours.

use std::path::Path;

use super::{Account, Check, bytes, word, workshop};
use crate::{
    cli::Stop,
    config::{Config, Places, Pull},
    podman::{Identity, ImageCopies, Labelled, PodmanError, Standing, Survey},
    session::{Slots, noted_warm, podman_socket_of},
};

pub(super) const SOCKET: &str = "podman-socket";
const IMAGE: &str = "image";
const DISK: &str = "disk";
const CONTAINERS: &str = "containers";

struct Engine<'a> {
    account: &'a Account,
    places: &'a Places,
    config: Option<&'a Config>,
    slots: Option<&'a Slots>,
    survey: Survey,
}

/// Asks Podman, whose service wakes for it and leaves by itself.
///
/// # Errors
/// Without an event loop.
pub(super) fn check(
    account: &Account,
    places: &Places,
    config: Option<&Config>,
    slots: Option<&Slots>,
    checks: &mut Vec<Check>,
) -> Result<(), Stop> {
    if !account.is_open() {
        checks.push(Check::skipped(SOCKET, account.closed()));
        return Ok(());
    }
    let configured = config.and_then(|config| config.sessions.podman_socket.clone());
    let socket = configured.clone().unwrap_or_else(|| podman_socket_of(account.uid));
    let engine = Engine { account, places, config, slots, survey: Survey::at(socket.clone()) };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    runtime.block_on(async {
        match engine.survey.standing().await {
            Ok(standing) => {
                checks.push(Check::ok(SOCKET, socket.display().to_string()));
                engine.standing(&standing, checks);
                if let Err(error) = engine.contents(&standing, checks).await {
                    checks.push(engine.silent(&error, false));
                }
            }
            Err(error) => {
                checks.push(engine.silent(&error, configured.is_some()));
                let why = "Podman does not answer";
                checks.extend(["podman-version", IMAGE, DISK, CONTAINERS].map(|name| Check::skipped(name, why)));
            }
        }
    });
    Ok(())
}

impl Engine<'_> {
    /// Podman does not answer, or not as it should.
    fn silent(&self, error: &PodmanError, elsewhere: bool) -> Check {
        match error {
            PodmanError::NotThere { path, why } => {
                let fix = match elsewhere {
                    true => format!("correct sessions.podman_socket in {}", self.places.config.display()),
                    false => self.account.manager("enable --now podman.socket"),
                };
                Check::fail(SOCKET, format!("{path}: {why}"), fix)
            }
            other => Check::fail(SOCKET, other.to_string(), self.account.manager("restart podman.service")),
        }
    }

    fn standing(&self, standing: &Standing, checks: &mut Vec<Check>) {
        let account = self.account;
        checks.push(match (standing.is_recent(), standing.runtime.as_str()) {
            (true, "crun") => Check::ok("podman-version", format!("{} with crun", standing.version)),
            (true, other) => Check::fail(
                "podman-version",
                format!("{} with {other}; sessions are started and read back with crun", standing.version),
                format!(
                    "install crun, then write runtime = \"crun\" under [engine] in {}/.config/containers/containers.conf",
                    account.home
                ),
            ),
            (false, _) => Check::fail(
                "podman-version",
                format!("\"{}\" is older than 4.3", standing.version),
                "install Podman 4.3 or newer",
            ),
        });
        checks.push(match (standing.cgroup_manager.as_str(), standing.cgroups.as_str()) {
            ("systemd", "v2") => Check::ok("cgroup-manager", "systemd, cgroup v2"),
            ("systemd", version) => Check::fail(
                "cgroup-manager",
                format!("cgroup {version}; limits are set and read back with v2"),
                "boot with systemd.unified_cgroup_hierarchy=1",
            ),
            (other, _) => Check::fail(
                "cgroup-manager",
                format!(
                    "Podman uses {other}, so sessions get no limits; it does so where it finds no D-Bus of the account"
                ),
                account.root("apt-get install dbus-user-session"),
            ),
        });
        if let Some(slots) = self.slots {
            checks.push(match standing.ids == slots.ids() {
                true => Check::ok("podman-ids", format!("Podman runs with all {} ids", standing.ids)),
                false => Check::fail(
                    "podman-ids",
                    format!("Podman runs with {} ids, and /etc/subuid gives {}", standing.ids, slots.ids()),
                    account.own("podman system migrate"),
                ),
            });
        }
        checks.push(match standing.is_overlay() {
            true => Check::ok("storage-driver", format!("overlay in {}", standing.store.display())),
            false => Check::fail(
                "storage-driver",
                format!("{} copies the whole image for each session", standing.driver),
                format!(
                    "write driver = \"overlay\" under [storage] in {}/.config/containers/storage.conf, then (it removes all \
                     images and containers): {}",
                    account.home,
                    account.own("podman system reset")
                ),
            ),
        });
    }

    async fn contents(&self, standing: &Standing, checks: &mut Vec<Check>) -> Result<(), PodmanError> {
        match self.config {
            Some(config) => {
                let images = self.images(config, checks).await?;
                checks.push(self.disk(config, &standing.store, &images));
                workshop::check(self.account, config, standing, checks);
            }
            None => {
                let why = "the configuration names the images, and is wrong";
                checks.extend([IMAGE, DISK].map(|name| Check::skipped(name, why)));
            }
        }
        self.containers(checks).await
    }

    /// Those that are there.
    async fn images(&self, config: &Config, checks: &mut Vec<Check>) -> Result<Vec<ImageCopies>, PodmanError> {
        let (mut there, mut seen) = (Vec::new(), Vec::new());
        for profile in &config.profiles {
            let image = &profile.image;
            if seen.contains(&image) {
                continue;
            }
            seen.push(image);
            let pull = self.account.own(&format!("podman pull {image}"));
            checks.push(match (self.survey.image(image).await?, profile.pull) {
                (Some(found), _) => {
                    there.push(found);
                    let copies = match found.copies {
                        0 => String::new(),
                        1 => ", and 1 copy for a slot".to_owned(),
                        n => format!(", and {n} copies for slots"),
                    };
                    Check::ok(IMAGE, format!("{image} ({}{copies})", bytes(found.size)))
                }
                (None, Pull::Missing) => Check::warn(IMAGE, format!("{image} is fetched by its first session"), pull),
                (None, Pull::Never) => {
                    let found = format!("{image} is not there, and profile {} has pull = \"never\"", profile.name);
                    Check::fail(IMAGE, found, pull)
                }
            });
        }
        Ok(there)
    }

    /// Each slot that is used keeps a copy of the image.
    fn disk(&self, config: &Config, store: &Path, images: &[ImageCopies]) -> Check {
        let free = match rustix::fs::statvfs(store) {
            Ok(found) => found.f_bavail.saturating_mul(found.f_frsize),
            Err(error) => return Check::skipped(DISK, format!("{}: {error}", store.display())),
        };
        if images.is_empty() {
            return Check::skipped(DISK, "no image is there yet, so its size is not known");
        }
        let max = u64::from(config.sessions.max.get());
        let Some(slots) = self.slots else { return Check::skipped(DISK, "no slots, so no copies") };
        let slots = slots.count().map_or(1, |count| max.min(u64::from(count)));
        judge_disk(slots, images, free, &store.display().to_string())
    }

    async fn containers(&self, checks: &mut Vec<Check>) -> Result<(), PodmanError> {
        let states = if self.account.system { vec![self.places.state.clone()] } else { self.places.states().to_vec() };
        // One that cannot be read was told with the state directory.
        let ours: Vec<Identity> = states.iter().filter_map(|state| Identity::find(state).ok().flatten()).collect();
        let found = self.survey.labelled(&ours).await?;
        let before = checks.len();
        checks.extend(found.iter().filter_map(|container| stranger(self.account, container)));
        if checks.len() == before {
            let warm = states.iter().flat_map(|state| noted_warm(state).into_values()).sum::<usize>().min(found.len());
            let sessions = found.len() - warm;
            let sessions = if sessions == 1 { "1 session".to_owned() } else { format!("{sessions} sessions") };
            let warm = if warm == 0 { String::new() } else { format!(", {warm} warm") };
            checks.push(Check::ok(CONTAINERS, format!("{sessions}{warm}, no stranger with our label")));
        }
        Ok(())
    }
}

/// What to do about a container with our label that is no session of ours. Its name is what the account's Podman says.
fn stranger(account: &Account, container: &Labelled) -> Option<Check> {
    let fix = |name: &str| account.own(&format!("podman rm --force -- {}", word(name)));
    match container {
        Labelled::Genuine => None,
        Labelled::Forged(name) => {
            let what = "carries our label without its right MAC: it is no session of ours; it is left alone";
            Some(Check::fail(CONTAINERS, format!("{name} {what}"), fix(name)))
        }
        Labelled::Foreign(name) => {
            let what = "is of another Coracle's, whose state directory is not here; it is left alone";
            Some(Check::warn(CONTAINERS, format!("{name} {what}"), fix(name)))
        }
    }
}

/// `slots` copies of each image, less those that are there, against what is free.
fn judge_disk(slots: u64, images: &[ImageCopies], free: u64, store: &str) -> Check {
    let missing = |upto: u64| {
        let of = |image: &ImageCopies| image.size.saturating_mul(upto.saturating_sub(image.copies));
        images.iter().map(of).fold(0, u64::saturating_add)
    };
    let needed = missing(slots);
    let found = format!("image copies for {slots} slots need {} more; {store} has {} free", bytes(needed), bytes(free));
    if needed <= free {
        return Check::ok(DISK, found);
    }
    let fits = (0..slots).rev().find(|upto| missing(*upto) <= free).unwrap_or(0);
    match fits {
        0 => Check::fail(DISK, found, format!("make room in {store}")),
        n => Check::warn(DISK, found, format!("write max = {n} under [sessions], or make room in {store}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn copies_that_are_there_need_no_room_and_what_fits_is_told() {
        const GB: u64 = 1_000_000_000;
        let images = [ImageCopies { size: GB, copies: 3 }, ImageCopies { size: 2 * GB, copies: 0 }];
        let at = |free| judge_disk(8, &images, free, "/s");
        assert_eq!(at(21 * GB).state, State::Ok);
        assert_eq!(at(21 * GB).found, "image copies for 8 slots need 21.0 GB more; /s has 21.0 GB free");
        let short = at(20 * GB);
        assert_eq!(short.fix.as_deref(), Some("write max = 7 under [sessions], or make room in /s"));
        assert_eq!((short.state, at(GB).state), (State::Warn, State::Fail));
        assert_eq!(judge_disk(8, &[], 0, "/s").state, State::Ok);
    }

    #[test]
    fn a_name_that_podman_tells_is_no_command_of_roots() {
        let account = Account::for_tests("coracle", 990, true);
        let fix = |name: &str| stranger(&account, &Labelled::Forged(name.into())).unwrap().fix.unwrap();
        assert!(fix("coracle-x").ends_with(" -- podman rm --force -- coracle-x"), "{}", fix("coracle-x"));
        assert!(fix("x; reboot").ends_with(" podman rm --force -- 'x; reboot'"), "{}", fix("x; reboot"));
        assert!(fix("--all").ends_with(" podman rm --force -- --all"), "{}", fix("--all"));
        assert_eq!(stranger(&account, &Labelled::Genuine), None);
    }

    #[test]
    fn each_fault_of_podmans_own_is_named_with_its_fix() {
        let account = Account::for_tests("coracle", 990, true);
        let places = Places { config: "/c".into(), state: "/s".into(), runtime: "/r".into(), control: "/k".into() };
        let survey = Survey::at("/nowhere".into());
        let engine = Engine { account: &account, places: &places, config: None, slots: None, survey };
        let good = Standing {
            version: "5.4.2".into(),
            runtime: "crun".into(),
            cgroup_manager: "systemd".into(),
            cgroups: "v2".into(),
            driver: "overlay".into(),
            store: "/store".into(),
            ids: 0,
        };
        let failed = |standing: Standing| {
            let mut checks = Vec::new();
            engine.standing(&standing, &mut checks);
            let failed = checks.iter().filter(|check| check.state != State::Ok);
            failed.map(|check| (check.name, check.fix.clone().unwrap_or_default())).collect::<Vec<_>>()
        };
        assert_eq!(failed(good.clone()), []);
        for (wrong, name, fix) in [
            (Standing { driver: "vfs".into(), ..good.clone() }, "storage-driver", "podman system reset"),
            (Standing { version: "4.2.0".into(), ..good.clone() }, "podman-version", "4.3"),
            (Standing { runtime: "runc".into(), ..good.clone() }, "podman-version", "runtime = \"crun\""),
            (Standing { cgroup_manager: "cgroupfs".into(), ..good.clone() }, "cgroup-manager", "dbus-user-session"),
            (Standing { cgroups: "v1".into(), ..good.clone() }, "cgroup-manager", "unified_cgroup_hierarchy"),
        ] {
            let told = failed(wrong);
            assert!(told.len() == 1 && told[0].0 == name && told[0].1.contains(fix), "{told:?}");
        }
        let hung = engine.silent(&PodmanError::TimedOut { step: "ping", id: "-".into(), seconds: 10 }, false);
        assert!(hung.found.contains("within 10 s") && hung.fix.unwrap().contains("restart podman.service"));
    }
}
