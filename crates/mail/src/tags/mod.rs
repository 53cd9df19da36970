//! The tag-list of RFC 6376 section 3.2, as DKIM, DMARC, MTA-STS, TLS-RPT and BIMI write it.
//!
//! All of them are `name=value` pairs with `;` between; they differ in which blanks and which names they allow. The list
//! is read whatever is wrong in it, and each grammar says what a fault means for its readers.

mod fault;
mod values;

pub use fault::FaultKind;
pub use values::{Item, items};
pub(crate) use values::{extension, first, not_first};

use crate::fault::excerpt;
use crate::{Fault, Span};
use std::collections::HashSet;

/// What a grammar allows in its tag-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// RFC 6376 section 3.2: blanks and folded lines anywhere, empty values, names of letters, digits and `_`.
    Folded,
    /// RFC 9989 section 4.8: blanks around `=` and `;`, no empty values, names of letters.
    Blanks,
    /// RFC 8461 section 3.1 and RFC 8460 section 3: no blank around `=`, no empty values, names of 1 to 32 letters,
    /// digits, `_`, `-` and `.`.
    Tight,
}

/// One `name=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name as it is written.
    pub name: &'a [u8],
    /// Where the name stands.
    pub name_span: Span,
    /// The value without the blanks around it.
    pub value: &'a [u8],
    /// Where that value stands.
    pub value_span: Span,
    /// Where the whole pair stands, without the blanks around it.
    pub span: Span,
}

impl Tag<'_> {
    /// The value as text; octets that are not UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.value).into_owned()
    }
}

/// A tag-list: every pair that has a name and an `=`, and everything that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<'a> {
    /// The pairs in their order, those with a repeated name included.
    pub tags: Vec<Tag<'a>>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

impl<'a> List<'a> {
    /// The first tag of this name, which is case-sensitive (RFC 6376 section 3.2).
    pub fn get(&self, name: &[u8]) -> Option<&Tag<'a>> {
        self.tags.iter().find(|tag| tag.name == name)
    }
}

/// Reads a tag-list.
pub fn parse(text: &[u8], style: Style) -> List<'_> {
    let mut reader = Reader { text, style, seen: HashSet::new(), tags: Vec::new(), faults: Vec::new() };
    let mut start = 0;
    for piece in text.split(|&octet| octet == b';') {
        let end = start + piece.len();
        reader.piece(Span::new(start, end));
        start = end + 1;
    }
    List { tags: reader.tags, faults: reader.faults }
}

struct Reader<'a> {
    text: &'a [u8],
    style: Style,
    seen: HashSet<&'a [u8]>,
    tags: Vec<Tag<'a>>,
    faults: Vec<Fault<FaultKind>>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, kind: FaultKind, span: Span, message: String) {
        self.faults.push(Fault::new(kind, span, message));
    }

    /// Reads what stands between two semicolons.
    fn piece(&mut self, piece: Span) {
        let span = trimmed(self.text, piece);
        if span.is_empty() {
            self.empty(piece);
            return;
        }
        self.outer_blanks(piece, span);
        let body = self.octets(span);
        let Some(equals) = body.iter().position(|&octet| octet == b'=') else {
            let message =
                format!("\"{}\" is no tag: there is no \"=\" between a name and a value", excerpt(body));
            self.fault(FaultKind::NoEquals, span, message);
            return;
        };
        let equals = span.start + equals;
        let name_span = trimmed(self.text, Span::new(span.start, equals));
        let value_span = trimmed(self.text, Span::new(equals + 1, span.end));
        self.inner_blanks(name_span, equals, value_span);
        self.name(name_span, span);
        self.value(name_span, value_span);
        let (name, value) = (self.octets(name_span), self.octets(value_span));
        if !self.seen.insert(name) && !name.is_empty() {
            let message = format!("the tag \"{}\" stands more than once", excerpt(name));
            self.fault(FaultKind::Duplicate, span, message);
        }
        self.tags.push(Tag { name, name_span, value, value_span, span });
    }

    /// Nothing between two semicolons: allowed only behind the last one. Several in a row are one fault.
    fn empty(&mut self, piece: Span) {
        let last = piece.end == self.text.len();
        if last && !self.tags.is_empty() {
            return;
        }
        if last && piece.start == 0 {
            return self.fault(FaultKind::Empty, piece, "the text is empty".to_owned());
        }
        if last {
            return;
        }
        // The piece and the semicolon that ends it.
        let span = Span::new(piece.start, piece.end + 1);
        if let Some(before) = self.faults.last_mut()
            && before.kind == FaultKind::EmptyTag
            && before.span.end == span.start
        {
            before.span.end = span.end;
            return;
        }
        self.fault(FaultKind::EmptyTag, span, "there is no tag before this semicolon".to_owned());
    }

    /// Blanks before the first tag and behind the last.
    fn outer_blanks(&mut self, piece: Span, span: Span) {
        if self.style == Style::Folded {
            return;
        }
        if piece.start == 0 && span.start > 0 {
            let message = "there are blanks before the first tag: readers take the text for something else";
            self.fault(FaultKind::LeadingBlank, Span::new(0, span.start), message.to_owned());
        }
        if piece.end == self.text.len() && span.end < piece.end {
            let blank = Span::new(span.end, piece.end);
            self.fault(FaultKind::TrailingBlank, blank, "there are blanks behind the last tag".to_owned());
        }
    }

    fn inner_blanks(&mut self, name: Span, equals: usize, value: Span) {
        if self.style != Style::Tight {
            return;
        }
        for blank in [Span::new(name.end, equals), Span::new(equals + 1, value.start)] {
            if !blank.is_empty() && !name.is_empty() {
                let message = "there may be no blank around \"=\" in this record";
                self.fault(FaultKind::BlankAroundEquals, blank, message.to_owned());
            }
        }
    }

    fn name(&mut self, name: Span, span: Span) {
        let octets = self.octets(name);
        if octets.is_empty() {
            let message = "there is no name before \"=\"";
            return self.fault(FaultKind::NoName, Span::new(span.start, span.start + 1), message.to_owned());
        }
        if !is_name(octets, self.style) {
            let allowed = match self.style {
                Style::Folded => "a letter, then letters, digits and \"_\"",
                Style::Blanks => "letters",
                Style::Tight => {
                    "at most 32 letters, digits, \"_\", \"-\" and \".\", the first a letter or a digit"
                }
            };
            let message = format!("\"{}\" is no name of a tag: it has {allowed}", excerpt(octets));
            self.fault(FaultKind::Name, name, message);
        }
    }

    fn value(&mut self, name: Span, value: Span) {
        if value.is_empty() && self.style != Style::Folded {
            let message = format!("the tag \"{}\" has no value", excerpt(self.octets(name)));
            let place = Span::new(name.start, value.end);
            return self.fault(FaultKind::NoValue, place, message);
        }
        let mut run: Option<Span> = None;
        let octets = self.octets(value);
        for (index, &octet) in octets.iter().enumerate() {
            let good = match octet {
                b' '..=b'~' | b'\t' => true,
                b'\r' | b'\n' if self.style == Style::Folded => folds(octets, index),
                _ => false,
            };
            let at = value.start + index;
            match &mut run {
                _ if good => {}
                Some(span) if span.end == at => span.end = at + 1,
                _ => {
                    self.bad_octets(run);
                    run = Some(Span::new(at, at + 1));
                }
            }
        }
        self.bad_octets(run);
    }

    fn bad_octets(&mut self, run: Option<Span>) {
        if let Some(span) = run {
            let message = format!("\"{}\" is not printable ASCII", excerpt(self.octets(span)));
            self.fault(FaultKind::Octet, span, message);
        }
    }

    fn octets(&self, span: Span) -> &'a [u8] {
        self.text.get(span.start..span.end).unwrap_or(&[])
    }
}

/// Whether the CR or LF at `index` belongs to a folded line: CR LF and a blank (RFC 6376 section 2.8).
fn folds(octets: &[u8], index: usize) -> bool {
    let (carriage, line) = match octets.get(index) {
        Some(b'\r') => (Some(index), index + 1),
        _ => (index.checked_sub(1), index),
    };
    carriage.and_then(|at| octets.get(at)) == Some(&b'\r')
        && octets.get(line) == Some(&b'\n')
        && matches!(octets.get(line + 1), Some(b' ' | b'\t'))
}

/// Whether these octets are a tag's name.
fn is_name(octets: &[u8], style: Style) -> bool {
    let Some((first, rest)) = octets.split_first() else { return false };
    match style {
        Style::Folded => {
            first.is_ascii_alphabetic() && rest.iter().all(|o| o.is_ascii_alphanumeric() || *o == b'_')
        }
        Style::Blanks => octets.iter().all(u8::is_ascii_alphabetic),
        Style::Tight => {
            first.is_ascii_alphanumeric()
                && octets.len() <= 32
                && rest.iter().all(|o| o.is_ascii_alphanumeric() || matches!(o, b'_' | b'-' | b'.'))
        }
    }
}

/// The span without blanks and line ends at its sides.
pub(crate) fn trimmed(text: &[u8], span: Span) -> Span {
    let octets = text.get(span.start..span.end).unwrap_or(&[]);
    let is_text = |octet: &u8| !matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let Some(first) = octets.iter().position(is_text) else { return Span::new(span.start, span.start) };
    let last = octets.iter().rposition(is_text).unwrap_or(first);
    Span::new(span.start + first, span.start + last + 1)
}

#[cfg(test)]
mod tests;
