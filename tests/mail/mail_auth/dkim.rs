//! DKIM key records (RFC 6376 section 3.6.1).

use super::differences::Seen;
use super::texts::{Grammar, Tag, texts};
use super::{Reading, Reason, settle};
use crate::openssl::OpenSsl;
use dnsctl_mail::dkim::{self, Algorithm, Hash, Key, Service, public_from_pem};
use mail_auth::Error;
use mail_auth::common::crypto::{Algorithm as Signing, HashAlgorithm};
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::DkimError;

const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
const ED25519: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

const RSA: Grammar = Grammar {
    version: "DKIM1",
    needed: "p",
    tight: false,
    tags: &[
        ("k", &["rsa"], &["RSA", "dsa", ""]),
        HASHES,
        SERVICES,
        FLAGS,
        ("n", &["a note", "key=20of=3D2026"], &[""]),
        ("zz", &["1"], &[""]),
        ("p", &[RSA_1024], &["", "AAAA", "!", "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3S"]),
    ],
};

/// The key is short, so that damage meets the other tags.
const SHORT: Grammar = Grammar {
    version: "DKIM1",
    needed: "p",
    tight: false,
    tags: &[
        ("k", &["ed25519"], &["Ed25519", "rsa", "ed448", ""]),
        HASHES,
        SERVICES,
        FLAGS,
        ("n", &["a note"], &[""]),
        ("p", &[ED25519], &["", "AAAA", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"]),
    ],
};

const HASHES: Tag =
    ("h", &["sha256", "sha1", "sha1:sha256", "sha256 : sha1"], &["sha512", "", "SHA256", "sha256:other"]);
const SERVICES: Tag = ("s", &["email", "*", "email:*"], &["tlsrpt", "", "Email", "other:email"]);
const FLAGS: Tag = ("t", &["y", "s", "y:s", "s : y"], &["x", "", "Y", "y:x"]);

const ALL: &[&str] = &["record", "flags", "bits"];

const REASONS: &[Reason] = &[
    Reason {
        words: "the last of two tags of a name counts, and flags of both; a list with two is invalid (RFC 6376 section 3.2)",
        fields: ALL,
        holds: |reading| reading.has("Tag(Duplicate)"),
    },
    Reason {
        words: "names may have capitals; they are case-sensitive (RFC 6376 section 3.2)",
        fields: ALL,
        holds: super::Reading::has_capitals,
    },
    Reason {
        words: "capitals and blanks in the version are passed over; it is \"DKIM1\" (RFC 6376 section 3.6.1)",
        fields: &["record"],
        holds: |reading| reading.has("Version") && reading.has_loose_version("DKIM1"),
    },
    Reason {
        words: "the version may stand anywhere; where it stands it is the first tag (RFC 6376 section 3.6.1)",
        fields: &["record"],
        holds: |reading| reading.has("VersionNotFirst"),
    },
    Reason {
        words: "what is no base64 is read as far as it goes; the key is base64 (RFC 6376 section 3.6.1)",
        fields: ALL,
        holds: |reading| reading.has("Base64") && reading.ours["record"] == "no",
    },
    Reason {
        words: "the tag behind a piece without \"=\" is lost; such a list is invalid (RFC 6376 section 3.2), which we tell, and read the others",
        fields: ALL,
        holds: |reading| reading.has("Tag(NoEquals)"),
    },
    Reason {
        words: "blanks within a name or a word are passed over; folded lines stand about them (RFC 6376 section 3.2)",
        fields: ALL,
        holds: super::Reading::has_inner_blanks,
    },
    Reason {
        words: "an empty k is none, so the key is one of RSA; a key type is a word (RFC 6376 section 3.6.1)",
        fields: &["record"],
        holds: |reading| {
            reading.has("KeyType")
                && reading.tags().iter().any(|(name, value)| name == "k" && value.is_empty())
        },
    },
];

fn flags(flags: &[(&str, bool)]) -> String {
    flags.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

fn ours(text: &[u8]) -> (Seen, Vec<String>) {
    let parsed = dkim::parse(text);
    let faults: Vec<String> = parsed.faults.iter().map(|fault| format!("{:?}", fault.kind)).collect();
    // What spoils the key itself, and not only its use.
    let spoiled = ["Version", "VersionNotFirst", "NoPublicKey", "Base64", "KeyType", "Tag(Duplicate)"];
    let Some(key) = parsed.key.filter(|_| !faults.iter().any(|fault| spoiled.contains(&fault.as_str())))
    else {
        return (Seen::from([("record", "no".to_owned())]), faults);
    };
    if key.revoked() {
        return (Seen::from([("record", "revoked".to_owned())]), faults);
    }
    let hash = |hash: &Hash| key.hashes.as_ref().is_some_and(|hashes| hashes.contains(hash));
    let service =
        |service: &Service| key.services.as_ref().is_some_and(|services| services.contains(service));
    let set = flags(&[
        ("sha1", hash(&Hash::Sha1)),
        ("sha256", hash(&Hash::Sha256)),
        ("all", service(&Service::All)),
        ("email", service(&Service::Email)),
        ("test", key.test),
        ("strict", key.strict),
    ]);
    let mut seen = Seen::from([("record", "yes".to_owned()), ("flags", set)]);
    // Without a key that can be read they count, too.
    if let Algorithm::Rsa { bits, .. } = key.algorithm {
        seen.insert("bits", bits.div_ceil(8).to_string());
    }
    (seen, faults)
}

fn theirs(text: &[u8], bits: bool) -> Seen {
    let key = match DomainKey::parse(text) {
        Ok(key) => key,
        Err(Error::Dkim(DkimError::RevokedPublicKey)) => {
            return Seen::from([("record", "revoked".to_owned())]);
        }
        Err(_) => return Seen::from([("record", "no".to_owned())]),
    };
    // Their names for services and flags are their own: the numbers stand in the order of `flags`.
    let bit = |number: u64| key.f & number != 0;
    let set = flags(&[
        ("sha1", key.has_flag(HashAlgorithm::Sha1)),
        ("sha256", key.has_flag(HashAlgorithm::Sha256)),
        ("all", bit(4)),
        ("email", bit(8)),
        ("test", bit(16)),
        ("strict", bit(32)),
    ]);
    let mut seen = Seen::from([("record", "yes".to_owned()), ("flags", set)]);
    if bits {
        seen.insert("bits", (key.p.public_key_bits() / 8).to_string());
    }
    seen
}

#[test]
fn dkim_records_are_read_alike() {
    let read = |text: Vec<u8>| {
        let (ours, faults) = ours(&text);
        let theirs = theirs(&text, ours.contains_key("bits"));
        Reading { ours, theirs, faults, text }
    };
    let mut all = texts(&RSA, 6376, 8_000);
    all.extend(texts(&SHORT, 8463, 8_000));
    let readings: Vec<Reading> = all.into_iter().map(read).collect();
    settle("DKIM", &readings, REASONS, 60);
}

/// OpenSSL makes a key and signs with it, we write the record, and mail-auth takes the signature by that record.
#[test]
fn signatures_hold_by_the_records_that_we_write() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.write("message", b"from:joe@example.com\r\n");
    openssl.run("dgst -sha256 -binary -out digest message");
    for (how, bits) in [("rsa", 1024), ("rsa", 2048), ("rsa", 3072), ("rsa", 4096), ("ed25519", 0)] {
        let options = if bits > 0 { format!("-pkeyopt rsa_keygen_bits:{bits}") } else { String::new() };
        for name in ["one", "two"] {
            openssl.run(&format!("genpkey -algorithm {how} {options} -out {name}.pem"));
        }
        let key = public_from_pem(&openssl.read("one.pem")).unwrap();
        let (signature, signing) = if how == "rsa" {
            (openssl.run("dgst -sha256 -sign one.pem message"), Signing::RsaSha256)
        } else {
            // RFC 8463 section 3: what is signed is the hash.
            openssl.run("pkeyutl -sign -rawin -inkey one.pem -in digest -out signature");
            (openssl.octets("signature"), Signing::Ed25519Sha256)
        };
        let holds = |key: &Key, signature: &[u8]| {
            let record = DomainKey::parse(key.to_string().as_bytes()).unwrap();
            record.p.verify_bytes(b"from:joe@example.com\r\n", signature, signing).is_ok()
        };
        assert!(holds(&key, &signature), "{how} {bits}: {key}");
        let mut other = signature.clone();
        other[20] ^= 1;
        assert!(!holds(&key, &other), "{how} {bits}");
        let second = public_from_pem(&openssl.read("two.pem")).unwrap();
        assert!(!holds(&second, &signature), "{how} {bits}");
        // The record that is read again and written again is as good.
        let read = dkim::parse(key.to_string().as_bytes()).key.unwrap();
        assert!(holds(&read, &signature) && read == key, "{how} {bits}");
    }
}
