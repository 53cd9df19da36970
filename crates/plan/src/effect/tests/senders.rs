//! What a plan says of senders, and what stops it.

use super::{case, effect, finding, judged};
use crate::effect::Shift;
use crate::testing::{Case, rules};
use crate::{Severity, ZonePlan};
use dnsctl_checks::{Facts, Host, Sender, SenderKind};
use dnsctl_mail::intent::Include;
use dnsctl_zone::Name;

fn facts(senders: Vec<SenderKind>) -> Facts {
    let sender = |who| Sender { who, helo: None, source: None };
    Facts { senders: senders.into_iter().map(sender).collect(), ..Facts::default() }
}

fn host(text: &str) -> SenderKind {
    SenderKind::Host(Name::absolute(text).unwrap())
}

fn network(text: &str) -> SenderKind {
    let (address, prefix) = text.split_once('/').unwrap_or((text, "32"));
    SenderKind::Network { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() }
}

fn include(text: &str) -> SenderKind {
    SenderKind::Include(Include::Name(Name::absolute(text).unwrap()))
}

/// The record before and after, beside the same records.
fn spf(before: &str, after: &str) -> Case {
    let zone = |terms: &str| {
        format!(
            "@ MX 10 mail\nmail A 198.51.100.25\nwww A 198.51.100.1\n_spf TXT \"v=spf1 ip4:203.0.113.0/24 -all\"\n\
             s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n@ TXT \"v=spf1 {terms}\"\n"
        )
    };
    case(&zone(before), &zone(after))
}

fn rows(plan: &ZonePlan) -> Vec<String> {
    let row = |one: &crate::effect::SenderEffect| {
        format!("{} {} {}", one.sender, one.before.as_deref().unwrap_or("-"), one.after)
    };
    effect(plan).senders.iter().map(row).collect()
}

/// The rule of the record finds the same on both sides, and says nothing of senders.
#[test]
fn a_declared_sender_that_a_broken_record_reaches_no_more() {
    let facts = facts(vec![include("gone.example.com"), host("www.example.com")]);
    let mut case = spf(
        "a:www.example.com include:gone.example.com ~all",
        "include:gone.example.com a:www.example.com ~all",
    );
    let plan = judged(&case, &facts);
    assert_eq!(rules(&plan), ["spf.relay-authorised"], "{:?}", plan.findings);
    let lost = finding(&plan, "spf.relay-authorised");
    assert_eq!(
        lost.message,
        "198.51.100.1 (www.example.com), declared to send for example.com, loses its SPF pass with this change: receivers \
         then say permerror (example.com includes gone.example.com, which has no SPF record)"
    );
    assert_eq!(plan.changes[lost.change.unwrap()].rtype.to_string(), "TXT");
    assert!(effect(&plan).broken.iter().any(|shift| shift.rule == "spf.relay-authorised"));
    assert_eq!(
        rows(&plan),
        ["include:gone.example.com permerror permerror", "198.51.100.1 (www.example.com) pass permerror"]
    );
    case.acknowledge("spf.relay-authorised", "@ TXT");
    let plan = judged(&case, &facts);
    assert!(rules(&plan).is_empty(), "{:?}", plan.findings);
    assert_eq!(
        plan.acknowledged.iter().map(|used| used.rule.as_str()).collect::<Vec<_>>(),
        ["spf.relay-authorised"]
    );
    assert!(plan.findings.iter().all(|finding| finding.rule != "guard/unused-acknowledgement"));
}

#[test]
fn what_a_rule_says_of_the_record_is_not_told_of_each_sender() {
    let facts = facts(vec![host("www.example.com"), network("192.0.2.1")]);
    let plan = judged(
        &spf(
            "a:www.example.com ip4:192.0.2.1 ~all",
            "include:gone.example.com a:www.example.com ip4:192.0.2.1 ~all",
        ),
        &facts,
    );
    assert_eq!(rules(&plan), ["spf.include-none"], "{:?}", plan.findings);
    let plan = judged(&spf("a:www.example.com ip4:192.0.2.1 ~all", "~all"), &facts);
    assert_eq!(rules(&plan), ["spf.relay-authorised", "spf.relay-authorised"], "{:?}", plan.findings);
}

/// What is refused after is another sender than before, so that the rule finds as much as it did.
#[test]
fn one_sender_is_repaired_and_another_one_breaks() {
    let facts = facts(vec![network("192.0.2.1"), network("192.0.2.2"), network("192.0.2.11")]);
    let plan = judged(&spf("ip4:192.0.2.1 ip4:192.0.2.11 -all", "ip4:192.0.2.2 ip4:192.0.2.11 -all"), &facts);
    assert_eq!(rules(&plan), ["spf.relay-authorised"], "{:?}", plan.findings);
    assert!(finding(&plan, "spf.relay-authorised").message.starts_with("192.0.2.1,"), "{:?}", plan.findings);
    let plan = judged(&spf("ip4:192.0.2.1 -all", "ip4:192.0.2.1 ip4:192.0.2.2 -all"), &facts);
    assert!(rules(&plan).is_empty(), "{:?}", plan.findings);
}

#[test]
fn hosts_that_take_mail_and_are_not_declared() {
    let case = spf("mx include:gone.example.com -all", "include:gone.example.com mx -all");
    let plan = judged(&case, &Facts::default());
    let lost = finding(&plan, "plan/sender");
    assert_eq!(lost.severity, Severity::Warning);
    assert!(
        lost.message.starts_with("198.51.100.25 (mail.example.com), which takes mail for example.com, loses"),
        "{lost:?}"
    );
    assert_eq!(rows(&plan), ["198.51.100.25 pass permerror"]);
    assert!(!plan.is_blocked());
    // Where senders are declared, it is known that this is none.
    let plan = judged(&case, &facts(vec![network("192.0.2.1")]));
    assert!(plan.findings.iter().all(|finding| finding.rule != "plan/sender"), "{:?}", plan.findings);
}

/// What `plan/sender` says, without what receivers say.
fn exchangers(before: &str, after: &str) -> Vec<String> {
    let plan = judged(&case(before, after), &Facts::default());
    let told = plan.findings.iter().filter(|finding| finding.rule == "plan/sender");
    told.map(|finding| finding.message.split(" with this change").next().unwrap().to_owned()).collect()
}

/// The host is the sender: under another address, or as another host where none of those before takes mail any more.
#[test]
fn a_host_that_moves_out_of_the_record() {
    let zone = |mx: &str, hosts: &str| format!("{mx}\n{hosts}\n@ TXT \"v=spf1 ip4:198.51.100.25 -all\"\n");
    let (mx, mail) = ("@ MX 10 mail", "mail A 198.51.100.25");
    let before = zone(mx, mail);
    let told = |who: &str, how: &str| {
        let (host, rest) =
            (format!("{who} which takes mail for example.com"), "does not pass SPF as that did");
        vec![format!("{host} {how} 198.51.100.25, {rest}: receivers say fail")]
    };
    assert_eq!(
        exchangers(&before, &zone(mx, "mail A 198.51.100.26")),
        told("198.51.100.26 (mail.example.com),", "in place of")
    );
    let second = zone(mx, &format!("{mail}\nmail AAAA 2001:db8::25"));
    assert_eq!(exchangers(&before, &second), told("2001:db8::25 (mail.example.com),", "beside"));
    assert_eq!(rows(&judged(&case(&before, &second), &Facts::default())), [""; 0]);
    let both = format!("{mail}\nnew A 198.51.100.26");
    assert_eq!(
        exchangers(&before, &zone("@ MX 10 new", &both)),
        told("198.51.100.26 (new.example.com),", "in place of")
    );
    // One beside it, another name for it, and one that never passed.
    assert_eq!(exchangers(&before, &zone("@ MX 10 mail\n@ MX 20 new", &both)), [""; 0]);
    assert_eq!(exchangers(&before, &zone("@ MX 10 same", "same A 198.51.100.25")), [""; 0]);
    let never = |ip: &str| zone(mx, &format!("mail A {ip}"));
    assert_eq!(exchangers(&never("198.51.100.30"), &never("198.51.100.31")), [""; 0]);
    let plan = judged(&case(&before, &zone(mx, "mail A 198.51.100.26")), &Facts::default());
    assert_eq!(rows(&plan), ["198.51.100.26 (mail.example.com, before 198.51.100.25) pass fail"]);
}

/// Names below the domain have senders of their own. Those of which the same is to be told share a row and a finding.
#[test]
fn other_domains_of_the_zone() {
    let zone = |terms: &str| {
        let domain = |name: &str| format!("{name} MX 10 mail\n{name} TXT \"v=spf1 {terms} -all\"\n");
        let rest = "mail A 198.51.100.25\n@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n";
        format!("{rest}{}{}{}", domain("a"), domain("b"), domain("*.c"))
    };
    let (before, after) = (zone("ip4:198.51.100.25"), zone("ip4:192.0.2.1"));
    assert_eq!(
        exchangers(&before, &after),
        [
            "198.51.100.25 (mail.example.com), which takes mail for a.example.com and 2 other domains, loses its SPF pass"
        ]
    );
    let plan = judged(&case(&before, &after), &Facts::default());
    let told = effect(&plan).senders.iter().map(crate::effect::SenderEffect::words);
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["a.example.com and 2 other domains: 198.51.100.25", "a.example.com and 2 other domains: 192.0.2.1"]
    );
    let domains: Vec<String> = effect(&plan).senders[0].domains.iter().map(Name::without_dot).collect();
    assert_eq!(domains, ["a.example.com", "b.example.com", "*.c.example.com"]);
    // A part of another record is told with that.
    let part = |ip: &str| {
        format!("@ TXT \"v=spf1 include:spf.example.com -all\"\nspf TXT \"v=spf1 ip4:{ip} -all\"\n")
    };
    let plan = judged(&case(&part("192.0.2.1"), &part("192.0.2.2")), &Facts::default());
    assert_eq!(rows(&plan), ["192.0.2.1 pass fail", "192.0.2.2 fail pass"]);
    assert!(effect(&plan).senders.iter().all(|row| row.domains.is_empty()));
    // Nobody sends from a service name.
    let service = |ip: &str| format!("_old TXT \"v=spf1 ip4:{ip} -all\"\n");
    assert_eq!(
        rows(&judged(&case(&service("192.0.2.1"), &service("192.0.2.2")), &Facts::default())),
        [""; 0]
    );
}

/// Whoever stands behind a term that leads out of what is held.
#[test]
fn terms_that_lead_elsewhere() {
    let told = |before: &str, after: &str| {
        let zone = |terms: &str| format!("@ MX 10 mx.far.test.\n@ TXT \"v=spf1 {terms}\"\n");
        rows(&judged(&case(&zone(before), &zone(after)), &Facts::default()))
    };
    assert_eq!(told("include:a.far.test ~all", "~all"), ["include:a.far.test pass softfail"]);
    // Those that are left may know them.
    let two = "include:a.far.test include:b.far.test ~all";
    assert_eq!(told(two, "include:a.far.test ~all"), ["include:b.far.test pass undecided"]);
    assert_eq!(told("-all", "a:h.far.test -all"), ["a:h.far.test fail pass"]);
    assert_eq!(told("mx -all", "-all"), ["mx pass fail"]);
    assert_eq!(told("exists:%{i}.far.test -all", "-all"), ["exists:%{i}.far.test pass fail"]);
    assert_eq!(
        told("include:a.far.test -all", "?include:a.far.test -all"),
        ["include:a.far.test pass neutral"]
    );
    assert_eq!(
        told("include:a.far.test -all", "include:a.far.test ~all"),
        ["any other address fail softfail"]
    );
    assert_eq!(told("include:a.far.test -all", "include:a.far.test redirect=b.far.test"), [""; 0]);
}

/// Those whom the record let pass, where nothing shows where they would be now.
#[test]
fn services_hosts_and_networks_that_a_record_drops() {
    let zone = |terms: &str| {
        format!("@ MX 10 mx.far.test.\nwww A 198.51.100.1\nweb A 198.51.100.2\n@ TXT \"v=spf1 {terms}\"\n")
    };
    let told = |before: &str, after: &str| exchangers(&zone(before), &zone(after));
    let loses = |who: &str| vec![format!("{who}, which may send for example.com, loses its SPF pass")];
    let lose = |who: &str| vec![format!("{who}, which may send for example.com, lose their SPF pass")];
    assert_eq!(told("include:a.far.test ~all", "~all"), loses("include:a.far.test"));
    assert_eq!(told("exists:%{i}.far.test mx -all", "-all"), lose("exists:%{i}.far.test and 1 other"));
    // Another service, or other networks, in its place may be the same clients.
    let [other] = told("include:a.far.test -all", "ip4:192.0.2.2 -all").try_into().unwrap();
    assert!(
        other.starts_with("whether include:a.far.test, which may send for example.com, still"),
        "{other}"
    );
    let [open] = told("include:a.far.test -all", "include:b.far.test -all").try_into().unwrap();
    assert!(
        open.starts_with("whether include:a.far.test, which may send for example.com, still passes SPF"),
        "{open}"
    );
    // A host that stays where it is.
    assert_eq!(told("a:www.example.com -all", "-all"), loses("198.51.100.1 (www.example.com)"));
    assert_eq!(
        told("ip4:198.51.100.1 -all", "ip4:198.51.100.2 -all"),
        loses("198.51.100.1 (www.example.com)")
    );
    // A network, unless another one comes; and an address that no host has.
    assert_eq!(told("ip4:192.0.2.0/24 -all", "ip4:192.0.2.0/25 -all"), loses("192.0.2.128/25"));
    let kept = "ip4:192.0.2.9 ip4:192.0.2.99 -all";
    assert_eq!(told("ip4:192.0.2.0/24 -all", kept), loses("192.0.2.0/24 but 192.0.2.9, 192.0.2.99"));
    assert_eq!(told("ip4:192.0.2.0/24 ip4:198.51.100.1 -all", "-all"), lose("192.0.2.0/24 and 1 other"));
    assert_eq!(told("ip4:192.0.2.0/24 -all", "ip4:203.0.113.0/24 -all"), [""; 0]);
    assert_eq!(told("ip4:192.0.2.0/24 -all", "include:a.far.test -all"), [""; 0]);
    assert_eq!(told("ip4:192.0.2.1 -all", "-all"), [""; 0]);
    // A host that goes with its address, and nothing that changes.
    let with = |terms: &str, rest: &str| format!("{}{rest}", zone(terms));
    assert_eq!(exchangers(&with("ip4:192.0.2.9 -all", "old A 192.0.2.9\n"), &with("-all", "")), [""; 0]);
    assert_eq!(
        told("include:a.far.test a:www.example.com -all", "a:www.example.com include:a.far.test ~all"),
        [""; 0]
    );
    // Where senders are declared, it is known who counts.
    let plan =
        judged(&case(&zone("include:a.far.test ~all"), &zone("~all")), &facts(vec![network("192.0.2.1")]));
    assert!(plan.findings.iter().all(|finding| finding.rule != "plan/sender"), "{:?}", plan.findings);
}

/// Nobody sends to others from an address that no packet of theirs reaches.
#[test]
fn a_host_that_takes_mail_inside() {
    let zone = |ip: &str| format!("@ MX 10 mail\nmail A {ip}\n@ TXT \"v=spf1 ip4:198.51.100.25 -all\"\n");
    assert_eq!(exchangers(&zone("198.51.100.25"), &zone("10.1.2.3")), [""; 0]);
    assert_eq!(exchangers(&zone("198.51.100.25"), &zone("198.51.100.26")).len(), 1);
}

#[test]
fn what_is_not_known_after_is_a_warning() {
    let facts = facts(vec![host("www.example.com")]);
    let plan = judged(&spf("a:www.example.com -all", "include:far.example.net -all"), &facts);
    let lost = finding(&plan, "spf.relay-authorised");
    assert_eq!(lost.severity, Severity::Warning);
    assert!(lost.message.ends_with("depends on far.example.net TXT, not known here"), "{lost:?}");
    assert_eq!(rows(&plan)[0], "198.51.100.1 (www.example.com) pass undecided");
    let plan =
        judged(&spf("a:www.example.com -all", "include:far.example.net a:www.example.com -all"), &facts);
    assert!(plan.findings.is_empty(), "{:?}", plan.findings);
}

#[test]
fn networks() {
    let plan = judged(&spf("ip4:192.0.2.0/24 -all", "ip4:192.0.2.0/25 -all"), &Facts::default());
    assert_eq!(rows(&plan), ["192.0.2.128/25 pass fail"]);
    let plan = judged(&spf("ip4:10.1.0.0/16 -all", "ip4:10.1.1.1 ip4:10.1.2.0/24 ~all"), &Facts::default());
    assert_eq!(
        rows(&plan),
        ["10.1.0.0/16 but 10.1.1.1, 10.1.2.0/24 pass softfail", "any other address fail softfail"]
    );
    // All of a declared one counts, not its first address.
    let declared = facts(vec![network("192.0.2.0/24")]);
    let plan = judged(&spf("ip4:192.0.2.0/25 ~all", "ip4:192.0.2.0/24 ~all"), &declared);
    assert_eq!(rows(&plan), ["192.0.2.0/24 softfail pass"]);
    let plan = judged(&spf("ip4:192.0.2.0/24 ~all", "ip4:192.0.2.0/25 ~all"), &declared);
    assert_eq!(rows(&plan), ["192.0.2.0/24 pass softfail"]);
    assert_eq!(rules(&plan), ["spf.relay-authorised"]);
    // A part of it never passed, and another one does no more.
    let plan = judged(&spf("ip4:192.0.2.0/25 ~all", "ip4:192.0.2.0/26 ~all"), &declared);
    assert_eq!(rows(&plan), ["192.0.2.0/24 softfail softfail", "192.0.2.64/26 pass softfail"]);
    assert_eq!(rules(&plan), ["spf.relay-authorised"]);
    assert!(finding(&plan, "spf.relay-authorised").message.starts_with("192.0.2.64/26 of 192.0.2.0/24,"));
}

#[test]
fn senders_that_another_record_knows() {
    let declared = facts(vec![
        include("_spf.far.example.net"),
        SenderKind::Exchangers(None),
        include("_spf.example.com"),
    ]);
    let plan = judged(
        &spf(
            "ip4:192.0.2.0/28 include:_spf.far.example.net mx include:_spf.example.com ~all",
            "include:_spf.far.example.net mx ip4:203.0.113.0/24 ~all",
        ),
        &declared,
    );
    assert_eq!(
        rows(&plan),
        [
            "include:_spf.far.example.net pass pass",
            "198.51.100.25 (mail.example.com) pass pass",
            "include:_spf.example.com pass pass",
            "192.0.2.0/28 pass undecided"
        ]
    );
    assert!(rules(&plan).is_empty(), "{:?}", plan.findings);
    // A host whose addresses nobody here knows, behind mx; and what leaves an include out.
    let zone = |terms: &str| format!("@ MX 10 mail.far.example.net.\n@ TXT \"v=spf1 {terms}\"\n");
    let case = case(&zone("mx include:_spf.far.example.net -all"), &zone("mx -all"));
    let plan = judged(&case, &facts(vec![include("_spf.far.example.net"), SenderKind::Exchangers(None)]));
    assert_eq!(
        rows(&plan),
        ["include:_spf.far.example.net pass undecided", "mail.far.example.net (MX) pass pass"]
    );
}

/// Thousands of terms cost no more than their number.
#[test]
fn many_networks_are_counted() {
    let terms: String = (0..3000).map(|at| format!(" ip4:10.{}.{}.1", at / 250, at % 250)).collect();
    let text = |text: &str| {
        text.as_bytes()
            .chunks(200)
            .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let zone = |terms: &str| {
        format!("@ MX 10 mail\nmail A 198.51.100.25\n@ TXT {}\n", text(&format!("v=spf1{terms} mx -all")))
    };
    let plan = judged(&case(&zone(&terms), &zone("")), &Facts::default());
    let rows = rows(&plan);
    assert_eq!(rows.len(), 33);
    assert_eq!(rows[0], "10.0.0.1 pass fail");
    assert_eq!(rows[32], "2968 more, from 10.0.32.1 on pass fail");
}

/// A sound zone is not at fault since the files name other relays now; an address that is retired is.
#[test]
fn what_is_declared_anew_is_no_fault_of_the_zone_before() {
    let name = |text: &str| Name::absolute(text).unwrap();
    let host = |retired: &[&str]| Host {
        name: name("new.example.com"),
        addresses: vec!["198.51.100.26".parse().unwrap()],
        planned: Vec::new(),
        retired: retired.iter().map(|address| address.parse().unwrap()).collect(),
        source: None,
    };
    let declared = |host: Host| Facts {
        source: Some(dnsctl_zone::Source { file: "zones/example.com.yaml".into(), line: 1, column: 1 }),
        exchangers: Some(vec![name("new.example.com")]),
        hosts: vec![host],
        ..facts(vec![SenderKind::Host(name("new.example.com"))])
    };
    let case = case(
        "@ MX 10 mail\nmail A 198.51.100.25\n@ TXT \"v=spf1 ip4:198.51.100.25 -all\"\n",
        "@ MX 10 new\nnew A 198.51.100.26\n@ TXT \"v=spf1 ip4:198.51.100.26 -all\"\n",
    );
    let rules = |facts: &Facts| -> Vec<&str> {
        let plan = judged(&case, facts);
        let effect = effect(&plan);
        let errors = effect.before.unwrap().mail.errors();
        let heavy = |shift: &&Shift| shift.severity >= dnsctl_checks::Severity::Error && shift.is_mail();
        assert_eq!(
            errors - effect.after.mail.errors(),
            effect.fixed.iter().filter(heavy).count(),
            "{effect:#?}"
        );
        effect.fixed.iter().map(|shift| shift.rule).collect()
    };
    let unexpected = ["mx.unexpected", "addr.expected", "spf.relay-authorised"];
    let fixed = rules(&declared(host(&[])));
    assert!(!fixed.iter().any(|rule| unexpected.contains(rule)), "{fixed:?}");
    let fixed = rules(&declared(host(&["198.51.100.25"])));
    assert!(!fixed.iter().any(|rule| unexpected.contains(rule)), "{fixed:?}");
    assert!(fixed.contains(&"zone.retired-address"), "{fixed:?}");
}
