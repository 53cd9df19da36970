//! Asking one name server.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use dnsctl_zone::{Name, RecordType};
use hickory_proto::op::OpCode;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::message::{self, AXFR, Answer, Question, Record};
use super::rcode::Rcode;
use super::server::Timeouts;
use super::tcp::{self, Connection};
use super::transfer::{Stream, TransferLimits, Transferred};
use super::tsig::{Chain, Key, TsigFault};
use super::update::Update;
use super::{udp, wire};
use crate::error::{Effect, Error, ErrorKind, Result};

/// The time now.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
/// A source of message ids that nobody can guess.
pub type Ids = Arc<dyn Fn() -> u16 + Send + Sync>;

/// One name server at one address, and how to talk to it. Cheap to clone; it keeps no connection.
#[derive(Clone)]
pub struct Client {
    server: SocketAddr,
    timeouts: Timeouts,
    limits: TransferLimits,
    signer: Option<(Key, Clock)>,
    ids: Ids,
    recursion: bool,
}

impl Client {
    /// A client without a key, with the default time-outs and the system's random numbers.
    #[must_use]
    pub fn new(server: SocketAddr) -> Self {
        let random = SystemRandom::new();
        let ids = move || {
            let mut id = [0; 2];
            // The system's source does not fail once the machine is up; if it does, any number is better than none.
            if random.fill(&mut id).is_err() {
                return fastrand::u16(..);
            }
            u16::from_ne_bytes(id)
        };
        Self {
            server,
            timeouts: Timeouts::default(),
            limits: TransferLimits::default(),
            signer: None,
            ids: Arc::new(ids),
            recursion: false,
        }
    }

    /// With these time-outs.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// With these bounds for transfers.
    #[must_use]
    pub fn with_limits(mut self, limits: TransferLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Signs every request with this key, and takes only answers that are signed with it.
    #[must_use]
    pub fn with_key(mut self, key: Key, clock: Clock) -> Self {
        self.signer = Some((key, clock));
        self
    }

    /// With these message ids, for tests.
    #[must_use]
    pub fn with_ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    /// Asks the server to find answers that it does not have (the bit RD): it is a resolver, and no authority for the names.
    #[must_use]
    pub fn with_recursion(mut self) -> Self {
        self.recursion = true;
        self
    }

    /// The address of the server.
    #[must_use]
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// Asks for one RRset, without recursion unless [`Client::with_recursion`] says so: over UDP, and over TCP when the answer does not fit (RFC 7766).
    ///
    /// Every response code is an answer; see [`Answer::rcode`].
    ///
    /// # Errors
    /// No answer, one that cannot be read, or, with a key, one whose signature is wrong.
    pub async fn query(&self, question: &Question) -> Result<Answer> {
        let asked = self.asked(question)?;
        let mut ignored = None;
        let over_udp = udp::exchange(self.server, &self.timeouts, &asked.message, |octets| {
            match asked.read(self, octets) {
                Ok(answer) => Some(Ok(answer)),
                Err(Unread::Final(error)) => Some(Err(error)),
                Err(Unread::Stray(what)) => {
                    ignored = Some(what);
                    None
                }
            }
        });
        let result = over_udp.await.map_err(|error| match ignored {
            Some(what) => self.protocol(&format!("no answer but one that was ignored: {what}")),
            None => error,
        });
        match self.reading(result)? {
            Some(answer) => Ok(answer),
            None => self.query_tcp(question).await,
        }
    }

    /// Asks for one RRset over TCP.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn query_tcp(&self, question: &Question) -> Result<Answer> {
        let asked = self.asked(question)?;
        let octets = self.reading(self.exchange(&asked.message).await)?;
        match asked.read(self, &octets) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(self.protocol("an answer over TCP that was cut (TC)")),
            Err(Unread::Final(error)) => Err(error),
            Err(Unread::Stray(what)) => Err(self.protocol(&what)),
        }
    }

    /// The serial number in the zone's SOA record (RFC 1035 section 3.3.13).
    ///
    /// # Errors
    /// As [`Client::query`], and when the server does not answer with authority for the zone.
    pub async fn serial(&self, zone: &Name) -> Result<u32> {
        let question = Question::new(zone.clone(), RecordType::SOA);
        let answer = self.query(&question).await?;
        let what = || format!("SOA of {zone}");
        if answer.rcode != Rcode::NOERROR {
            return Err(answer
                .rcode
                .into_error(&what())
                .at(self.server.to_string())
                .with_effect(Effect::NotWritten));
        }
        let serial = answer.rrset(&question).next().and_then(|soa| soa.rdata.as_ref().ok()?.number("serial"));
        serial.filter(|_| answer.authoritative).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("{}: the server has no authority for the zone", what()))
                .at(self.server.to_string())
        })
    }

    /// Transfers a zone (AXFR). `sink` gets each record once, as it comes: the SOA first, then in the server's order.
    ///
    /// # Errors
    /// Any doubt that the transfer is whole, and one that goes beyond the [`TransferLimits`]. What `sink` got before an error must be thrown away.
    pub async fn transfer(&self, zone: &Name, sink: &mut (dyn FnMut(Record) + Send)) -> Result<Transferred> {
        let limit = self.limits.time;
        let transferred = match tokio::time::timeout(limit, self.transfer_on(zone, sink)).await {
            Ok(transferred) => transferred,
            Err(_) => {
                let message = format!("transfer of {zone}: not whole within {}", tcp::seconds(limit));
                Err(Error::new(ErrorKind::Timeout, message).at(self.server.to_string()))
            }
        };
        self.reading(transferred)
    }

    async fn transfer_on(&self, zone: &Name, sink: &mut (dyn FnMut(Record) + Send)) -> Result<Transferred> {
        let id = (self.ids)();
        let mut message = Question::new(zone.clone(), AXFR).message(id)?;
        let mut chain = self.sign(&mut message)?;
        let mut connection = self.connect().await?;
        let mut framed = Vec::with_capacity(message.len() + 2);
        tcp::frame(&message, &mut framed)?;
        connection.sender.send(&framed).await?;
        let mut stream = Stream::new(zone, id, self.limits);
        let whole = loop {
            connection.receiver.receive(&mut message).await.map_err(|error| error.during(stream.place()))?;
            self.verify(chain.as_mut(), &message)?;
            stream.message(&message, sink).map_err(|error| error.at(self.server.to_string()))?;
            if let Some(whole) = stream.ended() {
                break whole;
            }
        };
        if let Some(chain) = chain {
            chain.finish().map_err(|fault| self.fault(fault))?;
        }
        Ok(whole)
    }

    /// Sends updates one after the other over one connection, and stops at the first that fails. Gives how many were
    /// done, and why the next one was not; [`Error::effect`] says whether it may have been done all the same.
    pub async fn update(&self, updates: &[Update]) -> (usize, Option<Error>) {
        let mut connection: Option<Connection> = None;
        for (done, update) in updates.iter().enumerate() {
            if let Err(error) = self.update_one(&mut connection, update).await {
                return (done, Some(error));
            }
        }
        (updates.len(), None)
    }

    async fn update_one(&self, connection: &mut Option<Connection>, update: &Update) -> Result<()> {
        let id = (self.ids)();
        let mut message = update.message(id)?;
        let chain = self.sign(&mut message)?;
        let mut framed = Vec::with_capacity(message.len() + 2);
        tcp::frame(&message, &mut framed)?;
        // Some servers close after an answer; what is sent into that is lost, and nobody knows whether it is.
        let kept = connection.take().and_then(|mut kept| (!kept.receiver.is_closed()).then_some(kept));
        let mut open = match kept {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        open.sender.send(&framed).await?;
        open.receiver.receive(&mut message).await?;
        let opened = message::open(&message).map_err(|fault| self.protocol(&fault.to_string()))?;
        if !message::answers(&opened.header, id, OpCode::Update) {
            return Err(self.protocol("an answer to another message"));
        }
        let header = opened.header;
        self.verify_once(chain, &message)?;
        let rcode = Rcode(u16::from(header.response_code.low()));
        if rcode != Rcode::NOERROR {
            return Err(rcode
                .into_error(&format!("update of {}", update.zone()))
                .at(self.server.to_string()));
        }
        *connection = Some(open);
        Ok(())
    }

    /// A question as it goes out.
    pub(super) fn asked(&self, question: &Question) -> Result<Asked> {
        let id = (self.ids)();
        let mut message = question.message(id)?;
        if self.recursion {
            wire::ask_recursion(&mut message);
        }
        let chain = self.sign(&mut message)?;
        Ok(Asked { id, question: question.clone(), message, chain })
    }

    /// One message over a connection of its own.
    async fn exchange(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut connection = self.connect().await?;
        let mut framed = Vec::with_capacity(message.len() + 2);
        tcp::frame(message, &mut framed)?;
        connection.sender.send(&framed).await?;
        connection.receiver.receive(&mut framed).await?;
        Ok(framed)
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        Connection::open(self.server, &self.timeouts).await
    }

    fn sign(&self, message: &mut Vec<u8>) -> Result<Option<Chain>> {
        let Some((key, clock)) = &self.signer else { return Ok(None) };
        key.sign(message, since_1970(clock))
            .map(Some)
            .map_err(|fault| self.fault(fault).with_effect(Effect::NotWritten))
    }

    fn verify(&self, chain: Option<&mut Chain>, message: &[u8]) -> Result<()> {
        let (Some(chain), Some((_, clock))) = (chain, &self.signer) else { return Ok(()) };
        match chain.check(message, since_1970(clock)) {
            Ok(_) => Ok(()),
            Err(fault) => Err(self.unsigned_refusal(message, &fault).unwrap_or_else(|| self.fault(fault))),
        }
    }

    /// Checks the only answer to a request.
    fn verify_once(&self, chain: Option<Chain>, message: &[u8]) -> Result<()> {
        let Some(mut chain) = chain else { return Ok(()) };
        self.verify(Some(&mut chain), message)?;
        chain.finish().map_err(|fault| self.fault(fault))
    }

    /// Servers that do not get as far as the key refuse without a signature. Such a refusal proves nothing, but nothing
    /// is taken from it either, and it tells more than "not signed".
    fn unsigned_refusal(&self, message: &[u8], fault: &TsigFault) -> Option<Error> {
        let rcode = Rcode(u16::from(wire::header(message).ok()?.response_code.low()));
        if *fault != TsigFault::Unsigned || rcode == Rcode::NOERROR {
            return None;
        }
        let error = match rcode {
            // PowerDNS says no more than this of a key, secret or clock that is wrong.
            Rcode::NOTAUTH => {
                Error::new(ErrorKind::Unauthorized, "the server does not accept the TSIG signature")
                    .with_rcode(rcode.0)
                    .with_hint(
                        "compare name, algorithm and secret of the key, and the clocks of both machines",
                    )
            }
            _ => rcode.into_error("the answer is not signed"),
        };
        Some(self.with_key_name(error).at(self.server.to_string()))
    }

    fn fault(&self, fault: TsigFault) -> Error {
        self.with_key_name(fault.into_error()).at(self.server.to_string())
    }

    fn with_key_name(&self, error: Error) -> Error {
        match &self.signer {
            Some((key, _)) => error.during(format!("TSIG key {} ({})", key.name(), key.algorithm())),
            None => error,
        }
    }

    pub(super) fn protocol(&self, what: &str) -> Error {
        Error::new(ErrorKind::Protocol, what).at(self.server.to_string())
    }

    /// An error of a read, after which nothing was written.
    #[expect(clippy::unused_self, reason = "reads as what it is at the call")]
    fn reading<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.with_effect(Effect::NotWritten))
    }
}

/// Seconds since 1970; a clock before that counts as 1970, and the server will say that it is wrong.
fn since_1970(clock: &Clock) -> u64 {
    clock().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.signer.as_ref().map(|(key, _)| key);
        f.debug_struct("Client").field("server", &self.server).field("key", &key).finish_non_exhaustive()
    }
}

/// A question that was sent, or will be.
pub(super) struct Asked {
    pub(super) id: u16,
    question: Question,
    pub(super) message: Vec<u8>,
    chain: Option<Chain>,
}

/// Why octets are not the answer to a question.
pub(super) enum Unread {
    /// They are something else; the answer may still come.
    Stray(String),
    /// They are, and it failed.
    Final(Error),
}

impl Asked {
    /// The answer in these octets; `None` when it was cut and must be asked for over TCP.
    pub(super) fn read(&self, client: &Client, octets: &[u8]) -> std::result::Result<Option<Answer>, Unread> {
        let stray = |what: &str| Unread::Stray(what.to_owned());
        let opened = message::open(octets).map_err(|fault| Unread::Stray(fault.to_string()))?;
        if !message::answers(&opened.header, self.id, OpCode::Query) {
            return Err(stray("an answer to another message"));
        }
        match &opened.question {
            Some(question) if *question != self.question => {
                return Err(stray("an answer to another question"));
            }
            // A server that could not read the question cannot repeat it.
            None if opened.header.response_code.low() == 0 => {
                return Err(stray("an answer without its question"));
            }
            _ => {}
        }
        // A forged datagram must not spoil the check of the real one, hence the copy.
        client.verify_once(self.chain.clone(), octets).map_err(|error| match error.kind() {
            ErrorKind::Protocol => Unread::Stray(error.message().to_owned()),
            _ => Unread::Final(error.with_effect(Effect::NotWritten)),
        })?;
        if opened.header.truncation {
            return Ok(None);
        }
        opened.answer().map(Some).map_err(|fault| Unread::Stray(fault.to_string()))
    }
}

#[cfg(test)]
mod tests;
