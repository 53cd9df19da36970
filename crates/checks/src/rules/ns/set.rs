//! Which name servers there are.

use crate::rules::ns::own;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, State, Subject};
use dnsctl_zone::{Name, Place, Rdata, RecordType, Reference, place};

pub(super) const CHECKS: &[Check] = &[PRESENT, MIN_TWO, UNAPPROVED];

check! { PRESENT = "ns.present", Critical, present;
    title: "the zone has no NS records at its apex",
    why: "Without them the zone names no server of its own: many servers refuse to load it, and a parent that compares the sets finds nothing.",
    fix: "Write the name servers of the zone as NS records at the apex.",
    example: "example.com has no NS record",
    see: [Reference::Rfc(1034, "4.2.1")],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    if subject.get(apex, RecordType::NS).is_some() {
        return Outcome::Pass;
    }
    if let Some(why) = subject.zone.may_have(apex, RecordType::NS) {
        return Outcome::Untested(why);
    }
    // Who shows no SOA either shows less than the zone: providers write both by themselves.
    match (subject.get(apex, RecordType::SOA), subject.zone.state) {
        (Some(_), _) => {
            let message = format!("{} has no NS record", apex.without_dot());
            Outcome::Fail(vec![Finding::about(apex, Some(RecordType::NS), message)])
        }
        (None, State::Desired) => Outcome::NotApplicable,
        (None, State::Live) => {
            Outcome::Untested("the provider shows neither SOA nor NS records of the apex".to_owned())
        }
    }
}

check! { MIN_TWO = "ns.min-two", Error, min_two;
    title: "the zone has a single name server",
    why: "When it is down or out of reach the whole domain is: its web sites, and all its mail.",
    fix: "Add a second name server, in another network.",
    example: "example.com has one name server, ns1.example.net: when it is out of reach, the domain is gone",
    see: [Reference::Rfc(1034, "4.1"), Reference::Rfc(2182, "5")],
}

fn min_two(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    if let Some(rrset) = subject.get(subject.apex(), RecordType::NS) {
        tally.saw();
        let mut servers = own(subject);
        if let (Some(only), None) = (servers.next(), servers.next()) {
            let message = format!(
                "{} has one name server, {}: when it is out of reach, the domain is gone",
                subject.apex().without_dot(),
                only.target.name.without_dot()
            );
            tally.fail(Finding::at(rrset, message));
        }
    }
    // Zones below. Those of a service, such as _acme-challenge, are asked by few, who try again.
    let service = |name: &Name| name.labels().any(|label| label.starts_with(b"_"));
    let below = subject.of(RecordType::NS).filter(|rrset| rrset.name != *subject.apex());
    for rrset in below.filter(|rrset| !service(&rrset.name)) {
        tally.saw();
        let alone = rrset.values().len() == 1;
        let at_cut = || matches!(place(subject.zone, &rrset.name), Place::Delegated(at) if at == rrset.name);
        if let Some(only) = rrset.values().first().and_then(Rdata::target).filter(|_| alone && at_cut()) {
            let (name, only) = (rrset.name.without_dot(), only.without_dot());
            let message = format!("the zone {name} has one name server, {only}");
            tally.fail(Finding::at(rrset, message).weighs(Severity::Note));
        }
    }
    tally.outcome()
}

check! { UNAPPROVED = "ns.unapproved", Error, unapproved;
    title: "a name server is not among the declared ones",
    why: "Whoever runs a name server of the domain decides about its web sites and its mail. One that nobody declared is a mistake, left over, or somebody else's.",
    fix: "Remove the NS record, or add the server to name_servers (in the zone file or under defaults) when it is meant.",
    example: "ns9.example.net is a name server of example.com, but not declared",
    see: [Reference::Rfc(2182, "3")],
}

fn unapproved(subject: &Subject<'_>) -> Outcome {
    let Some(declared) = &subject.facts.name_servers else { return Outcome::NotApplicable };
    let mut tally = Tally::default();
    for server in own(subject) {
        tally.saw();
        if !declared.contains(&server.target.name) {
            let (name, apex) = (server.target.name.without_dot(), subject.apex().without_dot());
            tally.fail(Finding::at(
                server.rrset,
                format!("{name} is a name server of {apex}, but not declared"),
            ));
        }
    }
    tally.outcome()
}
