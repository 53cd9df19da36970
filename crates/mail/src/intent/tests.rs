use super::*;
use crate::presets;
use dnsctl_zone::RecordType;
use std::fmt::Write as _;

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn at<T>(value: T) -> At<T> {
    At::new(value, Source::new("zones/example.com.yaml".into(), 1, 1))
}

fn intent() -> Intent {
    Intent { source: Some(at(()).source), ..Intent::default() }
}

fn sending(senders: Vec<Sender>) -> Intent {
    Intent { receives: Some(at(false)), senders: senders.into_iter().map(at).collect(), ..intent() }
}

fn address(text: &str) -> std::net::IpAddr {
    text.parse().unwrap()
}

fn derived(intent: &Intent) -> Derived {
    derive(intent, &name("example.com"), Ttl::new(3600).unwrap(), &Files::new())
}

fn records(derived: &Derived) -> String {
    let apex = name("example.com");
    let mut text = String::new();
    for wish in &derived.wishes {
        for value in wish.rrset.values() {
            writeln!(text, "{} {} {value}", wish.rrset.name.relative_to(&apex), wish.rrset.rtype).unwrap();
        }
    }
    text
}

#[track_caller]
fn gives(intent: &Intent, expected: &str) {
    let derived = derived(intent);
    assert_eq!(derived.problems, []);
    assert_eq!(records(&derived), expected);
}

#[track_caller]
fn refused(intent: &Intent, code: &str) -> Problem {
    let problems = derived(intent).problems;
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [code], "{problems:?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn nothing_written_gives_nothing() {
    let derived = derived(&Intent::default());
    assert_eq!((derived.wishes.len(), derived.problems.len()), (0, 0));
}

#[test]
fn no_mail_at_all() {
    let none = Intent { none: Some(at(()).source), ..intent() };
    gives(
        &none,
        "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; sp=reject\"\n\
         *._domainkey TXT \"v=DKIM1; p=\"\n",
    );
    let both = Intent { senders: vec![at(Sender::Host(name("mail.example.com")))], ..none };
    assert!(!both.sends_mail());
    refused(&both, "mail/none");
}

#[test]
fn declared_hosts_are_named_by_their_addresses() {
    let host = Host {
        name: name("mail.example.com"),
        addresses: vec![address("198.51.100.25"), address("2001:db8::25")],
        planned: vec![address("203.0.113.26")],
        retired: vec![address("203.0.113.25")],
        helo: None,
        ttl: Ttl::new(300),
    };
    let mut intent = sending(vec![
        Sender::Include(Include::Name(name("_spf.relay.example"))),
        Sender::Host(name("mail.example.com")),
        Sender::Host(name("other.example.com")),
        Sender::Exchangers(None),
        Sender::Exists("%{i}.allow.example.com".to_owned()),
        Sender::Network { address: address("192.0.2.0"), prefix: 24 },
    ]);
    intent.hosts = vec![at(host)];
    intent.spf = Some(at(Spf { all: Some(SpfAll::Fail), redirect: None }));
    let derived = derived(&intent);
    assert_eq!(derived.problems, []);
    assert!(
        records(&derived).contains(
            "@ TXT \"v=spf1 ip4:198.51.100.25 ip6:2001:db8::25 ip4:203.0.113.26 ip4:192.0.2.0/24 include:_spf.relay.example \
             a:other.example.com mx exists:%{i}.allow.example.com -all\"\n"
        ),
        "{}",
        records(&derived)
    );
    let mail = derived.wishes.iter().find(|wish| wish.rrset.rtype == RecordType::AAAA).unwrap();
    assert_eq!(mail.rrset.ttl.seconds(), 300);
    // What a parser that knows the grammar makes of it.
    let text = derived.wishes.iter().find(|wish| wish.rrset.rtype == RecordType::TXT).unwrap();
    let parsed = crate::spf::parse(&text.rrset.values()[0].joined_text());
    assert!(parsed.record.is_some() && parsed.faults.is_empty(), "{:?}", parsed.faults);
}

#[test]
fn what_the_block_must_say() {
    assert!(refused(&sending(Vec::new()), "mail/sends").help.contains("senders"));
    let silent = Intent { senders: vec![at(Sender::Exchangers(None))], ..intent() };
    assert!(refused(&silent, "mail/receives").help.contains("receives: false"));
    let exchange = Exchange { preference: 10, host: name("mail.example.com") };
    let mut contradiction = sending(vec![Sender::Exchangers(None)]);
    contradiction.mx = vec![at(exchange.clone())];
    refused(&contradiction, "mail/receives");
    let forbidden = Intent { mx: vec![at(exchange.clone())], sends: Some(at(false)), ..silent.clone() };
    refused(&forbidden, "mail/sends");
    let twice = Intent { mx: vec![at(exchange.clone()), at(exchange)], ..silent };
    refused(&twice, "mail/mx-twice");
}

#[test]
fn a_retired_address_is_named_nowhere() {
    let host = |addresses: &[&str], retired: &[&str]| Host {
        name: name("mail.example.com"),
        addresses: addresses.iter().map(|text| address(text)).collect(),
        planned: Vec::new(),
        helo: None,
        retired: retired.iter().map(|text| address(text)).collect(),
        ttl: None,
    };
    let mut intent = sending(vec![Sender::Network { address: address("203.0.113.25"), prefix: 32 }]);
    intent.hosts = vec![at(host(&["198.51.100.25"], &["203.0.113.25"]))];
    refused(&intent, "mail/retired");
    intent.senders = vec![at(Sender::Exchangers(None))];
    intent.hosts = vec![at(host(&["203.0.113.25"], &["203.0.113.25"]))];
    refused(&intent, "mail/retired");
}

#[test]
fn a_redirect_has_no_all() {
    let redirect = Some(name("_spf.example.net"));
    let mut intent = sending(Vec::new());
    intent.spf = Some(at(Spf { all: None, redirect: redirect.clone() }));
    let derived = derived(&intent);
    assert!(records(&derived).contains("\"v=spf1 redirect=_spf.example.net\""), "{:?}", derived.problems);
    intent.spf = Some(at(Spf { all: Some(SpfAll::Fail), redirect }));
    refused(&intent, "mail/spf-redirect");
}

/// A preset fills in what is missing; what the block says itself stays.
#[test]
fn presets_are_filled_in() {
    let wanted = |name: &str, options: &[(&str, &str)]| {
        let options =
            options.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect();
        at(presets::Use { preset: presets::find(name).unwrap(), options })
    };
    let mut intent = Intent { presets: vec![wanted("fastmail", &[])], ..intent() };
    gives(
        &intent,
        "@ MX 10 in1-smtp.messagingengine.com.\n@ MX 20 in2-smtp.messagingengine.com.\n\
         @ TXT \"v=spf1 include:spf.messagingengine.com ~all\"\n\
         fm1._domainkey CNAME fm1.example.com.dkim.fmhosted.com.\n\
         fm2._domainkey CNAME fm2.example.com.dkim.fmhosted.com.\n\
         fm3._domainkey CNAME fm3.example.com.dkim.fmhosted.com.\n",
    );
    intent.mx = vec![at(Exchange { preference: 5, host: name("filter.example.net") })];
    assert!(records(&derived(&intent)).starts_with("@ MX 5 filter.example.net.\n@ TXT"));
    intent.mx.clear();
    intent.presets.push(wanted("proton", &[]));
    refused(&intent, "mail/two-receivers");
    intent.presets = vec![wanted("fastmail", &[]), wanted("mailgun", &[])];
    let both = derived(&intent);
    assert_eq!(both.problems, []);
    assert!(records(&both).contains("include:spf.messagingengine.com include:mailgun.org ~all"));
    assert!(!records(&both).contains("mxa.mailgun.org"), "one that can receive does not when another does");
    intent.presets = vec![wanted("mailgun", &[])];
    intent.receives = Some(at(true));
    assert!(records(&derived(&intent)).contains("@ MX 10 mxa.mailgun.org."));
    intent.presets = vec![wanted("microsoft-365", &[])];
    assert!(
        refused_among(&intent, "mail/preset").help.contains("mx: example-com.mail.protection.outlook.com.")
    );
}

#[track_caller]
fn refused_among(intent: &Intent, code: &str) -> Problem {
    derived(intent).problems.into_iter().find(|problem| problem.code == code).unwrap()
}

/// One that sends with its own bounce address needs no place in the SPF record of the apex.
#[test]
fn a_preset_with_bounces_of_its_own() {
    let options = [("region", vec!["eu-west-1"]), ("dkim", vec!["abc"])];
    let options = options
        .into_iter()
        .map(|(key, values)| (key.to_owned(), values.into_iter().map(str::to_owned).collect()))
        .collect();
    let wanted = presets::Use { preset: presets::find("amazon-ses").unwrap(), options };
    let intent = Intent {
        presets: vec![at(wanted.clone())],
        receives: Some(at(false)),
        sends: Some(at(true)),
        ..intent()
    };
    // It sends, also where nobody says so.
    let unsaid = Intent { presets: vec![at(wanted)], receives: Some(at(false)), ..self::intent() };
    assert!(unsaid.sends_mail());
    gives(&intent, "@ MX 0 .\n@ TXT \"v=spf1 -all\"\nabc._domainkey CNAME abc.dkim.amazonses.com.\n");
}

/// What is not in the file is no problem of it.
#[test]
fn a_preset_that_is_to_receive_only() {
    let wanted = |name: &str| at(presets::Use { preset: presets::find(name).unwrap(), options: [].into() });
    let intent = Intent { presets: vec![wanted("fastmail")], sends: Some(at(false)), ..intent() };
    gives(
        &intent,
        "@ MX 10 in1-smtp.messagingengine.com.\n@ MX 20 in2-smtp.messagingengine.com.\n@ TXT \"v=spf1 -all\"\n\
         _dmarc TXT \"v=DMARC1; p=reject; sp=reject\"\n*._domainkey TXT \"v=DKIM1; p=\"\n",
    );
    let mut postmark =
        Intent { presets: vec![wanted("postmark")], receives: Some(at(false)), ..self::intent() };
    let expanded = |intent: &Intent| expand(intent, &name("example.com")).0.bouncing;
    assert_eq!(expanded(&postmark), [at(Bouncing { title: "Postmark", name: None })]);
    postmark.sends = Some(at(false));
    assert_eq!(expanded(&postmark), []);
}

#[test]
fn where_users_find_their_servers() {
    let mut intent = sending(vec![Sender::Exchangers(None)]);
    let host = name("mail.example.com");
    intent.smtp = Some(at(Smtp {
        relay: at(host.clone()),
        submission: vec![at(587), at(465)],
        auth: AuthPolicy::Required,
    }));
    intent.imap = Some(at(Access::Host { host: host.clone(), ports: vec![993] }));
    intent.pop = Some(at(Access::Nowhere));
    intent.sieve = Some(at(Access::Host { host: host.clone(), ports: vec![4190] }));
    intent.autoconfig = Some(at(name("web.example.com")));
    intent.autodiscover = Some(at(host));
    let text = records(&derived(&intent));
    for line in [
        "_submission._tcp SRV 0 1 587 mail.example.com.",
        "_submissions._tcp SRV 0 1 465 mail.example.com.",
        "_imaps._tcp SRV 0 1 993 mail.example.com.",
        "_sieve._tcp SRV 0 1 4190 mail.example.com.",
        "_imap._tcp SRV 0 0 0 .",
        "_pop3s._tcp SRV 0 0 0 .",
        "_autodiscover._tcp SRV 0 1 443 mail.example.com.",
        "autoconfig CNAME web.example.com.",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is missing in\n{text}");
    }
    intent.smtp = Some(at(Smtp {
        relay: at(name("mail.example.com")),
        submission: vec![at(25)],
        auth: AuthPolicy::Required,
    }));
    refused(&intent, "mail/submission-port");
}

mod files;
