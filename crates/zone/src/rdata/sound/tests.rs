use crate::{Name, Names, Rdata, RecordType};

fn fault(rtype: &str, text: &str) -> Option<String> {
    let root = Name::root();
    Rdata::parse(rtype.parse().unwrap(), text, Names { origin: &root, strict: false }).unwrap().fault()
}

#[test]
fn what_is_cut_off_or_contradicts_itself() {
    for (rtype, bad, good) in [
        ("DS", "12345 8 2 aabb", "12345 8 200 aabb"),
        ("DS", "1 13 1 00", "1 13 1 0000000000000000000000000000000000000000"),
        ("CDS", "0 0 0 0001", "0 0 0 00"),
        ("CDNSKEY", "257 3 0 AA==", "0 3 0 AA=="),
        ("SSHFP", "4 2 aabb", "4 9 aabb"),
        ("ZONEMD", "1 1 1 aabb", "1 1 240 aabbaabbaabbaabbaabbaabb"),
        ("ZONEMD", "1 1 240 aabb", "1 240 3 aabbaabbaabbaabbaabbaabb"),
        ("NAPTR", "1 1 \"\" \"\" \"nodelim\" .", "1 1 \"\" \"\" \"\" ."),
        ("NAPTR", r#"1 1 "" "" "!a!\\1!" ."#, r#"1 1 "" "" "!(a)!\\1!i" ."#),
        ("SVCB", "1 . no-default-alpn", "1 . alpn=h2 no-default-alpn"),
        ("HTTPS", "1 . dohpath=/dns", "1 . dohpath=/dns{?dns}"),
        ("TYPE255", "\\# 1 00", "\\# 0"),
        ("TYPE108", "\\# 1 00", "\\# 6 000000000000"),
        ("TYPE3", "\\# 1 00", ""),
        ("TYPE41", "\\# 0", ""),
        ("TYPE0", "\\# 0", ""),
    ] {
        assert!(fault(rtype, bad).is_some(), "{rtype} {bad}");
        let meta = rtype == "TYPE255";
        if !good.is_empty() {
            assert_eq!(fault(rtype, good).is_some(), meta, "{rtype} {good}");
        }
    }
    assert_eq!(
        fault("DS", "12345 8 2 aabb").as_deref(),
        Some("DS: digest: it has 2 octets; with digest_type 2 it has 32 (RFC 4034 section 5.1.4)")
    );
    assert_eq!(fault("TYPE65280", "\\# 1 00"), None);
}

#[test]
fn no_octets_of_any_type_are_too_much() {
    for code in (0..300).chain(32_760..32_780) {
        let rtype = RecordType::from_code(code);
        for length in 0..40_usize {
            for octet in [0_u8, 1, 5, 0x41, 0x80, 0xff] {
                if let Ok(rdata) = Rdata::from_wire(rtype, &vec![octet; length]) {
                    let _ = rdata.fault();
                }
            }
        }
    }
}
