//! What no reader lets pass: a zone that was read keeps these rules, so they pass. They are here for their words.

use crate::{Check, Outcome, Subject};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[LABEL, STRING];

/// A [`dnsctl_zone::Name`] and an [`dnsctl_zone::Rdata`] cannot hold anything else.
fn kept(_: &Subject<'_>) -> Outcome {
    Outcome::Pass
}

check! { LABEL = "zone.label-length", Error, kept;
    title: "a label has more than 63 octets, or a name more than 255",
    why: "There is no room for it in a DNS message. The reader of zone files refuses it, so a zone that could be read passes.",
    fix: "Use a shorter name.",
    example: "refused when the file is read: a label is longer than 63 octets",
    see: [Reference::Rfc(1035, "2.3.4")],
}

check! { STRING = "zone.txt-string", Error, kept;
    title: "a string of a TXT record has more than 255 octets",
    why: "A string has one octet for its length. In our YAML files long texts are split by dnsctl; the reader of master files refuses a longer string, so a zone that could be read passes.",
    fix: "Split the text in the master file into several quoted strings; readers join them without a gap.",
    example: "refused when the file is read: a string is longer than 255 octets",
    see: [Reference::Rfc(1035, "3.3.14"), Reference::Rfc(7208, "3.3")],
}
