//! Domain names.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// An absolute domain name in lower case.
///
/// Labels are kept from the root down, each ended by a zero octet; inside a label the octets 0 and 1 are
/// written as `1 1` and `1 2`. Byte order is thereby the canonical order of RFC 4034 section 6.1, and a name
/// is at or below another exactly when that other is its prefix.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<[u8]>);

/// How names in a text are read.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// What `@` stands for and what a name without a dot at its end is below.
    pub origin: &'a Name,
    /// Refuse a name of several labels without a dot at its end (`mail.example.com`), since a reader cannot
    /// tell whether the origin was meant to follow. Master files allow it, files for people do not.
    pub strict: bool,
}

/// Why a text or an octet string is not a domain name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was written.
    #[error("the name is empty")]
    Empty,
    /// Two dots in a row, or a dot at the start.
    #[error("the name \"{0}\" has an empty label (two dots in a row, or one at the start)")]
    EmptyLabel(String),
    /// More than 63 octets between dots (RFC 1035 section 2.3.4).
    #[error("the label \"{label}\" has {length} octets; at most 63 are allowed (RFC 1035 section 2.3.4)")]
    LongLabel {
        /// The label.
        label: String,
        /// Its length in octets.
        length: usize,
    },
    /// More than 255 octets in all (RFC 1035 section 2.3.4).
    #[error("the name has {0} octets on the wire; at most 255 are allowed (RFC 1035 section 2.3.4)")]
    Long(usize),
    /// A backslash without three digits up to 255, or at the end.
    #[error(
        "the escape \"{0}\" is not valid: write \\DDD with a number up to 255, or a backslash and a character"
    )]
    Escape(String),
    /// A U-label that IDNA does not allow (RFC 5891, UTS 46).
    #[error("the label \"{label}\" is not a valid internationalised label: {reason}")]
    Idna {
        /// The label.
        label: String,
        /// What is wrong with it.
        reason: String,
    },
    /// White space or a control character that is not escaped.
    #[error("the name \"{0}\" has a blank or a control character in it")]
    Blank(String),
    /// A relative name of several labels where [`Names::strict`] holds.
    #[error("\"{text}\" has no dot at its end: is it \"{absolute}\" or \"{relative}\"?")]
    Ambiguous {
        /// The text.
        text: String,
        /// The first reading.
        absolute: String,
        /// The second reading.
        relative: String,
    },
    /// Octets on the wire end early, or hold a compression pointer where none may be.
    #[error("the octets are not a domain name")]
    Wire,
}

impl Name {
    /// The root of all names.
    pub fn root() -> Self {
        Self(Arc::from([]))
    }

    /// Reads an absolute name; the dot at its end may be missing.
    ///
    /// # Errors
    /// Any text that is no domain name.
    pub fn absolute(text: &str) -> Result<Self, NameError> {
        let mut labels = Labels::default();
        labels.read(text)?;
        labels.finish(&[])
    }

    /// Reads a name as it stands in a file: `@`, relative, or absolute with a dot at its end.
    ///
    /// # Errors
    /// Any text that is no domain name, and an ambiguous one where `names` is strict.
    pub fn parse(text: &str, names: Names<'_>) -> Result<Self, NameError> {
        if text == "@" {
            return Ok(names.origin.clone());
        }
        let mut labels = Labels::default();
        if labels.read(text)? {
            return labels.finish(&[]);
        }
        if names.strict && labels.count > 1 {
            let absolute = labels.finish(&[])?;
            let relative = labels.finish(&names.origin.0).map_or_else(|e| e.to_string(), |n| n.to_string());
            return Err(NameError::Ambiguous {
                text: text.to_owned(),
                absolute: absolute.to_string(),
                relative,
            });
        }
        labels.finish(&names.origin.0)
    }

    /// Reads an uncompressed name at the start of `octets`; gives the name and how many octets it took.
    ///
    /// # Errors
    /// A name that ends early, is too long, or is compressed.
    pub fn from_wire(octets: &[u8]) -> Result<(Self, usize), NameError> {
        let mut labels = Labels::default();
        let mut at = 0;
        loop {
            let length = usize::from(*octets.get(at).ok_or(NameError::Wire)?);
            at += 1;
            if length == 0 {
                return Ok((labels.finish(&[])?, at));
            }
            if length > 63 {
                return Err(NameError::Wire);
            }
            let label = octets.get(at..at + length).ok_or(NameError::Wire)?;
            labels.start();
            label.iter().for_each(|&octet| labels.push(octet));
            labels.end()?;
            at += length;
        }
    }

    /// Builds a name from labels, the leftmost first. Labels are octets, not text: nothing is unescaped.
    ///
    /// # Errors
    /// A label or name that is too long, or an empty label.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut all = Labels::default();
        for label in labels {
            if label.is_empty() {
                return Err(NameError::EmptyLabel(String::new()));
            }
            all.start();
            label.iter().for_each(|&octet| all.push(octet));
            all.end()?;
        }
        all.finish(&[])
    }

    /// This name with `label` in front.
    ///
    /// # Errors
    /// A label or name that is too long, or an empty label.
    pub fn child(&self, label: &[u8]) -> Result<Self, NameError> {
        if label.is_empty() {
            return Err(NameError::EmptyLabel(String::new()));
        }
        let mut labels = Labels::default();
        labels.start();
        label.iter().for_each(|&octet| labels.push(octet));
        labels.end()?;
        labels.finish(&self.0)
    }

    /// The octets on the wire, uncompressed and in lower case.
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = Vec::with_capacity(self.0.len() + 2);
        self.write_wire(&mut wire);
        wire
    }

    /// Appends the octets on the wire to `out`.
    pub fn write_wire(&self, out: &mut Vec<u8>) {
        for label in self.raw_labels() {
            let start = out.len();
            out.push(0);
            out.extend(unescape(label));
            // A label has at most 63 octets: every constructor checks it.
            out[start] = u8::try_from(out.len() - start - 1).unwrap_or(63);
        }
        out.push(0);
    }

    /// The length on the wire in octets, 1 to 255.
    pub fn wire_len(&self) -> usize {
        self.raw_labels().map(|label| 1 + unescape(label).count()).sum::<usize>() + 1
    }

    /// The labels, leftmost first, as octets.
    pub fn labels(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.raw_labels().map(|raw| {
            if raw.contains(&1) { Cow::Owned(unescape(raw).collect()) } else { Cow::Borrowed(raw) }
        })
    }

    /// How many labels the name has; the root has none.
    pub fn label_count(&self) -> usize {
        self.0.iter().filter(|&&octet| octet == 0).count()
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name is `other` or below it.
    pub fn is_at_or_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Whether this name is below `other` and not the same.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && self.is_at_or_below(other)
    }

    /// Whether the leftmost label is `*` (RFC 4592).
    pub fn is_wildcard(&self) -> bool {
        self.raw_labels().next() == Some(b"*")
    }

    /// The name one label up, or `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let leftmost = self.raw_labels().next()?;
        self.0.get(..self.0.len() - leftmost.len() - 1).map(|rest| Self(Arc::from(rest)))
    }

    /// The text below `origin`: `@`, a relative name, or the absolute name when it is elsewhere.
    pub fn relative_to(&self, origin: &Self) -> String {
        if self == origin {
            return "@".to_owned();
        }
        if !self.is_below(origin) || origin.is_root() {
            return self.to_string();
        }
        let keep = self.label_count() - origin.label_count();
        let mut text = String::new();
        for (index, label) in self.labels().take(keep).enumerate() {
            if index > 0 {
                text.push('.');
            }
            push_label(&mut text, &label);
        }
        text
    }

    /// The name for a person: A-labels as U-labels where that is exact, without the dot at the end.
    pub fn to_unicode(&self) -> String {
        let text = self.to_string();
        let text = text.strip_suffix('.').filter(|t| !t.is_empty()).unwrap_or(&text);
        if !text.contains("xn--") {
            return text.to_owned();
        }
        let (unicode, result) = idna::domain_to_unicode(text);
        if result.is_ok() { unicode } else { text.to_owned() }
    }

    fn raw_labels(&self) -> impl Iterator<Item = &[u8]> {
        let body = self.0.strip_suffix(&[0]).unwrap_or(&[]);
        let empty = self.0.is_empty();
        body.rsplit(|&octet| octet == 0).filter(move |_| !empty)
    }
}

fn unescape(raw: &[u8]) -> impl Iterator<Item = u8> {
    let mut octets = raw.iter();
    std::iter::from_fn(move || match octets.next() {
        Some(1) => octets.next().map(|octet| octet - 1),
        other => other.copied(),
    })
}

/// Labels while a name is read, in the order they were read, escaped as [`Name`] keeps them.
struct Labels {
    bytes: [u8; 512],
    length: usize,
    ends: [u16; 128],
    count: usize,
    wire: usize,
    start_wire: usize,
}

impl Default for Labels {
    fn default() -> Self {
        Self { bytes: [0; 512], length: 0, ends: [0; 128], count: 0, wire: 1, start_wire: 1 }
    }
}

impl Labels {
    /// Reads text up to its end; true when it ended with a dot.
    fn read(&mut self, text: &str) -> Result<bool, NameError> {
        match text {
            "" => return Err(NameError::Empty),
            "." => return Ok(true),
            _ => {}
        }
        let mut rest = text.as_bytes();
        loop {
            self.start();
            rest = self.read_label(rest, text)?;
            if self.wire == self.start_wire {
                return Err(NameError::EmptyLabel(text.to_owned()));
            }
            self.end()?;
            match rest.split_first() {
                None => return Ok(false),
                Some((_, [])) => return Ok(true),
                Some((_, after)) => rest = after,
            }
        }
    }

    /// Reads one label; gives what follows, which starts with a dot or is empty.
    fn read_label<'t>(&mut self, mut rest: &'t [u8], text: &str) -> Result<&'t [u8], NameError> {
        let label = rest;
        while let Some((&octet, after)) = rest.split_first() {
            rest = match octet {
                b'.' => return Ok(rest),
                b'\\' => {
                    let (octet, after) = escape(after).ok_or_else(|| {
                        NameError::Escape(String::from_utf8_lossy(&rest[..rest.len().min(4)]).into_owned())
                    })?;
                    self.push(octet);
                    after
                }
                0x80.. => return self.read_unicode(label),
                0..=b' ' | 0x7f => return Err(NameError::Blank(text.to_owned())),
                _ => {
                    self.push(octet);
                    after
                }
            };
        }
        Ok(rest)
    }

    fn read_unicode<'t>(&mut self, label: &'t [u8]) -> Result<&'t [u8], NameError> {
        let end = label.iter().position(|&octet| octet == b'.').unwrap_or(label.len());
        let (label, rest) = label.split_at(end);
        let text = String::from_utf8_lossy(label);
        let bad = |reason: &str| NameError::Idna { label: text.to_string(), reason: reason.to_owned() };
        if text.contains('\\') {
            return Err(bad("escapes and non-ASCII characters do not go together"));
        }
        // Underscore labels (_dmarc) are no host names, so the checks for host names are left out here.
        let ascii =
            idna::domain_to_ascii_from_cow(Cow::Borrowed(text.as_bytes()), idna::AsciiDenyList::EMPTY)
                .map_err(|_| bad("IDNA (UTS 46) does not allow it"))?;
        if ascii.contains('.') || ascii.is_empty() {
            return Err(bad("it holds a character that counts as a dot"));
        }
        self.length =
            self.count.checked_sub(1).and_then(|i| self.ends.get(i)).map_or(0, |&end| usize::from(end));
        self.wire = self.start_wire;
        ascii.bytes().for_each(|octet| self.push(octet));
        Ok(rest)
    }

    fn start(&mut self) {
        self.wire += 1;
        self.start_wire = self.wire;
    }

    fn push(&mut self, octet: u8) {
        self.wire += 1;
        let octet = octet.to_ascii_lowercase();
        if octet <= 1 {
            self.put(1);
            self.put(octet + 1);
        } else {
            self.put(octet);
        }
    }

    /// Keeps an octet; those beyond the longest name are only counted.
    fn put(&mut self, octet: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = octet;
            self.length += 1;
        }
    }

    fn end(&mut self) -> Result<(), NameError> {
        let length = self.wire - self.start_wire;
        if length > 63 {
            let start = self.count.checked_sub(1).map_or(0, |i| usize::from(self.ends[i]));
            let label =
                String::from_utf8_lossy(self.bytes.get(start..self.length).unwrap_or(&[])).into_owned();
            return Err(NameError::LongLabel { label, length });
        }
        if self.wire > 255 || self.count >= self.ends.len() {
            return Err(NameError::Long(self.wire));
        }
        self.ends[self.count] = u16::try_from(self.length).unwrap_or(u16::MAX);
        self.count += 1;
        Ok(())
    }

    /// The name with `origin` (as kept by [`Name`]) behind the labels.
    fn finish(&self, origin: &[u8]) -> Result<Name, NameError> {
        let mut key = [0_u8; 1024];
        let mut length = origin.len();
        if let Some(head) = key.get_mut(..length) {
            head.copy_from_slice(origin);
        }
        for index in (0..self.count).rev() {
            let start = index.checked_sub(1).map_or(0, |i| usize::from(self.ends[i]));
            let label = &self.bytes[start..usize::from(self.ends[index])];
            if let Some(place) = key.get_mut(length..length + label.len()) {
                place.copy_from_slice(label);
            }
            length += label.len() + 1;
        }
        let name = Name(Arc::from(key.get(..length).ok_or(NameError::Long(length))?));
        match name.wire_len_quick() {
            wire @ 256.. => Err(NameError::Long(wire)),
            _ => Ok(name),
        }
    }
}

impl Name {
    /// An upper bound of the length on the wire that is exact unless labels hold the octets 0 or 1.
    fn wire_len_quick(&self) -> usize {
        if self.0.len() < 255 { self.0.len() + 1 } else { self.wire_len() }
    }
}

/// Reads what follows a backslash: three digits, or one character that stands for itself.
pub(crate) fn escape(after: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, rest) = after.split_first()?;
    if !first.is_ascii_digit() {
        return (first < 0x80).then_some((first, rest));
    }
    let digits = after.get(..3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((u8::try_from(value).ok()?, after.get(3..)?))
}

fn push_label(text: &mut String, label: &[u8]) {
    for &octet in label {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'*' | b'/' => text.push(char::from(octet)),
            // Knot wants every other sign escaped, not only those that have a meaning. Data that start with `\#` would be
            // of the generic form, and BIND takes `\[` for a bit string: these two are written by number.
            0x21..=0x7e if !matches!(octet, b'#' | b'[') => {
                text.push('\\');
                text.push(char::from(octet));
            }
            _ => {
                text.push('\\');
                for digit in [octet / 100, octet / 10 % 10, octet % 10] {
                    text.push(char::from(b'0' + digit));
                }
            }
        }
    }
}

impl fmt::Display for Name {
    /// The absolute name with a dot at its end, escaped as in a master file (RFC 1035 section 5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.pad(".");
        }
        let mut text = String::with_capacity(self.0.len() + 1);
        for label in self.labels() {
            push_label(&mut text, &label);
            text.push('.');
        }
        f.pad(&text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::absolute(text)
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::absolute(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An absolute domain name with a dot at its end, escaped as in a master file."
        })
    }
}

#[cfg(test)]
mod tests;
