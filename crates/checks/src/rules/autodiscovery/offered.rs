//! Whether the services that are offered are told, and those that are not are denied (RFC 6186).

use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{Name, RRset, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[SUBMISSIONS, SUBMISSION, IMAPS, IMAP, POP3S, POP3, SIEVE];

/// The SRV record set of a service, when the domain has one. One with the root as its target says "not offered".
enum Told<'a> {
    Offered(&'a RRset),
    Denied(&'a RRset),
    Nothing,
}

fn told<'a>(subject: &Subject<'a>, name: &Name) -> Told<'a> {
    match subject.get(name, RecordType::SRV) {
        None => Told::Nothing,
        Some(rrset) => {
            let root = rrset.values().iter().all(|srv| srv.target().is_some_and(|target| target.is_root()));
            if root { Told::Denied(rrset) } else { Told::Offered(rrset) }
        }
    }
}

/// What a service must look like in DNS: `offered` by its declaration, on `port`.
fn service(subject: &Subject<'_>, label: &str, offered: Option<bool>, port: u32, secure: bool) -> Outcome {
    let domain = subject.domain();
    let name = domain.child(b"_tcp").and_then(|tcp| tcp.child(label.as_bytes()));
    let (Some(offered), Ok(name)) = (offered, name) else { return Outcome::NotApplicable };
    if subject.get(&name, RecordType::SRV).is_none()
        && let Some(why) = subject.zone.may_have(&name, RecordType::SRV)
    {
        return Outcome::Untested(why);
    }
    let (shown, domain) = (name.without_dot(), domain.without_dot());
    let missing = |message: String| {
        Outcome::Fail(vec![
            Finding::about(&name, Some(RecordType::SRV), message).from(subject.facts.source.clone()),
        ])
    };
    match (offered, told(subject, &name)) {
        (true, Told::Nothing) => missing(format!("{domain} offers {label}, but has no SRV record {shown}")),
        (true, Told::Denied(rrset)) => Outcome::Fail(vec![Finding::at(
            rrset,
            format!("{domain} offers {label}, but {shown} says that it does not"),
        )]),
        (true, Told::Offered(rrset)) => {
            let other =
                rrset.values().iter().filter_map(|srv| srv.number("port")).find(|found| *found != port);
            let message = |found| format!("{shown} leads to port {found}; the port of {label} is {port}");
            match other {
                Some(found) => Outcome::Fail(vec![Finding::at(rrset, message(found)).weighs(Severity::Note)]),
                None => Outcome::Pass,
            }
        }
        (false, Told::Offered(rrset)) => Outcome::Fail(vec![Finding::at(
            rrset,
            format!("{domain} does not offer {label}, but {shown} says that it does"),
        )]),
        // What has no TLS from the start is looked for by programs that found nothing better: deny it.
        (false, Told::Nothing) if !secure => {
            let message = format!(
                "{domain} does not offer {label}, but has no SRV record {shown} that says so (0 0 0 .)"
            );
            match missing(message) {
                Outcome::Fail(findings) => Outcome::Fail(
                    findings.into_iter().map(|finding| finding.weighs(Severity::Info)).collect(),
                ),
                other => other,
            }
        }
        (false, _) => Outcome::Pass,
    }
}

macro_rules! service {
    ($name:ident = $id:literal, $label:literal, $field:ident, $port:literal, $secure:literal;
     title: $title:literal, why: $why:literal, fix: $fix:literal, example: $example:literal, see: [$($see:expr),*]) => {
        check! { $name = $id, Warning, |subject| service(subject, concat!("_", $label), subject.facts.services.$field, $port, $secure);
            title: $title, why: $why, fix: $fix, example: $example, see: [$($see),*],
            evidence: [Files, Provider, Mail],
        }
    };
}

service! { SUBMISSIONS = "srv.submissions", "submissions", submissions, 465, true;
    title: "the SRV record for submission with TLS from the start is missing or wrong",
    why: "Programs that set themselves up look for _submissions._tcp first. Without it they guess, or send without TLS.",
    fix: "Write SRV 0 1 465 with the name of the host at _submissions._tcp; SRV 0 0 0 . when it is not offered.",
    example: "example.com offers _submissions, but has no SRV record _submissions._tcp.example.com",
    see: [Reference::Rfc(8314, "5.1"), Reference::Rfc(6186, "3.1")]
}

service! { SUBMISSION = "srv.submission", "submission", submission, 587, true;
    title: "the SRV record for submission with STARTTLS is missing or wrong",
    why: "Programs that set themselves up look for _submission._tcp. Without it they guess.",
    fix: "Write SRV 0 1 587 with the name of the host at _submission._tcp; SRV 0 0 0 . when it is not offered.",
    example: "example.com offers _submission, but has no SRV record _submission._tcp.example.com",
    see: [Reference::Rfc(6186, "3.1"), Reference::Rfc(8314, "3.3")]
}

service! { IMAPS = "srv.imaps", "imaps", imaps, 993, true;
    title: "the SRV record for IMAP with TLS from the start is missing or wrong",
    why: "Programs that set themselves up look for _imaps._tcp first. Without it they guess, or read mail without TLS.",
    fix: "Write SRV 0 1 993 with the name of the host at _imaps._tcp; SRV 0 0 0 . when it is not offered.",
    example: "example.com offers _imaps, but has no SRV record _imaps._tcp.example.com",
    see: [Reference::Rfc(6186, "3.2"), Reference::Rfc(8314, "5.1")]
}

service! { IMAP = "srv.imap", "imap", imap, 143, false;
    title: "the SRV record for IMAP without TLS from the start is missing or wrong",
    why: "A program that finds nothing tries port 143, where a password can be read on the way. A record with the target \".\" says that there is no such service.",
    fix: "Write SRV 0 0 0 . at _imap._tcp when it is not offered; SRV 0 1 143 with the name of the host when it is.",
    example: "example.com does not offer _imap, but has no SRV record _imap._tcp.example.com that says so (0 0 0 .)",
    see: [Reference::Rfc(6186, "3.4"), Reference::Rfc(8314, "4.1")]
}

service! { POP3S = "srv.pop3s", "pop3s", pop3s, 995, true;
    title: "the SRV record for POP3 with TLS from the start is missing or wrong",
    why: "Programs that set themselves up look for _pop3s._tcp. Without it they guess, or read mail without TLS.",
    fix: "Write SRV 0 1 995 with the name of the host at _pop3s._tcp; SRV 0 0 0 . when it is not offered.",
    example: "example.com offers _pop3s, but has no SRV record _pop3s._tcp.example.com",
    see: [Reference::Rfc(6186, "3.3"), Reference::Rfc(8314, "5.1")]
}

service! { POP3 = "srv.pop3", "pop3", pop3, 110, false;
    title: "the SRV record for POP3 without TLS from the start is missing or wrong",
    why: "A program that finds nothing tries port 110, where a password can be read on the way. A record with the target \".\" says that there is no such service.",
    fix: "Write SRV 0 0 0 . at _pop3._tcp when it is not offered; SRV 0 1 110 with the name of the host when it is.",
    example: "example.com does not offer _pop3, but has no SRV record _pop3._tcp.example.com that says so (0 0 0 .)",
    see: [Reference::Rfc(6186, "3.4"), Reference::Rfc(8314, "4.1")]
}

service! { SIEVE = "srv.sieve", "sieve", sieve, 4190, true;
    title: "the SRV record for the service for mail filters is missing or wrong",
    why: "Programs that let users edit their filters look for _sieve._tcp.",
    fix: "Write SRV 0 1 4190 with the name of the host at _sieve._tcp; SRV 0 0 0 . when it is not offered.",
    example: "example.com offers _sieve, but has no SRV record _sieve._tcp.example.com",
    see: [Reference::Rfc(5804, "1.8")]
}
