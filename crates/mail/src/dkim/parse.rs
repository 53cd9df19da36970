//! Reading a key record.

use super::{Algorithm, FaultKind, Hash, Key, KeyType, Service, public};
use crate::fault::excerpt;
use crate::tags::{self, Style, Tag, items};
use crate::{Fault, FaultClass as _, Span};
use data_encoding::{BASE64, BASE64_NOPAD};

/// What a text says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The key as far as it could be read; `None` without a `p` tag.
    pub key: Option<Key>,
    /// Where the key stands in the text.
    pub public_span: Option<Span>,
    /// The known tags and where they stand, of a repeated one the first.
    pub places: Vec<(&'static str, Span)>,
    /// What is wrong.
    pub faults: Vec<Fault<FaultKind>>,
}

impl Parsed {
    /// Where the tag of this name stands.
    pub fn place(&self, tag: &str) -> Option<Span> {
        self.places.iter().find(|(name, _)| *name == tag).map(|(_, span)| *span)
    }

    /// The key, when a verifier can use it: nothing is wrong that spoils it, and it is not revoked.
    pub fn usable(&self) -> Option<&Key> {
        let spoiled = self.faults.iter().any(|fault| fault.kind.is_error());
        self.key.as_ref().filter(|key| !spoiled && !key.revoked())
    }
}

const KNOWN: [&str; 8] = ["v", "k", "h", "s", "t", "n", "p", "g"];

/// Reads a key record (RFC 6376 section 3.6.1).
pub fn parse(text: &[u8]) -> Parsed {
    let list = tags::parse(text, Style::Folded);
    let faults = list
        .faults
        .into_iter()
        .map(|fault| Fault::new(FaultKind::Tag(fault.kind), fault.span, fault.message));
    let key = Key::new(Algorithm::Unknown, Vec::new());
    let mut reader = Reader { text, key, public: None, places: Vec::new(), faults: faults.collect() };
    for (index, tag) in list.tags.iter().enumerate() {
        let known = KNOWN.iter().find(|known| known.as_bytes() == tag.name);
        // Of a repeated tag the first one counts; that it is repeated was told already.
        if known.is_some_and(|known| reader.places.iter().any(|(name, _)| name == known)) {
            continue;
        }
        reader.tag(tag, index);
        reader.places.extend(known.map(|known| (*known, tag.span)));
    }
    reader.finish()
}

struct Reader<'a> {
    text: &'a [u8],
    key: Key,
    /// The place of `p`, and its octets when it is base64.
    public: Option<(Span, Option<Vec<u8>>)>,
    /// The known tags so far.
    places: Vec<(&'static str, Span)>,
    faults: Vec<Fault<FaultKind>>,
}

impl Reader<'_> {
    fn fault(&mut self, kind: FaultKind, span: Span, message: impl Into<String>) {
        self.faults.push(Fault::new(kind, span, message));
    }

    fn tag(&mut self, tag: &Tag<'_>, index: usize) {
        match tag.name {
            b"v" => self.version(tag, index),
            b"k" => self.key_type(tag),
            b"h" => self.hashes(tag),
            b"s" => self.services(tag),
            b"t" => self.flags(tag),
            b"n" => self.key.notes = Some(tag.text()),
            b"p" => {
                let octets = self.base64(tag);
                self.public = Some((tag.value_span, octets));
            }
            b"g" => {
                let message = "\"g\" was removed from DKIM (RFC 6376): leave it out";
                self.fault(FaultKind::Granularity, tag.span, message);
            }
            b"" => {}
            _ => {
                let message = format!("DKIM knows no tag \"{}\": it is ignored", excerpt(tag.name));
                self.fault(FaultKind::UnknownTag, tag.span, message);
            }
        }
    }

    fn version(&mut self, tag: &Tag<'_>, index: usize) {
        if tag.value != b"DKIM1" {
            let message = format!("the version is \"{}\" instead of \"DKIM1\"", excerpt(tag.value));
            self.fault(FaultKind::Version, tag.value_span, message);
        }
        if index > 0 {
            let message = "\"v\" must be the first tag (RFC 6376 section 3.6.1)";
            self.fault(FaultKind::VersionNotFirst, tag.span, message);
        }
    }

    /// The value in lower case, with a fault when it was not.
    fn lower(&mut self, octets: &[u8], span: Span) -> Vec<u8> {
        let lower = octets.to_ascii_lowercase();
        if lower != octets
            && matches!(&*lower, b"rsa" | b"ed25519" | b"sha1" | b"sha256" | b"email" | b"y" | b"s")
        {
            let message = format!("\"{}\" is written in lower case", excerpt(octets));
            self.fault(FaultKind::Case, span, message);
        }
        lower
    }

    fn key_type(&mut self, tag: &Tag<'_>) {
        self.key.key_type = match &*self.lower(tag.value, tag.value_span) {
            b"rsa" => KeyType::Rsa,
            b"ed25519" => KeyType::Ed25519,
            _ => {
                let message = format!(
                    "\"{}\" is no key type: verifiers know rsa and ed25519, and ignore other keys",
                    excerpt(tag.value)
                );
                self.fault(FaultKind::KeyType, tag.value_span, message);
                KeyType::Other(tag.text())
            }
        };
    }

    /// The items of a list with colons; an empty one is a fault.
    fn list(&mut self, tag: &Tag<'_>) -> Vec<(Vec<u8>, Span)> {
        let mut found = Vec::new();
        for item in items(self.text, tag.value_span, b':') {
            if item.octets.is_empty() {
                let span = if item.span.is_empty() { tag.span } else { item.span };
                self.fault(FaultKind::EmptyItem, span, "there is nothing between two colons");
            } else {
                found.push((self.lower(item.octets, item.span), item.span));
            }
        }
        found
    }

    fn hashes(&mut self, tag: &Tag<'_>) {
        let mut hashes = Vec::new();
        for (item, span) in self.list(tag) {
            hashes.push(match &*item {
                b"sha1" => Hash::Sha1,
                b"sha256" => Hash::Sha256,
                _ => {
                    let text = String::from_utf8_lossy(span.of(self.text)).into_owned();
                    let message =
                        format!("\"{}\" is no hash that DKIM knows: it is ignored", excerpt(text.as_bytes()));
                    self.fault(FaultKind::Hash, span, message);
                    Hash::Other(text)
                }
            });
        }
        if !hashes.contains(&Hash::Sha256) {
            let message =
                "sha256 is not among the hashes: no signature can be verified (RFC 8301 section 3.1)";
            self.fault(FaultKind::NoUsableHash, tag.value_span, message);
        } else if hashes.contains(&Hash::Sha1) {
            let message =
                "sha1 is allowed, which verifiers must not accept (RFC 8301 section 3.1): leave it out";
            self.fault(FaultKind::Sha1, tag.value_span, message);
        }
        self.key.hashes = Some(hashes);
    }

    fn services(&mut self, tag: &Tag<'_>) {
        let mut services = Vec::new();
        for (item, span) in self.list(tag) {
            services.push(match &*item {
                b"*" => Service::All,
                b"email" => Service::Email,
                _ => {
                    let text = String::from_utf8_lossy(span.of(self.text)).into_owned();
                    let message = format!(
                        "\"{}\" is no service that DKIM knows: it is ignored",
                        excerpt(text.as_bytes())
                    );
                    self.fault(FaultKind::Service, span, message);
                    Service::Other(text)
                }
            });
        }
        if !services.iter().any(|service| matches!(service, Service::All | Service::Email)) {
            let message = "the key is not for e-mail: \"s\" names neither \"email\" nor \"*\"";
            self.fault(FaultKind::NotForEmail, tag.value_span, message);
        }
        self.key.services = Some(services);
    }

    fn flags(&mut self, tag: &Tag<'_>) {
        for (item, span) in self.list(tag) {
            match &*item {
                b"y" => self.key.test = true,
                b"s" => self.key.strict = true,
                _ => {
                    let message = format!(
                        "\"{}\" is no flag that DKIM knows: it is ignored",
                        excerpt(span.of(self.text))
                    );
                    self.fault(FaultKind::Flag, span, message);
                }
            }
        }
    }

    /// Base64 in which blanks may stand anywhere (RFC 6376 section 3.5).
    fn base64(&mut self, tag: &Tag<'_>) -> Option<Vec<u8>> {
        let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
        let digits: Vec<u8> = tag.value.iter().filter(|octet| !is_blank(octet)).copied().collect();
        if digits.len() < tag.value.len() {
            let message =
                "there are blanks in the key: DKIM allows them, but not every reader copes with them";
            self.fault(FaultKind::BlankInKey, tag.value_span, message);
        }
        let bad = tag.value.iter().position(|octet| {
            !octet.is_ascii_alphanumeric() && !matches!(octet, b'+' | b'/' | b'=') && !is_blank(octet)
        });
        if let Some(bad) = bad {
            let at = tag.value_span.start + bad;
            let end = tag
                .value
                .iter()
                .skip(bad)
                .position(is_blank)
                .map_or(tag.value_span.end, |length| at + length);
            let message = match self.octet(at) {
                _ if tag.value.starts_with(b"-----BEGIN") => {
                    "this is a PEM file: only the lines between BEGIN and END belong here".to_owned()
                }
                b'"' => "there is a quotation mark in the key: the quotes of a zone file, which end and start strings, have \
                         become a part of the text"
                    .to_owned(),
                octet => format!("the key is base64, in which \"{}\" does not occur", excerpt(&[octet])),
            };
            self.fault(FaultKind::Base64, Span::new(at, end.max(at + 1)), message);
            return None;
        }
        // Some omit the "=" at the end, which the grammar allows: the digits are whole all the same.
        let mut decoded = BASE64.decode(&digits);
        if !digits.contains(&b'=')
            && !digits.len().is_multiple_of(4)
            && let Ok(octets) = BASE64_NOPAD.decode(&digits)
        {
            let message = format!(
                "the key lacks {} at its end: the grammar of DKIM allows it, but not every reader does",
                if digits.len() % 4 == 2 { "\"==\"" } else { "\"=\"" }
            );
            self.fault(FaultKind::Unpadded, tag.value_span, message);
            decoded = Ok(octets);
        }
        if let Err(error) = &decoded {
            let message = format!("the key is not base64: {}", why(error.kind, digits.len()));
            self.fault(FaultKind::Base64, tag.value_span, message);
        }
        decoded.ok()
    }

    fn octet(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or_default()
    }

    fn finish(mut self) -> Parsed {
        let Some((span, octets)) = self.public.take() else {
            let end = Span::new(self.text.len(), self.text.len());
            self.fault(FaultKind::NoPublicKey, end, "there is no \"p\" with the public key");
            return Parsed { key: None, public_span: None, places: self.places(), faults: self.sorted() };
        };
        if let Some(octets) = octets {
            if !octets.is_empty() {
                self.octets(&octets, span);
            }
            self.key.public = octets;
        }
        Parsed {
            key: Some(self.key.clone()),
            public_span: Some(span),
            places: self.places(),
            faults: self.sorted(),
        }
    }

    /// Judges the octets of the key by what `k` says of them.
    fn octets(&mut self, octets: &[u8], span: Span) {
        let found = public::read(octets);
        match (&self.key.key_type, found) {
            (KeyType::Other(_), _) => {}
            (KeyType::Rsa, public::Read::Rsa { algorithm, bare }) => {
                self.key.algorithm = algorithm;
                if bare {
                    let message = "the RSA key stands without its algorithm (an RSAPublicKey): OpenDKIM and others want a \
                                   SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it";
                    self.fault(FaultKind::RsaBare, span, message);
                }
                if let Algorithm::Rsa { bits, exponent } = algorithm {
                    public::weaknesses(bits, exponent).into_iter().for_each(|(kind, message)| {
                        self.fault(kind, span, message);
                    });
                }
            }
            (KeyType::Ed25519, _) if octets.len() == 32 => self.key.algorithm = Algorithm::Ed25519,
            (KeyType::Ed25519, public::Read::Ed25519(_)) => {
                let message = "the Ed25519 key stands in a SubjectPublicKeyInfo: only its last 32 octets belong here \
                               (RFC 8463 section 4.2)";
                self.fault(FaultKind::Ed25519Length, span, message);
            }
            (KeyType::Ed25519, public::Read::Rsa { .. }) => {
                let message = "the key is an RSA key, but \"k\" says ed25519";
                self.fault(FaultKind::KeyAlgorithm, span, message);
            }
            (KeyType::Ed25519, _) => {
                let message =
                    format!("an Ed25519 key has 32 octets, this one {} (RFC 8463 section 4.2)", octets.len());
                self.fault(FaultKind::Ed25519Length, span, message);
            }
            (KeyType::Rsa, public::Read::Ed25519(_)) => {
                let message = "the key is an Ed25519 key, but there is no \"k=ed25519\"";
                self.fault(FaultKind::KeyAlgorithm, span, message);
            }
            (KeyType::Rsa, public::Read::Other) => {
                self.fault(FaultKind::KeyAlgorithm, span, "the key is not an RSA key");
            }
            (KeyType::Rsa, public::Read::Nothing(_)) if octets.len() == 32 => {
                let message = "the key has 32 octets, as an Ed25519 key does, but there is no \"k=ed25519\"";
                self.fault(FaultKind::KeyAlgorithm, span, message);
            }
            (KeyType::Rsa, public::Read::Nothing(error)) => {
                self.fault(
                    FaultKind::KeyForm,
                    span,
                    format!("the key is not a SubjectPublicKeyInfo: {error}"),
                );
            }
        }
    }

    fn places(&mut self) -> Vec<(&'static str, Span)> {
        std::mem::take(&mut self.places)
    }

    fn sorted(&mut self) -> Vec<Fault<FaultKind>> {
        self.faults.sort_by_key(|fault| fault.span);
        std::mem::take(&mut self.faults)
    }
}

/// Why digits are not base64, in words.
fn why(kind: data_encoding::DecodeKind, length: usize) -> String {
    use data_encoding::DecodeKind;
    match kind {
        DecodeKind::Length if length % 4 == 1 => "a digit is missing or too many at its end".to_owned(),
        DecodeKind::Length => format!("it lacks {} \"=\" at its end, or digits", 4 - length % 4),
        DecodeKind::Symbol => "it has a character that is no digit of base64".to_owned(),
        DecodeKind::Padding => "\"=\" may stand at its end only, once or twice".to_owned(),
        DecodeKind::Trailing => "its last digit has bits that belong to no octet".to_owned(),
    }
}
