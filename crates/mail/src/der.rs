//! The few forms of DER (X.690) that public and private keys are made of.

/// The tags that occur.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// 1.2.840.113549.1.1.1, rsaEncryption (RFC 3279 section 2.3.1).
pub(crate) const OID_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.3.101.112, id-Ed25519 (RFC 8410 section 3).
pub(crate) const OID_ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Why octets are not the DER that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DerError {
    #[error("it ends early")]
    Truncated,
    #[error("a length is not written as DER wants it")]
    Length,
    #[error("there is {}, where {} belongs", tag_name(*.found), tag_name(*.expected))]
    Tag { expected: u8, found: u8 },
    #[error("{0} octets follow the end")]
    Trailing(usize),
    #[error("a number is negative, or has needless zeros before it")]
    Number,
}

fn tag_name(tag: u8) -> String {
    match tag {
        INTEGER => "a number".to_owned(),
        BIT_STRING => "a bit string".to_owned(),
        OCTET_STRING => "an octet string".to_owned(),
        NULL => "a null".to_owned(),
        OBJECT_IDENTIFIER => "an object identifier".to_owned(),
        SEQUENCE => "a sequence".to_owned(),
        other => format!("an element of type {other:#04x}"),
    }
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Der<'a>(pub(crate) &'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next element, which must have this tag.
    pub(crate) fn next(&mut self, expected: u8) -> Result<&'a [u8], DerError> {
        let (&found, rest) = self.0.split_first().ok_or(DerError::Truncated)?;
        if found != expected {
            return Err(DerError::Tag { expected, found });
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(DerError::Truncated)?;
        self.0 = rest;
        Ok(content)
    }

    /// The elements of the next one, which must be a sequence.
    pub(crate) fn sequence(&mut self) -> Result<Self, DerError> {
        self.next(SEQUENCE).map(Self)
    }

    /// The octets of the next number, which is not negative, without the zero before a high bit.
    pub(crate) fn number(&mut self) -> Result<&'a [u8], DerError> {
        match self.next(INTEGER)? {
            [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => Err(DerError::Number),
            [0] => Ok(&[]),
            [0, rest @ ..] => Ok(rest),
            content => Ok(content),
        }
    }

    /// That nothing is left.
    pub(crate) fn end(self) -> Result<(), DerError> {
        if self.0.is_empty() { Ok(()) } else { Err(DerError::Trailing(self.0.len())) }
    }
}

/// Reads a definite length in as few octets as it needs.
fn length(octets: &[u8]) -> Result<(usize, &[u8]), DerError> {
    let (&first, rest) = octets.split_first().ok_or(DerError::Truncated)?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        return Err(DerError::Length);
    }
    let (digits, rest) = rest.split_at_checked(count).ok_or(DerError::Truncated)?;
    let length = digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
    if length < 0x80 || digits.first() == Some(&0) {
        return Err(DerError::Length);
    }
    Ok((length, rest))
}

/// Writes an element.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..0x80) => out.push(short),
        _ => {
            let digits = content.len().to_be_bytes();
            let digits: Vec<u8> = digits.into_iter().skip_while(|digit| *digit == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            out.extend(digits);
        }
    }
    out.extend(content);
    out
}

/// Writes a number from its octets, the highest first.
pub(crate) fn number(octets: &[u8]) -> Vec<u8> {
    let start = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
    let mut content = octets.get(start..).unwrap_or(&[]).to_vec();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    element(INTEGER, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_the_shortest() {
        for size in [0, 1, 127, 128, 255, 256, 65_536] {
            let written = element(OCTET_STRING, &vec![7; size]);
            let mut der = Der(&written);
            assert_eq!(der.next(OCTET_STRING).map(<[u8]>::len), Ok(size));
            assert_eq!(der.end(), Ok(()));
        }
        for bad in [&[4, 0x81, 1, 0][..], &[4, 0x82, 0, 200], &[4, 0x80, 0, 0], &[4, 0x85, 1, 1, 1, 1, 1]] {
            assert_eq!(Der(bad).next(OCTET_STRING), Err(DerError::Length));
        }
    }

    #[test]
    fn what_stands_there_is_told_in_words() {
        let told = |octets: &[u8]| Der(octets).next(SEQUENCE).unwrap_err().to_string();
        assert_eq!(told(&[OCTET_STRING, 0]), "there is an octet string, where a sequence belongs");
        assert_eq!(told(&[0x66, 0]), "there is an element of type 0x66, where a sequence belongs");
    }

    #[test]
    fn numbers_are_not_negative() {
        for octets in [&[][..], &[1], &[0x7f], &[0x80], &[1, 0, 1], &[0xff, 0]] {
            assert_eq!(Der(&number(octets)).number(), Ok(octets));
        }
        for bad in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1]] {
            assert_eq!(Der(bad).number(), Err(DerError::Number));
        }
    }
}
