//! Asking recursive resolvers.

use crate::exit::Exit;
use crate::failure::Failure;
use dnsctl_mail::resolve::{Answer, Query, Recorded};
use dnsctl_provider::dns::{self, Client, PORT, Question, Rcode, Timeouts};
use dnsctl_zone::{Name, Rdata, RecordType};
use futures::StreamExt as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Where the system says which resolvers there are.
const SYSTEM: &str = "/etc/resolv.conf";
/// How many of them are asked, as resolv.conf(5) says.
const MOST_RESOLVERS: usize = 3;
/// How many lookups one run makes at most. A record that needs more is of no use to anybody: receivers make ten.
const MOST_QUERIES: usize = 1000;
/// How many lookups wait for an answer at once.
const AT_ONCE: usize = 8;
/// How many aliases are followed, as BIND does.
const MOST_ALIASES: usize = 16;
const TOO_MANY_ALIASES: &str = "aliases without end";
/// How long all lookups of one run may take.
const LONGEST: Duration = Duration::from_secs(60);

/// An address with a port, 53 where there is none.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let plain = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match plain.parse::<IpAddr>() {
        Ok(address) => Ok(SocketAddr::new(address, PORT)),
        Err(_) => text.parse().map_err(|_| {
            "a resolver is an address, with a port if it is not 53: 192.0.2.53 or [2001:db8::53]:5353"
                .to_owned()
        }),
    }
}

/// The resolvers of the system.
///
/// # Errors
/// The file that names them cannot be read.
pub(super) fn system() -> Result<Vec<SocketAddr>, Failure> {
    let text = fs_err::read_to_string(SYSTEM).map_err(|error| {
        Failure::new(Exit::Error, "no-resolver", error.to_string())
            .hint("name a resolver with --resolver ADDRESS")
    })?;
    let found = named(&text);
    // Nothing else means this machine: resolv.conf(5).
    Ok(if found.is_empty() { vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT)] } else { found })
}

/// The resolvers that a resolv.conf(5) names.
fn named(text: &str) -> Vec<SocketAddr> {
    let words = text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        words.next().filter(|word| *word == "nameserver").and(words.next())
    });
    let addresses = words.filter_map(|word| word.parse::<IpAddr>().ok());
    addresses.take(MOST_RESOLVERS).map(|address| SocketAddr::new(address, PORT)).collect()
}

/// Resolvers, and what they said in this run.
#[derive(Debug)]
pub(super) struct Lookups {
    clients: Vec<Client>,
    /// Which of them is asked first.
    first: AtomicUsize,
    until: Instant,
    answers: Recorded,
}

impl Lookups {
    /// With these resolvers, at least one: the first one that has an answer is believed.
    pub(super) fn new(resolvers: &[SocketAddr]) -> Self {
        let timeouts = Timeouts { tries: 2, ..Timeouts::default() };
        let client = |address: &SocketAddr| Client::new(*address).with_timeouts(timeouts).with_recursion();
        Self {
            clients: resolvers.iter().map(client).collect(),
            first: AtomicUsize::new(0),
            until: Instant::now() + LONGEST,
            answers: Recorded::default(),
        }
    }

    /// What was said so far.
    pub(super) fn answers(&self) -> &Recorded {
        &self.answers
    }

    /// Asks all of these, each once. What gets no answer is an answer, too: [`Answer::Failed`].
    pub(super) async fn ask(&mut self, queries: Vec<Query>) {
        let room = MOST_QUERIES.saturating_sub(self.answers.len());
        let this = &*self;
        let one = |(number, query): (usize, Query)| async move {
            let answer = if number < room {
                let time = tokio::time::Instant::from_std(this.until);
                let in_time = tokio::time::timeout_at(time, this.look_up(&query)).await;
                in_time.unwrap_or_else(|_| {
                    Answer::Failed(format!(
                        "no answer before the {} s of this run were over",
                        LONGEST.as_secs()
                    ))
                })
            } else {
                Answer::Failed(format!("not asked, since it takes more than {MOST_QUERIES} lookups"))
            };
            (query, answer)
        };
        let asked = futures::stream::iter(queries.into_iter().enumerate()).map(one).buffer_unordered(AT_ONCE);
        let found: Vec<_> = asked.collect().await;
        for (query, answer) in found {
            self.answers.insert(query, answer);
        }
    }

    async fn look_up(&self, query: &Query) -> Answer<Rdata> {
        let mut words = Vec::new();
        let first = self.first.load(Ordering::Relaxed);
        let numbered = self.clients.iter().enumerate();
        for (number, client) in numbered.clone().skip(first).chain(numbered.take(first)) {
            let why = match resolve(client, query).await {
                Ok(answer) => return answer,
                Err(Fault::Silent(why)) => {
                    // Whoever is down would cost each lookup its time-out.
                    let next = if number + 1 < self.clients.len() { number + 1 } else { 0 };
                    let _ = self.first.compare_exchange(number, next, Ordering::Relaxed, Ordering::Relaxed);
                    why
                }
                Err(Fault::Useless(why)) => why,
            };
            words.push(format!("{}: {why}", client.server()));
        }
        Answer::Failed(words.join("; "))
    }
}

/// Why a resolver does not help.
enum Fault {
    /// It does not answer.
    Silent(String),
    /// It does, and that is no answer to the question.
    Useless(String),
}

/// What one resolver says, aliases followed to their end.
async fn resolve(client: &Client, query: &Query) -> Result<Answer<Rdata>, Fault> {
    let mut at = query.name.clone();
    for _ in 0..=MOST_ALIASES {
        let answer = client.query(&Question::new(at.clone(), query.rtype)).await;
        let answer = answer.map_err(|error| Fault::Silent(error.message().to_owned()))?;
        if !matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) {
            return Err(Fault::Useless(answer.rcode.to_string()));
        }
        match follow(&answer, &at, query.rtype).map_err(Fault::Useless)? {
            End::Answer(answer) => return Ok(answer),
            End::Alias(target) => at = target,
        }
    }
    Err(Fault::Useless(TOO_MANY_ALIASES.to_owned()))
}

/// Where an answer ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Answer(Answer<Rdata>),
    /// At an alias whose target it does not tell about.
    Alias(Name),
}

/// Reads an answer. What might be no answer is an error, since "there is nothing" makes somebody lose mail.
fn follow(answer: &dns::Answer, name: &Name, rtype: RecordType) -> Result<End, String> {
    let mut at = name.clone();
    for count in 0.. {
        if count > MOST_ALIASES {
            return Err(TOO_MANY_ALIASES.to_owned());
        }
        let here = |wanted: RecordType| {
            let at = &at;
            answer.answers.iter().filter(move |record| record.name == *at && record.rtype == wanted)
        };
        let unreadable = || format!("something that is no {rtype}");
        let found: Result<Vec<Rdata>, String> =
            here(rtype).map(|record| record.rdata.clone().map_err(|_| unreadable())).collect();
        let found = found?;
        if !found.is_empty() {
            return Ok(End::Answer(Answer::Found(found)));
        }
        let Some(alias) = here(RecordType::CNAME).next() else { break };
        let target = alias.rdata.as_ref().ok().and_then(Rdata::target);
        at = target.ok_or_else(|| "an alias that cannot be read".to_owned())?;
    }
    // With aliases, the code is about the name at their end (RFC 6604 section 3).
    if answer.rcode == Rcode::NXDOMAIN {
        return Ok(End::Answer(Answer::Missing));
    }
    let has = |rtype| answer.authority.iter().any(|record| record.rtype == rtype);
    if has(RecordType::SOA) {
        return Ok(End::Answer(Answer::Empty));
    }
    if at != *name {
        return Ok(End::Alias(at));
    }
    if has(RecordType::NS) && !answer.authoritative {
        return Err("a referral: it is no recursive resolver".to_owned());
    }
    Ok(End::Answer(Answer::Empty))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_provider::dns::Record;
    use dnsctl_zone::{Names, Ttl};

    fn name(text: &str) -> Name {
        Name::absolute(text).unwrap()
    }

    fn record(owner: &str, rtype: RecordType, data: &str) -> Record {
        let origin = name("example");
        let rdata = Rdata::parse(rtype, data, Names { origin: &origin, strict: false }).unwrap();
        Record { name: name(owner), rtype, ttl: Ttl::new(300).unwrap(), rdata: Ok(rdata) }
    }

    fn answer(rcode: Rcode, answers: Vec<Record>, authority: Vec<Record>) -> dns::Answer {
        dns::Answer { rcode, authoritative: false, answers, authority, additional: Vec::new() }
    }

    #[test]
    fn resolvers_are_read() {
        let text = "# one\nnameserver 192.0.2.1\nsearch example.com\nnameserver\t2001:db8::1 # two\nnameserver fe80::1%eth0\n";
        let found: Vec<String> = named(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.1:53", "[2001:db8::1]:53"]);
        for (text, read) in [
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:54", "[::1]:54"),
            ("127.0.0.1:9", "127.0.0.1:9"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), read);
        }
        for text in ["", "resolver.example", "127.0.0.1:99999", "[::1"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_is_told_apart_from_no_answer() {
        let soa = || record("example", RecordType::SOA, "ns root 1 2 3 4 5");
        let alias = || record("a.example", RecordType::CNAME, "b");
        let ask = |answer: &dns::Answer| follow(answer, &name("a.example"), RecordType::A);
        let ends = |answer| Ok(End::Answer(answer));
        assert_eq!(ask(&answer(Rcode::NXDOMAIN, vec![], vec![soa()])), ends(Answer::Missing));
        assert_eq!(ask(&answer(Rcode::NXDOMAIN, vec![alias()], vec![soa()])), ends(Answer::Missing));
        assert_eq!(ask(&answer(Rcode::NOERROR, vec![], vec![soa()])), ends(Answer::Empty));
        assert_eq!(ask(&answer(Rcode::NOERROR, vec![alias()], vec![soa()])), ends(Answer::Empty));
        assert_eq!(ask(&answer(Rcode::NOERROR, vec![alias()], vec![])), Ok(End::Alias(name("b.example"))));
        let address = record("b.example", RecordType::A, "192.0.2.1");
        let found = Answer::Found(vec![address.rdata.clone().unwrap()]);
        assert_eq!(ask(&answer(Rcode::NOERROR, vec![address, alias()], vec![])), ends(found));
        let referral = answer(Rcode::NOERROR, vec![], vec![record("example", RecordType::NS, "ns")]);
        assert!(ask(&referral).is_err());
        let endless = answer(Rcode::NOERROR, vec![record("a.example", RecordType::CNAME, "a")], vec![]);
        assert_eq!(ask(&endless), Err(TOO_MANY_ALIASES.to_owned()));
    }
}
