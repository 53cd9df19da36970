//! One HTTP kit for all adapters.
//!
//! An adapter says what it wants to ask and what the answer means. The kit does the rest: connections, TLS, time-outs,
//! retries, rate limits, size limits, redaction, counters. An adapter never retries, sleeps or builds a URL by hand.
//!
//! ```no_run
//! use dnsctl_provider::Context;
//! use dnsctl_provider::error::{ErrorKind, Result};
//! use dnsctl_provider::http::{HttpClient, HttpOptions, Verdict};
//! use dnsctl_provider::secret::Secret;
//!
//! #[derive(serde::Deserialize)]
//! struct Zone<'a> {
//!     #[serde(borrow)]
//!     name: std::borrow::Cow<'a, str>,
//! }
//!
//! fn client(url: &str, key: &Secret, context: &Context) -> Result<HttpClient> {
//!     let options = HttpOptions::new(url)
//!         .context(context)
//!         .header("accept", "application/json")
//!         .secret_header("x-api-key", key)
//!         // This vendor throttles with HTTP 400.
//!         .classify(|answer| {
//!             let throttled = answer.status == 400 && answer.text().contains("<Code>Throttling</Code>");
//!             throttled.then(|| Verdict::new(ErrorKind::RateLimited))
//!         });
//!     HttpClient::new(options)
//! }
//!
//! async fn read_zone(client: &HttpClient, zone: &str) -> Result<String> {
//!     let answer = client
//!         .get(format!("read zone {zone}"))
//!         .path(["api", "v1", "servers", "localhost", "zones", zone])
//!         .query("rrsets", "true")
//!         .send()
//!         .await?;
//!     Ok(answer.json::<Zone>()?.name.into_owned())
//! }
//!
//! async fn write_zone(client: &HttpClient, zone: &str, rrsets: &serde_json::Value) -> Result<()> {
//!     let call = client.patch(format!("write zone {zone}")).path(["api", "v1", "servers", "localhost", "zones", zone]);
//!     call.json(rrsets).send().await?;
//!     Ok(())
//! }
//! ```
//!
//! # What becomes of an answer
//! | answer | [`ErrorKind`](crate::error::ErrorKind) | repeated ([`Safety`]) | [`Effect`](crate::error::Effect) of a write |
//! | --- | --- | --- | --- |
//! | 2xx | none: a [`Response`] | | |
//! | 401, 407 | Unauthorized | no | not written |
//! | 403 | Forbidden | no | not written |
//! | 404, 410 | NotFound | no | not written |
//! | 405, 501 | Unsupported | no | not written |
//! | 408 | Timeout | no | unknown |
//! | 409, 412, 423 | Conflict | no | not written |
//! | 429 | RateLimited | always | not written |
//! | other 4xx | Rejected | no | not written |
//! | 500, 502, 503, 504 | Unavailable | read, keyed | unknown |
//! | other 5xx | Unavailable | no | unknown |
//! | 3xx | Protocol; never followed | no | unknown after 302 and 303 |
//! | connection refused, host unknown, no connection in time | Unavailable, Timeout | always | not written |
//! | certificate not valid, no TLS | Protocol | no | not written |
//! | connection broken, no answer in time | Unavailable, Timeout | read, keyed | unknown |
//! | answer cut off | Protocol | read, keyed | unknown |
//! | answer too large, compressed, not HTTP | Protocol | no | unknown |
//! | [`HttpOptions::classify`] says otherwise | as it says | as it says | as it says |
//!
//! A failed read is always "not written". A write is [`Safety::Once`] unless the adapter says that the server recognises a
//! repeat ([`Safety::Keyed`]); it is repeated only where the table says "always". Where its outcome is unknown, the engine
//! reads the zone back before anything is sent again: between two tries somebody else may have written.
//! Between tries it waits a random time that grows ([`RetryPolicy`]), or what `Retry-After` asks for; then the whole
//! account waits. It never waits past [`Timeouts::total`]: a server that asks for more ends the request at once.
//!
//! # Stopping
//! Once [`HttpOptions::stop`] is set, a write that waits for its turn or for the next try is not sent; it ends with
//! [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped). What was sent is finished. Reads go on.
//!
//! # Connections
//! HTTP/1.1. There are never more connections than [`AccountLimits::concurrency`](crate::limit::AccountLimits::concurrency); idle ones
//! are kept for 15 s. Proxies come from [`ProxySettings`], filled from the environment by [`HttpOptions::context`];
//! loopback is never proxied. Certificates are always checked, against those of the system (where `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` have their usual effect) or only against [`HttpOptions::ca_pem`]. For `http://` no certificates are
//! read.
//!
//! # Secrets
//! A [`Secret`](crate::secret::Secret) given to [`HttpOptions`] or [`Call`] is taken out of every error and trace, also
//! when the server repeats it, encoded or not. `conceal` registers one that travels in another way.

mod body;
mod call;
mod classify;
mod client;
mod encode;
mod message;
mod options;
mod page;
mod proxy;
mod response;
mod retry;
mod send;
mod sign;
mod stats;
#[cfg(test)]
mod tests;
mod tls;
mod transport;

pub use bytes::Bytes;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, Url};

pub use call::Call;
pub use classify::{Answer, Verdict};
pub use client::{HttpClient, sends_in_the_clear};
pub use options::{Clock, HttpOptions, MAX_RESPONSE, Timeouts};
pub use page::{Page, pages};
pub use proxy::ProxySettings;
pub use response::Response;
pub use retry::{Repeat, RetryPolicy, Safety, retry_after};
pub use sign::{Sign, Unsigned};
pub use stats::{Counts, Stats, Trace, TraceEvent};
