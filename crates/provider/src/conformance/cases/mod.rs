//! The cases by group.

mod bulk;
mod guard;
mod names;
mod options;
mod records;
mod refusal;
mod shape;
mod signing;
mod text;
mod ttl;
mod zones;

use dnsctl_zone::RRset;

use super::stage::Stage;
use super::{Case, Failure, Verdict};
use crate::capability::Capabilities;

/// The TTL where it is not what is tried.
const TTL: u32 = 3600;

pub(super) fn all(capabilities: &Capabilities) -> Vec<Case> {
    let groups: [fn(&Capabilities) -> Vec<Case>; 11] = [
        records::cases,
        text::cases,
        ttl::cases,
        names::cases,
        shape::cases,
        bulk::cases,
        zones::cases,
        guard::cases,
        refusal::cases,
        options::cases,
        signing::cases,
    ];
    groups.iter().flat_map(|group| group(capabilities)).collect()
}

/// Writes one RRset after the other at the same owner name and type, then removes it. Those that the adapter refuses
/// beforehand are left out.
async fn in_turn(stage: &mut Stage<'_>, rrsets: Vec<RRset>) -> Result<Verdict, Failure> {
    let (mut last, mut reason) = (None, String::new());
    for rrset in rrsets {
        if let Some(why) = stage.refused(&rrset) {
            reason = why;
            continue;
        }
        last = Some((rrset.name.clone(), rrset.rtype));
        stage.set(rrset).await?;
    }
    let Some((name, rtype)) = last else { return Ok(Verdict::NotApplicable(reason)) };
    if name != stage.apex || rtype != dnsctl_zone::RecordType::SOA {
        stage.apply(vec![super::stage::Edit::Remove(name, rtype)]).await?;
    }
    Ok(Verdict::Passed)
}
