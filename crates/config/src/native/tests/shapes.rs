//! What is right: every shape in which records can be written.

use crate::diagnostic::Severity;
use crate::testing::{list, problems, records, zone};

#[test]
fn the_zone_of_the_design() {
    let text = r#"
zone: example.com
provider: [main, edge]
ttl: 2h
records:
  "@":
    A: 203.0.113.10
    CAA: 0 issue "letsencrypt.org"
  www: { CNAME: "@" }
  api:
    A: { ttl: 5m, values: [203.0.113.20, 203.0.113.21] }
  _sip._tcp: { SRV: 10 60 5060 sip }
  blog:
    CNAME: { value: pages.host.example., provider: { cloudflare: { proxied: true } } }
ignore:
  - { name: "_acme-challenge.**", type: TXT }
"#;
    insta::assert_snapshot!(records(text), @r#"
    @ 7200 A 203.0.113.10  :7
    @ 7200 CAA 0 issue "letsencrypt.org"  :8
    _sip._tcp 7200 SRV 10 60 5060 sip.example.com.  :12
    api 300 A 203.0.113.20  :11
    api 300 A 203.0.113.21  :11
    blog 7200 CNAME pages.host.example.  :14
    www 7200 CNAME example.com.  :9
    "#);
    let (_, loaded, _) = zone(text);
    let zone = loaded.zone.unwrap();
    assert_eq!(zone.providers, ["main", "edge"]);
    let blog = zone.wishes.iter().find(|wish| wish.provider_options.is_some()).unwrap();
    assert_eq!(blog.provider_options.as_ref().unwrap()["cloudflare"]["proxied"], "true");
    assert_eq!((&*zone.ignore[0].name, zone.ignore[0].types.len()), ("_acme-challenge.**", 1));
}

#[test]
fn values_in_every_shape() {
    let text = r#"
records:
  "@":
    MX:
      - 10 mail
      - { preference: 20, exchange: backup.relay.example. }
    NS: { values: [ns1.example.net., ns2] }
    SOA: { value: ns1 hostmaster 1 3h 1h 1w 1h }
  a: { A: { value: 192.0.2.1, ttl: 1h30m }, AAAA: [2001:db8::1] }
  caa:
    CAA:
      - { flags: 0, tag: issue, value: letsencrypt.org }
      - 0 iodef mailto:a@example.com
  caa2: { CAA: { value: 0 issue "ca.example; policy=ev", ttl: 60 } }
  caa3: { CAA: { flags: 128, tag: issue, value: ";" } }
  svc: { HTTPS: { svc_priority: 1, target_name: ".", svc_params: 'alpn=h2,h3 port=8443' } }
  svc2: { HTTPS: { svc_priority: 0, target_name: svc } }
  odd: { TYPE65280: \# 3 abcdef }
  odd2: { TYPE65280: { rdata: \# 3 ABCDEF } }
  alias: { ALIAS: other.example. }
  lua:
    LUA: A "ifportup(443, {'192.0.2.1'})"
  r53: { ROUTE53_ALIAS: A Z2FDTNDATAQYW2 d1.cloudfront.net. false }
  vendor: { Vendor/THING: some thing }
  only: { A: { value: 192.0.2.1, only: main } }
"#;
    insta::assert_snapshot!(records(text), @r#"
    @ 3600 NS ns1.example.net.  :7
    @ 3600 NS ns2.example.com.  :7
    @ 3600 SOA ns1.example.com. hostmaster.example.com. 1 10800 3600 604800 3600  :8
    @ 3600 MX 10 mail.example.com.  :4
    @ 3600 MX 20 backup.relay.example.  :4
    a 5400 A 192.0.2.1  :9
    a 3600 AAAA 2001:db8::1  :9
    alias 3600 ALIAS other.example.  :20
    caa 3600 CAA 0 iodef "mailto:a@example.com"  :11
    caa 3600 CAA 0 issue "letsencrypt.org"  :11
    caa2 60 CAA 0 issue "ca.example; policy=ev"  :14
    caa3 3600 CAA 128 issue ";"  :15
    lua 3600 LUA A "ifportup(443, {'192.0.2.1'})"  :22
    odd 3600 TYPE65280 \# 3 abcdef  :18
    odd2 3600 TYPE65280 \# 3 abcdef  :19
    only 3600 A 192.0.2.1  :25
    r53 3600 ROUTE53_ALIAS A Z2FDTNDATAQYW2 d1.cloudfront.net. false  :23
    svc 3600 HTTPS 1 . alpn=h2,h3 port=8443  :16
    svc2 3600 HTTPS 0 svc.example.com.  :17
    vendor 3600 VENDOR/THING some thing  :24
    "#);
}

#[test]
fn texts_are_written_plainly() {
    let long = "v=DKIM1; k=rsa; p=".to_owned() + &"A".repeat(400);
    let text = format!(
        r#"
records:
  a: {{ TXT: v=spf1 include:_spf.relay.example -all }}
  b: {{ TXT: '"one" "two"' }}
  c: {{ TXT: say "hi"; it's me }}
  d: {{ TXT: "" }}
  e: {{ TXT: ["1.10", no, 0600, 1e3, ~x, é] }}
  f: {{ TXT: {long} }}
  g:
    TXT: >-
      folded
      into one
  h:
    TXT: |
      one line
  i: {{ TXT: {{ txt_data: '"kept" as it is' }} }}
  j: {{ TXT: 'C:\dir' }}
"#
    );
    let (project, loaded, diagnostics) = zone(&text);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    let texts: Vec<(String, String)> = loaded
        .zone
        .unwrap()
        .wishes
        .iter()
        .flat_map(|wish| {
            wish.rrset.values().iter().map(|value| (wish.rrset.name.to_string(), value.joined_text()))
        })
        .map(|(name, text)| (name[..1].to_owned(), String::from_utf8(text).unwrap()))
        .collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
    let mut e = vec![("e", "1.10"), ("e", "no"), ("e", "0600"), ("e", "1e3"), ("e", "~x"), ("e", "é")];
    e.sort_by_key(|(_, text)| (text.len(), *text));
    let mut expected = vec![
        ("a", "v=spf1 include:_spf.relay.example -all"),
        ("b", "onetwo"),
        ("c", "say \"hi\"; it's me"),
        ("d", ""),
    ];
    expected.extend(e);
    expected.extend([
        ("f", &*long),
        ("g", "folded into one"),
        ("h", "one line"),
        ("i", "\"kept\" as it is"),
        ("j", "C:\\dir"),
    ]);
    assert_eq!(pairs, expected);
}

/// The schema has one spelling, so that an editor completes it.
#[test]
fn types_in_lower_case() {
    let (_, loaded, found) = zone("records: { lower: { a: 192.0.2.1, cname: x, type65280: '\\# 0' } }");
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["zone/cname-beside-data"]);
    assert!(loaded.zone.is_none());
    let (_, loaded, _) = zone("records: { lower: { a: 192.0.2.1, Txt: x } }");
    assert_eq!(list(&loaded), "lower 3600 A 192.0.2.1  :1\nlower 3600 TXT \"x\"  :1\n");
}

#[test]
fn words_of_other_yaml_versions_are_names() {
    let text = "records:\n  no: { A: 192.0.2.1 }\n  on: { A: 192.0.2.2 }\n  1.10: { A: 192.0.2.3 }\n  0600: { A: 192.0.2.4 }\n  1e3: { A: 192.0.2.5 }\n  null: { A: 192.0.2.6 }\n  10: { A: 192.0.2.7 }\n  010: { A: 192.0.2.8 }\n";
    insta::assert_snapshot!(list(&zone(text).1), @"
    010 3600 A 192.0.2.8  :9
    0600 3600 A 192.0.2.4  :5
    10 3600 A 192.0.2.7  :8
    1.10 3600 A 192.0.2.3  :4
    1e3 3600 A 192.0.2.5  :6
    no 3600 A 192.0.2.1  :2
    null 3600 A 192.0.2.6  :7
    on 3600 A 192.0.2.2  :3
    ");
}

#[test]
fn a_long_text_is_limited_by_the_record() {
    let fits = "x".repeat(65_000);
    let (_, loaded, _) = zone(&format!("records: {{ a: {{ TXT: {fits} }} }}"));
    assert!(list(&loaded).len() > 65_000);
    let long = "x".repeat(65_536);
    assert!(
        problems(&format!("records: {{ a: {{ TXT: {long} }} }}")).contains("a record holds at most 65535")
    );
}

#[test]
fn anchors_and_merges() {
    let text = "records:\n  a: &web { A: 192.0.2.1 }\n  b: *web\n  c: { <<: *web, TXT: x }\n";
    insta::assert_snapshot!(records(text), @r#"
    a 3600 A 192.0.2.1  :2
    b 3600 A 192.0.2.1  :2
    c 3600 A 192.0.2.1  :2
    c 3600 TXT "x"  :4
    "#);
}

/// `lenient` at one record turns the faults in which that record takes part into warnings, and no others.
#[test]
fn lenience_of_one_record() {
    let found = |lenient: &str| -> Vec<(Severity, &'static str)> {
        let (.., found) = zone(&format!(
            "records:\n  a: {{ A: 192.0.2.1, CNAME: {{ value: b, {lenient} }} }}\n  c: {{ A: 192.0.2.1, CNAME: b }}\n"
        ));
        found.iter().map(|one| (one.severity, one.code)).collect()
    };
    let (error, warning) = (Severity::Error, Severity::Warning);
    const BESIDE: &str = "zone/cname-beside-data";
    assert_eq!(found("lenient: true"), [(warning, BESIDE), (error, BESIDE)]);
    assert_eq!(found("lenient: false"), [(error, BESIDE), (error, BESIDE)]);
    assert_eq!(found("lenient: maybe"), [(error, "config/bad-value"), (error, BESIDE)]);
}
