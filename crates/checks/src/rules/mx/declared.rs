//! Whether MX records lead where they are declared to.

use crate::rules::addresses::differs;
use crate::rules::mx::own;
use crate::rules::mx::target::verification;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[UNEXPECTED, WRONG];

check! { UNEXPECTED = "mx.unexpected", Critical, unexpected;
    title: "an MX record leads to a host that is not a declared relay",
    why: "Mail goes to a machine that does not expect it: it bounces with \"relay access denied\", or is accepted and read by somebody else.",
    fix: "Write the declared relay, or declare the host under mail.mx when it is meant.",
    example: "old.example.net, an MX of example.com, is none of the declared relays (mail.example.com)",
    see: [Reference::Rfc(5321, "5.1"), Reference::Rfc(5321, "3.6")],
    evidence: [Files, Provider, Mail],
}

fn unexpected(subject: &Subject<'_>) -> Outcome {
    let (Some(declared), Some(rrset)) = (&subject.facts.exchangers, own(subject)) else {
        return Outcome::NotApplicable;
    };
    let mut tally = Tally::default();
    for mx in subject.pointers_in(rrset) {
        tally.saw();
        // mx.o365-verification tells of a name that never exists.
        if !declared.contains(&mx.target.name) && !verification(&mx.target.name) {
            let (host, domain) = (mx.target.name.without_dot(), rrset.name.without_dot());
            let relays = declared.iter().map(dnsctl_zone::Name::without_dot).collect::<Vec<_>>().join(", ");
            let message = format!("{host}, an MX of {domain}, is none of the declared relays ({relays})");
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

check! { WRONG = "mx.wrong-address", Critical, wrong;
    title: "an MX record leads by the right name to the wrong address",
    why: "The name is that of the declared relay, but its address is another one: mail goes to the old machine, or to a stranger. Nothing in the MX record shows it.",
    fix: "Correct the A or AAAA records of the host, or its declaration under mail.hosts.",
    example: "mail.example.com, an MX of example.com, has 203.0.113.25; the inventory says 198.51.100.25",
    see: [Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn wrong(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for mx in subject.pointers_of(RecordType::MX) {
        let (own, name) = (subject.facts, &mx.target.name);
        let host =
            own.host(name).or_else(|| subject.held.host(name)).filter(|host| !host.addresses.is_empty());
        let Some(host) = host else { continue };
        tally.saw();
        if let Some(why) = mx.target.unknown() {
            tally.unknown(why);
        }
        let (extra, _) = differs(host, mx.target.addresses());
        if !extra.is_empty() {
            let (name, domain) = (mx.target.name.without_dot(), mx.rrset.name.without_dot());
            let (extra, declared) = (list(&extra), list(&host.addresses));
            let message = format!("{name}, an MX of {domain}, has {extra}; the inventory says {declared}");
            tally.fail(mx.finding(message));
        }
    }
    tally.outcome()
}

fn list(addresses: &[std::net::IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
