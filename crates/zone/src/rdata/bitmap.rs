//! Sets of record types (RFC 4034 section 4.1.2).

use super::error::Reason;
use crate::RecordType;

/// Appends the set in windows of 256 types.
pub(super) fn write(types: &[RecordType], out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut codes = Vec::with_capacity(types.len());
    for rtype in types {
        codes.push(rtype.code().ok_or_else(|| format!("{rtype} is no type of DNS"))?);
    }
    codes.sort_unstable();
    for window in codes.chunk_by(|a, b| a >> 8 == b >> 8) {
        let mut bits = [0_u8; 32];
        let mut used = 0;
        for code in window {
            let [_, low] = code.to_be_bytes();
            let octet = usize::from(low / 8);
            bits[octet] |= 0x80 >> (low % 8);
            used = octet + 1;
        }
        if let Some(first) = window.first() {
            out.push(first.to_be_bytes()[0]);
            super::read::push_string(out, &bits[..used]);
        }
    }
    Ok(())
}

/// Windows in ascending order, each of 1 to 32 octets without a zero at the end.
pub(super) fn check(mut rest: &[u8]) -> Result<(), Reason> {
    let mut last = None;
    while let [window, length, after @ ..] = rest {
        let bits = after.get(..usize::from(*length)).filter(|bits| (1..=32).contains(&bits.len()));
        let bits = bits.ok_or("a window of the type bitmap is not 1 to 32 octets long")?;
        if last >= Some(*window) || bits.last() == Some(&0) {
            return Err("the windows of the type bitmap are out of order or end with a zero".into());
        }
        last = Some(*window);
        rest = after.get(bits.len()..).unwrap_or(&[]);
    }
    if rest.is_empty() { Ok(()) } else { Err("the type bitmap ends early".into()) }
}

/// The mnemonics in ascending order.
pub(super) fn print(mut rest: &[u8]) -> String {
    let mut types = Vec::new();
    while let [window, length, after @ ..] = rest {
        for (index, octet) in after.iter().take(usize::from(*length)).enumerate() {
            for bit in (0..8_u16).filter(|bit| octet & (0x80 >> bit) != 0) {
                let low = u16::try_from(index).unwrap_or(0) * 8 + bit;
                types.push(RecordType::from_code(u16::from(*window) << 8 | low).mnemonic().into_owned());
            }
        }
        rest = after.get(usize::from(*length)..).unwrap_or(&[]);
    }
    types.join(" ")
}
