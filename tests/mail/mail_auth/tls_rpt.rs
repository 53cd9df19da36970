//! TLS-RPT records (RFC 8460 section 3).

use super::texts::{Grammar, texts};
use super::{Reading, Reason, settle};
use dnsctl_mail::tls_rpt;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::mta_sts::{ReportUri, TlsRpt};

const GRAMMAR: Grammar = Grammar {
    version: "TLSRPTv1",
    needed: "rua",
    tight: true,
    tags: &[
        (
            "rua",
            &[
                "mailto:tls@example.com",
                "https://example.com/tls",
                "mailto:tls@example.com,https://example.com/tls",
                "mailto:tls@example.com, mailto:b@example.net",
                "https://example.com/v1/tls?a=b",
                "mailto:a%2Cb@example.com",
            ],
            &[
                "tls@example.com",
                "",
                "http://example.com/tls",
                "mailto:tls@example.com,,mailto:b@example.com",
                "mailto:",
            ],
        ),
        ("ext", &["1", "value"], &["a b", ""]),
        ("more", &["1", "value"], &[""]),
    ],
};

const REASONS: &[Reason] = &[
    Reason {
        words: "capitals and blanks in and about the version are passed over; what does not begin with \"v=TLSRPTv1;\" is discarded (RFC 8460 section 3)",
        fields: &["record"],
        holds: |reading| {
            reading.has("Version")
                && reading.sees("record", "no", "yes")
                && reading.has_loose_version("TLSRPTv1")
        },
    },
    Reason {
        words: "names may have capitals, and blanks inside; \"rua\" is written so (RFC 8460 section 3, RFC 7405)",
        fields: &["record", "rua"],
        holds: |reading| {
            let name = |name: &str| {
                name != "rua" && name.to_ascii_lowercase().replace([' ', '\t', '\r', '\n'], "") == "rua"
            };
            reading.tags().iter().any(|(tag, _)| name(tag))
        },
    },
    Reason {
        words: "the addresses of a second rua are added; a field stands once (RFC 8460 section 3)",
        fields: &["record", "rua"],
        holds: |reading| reading.has("Tag(Duplicate)"),
    },
    Reason {
        words: "behind \"=\" in a URI two digits are decoded, or it ends; a URI may have that sign (RFC 3986 section 3.4)",
        fields: &["record", "rua"],
        holds: |reading| reading.tags().iter().any(|(name, value)| name == "rua" && value.contains('=')),
    },
    Reason {
        words: "any text behind mailto: or https: is an address; a mailbox has a domain and a host is one (RFC 6068 section 2, RFC 3986 section 3.2.2)",
        fields: &["record", "rua"],
        holds: |reading| reading.has_any(&["Uri(Mailbox)", "Uri(Host)"]),
    },
    Reason {
        words: "blanks in a URI are passed over, and other octets taken as they are; a URI has no such (RFC 3986 section 2)",
        fields: &["record", "rua"],
        holds: |reading| reading.has_any(&["Uri(Character)", "Uri(Escape)"]),
    },
    Reason {
        words: "a URI of another kind ends the list, and those behind it are lost; each is read by itself (RFC 8460 section 3)",
        fields: &["record", "rua"],
        holds: |reading| reading.has_any(&["Uri(Scheme)", "Uri(Empty)", "UriScheme"]),
    },
    Reason {
        words: "the field behind a piece without \"=\" is lost; the others hold (RFC 8460 section 3)",
        fields: &["record", "rua"],
        holds: |reading| reading.has("Tag(NoEquals)"),
    },
    Reason {
        words: "a piece that begins with mailto: or https: is one more address; a field is a name, \"=\" and a value (RFC 8460 section 3)",
        fields: &["record", "rua"],
        holds: |reading| {
            reading.tags().iter().any(|(name, _)| name.starts_with("mailto:") || name.starts_with("https:"))
        },
    },
];

fn read(text: Vec<u8>) -> Reading {
    let parsed = tls_rpt::parse(&text);
    let mut ours = super::differences::Seen::new();
    let addresses: Option<Vec<String>> =
        parsed.record.as_ref().filter(|record| !record.addresses.is_empty()).map(|record| {
            let known = record.addresses.iter().filter(|uri| uri.scheme == "mailto" || uri.scheme == "https");
            known.map(|uri| uri.text.trim_start_matches("mailto:").to_owned()).collect()
        });
    ours.insert("record", if addresses.is_some() { "yes" } else { "no" }.to_owned());
    ours.extend(addresses.map(|addresses| ("rua", addresses.join(" "))));
    let mut theirs = super::differences::Seen::new();
    let record = TlsRpt::parse(&text).ok();
    theirs.insert("record", if record.is_some() { "yes" } else { "no" }.to_owned());
    theirs.extend(record.map(|record| {
        let address = |uri: &ReportUri| match uri {
            ReportUri::Mail(text) | ReportUri::Http(text) => text.clone(),
        };
        ("rua", record.rua.iter().map(address).collect::<Vec<_>>().join(" "))
    }));
    let faults = parsed.faults.iter().map(|fault| format!("{:?}", fault.kind)).collect();
    Reading { text, ours, theirs, faults }
}

#[test]
fn tls_rpt_records_are_read_alike() {
    let readings: Vec<Reading> = texts(&GRAMMAR, 8460, 6_000).into_iter().map(read).collect();
    settle("TLS-RPT", &readings, REASONS, 60);
}
