//! Markup in which nothing stands unescaped that did not come from this program's own source.

/// Finished markup. The only ways to get one are a template of the source code and escaping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Html(String);

/// What may fill a gap of a template: text, which is escaped, and finished markup, which is not.
pub(crate) trait Piece {
    fn append(&self, out: &mut String);
}

impl Piece for Html {
    fn append(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl Piece for str {
    /// Safe as text and inside a double-quoted attribute.
    fn append(&self, out: &mut String) {
        for c in self.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(c),
            }
        }
    }
}

impl Piece for &str {
    fn append(&self, out: &mut String) {
        (**self).append(out);
    }
}

impl Piece for String {
    fn append(&self, out: &mut String) {
        self.as_str().append(out);
    }
}

impl Html {
    /// Puts `pieces` into the gaps `{}` of `template`, in order.
    ///
    /// # Panics
    /// If there are more gaps than pieces, or fewer: a slip in the source, found by the first test of the page.
    pub(crate) fn fill(template: &'static str, pieces: &[&dyn Piece]) -> Html {
        let mut parts = template.split("{}");
        assert_eq!(parts.clone().count(), pieces.len() + 1, "gaps and pieces differ: {template}");
        let mut out = String::from(parts.next().unwrap_or_default());
        for (piece, part) in pieces.iter().zip(parts) {
            piece.append(&mut out);
            out.push_str(part);
        }
        Html(out)
    }

    /// Markup without gaps.
    pub(crate) fn fixed(markup: &'static str) -> Html {
        Html(markup.to_owned())
    }

    /// One after the other.
    pub(crate) fn join(pieces: impl IntoIterator<Item = Html>) -> Html {
        Html(pieces.into_iter().map(|piece| piece.0).collect())
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_escaped_and_markup_is_not() {
        let inner = Html::fill("<b>{}</b>", &[&"a<b"]);
        let outer = Html::fill("<p title=\"{}\">{}</p>", &[&"\"'&", &inner]);
        assert_eq!(outer.into_string(), "<p title=\"&quot;&#39;&amp;\"><b>a&lt;b</b></p>");
    }

    #[test]
    #[should_panic(expected = "gaps and pieces differ")]
    fn a_template_with_too_few_pieces_is_refused() {
        Html::fill("{} {}", &[&"one"]);
    }

    proptest! {
        #[test]
        fn no_text_can_open_a_tag_leave_an_attribute_or_start_a_gap(text in ".*") {
            let html = Html::fill("{}", &[&text]).into_string();
            prop_assert!(!html.contains(['<', '>', '"', '\'']));
            let back = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'")
                .replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
