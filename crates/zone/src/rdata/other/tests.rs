use crate::{Name, Names, Rdata, RecordType};
use proptest::prelude::*;

fn parse(rtype: &str, text: &str) -> Result<Rdata, String> {
    let origin = Name::absolute("example.com").unwrap();
    let names = Names { origin: &origin, strict: false };
    Rdata::parse(rtype.parse().unwrap(), text, names).map_err(|error| error.to_string())
}

/// The oracle tests hold all types against BIND; here are forms that it does not take, and what the octets look like.
#[test]
fn text_becomes_octets() {
    for (rtype, text, printed) in [
        ("EUI48", "00-00-5E-00-53-2a", "\\# 6 00005e00532a"),
        ("APL", "1:192.168.32.0/21 !1:192.168.38.0/28", "\\# 14 00011503c0a82000011c83c0a826"),
        ("APL", "", "\\# 0"),
        ("WKS", "192.0.2.1 tcp smtp", "\\# 9 c00002010600000040"),
        ("IPSECKEY", "10 3 0 gw", "\\# 19 0a0300026777076578616d706c6503636f6d00"),
        ("RESINFO", "qnamemin exterr=15-17", "\\# 22 08716e616d656d696e0c6578746572723d31352d3137"),
        ("DSYNC", "CDS NOTIFY 5359 cds.example.", "\\# 18 003b0114ef03636473076578616d706c6500"),
        ("DSYNC", "TYPE65280 255 0 .", "\\# 6 ff00ff000000"),
        ("HHIT", "AQ ID", "\\# 3 010203"),
        // Not in the corpus of other programs: BIND 9.18.39 leaves the dot out and reads none.
        ("AMTRELAY", "0 0 0 .", "\\# 2 0000"),
        ("MB", "Host", "\\# 18 04686f7374076578616d706c6503636f6d00"),
    ] {
        let rdata = parse(rtype, text).unwrap();
        assert_eq!(rdata.to_string(), *printed, "{rtype} {text}");
        assert_eq!(parse(rtype, &rdata.to_string()), Ok(rdata), "{rtype} {text}");
    }
}

/// RFC 3597 section 4: names of these types can be compressed, so they cannot be kept as they are.
#[test]
fn compressed_names_are_whole() {
    let mut message = b"\x07Example\x03com\x00".to_vec();
    let start = message.len();
    message.extend(b"\x05Admin\xc0\x00\xc0\x00");
    let rdata = Rdata::from_message(RecordType::from_code(14), &message, start, message.len()).unwrap();
    assert_eq!(Ok(rdata), parse("MINFO", "admin @"));
}

#[test]
fn wrong_texts_say_what_is_wrong() {
    for (rtype, text, message) in [
        ("EUI48", "00005e00532a", "\"00005e00532a\" is not 6 pairs"),
        ("EUI64", "00-00-5e-00-53-2a", "is not 8 pairs"),
        ("APL", "1:192.0.2.0/33", "\"33\" is not a number from 0 to 32"),
        ("APL", "2:192.0.2.0/24", "is not of the form"),
        ("WKS", "192.0.2.1 tcp nosuchservice", "write the number of its port"),
        ("NSAP", "47.00", "starts with 0x"),
        ("KEY", "256 3 5", "the key is missing"),
        ("KEY", "49152 3 0 AQID", "there is no key"),
        ("ISDN", "1 2 3", "there is more text"),
        ("RT", "10", "intermediate_host: the field is missing"),
        ("RT", "10 a b", "the form is preference intermediate_host"),
        ("HIP", "2 20 !", "this is not base64"),
        ("NID", "1 ::1", "is not four groups"),
        ("NXT", "next CAA", "NXT holds types below 128, and CAA is none"),
        ("AMTRELAY", "10 0 4 .", "\"4\" is not a number from 0 to 3"),
        ("DOA", "0 0 1 text/plain", "none is written -"),
        ("DSYNC", "CDS POLL 1 .", "\"POLL\" is not a number from 0 to 255"),
        ("NULL", "abc", "is written \\# LENGTH HEX (RFC 3597 section 5)"),
    ] {
        let error = parse(rtype, text).unwrap_err();
        assert!(error.contains(message), "{rtype} {text}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(code in prop_oneof![1_u16..280, 32768_u16..32770], text in "[ -~\\\\\"é]{0,60}", few in "[0-9a-f:.!/+ -]{0,40}") {
        let rtype = RecordType::from_code(code);
        for text in [text, few] {
            if let Ok(rdata) = parse(&rtype.to_string(), &text) {
                prop_assert_eq!(parse(&rtype.to_string(), &rdata.to_string()), Ok(rdata), "{} {}", rtype, text);
            }
        }
    }
}
