//! Every type there and back.

use dnsctl_zone::RecordType;

use super::{TTL, in_turn};
use crate::capability::Capabilities;
use crate::conformance::stage::Stage;
use crate::conformance::{Case, samples};

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let taken = samples::all().filter(|sample| capabilities.takes(sample.rtype));
    let case = |sample: &'static samples::Sample| {
        Case::new(format!("every_type_round_trip::{}", sample.rtype), move |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                if sample.rtype == RecordType::DS {
                    // A DS record stands at a delegation.
                    let cut = stage.rrset(sample.owner, RecordType::NS, TTL, &["ns.example.net."])?;
                    stage.set(cut).await?;
                }
                let steps = sample.steps.iter();
                let rrsets = steps.map(|values| stage.rrset(sample.owner, sample.rtype, TTL, values));
                let rrsets = rrsets.collect::<Result<_, _>>()?;
                in_turn(&mut stage, rrsets).await
            })
        })
    };
    taken.map(case).collect()
}
