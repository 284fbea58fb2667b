//! The languages of the pages, how one is chosen, and every sentence of the daemon's that people read. What the scripts say
//! stands in `web/words.*.js`. The CLI, the journal, and codes speak English alone.

mod choice; //  what Accept-Language asks for
mod english; // each sentence
mod german; //  each sentence
mod help; //    what the table has for the help
mod table; //   what a language has to say

#[cfg(test)]
mod tests;

pub(crate) use help::Help;
pub(crate) use table::{Saying, Words};

/// A language in which all pages can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// Each of them. The first is for whoever wants none of them.
    pub(crate) const ALL: [Language; 2] = [Language::English, Language::German];

    /// As `lang` has it, and the browser's cookie.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// The language of this tag, exactly as it is written.
    pub(crate) fn of_tag(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Of ours the one that `Accept-Language` (its values joined by commas) wants most.
    pub(crate) fn accepted(header: &str) -> Language {
        choice::accepted(header)
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Language::English => &english::WORDS,
            Language::German => &german::WORDS,
        }
    }
}
