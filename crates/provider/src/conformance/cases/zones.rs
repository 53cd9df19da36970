//! Whole zones: missing, new, there already, listed.

use dnsctl_zone::{RRset, RecordType};

use super::TTL;
use crate::adapter::{RRsetChange, Wanted};
use crate::capability::Capabilities;
use crate::conformance::stage::{Edit, Stage, read};
use crate::conformance::{Case, Failure, Subject, Verdict};
use crate::error::ErrorKind;
use crate::lower;

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let mut cases = vec![
        Case::new("zones::missing_is_none", |subject| {
            Box::pin(async move {
                let reader = subject.open_reader().map_err(|error| error.to_string())?;
                match reader.read_zone(&subject.free_name()).await {
                    Ok(None) => Ok(Verdict::Passed),
                    other => Err(format!("instead of no zone: {other:?}")),
                }
            })
        }),
        Case::new("zones::do_not_mix", |subject| {
            Box::pin(async move {
                let (mut one, mut two) = (Stage::open(subject).await?, Stage::open(subject).await?);
                let rrset = one.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
                one.set(rrset).await?;
                two.check().await?;
                let rrset = two.rrset("host", RecordType::A, TTL, &["192.0.2.2"])?;
                two.set(rrset).await?;
                one.check().await?;
                Ok(Verdict::Passed)
            })
        }),
        Case::new("zones::writing_to_a_missing_one_fails", |subject| {
            Box::pin(async move {
                let stage = Stage::open(subject).await?;
                let missing = subject.free_name();
                let mut rrset = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
                rrset.name = missing.child(b"host").map_err(|error| error.to_string())?;
                let written = lower::write(&stage.writer, &missing, &creations(&[rrset]), &mut |_| {}).await;
                match written.error() {
                    Some(_) => Ok(Verdict::Passed),
                    None => Err(format!("a zone that is not there was written to: {written:?}")),
                }
            })
        }),
    ];
    if capabilities.lists_zones {
        cases.push(Case::new("zones::list", |subject| {
            Box::pin(async move {
                let (one, two) = (subject.empty_zone().await?, subject.empty_zone().await?);
                let reader = subject.open_reader().map_err(|error| error.to_string())?;
                let list = reader.list_zones().await.map_err(|error| error.to_string())?;
                let missing = subject.free_name();
                if !list.contains(&one) || !list.contains(&two) || list.contains(&missing) {
                    return Err(format!("{one} and {two} exist, {missing} does not; the list is {list:?}"));
                }
                let ordered = list.is_sorted_by(|a, b| a < b);
                if ordered { Ok(Verdict::Passed) } else { Err(format!("not in canonical order: {list:?}")) }
            })
        }));
    }
    if capabilities.creates_zones {
        cases.push(Case::new("zones::create_with_records", |subject| Box::pin(create(subject, 3))));
        cases.push(Case::new("zones::create_with_1000_RRsets", |subject| Box::pin(create(subject, 1000))));
        cases.push(Case::new("zones::create_without_records", |subject| Box::pin(create(subject, 0))));
        cases.push(Case::new("zones::create_an_existing_one_is_a_conflict", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let rrset = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
                stage.set(rrset).await?;
                let other = stage.rrset("host", RecordType::A, TTL, &["192.0.2.2"])?;
                match stage.writer.common().create_zone(&stage.apex, &[other]).await {
                    Err(failed) if failed.error.kind() == ErrorKind::Conflict => {}
                    other => return Err(format!("instead of a conflict: {other:?}")),
                }
                stage.check().await?;
                Ok(Verdict::Passed)
            })
        }));
    }
    cases
}

/// Creates a zone with these many addresses and what mail needs.
async fn create(subject: &dyn Subject, hosts: u32) -> Result<Verdict, Failure> {
    let apex = subject.free_name();
    // Only to read the texts: there is no zone yet.
    let reader = subject.open_reader().map_err(|error| error.to_string())?;
    let writer = subject.open_writer().map_err(|error| error.to_string())?;
    let model = Stage {
        subject,
        reader,
        writer,
        apex: apex.clone(),
        live: dnsctl_zone::Live::new(dnsctl_zone::Zone::new(apex.clone(), Vec::new())),
    };
    let mut wanted = Vec::new();
    if hosts > 0 {
        wanted.push(model.rrset("@", RecordType::MX, TTL, &["10 mail"])?);
        wanted.push(model.rrset("@", RecordType::TXT, TTL, &["\"v=spf1 mx -all\""])?);
        wanted.push(model.rrset("mail", RecordType::A, 300, &["192.0.2.25"])?);
        wanted.push(model.rrset("_dmarc", RecordType::TXT, TTL, &["\"v=DMARC1; p=reject\""])?);
        wanted.push(model.rrset("*.wild", RecordType::CNAME, TTL, &["mail"])?);
    }
    for index in 0..hosts {
        let [.., c, d] = index.to_be_bytes();
        wanted.push(model.rrset(&format!("h{index}"), RecordType::A, TTL, &[&format!("10.0.{c}.{d}")])?);
    }
    // Where the provider brings no name servers along, a zone without any is none.
    let together: Vec<Wanted<'_>> = wanted.iter().map(wanted_of).collect();
    if !model.reader.refuses_together(&apex, &together).is_empty() {
        wanted.push(model.rrset("@", RecordType::NS, TTL, &["ns.conformance.invalid."])?);
    }
    let written = lower::create(&model.writer, &apex, &creations(&wanted), &mut |_| {}).await;
    if let Some(error) = written.error() {
        return Err(format!("create: {error}"));
    }
    if !written.is_complete() {
        return Err("not all RRsets of the new zone were written, and nothing says why".to_owned());
    }
    let live = read(&*model.reader, &apex).await?;
    for rrset in &wanted {
        let there = live.zone.get(&rrset.name, rrset.rtype);
        if !there.is_some_and(|there| rrset.is_satisfied_by(there)) {
            return Err(format!("in the new zone, {rrset:?} is {there:?}"));
        }
    }
    let own = |rrset: &&RRset| rrset.name != apex || !matches!(rrset.rtype, RecordType::SOA | RecordType::NS);
    let extra = live.zone.rrsets().iter().filter(own).count();
    let expected = wanted.iter().filter(own).count();
    if extra != expected {
        return Err(format!("the new zone has {extra} RRsets instead of {expected}"));
    }
    // It is a zone like any other.
    let mut stage = Stage::at(subject, apex).await?;
    let later = stage.rrset("later", RecordType::A, TTL, &["192.0.2.1"])?;
    stage.apply(vec![Edit::Set(later)]).await?;
    Ok(Verdict::Passed)
}

fn wanted_of(rrset: &RRset) -> Wanted<'_> {
    Wanted { name: &rrset.name, rtype: rrset.rtype, after: Some(rrset) }
}

fn creations(rrsets: &[RRset]) -> Vec<RRsetChange> {
    let change = |rrset: &RRset| RRsetChange {
        name: rrset.name.clone(),
        rtype: rrset.rtype,
        before: None,
        after: Some(rrset.clone()),
        group: 0,
    };
    rrsets.iter().map(change).collect()
}
