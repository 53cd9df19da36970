//! Where pyspf 2.0.14 departs from RFC 7208: each departure by a small case that shows it, and a change of a record after
//! which it no longer matters. A generated case on which we differ must agree after all of these changes.

use crate::generated::Case;
use crate::pyspf::{judge, ours};
use crate::world::{Item, World};
use libtest_mimic::Failed;

/// A departure.
struct Departure {
    /// What pyspf does, and what the RFC says.
    words: &'static str,
    /// A record of `one.example.com` that shows it, for the client 192.0.2.1.
    record: &'static str,
    sender: &'static str,
    ours: &'static str,
    theirs: &'static str,
    /// Takes the cause away.
    remedy: fn(&mut Case),
}

const DEPARTURES: &[Departure] = &[
    Departure {
        words: "a record that includes itself is refused even if that term is never reached; it is no error of syntax \
                (section 4.6), and the limit of lookups (4.6.4) ends it when it is reached",
        record: "v=spf1 ip4:192.0.2.1 include:one.example.com -all",
        sender: "joe@one.example.com",
        ours: "pass",
        theirs: "permerror",
        remedy: |case| {
            each_term(case, |domain, term| match term.split_once("include:") {
                Some((sign, target)) if target == domain => format!("{sign}include:none.example.org"),
                _ => term.to_owned(),
            });
        },
    },
    Departure {
        words: "an unknown modifier that stands twice is refused; only redirect and exp may not (section 6)",
        record: "v=spf1 moo=cow moo=%{d} ip4:192.0.2.1 -all",
        sender: "joe@one.example.com",
        ours: "pass",
        theirs: "permerror",
        remedy: |case| {
            each_term(case, |_, term| match term {
                "moo=cow" | "moo=%{d}" | "x-1.y_z=" | "v=spf1" => String::new(),
                other => other.to_owned(),
            });
        },
    },
    Departure {
        words: "a macro may keep 0 parts; the number must not be zero (section 7.3)",
        record: "v=spf1 exists:%{d0}.example.com ip4:192.0.2.1 -all",
        sender: "joe@one.example.com",
        ours: "permerror",
        theirs: "pass",
        remedy: |case| {
            each_macro(case, |letter, transformers| {
                Some(format!("%{{{letter}{}}}", transformers.strip_prefix('0').unwrap_or(transformers)))
            });
        },
    },
    Departure {
        words: "\"exists\" without a name is taken when it has a sign; it needs a name (section 5.7)",
        record: "v=spf1 +exists -all",
        sender: "joe@one.example.com",
        ours: "permerror",
        theirs: "fail",
        remedy: |case| {
            each_term(case, |_, term| match term.strip_suffix("exists") {
                Some(_) => "exists".to_owned(),
                None => term.to_owned(),
            });
        },
    },
    Departure {
        words: "\"%%\" at the end of a name is refused; it is a macro-expand, with which a domain-spec may end (section 7.1)",
        record: "v=spf1 ip4:192.0.2.1 a:%% -all",
        sender: "joe@one.example.com",
        ours: "pass",
        theirs: "permerror",
        remedy: |case| each_term(case, |_, term| term.replace("%%", "%_")),
    },
    Departure {
        words: "a lookup by an alias that finds nothing counts twice; it is one lookup (section 4.6.4)",
        record: "v=spf1 -mx:alias.example.org -exists:gone.example.net ?ip4:192.0.2.1 -all",
        sender: "joe@one.example.com",
        ours: "neutral",
        theirs: "permerror",
        remedy: |case| {
            let target = case.world.0.get("mail.example.com").cloned().unwrap_or_default();
            case.world.0.insert("alias.example.org".to_owned(), target);
        },
    },
    Departure {
        words: "the explanation is looked up, and what it finds not is counted, before the mechanisms are tried; it is looked \
                up after a \"fail\" only (section 6.2) and does not count (4.6.4)",
        record: "v=spf1 exp=why.example.com a:gone.example.net exists:gone.example.net ip4:192.0.2.1 -all",
        sender: "joe@one.example.com",
        ours: "pass",
        theirs: "permerror",
        remedy: |case| {
            each_term(case, |_, term| if term.starts_with("exp=") { String::new() } else { term.to_owned() });
        },
    },
    Departure {
        words: "the macro p is looked up, and what it finds not is counted, before the mechanisms are tried; they are tried \
                one after the other (section 4.6.2)",
        record: "v=spf1 exists:gone.example.net a:gone.example.net ip4:192.0.2.1 exists:%{p}.example.com -all",
        sender: "joe@one.example.com",
        ours: "pass",
        theirs: "permerror",
        remedy: |case| {
            each_macro(case, |letter, _| {
                (letter.eq_ignore_ascii_case(&'p')).then(|| "x.example.com".to_owned())
            });
        },
    },
    Departure {
        words: "parts of a macro other than s and l are joined by the delimiter at which they were split; they are joined by \
                dots (section 7.3)",
        record: "v=spf1 exists:%{v-}.example.com -all",
        sender: "joe@one.example.com",
        ours: "fail",
        theirs: "pass",
        remedy: |case| {
            each_macro(case, |letter, transformers| {
                let joined_by_dots = matches!(letter.to_ascii_lowercase(), 's' | 'l');
                (!joined_by_dots)
                    .then(|| format!("%{{{letter}{}}}", transformers.trim_end_matches(['-', '+'])))
            });
        },
    },
    Departure {
        words: "a sender without a local part has none in the macro s; it is \"postmaster\" (section 4.3)",
        record: "v=spf1 exists:%{s}.example.com -all",
        sender: "@one.example.com",
        ours: "pass",
        theirs: "fail",
        remedy: |case| {
            if case.mail_from == "@one.example.com" || case.mail_from == "one.example.com" {
                case.mail_from = "postmaster@one.example.com".to_owned();
            }
        },
    },
];

/// The case without any of the causes; nothing when it has none.
pub(crate) fn without_causes(case: &Case) -> Option<Case> {
    let mut changed = case.clone();
    for departure in DEPARTURES {
        (departure.remedy)(&mut changed);
    }
    let same = changed.world.0 == case.world.0 && changed.mail_from == case.mail_from;
    (!same).then_some(changed)
}

/// Changes the terms of each record; an empty term is left out.
pub(crate) fn each_term(case: &mut Case, change: impl Fn(&str, &str) -> String) {
    for (domain, items) in &mut case.world.0 {
        for item in items {
            if let Item::Txt(text) = item
                && let Some(terms) = text.strip_prefix("v=spf1 ")
            {
                let terms: Vec<String> = terms.split(' ').map(|term| change(domain, term)).collect();
                let terms: Vec<String> = terms.into_iter().filter(|term| !term.is_empty()).collect();
                *text = format!("v=spf1 {}", terms.join(" "));
            }
        }
    }
}

/// Changes the macros of each record: letter and transformers become another text.
pub(crate) fn each_macro(case: &mut Case, change: impl Fn(char, &str) -> Option<String>) {
    each_term(case, |_, term| {
        let mut out = String::new();
        let mut rest = term;
        while let Some((before, after)) = rest.split_once("%{") {
            let Some((body, after)) = after.split_once('}') else { break };
            out += before;
            let mut letters = body.chars();
            let changed = letters.next().and_then(|letter| change(letter, letters.as_str()));
            out += &changed.unwrap_or_else(|| format!("%{{{body}}}"));
            rest = after;
        }
        out + rest
    });
}

/// Each departure is one: pyspf says what is written above, we say what the RFC says, and without the cause both agree.
pub(crate) fn explained() -> Result<(), Failed> {
    let cases: Vec<Case> =
        DEPARTURES.iter().map(|departure| small(departure.record, departure.sender)).collect();
    let mended: Vec<Case> = cases.iter().map(|case| without_causes(case).unwrap()).collect();
    let (Some(theirs), Some(agreed)) = (judge(&cases), judge(&mended)) else { return Ok(()) };
    for (index, departure) in DEPARTURES.iter().enumerate() {
        let found = (ours(&cases[index]).result.to_string(), theirs[index].result.as_str());
        if (found.0.as_str(), found.1) != (departure.ours, departure.theirs) {
            return Err(format!("{found:?}: {}", departure.words).into());
        }
        let mended = ours(&mended[index]).result.to_string();
        if mended != agreed[index].result {
            return Err(format!("{mended} {:?} without the cause: {}", agreed[index], departure.words).into());
        }
    }
    Ok(())
}

pub(crate) fn small(record: &str, mail_from: &str) -> Case {
    let mut world = World::default();
    let address = |last| Item::A([192, 0, 2, last].into());
    world.add("one.example.com", Item::Txt(record.to_owned()));
    world.add("alias.example.org", Item::Cname("mail.example.com".to_owned()));
    world.add("mail.example.com", address(9));
    world.add("why.example.com", Item::Txt("%{p} may not".to_owned()));
    world.add("in-addr.example.com", address(9));
    world.add("postmaster@one.example.com.example.com", address(9));
    Case {
        world,
        ip: [192, 0, 2, 1].into(),
        helo: "client.example.com".to_owned(),
        mail_from: mail_from.to_owned(),
    }
}
