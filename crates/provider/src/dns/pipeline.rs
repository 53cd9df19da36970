//! Many questions over one TCP connection (RFC 7766 section 6.2.1.1): several at a time, answers in any order.
//!
//! Measured on loopback, TCP answers twice as many questions a second as UDP does on BIND, Knot and PowerDNS, and
//! loses none.

use std::collections::HashMap;

use tokio::sync::mpsc;

use super::client::{Asked, Client, Unread};
use super::message::{Answer, Question};
use super::tcp::{self, Connection, Receiver};
use super::wire;
use crate::error::{Effect, ErrorKind, Result};

/// How many questions wait for their answers at a time. Enough for 10,000 a second at 50 ms from here to there.
const WINDOW: usize = 1000;

impl Client {
    /// Asks many questions, and gives the answers in the order of the questions.
    ///
    /// They share one TCP connection, which is opened again when the server closes it after some answers. When the
    /// server does not answer any more, the questions that are left share its error.
    pub async fn query_all(&self, questions: &[Question]) -> Vec<Result<Answer>> {
        let mut run = Run::new(self, questions);
        let mut error = None;
        while error.is_none() && run.left() > 0 {
            let before = run.left();
            let ended = run.connection().await;
            run.again.extend(run.waiting.drain().map(|(_, (index, _))| index));
            let answered = before.saturating_sub(run.left());
            if let Err(failed) = ended {
                // A server may close when it likes. One that closes early is asked for less at a time; only one that
                // does not answer a single question, or is silent, is given up.
                if failed.kind() == ErrorKind::Timeout || (answered == 0 && run.window == 1) {
                    error = Some(failed.with_effect(Effect::NotWritten));
                }
                run.window = answered.clamp(1, run.window);
            }
        }
        let missing = error.unwrap_or_else(|| self.protocol("no answer"));
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
    window: usize,
}

impl<'a> Run<'a> {
    fn new(client: &'a Client, questions: &'a [Question]) -> Self {
        Self {
            client,
            questions,
            next: 0,
            waiting: HashMap::new(),
            again: Vec::new(),
            results: vec![None; questions.len()],
            window: WINDOW,
        }
    }

    fn left(&self) -> usize {
        self.questions.len() - self.next + self.waiting.len() + self.again.len()
    }

    /// Works over one connection until all is answered or it ends. Writing and reading run side by side, so that server
    /// and client never both wait for the other to read.
    async fn connection(&mut self) -> Result<()> {
        let Connection { mut sender, mut receiver } = self.client.connect().await?;
        let (queue, mut queued) = mpsc::unbounded_channel::<Vec<u8>>();
        let write = async {
            while let Some(framed) = queued.recv().await {
                sender.send(&framed).await?;
            }
            Ok(())
        };
        let read = async {
            loop {
                let mut framed = Vec::new();
                self.fill(&mut framed);
                if self.left() == 0 {
                    drop(queue);
                    return Ok(());
                }
                if !framed.is_empty() && queue.send(framed).is_err() {
                    return Err(self.client.protocol("the connection ended"));
                }
                self.drain(&mut receiver).await?;
            }
        };
        tokio::try_join!(write, read).map(drop)
    }

    /// Adds questions to `out` while there is room in the window; not before half of it is free, so that many go out
    /// in one write.
    fn fill(&mut self, out: &mut Vec<u8>) {
        if self.waiting.len() > self.window / 2 {
            return;
        }
        while self.waiting.len() < self.window {
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
    async fn drain(&mut self, receiver: &mut Receiver) -> Result<()> {
        let mut octets = Vec::new();
        loop {
            receiver.receive(&mut octets).await?;
            let id = wire::header(&octets).map_err(|fault| self.client.protocol(&fault.to_string()))?.id;
            let found = self.waiting.remove(&id);
            let (index, asked) = found.ok_or_else(|| self.client.protocol("an answer to another message"))?;
            let answer = match asked.read(self.client, &octets) {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) => Err(self.client.protocol("an answer over TCP that was cut (TC)")),
                Err(Unread::Final(error)) => Err(error),
                Err(Unread::Stray(what)) => Err(self.client.protocol(&what)),
            };
            self.finish(index, answer);
            if !receiver.has_message() {
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
