//! A login in slow motion, for whoever sets a directory up: each step with its time, what was seen, and what mends it.

use std::time::{Duration, Instant};

use super::{
    Candidate, Directory, Password, Proof, Stopped, Trouble, Visit, account,
    certificate::Certificate,
    connection::Entry,
    door, groups,
    line::{Line, NoAnswer},
    person,
    policy::Policy,
    verdict::Verdict,
    visit::{Looked, TWO},
};
use crate::config::LdapUrl;

/// Groups that are told one by one.
const MAX_SHOWN: usize = 50;

/// One step, and what it saw.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    /// The error has what is wrong and, behind the last semicolon, what mends it.
    pub(crate) result: Result<String, (Fault, String)>,
    /// More of what was seen, a line each.
    pub(crate) notes: Vec<String>,
}

/// Whose fault it is that a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No way to the server, or none that can be trusted.
    Unreachable,
    /// The configuration, or the service account's rights.
    Settings,
    /// Of this person, or of what was typed.
    Person,
}

/// One server of the configuration.
#[derive(Debug)]
pub(crate) struct ServerTrial {
    pub(crate) url: LdapUrl,
    pub(crate) steps: Vec<Step>,
    /// What it presented, its own first.
    pub(crate) certificates: Vec<Certificate>,
}

impl Step {
    fn ok(name: &'static str, began: Instant, saw: impl Into<String>) -> Step {
        Step { name, took: began.elapsed(), result: Ok(saw.into()), notes: Vec::new() }
    }

    fn failed(name: &'static str, began: Instant, fault: Fault, what: impl Into<String>) -> Step {
        Step { name, took: began.elapsed(), result: Err((fault, what.into())), notes: Vec::new() }
    }

    fn of<T>(
        name: &'static str,
        began: Instant,
        fault: Fault,
        result: &Result<T, Trouble>,
        saw: impl Into<String>,
    ) -> Step {
        match result {
            Ok(_) => Step::ok(name, began, saw),
            Err(trouble) => Step::failed(name, began, fault, &trouble.0),
        }
    }
}

impl Directory {
    /// Tries every server: the way to it, what it presents, the service account's bind, and a look at `user_base`.
    pub(crate) async fn try_servers(&self) -> Vec<ServerTrial> {
        let mut trials = Vec::new();
        for url in &self.settings.urls {
            trials.push(self.try_server(url).await);
        }
        trials
    }

    async fn try_server(&self, url: &LdapUrl) -> ServerTrial {
        let (attempt, connection) = self.servers.attempt(url).await;
        let mut steps: Vec<Step> = attempt
            .steps
            .iter()
            .map(|(step, took)| Step { name: step.name(), took: *took, result: Ok(String::new()), notes: Vec::new() })
            .collect();
        if let Some(why) = attempt.failure {
            let result = Err((Fault::Unreachable, with_way_out(attempt.steps.last().map(|(step, _)| *step), why)));
            match steps.last_mut() {
                Some(last) => last.result = result,
                None => steps.push(Step { name: "connect", took: Duration::ZERO, result, notes: Vec::new() }),
            }
        }
        if let Some(connection) = connection {
            let began = Instant::now();
            let bound = self.bind_service(connection).await.map_err(Trouble::from);
            let who = self.settings.bind_dn.as_deref().unwrap_or("nobody: bind_dn is empty, so searches are anonymous");
            steps.push(Step::of("service bind", began, Fault::Settings, &bound, who));
            if let (Ok(line), true) = (bound, self.settings.can_revalidate()) {
                steps.push(self.try_base(line).await);
            }
        }
        ServerTrial { url: url.clone(), steps, certificates: attempt.certificates }
    }

    async fn try_base(&self, mut line: Line) -> Step {
        let began = Instant::now();
        let seen = self.shows_anything(&mut line).await;
        let step = Step::of("search", began, Fault::Settings, &seen, format!("{} is there", self.settings.user_base));
        line.close().await;
        step
    }

    /// Which of these names the directory knows.
    ///
    /// # Errors
    /// It cannot be asked: nobody is searched for in template mode, or a search fails.
    pub(crate) async fn knows(&self, names: &[String]) -> Result<Vec<String>, Trouble> {
        if self.settings.user_dn_template.is_some() {
            return Err(Trouble("with user_dn_template nobody is searched for".into()));
        }
        let mut line = self.as_service().await?;
        let mut known = Vec::new();
        for name in names {
            let filter = self.settings.user_filter.fill(name, "");
            let found = line.search(&self.settings.user_base, self.settings.user_scope, &filter, &["1.1"], TWO).await;
            if !matches!(&found, Ok(entries) if entries.is_empty()) {
                match found {
                    Ok(_) | Err(NoAnswer::TooMany) => known.push(name.clone()),
                    Err(no) => return Err(no.into()),
                }
            }
        }
        line.close().await;
        Ok(known)
    }

    /// Tries one person; without a password as far as that goes.
    pub(crate) async fn try_person(&self, name: &str, password: Option<&Password>) -> Vec<Step> {
        let mut steps = Vec::new();
        let began = Instant::now();
        let mut visit = match self.visit().await {
            Ok(visit) => visit,
            Err(trouble) => return vec![Step::failed("find", began, Fault::Unreachable, trouble.0)],
        };
        let candidate = match visit.find(name).await {
            Ok(Some(candidate)) => candidate,
            Ok(None) => {
                let why = match &visit.found {
                    Looked::Nobody(why) => why,
                    _ => "nobody",
                };
                let what = format!(
                    "{why}; look at user_base, user_filter and username_pattern, and at what the service account may read"
                );
                return vec![Step::failed("find", began, Fault::Person, what)];
            }
            Err(trouble) => return vec![Step::failed("find", began, Fault::Settings, trouble.0)],
        };
        steps.push(Step::ok("find", began, self.seen(&visit, &candidate)));
        if let (Looked::Somebody(entry), Some(line)) = (&visit.found, visit.line.as_mut()) {
            self.look_around(line, entry, &mut steps).await;
        }
        let Some(password) = password else { return steps };
        let began = Instant::now();
        let tried = match self.try_password(&candidate.dn, password).await {
            Ok(tried) => tried,
            Err(trouble) => {
                steps.push(Step::failed("password", began, Fault::Settings, trouble.0));
                return steps;
            }
        };
        let mut step = match &tried.verdict {
            Verdict::Right(_) | Verdict::Stopped(_) => Step::ok("password", began, "right"),
            Verdict::Wrong(why) | Verdict::Busy(why) | Verdict::Trouble(why) => {
                Step::failed("password", began, Fault::Person, format!("{why}; type it again, or look at the account"))
            }
        };
        step.notes = vec![controls(&tried.policy)];
        let goes_on = step.result.is_ok();
        steps.push(step);
        if goes_on {
            let began = Instant::now();
            steps.push(told(began, visit.judge(&candidate, password, tried).await));
        }
        steps
    }

    /// Who was found, in one line.
    fn seen(&self, visit: &Visit<'_>, candidate: &Candidate) -> String {
        let Looked::Somebody(entry) = &visit.found else {
            return format!("the bind is made as {}; nobody is searched before it", candidate.dn);
        };
        let called = entry.texts(&self.settings.display_name_attribute).next().unwrap_or("no display name");
        format!("{} ({called}), from here on {}, id {}", candidate.dn, candidate.name, candidate.key)
    }

    /// What the entry says of its account, and the groups.
    async fn look_around(&self, line: &mut Line, entry: &Entry, steps: &mut Vec<Step>) {
        let settings = &self.settings;
        let began = Instant::now();
        let state = account::state(settings.directory, entry, crate::sys::unix_seconds());
        steps.push(match state {
            account::State::Good => Step::ok("account", began, "nothing against it, as far as may be read"),
            state => {
                let what = format!("{}; look at the account in the directory", words(state));
                Step::failed("account", began, Fault::Person, what)
            }
        });
        if settings.require_filter.is_some() {
            let began = Instant::now();
            steps.push(match self.is_required(line, entry).await {
                Ok(true) => Step::ok("require_filter", began, "matches"),
                Ok(false) => {
                    let what = "require_filter does not take the entry; change the entry or the filter";
                    Step::failed("require_filter", began, Fault::Person, what)
                }
                Err(trouble) => Step::failed("require_filter", began, Fault::Settings, trouble.0),
            });
        }
        let Ok(identity) = person::identity(settings, entry) else { return };
        let began = Instant::now();
        let groups = match groups::of(line, settings, entry, &identity).await {
            Ok(groups) => groups,
            Err(trouble) => return steps.push(Step::failed("groups", began, Fault::Settings, trouble.0)),
        };
        let found = person::found(settings, identity, &groups);
        let mut step = match person::admitted(settings, &groups) {
            Ok(()) if groups.is_empty() => {
                Step::ok("groups", began, format!("none found below {}", settings.group_base))
            }
            Ok(()) => {
                let admin = if found.admin { ", one of admin_groups among them" } else { "" };
                Step::ok("groups", began, format!("{}{admin}", groups.len()))
            }
            Err(why) => {
                let what = format!(
                    "{name} {why}, of {} groups found below {}; look at allow_groups, deny_groups, group_base, group_filter and \
                     directory",
                    groups.len(),
                    settings.group_base,
                    name = found.name
                );
                Step::failed("groups", began, Fault::Person, what)
            }
        };
        step.notes = groups.iter().take(MAX_SHOWN).map(|group| group.dn.clone()).collect();
        if groups.len() > MAX_SHOWN {
            step.notes.push(format!("and {} more", groups.len() - MAX_SHOWN));
        }
        steps.push(step);
    }
}

/// What fails without saying what mends it.
fn with_way_out(step: Option<door::Step>, why: String) -> String {
    let way_out = match step {
        _ if why.contains("; ") => return why,
        Some(door::Step::Resolve) => "correct the host in urls, or this machine's DNS",
        Some(door::Step::StartTls) => "is this a port for ldaps://, or a server without StartTLS?",
        Some(door::Step::Tls) => "write the CA that has signed the certificate into ca_file",
        Some(door::Step::Connect) | None => "is the server running, and no firewall between?",
    };
    format!("{why}; {way_out}")
}

/// Whether it ends so soon, or has ended.
pub(crate) fn expires_within(certificate: &Certificate, time: Duration) -> bool {
    let digits: String = certificate.not_after.chars().filter(char::is_ascii_digit).collect();
    let ends = account::generalized_time(&format!("{digits}Z"));
    ends.is_some_and(|ends| ends < crate::sys::unix_seconds() + time.as_secs())
}

/// The whole login's outcome.
fn told(began: Instant, proof: Result<Proof, Trouble>) -> Step {
    const LOGIN: &str = "login";
    let stopped = |what: &str| Step::failed(LOGIN, began, Fault::Person, what);
    match proof {
        Ok(Proof::In { found, notice }) => {
            let groups = if found.groups.is_empty() { "no groups".to_owned() } else { found.groups.join(", ") };
            let admin = if found.admin { ", sees all sessions" } else { "" };
            let mut step = Step::ok(LOGIN, began, format!("comes in as {}{admin}", found.name));
            step.notes = vec![format!("groups: {groups}")];
            step.notes.extend(notice.map(|notice| match notice {
                super::Notice::ExpiresIn { seconds } => format!("the password expires in {} h", seconds / 3600),
                super::Notice::GraceLoginsLeft { left } => {
                    format!("the password has expired, grace logins left: {left}")
                }
            }));
            step
        }
        Ok(Proof::Refused { reason }) => stopped(&format!("{reason}; look at the entry in the directory")),
        Ok(Proof::Stopped { state, .. }) => stopped(match state {
            Stopped::PasswordExpired => "the password has expired; change it in the directory",
            Stopped::MustChange => "the password must be changed first; change it in the directory",
            Stopped::Disabled => "the account is disabled; enable it in the directory",
            Stopped::AccountExpired => "the account has expired; prolong it in the directory",
            Stopped::NotNow => "not at this hour, or not from here; look at the account's hours and workstations",
            Stopped::NotAllowed => "not allowed; look at allow_groups, deny_groups and require_filter",
        }),
        Err(trouble) => Step::failed(LOGIN, began, Fault::Settings, trouble.0),
    }
}

fn words(state: account::State) -> &'static str {
    match state {
        account::State::Good => "good",
        account::State::Disabled => "disabled",
        account::State::Locked => "locked, or was until a while ago",
        account::State::Expired => "the account has expired",
        account::State::PasswordExpired => "the password has expired",
        account::State::MustChange => "the password must be changed",
    }
}

/// What the bind's controls said.
fn controls(policy: &Policy) -> String {
    let mut seen = Vec::new();
    if policy.spoke {
        seen.push("password policy".to_owned());
    }
    seen.extend(policy.error.map(|error| format!("{error:?}")));
    seen.extend(policy.expires_in.map(|seconds| format!("expires in {seconds} s")));
    seen.extend(policy.grace_left.map(|left| format!("grace logins left: {left}")));
    if policy.expired {
        seen.push("expired".to_owned());
    }
    if seen.is_empty() { "controls: none".to_owned() } else { format!("controls: {}", seen.join(", ")) }
}
