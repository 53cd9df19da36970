//! Null MX: a domain that takes no mail (RFC 7505).

use dnsctl_zone::{Name, Rdata, RecordType};

/// What the MX records of a domain say about a null MX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullMx {
    /// There is none.
    No,
    /// `0 .` and nothing else: the domain takes no mail, and senders say so at once (RFC 7505 section 3).
    Yes,
    /// `.` alone, with another preference than the 0 that RFC 7505 section 3 wants.
    Preference(u16),
    /// `.` beside this many others. What senders do is not defined; Postfix bounces all mail.
    WithOthers(usize),
}

impl NullMx {
    /// Whether `.` is among the records.
    pub fn is_there(self) -> bool {
        self != Self::No
    }
}

/// Judges the MX records of a domain.
pub fn judge(exchangers: &[(u16, Name)]) -> NullMx {
    let others = exchangers.iter().filter(|(_, name)| !name.is_root()).count();
    match exchangers.iter().find(|(_, name)| name.is_root()) {
        None => NullMx::No,
        Some(_) if others > 0 => NullMx::WithOthers(others),
        Some((0, _)) => NullMx::Yes,
        Some((preference, _)) => NullMx::Preference(*preference),
    }
}

/// The MX record of a domain that takes no mail: `0 .`.
pub fn rdata() -> Rdata {
    // Two octets of preference and the root are always an MX.
    Rdata::from_wire(RecordType::MX, &[0, 0, 0]).unwrap_or_else(|_| Rdata::text(RecordType::TXT, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_mx_stands_alone() {
        let root = |preference| (preference, Name::root());
        let mail = (10, Name::absolute("mail.example.com").unwrap());
        assert_eq!(judge(&[]), NullMx::No);
        assert_eq!(judge(std::slice::from_ref(&mail)), NullMx::No);
        assert_eq!(judge(&[root(0)]), NullMx::Yes);
        assert_eq!(judge(&[root(10)]), NullMx::Preference(10));
        assert_eq!(judge(&[root(0), mail.clone(), mail]), NullMx::WithOthers(2));
    }

    #[test]
    fn the_record() {
        assert_eq!(rdata().to_string(), "0 .");
        assert_eq!(rdata().rtype(), RecordType::MX);
    }
}
