//! The types that PowerDNS has, and those that it keeps to itself.

use dnsctl_zone::{RecordType, RecordTypeError};

/// Types that 4.7.3 reads and prints in a way of its own, which the model does not know, so that not even the generic
/// form of RFC 3597 is taken; then those of messages and questions; then what PowerDNS uses for itself.
const CODES: &[u16] = &[
    7,     // MB
    8,     // MG
    9,     // MR
    14,    // MINFO
    24,    // SIG
    25,    // KEY
    38,    // A6
    42,    // APL
    45,    // IPSECKEY
    57,    // RKEY
    104,   // NID
    105,   // L32
    106,   // L64
    107,   // LP
    108,   // EUI48
    109,   // EUI64
    32769, // DLV
    10,    // NULL
    41,    // OPT
    249,   // TKEY
    250,   // TSIG
    251,   // IXFR
    252,   // AXFR
    253,   // MAILB
    254,   // MAILA
    255,   // ANY
    65400, // ADDR
    65401, // ALIAS
    65402, // LUA
];

/// All types of DNS that cannot be written, for [`dnsctl_provider::Types::AllBut`].
pub(crate) const NOT_WRITTEN: &[RecordType] = &{
    let mut types = [RecordType::RRSIG; CODES.len() + 4];
    let mut index = 0;
    while index < CODES.len() {
        types[index] = RecordType::from_code(CODES[index]);
        index += 1;
    }
    types[index] = RecordType::NSEC;
    types[index + 1] = RecordType::NSEC3;
    types[index + 2] = RecordType::NSEC3PARAM;
    types
};

/// The pseudo types of PowerDNS: `expand-alias` and `enable-lua-records` make the server answer for them.
pub(crate) const PSEUDO: &[RecordType] = &[RecordType::ALIAS, RecordType::LUA];

/// The type of this name in the API. One that nobody knows here is a pseudo type and only kept.
///
/// # Errors
/// What cannot be the name of a type.
pub(crate) fn parse(text: &str) -> Result<RecordType, RecordTypeError> {
    text.parse().or_else(|_| RecordType::pseudo(text))
}

/// Why records of this type are only kept.
pub(crate) fn outside_of_the_model(text: &str, rtype: RecordType) -> Option<String> {
    if rtype.is_signing() {
        return Some(format!("{text} belongs to the signing of the zone"));
    }
    let unknown = rtype.is_pseudo() && !PSEUDO.contains(&rtype);
    (unknown || NOT_WRITTEN.contains(&rtype))
        .then(|| format!("records of type {text} are not managed at PowerDNS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_by_name() {
        assert_eq!(parse("MX"), Ok(RecordType::MX));
        assert_eq!(parse("LUA"), Ok(RecordType::LUA));
        assert_eq!(parse("TYPE65280"), Ok(RecordType::from_code(65280)));
        for text in ["APL", "EUI48", "NSEC", "TKEY", "FROM-A-NEWER-SERVER"] {
            assert!(outside_of_the_model(text, parse(text).unwrap()).is_some(), "{text}");
        }
        assert!(outside_of_the_model("ALIAS", parse("ALIAS").unwrap()).is_none());
        assert!(NOT_WRITTEN.contains(&RecordType::NSEC3PARAM) && !NOT_WRITTEN.contains(&RecordType::DS));
    }
}
