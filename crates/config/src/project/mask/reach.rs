//! How far the value of a secret reaches.

use super::Mask;
use super::words::{SOURCES, is_of_name};

/// Whether a value stands between brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Flow,
    Block,
    /// Either could be meant: both are hidden.
    Unclear,
}

impl Mask {
    /// Hides the value that begins at `value`; `key` is where what leads to it begins.
    pub(super) fn hide(&mut self, key: usize, value: usize) {
        let before = self.slice(0, key).iter().rposition(|c| *c == '\n');
        let line = before.map_or(0, |at| at + 1);
        let open = |from: usize| {
            let count = |of: [char; 2]| self.slice(from, key).iter().filter(|c| of.contains(c)).count();
            (count(['{', '[']), count(['}', ']']))
        };
        let ((opened, closed), (all_opened, all_closed)) = (open(line), open(0));
        let context = if opened > closed {
            Context::Flow
        } else if all_opened == all_closed {
            Context::Block
        } else {
            Context::Unclear
        };
        if context != Context::Flow {
            self.hide_block(line, value);
        }
        if context != Context::Block {
            self.hide_flow(value);
        }
        if !self.sound {
            self.hide_rest(line, value);
        }
    }

    /// Hides the rest of the line and what is deeper; all when brackets or quotes may reach further.
    fn hide_rest(&mut self, line: usize, start: usize) {
        let indent = self.indent(line);
        let mut end = self.find(start, |c| c == '\n');
        let count = |of: &[char]| self.slice(0, end).iter().filter(|c| of.contains(c)).count();
        let open =
            count(&['{', '[']) != count(&['}', ']']) || count(&['"']) % 2 != 0 || count(&['\'']) % 2 != 0;
        while end < self.original.len() {
            let next = end + 1;
            let first = self.find(next, |c| !c.is_whitespace());
            if !open && self.indent(next) <= indent && self.find(next, |c| c == '\n') > first {
                break;
            }
            end = self.find(next, |c| c == '\n');
        }
        self.set(start, end, true);
    }

    /// Hides to the end of a value between brackets.
    fn hide_flow(&mut self, start: usize) {
        let (mut at, mut depth, mut fresh) = (start, 0_usize, true);
        while let Some(c) = self.at(at) {
            let mut end = at + 1;
            match c {
                '"' | '\'' if fresh => end = self.closing(at),
                '#' if at.checked_sub(1).and_then(|at| self.at(at)).is_some_and(char::is_whitespace) => {
                    end = self.find(at, |c| c == '\n');
                }
                '{' | '[' => depth += 1,
                '}' | ']' if depth == 0 => break,
                '}' | ']' => depth -= 1,
                ',' if depth == 0 && !self.goes_on(at + 1) => break,
                _ => {}
            }
            self.set(at, end, true);
            let shape = matches!(c, '{' | '}' | '[' | ']' | ',' | ':');
            if shape && (depth > 0 || matches!(c, '}' | ']')) {
                self.set(at, end, c == ':' && self.at(end).is_some_and(|next| !next.is_whitespace()));
            }
            // A text of a list or of a mapping may begin behind these.
            fresh = shape || c.is_whitespace() && fresh;
            at = end;
        }
        self.show_sources(start, at);
    }

    /// Whether what follows a comma is no key, but more of a text with a comma in it.
    fn goes_on(&self, from: usize) -> bool {
        let end = self.find(from, |c| matches!(c, ',' | '}' | ']' | '{' | '['));
        let piece: String = self.slice(from, end).iter().collect();
        let piece = piece.trim();
        let key =
            piece.contains(": ") || piece.contains(":\n") || piece.contains("\":") || piece.ends_with(':');
        !piece.is_empty() && !key && !piece.starts_with('#')
    }

    /// Hides to the end of a value that ends with its indentation.
    fn hide_block(&mut self, line: usize, start: usize) {
        let indent = self.indent(line);
        let first = self.find(start, |c| !matches!(c, ' ' | '\t'));
        let mut end = match self.at(first) {
            Some('{' | '[') => {
                let end = self.bracketed(first);
                self.hide_flow_part(first, end);
                end
            }
            Some('"' | '\'') => self.closing(first),
            _ => first,
        };
        end = self.find(end, |c| c == '\n');
        if !matches!(self.at(first), Some('{' | '[')) {
            self.set(first, end, true);
        } else {
            self.set(self.bracketed(first), end, true);
        }
        let mut empty = first >= end || matches!(self.at(first), Some('&' | '!' | '#'));
        while end < self.original.len() {
            let next = end + 1;
            let stop = self.find(next, |c| c == '\n');
            let text: String = self.slice(next, stop).iter().collect();
            let words = text.trim();
            let item = words == "-" || words.starts_with("- ");
            let key = words.contains(": ") || words.ends_with(':') || words.starts_with("---");
            let belongs = words.is_empty()
                || self.indent(next) > indent
                || self.indent(next) == indent && item
                || empty && !key && !words.starts_with('#');
            if belongs {
                // A quote or a bracket may reach further than its line.
                let begin = self.find(next, |c| !c.is_whitespace());
                let stop = match self.at(begin).filter(|_| empty && begin < stop) {
                    Some('"' | '\'') => self.find(self.closing(begin), |c| c == '\n'),
                    Some('{' | '[') => self.find(self.bracketed(begin), |c| c == '\n'),
                    _ => stop,
                };
                self.set(next, stop, true);
                empty &= words.is_empty();
                end = stop;
            } else if words.starts_with('#') {
                end = stop;
            } else {
                return;
            }
        }
    }

    /// Hides a value in brackets, and leaves its shape.
    fn hide_flow_part(&mut self, start: usize, end: usize) {
        self.set(start, end, true);
        let mut at = start;
        while at < end {
            match self.at(at) {
                Some('"' | '\'') if at > start => at = self.closing(at),
                Some('{' | '}' | '[' | ']') => {
                    self.set(at, at + 1, false);
                    at += 1;
                }
                _ => at += 1,
            }
        }
        self.show_sources(start, end);
    }

    /// Shows the keys that say what a source of secrets is.
    fn show_sources(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let end = self.find(at, |c| !is_of_name(c)).min(to);
            let word: String = self.slice(at, end).iter().collect();
            let is_key = self.at(end) == Some(':') && self.at(end + 1).is_some_and(char::is_whitespace);
            if is_key && SOURCES.contains(&word.as_str()) {
                self.set(at, end + 1, false);
            }
            at = end.max(at) + 1;
        }
    }
}
