//! Messages for the hook of a [`crate::DnsProxy`].

use crate::Action;

/// The length of the header (RFC 1035 section 4.1.1).
const HEADER: usize = 12;

/// An answer to `query` with this response code and nothing else: 2 SERVFAIL, 5 REFUSED, 9 NOTAUTH. It has no TSIG.
pub fn error_reply(query: &[u8], code: u8) -> Action {
    reply(query, 0, code)
}

/// An answer to `query` that says it was cut and must be asked again over TCP (the bit TC).
pub fn truncated_reply(query: &[u8]) -> Action {
    reply(query, 0x02, 0)
}

/// The message with one bit of its signature turned over. It must end with a TSIG record (RFC 8945 section 4.2) without
/// "other data", as all do except an answer BADTIME.
pub fn spoil_tsig(message: &[u8]) -> Vec<u8> {
    // Behind the signature come original id, error and length of the other data: two octets each.
    let mut changed = message.to_vec();
    if let Some(octet) = changed.len().checked_sub(7).and_then(|at| changed.get_mut(at)) {
        *octet ^= 1;
    }
    changed
}

fn reply(query: &[u8], more_flags: u8, code: u8) -> Action {
    let made = || {
        let mut answer = query.get(..question_end(query)?)?.to_vec();
        // QR is set, opcode and RD stay; one question and nothing else.
        let flags = (answer.get(2)? & 0b0111_1001) | 0x80 | more_flags;
        for (at, value) in (2_usize..HEADER).zip([flags, code, 0, 1, 0, 0, 0, 0, 0, 0]) {
            *answer.get_mut(at)? = value;
        }
        Some(answer)
    };
    made().map_or(Action::Drop, Action::Reply)
}

/// Where the first question ends: the labels of its name, type and class.
fn question_end(query: &[u8]) -> Option<usize> {
    let mut at = HEADER;
    loop {
        let length = usize::from(*query.get(at)?);
        at = at.checked_add(1)?.checked_add(length)?;
        if length == 0 {
            return at.checked_add(4);
        }
    }
}
