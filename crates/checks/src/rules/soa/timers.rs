//! The times in the SOA record.

use crate::rules::soa::soa;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{Rdata, Reference, Ttl};

pub(super) const CHECKS: &[Check] = &[REFRESH, RETRY_REFRESH, RETRY, EXPIRE, MINIMUM];

fn look(subject: &Subject<'_>, fault: impl Fn(&Rdata) -> Option<(String, Option<Severity>)>) -> Outcome {
    let Some((rrset, value)) = soa(subject) else { return Outcome::NotApplicable };
    match fault(value) {
        None => Outcome::Pass,
        Some((what, severity)) => {
            let mut finding =
                Finding::at(rrset, format!("the SOA record of {} has {what}", rrset.name.without_dot()));
            finding.severity = severity;
            Outcome::Fail(vec![finding])
        }
    }
}

fn spoken(seconds: u32) -> String {
    Ttl::new(seconds).map_or_else(|| format!("{seconds} s"), Ttl::spoken)
}

check! { REFRESH = "soa.refresh-min", Note, refresh;
    title: "secondary servers ask for changes very often",
    why: "A refresh time below 4 hours makes needless traffic where the primary tells its secondaries about changes (NOTIFY), as almost all do.",
    fix: "Set refresh to 4 hours or more, or leave it when the primary sends no NOTIFY.",
    example: "the SOA record of example.com has refresh 15 min, less than 4 h",
    see: [Reference::Rfc(1912, "2.2"), Reference::Rfc(1996, "")],
}

fn refresh(subject: &Subject<'_>) -> Outcome {
    look(subject, |soa| {
        let refresh = soa.number("refresh").filter(|refresh| *refresh < 14_400)?;
        Some((format!("refresh {}, less than 4 h", spoken(refresh)), None))
    })
}

check! { RETRY_REFRESH = "soa.retry-lt-refresh", Warning, retry_refresh;
    title: "the retry time is not below the refresh time",
    why: "Retry is for the time after a refresh that failed. When it is not shorter, a secondary that missed one stays behind longer than one that did not.",
    fix: "Set retry to a fraction of refresh.",
    example: "the SOA record of example.com has retry 4 h, not below refresh 4 h",
    see: [Reference::Rfc(1912, "2.2")],
}

fn retry_refresh(subject: &Subject<'_>) -> Outcome {
    look(subject, |soa| {
        let (retry, refresh) = (soa.number("retry")?, soa.number("refresh")?);
        (retry >= refresh)
            .then(|| (format!("retry {}, not below refresh {}", spoken(retry), spoken(refresh)), None))
    })
}

check! { RETRY = "soa.retry-min", Note, retry;
    title: "secondary servers try again very often",
    why: "A retry time below an hour makes needless traffic while the primary is down.",
    fix: "Set retry to an hour or more.",
    example: "the SOA record of example.com has retry 10 min, less than 1 h",
    see: [Reference::Page("RIPE-203: recommendations for DNS SOA values", "https://www.ripe.net/publications/docs/ripe-203/")],
}

fn retry(subject: &Subject<'_>) -> Outcome {
    look(subject, |soa| {
        let retry = soa.number("retry").filter(|retry| *retry < 3600)?;
        Some((format!("retry {}, less than 1 h", spoken(retry)), None))
    })
}

check! { EXPIRE = "soa.expire-min", Warning, expire;
    title: "secondary servers give the zone up early",
    why: "When the primary is out of reach for longer than expire, its secondaries stop to answer: the domain is gone although they still have it.",
    fix: "Set expire to 2 to 4 weeks, and never below refresh.",
    example: "the SOA record of example.com has expire 24 h, less than 7 days",
    see: [Reference::Rfc(1912, "2.2")],
}

fn expire(subject: &Subject<'_>) -> Outcome {
    look(subject, |soa| {
        let (expire, refresh) = (soa.number("expire")?, soa.number("refresh")?);
        if expire < refresh {
            let what = format!("expire {}, less than refresh {}", spoken(expire), spoken(refresh));
            return Some((what, Some(Severity::Error)));
        }
        (expire < 604_800).then(|| (format!("expire {}, less than 7 days", spoken(expire)), None))
    })
}

check! { MINIMUM = "soa.minimum-range", Note, minimum;
    title: "\"there is no such record\" is remembered for too long or too short a time",
    why: "The minimum field is how long resolvers remember that something does not exist. Above a day a new record stays invisible for as long to who asked early; below 5 minutes resolvers ask again and again.",
    fix: "Set minimum between 5 minutes and a day; an hour is usual.",
    example: "the SOA record of example.com has minimum 168 h, more than 24 h",
    see: [Reference::Rfc(2308, "4"), Reference::Rfc(2308, "5")],
}

fn minimum(subject: &Subject<'_>) -> Outcome {
    look(subject, |soa| match soa.number("minimum")? {
        minimum @ 0..300 => Some((format!("minimum {}, less than 5 min", spoken(minimum)), None)),
        minimum @ 86_401.. => Some((format!("minimum {}, more than 24 h", spoken(minimum)), None)),
        _ => None,
    })
}
