//! Whether reports may go to another organisation (RFC 9990 section 4; RFC 7489 section 7.1).

use super::organisation::{Related, same_organisation};
use super::{is_dmarc, tree_walk};
use crate::resolve::{Answer, Resolver};
use dnsctl_zone::{Name, NameError};

/// Whether receivers send reports to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorisation {
    /// The host is of the same organisation.
    NotNeeded,
    /// The host's organisation agrees, by the record at this name.
    Given(Name),
    /// It does not: there is no such record at this name, and the address is ignored.
    Missing(Name),
    /// The record would stand at a name that is too long.
    TooLong,
    /// Nobody knows what stands at this name, or nobody got an answer.
    Unknown(Name),
}

/// The name at which `host` agrees to reports on `policy_domain`: `POLICY_DOMAIN._report._dmarc.HOST`. Its TXT record says
/// `v=DMARC1` ([`authorises`]).
///
/// # Errors
/// A name that is too long; reports to this host are not possible then.
pub fn authorisation_name(policy_domain: &Name, host: &Name) -> Result<Name, NameError> {
    let middle: [&[u8]; 2] = [b"_report", b"_dmarc"];
    let (first, last): (Vec<_>, Vec<_>) = (policy_domain.labels().collect(), host.labels().collect());
    Name::from_labels(first.iter().map(AsRef::as_ref).chain(middle).chain(last.iter().map(AsRef::as_ref)))
}

/// Whether the texts at the [`authorisation_name`] agree: at least one of them is a DMARC record, for which `v=DMARC1` is
/// enough.
pub fn authorises<T: AsRef<[u8]>>(texts: &[T]) -> bool {
    texts.iter().any(|text| is_dmarc(text.as_ref()))
}

/// Whether receivers send reports on `policy_domain` to `host`.
pub fn authorisation(resolver: &impl Resolver, policy_domain: &Name, host: &Name) -> Authorisation {
    let related = || same_organisation(&tree_walk(resolver, policy_domain), &tree_walk(resolver, host));
    let related = if policy_domain == host { Related::Yes } else { related() };
    if related == Related::Yes {
        return Authorisation::NotNeeded;
    }
    let Ok(name) = authorisation_name(policy_domain, host) else { return Authorisation::TooLong };
    match resolver.texts(&name) {
        Answer::Found(texts) if authorises(&texts) => Authorisation::Given(name),
        Answer::Unknown | Answer::Failed(_) => Authorisation::Unknown(name),
        // It is missing for sure, but is it needed?
        _ if matches!(related, Related::Unknown(_)) => Authorisation::Unknown(name),
        _ => Authorisation::Missing(name),
    }
}
