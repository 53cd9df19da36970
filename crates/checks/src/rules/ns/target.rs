//! What the names of name servers lead to.

use crate::rules::ns::needs_glue;
use crate::tally::{Tally, leading};
use crate::{Check, Finding, Outcome, Pointer, Subject, hostname};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[CNAME, ADDRESS, LITERAL, SYNTAX, GLUE];

fn each(subject: &Subject<'_>, look: impl Fn(&Pointer<'_>) -> Option<String>) -> Outcome {
    crate::tally::each(subject.pointers_of(RecordType::NS), |server| {
        Some(Finding::at(server.rrset, look(server)?))
    })
}

check! { CNAME = "ns.target-cname", Error, cname;
    title: "a name server is an alias",
    why: "The name in an NS record must own addresses. Resolvers need not follow an alias there, and some do not: for them the server does not exist.",
    fix: "Name the host that the alias leads to.",
    example: "ns2.example.com, a name server of example.com, is an alias of dns.example.com",
    see: [Reference::Rfc(2181, "10.3"), Reference::Rfc(1912, "2.4")],
    evidence: [Files, Provider, Neighbours],
}

fn cname(subject: &Subject<'_>) -> Outcome {
    leading(subject.pointers_of(RecordType::NS), |server| {
        let (target, of) = (&server.target, server.rrset.name.without_dot());
        let alias = target.alias()?.without_dot();
        let name = target.name.without_dot();
        Some(Finding::at(server.rrset, format!("{name}, a name server of {of}, is an alias of {alias}")))
    })
}

check! { ADDRESS = "ns.target-address", Critical, address;
    title: "a name server has no address",
    why: "Nobody can ask it. Each resolver that picks it waits and tries another one; when none is left, the domain is gone.",
    fix: "Give the name server an A or AAAA record, or take it out of the NS records.",
    example: "ns1.example.com, a name server of sub.example.com, has no A or AAAA record",
    see: [Reference::Rfc(1034, "4.2.1"), Reference::Rfc(1912, "2.8")],
    evidence: [Files, Provider, Neighbours],
}

fn address(subject: &Subject<'_>) -> Outcome {
    addressed(subject, |server| !needs_glue(server))
}

fn addressed(subject: &Subject<'_>, about: impl Fn(&Pointer<'_>) -> bool) -> Outcome {
    let mut tally = Tally::default();
    let wrong = |server: &Pointer<'_>| hostname::literal(&server.target.name, subject.apex()).is_some();
    for server in subject.pointers_of(RecordType::NS).filter(|server| about(server) && !wrong(server)) {
        let (target, of) = (&server.target, server.rrset.name.without_dot());
        tally.saw();
        if needs_glue(server) && server.rrset.name != *subject.apex() {
            // The addresses must stand here: the servers of the other zone cannot be asked without them.
            let addresses = [RecordType::A, RecordType::AAAA];
            if addresses.iter().any(|rtype| subject.get(&target.name, *rtype).is_some()) {
                continue;
            }
            if let Some(why) = subject.zone.may_have_address(&target.name) {
                tally.unknown(why);
                continue;
            }
            let name = target.name.without_dot();
            tally.fail(Finding::at(
                server.rrset,
                format!("{name} serves {of} and is below it, but has no glue here"),
            ));
        } else if let Some(why) = target.unknown() {
            tally.unknown(why);
        } else if target.has_none() {
            let name = target.name.without_dot();
            tally.fail(Finding::at(
                server.rrset,
                format!("{name}, a name server of {of}, has no A or AAAA record"),
            ));
        }
    }
    tally.outcome()
}

check! { LITERAL = "ns.target-ip-literal", Error, literal;
    title: "a name server is written as an address",
    why: "An NS record holds a name. Written there, 192.0.2.1 is a name of four labels that does not exist.",
    fix: "Write the name of the server, and its address as its A or AAAA record.",
    example: "an NS record of example.com holds the address 192.0.2.1, where a name belongs",
    see: [Reference::Rfc(1035, "3.3.11"), Reference::Rfc(1912, "2.8")],
}

fn literal(subject: &Subject<'_>) -> Outcome {
    each(subject, |server| {
        let address = hostname::literal(&server.target.name, subject.apex())?;
        let of = server.rrset.name.without_dot();
        Some(format!("an NS record of {of} holds the address {address}, where a name belongs"))
    })
}

check! { SYNTAX = "ns.hostname-syntax", Error, syntax;
    title: "the name of a name server is not that of a host",
    why: "Names of hosts have letters, digits and hyphens only. Resolvers and registries refuse other ones.",
    fix: "Give the server a name of letters, digits and hyphens.",
    example: "ns_2.example.net, a name server of example.com, is no host name: it has \"_\" in the label \"ns_2\"",
    see: [Reference::Rfc(952, ""), Reference::Rfc(1123, "2.1")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    each(subject, |server| {
        let (name, of) = (&server.target.name, server.rrset.name.without_dot());
        if hostname::literal(name, subject.apex()).is_some() {
            return None;
        }
        let fault = hostname::fault(name)?;
        Some(format!("{}, a name server of {of}, is no host name: it {fault}", name.without_dot()))
    })
}

check! { GLUE = "ns.glue-missing", Critical, glue;
    title: "a name server below the zone that it serves has no address here",
    why: "To find its address one would have to ask it. Only addresses beside the NS records (glue) lead into such a zone.",
    fix: "Write the A or AAAA record of the name server into this zone.",
    example: "ns.sub.example.com serves sub.example.com and is below it, but has no glue here",
    see: [Reference::Rfc(1034, "4.2.1"), Reference::Rfc(9471, "2.1")],
}

fn glue(subject: &Subject<'_>) -> Outcome {
    addressed(subject, needs_glue)
}
