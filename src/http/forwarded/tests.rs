use hyper::header::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

const PROXY: &str = "10.0.0.1";

fn trusted() -> TrustedProxies {
    let mut proxies = TrustedProxies::default();
    for entry in ["10.0.0.0/8", "2001:db8:ffff::/48"] {
        proxies.add(entry).unwrap();
    }
    proxies
}

fn told(lines: &[(&'static str, &[u8])]) -> Result<Told, Unclear> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
    }
    read(&headers, &trusted())
}

fn from_forwarded(value: &str) -> Result<Told, Unclear> {
    told(&[("forwarded", value.as_bytes())])
}

fn from_x(value: &str) -> Result<Option<IpAddr>, Unclear> {
    told(&[("x-forwarded-for", value.as_bytes())]).map(|told| told.client)
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

#[test]
fn without_a_header_nothing_is_told() {
    assert_eq!(told(&[]), Ok(Told::default()));
    assert_eq!(told(&[("forwarded", b""), ("x-forwarded-for", b" , ")]), Ok(Told::default()));
}

#[test]
fn the_client_is_the_last_address_that_is_no_trusted_proxys() {
    for (chain, client) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.0.0.9", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1, 10.0.0.9, 10.0.0.8", "192.0.2.1"),
        ("10.0.0.9, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("nonsense, 192.0.2.1", "192.0.2.1"),
        ("unknown,192.0.2.1,,", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443, 2001:db8:ffff::1", "2001:db8::7"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(from_x(chain), Ok(ip(client)), "{chain}");
    }
    let lines: [(&str, &[u8]); 2] = [("x-forwarded-for", b"192.0.2.9"), ("x-forwarded-for", b"192.0.2.1, 10.0.0.9")];
    assert_eq!(told(&lines).unwrap().client, ip("192.0.2.1"), "several lines are one list");
}

#[test]
fn who_is_hidden_has_no_address_and_nonsense_in_the_deciding_place_is_refused() {
    for hidden in ["unknown", "192.0.2.1, unknown", "192.0.2.1, unix:", "Unknown, 10.0.0.9"] {
        assert_eq!(from_x(hidden), Ok(None), "{hidden}");
    }
    for nonsense in
        ["localhost", "192.0.2.1, 192.0.2", "_hidden", "::1%lo", "1.2.3.4:99999", "[::1", "\u{e4}", "010.0.0.1"]
    {
        assert_eq!(from_x(nonsense), Err(Unclear::Malformed), "{nonsense}");
    }
}

#[test]
fn a_forwarded_header_is_read_as_its_rfc_says() {
    let https = Some(Scheme::Https);
    for (value, client, scheme) in [
        ("for=192.0.2.43, for=10.2.3.4", ip("192.0.2.43"), None),
        ("for=\"_gazonk\"", None, None),
        ("For=\"[2001:db8:cafe::17]:4711\"", ip("2001:db8:cafe::17"), None),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", ip("192.0.2.60"), Some(Scheme::Http)),
        ("for=192.0.2.43, for=198.51.100.17", ip("198.51.100.17"), None),
        ("for=_hidden, for=_SEVKISEK", None, None),
        ("for=\"192.0.2.43:_x\";proto=https , for=10.0.0.1;proto=http", ip("192.0.2.43"), https),
        ("for=unknown;proto=HTTPS", None, https),
        ("proto=https", None, https),
        (";;for=192.0.2.1;, ,", ip("192.0.2.1"), None),
        ("for=\"192.0.2.\\1\"", ip("192.0.2.1"), None),
        ("host=\"a,b;for=192.0.2.9\";for=192.0.2.1", ip("192.0.2.1"), None),
        ("secret=\"\\\"\";for=192.0.2.1", ip("192.0.2.1"), None),
        ("for=nonsense, for=192.0.2.1", ip("192.0.2.1"), None),
    ] {
        assert_eq!(from_forwarded(value), Ok(Told { client, scheme }), "{value}");
    }
}

#[test]
fn a_forwarded_header_that_is_none_is_refused() {
    for bad in [
        "for",
        "for=",
        "=192.0.2.1",
        "for =192.0.2.1",
        "for= 192.0.2.1",
        "192.0.2.1",
        "for=192.0.2.1:80", // a colon wants quotes
        "for=[2001:db8::1]",
        "for=\"[2001:db8::1\"",
        "for=\"2001:db8::1\"",
        "for=\"192.0.2.1",
        "for=\"192.0.2.1\\",
        "for=\"192.0.2.1\"x",
        "for=\"192.0.2.1:123456\"",
        "for=\"192.0.2.1:\"",
        "for=192.0.2.1;for=192.0.2.2",
        "for=192.0.2.1;FOR=192.0.2.1",
        "for=192.0.2.1 for=192.0.2.2",
        "for=192.0.2.1;proto=gopher",
        "for=_",
        "for=localhost",
    ] {
        assert_eq!(from_forwarded(bad), Err(Unclear::Malformed), "{bad}");
    }
    let many: Vec<_> = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=x")).collect();
    assert_eq!(from_forwarded(&many.join(";")), Err(Unclear::Malformed));
}

#[test]
fn https_is_told_only_if_every_proxy_says_so() {
    let scheme = |value: &str| told(&[("x-forwarded-proto", value.as_bytes())]).map(|told| told.scheme);
    assert_eq!(scheme("https"), Ok(Some(Scheme::Https)));
    assert_eq!(scheme("HTTPS, wss"), Ok(Some(Scheme::Https)));
    for plain in ["http", "ws", "https, http", "http, https"] {
        assert_eq!(scheme(plain), Ok(Some(Scheme::Http)), "{plain}");
    }
    assert_eq!(scheme(""), Ok(None));
    for bad in ["on", "https;q=1", "https https", "443"] {
        assert_eq!(scheme(bad), Err(Unclear::Malformed), "{bad}");
    }
}

#[test]
fn two_ways_of_telling_must_tell_the_same() {
    let both = |forwarded: &str, x_for: &str, x_proto: &str| {
        told(&[
            ("forwarded", forwarded.as_bytes()),
            ("x-forwarded-for", x_for.as_bytes()),
            ("x-forwarded-proto", x_proto.as_bytes()),
        ])
    };
    let same = Told { client: ip("192.0.2.1"), scheme: Some(Scheme::Https) };
    assert_eq!(both("for=192.0.2.1;proto=https", "192.0.2.1", "https"), Ok(same));
    assert_eq!(both("for=192.0.2.1", "192.0.2.1, 10.0.0.7", "https"), Ok(same));
    assert_eq!(both("for=192.0.2.1;proto=https", "", ""), Ok(same));
    for (forwarded, x_for, x_proto) in [
        ("for=192.0.2.2", "192.0.2.1", ""),
        ("for=unknown", "192.0.2.1", ""),
        ("for=192.0.2.1", "unknown", ""),
        ("proto=https", "192.0.2.1", ""),
        ("for=192.0.2.1;proto=https", "192.0.2.1", "http"),
        ("for=192.0.2.1;proto=http", "192.0.2.1", "https"),
    ] {
        assert_eq!(both(forwarded, x_for, x_proto), Err(Unclear::Contradiction), "{forwarded} {x_for} {x_proto}");
    }
}

fn any_address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![any::<u32>().prop_map(|n| IpAddr::V4(n.into())), any::<u128>().prop_map(|n| IpAddr::V6(n.into()))]
}

proptest! {
    #[test]
    fn whatever_a_client_writes_in_front_its_address_is_the_one_that_the_proxy_saw(
        own in proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), 32..=126_u8, 128..=255_u8], 0..60), 0..3),
        seen in any_address(), one_line: bool,
    ) {
        let own: Vec<Vec<u8>> = own.into_iter().map(|line| line.trim_ascii().to_owned()).collect();
        let seen = seen.to_canonical();
        prop_assume!(!trusted().contains(seen));
        let mut lines = own.clone();
        let mut appended = if one_line { lines.pop().unwrap_or_default() } else { Vec::new() };
        if !appended.is_empty() {
            appended.extend(b", ");
        }
        let with = |seen: String| [appended.clone(), seen.into_bytes(), b", ".to_vec(), PROXY.into()].concat();
        let named = |name: &'static str, last: Vec<u8>| {
            let mut all: Vec<(&'static str, Vec<u8>)> = lines.iter().map(|line| (name, line.clone())).collect();
            all.push((name, last));
            let borrowed: Vec<(&'static str, &[u8])> = all.iter().map(|(name, line)| (*name, line.as_slice())).collect();
            told(&borrowed)
        };
        prop_assert_eq!(named("x-forwarded-for", with(seen.to_string())).map(|told| told.client), Ok(Some(seen)));

        let element = match seen { IpAddr::V4(v4) => format!("for={v4}"), IpAddr::V6(v6) => format!("for=\"[{v6}]\"") };
        let last = [appended.clone(), element.into_bytes(), b", for=".to_vec(), PROXY.into()].concat();
        match named("forwarded", last) {
            Ok(told) => prop_assert_eq!(told.client, Some(seen)),
            Err(unclear) => prop_assert_eq!(unclear, Unclear::Malformed),
        }
    }

    #[test]
    fn what_is_quoted_comes_out_as_it_was(text in proptest::collection::vec(prop_oneof![Just(9_u8), 32..=126_u8, 128..=255_u8], 0..40)) {
        let mut quoted = vec![b'"'];
        for b in &text {
            quoted.extend([b'\\', *b]);
        }
        quoted.extend(b"\";for=192.0.2.1");
        let (back, rest) = value(&quoted).unwrap();
        prop_assert_eq!((back, rest), (text, &b";for=192.0.2.1"[..]));
    }
}
