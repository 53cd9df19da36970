//! Keys and certificates.

use super::{LONGEST_MESSAGE, faults};
use dnsctl_mail::{dkim, tlsa as dane};
use dnsctl_zone::{Name, Rdata, RecordType};

/// A DKIM key record: a key that verifiers can use is written and read again as the same.
pub fn dkim_key(text: &[u8]) {
    let parsed = dkim::parse(text);
    faults(&parsed.faults, text);
    for (_, place) in &parsed.places {
        assert!(place.start <= place.end && place.end <= text.len(), "{place:?} is not in the text");
    }
    if let Some(key) = parsed.usable() {
        let written = key.to_string();
        assert_eq!(dkim::parse(written.as_bytes()).usable(), Some(key), "written as {written}");
        assert!(key.same_key(key), "a key is itself: {written}");
    }
}

/// The octets of a file as DER: a certificate gives TLSA records of every form that fit it, and names without surprises.
pub fn certificate(der: &[u8]) {
    let Ok(certificate) = dane::Certificate::from_der(der) else { return };
    assert_eq!(certificate.der, der, "all of the file is the certificate");
    for usage in 0..4 {
        for selector in 0..3 {
            for matching in 0..4 {
                let params = dane::Params { usage, selector, matching };
                let Some(rdata) = params.record(&certificate) else { continue };
                assert!(dane::matches(&rdata, der), "{params} does not fit its own certificate");
                faults(&dane::check_rdata(&rdata), rdata.octets());
            }
        }
    }
    if let Ok(name) = Name::absolute("mail.example.com") {
        let _ = certificate.covers(&name);
    }
}

/// The rdata of a TLSA record.
pub fn tlsa(octets: &[u8]) {
    let Ok(rdata) = Rdata::from_wire(RecordType::TLSA, octets) else { return };
    faults(&dane::check_rdata(&rdata), octets);
    assert!(dane::Params::of(&rdata).is_some(), "a TLSA record has its three numbers");
    let _ = dane::matches(&rdata, octets);
}

/// A PEM file: a key of it is a record that reads back as that key. An error is short and tells no line of the file, since that
/// may be of a private key.
pub fn pem(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    match dkim::public_from_pem(&text) {
        Ok(key) => assert_eq!(dkim::parse(key.to_string().as_bytes()).key, Some(key)),
        Err(error) => told(&error.to_string(), &text),
    }
    for params in [dane::Params::KEY, dane::Params::AUTHORITY] {
        match dane::from_pem(&text, params) {
            Ok(rdata) => {
                assert_eq!(dane::Params::of(&rdata), Some(params), "{rdata}");
                assert!(dane::check_rdata(&rdata).iter().all(|fault| !fault.is_error()), "{rdata}");
            }
            Err(error) => told(&error.to_string(), &text),
        }
    }
}

fn told(message: &str, text: &str) {
    let length = message.chars().count();
    assert!(length > 0 && length < LONGEST_MESSAGE, "{length} characters: {message:?}");
    let secret = |line: &&str| line.len() >= 24 && !line.starts_with("--") && !line.contains(' ');
    let line = text.lines().filter(secret).find(|line| message.contains(line));
    assert!(line.is_none(), "{line:?} of the file is told: {message:?}");
}
