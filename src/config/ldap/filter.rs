//! What the directory is asked, as text whose every value from outside is escaped for the place it stands in.
//!
//! A [`Filter`] and a [`BindName`] are made here and nowhere else, so what a person types cannot become their structure.

use std::fmt;

const USERNAME: &str = "{username}";
const USER_DN: &str = "{user_dn}";
const MAX_TEMPLATE: usize = 2048; // bytes
/// Parentheses in each other: ldap3 reads filters by recursion.
const MAX_DEPTH: usize = 16;
/// What Active Directory allows in no `sAMAccountName`, and `@`: with them a login name would be a name of another kind.
const NOT_IN_A_LOGIN_NAME: &str = "\"/\\[]:;|=,+*?<>@";

/// A search filter, RFC 4515, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Filter(String);

impl Filter {
    /// Every entry.
    pub(crate) fn everything() -> Filter {
        Filter("(objectClass=*)".into())
    }

    /// `attribute` must be the configuration's or a constant of ours.
    pub(crate) fn equals(attribute: &str, value: &str) -> Filter {
        Filter(format!("({attribute}={})", ldap3::ldap_escape(value)))
    }

    /// As [`Filter::equals`], of a value that is not text.
    pub(crate) fn equals_bytes(attribute: &str, value: &[u8]) -> Filter {
        let escaped: String = value.iter().map(|byte| format!("\\{byte:02x}")).collect();
        Filter(format!("({attribute}={escaped})"))
    }

    pub(crate) fn any(filters: impl IntoIterator<Item = Filter>) -> Filter {
        Filter(format!("(|{})", concat(filters)))
    }

    pub(crate) fn all(filters: impl IntoIterator<Item = Filter>) -> Filter {
        Filter(format!("(&{})", concat(filters)))
    }

    /// Reads what the operator wrote.
    ///
    /// # Errors
    /// With what is wrong and what to write.
    pub(crate) fn parse(text: &str) -> Result<Filter, NotAFilter> {
        let template = FilterTemplate::parse(text)?;
        match template.parts.as_slice() {
            [Part::Text(whole)] => Ok(Filter(whole.clone())),
            _ => Err(NotAFilter::NoPlaceholderHere),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn concat(filters: impl IntoIterator<Item = Filter>) -> String {
    filters.into_iter().map(|filter| filter.0).collect()
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no filter; the sentence says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAFilter {
    #[error("is over {MAX_TEMPLATE} bytes; write a shorter filter")]
    TooLong,
    #[error(
        "has a placeholder that is not known; write {{username}} or {{user_dn}}, and a literal brace as \\7b or \\7d"
    )]
    Placeholder,
    #[error("has a placeholder where no value stands; write it behind the =, like (uid={{username}})")]
    Position,
    #[error("has a placeholder that would be the same for everybody; write this filter without one")]
    NoPlaceholderHere,
    #[error(
        "is not a filter: its parentheses do not match or an operator is missing; write it like (&(objectClass=person)(uid={{username}}))"
    )]
    Syntax,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
enum Part {
    Text(String),
    Username,
    UserDn,
}

/// A filter with places for `{username}` and `{user_dn}`, each in the position of a value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct FilterTemplate {
    parts: Vec<Part>,
}

impl FilterTemplate {
    /// # Errors
    /// With what is wrong and what to write.
    pub(crate) fn parse(text: &str) -> Result<FilterTemplate, NotAFilter> {
        if text.len() > MAX_TEMPLATE {
            return Err(NotAFilter::TooLong);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            let (part, length) = if from.starts_with(USERNAME) {
                (Part::Username, USERNAME.len())
            } else if from.starts_with(USER_DN) {
                (Part::UserDn, USER_DN.len())
            } else {
                return Err(NotAFilter::Placeholder);
            };
            if before.contains('}') {
                return Err(NotAFilter::Placeholder);
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(part);
            rest = &from[length..];
            if !in_a_value(&text[..text.len() - from.len()]) {
                return Err(NotAFilter::Position);
            }
        }
        if rest.contains('}') {
            return Err(NotAFilter::Placeholder);
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let template = FilterTemplate { parts };
        let sample = template.fill("x", "cn=x");
        if !text.starts_with('(') || depth(text) > MAX_DEPTH || ldap3::parse_filter(sample.as_str()).is_err() {
            return Err(NotAFilter::Syntax);
        }
        Ok(template)
    }

    /// Both values are escaped; whatever they are, they stay values.
    pub(crate) fn fill(&self, username: &str, user_dn: &str) -> Filter {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => whole.push_str(text),
                Part::Username => whole.push_str(&ldap3::ldap_escape(username)),
                Part::UserDn => whole.push_str(&ldap3::ldap_escape(user_dn)),
            }
        }
        Filter(whole)
    }

    /// Whether [`FilterTemplate::fill_any`] is a filter: `{username}` is compared for equality, or is part of a pattern.
    pub(crate) fn can_be_any(&self) -> bool {
        let mut before = "";
        let plain = self.parts.iter().all(|part| {
            if let Part::Text(text) = part {
                before = text;
                return true;
            }
            let item = &before[before.rfind('(').map_or(0, |at| at + 1)..];
            ![":=", ">=", "<=", "~="].iter().any(|operator| item.contains(operator))
        });
        let whole = self.fill_any();
        plain && !whole.0.contains("**") && ldap3::parse_filter(whole.as_str()).is_ok()
    }

    /// Takes whoever has any name.
    pub(crate) fn fill_any(&self) -> Filter {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Username | Part::UserDn => "*".to_owned(),
        };
        Filter(self.parts.iter().map(part).collect())
    }

    pub(crate) fn has_username(&self) -> bool {
        self.parts.contains(&Part::Username)
    }

    pub(crate) fn has_user_dn(&self) -> bool {
        self.parts.contains(&Part::UserDn)
    }

    /// Whether the text of the filter has this.
    pub(crate) fn mentions(&self, what: &str) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(what)))
    }
}

/// Whether what follows `before` is part of an assertion value, and not of an escape that has begun.
fn in_a_value(before: &str) -> bool {
    let item = &before[before.rfind('(').map_or(0, |at| at + 1)..];
    let escape_is_open = item.as_bytes().iter().rev().take(2).any(|byte| *byte == b'\\');
    item.contains('=') && !item.contains(')') && !escape_is_open
}

fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => now += 1,
            b')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// What is sent as the name of a bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BindName(String);

impl BindName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no template of bind names; the sentence says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotABindTemplate {
    #[error("is over {MAX_TEMPLATE} bytes or has a control character; write a shorter one")]
    Unfit,
    #[error(
        "has not exactly one {{username}} and no other brace; write \"uid={{username}},ou=people,dc=example,dc=org\""
    )]
    Placeholder,
    #[error(
        "is neither a DN with {{username}} as a value nor a login name around it; write \
         \"uid={{username}},ou=people,dc=example,dc=org\", \"{{username}}@ad.example.org\" or \"EXAMPLE\\\\{{username}}\""
    )]
    Shape,
}

/// `auth.ldap.user_dn_template`: a DN, or what Active Directory takes instead, around `{username}`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct BindTemplate {
    before: String,
    after: String,
    /// Else a login name like `mira@example.org` or `EXAMPLE\mira`.
    is_dn: bool,
}

impl BindTemplate {
    /// # Errors
    /// With what is wrong and what to write.
    pub(crate) fn parse(text: &str) -> Result<BindTemplate, NotABindTemplate> {
        if text.len() > MAX_TEMPLATE || text.chars().any(char::is_control) {
            return Err(NotABindTemplate::Unfit);
        }
        let (before, after) = text.split_once(USERNAME).ok_or(NotABindTemplate::Placeholder)?;
        if [before, after].iter().any(|half| half.contains(['{', '}'])) {
            return Err(NotABindTemplate::Placeholder);
        }
        let is_dn = text.contains('=');
        let fits = if is_dn {
            let plain = super::Dn::parse(&format!("{before}x{after}")).is_some();
            plain && !before.ends_with('\\') && super::dn::ends_in_a_value(before)
        } else {
            (before.is_empty() && after.starts_with('@') && after.len() > 1)
                || (after.is_empty() && before.len() > 1 && before.ends_with('\\') && !before.starts_with('\\'))
        };
        let template = BindTemplate { before: before.to_owned(), after: after.to_owned(), is_dn };
        if fits { Ok(template) } else { Err(NotABindTemplate::Shape) }
    }

    /// `None` if nobody can have this name: in a DN everything is escaped, in a login name some characters cannot be.
    pub(crate) fn fill(&self, username: &str) -> Option<BindName> {
        if username.is_empty() || (!self.is_dn && username.contains(|c| NOT_IN_A_LOGIN_NAME.contains(c))) {
            return None;
        }
        let value = if self.is_dn { ldap3::dn_escape(username) } else { username.into() };
        Some(BindName(format!("{}{value}{}", self.before, self.after)))
    }

    /// The domain that a DN ends in; empty if it ends otherwise.
    pub(super) fn suffix(&self) -> &str {
        let suffix = super::dn::suffix(&self.after);
        if self.is_dn && suffix != self.after { suffix } else { "" }
    }

    pub(crate) fn is_dn(&self) -> bool {
        self.is_dn
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod position;
#[cfg(test)]
mod tests;
