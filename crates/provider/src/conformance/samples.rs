//! What is written to try each type: texts of a master file, names relative to the zone.

use dnsctl_zone::RecordType;

/// The steps to try one type with: each is the whole RRset.
pub(super) struct Sample {
    pub(super) rtype: RecordType,
    /// The owner name.
    pub(super) owner: &'static str,
    pub(super) steps: &'static [&'static [&'static str]],
}

macro_rules! samples {
    ($( $rtype:ident $owner:literal [ $( [ $( $value:literal ),+ ] ),+ $(,)? ] )*) => {
        const SAMPLES: &[Sample] = &[ $( Sample {
            rtype: RecordType::$rtype,
            owner: $owner,
            steps: &[ $( &[ $( $value ),+ ] ),+ ],
        } ),* ];
    };
}

samples! {
    A "host" [["192.0.2.1"], ["192.0.2.2"], ["0.0.0.0", "198.51.100.255", "255.255.255.255"]]
    NS "cut" [["ns1.cut"], ["ns1.cut", "ns2.example.net."], ["ns.example.org."]]
    CNAME "alias" [["target"], ["target.example.net."], ["@"]]
    SOA "@" [
        ["ns1 hostmaster 1 7200 3600 1209600 300"],
        ["ns2.example.net. hostmaster 1 7200 3600 1209600 300"],
        ["ns2.example.net. dns.example.net. 1 7200 3600 1209600 300"],
        ["ns2.example.net. dns.example.net. 1 10000 1800 604800 60"],
        [r"ns2.example.net. first\.last.example.net. 1 10000 1800 604800 60"],
    ]
    PTR "pointer" [["host.example.net."], ["host"]]
    HINFO "info" [[r#""PC-Intel-700mhz" "Redhat Linux 7.1""#], [r#""" """#], [r#""a\"b\\" "\200 \001""#]]
    MX "mail" [["10 mx1"], ["20 mx1"], ["0 @", "20 mx1", "20 mx2.example.net.", "65535 mx3"]]
    TXT "text" [[r#""one""#], [r#""two""#], [r#""one" "two""#, r#""three""#]]
    RP "person" [["hostmaster info"], ["hostmaster.example.net. ."], [r"first\.last.example.net. info"]]
    AFSDB "cell" [["1 afs"], ["2 afs.example.net.", "1 afs"]]
    AAAA "host" [["2001:db8::1"], ["2001:db8:0:1::1", "::"], ["::ffff:192.0.2.1", "2001:db8:a:b:c:d:e:f", "fe80::1"]]
    LOC "place" [
        ["52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"],
        ["42 21 54 N 71 06 18 W -24m 30m"],
        ["0 0 0.001 S 179 59 59.999 W -100000.00m 90000000m 0.01m 0.09m"],
        ["1 N 2 E 3m", "90 S 180 W 21374836.47m", "51 30 12.748 N 0 7 39.612 W 0.00m", "33 S 151 E 5m 1m", "0 N 0 E 0m"],
        ["90 N 180 E 42849672.95m"],
    ]
    SRV "_sip._tcp" [
        ["10 60 5060 sip"],
        ["10 60 5061 sip"],
        ["0 0 0 ."],
        ["65535 65535 65535 sip.example.net.", "0 0 0 sip", "0 1 443 sip"],
    ]
    NAPTR "naptr" [
        [r#"100 10 "S" "SIP+D2U" "" _sip._udp"#],
        [r#"102 10 "S" "SIP+D2U" "" _sip._udp"#],
        [r#"102 11 "U" "E2U+sip" "!^.*$!sip:info@example.com!" ."#],
        [r#"102 11 "" "" "!^\\+(.*)$!sip:\\1@example.com!i" ."#, r#"1 1 "A" "x" "" @"#],
    ]
    KX "exchanger" [["1 kx"], ["65535 kx.example.net.", "1 kx"]]
    CERT "certificate" [["1 12345 13 aGVsbG8gd29ybGQ="], ["3 0 0 AAECAwQFBgc=", "65535 65535 255 /w=="]]
    DNAME "tree" [["target"], ["target.example.net."]]
    DS "signed" [
        ["60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"],
        ["60485 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
        [
            "1 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
            "1 13 4 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50ad4b7d520e7bb5f0f67674a0cceb1e3e0",
            "65535 8 2 00b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"
        ],
    ]
    SSHFP "ssh" [
        ["1 1 2bb183af5f22588179a53b0a98631fad1a292118"],
        ["4 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a", "3 1 00b183af5f22588179a53b0a98631fad1a292118"],
    ]
    DNSKEY "@" [
        ["257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="],
        ["256 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4="],
    ]
    DHCID "dhcp" [["AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA="], ["AAEBOSD+XR3Os/0LozeXVqcNc7FwCfQdWL3b/NaiUDlW2No="]]
    TLSA "_25._tcp.mx1" [
        ["3 1 1 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
        ["2 1 1 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
        ["2 0 1 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
        ["3 0 0 308201", "3 1 1 00b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
    ]
    SMIMEA "hash._smimecert" [["3 0 0 308201"], ["3 1 1 00b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"]]
    CDS "@" [["60485 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"], ["0 0 0 00"]]
    CDNSKEY "@" [["257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4="], ["0 3 0 AA=="]]
    OPENPGPKEY "hash._openpgpkey" [["aGVsbG8gd29ybGQ="], ["AAECAwQFBgc="]]
    CSYNC "@" [["66 3 A NS AAAA"], ["0 0 NS"], ["4294967295 65535 A NS AAAA TYPE65280"]]
    ZONEMD "@" [
        ["2018031500 1 1 a3b69bad980a3504e1cffcb0fd6397f93848071c93151f552ae2f6b1711d4bd2d8b39808226d7b9db71e34b72077f8fe"],
        ["1 1 240 e2d523f654b9422a96c5a8f44607bbee"],
    ]
    SVCB "_dns" [
        ["1 dns.example.net. alpn=h2"],
        ["2 dns.example.net. alpn=h2"],
        ["2 . alpn=h2,h3 port=8443"],
        ["0 pool.example.net."],
        ["1 dns ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1,2001:db8::2 key65000=abc"],
    ]
    HTTPS "web" [
        ["1 ."],
        ["1 . alpn=h3,h2"],
        ["16 web.example.net. mandatory=alpn,port alpn=h2 no-default-alpn port=53 ech=AEX+DQBBpQAgACA="],
        ["0 web.example.net."],
        ["1 . alpn=h2 ech=AEX+DQBBpgAgACA=", "2 backup alpn=h3 ipv4hint=192.0.2.1"],
    ]
    SPF "old" [[r#""v=spf1 -all""#], [r#""v=spf1 " "ip4:192.0.2.1 -all""#]]
    URI "_ftp._tcp" [[r#"10 1 "ftp://ftp1.example.com/public""#], [r#"65535 65535 "https://example.net/?a=b;c=%22\"x\\y""#]]
    CAA "caa" [
        [r#"0 issue "ca.example.net""#],
        [r#"0 issuewild "ca.example.net""#],
        [r#"128 issue "ca.example.net""#],
        [r#"0 issue ";""#],
        [r#"0 issue "ca.example.net; account=230123; policy=ev""#, r#"0 iodef "mailto:security@example.com""#],
        [r#"0 issue "letsencrypt.org;validationmethods=dns-01;accounturi=https://acme.example/acct/1""#],
        [r#"0 issuemail "ca.example.net""#, r#"0 issuevmc ";""#, r#"0 contactemail "a@example.com""#, r#"255 tbs "unknown \"x\\""#],
    ]
    ALIAS "pseudo" [["target.example.net."], ["target"]]
    LUA "script" [[r#"A "ifportup(443, {'192.0.2.1', '192.0.2.2'})""#], [r#"TXT ";return \"a\\b\"""#]]
}

/// A type that nobody has named (RFC 3597).
const UNNAMED: Sample = Sample {
    rtype: RecordType::from_code(65280),
    owner: "unnamed",
    steps: &[&[r"\# 4 0a000001"], &[r"\# 0"], &[r"\# 3 abcdef", r"\# 4 0a000001"]],
};

/// What there is for every type, those that no provider writes (signatures, and pseudo types of one vendor) left out.
pub(super) fn all() -> impl Iterator<Item = &'static Sample> {
    SAMPLES.iter().chain(std::iter::once(&UNNAMED))
}

/// Values for an option of RRsets, when the suite knows it.
pub(super) fn option(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "comment" => Some(&["one word", "another, with \"quotes\" \\ and é", "two\nlines"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_type_has_a_sample_or_a_reason() {
        let vendor_only = [RecordType::ROUTE53_ALIAS];
        for rtype in RecordType::known().chain(RecordType::known_pseudo()) {
            let has = all().any(|sample| sample.rtype == rtype);
            assert!(has || rtype.is_signing() || vendor_only.contains(&rtype), "{rtype}");
        }
    }
}
