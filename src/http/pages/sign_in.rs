//! The login form, and why there is none.

use super::{Html, card, path, script};
use crate::{auth::Stopped, language::Words};

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
pub(crate) fn login_wrong(words: &Words, reference: &str) -> String {
    with_reference(words, words.sign_in.wrong, reference)
}

/// The password was right, and yet.
pub(crate) fn login_stopped(words: &Words, state: Stopped, reference: &str) -> String {
    with_reference(words, (words.sign_in.stopped)(state), reference)
}

/// The company's directory does not answer; `users_file`: accounts of this service's own work all the same.
pub(crate) fn login_without_directory(words: &Words, reference: &str, users_file: bool) -> String {
    let say = &words.sign_in;
    with_reference(words, if users_file { say.no_directory_but_own } else { say.no_directory }, reference)
}

fn with_reference(words: &Words, what: &str, reference: &str) -> String {
    format!("{what} {}", (words.sign_in.reference)(reference))
}

/// Fields `user`, `password` and `next`, posted to `/login`; works without JavaScript.
pub(crate) fn login(words: &Words, form: &LoginPage<'_>) -> String {
    let say = &words.sign_in;
    let alert = form.message.map_or_else(Html::default, |message| {
        let change = form.change_password.map_or_else(Html::default, |address| {
            Html::fill(" <a href=\"{}\" rel=\"noreferrer\">{}</a>", &[&address, &words.page.change_password])
        });
        Html::fill("<p class=\"alert\" role=\"alert\" id=\"login-error\">{}{}</p>\n", &[&message, &change])
    });
    let described = if form.message.is_some() { " aria-describedby=\"login-error\"" } else { "" };
    // The password is asked for again, so that is where typing goes on when the name is known.
    let (focus_user, focus_password) = if form.user.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let content = Html::fill(
        "{}<form class=\"stack\" method=\"post\" action=\"/login\">\n\
         <input type=\"hidden\" name=\"next\" value=\"{}\">\n\
         <div class=\"field\"><label for=\"user\">{}</label>\n\
         <input id=\"user\" name=\"user\" type=\"text\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" \
         autocorrect=\"off\" spellcheck=\"false\" maxlength=\"256\" required{}{}></div>\n\
         <div class=\"field\"><label for=\"password\">{}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         maxlength=\"1024\" required{}{}>\n\
         <p class=\"hint\" id=\"password-hint\" role=\"status\"></p></div>\n\
         <button class=\"primary\" type=\"submit\">{}</button>\n</form>\n\
         <p class=\"hint\">{}</p>\n",
        &[
            &alert,
            &form.next,
            &say.user,
            &form.user,
            &Html::fixed(described),
            &Html::fixed(focus_user),
            &say.password,
            &Html::fixed(described),
            &Html::fixed(focus_password),
            &say.submit,
            &say.hint,
        ],
    );
    card(words, say.title, &script(path::LOGIN_JS), &content)
}

/// Instead of the form, where a password would cross the network in the clear.
pub(crate) fn login_refused_plain_http(words: &Words) -> String {
    let say = &words.sign_in;
    card(words, say.plain_http_title, &Html::default(), &Html::fixed(say.plain_http))
}
