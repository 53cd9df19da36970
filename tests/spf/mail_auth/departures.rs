//! Where mail-auth 0.13 departs from RFC 7208 in a check: each departure by a small case that shows it, and a change of the case
//! after which it no longer matters.

use super::{Judge, grammar, ours};
use crate::differences::{each_macro, each_term, small};
use crate::generated::Case;
use crate::world::Item;
use dnsctl_mail::spf::{Limits, parse};
use libtest_mimic::Failed;
use std::fmt::Write as _;

/// A departure.
struct Departure {
    /// What mail-auth does, and what the RFC says.
    words: &'static str,
    /// A record of `one.example.com` that shows it, for the client 192.0.2.1.
    record: &'static str,
    sender: &'static str,
    ours: &'static str,
    theirs: &'static str,
    /// Takes the cause away.
    remedy: fn(&mut Case),
}

/// How the words of the departure begin after which we count no such lookups, either.
const VOID: &str = "lookups that find nothing";

const JOE: &str = "joe@one.example.com";

const DEPARTURES: &[Departure] = &[
    Departure {
        words: "records are read that are none, and others refused: see the causes in `grammar`",
        record: "v=spf1 moo ip4:192.0.2.1 -all",
        sender: JOE,
        ours: "permerror",
        theirs: "fail",
        remedy: |case| {
            each_term(case, |_, term| {
                let alone = format!("v=spf1 {term}");
                let sound = parse(alone.as_bytes()).is_valid() && grammar::agrees(&alone);
                if sound { term.to_owned() } else { String::new() }
            });
        },
    },
    Departure {
        words: "lookups that find nothing are not counted; more than two are an error (section 4.6.4)",
        record: "v=spf1 a:x.example.net a:y.example.net a:z.example.net ip4:192.0.2.1 -all",
        sender: JOE,
        ours: "permerror",
        theirs: "pass",
        remedy: |_| {},
    },
    Departure {
        words: "the first of several records that can be read counts; several are an error (section 4.5)",
        record: "v=spf1 ip4:192.0.2.1 -all\nv=spf1 -all",
        sender: JOE,
        ours: "permerror",
        theirs: "pass",
        remedy: |case| {
            for items in case.world.0.values_mut() {
                let mut seen = false;
                items.retain(|item| match item {
                    Item::Txt(text) if text.starts_with("v=spf1") => !std::mem::replace(&mut seen, true),
                    _ => true,
                });
            }
        },
    },
    Departure {
        words: "after an included record of an included one passes, the sign of the inner include decides; that of each include does (section 5.2)",
        record: "v=spf1 -include:two.example.com ip4:192.0.2.1 -all",
        sender: JOE,
        ours: "fail",
        theirs: "pass",
        remedy: |case| {
            each_term(case, |domain, term| {
                let nested = domain != "one.example.com"
                    && term.trim_start_matches(['+', '-', '~', '?']).starts_with("include:");
                if nested { String::new() } else { term.to_owned() }
            });
        },
    },
    Departure {
        words: "each name of the client behind \"ptr\" costs a lookup of the ten; the term costs one (section 4.6.4)",
        record: "v=spf1 ptr:example.org ptr:example.org ptr:example.org a:mail.example.com a:mail.example.com ip4:192.0.2.1 -all",
        sender: JOE,
        ours: "pass",
        theirs: "permerror",
        remedy: |case| {
            each_term(case, |_, term| {
                let ptr =
                    term.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase().starts_with("ptr");
                if ptr { String::new() } else { term.to_owned() }
            });
        },
    },
    Departure {
        words: "the macro p is the first name of the client, with a dot behind it, whether or not it leads back; it is validated (section 7.3)",
        record: "v=spf1 exists:%{p}.example.com -all",
        sender: JOE,
        ours: "fail",
        theirs: "temperror",
        remedy: |case| {
            each_macro(case, |letter, _| {
                (letter.eq_ignore_ascii_case(&'p')).then(|| "x.example.com".to_owned())
            });
        },
    },
    Departure {
        words: "\"exists\" is content with an IPv6 address; it asks for IPv4 addresses (section 5.7)",
        record: "v=spf1 exists:six.example.com -all",
        sender: JOE,
        ours: "fail",
        theirs: "pass",
        remedy: |case| {
            each_term(case, |_, term| {
                let lower = term.to_ascii_lowercase();
                let six = lower.contains("exists:six.") || lower.contains("exists:three.");
                if six { String::new() } else { term.to_owned() }
            });
        },
    },
    Departure {
        words: "more than ten mail exchangers are an error when the eleventh is asked; they always are (section 4.6.4)",
        record: "v=spf1 mx:many.example.com -all",
        sender: JOE,
        ours: "permerror",
        theirs: "pass",
        remedy: |case| {
            for items in case.world.0.values_mut() {
                let mut count = 0;
                items.retain(|item| {
                    count += usize::from(matches!(item, Item::Mx(..)));
                    count <= 10 || !matches!(item, Item::Mx(..))
                });
            }
        },
    },
    Departure {
        words: "the domain of a sender without \"@\" is that of HELO; it is what stands there (section 4.3)",
        record: "v=spf1 ip4:192.0.2.1 -all",
        sender: "one.example.com",
        ours: "pass",
        theirs: "none",
        remedy: |case| {
            if !case.mail_from.is_empty() && !case.mail_from.starts_with("joe") {
                case.mail_from = "postmaster@one.example.com".to_owned();
            }
        },
    },
    Departure {
        words: "a name with \"@\", \"+\", \"%\" or a bracket is an error for now, as a malformed one is; names may have any octets (RFC 2181 section 11), and what a malformed one comes to is open (section 4.8)",
        record: "v=spf1 a:%{s}.example.com ip4:192.0.2.1 -all",
        sender: JOE,
        ours: "pass",
        theirs: "temperror",
        remedy: |case| {
            each_term(case, |_, term| {
                let odd = ["..", "%%", "%-", "%_"].iter().any(|odd| term.contains(odd));
                if odd { String::new() } else { term.to_owned() }
            });
            each_macro(case, |letter, _| {
                letter.eq_ignore_ascii_case(&'s').then(|| "x.example.com".to_owned())
            });
            if case.mail_from.contains('+') {
                case.mail_from = JOE.to_owned();
            }
            if case.helo.starts_with('[') && !case.mail_from.is_empty() {
                case.helo = "mail.example.com".to_owned();
            }
        },
    },
    Departure {
        words: "a record that cannot be read counts as none when another text stands behind it; it is an error (section 4.6)",
        record: "v=spf1 redirect=a.example.com redirect=b.example.com\nanother text",
        sender: JOE,
        ours: "permerror",
        theirs: "none",
        remedy: |case| {
            for items in case.world.0.values_mut() {
                let spf = |item: &Item| matches!(item, Item::Txt(text) if text.starts_with("v=spf1"));
                if items.iter().any(spf) {
                    items.retain(|item| spf(item) || !matches!(item, Item::Txt(_)));
                }
            }
        },
    },
    Departure {
        words: "an address in brackets as the name of HELO is an error; without a domain there is no result (section 4.3)",
        record: "v=spf1 -all",
        sender: "",
        ours: "none",
        theirs: "permerror",
        remedy: |case| {
            if case.mail_from.is_empty() && case.helo.starts_with('[') {
                case.helo = "one.example.com".to_owned();
            }
        },
    },
];

/// The case without the first cause, without the first two, and so on; each with the limits to judge it with, and the words of the
/// cause.
pub(crate) fn without_causes(case: &Case) -> impl Iterator<Item = (Case, Limits, &'static str)> {
    let mut changed = case.clone();
    let mut limits = Limits::default();
    DEPARTURES.iter().map(move |departure| {
        (departure.remedy)(&mut changed);
        if departure.words.starts_with(VOID) {
            limits.void_lookups = usize::MAX;
        }
        (changed.clone(), limits, departure.words)
    })
}

/// A small case with what the departures need beside its record.
fn example(departure: &Departure) -> Case {
    let mut records = departure.record.lines();
    let mut case = small(records.next().unwrap(), departure.sender);
    if departure.sender.is_empty() {
        case.helo = "[192.0.2.1]".to_owned();
    }
    let text = |text: &str| Item::Txt(text.to_owned());
    for record in records {
        case.world.add("one.example.com", text(record));
    }
    case.world.add("two.example.com", text("v=spf1 include:three.example.com ?all"));
    case.world.add("three.example.com", text("v=spf1 ip4:192.0.2.1 -all"));
    case.world.add("six.example.com", Item::Aaaa([0x2001, 0xdb8, 0, 0, 0, 0, 0, 6].into()));
    for number in 0..11 {
        case.world.add("many.example.com", Item::Mx(number, format!("mx{number}.example.com")));
        case.world.add(&format!("mx{number}.example.com"), Item::A([192, 0, 2, 1].into()));
    }
    // Names of the client that do not lead back to it.
    for number in 0..4 {
        let name = format!("client{number}.example.net");
        case.world.add("1.2.0.192.in-addr.arpa", Item::Ptr(name.clone()));
        case.world.add(&name, Item::A([192, 0, 2, 9].into()));
        case.world.add(&format!("{name}.example.com"), Item::A([192, 0, 2, 9].into()));
    }
    case
}

/// Each departure is one: mail-auth says what is written above, we say what the RFC says, and without the cause both agree.
pub(crate) fn explained() -> Result<(), Failed> {
    let judge = Judge::start();
    let mut report = String::new();
    for departure in DEPARTURES {
        let case = example(departure);
        let found = (ours(&case, Limits::default()), judge.result(&case));
        if (found.0.as_str(), found.1) != (departure.ours, departure.theirs) {
            writeln!(report, "{found:?}: {}", departure.words)?;
        }
        let (without, limits, _) = without_causes(&case).last().unwrap();
        let (again, agreed) = (ours(&without, limits), judge.result(&without));
        if again != agreed {
            writeln!(report, "ours {again}, theirs {agreed} without the cause: {}", departure.words)?;
        }
    }
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}
