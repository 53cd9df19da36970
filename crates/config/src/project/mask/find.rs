//! Where secrets begin.

use super::Mask;
use super::words::{is_of_anchor, is_of_name, is_secret};

impl Mask {
    /// Each key of a secret, and where its value begins.
    pub(super) fn values(&self) -> Vec<(usize, usize)> {
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
    pub(super) fn users(&self) -> Vec<(usize, usize)> {
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
    pub(super) fn aliases(&self) -> Vec<String> {
        let starts = |(at, _): &(usize, &char)| self.hidden.get(*at) == Some(&true);
        let stars = self.original.iter().enumerate().filter(|(_, c)| **c == '*').filter(starts);
        let names = stars.map(|(at, _)| {
            self.slice(at + 1, self.find(at + 1, |c| !is_of_anchor(c))).iter().collect::<String>()
        });
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Where anchors with these names stand, and where their values begin.
    pub(super) fn anchors(&self, names: &[String]) -> Vec<(usize, usize)> {
        let starts = self.original.iter().enumerate().filter(|(_, c)| **c == '&').map(|(at, _)| at);
        let ends = starts.map(|at| (at, self.find(at + 1, |c| !is_of_anchor(c))));
        let named =
            |(at, end): &(usize, usize)| names.contains(&self.slice(at + 1, *end).iter().collect::<String>());
        ends.filter(named).collect()
    }
}
