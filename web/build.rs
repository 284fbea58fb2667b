//! Embeds what browsers are served: every file as gzip and as brotli, under one path that names the whole build. Who takes
//! neither gets the gzip unpacked.
//!
//! Deterministic: a sorted walk, no times, no host paths in the result. Same sources, same bytes, same hash.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Where files are taken from, below `web/`; sources, types and tests lie elsewhere and are not served.
const DIRECTORIES: [&str; 2] = ["", "vendor"];
/// What is served, by its ending, and as what.
const KINDS: [(&str, &str); 4] = [
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
];
/// A compressed form must be smaller than this many percent of the file, or it is not worth its bytes in the program.
const WORTH_PERCENT: usize = 95;
/// Hexadecimal digits of the build's hash in paths.
const HASH_DIGITS: usize = 12;

struct File {
    /// Below `web/`, with `/`.
    path: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("web");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let release = env::var("PROFILE").as_deref() == Ok("release");

    let files = collect(&root)?;
    let build = hash(&files);
    let mut consts = String::new();
    let mut table = String::new();
    for (number, file) in files.iter().enumerate() {
        let gzip = store(&out, number, "gz", &gzip(&file.bytes, release)?)?;
        let brotli = variant(&out, number, "br", &file.bytes, brotli(&file.bytes, release)?)?;
        let name = file.path.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_ascii_uppercase();
        writeln!(consts, "    pub(crate) const {name}: &str = \"/_/{build}/{}\";", file.path).expect("to a string");
        writeln!(table, "    Asset {{ path: path::{name}, kind: {:?}, gzip: {gzip}, brotli: {brotli} }},", file.kind)
            .expect("to a string");
    }
    let generated = format!(
        "/// The hash of everything served below `/_/`.\npub(crate) const BUILD: &str = \"{build}\";\n\n\
         /// Where each file is served.\n#[allow(dead_code, reason = \"not every file is named by a page\")]\n\
         pub(crate) mod path {{\n{consts}}}\n\n\
         /// Sorted by path.\nstatic TABLE: [Asset; {}] = [\n{table}];\n",
        files.len()
    );
    fs::write(out.join("assets.rs"), generated)
}

/// The served files, sorted by path.
fn collect(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for directory in DIRECTORIES {
        for entry in fs::read_dir(root.join(directory))? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == ending) else { continue };
            if !entry.file_type()?.is_file() {
                continue;
            }
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            files.push(File { path, kind, bytes: fs::read(entry.path())? });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// One hash over all names and contents; lengths keep them apart.
fn hash(files: &[File]) -> String {
    let mut sha = Sha256::new();
    for file in files {
        sha.update((file.path.len() as u64).to_le_bytes());
        sha.update(&file.path);
        sha.update((file.bytes.len() as u64).to_le_bytes());
        sha.update(&file.bytes);
    }
    let mut hex: String = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(HASH_DIGITS);
    hex
}

fn gzip(bytes: &[u8], release: bool) -> io::Result<Vec<u8>> {
    let level = if release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut writer = flate2::GzBuilder::new().mtime(0).write(Vec::new(), level);
    writer.write_all(bytes)?;
    writer.finish()
}

fn brotli(bytes: &[u8], release: bool) -> io::Result<Vec<u8>> {
    let quality = if release { 11 } else { 4 }; // 11 takes seconds, also in an optimised build script
    let params = brotli::enc::BrotliEncoderParams { quality, ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}

/// `Some(include_bytes!(…))`, or `None` where compressing gains too little.
fn variant(out: &Path, number: usize, ending: &str, raw: &[u8], small: Vec<u8>) -> io::Result<String> {
    if small.len() * 100 >= raw.len() * WORTH_PERCENT {
        return Ok("None".into());
    }
    Ok(format!("Some({})", store(out, number, ending, &small)?))
}

/// Writes one blob and returns the expression that embeds it.
fn store(out: &Path, number: usize, ending: &str, bytes: &[u8]) -> io::Result<String> {
    let name = format!("asset-{number}.{ending}");
    fs::write(out.join(&name), bytes)?;
    Ok(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))"))
}
