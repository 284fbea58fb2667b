//! The MESSAGE_ID of each kind of record, for `journalctl MESSAGE_ID=…` and the message catalog. Drawn at random once;
//! they never change and are never used for anything else.

/// Somebody logged in.
pub(super) const LOGIN: &str = "9332602375058ac3c19e8f751c7ab33f";
/// A login was refused.
pub(super) const LOGIN_REFUSED: &str = "cb09e2f2aab473c022140357bbcdba7d";
/// Somebody who logged in was told something about their password.
pub(super) const LOGIN_NOTICE: &str = "20f3516eede3252632f2c858953e62ea";
/// Somebody logged out.
pub(super) const LOGOUT: &str = "bfaa180a0f22638b0dca4f3b2e392134";
/// A login ended by itself: unused, too old, pushed out, or its account is gone.
pub(super) const LOGIN_OVER: &str = "2e654b5c998a01d067ab498c5e20623b";
/// The directory does not let somebody in any more who has a login or a session.
pub(super) const ACCESS_WITHDRAWN: &str = "fac138e4c0415c82b94ce6ff39392d4b";
/// The directory does not answer; at most once a minute.
pub(super) const DIRECTORY_SILENT: &str = "81bc4c5006a2beab80c0906bf57fb434";
/// The directory answers again.
pub(super) const DIRECTORY_BACK: &str = "0577f037444bd23633b353aebee60d13";
/// A session's shell is about to start, with the facts read back from the kernel.
pub(super) const SESSION_START: &str = "33bcc29fb57df52ed4f596ecfc1fcb7f";
/// A session outlived an earlier daemon and goes on.
pub(super) const SESSION_ADOPTED: &str = "bd251c3f9f1cf47614090d534bc04df5";
/// A browser has the session's terminal.
pub(super) const ATTACH: &str = "5b552c4eaf7a0145b3ace3c583e1fe2c";
/// The browser is gone; the session may go on.
pub(super) const DETACH: &str = "8be7b4c6aa87b5711f2adb03e036b879";
/// An administrator looks at somebody's session.
pub(super) const WATCH: &str = "b73c5821acc7983fb9dfaf933947465e";
/// An administrator does not look at it any more.
pub(super) const WATCH_END: &str = "819d7e6628947f697f5a0173667cb49e";
/// A session's owner was told that it ends soon, since nothing is typed.
pub(super) const IDLE_WARNING: &str = "3f521996a68a1512c17312d94fd7ae88";
/// Processes of a session were killed for want of memory, and its shell goes on.
pub(super) const SESSION_OOM: &str = "b9979516bc773790b676d3166dee7024";
/// A session ended; exactly one for each.
pub(super) const SESSION_END: &str = "132b333292218872894bf1a41db2321e";
/// How far a session's recording is.
pub(super) const RECORDING_HEAD: &str = "c21cdd79f3387382861185a1f9142622";
/// A session is not recorded any more, or not at all, although it should be.
pub(super) const RECORDING_STOPPED: &str = "ef5a78fbb0f87a4e29a44f4dcf7f4387";
/// A recording was too old, or there were too many.
pub(super) const RECORDING_REMOVED: &str = "e6f26f2bc1b17fd473354cabbfb2b1d1";
/// A file went into a session or out of it.
pub(super) const FILE: &str = "d2e67b551afd02967be61f8614ea2125";
/// Somebody looks at a recording.
pub(super) const RECORDING_VIEWED: &str = "b37c55342c66c4425b727e59e2c62454";
/// A configuration came into force.
pub(super) const CONFIG_LOADED: &str = "8d703eae7f32423e610558aaa5d876eb";
/// A configuration has mistakes; the one before, if any, stays.
pub(super) const CONFIG_REFUSED: &str = "73e7ab0ee9e71fae93baf95d166782e8";
/// Refusals of one peer past its limit, counted.
pub(super) const REFUSED: &str = "fa64cc7f829b2ba246ec5ccdcffa93a7";
