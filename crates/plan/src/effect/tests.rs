mod halfway;
mod neighbours;
mod reach;
mod replaced;
mod senders;

use super::{Effect, Input, Role, judge};
use crate::testing::{Case, rules};
use crate::{Finding, Severity, ZonePlan};
use dnsctl_checks::{Facts, Host, Sender, SenderKind};
use dnsctl_zone::{Live, Name, Zone};

const BASE: &str = "@ SOA ns1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600\n\
                    @ NS ns1.example.net.\n@ CAA 0 issue \"ca.example\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n";

fn case(live: &str, desired: &str) -> Case {
    Case::new(&format!("{BASE}{live}"), &format!("{BASE}{desired}"))
}

fn judged(case: &Case, facts: &Facts) -> ZonePlan {
    let mut plans = [case.plan()];
    judge(&mut plans, &[Input { desired: &case.desired, live: case.live.as_ref(), facts }], case.today);
    let [plan] = plans;
    plan
}

fn effect(plan: &ZonePlan) -> &Effect {
    plan.effect.as_ref().unwrap()
}

/// What comes and goes: the rule, and the change that does it.
fn shifts(plan: &ZonePlan) -> (Vec<String>, Vec<String>) {
    let words = |shift: &super::Shift| {
        let change = shift.change.map(|index| &plan.changes[index]);
        let change = change.map_or_else(
            || "-".to_owned(),
            |change| format!("{} {}", change.name.without_dot(), change.rtype),
        );
        format!("{} by {change}", shift.rule)
    };
    let effect = effect(plan);
    (effect.fixed.iter().map(words).collect(), effect.broken.iter().map(words).collect())
}

fn finding<'p>(plan: &'p ZonePlan, rule: &str) -> &'p Finding {
    plan.findings.iter().find(|finding| finding.rule == rule).unwrap()
}

const ALIAS: &str = "@ MX 10 mail\nmail CNAME host.example.net.\nhost2 A 192.0.2.7\n";

const ODD: &str = "@ MX 10 ho_st\nho_st A 192.0.2.7\nhost A 192.0.2.7\n";

/// The guard has the word, and its acknowledgement is enough.
#[test]
fn what_a_guard_tells_is_not_told_again() {
    let mut case = case("@ MX 10 host2\nmail CNAME host.example.net.\nhost2 A 192.0.2.7\n", ALIAS);
    let plan = judged(&case, &Facts::default());
    assert_eq!(rules(&plan).iter().filter(|rule| rule.starts_with("guard/target")).count(), 1);
    assert!(!rules(&plan).contains(&"mx.target-cname") && plan.is_blocked(), "{:?}", plan.findings);
    assert!(effect(&plan).broken.iter().any(|shift| shift.rule == "mx.target-cname"));
    case.acknowledge("guard/target-address", "@ MX");
    let plan = judged(&case, &Facts::default());
    assert!(!plan.is_blocked(), "{:?}", plan.findings);
}

#[test]
fn a_new_error_stops_the_plan_and_names_its_change() {
    let case = case(&ODD.replace("10 ho_st", "10 host"), ODD);
    let plan = judged(&case, &Facts::default());
    let broken = finding(&plan, "mx.target-syntax");
    assert_eq!(broken.severity, Severity::Blocker);
    assert_eq!(plan.changes[broken.change.unwrap()].rtype.to_string(), "MX");
    assert_eq!(broken.source.as_ref().map(|source| &*source.file), Some("zones/example.com.yaml"));
    assert!(broken.fix.is_some());
    assert_eq!(effect(&plan).before.unwrap().mail.errors() + 1, effect(&plan).after.mail.errors());
}

#[test]
fn an_old_error_does_not() {
    let case = case(ALIAS, &ALIAS.replace("192.0.2.7", "192.0.2.8"));
    let plan = judged(&case, &Facts::default());
    assert!(rules(&plan).is_empty(), "{:?}", plan.findings);
    assert!(effect(&plan).after.mail.errors() > 0);
    assert_eq!(shifts(&plan), (vec![], vec![]));
}

#[test]
fn a_repair_is_told_with_the_change_that_does_it() {
    // The finding is about the MX record, the change about the address.
    let case = case("@ MX 10 mail\n", "@ MX 10 mail\nmail A 192.0.2.7\n");
    let plan = judged(&case, &Facts::default());
    let (fixed, _) = shifts(&plan);
    assert!(fixed.iter().any(|words| words == "mx.target-address by mail.example.com A"), "{fixed:?}");
}

#[test]
fn an_acknowledged_error_passes_and_counts_in_the_digest() {
    let mut case = case("@ MX 10 host2\nmail CNAME host.example.net.\nhost2 A 192.0.2.7\n", ALIAS);
    case.acknowledge("mx.target-cname", "@ MX");
    let plan = judged(&case, &Facts::default());
    assert!(!rules(&plan).contains(&"mx.target-cname"), "{:?}", plan.findings);
    assert_eq!(
        plan.acknowledged.iter().map(|used| used.rule.as_str()).collect::<Vec<_>>(),
        ["mx.target-cname"]
    );
    assert_eq!(plan.acknowledged[0].at, "@ MX");
    // One that acknowledges nothing is told.
    let mut case = self::case("", "www A 192.0.2.7\n");
    case.acknowledge("mx.target-cname", "@ MX");
    let plan = judged(&case, &Facts::default());
    assert_eq!(finding(&plan, "guard/unused-acknowledgement").severity, Severity::Warning);
}

#[test]
fn a_change_in_one_zone_breaks_another() {
    let here = case("mail A 192.0.2.7\n", "mail2 A 192.0.2.7\n");
    let other = Name::absolute("example.net").unwrap();
    let text = "$TTL 3600\n@ SOA ns1 hostmaster 1 14400 3600 1209600 3600\n@ NS ns1\nns1 A 192.0.2.1\n@ MX 10 mail.example.com.\n";
    let parsed = dnsctl_zone::master::parse(
        text,
        "zone".into(),
        &other,
        dnsctl_zone::master::Options::default(),
        &mut |_| Err(String::new()),
    );
    let there = Live::new(dnsctl_zone::master::zone(parsed, &other).zone);
    let mut desired = here.desired.clone();
    desired.apex = other.clone();
    desired.wishes.clear();
    let mut unchanged = here.plan();
    unchanged.zone = other;
    unchanged.changes.clear();
    unchanged.findings.clear();
    let mut plans = [here.plan(), unchanged];
    let facts = Facts::default();
    let inputs = [
        Input { desired: &here.desired, live: here.live.as_ref(), facts: &facts },
        Input { desired: &desired, live: Some(&there), facts: &facts },
    ];
    judge(&mut plans, &inputs, here.today);
    assert!(rules(&plans[1]).contains(&"mx.target-address"), "{:?}", plans[1].findings);
}

#[test]
fn zones_that_nothing_leads_into_are_not_asked() {
    let case = case("@ MX 10 mail\nmail A 192.0.2.7\n", "@ MX 10 mail\nmail A 192.0.2.7\n");
    assert_eq!(judged(&case, &Facts::default()).effect, None);
}

#[test]
fn a_new_zone_is_stopped_only_by_what_is_critical() {
    let mut case = case("", ODD);
    case.live = None;
    case.desired.create = true;
    let plan = judged(&case, &Facts::default());
    assert_eq!(finding(&plan, "mx.target-syntax").severity, Severity::Error);
    assert_eq!(effect(&plan).before, None);
}

#[test]
fn senders_before_and_after() {
    let spf = |terms: &str| format!("@ MX 10 mail\nmail A 198.51.100.25\n@ TXT \"v=spf1 {terms} -all\"\n");
    let case = case(&spf("ip4:203.0.113.25 ip4:192.0.2.1"), &spf("a:mail.example.com ip4:192.0.2.1"));
    let mail = Name::absolute("mail.example.com").unwrap();
    let facts = Facts {
        senders: vec![Sender { who: SenderKind::Host(mail.clone()), helo: None, source: None }],
        hosts: vec![Host {
            name: mail,
            addresses: vec!["198.51.100.25".parse().unwrap()],
            planned: vec![],
            retired: vec!["203.0.113.25".parse().unwrap()],
            source: None,
        }],
        ..Facts::default()
    };
    let plan = judged(&case, &facts);
    let told: Vec<_> = effect(&plan)
        .senders
        .iter()
        .map(|one| (one.sender.as_str(), one.role, one.before.as_deref(), one.after.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("198.51.100.25 (mail.example.com)", Role::Declared, Some("fail"), "pass"),
            ("203.0.113.25 (formerly mail.example.com)", Role::Retired, Some("pass"), "fail"),
        ]
    );
    let lookups = effect(&plan).lookups.unwrap();
    assert_eq!((lookups.before, lookups.after), (Some(0), Some(1)));
    // Without a word about senders, those whose result changes are told.
    let found = judged(&case, &Facts::default());
    let told: Vec<_> = effect(&found).senders.iter().map(|one| (one.sender.as_str(), one.role)).collect();
    assert_eq!(told, [("203.0.113.25", Role::Found), ("198.51.100.25", Role::Found)]);
}

#[test]
fn the_plan_file_keeps_it() {
    let case = case(ALIAS, "@ MX 10 host2\nhost2 A 192.0.2.7\n@ TXT \"v=spf1 mx -all\"\n");
    let plan = judged(&case, &Facts::default());
    assert!(!effect(&plan).fixed.is_empty());
    let now = jiff::Timestamp::UNIX_EPOCH;
    let plan = crate::Plan::new(vec![plan], Vec::new(), crate::Mode::Full, now, crate::Plan::LIFE);
    let read = crate::file::read(crate::file::write(&plan).unwrap().as_bytes()).unwrap();
    assert_eq!(read, plan);
}

#[test]
fn an_empty_zone_before() {
    let mut case = case("", "@ MX 10 mail\nmail A 192.0.2.7\n");
    case.live = Some(Live::new(Zone::new(crate::testing::apex(), Vec::new())));
    let plan = judged(&case, &Facts::default());
    let effect = effect(&plan);
    assert!(
        !effect.broken.is_empty() && effect.broken.iter().all(|shift| shift.source.is_some()),
        "{effect:?}"
    );
}

/// Addresses first is the usual order; here it would take the pass of a sender away until the text is there.
#[test]
fn an_order_without_a_gap_is_taken() {
    let live = "@ MX 10 a\na A 203.0.113.1\nb A 203.0.113.2\n@ TXT \"v=spf1 mx -all\"\n";
    let wanted = "@ MX 10 b\na A 203.0.113.3\nb A 203.0.113.2\n@ TXT \"v=spf1 ip4:203.0.113.1 -all\"\n";
    let sender = Sender {
        who: SenderKind::Network { address: "203.0.113.1".parse().unwrap(), prefix: 32 },
        helo: None,
        source: None,
    };
    // With a sender that is declared, and without: an address that passes before and after is one.
    for facts in [Facts { senders: vec![sender], ..Facts::default() }, Facts::default()] {
        let mut case = case(live, wanted);
        case.desired.policy.updates_percent = 100.0;
        let plan = judged(&case, &facts);
        assert_eq!(crate::testing::steps(&plan), ["~ @ TXT", "~ @ MX", "~ a A"]);
        assert!(!plan.findings.iter().any(|finding| finding.rule == "plan/halfway"), "{:?}", plan.findings);
        let groups: Vec<u32> = plan.changes.iter().map(|change| change.group).collect();
        assert_eq!(groups, [0, 0, 2]);
        // What was found before stays with its change.
        let old = plan.findings.iter().find(|finding| finding.message.contains("use the old MX")).unwrap();
        assert_eq!(plan.changes[old.change.unwrap()].rtype.to_string(), "MX");
        // What was shown is what is written.
        let plan = crate::Plan::new(
            vec![plan],
            Vec::new(),
            crate::Mode::Full,
            jiff::Timestamp::UNIX_EPOCH,
            crate::Plan::LIFE,
        );
        let target = crate::Target {
            desired: &case.desired,
            live: case.live.as_ref(),
            scope: crate::diff::Scope {
                provider: "main",
                kind: "zonefile",
                writes_soa: true,
                writes_apex_ns: true,
            },
            last_read: None,
            today: case.today,
        };
        let again = crate::again::again(target, &plan.zones[0], plan.zones[0].changes.clone());
        assert_eq!(again.changes, plan.zones[0].changes);
    }
}

/// The address cannot come before the text nor after it.
#[test]
fn a_gap_that_no_order_avoids_is_told() {
    let live = "h A 203.0.113.1\n@ TXT \"v=spf1 a:h.example.com -all\"\n";
    let wanted = "h A 203.0.113.2\n@ TXT \"v=spf1 -a:h.example.com ip4:203.0.113.1 -all\"\n";
    let mut case = case(live, wanted);
    case.desired.policy.updates_percent = 100.0;
    let plan = judged(&case, &Facts::default());
    let told = finding(&plan, "plan/halfway");
    assert!(told.message.contains("mail from 203.0.113.1 gets the SPF result fail"), "{told:?}");
    assert!(!told.message.contains("not all orders"), "{told:?}");
}

/// Of two findings of one record the light one goes and the heavy one is said in other words: nothing new.
#[test]
fn a_fault_in_other_words_takes_the_place_of_one_that_weighs_as_much() {
    let zone = |rua: &str| {
        format!(
            "@ MX 10 mail\nmail A 192.0.2.7\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua={rua}\"\n"
        )
    };
    let base = BASE.replace("_dmarc TXT \"v=DMARC1; p=reject\"\n", "");
    let case = Case::new(
        &format!("{base}{}", zone("dmarc@example.com,ftp://example.com/x")),
        &format!("{base}{}", zone("reports@example.com")),
    );
    let plan = judged(&case, &Facts::default());
    assert!(rules(&plan).is_empty(), "{:?}", plan.findings);
    let (fixed, broken) = shifts(&plan);
    assert_eq!((fixed, broken), (vec!["dmarc.uri by _dmarc.example.com TXT".to_owned()], vec![]));
    let message = &effect(&plan).fixed[0].message;
    assert!(message.contains("ftp"), "{message}");
    // A second fault of that weight is new.
    let case = Case::new(
        &format!("{base}{}", zone("dmarc@example.com,ftp://example.com/x")),
        &format!("{base}{}", zone("reports@example.com,others@example.com")),
    );
    assert_eq!(rules(&judged(&case, &Facts::default())), ["dmarc.uri"]);
}

/// A first SPF record tells that the domain sends. That it has no key is no fault of that record.
#[test]
fn a_domain_that_begins_to_send_without_a_key() {
    let base = BASE.replace("s1._domainkey", "s1.unused");
    let mail = "@ MX 10 mail\nmail A 192.0.2.7\n";
    let worst = |before: &str, after: &str| {
        let case = Case::new(&format!("{base}{mail}{before}"), &format!("{base}{mail}{after}"));
        let plan = judged(&case, &Facts::default());
        let worst = plan.findings.iter().max_by_key(|found| found.severity).unwrap();
        (worst.rule, worst.severity)
    };
    let spf = "@ TXT \"v=spf1 mx -all\"\n";
    assert_eq!(worst("", spf), ("dkim.any", Severity::Warning));
    // That it loses its key is one.
    let key = "k._domainkey TXT \"v=DKIM1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=; k=ed25519\"\n";
    assert_eq!(worst(&format!("{spf}{key}"), spf), ("guard/mail-policy", Severity::Blocker));
}

/// What the policy says stands in no zone, and senders keep it.
#[test]
fn mta_sts_that_is_given_up_is_told() {
    let sts = "_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts A 192.0.2.9\n";
    let mail = |host: &str| format!("@ MX 10 {host}\nmail A 192.0.2.7\nnew A 192.0.2.8\n");
    let told = |live: &str, wanted: &str| -> Vec<String> {
        let plan = judged(&case(live, wanted), &Facts::default());
        let told = plan.findings.iter().filter(|finding| finding.rule == "plan/mta-sts-given-up");
        told.map(|finding| {
            assert_eq!(finding.severity, Severity::Warning);
            assert_eq!(&*plan.changes[finding.change.unwrap()].name.to_string(), "_mta-sts.example.com.");
            finding.message.clone()
        })
        .collect()
    };
    let with = format!("{}{sts}", mail("mail"));
    let [only] = told(&with, &mail("mail")).try_into().unwrap();
    assert!(only.contains("the MTA-STS policy of example.com") && !only.contains("may not be"), "{only}");
    // A new server may not be one that the policy names.
    let [moved] = told(&with, &mail("new")).try_into().unwrap();
    assert!(moved.ends_with("new.example.com may not be among them"), "{moved}");
    let hosted = with.replace("TXT \"v=STSv1; id=1\"", "CNAME a.example.net.");
    assert_eq!(told(&hosted, &mail("mail")).len(), 1);
    // A new policy, another way to it, no policy before, and a domain that takes no mail any more.
    assert_eq!(told(&with, &with.replace("id=1", "id=2")).len(), 0);
    assert_eq!(told(&with, &hosted).len(), 0);
    assert_eq!(told(&with.replace("v=STSv1; id=1", "x"), &mail("mail")).len(), 0);
    assert_eq!(told(&with, "mail A 192.0.2.7\nnew A 192.0.2.8\n").len(), 0);
}

/// A new MX may not be in the policy, which senders fetch again only when its id changes.
#[test]
fn mta_sts_that_stays_while_the_mx_changes_is_told() {
    let zone = |mx: &str, sts: &str| format!("{mx}\nmail A 192.0.2.7\nnew A 192.0.2.8\n_mta-sts {sts}\n");
    let told = |before: (&str, &str), after: (&str, &str)| -> Vec<String> {
        let plan = judged(&case(&zone(before.0, before.1), &zone(after.0, after.1)), &Facts::default());
        let told = plan.findings.iter().filter(|finding| finding.rule == "plan/mta-sts-held");
        told.map(|finding| {
            assert_eq!(finding.severity, Severity::Warning);
            assert_eq!(plan.changes[finding.change.unwrap()].rtype, dnsctl_zone::RecordType::MX);
            finding.message.split(':').next().unwrap().to_owned()
        })
        .collect()
    };
    let (one, both, id, next) =
        ("@ MX 10 mail", "@ MX 10 mail\n@ MX 20 new", "TXT \"v=STSv1; id=1\"", "TXT \"v=STSv1; id=2\"");
    let words = "new.example.com becomes an MX of example.com, whose MTA-STS record stays as it is";
    assert_eq!(told((one, id), (both, id)), [words]);
    assert_eq!(told((one, id), ("@ MX 10 new", id)), [words]);
    assert_eq!(told((one, "CNAME sts.far.test."), (both, "CNAME sts.far.test.")), [words]);
    // The id changes, a host goes, a preference changes, and there is no policy.
    let none: [&str; 0] = [];
    assert_eq!(told((one, id), (both, next)), none);
    assert_eq!(told((both, id), (one, id)), none);
    assert_eq!(told((one, id), ("@ MX 20 mail", id)), none);
    assert_eq!(told((one, "TXT x"), (both, "TXT x")), none);
}
