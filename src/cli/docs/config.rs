//! config.toml, whose comments are the manual of its keys, as coracle-config(5).

use super::mdoc::{escaped, head, prose};

/// `#key = value`, as config.toml shows a key with its default.
pub(super) fn key_and_default(line: &str) -> Option<(&str, &str)> {
    let (key, default) = line.strip_prefix('#')?.split_once(" = ")?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    is_key.then_some((key, default))
}

/// The page. Comments above a table's name introduce it, those above a key explain it and the keys right below it.
pub(super) fn manual(file: &str) -> String {
    let mut page = head("coracle-config", 5, "Configuration of Coracle");
    page += ".Sh SYNOPSIS\n.Bl -item -compact\n.It\n.Pa /etc/coracle/config.toml\n.It\n.Pa ~/.config/coracle/config.toml\n.El\n";
    page += ".Sh DESCRIPTION\n.Ss How to read and change it\n";
    let mut reader = Reader { page, ..Reader::default() };
    for line in file.lines() {
        if let Some(key) = key_and_default(line) {
            reader.keys.push(key);
        } else if line.starts_with("#[") {
            reader.table(&line[1..]);
        } else if let Some(text) = line.strip_prefix('#') {
            reader.comment(text.strip_prefix(' ').unwrap_or(text));
        } else {
            reader.flush();
        }
    }
    reader.flush();
    reader.close();
    let see_also = ".Sh SEE ALSO\n.Xr coracle 1 ,\n.Xr coracle-check-config 1 ,\n.Xr coracle.service 8\n";
    reader.page + see_also
}

#[derive(Default)]
struct Reader<'a> {
    page: String,
    /// Comments and keys that are not in `page` yet; the comments come first.
    said: Vec<&'a str>,
    keys: Vec<(&'a str, &'a str)>,
    /// Whether the list of a table's keys is open.
    in_list: bool,
}

impl<'a> Reader<'a> {
    fn comment(&mut self, text: &'a str) {
        if !self.keys.is_empty() {
            self.flush();
        }
        self.said.push(text);
    }

    fn table(&mut self, name: &str) {
        let introduction = if self.keys.is_empty() { std::mem::take(&mut self.said) } else { Vec::new() };
        self.flush();
        self.close();
        self.page += &format!(".Ss {}\n", escaped(name));
        self.page += &paragraphs(&introduction);
    }

    fn flush(&mut self) {
        let (said, keys) = (std::mem::take(&mut self.said), std::mem::take(&mut self.keys));
        if keys.is_empty() {
            if !said.is_empty() {
                let first = !self.in_list;
                self.close();
                self.page += if first { "" } else { ".Pp\n" };
            }
        } else if !self.in_list {
            self.page += ".Bl -tag -width Ds\n";
            self.in_list = true;
        }
        for (key, default) in keys {
            self.page += &format!(".It Ic \"{} = {}\"\n", escaped(key), escaped(default).replace('"', "\\(dq"));
        }
        self.page += &paragraphs(&said);
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.in_list) {
            self.page += ".El\n";
        }
    }
}

/// Comment lines: an empty one begins a paragraph, `- ` an item of a list, deeper ones stay as they are.
fn paragraphs(lines: &[&str]) -> String {
    let mut text = String::new();
    let kind = |line: &str| match () {
        () if line.starts_with("  ") => Kind::Literal,
        () if line.starts_with("- ") => Kind::Item,
        () => Kind::Prose,
    };
    for (at, group) in lines.split(|line| line.is_empty()).enumerate() {
        for (part, lines) in group.chunk_by(|a, b| kind(a) == kind(b)).enumerate() {
            match kind(lines[0]) {
                Kind::Literal => {
                    text += ".Bd -literal -offset indent\n";
                    lines.iter().for_each(|line| text += &format!("{}\n", escaped(line.trim_start())));
                    text += ".Ed\n";
                }
                Kind::Item => {
                    text += ".Bl -bullet -compact\n";
                    lines.iter().for_each(|line| text += &format!(".It\n{}", prose(&line[2..])));
                    text += ".El\n";
                }
                Kind::Prose => {
                    text += if (at, part) == (0, 0) { "" } else { ".Pp\n" };
                    text += &prose(&lines.join(" "));
                }
            }
        }
    }
    text
}

#[derive(PartialEq)]
enum Kind {
    Literal,
    Item,
    Prose,
}
