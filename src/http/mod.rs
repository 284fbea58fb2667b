//! Pages, cookies, routes; knows no container: it holds a `SessionId` and asks `session`.
