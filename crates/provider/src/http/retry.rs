//! Which requests are repeated, and when.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

use crate::error::{Effect, ErrorKind};
use crate::limit::LONGEST_HOLD;

/// What may be done twice (RFC 9110 9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Changes nothing: repeated after any failure that may pass.
    Read,
    /// A write with a key by which the server recognises a repeat (the `CallerReference` of Route 53): repeated as a
    /// read is.
    Keyed,
    /// Any other write, also one that has the same result when done twice: between the two somebody else may have
    /// written, and the second would undo that. It is repeated only when it is certain that nothing was processed:
    /// when no connection came about, and at 429. A 503 may come from a gateway behind which the write went through,
    /// also when it says when to come back. Where the outcome is unknown, it is for the caller to read back first.
    Once,
}

impl Safety {
    pub(super) const fn allows(self, repeat: Repeat) -> bool {
        match repeat {
            Repeat::Never => false,
            Repeat::WhenHarmless => !matches!(self, Self::Once),
            Repeat::Always => true,
        }
    }

    /// What a failure of this kind of request says of the write.
    pub(super) const fn effect(self, repeat: Repeat, effect: Effect) -> Effect {
        if matches!(self, Self::Read) || matches!(repeat, Repeat::Always) {
            Effect::NotWritten
        } else {
            effect
        }
    }
}

/// What a failure allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It would fail again.
    Never,
    /// It may pass, but the server may have done the work: repeat what is [`Safety::Read`] or [`Safety::Keyed`].
    WhenHarmless,
    /// It may pass, and the server has done nothing: repeat anything.
    Always,
}

impl Repeat {
    /// What an HTTP status allows.
    pub(super) const fn of_status(status: u16) -> Self {
        match status {
            429 => Self::Always,
            500 | 502 | 503 | 504 => Self::WhenHarmless,
            _ => Self::Never,
        }
    }

    /// What an adapter means when it names only the kind.
    pub(super) const fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::RateLimited => Self::Always,
            ErrorKind::Unavailable | ErrorKind::Timeout => Self::WhenHarmless,
            _ => Self::Never,
        }
    }
}

/// How often a request is tried and how long to wait between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first included; 1 never repeats. 4 unless told.
    pub tries: u32,
    /// The longest wait before the second try; doubles with each further try. 250 ms unless told, and four times that
    /// when the server says "too many requests" without saying how long.
    pub base: Duration,
    /// The longest wait before any try, unless the server asks for more. 20 s unless told.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { tries: 4, base: Duration::from_millis(250), cap: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// A random wait between nothing and the longest one after this many tries ("full jitter"), so that requests that
    /// failed together do not come back together.
    pub(super) fn backoff(self, tries: u32, kind: ErrorKind, random: &mut fastrand::Rng) -> Duration {
        let base = if kind == ErrorKind::RateLimited { self.base.saturating_mul(4) } else { self.base };
        let doublings = tries.saturating_sub(1).min(31);
        let longest = base.saturating_mul(1_u32 << doublings).min(self.cap);
        longest.mul_f64(random.f64())
    }
}

/// The wait a server asks for: seconds or an HTTP date (RFC 9110 10.2.3), at most [`LONGEST_HOLD`].
///
/// A date is taken against the server's own `Date`, since its clock made both; else against `now`. A date without
/// either, and anything else, is no wish at all.
pub fn retry_after(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let text = |value: &HeaderValue| value.to_str().ok().map(|text| text.trim().to_owned());
    let wish = headers.get(RETRY_AFTER).and_then(text)?;
    if !wish.is_empty() && wish.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number too large for u64 fails here.
        return Some(wish.parse().map_or(LONGEST_HOLD, Duration::from_secs).min(LONGEST_HOLD));
    }
    let date = httpdate::parse_http_date(&wish).ok()?;
    let server = headers.get(DATE).and_then(text).and_then(|date| httpdate::parse_http_date(&date).ok());
    let wait = date.duration_since(server.or(now)?).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST_HOLD))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(wish: &str, date: Option<&str>, now: Option<SystemTime>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_bytes(wish.as_bytes()).ok()?);
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        retry_after(&headers, now)
    }

    #[test]
    fn seconds_and_all_three_date_formats() {
        let server = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked("120", None, None), Some(Duration::from_secs(120)));
        assert_eq!(asked(" 0 ", None, None), Some(Duration::ZERO));
        for date in
            ["Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994"]
        {
            assert_eq!(asked(date, server, None), Some(Duration::from_secs(30)), "{date}");
        }
        // A date that has passed means now; one without a clock means nothing.
        assert_eq!(asked("Sun, 06 Nov 1994 08:00:00 GMT", server, None), Some(Duration::ZERO));
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:07 GMT", None, None), None);
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:50:00 GMT").unwrap();
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:07 GMT", None, Some(now)), Some(Duration::from_secs(7)));
        assert_eq!(asked("Fri, 31 Dec 9999 23:59:59 GMT", server, None), Some(LONGEST_HOLD));
        for nothing in ["", "-1", "1.5", "soon", "120 s", "+5"] {
            assert_eq!(asked(nothing, server, Some(now)), None, "{nothing}");
        }
    }

    #[test]
    fn once_is_repeated_only_when_nothing_was_done() {
        for (status, once) in [(429, true), (503, false), (500, false), (502, false), (504, false)] {
            let repeat = Repeat::of_status(status);
            assert!(Safety::Read.allows(repeat) && Safety::Keyed.allows(repeat), "{status}");
            assert_eq!(Safety::Once.allows(repeat), once, "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404, 408, 409, 422, 501] {
            assert_eq!(Repeat::of_status(status), Repeat::Never, "{status}");
        }
    }

    proptest! {
        #[test]
        fn any_wish_is_bounded(wish in "[ -~]{0,40}|[0-9]{1,40}", seconds in any::<u32>()) {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(seconds));
            prop_assert!(asked(&wish, None, Some(now)).unwrap_or_default() <= LONGEST_HOLD);
            let date = httpdate::fmt_http_date(now);
            prop_assert!(asked(&date, None, Some(SystemTime::UNIX_EPOCH)).unwrap() <= LONGEST_HOLD);
        }

        #[test]
        fn digits_mean_seconds(seconds in 0_u64..86_400) {
            prop_assert_eq!(asked(&seconds.to_string(), None, None), Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn a_wait_is_within_its_bounds(tries in 0_u32..100, seed in any::<u64>()) {
            let policy = RetryPolicy::default();
            let wait = policy.backoff(tries, ErrorKind::Unavailable, &mut fastrand::Rng::with_seed(seed));
            prop_assert!(wait <= policy.cap);
            prop_assert!(tries > 1 || wait <= policy.base);
        }
    }
}
