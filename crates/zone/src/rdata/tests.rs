use super::*;
use crate::Names;
use proptest::prelude::*;

fn origin() -> Name {
    Name::absolute("example.com").unwrap()
}

fn parse(rtype: &str, text: &str) -> Result<Rdata, RdataError> {
    let origin = origin();
    Rdata::parse(rtype.parse().unwrap(), text, Names { origin: &origin, strict: false })
}

/// One value of every type: the text that is read, and the text that is printed.
pub(crate) const EVERY_TYPE: &[(&str, &str, &str)] = &[
    ("A", "192.0.2.1", "192.0.2.1"),
    ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
    ("AFSDB", "1 Afs", "1 afs.example.com."),
    ("ALIAS", "other.example.", "other.example."),
    ("CAA", "0 issue \"ca.example; policy=ev\"", "0 issue \"ca.example; policy=ev\""),
    ("CAA", "128 iodef mailto:a@b", "128 iodef \"mailto:a@b\""),
    ("CAA", "0 issue \"\"", "0 issue \"\""),
    ("CDNSKEY", "0 3 0 AA==", "0 3 0 AA=="),
    ("CDS", "0 0 0 00", "0 0 0 00"),
    ("CERT", "PGP 0 RSASHA256 AQID BA==", "3 0 8 AQIDBA=="),
    ("CNAME", "@", "example.com."),
    ("CSYNC", "66 3 A NS AAAA", "66 3 A NS AAAA"),
    (
        "DHCID",
        "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
        "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    ),
    ("DNAME", "Target.example.", "target.example."),
    ("DNSKEY", "257 3 13 AQID", "257 3 13 AQID"),
    ("DS", "60485 ECDSAP256SHA256 2 D4B7 D520E7BB", "60485 13 2 d4b7d520e7bb"),
    ("HINFO", "\"PC Intel\" Linux", "\"PC Intel\" \"Linux\""),
    (
        "HTTPS",
        "1 . alpn=h3,h2 port=8443 ipv4hint=192.0.2.1,192.0.2.2",
        "1 . alpn=h3,h2 port=8443 ipv4hint=192.0.2.1,192.0.2.2",
    ),
    ("HTTPS", "0 svc.example.net.", "0 svc.example.net."),
    ("KX", "10 kx", "10 kx.example.com."),
    ("LOC", "42 21 54 N 71 06 18 W -24m 30m", "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"),
    ("LOC", "52 S 0 E 10", "52 0 0.000 S 0 0 0.000 E 10.00m 1.00m 10000.00m 10.00m"),
    ("LUA", "A \"ifportup(443, {'192.0.2.1'})\"", "A \"ifportup(443, {'192.0.2.1'})\""),
    ("MX", "10 mail", "10 mail.example.com."),
    ("MX", "0 .", "0 ."),
    (
        "NAPTR",
        "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu.",
        "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu.",
    ),
    ("NAPTR", "1 1 u E2U+sip \"!^.*$!sip:a\\\\1@b!\" .", "1 1 \"u\" \"E2U+sip\" \"!^.*$!sip:a\\\\1@b!\" ."),
    ("NS", "ns1", "ns1.example.com."),
    ("NSEC", "host A MX RRSIG NSEC TYPE1234", "host.example.com. A MX RRSIG NSEC TYPE1234"),
    (
        "NSEC3",
        "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX RRSIG",
        "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX RRSIG",
    ),
    ("NSEC3PARAM", "1 0 0 -", "1 0 0 -"),
    ("OPENPGPKEY", "AQID", "AQID"),
    ("PTR", "host.example.org.", "host.example.org."),
    (
        "ROUTE53_ALIAS",
        "A Z2FDTNDATAQYW2 d1.cloudfront.net. false",
        "A Z2FDTNDATAQYW2 d1.cloudfront.net. false",
    ),
    ("RP", "admin txt", "admin.example.com. txt.example.com."),
    (
        "RRSIG",
        "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1",
        "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1",
    ),
    ("SMIMEA", "3 1 1 abCD", "3 1 1 abcd"),
    (
        "SOA",
        "ns1 hostmaster 2026112301 3h 1h 1w 3600",
        "ns1.example.com. hostmaster.example.com. 2026112301 10800 3600 604800 3600",
    ),
    ("SPF", "\"v=spf1 -all\"", "\"v=spf1 -all\""),
    ("SRV", "10 60 5060 sip", "10 60 5060 sip.example.com."),
    ("SSHFP", "4 2 00ff", "4 2 00ff"),
    (
        "SVCB",
        "1 foo key65333=\"a\\032\\\"b\" mandatory=key65333",
        "1 foo.example.com. mandatory=key65333 key65333=\"a \\\"b\"",
    ),
    (
        "SVCB",
        "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
        "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
    ),
    ("TLSA", "3 1 1 0123 4567", "3 1 1 01234567"),
    (
        "TXT",
        "plain \"two words\" \"q\\\"uo\\\\te;\" \\195\\169 \"\"",
        "\"plain\" \"two words\" \"q\\\"uo\\\\te;\" \"\\195\\169\" \"\"",
    ),
    ("URI", "10 1 \"ftp://ftp1.example.com/public\"", "10 1 \"ftp://ftp1.example.com/public\""),
    ("ZONEMD", "2018031500 1 1 FEBE3D4C", "2018031500 1 1 febe3d4c"),
    ("TYPE65280", "\\# 3 abcdef", "\\# 3 abcdef"),
    ("TYPE65280", "\\# 0", "\\# 0"),
    ("A", "\\# 4 C0000201", "192.0.2.1"),
];

#[test]
fn every_type_reads_and_prints() {
    for (rtype, text, printed) in EVERY_TYPE {
        let rdata = parse(rtype, text).unwrap_or_else(|error| panic!("{rtype} {text}: {error}"));
        assert_eq!(rdata.to_string(), *printed, "{rtype} {text}");
        assert_eq!(parse(rtype, printed).unwrap(), rdata, "{rtype} {printed}");
        assert_eq!(Rdata::from_wire(rdata.rtype(), rdata.octets()).unwrap(), rdata, "{rtype} {text}");
    }
    let covered: Vec<RecordType> = EVERY_TYPE.iter().map(|(rtype, ..)| rtype.parse().unwrap()).collect();
    for rtype in RecordType::known().chain(RecordType::known_pseudo()) {
        assert!(covered.contains(&rtype), "{rtype} has no example");
    }
}

#[test]
fn relative_texts_read_back_where_names_are_strict() {
    let origin = origin();
    for (rtype, text, _) in EVERY_TYPE {
        let rdata = parse(rtype, text).unwrap();
        let short = rdata.relative_to(&origin);
        let names = Names { origin: &origin, strict: true };
        assert_eq!(Rdata::parse(rdata.rtype(), &short, names).as_ref(), Ok(&rdata), "{rtype} {short}");
    }
    for (text, short) in [
        ("10 mail", "10 mail"),
        ("10 @", "10 @"),
        ("10 a.b.example.com.", "10 a.b.example.com."),
        ("10 mail.example.", "10 mail.example."),
        ("0 .", "0 ."),
    ] {
        assert_eq!(parse("MX", text).unwrap().relative_to(&origin), short);
    }
}

#[test]
fn fields_build_the_same_value() {
    for (rtype, text, _) in EVERY_TYPE {
        let rdata = parse(rtype, text).unwrap();
        let texts = rdata.fields();
        let given: Vec<(&str, &str)> =
            texts.iter().rev().map(|field| (field.name, field.text.as_str())).collect();
        let origin = origin();
        let built = Rdata::from_fields(rdata.rtype(), &given, Names { origin: &origin, strict: true });
        // Strings of TXT are joined in a plain text, and octets that are no UTF-8 are shown escaped.
        if !matches!(rdata.rtype(), RecordType::TXT) {
            assert_eq!(built.unwrap(), rdata, "{rtype} {text}");
        }
    }
}

#[test]
fn wrong_texts_say_what_is_wrong_and_where() {
    for (rtype, text, message) in [
        ("A", "192.0.2.300", "A: address: \"192.0.2.300\" is not an IPv4 address @0+11"),
        (
            "A",
            "192.0.2.010",
            "A: address: \"192.0.2.010\" is not an IPv4 address; leading zeros are refused, since some programs read them as octal @0+11",
        ),
        ("A", "", "A: address: the field is missing @0+0"),
        (
            "A",
            "192.0.2.1 192.0.2.2",
            "A: there is more text than the type has fields: \"192.0.2.2\"; the form is address @10+9",
        ),
        ("MX", "mail", "MX: preference: \"mail\" is not a number from 0 to 65535 @0+4"),
        ("MX", "10", "MX: exchange: the field is missing @2+0"),
        ("MX", "65536 mail", "MX: preference: \"65536\" is not a number from 0 to 65535 @0+5"),
        (
            "MX",
            "10 a..b",
            "MX: exchange: the name \"a..b\" has an empty label (two dots in a row, or one at the start) @3+4",
        ),
        ("TXT", "\"open", "TXT: txt_data: the quote is not closed @0+0"),
        (
            "TXT",
            "a\"b",
            "TXT: txt_data: there is a quote inside a word: put a blank before it, or write \\\" @0+0",
        ),
        ("CAA", "0 is-sue x", "CAA: tag: this is not one word of letters and digits @0+0"),
        ("TLSA", "3 1 1", "TLSA: certificate_association_data: the field is missing @5+0"),
        (
            "TYPE999",
            "abc",
            "TYPE999: rdata: a type without known fields is written \\# LENGTH HEX (RFC 3597 section 5) @0+0",
        ),
        ("TYPE999", "\\# 2 abcdef", "TYPE999: \\# announces 2 octets, but 3 follow @0+11"),
        ("A", "\\# 3 abcdef", "A: address: the data ends early @0+0"),
        ("HTTPS", "1 . alpn=h2 alpn=h3", "HTTPS: svc_params: the parameter alpn stands twice @4+15"),
    ] {
        let error = parse(rtype, text).unwrap_err();
        assert_eq!(format!("{error} @{}+{}", error.offset, error.length), message, "{rtype} {text}");
    }
    let long = format!("\"{}\"", "x".repeat(256));
    assert!(parse("TXT", &long).unwrap_err().to_string().contains("256 octets"));
}

#[test]
fn long_texts_are_cut_and_joined() {
    for length in [0, 1, 254, 255, 256, 509, 510, 511, 764, 765, 766, 4000] {
        let text = vec![b'x'; length];
        let rdata = Rdata::text(RecordType::TXT, &text);
        assert_eq!(rdata.strings().count(), length.div_ceil(255).max(1));
        assert_eq!(rdata.joined_text(), text);
        assert_eq!(parse("TXT", &rdata.to_string()).unwrap(), rdata);
    }
}

#[test]
fn typed_access() {
    let mx = parse("MX", "10 mail").unwrap();
    assert_eq!((mx.number("preference"), mx.name("exchange")), (Some(10), mx.target()));
    assert_eq!(mx.target().unwrap().to_string(), "mail.example.com.");
    let caa = parse("CAA", "0 issue \"ca.example\"").unwrap();
    assert_eq!(
        (caa.bytes("tag"), caa.bytes("value")),
        (Some(b"issue".to_vec()), Some(b"ca.example".to_vec()))
    );
    assert_eq!(parse("AAAA", "::1").unwrap().ip(), Some("::1".parse().unwrap()));
    assert_eq!(mx.ip(), None);
    assert_eq!(mx.number("no_such_field"), None);
}

/// An empty hash could not be written as text.
#[test]
fn an_empty_hash_is_refused() {
    assert!(Rdata::from_wire(RecordType::NSEC3, &[1, 0, 0, 0, 0, 1, 1]).is_ok());
    assert!(Rdata::from_wire(RecordType::NSEC3, &[1, 0, 0, 0, 0, 0]).is_err());
}

/// RFC 1035 section 4.1.4.
#[test]
fn names_in_messages_are_decompressed() {
    let mut message = b"\x07Example\x03com\x00".to_vec();
    let start = message.len();
    message.extend(b"\x00\x0a\x04MAIL\xc0\x00");
    let rdata = Rdata::from_message(RecordType::MX, &message, start, message.len()).unwrap();
    assert_eq!(rdata.to_string(), "10 mail.example.com.");
    let looping = b"\xc0\x00";
    assert!(Rdata::from_message(RecordType::NS, looping, 0, 2).is_err());
    let forward = b"\xc0\x02\x00";
    assert!(Rdata::from_message(RecordType::NS, forward, 0, 2).is_err());
}

proptest! {
    /// Whatever octets are accepted print as text that reads back as the same octets.
    #[test]
    fn accepted_octets_round_trip(code in prop::sample::select(RecordType::known().chain([RecordType::from_code(65280)]).collect::<Vec<_>>()), octets in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(rdata) = Rdata::from_wire(code, &octets) {
            let text = rdata.to_string();
            prop_assert_eq!(&parse(&code.to_string(), &text).unwrap(), &rdata, "{}", text);
        }
    }

    #[test]
    fn texts_round_trip(strings in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..256), 1..5)) {
        let mut octets = Vec::new();
        strings.iter().for_each(|string| read::push_string(&mut octets, string));
        let rdata = Rdata::from_wire(RecordType::TXT, &octets).unwrap();
        prop_assert_eq!(parse("TXT", &rdata.to_string()).unwrap(), rdata);
    }

    #[test]
    fn service_parameters_round_trip(ids in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..8), 1..4), value in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut alpn = Vec::new();
        ids.iter().for_each(|id| read::push_string(&mut alpn, id));
        let mut octets = vec![0, 1, 0];
        for (key, value) in [(1_u16, &alpn), (65333, &value)] {
            octets.extend(key.to_be_bytes());
            octets.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            octets.extend(value);
        }
        let rdata = Rdata::from_wire(RecordType::HTTPS, &octets).unwrap();
        let text = rdata.to_string();
        prop_assert_eq!(&parse("HTTPS", &text).unwrap(), &rdata, "{}", text);
    }

    #[test]
    fn no_text_panics(code in prop::sample::select(RecordType::known().collect::<Vec<_>>()), text in "[ -~\\\\\"é]{0,60}") {
        if let Ok(rdata) = parse(&code.to_string(), &text) {
            prop_assert_eq!(parse(&code.to_string(), &rdata.to_string()).unwrap(), rdata);
        }
    }

    #[test]
    fn no_message_panics(code in 0_u16..300, message in prop::collection::vec(any::<u8>(), 0..80), start in 0_usize..90, end in 0_usize..90) {
        let _ = Rdata::from_message(RecordType::from_code(code), &message, start, end);
    }
}
