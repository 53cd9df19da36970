//! TTLs.

use dnsctl_zone::{RecordType, Ttl};

use super::in_turn;
use crate::capability::Capabilities;
use crate::conformance::stage::Stage;
use crate::conformance::{Case, Verdict};

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut edge = |name: &str, ttl: Ttl| {
        cases.push(Case::new(format!("ttl::{name}"), move |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let base = stage.rrset("host", RecordType::A, 3600, &["192.0.2.1"])?;
                let mut edge = base.clone();
                edge.ttl = ttl;
                in_turn(&mut stage, vec![base, edge]).await
            })
        }));
    };
    for (name, seconds) in [("zero", 0), ("one", 1)] {
        let ttl = Ttl::new(seconds).filter(|ttl| *ttl >= capabilities.ttl_min);
        if let Some(ttl) = ttl {
            edge(name, ttl);
        }
    }
    edge("lowest", capabilities.ttl_min);
    edge("highest", capabilities.ttl_max);
    cases.push(Case::new("ttl::only_the_ttl", |subject| {
        Box::pin(async move {
            let mut stage = Stage::open(subject).await?;
            for ttl in [3600, 300, 86_400] {
                let rrset = stage.rrset("host", RecordType::A, ttl, &["192.0.2.1", "192.0.2.2"])?;
                stage.set(rrset).await?;
            }
            Ok(Verdict::Passed)
        })
    }));
    cases.push(Case::new("ttl::together_with_values", |subject| {
        Box::pin(async move {
            let mut stage = Stage::open(subject).await?;
            let steps: [(u32, &[&str]); 4] = [
                (3600, &["192.0.2.1"]),
                (600, &["192.0.2.1", "192.0.2.2"]),
                (3600, &["192.0.2.2", "192.0.2.3"]),
                (600, &["192.0.2.9"]),
            ];
            for (ttl, values) in steps {
                let rrset = stage.rrset("host", RecordType::A, ttl, values)?;
                stage.set(rrset).await?;
            }
            Ok(Verdict::Passed)
        })
    }));
    cases
}
