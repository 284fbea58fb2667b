//! What a browser must fetch before a terminal's page works: the page, what it names, and the modules that those import.

use std::collections::BTreeSet;

use crate::{Outcome, coracle::Coracle};

/// Bytes, packed by brotli as the daemon sends them. Modules that are loaded when asked for do not count.
pub(crate) fn compressed(door: &Coracle) -> Outcome<usize> {
    let session = door.shell("shell")?;
    let page = format!("/s/{}", session.id);
    let text = door.get(&page, "")?.body;
    let mut total = door.get(&page, BROTLI)?.length;
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = quoted(&text).filter(|path| path.starts_with("/_/")).map(str::to_owned).collect();
    while let Some(path) = open.pop() {
        if !found.insert(path.clone()) {
            continue;
        }
        total += door.get(&path, BROTLI)?.length;
        if path.ends_with(".js") || path.ends_with(".mjs") {
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
            open.extend(imports(&door.get(&path, "")?.body).map(|name| format!("{directory}/{name}")));
        }
    }
    session.end()?;
    if found.len() < 3 { Err(format!("{page} names only {found:?}").into()) } else { Ok(total) }
}

const BROTLI: &str = "Accept-Encoding: br\r\n";

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// Of `import … from "./x.js"` and `import "./x.js"`, not of `import("./x.js")`: the path below the module's directory.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (before, rest) = line.split_once("\"./")?;
        let is_static = before.trim_end().ends_with("from") || before.trim() == "import";
        rest.split_once('"').filter(|_| is_static).map(|(path, _)| path)
    })
}
