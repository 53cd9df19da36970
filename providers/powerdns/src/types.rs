//! The types that PowerDNS has, and those that it keeps to itself.

use dnsctl_zone::RecordType;

/// Types that 4.7.3 reads and prints in a way of its own, which the model does not know, so that not even the generic
/// form of RFC 3597 is taken.
const OWN_TEXT: &[(&str, u16)] = &[
    ("MB", 7),
    ("MG", 8),
    ("MR", 9),
    ("MINFO", 14),
    ("SIG", 24),
    ("KEY", 25),
    ("A6", 38),
    ("APL", 42),
    ("IPSECKEY", 45),
    ("RKEY", 57),
    ("NID", 104),
    ("L32", 105),
    ("L64", 106),
    ("LP", 107),
    ("EUI48", 108),
    ("EUI64", 109),
    ("DLV", 32769),
    // Types of messages and questions, not of zones.
    ("NULL", 10),
    ("OPT", 41),
    ("TKEY", 249),
    ("TSIG", 250),
    ("IXFR", 251),
    ("AXFR", 252),
    ("MAILB", 253),
    ("MAILA", 254),
    ("ANY", 255),
    // What PowerDNS uses for itself: ADDR, ALIAS and LUA.
    ("ADDR", 65400),
    ("TYPE65401", 65401),
    ("TYPE65402", 65402),
];

/// All types of DNS that cannot be written, for [`dnsctl_provider::Types::AllBut`].
pub(crate) const NOT_WRITTEN: &[RecordType] = &{
    let mut types = [RecordType::RRSIG; OWN_TEXT.len() + 4];
    let mut index = 0;
    while index < OWN_TEXT.len() {
        types[index] = RecordType::from_code(OWN_TEXT[index].1);
        index += 1;
    }
    types[index] = RecordType::NSEC;
    types[index + 1] = RecordType::NSEC3;
    types[index + 2] = RecordType::NSEC3PARAM;
    types
};

/// The pseudo types of PowerDNS: `expand-alias` and `enable-lua-records` make the server answer for them.
pub(crate) const PSEUDO: &[RecordType] = &[RecordType::ALIAS, RecordType::LUA];

/// The type of this name in the API. One that nobody knows here, from a newer server, is a pseudo type and only kept.
pub(crate) fn parse(text: &str) -> RecordType {
    let own =
        || OWN_TEXT.iter().find(|(name, _)| *name == text).map(|(_, code)| RecordType::from_code(*code));
    text.parse().ok().or_else(own).unwrap_or_else(|| RecordType::pseudo(text))
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
        assert_eq!(parse("MX"), RecordType::MX);
        assert_eq!(parse("LUA"), RecordType::LUA);
        assert_eq!(parse("APL"), RecordType::from_code(42));
        assert_eq!(parse("TYPE65280"), RecordType::from_code(65280));
        for text in ["APL", "NSEC", "FROM-A-NEWER-SERVER"] {
            assert!(outside_of_the_model(text, parse(text)).is_some(), "{text}");
        }
        assert!(outside_of_the_model("ALIAS", parse("ALIAS")).is_none());
        assert!(
            NOT_WRITTEN.contains(&RecordType::from_code(42)) && NOT_WRITTEN.contains(&RecordType::NSEC3PARAM)
        );
        assert!(!NOT_WRITTEN.contains(&RecordType::DS));
    }
}
