//! Terminal output as the text that somebody would look for in it: no model of the screen, only its characters in the
//! order in which they came.

use super::{
    is_harmless,
    parser::{Asked, Parser},
};

/// Characters of a line that are kept; what a program writes beyond that begins another one.
const LONGEST_LINE: usize = 4096;

/// Takes terminal output and gives lines of text.
///
/// A line ends where the cursor goes elsewhere, so that words which only stand beside each other do not become one. What
/// is erased by going back is not kept, so that a command is found as it was typed in the end.
#[derive(Debug)]
pub(crate) struct PlainText {
    parser: Parser,
    line: String,
    length: usize,
}

impl PlainText {
    pub(crate) fn new() -> PlainText {
        PlainText { parser: Parser::new(), line: String::new(), length: 0 }
    }

    /// Takes more output; `ended` is given each line that is complete, and never an empty one.
    pub(crate) fn push(&mut self, output: &str, mut ended: impl FnMut(&str)) {
        for byte in output.bytes() {
            match self.parser.byte(byte) {
                Asked::Print(code) => self.print(code, &mut ended),
                Asked::Execute(0x08) => {
                    self.length -= usize::from(self.line.pop().is_some());
                }
                Asked::Execute(0x09) => self.print(0x20, &mut ended),
                Asked::Execute(0x0a..=0x0d | 0x84 | 0x85) => self.end(&mut ended),
                Asked::Csi(0, b'C') => self.print(0x20, &mut ended),
                Asked::Csi(0, b'A' | b'B' | b'D'..=b'J' | b'L' | b'M' | b'S' | b'T' | b'd' | b'f' | b'u')
                | Asked::Esc(0, b'7' | b'8' | b'D' | b'E' | b'M' | b'c') => self.end(&mut ended),
                Asked::Osc => _ = self.parser.take_osc(),
                _ => {} // colours, modes: nothing moves
            }
        }
    }

    /// The line that has begun.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    fn print(&mut self, code: u32, ended: &mut impl FnMut(&str)) {
        if self.length >= LONGEST_LINE {
            self.end(ended);
        }
        if let Some(char) = char::from_u32(code).filter(|char| is_harmless(*char)) {
            self.line.push(char);
            self.length += 1;
        }
    }

    fn end(&mut self, ended: &mut impl FnMut(&str)) {
        if !self.line.trim().is_empty() {
            ended(self.line.trim_end());
        }
        self.line.clear();
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(output: &str) -> Vec<String> {
        let mut all = Vec::new();
        let mut text = PlainText::new();
        text.push(output, |line| all.push(line.to_owned()));
        all.push(text.line().to_owned());
        all
    }

    #[test]
    fn colours_and_titles_are_no_text_and_a_command_reads_as_it_was_typed_in_the_end() {
        assert_eq!(
            lines("\x1b]0;title\x07\x1b[1;32mcrew\x1b[m:~$ lss\x08\x1b[K -l\r\nno\x1b[?2004hte\r\n\r\n$ "),
            ["crew:~$ ls -l", "note", "$ "]
        );
        assert_eq!(lines("ab\x08 \x08c\tx"), ["ac x"]);
        assert_eq!(lines("wide \u{6f22}\u{5b57}\n"), ["wide \u{6f22}\u{5b57}", ""]);
    }

    #[test]
    fn words_on_different_lines_of_a_screen_do_not_become_one() {
        assert_eq!(lines("\x1b[2J\x1b[1;1Hfoo\x1b[2;1Hbar\x1b[5Cbaz"), ["foo", "bar baz"]);
    }

    #[test]
    fn a_sequence_cut_in_two_is_no_text_and_a_line_without_end_is_cut() {
        let mut text = PlainText::new();
        text.push("a\x1b[3", |_| panic!("no line is over"));
        text.push("1mb\x08\x08\x08\x08", |_| panic!("no line is over"));
        assert_eq!(text.line(), "");
        let mut count = 0;
        text.push(&"x".repeat(10 * LONGEST_LINE + 1), |line| count += line.len());
        assert_eq!((count, text.line()), (10 * LONGEST_LINE, "x"));
    }
}
