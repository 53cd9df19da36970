//! Zones with one fault each: every fault at names of several kinds.

use std::fmt::Write as _;

/// Words and records. `{o}` is the owner name, `{p}` stands in front of it: empty at the apex, else it and a full stop.
const FAULTS: &[(&str, &str)] = &[
    ("MX to an alias", "{o} MX 10 t\nt CNAME www\nwww A 192.88.99.1"),
    ("MX to nothing", "{o} MX 10 nothing"),
    ("MX to a text", "{o} MX 10 t\nt TXT text"),
    ("MX to nothing beside a good one", "{o} MX 10 t\n{o} MX 20 nothing\nt A 192.88.99.1"),
    ("MX below a delegation, without glue", "{o} MX 10 t.below\nbelow NS ns.example.net."),
    ("MX below a DNAME", "{o} MX 10 t.below\nbelow DNAME example.net."),
    ("MX to an address", "{o} MX 10 192.0.2.1."),
    ("MX to an address without the dot", "{o} MX 10 192.0.2.1"),
    ("MX to an IPv6 address", "{o} MX 10 2001:db8::1."),
    ("MX with an underscore", "{o} MX 10 mail_1.example.net."),
    ("MX with an underscore in the zone", "{o} MX 10 mail_1\nmail_1 TXT text"),
    ("MX with a hyphen in front", "{o} MX 10 -mail.example.net."),
    ("MX twice but for case", "{o} MX 10 MAIL.example.net.\n{o} MX 10 mail.example.net."),
    ("CNAME to an address", "x.{p}example.com. CNAME 192.0.2.1."),
    ("PTR to an address", "x.{p}example.com. PTR 192.0.2.1."),
    ("NS to an alias", "{o} NS t\nt CNAME www\nwww A 192.88.99.1"),
    ("NS to nothing", "{o} NS nothing"),
    ("NS to a text", "{o} NS t\nt TXT text"),
    ("NS to an address", "{o} NS 192.0.2.1."),
    ("NS with an underscore", "{o} NS ns_1.example.net."),
    ("NS below itself without glue", "{o} NS ns.{p}below\nbelow NS ns.below"),
    ("SRV to an alias", "_imaps._tcp.{p}example.com. SRV 0 1 993 t\nt CNAME www\nwww A 192.88.99.1"),
    ("SRV to nothing", "_imaps._tcp.{p}example.com. SRV 0 1 993 nothing"),
    ("SRV with an underscore", "_imaps._tcp.{p}example.com. SRV 0 1 993 imap_1.example.net."),
    ("SRV to nothing, of another service", "_ldap._tcp.{p}example.com. SRV 0 1 389 nothing"),
    ("CNAME beside A", "x.{p}example.com. CNAME example.net.\nx.{p}example.com. A 192.88.99.1"),
    ("A beside CNAME", "x.{p}example.com. A 192.88.99.1\nx.{p}example.com. CNAME example.net."),
    ("CNAME beside MX", "x.{p}example.com. CNAME example.net.\nx.{p}example.com. MX 0 ."),
    ("CNAME at the apex", "@ CNAME example.net."),
    ("two CNAME", "x.{p}example.com. CNAME example.net.\nx.{p}example.com. CNAME example.org."),
    ("two DNAME", "x.{p}example.com. DNAME example.net.\nx.{p}example.com. DNAME example.org."),
    ("CNAME beside DNAME", "x.{p}example.com. CNAME example.net.\nx.{p}example.com. DNAME example.org."),
    ("A below DNAME", "x.{p}example.com. DNAME example.net.\ny.x.{p}example.com. A 192.88.99.1"),
    ("DNAME beside NS", "x.{p}example.com. DNAME example.net.\nx.{p}example.com. NS ns.example.net."),
    ("A below NS", "x.{p}example.com. NS ns.example.net.\ny.x.{p}example.com. A 192.88.99.1"),
    ("MX below NS", "x.{p}example.com. NS ns.example.net.\ny.x.{p}example.com. MX 0 ."),
    ("NS below NS", "x.{p}example.com. NS ns.example.net.\ny.x.{p}example.com. NS ns.example.net."),
    ("TXT beside NS", "x.{p}example.com. NS ns.example.net.\nx.{p}example.com. TXT text"),
    ("CNAME beside NS", "x.{p}example.com. NS ns.example.net.\nx.{p}example.com. CNAME example.org."),
    ("host with an underscore", "my_host.{p}example.com. A 192.88.99.1"),
    ("host with an underscore, IPv6", "my_host.{p}example.com. AAAA 2a00::1"),
    ("host with a number sign", "\\#host.{p}example.com. A 192.88.99.1"),
    ("host with a blank", "my\\032host.{p}example.com. A 192.88.99.1"),
    ("host with a hyphen in front", "-host.{p}example.com. A 192.88.99.1"),
    ("host with a hyphen behind", "host-.{p}example.com. A 192.88.99.1"),
    ("mail domain with an underscore", "my_host.{p}example.com. MX 10 mail.example.net."),
    ("wildcard with an underscore", "*.my_host.{p}example.com. A 192.88.99.1"),
    ("wildcard in the middle", "a.*.{p}example.com. A 192.88.99.1"),
    ("wildcard NS", "*.{p}example.com. NS ns.example.net."),
    (
        "DS without NS",
        "x.{p}example.com. DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    ("DS at the apex", "@ DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    (
        "DS with SHA-1",
        "x.{p}example.com. NS ns.example.net.\nx.{p}example.com. DS 1 13 1 0123456789abcdef0123456789abcdef01234567",
    ),
    ("DS with a short digest", "x.{p}example.com. NS ns.example.net.\nx.{p}example.com. DS 1 13 2 0123"),
    (
        "DS with RSASHA1",
        "x.{p}example.com. NS ns.example.net.\nx.{p}example.com. DS 1 5 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    (
        "DNSKEY below the apex",
        "x.{p}example.com. DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
    ),
    ("NSEC3PARAM below the apex", "x.{p}example.com. NSEC3PARAM 1 0 0 -"),
    ("CDS without DNSKEY", "@ CDS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("type SPF alone", "{o} SPF \"v=spf1 -all\"\n{o} TXT text"),
    (
        "type SPF beside TXT of another kind",
        "x.{p}example.com. SPF \"v=spf1 -all\"\nx.{p}example.com. TXT \"v=other\"",
    ),
    ("SOA twice", "@ SOA ns1.example.net. hostmaster.example.org. 2 14400 3600 1209600 3600"),
    (
        "SOA below the apex",
        "x.{p}example.com. SOA ns1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600",
    ),
    ("two TTLs", "x.{p}example.com. 300 A 192.88.99.1\nx.{p}example.com. 600 A 192.88.99.2"),
    ("a long TTL", "x.{p}example.com. 8640000 MX 0 ."),
    ("a TTL that is too long", "x.{p}example.com. 2147483649 A 192.88.99.1"),
    ("a record twice", "x.{p}example.com. A 192.88.99.1\nx.{p}example.com. A 192.88.99.1"),
    ("out of the zone", "x.example.org. A 192.88.99.1"),
    (
        "a label of 64 octets",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa A 192.88.99.1",
    ),
    ("an address that is none", "x.{p}example.com. A 192.88.99.256"),
    ("a number that is none", "x.{p}example.com. MX ten mail.example.net."),
    ("a number that is too large", "x.{p}example.com. MX 65536 mail.example.net."),
    ("a type that is none", "x.{p}example.com. NONSENSE text"),
    ("too many fields", "x.{p}example.com. A 192.88.99.1 192.88.99.2"),
    ("a quotation mark that is not closed", "x.{p}example.com. TXT \"text"),
    ("a parenthesis that is not closed", "x.{p}example.com. MX ( 10 mail.example.net."),
    ("odd hexadecimal", "_25._tcp.x.{p}example.com. TLSA 3 1 1 abc"),
    ("a TLSA digest that is too short", "_25._tcp.x.{p}example.com. TLSA 3 1 1 abcd"),
    ("a CAA tag with a hyphen", "x.{p}example.com. CAA 0 is-sue \"ca.example.net\""),
    ("an SVCB parameter that is missing", "x.{p}example.com. SVCB 1 . mandatory=alpn port=53"),
    ("an alias with parameters", "x.{p}example.com. HTTPS 0 example.net. alpn=h2"),
    ("a service binding to no host", "x.{p}example.com. HTTPS 1 my_host.example.net. alpn=h2"),
    ("a service binding of another kind to no host", "x.{p}example.com. SVCB 1 my_host.example.net. alpn=h2"),
    ("AFSDB to no host", "x.{p}example.com. AFSDB 1 my_host.example.net."),
    ("PTR that is no host name", "x.{p}example.com. PTR my_host.example.net."),
];

/// Faults of zones that have no other records.
const BARE: &str = "\
== fail: no SOA
@ NS ns1.example.net.
== fail: no NS
%bare
@ SOA ns1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600
== fail: an SOA with an underscore in MNAME
%bare
@ SOA ns_1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600
@ NS ns1.example.net.
@ NS ns2.example.net.
== fail: an SOA with a blank in RNAME
%bare
@ SOA ns1.example.net. host\\032master.exa_mple.org. 1 14400 3600 1209600 3600
@ NS ns1.example.net.
@ NS ns2.example.net.
== fail: an SOA with small figures
%bare
@ SOA ns1.example.net. hostmaster.example.org. 1 60 60 60 60
@ NS ns1.example.net.
@ NS ns2.example.net.
== fail: a server in the zone without address
%bare
@ SOA ns1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600
@ NS ns1
@ NS ns2.example.net.
== fail: PTR of an address that is no host name
%apex 2.0.192.in-addr.arpa
1 PTR my_host.example.net.
";

/// All of them, in the format of the corpus.
pub(crate) fn zones() -> String {
    let mut text = BARE.to_owned();
    for (words, records) in FAULTS {
        let everywhere = records.contains("{o}") || records.contains("{p}");
        let owners: &[&str] = if everywhere { &["@", "sub", "a.deep.sub", "*.wild"] } else { &["@"] };
        for owner in owners {
            let prefix = if *owner == "@" { String::new() } else { format!("{owner}.") };
            let records = records.replace("{o}", owner).replace("{p}", &prefix);
            write!(text, "== fail: {words}, {owner}\n{records}\n").unwrap();
        }
    }
    text
}
