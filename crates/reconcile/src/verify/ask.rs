//! Asks one server at one address until it proves everything, or time is up.

use super::known::Known;
use super::proof::{self, Proof};
use super::{Asked, Mismatch};
use dnsctl_plan::Change;
use dnsctl_provider::dns::{Answer, Client, Question, Timeouts};
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_zone::{Name, RecordType};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long the first pause between two rounds of questions is; later ones grow.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two rounds.
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// How long a server may take that other zones have waited for in vain.
const SHORT: Duration = Duration::from_secs(1);

/// What is asked, and until when.
pub(super) struct Task<'a> {
    pub(super) apex: &'a Name,
    /// Without pseudo types.
    pub(super) changes: &'a [Change],
    pub(super) deadline: Instant,
    pub(super) within: Duration,
    pub(super) known: &'a Known,
}

/// Why a round of questions proved nothing.
enum Failed {
    /// The server gave no answer, or none that can be read.
    Silent(Error),
    /// It has no authority for the zone.
    Lame(String),
}

/// What a round of questions found.
struct Round {
    serial: Option<u32>,
    bad: Vec<Mismatch>,
    hidden: Vec<u32>,
}

impl Task<'_> {
    /// Asks until the server proves everything or the deadline passes, and at least once.
    pub(super) async fn ask(&self, name: String, address: SocketAddr) -> Asked {
        let mut asked = Asked::new(name, Some(address));
        let mut pending: Vec<&Change> = self.changes.iter().collect();
        let mut pause = FIRST_PAUSE;
        loop {
            let begun = Instant::now();
            let dead = self.known.is_dead(address, self.within);
            let timeouts = if dead { short() } else { self.timeouts() };
            let client = Client::new(address).with_timeouts(timeouts);
            let round = self.round(&client, &pending).await;
            let last = dead || Instant::now() + pause >= self.deadline;
            match round {
                Ok(Round { serial, bad, hidden }) => {
                    self.known.heard(address);
                    asked.error = None;
                    asked.serial = serial;
                    pending.retain(|change| bad.iter().any(|mismatch| mismatch.number == change.number));
                    asked.bad = bad;
                    asked.hidden.extend(hidden);
                }
                Err(Failed::Lame(why)) => {
                    self.known.heard(address);
                    asked.error = Some(why);
                }
                Err(Failed::Silent(error)) => {
                    if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout) {
                        self.known.silent(address, begun);
                    }
                    asked.error = Some(error.to_string());
                }
            }
            asked.good = self.changes.len() - pending.len() - asked.hidden.len();
            if asked.is_good() || (last && !self.came_back(dead, address)) {
                return asked;
            }
            sleep_until((Instant::now() + pause).min(self.deadline)).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// A server that answers again is waited for like any other.
    fn came_back(&self, dead: bool, address: SocketAddr) -> bool {
        dead && !self.known.is_dead(address, self.within) && Instant::now() < self.deadline
    }

    /// A server that is silent is asked again while there is time, so that one lost packet is no failure.
    fn timeouts(&self) -> Timeouts {
        let left = super::until(self.deadline).min(Duration::from_secs(5));
        Timeouts { connect: left, answer: left, ..Timeouts::default() }
    }

    /// One round of questions: for the SOA record, whose answer shows the authority for the zone, and for each change.
    async fn round(&self, client: &Client, pending: &[&Change]) -> Result<Round, Failed> {
        let soa = Question::new(self.apex.clone(), RecordType::SOA);
        let of = |change: &&Change| Question::new(change.name.clone(), change.rtype);
        let questions: Vec<_> = std::iter::once(soa).chain(pending.iter().map(of)).collect();
        let answers = match questions.as_slice() {
            [soa] => vec![client.query(soa).await],
            [soa, one] => {
                let (soa, one) = tokio::join!(client.query(soa), client.query(one));
                vec![soa, one]
            }
            questions => client.query_all(questions).await,
        };
        let mut answers = answers.into_iter();
        let Some(soa) = answers.next() else { return Err(Failed::Lame("no answer".to_owned())) };
        let soa = soa.map_err(Failed::Silent)?;
        let serial = proof::authority(self.apex, &soa).map_err(Failed::Lame)?;
        let mut round = Round { serial, bad: Vec::new(), hidden: Vec::new() };
        for (change, answer) in pending.iter().zip(answers) {
            let answer = answer.map_err(Failed::Silent)?;
            let proof = proof::prove(self.apex, change, &answer);
            match self.second_look(client, change, &answer, proof).await.map_err(Failed::Silent)? {
                Proof::Good => {}
                Proof::Hidden => round.hidden.push(change.number),
                Proof::Bad(found) => round.bad.push(Mismatch {
                    number: change.number,
                    name: change.name.clone(),
                    rtype: change.rtype,
                    found,
                }),
            }
        }
        Ok(round)
    }

    /// What looks wrong may come from a zone below that the same server has, or from a wildcard. That takes a question
    /// more, so it is asked only then.
    async fn second_look(
        &self,
        client: &Client,
        change: &Change,
        answer: &Answer,
        proof: Proof,
    ) -> Result<Proof, Error> {
        if proof::may_be_from_below(self.apex, change, answer, &proof) {
            let of_name = client.query(&Question::new(change.name.clone(), RecordType::SOA)).await?;
            if proof::zone_of_name(&of_name).is_some_and(|zone| zone.is_below(self.apex)) {
                return Ok(Proof::Hidden);
            }
        }
        if matches!(proof, Proof::Bad(_))
            && change.after.is_none()
            && self.is_wildcard(client, change, answer).await
        {
            return Ok(Proof::Good);
        }
        Ok(proof)
    }

    /// Whether what a deleted name still answers comes from a wildcard above it (RFC 4592).
    async fn is_wildcard(&self, client: &Client, change: &Change, answer: &Answer) -> bool {
        let Some(found) = proof::values(&Question::new(change.name.clone(), change.rtype), answer) else {
            return false;
        };
        let mut above = change.name.parent();
        while let Some(name) = above.filter(|name| name.is_at_or_below(self.apex)) {
            if let Ok(wildcard) = name.child(b"*")
                && wildcard != change.name
            {
                let question = Question::new(wildcard, change.rtype);
                if let Ok(answer) = client.query(&question).await
                    && answer.authoritative
                    && proof::values(&question, &answer).is_some_and(|values| values == found)
                {
                    return true;
                }
            }
            above = name.parent();
        }
        false
    }
}

fn short() -> Timeouts {
    Timeouts { connect: SHORT, answer: SHORT, datagram: SHORT, tries: 1 }
}
