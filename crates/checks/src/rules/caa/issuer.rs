//! Who may issue certificates for mail hosts.

use crate::rules::caa::record::{issuer, properties, relevant};
use crate::tally::Tally;
use crate::{Certificate, Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RRset, RecordType, Reference};
use std::collections::HashSet;

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
    fix: "Add an issue property for the authority (issuewild for names with a wildcard, where there is one), or get the certificate from one that is let in.",
    example: "mail.example.com has a certificate of Let's Encrypt (letsencrypt.org), but the CAA records of example.com let in digicert.com only",
    see: [Reference::Rfc(8659, "4.2"), Reference::Rfc(8659, "4.3"), Reference::Page("CCADB: CAA identifiers of authorities", "https://www.ccadb.org/resources")],
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
        let mut told: HashSet<(&Name, &str)> = HashSet::new();
        for (name, wild) in names(subject, certificate) {
            let rrset = match relevant(subject, &name) {
                Ok(Some(rrset)) => rrset,
                Ok(None) => continue,
                Err(why) => {
                    tally.unknown(why);
                    continue;
                }
            };
            let Some((tag, named)) = refused(rrset, wild, domains) else { continue };
            if !told.insert((&rrset.name, tag)) {
                continue;
            }
            let (mut only, mut what) = (format!("{} only", named.join(", ")), name.without_dot());
            if named.is_empty() {
                only = "nobody".to_owned();
            }
            if wild {
                what = format!("*.{what}");
            }
            if tag == "issuewild" {
                only += " for names with a wildcard";
            }
            let message = format!(
                "{what} has a certificate of {organisation} ({}), but the CAA records of {} let in {only}",
                domains.first().unwrap_or(&""),
                rrset.name.without_dot()
            );
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

/// The names of this zone for which a certificate is, each with whether it had a wildcard, which is taken away; the host when
/// none is known.
fn names(subject: &Subject<'_>, certificate: &Certificate) -> Vec<(Name, bool)> {
    let texts = certificate.leaf().map_or(&[][..], |leaf| &leaf.dns_names);
    let names = texts.iter().filter_map(|text| {
        let (text, wild) = text.strip_prefix("*.").map_or((text.as_str(), false), |rest| (rest, true));
        Some((Name::absolute(text).ok()?, wild))
    });
    let mut names: Vec<_> = names.filter(|(name, _)| name.is_at_or_below(subject.apex())).collect();
    if names.is_empty() {
        names.push((certificate.host.clone(), false));
    }
    names
}

/// The property that lets none of these domains of an authority in, with those whom it lets in. For names with a wildcard
/// issuewild counts where there is one (RFC 8659 section 4.3).
fn refused(rrset: &RRset, wild: bool, domains: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let of = |tag: &str| properties(rrset).filter(|property| property.tag == tag).collect::<Vec<_>>();
    let (tag, all) = match of("issuewild") {
        own if wild && !own.is_empty() => ("issuewild", own),
        _ => ("issue", of("issue")),
    };
    let named: Vec<&str> =
        all.iter().filter_map(|one| issuer(&one.value)).filter(|name| !name.is_empty()).collect();
    let known = |name: &&str| domains.iter().any(|domain| domain.eq_ignore_ascii_case(name));
    (!all.is_empty() && !named.iter().any(known))
        .then(|| (tag, named.into_iter().map(str::to_owned).collect()))
}
