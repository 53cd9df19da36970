//! Sending: tries, waits, and what becomes of an answer.

use std::sync::PoisonError;
use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, HeaderMap, LOCATION};
use tokio::time::{Instant, timeout_at};

use super::body::{Body, Broken, MAX_REFUSAL, Reader, soon};
use super::call::Prepared;
use super::classify::{Answer, Verdict};
use super::client::{HttpClient, Inner};
use super::message;
use super::response::{Origin, Response};
use super::retry::{Repeat, Safety, retry_after};
use super::sign::Unsigned;
use super::stats::TraceEvent;
use super::transport::{Failure, cut, no_answer, seconds};
use crate::Stop;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::limit::{LONGEST_HOLD, TooLate};
use crate::lower::fresh;
use crate::secret::{Redactor, Secret};

impl HttpClient {
    /// Sends a request until it succeeds, must not be repeated, or tries or time run out.
    ///
    /// The slot is held throughout, waits included: a server in trouble gets fewer requests, not more.
    pub(super) async fn run(&self, call: &Prepared) -> Result<Response> {
        let inner = self.inner();
        let stopped = || call.name(Stop::error());
        let _slot = inner.unless_stopped(call, inner.limiter.slot()).await.ok_or_else(stopped)?;
        let turn = inner.limiter.turn(Some(Instant::now() + inner.timeouts.total));
        let waited = inner.unless_stopped(call, turn).await.ok_or_else(stopped)?;
        let waited = waited.map_err(|late| {
            let wait = spoken(late.wait);
            let wait = wait.strip_prefix("a ").unwrap_or(&wait);
            let message = format!("the server asked to pause for another {wait}");
            call.name(Error::new(ErrorKind::RateLimited, message).with_retry_after(late.wait))
        })?;
        inner.stats.waited(waited);
        let late = || call.safety != Safety::Read && fresh::is_too_late();
        if late() {
            return Err(call.name(fresh::too_late()));
        }

        let started = Instant::now();
        let deadline = started + inner.timeouts.total;
        let mut unknown = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match inner.traced(call, tries, deadline).await {
                Ok(mut response) => {
                    response.origin.tries = tries;
                    response.origin.elapsed = started.elapsed();
                    return Ok(response);
                }
                Err(failure) => failure,
            };
            let effect = call.safety.effect(failure.repeat, failure.error.effect());
            unknown |= effect == Effect::Unknown;
            let mut error = failure.error;
            if tries < inner.retry.tries && call.safety.allows(failure.repeat) {
                match inner.unless_stopped(call, inner.pause(&error, tries, deadline)).await {
                    Some(Ok(())) if !late() => continue,
                    Some(Ok(())) if !unknown => return Err(call.name(fresh::too_late())),
                    Some(Ok(())) => {}
                    Some(Err(late)) => error = give_up(error, late),
                    None if !unknown => return Err(stopped()),
                    None => {}
                }
            }
            let effect = if unknown { Effect::Unknown } else { Effect::NotWritten };
            return Err(call.name(error.with_effect(effect).with_tries(tries, started.elapsed())));
        }
    }
}

/// The server's wish, or the random wait, would end after the deadline.
fn give_up(error: Error, late: TooLate) -> Error {
    match error.retry_after() {
        Some(wait) => {
            error.with_hint(format!("the server asks to wait {}: run the command again then", spoken(wait)))
        }
        None if error.hint().is_none() && error.kind() == ErrorKind::RateLimited => {
            error.with_hint(format!("run the command again in {}", spoken(late.wait)))
        }
        None => error,
    }
}

/// A wait that a server asked for, which may be longer than anybody waits.
fn spoken(wait: Duration) -> String {
    // Some of the longest hold is over already when it is told.
    let is_longest = wait.saturating_add(Duration::from_secs(60)) >= LONGEST_HOLD;
    if is_longest { "a day or longer".to_owned() } else { seconds(wait) }
}

impl Prepared {
    /// Adds what every error of this request says.
    fn name(&self, error: Error) -> Error {
        error.during(&self.operation).at(&self.shown).redacted(&self.redactor)
    }
}

impl Inner {
    /// What this gives, or nothing when the call is a write and the run is stopped before.
    async fn unless_stopped<T>(&self, call: &Prepared, wait: impl Future<Output = T>) -> Option<T> {
        if call.safety == Safety::Read {
            return Some(wait.await);
        }
        tokio::select! {
            biased;
            () = self.stop.stopped() => None,
            done = wait => Some(done),
        }
    }

    /// Waits before the next try: as long as the server asks, or a random time; and for the rate limit.
    async fn pause(&self, error: &Error, tries: u32, deadline: Instant) -> Result<(), TooLate> {
        let random = {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            self.retry.backoff(tries, error.kind(), &mut random)
        };
        let start = Instant::now();
        let wait = match error.retry_after() {
            // All requests of the account wait; the random part keeps them from coming back together.
            Some(wish) => {
                self.limiter.hold(wish);
                wish.saturating_add(random.min(self.retry.base))
            }
            None => random,
        };
        if wait > deadline.saturating_duration_since(start) {
            return Err(TooLate { wait });
        }
        tokio::time::sleep(wait).await;
        let turn = self.limiter.turn(Some(deadline)).await;
        self.stats.waited(start.elapsed());
        turn.map(drop)
    }

    async fn traced(&self, call: &Prepared, attempt: u32, deadline: Instant) -> Result<Response, Failure> {
        let start = Instant::now();
        let outcome = self.attempt(call, attempt, deadline).await;
        if let Some(trace) = &self.trace {
            let (status, error) = match &outcome {
                Ok(response) => (Some(response.status), None),
                Err(Failure { error, .. }) => (error.http_status(), Some(error.kind())),
            };
            let (operation, method, url) =
                (call.operation.as_str(), &call.method, call.redactor.redact(&call.shown));
            trace(&TraceEvent {
                operation,
                method,
                url: &url,
                attempt,
                status,
                error,
                duration: start.elapsed(),
            });
        }
        outcome
    }

    /// One try.
    async fn attempt(&self, call: &Prepared, attempt: u32, deadline: Instant) -> Result<Response, Failure> {
        let (request, redactor) = self.signed(call).await.map_err(|error| {
            // Nothing was sent, whatever the signer met with.
            Failure::new(error.with_effect(Effect::NotWritten), Repeat::Never)
        })?;
        let read = call.patience.unwrap_or(self.timeouts.read);
        let until = soon(deadline, read);
        let size = call.body.as_ref().map_or(0, bytes::Bytes::len);
        self.stats.sent(attempt, size);
        let outcome = match timeout_at(until, self.http.execute(request)).await {
            Ok(Ok(response)) => self.receive(call, response, read, deadline, &redactor).await,
            Ok(Err(error)) => Err(no_answer(error, self.timeouts.connect, size)),
            Err(_) => Err(slow(deadline, "no answer", read, self.timeouts.total)),
        };
        outcome.map_err(|failure| Failure { error: failure.error.redacted(&redactor), ..failure })
    }

    /// The request as it goes out, and a redactor that knows what the signer added.
    async fn signed(&self, call: &Prepared) -> Result<(reqwest::Request, Redactor)> {
        let mut request = reqwest::Request::new(call.method.clone(), call.url.clone());
        *request.body_mut() = call.body.clone().map(Into::into);
        let mut headers = call.headers.clone();
        let mut redactor = call.redactor.clone();
        if let Some(sign) = &self.sign {
            let body = call.body.as_deref().unwrap_or_default();
            sign.sign(&mut Unsigned { method: &call.method, url: &call.url, headers: &mut headers, body })
                .await?;
            redactor = redactor.and(secrets(&headers));
        }
        *request.headers_mut() = headers;
        Ok((request, redactor))
    }

    async fn receive(
        &self,
        call: &Prepared,
        mut response: reqwest::Response,
        read: Duration,
        deadline: Instant,
        redactor: &Redactor,
    ) -> Result<Response, Failure> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let announced = response.content_length();
        let limit = self.max_response;
        let mut body = Body::default();
        let mut cut_off = false;
        let outcome = if announced.is_some_and(|length| length > limit) && status.is_success() {
            Err(Broken::TooLarge)
        } else if status.is_success() {
            Reader { limit, read, deadline }.read(&mut response, &mut body).await
        } else {
            // Its words are welcome, but the status alone is enough.
            let limit = limit.min(MAX_REFUSAL as u64);
            cut_off = Reader { limit, read, deadline }.read(&mut response, &mut body).await.is_err();
            Ok(())
        };
        self.stats.received(body.len());
        let status = status.as_u16();
        outcome.map_err(|broken| {
            let got = body.len();
            let failure = match broken {
                Broken::TooLarge => {
                    let message = format!("the answer is larger than {limit} bytes");
                    Failure::new(Error::new(ErrorKind::Protocol, message), Repeat::Never)
                }
                Broken::Slow if Instant::now() >= deadline => {
                    let total = seconds(self.timeouts.total);
                    let message = format!("the answer came too slowly: {got} bytes of it within {total}");
                    Failure::new(Error::new(ErrorKind::Timeout, message), Repeat::Never)
                }
                Broken::Slow => {
                    let message = format!("the answer stopped after {got} bytes, for {}", seconds(read));
                    Failure::new(Error::new(ErrorKind::Timeout, message), Repeat::WhenHarmless)
                }
                Broken::Cut(error) => cut(error, got, announced),
            };
            Failure { error: failure.error.with_http_status(status), ..failure }
        })?;
        let body = body.into_bytes();
        let answer = Answer { status, headers: &headers, body: &body };
        if let Some(failure) = self.judge(&answer, cut_off, call.safety, redactor) {
            return Err(Failure { error: failure.error.with_http_status(status), ..failure });
        }
        let origin = Origin {
            operation: call.operation.clone(),
            endpoint: call.shown.clone(),
            safety: call.safety,
            redactor: redactor.clone(),
            tries: 1,
            elapsed: Duration::ZERO,
        };
        Ok(Response { status, headers, body, origin })
    }

    /// What is wrong with an answer, if anything: the adapter is asked first.
    fn judge(
        &self,
        answer: &Answer<'_>,
        cut_off: bool,
        safety: Safety,
        redactor: &Redactor,
    ) -> Option<Failure> {
        let wish = || retry_after(answer.headers, self.clock.as_ref().map(|clock| clock()));
        let redact = |text: &str| if cut_off { redactor.redact_cut(text) } else { redactor.redact(text) };
        let words = || redact(&message::of(answer.body));
        if let Some(Verdict { kind, message, hint, repeat, effect, wait }) =
            self.classify.as_ref().and_then(|judge| judge(answer))
        {
            let message = message.map_or_else(words, |message| redact(&message));
            let mut error = Error::new(kind, message);
            if let Some(effect) = effect {
                error = error.with_effect(effect);
            }
            if let Some(hint) = hint {
                error = error.with_hint(redactor.redact(&hint));
            }
            if let Some(wait) = wait.or_else(wish).filter(|_| repeat != Repeat::Never) {
                error = error.with_retry_after(wait);
            }
            return Some(Failure::new(error, repeat));
        }
        match answer.status {
            200..=299 => compressed(answer),
            300..=399 => Some(redirect(answer, safety, redactor)),
            status => {
                let wish = wish();
                let repeat = Repeat::of_status(status);
                let mut error = Error::new(kind_of(status), words());
                if let Some(wait) = wish.filter(|_| repeat != Repeat::Never) {
                    error = error.with_retry_after(wait);
                }
                Some(Failure::new(error, repeat))
            }
        }
    }
}

/// A time-out of one read, or of everything.
fn slow(deadline: Instant, what: &str, read: Duration, total: Duration) -> Failure {
    let (within, repeat) =
        if Instant::now() >= deadline { (total, Repeat::Never) } else { (read, Repeat::WhenHarmless) };
    Failure::new(Error::new(ErrorKind::Timeout, format!("{what} within {}", seconds(within))), repeat)
}

/// No encoding was asked for, so none can be undone.
fn compressed(answer: &Answer<'_>) -> Option<Failure> {
    let encoding =
        answer.header(CONTENT_ENCODING.as_str()).filter(|name| !name.eq_ignore_ascii_case("identity"))?;
    let message = format!("the answer is compressed ({encoding}), which was not asked for");
    Some(Failure::new(Error::new(ErrorKind::Protocol, message), Repeat::Never))
}

/// A redirect is never followed: the credentials would go along, and a write would become another.
fn redirect(answer: &Answer<'_>, safety: Safety, redactor: &Redactor) -> Failure {
    let target = answer.header(LOCATION.as_str()).map(|target| redactor.redact(without_query(target)));
    let message = match &target {
        Some(target) => format!("redirected to {target}; redirects are not followed"),
        None => "redirected to nowhere".to_owned(),
    };
    // After 302 and 303 the server may have done the work (RFC 9110 15.4).
    let effect = if matches!(answer.status, 302 | 303) { Effect::Unknown } else { Effect::NotWritten };
    let error = Error::new(ErrorKind::Protocol, message)
        .with_effect(safety.effect(Repeat::Never, effect))
        .with_hint("is the URL of the provider right? Set it to where the API really is");
    Failure::new(error, Repeat::Never)
}

/// The target of a redirect without what may be secret in it.
fn without_query(target: &str) -> &str {
    target.split(['?', '#']).next().unwrap_or_default()
}

/// What an HTTP status means (RFC 9110 15, RFC 6585) where the vendor says no more.
const fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 | 407 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        405 | 501 => ErrorKind::Unsupported,
        408 => ErrorKind::Timeout,
        409 | 412 | 423 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Protocol,
    }
}

/// The header values that were marked sensitive, whole and without the name of a scheme (`Bearer`) before them.
fn secrets(headers: &HeaderMap) -> Vec<Secret> {
    let sensitive =
        headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok());
    sensitive
        .flat_map(|value| {
            let token = value.split_once(' ').map(|(_, token)| token);
            [Some(value), token].into_iter().flatten().map(Secret::new)
        })
        .collect()
}
