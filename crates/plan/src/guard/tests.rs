use crate::testing::{Case, apex, rules};
use crate::{Finding, Severity};
use dnsctl_zone::{IgnoreRule, Kept, Manage, Name, RecordType, Source};

/// Each guard: what it stops, and what it lets pass.
#[test]
fn last_mx() {
    let mut case =
        Case::new("@ MX 10 mail\nmail A 192.0.2.1\n@ A 192.0.2.2", "mail A 192.0.2.1\n@ A 192.0.2.2");
    let plan = case.plan();
    assert_eq!(rules(&plan), ["guard/last-mx"]);
    assert!(
        plan.findings[0].message.contains("192.0.2.2, the address of the name itself"),
        "{:?}",
        plan.findings
    );
    case.acknowledge("guard/last-mx", "@ MX");
    let plan = case.plan();
    assert!(!plan.is_blocked());
    assert_eq!(plan.acknowledged.len(), 1);
    // Who looks for the MX of an alias finds that of its target.
    let alias =
        Case::new("w MX 10 mail\nw A 192.0.2.2\nmail A 192.0.2.1", "w CNAME mail\nmail A 192.0.2.1").plan();
    let said = &alias.findings.iter().find(|finding| finding.rule == "guard/last-mx").unwrap().message;
    assert!(said.contains("becomes an alias") && said.contains("mail for mail.example.com goes"), "{said}");
    assert!(!said.contains("bounce"), "{said}");
    let addresses = "mail A 192.0.2.1\nnew A 192.0.2.3\n@ A 192.0.2.2";
    let rules_of = |before: &str, after: &str| {
        rules(&Case::new(&format!("{before}\n{addresses}"), &format!("{after}\n{addresses}")).plan())
    };
    assert_eq!(rules_of("@ MX 10 mail", "@ MX 0 ."), ["guard/last-mx"]);
    // A move to other servers, all at once, is what such a change is made for.
    for (before, after) in [
        ("@ MX 10 mail", "@ MX 20 mail"),
        ("@ MX 10 mail\n@ MX 20 mail.example.net.", "@ MX 10 new"),
        ("@ MX 0 .", "@ MX 10 mail"),
        ("@ MX 0 .", ""),
        ("", "@ MX 0 ."),
    ] {
        assert_eq!(rules_of(before, after), [""; 0], "{before} -> {after}");
    }
}

#[test]
fn mail_policy() {
    for (before, kind) in [
        ("@ TXT \"v=spf1 -all\"", "SPF"),
        ("_dmarc TXT \"v=DMARC1; p=reject\"", "DMARC"),
        ("s1._domainkey TXT \"v=DKIM1; p=AAAA\"", "DKIM"),
        ("s1._domainkey CNAME s1.example.net.", "DKIM"),
        ("s1._domainkey TXT \"v=DKIM1; p = AAAA\"", "DKIM"),
        ("s1._domainkey TXT \"v=DKIM1;k=rsa; p\\009=\\009AAAA ;\"", "DKIM"),
        ("_dmarc TXT \"v = DMARC1; p=reject\"", "DMARC"),
        ("@ TXT V=SPF1", "SPF"),
    ] {
        let plan = Case::new(&format!("{before}\nx A 192.0.2.1"), "x A 192.0.2.1").plan();
        assert_eq!(rules(&plan), ["guard/mail-policy"], "{before}");
        assert!(plan.findings[0].message.contains(kind), "{before}");
    }
    // What comes in its place is none.
    for (before, after, kind) in [
        ("s1._domainkey CNAME s1.example.net.", "s1._domainkey TXT \"v=DKIM1; p=\"", "DKIM"),
        ("s1._domainkey CNAME s1.example.net.", "s1._domainkey TXT hello", "DKIM"),
        ("_dmarc CNAME d.example.net.", "_dmarc TXT hello", "DMARC"),
        ("s1._domainkey TXT \"v=DKIM1; p=AAAA\"", "s1._domainkey CNAME x\nx TXT \"p=\"", "DKIM"),
        ("www TXT \"v=spf1 -all\"", "www CNAME www.example.net.", "SPF"),
    ] {
        let plan = Case::new(before, after).plan();
        assert_eq!(rules(&plan), ["guard/mail-policy"], "{before} -> {after}");
        assert!(plan.findings[0].message.contains(kind), "{before}");
    }
    // The text may lose another value, move to a CNAME, or be a revoked key.
    for (before, after) in [
        ("@ TXT \"v=spf1 -all\" \n@ TXT \"other\"", "@ TXT \"v=spf1 ~all\""),
        ("s1._domainkey TXT \"v=DKIM1; p=AAAA\"", "s1._domainkey CNAME s1.example.net."),
        ("s1._domainkey CNAME s1.example.net.", "s1._domainkey TXT \"v=DKIM1; p=AAAA\""),
        ("_dmarc CNAME d.example.net.", "_dmarc TXT \"v=DMARC1; p=none\""),
        ("_dmarc TXT \"v=DMARC1; p=none\"", "_dmarc CNAME d.example.net."),
        ("www TXT \"v=spf1 -all\"", "www CNAME spf\nspf TXT \"v=spf1 -all\""),
        ("s1._domainkey TXT \"v=DKIM1; p=\"", ""),
        ("s1._domainkey TXT \"v=DKIM1; p = ; n=pp=x\"", ""),
        ("@ TXT \"v=spf10 -all\"", ""),
        ("_dmarc TXT \"v=DMARC12; p=reject\"", ""),
        ("@ TXT \"other\"", ""),
    ] {
        let plan = Case::new(&format!("{before}\nx A 192.0.2.1"), &format!("{after}\nx A 192.0.2.1")).plan();
        assert!(!plan.is_blocked(), "{before} -> {after}: {:?}", plan.findings);
    }
    // One value of several is a policy: the others do not save it.
    let plan = Case::new("@ TXT \"v=spf1 -all\"\n@ TXT \"other\"", "@ TXT \"other\"").plan();
    assert_eq!(rules(&plan), ["guard/mail-policy"]);
}

#[test]
fn apex_and_delegations() {
    let x = "x A 192.0.2.1\n@ A 192.0.2.9";
    for (before, after, rule) in [
        ("@ NS ns1.example.net.", "@ NS ns2.example.net.", "guard/apex-delegation"),
        ("@ DS 1 13 2 00", "", "guard/apex-delegation"),
        ("", "@ DNSKEY 257 3 13 AAAA", "guard/apex-delegation"),
        ("@ CDS 1 13 2 00", "@ CDS 2 13 2 00", "guard/apex-delegation"),
        ("", "@ CDS 0 0 0 00", "guard/apex-delegation"),
        ("@ CDNSKEY 257 3 13 AAAA", "", "guard/apex-delegation"),
        ("child NS ns.example.net.", "", "guard/delegation"),
        ("child NS ns.example.net.", "child NS ns2.example.net.", "guard/delegation"),
        ("child NS a.example.net.\nchild NS b.example.net.", "child NS c.example.net.", "guard/delegation"),
        (
            "child NS n.example.net.\nchild DS 1 13 2 00",
            "child NS n.example.net.\nchild DS 2 13 2 00",
            "guard/child-ds",
        ),
        ("child NS n.example.net.\nchild DS 1 13 2 00", "child NS n.example.net.", "guard/child-ds"),
        ("", "* A 192.0.2.7", "guard/wildcard"),
        ("*.sub A 192.0.2.7", "", "guard/wildcard"),
        ("", "*._domainkey TXT x", "guard/wildcard"),
    ] {
        let plan = Case::new(&format!("{before}\n{x}"), &format!("{after}\n{x}")).plan();
        assert_eq!(rules(&plan), [rule], "{before} -> {after}");
    }
    for (before, after) in [
        ("child NS ns.example.net.", "child NS ns.example.net.\nchild NS ns2.example.net."),
        (
            "child NS a.example.net.\nchild NS b.example.net.",
            "child NS b.example.net.\nchild NS c.example.net.",
        ),
        ("child NS n.example.net.", "child NS n.example.net.\nchild DS 2 13 2 00"),
        (
            "child NS n.example.net.\nchild DS 1 13 2 00",
            "child NS n.example.net.\nchild DS 1 13 2 00\nchild DS 2 13 2 00",
        ),
        (
            "child NS n.example.net.\nchild DS 1 13 2 00\nchild DS 2 13 2 00",
            "child NS n.example.net.\nchild DS 2 13 2 00",
        ),
        ("child NS n.example.net.\nchild 60 DS 1 13 2 00", "child NS n.example.net.\nchild 90 DS 1 13 2 00"),
        ("* A 192.0.2.7", "* A 192.0.2.8"),
        // `mail: none` writes this: it says what was so already.
        ("", "*._domainkey TXT \"v=DKIM1; p=\""),
        ("*._domainkey TXT \"v=DKIM1; p=\"", ""),
        ("@ NS ns1.example.net.", ""),
    ] {
        let plan = Case::new(&format!("{before}\n{x}"), &format!("{after}\n{x}")).plan();
        assert!(!plan.is_blocked(), "{before} -> {after}: {:?}", plan.findings);
    }
}

#[test]
fn apex_addresses_and_empty_zones() {
    assert_eq!(
        rules(&Case::new("@ A 192.0.2.1\nx A 192.0.2.2", "x A 192.0.2.2").plan()),
        ["guard/apex-addresses"]
    );
    assert!(!Case::new("@ A 192.0.2.1", "@ AAAA 2001:db8::1").plan().is_blocked());
    let six: String = (1..=6).map(|n| format!("@ A 192.0.2.{n}\n")).collect();
    assert!(!Case::new(&six, "@ A 203.0.113.9").plan().is_blocked());
    // A LUA record answers with the type that it names.
    let lua = |rtype: &str| {
        rules(
            &Case::new("@ A 192.0.2.1\nx A 192.0.2.2", &format!("@ LUA {rtype} \"f()\"\nx A 192.0.2.2"))
                .plan(),
        )
    };
    assert_eq!((lua("TXT"), lua("A")), (vec!["guard/apex-addresses"], vec![]));
    let plan = Case::new("x A 192.0.2.2", "x A 192.0.2.2\n@ MX 10 m\nm LUA TXT \"f()\"").plan();
    assert_eq!(rules(&plan), ["guard/target-address"]);
    let plan = Case::new("x A 192.0.2.2", "").plan();
    assert_eq!(rules(&plan), ["guard/empty-zone"]);
    assert!(!Case::new("", "").plan().is_blocked());
}

#[test]
fn targets_need_addresses() {
    let blocked = |before: &str, after: &str| rules(&Case::new(before, after).plan());
    let rule = ["guard/target-address"];
    assert_eq!(blocked("@ A 192.0.2.1", "@ A 192.0.2.1\n@ MX 10 mail"), rule);
    assert_eq!(blocked("@ A 192.0.2.1", "@ A 192.0.2.1\n@ MX 10 mail\nmail CNAME @"), rule);
    assert_eq!(blocked("@ A 192.0.2.1", "@ A 192.0.2.1\n_sip._tcp SRV 1 1 5060 sip"), rule);
    assert_eq!(blocked("@ MX 10 mail\nmail A 192.0.2.1\nx A 192.0.2.2", "@ MX 10 mail\nx A 192.0.2.2"), rule);
    assert_eq!(
        blocked("@ MX 10 mail\nmail A 192.0.2.1", "@ MX 10 mail\nmail CNAME other.example.net."),
        rule
    );
    for (before, after) in [
        // Broken already and not touched, or touched without making it worse.
        ("@ MX 10 gone\nx A 192.0.2.2", "@ MX 10 gone\nx A 192.0.2.3"),
        ("@ MX 10 gone\nx A 192.0.2.2", "@ MX 10 gone\n@ MX 20 x\nx A 192.0.2.2"),
        ("x A 192.0.2.2", "@ MX 10 mail.example.net.\nx A 192.0.2.2"),
        ("x A 192.0.2.2", "@ MX 10 mail\nmail AAAA 2001:db8::1\nx A 192.0.2.2"),
        ("x A 192.0.2.2\n* A 192.0.2.3", "@ MX 10 mail\nx A 192.0.2.2\n* A 192.0.2.3"),
        ("sub NS ns.example.net.", "@ MX 10 mail.sub\nsub NS ns.example.net."),
        ("x A 192.0.2.2", "_sip._tcp SRV 0 0 0 .\nx A 192.0.2.2"),
    ] {
        assert_eq!(blocked(before, after), [""; 0], "{before} -> {after}");
    }
}

/// A share that octoDNS was given holds from the first change on, but not in a zone where one change is a large share.
#[test]
fn shares_from_the_first_change_on() {
    let hosts = |range: std::ops::Range<u32>, changed: u32| -> String {
        range.map(|n| format!("h{n} A 192.0.{}.1\n", u32::from(n < changed))).collect()
    };
    let strict = |before: &str, after: &str| {
        let mut case = Case::new(before, after);
        let policy = &mut case.desired.policy;
        (policy.deletes_max, policy.deletes_percent, policy.deletes_from) = (u32::MAX, 0.0, 1);
        (policy.updates_percent, policy.updates_from) = (10.0, 1);
        case.plan()
    };
    let plan = strict(&hosts(0..12, 0), &hosts(1..12, 0));
    assert_eq!(rules(&plan), ["guard/delete-threshold"]);
    let message = &plan.findings[0].message;
    assert!(
        message.contains("1 of 12 RRsets (8 %) would be deleted; the limit is 0 % from 1 up"),
        "{message}"
    );
    let plan = strict(&hosts(0..12, 0), &hosts(0..12, 2));
    assert_eq!(rules(&plan), ["guard/update-threshold"]);
    let message = &plan.findings[0].message;
    assert!(
        message.contains("2 of 12 RRsets (17 %) would be updated; the limit is 10 % from 1 up"),
        "{message}"
    );
    assert_eq!(rules(&strict(&hosts(0..12, 0), &hosts(0..12, 1))), [""; 0]);
    assert_eq!(rules(&strict(&hosts(0..9, 0), &hosts(1..9, 0))), [""; 0]);
    assert_eq!(rules(&strict(&hosts(0..9, 0), &hosts(0..9, 2))), [""; 0]);
    assert_eq!(rules(&strict(&hosts(0..9, 0), &hosts(2..9, 0))), ["guard/delete-threshold"]);
}

#[test]
fn counts() {
    let hosts = |range: std::ops::Range<u32>, last: u32| -> String {
        range.map(|n| format!("h{n} A 192.0.2.{}\n", (n + last) % 250)).collect()
    };
    assert_eq!(rules(&Case::new(&hosts(0..100, 0), &hosts(6..100, 0)).plan()), ["guard/delete-threshold"]);
    assert!(!Case::new(&hosts(0..100, 0), &hosts(5..100, 0)).plan().is_blocked());
    assert_eq!(rules(&Case::new(&hosts(0..10, 0), &hosts(2..10, 0)).plan()), ["guard/delete-threshold"]);
    assert!(!Case::new(&hosts(0..10, 0), &hosts(1..10, 0)).plan().is_blocked());
    assert_eq!(rules(&Case::new(&hosts(0..12, 0), &hosts(0..12, 1)).plan()), ["guard/update-threshold"]);
    assert!(!Case::new(&hosts(0..9, 0), &hosts(0..9, 1)).plan().is_blocked());
    let mut case = Case::new(&hosts(0..10, 0), &hosts(0..11, 0));
    case.last_read = Some(21);
    assert_eq!(rules(&case.plan()), ["guard/partial-read"]);
    case.last_read = Some(20);
    assert!(!case.plan().is_blocked());
    // A zone that somebody took away is not one that was read in part.
    (case.live, case.desired.create) = (None, true);
    let plan = case.plan();
    assert_eq!(rules(&plan), ["guard/partial-read"]);
    let gone = "the provider no longer has the zone, which had 20 RRsets the last time";
    assert_eq!(plan.findings[0].message, gone);
}

#[test]
fn a_read_that_cannot_be_compared_with_an_earlier_one_says_so() {
    let mut case = Case::new("a A 192.0.2.1", "a A 192.0.2.2");
    let partial = |plan: &crate::ZonePlan| {
        let verdict = plan.verdicts.iter().find(|verdict| verdict.rule == "guard/partial-read").unwrap();
        let found = plan.findings.iter().find(|finding| finding.rule == "guard/partial-read");
        (verdict.not_checked.is_some(), found.map(|finding| (finding.severity, finding.message.clone())))
    };
    assert_eq!(partial(&case.plan()), (false, None));
    case.last_read = None;
    let note = (Severity::Note, "not checked: no earlier read of this zone is known".to_owned());
    assert_eq!(partial(&case.plan()), (true, Some(note)));
    assert!(!case.plan().is_blocked());
    // A new zone, or one without a change, has nothing to compare.
    (case.live, case.desired.create) = (None, true);
    assert_eq!(partial(&case.plan()), (false, None));
    let mut same = Case::new("a A 192.0.2.1", "a A 192.0.2.1");
    same.last_read = None;
    assert_eq!(partial(&same.plan()), (false, None));
}

/// An alias for addresses, or the other way round, is an update of where the name leads.
#[test]
fn a_swap_of_kind_is_no_deletion() {
    let rest = "x A 192.0.2.1\ny A 192.0.2.2";
    let plan = |before: &str, after: &str| {
        Case::new(&format!("{before}\n{rest}"), &format!("{after}\n{rest}")).plan()
    };
    let swaps = plan("a CNAME x\nb CNAME x", "a A 192.0.2.3\nb AAAA 2001:db8::1");
    assert_eq!((rules(&swaps), swaps.changes.len()), (vec![], 4));
    let value = |plan: &crate::ZonePlan, rule: &str| {
        plan.verdicts.iter().find(|verdict| verdict.rule == rule).unwrap().measure.clone().unwrap().0
    };
    assert_eq!(value(&swaps, "guard/delete-threshold"), "0 of 4 RRsets (0 %)");
    assert_eq!(value(&swaps, "guard/update-threshold"), "2 of 4 RRsets (50 %)");
    let both = plan("a A 192.0.2.3\na AAAA 2001:db8::1", "a CNAME x");
    assert_eq!(rules(&both), [""; 0]);
    assert_eq!(value(&both, "guard/update-threshold"), "1 of 4 RRsets (25 %)");
    // What does not lead anywhere is lost.
    let lost = plan("a MX 10 x\na TXT t", "a CNAME x");
    assert_eq!(rules(&lost), ["guard/delete-threshold", "guard/last-mx"]);
    assert_eq!(value(&lost, "guard/delete-threshold"), "2 of 4 RRsets (50 %)");
}

#[test]
fn deletions_in_all_zones_together() {
    let zone = |name: &str, deletes: usize, provider: &str| {
        let hosts: String = (0..60).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
        let left: String = (deletes..60).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
        let mut plan = Case::new(&hosts, &left).plan();
        (plan.zone, plan.provider) = (Name::absolute(name).unwrap(), provider.to_owned());
        assert_eq!((plan.changes.len(), plan.is_blocked()), (deletes, false));
        plan
    };
    let found = |mut zones: Vec<crate::ZonePlan>, limit: Option<u32>| {
        super::ask_total(&mut zones, limit);
        let all = zones.iter().flat_map(|zone| &zone.findings);
        let blockers = all.filter(|finding| finding.severity == Severity::Blocker);
        blockers.map(|finding| finding.message.clone()).collect::<Vec<_>>()
    };
    let many = |count: usize, each: usize| -> Vec<_> {
        (0..count).map(|n| zone(&format!("z{n}.example"), each, "main")).collect()
    };
    let forty = found(many(40, 1), None);
    assert_eq!(
        forty,
        ["40 RRsets would be deleted in 40 zones; the limit for all of them together is 25"],
        "once, and with one zone only"
    );
    assert_eq!(found(many(40, 1), Some(40)), [""; 0]);
    assert_eq!(found(many(5, 5), None), [""; 0]);
    assert_eq!(found(many(6, 5), None).len(), 1);
    // One zone has its own limit; a second provider deletes the same.
    assert_eq!(found(many(1, 5), Some(3)), [""; 0]);
    let twice = |n: usize| ["a", "b"].map(|provider| zone(&format!("z{n}.example"), 5, provider));
    assert_eq!(found((0..5).flat_map(twice).collect(), None), [""; 0]);
    // What is acknowledged in its zone is meant.
    let mut meant = many(6, 5);
    meant[0].acknowledged.push(crate::Acknowledged {
        rule: "guard/delete-threshold".into(),
        at: "the zone".into(),
        until: "2026-12-31".into(),
        why: "test".into(),
    });
    assert_eq!(found(meant, None), [""; 0]);
}

/// What is said about acknowledgements, blockers with an exclamation mark.
fn told(case: &Case) -> Vec<String> {
    let about = |finding: &&Finding| finding.rule.ends_with("-acknowledgement");
    let told = |finding: &Finding| {
        let mark = if finding.severity == Severity::Blocker { "!" } else { "" };
        format!("{mark}{}", finding.message)
    };
    case.plan().findings.iter().filter(about).map(told).collect()
}

#[test]
fn an_acknowledgement_that_is_used_up_does_not_block_another_change() {
    let mut case = Case::new("@ A 192.0.2.1", "@ A 192.0.2.1");
    case.acknowledge("guard/last-mx", "@ MX");
    let used_up = [
        "the acknowledgement of guard/last-mx for @ MX is used up or not needed: this plan has no such change",
    ];
    assert_eq!(told(&case), used_up);
    let mut repair = Case::new("@ A 192.0.2.1\nx A 192.0.2.2", "@ A 192.0.2.3\nx A 192.0.2.2");
    repair.acknowledge("guard/last-mx", "@ MX");
    assert_eq!(told(&repair), used_up);
    assert!(!repair.plan().is_blocked() && repair.plan().acknowledged.is_empty());
    // Also one of the whole name or zone: an address at the apex is nothing that this guard ever objects to.
    for at in [None, Some((apex(), None))] {
        repair.desired.acknowledgements[0].at = at;
        assert!(!repair.plan().is_blocked() && told(&repair).len() == 1);
    }
}

#[test]
fn an_acknowledgement_that_does_not_fit_is_an_error() {
    let (before, after) =
        ("@ MX 10 x\nx A 192.0.2.2\n@ A 192.0.2.3", "@ MX 20 x\nx A 192.0.2.2\n@ A 192.0.2.3");
    for (rule, at, message) in [
        ("guard/last-mx", "@ MX", "the guard does not object to what this plan does to MX"),
        ("guard/last-mx", "x A", "this guard never objects to A records"),
        ("guard/empty-zone", "@ MX", "this guard is about the zone as a whole, so leave out \"at\""),
        ("zone/missing", "@ MX", "no guard has this name"),
    ] {
        let mut case = Case::new(before, after);
        case.acknowledge(rule, at);
        assert_eq!(
            told(&case),
            [format!("!the acknowledgement of {rule} for {at} lets nothing pass: {message}")]
        );
    }
}

/// It may be for another provider, or the zone was lost and is made again.
#[test]
fn an_acknowledgement_of_another_provider_or_an_old_zone_warns() {
    let mut case = Case::new("@ MX 10 x\nx A 192.0.2.2", "@ MX 20 x\nx A 192.0.2.2");
    case.acknowledge("guard/last-mx", "@ MX");
    assert!(case.plan().is_blocked());
    case.desired.providers.push("another".into());
    assert!(!case.plan().is_blocked() && told(&case).len() == 1);
    let mut case = Case::new("", "@ NS x\nx A 192.0.2.2");
    case.acknowledge("guard/apex-delegation", "@ NS");
    (case.live, case.desired.create) = (None, true);
    assert!(!case.plan().is_blocked() && told(&case).len() == 1);
}

#[test]
fn an_acknowledgement_ends_on_its_last_day() {
    let mut case = Case::new("@ A 192.0.2.1\nx A 192.0.2.2", "x A 192.0.2.2");
    case.acknowledge("guard/apex-addresses", "@ A");
    case.today = "2026-12-31";
    assert!(!case.plan().is_blocked());
    case.today = "2027-01-01";
    assert_eq!(rules(&case.plan()), ["guard/expired-acknowledgement", "guard/apex-addresses"]);
    assert_eq!(told(&case), ["!the acknowledgement of guard/apex-addresses for @ A ended on 2026-12-31"]);
    // Left over, it lets nothing pass and stops nothing.
    let mut case = Case::new("x A 192.0.2.2", "x A 192.0.2.3");
    case.acknowledge("guard/apex-addresses", "@ A");
    case.today = "2027-01-01";
    assert!(!case.plan().is_blocked());
    let left = "the acknowledgement of guard/apex-addresses for @ A ended on 2026-12-31; nothing in this plan needs it";
    assert_eq!(told(&case), [left]);
}

/// Live records that stay and leave no place for a wanted one.
#[test]
fn live_records_in_the_way() {
    let rule = ["guard/live-conflict"];
    let x = "x A 192.0.2.9";
    for (before, after, way) in [
        (
            "w A 192.0.2.1",
            "w CNAME x",
            "w.example.com CNAME cannot stand beside the live w.example.com A (192.0.2.1)",
        ),
        (
            "w CNAME other",
            "w A 192.0.2.1",
            "w.example.com A cannot stand beside the live w.example.com CNAME",
        ),
        ("w CNAME other", "w TXT t", "stands alone"),
        (
            "w DNAME other.example.",
            "a.w TXT t",
            "below the live w.example.com DNAME (other.example.), which redirects",
        ),
        ("a.w TXT t", "w DNAME other.example.", "would hide the live a.w.example.com TXT"),
        (
            "w NS ns.example.net.",
            "a.b.w TXT t",
            "the delegation by the live w.example.com NS (ns.example.net.)",
        ),
        ("w NS ns.example.net.", "w MX 10 x", "at or below the delegation"),
        ("w NS ns.example.net.", "a.w A 192.0.2.1", "at or below the delegation"),
        (
            "w MX 10 x\na.w A 192.0.2.1",
            "w NS ns.example.net.",
            "would hide the live w.example.com MX (10 x.example.com.), a.w.example.com A",
        ),
    ] {
        let mut case = Case::new(&format!("{before}\n{x}"), &format!("{after}\n{x}"));
        // What no file declares would be deleted: the place is free, or another guard speaks.
        assert!(!rules(&case.plan()).contains(&rule[0]), "{before} -> {after}");
        case.desired.manage = Manage::Declared;
        let plan = case.plan();
        assert_eq!(rules(&plan), rule, "{before} -> {after}");
        let found = plan.findings.iter().find(|finding| finding.rule == rule[0]).unwrap();
        assert!(found.message.contains(way), "{}", found.message);
        assert!(
            found.message.contains("No file declares it (manage: declared), so it stays"),
            "{}",
            found.message
        );
        assert_eq!(found.change, Some(0));
        // An ignore rule keeps it as well.
        case.desired.manage = Manage::All;
        let source = Source::new("zones/example.com.yaml".into(), 7, 5);
        let wanted: Vec<RecordType> = case.desired.wishes.iter().map(|wish| wish.rrset.rtype).collect();
        case.desired.ignore = ["w", "a.w"]
            .map(|name| IgnoreRule {
                name: name.into(),
                types: vec![],
                except: wanted.clone(),
                source: source.clone(),
            })
            .into();
        let plan = case.plan();
        if plan.counts.ignored == before.lines().count() {
            assert_eq!(rules(&plan), rule, "{before} -> {after}");
            assert!(
                plan.findings[0].message.contains("The ignore rule at zones/example.com.yaml:7:5 covers it")
            );
        }
    }
    for (before, after) in [
        ("w A 192.0.2.1", "w TXT t"),
        ("w NS ns.w\nns.w A 192.0.2.1", "w DS 1 13 2 00"),
        ("w NS ns.w", "ns.w A 192.0.2.1"),
        ("ns.w A 192.0.2.1\nw DS 1 13 2 00", "w NS ns.w"),
        ("w DNAME other.example.", "w TXT t"),
        ("w RRSIG A 13 2 300 20300101000000 20260101000000 1 example.com. AAAA", "w CNAME x"),
        ("@ NS ns.example.net.\n@ SOA ns h 1 2 3 4 5", "a.b TXT t"),
    ] {
        let mut case = Case::new(&format!("{before}\n{x}"), &format!("{after}\n{x}"));
        case.desired.manage = Manage::Declared;
        assert_eq!(rules(&case.plan()), [""; 0], "{before} -> {after}");
    }
}

#[test]
fn records_of_other_providers_and_kept_ones_in_the_way() {
    let mut case = Case::new("w A 192.0.2.1", "w A 192.0.2.1\nw CNAME x\nx A 192.0.2.9");
    // Lenient files may want both; that is not this guard's affair.
    assert_eq!(rules(&case.plan()), [""; 0]);
    let wish = case
        .desired
        .wishes
        .iter_mut()
        .find(|wish| wish.rrset.name != apex() && wish.rrset.rtype == RecordType::A);
    wish.unwrap().only = Some(["elsewhere".to_owned()].into());
    let plan = case.plan();
    assert_eq!(rules(&plan), ["guard/live-conflict"]);
    assert!(
        plan.findings[0].message.contains("declared at zones/example.com.yaml:2:1 for other providers only")
    );
    let mut case = Case::new("x A 192.0.2.9", "w CNAME x\nx A 192.0.2.9");
    let name = Name::absolute("w.example.com").unwrap();
    let kept =
        Kept { name, rtype: RecordType::A, count: 2, reason: "weighted routing policy, 2 sets".into() };
    case.live.as_mut().unwrap().kept.push(kept);
    let plan = case.plan();
    assert_eq!(rules(&plan), ["guard/live-conflict"]);
    assert!(plan.findings[0].message.contains("weighted routing policy"));
    case.acknowledge("guard/live-conflict", "w CNAME");
    assert!(!case.plan().is_blocked());
}

/// A name that comes into being hides the wildcard that answered for a mail server.
#[test]
fn a_hidden_wildcard_takes_an_address() {
    let before = "@ MX 10 mail\n* A 192.0.2.1";
    let plan = Case::new(before, &format!("{before}\n_25._tcp.mail TLSA 3 1 1 00")).plan();
    assert_eq!(rules(&plan), ["guard/target-address"]);
    assert_eq!(plan.findings[0].change, Some(0));
    let with = format!("{before}\n_25._tcp.mail TLSA 3 1 1 00\nmail A 192.0.2.1");
    assert!(!Case::new(before, &with).plan().is_blocked());
}
