//! MTA-STS records (RFC 8461 section 3.1).

use super::differences::Seen;
use super::texts::{Grammar, texts};
use super::{Reading, Reason, settle};
use dnsctl_mail::mta_sts::record;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::mta_sts::MtaSts;

const GRAMMAR: Grammar = Grammar {
    version: "STSv1",
    needed: "id",
    tight: true,
    tags: &[
        ("id", &["20260101", "a", "20260101T000000Z", "ABC"], &["", "2026-01-01", "a b", "é"]),
        ("more", &["1", "value"], &[""]),
        ("ext", &["1", "value"], &["a b", ""]),
    ],
};

const REASONS: &[Reason] = &[
    Reason {
        words: "capitals and blanks in and about the version are passed over, and it may stand anywhere; what does not begin with \"v=STSv1;\" is discarded (RFC 8461 section 3.1)",
        fields: &["record"],
        holds: |reading| reading.has("Version") && reading.sees("record", "no", "yes"),
    },
    Reason {
        words: "names may have capitals, and blanks inside; \"id\" is written so (RFC 8461 section 3.1, RFC 7405)",
        fields: &["record", "id"],
        holds: |reading| {
            let name = |name: &str| {
                name != "id" && name.to_ascii_lowercase().replace([' ', '\t', '\r', '\n'], "") == "id"
            };
            reading.tags().iter().any(|(tag, _)| name(tag))
        },
    },
    Reason {
        words: "the last id counts; the first does, as it is found first, and a field stands once (RFC 8461 section 3.1)",
        fields: &["record", "id"],
        holds: |reading| reading.has("Tag(Duplicate)"),
    },
    Reason {
        words: "any text is an id; it has 1 to 32 letters and digits (RFC 8461 section 3.1)",
        fields: &["record", "id"],
        holds: |reading| reading.has_any(&["Id", "Tag(NoValue)"]) && reading.sees("record", "no", "yes"),
    },
    Reason {
        words: "the field behind a piece without \"=\" is lost; the others hold (RFC 8461 section 3.1)",
        fields: &["record", "id"],
        holds: |reading| reading.has("Tag(NoEquals)"),
    },
];

fn read(text: Vec<u8>) -> Reading {
    let parsed = record::parse(&text);
    let seen = |id: Option<String>| {
        let mut seen = Seen::from([("record", if id.is_some() { "yes" } else { "no" }.to_owned())]);
        seen.extend(id.map(|id| ("id", id)));
        seen
    };
    let ours = seen(parsed.record.map(|record| record.id));
    let theirs = seen(MtaSts::parse(&text).ok().map(|record| record.id));
    let faults = parsed.faults.iter().map(|fault| format!("{:?}", fault.kind)).collect();
    Reading { text, ours, theirs, faults }
}

#[test]
fn mta_sts_records_are_read_alike() {
    let readings: Vec<Reading> = texts(&GRAMMAR, 8461, 6_000).into_iter().map(read).collect();
    settle("MTA-STS", &readings, REASONS, 60);
}
