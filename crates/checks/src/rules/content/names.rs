//! How names are written.

use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject, hostname};
use dnsctl_zone::{Name, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[DOT, HOSTNAME, IDNA];

check! { DOT = "zone.missing-dot", Critical, dot;
    title: "a name ends in the name of the zone twice",
    why: "In a master file a name without a dot at its end is below the zone. Written as mail.example.com it becomes mail.example.com.example.com, which does not exist.",
    fix: "Write a dot at the end of a full name, or only the part in front of the zone's name.",
    example: "example.com MX leads to mail.example.com.example.com, which ends in example.com twice: a dot is missing",
    see: [Reference::Rfc(1035, "5.1"), Reference::Rfc(1912, "2.1")],
}

fn dot(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    // The twice written name of a zone with one label could be meant.
    if apex.label_count() < 2 {
        return Outcome::NotApplicable;
    }
    let twice = Name::from_labels(
        apex.labels().chain(apex.labels()).collect::<Vec<_>>().iter().map(|label| &**label),
    );
    let reverse = apex.labels().last().is_some_and(|label| &*label == b"arpa");
    let mut tally = Tally::default();
    tally.saw();
    let shown = apex.without_dot();
    if let Ok(twice) = &twice {
        let mut last = None;
        for rrset in subject.rrsets().iter().filter(|rrset| rrset.name.is_at_or_below(twice)) {
            if last != Some(&rrset.name) {
                let name = rrset.name.without_dot();
                let message = format!("the name {name} ends in {shown} twice: a dot is missing");
                tally.fail(Finding::at(rrset, message).weighs(Severity::Error));
            }
            last = Some(&rrset.name);
        }
    }
    for pointer in subject.pointers() {
        let (name, target, rtype) =
            (pointer.rrset.name.without_dot(), &pointer.target.name, pointer.rrset.rtype);
        let shown_target = target.without_dot();
        if twice.as_ref().is_ok_and(|twice| target.is_at_or_below(twice)) {
            let message = format!(
                "{name} {rtype} leads to {shown_target}, which ends in {shown} twice: a dot is missing"
            );
            tally.fail(pointer.finding(message));
        } else if reverse && rtype == RecordType::PTR && target.is_below(apex) {
            let message =
                format!("{name} PTR names {shown_target}, a host below the reverse zone: a dot is missing");
            tally.fail(pointer.finding(message).weighs(Severity::Error));
        }
    }
    tally.outcome()
}

check! { HOSTNAME = "zone.hostname-syntax", Error, host;
    title: "a name that has to be that of a host is none",
    why: "Names of hosts and mail domains have letters, digits and hyphens only. Browsers, mail servers and certificates refuse other ones, and BIND does not load a zone with one at an A, AAAA or MX record, as the target of an SRV, HTTPS or SVCB record, or of the PTR record of an address; nor one with NS records at a wildcard.",
    fix: "Rename it with letters, digits and hyphens; name each delegated zone instead of a wildcard.",
    example: "my_host.example.com has A records, but is no host name: it has \"_\" in the label \"my_host\"",
    see: [Reference::Rfc(952, ""), Reference::Rfc(1123, "2.1"), Reference::Rfc(2181, "11"), Reference::Rfc(2782, ""), Reference::Rfc(4592, "4.2")],
}

fn host(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let hosts = subject.rrsets().iter();
    let hosts =
        hosts.filter(|rrset| matches!(rrset.rtype, RecordType::A | RecordType::AAAA | RecordType::MX));
    let mut last = None;
    for rrset in hosts {
        tally.saw();
        let name = &rrset.name;
        let bare = if name.is_wildcard() { name.parent().unwrap_or_else(Name::root) } else { name.clone() };
        // Active Directory keeps the addresses of its catalogue servers at gc._msdcs.
        let directory = name.labels().nth(1).is_some_and(|label| &*label == b"_msdcs");
        if let Some(fault) = hostname::fault(&bare).filter(|_| !directory && last != Some(name)) {
            let message = format!(
                "{} has {} records, but is no host name: it {fault}",
                name.without_dot(),
                rrset.rtype
            );
            tally.fail(Finding::at(rrset, message));
            last = Some(name);
        }
    }
    for rrset in subject.of(RecordType::NS).filter(|rrset| rrset.name.is_wildcard()) {
        let name = rrset.name.without_dot();
        let message = format!("{name} has NS records, but a wildcard cannot be delegated");
        tally.fail(Finding::at(rrset, message));
    }
    targets(subject, &mut tally);
    tally.outcome()
}

/// Hosts of services and of addresses. Those of MX and NS records have rules of their own.
fn targets(subject: &Subject<'_>, tally: &mut Tally) {
    let apex = subject.apex();
    let reverse = apex.labels().last().is_some_and(|label| &*label == b"arpa");
    for rrset in subject.rrsets() {
        let rtype = rrset.rtype;
        let leads = match rtype {
            RecordType::SRV | RecordType::HTTPS | RecordType::SVCB | RecordType::AFSDB => true,
            RecordType::PTR => reverse,
            _ => false,
        };
        // With priority 0 it is an alias, which may lead to any name (RFC 9460 section 2.4.2).
        let values = rrset.values().iter().filter(|value| value.number("svc_priority") != Some(0));
        for target in values.filter(|_| leads).filter_map(dnsctl_zone::Rdata::target) {
            tally.saw();
            // srv.target-address tells of an address.
            let literal = hostname::literal(&target, apex).is_some();
            if let Some(fault) = hostname::fault(&target).filter(|_| !literal) {
                let (name, target) = (rrset.name.without_dot(), target.without_dot());
                let message = format!("{name} {rtype} leads to {target}, which is no host name: it {fault}");
                tally.fail(Finding::at(rrset, message));
            }
        }
    }
}

check! { IDNA = "zone.idna", Warning, idna;
    title: "a name outside ASCII is not in the form that DNS uses",
    why: "Programs ask for the A-label (xn--...). A record at the raw letters, or at something that only looks like an A-label, is never asked for.",
    fix: "Write the name in its own letters in a YAML file, or as an A-label.",
    example: "bücher.example.com has letters outside ASCII",
    see: [Reference::Rfc(5890, "2.3.1"), Reference::Rfc(5891, "4.2.3.1")],
}

fn idna(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    tally.saw();
    let mut last = None;
    for rrset in subject.rrsets() {
        if last == Some(&rrset.name) {
            continue;
        }
        last = Some(&rrset.name);
        if let Some(fault) = not_idna(&rrset.name) {
            let finding = Finding::at(rrset, format!("{} {fault}", letters(&rrset.name)));
            tally.fail(with_alabels(finding, &rrset.name));
        }
    }
    for pointer in subject.pointers() {
        if let Some(fault) = not_idna(&pointer.target.name) {
            let (name, rtype) = (pointer.rrset.name.without_dot(), pointer.rrset.rtype);
            let target = letters(&pointer.target.name);
            let message = format!("{name} {rtype} leads to {target}, which {fault}");
            tally.fail(with_alabels(pointer.finding(message), &pointer.target.name));
        }
    }
    tally.outcome()
}

/// A name with its letters, where its octets are such.
fn letters(name: &Name) -> String {
    let plain = |text: &String| text.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '*'));
    let labels = name.labels().map(|label| String::from_utf8(label.to_vec()).ok().filter(plain));
    let labels: Option<Vec<String>> = labels.collect();
    labels.map_or_else(|| name.without_dot(), |labels| labels.join("."))
}

/// With the A-labels of a name that was written in letters.
fn with_alabels(finding: Finding, name: &Name) -> Finding {
    match Name::absolute(&letters(name)) {
        Ok(meant) if meant != *name => finding.fix(format!("Write {}.", meant.without_dot())),
        _ => finding,
    }
}

fn not_idna(name: &Name) -> Option<String> {
    // Names that start with an underscore are no host names and may hold anything (DNS-SD, RFC 6763 section 4.1.1).
    if name.labels().any(|label| label.starts_with(b"_")) {
        return None;
    }
    for label in name.labels() {
        if !label.is_ascii() {
            return Some("has letters outside ASCII".to_owned());
        }
        let text = String::from_utf8_lossy(&label);
        if text.get(2..4) != Some("--") {
            continue;
        }
        // A label that says the same in letters is a valid one.
        let valid = text.starts_with("xn--")
            && Name::from_labels([&*label]).is_ok_and(|name| name.to_unicode() != name.without_dot());
        if !valid {
            return Some(format!("has the label \"{text}\", which looks like an A-label and is none"));
        }
    }
    None
}
