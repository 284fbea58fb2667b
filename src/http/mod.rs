//! Pages, cookies, routes; knows no container: it holds a `SessionId` and asks `session`.

mod assets; // scripts and styles, embedded and compressed
mod html; //   markup that cannot carry unescaped text
mod pages; //  every page and every sentence on them
