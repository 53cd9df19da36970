//! Records that are well-formed to us: what BIND refuses in a master file we call wrong, and what we call wrong BIND
//! refuses, or an RFC does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dnsctl_zone::{Name, Rdata, RecordType, no_host};

use crate::corpus::HEAD;
use crate::records::apex;
use crate::{bind, generated};

/// What BIND takes and we refuse, with the section that says so.
const STRICTER: &[(RecordType, &str)] = &[
    // BIND looks at digests of types 1, 2 and 4 only.
    (RecordType::DS, "RFC 4034 section 5.1.4"),
    (RecordType::CDS, "RFC 4034 section 5.1.4"),
    // BIND looks at the apex only.
    (RecordType::CDS, "RFC 8078 section 4"),
    (RecordType::CDNSKEY, "RFC 8078 section 4"),
];

/// By hand: one for each rule, and its neighbours that are right.
const BY_HAND: &[&str] = &[
    "A 192.0.2.1",
    "MX 10 a_b.example.",
    "MX 10 *.example.",
    "MX 0 .",
    "NS a_b.example.",
    "SRV 1 1 1 a_b.example.",
    "SRV 0 0 0 .",
    "AFSDB 1 a_b.example.",
    "TYPE21 \\# 6 0001025f6100",
    "RP a_b.example. a_b.example.",
    "RP a.a_b.example. .",
    "MINFO a_b.example. a.a_b.example.",
    "PTR a_b.example.",
    "CNAME a_b.example.",
    "HTTPS 1 a_b.example.",
    "HTTPS 0 a_b.example.",
    "SVCB 1 . no-default-alpn",
    "SVCB 1 . alpn=h2 no-default-alpn",
    "DS 1 8 0 aa",
    "DS 1 8 1 aa",
    "DS 1 8 2 aa",
    "DS 1 8 3 aa",
    "DS 1 8 4 aa",
    "DS 1 8 5 aa",
    "DS 1 8 1 aabbccddaabbccddaabbccddaabbccddaabbccdd",
    "CDS 1 8 2 aabb",
    "CDS 0 0 0 00",
    "CDS 0 0 0 0001",
    "CDNSKEY 0 3 0 AA==",
    "CDNSKEY 0 3 0 AAA=",
    "SSHFP 4 1 aabb",
    "SSHFP 4 2 aabb",
    "SSHFP 4 3 aabb",
    "ZONEMD 1 1 1 aabb",
    "ZONEMD 1 1 3 aabb",
    "ZONEMD 1 1 3 aabbaabbaabbaabbaabbaabb",
    "TLSA 3 1 1 aabb",
    "TYPE3 \\# 1 00",
    "TYPE10 \\# 0",
];

const TEMPLATES: &[&str] = &[
    "/dns",
    "/dns{?dns}",
    "dns{?dns}",
    "/{?dns",
    "/{?dns}{",
    "/{dns:3}",
    "/{dns:0}",
    "/{dns:12345}",
    "/{dns*}",
    "/{+dns}",
    "/{#dns}",
    "/{.dns}",
    "/{/dns}",
    "/{;dns}",
    "/{&dns}",
    "/{=dns}",
    "/{|dns}",
    "/{dnss}",
    "/{DNS}",
    "/{?x,dns}",
    "/{?dns,x}",
    "/{?dns,}",
    "/{}{dns}",
    "/{?x.dns}",
    "/{?x.y,dns}",
    "/{?%64ns}",
    "/%zz{?dns}",
    "/%41{?dns}",
    "/%4{?dns}",
    "//{?dns}",
    "/a}{?dns}",
    "/a b{?dns}",
    "/{dns}{dns}",
    "/{?d-ns,dns}",
    "/{?_,dns}",
];

const EXPRESSIONS: &[&str] = &[
    "nodelim",
    "!",
    "!a",
    "!a!b",
    "!a!b!",
    "!a!b!i",
    "!a!b!I",
    "!a!b!ii",
    "!a!b!c!",
    "!!b!",
    "!a!!",
    "!!!",
    "1a1b1",
    "iaibi",
    r"\a\b\",
    r"!a\!b!c!",
    r"!a!b\!",
    r"!a!b\",
    r"!a!\1!",
    r"!(a)!\1!",
    r"!(a)!\2!",
    r"!(a)!\0!",
    r"!(a)!\x!",
    "!a(!b!",
    "!a)!b!",
    "!()!b!",
    "!(|a)!b!",
    "!(a|)!b!",
    "!|a!b!",
    "!a|!b!",
    "!a||b!b!",
    "!*a!b!",
    "!a**!b!",
    "!a+*!b!",
    "!a?!b!",
    "!^*!b!",
    "!^.*$!b!",
    "!$a!b!",
    "!a^b!b!",
    "!(*a)!b!",
    "!a{1}!b!",
    "!a{1,}!b!",
    "!a{1,2}!b!",
    "!a{2,1}!b!",
    "!a{256}!b!",
    "!a{255}!b!",
    "!a{,2}!b!",
    "!a{}!b!",
    "!a{x}!b!",
    "!a{1!b!",
    "!{1}!b!",
    "!a{1}{2}!b!",
    "!a*{2}!b!",
    "!a{1}*!b!",
    "!a}!b!",
    "!{!b!",
    "!a{!b!",
    "!a{1,2,3}!b!",
    "![a]!b!",
    "![a!b!",
    "![]!b!",
    "![]]!b!",
    "![^]]!b!",
    "![^]!b!",
    "![a-c]!b!",
    "![c-a]!b!",
    "![a-]!b!",
    "![-a]!b!",
    "![a-b-c]!b!",
    "![--a]!b!",
    "![[:alpha:]]!b!",
    "![[:nope:]]!b!",
    "![[:alpha]!b!",
    "![[.a.]]!b!",
    "![[.ab.]]!b!",
    "![[=a=]]!b!",
    "![[..]]!b!",
    "![[==]]!b!",
    "![[.a.]-c]!b!",
    "![a-[.c.]]!b!",
    "![[=a=]-c]!b!",
    "![a-[:alpha:]]!b!",
    "![[:alpha:]-z]!b!",
    "![[]!b!",
    "![a[]!b!",
    r"!\(a!b!",
    r"!\1!b!",
    r"!(a)\1!b!",
    r"![\]]!b!",
    r"![\]!b!",
    r"!\8(a)!b!",
    r"!\0!b!",
    "!a\"b!c!",
    "! ! !",
    "!((a))!b!",
    "!((a)!b!",
    "!(a))!b!",
    "!(a)*!b!",
    "!(a)**!b!",
    "!a|b|c!b!",
    "!.!.!",
    "!a+?!b!",
    "!(^a)!b!",
    "!(a$)!b!",
];

fn by_hand() -> Vec<(Name, Rdata)> {
    let root = Name::root();
    let names = dnsctl_zone::Names { origin: &root, strict: false };
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let meta = [0, 41, 100, 127, 128, 200].into_iter().chain(249..=257);
    let lines = (BY_HAND.iter().map(|line| (*line).to_owned()))
        .chain(TEMPLATES.iter().map(|path| format!("SVCB 1 . key7=\"{path}\"")))
        .chain(EXPRESSIONS.iter().map(|text| format!("NAPTR 1 1 \"\" \"\" \"{}\" .", quoted(text))))
        .chain(meta.map(|code| format!("TYPE{code} \\# 5 0000000000")));
    let mut records = Vec::new();
    for (index, line) in lines.enumerate() {
        let (rtype, data) = line.split_once(' ').unwrap();
        let rtype: RecordType = rtype.parse().unwrap();
        let Ok(rdata) = Rdata::parse(rtype, data, names) else { continue };
        for owner in ["a", "*", "a_b", "-a", "_spf", "*._spf", "gc._msdcs", "x._msdcs", "a.b/c"] {
            if owner == "a" || matches!(rtype, RecordType::A | RecordType::MX | RecordType::TLSA) {
                records
                    .push((Name::absolute(&format!("{owner}.h{index}.example.com")).unwrap(), rdata.clone()));
            }
        }
    }
    records
}

/// The lines that BIND refuses, by their place. An error may hide those behind it, so it is asked again about the rest
/// until it takes that.
fn refused(lines: &[String]) -> Option<BTreeMap<usize, String>> {
    let head = HEAD.lines().count();
    let mut all = BTreeMap::new();
    loop {
        let left: Vec<usize> = (0..lines.len()).filter(|index| !all.contains_key(index)).collect();
        let text: String = left.iter().map(|index| lines[*index].as_str()).collect();
        let found = bind::refused_lines(&format!("{HEAD}{text}"))?;
        if found.is_empty() {
            return Some(all);
        }
        all.extend(found.into_iter().filter_map(|(line, words)| Some((*left.get(line - head - 1)?, words))));
    }
}

/// The records that are judged in another way.
fn differences(records: &[(Name, Rdata)]) -> Option<String> {
    let lines: Vec<String> =
        records.iter().map(|(name, rdata)| format!("{name} {} {rdata}\n", rdata.rtype())).collect();
    let refused = refused(&lines)?;
    let mut differences = String::new();
    for (index, (name, rdata)) in records.iter().enumerate() {
        let rtype = rdata.rtype();
        let host = no_host(name, rtype, std::slice::from_ref(rdata)).map(str::to_owned);
        let wildcard = (rtype == RecordType::NS && name.is_wildcard()).then(|| "a wildcard".to_owned());
        let ours = rdata.fault().or(host).or(wildcard);
        let mut theirs = refused.get(&index).cloned();
        // One behind an error may be taken for a part of that.
        if ours.is_none() && theirs.is_some() {
            theirs = self::refused(&[lines[index].clone()])?.remove(&0);
        }
        let stricter = |reason: &String| {
            theirs.is_none() && STRICTER.iter().any(|(one, rfc)| *one == rtype && reason.contains(rfc))
        };
        if ours.is_some() != theirs.is_some() && !ours.as_ref().is_some_and(stricter) {
            let _ = writeln!(differences, "{name} {rtype} {rdata}\n    ours: {ours:?}\n    BIND: {theirs:?}");
        }
    }
    Some(differences)
}

#[test]
fn what_bind_refuses_in_a_master_file_we_refuse() {
    let Some(by_hand) = differences(&by_hand()) else { return };
    assert!(by_hand.is_empty(), "\n{by_hand}");
    let generated: String = generated::odd(6000).chunks(500).filter_map(differences).collect();
    assert!(generated.is_empty(), "\n{generated}");
}

#[test]
fn names_of_hosts_in_reverse_zones() {
    let (reverse, target) =
        (Name::absolute("1.2.0.192.in-addr.arpa").unwrap(), Name::absolute("a_b.example").unwrap());
    let value = [Rdata::from_wire(RecordType::PTR, &target.to_wire()).unwrap()];
    assert!(no_host(&reverse, RecordType::PTR, &value).is_some());
    assert!(no_host(&apex(), RecordType::PTR, &value).is_none());
}
