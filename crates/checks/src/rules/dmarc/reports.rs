//! Where the reports of DMARC go, and when.

use super::{about_tag, faults, no_fix, records};
use crate::mail::dmarc::{Site, single};
use crate::mail::labelled::Text;
use crate::mail::suffix;
use crate::rules::dmarc::syntax::is_misspelt;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::dmarc::{Authorisation, FaultKind, Parsed, authorisation};
use dnsctl_mail::report_uri::Uri;
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::{Name, Reference};

pub(super) const CHECKS: &[Check] = &[MISSING, URI, SIZE, COUNT, EXTERNAL, OPTIONS];

check! { MISSING = "dmarc.rua-missing", Warning, missing;
    title: "no DMARC reports are asked for",
    why: "The reports tell who sends in the name of the domain: your own servers that fail, and forgers. Without them a stricter policy is a leap in the dark, and a broken DKIM key is found by lost mail.",
    fix: "Add rua=mailto: with a mailbox for them, or that of a service that reads them.",
    example: "the DMARC record of example.com asks for no reports: there is no \"rua\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9990, "")],
}

fn missing(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text, _) in records(subject) {
        tally.saw();
        // What was meant as one is told by other rules.
        let meant = text.parsed.faults.iter().any(|fault| match fault.kind {
            FaultKind::Glued => true,
            FaultKind::UnknownTag => is_misspelt(fault.span.of(&text.octets), "rua"),
            _ => false,
        });
        if text.parsed.place("rua").is_none() && !meant {
            let message = format!(
                "the DMARC record of {} asks for no reports: there is no \"rua\"",
                site.domain.without_dot()
            );
            tally.fail(about_tag(site, text, "rua", message));
        }
    }
    tally.outcome()
}

check! { URI = "dmarc.uri", Error, uri;
    title: "a report address of a DMARC record is no usable URI",
    why: "Receivers of both standards pass over it: no reports come. All know mailto; what else they know is up to them.",
    fix: "Write mailto: and the address, such as rua=mailto:dmarc@example.com; write %2C for a comma and %21 for an exclamation mark in it.",
    example: "the DMARC record of example.com: \"dmarc@example.com\" has no scheme: write \"mailto:dmarc@example.com\"",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.3"), Reference::Rfc(6068, "2")],
}

fn uri(subject: &Subject<'_>) -> Outcome {
    let severity = |kind| match kind {
        FaultKind::Uri(_) => Some(Severity::Error),
        FaultKind::UriScheme => Some(Severity::Warning),
        _ => None,
    };
    faults(subject, |_, fault| severity(fault.kind), no_fix)
}

check! { SIZE = "dmarc.uri-size", Note, size;
    title: "a report address has a size limit",
    why: "RFC 9989 made it obsolete: its receivers ignore the limit. Those by RFC 7489 send no report that is larger.",
    fix: "Remove the exclamation mark and what stands behind it.",
    example: "the DMARC record of example.com: the size \"!10m\" is obsolete: receivers ignore it (RFC 9989 section 4.8)",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.2")],
}

fn size(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| (fault.kind == FaultKind::UriSize).then_some(Severity::Note), no_fix)
}

check! { COUNT = "dmarc.uri-count", Note, count;
    title: "reports go to more than two addresses",
    why: "RFC 7489 obliges receivers to send to the first two only. Nobody can say which receivers send to the others.",
    fix: "Name two, and let one of them pass the reports on.",
    example: "the DMARC record of example.com: 3 addresses: receivers need not send to more than two (RFC 7489 section 6.2)",
    see: [Reference::Rfc(7489, "6.2"), Reference::Rfc(9990, "")],
}

fn count(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| (fault.kind == FaultKind::UriCount).then_some(Severity::Note), no_fix)
}

check! { EXTERNAL = "dmarc.external", Error, external;
    title: "another organisation did not agree to take the DMARC reports",
    why: "So that nobody can have reports poured over others, receivers of both standards ask the other domain first. Without its record they send nothing there.",
    fix: "Let the other domain publish the TXT record \"v=DMARC1\" at DOMAIN._report._dmarc. below it; or use an address at your own domain.",
    example: "no reports on example.com go to dmarc@other.example: other.example has no TXT record \"v=DMARC1\" at example.com._report._dmarc.other.example",
    see: [Reference::Rfc(9990, "4"), Reference::Rfc(7489, "7.1")],
}

fn external(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for site in subject.dmarc().sites.iter().filter(|site| site.rrset.is_some()) {
        let Some((text, record)) = single(site) else { continue };
        let mut asked: Vec<&Name> = Vec::new();
        for (tag, uris) in [("rua", &record.aggregate), ("ruf", &record.failure)] {
            for uri in uris {
                let Some(host) = uri.host.as_ref().filter(|host| !asked.contains(host)) else { continue };
                asked.push(host);
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
    let at = owner.without_dot();
    match answers.texts(&owner) {
        Answer::Unknown => Agrees::Unknown(format!(
            "whether {} takes reports on {} stands at {at}, which is not held here",
            host.without_dot(),
            domain.without_dot()
        )),
        Answer::Failed(why) => Agrees::Unknown(why),
        // There is none. What is not known is only whether a public suffix says that it is none.
        _ => match (suffix::organisation(domain), suffix::organisation(host)) {
            (Some(one), Some(other)) if one == other => Agrees::Unknown(format!(
                "whether {} and {} are one organisation stands in the DMARC record of {}, which is not held here",
                domain.without_dot(),
                host.without_dot(),
                one.without_dot()
            )),
            _ => Agrees::No(Some(owner)),
        },
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

check! { OPTIONS = "dmarc.fo", Note, options;
    title: "the options for failure reports are not what they should be",
    why: "fo says when ruf gets a report. What receivers cannot read they take for fo=0; without ruf they ignore it.",
    fix: "Write fo=1 for a report on each failure, or fo=0, and d or s behind a colon; remove fo when there is no ruf.",
    example: "the DMARC record of example.com: \"fo\" is ignored without \"ruf\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9991, "")],
}

fn options(subject: &Subject<'_>) -> Outcome {
    let wrong = |kind| {
        matches!(
            kind,
            FaultKind::FailureOptions | FaultKind::FailureOptionsBoth | FaultKind::FailureOptionsUnused
        )
    };
    faults(subject, |_, fault| wrong(fault.kind).then_some(Severity::Note), no_fix)
}
