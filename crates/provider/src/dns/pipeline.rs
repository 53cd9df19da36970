//! Many questions over one TCP connection (RFC 7766 section 6.2.1.1): several at a time, answers in any order.

use std::collections::HashMap;

use super::client::{Asked, Client, Unread};
use super::message::{Answer, Question};
use super::tcp::{self, Connection};
use super::wire;
use crate::error::{Effect, Error, ErrorKind, Result};

/// How many questions wait for their answers at a time. Their octets fit into the send buffer of any system, so that
/// server and client never both wait for the other to read.
const WINDOW: usize = 64;

impl Client {
    /// Asks many questions, and gives the answers in the order of the questions.
    ///
    /// They share one TCP connection, which is opened again when the server closes it after some answers. When the
    /// server does not answer any more, the questions that are left share its error.
    pub async fn query_all(&self, questions: &[Question]) -> Vec<Result<Answer>> {
        let mut run = Run {
            client: self,
            questions,
            next: 0,
            waiting: HashMap::new(),
            again: Vec::new(),
            results: vec![None; questions.len()],
        };
        let mut error = None;
        while error.is_none() && !run.is_done() {
            let before = run.left();
            if let Err(failed) = run.connection().await {
                // A server may close when it likes; only one that has not answered anything is at its end.
                if run.left() == before || failed.kind() == ErrorKind::Timeout {
                    error = Some(failed.with_effect(Effect::NotWritten));
                }
            }
            run.again.extend(run.waiting.drain().map(|(_, (index, _))| index));
        }
        let missing = error
            .unwrap_or_else(|| Error::new(ErrorKind::Protocol, "no answer").at(self.server().to_string()));
        run.results.into_iter().map(|result| result.unwrap_or_else(|| Err(missing.clone()))).collect()
    }
}

struct Run<'a> {
    client: &'a Client,
    questions: &'a [Question],
    /// The first question that was never sent.
    next: usize,
    /// By message id.
    waiting: HashMap<u16, (usize, Asked)>,
    /// Sent over a connection that ended.
    again: Vec<usize>,
    results: Vec<Option<Result<Answer>>>,
}

impl Run<'_> {
    fn left(&self) -> usize {
        self.questions.len() - self.next + self.waiting.len() + self.again.len()
    }

    fn is_done(&self) -> bool {
        self.left() == 0
    }

    /// Works over one connection until all is answered or it ends.
    async fn connection(&mut self) -> Result<()> {
        let mut connection = self.client.connect().await?;
        let mut buffer = Vec::with_capacity(8192);
        loop {
            buffer.clear();
            self.fill(&mut buffer);
            if self.is_done() {
                return Ok(());
            }
            if !buffer.is_empty() {
                connection.send(&buffer).await?;
            }
            self.drain(&mut connection, &mut buffer).await?;
        }
    }

    /// Adds questions to `out` while there is room in the window.
    fn fill(&mut self, out: &mut Vec<u8>) {
        while self.waiting.len() < WINDOW {
            let index = match self.again.pop() {
                Some(index) => index,
                None if self.next < self.questions.len() => {
                    self.next += 1;
                    self.next - 1
                }
                None => return,
            };
            let Some(question) = self.questions.get(index) else { continue };
            match self.ask(question, out) {
                Ok(asked) => drop(self.waiting.insert(asked.id, (index, asked))),
                Err(error) => self.finish(index, Err(error)),
            }
        }
    }

    fn ask(&self, question: &Question, out: &mut Vec<u8>) -> Result<Asked> {
        loop {
            let asked = self.client.asked(question)?;
            if !self.waiting.contains_key(&asked.id) {
                tcp::frame(&asked.message, out)?;
                return Ok(asked);
            }
        }
    }

    /// Takes one answer, and all others that are here.
    async fn drain(&mut self, connection: &mut Connection, buffer: &mut Vec<u8>) -> Result<()> {
        loop {
            connection.receive(buffer).await?;
            let bad =
                |what: String| Error::new(ErrorKind::Protocol, what).at(self.client.server().to_string());
            let id = wire::header(buffer).map_err(|fault| bad(fault.to_string()))?.id;
            let (index, asked) =
                self.waiting.remove(&id).ok_or_else(|| bad("an answer to another message".into()))?;
            let answer = match asked.read(self.client, buffer) {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) => Err(bad("an answer over TCP that was cut (TC)".into())),
                Err(Unread::Final(error)) => Err(error),
                Err(Unread::Stray(what)) => Err(bad(what)),
            };
            self.finish(index, answer);
            if !connection.has_message() {
                return Ok(());
            }
        }
    }

    fn finish(&mut self, index: usize, result: Result<Answer>) {
        if let Some(place) = self.results.get_mut(index) {
            *place = Some(result.map_err(|error| error.with_effect(Effect::NotWritten)));
        }
    }
}
