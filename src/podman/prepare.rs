//! Copies of images, made ahead: the first container with a range of ids takes seconds, since Podman copies the image for it;
//! every later one takes the copy. A container that is created and removed again leaves just that.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Mapping, PodmanError, Pulled,
    door::{Door, percent},
    images,
    labels::{container_name, session_of},
    spec::id_mappings,
};
use crate::{config::Pull, session::SessionId};

/// Marks what is made here, so that a session's container is never taken for it, nor it for one.
const LABEL: &str = "io.coracle.prepare";

/// The door to Podman's store.
pub(crate) struct Stock {
    door: Door,
    turn: tokio::sync::Mutex<()>,
}

impl Stock {
    /// Nothing is sent yet.
    pub(crate) fn at(socket: PathBuf) -> Stock {
        Stock { door: Door::new(socket), turn: tokio::sync::Mutex::new(()) }
    }

    /// As [`super::Podman::ensure_image`].
    pub(crate) async fn ensure_image(
        &self,
        image: &str,
        pull: Pull,
        progress: impl FnMut(Pulled) + Send,
    ) -> Result<String, PodmanError> {
        images::ensure(&self.door, &self.turn, image, pull, progress).await
    }

    /// Makes sure that there is a copy of the image for these ids: that takes seconds where there was none.
    pub(crate) async fn copy(&self, image: &str, mapping: Mapping) -> Result<(), PodmanError> {
        let id = SessionId::random();
        match self.door.create(id, copy_spec(id, image, mapping)).await {
            Ok(_) => self.door.delete(id).await,
            Err(error) => {
                let _ = self.door.delete(id).await; // what is left is removed by the next run
                Err(error)
            }
        }
    }

    /// Removes what a run left that was killed; returns how many.
    pub(crate) async fn sweep(&self) -> Result<usize, PodmanError> {
        let filters = percent(&json!({ "label": [LABEL] }).to_string());
        let listed = self.door.look("list", &format!("/containers/json?all=true&filters={filters}")).await?;
        let names = listed
            .iter()
            .flat_map(|all| all.as_array().into_iter().flatten())
            .filter_map(|one| one["Names"].as_array()?.iter().filter_map(Value::as_str).find_map(session_of));
        let mut swept = 0;
        for id in names {
            self.door.delete(id).await?;
            swept += 1;
        }
        Ok(swept)
    }
}

/// A container that is never started.
fn copy_spec(id: SessionId, image: &str, mapping: Mapping) -> Value {
    json!({
        "name": container_name(id),
        "labels": { LABEL: "true" },
        "image": image,
        "entrypoint": [],
        "command": ["-"],
        "image_volume_mode": "ignore",
        "netns": { "nsmode": "none" },
        "userns": { "nsmode": "private" },
        "idmappings": id_mappings(mapping),
        "log_configuration": { "driver": "none" },
    })
}
