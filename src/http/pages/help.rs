//! Help for the people who use it.

use super::{Html, Terms, brand, duration, page};

/// `terms`: how long sessions last here.
pub(crate) fn help(terms: Terms) -> String {
    let body = Html::fill(
        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n<header class=\"bar\">{}</header>\n\
         <main id=\"main\" class=\"page\">\n<h1>Help</h1>\n\
         <h2>When it ends</h2>\n<ul><li>{} without typing</li><li>{} without a browser</li><li>{} in all</li></ul>\n</main>\n",
        &[&brand(), &duration(terms.idle), &duration(terms.detached), &duration(terms.lifetime)],
    );
    page("Help", &Html::default(), "help", &body)
}
