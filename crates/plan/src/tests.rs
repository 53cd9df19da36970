use crate::diff::Scope;
use crate::testing::{Case, apex, rrsets, steps};
use crate::zone::{self, Target};
use crate::{Mode, Plan, Severity, file};
use dnsctl_zone::{IgnoreRule, Live, Manage, RecordType, Source, Zone};
use jiff::Timestamp;
use proptest::prelude::*;

fn whole(case: &Case) -> Plan {
    let now: Timestamp = "2026-11-23T10:05:02Z".parse().unwrap();
    Plan::new(vec![case.plan()], Vec::new(), Mode::Full, now, Plan::LIFE)
}

const BROKEN: &str = "@ 86400 MX 10 oldmail\nmail 86400 A 203.0.113.25\n@ TXT \"v=spf1 ip4:203.0.113.25 -all\"\n@ A 203.0.113.10";
const REPAIRED: &str =
    "@ MX 10 mail\nmail 300 A 198.51.100.25\n@ TXT \"v=spf1 ip4:198.51.100.25 -all\"\n@ A 203.0.113.10";

#[test]
fn the_repair_is_ordered_and_grouped() {
    let plan = Case::new(BROKEN, REPAIRED).plan();
    assert_eq!(steps(&plan), ["~ mail A", "~ @ TXT", "~ @ MX"]);
    assert!(plan.changes.iter().all(|change| change.group == plan.changes[0].group));
    assert_eq!(plan.changes[2].depends_on, [0, 1]);
    assert_eq!(plan.changes[0].old_answer_max_s, Some(86_400));
    assert_eq!((plan.counts.unchanged, plan.counts.managed, plan.settles.seconds()), (1, 4, 86_400));
    let warnings: Vec<_> = plan.findings.iter().map(|finding| (finding.rule, finding.change)).collect();
    assert_eq!(warnings, [("ttl/old-answer-lives", Some(0)), ("ttl/old-answer-lives", Some(2))]);
}

#[test]
fn targets_come_before_pointers_and_deletions_last() {
    let plan = Case::new(
        "old A 192.0.2.1\nweb CNAME old\nkeep A 192.0.2.9",
        "new A 192.0.2.2\nweb CNAME middle\nmiddle CNAME new\nkeep A 192.0.2.9\n_x TXT t\nz A 192.0.2.3",
    )
    .plan();
    assert_eq!(steps(&plan), ["+ new A", "+ z A", "+ _x TXT", "+ middle CNAME", "~ web CNAME", "- old A"]);
    assert_eq!(plan.changes[5].depends_on, [4]);
    let plan = Case::new("a CNAME b\nb CNAME c\nc A 192.0.2.1\nx A 192.0.2.2", "x A 192.0.2.2").plan();
    assert_eq!(steps(&plan), ["- a CNAME", "- b CNAME", "- c A"]);
}

#[test]
fn a_change_of_kind_is_one_group_with_the_deletion_first() {
    for (before, after, order) in [
        ("w A 192.0.2.1\nw AAAA 2001:db8::1", "w CNAME x", vec!["- w A", "- w AAAA", "+ w CNAME"]),
        ("w CNAME x", "w A 192.0.2.1", vec!["- w CNAME", "+ w A"]),
    ] {
        let x = "x A 192.0.2.5";
        let plan = Case::new(&format!("{before}\n{x}"), &format!("{after}\n{x}")).plan();
        assert_eq!(steps(&plan), order);
        assert!(plan.changes.iter().all(|change| change.group == plan.changes[0].group));
    }
}

#[test]
fn pointers_in_a_circle_end() {
    let plan = Case::new("", "a CNAME b\nb CNAME c\nc CNAME a").plan();
    assert_eq!(plan.changes.len(), 3);
}

#[test]
fn the_mail_group_stands_together_among_many() {
    let others: String = (0..50).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
    let plan =
        Case::new("", &format!("{others}@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 192.0.2.1\nmx2 AAAA 2001:db8::1"))
            .plan();
    let mx = plan.changes.iter().find(|change| change.rtype == RecordType::MX).unwrap();
    let members: Vec<_> = plan.changes.iter().filter(|change| change.group == mx.group).collect();
    assert_eq!(members.len(), 3);
    let places: Vec<_> = (0..plan.changes.len()).filter(|&i| plan.changes[i].group == mx.group).collect();
    assert_eq!(places[2] - places[0], 2, "the group is in one piece");
    assert!(members[2].rtype == RecordType::MX);
}

#[test]
fn ignored_undeclared_and_apex_records_stay() {
    let mut case = Case::new(
        "@ NS ns1.example.net.\n_acme-challenge.x TXT t\nold A 192.0.2.1\nx A 192.0.2.2",
        "x A 192.0.2.2",
    );
    let source = Source::new("z".into(), 1, 1);
    case.desired.ignore =
        vec![IgnoreRule { name: "_acme-challenge.**".into(), types: vec![], except: vec![], source }];
    let plan = case.plan();
    assert_eq!(steps(&plan), ["- old A"]);
    assert_eq!((plan.counts.ignored, plan.counts.undeclared, plan.counts.managed), (1, 1, 2));
    case.desired.manage = Manage::Declared;
    let plan = case.plan();
    assert!(plan.changes.is_empty());
    assert_eq!((plan.counts.undeclared, plan.counts.managed), (2, 1));
}

#[test]
fn what_is_wanted_at_other_providers_only_is_left_alone() {
    let mut case = Case::new("x A 192.0.2.1", "x A 192.0.2.2\ny A 192.0.2.3");
    for wish in &mut case.desired.wishes {
        wish.only = Some(["elsewhere".to_owned()].into());
    }
    let plan = case.plan();
    assert!(plan.changes.is_empty());
    assert_eq!((plan.counts.undeclared, plan.counts.managed), (1, 0));
}

#[test]
fn the_serial_number_is_no_difference() {
    let soa = |serial: u32, minimum: u32| {
        format!("@ SOA ns1 host {serial} 3600 600 604800 {minimum}\nx A 192.0.2.1")
    };
    assert!(Case::new(&soa(7, 300), &soa(1, 300)).plan().changes.is_empty());
    let plan = Case::new(&soa(7, 300), &soa(1, 600)).plan();
    assert_eq!(steps(&plan), ["~ @ SOA"]);
    assert_eq!(plan.changes[0].after.as_ref().unwrap().values()[0].number("serial"), Some(7));
    let plan = Case::new(&soa(7, 300), &format!("{}\nnew A 192.0.2.2", soa(7, 300))).plan();
    assert_eq!(plan.changes[0].old_answer_max_s, Some(300), "the absence of a name is remembered");
}

/// Else a plan that was applied would look stale.
#[test]
fn an_alias_of_route_53_is_wanted_as_it_is_read() {
    let alias = "www {} ROUTE53_ALIAS A Z2FDTNDATAQYW2 d111.cloudfront.net. false";
    let (read, written) = (alias.replace("{}", "0"), alias.replace("{}", "3600"));
    assert!(Case::new(&read, &written).plan().changes.is_empty());
    let plan = Case::new("", &written).plan();
    assert_eq!(plan.changes[0].after.as_ref(), rrsets(&read).first());
}

#[test]
fn a_missing_zone_blocks_unless_it_is_to_be_created() {
    let mut case = Case::new("", "x A 192.0.2.1\n* A 192.0.2.2");
    case.live = None;
    let plan = case.plan();
    assert!(plan.is_blocked() && plan.changes.is_empty());
    assert_eq!(plan.findings[0].rule, "zone/missing");
    case.desired.create = true;
    let plan = case.plan();
    assert!(!plan.is_blocked() && plan.create);
    assert_eq!(plan.changes.len(), 2);
}

#[test]
fn texts_are_compared_joined() {
    let (a, b) = ("x".repeat(200), "y".repeat(200));
    let plan =
        Case::new(&format!("t TXT \"{a}\" \"{b}\""), &format!("t TXT \"{a}{}\" \"{}\"", &b[..55], &b[55..]))
            .plan();
    assert!(plan.changes.is_empty());
}

#[test]
fn options_are_a_difference_only_when_they_are_wanted() {
    let mut case = Case::new("x A 192.0.2.1", "x A 192.0.2.1");
    let commented =
        rrsets("x A 192.0.2.1").remove(0).with_options([("comment".to_owned(), "old".to_owned())].into());
    case.live = Some(Live::new(Zone::new(apex(), vec![commented])));
    assert!(case.plan().changes.is_empty());
    let wanted = |key: &str| {
        let options = [("comment".to_owned(), "new".to_owned())].into();
        Some(Box::new([(key.to_owned(), options)].into()))
    };
    case.desired.wishes[0].provider_options = wanted("another");
    assert!(case.plan().changes.is_empty());
    case.desired.wishes[0].provider_options = wanted("zonefile");
    assert_eq!(case.plan().changes[0].fields(), ["options"]);
}

#[test]
fn the_file_reads_back_and_notices_a_change() {
    let plan = whole(&Case::new(BROKEN, REPAIRED));
    let text = file::write(&plan).unwrap();
    assert_eq!(file::read(text.as_bytes()).unwrap(), plan);
    assert_eq!(file::write(&whole(&Case::new(BROKEN, REPAIRED))).unwrap(), text);
    for (from, to) in [
        ("198.51.100.25\"", "198.51.100.26\""),
        ("\"applicable\": true", "\"applicable\": false"),
        ("\"action\": \"update\"", "\"action\": \"create\""),
        ("\"format_version\": \"1.1\"", "\"format_version\": \"2.0\""),
        ("dnsctl.plan", "other"),
        ("\"ttl\": 300", "\"ttl\": 301"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(file::read(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} -> {to}");
    }
    let schema = serde_json::to_value(schemars::schema_for!(file::v1::File)).unwrap();
    let instance = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&instance));
}

#[test]
fn the_digest_is_about_changes_and_nothing_else() {
    let one = whole(&Case::new(BROKEN, REPAIRED));
    let drifted =
        whole(&Case::new(&format!("{BROKEN}\nelse A 192.0.2.1"), &format!("{REPAIRED}\nelse A 192.0.2.1")));
    assert_eq!(one.digest, drifted.digest);
    let other = whole(&Case::new(BROKEN, &REPAIRED.replace("300 A", "301 A")));
    assert_ne!(one.digest, other.digest);
}

/// A new zone without NS records at its apex is told, unless the provider makes the apex itself.
#[test]
fn a_new_zone_without_name_servers() {
    let found = |desired: &str, create: bool| {
        let mut case = Case::new("", desired);
        case.live = None;
        case.desired.create = create;
        case.plan().findings.iter().map(|finding| (finding.rule, finding.severity)).collect::<Vec<_>>()
    };
    assert_eq!(found("@ A 192.0.2.1", true), [("zone/no-name-servers", Severity::Warning)]);
    assert_eq!(found("", true), [("zone/no-name-servers", Severity::Warning)]);
    assert_eq!(
        found("sub NS ns.sub\nns.sub A 192.0.2.1", true),
        [("zone/no-name-servers", Severity::Warning)]
    );
    assert_eq!(found("@ NS ns\nns A 192.0.2.1", true), []);
    assert_eq!(found("@ A 192.0.2.1", false), [("zone/missing", Severity::Blocker)]);
    let mut case = Case::new("", "@ A 192.0.2.1");
    (case.live, case.desired.create) = (None, true);
    let of = |writes_soa, writes_apex_ns| {
        let scope = Scope { provider: "main", kind: "other", writes_soa, writes_apex_ns };
        let (desired, live) = (&case.desired, case.live.as_ref());
        zone::plan(Target { desired, live, scope, last_read: None, today: "2026-11-23" }).findings.len()
    };
    assert_eq!((of(true, true), of(false, true), of(true, false)), (1, 0, 0));
}

/// What a write loses is told where there is one.
#[test]
fn what_a_write_loses_is_told() {
    let found = |before: &str, after: &str| {
        let mut case = Case::new(before, after);
        if let Some(live) = &mut case.live {
            live.loses = Some("the comments of x".to_owned());
        }
        case.plan().findings.iter().map(|one| format!("{} {}", one.rule, one.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        found("a 60 A 192.0.2.1", "a 60 A 192.0.2.2"),
        ["zone/loses not kept by a write: the comments of x"]
    );
    assert_eq!(found("a A 192.0.2.1", "a A 192.0.2.1"), [""; 0]);
}

prop_compose! {
    fn zone_text()(records in prop::collection::vec((0_u8..12, 0_u8..5, 0_u8..4, 1_u32..3), 0..25)) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut aliases = std::collections::HashSet::new();
        let mut others = std::collections::HashSet::new();
        for (owner, kind, value, ttl) in records {
            let rdata = match kind {
                0 => format!("A 192.0.2.{value}"),
                1 => format!("MX 10 n{value}"),
                2 => format!("TXT t{value}"),
                3 => format!("CNAME n{value}"),
                _ => format!("SRV 1 1 1 n{value}"),
            };
            let taken = if kind == 3 { others.contains(&owner) || !aliases.insert(owner) } else { aliases.contains(&owner) };
            if !taken {
                if kind != 3 { others.insert(owner); }
                lines.push(format!("n{owner} {} {rdata}", ttl * 300));
            }
        }
        lines.join("\n")
    }
}

proptest! {
    /// Applying the changes in their order gives what is wanted; no step leaves an alias beside other data; a plan of
    /// the result is empty.
    #[test]
    fn changes_lead_from_one_to_the_other(before in zone_text(), after in zone_text()) {
        let case = Case::new(&before, &after);
        let plan = case.plan();
        let mut state = rrsets(&before);
        for (index, change) in plan.changes.iter().enumerate() {
            prop_assert!(change.depends_on.iter().all(|&other| (other as usize) < index));
            state.retain(|rrset| rrset.key() != (&change.name, change.rtype));
            state.extend(change.after.clone());
            let alias = state.iter().find(|rrset| rrset.rtype == RecordType::CNAME
                && state.iter().any(|other| other.name == rrset.name && other.rtype != RecordType::CNAME));
            prop_assert!(alias.is_none(), "{:?} after step {} of {:?}", alias, index, steps(&plan));
        }
        let reached = Zone::new(apex(), state);
        let wanted = rrsets(&after);
        prop_assert_eq!(reached.rrsets(), wanted.as_slice());
        let mut again = case;
        again.live = Some(Live::new(reached));
        prop_assert!(again.plan().changes.is_empty());
        // Groups are in one piece.
        let groups: Vec<u32> = plan.changes.iter().map(|change| change.group).collect();
        prop_assert!(groups.is_sorted());
    }

    #[test]
    fn files_round_trip(before in zone_text(), after in zone_text()) {
        let plan = whole(&Case::new(&before, &after));
        let text = file::write(&plan).unwrap();
        prop_assert_eq!(file::read(text.as_bytes()).unwrap(), plan);
    }
}
