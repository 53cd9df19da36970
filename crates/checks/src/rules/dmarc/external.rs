//! Whether others take the reports of DMARC.

use super::{about_tag, begin};
use crate::mail::dmarc::{Site, single};
use crate::mail::labelled::Text;
use crate::mail::suffix;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::dmarc::{Authorisation, Parsed, authorisation, tree_walk};
use dnsctl_mail::report_uri::Uri;
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::{Name, Reference};
use std::collections::HashSet;

pub(super) const CHECKS: &[Check] = &[EXTERNAL];

check! { EXTERNAL = "dmarc.external", Error, external;
    title: "another organisation did not agree to take the DMARC reports",
    why: "So that nobody can have reports poured over others, receivers of both standards ask the other domain first. Without its record they send nothing there.",
    fix: "Let the other domain publish the TXT record \"v=DMARC1\" at DOMAIN._report._dmarc. below it; or use an address at your own domain.",
    example: "no reports on example.com go to dmarc@other.example: other.example has no TXT record \"v=DMARC1\" at example.com._report._dmarc.other.example",
    see: [Reference::Rfc(9990, "4"), Reference::Rfc(7489, "7.1")],
    evidence: [Files, Provider, Neighbours],
}

/// The domains of the addresses of a record that are looked at: receivers need not send to more than two addresses.
const MOST_ASKED: usize = 20;

fn external(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().sites.iter().filter(|site| site.rrset.is_some()) {
        let Some((text, record)) = single(site) else { continue };
        let mut asked: HashSet<&Name> = HashSet::new();
        for (tag, uris) in [("rua", &record.aggregate), ("ruf", &record.failure)] {
            for uri in uris {
                let Some(host) = uri.host.as_ref().filter(|host| !asked.contains(host)) else { continue };
                if asked.len() == MOST_ASKED {
                    let name = site.domain.without_dot();
                    tally.unknown(format!("the reports on {name} go to more than {MOST_ASKED} domains"));
                    break;
                }
                asked.insert(host);
                tally.saw();
                match agrees(subject, &site.domain, host) {
                    Agrees::Yes => {}
                    Agrees::Unknown(why) => tally.unknown(why),
                    Agrees::No(owner) => tally.fail(refused(site, text, tag, uri, host, owner.as_ref())),
                }
            }
        }
    }
    tally.outcome()
}

/// Whether a host takes reports on a domain.
enum Agrees {
    Yes,
    /// There is no record at this name; without a name, it would be too long.
    No(Option<Name>),
    Unknown(String),
}

fn agrees(subject: &Subject<'_>, domain: &Name, host: &Name) -> Agrees {
    let answers = subject.answers();
    let owner = match authorisation(&answers, domain, host) {
        Authorisation::NotNeeded | Authorisation::Given(_) => return Agrees::Yes,
        Authorisation::Missing(owner) => return Agrees::No(Some(owner)),
        Authorisation::TooLong => return Agrees::No(None),
        Authorisation::Unknown(owner) => owner,
    };
    let organisations = (suffix::organisation(domain), suffix::organisation(host));
    let same = match &organisations {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    // What is not known may only be whether a public suffix or the host itself says psd: by RFC 7489 that does not matter.
    if same && organisations.0 == Some(tree_walk(&answers, domain).organisational()) {
        return Agrees::Yes;
    }
    let at = owner.without_dot();
    match (answers.texts(&owner), organisations) {
        (Answer::Unknown, _) => Agrees::Unknown(format!(
            "whether {} takes reports on {} stands at {at}, which is not held here",
            host.without_dot(),
            domain.without_dot()
        )),
        (Answer::Failed(why), _) => Agrees::Unknown(why),
        (_, (Some(one), _)) if same => Agrees::Unknown(format!(
            "whether {} and {} are one organisation stands in the DMARC record of {}, which is not held here",
            domain.without_dot(),
            host.without_dot(),
            one.without_dot()
        )),
        _ => Agrees::No(Some(owner)),
    }
}

fn refused(
    site: &Site<'_>,
    text: &Text<Parsed>,
    tag: &str,
    uri: &Uri,
    host: &Name,
    owner: Option<&Name>,
) -> Finding {
    let (name, host) = (site.domain.without_dot(), host.without_dot());
    let to = uri.text.strip_prefix("mailto:").unwrap_or(&uri.text);
    let finding = match owner {
        Some(owner) => {
            let owner = owner.without_dot();
            about_tag(
                site,
                text,
                tag,
                format!("no reports on {name} go to {to}: {host} has no TXT record \"v=DMARC1\" at {owner}"),
            )
            .fix(format!("Write the TXT record \"v=DMARC1\" at {owner}; or use an address at {name}."))
        }
        None => about_tag(
            site,
            text,
            tag,
            format!("no reports on {name} go to {to}: the name at which {host} would agree is too long"),
        ),
    };
    let Some(place) = text.parsed.place(tag) else { return finding };
    let within =
        place.of(&text.octets).windows(uri.text.len().max(1)).position(|part| part == uri.text.as_bytes());
    let span = within.map_or(place, |at| Span::new(place.start + at, place.start + at + uri.text.len()));
    finding.marking(&text.octets, span)
}
