//! Who may issue certificates for mail hosts.

use crate::rules::caa::record::{issuer, properties, relevant};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[PRESENT, ISSUER];

check! { PRESENT = "caa.present", Note, present;
    title: "no CAA record says who may issue certificates for a mail host",
    why: "Every authority in the world may then issue one to whoever tricks it. A mail server with such a certificate is believed by senders that follow MTA-STS.",
    fix: "Write CAA records at the apex: CAA: 0 issue \"letsencrypt.org\", with the authority that you use.",
    example: "every authority may issue certificates for mail.example.com: no CAA record is at it or above it",
    see: [Reference::Rfc(8659, "3"), Reference::Rfc(8461, "4.2")],
    evidence: [Files, Provider, Neighbours],
}

/// The mail hosts that this zone answers for.
fn hosts(subject: &Subject<'_>) -> Vec<Name> {
    let targets = subject.pointers_of(RecordType::MX).map(|mx| mx.target.name.clone());
    let declared = subject.facts.hosts.iter().map(|host| host.name.clone());
    let mut names: Vec<Name> =
        targets.chain(declared).filter(|name| name.is_at_or_below(subject.apex())).collect();
    names.sort();
    names.dedup();
    names
}

fn present(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for host in hosts(subject) {
        // A host that is not there gets no certificate.
        if subject.target(&host).has_none() {
            continue;
        }
        tally.saw();
        match relevant(subject, &host) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let name = host.without_dot();
                let message = format!(
                    "every authority may issue certificates for {name}: no CAA record is at it or above it"
                );
                tally.fail(Finding::about(&host, None, message));
            }
            Err(why) => tally.unknown(why),
        }
    }
    tally.outcome()
}

check! { ISSUER = "caa.issuer", Error, allowed;
    title: "the authority of a certificate in use is not let in by CAA",
    why: "The certificate works until it ends. Its renewal is refused, and then senders that insist on TLS stop delivering.",
    fix: "Add an issue property for the authority, or get the certificate from one that is let in.",
    example: "mail.example.com has a certificate of Let's Encrypt (letsencrypt.org), but the CAA records of example.com let in digicert.com only",
    see: [Reference::Rfc(8659, "4.2"), Reference::Page("CCADB: CAA identifiers of authorities", "https://www.ccadb.org/resources")],
    evidence: [Files, Provider, Certificates],
}

/// The domains by which authorities are named in CAA, by a part of the organisation in their certificates; the first row that
/// fits counts. Who is not here is untested. From the identifiers that authorities declare in CCADB, of which copies were read:
/// of 2026-09 for Actalis, DigiCert (and its practice statement), Google, Let's Encrypt, Sectigo and SSL.com, older for others.
const AUTHORITIES: &[(&str, &[&str])] = &[
    ("let's encrypt", &["letsencrypt.org"]),
    ("internet security research group", &["letsencrypt.org"]),
    ("digicert", DIGICERT),
    ("quovadis", DIGICERT),
    ("sectigo", SECTIGO),
    ("comodo", SECTIGO),
    ("usertrust", SECTIGO),
    // It issues from the hierarchy of Sectigo.
    ("zerossl", SECTIGO),
    ("google trust services", &["pki.goog"]),
    ("amazon", &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"]),
    ("globalsign", &["globalsign.com"]),
    ("godaddy", &["godaddy.com", "starfieldtech.com"]),
    ("starfield", &["starfieldtech.com", "godaddy.com", "amazon.com"]),
    // Before Entrust, whose name is a part of it.
    ("identrust", &["identrust.com"]),
    // Sectigo and SSL.com issue in its name.
    ("entrust", &["entrust.net", "affirmtrust.com", "sectigo.com", "ssl.com"]),
    ("ssl corp", &["ssl.com", "entrust.net", "affirmtrust.com"]),
    ("microsoft", &["microsoft.com", "digicert.com"]),
    ("actalis", &["actalis.it"]),
    ("buypass", &["buypass.com", "buypass.no"]),
    ("certigna", &["certigna.fr", "certigna.com"]),
    ("d-trust", &["d-trust.net", "dtrust.de", "d-trust.de", "dtrust.net"]),
    ("deutsche telekom", &["telesec.de", "pki.dfn.de", "dfn.de"]),
    ("swisssign", &["swisssign.com", "swisssign.net", "swisssign.ch"]),
    ("hellenic academic", &["harica.gr"]),
    ("asseco", &["certum.pl", "certum.eu"]),
];

const DIGICERT: &[&str] = &[
    "digicert.com",
    "www.digicert.com",
    "digicert.ne.jp",
    "cybertrust.ne.jp",
    "symantec.com",
    "thawte.com",
    "geotrust.com",
    "rapidssl.com",
    "quovadisglobal.com",
    "digitalcertvalidation.com",
    "volusion.digitalcertvalidation.com",
    "stratossl.digitalcertvalidation.com",
    "intermediatecertificate.digitalcertvalidation.com",
    "1and1.digitalcertvalidation.com",
    "amazon.com",
    "amazontrust.com",
    "awstrust.com",
    "amazonaws.com",
    "pkioverheid.nl",
];

const SECTIGO: &[&str] = &[
    "sectigo.com",
    "comodo.com",
    "comodoca.com",
    "usertrust.com",
    "trust-provider.com",
    "entrust.net",
    "affirmtrust.com",
];

fn allowed(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for certificate in &subject.facts.certificates {
        let Some(organisation) = &certificate.issuer else { continue };
        tally.saw();
        let lower = organisation.to_lowercase();
        let known = AUTHORITIES.iter().find(|(name, _)| lower.contains(name));
        let Some((_, domains)) = known else {
            tally.unknown(format!("the domain by which CAA names \"{organisation}\" is not known"));
            continue;
        };
        let rrset = match relevant(subject, &certificate.host) {
            Ok(Some(rrset)) => rrset,
            Ok(None) => continue,
            Err(why) => {
                tally.unknown(why);
                continue;
            }
        };
        let issue: Vec<_> = properties(rrset).filter(|property| property.tag == "issue").collect();
        let named: Vec<&str> = issue
            .iter()
            .filter_map(|property| issuer(&property.value))
            .filter(|domain| !domain.is_empty())
            .collect();
        if issue.is_empty()
            || named.iter().any(|name| domains.iter().any(|domain| domain.eq_ignore_ascii_case(name)))
        {
            continue;
        }
        let only = if named.is_empty() { "nobody".to_owned() } else { format!("{} only", named.join(", ")) };
        let message = format!(
            "{} has a certificate of {} ({}), but the CAA records of {} let in {only}",
            certificate.host.without_dot(),
            organisation,
            domains.first().unwrap_or(&""),
            rrset.name.without_dot()
        );
        tally.fail(Finding::at(rrset, message));
    }
    tally.outcome()
}
