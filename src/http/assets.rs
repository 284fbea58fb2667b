//! Scripts, styles and the icon: embedded, pre-compressed, and under a path that changes when any of them does.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::Full;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{self, HeaderName, HeaderValue},
};

/// One embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The whole path of its URL, `/_/<build>/<name>`.
    path: &'static str,
    /// Its `Content-Type`.
    kind: &'static str,
    /// Nothing is embedded raw for the few who do not take it.
    gzip: &'static [u8],
    /// Absent where it would save less than 5 %.
    brotli: Option<&'static [u8]>,
}

impl Asset {
    /// The file itself. Half a megabyte takes two milliseconds.
    fn raw(&self) -> Bytes {
        let mut raw = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut raw).expect("it was made at build time, and lies in memory");
        raw.into()
    }
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[cfg(test)]
impl Asset {
    /// The file as text; for tests that read the scripts.
    pub(crate) fn source(&self) -> String {
        String::from_utf8(self.raw().into()).expect("scripts are UTF-8")
    }

    /// Bytes that a browser of today fetches for it.
    pub(crate) fn transferred(&self) -> usize {
        self.brotli.unwrap_or(self.gzip).len()
    }
}

/// A year: the path names the content, so it never changes.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The file at this path of a URL; another build's paths are not found.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    TABLE.binary_search_by(|asset| asset.path.cmp(path)).ok().map(|index| &TABLE[index])
}

/// Answers GET and HEAD (hyper leaves the body of the latter away) with the smallest form that the request accepts, or
/// 304 when the browser has it.
pub(crate) fn serve(asset: &'static Asset, request: &HeaderMap) -> Response<Full<Bytes>> {
    let (encoding, body) = choose(asset, request);
    let tag = HeaderValue::from_str(&format!("\"{BUILD}-{}\"", encoding.unwrap_or("raw"))).expect("hex and letters");
    let known = request.get_all(header::IF_NONE_MATCH).iter().any(|tags| mentions(tags, &tag));

    let body = || body.map_or_else(|| asset.raw(), Bytes::from_static);
    let mut response = Response::new(if known { Full::default() } else { Full::new(body()) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::CACHE_CONTROL, CACHE);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if let (Some(encoding), false) = (encoding, known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether an `If-None-Match` lists `tag` (weakly compared, as the standard asks) or is `*`.
fn mentions(tags: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(tag)) = (tags.to_str(), tag.to_str()) else { return false };
    tags.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// The form with the highest weight; at equal weights brotli, then gzip, then the file as it is: no name, and no body yet.
fn choose(asset: &'static Asset, request: &HeaderMap) -> (Option<&'static str>, Option<&'static [u8]>) {
    let accepted = Accepted::of(request);
    let mut best = (None, None, 0);
    for (encoding, body) in [("br", asset.brotli), ("gzip", Some(asset.gzip))] {
        let weight = accepted.weight(encoding);
        if body.is_some() && weight > best.2 {
            best = (Some(encoding), body, weight);
        }
    }
    if accepted.weight("identity") > best.2 { (None, None) } else { (best.0, best.1) }
}

/// `Accept-Encoding`: names with weights in thousandths.
struct Accepted<'a>(Vec<(&'a str, u16)>);

impl<'a> Accepted<'a> {
    /// Lines that are no ASCII are ignored, as is what follows the first eight names of a line.
    fn of(request: &'a HeaderMap) -> Self {
        const MOST_NAMES: usize = 8;
        let lines = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        Self(lines.flat_map(|line| line.split(',').take(MOST_NAMES)).map(entry).collect())
    }

    /// 0: not acceptable. The file as it is stays acceptable, last of all, unless it is named.
    fn weight(&self, encoding: &str) -> u16 {
        let named = |wanted: &str| self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|&(_, q)| q);
        match named(encoding) {
            Some(weight) => weight,
            None if encoding == "identity" => 1,
            None => named("*").unwrap_or(0),
        }
    }
}

/// One `name;q=0.5`; a weight that cannot be read counts as 0, so that nothing is forced on a browser.
fn entry(text: &str) -> (&str, u16) {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let weight = match parameters.trim().split_once('=') {
        None if parameters.trim().is_empty() => 1000,
        Some((q, value)) if q.trim().eq_ignore_ascii_case("q") => thousandths(value.trim()),
        _ => 0,
    };
    (name.trim(), weight)
}

/// `0` to `1` with at most three digits, in thousandths; 0 for anything else.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        headers
    }

    fn encoding(value: &str) -> Option<String> {
        let response = serve(find(path::VENDOR_XTERM_MJS).unwrap(), &accepting(value));
        response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn every_file_is_found_by_its_path_and_no_other_path_is() {
        assert!(TABLE.windows(2).all(|pair| pair[0].path < pair[1].path), "the table is sorted");
        for asset in &TABLE {
            assert_eq!(find(asset.path).unwrap().path, asset.path);
        }
        let inside = path::VENDOR_XTERM_MJS;
        for wrong in [
            "",
            "/",
            "/_/",
            &inside[1..],
            &inside.replace(BUILD, "000000000000"),
            &format!("{inside}/"),
            &inside.replace("xterm.mjs", "../style.css"),
            &inside.replace("xterm.mjs", "src/xterm/LICENSE"),
            &inside.replace("vendor/xterm.mjs", "build.rs"),
        ] {
            assert!(find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_best_accepted_form_is_chosen_and_a_weight_of_zero_is_a_refusal() {
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, deflate", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0.0, gzip;q=0.000", None),
            ("br;q=0.5, gzip;q=0.9", Some("gzip")),
            ("BR", Some("br")),
            ("*", Some("br")),
            ("*;q=0.1, br;q=0", Some("gzip")),
            ("*;q=0", None),
            ("identity, br;q=0.2", None),
            ("br;q=nonsense", None),
            ("br;q=2", None),
            ("br;level=3", None),
            ("", None),
        ] {
            assert_eq!(encoding(accept).as_deref(), expected, "{accept}");
        }
        assert!(
            serve(find(path::VENDOR_XTERM_MJS).unwrap(), &HeaderMap::new()).headers().get("content-encoding").is_none()
        );
    }

    #[test]
    fn compressed_forms_unpack_to_the_file_itself() {
        for asset in &TABLE {
            if let Some(mut brotli) = asset.brotli {
                let mut unpacked = Vec::new();
                brotli::BrotliDecompress(&mut brotli, &mut unpacked).unwrap();
                assert_eq!(unpacked, asset.raw(), "{}", asset.path);
            }
            let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
            let name = asset.path.splitn(4, '/').last().unwrap();
            assert_eq!(asset.raw(), std::fs::read(file.join(name)).unwrap(), "{}", asset.path);
            assert!(asset.gzip.len() * 100 < asset.raw().len() * 95, "{}", asset.path);
        }
    }

    #[test]
    fn each_form_has_its_own_tag_and_a_browser_that_has_it_gets_304() {
        let asset = find(path::VENDOR_XTERM_MJS).unwrap();
        let mut tags = Vec::new();
        for accept in ["br", "gzip", "identity"] {
            let first = serve(asset, &accepting(accept));
            assert_eq!(first.status(), 200);
            assert_eq!(first.headers()["vary"], "Accept-Encoding");
            assert_eq!(first.headers()["x-content-type-options"], "nosniff");
            assert_eq!(first.headers()["cross-origin-resource-policy"], "same-origin");
            assert_eq!(first.headers()["content-type"], "text/javascript; charset=utf-8");
            assert!(first.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            let tag = first.headers()["etag"].clone();

            let mut again = accepting(accept);
            again.insert(header::IF_NONE_MATCH, tag.clone());
            let second = serve(asset, &again);
            assert_eq!(second.status(), 304);
            assert_eq!(hyper::body::Body::size_hint(second.body()).exact(), Some(0));
            assert!(second.headers().get("content-encoding").is_none());
            tags.push(tag);
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "{tags:?}");
    }
}
