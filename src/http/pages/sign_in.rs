//! The login form, and why there is none.

use super::{Html, card, path, script, words::duration};
use crate::auth::Stopped;

/// What the login form shows.
#[derive(Debug, Default)]
pub(crate) struct LoginPage<'a> {
    /// Where to go afterwards: a path of this origin that the caller has checked; empty for the start page.
    pub(crate) next: &'a str,
    /// The name that was typed; the password never comes back.
    pub(crate) user: &'a str,
    /// Why the form is shown again, or that the login has ended.
    pub(crate) message: Option<&'a str>,
    /// Where to get another password, after the message.
    pub(crate) change_password: Option<&'a str>,
}

/// Name or password was wrong: the same words for an account that does not exist.
pub(crate) fn login_wrong(reference: &str) -> String {
    format!("That name and password do not go together. Reference {reference}.")
}

/// Too many tries; `seconds` until the next one counts.
pub(crate) fn login_slow(seconds: u64) -> String {
    format!("Too many tries. Try again in {}.", duration(seconds))
}

/// The password was right, and yet.
pub(crate) fn login_stopped(state: Stopped, reference: &str) -> String {
    let why = match state {
        Stopped::PasswordExpired => {
            "Your password has expired. Change it where you do that otherwise, then sign in here."
        }
        Stopped::MustChange => "You must change your password before you can sign in here.",
        Stopped::Disabled => "Your account is disabled. Whoever looks after accounts where you work can tell you why.",
        Stopped::AccountExpired => {
            "Your account has expired. Whoever looks after accounts where you work can prolong it."
        }
        Stopped::NotNow => "Your account may not be used at this hour, or not from here.",
        Stopped::NotAllowed => "Your account may not use this service. Ask whoever runs it to let you in.",
    };
    format!("{why} Reference {reference}.")
}

/// The company's directory does not answer; `users_file`: accounts of this service's own work all the same.
pub(crate) fn login_without_directory(reference: &str, users_file: bool) -> String {
    let what = if users_file {
        "The company’s directory does not answer, so only accounts of this service’s own can sign in, with the right \
         password. If yours is in the directory, try again in a minute."
    } else {
        "The company’s directory does not answer, so nobody can sign in at the moment. Try again in a minute."
    };
    format!("{what} Reference {reference}.")
}

/// Fields `user`, `password` and `next`, posted to `/login`; works without JavaScript.
pub(crate) fn login(form: &LoginPage<'_>) -> String {
    let alert = form.message.map_or_else(Html::default, |message| {
        let change = form.change_password.map_or_else(Html::default, |address| {
            Html::fill(" <a href=\"{}\" rel=\"noreferrer\">Change your password</a>", &[&address])
        });
        Html::fill("<p class=\"alert\" role=\"alert\" id=\"login-error\">{}{}</p>\n", &[&message, &change])
    });
    let described = if form.message.is_some() { " aria-describedby=\"login-error\"" } else { "" };
    // The password is asked for again, so that is where typing goes on when the name is known.
    let (focus_user, focus_password) = if form.user.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let content = Html::fill(
        "{}<form class=\"stack\" method=\"post\" action=\"/login\">\n\
         <input type=\"hidden\" name=\"next\" value=\"{}\">\n\
         <div class=\"field\"><label for=\"user\">User name</label>\n\
         <input id=\"user\" name=\"user\" type=\"text\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" \
         autocorrect=\"off\" spellcheck=\"false\" maxlength=\"256\" required{}{}></div>\n\
         <div class=\"field\"><label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         maxlength=\"1024\" required{}{}>\n\
         <p class=\"hint\" id=\"password-hint\" role=\"status\"></p></div>\n\
         <button class=\"primary\" type=\"submit\">Sign in</button>\n</form>\n\
         <p class=\"hint\">You get a Linux shell of your own. When the session ends, nothing of it is kept.</p>\n",
        &[
            &alert,
            &form.next,
            &form.user,
            &Html::fixed(described),
            &Html::fixed(focus_user),
            &Html::fixed(described),
            &Html::fixed(focus_password),
        ],
    );
    card("Sign in", &script(path::LOGIN_JS), &content)
}

/// Instead of the form, where a password would cross the network in the clear.
pub(crate) fn login_refused_plain_http() -> String {
    let content = Html::fixed(
        "<p class=\"alert\">This page came over plain HTTP, so a password typed here could be read on the way. \
         Coracle does not ask for it.</p>\n\
         <p>Ask for the <code>https://</code> address of this service.</p>\n\
         <p class=\"hint\">For the administrator: serve it over HTTPS, with a certificate in <code>server.tls</code> of \
         <code>config.toml</code> or through a proxy, and set <code>server.public_url</code> to that address; a proxy on \
         another machine must be in <code>server.trusted_proxies</code> and say <code>X-Forwarded-Proto: https</code>. On a network where everybody is \
         trusted, <code>server.insecure_http = true</code> allows this form over plain HTTP.</p>\n",
    );
    card("No sign-in over plain HTTP", &Html::default(), &content)
}
