//! What a person types: `coracle serve`, `check-config`, `doctor`, `passwd`, `ldap`, `prepare`, `ps`, `watch`, `end`,
//! `replay`, `verify`.

mod ask; //          one request over the control socket
mod check_config; // is the configuration in order?
mod doctor; //       is the host in order?
#[cfg(test)]
mod docs; //         manuals and completions
mod end; //          end one session, or all
mod enter_userns; // the daemon's own hand in a session's user namespace
mod ldap; //         is the directory in order, and who would come in?
mod journal; //      log lines on stderr
mod passwd; //       accounts of the users file
mod prepare; //      images and their copies, ahead of time
mod ps; //           which sessions there are
mod replay; //       a recording in a terminal
mod serve; //        the daemon
mod verify; //       is a recording what was recorded?
mod typed; //        a password, at a terminal or on stdin
mod viewer; //       somebody's screen in this terminal
mod watch; //        a session's, as it is now

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::{Places, Purpose};

/// A Linux shell of your own in the browser, in a fresh rootless container that leaves nothing behind.
#[derive(Parser)]
#[command(name = "coracle", bin_name = "coracle", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 64 wrong usage, 69 Podman, the daemon or the directory cannot be reached, 78 wrong \
                        configuration, 1 anything else.\nCORACLE_LOG sets what is logged: error, warn, info, debug, \
                        trace, or target=level,…"
)]
struct Cli {
    /// Configuration file [default: /etc/coracle/config.toml for the service and for root, else
    /// ~/.config/coracle/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the daemon: on systemd's sockets, or in the foreground with --listen
    Serve(serve::ServeArgs),
    /// Check the configuration, and name every mistake with its line
    CheckConfig(check_config::CheckConfigArgs),
    /// Check everything that sessions need on this host, and name for each fault the command that fixes it
    #[command(
        after_help = "Exit codes: 0 nothing failed (there may be warnings), 78 the configuration is wrong, 69 Podman \
                            does not answer, 1 another check failed, 64 wrong usage.\nAs root it looks at the system \
                            service's account, else at your own; it changes nothing and does not wake the daemon."
    )]
    Doctor(doctor::DoctorArgs),
    /// Create or change an account of the users file
    Passwd(passwd::PasswdArgs),
    /// Fetch the profiles' images and make their copies for every range of ids, so that no session waits for them
    Prepare(prepare::PrepareArgs),
    /// Try the company's directory, step by step
    Ldap(ldap::LdapArgs),
    /// List the sessions of the running daemon
    Ps(ps::PsArgs),
    /// Look at the terminal of a session, without touching it; its owner is told
    #[command(
        after_help = "q, Ctrl-C or Ctrl-] leaves. Nothing that is typed here reaches the session. A terminal that is larger \
                            than this one is cut."
    )]
    Watch(watch::WatchArgs),
    /// End a session, or all of them, and wait until nothing of them is left
    End(end::EndArgs),
    /// Play a recording in this terminal
    #[command(
        after_help = "Keys: space plays and pauses, arrows go 5 seconds or a minute, Home and End, `.` one step, - and + \
                            change the speed, / searches, n and N lead from match to match, q leaves.\nOnly text and colours \
                            reach the terminal, whatever was recorded."
    )]
    Replay(replay::ReplayArgs),
    /// Check that a recording is what was recorded, to the byte
    #[command(
        after_help = "Exit codes: 0 intact and sealed, 3 in order as far as it goes but not sealed (its session goes on, or \
                            nobody came to seal it), 1 altered or cut, 66 a file cannot be read, 64 wrong usage.\nWithout \
                            --head somebody who wrote both files anew goes unnoticed: the journal has the hash."
    )]
    Verify(verify::VerifyArgs),
    /// Open a session's terminal from within its user namespace, for the daemon
    #[command(name = crate::podman::ENTER_USERNS, hide = true)]
    EnterUserns(enter_userns::EnterUsernsArgs),
}

/// Why the program stops; carries its exit code (64 usage, 69 Podman or daemon not reachable, 78 configuration, 1 other).
#[derive(Debug)]
pub struct Stop {
    code: u8,
    message: String,
}

impl Stop {
    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Stop {
        Stop { code: 64, message: message.into() }
    }

    /// Podman, or the daemon, cannot be reached.
    pub(crate) fn unavailable(message: impl Into<String>) -> Stop {
        Stop { code: 69, message: message.into() }
    }

    /// The configuration is wrong.
    pub(crate) fn config(message: impl Into<String>) -> Stop {
        Stop { code: 78, message: message.into() }
    }

    /// Anything else.
    pub(crate) fn other(message: impl Into<String>) -> Stop {
        Stop { code: 1, message: message.into() }
    }

    /// Prints the message on stderr and gives the exit code.
    pub fn report(&self) -> ExitCode {
        if self.code == 0 {
            print!("{}", self.message); // help and version
        } else if self.message.starts_with("error: ") {
            eprint!("{}", self.message); // the command line's own complaints
        } else {
            eprintln!("coracle: {}", self.message);
        }
        ExitCode::from(self.code)
    }
}

/// The whole program.
///
/// # Errors
/// With the sentence to print and the exit code; `--help` and `--version` too, with code 0.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Result<(), Stop> {
    let cli = Cli::try_parse_from(args)
        .map_err(|e| Stop { code: if e.use_stderr() { 64 } else { 0 }, message: e.render().to_string() })?;
    let places = || Places::resolve(cli.config.clone(), Purpose::Command).map_err(|e| Stop::config(e.to_string()));
    match cli.command {
        Command::Serve(args) => serve::run(args, cli.config),
        Command::CheckConfig(args) => check_config::run(&args, &places()?),
        Command::Doctor(args) => doctor::run(&args, places()?),
        Command::Passwd(args) => passwd::run(&args, &places()?),
        Command::Prepare(args) => prepare::run(&args, places()?),
        Command::Ldap(args) => ldap::run(&args, &places()?),
        Command::Ps(args) => ps::run(&args, &places()?),
        Command::Watch(args) => watch::run(&args, &places()?),
        Command::End(args) => end::run(&args, &places()?),
        Command::Replay(args) => replay::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::EnterUserns(args) => enter_userns::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(args: &[&str]) -> u8 {
        let args = std::iter::once("coracle").chain(args.iter().copied()).map(OsString::from);
        match Cli::try_parse_from(args) {
            Ok(_) => 255,
            Err(e) if e.use_stderr() => 64,
            Err(_) => 0,
        }
    }

    #[test]
    fn help_and_version_are_no_mistakes_and_mistakes_are_64() {
        for fine in
            [&["--help"][..], &["--version"], &["serve", "--help"], &["help", "end"], &["ldap", "test", "--help"]]
        {
            assert_eq!(code(fine), 0, "{fine:?}");
        }
        for wrong in [
            &[][..],
            &["srve"],
            &["end"],
            &["watch"],
            &["watch", "nothing"],
            &["ldap"],
            &["ldap", "test", "mira"],
            &["end", "abcdefghij23", "--all"],
            &["serve", "--listen", "8080"],
        ] {
            assert_eq!(code(wrong), 64, "{wrong:?}");
        }
        for right in [
            &["ps", "--json"][..],
            &["end", "--all", "--reason", "shutdown"],
            &["end", "abcdefghij23"],
            &["watch", "abcdefghij23"],
        ] {
            assert_eq!(code(right), 255, "{right:?}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
