//! Each record by itself: whether it is one of SPF, and whether it can be read.
//!
//! mail-auth reads much that RFC 7208 refuses, and refuses little that it allows. Each way in which it does is a row here, with an
//! example on which both differ as the row says; a record on which both differ must have one of these causes.

use crate::generated::{self, Case};
use crate::world::Item;
use dnsctl_mail::spf::{self, FaultKind};
use libtest_mimic::Failed;
use mail_auth::Error;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::spf::Spf;
use std::fmt::Write as _;

/// How many worlds are generated, each with a few records.
const CASES: usize = 6000;

/// What a reader takes a text for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Record,
    Broken,
    Other,
}

/// What mail-auth does otherwise.
struct Cause {
    words: &'static str,
    example: &'static str,
    /// Whether it is in a text that has these faults.
    holds: fn(&str, &[FaultKind]) -> bool,
}

const CAUSES: &[Cause] = &[
    Cause {
        words: "octets beyond ASCII in a name are taken; there are none in a record (section 3.1)",
        example: "v=spf1 a:\u{e4}.example.com -all",
        holds: |_, faults| faults.contains(&FaultKind::NotAscii),
    },
    Cause {
        words: "a tab, and any blank, separates terms; a space does (section 4.6.1)",
        example: "v=spf1 mx\ta -all",
        holds: |_, faults| faults.contains(&FaultKind::Control),
    },
    Cause {
        words: "a word that is no mechanism is passed over, and the term behind it with it; it is an error (section 4.6.1)",
        example: "v=spf1 moo -all",
        holds: |_, faults| {
            faults.iter().any(|kind| matches!(kind, FaultKind::UnknownMechanism | FaultKind::Separator))
        },
    },
    Cause {
        words: "a name may have any form; its last label has a letter, or it ends in a macro (section 7.1)",
        example: "v=spf1 a:example.-com -all",
        holds: |_, faults| faults.contains(&FaultKind::Domain),
    },
    Cause {
        words: "a number above 255 in an address is 255, and zeros may lead; an address is one (section 5.6)",
        example: "v=spf1 ip4:192.0.02.300 -all",
        holds: |_, faults| faults.contains(&FaultKind::Address),
    },
    Cause {
        words: "a prefix length may be missing, too long, or lead with zeros; it has a range (section 5.6)",
        example: "v=spf1 ip4:192.0.2.1/64 -all",
        holds: |_, faults| faults.contains(&FaultKind::PrefixLength),
    },
    Cause {
        words: "a macro may keep no part, and \"%\" stand alone; the number is not zero, and \"%\" begins a macro (sections 7.1 and 7.3)",
        example: "v=spf1 exists:%{d0}.example.com -all",
        holds: |_, faults| faults.contains(&FaultKind::Macro),
    },
    Cause {
        words: "a \"/\" in a name begins prefix lengths; it is visible and may stand in a name that ends in a label (section 7.1)",
        example: "v=spf1 include:foo:bar/baz.example.com -all",
        holds: |text, _| text.contains("foo:bar/baz"),
    },
    Cause {
        words: "a modifier that no RFC defines needs a value; it may be empty (section 12)",
        example: "v=spf1 x-1.y_z= -all",
        holds: |text, faults| {
            faults.contains(&FaultKind::UnknownModifier) && text.split(' ').any(|term| term.ends_with('='))
        },
    },
    Cause {
        words: "a version with capitals or blanks inside is one; a record begins with \"v=spf1\" in any case, and then a space (section 4.5)",
        example: "v= spf1 -all",
        holds: |text, _| {
            let bare: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
            !spf::is_spf(text.as_bytes()) && bare.to_ascii_lowercase().starts_with("v=spf1")
        },
    },
];

fn ours(text: &str) -> (Text, Vec<FaultKind>) {
    let parsed = spf::parse(text.as_bytes());
    let kinds = parsed.faults.iter().map(|fault| fault.kind).collect();
    let kind = match (spf::is_spf(text.as_bytes()), parsed.is_valid()) {
        (false, _) => Text::Other,
        (true, true) => Text::Record,
        (true, false) => Text::Broken,
    };
    (kind, kinds)
}

fn theirs(text: &str) -> Text {
    match Spf::parse(text.as_bytes()) {
        Ok(_) => Text::Record,
        Err(Error::ParseError) => Text::Broken,
        Err(_) => Text::Other,
    }
}

/// Whether both read a text as the same.
pub(crate) fn agrees(text: &str) -> bool {
    ours(text).0 == theirs(text)
}

fn texts(case: Case) -> impl Iterator<Item = String> {
    case.world.0.into_values().flatten().filter_map(|item| match item {
        Item::Txt(text) => Some(text),
        _ => None,
    })
}

/// Every record is read by both as the same, or has a cause.
pub(crate) fn read() -> Result<(), Failed> {
    let mut report = String::new();
    for cause in CAUSES {
        let ((kind, faults), other) = (ours(cause.example), theirs(cause.example));
        if kind == other || !(cause.holds)(cause.example, &faults) {
            writeln!(report, "no example: {kind:?} {other:?} {faults:?} {}", cause.words)?;
        }
    }
    let (mut count, mut used) = (0_usize, vec![0_usize; CAUSES.len()]);
    for text in generated::cases(CASES).into_iter().flat_map(texts) {
        count += 1;
        let ((kind, faults), other) = (ours(&text), theirs(&text));
        if kind != other {
            match CAUSES.iter().position(|cause| (cause.holds)(&text, &faults)) {
                Some(cause) => used[cause] += 1,
                None => writeln!(report, "ours {kind:?}, theirs {other:?}, {faults:?}: {text}")?,
            }
        }
    }
    println!("mail-auth: {count} texts, {} read otherwise", used.iter().sum::<usize>());
    for (cause, used) in CAUSES.iter().zip(&used) {
        println!("mail-auth: {used:>5} {}", cause.words);
    }
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}
