//! DMARC records (RFC 9989 section 4.8).

use super::differences::Seen;
use super::texts::{Grammar, texts};
use super::{Reading, Reason, settle};
use dnsctl_mail::dmarc::{self, Alignment, PublicSuffix, Requested};
use dnsctl_mail::report_uri::Uri;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::dmarc::{Dmarc, Policy, Psd, Report, URI};

const POLICIES: &[&str] = &["none", "quarantine", "reject"];
const NO_POLICIES: &[&str] = &["monitor", "", "rejected", "re ject", "no", "Reject", "NONE"];
const URIS: &[&str] = &[
    "mailto:dmarc@example.com",
    "mailto:a@example.com,mailto:b@example.net",
    "mailto:a@example.com, mailto:b@example.net",
    "mailto:Dmarc@Example.com",
    "mailto:a%2Cb@example.com",
    "https://example.com/dmarc",
    "mailto:dmarc@example.com!10m",
    "mailto:a@example.com!1,mailto:b@example.com!2g",
];
const NO_URIS: &[&str] = &[
    "dmarc@example.com",
    "mailto:nobody",
    "",
    "mailto:a b@example.com",
    "mailto:a@example.com!x",
    "mailto:a@exa_mple.com",
];

const GRAMMAR: Grammar = Grammar {
    version: "DMARC1",
    needed: "p",
    tight: false,
    tags: &[
        ("p", POLICIES, NO_POLICIES),
        ("sp", POLICIES, NO_POLICIES),
        ("np", POLICIES, NO_POLICIES),
        ("rua", URIS, NO_URIS),
        ("ruf", URIS, NO_URIS),
        ("adkim", &["r", "s"], &["R", "strict", "", "x"]),
        ("aspf", &["r", "s"], &["S", "rs", ""]),
        ("fo", &["0", "1", "d", "s", "d:s", "s:d", "d : s"], &["2", "d,s", "", "1:", "0:1", "1:d"]),
        ("t", &["y", "n"], &["Y", "yes", ""]),
        ("psd", &["y", "n", "u"], &["x", "N", ""]),
        ("pct", &["0", "50", "100"], &["500", "x"]),
        ("zz", &["1", "a=b"], &[""]),
    ],
};

const ALL: &[&str] = &["record", "p", "sp", "np", "adkim", "aspf", "fo", "t", "psd", "rua", "ruf"];
const URI_FIELDS: &[&str] = &["record", "rua", "ruf"];

const REASONS: &[Reason] = &[
    Reason {
        words: "capitals, blanks and semicolons in, about and before the version are passed over; the text begins with \"v\", blanks, \"=\", blanks and \"DMARC1\" (RFC 9989 section 4.8)",
        fields: &["record"],
        holds: |reading| reading.ours["record"] == "no" && reading.has_loose_version("DMARC1"),
    },
    Reason {
        words: "the last of two tags of a name counts; a list with two is invalid (RFC 6376 section 3.2), and the first is what all read",
        fields: ALL,
        holds: |reading| reading.has("Tag(Duplicate)"),
    },
    Reason {
        words: "the tag behind a piece without \"=\" is lost; what is wrong behind the version is passed over, the rest holds (RFC 9989 section 4.7)",
        fields: ALL,
        holds: |reading| reading.has("Tag(NoEquals)"),
    },
    Reason {
        words: "blanks within a value are passed over; a policy is one word (RFC 9989 section 4.8)",
        fields: ALL,
        holds: |reading| reading.has_inner_blanks() && reading.theirs["record"] == "yes",
    },
    Reason {
        words: "a sign \"%\" or \"!\" that is wrong in a URI refuses the record; what is wrong behind the version is passed over (RFC 9989 section 4.7)",
        fields: &["record"],
        holds: |reading| {
            let mut uris = reading
                .tags()
                .into_iter()
                .filter(|(name, _)| matches!(&*name.to_ascii_lowercase(), "rua" | "ruf"));
            reading.sees("record", "yes", "broken") && uris.any(|(_, uris)| uris.contains(['%', '!']))
        },
    },
    Reason {
        words: "any text with \"@\" behind mailto: is a mailbox; its domain is one (RFC 6068 section 2, RFC 5321 section 4.1.2)",
        fields: URI_FIELDS,
        holds: |reading| reading.has_any(&["Uri(Mailbox)", "Uri(Host)"]),
    },
    Reason {
        words: "octets that no URI has are passed over or taken; such a URI is none (RFC 3986 section 2)",
        fields: URI_FIELDS,
        holds: |reading| reading.has_any(&["Uri(Character)", "Uri(Escape)"]),
    },
    Reason {
        words: "a value with another tag in it refuses the record; what is wrong behind the version is passed over (RFC 9989 section 4.7), and we tell the semicolon that is missing",
        fields: &["record"],
        holds: |reading| reading.has("Glued") && reading.sees("record", "yes", "broken"),
    },
];

fn requested(requested: Requested, otherwise: &str) -> String {
    requested.policy().map_or_else(|| otherwise.to_owned(), |policy| policy.to_string())
}

fn ours(text: &[u8]) -> (Seen, Vec<String>) {
    let parsed = dmarc::parse(text);
    let faults: Vec<String> = parsed.faults.iter().map(|fault| format!("{:?}", fault.kind)).collect();
    let Some(record) = parsed.record else { return (Seen::from([("record", "no".to_owned())]), faults) };
    // What they refuse the whole record for.
    let unreadable = [record.policy, record.subdomains, record.nonexistent].contains(&Requested::Invalid)
        || faults.iter().any(|fault| fault == "Alignment" || fault == "FailureOptions");
    if unreadable {
        return (Seen::from([("record", "broken".to_owned())]), faults);
    }
    let policy = requested(record.policy, "absent");
    let subdomains = requested(record.subdomains, &policy);
    let alignment = |alignment| if alignment == Alignment::Strict { "strict" } else { "relaxed" }.to_owned();
    let options = record.failure_options;
    let options = match (options.dkim, options.spf) {
        (true, true) => "ds",
        (true, false) => "d",
        (false, true) => "s",
        (false, false) if options.any => "1",
        (false, false) => "0",
    };
    let mailboxes = |uris: &[Uri]| {
        let mailboxes = uris.iter().filter(|uri| uri.scheme == "mailto");
        mailboxes.map(|uri| decoded(&uri.text["mailto:".len()..])).collect::<Vec<_>>().join(" ")
    };
    let seen = Seen::from([
        ("record", "yes".to_owned()),
        ("np", requested(record.nonexistent, &subdomains)),
        ("sp", subdomains),
        ("p", policy),
        ("adkim", alignment(record.dkim_alignment)),
        ("aspf", alignment(record.spf_alignment)),
        ("fo", options.to_owned()),
        ("t", record.test.to_string()),
        (
            "psd",
            match record.public_suffix {
                PublicSuffix::Yes => "y",
                PublicSuffix::No => "n",
                PublicSuffix::Unknown => "u",
            }
            .to_owned(),
        ),
        ("rua", mailboxes(&record.aggregate)),
        ("ruf", mailboxes(&record.failure)),
    ]);
    (seen, faults)
}

/// A mailbox in small letters, what is written as `%HH` as what it is.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        out.push(char::from(u8::from_str_radix(digits, 16).unwrap()));
        out.push_str(rest);
    }
    out.retain(|letter| !letter.is_ascii_whitespace());
    out.to_ascii_lowercase()
}

fn theirs(text: &[u8]) -> Seen {
    let record = match Dmarc::parse(text) {
        Ok(record) => record,
        Err(mail_auth::Error::ParseError) => return Seen::from([("record", "broken".to_owned())]),
        Err(_) => return Seen::from([("record", "no".to_owned())]),
    };
    let policy =
        |policy: Policy| if policy == Policy::Unspecified { "absent".to_owned() } else { policy.to_string() };
    let alignment = |alignment: mail_auth::dmarc::Alignment| {
        if alignment == mail_auth::dmarc::Alignment::Strict { "strict" } else { "relaxed" }.to_owned()
    };
    let mailboxes = |uris: &[URI]| uris.iter().map(|uri| uri.uri.clone()).collect::<Vec<_>>().join(" ");
    Seen::from([
        ("record", "yes".to_owned()),
        ("p", policy(record.p)),
        ("sp", policy(record.sp)),
        ("np", policy(record.np)),
        ("adkim", alignment(record.adkim)),
        ("aspf", alignment(record.aspf)),
        (
            "fo",
            match record.fo {
                Report::All => "0",
                Report::Any => "1",
                Report::Dkim => "d",
                Report::Spf => "s",
                Report::DkimSpf => "ds",
            }
            .to_owned(),
        ),
        ("t", record.t.to_string()),
        (
            "psd",
            match record.psd {
                Psd::Yes => "y",
                Psd::No => "n",
                Psd::Default => "u",
            }
            .to_owned(),
        ),
        ("rua", mailboxes(&record.rua)),
        ("ruf", mailboxes(&record.ruf)),
    ])
}

#[test]
fn dmarc_records_are_read_alike() {
    let read = |text: Vec<u8>| {
        let (ours, faults) = ours(&text);
        Reading { ours, theirs: theirs(&text), faults, text }
    };
    let readings: Vec<Reading> = texts(&GRAMMAR, 9989, 12_000).into_iter().map(read).collect();
    settle("DMARC", &readings, REASONS, 60);
}
