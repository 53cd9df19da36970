//! Many values and many changes.

use dnsctl_zone::{RRset, Rdata, RecordType, Ttl};

use crate::capability::Capabilities;
use crate::conformance::stage::{Edit, Stage};
use crate::conformance::{Case, Failure, Verdict};

pub(super) fn cases(_: &Capabilities) -> Vec<Case> {
    vec![
        Case::new("bulk::100_values", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                for (count, offset) in [(100, 0), (100, 50), (1, 0), (100, 200)] {
                    let mut rrset = host(&stage, 0, 3600, 0)?;
                    rrset = RRset::new(
                        rrset.name,
                        rrset.rtype,
                        rrset.ttl,
                        (offset..offset + count).map(address).collect(),
                    );
                    if let Some(why) = stage.refused(&rrset) {
                        return Ok(Verdict::NotApplicable(why));
                    }
                    stage.set(rrset).await?;
                }
                Ok(Verdict::Passed)
            })
        }),
        // Around the page sizes of the usual lists.
        Case::new("bulk::99_100_101_RRsets", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                // What the provider put there counts, too.
                let own = u32::try_from(stage.live.zone.rrsets().len()).unwrap_or(0);
                let first =
                    (0..99_u32.saturating_sub(own)).map(|index| host(&stage, index, 3600, 1).map(Edit::Set));
                let first = first.collect::<Result<_, _>>()?;
                stage.apply(first).await?;
                for index in [1000, 1001] {
                    let next = host(&stage, index, 3600, 1)?;
                    stage.set(next).await?;
                }
                Ok(Verdict::Passed)
            })
        }),
        Case::new("bulk::1000_changes_in_one_go", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let create = (0..1000).map(|index| host(&stage, index, 3600, 1).map(Edit::Set));
                let create = create.collect::<Result<_, _>>()?;
                stage.apply(create).await?;
                // A third is changed, a third removed, a third stays, and as many are new.
                let mut mixed = Vec::new();
                for index in 0..1000 {
                    match index % 3 {
                        0 => mixed.push(Edit::Set(host(&stage, index, 300, 7)?)),
                        1 => mixed.push(Edit::Remove(host(&stage, index, 3600, 1)?.name, RecordType::A)),
                        _ => mixed.push(Edit::Set(host(&stage, index + 1000, 3600, 2)?)),
                    }
                }
                stage.apply(mixed).await?;
                let left: Vec<_> = stage.live.zone.rrsets().iter().map(|rrset| rrset.name.clone()).collect();
                let hosts = left.iter().filter(|name| **name != stage.apex);
                let remove = hosts.map(|name| Edit::Remove(name.clone(), RecordType::A)).collect();
                stage.apply(remove).await?;
                Ok(Verdict::Passed)
            })
        }),
    ]
}

fn host(stage: &Stage<'_>, index: u32, ttl: u32, seed: u32) -> Result<RRset, Failure> {
    let name = stage.name(&format!("h{index}"))?;
    let values = vec![address(index.wrapping_mul(7).wrapping_add(seed))];
    Ok(RRset::new(name, RecordType::A, Ttl::new(ttl).ok_or("a TTL")?, values))
}

/// An address of 10.0.0.0/8.
fn address(index: u32) -> Rdata {
    let [_, b, c, d] = index.to_be_bytes();
    Rdata::address([10, b, c, d].into())
}
