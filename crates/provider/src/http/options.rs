//! What a client is built from.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::classify::{Answer, Classify, Verdict};
use super::proxy::ProxySettings;
use super::retry::RetryPolicy;
use super::sign::Sign;
use super::stats::{Stats, Trace, TraceEvent};
use crate::limit::{AccountLimits, Limiter};
use crate::secret::Secret;
use crate::{Context, Stop};

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included. 10 s unless told.
    pub connect: Duration,
    /// For the answer to begin, the connection included, and then for each further part of it. 60 s unless told: a server that takes a large
    /// zone works for long before it says anything.
    pub read: Duration,
    /// For everything, from the first try to the end of the last, waits included; the queue for a slot is not. At most
    /// a day; 300 s
    /// unless told.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), read: seconds(60), total: seconds(300) }
    }
}

/// The largest answer that is read unless told otherwise: 256 MiB.
pub const MAX_RESPONSE: u64 = 256 << 20;

/// What an [`HttpClient`](super::HttpClient) is built from. Only the base URL is needed.
#[derive(Clone)]
pub struct HttpOptions {
    pub(super) base_url: String,
    pub(super) headers: Vec<(String, HeaderText)>,
    pub(super) concealed: Vec<Secret>,
    pub(super) timeouts: Timeouts,
    pub(super) ca_pem: Option<Vec<u8>>,
    pub(super) proxy: ProxySettings,
    pub(super) limits: AccountLimits,
    pub(super) limiter: Option<Arc<Limiter>>,
    pub(super) max_response: u64,
    pub(super) user_agent: String,
    pub(super) retry: RetryPolicy,
    pub(super) sign: Option<Arc<dyn Sign>>,
    pub(super) classify: Option<Classify>,
    pub(super) trace: Option<Trace>,
    pub(super) stats: Arc<Stats>,
    pub(super) clock: Option<Clock>,
    pub(super) seed: Option<u64>,
    pub(super) stop: Stop,
}

/// Tells the time of day. Only needed where a server sends `Retry-After` as a date without a `Date` of its own.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

#[derive(Clone)]
pub(super) enum HeaderText {
    Plain(String),
    Secret(Secret),
}

impl HttpOptions {
    /// Options for the API at `base_url`: `https://host/path`, or `http://` for loopback and a lab. It carries no user
    /// name, password, query or fragment; those are errors of [`HttpClient::new`](super::HttpClient::new).
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            headers: Vec::new(),
            concealed: Vec::new(),
            timeouts: Timeouts::default(),
            ca_pem: None,
            proxy: ProxySettings::default(),
            limits: AccountLimits::default(),
            limiter: None,
            max_response: MAX_RESPONSE,
            user_agent: concat!("dnsctl/", env!("CARGO_PKG_VERSION")).to_owned(),
            retry: RetryPolicy::default(),
            sign: None,
            classify: None,
            trace: None,
            stats: Arc::default(),
            clock: None,
            seed: None,
            stop: Stop::new(),
        }
    }

    /// Takes what comes in from outside: the clock, the proxies of the environment, the user's concurrency, and the
    /// request to stop.
    #[must_use]
    pub fn context(mut self, context: &Context) -> Self {
        self.clock = Some(Arc::clone(&context.now));
        self.proxy = ProxySettings::from_lookup(|name| (context.environment)(name));
        if let Some(concurrency) = context.concurrency {
            self.limits.concurrency = concurrency;
        }
        self.stats = Arc::clone(&context.stats);
        self.trace = context.trace.clone();
        self.stop = context.stop.clone();
        self
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), HeaderText::Plain(value.into())));
        self
    }

    /// Adds a header whose value nobody may see: `X-API-Key`.
    #[must_use]
    pub fn secret_header(mut self, name: impl Into<String>, value: &Secret) -> Self {
        self.headers.push((name.into(), HeaderText::Secret(value.clone())));
        self.conceal(value)
    }

    /// Adds `Authorization: Bearer …` (RFC 6750 2.1).
    #[must_use]
    pub fn bearer(self, token: &Secret) -> Self {
        let value = Secret::new(format!("Bearer {}", token.expose()));
        self.secret_header("authorization", &value).conceal(token)
    }

    /// Adds `Authorization: Basic …` (RFC 7617).
    #[must_use]
    pub fn basic(self, user: &str, password: &Secret) -> Self {
        let pair = data_encoding::BASE64.encode(format!("{user}:{}", password.expose()).as_bytes());
        let value = Secret::new(format!("Basic {pair}"));
        self.secret_header("authorization", &value).conceal(&Secret::new(pair)).conceal(password)
    }

    /// Takes a secret that reaches the server in another way, such as a signing key, out of every message.
    #[must_use]
    pub fn conceal(mut self, secret: &Secret) -> Self {
        self.concealed.push(secret.clone());
        self
    }

    /// Sets the time-outs.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Trusts only the authorities in this PEM text instead of those of the operating system (as `curl --cacert`).
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self
    }

    /// Sets the proxies.
    #[must_use]
    pub fn proxy(mut self, proxy: ProxySettings) -> Self {
        self.proxy = proxy;
        self
    }

    /// Sets how many requests go at once and a second, for this client alone.
    #[must_use]
    pub fn limits(mut self, limits: AccountLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Shares the limiter of an account with other clients; [`HttpOptions::limits`] then has no effect.
    #[must_use]
    pub fn limiter(mut self, limiter: Arc<Limiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Sets the largest answer that is read, in bytes.
    #[must_use]
    pub fn max_response(mut self, bytes: u64) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sets the `User-Agent`; `dnsctl/VERSION` unless told.
    #[must_use]
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = text.into();
        self
    }

    /// Sets how often requests are tried.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Signs each try of each request.
    #[must_use]
    pub fn sign(mut self, sign: Arc<dyn Sign>) -> Self {
        self.sign = Some(sign);
        self
    }

    /// Lets the adapter judge each answer before the kit does, a 200 included. `None` leaves it to the kit.
    #[must_use]
    pub fn classify(
        mut self,
        judge: impl Fn(&Answer<'_>) -> Option<Verdict> + Send + Sync + 'static,
    ) -> Self {
        self.classify = Some(Arc::new(judge));
        self
    }

    /// Shows each try as it ends.
    #[must_use]
    pub fn trace(mut self, trace: impl Fn(&TraceEvent<'_>) + Send + Sync + 'static) -> Self {
        self.trace = Some(Arc::new(trace));
        self
    }

    /// Counts into these counters, which other clients may share.
    #[must_use]
    pub fn stats(mut self, stats: Arc<Stats>) -> Self {
        self.stats = stats;
        self
    }

    /// Sets the time of day; see [`Clock`].
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sends no write any more once this is set: one that waits ends with [`Stop::error`], reads go on.
    #[must_use]
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Makes the random part of waits repeatable.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl std::fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("HttpOptions").field("headers", &headers).finish_non_exhaustive()
    }
}
