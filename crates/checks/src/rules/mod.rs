//! The catalogue.

/// What a rule looks at: the zone, as the files want it or as a provider has it, unless something else is said.
macro_rules! evidence {
    () => {
        &[dnsctl_zone::Evidence::Files, dnsctl_zone::Evidence::Provider]
    };
    ($($evidence:ident),+) => {
        &[$(dnsctl_zone::Evidence::$evidence),+]
    };
}

/// One rule: `NAME = "group.name", Severity, look;` and its words. `look` is a function, or a closure where that is one line.
macro_rules! check {
    ($name:ident = $id:literal, $severity:ident, $look:expr;
     title: $title:literal, why: $why:literal, fix: $fix:literal, example: $example:literal, see: [$($see:expr),* $(,)?]
     $(, told_as: [$($code:literal),*])? $(, evidence: [$($evidence:ident),* $(,)?])? $(,)?) => {
        #[doc = concat!("`", $id, "`.")]
        pub(super) const $name: $crate::Check = $crate::Check {
            rule: dnsctl_zone::Rule {
                id: $id,
                title: $title,
                why: $why,
                fix: $fix,
                example: concat!($id, "  ", $example),
                references: &[$($see),*],
                evidence: evidence!($($($evidence),*)?),
            },
            severity: $crate::Severity::$severity,
            look: $look,
            told_as: &[$($($code),*)?],
        };
    };
}

mod addresses;
mod autodiscovery;
mod bimi;
mod caa;
mod content;
mod dane;
mod dkim;
mod dmarc;
mod labelled;
mod mx;
mod ns;
mod ptr;
mod sec;
mod smtp;
mod soa;
mod spf;
mod sts;
mod tlsrpt;

use crate::Check;

/// Rules that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The word in front of the full stop of their ids.
    pub id: &'static str,
    /// What they are about.
    pub title: &'static str,
    /// The rules.
    pub checks: &'static [&'static [Check]],
}

/// All groups, in the order of the catalogue.
pub const GROUPS: &[Group] = &[
    Group { id: "ns", title: "Delegation and name servers", checks: ns::CHECKS },
    Group { id: "soa", title: "Start of authority", checks: soa::CHECKS },
    Group { id: "zone", title: "Content of the zone", checks: content::CHECKS },
    Group { id: "mx", title: "Mail exchangers", checks: mx::CHECKS },
    Group { id: "addr", title: "Addresses of mail hosts", checks: addresses::CHECKS },
    Group { id: "ptr", title: "Reverse names of mail hosts", checks: ptr::CHECKS },
    Group { id: "spf", title: "Who may send: SPF", checks: spf::CHECKS },
    Group { id: "dkim", title: "Keys that sign mail: DKIM", checks: dkim::CHECKS },
    Group { id: "dmarc", title: "What becomes of forged mail: DMARC", checks: dmarc::CHECKS },
    Group { id: "sts", title: "TLS on the way to the mail hosts: MTA-STS", checks: sts::CHECKS },
    Group { id: "tlsrpt", title: "Reports about TLS: TLS-RPT", checks: tlsrpt::CHECKS },
    Group { id: "dane", title: "Certificates of mail hosts: DANE", checks: dane::CHECKS },
    Group { id: "smtp", title: "Mail servers: their certificates", checks: smtp::CHECKS },
    Group { id: "sec", title: "Signed zones: DNSSEC", checks: sec::CHECKS },
    Group { id: "caa", title: "Certification authorities", checks: caa::CHECKS },
    Group { id: "srv", title: "Services for users' programs", checks: autodiscovery::SERVICES },
    Group { id: "autoconfig", title: "Automatic set-up", checks: autodiscovery::AUTOCONFIG },
    Group { id: "autodiscover", title: "Automatic set-up of Outlook", checks: autodiscovery::AUTODISCOVER },
    Group { id: "bimi", title: "The picture beside mail: BIMI", checks: bimi::CHECKS },
];
