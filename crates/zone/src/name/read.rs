//! Reading names: from text, from the wire, from labels.

use super::{Name, NameError, Names};
use crate::shown::shortened;
use std::borrow::Cow;
use std::sync::Arc;

impl Name {
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
                text: shortened(text),
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

    /// An upper bound of the length on the wire that is exact unless labels hold the octets 0 or 1.
    fn wire_len_quick(&self) -> usize {
        if self.0.len() < 255 { self.0.len() + 1 } else { self.wire_len() }
    }
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
                return Err(NameError::EmptyLabel(shortened(text)));
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
                        NameError::Escape(shortened(&String::from_utf8_lossy(&rest[..rest.len().min(4)])))
                    })?;
                    self.push(octet);
                    after
                }
                0x80.. => return self.read_unicode(label),
                0..=b' ' | 0x7f => return Err(NameError::Blank(shortened(text))),
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
        let bad = |reason: &str| NameError::Idna { label: shortened(&text), reason: reason.to_owned() };
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
            return Err(NameError::LongLabel { label: shortened(&label), length });
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
