//! Reading a DMARC record.

use super::{Alignment, FailureOptions, FaultKind, Policy, PublicSuffix, Record, Requested};
use crate::fault::excerpt;
use crate::report_uri::{self, Uri};
use crate::tags::{self, List, Style, Tag, items};
use crate::{Fault, Span};
use std::collections::HashSet;

/// What a text says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The record; `None` when receivers do not take the text for one, since it does not start with `v=DMARC1`.
    pub record: Option<Record>,
    /// The known tags and where they stand, of a repeated one the first.
    pub places: Vec<(&'static str, Span)>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

impl Parsed {
    /// Where the tag of this name stands.
    pub fn place(&self, tag: &str) -> Option<Span> {
        self.places.iter().find(|(name, _)| *name == tag).map(|(_, span)| *span)
    }
}

const KNOWN: [&str; 14] =
    ["v", "p", "sp", "np", "t", "psd", "adkim", "aspf", "rua", "ruf", "fo", "pct", "ri", "rf"];

/// Whether receivers take a text for a DMARC record: it starts with `v=DMARC1` (RFC 9989 section 4.10).
pub fn is_dmarc(text: &[u8]) -> bool {
    let end = text.iter().position(|octet| *octet == b';').unwrap_or(text.len());
    let first = tags::parse(text.get(..end).unwrap_or(text), Style::Blanks);
    first.tags.first().is_some_and(|tag| is_version(tag, text))
}

/// ABNF takes "v" in either case; the value is case-sensitive. No blank may stand before it (RFC 9989 section 4.8).
fn is_version(tag: &Tag<'_>, text: &[u8]) -> bool {
    let blank = text.first().is_some_and(u8::is_ascii_whitespace);
    tag.name.eq_ignore_ascii_case(b"v") && tag.value == b"DMARC1" && !blank
}

/// Reads a DMARC record (RFC 9989 sections 4.7 and 4.8; the removed tags by RFC 7489 section 6.3).
pub fn parse(text: &[u8]) -> Parsed {
    let list = tags::parse(text, Style::Blanks);
    let mut reader = Reader {
        text,
        record: Record::default(),
        places: Vec::new(),
        repeated: Vec::new(),
        glued: Vec::new(),
        faults: Vec::new(),
    };
    reader.version(&list);
    for (index, tag) in list.tags.iter().enumerate() {
        reader.tag(tag, index);
    }
    reader.whole(&list);
    reader.duplicates(&list);
    let Reader { record, places, mut faults, .. } = reader;
    faults.extend(list.faults.into_iter().map(|f| Fault::new(FaultKind::Tag(f.kind), f.span, f.message)));
    faults.sort_by_key(|fault| fault.span);
    Parsed { record: is_dmarc(text).then_some(record), places, faults }
}

/// The blanks or commas in the value of a tag behind which another known tag stands, and the name of that.
fn glued(tag: &Tag<'_>) -> Option<(Span, &'static str)> {
    let value = tag.value;
    let is_gap = |octet: &u8| matches!(octet, b' ' | b'\t' | b',');
    let mut at = 0;
    while let Some(gap) = value.get(at..).and_then(|rest| rest.iter().position(is_gap)) {
        let start = at + gap;
        let rest = value.get(start..).unwrap_or(&[]);
        let length = rest.iter().position(|octet| !is_gap(octet)).unwrap_or(rest.len());
        at = start + length;
        let rest = value.get(at..).unwrap_or(&[]);
        let name = rest.iter().position(|octet| !octet.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at_checked(name).unwrap_or((rest, &[]));
        let equals = behind.trim_ascii_start().first() == Some(&b'=');
        let known = KNOWN.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name));
        if let Some(known) = known.filter(|_| equals) {
            let separator = Span::new(start, at).shifted(tag.value_span.start);
            return Some((separator, known));
        }
    }
    None
}

struct Reader<'a> {
    text: &'a [u8],
    record: Record,
    places: Vec<(&'static str, Span)>,
    /// Tags whose name stood already, in the same case or not.
    repeated: Vec<(&'static str, Span)>,
    /// Tags that stand in the value of another.
    glued: Vec<&'static str>,
    faults: Vec<Fault<FaultKind>>,
}

impl Reader<'_> {
    fn fault(&mut self, kind: FaultKind, span: Span, message: impl Into<String>) {
        self.faults.push(Fault::new(kind, span, message));
    }

    fn version(&mut self, list: &List<'_>) {
        let is_v = |tag: &&Tag<'_>| tag.name.eq_ignore_ascii_case(b"v");
        let first = list.tags.first().filter(|tag| tag.span == tags::first(self.text));
        let Some(tag) = list.tags.iter().find(is_v) else {
            let message = "the text does not start with \"v=DMARC1\": nobody takes it for DMARC";
            return self.fault(FaultKind::Version, tags::first(self.text), message);
        };
        if first.is_none_or(|first| first.span != tag.span) {
            let message = "\"v=DMARC1\" is not the first tag: nobody takes the text for DMARC";
            self.fault(FaultKind::VersionNotFirst, tag.span, message);
        }
        if tag.value == b"DMARC1" {
            return;
        }
        let behind = tag.value.strip_prefix(b"DMARC1");
        let separator =
            behind.filter(|rest| rest.first().is_some_and(|octet| !octet.is_ascii_alphanumeric()));
        if let Some(rest) = separator {
            let at = tag.value_span.start + "DMARC1".len();
            let end = at + rest.iter().position(u8::is_ascii_alphanumeric).unwrap_or(rest.len());
            let message =
                format!("\"{}\" stands where a semicolon belongs", excerpt(Span::new(at, end).of(self.text)));
            return self.fault(FaultKind::Separator, Span::new(at, end), message);
        }
        let message = format!("the version is \"{}\" instead of \"DMARC1\"", excerpt(tag.value));
        self.fault(FaultKind::Version, tag.value_span, message);
    }

    fn tag(&mut self, tag: &Tag<'_>, index: usize) {
        let lower = tag.name.to_ascii_lowercase();
        let Some(name) = KNOWN.iter().find(|known| known.as_bytes() == lower) else {
            if !tag.name.is_empty() {
                let message = format!("DMARC knows no tag \"{}\": it is ignored", excerpt(tag.name));
                self.fault(FaultKind::UnknownTag, tag.span, message);
            }
            return;
        };
        if lower != tag.name {
            let message = format!("\"{}\" is written in lower case", excerpt(tag.name));
            self.fault(FaultKind::Case, tag.name_span, message);
        }
        if self.places.iter().any(|(known, _)| known == name) {
            // That `p` stands beside `p` the tag-list told already; that it stands beside `P` it did not see.
            self.repeated.push((name, tag.span));
            return;
        }
        self.places.push((name, tag.span));
        let before = self.faults.len();
        self.value(name, tag, index);
        if let Some((separator, inner)) = glued(tag).filter(|_| *name != "v") {
            self.faults.truncate(before);
            self.glued.push(inner);
            let message =
                format!("a semicolon is missing before \"{inner}=\": it is read as a part of \"{name}\"");
            self.fault(FaultKind::Glued, separator, message);
        }
    }

    /// Reads the value of a known tag.
    fn value(&mut self, name: &str, tag: &Tag<'_>, index: usize) {
        match name {
            "p" => {
                self.record.policy = self.policy(tag, FaultKind::Policy);
                self.record.policy_second = index == 1;
                if index > 1 {
                    let message = "\"p\" does not follow \"v\": receivers by RFC 7489 may ignore the record";
                    self.fault(FaultKind::PolicyNotSecond, tag.span, message);
                }
            }
            "sp" => self.record.subdomains = self.policy(tag, FaultKind::SubdomainPolicy),
            "np" => self.record.nonexistent = self.policy(tag, FaultKind::SubdomainPolicy),
            "t" => self.record.test = self.choice(tag, FaultKind::Test, &["n", "y"]) == 1,
            "psd" => {
                self.record.public_suffix = match self.choice(tag, FaultKind::PublicSuffix, &["u", "y", "n"])
                {
                    1 => PublicSuffix::Yes,
                    2 => PublicSuffix::No,
                    _ => PublicSuffix::Unknown,
                };
            }
            "adkim" => self.record.dkim_alignment = self.alignment(tag),
            "aspf" => self.record.spf_alignment = self.alignment(tag),
            "rua" => self.record.aggregate = self.uris(tag),
            "ruf" => self.record.failure = self.uris(tag),
            "fo" => self.record.failure_options = self.failure_options(tag),
            "pct" | "ri" | "rf" => self.removed(name, tag),
            _ => {}
        }
    }

    /// The value in lower case, which ABNF's literals allow; a fault tells when it was not.
    fn lower(&mut self, octets: &[u8], span: Span) -> String {
        let lower = octets.to_ascii_lowercase();
        if lower != octets {
            let message = format!("\"{}\" is written in lower case", excerpt(octets));
            self.fault(FaultKind::Case, span, message);
        }
        String::from_utf8_lossy(&lower).into_owned()
    }

    fn policy(&mut self, tag: &Tag<'_>, kind: FaultKind) -> Requested {
        let Some(policy) = Policy::from_name(&String::from_utf8_lossy(tag.value).to_ascii_lowercase()) else {
            let message = format!("\"{}\" is no policy: none, quarantine and reject are", excerpt(tag.value));
            let span = if tag.value_span.is_empty() { tag.span } else { tag.value_span };
            self.fault(kind, span, message);
            return Requested::Invalid;
        };
        self.lower(tag.value, tag.value_span);
        Requested::Policy(policy)
    }

    /// Which of the values it is; the first, the default, when it is none of them.
    fn choice(&mut self, tag: &Tag<'_>, kind: FaultKind, values: &[&str]) -> usize {
        let found = values.iter().position(|value| value.as_bytes().eq_ignore_ascii_case(tag.value));
        if found.is_some() {
            self.lower(tag.value, tag.value_span);
        } else {
            let default = values.first().unwrap_or(&"");
            let message = format!(
                "\"{}\" is none of {}: receivers read \"{default}\"",
                excerpt(tag.value),
                values.join(", ")
            );
            let span = if tag.value_span.is_empty() { tag.span } else { tag.value_span };
            self.fault(kind, span, message);
        }
        found.unwrap_or(0)
    }

    fn alignment(&mut self, tag: &Tag<'_>) -> Alignment {
        match self.choice(tag, FaultKind::Alignment, &["r", "s"]) {
            1 => Alignment::Strict,
            _ => Alignment::Relaxed,
        }
    }

    fn failure_options(&mut self, tag: &Tag<'_>) -> FailureOptions {
        let mut options = FailureOptions { all: false, any: false, dkim: false, spf: false };
        let mut good = true;
        for item in items(self.text, tag.value_span, b':') {
            let field = match item.octets.to_ascii_lowercase().as_slice() {
                b"0" => &mut options.all,
                b"1" => &mut options.any,
                b"d" => &mut options.dkim,
                b"s" => &mut options.spf,
                _ => {
                    let message = format!("\"{}\" is no option: 0, 1, d and s are", excerpt(item.octets));
                    let span = if item.span.is_empty() { tag.span } else { item.span };
                    self.fault(FaultKind::FailureOptions, span, message);
                    good = false;
                    continue;
                }
            };
            let repeated = std::mem::replace(field, true);
            self.lower(item.octets, item.span);
            if repeated {
                let message = format!("\"{}\" stands twice", excerpt(item.octets));
                self.fault(FaultKind::FailureOptions, item.span, message);
                good = false;
            }
        }
        if let Some(at) = tag.value.iter().position(|octet| matches!(octet, b' ' | b'\t')) {
            let at = tag.value_span.start + at;
            let message = "there may be no blank between the options";
            self.fault(FaultKind::FailureOptions, Span::new(at, at + 1), message);
            good = false;
        }
        if options.all && options.any {
            let message = "\"1\" includes what \"0\" asks for: RFC 9989 section 4.7 allows one of them";
            self.fault(FaultKind::FailureOptionsBoth, tag.value_span, message);
        }
        if good { options } else { FailureOptions::default() }
    }

    fn uris(&mut self, tag: &Tag<'_>) -> Vec<Uri> {
        let mut uris = Vec::new();
        for item in items(self.text, tag.value_span, b',') {
            let octets = self.without_size(item.octets, item.span);
            match report_uri::read(octets, item.span.start) {
                Ok(uri) => {
                    if !matches!(&*uri.scheme, "mailto" | "https") {
                        let message = format!(
                            "receivers ignore the scheme \"{}\": mailto is the one that all know",
                            excerpt(uri.scheme.as_bytes())
                        );
                        self.fault(FaultKind::UriScheme, item.span, message);
                    }
                    uris.push(uri);
                }
                Err(fault) => {
                    let span = if fault.span.is_empty() { tag.span } else { fault.span };
                    self.fault(FaultKind::Uri(fault.kind), span, fault.message);
                }
            }
        }
        if uris.len() > 2 {
            let message = format!(
                "{} addresses: receivers need not send to more than two (RFC 7489 section 6.2)",
                uris.len()
            );
            self.fault(FaultKind::UriCount, tag.value_span, message);
        }
        uris
    }

    /// Takes an obsolete size off a URI (RFC 9989 section 4.8, obs-dmarc-report-size).
    fn without_size<'t>(&mut self, octets: &'t [u8], span: Span) -> &'t [u8] {
        let Some(at) = octets.iter().rposition(|octet| *octet == b'!') else { return octets };
        let (uri, size) = octets.split_at(at);
        let digits = size.get(1..).unwrap_or(&[]);
        let digits = match digits.split_last() {
            Some((unit, digits)) if b"kmgtKMGT".contains(unit) => digits,
            _ => digits,
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return octets;
        }
        let message =
            format!("the size \"{}\" is obsolete: receivers ignore it (RFC 9989 section 4.8)", excerpt(size));
        self.fault(FaultKind::UriSize, Span::new(span.start + at, span.end), message);
        uri
    }

    fn removed(&mut self, name: &str, tag: &Tag<'_>) {
        let instead = match name {
            "pct" => "\"t=y\" takes the place of \"pct=0\"; receivers by RFC 9989 ignore it",
            _ => "receivers by RFC 9989 ignore it",
        };
        self.fault(FaultKind::Removed, tag.span, format!("RFC 9989 removed \"{name}\": {instead}"));
        let number = || std::str::from_utf8(tag.value).ok().filter(|t| t.bytes().all(|o| o.is_ascii_digit()));
        let (good, allowed) = match name {
            "pct" => {
                self.record.percent = number().and_then(|t| t.parse().ok()).filter(|percent| *percent <= 100);
                (self.record.percent.is_some(), "a whole number up to 100")
            }
            "ri" => {
                self.record.interval = number().and_then(|text| text.parse().ok());
                (self.record.interval.is_some(), "a number of seconds")
            }
            _ => {
                let good = tag
                    .value
                    .split(|o| *o == b':')
                    .all(|word| word.trim_ascii().eq_ignore_ascii_case(b"afrf"));
                self.record.formats = Some(tag.text()).filter(|_| good);
                (good, "\"afrf\"")
            }
        };
        if !good {
            let message = format!("\"{}\" is not {allowed} (RFC 7489 section 6.3)", excerpt(tag.value));
            self.fault(FaultKind::RemovedValue, tag.value_span, message);
        }
    }

    /// Repeated names that differ in case only. Receivers compare without case, so that they are as bad as others.
    fn duplicates(&mut self, list: &List<'_>) {
        let told: HashSet<Span> =
            list.faults.iter().filter(|f| f.kind == tags::FaultKind::Duplicate).map(|f| f.span).collect();
        for (name, span) in std::mem::take(&mut self.repeated) {
            if !told.contains(&span) {
                let message = format!("the tag \"{name}\" stands more than once");
                self.fault(FaultKind::Tag(tags::FaultKind::Duplicate), span, message);
            }
        }
    }

    /// What only the whole record tells.
    fn whole(&mut self, list: &List<'_>) {
        let end = Span::new(self.text.len(), self.text.len());
        let has =
            |name: &str| self.places.iter().any(|(known, _)| *known == name) || self.glued.contains(&name);
        let (policy, options, failure) = (has("p"), has("fo"), has("ruf"));
        if !policy && !list.tags.is_empty() {
            self.fault(FaultKind::PolicyMissing, end, "there is no \"p\"");
        }
        if options && !failure {
            let place = self.places.iter().find(|(name, _)| *name == "fo").map_or(end, |(_, span)| *span);
            self.fault(FaultKind::FailureOptionsUnused, place, "\"fo\" is ignored without \"ruf\"");
        }
    }
}
