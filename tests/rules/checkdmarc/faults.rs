//! Records with one fault each, at a domain that receives mail.

use std::fmt::Write as _;

/// A record that is right, by the place of it.
const GOOD: [(&str, &str); 4] = [
    ("_dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"),
    ("_mta-sts", "v=STSv1; id=20260101"),
    ("_smtp._tls", "v=TLSRPTv1; rua=mailto:tls@example.com"),
    ("default._bimi", "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem"),
];

/// Changes of a right record: what is put in the place of what. Where the first is not in it, nothing is made of it.
const CHANGES: &[(&str, &str, &str)] = &[
    ("as it is", "v=", "v="),
    ("a blank in front", "v=", " v="),
    ("a TAB in front", "v=", "\\009v="),
    ("quotation marks around", "v=", "\\\"v="),
    ("no version", "v=DMARC1; ", ""),
    ("no version", "v=STSv1; ", ""),
    ("no version", "v=TLSRPTv1; ", ""),
    ("no version", "v=BIMI1; ", ""),
    ("version in small letters", "v=DMARC1", "v=dmarc1"),
    ("version in small letters", "v=STSv1", "v=stsv1"),
    ("version in small letters", "v=TLSRPTv1", "v=tlsrptv1"),
    ("version in small letters", "v=BIMI1", "v=bimi1"),
    ("another version", "1;", "2;"),
    ("a colon for the equals sign", "v=", "v:"),
    ("blanks about the equals sign", "v=", "v = "),
    ("a comma for the semicolon", ";", ","),
    ("no semicolon", ";", ""),
    ("two semicolons", ";", ";;"),
    ("a full stop at the end of the version", "1;", "1.;"),
    ("the version alone", "", "ONLY"),
    ("an unknown tag", "; ", "; nonsense=x; "),
    ("an unknown tag without a value", "; ", "; nonsense; "),
    ("a tag in capitals", "rua=", "RUA="),
    ("a tag in capitals", "p=", "P="),
    ("a tag in capitals", "id=", "ID="),
    ("no p", "p=reject; ", ""),
    ("p without a value", "p=reject", "p="),
    ("p misspelt", "reject", "rejct"),
    ("p in capitals", "p=reject", "p=REJECT"),
    ("p none", "reject", "none"),
    ("p quarantine", "reject", "quarantine"),
    ("p twice", "p=reject", "p=reject; p=none"),
    ("p last", "p=reject; rua=mailto:dmarc@example.com", "rua=mailto:dmarc@example.com; p=reject"),
    ("sp none", "reject", "reject; sp=none"),
    ("sp misspelt", "reject", "reject; sp=nothing"),
    ("np none", "reject", "reject; np=none"),
    ("np misspelt", "reject", "reject; np=nothing"),
    ("t=y", "reject", "reject; t=y"),
    ("t misspelt", "reject", "reject; t=yes"),
    ("psd=y", "reject", "reject; psd=y"),
    ("psd misspelt", "reject", "reject; psd=x"),
    ("pct", "reject", "reject; pct=50"),
    ("pct too large", "reject", "reject; pct=400"),
    ("pct that is no number", "reject", "reject; pct=all"),
    ("ri", "reject", "reject; ri=86400"),
    ("rf", "reject", "reject; rf=afrf"),
    ("adkim", "reject", "reject; adkim=s"),
    ("adkim misspelt", "reject", "reject; adkim=strict"),
    ("aspf misspelt", "reject", "reject; aspf=x"),
    ("fo without ruf", "reject", "reject; fo=1"),
    ("fo with 0 and 1", "reject", "reject; ruf=mailto:f@example.com; fo=0:1"),
    ("fo misspelt", "reject", "reject; ruf=mailto:f@example.com; fo=2"),
    ("fo with a comma", "reject", "reject; ruf=mailto:f@example.com; fo=d,s"),
    ("ruf without a scheme", "reject", "reject; ruf=f@example.com"),
    ("ruf twice", "reject", "reject; ruf=mailto:f@example.com; ruf=mailto:g@example.com"),
    ("no rua", "; rua=mailto:dmarc@example.com", ""),
    ("no rua", "; rua=mailto:tls@example.com", ""),
    ("rua without a value", "rua=mailto:dmarc@example.com", "rua="),
    ("rua without a value", "rua=mailto:tls@example.com", "rua="),
    ("rua without a scheme", "mailto:", ""),
    ("rua with two slashes", "mailto:", "mailto://"),
    ("rua without a domain", "@example.com", ""),
    ("rua without a user", "mailto:dmarc@", "mailto:@"),
    ("rua with a blank", "mailto:", "mailto: "),
    ("rua with http", "mailto:dmarc@example.com", "http://example.com/dmarc"),
    ("rua with https", "mailto:dmarc@example.com", "https://example.com/dmarc"),
    ("rua with https", "mailto:tls@example.com", "https://example.com/tls"),
    ("rua with http", "mailto:tls@example.com", "http://example.com/tls"),
    ("rua with a size", "dmarc@example.com", "dmarc@example.com!10m"),
    ("rua with a bad size", "dmarc@example.com", "dmarc@example.com!x"),
    ("two rua", "dmarc@example.com", "dmarc@example.com,mailto:b@example.com"),
    ("three rua", "dmarc@example.com", "dmarc@example.com,mailto:b@example.com,mailto:c@example.com"),
    ("rua apart by a semicolon", "dmarc@example.com", "dmarc@example.com;mailto:b@example.com"),
    ("rua apart by a blank", "dmarc@example.com", "dmarc@example.com mailto:b@example.com"),
    ("second rua without a scheme", "dmarc@example.com", "dmarc@example.com,b@example.com"),
    ("second rua without a scheme", "tls@example.com", "tls@example.com,b@example.com"),
    ("rua twice", "rua=", "rua=mailto:b@example.com; rua="),
    ("rua in another domain", "dmarc@example.com", "dmarc@reports.example.org"),
    ("no id", "; id=20260101", ""),
    ("id without a value", "id=20260101", "id="),
    ("id with a hyphen", "id=20260101", "id=2026-01-01"),
    ("id of 33 signs", "id=20260101", "id=012345678901234567890123456789012"),
    ("id twice", "id=20260101", "id=20260101; id=20260102"),
    ("no l", "l=https://example.com/logo.svg; ", ""),
    ("l with http", "l=https", "l=http"),
    ("a with http", "a=https", "a=http"),
    ("l that is no address", "l=https://example.com/logo.svg", "l=logo"),
    ("l twice", "l=", "l=https://example.com/b.svg; l="),
    ("no a", "; a=https://example.com/logo.pem", ""),
    ("declined", "l=https://example.com/logo.svg; a=https://example.com/logo.pem", "l=; a="),
    ("avp misspelt", "l=", "avp=company; l="),
    ("avp", "l=", "avp=brand; l="),
    ("a text of SPF", "", "v=spf1 -all"),
    ("another text", "", "hello"),
];

/// Zones with something else than one wrong text.
const OTHERS: &str = "\
== fail: two DMARC records
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
_dmarc TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"
== fail: another text beside DMARC
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
_dmarc TXT \"hello\"
== fail: DMARC at the apex
@ TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
%without dmarc
== fail: DMARC at the apex and in its place
@ TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
== fail: no DMARC
%without dmarc
== fail: reports that go to a domain which does not want them
_dmarc.sub TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
sub MX 10 mail.example.net.
sub TXT \"v=spf1 -all\"
== fail: a parked domain with p=none
%fact receives false
%fact sends false
@ TXT \"v=spf1 -all\"
_dmarc TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"
== fail: a parked domain with sp=none
%fact receives false
%fact sends false
@ TXT \"v=spf1 -all\"
_dmarc TXT \"v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@example.com\"
== fail: two MTA-STS records
_mta-sts TXT \"v=STSv1; id=1\"
_mta-sts TXT \"v=STSv1; id=2\"
mta-sts A 192.88.99.80
== fail: another text beside MTA-STS
_mta-sts TXT \"v=STSv1; id=1\"
_mta-sts TXT \"hello\"
mta-sts A 192.88.99.80
== fail: MTA-STS at the apex
@ TXT \"v=STSv1; id=1\"
%without sts
== fail: two TLS-RPT records
_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"
_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:b@example.com\"
== fail: another text beside TLS-RPT
_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"
_smtp._tls TXT \"hello\"
== fail: TLS-RPT at the apex
@ TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"
%without tlsrpt
== fail: two BIMI records
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
default._bimi TXT \"v=BIMI1; l=https://example.com/b.svg\"
== fail: another text beside BIMI
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
default._bimi TXT \"hello\"
== fail: BIMI at the apex
@ TXT \"v=BIMI1; l=https://example.com/a.svg\"
%without bimi
== fail: BIMI at the apex, where a name below its place exists
@ TXT \"v=BIMI1; l=https://example.com/a.svg\"
x.default._bimi TXT \"hello\"
== fail: BIMI at the apex and in its place
@ TXT \"v=BIMI1; l=https://example.com/a.svg\"
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
== fail: DMARC at the apex, where a name below its place exists
@ TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
x._dmarc TXT \"hello\"
== fail: BIMI without a policy that enforces
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
_dmarc TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"
== fail: BIMI with a policy that does not enforce for names below
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
_dmarc TXT \"v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@example.com\"
== fail: BIMI without DMARC
default._bimi TXT \"v=BIMI1; l=https://example.com/a.svg\"
%without dmarc
";

/// What policy files of MTA-STS may have wrong, their lines apart by ` | `.
const POLICIES: &[(&str, &str)] = &[
    ("good", "version: STSv1 | mode: enforce | max_age: 604800 | mx: mail.example.net"),
    ("no colon", "version: STSv1 | mode enforce | max_age: 604800 | mx: mail.example.net"),
    ("another version", "version: STSv2 | mode: enforce | max_age: 604800 | mx: mail.example.net"),
    ("no version", "mode: enforce | max_age: 604800 | mx: mail.example.net"),
    ("no mode", "version: STSv1 | max_age: 604800 | mx: mail.example.net"),
    ("no max_age", "version: STSv1 | mode: enforce | mx: mail.example.net"),
    ("no mx", "version: STSv1 | mode: enforce | max_age: 604800"),
    ("no mx, mode none", "version: STSv1 | mode: none | max_age: 604800"),
    ("mode misspelt", "version: STSv1 | mode: enforced | max_age: 604800 | mx: mail.example.net"),
    ("max_age of a week in words", "version: STSv1 | mode: enforce | max_age: 1w | mx: mail.example.net"),
    ("max_age too large", "version: STSv1 | mode: enforce | max_age: 31557601 | mx: mail.example.net"),
    ("max_age below nothing", "version: STSv1 | mode: enforce | max_age: -1 | mx: mail.example.net"),
    ("max_age with a fraction", "version: STSv1 | mode: enforce | max_age: 604800.5 | mx: mail.example.net"),
    ("an unknown key", "version: STSv1 | mode: enforce | max_age: 604800 | mx: mail.example.net | other: x"),
    ("mode twice", "version: STSv1 | mode: enforce | mode: testing | max_age: 604800 | mx: mail.example.net"),
    (
        "mx that is no host",
        "version: STSv1 | mode: enforce | max_age: 604800 | mx: mail.example.net | mx: a b",
    ),
    (
        "mx with a wildcard in the middle",
        "version: STSv1 | mode: enforce | max_age: 604800 | mx: mail.example.net | mx: a.*.example.net",
    ),
    (
        "mx with an empty value",
        "version: STSv1 | mode: enforce | max_age: 604800 | mx: mail.example.net | mx:",
    ),
    (
        "CR at the ends of lines",
        "version: STSv1\\r | mode: enforce\\r | max_age: 604800\\r | mx: mail.example.net\\r",
    ),
];

/// All of them, in the format of the corpus.
pub(crate) fn zones() -> String {
    let mut text = String::new();
    for (place, good) in GOOD {
        for (words, from, to) in CHANGES {
            let changed = match (*from, *to) {
                ("", "ONLY") => good.split(';').next().unwrap().to_owned(),
                ("", whole) => whole.to_owned(),
                _ if good.contains(from) => good.replacen(from, to, 1),
                _ => continue,
            };
            let host = if place == "_mta-sts" { "mta-sts A 192.88.99.80\n" } else { "" };
            write!(
                text,
                "== fail: {place}, {words}\n@ MX 10 mail.example.net.\n{place} TXT \"{changed}\"\n{host}"
            )
            .unwrap();
        }
    }
    for block in OTHERS.split_inclusive('\n') {
        text.push_str(block);
        if block.starts_with("== ") && !block.contains("parked") {
            text.push_str("@ MX 10 mail.example.net.\n");
        }
    }
    for (words, policy) in POLICIES {
        write!(text, "== fail: policy, {words}\n%fact policy {policy}\n@ MX 10 mail.example.net.\n").unwrap();
    }
    text
}
