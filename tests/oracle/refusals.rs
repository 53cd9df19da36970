//! Wrong inputs: each is refused by us and by the others, or the difference has a reason.

use crate::corpus::HEAD;
use crate::{bind, domain_crate, knot, records};

const OCTETS: &str = "it does not look whether the octets are of the type's form";
const TAG: &str = "RFC 8659 section 4.1: the tag is of letters and digits, and is not empty";
const DOTS: &str = "RFC 1035 section 3.1: a label in the middle is not empty";
const EMPTY: &str = "a key, digest or fingerprint of no octets fits nothing";
const ZEROS: &str = "RFC 9460 section 2.1 wants no zeros in front";
const QUOTES: &str = "RFC 1035 section 5.1: quotes are for texts, not around names";
/// Then its verdict is not compared.
const VERSIONS: &str = "its versions differ, even those of one branch";
const WRAPS: &str = "it takes the number modulo 256";
const DIGIT: &str =
    "it rounds: RFC 1876 section 2 keeps one significant digit, and we keep what is written or nothing";
const TTL: &str = "RFC 2181 section 8: a TTL has 31 bits; BIND makes it 0, others serve it";

/// What is wrong everywhere: a line of a zone, and the programs that take it all the same, with the reason.
const WRONG: &[(&str, &[(&str, &str)])] = &[
    ("a A 192.0.2.300", &[]),
    ("a A 192.0.2", &[]),
    ("a A 192.0.2.1.5", &[]),
    ("a A", &[]),
    ("a A 192.0.2.1 192.0.2.2", &[]),
    ("a A ::1", &[]),
    ("a A 0x7f000001", &[]),
    ("a A \\# 3 c00002", &[("domain", OCTETS), ("knot", OCTETS)]),
    ("a A \\# 5 c000020100", &[("domain", OCTETS), ("knot", OCTETS)]),
    ("a A \\# 4 c00002", &[]),
    ("a A \\# 4 c0000g01", &[]),
    ("a A \\#", &[]),
    ("a AAAA 192.0.2.1", &[]),
    ("a AAAA 2001:db8::1::2", &[]),
    ("a AAAA 2001:db8", &[]),
    ("a AAAA fe80::1%eth0", &[]),
    ("a CAA 256 issue \"x\"", &[]),
    ("a CAA 0 issue", &[]),
    ("a CAA 0 \"\" \"x\"", &[("domain", TAG), ("knot", TAG)]),
    ("a CAA 0 is-sue \"x\"", &[("knot", TAG)]),
    ("a CAA 0 issue x y", &[]),
    ("a CERT 1 2 3", &[]),
    ("a CERT 65536 0 0 AA==", &[]),
    ("a CNAME", &[]),
    ("a CNAME b c", &[]),
    ("a CNAME a..b", &[("domain", DOTS)]),
    ("a CNAME .b", &[]),
    ("a CNAME b\\", &[("knot", "it takes the line feed into the name")]),
    ("a CNAME b\\25", &[]),
    ("a CNAME b\\256", &[("knot", WRAPS)]),
    ("a DNSKEY 256 3 13 not-base64!", &[]),
    ("a DNSKEY 256 3 13 AAA", &[]),
    ("a DNSKEY 65536 3 13 AAAA", &[]),
    ("a DNSKEY 256 3 NOSUCHALGORITHM AAAA", &[]),
    ("a DS 1 13 2", &[("domain", EMPTY)]),
    ("a DS 1 13 200 abc", &[]),
    ("a DS 65536 13 200 abcd", &[]),
    ("a DS 1 13 200 xy", &[]),
    ("a HINFO one", &[]),
    ("a HINFO one two three", &[]),
    ("a HTTPS 1", &[]),
    ("a HTTPS 65536 .", &[]),
    ("a HTTPS 1 . alpn", &[]),
    ("a HTTPS 1 . alpn=", &[]),
    ("a HTTPS 1 . alpn=h2,,h3", &[("domain", "RFC 9460 section 7.1.1: an identifier is not empty")]),
    ("a HTTPS 1 . port=65536", &[]),
    ("a HTTPS 1 . port=http", &[]),
    ("a HTTPS 1 . port=1 port=1", &[]),
    ("a HTTPS 1 . ipv4hint=192.0.2.300", &[]),
    ("a HTTPS 1 . ipv4hint=", &[]),
    ("a HTTPS 1 . ipv6hint=192.0.2.1", &[]),
    ("a HTTPS 1 . ech=!", &[]),
    ("a HTTPS 1 . mandatory=alpn,alpn alpn=h2", &[]),
    ("a HTTPS 1 . mandatory=", &[]),
    ("a HTTPS 1 . mandatory=alpn", &[]),
    ("a HTTPS 1 . mandatory=mandatory,alpn alpn=h2", &[]),
    ("a HTTPS 1 . alpn=h2 no-default-alpn=x", &[]),
    ("a HTTPS 1 . nosuchkey=1", &[]),
    ("a HTTPS 1 . key65536=1", &[]),
    ("a HTTPS 1 . key01=1", &[("domain", ZEROS), ("knot", ZEROS)]),
    ("a HTTPS 1 . =x", &[]),
    ("a LOC 91 N 0 E 0", &[]),
    ("a LOC 0 N 181 E 0", &[]),
    ("a LOC 90 0 0.001 N 0 E 0", &[("knot", "it checks degrees, minutes and seconds one by one")]),
    ("a LOC 0 60 N 0 E 0", &[]),
    ("a LOC 0 0 60 N 0 E 0", &[]),
    ("a LOC 0 N 0 E", &[]),
    ("a LOC 0 E 0 N 0", &[]),
    ("a LOC 0 N 0 E -100000.01m", &[]),
    ("a LOC 0 N 0 E 42849672.96m", &[]),
    ("a LOC 0 N 0 E 0 0.99m", &[("bind", DIGIT), ("knot", DIGIT)]),
    ("a LOC 0 N 0 E 0 100000000m", &[]),
    ("a LOC 0 N 0 E 0 1m 1m 1m 1m", &[]),
    ("a MX mail", &[]),
    ("a MX 10", &[]),
    ("a MX 65536 mail", &[]),
    ("a MX -1 mail", &[]),
    ("a MX 10 mail mail2", &[]),
    ("a MX 1h mail", &[]),
    ("a NAPTR 1 1 \"\" \"\" \"\"", &[]),
    ("a NAPTR 1 65536 \"\" \"\" \"\" .", &[]),
    ("a NSEC a NOSUCHTYPE", &[]),
    ("a NSEC3 1 0 1 zz 2t7b4g4vsa5smi47k61mv5bv1a22bojr A", &[]),
    ("a NSEC3PARAM 1 0 1", &[]),
    ("a OPENPGPKEY", &[("domain", EMPTY)]),
    ("a RRSIG A 5 3 86400 20031322173103 20030220173103 2642 example.com. AAAA", &[]),
    ("a SRV 1 1 65536 b", &[]),
    ("a SRV 1 1 b", &[]),
    ("a SSHFP 1 200", &[("domain", EMPTY), ("bind", EMPTY)]),
    ("a SSHFP 256 1 ab", &[]),
    ("a TLSA 3 1 1", &[("domain", EMPTY)]),
    ("a TLSA 3 1 200 abc", &[]),
    ("a TLSA 256 1 200 ab", &[]),
    ("a TXT", &[]),
    ("a TXT \"open", &[]),
    ("a TXT \"a\"b\"", &[]),
    ("a TXT \"a\\", &[]),
    ("a TXT \\300", &[]),
    ("a TXT \\1x", &[]),
    ("a URI 1 1", &[]),
    ("a URI 1 65536 \"x\"", &[]),
    ("a URI 1 1 \"a\" \"b\"", &[]),
    ("a NOSUCHTYPE x", &[]),
    ("a TYPE65536 \\# 0", &[]),
    ("a TYPE65280 abc", &[]),
    ("a TYPE65280 \\# 1", &[]),
    ("a TYPE65280 \\# 1 0", &[]),
    ("a TYPE65280 \\# 65536 00", &[]),
    ("a ANY \\# 0", &[("domain", "it is a type of questions, not of records (RFC 6895 section 3.1)")]),
    ("a CH A 192.0.2.1", &[]),
    ("a CLASS2 A 192.0.2.1", &[]),
    ("a IN IN A 192.0.2.1", &[]),
    ("a 60 60 A 192.0.2.1", &[]),
    ("a 4294967296 A 192.0.2.1", &[]),
    ("a 2147483648 A 192.0.2.1", &[("domain", TTL), ("bind", TTL), ("knot", TTL)]),
    ("a 1y A 192.0.2.1", &[]),
    ("a -1 A 192.0.2.1", &[]),
    ("a A 60 192.0.2.1", &[]),
    ("a", &[]),
    ("a IN", &[]),
    ("a 60", &[]),
    ("a..b A 192.0.2.1", &[("domain", DOTS)]),
    (".a A 192.0.2.1", &[]),
    ("\"a\" A 192.0.2.1", &[("domain", QUOTES), ("bind", QUOTES)]),
    ("a\\400 A 192.0.2.1", &[("knot", WRAPS)]),
    ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa A 192.0.2.1", &[]),
    ("a A ( 192.0.2.1", &[]),
    ("a A 192.0.2.1 )", &[]),
    ("$TTL", &[]),
    ("$TTL x", &[]),
    ("$TTL 1 2", &[]),
    ("$ORIGIN", &[]),
    ("$ORIGIN a..b.", &[("domain", DOTS)]),
    ("$ORIGIN a. b.", &[]),
    ("$INCLUDE", &[]),
    ("$INCLUDE /no/such/file", &[]),
    ("$NOSUCHDIRECTIVE", &[]),
    ("$GENERATE", &[]),
    ("$GENERATE 1-2", &[]),
    ("$GENERATE 2-1 a$ A 192.0.2.1", &[]),
    ("$GENERATE x a$ A 192.0.2.1", &[]),
    ("$GENERATE 1-2/0 a$ A 192.0.2.1", &[]),
    ("$GENERATE 1-2 a$", &[]),
    ("$GENERATE 1-2 a$ A", &[]),
    ("$GENERATE 1-2 a$ A 192.0.2.30$", &[]),
    ("$GENERATE 1-2 a${1,2,q} A 192.0.2.1", &[]),
    ("$GENERATE 1-2 a${} A 192.0.2.1", &[]),
];

/// What we take and others refuse, with the reason.
const RIGHT: &[(&str, &[(&str, &str)])] = &[
    ("a DS 1 13 2 abcd", &[("bind", LENGTH)]),
    ("a CDS 1 13 4 abcd", &[("bind", LENGTH)]),
    ("a SSHFP 4 2 abcd", &[("bind", LENGTH)]),
    ("a ZONEMD 1 1 1 abcd", &[("bind", LENGTH)]),
    ("a HTTPS 1 . no-default-alpn", &[("bind", CONSISTENT)]),
    ("a HTTPS 0 b alpn=h2", &[]),
    (
        "a NAPTR 1 1 \"Q!\" \"\" \"no expression\" .",
        &[("bind", "whether flags and expression make sense is a question of meaning")],
    ),
    ("a TLSA 3 1 1 abcd", &[]),
    ("a RRSIG A 8 1 60 20120101000000 20110101000000 1 example.com. AQID", &[("bind", VERSIONS)]),
    ("a SVCB 1 . ohttp", &[("bind", "9.18 is older"), ("knot", "3.2 is older")]),
    (
        "$GENERATE 1-2 a$ MX 10 mail$",
        &[("bind", "it takes one word"), ("knot", "it has no $GENERATE"), ("domain", "it has no $GENERATE")],
    ),
    ("a TXT ((x))", &[("knot", "it has no nested parentheses")]),
];

const LENGTH: &str =
    "the length of a digest is a question of meaning: such a record is well-formed and is read from servers";
const CONSISTENT: &str = "RFC 9460 section 2.4.3: it is well-formed, though no client will use it";

fn verdicts(text: &str) -> [(&'static str, Option<bool>); 3] {
    [
        ("bind", bind::refuses(text)),
        ("knot", knot::check(text).map(|problem| !problem.is_empty())),
        ("domain", Some(domain_crate::refuses(text))),
    ]
}

/// The programs that do not judge as `others` says.
fn differences(lines: &[(&str, &[(&str, &str)])], ours: bool) -> String {
    let mut differences = String::new();
    for (line, others) in lines {
        let text = format!("{HEAD}{line}\n");
        let errors = records::parse(&text).errors;
        assert_eq!(!errors.is_empty(), ours, "{line}: {errors:?}");
        for (program, refuses) in verdicts(&text) {
            let Some(refuses) = refuses else { continue };
            if others.contains(&(program, VERSIONS)) {
                continue;
            }
            let differs = others.iter().any(|(name, _)| *name == program);
            if (refuses == ours) == differs {
                let verdict = if refuses { " refuses " } else { " takes " };
                differences.extend([program, verdict, line, "\n"]);
            }
        }
    }
    differences
}

#[test]
fn what_we_refuse_others_refuse() {
    let differences = differences(WRONG, true);
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn what_others_refuse_and_we_take_has_a_reason() {
    let differences = differences(RIGHT, false);
    assert!(differences.is_empty(), "\n{differences}");
}
