//! `coracle prepare`: fetches the images of the profiles, and makes the copies that sessions would otherwise wait for.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use super::{Stop, doctor::Account};
use crate::{
    config::{Config, Places, Profile, Pull},
    podman::{Mapping, PodmanError, Pulled, Stock},
    session::{Slots, podman_socket_of},
};

/// Between two lines of a pull's progress where no terminal shows it.
const PACE: Duration = Duration::from_secs(5);

/// Arguments of `coracle prepare`.
#[derive(clap::Args)]
pub(super) struct PrepareArgs {
    /// Only the image of this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Copies of each image, at most [default: sessions.max]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2048))]
    slots: Option<u32>,
    /// Print a JSON array of what was done instead
    #[arg(long)]
    json: bool,
}

/// What became of one image; the JSON form is stable.
#[derive(Debug, serde::Serialize)]
struct Done {
    image: String,
    digest: String,
    /// Ranges of ids that have their copy now.
    slots: usize,
}

/// Does it, and tells what it does.
///
/// # Errors
/// 78 for a wrong configuration, 69 if Podman does not answer, 64 for a profile that is not there, 1 for an image that is neither
/// there nor may be fetched.
pub(super) fn run(args: &PrepareArgs, places: Places) -> Result<(), Stop> {
    let account = Account::of_daemon(&places).map_err(Stop::other)?;
    if !account.is_open() {
        return Err(Stop::other(format!("only root and {} may do this; run `sudo coracle prepare`", account.name())));
    }
    let places = if account.is_system() { Places::of_system(&places.config).unwrap_or(places) } else { places };
    let config =
        Config::load(&places).map_err(|errors| Stop::config(format!("the configuration is wrong:\n{errors}")))?.config;
    let profiles = chosen(&config, args.profile.as_deref())?;
    let slots = Slots::of_account(account.uid(), config.sessions.isolation, config.sessions.max.get())
        .map_err(|e| Stop::config(e.to_string()))?;
    let mappings = mappings(&slots, args.slots.unwrap_or(config.sessions.max.get()));
    let socket = config.sessions.podman_socket.clone().unwrap_or_else(|| podman_socket_of(account.uid()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    let teller = Teller { quiet: args.json, ..Teller::default() };
    let done =
        runtime.block_on(prepare(&Stock::at(socket), &profiles, &mappings, teller)).map_err(|error| match error {
            PodmanError::NotThere { .. } => Stop::unavailable(error.to_string()),
            other => Stop::other(other.to_string()),
        })?;
    if args.json {
        let text = serde_json::to_string_pretty(&done).map_err(|e| Stop::other(e.to_string()))?;
        println!("{text}");
    }
    Ok(())
}

/// One profile for each image; one that may fetch it, if there is one.
fn chosen<'c>(config: &'c Config, name: Option<&str>) -> Result<Vec<&'c Profile>, Stop> {
    let wanted = |profile: &&Profile| name.is_none_or(|name| profile.name == name);
    let mut chosen: Vec<&Profile> = Vec::new();
    for profile in config.profiles.iter().filter(wanted) {
        match chosen.iter_mut().find(|other| other.image == profile.image) {
            Some(other) if profile.pull == Pull::Missing => *other = profile,
            Some(_) => {}
            None => chosen.push(profile),
        }
    }
    if chosen.is_empty() {
        let known: Vec<&str> = config.profiles.iter().map(|p| p.name.as_str()).collect();
        return Err(Stop::usage(format!(
            "there is no profile {}; there are: {}",
            name.unwrap_or_default(),
            known.join(", ")
        )));
    }
    Ok(chosen)
}

/// Whose ids sessions get, `most` of them at most.
fn mappings(slots: &Slots, most: u32) -> Vec<Mapping> {
    match slots.count() {
        Some(count) => (0..count.min(most)).map(Mapping::Slot).collect(),
        None => vec![Mapping::Shared],
    }
}

async fn prepare(
    stock: &Stock,
    profiles: &[&Profile],
    mappings: &[Mapping],
    mut teller: Teller,
) -> Result<Vec<Done>, PodmanError> {
    let swept = stock.sweep().await?;
    if swept > 0 {
        let containers = if swept == 1 { "1 container".to_owned() } else { format!("{swept} containers") };
        teller.line(&format!("removed {containers} that an earlier run left"));
    }
    let mut all = Vec::new();
    for profile in profiles {
        let (image, began) = (&profile.image, Instant::now());
        let digest = stock.ensure_image(image, profile.pull, |pulled| teller.pulled(image, &pulled)).await?;
        for (n, mapping) in mappings.iter().enumerate() {
            teller.now(&format!("{image}: copy {} of {}", n + 1, mappings.len()));
            stock.copy(image, *mapping).await?;
        }
        let (slots, seconds) = (mappings.len(), began.elapsed().as_secs_f64());
        let ranges = if slots == 1 {
            "1 range of ids has its copy".to_owned()
        } else {
            format!("{slots} ranges of ids have their copy")
        };
        teller.line(&format!("{image}: {ranges} ({seconds:.1} s)"));
        all.push(Done { image: image.clone(), digest, slots });
    }
    Ok(all)
}

/// Tells people how it goes: on a terminal one line that changes, else lines.
#[derive(Default)]
struct Teller {
    quiet: bool,
    told: Option<Instant>,
}

impl Teller {
    fn pulled(&mut self, image: &str, pulled: &Pulled) {
        const MB: u64 = 1_000_000;
        let bytes = match pulled.total {
            0 => String::new(),
            total => format!(", {} of {} MB", pulled.done / MB, total.div_ceil(MB)),
        };
        self.now(&format!("{image}: {pulled}{bytes}"));
    }

    /// What is under way.
    fn now(&mut self, text: &str) {
        if self.quiet {
            return;
        }
        if std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\x1b[K{text}"); // nobody may be looking
        } else if self.told.is_none_or(|told| told.elapsed() >= PACE) {
            self.told = Some(Instant::now());
            eprintln!("{text}");
        }
    }

    /// What is done.
    fn line(&mut self, text: &str) {
        if self.quiet {
            return;
        }
        let end = if std::io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
        let _ = write!(std::io::stderr(), "{end}");
        println!("{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(profiles: &[(&str, &str, Pull)]) -> Config {
        let top = tempfile::tempdir().unwrap();
        let places = Places {
            config: top.path().join("config.toml"),
            state: top.path().into(),
            runtime: top.path().into(),
            control: top.path().into(),
        };
        let of = |&(name, image, pull): &(&str, &str, Pull)| Profile {
            name: name.to_owned(),
            image: image.to_owned(),
            pull,
            ..Profile::default()
        };
        Config { profiles: profiles.iter().map(of).collect(), ..Config::default_at(&places) }
    }

    #[test]
    fn an_image_of_several_profiles_is_prepared_once_and_fetched_if_any_of_them_may() {
        let config = config(&[("a", "x/1", Pull::Never), ("b", "x/2", Pull::Never), ("c", "x/1", Pull::Missing)]);
        let names = |name| chosen(&config, name).map(|all| all.iter().map(|p| p.name.clone()).collect::<Vec<_>>());
        assert_eq!(names(None).unwrap(), ["c", "b"]);
        assert_eq!(names(Some("a")).unwrap(), ["a"]);
        let stop = names(Some("z")).unwrap_err();
        assert!(stop.message.contains("there are: a, b, c") && stop.code == 64, "{}", stop.message);
    }
}
