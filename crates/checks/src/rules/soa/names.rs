//! The names in the SOA record.

use crate::rules::soa::soa;
use crate::{Check, Finding, Found, Outcome, Subject, hostname};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::{Name, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[MNAME, MNAME_CNAME, RNAME_AT, RNAME];

check! { MNAME = "soa.mname-fqdn", Note, mname;
    title: "the primary server in the SOA record is not a host",
    why: "Dynamic updates are sent to this name, and people look there for the source of the zone.",
    fix: "Write the name of the primary name server as MNAME.",
    example: "the primary server (MNAME) of example.com is \"localhost\", which is not a host that others can reach",
    see: [Reference::Rfc(1035, "3.3.13"), Reference::Rfc(2136, "4.3")],
}

fn mname(subject: &Subject<'_>) -> Outcome {
    let Some((rrset, name)) = soa(subject).and_then(|(rrset, soa)| Some((rrset, soa.name("mname")?))) else {
        return Outcome::NotApplicable;
    };
    let apex = subject.apex().without_dot();
    let fail = |why: &str| {
        let name = name.without_dot();
        Outcome::Fail(vec![Finding::at(
            rrset,
            format!("the primary server (MNAME) of {apex} is \"{name}\", which {why}"),
        )])
    };
    if name.label_count() < 2 || hostname::fault(&name).is_some() {
        return fail("is not a host that others can reach");
    }
    let target = subject.target(&name);
    match (target.has_none(), target.found) {
        (true, _) => fail("has no A or AAAA record"),
        (_, Found::Unknown(why)) => Outcome::Untested(why),
        _ => Outcome::Pass,
    }
}

check! { MNAME_CNAME = "soa.mname-cname", Note, mname_cname;
    title: "the primary server in the SOA record is an alias",
    why: "Programs that send dynamic updates or compare it with the NS records expect the name of a host.",
    fix: "Write the name that the alias leads to as MNAME.",
    example: "the primary server (MNAME) of example.com, primary.example.com, is an alias of dns.example.com",
    see: [Reference::Rfc(1912, "2.4"), Reference::Rfc(2181, "10.3")],
}

fn mname_cname(subject: &Subject<'_>) -> Outcome {
    let Some((rrset, name)) = soa(subject).and_then(|(rrset, soa)| Some((rrset, soa.name("mname")?))) else {
        return Outcome::NotApplicable;
    };
    let target = subject.target(&name);
    if let Some(alias) = target.alias() {
        let (apex, name, alias) = (subject.apex().without_dot(), name.without_dot(), alias.without_dot());
        let message = format!("the primary server (MNAME) of {apex}, {name}, is an alias of {alias}");
        return Outcome::Fail(vec![Finding::at(rrset, message)]);
    }
    match target.found {
        Found::Unknown(why) => Outcome::Untested(why),
        _ => Outcome::Pass,
    }
}

check! { RNAME_AT = "soa.rname-at", Warning, rname_at;
    title: "the mailbox in the SOA record is written with an @",
    why: "In a master file @ is no part of a mailbox: its first dot stands for it. As written, the mailbox has an @ in its name and nobody can be reached by it.",
    fix: "Write hostmaster.example.com. for hostmaster@example.com; a dot in front of the @ is written \\.",
    example: "the mailbox (RNAME) of example.com has an @ in \"hostmaster@example\"",
    see: [Reference::Rfc(1035, "8"), Reference::Rfc(1912, "2.2")],
}

fn rname_at(subject: &Subject<'_>) -> Outcome {
    let Some((rrset, name)) = rname(subject) else { return Outcome::NotApplicable };
    match name.labels().find(|label| label.contains(&b'@')) {
        None => Outcome::Pass,
        Some(label) => {
            let (apex, label) = (subject.apex().without_dot(), String::from_utf8_lossy(&label).into_owned());
            let message = format!("the mailbox (RNAME) of {apex} has an @ in \"{label}\"");
            Outcome::Fail(vec![Finding::at(rrset, message)])
        }
    }
}

fn rname<'a>(subject: &Subject<'a>) -> Option<(&'a dnsctl_zone::RRset, Name)> {
    soa(subject).and_then(|(rrset, soa)| Some((rrset, soa.name("rname")?)))
}

check! { RNAME = "soa.rname-valid", Note, rname_valid;
    title: "the mailbox in the SOA record takes no mail",
    why: "It is where others write when something is wrong with the zone.",
    fix: "Write a mailbox that somebody reads, in a domain that receives mail.",
    example: "the mailbox (RNAME) of example.com is hostmaster at nomail.example.com, which does not exist",
    see: [Reference::Rfc(2142, "7"), Reference::Rfc(1912, "2.2")],
    evidence: [Files, Provider, Neighbours],
}

fn rname_valid(subject: &Subject<'_>) -> Outcome {
    let Some((rrset, name)) = rname(subject) else { return Outcome::NotApplicable };
    if name.labels().any(|label| label.contains(&b'@')) {
        return Outcome::Pass; // told by soa.rname-at
    }
    let apex = subject.apex().without_dot();
    let fail = |what: String| {
        Outcome::Fail(vec![Finding::at(rrset, format!("the mailbox (RNAME) of {apex} is {what}"))])
    };
    let (Some(domain), Some(user)) = (name.parent().filter(|domain| !domain.is_root()), name.labels().next())
    else {
        return fail(format!("\"{name}\", which is no mailbox"));
    };
    let at = format!("{} at {}", String::from_utf8_lossy(&user), domain.without_dot());
    if !user.iter().all(u8::is_ascii_graphic) {
        return fail(format!("{at}, which has a character that no mailbox has"));
    }
    if let Some(fault) = hostname::fault(&domain) {
        return fail(format!("{at}, which is no domain of mail: it {fault}"));
    }
    match subject.answers().mail_exchangers(&domain) {
        Answer::Found(mx) if mx.iter().all(|(_, target)| target.is_root()) => {
            return fail(format!("{at}, which takes no mail (null MX)"));
        }
        Answer::Found(_) => return Outcome::Pass,
        Answer::Unknown => {
            let why = subject.answers().may_have(&domain, RecordType::MX);
            let why = why.unwrap_or_else(|| format!("{} MX is not known", domain.without_dot()));
            return Outcome::Untested(why);
        }
        Answer::Empty | Answer::Missing | Answer::Failed(_) => {}
    }
    match subject.target(&domain).found {
        Found::Missing => fail(format!("{at}, which does not exist")),
        Found::Unknown(why) => Outcome::Untested(why),
        Found::NoAddress | Found::Endless => fail(format!("{at}, which has neither MX nor address")),
        Found::Addresses(_) | Found::Made => Outcome::Pass,
    }
}
