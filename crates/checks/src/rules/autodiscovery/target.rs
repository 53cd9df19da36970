//! Where SRV records lead.

use crate::tally::{Tally, leading};
use crate::{Check, Outcome, Subject, hostname};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[ADDRESS, CNAME];

check! { ADDRESS = "srv.target-address", Error, address;
    title: "an SRV record leads to a host without an address",
    why: "Programs that look for the service find a name and nothing behind it: it does not work, although the record is there.",
    fix: "Give the host an A or AAAA record, or name another host.",
    example: "imap.example.com, a target of _imaps._tcp.example.com SRV, has no A or AAAA record",
    see: [Reference::Rfc(2782, "")],
}

fn address(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for srv in subject.pointers_of(RecordType::SRV) {
        tally.saw();
        let (target, service) = (srv.target.name.without_dot(), srv.rrset.name.without_dot());
        if let Some(literal) = hostname::literal(&srv.target.name, subject.apex()) {
            let message =
                format!("a record of {service} SRV holds the address {literal}, where a name belongs");
            tally.fail(srv.finding(message));
        } else if let Some(why) = srv.target.unknown() {
            tally.unknown(why);
        } else if srv.target.has_none() {
            let message = format!("{target}, a target of {service} SRV, has no A or AAAA record");
            tally.fail(srv.finding(message));
        }
    }
    tally.outcome()
}

check! { CNAME = "srv.target-cname", Warning, cname;
    title: "an SRV record leads to an alias",
    why: "The name in an SRV record must own addresses. Most programs follow an alias there; some do not, and a certificate may be for the other name.",
    fix: "Name the host that the alias leads to.",
    example: "imap.example.com, a target of _imaps._tcp.example.com SRV, is an alias of mail.example.com",
    see: [Reference::Rfc(2782, ""), Reference::Rfc(2181, "10.3")],
    evidence: [Files, Provider, Neighbours],
}

fn cname(subject: &Subject<'_>) -> Outcome {
    leading(subject.pointers_of(RecordType::SRV), |srv| {
        let (target, service) = (srv.target.name.without_dot(), srv.rrset.name.without_dot());
        let alias = srv.target.alias()?.without_dot();
        Some(srv.finding(format!("{target}, a target of {service} SRV, is an alias of {alias}")))
    })
}
