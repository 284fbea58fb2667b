//! What `coracle doctor` asks: what kind of Podman this is, what it holds of an image, and whose the labelled containers
//! are. Changes nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    Identity, PodmanError,
    door::{Door, percent},
    labels::INSTANCE,
    network::Helper,
};

/// The oldest Podman that was tested.
const OLDEST: (u32, u32) = (4, 3);
/// Bytes; `Size` of an image counts its configuration and manifest, too, which are some kilobytes.
const LEAST_TOP: u64 = 1 << 20;
/// What [`super::verify`] reads limits back from.
const CONTROLLERS: [&str; 3] = ["cpu", "memory", "pids"];

/// The door for questions only.
pub(crate) struct Survey(Door);

/// What Podman says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) version: String,
    /// The program that starts containers: `crun`, `runc`.
    pub(crate) runtime: String,
    pub(crate) cgroup_manager: String,
    /// `v1` or `v2`.
    pub(crate) cgroups: String,
    /// Storage driver.
    pub(crate) driver: String,
    /// Where images and their copies are.
    pub(crate) store: PathBuf,
    /// Subordinate ids in the namespace in which it runs.
    pub(crate) ids: u64,
}

/// An image and its copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageCopies {
    /// Bytes of one.
    pub(crate) size: u64,
    /// Copies made for slots, besides the image itself. They are cache, and go with the image.
    pub(crate) copies: u64,
}

/// A container that carries our label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Labelled {
    Genuine,
    /// Our instance's name and a wrong MAC, or none; its name.
    Forged(String),
    /// Of another instance; its name.
    Foreign(String),
}

impl Survey {
    pub(crate) fn at(socket: PathBuf) -> Survey {
        Survey(Door::new(socket))
    }

    /// Wakes Podman's service, as everything here.
    pub(crate) async fn standing(&self) -> Result<Standing, PodmanError> {
        self.0.ping().await?;
        let info = self.0.look("info", "/info").await?.unwrap_or_default();
        Ok(Standing::read(&info))
    }

    /// `None`: it is not there.
    pub(crate) async fn image(&self, image: &str) -> Result<Option<ImageCopies>, PodmanError> {
        let image = percent(image);
        let Some(whole) = self.0.look("image", &format!("/images/{image}/json")).await? else { return Ok(None) };
        let layers = self.0.look("image", &format!("/images/{image}/history")).await?.unwrap_or_default();
        Ok(Some(ImageCopies::read(&whole, &layers)))
    }

    /// Every container with a label of Coracle's, seen by these instances.
    pub(crate) async fn labelled(&self, ours: &[Identity]) -> Result<Vec<Labelled>, PodmanError> {
        let filters = percent(&format!("{{\"label\":[\"{INSTANCE}\"]}}"));
        let listed = self.0.look("list", &format!("/containers/json?all=true&filters={filters}")).await?;
        Ok(listed.iter().flat_map(|all| all.as_array().into_iter().flatten()).map(|one| label(one, ours)).collect())
    }
}

impl Standing {
    fn read(info: &Value) -> Standing {
        let text = |pointer: &str| info.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let map = info.pointer("/host/idMappings/uidmap").and_then(Value::as_array);
        let ids = map.into_iter().flatten().filter(|line| line["container_id"] != 0);
        Standing {
            version: text("/version/Version"),
            runtime: text("/host/ociRuntime/name"),
            cgroup_manager: text("/host/cgroupManager"),
            cgroups: text("/host/cgroupVersion"),
            driver: text("/store/graphDriverName"),
            store: text("/store/graphRoot").into(),
            ids: ids.filter_map(|line| line["size"].as_u64()).sum(),
        }
    }

    /// Whether this version was ever tested, or is newer than one that was.
    pub(crate) fn is_recent(&self) -> bool {
        let mut parts = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
    }

    /// Whether sessions with a network are kept from this host's own addresses.
    pub(crate) fn keeps_from_host(&self) -> bool {
        Helper::of_version(&self.version) == Helper::Pasta
    }

    /// Whether the verification accepts a root file system of this driver.
    pub(crate) fn is_overlay(&self) -> bool {
        self.driver == "overlay"
    }
}

impl ImageCopies {
    /// None are found of an image whose top layer is so small that what else `Size` counts would pass for copies.
    ///
    /// `Size` of an image counts its copies, each as if it were the top layer alone, although it is one of the whole image;
    /// the layers of its history do not, and begin with the top one.
    fn read(image: &Value, layers: &Value) -> ImageCopies {
        let whole = image["Size"].as_u64().unwrap_or(0);
        let sizes = || layers.as_array().into_iter().flatten().filter_map(|layer| layer["Size"].as_u64());
        let size = sizes().fold(0, u64::saturating_add);
        match sizes().find(|size| *size > 0).filter(|top| *top >= LEAST_TOP) {
            None => ImageCopies { size: size.max(whole), copies: 0 },
            Some(top) => ImageCopies { size, copies: (whole.saturating_sub(size).saturating_add(top / 2)) / top },
        }
    }
}

fn label(container: &Value, ours: &[Identity]) -> Labelled {
    let name = container["Names"][0].as_str().unwrap_or_default();
    let label = |key: &str| container["Labels"][key].as_str();
    let mine = ours.iter().find(|identity| label(INSTANCE) == Some(identity.instance()));
    match mine {
        Some(identity) if identity.is_genuine(name, label) => Labelled::Genuine,
        Some(_) => Labelled::Forged(name.to_owned()),
        None => Labelled::Foreign(name.to_owned()),
    }
}

/// Which of the controllers that limits need the account's user manager has not been given, and whether the kernel has
/// them all to give. `None` while the manager is not running.
pub(crate) fn missing_controllers(uid: u32) -> Option<(Vec<&'static str>, bool)> {
    missing_below(Path::new("/sys/fs/cgroup"), uid)
}

fn missing_below(top: &Path, uid: u32) -> Option<(Vec<&'static str>, bool)> {
    let lacking = |dir: &Path| {
        let given = fs::read_to_string(dir.join("cgroup.controllers")).ok()?;
        let has = |name: &&str| given.split_ascii_whitespace().any(|one| one == *name);
        Some(CONTROLLERS.into_iter().filter(|name| !has(name)).collect::<Vec<_>>())
    };
    let manager = lacking(&top.join(format!("user.slice/user-{uid}.slice/user@{uid}.service")))?;
    Some((manager, lacking(top).is_some_and(|none| none.is_empty())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::labels::container_name, *};
    use crate::session::SessionId;

    #[test]
    fn what_podman_says_of_itself_is_read_on_both_versions() {
        let map =
            json!([{"container_id": 0, "host_id": 1000, "size": 1}, {"container_id": 1, "host_id": 1, "size": 65536}]);
        let info = |version: &str, driver: &str| {
            Standing::read(&json!({
                "host": {"cgroupManager": "systemd", "cgroupVersion": "v2", "idMappings": {"uidmap": map},
                    "ociRuntime": {"name": "crun"}},
                "store": {"graphDriverName": driver, "graphRoot": "/s"}, "version": {"Version": version}}))
        };
        let old = info("4.3.1", "vfs");
        assert_eq!((old.ids, old.runtime.as_str(), old.store.as_path()), (65_536, "crun", Path::new("/s")));
        assert!(old.is_recent() && !old.is_overlay() && info("5.4.2", "overlay").is_overlay());
        for (version, recent) in [("4.2.9", false), ("4.3.0-rc1", true), ("10.0.0", true), ("", false), ("x", false)] {
            assert_eq!(info(version, "overlay").is_recent(), recent, "{version}");
        }
    }

    #[test]
    fn copies_are_counted_by_how_often_the_top_layer_is_there() {
        let read = |size: u64, layers: Value| ImageCopies::read(&json!({"Size": size}), &layers);
        const MIB: u64 = 1 << 20;
        let read_mib = |size: u64, layers: Value| read(size * MIB + 4000, layers);
        let one = || json!([{"Size": 100 * MIB}]);
        assert_eq!([100, 300, 0].map(|size| read_mib(size, one()).copies), [0, 2, 0]);
        // The top layer is the first with anything in it; what lies below it is counted once.
        let several = || json!([{"Size": 0}, {"Size": 2 * MIB}, {"Size": 98 * MIB}]);
        assert_eq!([100, 102, 106].map(|size| read_mib(size, several()).copies), [0, 1, 3]);
        assert_eq!(read_mib(106, several()).size, 100 * MIB);
        let tiny = || json!([{"Size": 2048}, {"Size": 98 * MIB}]);
        assert_eq!(read_mib(98, tiny()).copies, 0, "its configuration is no copy");
        assert_eq!(read(7, json!([])), ImageCopies { size: 7, copies: 0 });
    }

    #[test]
    fn only_a_right_mac_makes_a_container_ours() {
        let state = tempfile::tempdir().unwrap();
        let ours = [Identity::open(state.path()).unwrap()];
        let id = SessionId::random();
        let container = |name: &str, labels: &std::collections::BTreeMap<String, String>| {
            label(&json!({"Names": [name], "Labels": labels}), &ours)
        };
        let mut labels = ours[0].labels(id, "shell", "c0ffee");
        assert_eq!(container(&container_name(id), &labels), Labelled::Genuine);
        assert_eq!(container("other", &labels), Labelled::Forged("other".into()));
        labels.remove("io.coracle.mac");
        assert_eq!(container(&container_name(id), &labels), Labelled::Forged(container_name(id)));
        labels.insert(INSTANCE.to_owned(), "0123456789abcdef".to_owned());
        assert_eq!(container("x", &labels), Labelled::Foreign("x".into()));
    }

    #[test]
    fn what_is_not_delegated_and_what_the_kernel_lacks_are_two_things() {
        let top = tempfile::tempdir().unwrap();
        let manager = top.path().join("user.slice/user-7.slice/user@7.service");
        assert_eq!(missing_below(top.path(), 7), None);
        fs::create_dir_all(&manager).unwrap();
        let write = |kernel: &str, given: &str| {
            fs::write(top.path().join("cgroup.controllers"), kernel).unwrap();
            fs::write(manager.join("cgroup.controllers"), given).unwrap();
            missing_below(top.path(), 7).unwrap()
        };
        assert_eq!(write("cpuset cpu io memory pids\n", "memory pids\n"), (vec!["cpu"], true));
        assert_eq!(write("", ""), (vec!["cpu", "memory", "pids"], false));
        assert_eq!(write("cpu memory pids", "cpu memory pids"), (vec![], true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_podman_that_hangs_is_an_answer_in_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("silent.sock");
        let _silent = tokio::net::UnixListener::bind(&path).unwrap();
        let standing = Survey::at(path).standing().await;
        assert!(matches!(standing, Err(PodmanError::TimedOut { .. })), "{standing:?}");
    }
}
