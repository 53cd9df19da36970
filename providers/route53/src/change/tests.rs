use super::*;
use dnsctl_zone::{Names, Ttl};
use proptest::prelude::*;

fn rrset(owner: &str, rtype: RecordType, values: &[&str]) -> RRset {
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let values = values.iter().map(|value| Rdata::parse(rtype, value, names).unwrap()).collect();
    RRset::new(Name::absolute(owner).unwrap(), rtype, Ttl::new(60).unwrap(), values)
}

fn change(before: Option<RRset>, after: Option<RRset>) -> RRsetChange {
    let one = after.as_ref().or(before.as_ref()).unwrap();
    RRsetChange { name: one.name.clone(), rtype: one.rtype, before, after, group: 0 }
}

fn slower(rrset: &RRset) -> RRset {
    let mut rrset = rrset.clone();
    rrset.ttl = Ttl::new(61).unwrap();
    rrset
}

fn steps(changes: &[RRsetChange]) -> Vec<String> {
    let apex = Name::absolute("example.com").unwrap();
    let batch = Batch::new(&apex, "Z9", changes, &|_, _| None);
    assert_eq!(batch.steps.len(), batch.changes.len());
    let step = |(step, change): (&Change, &usize)| {
        let set = &step.resource_record_set;
        let content = match &set.alias_target {
            Some(target) => format!("alias {} {}", target.hosted_zone_id, target.dns_name),
            None => set.values().collect::<Vec<_>>().join(" | "),
        };
        format!("{change} {:?} {} {} {content}", step.action, set.name, set.rtype)
    };
    batch.steps.iter().zip(&batch.changes).map(step).collect()
}

#[test]
fn a_batch_deletes_what_was_read_and_then_creates() {
    let alias = RecordType::ROUTE53_ALIAS;
    let changes = [
        change(
            None,
            Some(rrset("www.example.com", alias, &["A self t.example.com. false", "AAAA Z1 x.test. true"])),
        ),
        change(
            Some(rrset("mail.example.com", RecordType::MX, &["10 a.test.", "20 b.test."])),
            Some(rrset("mail.example.com", RecordType::MX, &["10 a.test."])),
        ),
        change(Some(rrset("www.example.com", RecordType::A, &["192.0.2.1"])), None),
        change(
            Some(rrset(
                "old.example.com",
                alias,
                &["A self t.example.com. false", "AAAA self t.example.com. false"],
            )),
            Some(rrset(
                "old.example.com",
                alias,
                &["A self t.example.com. false", "TXT self t.example.com. false"],
            )),
        ),
        change(None, Some(rrset("t.example.com", RecordType::A, &["192.0.2.2"]))),
        change(
            Some(rrset("example.com", RecordType::NS, &["ns1.test."])),
            Some(rrset("example.com", RecordType::NS, &["ns1.test.", "ns2.test."])),
        ),
        change(
            Some(rrset("sub.example.com", RecordType::NS, &["ns1.test."])),
            Some(rrset("sub.example.com", RecordType::NS, &["ns2.test."])),
        ),
    ];
    assert_eq!(
        steps(&changes),
        [
            "3 Delete old.example.com. AAAA alias Z9 t.example.com.",
            "1 Delete mail.example.com. MX 10 a.test. | 20 b.test.",
            "2 Delete www.example.com. A 192.0.2.1",
            "6 Delete sub.example.com. NS ns1.test.",
            "1 Create mail.example.com. MX 10 a.test.",
            "4 Create t.example.com. A 192.0.2.2",
            "5 Upsert example.com. NS ns1.test. | ns2.test.",
            "6 Create sub.example.com. NS ns2.test.",
            "0 Create www.example.com. A alias Z9 t.example.com.",
            "0 Create www.example.com. AAAA alias Z1 x.test.",
            "3 Create old.example.com. TXT alias Z9 t.example.com.",
        ]
    );
    // A TTL alone is a change.
    let before = rrset("a.example.com", RecordType::A, &["192.0.2.1"]);
    let after = slower(&before);
    assert_eq!(steps(&[change(Some(before.clone()), Some(after))]).len(), 2);
    assert!(steps(&[change(Some(before.clone()), Some(before))]).is_empty());
}

#[test]
fn weights_count_records_and_characters() {
    let one = rrset("a.example.com", RecordType::A, &["192.0.2.1"]);
    let long = rrset("a.example.com", RecordType::TXT, &[&format!("\"{}\"", "x".repeat(200))]);
    let ns = rrset("sub.example.com", RecordType::NS, &["ns1.example.net.", "ns2.example.net."]);
    assert_eq!(weigh(&change(None, Some(one.clone()))), 32);
    assert_eq!(weigh(&change(Some(one.clone()), Some(one))), 64);
    assert_eq!(weigh(&change(None, Some(long.clone()))), 202);
    assert_eq!(weigh(&change(Some(long), None)), 202);
    // An UPSERT counts twice.
    assert_eq!(weigh(&change(None, Some(ns.clone()))), 128);
    assert_eq!(weigh(&change(Some(ns.clone()), Some(ns))), 128);
}

proptest! {
    /// A batch within the weight is within what Route 53 counts.
    #[test]
    fn the_weight_covers_both_limits(
        texts in proptest::collection::vec((proptest::collection::vec("[ -~]{0,80}", 1..6), any::<bool>()), 1..60),
    ) {
        let changes: Vec<RRsetChange> = texts
            .iter()
            .enumerate()
            .map(|(index, (texts, update))| {
                let values = texts.iter().map(|text| Rdata::text(RecordType::TXT, text.as_bytes())).collect();
                let owner = Name::absolute(&format!("h{index}.example.com")).unwrap();
                let rrset = RRset::new(owner, RecordType::TXT, Ttl::new(60).unwrap(), values);
                let before = update.then(|| slower(&rrset));
                change(before, Some(rrset))
            })
            .collect();
        let apex = Name::absolute("example.com").unwrap();
        let batch = Batch::new(&apex, "Z", &changes, &|_, _| None);
        let sets = || batch.steps.iter().map(|step| &step.resource_record_set);
        let records: usize = sets().map(|set| set.values().count()).sum();
        let characters: usize = sets().flat_map(ResourceRecordSet::values).map(|value| value.chars().count()).sum();
        let weight: usize = changes.iter().map(weigh).sum();
        prop_assert!(characters <= weight);
        prop_assert!(records * CHARACTERS <= weight * RECORDS);
    }
}
