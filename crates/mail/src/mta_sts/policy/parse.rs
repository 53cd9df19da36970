//! Reading a policy file.

use super::{FaultKind, LONGEST, Mode, Policy};
use crate::fault::excerpt;
use crate::mta_sts::Pattern;
use crate::{Fault, Span};
use std::collections::HashSet;

/// The size that RFC 8461 section 3.3 suggests as a limit, in octets.
const SIZE: usize = 64 * 1024;

/// What a file says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Whether `version: STSv1` is there.
    pub version: bool,
    /// `mode`, when it is valid.
    pub mode: Option<Mode>,
    /// `max_age` in seconds, when it is valid.
    pub max_age: Option<u32>,
    /// The patterns that are valid, and where they stand.
    pub mx: Vec<(Pattern, Span)>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<Fault<FaultKind>>,
}

impl Parsed {
    /// The policy, when it has all that a sender needs.
    pub fn policy(&self) -> Option<Policy> {
        let (mode, max_age) = (self.mode?, self.max_age?);
        let patterns = || self.mx.iter().map(|(pattern, _)| pattern.clone());
        let usable = self.version && (mode == Mode::None || !self.mx.is_empty());
        usable.then(|| Policy { mode, max_age, mx: patterns().collect() })
    }
}

/// Reads a policy file (RFC 8461 section 3.2).
pub fn parse(text: &[u8]) -> Parsed {
    let mut reader =
        Reader { text, parsed: Parsed::default(), seen: HashSet::new(), patterns: HashSet::new() };
    let mut start = 0;
    if text.starts_with(b"\xef\xbb\xbf") {
        start = 3;
        let message = "the file starts with a byte order mark: senders do not find the first key";
        reader.fault(FaultKind::ByteOrderMark, Span::new(0, 3), message);
    }
    reader.octets(start);
    for line in text.get(start..).unwrap_or(&[]).split_inclusive(|octet| *octet == b'\n') {
        let end = start + line.len();
        let content = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        reader.line(Span::new(start, start + content.len()));
        start = end;
    }
    reader.whole()
}

struct Reader<'a> {
    text: &'a [u8],
    parsed: Parsed,
    /// The keys that occurred.
    seen: HashSet<&'a [u8]>,
    patterns: HashSet<Pattern>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, kind: FaultKind, span: Span, message: impl Into<String>) {
        self.parsed.faults.push(Fault::new(kind, span, message));
    }

    /// Octets that belong into no policy, wherever they stand; neighbours of one kind are one fault.
    fn octets(&mut self, from: usize) {
        let mut at = from;
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let (kind, length) = bad_octets(rest);
            let Some(kind) = kind else {
                at += length;
                continue;
            };
            let span = Span::new(at, at + length);
            at += length;
            if let Some(last) = self.parsed.faults.last_mut()
                && last.kind == kind
                && last.span.end == span.start
            {
                last.span.end = span.end;
                continue;
            }
            let message = match kind {
                FaultKind::Nul => "an octet 0 does not belong here".to_owned(),
                FaultKind::CarriageReturn => "a CR without an LF: lines end with LF or CR LF".to_owned(),
                _ => format!(
                    "\"{}\" does not belong here: a policy is printable UTF-8",
                    excerpt(span.of(self.text))
                ),
            };
            self.fault(kind, span, message);
        }
    }

    fn line(&mut self, span: Span) {
        let line = span.of(self.text);
        let Some(colon) = line.iter().position(|octet| *octet == b':') else {
            if line.trim_ascii().is_empty() {
                return self.empty(span);
            }
            let message = format!("\"{}\" has no colon: a line is \"key: value\"", excerpt(line));
            return self.fault(FaultKind::NoColon, span, message);
        };
        let key_span = crate::tags::trimmed(self.text, Span::new(span.start, span.start + colon));
        let value = crate::tags::trimmed(self.text, Span::new(span.start + colon + 1, span.end));
        for blank in [Span::new(span.start, key_span.start), Span::new(key_span.end, span.start + colon)] {
            if !blank.is_empty() {
                let message = "there may be no blank before a key, or between it and the colon";
                self.fault(FaultKind::Blank, blank, message);
            }
        }
        self.field(key_span, value, span);
    }

    /// Empty lines are not in the grammar; at the end of the file nobody minds.
    fn empty(&mut self, span: Span) {
        let rest = self.text.get(span.end..).unwrap_or(&[]);
        if rest.first().is_some_and(|octet| !octet.is_ascii_whitespace()) || rest.len() > 2 {
            self.fault(FaultKind::EmptyLine, span, "the line is empty");
        }
    }

    fn field(&mut self, key_span: Span, value: Span, line: Span) {
        let key = self.octets_of(key_span);
        if !is_key(key) {
            let message = format!(
                "\"{}\" is no key: it has at most 32 letters, digits, \"_\", \"-\" and \".\"",
                excerpt(key)
            );
            let span = if key_span.is_empty() { line } else { key_span };
            return self.fault(FaultKind::Key, span, message);
        }
        if key == b"mx" {
            return self.mx(value, line);
        }
        if !self.seen.insert(key) {
            let message = format!("\"{}\" stands more than once: the first one counts", excerpt(key));
            return self.fault(FaultKind::Duplicate, line, message);
        }
        match key {
            b"version" => self.version(value, line),
            b"mode" => self.mode(value, line),
            b"max_age" => self.max_age(value, line),
            _ => {
                let message = format!("RFC 8461 knows no key \"{}\": senders ignore it", excerpt(key));
                self.fault(FaultKind::UnknownKey, key_span, message);
            }
        }
    }

    fn version(&mut self, value: Span, line: Span) {
        self.parsed.version = value.of(self.text) == b"STSv1";
        if !self.parsed.version {
            let message =
                format!("\"{}\" is no version: \"STSv1\" is the only one", excerpt(value.of(self.text)));
            self.fault(FaultKind::Version, shown(value, line), message);
        }
    }

    fn mode(&mut self, value: Span, line: Span) {
        let octets = value.of(self.text);
        let modes = [Mode::Enforce, Mode::Testing, Mode::None];
        self.parsed.mode = modes.into_iter().find(|mode| mode.as_str().as_bytes() == octets);
        if self.parsed.mode.is_none() {
            let message = format!("\"{}\" is no mode: enforce, testing and none are", excerpt(octets));
            self.fault(FaultKind::Mode, shown(value, line), message);
        }
    }

    fn max_age(&mut self, value: Span, line: Span) {
        let octets = value.of(self.text);
        let digits = Some(octets).filter(|o| (1..=10).contains(&o.len()) && o.iter().all(u8::is_ascii_digit));
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u32>().ok());
        self.parsed.max_age = number.filter(|seconds| *seconds <= LONGEST);
        if self.parsed.max_age.is_none() {
            let message =
                format!("\"{}\" is no time: it is a number of seconds, at most {LONGEST}", excerpt(octets));
            self.fault(FaultKind::MaxAge, shown(value, line), message);
        }
    }

    fn mx(&mut self, value: Span, line: Span) {
        self.seen.insert(b"mx");
        let octets = value.of(self.text);
        let pattern = std::str::from_utf8(octets).map_err(|_| "it is not UTF-8".to_owned());
        match pattern.and_then(|text| Pattern::parse(text).map_err(|error| error.to_string())) {
            Ok(pattern) => {
                if self.patterns.insert(pattern.clone()) {
                    self.parsed.mx.push((pattern, value));
                } else {
                    self.fault(FaultKind::MxTwice, line, format!("\"{pattern}\" stands twice"));
                }
            }
            Err(reason) => {
                let message = format!("\"{}\" is no pattern for a mail exchanger: {reason}", excerpt(octets));
                self.fault(FaultKind::Mx, shown(value, line), message);
            }
        }
    }

    /// What only the whole file tells.
    fn whole(mut self) -> Parsed {
        let end = Span::new(self.text.len(), self.text.len());
        for (key, kind, message) in [
            (&b"version"[..], FaultKind::VersionMissing, "there is no \"version: STSv1\""),
            (b"mode", FaultKind::ModeMissing, "there is no \"mode\""),
            (b"max_age", FaultKind::MaxAgeMissing, "there is no \"max_age\""),
        ] {
            if !self.seen.contains(key) {
                self.fault(kind, end, message);
            }
        }
        if !self.seen.contains(&b"mx"[..]) && self.parsed.mode != Some(Mode::None) {
            self.fault(FaultKind::MxMissing, end, "there is no \"mx\": no mail exchanger fits this policy");
        }
        if self.text.len() > SIZE {
            let message = format!(
                "the file has {} octets: senders need not read more than 64 kB (RFC 8461 section 3.3)",
                self.text.len()
            );
            self.fault(FaultKind::Long, Span::new(SIZE, self.text.len()), message);
        }
        self.parsed.faults.sort_by_key(|fault| fault.span);
        self.parsed
    }

    fn octets_of(&self, span: Span) -> &'a [u8] {
        self.text.get(span.start..span.end).unwrap_or(&[])
    }
}

/// The value, or the line where there is none.
fn shown(value: Span, line: Span) -> Span {
    if value.is_empty() { line } else { value }
}

/// RFC 8461 section 3.2, sts-policy-ext-name.
fn is_key(key: &[u8]) -> bool {
    key.first().is_some_and(u8::is_ascii_alphanumeric)
        && key.len() <= 32
        && key.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.'))
}

/// What is wrong at the start of `rest`, and how many octets that, or a good part, takes.
fn bad_octets(rest: &[u8]) -> (Option<FaultKind>, usize) {
    let good = |octet: &u8| matches!(octet, b' '..=b'~' | b'\t' | b'\n');
    match rest {
        [0, ..] => (Some(FaultKind::Nul), 1),
        [b'\r', b'\n', ..] => (None, 2),
        [b'\r', ..] => (Some(FaultKind::CarriageReturn), 1),
        [first, ..] if good(first) => {
            (None, rest.iter().position(|octet| !good(octet)).unwrap_or(rest.len()))
        }
        [0x80..=0xff, ..] => {
            // One character has at most four octets.
            let most = rest.get(..rest.len().min(4)).unwrap_or(rest);
            let valid = match std::str::from_utf8(most) {
                Ok(text) => text.chars().next().map_or(0, char::len_utf8),
                Err(error) => most.get(..error.valid_up_to()).map_or(0, |valid| {
                    std::str::from_utf8(valid)
                        .ok()
                        .and_then(|text| text.chars().next())
                        .map_or(0, char::len_utf8)
                }),
            };
            if valid > 0 { (None, valid) } else { (Some(FaultKind::Character), 1) }
        }
        _ => (Some(FaultKind::Character), 1),
    }
}
