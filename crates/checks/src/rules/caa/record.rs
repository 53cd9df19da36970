//! What stands in CAA records.

use crate::mail::suffix;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::resolve::Held;
use dnsctl_zone::{Name, Place, RRset, Rdata, RecordType, Reference, place};

pub(super) const CHECKS: &[Check] = &[SYNTAX, ISSUE, IODEF, CRITICAL];

/// The tags of the IANA registry "Certification Authority Restriction Properties".
const TAGS: [&str; 7] =
    ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

/// A CAA record in its parts.
pub(super) struct Property<'a> {
    pub(super) rrset: &'a RRset,
    pub(super) flags: u32,
    /// In lower case (RFC 8659 section 4.1).
    pub(super) tag: String,
    pub(super) value: String,
}

pub(super) fn properties<'a>(rrset: &'a RRset) -> impl Iterator<Item = Property<'a>> {
    rrset.values().iter().filter_map(move |value: &Rdata| {
        let text = |field| value.bytes(field).map(|octets| String::from_utf8_lossy(&octets).into_owned());
        Some(Property {
            rrset,
            flags: value.number("flags")?,
            tag: text("tag")?.to_ascii_lowercase(),
            value: text("value")?,
        })
    })
}

/// The issuer that a property lets in; `None` when its value is malformed, which lets nobody in (RFC 8659 section 4.2).
pub(super) fn issuer(value: &str) -> Option<&str> {
    let mut parts = value.split(';').map(|part| part.trim_matches([' ', '\t']));
    let domain = parts.next()?;
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let parameter = |part: &str| {
        part.is_empty()
            || part.split([' ', '\t']).filter(|word| !word.is_empty()).all(|word| {
                word.split_once('=').is_some_and(|(tag, value)| {
                    label(tag.trim()) && value.chars().all(|c| c.is_ascii_graphic() && c != ';')
                })
            })
    };
    ((domain.is_empty() || domain.split('.').all(label)) && parts.all(parameter)).then_some(domain)
}

fn each(subject: &Subject<'_>, look: impl Fn(&Property<'_>) -> Option<String>) -> Outcome {
    let all = subject.of(RecordType::CAA).flat_map(properties);
    crate::tally::each(all, |property| Some(Finding::at(property.rrset, look(&property)?)))
}

check! { SYNTAX = "caa.syntax", Error, syntax;
    title: "a CAA record cannot be read as it was meant",
    why: "An authority that cannot read whom an issue property lets in must not issue a certificate: the next renewal fails. Flags other than 128 are ignored, so that a 1 does not make a record critical (a warning).",
    fix: "Write the flag 0 or 128, and as value the domain of the authority, or \";\" for none.",
    example: "a CAA record of example.com lets nobody in: \"https://letsencrypt.org\" is not the domain of an authority",
    see: [Reference::Rfc(8659, "4.1"), Reference::Rfc(8659, "4.2")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    let all = subject.of(RecordType::CAA).flat_map(properties);
    crate::tally::each(all, |property| {
        let (name, value) = (property.rrset.name.without_dot(), &property.value);
        let issues = matches!(&*property.tag, "issue" | "issuewild" | "issuemail" | "issuevmc");
        if issues && issuer(value).is_none() {
            let message = format!(
                "a CAA record of {name} lets nobody in: \"{value}\" is not the domain of an authority"
            );
            return Some(Finding::at(property.rrset, message));
        }
        if matches!(property.flags, 0 | 128) {
            return None;
        }
        let message = format!(
            "a CAA record of {name} has the flags {}: authorities ignore all but 128",
            property.flags
        );
        Some(Finding::at(property.rrset, message).weighs(Severity::Warning))
    })
}

check! { ISSUE = "caa.issue", Warning, issue;
    title: "the CAA records of a name leave out who may issue certificates",
    why: "Without an issue property every authority may issue certificates for the name; the other properties restrict nothing, or only certificates with a wildcard, for mail addresses or for logos. It is a note where the records are about mail addresses, logos and contacts alone: nothing else was meant.",
    fix: "Add an issue property with the domain of the authority, or \";\" for none.",
    example: "the CAA records of example.com have no issue property: every authority may issue certificates for it",
    see: [Reference::Rfc(8659, "4.2")],
}

fn issue(subject: &Subject<'_>) -> Outcome {
    crate::tally::each(subject.of(RecordType::CAA), |rrset| {
        let all: Vec<_> = properties(rrset).collect();
        // An authority that does not know a critical property issues nothing.
        let stops = |property: &Property<'_>| property.tag == "issue" || unknown_and_critical(property);
        if all.iter().any(stops) {
            return None;
        }
        let apart = |tag: &str| matches!(tag, "issuemail" | "issuevmc" | "contactemail" | "contactphone");
        let name = rrset.name.without_dot();
        let message = format!(
            "the CAA records of {name} have no issue property: every authority may issue certificates for it"
        );
        let finding = Finding::at(rrset, message);
        Some(if all.iter().all(|one| apart(&one.tag)) { finding.weighs(Severity::Note) } else { finding })
    })
}

check! { IODEF = "caa.iodef", Note, iodef;
    title: "the address for reports in a CAA record cannot be used",
    why: "An authority that refuses a request reports it there. A bare mail address is no URL, so nobody hears of it.",
    fix: "Write a URL: mailto:security@example.com or https://...",
    example: "an iodef property of example.com is \"security@example.com\", not a mailto:, http: or https: URL",
    see: [Reference::Rfc(8659, "4.4")],
}

fn iodef(subject: &Subject<'_>) -> Outcome {
    let all = subject.of(RecordType::CAA).flat_map(properties).filter(|property| property.tag == "iodef");
    crate::tally::each(all, |property| {
        let lower = property.value.to_ascii_lowercase();
        let valid = lower.strip_prefix("mailto:").is_some_and(|rest| rest.contains('@'))
            || ["http://", "https://"]
                .iter()
                .any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let (name, value) = (property.rrset.name.without_dot(), &property.value);
        let message =
            format!("an iodef property of {name} is \"{value}\", not a mailto:, http: or https: URL");
        (!valid).then(|| Finding::at(property.rrset, message))
    })
}

check! { CRITICAL = "caa.critical-unknown", Error, critical;
    title: "a CAA record has a critical property that nobody knows",
    why: "With the flag 128 an authority that does not know the property must not issue a certificate: the next renewal fails.",
    fix: "Correct the tag, or write the flag 0.",
    example: "a CAA record of example.com is critical and has the tag \"isue\", which no authority knows",
    see: [Reference::Rfc(8659, "4.1"), Reference::Page("IANA: CAA properties", "https://www.iana.org/assignments/pkix-parameters/pkix-parameters.xhtml#caa-properties")],
}

fn critical(subject: &Subject<'_>) -> Outcome {
    each(subject, |property| {
        let (name, tag) = (property.rrset.name.without_dot(), &property.tag);
        unknown_and_critical(property).then(|| {
            format!("a CAA record of {name} is critical and has the tag \"{tag}\", which no authority knows")
        })
    })
}

fn unknown_and_critical(property: &Property<'_>) -> bool {
    property.flags & 128 != 0 && !TAGS.contains(&&*property.tag)
}

/// The CAA records that hold for a name: its own, else those of the nearest name above it (RFC 8659 section 3). An error when
/// none were found below the zones that are held.
pub(super) fn relevant<'a>(subject: &Subject<'a>, name: &Name) -> Result<Option<&'a RRset>, String> {
    let mut at = Some(name.clone());
    let mut unknown = None;
    while let Some(here) = at.filter(|here| !here.is_root()) {
        let held = subject.held.zone_of(&here);
        let deeper = held.filter(|zone| zone.apex().is_below(subject.apex()));
        let zone: Option<&'a dyn Held> = match deeper {
            None if here.is_at_or_below(subject.apex()) => Some(subject.zone),
            _ => deeper.or(held),
        };
        match zone {
            Some(zone) => {
                match place(zone, &here) {
                    Place::At(owner) => {
                        if let Some(found) = zone.records().get(&owner, RecordType::CAA) {
                            return Ok(Some(found));
                        }
                    }
                    Place::Delegated(cut) => {
                        unknown.get_or_insert_with(|| format!("{} is delegated", cut.without_dot()));
                    }
                    Place::Missing | Place::Redirected(_) | Place::Outside => {}
                }
                if let Some(why) = zone.may_have(&here, RecordType::CAA) {
                    return Err(why);
                }
                let cut = if here == *zone.apex() { None } else { zone.may_have(&here, RecordType::NS) };
                let alias = if here == *name { None } else { zone.may_have(&here, RecordType::DNAME) };
                unknown = unknown.or(cut).or(alias);
            }
            // Nobody looks for those of registries: they would hold for all their customers.
            None if !suffix::is_registry(&here) => {
                unknown.get_or_insert_with(|| format!("{} is not held here", here.without_dot()));
            }
            None => {}
        }
        at = here.parent();
    }
    unknown.map_or(Ok(None), Err)
}
