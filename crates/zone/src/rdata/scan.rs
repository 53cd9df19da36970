//! Words of a presentation text.

use super::error::Reason;
use crate::name::escape;
use std::ops::Range;

/// Walks over the words of an rdata: separated by blanks, quoted where they hold blanks. Parentheses and
/// comments belong to the master file and are gone before this.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// One word: its text without quotes, escapes not yet resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) raw: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word<'_> {
    pub(super) fn place(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The octets with escapes resolved (RFC 1035 section 5.1).
    pub(super) fn octets(&self) -> Result<Vec<u8>, Reason> {
        let mut rest = self.raw.as_bytes();
        if !rest.contains(&b'\\') {
            return Ok(rest.to_vec());
        }
        let mut octets = Vec::with_capacity(rest.len());
        while let Some((&octet, after)) = rest.split_first() {
            if octet == b'\\' {
                let (octet, after) = escape(after).ok_or_else(|| {
                    let shown: String = String::from_utf8_lossy(rest).chars().take(4).collect();
                    Reason::from(format!("the escape \"{shown}\" is not valid: write \\DDD with a number up to 255, or a backslash and a character"))
                })?;
                octets.push(octet);
                rest = after;
            } else {
                octets.push(octet);
                rest = after;
            }
        }
        Ok(octets)
    }
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// How far it has come, in octets.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// The next word, or `None` at the end.
    pub(super) fn word(&mut self) -> Result<Option<Word<'t>>, Reason> {
        self.skip_blanks();
        let start = self.at;
        let bytes = self.rest().as_bytes();
        let Some(&first) = bytes.first() else { return Ok(None) };
        let quoted = first == b'"';
        let mut end = usize::from(quoted);
        loop {
            match bytes.get(end) {
                Some(b'\\') => end += 2,
                Some(b'"') if quoted => break,
                None if quoted => return Err("the quote is not closed".into()),
                None => break,
                Some(b' ' | b'\t' | b'\n' | b'\r') if !quoted => break,
                Some(b'"') => {
                    return Err("there is a quote inside a word: put a blank before it, or write \\\"".into());
                }
                Some(_) => end += 1,
            }
        }
        let end = end.min(bytes.len());
        let raw = self.text.get(start + usize::from(quoted)..start + end);
        let raw =
            raw.ok_or_else(|| Reason::from("a backslash stands before a character that is not ASCII"))?;
        self.at = start + end + usize::from(quoted);
        if quoted
            && !matches!(self.rest().as_bytes().first(), None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'"'))
        {
            return Err("there is text right behind a closing quote: put a blank between".into());
        }
        Ok(Some(Word { raw, start, end: self.at }))
    }

    /// The next service parameter: `key`, `key=value` or `key="value"` (RFC 9460 section 2.1).
    pub(super) fn parameter(&mut self) -> Result<Option<(&'t str, Option<Word<'t>>)>, Reason> {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest.find(['=', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        let Some((key, after)) = rest.split_at_checked(length).filter(|(key, _)| !key.is_empty()) else {
            return if rest.is_empty() {
                Ok(None)
            } else {
                Err("a service parameter starts with its key".into())
            };
        };
        self.at += length;
        if !after.starts_with('=') {
            return Ok(Some((key, None)));
        }
        self.at += 1;
        if self.rest().starts_with([' ', '\t', '\n', '\r']) || self.rest().is_empty() {
            return Ok(Some((key, None)));
        }
        Ok(Some((key, self.word()?)))
    }
}
