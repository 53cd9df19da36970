//! Words, quotes, parentheses and comments.

use super::Fault;
use crate::Source;
use std::ops::Range;
use std::sync::Arc;

/// How many octets an entry in parentheses may take. The largest rdata has 65,535 octets, at most four characters each.
const LONGEST_ENTRY: usize = 1 << 20;

/// A fault and the octets of the text that are to blame.
pub(super) type Located<T> = Result<T, (Fault, Range<usize>)>;

/// A word of an entry: its text without quotes, escapes not yet resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) quoted: bool,
}

impl Word<'_> {
    /// Where it stands, quotes included.
    pub(super) fn place(&self) -> Range<usize> {
        self.start..self.start + self.text.len() + 2 * usize::from(self.quoted)
    }
}

/// Walks over the entries of a file. An entry is a line, or several inside parentheses.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    /// Where the outermost open parenthesis stands.
    open: usize,
    /// Where the entry's first line starts, and its number.
    entry: usize,
    line: u32,
}

/// An entry without its parentheses and comments.
#[derive(Debug, Default)]
pub(super) struct Copy {
    text: String,
    gaps: Vec<Range<usize>>,
}

impl Copy {
    /// Copies `text`, which starts at `start` of the file, with blanks in the gaps.
    fn fill(&mut self, text: &str, start: usize) -> &str {
        self.text.clear();
        for gap in &self.gaps {
            let part = text.get(self.text.len()..gap.start - start);
            self.text.push_str(part.unwrap_or_default());
            self.text.extend(std::iter::repeat_n(' ', gap.len()));
        }
        self.text.push_str(text.get(self.text.len()..).unwrap_or_default());
        &self.text
    }
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // A byte order mark, as editors on Windows write it, is no part of a name.
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at, depth: 0, open: 0, entry: at, line: 1 }
    }

    /// How far it has come, in octets.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves to the next entry that holds something; true when it starts with a blank. `None` at the end of the text.
    pub(super) fn entry(&mut self) -> Option<bool> {
        loop {
            let start = self.at;
            while let Some(b' ' | b'\t' | b'\r') = self.byte() {
                self.at += 1;
            }
            match self.byte()? {
                b';' => self.comment(),
                b'\n' => {}
                _ => return Some(self.at > start),
            }
            self.end_line();
        }
    }

    /// Skips to the end of the entry, and of its line.
    pub(super) fn finish(&mut self) {
        loop {
            match self.word() {
                Ok(Some(_)) => {}
                Ok(None) => return self.end_line(),
                Err(_) => return self.recover(),
            }
        }
    }

    /// Goes on behind a fault in quotes or parentheses: at the next line, or where parentheses are open at the first
    /// line behind the parenthesis that looks like a new entry.
    pub(super) fn recover(&mut self) {
        let inside = self.depth > 0;
        if inside {
            self.at = self.open;
            self.depth = 0;
        }
        self.comment();
        self.end_line();
        while inside && matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b')')) {
            self.comment();
            self.end_line();
        }
    }

    /// Skips the rest of the line.
    fn comment(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    }

    /// Steps over the line feed that ends the entry.
    fn end_line(&mut self) {
        let passed = self.text.as_bytes().get(self.entry..self.at).unwrap_or_default();
        let inside = passed.iter().filter(|&&byte| byte == b'\n').count();
        self.at += usize::from(self.at < self.text.len());
        self.line = self.line.saturating_add(u32::try_from(inside).unwrap_or(u32::MAX)).saturating_add(1);
        self.entry = self.at;
    }

    /// Skips blanks and what counts as such inside parentheses; false at the end of the entry.
    fn skip(&mut self) -> Located<bool> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b';') => self.comment(),
                Some(b'\n') if self.depth == 0 => return Ok(false),
                Some(b'\n') if self.at - self.entry > LONGEST_ENTRY => return Err(self.unclosed()),
                Some(b'\n') => self.at += 1,
                Some(b'(') => self.parenthesis(),
                Some(b')') => self.close()?,
                Some(_) => return Ok(true),
                None if self.depth > 0 => return Err(self.unclosed()),
                None => return Ok(false),
            }
        }
    }

    fn unclosed(&self) -> (Fault, Range<usize>) {
        (Fault::OpenParenthesis, self.open..self.open + 1)
    }

    fn parenthesis(&mut self) {
        if self.depth == 0 {
            self.open = self.at;
        }
        self.depth = self.depth.saturating_add(1);
        self.at += 1;
    }

    fn close(&mut self) -> Located<()> {
        let place = self.at..self.at + 1;
        self.depth = self.depth.checked_sub(1).ok_or((Fault::CloseParenthesis, place))?;
        self.at += 1;
        Ok(())
    }

    /// The next word of the entry, or `None` at its end.
    pub(super) fn word(&mut self) -> Located<Option<Word<'t>>> {
        if !self.skip()? {
            return Ok(None);
        }
        let start = self.at;
        if self.byte() == Some(b'"') {
            self.quoted()?;
            let text = self.text.get(start + 1..self.at - 1).unwrap_or_default();
            return Ok(Some(Word { text, start, quoted: true }));
        }
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' | b'"' => break,
                b'\\' => self.escape()?,
                _ => self.at += 1,
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(Some(Word { text, start, quoted: false }))
    }

    /// Steps over a quoted text.
    fn quoted(&mut self) -> Located<()> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.byte() {
                None | Some(b'\n') => return Err((Fault::OpenQuote, start..self.at)),
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Steps over a backslash and the first octet that it escapes.
    fn escape(&mut self) -> Located<()> {
        let next = self.text.get(self.at + 1..).and_then(|rest| rest.chars().next());
        match next {
            None | Some('\n' | '\r') => Err((Fault::OpenEscape, self.at..self.at + 1)),
            Some(character) => {
                self.at += 1 + character.len_utf8();
                Ok(())
            }
        }
    }

    /// What is left of the entry as one text, and where it starts. Parentheses and comments in it are overwritten with
    /// blanks in `copy`, so that an offset in it is one in the file.
    pub(super) fn rest<'b>(&mut self, copy: &'b mut Copy) -> Located<(&'b str, usize)>
    where
        't: 'b,
    {
        if !self.skip()? {
            return Ok(("", self.at));
        }
        let start = self.at;
        let mut end = start;
        copy.gaps.clear();
        while let Some(byte) = self.byte() {
            let from = self.at;
            match byte {
                b'"' => self.quoted()?,
                b'\\' => self.escape()?,
                b'\n' if self.depth == 0 => break,
                b' ' | b'\t' | b'\r' => {
                    self.at += 1;
                    continue;
                }
                b'\n' | b'(' | b')' | b';' => {
                    self.skip()?;
                    copy.gaps.push(from..self.at);
                    continue;
                }
                _ => self.at += 1,
            }
            end = self.at;
        }
        if end - start > LONGEST_ENTRY {
            return Err((Fault::LongEntry(LONGEST_ENTRY), start..start));
        }
        copy.gaps.retain(|gap| gap.start < end);
        let text = self.text.get(start..end).unwrap_or_default();
        Ok((if copy.gaps.is_empty() { text } else { copy.fill(text, start) }, start))
    }

    /// Where an octet of the current entry stands, and how many characters there are in `place`.
    pub(super) fn locate(&self, file: &Arc<str>, place: &Range<usize>) -> (Source, u32) {
        let before = self.text.get(self.entry..place.start).unwrap_or_default();
        let lines = before.bytes().filter(|&byte| byte == b'\n').count();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let source = Source {
            file: Arc::clone(file),
            line: self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
            column: count(line).saturating_add(1),
        };
        // A place that ends in the middle of a character covers all of it.
        let end = (place.end..=self.text.len()).find(|&end| self.text.is_char_boundary(end));
        let length = self.text.get(place.start..end.unwrap_or(place.start)).map_or(0, count);
        (source, length)
    }
}
