//! What happens when a host presents another certificate.

use super::certificate::{At, all, matched};
use crate::mail::tlsa::{Record, SMTP, records};
use crate::tally::Tally;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[CHANGE];

check! { CHANGE = "dane.cert-change", Critical, change;
    title: "a certificate does not fit the TLSA records that senders hold when the host presents it",
    why: "Senders keep TLSA records for as long as the TTL says. A certificate that is loaded before its record is in all caches fits none of them: senders that check DANE deliver nothing until then.",
    fix: "Publish the record first (mail.dane.next), wait two TTLs, and let the server load the certificate only then.",
    example: "the certificate of mail.example.com fits none of the TLSA records that senders may hold for 1 h: they deliver nothing there when it is loaded before",
    see: [Reference::Rfc(7671, "8.1"), Reference::Rfc(7672, "3.1")],
    evidence: [Files, Provider, Certificates, Before],
}

fn change(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let all = all(subject, &mut tally);
    for at in &all {
        let host = at.certificate.host.without_dot();
        let weigh =
            |severity: Severity| if at.port == SMTP { severity } else { severity.min(Severity::Error) };
        match at.matched() {
            None => tally.unknown(at.unknown()),
            Some(false) if at.certificate.next => {
                // Where the one in use fits nothing, dane.match tells.
                let own = |other: &&At<'_>| other.owner == at.owner && !other.certificate.next;
                if all.iter().filter(own).any(|other| other.matched() == Some(false)) {
                    continue;
                }
                let message = format!(
                    "the next certificate of {host} fits none of the TLSA records of {}: senders that check them deliver nothing once it is loaded",
                    at.owner.without_dot()
                );
                tally.fail(at.finding(message).weighs(Severity::Warning));
            }
            // One in use that fits nothing is told by dane.match.
            Some(false) => {}
            Some(true) if at.certificate.next => {}
            Some(true) => {
                let before = subject.before.and_then(|zone| zone.get(&at.owner, RecordType::TLSA));
                let Some(before) = before.filter(|rrset| records(rrset.values()).iter().any(Record::usable))
                else {
                    continue;
                };
                let held = matched(at.certificate, before.values());
                if held.is_none() {
                    tally.unknown(at.unknown());
                }
                if held == Some(false) {
                    let message = format!(
                        "the certificate of {host} fits none of the TLSA records that senders may hold for {}: they deliver nothing there when it is loaded before",
                        before.ttl.spoken()
                    );
                    let mut finding = at.finding(message).weighs(weigh(Severity::Critical));
                    finding.fix = None;
                    tally.fail(finding);
                }
            }
        }
    }
    tally.outcome()
}
