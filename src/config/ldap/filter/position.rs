//! Whether what was typed stays in its position, seen in what is sent; for tests and fuzzing.

use ldap3::asn1::{ASNTag as _, PL, StructureTag};

use super::{super::Dn, BindTemplate, Filter, FilterTemplate};

/// No text of ours or of the operator's.
const SAMPLE: &str = "sample-8c1f";
const DN: &str = "uid={username},ou=people,dc=example,dc=org";

/// The filter as it goes over the wire: each item with the tags that lead to it.
fn sent(filter: &Filter) -> Vec<Vec<u8>> {
    fn walk(tag: &StructureTag, path: &mut Vec<u8>, into: &mut Vec<Vec<u8>>) {
        path.push(u8::try_from(tag.id).expect("tags of filters are small"));
        match &tag.payload {
            PL::P(bytes) => into.push([path.as_slice(), b"|", bytes].concat()),
            PL::C(tags) => {
                into.push(path.clone());
                tags.iter().for_each(|tag| walk(tag, path, into));
            }
        }
        path.pop();
    }
    let tag = ldap3::parse_filter(filter.as_str()).expect("a filled template is a filter").into_structure();
    let mut all = Vec::new();
    walk(&tag, &mut Vec::new(), &mut all);
    all
}

/// What is sent is the template's own structure, and `typed` stands where a sample would. Nobody is searched by an empty
/// name, which would take a piece out of a pattern.
pub(crate) fn stays_a_value(template: &FilterTemplate, typed: &str) {
    if typed.is_empty() {
        return;
    }
    let expected: Vec<Vec<u8>> =
        sent(&template.fill(SAMPLE, SAMPLE)).iter().map(|item| in_place_of_sample(item, typed.as_bytes())).collect();
    assert_eq!(sent(&template.fill(typed, typed)), expected);
}

fn in_place_of_sample(item: &[u8], typed: &[u8]) -> Vec<u8> {
    match item.windows(SAMPLE.len()).position(|part| part == SAMPLE.as_bytes()) {
        Some(at) => [&item[..at], typed, &in_place_of_sample(&item[at + SAMPLE.len()..], typed)].concat(),
        None => item.to_vec(),
    }
}

/// The DN is one below the same parent, and its own value is `typed`, as directories compare it.
pub(crate) fn stays_a_name(typed: &str) {
    let template = BindTemplate::parse(DN).expect("it is the manual's");
    let Some(name) = template.fill(typed) else {
        return assert!(typed.is_empty());
    };
    let dn = Dn::parse(name.as_str()).unwrap_or_else(|| panic!("{} is no DN", name.as_str()));
    let like = Dn::parse("uid=x,ou=people,dc=example,dc=org").expect("it is one");
    assert!(dn.has_parent_of(&like), "{}", name.as_str());
    // Without case, letter by letter (a whole text's lower case has two small sigmas), and with single blanks.
    let plain = |text: &str| {
        let lower: String = text.chars().flat_map(char::to_lowercase).collect();
        lower.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let value = std::str::from_utf8(dn.first_value()).expect("what was typed is text");
    assert_eq!(plain(value), plain(typed));
}
