//! The client of one API.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Method, Url};

use super::call::{Call, insert_header};
use super::classify::Classify;
use super::options::{Clock, HttpOptions, Timeouts};
use super::proxy::is_loopback;
use super::retry::{RetryPolicy, Safety};
use super::sign::Sign;
use super::stats::{Stats, Trace};
use super::tls::{self, Trust};
use crate::Stop;
use crate::error::{Error, ErrorKind, Result};
use crate::limit::{LONGEST_HOLD, Limiter};
use crate::secret::Redactor;

/// How long an unused connection is kept. Shorter than the servers keep theirs, since a request that meets a connection
/// just being closed fails, and a write must then be read back.
const KEEP_IDLE: Duration = Duration::from_secs(15);

/// A client of one API with one set of credentials. Cloning is cheap and shares connections, limits and counters.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

pub(super) struct Inner {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    pub(super) headers: HeaderMap,
    pub(super) redactor: Redactor,
    pub(super) timeouts: Timeouts,
    pub(super) limiter: Arc<Limiter>,
    pub(super) max_response: u64,
    pub(super) retry: RetryPolicy,
    pub(super) sign: Option<Arc<dyn Sign>>,
    pub(super) classify: Option<Classify>,
    pub(super) trace: Option<Trace>,
    pub(super) stats: Arc<Stats>,
    pub(super) clock: Option<Clock>,
    pub(super) random: Mutex<fastrand::Rng>,
    pub(super) stop: Stop,
}

impl HttpClient {
    /// Builds the client. Nothing is sent; for `https://` the trusted certificates are read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a base URL, header, CA file, proxy or limit that makes no sense.
    pub fn new(options: HttpOptions) -> Result<Self> {
        let redactor = Redactor::new(options.concealed);
        let base = parse_base(&options.base_url).map_err(|error| error.redacted(&redactor))?;
        let at = |error: Error| error.at(base.as_str()).redacted(&redactor);
        let mut headers = HeaderMap::new();
        for (name, value) in &options.headers {
            insert_header(&mut headers, name, value).map_err(at)?;
        }
        let limiter = match options.limiter {
            Some(limiter) => limiter,
            None => Arc::new(Limiter::new(options.limits).map_err(at)?),
        };
        let proxy = options.proxy.proxy_for(&base).map_err(at)?;
        let https = base.scheme() == "https";
        let trust = match options.ca_pem.as_deref() {
            Some(_) if !https => {
                return Err(at(Error::new(ErrorKind::Config, "a CA file is given, but the URL is http://")));
            }
            Some(pem) => Trust::Only(pem),
            None if https || matches!(proxy, Some((_, true))) => Trust::System,
            None => Trust::Nobody,
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&trust).map_err(at)?)
            .user_agent(options.user_agent)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(options.timeouts.connect)
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(options.limits.concurrency);
        if let Some((proxy, _)) = proxy {
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|error| {
            at(Error::new(ErrorKind::Config, "the HTTP client cannot be built")
                .with_source(&error.without_url()))
        })?;
        Ok(Self(Arc::new(Inner {
            http,
            base,
            headers,
            redactor,
            timeouts: Timeouts { total: options.timeouts.total.min(LONGEST_HOLD), ..options.timeouts },
            limiter,
            max_response: options.max_response,
            retry: options.retry,
            sign: options.sign,
            classify: options.classify,
            trace: options.trace,
            stats: options.stats,
            clock: options.clock,
            stop: options.stop,
            random: Mutex::new(options.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
        })))
    }

    /// Reads. `operation` says in plain words what for: `read zone example.org.`.
    pub fn get(&self, operation: impl Into<String>) -> Call {
        self.call(Method::GET, Safety::Read, operation)
    }

    /// Creates or starts something; not repeated unless nothing was done ([`Safety::Once`]).
    pub fn post(&self, operation: impl Into<String>) -> Call {
        self.call(Method::POST, Safety::Once, operation)
    }

    /// Replaces something; not repeated unless nothing was done ([`Safety::Once`]).
    pub fn put(&self, operation: impl Into<String>) -> Call {
        self.call(Method::PUT, Safety::Once, operation)
    }

    /// Changes something; not repeated unless nothing was done ([`Safety::Once`]).
    pub fn patch(&self, operation: impl Into<String>) -> Call {
        self.call(Method::PATCH, Safety::Once, operation)
    }

    /// Deletes something; not repeated unless nothing was done ([`Safety::Once`]).
    pub fn delete(&self, operation: impl Into<String>) -> Call {
        self.call(Method::DELETE, Safety::Once, operation)
    }

    /// Any other method.
    pub fn call(&self, method: Method, safety: Safety, operation: impl Into<String>) -> Call {
        Call::new(self.clone(), method, safety, operation.into())
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.0.stats
    }

    /// The base URL, for messages.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.base.as_str()
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpClient({})", self.0.base)
    }
}

/// Whether credentials would cross a network unencrypted on the way to this base URL: plain HTTP to another machine.
/// What is no URL is not judged.
#[must_use]
pub fn sends_in_the_clear(base_url: &str) -> bool {
    Url::parse(base_url.trim()).is_ok_and(|url| url.scheme() == "http" && !is_loopback(&url))
}

fn parse_base(text: &str) -> Result<Url> {
    let wrong = |what: &str| Error::new(ErrorKind::Config, format!("the URL {what}"));
    let url = Url::parse(text.trim()).map_err(|error| {
        wrong(&format!("is not valid: {error}")).with_hint("write it as https://host:port/path")
    })?;
    // None of these messages repeats the URL: it may hold a password.
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("must start with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user name or password")
            .with_hint("give credentials as options of their own"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must not hold a query (?) or fragment (#)"));
    }
    Ok(url)
}
