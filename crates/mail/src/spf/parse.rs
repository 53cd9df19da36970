//! Reading an SPF record (RFC 7208 sections 4.5, 4.6 and 12).

mod domain;
mod hint;
mod style;
mod term;
mod version;

pub use version::near_miss;

use super::{FaultKind, MacroText, Part, Record};
use crate::fault::excerpt;
use crate::{Fault, Span};

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The terms that could be read; absent when the text is no SPF record.
    pub record: Option<Record>,
    /// Everything that is wrong or unwise, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

impl Parsed {
    /// Whether receivers read it: it is an SPF record without an error of syntax.
    pub fn is_valid(&self) -> bool {
        self.record.is_some() && !self.faults.iter().any(Fault::is_error)
    }
}

/// Whether a text is an SPF record: `v=spf1` and then a space or the end (RFC 7208 section 4.5).
pub fn is_spf(text: &[u8]) -> bool {
    match text.split_at_checked(VERSION.len()) {
        Some((version, rest)) => {
            version.eq_ignore_ascii_case(VERSION) && rest.first().is_none_or(|&next| next == b' ')
        }
        None => false,
    }
}

const VERSION: &[u8] = b"v=spf1";

/// Reads a record and tells all its faults. It takes time in proportion to the length of the text.
pub fn parse(text: &[u8]) -> Parsed {
    counted(text).0
}

/// Reads the text of an explanation, in which spaces and the macros `c`, `r` and `t` may stand (RFC 7208 section 6.2).
pub fn parse_explanation(text: &[u8]) -> (MacroText, Vec<Fault<FaultKind>>) {
    let mut parser = Parser::default();
    let read = parser.text(text, 0, true);
    (read, parser.faults)
}

/// The same, and how many octets were looked at in all.
pub(super) fn counted(text: &[u8]) -> (Parsed, usize) {
    let mut parser = Parser::default();
    if !is_spf(text) {
        parser.faults.push(version::fault(text));
        return (Parsed { record: None, faults: parser.faults }, parser.steps);
    }
    let mut record = Record::default();
    let mut at = VERSION.len();
    parser.steps += text.len();
    for word in text.get(at..).unwrap_or(&[]).split(|&octet| octet == b' ') {
        let span = Span::new(at, at + word.len());
        at = span.end + 1;
        if !word.is_empty() {
            record.terms.extend(parser.word(word, span));
        }
    }
    style::look(&record, text, &mut parser);
    parser.faults.sort_by_key(|fault| fault.span);
    (Parsed { record: Some(record), faults: parser.faults }, parser.steps)
}

/// Collects faults, and counts the octets that were looked at.
#[derive(Default)]
struct Parser {
    faults: Vec<Fault<FaultKind>>,
    steps: usize,
}

impl Parser {
    fn fault(&mut self, kind: FaultKind, span: impl Into<Span>, message: impl Into<String>) {
        self.faults.push(Fault::new(kind, span, message));
    }

    fn failed(&self, since: usize) -> bool {
        self.faults.iter().skip(since).any(Fault::is_error)
    }

    /// A text with macros that starts at octet `offset`.
    fn text(&mut self, text: &[u8], offset: usize, explanation: bool) -> MacroText {
        self.steps += text.len();
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((&first, after)) = rest.split_first() {
            let at = offset + (text.len() - rest.len());
            if first != b'%' {
                let plain = |&octet: &u8| octet != b'%' && is_plain(octet, explanation);
                let length = rest.iter().take_while(|octet| plain(octet)).count();
                if length == 0 {
                    let strange = |&octet: &u8| octet != b'%' && !is_plain(octet, explanation);
                    let length = rest.iter().take_while(|octet| strange(octet)).count().max(1);
                    rest = self.strange(rest, length, at);
                    continue;
                }
                let (literal, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                parts.push(Part::Literal(literal.iter().copied().map(char::from).collect()));
                rest = after;
                continue;
            }
            rest = match after.first() {
                Some(b'%') => push(&mut parts, Part::Percent, after),
                Some(b'_') => push(&mut parts, Part::Space, after),
                Some(b'-') => push(&mut parts, Part::UrlSpace, after),
                Some(b'{') => self.macro_part(rest, at, explanation, &mut parts),
                _ => {
                    let words = "\"%\" begins a macro: a percent sign itself is written \"%%\"";
                    self.fault(FaultKind::Macro, at..at + 1, words);
                    after
                }
            };
        }
        MacroText { parts }
    }

    /// Octets that may not stand there at all.
    fn strange<'t>(&mut self, rest: &'t [u8], length: usize, at: usize) -> &'t [u8] {
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        // A space is only strange in a name, which is never cut at spaces unless a caller brings it.
        let (kind, words) = if run.iter().any(|octet| !octet.is_ascii()) {
            (FaultKind::NotAscii, "only US-ASCII is allowed")
        } else {
            (FaultKind::Control, "only spaces separate terms")
        };
        self.fault(kind, at..at + length, format!("\"{}\" may not stand here: {words}", excerpt(run)));
        after
    }
}

/// Whether an octet may stand for itself: `macro-literal` without `%`, and a space in an explanation.
fn is_plain(octet: u8, explanation: bool) -> bool {
    octet.is_ascii_graphic() || (explanation && octet == b' ')
}

fn push<'t>(parts: &mut Vec<Part>, part: Part, after: &'t [u8]) -> &'t [u8] {
    parts.push(part);
    after.get(1..).unwrap_or(&[])
}
