//! Where MX records lead.

use crate::rules::mx::exchangers;
use crate::special::{Special, reserved};
use crate::tally::{Tally, each, leading};
use crate::{Check, Outcome, Pointer, Severity, Subject, hostname};
use dnsctl_zone::{Name, Reference};

pub(super) const CHECKS: &[Check] = &[ADDRESS, CNAME, LITERAL, SYNTAX, LOCALHOST, VERIFICATION];

/// Its name and the name that it takes mail for.
fn names(pointer: &Pointer<'_>) -> (String, String) {
    (pointer.target.name.without_dot(), pointer.rrset.name.without_dot())
}

/// A name that Microsoft 365 asks for while it looks whose the domain is.
pub(super) fn verification(name: &Name) -> bool {
    let mut labels = name.labels().skip(1);
    labels.next().is_some_and(|label| &*label == b"msv1")
        && labels.next().is_some_and(|label| &*label == b"invalid")
}

fn local(name: &Name) -> bool {
    name.labels().last().is_some_and(|label| &*label == b"localhost")
}

check! { ADDRESS = "mx.target-address", Critical, address;
    title: "an MX record leads to a host without an address",
    why: "Senders that find no other MX bounce the mail (5.4.4), and do not fall back to the address of the domain.",
    fix: "Give the host an A or AAAA record, or name another host.",
    example: "mail.example.com, an MX of example.com, has no A or AAAA record: mail sent there bounces",
    see: [Reference::Rfc(5321, "5.1"), Reference::Rfc(1912, "2.5")],
    evidence: [Files, Provider, Neighbours],
}

fn address(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for mx in exchangers(subject) {
        tally.saw();
        let ((host, domain), name) = (names(mx), &mx.target.name);
        if verification(name) || local(name) || hostname::literal(name, subject.apex()).is_some() {
            continue; // told by other rules
        }
        if let Some(why) = mx.target.unknown() {
            tally.unknown(why);
        } else if mx.target.has_none() {
            let message =
                format!("{host}, an MX of {domain}, has no A or AAAA record: mail sent there bounces");
            tally.fail(mx.finding(message));
        }
    }
    tally.outcome()
}

check! { CNAME = "mx.target-cname", Error, cname;
    title: "an MX record leads to an alias",
    why: "The name in an MX record must own addresses. Many senders follow the alias, some do not, and certificates and TLSA records are looked for under a name that nobody had in mind.",
    fix: "Name the host that the alias leads to, or give the name addresses of its own.",
    example: "mail.example.com, an MX of example.com, is an alias of relay.example.com",
    see: [Reference::Rfc(2181, "10.3"), Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Neighbours],
}

fn cname(subject: &Subject<'_>) -> Outcome {
    leading(exchangers(subject), |mx| {
        let (host, domain) = names(mx);
        let alias = mx.target.alias()?.without_dot();
        Some(mx.finding(format!("{host}, an MX of {domain}, is an alias of {alias}")))
    })
}

check! { LITERAL = "mx.target-ip-literal", Critical, literal;
    title: "an MX record holds an address",
    why: "An MX record names a host. Written there, 192.0.2.25 is a name of four labels that does not exist: some senders guess what was meant, the others bounce.",
    fix: "Write the name of the mail host, and its address as its A or AAAA record.",
    example: "an MX record of example.com holds the address 192.0.2.25, where a name belongs",
    see: [Reference::Rfc(1035, "3.3.9"), Reference::Rfc(5321, "5.1")],
}

fn literal(subject: &Subject<'_>) -> Outcome {
    each(exchangers(subject), |mx| {
        let address = hostname::literal(&mx.target.name, subject.apex())?;
        let (_, domain) = names(mx);
        let message = format!("an MX record of {domain} holds the address {address}, where a name belongs");
        Some(mx.finding(message))
    })
}

check! { SYNTAX = "mx.target-syntax", Error, syntax;
    title: "the name of a mail host is not that of a host",
    why: "Names of hosts have letters, digits and hyphens only. Mail servers refuse to look for other ones.",
    fix: "Give the host a name of letters, digits and hyphens.",
    example: "mail_1.example.net, an MX of example.com, is no host name: it has \"_\" in the label \"mail_1\"",
    see: [Reference::Rfc(5321, "2.3.5"), Reference::Rfc(1123, "2.1")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    each(exchangers(subject), |mx| {
        let ((host, domain), name) = (names(mx), &mx.target.name);
        if hostname::literal(name, subject.apex()).is_some() || local(name) {
            return None;
        }
        let fault = match hostname::fault(name) {
            Some(fault) => fault,
            None if name.label_count() < 2 => "has one label only".to_owned(),
            None => return None,
        };
        Some(mx.finding(format!("{host}, an MX of {domain}, is no host name: it {fault}")))
    })
}

check! { LOCALHOST = "mx.target-localhost", Critical, localhost;
    title: "an MX record leads to a machine that the world cannot reach",
    why: "Senders connect to themselves, to a machine of their own network or to nothing. The mail loops or waits until it bounces.",
    fix: "Name a host with a public address; or write a null MX (MX: 0 .) when the domain takes no mail.",
    example: "localhost, an MX of example.com, is the sender itself",
    see: [Reference::Rfc(5321, "5.1"), Reference::Rfc(6761, "6.3"), Reference::Rfc(6890, "2.2")],
}

fn localhost(subject: &Subject<'_>) -> Outcome {
    let allowed = subject.facts.allow_special_addresses || reserved(subject.apex());
    let mut tally = Tally::default();
    for mx in exchangers(subject) {
        let (host, domain) = names(mx);
        tally.saw();
        if local(&mx.target.name) {
            tally.fail(mx.finding(format!("{host}, an MX of {domain}, is the sender itself")));
            continue;
        }
        if let Some(why) = mx.target.unknown().filter(|_| !verification(&mx.target.name)) {
            tally.unknown(why);
        }
        let special =
            mx.target.addresses().iter().filter_map(|address| Some((address, Special::of(*address)?)));
        for (address, special) in special {
            if special == Special::Loopback || !allowed {
                let message = format!("{host}, an MX of {domain}, has {address}, {}", special.spoken());
                // Others may have a public one.
                let alone = mx.target.addresses().iter().all(|address| Special::of(*address).is_some());
                let severity = if alone { Severity::Critical } else { Severity::Error };
                tally.fail(mx.finding(message).weighs(severity));
            }
        }
    }
    tally.outcome()
}

check! { VERIFICATION = "mx.o365-verification", Warning, left_over;
    title: "an MX record is left from the verification of a domain by Microsoft 365",
    why: "It names a host that never exists. Senders that pick it lose time, and as the only MX it bounces all mail.",
    fix: "Remove it: the verification is over once the domain is in use.",
    example: "ms12345678.msv1.invalid, an MX of example.com, is left from a verification by Microsoft 365",
    see: [Reference::Page("Microsoft: add DNS records to connect your domain", "https://learn.microsoft.com/en-us/microsoft-365/admin/get-help-with-domains/create-dns-records-at-any-dns-hosting-provider")],
}

fn left_over(subject: &Subject<'_>) -> Outcome {
    each(exchangers(subject), |mx| {
        let (host, domain) = names(mx);
        let message = format!("{host}, an MX of {domain}, is left from a verification by Microsoft 365");
        verification(&mx.target.name).then(|| mx.finding(message))
    })
}
