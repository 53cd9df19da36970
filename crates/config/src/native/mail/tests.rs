mod bad_input;
mod below;
mod files;
mod garbage;
mod only;
mod shared;

use crate::testing::records;

/// The example of the design: each derived record stands at the line of its intent.
#[test]
fn a_domain_with_servers_of_its_own() {
    let text = "\
mail:
  receives: true
  mx: { 10: mail, 20: backup.relay.example. }
  hosts:
    mail: { addresses: [198.51.100.25, \"2001:db8::25\"], retired: [203.0.113.25], ttl: 5m }
  senders: [mail, { include: _spf.relay.example }]
  spf: { all: fail }
  dmarc: { policy: reject, rua: [\"mailto:dmarc@example.com\"] }
  mta_sts: { mode: enforce, max_age: 1w, host: web.example.net. }
  tls_rpt: { rua: [\"mailto:tls@example.com\"] }
  smtp: { relay: mail, submission: [587, 465], auth: required }
  imap: mail
  pop: false
records:
  \"@\":
    A: 203.0.113.10
    TXT: some-verification=abc
";
    let seen = records(text);
    let (before, id) = seen.split_once("id=").unwrap();
    let (id, after) = id.split_once('"').unwrap();
    assert!(id.len() <= 32 && id.bytes().all(|octet| octet.is_ascii_alphanumeric()), "{id}");
    assert_eq!(
        format!("{before}id=ID\"{after}"),
        "\
@ 3600 A 203.0.113.10  :16
@ 3600 MX 10 mail.example.com.  :3
@ 3600 MX 20 backup.relay.example.  :3
@ 3600 TXT \"some-verification=abc\"  :6
@ 3600 TXT \"v=spf1 ip4:198.51.100.25 ip6:2001:db8::25 include:_spf.relay.example -all\"  :6
_dmarc 3600 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"  :8
_mta-sts 3600 TXT \"v=STSv1; id=ID\"  :9
_imap._tcp 3600 SRV 0 0 0 .  :12
_imaps._tcp 3600 SRV 0 1 993 mail.example.com.  :12
_pop3._tcp 3600 SRV 0 0 0 .  :13
_pop3s._tcp 3600 SRV 0 0 0 .  :13
_submission._tcp 3600 SRV 0 1 587 mail.example.com.  :11
_submissions._tcp 3600 SRV 0 1 465 mail.example.com.  :11
_smtp._tls 3600 TXT \"v=TLSRPTv1; rua=mailto:tls@example.com\"  :10
mail 300 A 198.51.100.25  :5
mail 300 AAAA 2001:db8::25  :5
mta-sts 3600 CNAME web.example.net.  :9
"
    );
}

#[test]
fn no_mail_in_one_word() {
    assert_eq!(
        records("mail: none\n"),
        "\
@ 3600 MX 0 .  :1
@ 3600 TXT \"v=spf1 -all\"  :1
_dmarc 3600 TXT \"v=DMARC1; p=reject; sp=reject\"  :1
*._domainkey 3600 TXT \"v=DKIM1; p=\"  :1
"
    );
}

#[test]
fn every_form() {
    let text = "\
vars: { mta: mail, net: 192.0.2.0/24 }
mail:
  ttl: 10m
  mx: \"${mta}\"
  hosts: { mail: 192.0.2.25, b: [192.0.2.26, 2001:db8::26] }
  senders:
    - ${net}
    - { host: b }
    - { ip6: \"2001:db8:1::/48\" }
    - { a: www.example.net. }
    - { mx: true }
    - { mx: example.net }
    - { exists: \"%{i}.allow.example.com\" }
    - { include: \"%{d}.spf.example.net\" }
  spf: { all: neutral }
  dkim:
    old: revoked
    hosted: { cname: s1.dkim.hoster.example. }
    own: { public: \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\", test: true }
  dmarc:
    policy: quarantine
    subdomains: reject
    nonexistent: reject
    rua: mailto:dmarc@example.com
    alignment: { dkim: strict, spf: relaxed }
    test: true
  reports_for: [example.net, example.org]
  mta_sts: { mode: testing, mx: \"*.example.com\", host: [192.0.2.80, \"2001:db8::80\"] }
  imap: { host: mail, ports: [993, 143] }
  autoconfig: web.example.net.
  autodiscover: mail
  bimi: { logo: \"https://example.com/logo.svg\", evidence: \"https://example.com/vmc.pem\" }
";
    insta::assert_snapshot!(records(text), @r#"
    @ 600 MX 10 mail.example.com.  :4
    @ 600 TXT "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.26 ip6:2001:db8::26 ip6:2001:db8:1::/48 a:www.example.net mx mx:example.net exists:%{i}.allow.example.com include:%{d}.spf.example.net ?all"  :7
    default._bimi 600 TXT "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/vmc.pem;"  :32
    _dmarc 600 TXT "v=DMARC1; p=quarantine; sp=reject; np=reject; adkim=s; t=y; rua=mailto:dmarc@example.com"  :20
    example.net._report._dmarc 600 TXT "v=DMARC1"  :27
    example.org._report._dmarc 600 TXT "v=DMARC1"  :27
    hosted._domainkey 600 CNAME s1.dkim.hoster.example.  :18
    old._domainkey 600 TXT "v=DKIM1; p="  :17
    own._domainkey 600 TXT "v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  :19
    _mta-sts 600 TXT "v=STSv1; id=af4924878a180f5884103725f1b147ee"  :28
    _autodiscover._tcp 600 SRV 0 1 443 mail.example.com.  :31
    _imap._tcp 600 SRV 0 1 143 mail.example.com.  :29
    _imaps._tcp 600 SRV 0 1 993 mail.example.com.  :29
    autoconfig 600 CNAME web.example.net.  :30
    b 600 A 192.0.2.26  :5
    b 600 AAAA 2001:db8::26  :5
    mail 600 A 192.0.2.25  :5
    mta-sts 600 A 192.0.2.80  :28
    mta-sts 600 AAAA 2001:db8::80  :28
    "#);
    // A policy names a host once.
    let twice = text.replace("mx: \"*.example.com\"", "mx: [\"*.example.com\", \"*.EXAMPLE.com\"]");
    assert_eq!(records(&twice), records(text));
}

#[test]
fn a_hosted_domain() {
    insta::assert_snapshot!(records(
        "mail: { preset: fastmail, senders: { include: mail.shop.example }, dmarc: reject }\n"
    ), @r#"
    @ 3600 MX 10 in1-smtp.messagingengine.com.  :1
    @ 3600 MX 20 in2-smtp.messagingengine.com.  :1
    @ 3600 TXT "v=spf1 include:mail.shop.example include:spf.messagingengine.com ~all"  :1
    _dmarc 3600 TXT "v=DMARC1; p=reject"  :1
    fm1._domainkey 3600 CNAME fm1.example.com.dkim.fmhosted.com.  :1
    fm2._domainkey 3600 CNAME fm2.example.com.dkim.fmhosted.com.  :1
    fm3._domainkey 3600 CNAME fm3.example.com.dkim.fmhosted.com.  :1
    "#);
    let several = "\
mail:
  preset:
    - google-workspace
    - { mailgun: { region: eu, tracking: email } }
";
    assert!(records(several).contains("email 3600 CNAME eu.mailgun.org.  :4"));
    let mapping = "mail: { preset: { microsoft-365: { mx: example-com.mail.protection.outlook.com. } } }\n";
    assert!(records(mapping).contains("@ 3600 MX 0 example-com.mail.protection.outlook.com.  :1"));
}
