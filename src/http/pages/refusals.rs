//! What is said to whom something is refused, on a page or in a problem document.

/// A refusal in words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// The heading, where it is a page.
    pub(crate) title: &'static str,
    /// One or two sentences, with the way out where there is one.
    pub(crate) text: &'static str,
}

const fn words(title: &'static str, text: &'static str) -> Words {
    Words { title, text }
}

pub(crate) const TOO_LARGE: Words = words("Too much", "More was sent than is ever needed here.");
pub(crate) const TOO_SLOW: Words = words("Too slow", "The request did not arrive in time.");
pub(crate) const BROKEN_OFF: Words = words("Broken off", "The request did not arrive whole.");
pub(crate) const WRONG_TYPE: Words = words("Not understood", "The request's Content-Type is not the one wanted here.");
pub(crate) const MALFORMED: Words = words("Not understood", "The request's content makes no sense.");
pub(crate) const FOREIGN_ORIGIN: Words =
    words("Refused", "The request did not come from a page of this service. Open its address directly and try again.");
pub(crate) const FOREIGN_NAME: Words =
    words("Wrong address", "This service does not answer under the name that your browser used.");
pub(crate) const WRONG_METHOD: Words = words("Not possible", "This address does not work that way.");
pub(crate) const NOT_READY: Words = words("Not ready yet", "The service is not ready.");
pub(crate) const NOTHING_HERE: Words = words("Nothing here", "There is nothing here.");
pub(crate) const SIGN_IN_FIRST: Words = words("Sign in first", "Sign in first.");
pub(crate) const SIGN_IN_BROKEN: Words = words(
    "Sign-in is broken",
    "Signing in does not work at the moment. The journal of the service says why, under this reference.",
);
pub(crate) const ADMINS_ONLY: Words = words("Not yours", "Only administrators see the sessions of others.");
pub(crate) const NOT_YOURS: Words = words("Not yours", "This session belongs to somebody else.");
pub(crate) const NO_SUCH_SESSION: Words = words("This session is over", "There is no session of that id.");
pub(crate) const NO_SUCH_RECORDING: Words = words(
    "No such recording",
    "There is no recording at this address that you may see. Old ones are deleted after a while.",
);
pub(crate) const RECORDING_BROKEN: Words = words(
    "It did not work",
    "The recording could not be read. The journal of the service says why, under this reference.",
);
pub(crate) const NO_TIME: Words = words("Not understood", "A time in milliseconds is needed.");
pub(crate) const NO_TEXT: Words = words("Not understood", "The text to look for is empty or too long.");
pub(crate) const TOO_MANY_SEARCHES: Words = words("Too busy", "Other recordings are being searched. Try again soon.");
pub(crate) const NO_WEBSOCKET: Words = words("A WebSocket", "This address speaks WebSocket only.");
pub(crate) const WEBSOCKET_VERSION: Words = words("A WebSocket", "Only version 13 of WebSocket is spoken.");
pub(crate) const WEBSOCKET_KEY: Words = words("A WebSocket", "The WebSocket key is malformed.");
pub(crate) const NO_UPLOADS: Words =
    words("Not allowed", "Files cannot be brought into sessions here: an administrator has turned that off.");
pub(crate) const NO_DOWNLOADS: Words =
    words("Not allowed", "Files cannot be taken out of sessions here: an administrator has turned that off.");
pub(crate) const FILES_BROKEN: Words = words(
    "It did not work",
    "The container engine did not do it. The journal of the service says why, under this reference.",
);
pub(crate) const TOO_MANY_TICKETS: Words =
    words("Too many tickets", "Too many tickets are unused. Try again in half a minute.");
