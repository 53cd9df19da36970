//! Proves that every authoritative server serves what was written.

use dnsctl_plan::Change;
use dnsctl_provider::dns::{Answer, Client, Question, Rcode, Record, Server, Timeouts};
use dnsctl_provider::error::Result;
use dnsctl_zone::{Name, RRset, Rdata, RecordType, ServerAddress};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// How long the first pause between two rounds of questions is; later ones grow.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two rounds.
const LAST_PAUSE: Duration = Duration::from_secs(5);

/// What the servers of a zone said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// Nobody was asked, and why.
    NotChecked(String),
    /// Somebody stopped the run before all servers had agreed.
    Interrupted,
    /// Each server was asked.
    Asked {
        /// What each of them said.
        servers: Vec<Asked>,
        /// How many changed RRsets no server can be asked for: pseudo types.
        skipped: usize,
    },
}

impl Verification {
    /// Whether it is known that something is not served.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Asked { servers, .. } if servers.iter().any(|asked| !asked.is_good()))
    }
}

/// What one server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What a person calls the server.
    pub name: String,
    /// Its address, when it could be looked up.
    pub address: Option<SocketAddr>,
    /// The serial number of the zone that it serves.
    pub serial: Option<u32>,
    /// How many RRsets it serves as planned.
    pub good: usize,
    /// What it serves otherwise.
    pub bad: Vec<Mismatch>,
    /// Why it did not answer.
    pub error: Option<String>,
    /// How long it took from the end of the writing until it agreed, or until it was asked for the last time.
    pub took: Duration,
}

impl Asked {
    /// Whether it serves everything as planned.
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.bad.is_empty()
    }
}

/// An RRset that a server does not serve as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The number of the change.
    pub number: u32,
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// What the server answered, in words: its values and TTL, or its response code.
    pub found: String,
}

/// Asks every server for every change that was written at `since`, until all agree or that is `within` ago. Each is asked
/// at least once.
pub async fn verify(
    apex: &Name,
    servers: &[ServerAddress],
    changes: &[Change],
    since: Instant,
    within: Duration,
) -> Verification {
    let deadline = since + within;
    let askable: Vec<Change> = changes.iter().filter(|change| !change.rtype.is_pseudo()).cloned().collect();
    let skipped = changes.len() - askable.len();
    let askable = std::sync::Arc::new(askable);
    let mut running = JoinSet::new();
    for (place, server) in servers.iter().cloned().enumerate() {
        let (apex, askable) = (apex.clone(), askable.clone());
        running.spawn(async move {
            let asked = ask(&apex, &server, &askable, deadline).await;
            (place, Asked { took: since.elapsed(), ..asked })
        });
    }
    let mut asked: Vec<_> = running.join_all().await;
    asked.sort_by_key(|(place, _)| *place);
    Verification::Asked { servers: asked.into_iter().map(|(_, asked)| asked).collect(), skipped }
}

/// Asks one server until it agrees or the deadline passes.
async fn ask(apex: &Name, server: &ServerAddress, changes: &[Change], deadline: Instant) -> Asked {
    let host = server.address.map_or_else(|| server.name.clone(), |address| address.to_string());
    let mut asked = Asked {
        name: server.name.clone(),
        address: None,
        serial: None,
        good: 0,
        bad: Vec::new(),
        error: None,
        took: Duration::ZERO,
    };
    let addresses = Server::new(host, server.port).addresses(until(deadline)).await;
    let address = match addresses.map(|addresses| addresses.first().copied()) {
        Ok(Some(address)) => address,
        Ok(None) => {
            asked.error = Some("it has no address".to_owned());
            return asked;
        }
        Err(error) => {
            asked.error = Some(error.to_string());
            return asked;
        }
    };
    asked.address = Some(address);
    let mut pending: Vec<&Change> = changes.iter().collect();
    let mut pause = FIRST_PAUSE;
    loop {
        let client = Client::new(address).with_timeouts(timeouts(deadline));
        let round = ask_once(&client, apex, &pending).await;
        let last = Instant::now() + pause >= deadline;
        match round {
            Ok(bad) => {
                asked.error = None;
                pending.retain(|change| bad.iter().any(|mismatch| mismatch.number == change.number));
                asked.bad = bad;
            }
            Err(error) => asked.error = Some(error.to_string()),
        }
        asked.good = changes.len() - pending.len();
        if (pending.is_empty() && asked.error.is_none()) || last {
            if asked.error.is_none() {
                asked.serial = client.serial(apex).await.ok();
            }
            return asked;
        }
        sleep_until((Instant::now() + pause).min(deadline)).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1))
}

/// A server that is silent is asked again while there is time, so that one lost packet is no failure.
fn timeouts(deadline: Instant) -> Timeouts {
    let left = until(deadline).min(Duration::from_secs(5));
    Timeouts { connect: left, answer: left, ..Timeouts::default() }
}

/// One round of questions; gives what is not as planned.
async fn ask_once(client: &Client, apex: &Name, pending: &[&Change]) -> Result<Vec<Mismatch>> {
    let questions: Vec<_> =
        pending.iter().map(|change| Question::new(change.name.clone(), change.rtype)).collect();
    let answers = match questions.as_slice() {
        [question] => vec![client.query(question).await],
        questions => client.query_all(questions).await,
    };
    let mut bad = Vec::new();
    for ((change, question), answer) in pending.iter().zip(&questions).zip(answers) {
        let answer = answer?;
        if let Some(found) = differs(change, question, &answer)
            && !(change.after.is_none() && is_wildcard_answer(client, apex, question, &answer).await)
        {
            bad.push(Mismatch {
                number: change.number,
                name: change.name.clone(),
                rtype: change.rtype,
                found,
            });
        }
    }
    Ok(bad)
}

/// What is wrong with an answer, in words; `None` when it is as planned.
fn differs(change: &Change, question: &Question, answer: &Answer) -> Option<String> {
    if !matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) {
        return Some(format!("{}: it does not serve the zone", answer.rcode));
    }
    let records = served(question, answer);
    let found = as_rrset(question, &records);
    match (&change.after, found) {
        (None, None) => None,
        (None, Some(found)) => Some(format!("still there: {}", words(&found))),
        (Some(_), None) if answer.rcode == Rcode::NXDOMAIN => Some("no such name".to_owned()),
        (Some(_), None) if records.is_empty() => Some("no such record".to_owned()),
        (Some(_), None) => Some("data that are not of this type's form".to_owned()),
        (Some(after), Some(found)) if agrees(after, &found) => None,
        (Some(_), Some(found)) => Some(words(&found)),
    }
}

/// The records asked for. A delegation and its glue come as a referral, outside the answer section.
fn served<'a>(question: &'a Question, answer: &'a Answer) -> Vec<&'a Record> {
    let direct: Vec<&Record> = answer.rrset(question).collect();
    if !direct.is_empty() || answer.authoritative {
        return direct;
    }
    let others = answer.authority.iter().chain(&answer.additional);
    others.filter(|record| record.rtype == question.rtype && record.name == question.name).collect()
}

fn as_rrset(question: &Question, records: &[&Record]) -> Option<RRset> {
    let ttl = records.iter().map(|record| record.ttl).min()?;
    let values: Vec<Rdata> = records.iter().filter_map(|record| record.rdata.clone().ok()).collect();
    (values.len() == records.len()).then(|| RRset::new(question.name.clone(), question.rtype, ttl, values))
}

/// Same values and TTL; the serial number of an SOA record is the server's own.
pub(crate) fn agrees(wanted: &RRset, found: &RRset) -> bool {
    if wanted.ttl != found.ttl {
        return false;
    }
    match (wanted.rtype, wanted.values(), found.values()) {
        (RecordType::SOA, [wanted], [found]) => {
            let rest = |soa: &Rdata| {
                let fields = soa.fields().into_iter().filter(|field| field.name != "serial");
                fields.map(|field| field.text).collect::<Vec<_>>()
            };
            rest(wanted) == rest(found)
        }
        _ => wanted.same_values(found),
    }
}

/// Whether what a deleted name still answers comes from a wildcard above it (RFC 4592).
async fn is_wildcard_answer(client: &Client, apex: &Name, question: &Question, answer: &Answer) -> bool {
    let values = |question: &Question, answer: &Answer| {
        as_rrset(question, &served(question, answer)).map(|rrset| rrset.values().to_vec())
    };
    let found = values(question, answer);
    let mut above = question.name.parent();
    while let Some(name) = above.filter(|name| name.is_at_or_below(apex)) {
        if let Ok(wildcard) = name.child(b"*")
            && wildcard != question.name
        {
            let question = Question::new(wildcard, question.rtype);
            if let Ok(answer) = client.query(&question).await
                && values(&question, &answer).is_some_and(|values| Some(values) == found)
            {
                return true;
            }
        }
        above = name.parent();
    }
    false
}

fn words(rrset: &RRset) -> String {
    let values: Vec<String> = rrset.values().iter().take(4).map(ToString::to_string).collect();
    let more = rrset.values().len().saturating_sub(values.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} (TTL {}){more}", values.join(", "), rrset.ttl)
}
