//! The public side of a signed zone's keys.

use dnsctl_zone::RecordType;

use crate::capability::Capabilities;
use crate::conformance::stage::Stage;
use crate::conformance::{Case, Verdict};

pub(super) fn cases(_: &Capabilities) -> Vec<Case> {
    let unsigned = Case::new("signing::an_unsigned_zone_has_no_keys", |subject| {
        Box::pin(async move {
            let stage = Stage::open(subject).await?;
            match stage.reader.signing(&stage.apex).await {
                Ok(None) => Ok(Verdict::Passed),
                other => Err(format!("instead of no keys: {other:?}")),
            }
        })
    });
    let signed = Case::new("signing::keys_as_served", |subject| {
        Box::pin(async move {
            let stage = Stage::open(subject).await?;
            if !subject.sign(&stage.apex).await? {
                return Ok(Verdict::NotApplicable("the provider does not sign".to_owned()));
            }
            let signing = stage.reader.signing(&stage.apex).await.map_err(|error| error.to_string())?;
            let Some(signing) = signing else {
                return Err("the zone is signed, and no keys are given".to_owned());
            };
            if let Some(answer) = subject.ask(&stage.apex, RecordType::DNSKEY).await {
                let mut keys = signing.keys.clone();
                keys.sort_unstable();
                let served = answer?.values;
                if keys != served {
                    return Err(format!("keys {keys:?}, served are {served:?}"));
                }
            }
            let from_keys = |ds: &dnsctl_zone::Rdata| {
                let algorithm = ds.number("algorithm");
                signing.keys.iter().any(|key| key.number("algorithm") == algorithm)
            };
            let signers = &signing.delegation_signers;
            if signers.is_empty() || !signers.iter().all(|ds| ds.rtype() == RecordType::DS && from_keys(ds)) {
                return Err(format!("DS records of no key: {signers:?}"));
            }
            Ok(Verdict::Passed)
        })
    });
    vec![unsigned, signed]
}
