//! How many requests one provider account takes: at once, and a second.
//!
//! A [`Limiter`] belongs to an account, not to a zone: a hundred zones planned side by side share it, and so may several
//! clients of one vendor. Time is tokio's, so a test can pause it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, ErrorKind, Result};

/// The longest wait that is believed: what a server asks beyond it is taken as this.
pub const LONGEST_HOLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How many requests a second an account allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests a second in the long run; above 0, `0.25` is one in four seconds.
    pub per_second: f64,
    /// Requests that may go at once after a pause; at least 1.
    pub burst: u32,
}

/// The limits of one account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccountLimits {
    /// Requests under way at once, and so connections; at least 1. 8 unless told: PowerDNS 4.7 drops connections above
    /// about 12 at once, and each drop costs a second.
    pub concurrency: usize,
    /// Requests a second; `None` is no limit.
    pub rate: Option<Rate>,
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self { concurrency: 8, rate: None }
    }
}

/// The limiters of one run by account, so that all clients of an account share one. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Limiters(Arc<Mutex<BTreeMap<String, Arc<Limiter>>>>);

impl Limiters {
    /// The limiter of this account; the first that asks says what its limits are.
    ///
    /// # Errors
    /// As [`Limiter::new`].
    pub fn of(&self, account: &str, limits: AccountLimits) -> Result<Arc<Limiter>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = known.get(account) {
            return Ok(Arc::clone(limiter));
        }
        let limiter = Arc::new(Limiter::new(limits)?);
        known.insert(account.to_owned(), Arc::clone(&limiter));
        Ok(limiter)
    }
}

/// A gate for the requests of one account: a semaphore, a token bucket, and a common pause when the server asks for one.
#[derive(Debug)]
pub struct Limiter {
    slots: Arc<Semaphore>,
    /// Time for one token, and how far ahead of it a burst may run.
    bucket: Option<(Duration, Duration)>,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    /// When the bucket is full again (the "theoretical arrival time" of the generic cell rate algorithm).
    full_at: Instant,
    /// Nothing is sent before this.
    hold: Instant,
}

/// The right to have one request under way; dropping it makes room for the next.
#[derive(Debug)]
pub struct Slot(#[expect(dead_code, reason = "held for its drop")] Option<OwnedSemaphorePermit>);

/// There was no time left to wait for the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLate {
    /// How long the wait would have been.
    pub wait: Duration,
}

impl Limiter {
    /// A limiter with these limits.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the concurrency or the burst is 0, or the rate is not a number above 0.
    pub fn new(limits: AccountLimits) -> Result<Self> {
        let wrong = |what| Err(Error::new(ErrorKind::Config, what));
        if limits.concurrency == 0 || limits.concurrency > Semaphore::MAX_PERMITS {
            return wrong("concurrency must be at least 1");
        }
        let bucket = match limits.rate {
            None => None,
            Some(Rate { burst: 0, .. }) => return wrong("the burst of a rate limit must be at least 1"),
            Some(Rate { per_second, burst }) => {
                let token = Duration::try_from_secs_f64(per_second.recip()).ok().filter(|_| per_second > 0.0);
                let Some(token) = token.filter(|token| *token <= LONGEST_HOLD) else {
                    return wrong("the requests per second of a rate limit must be a number above 0");
                };
                Some((token, token.saturating_mul(burst - 1).min(LONGEST_HOLD)))
            }
        };
        let now = Instant::now();
        Ok(Self {
            slots: Arc::new(Semaphore::new(limits.concurrency)),
            bucket,
            pace: Mutex::new(Pace { full_at: now, hold: now }),
        })
    }

    /// Waits, in order of asking, until fewer requests are under way than the limit.
    pub async fn slot(&self) -> Slot {
        Slot(Arc::clone(&self.slots).acquire_owned().await.ok())
    }

    /// Waits for the turn to send one request: a token, and the end of a [`Limiter::hold`]. Returns the time waited.
    ///
    /// A caller that stops waiting gives up its turn, but not its token.
    ///
    /// # Errors
    /// [`TooLate`] at once, without taking a token, when the turn would come after `deadline`.
    pub async fn turn(&self, deadline: Option<Instant>) -> std::result::Result<Duration, TooLate> {
        let asked = Instant::now();
        let mut ready = self.reserve(asked, deadline)?;
        while ready > Instant::now() {
            sleep_until(ready).await;
            // The server may have asked for a pause meanwhile.
            let hold = self.pace().hold;
            if hold > ready {
                late(asked, hold, deadline)?;
                ready = hold;
            }
        }
        Ok(asked.elapsed())
    }

    /// Sends nothing of this account for `wait` (at most [`LONGEST_HOLD`]), since the server asked for it.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_HOLD);
        let mut pace = self.pace();
        pace.hold = pace.hold.max(until);
    }

    fn reserve(&self, now: Instant, deadline: Option<Instant>) -> std::result::Result<Instant, TooLate> {
        let mut pace = self.pace();
        let mut ready = now.max(pace.hold);
        if let Some((token, ahead)) = self.bucket {
            ready = ready.max(pace.full_at.checked_sub(ahead).unwrap_or(now));
            late(now, ready, deadline)?;
            pace.full_at = pace.full_at.max(ready) + token;
        }
        late(now, ready, deadline)?;
        Ok(ready)
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn late(now: Instant, ready: Instant, deadline: Option<Instant>) -> std::result::Result<(), TooLate> {
    match deadline {
        Some(deadline) if ready > deadline => Err(TooLate { wait: ready.saturating_duration_since(now) }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(concurrency: usize, rate: Option<Rate>) -> Limiter {
        Limiter::new(AccountLimits { concurrency, rate }).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_the_rate() {
        let limiter = limiter(8, Some(Rate { per_second: 5.0, burst: 3 }));
        let start = Instant::now();
        let mut sent = Vec::new();
        for _ in 0..6 {
            limiter.turn(None).await.unwrap();
            sent.push(start.elapsed().as_millis());
        }
        // tokio's timer counts in whole milliseconds and rounds up.
        let wanted = [0, 0, 0, 200, 400, 600];
        assert!(sent.iter().zip(wanted).all(|(at, want)| (want..want + 3).contains(at)), "{sent:?}");
        // After a long pause the burst is back, but not more than the burst.
        tokio::time::sleep(Duration::from_secs(60)).await;
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.turn(None).await.unwrap(), Duration::ZERO);
        }
        limiter.turn(None).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(200));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_stops_those_already_waiting() {
        let limiter = Arc::new(limiter(8, Some(Rate { per_second: 1.0, burst: 1 })));
        limiter.turn(None).await.unwrap();
        let waiting = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.turn(None).await }
        });
        tokio::task::yield_now().await;
        limiter.hold(Duration::from_secs(30));
        assert!(waiting.await.unwrap().unwrap() >= Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_after_the_deadline_is_refused_and_costs_nothing() {
        let limiter = limiter(8, Some(Rate { per_second: 0.1, burst: 1 }));
        limiter.turn(None).await.unwrap();
        let start = Instant::now();
        let soon = Some(start + Duration::from_secs(1));
        for _ in 0..3 {
            assert_eq!(limiter.turn(soon).await.unwrap_err().wait, Duration::from_secs(10));
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        limiter.turn(None).await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(11));
        limiter.hold(Duration::MAX);
        let wait = limiter.turn(soon).await.unwrap_err().wait;
        assert!(wait >= LONGEST_HOLD.saturating_sub(Duration::from_secs(1)), "{wait:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn slots_bound_what_is_under_way() {
        let limiter = limiter(2, None);
        let first = limiter.slot().await;
        let _second = limiter.slot().await;
        let third = tokio::time::timeout(Duration::from_secs(5), limiter.slot()).await;
        assert!(third.is_err());
        drop(first);
        let _third = tokio::time::timeout(Duration::from_secs(5), limiter.slot()).await.unwrap();
    }

    #[tokio::test]
    async fn impossible_limits_are_refused() {
        let rate = |per_second, burst| AccountLimits {
            rate: Some(Rate { per_second, burst }),
            ..AccountLimits::default()
        };
        let none = AccountLimits { concurrency: 0, rate: None };
        for limits in
            [none, rate(0.0, 1), rate(-1.0, 1), rate(f64::NAN, 1), rate(f64::INFINITY, 0), rate(1e-300, 1)]
        {
            assert_eq!(Limiter::new(limits).unwrap_err().kind(), ErrorKind::Config, "{limits:?}");
        }
        Limiter::new(rate(1e9, u32::MAX)).unwrap();
    }
}
