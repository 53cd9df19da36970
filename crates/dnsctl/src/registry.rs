//! The kinds of providers that this program knows.

use dnsctl_provider::Factory;

/// All of them, by name.
pub(crate) const FACTORIES: &[&Factory] = &[
    &dnsctl_provider_powerdns::FACTORY,
    &dnsctl_provider_rfc2136::FACTORY,
    &dnsctl_provider_route53::FACTORY,
    &dnsctl_provider_zonefile::FACTORY,
];

/// The factory of this kind.
pub(crate) fn factory(kind: &str) -> Option<&'static Factory> {
    FACTORIES.iter().copied().find(|factory| factory.kind == kind)
}
