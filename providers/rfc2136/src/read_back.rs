//! Whether the server took what was written.

use dnsctl_provider::RRsetChange;
use dnsctl_provider::dns::{Answer, Client, Question, Rcode, Record};
use dnsctl_provider::error::{Effect, Error, ErrorKind};
use dnsctl_zone::{Live, Name, RRset, Rdata, RecordType};
use std::time::Duration;
use tokio::time::{Instant, sleep};

use crate::batch::content;
use crate::config::Peer;
use crate::{reader, soa};

/// How long a server that signs may take to bring what it said yes to into the zone that it serves: BIND with
/// `inline-signing` updates an unsigned zone beside it first.
const SIGNING: Duration = Duration::from_secs(10);
/// The pause before such a server is asked again; later ones grow.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What became of changes that the server said yes to.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Indexes of those that it did not take, with what is there instead.
    pub(crate) refused: Vec<(usize, String)>,
    /// Indexes of those of which nobody knows, and why.
    pub(crate) unknown: Option<(Vec<usize>, Error)>,
}

/// What the server that was written to has taken of what it said yes to.
///
/// It is asked for each RRset: what it shows, it has. A referral counts, since a server that takes an update has authority
/// for the zone. An answer does not always tell what is in the zone: a wildcard answers for a name that is gone, and below
/// a delegation there is no answer at all. What is in doubt is looked up in a transfer of the zone; where the server gives
/// none, nobody knows.
pub(crate) async fn taken(peer: &Peer, apex: &Name, changes: &[RRsetChange]) -> Taken {
    let deadline = Instant::now() + SIGNING;
    let mut pause = FIRST_PAUSE;
    loop {
        let doubtful = match peer.client().await {
            Ok(client) => ask(client, apex, changes).await,
            Err(error) => return unknown((0..changes.len()).collect(), error),
        };
        if doubtful.is_empty() {
            return Taken::default();
        }
        let live = match reader::transfer(peer, apex).await {
            Ok(Some(live)) => live,
            Ok(None) => {
                let error = Error::new(ErrorKind::NotFound, format!("the zone {apex} is gone"));
                return unknown(doubtful, error);
            }
            Err(error) => return unknown(doubtful, error),
        };
        let other = |index: usize| Some((index, otherwise(&live, changes.get(index)?)?));
        let refused: Vec<_> = doubtful.into_iter().filter_map(other).collect();
        let signed = live.kept.iter().any(|kept| kept.rtype == RecordType::RRSIG);
        if refused.is_empty() || !signed || Instant::now() + pause > deadline {
            return Taken { refused, unknown: None };
        }
        sleep(pause).await;
        pause = pause.saturating_mul(2);
    }
}

fn unknown(doubtful: Vec<usize>, error: Error) -> Taken {
    let error = error.with_effect(Effect::Unknown).during("read back what was written");
    Taken { refused: Vec::new(), unknown: Some((doubtful, error)) }
}

/// Indexes of the changes of which the answers do not show that they were taken.
async fn ask(client: &Client, apex: &Name, changes: &[RRsetChange]) -> Vec<usize> {
    let question = |change: &RRsetChange| Question::new(change.name.clone(), change.rtype);
    let questions: Vec<_> = changes.iter().map(question).collect();
    let answers = client.query_all(&questions).await;
    let shown = |index: usize, answer: &Answer| {
        changes
            .get(index)
            .zip(questions.get(index))
            .is_some_and(|(change, asked)| shows(answer, apex, asked, change))
    };
    let doubt = |(index, answer): (usize, &Result<Answer, Error>)| {
        let good = answer.as_ref().is_ok_and(|answer| shown(index, answer));
        (!good).then_some(index)
    };
    answers.iter().enumerate().filter_map(doubt).collect()
}

/// Whether an answer proves that the change was taken.
fn shows(answer: &Answer, apex: &Name, question: &Question, change: &RRsetChange) -> bool {
    let Some(after) = &change.after else {
        // With authority, so not below a delegation; a CNAME at the name answers for all types but shows no such record.
        let code = matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN);
        return answer.authoritative && code && answer.rrset(question).next().is_none();
    };
    let mut values = Vec::new();
    for record in section(answer, apex, question) {
        let Ok(value) = &record.rdata else { return false };
        if record.name != question.name || record.rtype != question.rtype {
            continue;
        }
        if record.ttl != after.ttl {
            return false;
        }
        values.push(value.clone());
    }
    values.sort_unstable();
    same_values(after.rtype, &values, after.values())
}

/// The section that tells what is in the zone: a delegation is told by a referral, without authority, and its glue beside
/// it (RFC 1034 section 4.3.2).
fn section<'a>(answer: &'a Answer, apex: &Name, question: &Question) -> &'a [Record] {
    if answer.authoritative {
        return &answer.answers;
    }
    let cut = answer.authority.iter().find(|record| {
        record.rtype == RecordType::NS
            && record.name.is_below(apex)
            && question.name.is_at_or_below(&record.name)
    });
    match cut {
        Some(cut) if cut.name == question.name && question.rtype == RecordType::NS => &answer.authority,
        Some(_) if matches!(question.rtype, RecordType::A | RecordType::AAAA) => &answer.additional,
        _ => &[],
    }
}

/// What is there, when it is not what the change wants.
fn otherwise(live: &Live, change: &RRsetChange) -> Option<String> {
    let found = live.zone.get(&change.name, change.rtype);
    let same = match (content(found), content(change.after.as_ref())) {
        (Some((ttl, values)), Some((wanted_ttl, wanted))) => {
            ttl == wanted_ttl && same_values(change.rtype, values, wanted)
        }
        // What the server keeps up itself is not in the zone that is compared, and counts as there.
        (None, Some(_)) => {
            live.kept.iter().any(|kept| kept.name == change.name && kept.rtype == change.rtype)
        }
        (found, wanted) => found.is_none() && wanted.is_none(),
    };
    if same {
        return None;
    }
    let Some(found) = found else { return Some("there is none".to_owned()) };
    let values: Vec<_> = found.values().iter().take(3).map(ToString::to_string).collect();
    let more = if found.values().len() > values.len() { ", …" } else { "" };
    Some(format!("there is TTL {}: {}{more}", found.ttl, values.join(", ")))
}

/// The serial of the SOA does not count: the server raises it.
fn same_values(rtype: RecordType, found: &[Rdata], wanted: &[Rdata]) -> bool {
    match (rtype, found, wanted) {
        (RecordType::SOA, [found], [wanted]) => soa::same(found, wanted),
        _ => found == wanted,
    }
}

/// Indexes of the changes whose prerequisites the zone does not meet, with what is there instead.
pub(crate) fn conflicts(live: &Live, changes: &[RRsetChange]) -> Vec<(usize, String)> {
    let leaves = |name: &Name, rtype: RecordType| {
        changes.iter().any(|change| change.name == *name && change.rtype == rtype && change.before.is_some())
    };
    let conflict = |(index, change): (usize, &RRsetChange)| {
        let found = live.zone.get(&change.name, change.rtype);
        let values = |side: Option<&RRset>| side.map_or(&[][..], RRset::values).to_vec();
        let same = same_values(change.rtype, &values(found), &values(change.before.as_ref()));
        if !same {
            let what = match (&change.before, found) {
                (None, _) => "it exists by now",
                (Some(_), None) => "it is gone",
                (Some(_), Some(_)) => "it has other values by now",
            };
            return Some((index, what.to_owned()));
        }
        let beside = |other: &&RRset| {
            let cname = (other.rtype == RecordType::CNAME) != (change.rtype == RecordType::CNAME);
            cname && change.before.is_none() && !leaves(&other.name, other.rtype)
        };
        let other = live.zone.at(&change.name).iter().find(beside)?;
        let (this, that) = (change.rtype, other.rtype);
        Some((index, format!("{this} cannot stand beside {that} (RFC 1034 section 3.6.2)")))
    };
    changes.iter().enumerate().filter_map(conflict).collect()
}
