//! A configuration as messages may show it: without the secrets that stand in it.
//!
//! The text may be anything, also no YAML at all, so it is looked at as characters: rather too much is hidden than a
//! piece of a secret shown. What a mask hides depends on the shape of the text alone; no secret is looked up.

mod find;
mod reach;
mod words;

use crate::diagnostic::{Diagnostics, harmless};
use words::cleaned;

/// What of a configuration is hidden.
#[derive(Debug)]
pub(super) struct Mask {
    original: Vec<char>,
    hidden: Vec<bool>,
    sound: bool,
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

#[cfg(test)]
mod tests;
