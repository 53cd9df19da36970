use super::*;
use crate::testing::{desired, planned, zone_of};
use dnsctl_zone::Live;

/// A zone before and after.
fn zone(apex: &str, before: &str, after: &str) -> ZonePlan {
    planned(Some(&Live::new(zone_of(apex, before))), &desired(&zone_of(apex, after)))
}

/// Who waits for whom, and what is told.
fn arranged(mut zones: Vec<ZonePlan>) -> (Vec<String>, Vec<String>) {
    arrange(&mut zones);
    let waits = |zone: &ZonePlan| {
        let first: Vec<String> = zone.waits_for.iter().map(|key| key.zone.without_dot()).collect();
        (!first.is_empty()).then(|| format!("{} after {}", zone.zone.without_dot(), first.join(" ")))
    };
    let told = zones.iter().flat_map(|zone| &zone.findings).filter(|finding| finding.rule == HALFWAY.id);
    (zones.iter().filter_map(waits).collect(), told.map(|finding| finding.message.clone()).collect())
}

const NONE: [&str; 0] = [];

#[test]
fn what_is_needed_is_written_first() {
    for (needs, gives) in [
        ("@ MX 10 new.infra.net.", "new A 192.0.2.1"),
        ("@ NS new.infra.net.", "new AAAA 2001:db8::1"),
        ("_sip._tcp SRV 1 1 5060 new.infra.net.", "new A 192.0.2.1"),
        ("@ TXT \"v=spf1 include:_spf.infra.net -all\"", "_spf TXT \"v=spf1 -all\""),
        ("s._domainkey CNAME s.infra.net.", "s TXT \"v=DKIM1; p=AAAA\""),
        ("@ MX 10 a.b.infra.net.", "*.b A 192.0.2.1"),
    ] {
        let (waits, told) = arranged(vec![zone("cust.com", "", needs), zone("infra.net", "", gives)]);
        assert_eq!((waits, told), (vec!["cust.com after infra.net".to_owned()], Vec::new()), "{needs}");
    }
    // What it leads to already, and what is somewhere else, it need not wait for.
    for (before, after, gives) in [
        ("@ MX 10 new.infra.net.", "@ MX 20 new.infra.net.", "new A 192.0.2.1"),
        ("", "@ MX 10 new.infra.net.", "other A 192.0.2.1"),
        ("", "@ MX 10 new.infra.net.", "new TXT t"),
    ] {
        let (waits, _) = arranged(vec![zone("cust.com", before, after), zone("infra.net", "", gives)]);
        assert_eq!(waits, NONE, "{after}");
    }
}

#[test]
fn what_is_still_used_goes_later() {
    let (waits, told) = arranged(vec![
        zone("a.net", "old A 192.0.2.1", ""),
        zone("b.net", "@ MX 10 old.a.net.", "@ MX 10 mx.example.org."),
    ]);
    assert_eq!((waits, told), (vec!["a.net after b.net".to_owned()], Vec::new()));
    // The name stays.
    let (waits, _) = arranged(vec![
        zone("a.net", "old A 192.0.2.1", "old CNAME x"),
        zone("b.net", "@ MX 10 old.a.net.", "@ MX 10 mx.example.org."),
    ]);
    assert_eq!(waits, NONE);
}

#[test]
fn what_becomes_another_is_written_first_where_that_can_be() {
    let spf = |zone: &str| format!("@ TXT \"v=spf1 include:_spf.{zone} -all\"");
    let part = |address: u8| format!("_spf TXT \"v=spf1 ip4:192.0.2.{address} -all\"");
    let own = "@ TXT \"v=spf1 -all\"";
    let (waits, told) =
        arranged(vec![zone("cust.com", own, &spf("infra.net.")), zone("infra.net", &part(1), &part(2))]);
    assert_eq!((waits, told), (vec!["cust.com after infra.net".to_owned()], Vec::new()));
    // Where each would wait for the other, neither does, and nothing is said.
    let (waits, told) = arranged(vec![
        zone("a.net", &format!("{own}\n{}", part(1)), &format!("{}\n{}", spf("b.net."), part(2))),
        zone("b.net", &format!("{own}\n{}", part(1)), &format!("{}\n{}", spf("a.net."), part(2))),
    ]);
    assert_eq!((waits, told), (Vec::new(), Vec::new()));
}

#[test]
fn what_may_have_answered_goes_later() {
    for (before, after) in [("*.x A 192.0.2.1", ""), ("x NS ns1.example.org.", "")] {
        let (waits, told) = arranged(vec![
            zone("a.net", before, after),
            zone("b.net", "@ MX 10 old.x.a.net.", "@ MX 10 mx.example.org."),
        ]);
        assert_eq!((waits, told), (vec!["a.net after b.net".to_owned()], Vec::new()), "{before}");
    }
}

#[test]
fn zones_that_would_each_have_to_be_first() {
    let (waits, told) = arranged(vec![
        zone("a.net", "@ MX 10 mail.b.net.", "@ MX 10 mailx.b.net."),
        zone("b.net", "mail A 192.0.2.1", "mailx A 192.0.2.1"),
    ]);
    assert_eq!(waits, ["a.net after b.net"]);
    assert_eq!(
        told,
        [
            "until a.net MX is written as well, it leads to mail.b.net A, which is gone: the zones a.net and b.net would each \
          have to be written before the other"
        ]
    );
    // Each needs what the other gets.
    let (waits, told) = arranged(vec![
        zone("a.net", "", "@ MX 10 x.b.net.\nx A 192.0.2.1"),
        zone("b.net", "", "@ MX 10 x.a.net.\nx A 192.0.2.1"),
    ]);
    assert_eq!((waits.len(), told.len()), (0, 2), "{told:?}");
    assert!(told[0].contains("the zones b.net and a.net would each"), "{told:?}");
}

#[test]
fn a_name_below_a_new_delegation() {
    let (waits, _) = arranged(vec![
        zone("cust.com", "", "@ MX 10 mail.sub.infra.net."),
        zone("infra.net", "", "sub NS ns1.example.org."),
        zone("sub.infra.net", "", "mail A 192.0.2.1"),
    ]);
    assert_eq!(waits, ["cust.com after infra.net sub.infra.net"]);
}

fn scheduled(zones: &[(&str, &[&str])]) -> Vec<Vec<usize>> {
    let key = |zone: &str| ZoneKey { zone: Name::absolute(zone).unwrap(), provider: "main".into() };
    let zones: Vec<_> =
        zones.iter().map(|(zone, waits)| (key(zone), waits.iter().map(|zone| key(zone)).collect())).collect();
    schedule(&zones)
}

#[test]
fn zones_below_come_first_unless_they_wait() {
    assert_eq!(
        scheduled(&[
            ("example.com", &[]),
            ("a.example.com", &[]),
            ("other.org", &["example.com", "gone.org"]),
            ("b.a.example.com", &[]),
            ("aexample.com", &[]),
        ]),
        [vec![1, 3], vec![3], vec![0], vec![], vec![]]
    );
    // The zone below needs what the one above gets.
    assert_eq!(scheduled(&[("b.net", &[]), ("sub.b.net", &["b.net"])]), [vec![], vec![0]]);
    // Whatever a file says, somebody is first.
    let circle = scheduled(&[("a.net", &["b.net"]), ("b.net", &["a.net"])]);
    assert_eq!(circle.iter().flatten().count(), 1);
}
