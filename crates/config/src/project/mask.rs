//! A configuration as messages may show it: without the secrets that stand in it.
//!
//! The text may be anything, also no YAML at all, so it is looked at as characters: rather too much is hidden than a
//! piece of a secret shown. What a mask hides depends on the shape of the text alone; no secret is looked up.

use crate::diagnostic::{Diagnostics, harmless};

/// Parts of the names of options that hold secrets.
const SECRET: [&str; 9] =
    ["secret", "token", "password", "passphrase", "api_key", "apikey", "private_key", "credential", "auth"];

/// Whole names of such options; names that are spelt nearly so are taken for them, too.
const NAMES: [&str; 11] = [
    "api_key",
    "api_token",
    "token",
    "secret",
    "key_secret",
    "password",
    "passphrase",
    "private_key",
    "secret_access_key",
    "session_token",
    "access_key",
];

/// The keys of a source of secrets, which are no secrets.
const SOURCES: [&str; 3] = ["env", "file", "command"];

/// What of a configuration is hidden.
#[derive(Debug)]
pub(super) struct Mask {
    original: Vec<char>,
    hidden: Vec<bool>,
    sound: bool,
}

/// Whether a value stands between brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Flow,
    Block,
    /// Either could be meant: both are hidden.
    Unclear,
}

impl Mask {
    /// Looks for the values of options that hold secrets, whatever their shape, and for what they point to. Where a value
    /// ends cannot be known when the text is not `sound` YAML: then all that could belong to it is hidden.
    pub(super) fn new(text: &str, sound: bool) -> Self {
        let original: Vec<char> = text.chars().collect();
        let mut mask = Self { hidden: vec![false; original.len()], original, sound };
        for (key, value) in mask.values() {
            mask.hide(key, value);
        }
        // What aliases below secrets stand for is a secret, too.
        let mut known = Vec::new();
        loop {
            let names: Vec<String> =
                mask.aliases().into_iter().filter(|name| !known.contains(name)).collect();
            if names.is_empty() {
                break;
            }
            for (start, value) in mask.anchors(&names) {
                mask.hide(start, value);
            }
            known.extend(names);
        }
        for (start, end) in mask.users() {
            mask.set(start, end, true);
        }
        mask
    }

    /// The text with a star for each hidden character, so that all places in it stay the same.
    pub(super) fn text(&self) -> String {
        let shown = |(c, hidden): (&char, &bool)| if *hidden && !c.is_whitespace() { '*' } else { *c };
        self.original.iter().zip(&self.hidden).map(shown).collect()
    }

    /// Removes what is hidden from the messages about the file `name`.
    pub(super) fn conceal(&self, name: &str, found: &mut Diagnostics) {
        if !self.hidden.contains(&true) {
            return;
        }
        let original: String = self.original.iter().collect();
        let texts = (harmless(&original).into_owned(), self.text());
        let all = std::mem::take(found).into_iter().map(|mut diagnostic| {
            let Some(at) = diagnostic.source.as_ref().filter(|source| *source.file == *name) else {
                return diagnostic;
            };
            let inside = self.is_hidden(at.line, at.column);
            let clean = |text: &mut String| *text = cleaned(text, inside, &texts.0, &texts.1);
            clean(&mut diagnostic.message);
            diagnostic.label.iter_mut().for_each(clean);
            diagnostic.help.iter_mut().for_each(clean);
            diagnostic.related.iter_mut().for_each(|(_, words)| clean(words));
            diagnostic
        });
        *found = all.collect();
    }

    fn is_hidden(&self, line: u32, column: u32) -> bool {
        let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1);
        let (Some(line), Some(column)) = (index(line), index(column)) else { return false };
        let mut starts = std::iter::once(0).chain(
            self.original.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(at, _)| at.saturating_add(1)),
        );
        let at = starts.nth(line).map(|start| start.saturating_add(column));
        at.and_then(|at| self.hidden.get(at)).copied().unwrap_or(false)
    }

    fn at(&self, index: usize) -> Option<char> {
        self.original.get(index).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &[char] {
        self.original.get(from..to).unwrap_or_default()
    }

    /// Where the next of these characters is, or the end.
    fn find(&self, from: usize, wanted: impl Fn(char) -> bool) -> usize {
        let rest = self.slice(from, self.original.len());
        rest.iter().position(|c| wanted(*c)).map_or(self.original.len(), |at| from.saturating_add(at))
    }

    fn set(&mut self, from: usize, to: usize, hidden: bool) {
        self.hidden.get_mut(from..to).unwrap_or_default().fill(hidden);
    }

    /// Each key of a secret, and where its value begins.
    fn values(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(c) = self.at(at) {
            let (end, secret) = if is_of_name(c) {
                let end = self.find(at, |c| !is_of_name(c));
                (end, is_secret(&self.slice(at, end).iter().collect::<String>()))
            } else if c == '"' {
                // An escape can spell any name.
                let end = self.closing(at);
                let whole = self.slice(at, end);
                if !whole.contains(&'\\') || whole.contains(&'\n') {
                    at += 1;
                    continue;
                }
                (end, true)
            } else {
                at += 1;
                continue;
            };
            if secret {
                let after = if matches!(self.at(end), Some('"' | '\'')) { end + 1 } else { end };
                let colon = self.find(after, |c| !c.is_whitespace());
                if self.at(colon) == Some(':') {
                    found.push((at, colon + 1));
                }
            }
            at = end.max(at + 1);
        }
        found
    }

    /// Where the user names and passwords of URLs are (RFC 3986 section 3.2.1), whatever option holds them. A password may
    /// hold what belongs into no URL.
    fn users(&self) -> Vec<(usize, usize)> {
        let starts = self.original.windows(3).enumerate().filter(|(_, three)| three == &[':', '/', '/']);
        let users = starts.filter_map(|(colon, _)| {
            let start = colon.saturating_add(3);
            let scheme = self.slice(0, colon).iter().rev().find(|c| !is_of_name(**c) && **c != '+');
            let quote = scheme.copied().filter(|c| matches!(c, '"' | '\''));
            let mut last = ' ';
            let end = self.original.iter().enumerate().skip(start).find(|(_, c)| {
                let before = std::mem::replace(&mut last, **c);
                let plain = match **c {
                    '}' => true,
                    '#' => before.is_whitespace(),
                    c => before == ',' && c.is_whitespace(),
                };
                **c == '\n' || quote.map_or(plain, |quote| **c == quote)
            });
            let end = end.map_or(self.original.len(), |(at, _)| at);
            let length = self.slice(start, end).iter().rposition(|c| *c == '@')?;
            Some((start, start.saturating_add(length)))
        });
        users.collect()
    }

    /// The names of the aliases in what is hidden.
    fn aliases(&self) -> Vec<String> {
        let starts = |(at, _): &(usize, &char)| self.hidden.get(*at) == Some(&true);
        let stars = self.original.iter().enumerate().filter(|(_, c)| **c == '*').filter(starts);
        let names = stars.map(|(at, _)| {
            self.slice(at + 1, self.find(at + 1, |c| !is_of_anchor(c))).iter().collect::<String>()
        });
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Where anchors with these names stand, and where their values begin.
    fn anchors(&self, names: &[String]) -> Vec<(usize, usize)> {
        let starts = self.original.iter().enumerate().filter(|(_, c)| **c == '&').map(|(at, _)| at);
        let ends = starts.map(|at| (at, self.find(at + 1, |c| !is_of_anchor(c))));
        let named =
            |(at, end): &(usize, usize)| names.contains(&self.slice(at + 1, *end).iter().collect::<String>());
        ends.filter(named).collect()
    }

    /// Hides the value that begins at `value`; `key` is where what leads to it begins.
    fn hide(&mut self, key: usize, value: usize) {
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

    fn indent(&self, line: usize) -> usize {
        self.find(line, |c| !matches!(c, ' ' | '\t')).saturating_sub(line)
    }

    /// Behind the quote that closes the one at `start`; the end when there is none.
    fn closing(&self, start: usize) -> usize {
        let Some(quote) = self.at(start) else { return start };
        let mut at = start + 1;
        while let Some(c) = self.at(at) {
            match c {
                '\\' if quote == '"' => at += 1,
                c if c == quote && quote == '\'' && self.at(at + 1) == Some('\'') => at += 1,
                c if c == quote => return at + 1,
                _ => {}
            }
            at += 1;
        }
        self.original.len()
    }

    /// Behind the bracket that closes the one at `start`; the end when there is none.
    fn bracketed(&self, start: usize) -> usize {
        let (mut at, mut depth, mut fresh) = (start, 0_usize, true);
        while let Some(c) = self.at(at) {
            let mut end = at + 1;
            match c {
                '"' | '\'' if fresh => end = self.closing(at),
                '#' if at.checked_sub(1).and_then(|at| self.at(at)).is_some_and(char::is_whitespace) => {
                    end = self.find(at, |c| c == '\n');
                }
                '{' | '[' => depth += 1,
                '}' | ']' if depth <= 1 => return end,
                '}' | ']' => depth -= 1,
                _ => {}
            }
            fresh = matches!(c, '{' | '[' | ',' | ':') || c.is_whitespace() && fresh;
            at = end;
        }
        self.original.len()
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn is_of_anchor(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ',' | '[' | ']' | '{' | '}')
}

/// Whether a key is the name of an option that holds a secret, or nearly one.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    // Names with dots are those of zones.
    if name.contains('.') || name == "secret_handlers" || name.ends_with("_file") {
        return false;
    }
    matches!(name.as_str(), "key" | "pass")
        || SECRET.iter().any(|part| name.contains(part))
        || NAMES.iter().any(|known| is_near(&name, known))
}

/// Whether two words differ by one character, or by two that changed places.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(before..).unwrap_or_default(), b.get(before..).unwrap_or_default());
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (a.get(..a.len() - after), b.get(..b.len() - after)) {
        (Some([a, x]), Some([b, y])) => a == y && b == x,
        (Some(a), Some(b)) => a.len() <= 1 && b.len() <= 1,
        _ => false,
    }
}

/// A message without what is hidden. Messages quote what a file says.
fn cleaned(message: &str, inside: bool, original: &str, masked: &str) -> String {
    let mut message = message.to_owned();
    for quote in ['`', '"'] {
        let spans: Vec<&str> = message.split(quote).skip(1).step_by(2).collect();
        let is_shown = |span: &&str| {
            let span = span.trim_end_matches('…');
            SOURCES.contains(&span) || masked.contains(span) || !inside && !original.contains(span)
        };
        if spans.iter().all(is_shown) {
            continue;
        }
        if original.matches(quote).count() == masked.matches(quote).count() {
            let piece = |(index, piece): (usize, &str)| match index % 2 == 0 || is_shown(&piece) {
                true => piece.to_owned(),
                false => "***".to_owned(),
            };
            message =
                message.split(quote).enumerate().map(piece).collect::<Vec<_>>().join(&quote.to_string());
            continue;
        }
        // A quote in the secret would make the spans wrong: all between the first and the last goes.
        if let (Some(first), Some(last)) = (message.find(quote), message.rfind(quote)) {
            let unclosed = first == last;
            let before = message.get(..first).unwrap_or_default();
            let after = if unclosed { "" } else { message.get(last + 1..).unwrap_or_default() };
            message = format!("{before}{quote}***{quote}{after}");
        }
    }
    message
}

#[cfg(test)]
mod tests;
