//! The form of data that are kept as octets (RFC 3597): a server that knows the type reads them by it.

use super::other::{self, Layout};
use super::wire;
use crate::{FieldKind, Name, RecordType};

/// What is wrong with the octets of a type that this crate holds as such.
pub(super) fn fault(rtype: RecordType, octets: &[u8]) -> Option<String> {
    let code = rtype.code()?;
    if !matches!(rtype.fields(), [field] if field.kind == FieldKind::Unknown) {
        return None;
    }
    if matches!(code, 3 | 4) {
        return Some("the type is obsolete; MX took its place (RFC 1035 section 3.3.4)".to_owned());
    }
    let mut rest = Rest(octets);
    let good = special(code, &mut rest).unwrap_or_else(|| match other::layout(rtype) {
        Some(Layout::Fields(fields)) => fields.iter().try_for_each(|field| rest.field(field.kind)),
        _ => rest.all(),
    });
    let good = good.filter(|()| rest.0.is_empty());
    good.is_none().then(|| "the octets are not of the form of the type".to_owned())
}

/// The types whose form is no row of fields; `None` when it is one, or not known here.
fn special(code: u16, rest: &mut Rest<'_>) -> Option<Option<()>> {
    Some(match code {
        11 => services(rest),
        19 => numbers(rest),
        20 => rest.string().and_then(|()| if rest.0.is_empty() { Some(()) } else { rest.string() }),
        22 | 67 | 68 => rest.some(),
        25 => key(rest),
        // RKEY has no flags.
        57 => rest.take(4).filter(|head| head.starts_with(&[0, 0])).and_then(|_| rest.some()),
        // CLA has no published form.
        263 => rest.all(),
        30 => next(rest),
        34 => atm(rest),
        38 => address_chain(rest),
        // SINK may have no data.
        40 => rest.take(3).and_then(|_| rest.all()),
        42 => prefixes(rest),
        45 => rest.take(1).and_then(|_| gateway(rest, 3, |kind| kind)),
        55 => host_identity(rest),
        // RFC 9859 section 2.
        66 => rest.take(5).and_then(|_| rest.field(FieldKind::Name)),
        104 | 106 => rest.take(10).map(drop),
        108 => rest.take(6).map(drop),
        109 => rest.take(8).map(drop),
        259 => rest.take(9).and_then(|_| rest.string()).and_then(|()| rest.all()),
        260 => relay(rest),
        32768 | 32769 => digest(rest),
        _ => return None,
    })
}

/// Octets that are read from the front.
struct Rest<'o>(&'o [u8]);

impl<'o> Rest<'o> {
    fn take(&mut self, length: usize) -> Option<&'o [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn octet(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn string(&mut self) -> Option<()> {
        let length = self.octet()?;
        self.take(length.into()).map(drop)
    }

    fn all(&mut self) -> Option<()> {
        self.0 = &[];
        Some(())
    }

    /// What is left, which is not nothing.
    fn some(&mut self) -> Option<()> {
        if self.0.is_empty() { None } else { self.all() }
    }

    fn field(&mut self, kind: FieldKind) -> Option<()> {
        let part = self.take(wire::length(kind, self.0)?)?;
        let strings = || super::strings(part).map(|string| string.len() + 1).sum::<usize>() == part.len();
        match kind {
            FieldKind::Name => Name::from_wire(part).is_ok(),
            FieldKind::Texts => !part.is_empty() && strings(),
            FieldKind::Hex | FieldKind::Base64 => !part.is_empty(),
            _ => true,
        }
        .then_some(())
    }
}

/// WKS (RFC 1035 section 3.4.2): no zeros at the end of its bits, which are at most 65536.
fn services(rest: &mut Rest<'_>) -> Option<()> {
    rest.take(5)?;
    if rest.0.ends_with(&[0]) || rest.0.len() > 8192 { None } else { rest.all() }
}

/// X25 (RFC 1183 section 3.1): at least four digits.
fn numbers(rest: &mut Rest<'_>) -> Option<()> {
    let length = rest.octet()?;
    let digits = rest.take(length.into())?;
    (digits.len() >= 4 && digits.iter().all(u8::is_ascii_digit)).then_some(())
}

/// KEY (RFC 2535 section 3): without a key where the flags say so.
fn key(rest: &mut Rest<'_>) -> Option<()> {
    let [flags, ..] = *rest.take(4)? else { return None };
    if flags & 0xc0 == 0xc0 { Some(()) } else { rest.some() }
}

/// NXT (RFC 2535 section 5.2): bit 0 and zeros at the end are not in use.
fn next(rest: &mut Rest<'_>) -> Option<()> {
    rest.field(FieldKind::Name)?;
    let bits = rest.0;
    let zero = bits.first().is_some_and(|octet| octet & 0x80 != 0) || bits.ends_with(&[0]);
    if zero || bits.len() > 16 { None } else { rest.all() }
}

/// ATMA (ATM Forum AF-SAA-0069): an address of octets or digits.
fn atm(rest: &mut Rest<'_>) -> Option<()> {
    let digits = rest.octet()? == 1;
    if digits && !rest.0.iter().all(u8::is_ascii_digit) { None } else { rest.some() }
}

/// A6 (RFC 2874 section 3.1).
fn address_chain(rest: &mut Rest<'_>) -> Option<()> {
    let prefix = rest.octet().filter(|prefix| *prefix <= 128)?;
    rest.take(16 - usize::from(prefix / 8))?;
    if prefix == 0 { Some(()) } else { rest.field(FieldKind::Name) }
}

/// APL (RFC 3123 section 4): no zeros at the end of a prefix.
fn prefixes(rest: &mut Rest<'_>) -> Option<()> {
    while !rest.0.is_empty() {
        let [high, low, prefix, length] = *rest.take(4)? else { return None };
        let part = rest.take(usize::from(length & 0x7f))?;
        let most = match (high, low) {
            (0, 1) => 4,
            (0, 2) => 16,
            _ => 127,
        };
        let too_long = most < 127 && usize::from(prefix) > most * 8;
        if part.len() > most || too_long || part.ends_with(&[0]) {
            return None;
        }
    }
    Some(())
}

/// A gateway of no octets, an address or a name, by the number in front; `kinds` is the highest number.
fn gateway(rest: &mut Rest<'_>, kinds: u8, kind: impl Fn(u8) -> u8) -> Option<()> {
    let kind = kind(rest.octet()?);
    rest.take(1)?;
    match kind {
        0 => Some(()),
        1 => rest.take(4).map(drop),
        2 => rest.take(16).map(drop),
        3 => rest.field(FieldKind::Name),
        _ => None,
    }?;
    if kind <= kinds { rest.some() } else { None }
}

/// AMTRELAY (RFC 8777 section 4.2): kinds of relays that nobody knows may be anything.
fn relay(rest: &mut Rest<'_>) -> Option<()> {
    rest.take(1)?;
    match rest.octet()? & 0x7f {
        0 => Some(()),
        1 => rest.take(4).map(drop),
        2 => rest.take(16).map(drop),
        3 => rest.field(FieldKind::Name),
        _ => rest.all(),
    }
}

/// HIP (RFC 8005 section 5).
fn host_identity(rest: &mut Rest<'_>) -> Option<()> {
    let [tag, _, high, low] = *rest.take(4)? else { return None };
    let key = u16::from_be_bytes([high, low]);
    if tag == 0 || key == 0 {
        return None;
    }
    rest.take(usize::from(tag) + usize::from(key))?;
    while !rest.0.is_empty() {
        rest.field(FieldKind::Name)?;
    }
    Some(())
}

/// TA and DLV (RFC 4431 section 2), which have the form of DS.
fn digest(rest: &mut Rest<'_>) -> Option<()> {
    let kind = *rest.take(4)?.last()?;
    let wanted = match kind {
        1 => 20,
        2 => 32,
        4 => 48,
        _ => return rest.some(),
    };
    rest.take(wanted).map(drop)
}
