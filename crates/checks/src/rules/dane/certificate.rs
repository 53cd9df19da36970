//! TLSA records and the certificates that are declared.

use crate::mail::tlsa::{Record, SMTP, fits, found, records};
use crate::tally::Tally;
use crate::{Certificate, Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::tlsa;
use dnsctl_zone::{Name, Rdata, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[MATCH, STALE];

check! { MATCH = "dane.match", Critical, matches;
    title: "no TLSA record is about the certificate of the host",
    why: "Senders that check DANE do not deliver to a host whose certificate fits none of its TLSA records. The mail waits in their queues and bounces after days; all other senders deliver, so nobody notices at first.",
    fix: "Publish the record of the certificate that the host presents.",
    example: "no TLSA record of _25._tcp.mail.example.com is about the certificate of mail.example.com: senders that check it deliver nothing there",
    see: [Reference::Rfc(7672, "2.2"), Reference::Rfc(7672, "3.1"), Reference::Rfc(7672, "3.2")],
    evidence: [Files, Provider, Certificates],
}

/// A certificate at one of its ports, with the TLSA records that senders find there.
pub(super) struct At<'s> {
    pub(super) certificate: &'s Certificate,
    pub(super) port: u16,
    pub(super) owner: Name,
    pub(super) published: Vec<Rdata>,
}

impl At<'_> {
    /// Whether a usable record fits; `None` when nobody can say.
    pub(super) fn matched(&self) -> Option<bool> {
        matched(self.certificate, &self.published)
    }

    /// A finding about the records.
    pub(super) fn finding(&self, message: String) -> Finding {
        let finding = Finding::about(&self.owner, Some(RecordType::TLSA), message);
        let record = self.certificate.record.as_ref();
        match record.map(|record| format!("Publish: {} TLSA {record}", self.owner)) {
            Some(fix) => finding.fix(fix),
            None => finding,
        }
    }

    /// Why nobody can say whether it fits.
    pub(super) fn unknown(&self) -> String {
        let host = self.certificate.host.without_dot();
        format!(
            "of a certificate of {host} too little is known to compare it with {}",
            self.owner.without_dot()
        )
    }
}

/// Whether one of the records that senders can use fits; `None` when nobody can say.
pub(super) fn matched(certificate: &Certificate, published: &[Rdata]) -> Option<bool> {
    let records = records(published);
    let fits = records.iter().filter(|record| record.usable()).map(|record| fits(certificate, record));
    fits.reduce(|one, other| match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        _ => Some(false),
    })
    .unwrap_or(Some(false))
}

/// All certificates at all their ports where usable TLSA records are.
pub(super) fn all<'s>(subject: &'s Subject<'_>, tally: &mut Tally) -> Vec<At<'s>> {
    let mut all = Vec::new();
    for certificate in &subject.facts.certificates {
        for port in &certificate.ports {
            let Ok(owner) = tlsa::owner(&certificate.host, *port) else { continue };
            match found(subject, &certificate.host, *port) {
                Err(why) => tally.unknown(why),
                Ok(published) => {
                    // That there is none at all is told by dane.present, what cannot be used by others.
                    if records(&published).iter().any(Record::usable) {
                        tally.saw();
                        all.push(At { certificate, port: *port, owner, published });
                    }
                }
            }
        }
    }
    all
}

fn matches(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for at in all(subject, &mut tally).iter().filter(|at| !at.certificate.next) {
        let (owner, host) = (at.owner.without_dot(), at.certificate.host.without_dot());
        let lost = "senders that check it deliver nothing there";
        let message = match at.matched() {
            None => {
                tally.unknown(at.unknown());
                continue;
            }
            Some(false) => format!("no TLSA record of {owner} is about the certificate of {host}: {lost}"),
            Some(true) => match named(subject, at) {
                Some(true) => continue,
                Some(false) => format!(
                    "the TLSA record of {owner} is about an authority, and its certificate is not for {host}: {lost}"
                ),
                None => {
                    tally.unknown(no_leaf(at.certificate));
                    continue;
                }
            },
        };
        let finding = at.finding(message);
        tally.fail(if at.port == SMTP { finding } else { finding.weighs(Severity::Error) });
    }
    tally.outcome()
}

/// Whether the certificate counts: where only records about an authority fit, it must name the host or the domain (RFC 7672
/// section 3.2.2). The common name is looked at where there are no DNS names (section 3.2.3). `None` when the file does not have
/// the certificate of the host.
fn named(subject: &Subject<'_>, at: &At<'_>) -> Option<bool> {
    let records = records(&at.published);
    let mut fitting =
        records.iter().filter(|record| record.usable() && fits(at.certificate, record) == Some(true));
    if at.certificate.chain.is_empty() || fitting.any(|record| record.params.usage != 2) {
        return Some(true);
    }
    let leaf = at.certificate.leaf()?;
    let mut names = [&at.certificate.host, subject.domain()].into_iter();
    Some(names.any(|name| leaf.covers(name) || leaf.common_name_covers(name)))
}

/// Why a certificate cannot be judged of which only the authority is declared.
pub(in crate::rules) fn no_leaf(certificate: &Certificate) -> String {
    let host = certificate.host.without_dot();
    format!("the certificate of {host} is not in its file, which has authorities only")
}

check! { STALE = "dane.stale-extra", Note, stale;
    title: "a TLSA record is about no certificate that is declared",
    why: "It is left from an older certificate, or from somebody who made one for the host: whoever has that key can still pose as the host.",
    fix: "Remove it once the old records have left all caches; or declare its certificate under mail.dane.next.",
    example: "a TLSA record of _25._tcp.mail.example.com is about no certificate that is declared for mail.example.com",
    see: [Reference::Rfc(7671, "8.1")],
    evidence: [Files, Provider, Certificates],
}

fn stale(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let all = all(subject, &mut tally);
    for (number, at) in all.iter().enumerate() {
        let same = |other: &&At<'_>| other.owner == at.owner;
        // Once for a port; and only where the certificate fits one: else dane.match tells.
        let first = all.iter().take(number).find(same).is_none();
        let broken = all.iter().filter(same).any(|at| !at.certificate.next && at.matched() == Some(false));
        if !first || broken {
            continue;
        }
        for record in records(&at.published).iter().filter(|record| record.usable()) {
            let verdicts: Vec<_> =
                all.iter().filter(same).map(|other| fits(other.certificate, record)).collect();
            if verdicts.contains(&Some(true)) {
                continue;
            }
            if verdicts.contains(&None) {
                tally.unknown(at.unknown());
                continue;
            }
            let (owner, host) = (at.owner.without_dot(), at.certificate.host.without_dot());
            let message =
                format!("a TLSA record of {owner} is about no certificate that is declared for {host}");
            let text = record.rdata.to_string();
            let end = text.len();
            tally.fail(Finding::about(&at.owner, Some(RecordType::TLSA), message).excerpt(text, 0..end));
        }
    }
    tally.outcome()
}
