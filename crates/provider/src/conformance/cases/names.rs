//! Owner names and targets of every form.

use dnsctl_zone::RecordType;

use super::{TTL, in_turn};
use crate::capability::Capabilities;
use crate::conformance::Case;
use crate::conformance::Verdict;
use crate::conformance::stage::{Edit, Stage};

/// Names as in a master file, relative to the zone.
const NAMES: &[(&str, &str)] = &[
    ("underscore", "_dmarc"),
    ("underscores", "_25._tcp.mail"),
    ("underscore_inside", "a_b"),
    ("digits", "127"),
    ("hyphens", "a--b-c"),
    ("hyphen_at_the_start", "-a"),
    ("slash", "0/26"),
    ("a_label", "xn--bcher-kva"),
    ("a_label_right_to_left", "xn--mgbh0fb"),
    ("octets_63", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("many_labels", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z"),
    ("like_the_zone", "test"),
    ("escaped_dot", r"a\.b"),
    ("backslash", r"a\\b"),
    ("blank", r"a\032b"),
    ("double_quote", r#"a\"b"#),
    ("semicolon", r"a\;b"),
    ("parentheses", r"a\(b\)"),
    ("at", r"a\@b"),
    ("only_an_at", r"\@"),
    ("dollar", r"\$a"),
    ("plus_and_others", "a+b!c=d,e&f~g"),
    ("percent", "a%b"),
    ("octets_above_127", r"gr\252n"),
    ("utf_8_octets", r"\195\164"),
    ("control_octets", r"\000\001\127"),
    ("asterisk_inside", "a*b"),
    ("asterisk_in_the_middle", "a.*.b"),
];

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, text) in NAMES {
        if capabilities.takes(RecordType::TXT) {
            cases.push(Case::new(format!("names::owner::{name}"), move |subject| {
                Box::pin(async move {
                    let mut stage = Stage::open(subject).await?;
                    let one = stage.rrset(text, RecordType::TXT, TTL, &["\"one\""])?;
                    let two = stage.rrset(text, RecordType::TXT, TTL, &["\"two\""])?;
                    in_turn(&mut stage, vec![one, two]).await
                })
            }));
        }
        if capabilities.takes(RecordType::CNAME) {
            cases.push(Case::new(format!("names::target::{name}"), move |subject| {
                Box::pin(async move {
                    let mut stage = Stage::open(subject).await?;
                    let one = stage.rrset("alias", RecordType::CNAME, TTL, &[text])?;
                    let two = stage.rrset("alias", RecordType::CNAME, TTL, &["two"])?;
                    in_turn(&mut stage, vec![one, two]).await
                })
            }));
        }
    }
    cases.push(Case::new("names::owner::octets_255", |subject| {
        Box::pin(async move {
            let mut stage = Stage::open(subject).await?;
            let mut name = stage.apex.clone();
            // As long as a name can be (RFC 1035 section 2.3.4).
            loop {
                let room = 255_usize.saturating_sub(name.wire_len()).saturating_sub(1).min(63);
                if room == 0 {
                    break;
                }
                // A label of one octet less leaves room for the length octet of another one.
                let left = 255_usize.saturating_sub(name.wire_len());
                let size = if left == room + 2 { room.saturating_sub(1) } else { room };
                name = name.child(&vec![b'a'; size.max(1)]).map_err(|error| error.to_string())?;
            }
            let mut one = stage.rrset("@", RecordType::A, TTL, &["192.0.2.1"])?;
            one.name = name.clone();
            let mut two = stage.rrset("@", RecordType::A, TTL, &["192.0.2.2"])?;
            two.name = name;
            in_turn(&mut stage, vec![one, two]).await
        })
    }));
    for (name, owner) in
        [("below_the_apex", "*"), ("further_below", "*.sub"), ("with_an_underscore", "*._report")]
    {
        cases.push(Case::new(format!("wildcard::{name}"), move |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let one = stage.rrset(owner, RecordType::A, TTL, &["192.0.2.1"])?;
                let two = stage.rrset(owner, RecordType::A, TTL, &["192.0.2.2", "192.0.2.3"])?;
                if let Some(why) = stage.refused(&one) {
                    return Ok(Verdict::NotApplicable(why));
                }
                let beside = stage.rrset("host.sub", RecordType::A, TTL, &["192.0.2.4"])?;
                stage.apply(vec![Edit::Set(one), Edit::Set(beside)]).await?;
                stage.set(two).await?;
                stage.remove(owner, RecordType::A).await?;
                Ok(Verdict::Passed)
            })
        }));
    }
    cases.push(Case::new("names::case_does_not_matter", |subject| {
        Box::pin(async move {
            let mut stage = Stage::open(subject).await?;
            let owner = format!("WwW.{}", stage.apex.to_string().to_uppercase());
            if !subject.add_foreign(&stage.apex, &owner, TTL, "CNAME", "TarGet.EXAMPLE.net.").await? {
                return Ok(Verdict::NotApplicable("there is no other way to add a record".to_owned()));
            }
            let there = stage.rrset("www", RecordType::CNAME, TTL, &["target.example.net."])?;
            stage.expect(&[Edit::Set(there.clone())]);
            stage.check().await?;
            if !stage.live.zone.get(&there.name, there.rtype).is_some_and(|live| there.is_satisfied_by(live))
            {
                return Err("a name in upper case is taken for another one".to_owned());
            }
            let other = stage.rrset("www", RecordType::CNAME, TTL, &["other.example.net."])?;
            stage.set(other).await?;
            stage.remove("www", RecordType::CNAME).await?;
            Ok(Verdict::Passed)
        })
    }));
    cases
}
