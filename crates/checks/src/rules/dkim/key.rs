//! What a key is good for.

use super::{begin, faults, texts};
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::dkim::{FaultKind, Key};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[FORM, WEAK, ED25519, HASH, TEST, SERVICE];

check! { FORM = "dkim.key-parse", Error, form;
    title: "the public key of a DKIM selector is not a key of the kind that k says",
    why: "The octets are base64, but no key: a part is missing, or it is a certificate, a private key or a key of another kind. Verifiers cannot use it, and every signature with it fails.",
    fix: "Write the public key anew: for RSA a SubjectPublicKeyInfo as `openssl pkey -pubout` writes it, for ed25519 the 32 octets of the key and k=ed25519.",
    example: "the DKIM key s1._domainkey.example.com: \"dsa\" is no key type: verifiers know rsa and ed25519, and ignore other keys",
    see: [Reference::Rfc(6376, "3.6.1"), Reference::Rfc(8463, "4.2")],
}

fn form(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| match fault.kind {
        FaultKind::KeyForm | FaultKind::KeyAlgorithm | FaultKind::KeyType | FaultKind::RsaExponent => {
            Some(Severity::Error)
        }
        FaultKind::RsaBare => Some(Severity::Warning),
        _ => None,
    })
}

check! { WEAK = "dkim.rsa-weak", Critical, weak;
    title: "the RSA key of a DKIM selector is too short",
    why: "A key of less than 1024 bits can be broken by anybody, so that verifiers must not accept it: signatures fail, or are forged. 1024 bits are accepted today; 2048 are what RFC 8301 wants signers to have.",
    fix: "Make a new key of 2048 bits, publish it at a new selector, sign with it, and revoke the old one after some days.",
    example: "the DKIM key s1._domainkey.example.com: the RSA key has 512 bits: verifiers must not accept less than 1024 (RFC 8301 section 3.2)",
    see: [Reference::Rfc(8301, "3.2"), Reference::Rfc(6376, "3.3.3")],
}

fn weak(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| match fault.kind {
        FaultKind::RsaWeak => Some(Severity::Critical),
        FaultKind::RsaShort => Some(Severity::Warning),
        FaultKind::RsaLong => Some(Severity::Note),
        _ => None,
    })
}

check! { ED25519 = "dkim.ed25519-length", Error, |subject| faults(subject, |_, fault| (fault.kind == FaultKind::Ed25519Length).then_some(Severity::Error));
    title: "an Ed25519 key does not have 32 octets",
    why: "For ed25519 p holds the 32 octets of the key itself, without the frame that files have. Verifiers cannot use anything else, and every signature with it fails.",
    fix: "Write the last 32 octets of the public key in base64: `openssl pkey -pubout -outform DER | tail -c 32 | base64`.",
    example: "the DKIM key s1._domainkey.example.com: an Ed25519 key has 32 octets, this one 31 (RFC 8463 section 4.2)",
    see: [Reference::Rfc(8463, "4.2")],
}

check! { HASH = "dkim.hash-sha1", Error, hash;
    title: "a DKIM key is not for sha256",
    why: "Verifiers must not accept sha1 any more. A key that h allows for sha1 only verifies nothing; where it allows both, the old one is a leftover.",
    fix: "Remove h, or write h=sha256.",
    example: "the DKIM key s1._domainkey.example.com: sha256 is not among the hashes: no signature can be verified (RFC 8301 section 3.1)",
    see: [Reference::Rfc(8301, "3.1"), Reference::Rfc(6376, "3.6.1")],
}

fn hash(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| match fault.kind {
        FaultKind::NoUsableHash => Some(Severity::Error),
        FaultKind::Sha1 => Some(Severity::Note),
        _ => None,
    })
}

check! { TEST = "dkim.test", Warning, test;
    title: "a DKIM key says that it is a test",
    why: "With t=y verifiers treat signed mail as if it were not signed. It is meant for the first days and then forgotten; many receivers pass over it, others do not count the signature.",
    fix: "Remove the flag y; t=s may stay.",
    example: "the DKIM key s1._domainkey.example.com is in test mode: verifiers may treat its mail as not signed",
    see: [Reference::Rfc(6376, "3.6.1")],
}

fn test(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text) in texts(subject) {
        let Some(key) = text.parsed.key.as_ref().filter(|key| !key.revoked()) else { continue };
        tally.saw();
        if key.test {
            let name = site.owner.without_dot();
            let message =
                format!("the DKIM key {name} is in test mode: verifiers may treat its mail as not signed");
            let span = text.parsed.place("t").unwrap_or(Span::new(0, text.octets.len()));
            tally.fail(Finding::at(site.rrset, message).marking(&text.octets, span));
        }
    }
    tally.outcome()
}

check! { SERVICE = "dkim.service", Error, service;
    title: "a DKIM key is not for e-mail",
    why: "s names the services that the key is for. Verifiers of mail ignore a key that names neither email nor all of them.",
    fix: "Remove s, or write s=email.",
    example: "the DKIM key s1._domainkey.example.com: the key is not for e-mail: \"s\" names neither \"email\" nor \"*\"",
    see: [Reference::Rfc(6376, "3.6.1")],
}

fn service(subject: &Subject<'_>) -> Outcome {
    let revoked = |key: &Key| key.revoked();
    faults(subject, |text, fault| {
        let void = text.parsed.key.as_ref().is_some_and(revoked);
        (fault.kind == FaultKind::NotForEmail && !void).then_some(Severity::Error)
    })
}
