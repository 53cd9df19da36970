//! Records and files that say what is to be done with mail.

use super::{faults, is_sound};
use dnsctl_mail::dmarc::{self, Receiver, Requested};
use dnsctl_mail::resolve::{Answer, Query, Recorded};
use dnsctl_mail::{bimi as bimi_grammar, mta_sts, tags, tls_rpt as tls_rpt_grammar};
use dnsctl_zone::{Name, Rdata, RecordType};

/// A DMARC record: what was read is written and read again as the same, and both kinds of receivers come to a reading of it. A
/// tree walk that finds it at every level ends.
pub fn dmarc(text: &[u8]) {
    let parsed = dmarc::parse(text);
    faults(&parsed.faults, text);
    assert_eq!(parsed.record.is_some(), dmarc::is_dmarc(text), "parse and is_dmarc do not agree");
    for (_, place) in &parsed.places {
        assert!(place.start <= place.end && place.end <= text.len(), "{place:?} is not in the text");
    }
    let list = tags::parse(text, tags::Style::Blanks);
    assert!(list.tags.iter().all(|tag| tag.span.of(text).contains(&b'=')), "a tag without \"=\"");
    if let Some(record) = &parsed.record {
        for receiver in [Receiver::Rfc9989, Receiver::Rfc7489] {
            let reading = record.as_read_by(receiver);
            assert!(reading.percent <= 100, "{reading:?}");
        }
        let all = [record.policy, record.subdomains, record.nonexistent];
        if !all.contains(&Requested::Invalid) && record.policy_second {
            let written = record.to_string();
            let again = dmarc::parse(written.as_bytes());
            assert_eq!(again.record.as_ref(), Some(record), "written as {written}");
        }
    }
    walk(text);
}

/// The record stands at some of the names above `a.b.c.d.e.f.g.h.i.j.example.com`, as the first octet says.
fn walk(text: &[u8]) {
    let Ok(start) = Name::absolute("a.b.c.d.e.f.g.h.i.j.example.com") else { return };
    let chosen = text.first().copied().unwrap_or(0xff);
    let mut answers = Recorded::default();
    let mut at = Some(start.clone());
    let mut level = 0_u32;
    while let Some(domain) = at {
        at = domain.parent();
        level += 1;
        let Ok(name) = domain.child(b"_dmarc") else { continue };
        let answer = match chosen.wrapping_shr(level) & 1 {
            0 => Answer::Found(vec![Rdata::text(RecordType::TXT, text)]),
            _ => Answer::Missing,
        };
        answers.insert(Query { name, rtype: RecordType::TXT }, answer);
    }
    let walk = dmarc::tree_walk(&answers, &start);
    // RFC 9989 section 4.10: eight queries at most.
    assert!(walk.steps.len() <= 8, "{} steps", walk.steps.len());
    assert!(start.is_at_or_below(&walk.organisational()), "{walk:?}");
    if let Some(applied) = walk.applied() {
        let _ = (applied.policy(true), applied.policy(false));
    }
}

/// A BIMI record, read and written.
pub fn bimi(text: &[u8]) {
    let parsed = bimi_grammar::parse(text);
    faults(&parsed.faults, text);
    if let Some(record) = parsed.record.filter(|_| is_sound(&parsed.faults)) {
        assert_eq!(bimi_grammar::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

/// A TLS-RPT record, read and written.
pub fn tls_rpt(text: &[u8]) {
    let parsed = tls_rpt_grammar::parse(text);
    faults(&parsed.faults, text);
    if let Some(record) = parsed.record.filter(|_| is_sound(&parsed.faults)) {
        assert_eq!(tls_rpt_grammar::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

/// An MTA-STS record, read and written.
pub fn mta_sts_record(text: &[u8]) {
    let parsed = mta_sts::record::parse(text);
    faults(&parsed.faults, text);
    if let Some(record) = parsed.record.filter(|_| is_sound(&parsed.faults)) {
        assert_eq!(mta_sts::record::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

/// An MTA-STS policy file: what holds is written and read again as the same policy, and has an `id` that a record can have.
pub fn mta_sts_policy(text: &[u8]) {
    let parsed = mta_sts::policy::parse(text);
    faults(&parsed.faults, text);
    let Some(policy) = parsed.policy() else { return };
    let written = policy.to_string();
    assert_eq!(mta_sts::policy::parse(written.as_bytes()).policy().as_ref(), Some(&policy), "{written:?}");
    let record = format!("v=STSv1; id={}", mta_sts::id(&written));
    assert!(mta_sts::record::parse(record.as_bytes()).faults.is_empty(), "{record}");
    for pattern in &policy.mx {
        let host = if pattern.wildcard { pattern.name.child(b"mx").ok() } else { Some(pattern.name.clone()) };
        assert!(host.is_none_or(|host| policy.covers(&host)), "{pattern} does not cover its own name");
    }
}
