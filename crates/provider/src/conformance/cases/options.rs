//! What only the provider knows of an RRset.

use dnsctl_zone::{Options, RecordType};

use super::TTL;
use crate::capability::Capabilities;
use crate::conformance::stage::Stage;
use crate::conformance::{Case, Verdict, samples};

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let known = capabilities.rrset_options.iter().filter_map(|name| Some((*name, samples::option(name)?)));
    let case = |(option, values): (&'static str, &'static [&'static str])| {
        Case::new(format!("options::{option}"), move |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let plain = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
                for value in values {
                    let options = Options::from([(option.to_owned(), (*value).to_owned())]);
                    let rrset = plain.clone().with_options(options);
                    if let Some(why) = stage.refused(&rrset) {
                        return Ok(Verdict::NotApplicable(why));
                    }
                    stage.set(rrset).await?;
                }
                // It stays when values and TTL change and nothing is said of it.
                let other = stage.rrset("host", RecordType::A, 60, &["192.0.2.2", "192.0.2.3"])?;
                stage.set(other).await?;
                let there =
                    stage.live.zone.get(&plain.name, plain.rtype).and_then(|rrset| rrset.options.as_deref());
                let kept = there.and_then(|options| options.get(option)).map(String::as_str);
                if kept != values.last().copied() {
                    return Err(format!("{option} was lost when the values changed: {kept:?}"));
                }
                stage.remove("host", RecordType::A).await?;
                // It does not come back with the RRset.
                stage.set(plain).await?;
                Ok(Verdict::Passed)
            })
        })
    };
    known.map(case).collect()
}
