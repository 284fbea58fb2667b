//! Which thing a path names, and which methods it knows. Paths are compared as they came: nothing of ours needs escapes.

use hyper::Method;

use crate::session::SessionId;

/// What a path of the web entrances names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Home,
    Login,
    Logout,
    /// For the people who use it; needs no login.
    Help,
    /// The terminal page of a session.
    Terminal(SessionId),
    /// The same for an administrator, to look.
    Watch(SessionId),
    Me,
    Profiles,
    Sessions,
    Session(SessionId),
    Tickets,
    /// Files into and out of a session.
    Files(SessionId),
    /// The WebSocket of a session.
    Socket(SessionId),
    /// The page that lists recordings.
    Recordings,
    /// The page that plays one.
    Replay(SessionId),
    RecordingList,
    Recording(SessionId),
    /// What a replay fetches of a recording: its asciicast, a checkpoint, places.
    Cast(SessionId),
    Checkpoint(SessionId),
    Find(SessionId),
    Health,
    /// Embedded files under `/_/`.
    Asset,
}

impl Route {
    /// `None`: there is no such thing.
    pub(crate) fn parse(path: &str) -> Option<Route> {
        match path {
            "/" => return Some(Route::Home),
            "/login" => return Some(Route::Login),
            "/logout" => return Some(Route::Logout),
            "/help" => return Some(Route::Help),
            "/healthz" => return Some(Route::Health),
            "/api/v1/me" => return Some(Route::Me),
            "/api/v1/profiles" => return Some(Route::Profiles),
            "/api/v1/sessions" => return Some(Route::Sessions),
            "/api/v1/tickets" => return Some(Route::Tickets),
            "/recordings" => return Some(Route::Recordings),
            "/api/v1/recordings" => return Some(Route::RecordingList),
            _ => {}
        }
        if path.starts_with("/_/") {
            return Some(Route::Asset);
        }
        if let Some(id) = path.strip_prefix("/s/") {
            return match id.split_once('/') {
                Some((id, "watch")) => id.parse().ok().map(Route::Watch),
                Some(_) => None,
                None => id.parse().ok().map(Route::Terminal),
            };
        }
        if let Some(id) = path.strip_prefix("/recordings/") {
            return id.parse().ok().map(Route::Replay);
        }
        if let Some(rest) = path.strip_prefix("/api/v1/recordings/") {
            return match rest.split_once('/') {
                Some((id, "cast")) => id.parse().ok().map(Route::Cast),
                Some((id, "seek")) => id.parse().ok().map(Route::Checkpoint),
                Some((id, "find")) => id.parse().ok().map(Route::Find),
                Some(_) => None,
                None => rest.parse().ok().map(Route::Recording),
            };
        }
        let rest = path.strip_prefix("/api/v1/sessions/")?;
        match rest.split_once('/') {
            Some((id, "terminal")) => id.parse().ok().map(Route::Socket),
            Some((id, "files")) => id.parse().ok().map(Route::Files),
            Some(_) => None,
            None => rest.parse().ok().map(Route::Session),
        }
    }

    /// What `Allow` says; HEAD works wherever a GET answers with a document.
    pub(crate) fn allow(self) -> &'static str {
        match self {
            Route::Home
            | Route::Help
            | Route::Terminal(_)
            | Route::Watch(_)
            | Route::Me
            | Route::Profiles
            | Route::Health
            | Route::Recordings
            | Route::Replay(_)
            | Route::RecordingList
            | Route::Recording(_)
            | Route::Cast(_)
            | Route::Checkpoint(_)
            | Route::Find(_)
            | Route::Asset => "GET, HEAD",
            Route::Login | Route::Sessions => "GET, HEAD, POST",
            Route::Logout | Route::Tickets => "POST",
            Route::Session(_) => "GET, HEAD, DELETE",
            Route::Files(_) => "GET, POST",
            Route::Socket(_) => "GET",
        }
    }

    /// Whether the answer depends on which sessions there are.
    pub(crate) fn is_about_sessions(self) -> bool {
        matches!(
            self,
            Route::Home
                | Route::Terminal(_)
                | Route::Watch(_)
                | Route::Sessions
                | Route::Session(_)
                | Route::Tickets
                | Route::Files(_)
                | Route::Socket(_)
        )
    }

    pub(crate) fn allows(self, method: &Method) -> bool {
        self.allow().split(", ").any(|m| m == method.as_str())
    }
}

/// Whether failures under this path are told as JSON.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Characters of `next`; ours are shorter.
const MAX_NEXT: usize = 512;

/// Where to go after login: `next` if it is a path of this origin, else `None`. Backslashes and `//` are refused because
/// browsers read them as another host, `/login` and `/logout` because they lead nowhere.
pub(crate) fn next(next: &str) -> Option<&str> {
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>'));
    let ours = next.starts_with('/') && !next.starts_with("//");
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let useful = !matches!(path, "/login" | "/logout");
    (plain && ours && useful && next.len() <= MAX_NEXT).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_milestone_is_found() {
        let id: SessionId = "abcdefghij23".parse().unwrap();
        for (path, route) in [
            ("/", Route::Home),
            ("/login", Route::Login),
            ("/logout", Route::Logout),
            ("/help", Route::Help),
            ("/s/abcdefghij23", Route::Terminal(id)),
            ("/s/abcdefghij23/watch", Route::Watch(id)),
            ("/api/v1/me", Route::Me),
            ("/api/v1/profiles", Route::Profiles),
            ("/api/v1/sessions", Route::Sessions),
            ("/api/v1/tickets", Route::Tickets),
            ("/api/v1/sessions/abcdefghij23", Route::Session(id)),
            ("/api/v1/sessions/abcdefghij23/terminal", Route::Socket(id)),
            ("/api/v1/sessions/abcdefghij23/files", Route::Files(id)),
            ("/healthz", Route::Health),
            ("/recordings", Route::Recordings),
            ("/recordings/abcdefghij23", Route::Replay(id)),
            ("/api/v1/recordings", Route::RecordingList),
            ("/api/v1/recordings/abcdefghij23", Route::Recording(id)),
            ("/api/v1/recordings/abcdefghij23/cast", Route::Cast(id)),
            ("/api/v1/recordings/abcdefghij23/seek", Route::Checkpoint(id)),
            ("/api/v1/recordings/abcdefghij23/find", Route::Find(id)),
            ("/_/0123456789ab/home.js", Route::Asset),
        ] {
            assert_eq!(Route::parse(path), Some(route), "{path}");
        }
    }

    #[test]
    fn anything_else_is_nothing() {
        for path in [
            "",
            "//",
            "/login/",
            "/Login",
            "/s/",
            "/s/short",
            "/s/abcdefghij23/",
            "/s/abcdefghij23/watch/",
            "/s/watch",
            "/s/ABCDEFGHIJ23",
            "/s/../../etc/passwd",
            "/s/%61bcdefghij23",
            "/api/v1/sessions/",
            "/api/v1/sessions/terminal",
            "/api/v1/sessions/x/terminal",
            "/api/v1/sessions/abcdefghij23/terminal/",
            "/api/v1/sessions/abcdefghij23/files/x",
            "/api/v1/sessions/files",
            "/api/v2/me",
            "/recordings/",
            "/recordings/../x",
            "/api/v1/recordings/abcdefghij23/chain",
            "/api/v1/recordings/abcdefghij23/cast/",
            "*",
            "/_",
            "/healthz/",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }

    #[test]
    fn methods_are_as_allow_says() {
        assert!(Route::Home.allows(&Method::HEAD) && !Route::Home.allows(&Method::POST));
        assert!(Route::Logout.allows(&Method::POST) && !Route::Logout.allows(&Method::GET));
        assert!(Route::Sessions.allows(&Method::POST) && !Route::Sessions.allows(&Method::DELETE));
        assert!(!Route::Login.allows(&Method::OPTIONS));
    }

    #[test]
    fn next_is_a_path_of_this_origin_or_nothing() {
        for good in ["/", "/s/abcdefghij23", "/#start", "/?a=b%2F", "/a//b", "/loginx"] {
            assert_eq!(next(good), Some(good));
        }
        let long = format!("/{}", "a".repeat(MAX_NEXT));
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "javascript:alert(1)",
            "s/x",
            "/a b",
            "/a\r\nSet-Cookie: x",
            "/\u{e4}",
            "/login",
            "/login?next=/",
            "/logout",
            "/a\tb",
            "/x\\y",
            long.as_str(),
        ] {
            assert_eq!(next(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_panics_and_only_ids_survive(path in "/?[ -~]{0,60}") {
            if let Some(Route::Terminal(id)) = Route::parse(&path) {
                proptest::prop_assert_eq!(path, format!("/s/{id}"));
            }
        }
    }
}
