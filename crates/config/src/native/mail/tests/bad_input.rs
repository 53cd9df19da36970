//! What an administrator could write and misread: each is refused with what to write instead.

use crate::testing::problems;

/// All that is wrong with a block, with `message | help` on a line each.
fn told(block: &str) -> String {
    let text = format!("mail:\n  {}\n", block.replace('\n', "\n  "));
    let (_, _, found) = crate::testing::zone(&text);
    let line = |found: &crate::diagnostic::Diagnostic| {
        format!("{}: {} | {}\n", found.code, found.message, found.help.as_deref().unwrap_or("-"))
    };
    found.iter().map(line).collect()
}

#[test]
fn the_block_as_a_whole() {
    insta::assert_snapshot!(problems("mail: off\n"), @r#"
    error[config/bad-value]: `mail` cannot be `off`
     --> zones/example.com.yaml:1:7
      |
    1 | mail: off
      |       ^^^
      |
      = help: write `none` for a domain that neither receives nor sends, or a mapping that says what mail does
    "#);
    insta::assert_snapshot!(problems("mail: { preset: google-workspac, mxs: 10 mail, senders: [] }\n"), @r#"
    error[config/bad-value]: there is no preset `google-workspac`
     --> zones/example.com.yaml:1:17
      |
    1 | mail: { preset: google-workspac, mxs: 10 mail, senders: [] }
      |                 ^^^^^^^^^^^^^^^
      |
      = help: did you mean `google-workspace`?

    error[config/unknown-key]: `mail` has no key `mxs`
     --> zones/example.com.yaml:1:34
      |
    1 | mail: { preset: google-workspac, mxs: 10 mail, senders: [] }
      |                                  ^^^
      |
      = help: did you mean `mx`?

    error[config/bad-value]: `senders` is an empty list
     --> zones/example.com.yaml:1:57
      |
    1 | mail: { preset: google-workspac, mxs: 10 mail, senders: [] }
      |                                                         ^
      |
      = help: name at least one; when nobody sends, write `sends: false`
    "#);
    insta::assert_snapshot!(problems("mail: [mail]\n"), @"
    error[config/wrong-kind]: `mail` must be a mapping (`key: value`), not a list
     --> zones/example.com.yaml:1:7
      |
    1 | mail: [mail]
      |       ^
      |
      = help: write `key: value` lines, without [ ] or -
    ");
    insta::assert_snapshot!(problems("mail: {}\n"), @r#"
    error[mail/receives]: the block does not say whether the domain receives mail
     --> zones/example.com.yaml:1:7
      |
    1 | mail: {}
      |       ^
      |
      = help: write `mx: { 10: HOST }` or a `preset:`, or `receives: false`

    error[mail/sends]: the block does not say who sends mail with addresses of the domain
     --> zones/example.com.yaml:1:7
      |
    1 | mail: {}
      |       ^
      |
      = help: write `senders: [HOST]`, or `sends: false`
    "#);
}

#[test]
fn written_and_derived() {
    let text = "\
mail: { mx: mail, senders: [mail], hosts: { mail: 192.0.2.25 }, dmarc: none }
records:
  \"@\": { MX: 10 mail, TXT: [v=spf1 -all, token] }
  _dmarc: { TXT: v=DMARC1; p=none }
  mail: { A: 192.0.2.26, AAAA: \"2001:db8::1\" }
";
    insta::assert_snapshot!(problems(text), @r#"
    error[mail/conflict]: MX of example.com. is written here and derived from `mail`
     --> zones/example.com.yaml:3:10
      |
    3 |   "@": { MX: 10 mail, TXT: [v=spf1 -all, token] }
      |          ^^
     ::: zones/example.com.yaml:1:13
      |
    1 | mail: { mx: mail, senders: [mail], hosts: { mail: 192.0.2.25 }, dmarc: none }
      |             ---- derived from this
      |
      = help: remove this record, or the part of `mail` that gives it

    error[mail/conflict]: the SPF record of example.com. is written here and derived from `mail`
     --> zones/example.com.yaml:3:23
      |
    3 |   "@": { MX: 10 mail, TXT: [v=spf1 -all, token] }
      |                       ^^^
     ::: zones/example.com.yaml:1:29
      |
    1 | mail: { mx: mail, senders: [mail], hosts: { mail: 192.0.2.25 }, dmarc: none }
      |                             ---- derived from this
      |
      = help: remove this record, or the part of `mail` that gives it

    error[mail/conflict]: TXT of _dmarc.example.com. is written here and derived from `mail`
     --> zones/example.com.yaml:4:13
      |
    4 |   _dmarc: { TXT: v=DMARC1; p=none }
      |             ^^^
     ::: zones/example.com.yaml:1:65
      |
    1 | mail: { mx: mail, senders: [mail], hosts: { mail: 192.0.2.25 }, dmarc: none }
      |                                                                 ----- derived from this
      |
      = help: remove this record, or the part of `mail` that gives it

    error[mail/conflict]: A of mail.example.com. is written here and derived from `mail`
     --> zones/example.com.yaml:5:11
      |
    5 |   mail: { A: 192.0.2.26, AAAA: "2001:db8::1" }
      |           ^
     ::: zones/example.com.yaml:1:45
      |
    1 | mail: { mx: mail, senders: [mail], hosts: { mail: 192.0.2.25 }, dmarc: none }
      |                                             ---- derived from this
      |
      = help: remove this record, or the part of `mail` that gives it
    "#);
}

#[test]
fn hosts_and_exchangers() {
    insta::assert_snapshot!(told("senders: mail\nmx: { 10: mail.example.com, x: mail, 20: 192.0.2.1, 65536: a, 30: 10 mail }"), @r#"
    record/ambiguous-name: `mail.example.com` has no dot at its end: is it mail.example.com. or mail.example.com.example.com.? | write mail or mail.example.com. for the first, mail.example.com.example.com. for the second
    config/bad-value: `x` is not a preference: a number from 0 to 65535 | write the preference before the host: { 10: mail }
    config/bad-value: `mx` names a host, but `192.0.2.1` is an address | give the address a name under `hosts`, and name that here
    config/bad-value: `65536` is not a preference: a number from 0 to 65535 | write the preference before the host: { 10: mail }
    config/bad-value: the preference stands before the host, not with it | write { 10: mail }
    "#);
    insta::assert_snapshot!(told("senders: mail\nmx: 10 mail"), @r#"config/bad-value: the preference stands before the host, not with it | write { 10: mail }"#);
    insta::assert_snapshot!(told("senders: mail\nmx: [mail, backup]"), @r#"config/bad-value: a list under `mx` does not say which host is tried first | write { 10: mail, 20: backup }, or { 10: [mail, backup] } for hosts that are alike"#);
    insta::assert_snapshot!(told("senders: mail\nmx: mail\nhosts: { mail: mail2, a.example.com: 192.0.2.1, b.other.org.: 192.0.2.1, c: { address: 192.0.2.1 }, d: [192.0.2.1, 192.0.2.1] }"), @r#"
    config/bad-value: `mail` takes IP addresses, and `mail2` is none | write one such as 192.0.2.25 or "2001:db8::25"
    record/ambiguous-name: `a.example.com` has no dot at its end: is it a.example.com. or a.example.com.example.com.? | write "a" for the first, "a.example.com.example.com." for the second
    record/out-of-zone: b.other.org. is not in the zone example.com. | move it to the file of its zone; a relative name has no dot at its end
    config/missing-key: a mail host needs the key `addresses` | Its addresses
    config/unknown-key: a mail host has no key `address` | did you mean `addresses`?
    config/bad-value: 192.0.2.1 stands twice | keep one of them
    "#);
}

#[test]
fn senders() {
    insta::assert_snapshot!(told("mx: mail\nsenders: [include:_spf.x.example, mx, a, ip4:192.0.2.1, 192.0.2.1/24, 192.0.2.0/33, mail.example.com, 2001:db8::1]"), @r#"
    config/bad-value: `include:_spf.x.example` is a term of SPF, not the name of a host | write { include: _spf.x.example }
    config/bad-value: `mx` can be a host of that name or a term of SPF | write { host: mx } for the host, { mx: true } for the hosts that take mail
    config/bad-value: `a` can be a host of that name or a term of SPF | write { host: a } for the host, { a: DOMAIN } for the addresses of a name
    config/bad-value: `ip4:192.0.2.1` is a term of SPF, not the name of a host | write { ip4: 192.0.2.1 }
    config/bad-value: 192.0.2.1/24 names a network by an address inside of it: one host, or all of 192.0.2.0/24? | write 192.0.2.1 for the one, 192.0.2.0/24 for all
    config/bad-value: `33` is not a length of a prefix: a number from 0 to 32 | write 192.0.2.0 for the one address
    record/ambiguous-name: `mail.example.com` has no dot at its end: is it mail.example.com. or mail.example.com.example.com.? | write mail or mail.example.com. for the first, mail.example.com.example.com. for the second
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: [{ ip4: \"2001:db8::1\" }, { include: spf }, { include: a.example, ip4: 192.0.2.1 }, {}, { ptr: x }, { exists: \"%{z}.example\" }, { mx: false }]"), @r#"
    config/bad-value: 2001:db8::1 is no ip4 address | write { ip6: 2001:db8::1 }
    config/bad-value: `include` takes a domain name in full, and `spf` has one label | write spf.example.com if that is meant
    config/bad-value: a sender is of one kind | write one of { host: }, { ip4: }, { ip6: }, { include: }, { a: }, { mx: }, { exists: }
    config/bad-value: a sender is of one kind | write one of { host: }, { ip4: }, { ip6: }, { include: }, { a: }, { mx: }, { exists: }
    config/unknown-key: a sender has no key `ptr` | the keys are host, ip4, ip6, include, a, mx, exists
    config/bad-value: "%{z}" is no macro: its letter is none of s, l, o, d, i, p, v, h, c, r, t | RFC 7208 section 7 has the macros
    config/bad-value: `mx: false` authorises nobody | remove it; what is not named may not send
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nspf: { all: pass, redirect: x }"), @r#"
    config/bad-value: `all` cannot be `pass` | write fail or softfail or neutral
    config/bad-value: `redirect` takes a domain name in full, and `x` has one label | write x.example.com if that is meant
    "#);
}

/// What the zone itself has is counted to the end, what others have is named.
#[test]
fn an_spf_record_with_too_many_lookups() {
    let text = "\
mail:
  mx: mail
  senders:
    - { include: _spf.example.com }
    - { include: a.example.net }
    - { include: b.example.net }
    - { include: c.example.net }
    - { mx: true }
    - www
records:
  www: { A: 192.0.2.1 }
  mail: { A: 192.0.2.2 }
  _spf: { TXT: \"v=spf1 include:_spf2.example.com a:www.example.com a:mail.example.com -all\" }
  _spf2: { TXT: \"v=spf1 include:d.example.net include:e.example.net -all\" }
";
    insta::assert_snapshot!(problems(text), @r#"
    error[mail/spf-lookups]: the SPF record needs 11 lookups, and more where the tree says that it is not known; receivers stop at 10 and take the record for broken (RFC 7208 section 4.6.4)
     --> zones/example.com.yaml:4:7
      |
    4 |     - { include: _spf.example.com }
      |       ^
      |
      = help: name networks or declared hosts, which cost nothing, or fewer domains, or write the networks of one into a file: dnsctl mail flatten --include _spf.example.com --name _spf1 --out shared/spf1.yaml
              example.com: 11 lookups, 10 are allowed
              ├─  6 include:_spf.example.com
              │  ├─  3 include:_spf2.example.com
              │  │  ├─  1 include:d.example.net (d.example.net TXT is not known)
              │  │  └─  1 include:e.example.net (e.example.net TXT is not known)
              │  ├─  1 a:www.example.com
              │  └─  1 a:mail.example.com
              ├─  1 include:a.example.net (a.example.net TXT is not known)
              ├─  1 include:b.example.net (b.example.net TXT is not known)
              ├─  1 include:c.example.net (c.example.net TXT is not known)
              ├─  1 mx
              └─  1 a:www.example.com <- lookup 11: receivers stop here with permerror
    "#);
    assert_eq!(problems(&text.replace("include:d.example.net ", "")), "");
}

#[test]
fn authentication() {
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\ndkim: { a: keys/a.pub, b._domainkey: revoked, c_d: revoked, e: { key_file: x, cname: y. }, f: {}, g: { public: \"!\" }, h: { cname: h.example. , test: true } }"), @r#"
    config/bad-value: `keys/a.pub` can be a file, a key or a name | write { key_file: PATH }, { public: KEY }, { cname: NAME }, or revoked
    config/bad-value: `b._domainkey` is more than the selector | write b
    config/bad-value: `c_d` is not a selector: letters, digits and - (RFC 6376 section 3.1) | write the label before ._domainkey
    config/bad-value: a DKIM key comes from one place | write { key_file: PATH }, { public: KEY }, { cname: NAME }, or revoked
    config/bad-value: a DKIM key comes from one place | write { key_file: PATH }, { public: KEY }, { cname: NAME }, or revoked
    mail/dkim-key: the key is base64, in which "!" does not occur | give the public key as PEM (openssl pkey -in KEY -pubout), as base64, or as a whole record
    config/bad-value: the key at the hoster's name says itself whether it is a test | remove `test`
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\ndmarc: { policy: strict, rua: [dmarc@example.com, \"https://example.com\", \"mailto:x\", \"mailto:a@example.com,mailto:b@example.com\"], pct: 50 }"), @r#"
    config/bad-value: `policy` cannot be `strict` | write none or quarantine or reject
    config/bad-value: `rua` takes mailto:…, and `dmarc@example.com` is none | write mailto:dmarc@example.com
    config/bad-value: `rua` takes mailto:…, and `https://example.com` is none | write one such as mailto:…
    config/bad-value: `rua`: `mailto:x` has no domain | write the address in full
    config/bad-value: `rua`: `mailto:a@example.com,mailto:b@example.com` has `,` in it | several addresses are a list; other characters are written %XX, and a host name as xn--...
    config/unknown-key: `dmarc` has no key `pct` | the keys are policy, subdomains, nonexistent, rua, ruf, alignment, test
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nbimi: { logo: \"http://example.com/logo.svg\" }"), @r#"config/bad-value: `logo` takes https://…, and `http://example.com/logo.svg` is none | write one such as https://…"#);
}

#[test]
fn transport_and_access() {
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nmta_sts: { mode: on, max_age: 2y, mx: [\"*.*.example\", mail] }\ntls_rpt: {}"), @r#"
    config/bad-value: `mode` cannot be `on` | write testing or enforce or none
    config/bad-ttl: "2y" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m) | -
    config/bad-value: in `*.*.example` the * is not the first label alone | write *.example.com: it stands for exactly one label
    config/bad-value: `mx` takes a domain name in full, and `mail` has one label | write mail.example.com if that is meant
    config/missing-key: `tls_rpt` needs the key `rua` | Where reports go
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nmta_sts: { mode: enforce, max_age: 60w, host: [a, b] }"), @r#"
    config/bad-value: `60w` is above 31557600 seconds, a year (RFC 8461 section 3.2) | write 1w, or 52w at most
    config/bad-value: `host` is one host, or addresses | write the host, or only addresses
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nsmtp: { relay: mail, submission: [25, 70000, 587, 587] }\nimap: true\npop: { host: mail, ports: 993 }"), @r#"
    mail/submission-port: port 25 has no service for users who hand in mail | write 587 (STARTTLS), 465 (TLS), or both (RFC 8314 section 3.3)
    config/bad-value: `70000` is not a port: a number from 1 to 65535 | write one such as 587
    config/bad-value: the port 587 stands twice | keep one of them
    config/bad-value: `imap` does not say which host it is | write its name, such as mail
    mail/access-port: port 993 is not one that programs of users look for | write 995 (TLS), 110 (STARTTLS), or both
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\npreset: [{ fastmail: { x: y } }, { microsoft-365: { dkim1: a.example } }, fastmail]"), @r#"
    config/unknown-key: the preset fastmail has no options | write `preset: fastmail`
    mail/preset: the preset microsoft-365 needs `mx`: the host that the admin center shows for the domain | write preset: { microsoft-365: { mx: example-com.mail.protection.outlook.com. } }; see https://learn.microsoft.com/en-us/microsoft-365/enterprise/external-domain-name-system-records
    config/bad-value: the preset `fastmail` stands twice | keep one of them
    "#);
    // What the preset would say is not missed beside it.
    insta::assert_snapshot!(told("preset: icloud"), @r#"
    mail/preset: the preset icloud needs `mx1`: the first mail server that iCloud shows | write preset: { icloud: { mx1: mx01.mail.icloud.com. } }; see https://support.apple.com/102374
    mail/preset: the preset icloud needs `mx2`: the second mail server that iCloud shows | write preset: { icloud: { mx2: mx02.mail.icloud.com. } }; see https://support.apple.com/102374
    mail/preset: the preset icloud needs `dkim`: what sig1._domainkey is an alias of, as iCloud shows it | write preset: { icloud: { dkim: sig1.dkim.example.com.at.icloudmailadmin.com. } }; see https://support.apple.com/102374
    "#);
    insta::assert_snapshot!(told("mx: mail\nsenders: mail\nautoconfig: true\nautodiscover: false"), @r#"
    config/bad-value: `autoconfig` does not say which host it is | write its name, such as mail
    config/bad-value: `autodiscover` does not say which host it is | leave the key out
    "#);
}

#[test]
fn an_spf_record_that_leads_back_to_itself() {
    let text = "\
mail:
  mx: mail
  senders: { include: a.example.com }
records:
  mail: { A: 192.0.2.2 }
  a: { TXT: \"v=spf1 include:example.com -all\" }
";
    insta::assert_snapshot!(problems(text), @r#"
    error[mail/spf-loop]: the SPF record leads back to itself: receivers take it for broken
     --> zones/example.com.yaml:3:12
      |
    3 |   senders: { include: a.example.com }
      |            ^
      |
      = help: remove the term that leads back, here or in the record that has it
              example.com: lookups without end, 10 are allowed
              └─  2 include:a.example.com
                 └─  1 include:example.com (leads back to itself: permerror)
    "#);
}
