mod faults;

use super::*;
use crate::rdata::tests::EVERY_TYPE;
use crate::{Names, RRset, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

/// Parses with these files to include.
fn parse_with(text: &str, files: &[(&str, &str)], options: Options) -> Parsed {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    parse(text, Arc::from("zone"), &name("example.com"), options, &mut |path| {
        let text = files.get(path).ok_or("there is no such file")?;
        Ok((Arc::from(path), (*text).to_owned()))
    })
}

/// The records as `owner ttl type data`.
fn records(text: &str, files: &[(&str, &str)]) -> Vec<String> {
    let parsed = parse_with(text, files, Options::default());
    assert_eq!(parsed.errors, [], "{text}");
    let line = |record: &Record| {
        format!(
            "{} {} {} {}",
            record.name.relative_to(&name("example.com")),
            record.ttl,
            record.rtype(),
            record.rdata
        )
    };
    parsed.records.iter().map(line).collect()
}

/// The errors with their places and lengths.
fn errors(text: &str, files: &[(&str, &str)]) -> Vec<String> {
    let parsed = parse_with(text, files, Options::default());
    parsed.errors.iter().map(|error| format!("{error} +{}", error.length)).collect()
}

fn warnings(text: &str) -> Vec<String> {
    let parsed = parse_with(text, &[], Options::default());
    parsed.warnings.iter().map(ToString::to_string).collect()
}

/// The examples of RFC 1035 section 5.3.
#[test]
fn rfc1035_5_3() {
    let text = "\
@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        MX      10      VENERA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32

$INCLUDE <SUBSYS>ISI-MAILBOXES.TXT
";
    let mailboxes = "\
MOE     PTR     VENERA
";
    assert_eq!(
        records(text, &[("<SUBSYS>ISI-MAILBOXES.TXT", mailboxes)]),
        [
            "@ 60 SOA venera.example.com. action\\.domains.example.com. 20 7200 600 3600000 60",
            "@ 60 NS a.isi.edu.",
            "@ 60 NS venera.example.com.",
            "@ 60 MX 10 venera.example.com.",
            "a 60 A 26.3.0.103",
            "venera 60 A 10.1.0.52",
            "venera 60 A 128.9.0.32",
            "moe 60 PTR venera.example.com.",
        ]
    );
}

#[test]
fn ttl_class_and_type_in_any_order() {
    let text = "\
$TTL 1h
a IN 5m A 192.0.2.1
a 5m in A 192.0.2.2
a A 192.0.2.3
 300 A 192.0.2.4
\tclass1 A 192.0.2.5
a.b 1 TYPE1 \\# 4 c0000206
x.example.org. A 192.0.2.7
";
    assert_eq!(
        records(text, &[]),
        [
            "a 300 A 192.0.2.1",
            "a 300 A 192.0.2.2",
            "a 3600 A 192.0.2.3",
            "a 300 A 192.0.2.4",
            "a 3600 A 192.0.2.5",
            "a.b 1 A 192.0.2.6",
            "x.example.org. 3600 A 192.0.2.7",
        ]
    );
}

#[test]
fn parentheses_comments_and_quotes() {
    let text = "\u{feff}$TTL 1 ; comment ( with \" and )\r
a TXT \"semicolon ; and (\" ; comment \"\r
  ; a comment by itself
b TXT ( \"one\" ; first )
 two;three
 (\"\\\"four;\") ; nested
)
( c
TXT ) x;y
d TXT a\\;b \\(c\\) \"d\\\\\" \"\"
\te A 192.0.2.1";
    assert_eq!(
        records(&text.replace("\te", "e"), &[]),
        [
            "a 1 TXT \"semicolon ; and (\"",
            "b 1 TXT \"one\" \"two\" \"\\\"four;\"",
            "c 1 TXT \"x\"",
            "d 1 TXT \"a;b\" \"(c)\" \"d\\\\\" \"\"",
            "e 1 A 192.0.2.1",
        ]
    );
}

/// RFC 1035 section 5.1, RFC 2308 section 4.
#[test]
fn a_missing_ttl_is_that_of_the_record_before() {
    assert_eq!(
        records("@ 5 SOA a b 1 2 3 4 60\n A 192.0.2.1\n 7 A 192.0.2.2\n A 192.0.2.3\n", &[]),
        [
            "@ 5 SOA a.example.com. b.example.com. 1 2 3 4 60",
            "@ 5 A 192.0.2.1",
            "@ 7 A 192.0.2.2",
            "@ 7 A 192.0.2.3"
        ]
    );
    // Without any TTL the last field of SOA becomes one for good.
    assert_eq!(
        records("@ SOA a b 1 2 3 4 60\na 7 A 192.0.2.2\nb A 192.0.2.3\n", &[])[1..],
        ["a 7 A 192.0.2.2", "b 60 A 192.0.2.3"]
    );
    assert_eq!(
        warnings("@ 5 SOA a b 1 2 3 4 60\na A 192.0.2.1\nb A 192.0.2.1\n"),
        [
            "zone:2: the record has no TTL and there is no $TTL; 5 is taken from the record before (RFC 1035 section 5.1)"
        ]
    );
    assert_eq!(
        warnings("@ SOA a b 1 2 3 4 60\n"),
        [
            "zone:1: the SOA record has no TTL and there is no $TTL; its last field, 60, is taken for it and all that follows"
        ]
    );
    let options = Options { default_ttl: Ttl::new(9), ..Options::default() };
    assert_eq!(parse_with("a A 192.0.2.1", &[], options).records[0].ttl.seconds(), 9);
}

#[test]
fn origin_and_include() {
    let files = [
        ("sub.db", " TXT blank\nx A 192.0.2.1\n$TTL 7\n$ORIGIN deep\ny A 192.0.2.2\n$INCLUDE leaf.db"),
        ("leaf.db", "z A 192.0.2.3"),
    ];
    let text = "$TTL 1\nw A 192.0.2.9\n$INCLUDE sub.db sub ; comment\n TXT back\nv A 192.0.2.4\n$ORIGIN com.\nexample A 192.0.2.5\n$origin sub.example\n@ A 192.0.2.6\n";
    assert_eq!(
        records(text, &files),
        [
            "w 1 A 192.0.2.9",
            "w 1 TXT \"blank\"",
            "x.sub 1 A 192.0.2.1",
            "y.deep.sub 7 A 192.0.2.2",
            "z.deep.sub 7 A 192.0.2.3",
            "w 7 TXT \"back\"",
            "v 7 A 192.0.2.4",
            "@ 7 A 192.0.2.5",
            "sub 7 A 192.0.2.6",
        ]
    );
    assert_eq!(
        errors("$INCLUDE none.db\n\n  $INCLUDE x\n$INCLUDE", &[]),
        [
            "zone:1:10: cannot include \"none.db\": there is no such file +7",
            "zone:3:3: the line starts with a blank, so it has the owner name of the record before, but there is none +8",
            "zone:4:1: the form is $INCLUDE FILE, with a name behind it if the origin is another +8",
        ]
    );
    assert_eq!(
        errors("$INCLUDE a", &[("a", "\n$INCLUDE b"), ("b", "$INCLUDE a\nx 1 A 300")]),
        ["b:1:10: a includes itself +1", "b:2:7: A: address: \"300\" is not an IPv4 address +3"]
    );
    assert_eq!(errors("$INCLUDE zone", &[("zone", "")]), ["zone:1:10: zone includes itself +4"]);
}

#[test]
fn generate() {
    let text = "\
$TTL 1
$GENERATE 1-3 h$ A 192.0.2.$ ; comment
$GENERATE 0-4/2 $ 60 IN CNAME $.sub
$GENERATE 9-10 x${-9,3}\\$$$ IN 60 TXT \"a$$b \\$ ${1,2,x}\"
$GENERATE 1-1 m$ MX \"10 mail$\"
$GENERATE 1-1 n$ MX 10 mail$
$GENERATE 1-1 t$ TXT \"\\\"in $ quotes\\\" and ${0,4,o}\"
$GENERATE 1-1 u$ TXT \"one $\" \"two\"
$GENERATE 254-254 ${0,3,n}.p PTR ${1,0,X}.${0,5,N}.
";
    assert_eq!(
        records(text, &[]),
        [
            "h1 1 A 192.0.2.1",
            "h2 1 A 192.0.2.2",
            "h3 1 A 192.0.2.3",
            "0 60 CNAME 0.sub.example.com.",
            "2 60 CNAME 2.sub.example.com.",
            "4 60 CNAME 4.sub.example.com.",
            "x000\\$\\$ 60 TXT \"a$b\" \"$\" \"0a\"",
            "x001\\$\\$ 60 TXT \"a$b\" \"$\" \"0b\"",
            "m1 1 MX 10 mail1.example.com.",
            "n1 1 MX 10 mail1.example.com.",
            "t1 1 TXT \"in 1 quotes\" \"and\" \"0001\"",
            "u1 1 TXT \"one 1\" \"two\"",
            "e.f.p 1 PTR ff.e.f.0.",
        ]
    );
    assert_eq!(
        errors(
            "$TTL 1\n$GENERATE 3-1 a A 192.0.2.$\n$GENERATE 1-2/0 a A 192.0.2.$\n$GENERATE 0-1 a${-1} A 192.0.2.$\n\
             $GENERATE 254-300 a$ A 192.0.2.$\n$GENERATE 1-2 a${x} A 1.2.3.4\n$GENERATE 1-2 a${1 A 1.2.3.4\n$GENERATE 1-2 a$ A\n\
             $GENERATE 0-2147483647 a$ A 192.0.2.1\n",
            &[]
        ),
        [
            "zone:2:11: \"3-1\" is not a range START-STOP or START-STOP/STEP with START not above STOP and STEP above 0 +3",
            "zone:3:11: \"1-2/0\" is not a range START-STOP or START-STOP/STEP with START not above STOP and STEP above 0 +5",
            "zone:4:15: 0 plus the offset -1 is below 0 or above 2147483647 +6",
            "zone:5:24: for the number 256: A: address: \"192.0.2.256\" is not an IPv4 address +9",
            "zone:6:15: \"${x}\" is not of the form ${OFFSET,WIDTH,BASE} with a WIDTH up to 255 and a BASE of d, o, x, X, n or N +5",
            "zone:7:15: \"${1\" is not of the form ${OFFSET,WIDTH,BASE} with a WIDTH up to 255 and a BASE of d, o, x, X, n or N +4",
            "zone:8:1: the form is $GENERATE START-STOP[/STEP] NAME [TTL] [IN] TYPE DATA +9",
            "zone:9:1: $GENERATE makes more than 1000000 records +9",
        ]
    );
}

#[test]
fn a_zone_of_records() {
    let parsed = parse_with(
        "$TTL 1h\nb A 192.0.2.2\na 5 A 192.0.2.1\nb 60 A 192.0.2.1\nb A 192.0.2.2\nx.org. A 192.0.2.1\nx.org. MX 1 a\nc CNAME a\nc CNAME b\n",
        &[],
        Options::default(),
    );
    let loaded = zone(parsed, &name("example.com"));
    let shown: Vec<String> = (loaded.zone.rrsets().iter().zip(&loaded.sources))
        .map(|(rrset, source)| format!("{source} {} {} {:?}", rrset.name, rrset.ttl, rrset.values()))
        .collect();
    assert_eq!(
        shown,
        [
            "zone:3:1 a.example.com. 5 [A 192.0.2.1]",
            "zone:2:1 b.example.com. 60 [A 192.0.2.1, A 192.0.2.2]",
            "zone:8:1 c.example.com. 3600 [CNAME a.example.com., CNAME b.example.com.]",
        ]
    );
    let texts = |faults: &[MasterError]| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        texts(&loaded.errors),
        [
            "zone:8:1: c.example.com. has several CNAME records; there can be only one",
            "zone:6:1: x.org. is not in the zone example.com.",
        ]
    );
    assert_eq!(
        texts(&loaded.warnings),
        [
            "zone:2:1: this record of b.example.com. A stands twice",
            "zone:2:1: the records of b.example.com. A have TTLs from 60 to 3600; 60 holds for all (RFC 2181 section 5.2)",
        ]
    );
}

#[test]
fn octets_that_are_no_utf8() {
    assert_eq!(decode(b"caf\xe9 \\\xe9 \\\\\xe9 \xc3\xa9"), "caf\\233 \\233 \\\\\\233 é");
    let text = decode(b"a 1 TXT \"caf\xe9\" ; \xff\nb 1 TXT \"\xc3\xa9\"");
    let texts: Vec<Vec<u8>> = parse_with(&text, &[], Options::default())
        .records
        .iter()
        .map(|record| record.rdata.joined_text())
        .collect();
    assert_eq!(texts, [b"caf\xe9".to_vec(), b"\xc3\xa9".to_vec()]);
}

fn zone_of(lines: &str) -> Zone {
    let options = Options { pseudo_types: true, ..Options::default() };
    let parsed = parse_with(lines, &[], options);
    assert_eq!(parsed.errors, []);
    let loaded = zone(parsed, &name("example.com"));
    assert_eq!(loaded.errors, []);
    loaded.zone
}

#[test]
fn printed_for_a_person() {
    let long = "x".repeat(240);
    let text = format!(
        "$TTL 1h
@ 1d SOA ns1 hostmaster 2026112301 3h 1h 2w 300
@ 1d NS ns1
@ 1d NS ns.example.net.
@ A 192.0.2.1
@ ALIAS other.example.
www 5m CNAME @
a-name-that-is-longer-than-forty-characters-long A 192.0.2.1
s._domainkey TXT \"v=DKIM1; p={long}\" \"{long}\"
"
    );
    let zone = zone_of(&text);
    assert_eq!(
        print(&zone, PrintOptions::default()),
        format!(
            "\
$ORIGIN example.com.
$TTL 3600
@            86400 IN SOA   ns1.example.com. hostmaster.example.com. (
                            2026112301 ; serial
                            10800      ; refresh (3h)
                            3600       ; retry (1h)
                            1209600    ; expire (2w)
                            300        ; minimum (5m)
                            )
@            86400 IN NS    ns.example.net.
@            86400 IN NS    ns1.example.com.
@                  IN A     192.0.2.1
; @                  IN ALIAS other.example.
s._domainkey       IN TXT   (
                            \"v=DKIM1; p={long}\"
                            \"{long}\" )
a-name-that-is-longer-than-forty-characters-long       IN A     192.0.2.1
www            300 IN CNAME example.com.
"
        )
    );
    let all = print(&zone, PrintOptions { pseudo_types: true });
    assert!(all.contains("\n@                  IN ALIAS other.example.\n"), "{all}");
    assert_eq!(zone_of(&all), zone);
}

#[test]
fn a_comment_cannot_be_left() {
    let other = RecordType::pseudo("VENDOR/THING").unwrap();
    let names = Names { origin: &name("example.com"), strict: false };
    let value = Rdata::parse(other, "x\nevil A 192.0.2.66\r\n", names).unwrap();
    let rrset = RRset::new(name("a.example.com"), other, Ttl::from_wire(60), vec![value]);
    for pseudo_types in [false, true] {
        let text = print(&Zone::new(name("example.com"), vec![rrset.clone()]), PrintOptions { pseudo_types });
        assert_eq!(zone_of(&text).rrsets(), [], "{text}");
        assert_eq!(text.lines().count(), 3, "{text}");
    }
}

prop_compose! {
    /// An RRset with a name and an rdata that need every kind of escape.
    fn any_rrset()(
        labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..12), 0..4),
        sample in prop::sample::select(EVERY_TYPE),
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..256), 1..4),
        as_text in any::<bool>(),
        ttl in 0_u32..=i32::MAX as u32,
    ) -> RRset {
        let mut owner = name("example.com");
        for label in labels {
            owner = owner.child(&label).unwrap();
        }
        let names = Names { origin: &owner, strict: false };
        let rdata = if as_text {
            let octets: Vec<u8> = texts.into_iter().flat_map(|mut text| {
                text.insert(0, u8::try_from(text.len()).unwrap());
                text
            }).collect();
            Rdata::from_wire(RecordType::TXT, &octets).unwrap()
        } else {
            Rdata::parse(sample.0.parse().unwrap(), sample.1, names).unwrap()
        };
        RRset::new(owner, rdata.rtype(), Ttl::new(ttl).unwrap(), vec![rdata])
    }
}

proptest! {
    #[test]
    fn print_reads_back_equal(rrsets in prop::collection::vec(any_rrset(), 0..8)) {
        let mut rrsets = rrsets;
        rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
        rrsets.dedup_by(|a, b| a.key() == b.key());
        let zone = Zone::new(name("example.com"), rrsets);
        let text = print(&zone, PrintOptions { pseudo_types: true });
        prop_assert_eq!(&zone_of(&text), &zone, "{}", text);
        prop_assert_eq!(print(&zone_of(&text), PrintOptions { pseudo_types: true }), text);
    }

    #[test]
    fn garbage_never_panics(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = decode(&octets);
        let parsed = parse_with(&text, &[], Options::default());
        let _ = zone(parsed, &name("example.com"));
    }

    /// Text made of what has a meaning, so that the parser gets far.
    #[test]
    fn near_misses_never_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "a", "é", "@", " ", "\t", "\n", "\r\n", "(", ")", "\"", "\\", ";", "$TTL", "$ORIGIN", "$INCLUDE", "$GENERATE", "1-3",
        "${0,3,n}", "$", "{", "}", "IN", "CH", "300", "A", "TXT", "SOA", "HTTPS", "alpn=", "key1=\"", "\\#", "192.0.2.1", "\\052", ".",
    ]), 0..60)) {
        let text = parts.concat();
        let files = [("a", text.as_str()), ("é", "a 1 A 192.0.2.1")];
        let parsed = parse_with(&text, &files, Options { generated: 100, ..Options::default() });
        for error in &parsed.errors {
            prop_assert!(error.source.line >= 1 && error.source.line as usize <= text.lines().count() + 1);
        }
        let zone = zone(parsed, &name("example.com")).zone;
        // Several values where there can be one are read, but make no zone.
        if zone.rrsets().iter().all(|rrset| rrset.values().len() == 1) {
            prop_assert_eq!(&zone_of(&print(&zone, PrintOptions::default())), &zone);
        }
    }
}
