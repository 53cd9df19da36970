//! What a provider cannot hold is said before anything is written.

use dnsctl_zone::{Name, Options, RRset, Rdata, RecordType, Ttl};

use crate::capability::Capabilities;
use crate::conformance::{Case, Failure, Verdict};

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let mut cases = Vec::new();
    let known = RecordType::known().chain(RecordType::known_pseudo());
    for rtype in known.filter(|rtype| !capabilities.takes(*rtype) && !rtype.is_signing()) {
        let capabilities = capabilities.clone();
        cases.push(Case::new(format!("refusal::type::{rtype}"), move |_| {
            let reason = capabilities.refuses(&rrset(rtype, capabilities.ttl_max));
            Box::pin(async move { named(reason, &rtype.mnemonic()) })
        }));
    }
    let below = capabilities.ttl_min.seconds().checked_sub(1);
    let above = capabilities.ttl_max.seconds().checked_add(1);
    for (name, seconds) in [("too_low", below), ("too_high", above)] {
        let Some(ttl) = seconds.and_then(Ttl::new) else { continue };
        let capabilities = capabilities.clone();
        cases.push(Case::new(format!("refusal::ttl::{name}"), move |_| {
            let reason = capabilities.refuses(&rrset(RecordType::A, ttl));
            Box::pin(async move { named(reason, &ttl.to_string()) })
        }));
    }
    let capabilities = capabilities.clone();
    cases.push(Case::new("refusal::unknown_option", move |_| {
        let options = Options::from([("no-such-option".to_owned(), "x".to_owned())]);
        let reason = capabilities.refuses(&rrset(RecordType::A, capabilities.ttl_max).with_options(options));
        Box::pin(async move { named(reason, "no-such-option") })
    }));
    cases
}

/// An RRset whose type and TTL count, not its value.
fn rrset(rtype: RecordType, ttl: Ttl) -> RRset {
    let value = Rdata::address([192, 0, 2, 1].into());
    RRset::new(Name::root(), rtype, ttl, vec![value])
}

fn named(reason: Option<String>, what: &str) -> Result<Verdict, Failure> {
    match reason {
        Some(reason) if reason.contains(what) => Ok(Verdict::Passed),
        other => Err(format!("{what} is not named: {other:?}")),
    }
}
