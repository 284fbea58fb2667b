//! From http to https: where a browser that came in the clear is sent to, and the promise that makes it stay (HSTS).

use std::time::Duration;

use hyper::Method;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;

use super::connection::Peer;
use super::origin::{self, Secrecy, Way};
use super::route::Route;
use super::tls::Tls;
use crate::activation::Entrance;
use crate::config::Server;

/// The same page over https, for who reads pages in the clear from another machine while our own https socket can serve
/// them. What comes over loopback goes on: a tunnel, or a proxy on this host, whose own way to the browser we do not know.
pub(crate) fn elsewhere(parts: &Parts, peer: &Peer, server: &Server, tls: &Tls) -> Option<String> {
    let in_the_clear = peer.entrance == Entrance::Http && peer.way == Way::Network && !server.insecure_http;
    let of_a_proxy = peer.is_trusted(&server.trusted_proxies); // it would be sent to itself
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if !in_the_clear || of_a_proxy || !reads || Route::parse(parts.uri.path()) == Some(Route::Health) {
        return None;
    }
    let port = tls.open_port()?;
    let origin = match &server.public_url {
        Some(url) if url.is_https() => url.origin.clone(),
        Some(_) => return None,
        None => {
            let name = origin::name_of(origin::single(&parts.headers, &header::HOST)?)?;
            // Only to ourselves: whoever can make a browser send another Host learns nothing from us.
            let ours = tls.covers(name);
            ours.then(|| if port == 443 { format!("https://{name}") } else { format!("https://{name}:{port}") })?
        }
    };
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    Some(format!("{origin}{path}"))
}

/// `Strict-Transport-Security`, for an answer over https. Browsers take it for every port of the host, so it is sent only
/// where `server.public_url` is the host's own https.
pub(crate) fn promise(server: &Server, secrecy: Secrecy) -> Option<HeaderValue> {
    let url = server.public_url.as_ref()?;
    let whole_host = url.is_https() && url.has_usual_port();
    let kept = secrecy == Secrecy::Https && whole_host && server.hsts > Duration::ZERO;
    kept.then(|| HeaderValue::from_str(&format!("max-age={}", server.hsts.as_secs())).ok())?
}
