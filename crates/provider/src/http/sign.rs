//! Requests that carry a signature or a token that changes.

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use crate::error::Result;

/// A request as it will be sent, apart from `Host`, `User-Agent`, `Content-Length` and what is still to be added.
#[derive(Debug)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: &'a Method,
    /// The whole URL. Path and query are encoded strictly (RFC 3986 2.3: only unreserved characters stand for
    /// themselves), so a canonical form can use them as they are. `Host` will be its host, with the port if it is not
    /// the scheme's own.
    pub url: &'a Url,
    /// The headers; a signer adds to them. A value that is marked sensitive
    /// ([`HeaderValue::set_sensitive`](reqwest::header::HeaderValue::set_sensitive)) is kept out of every message.
    pub headers: &'a mut HeaderMap,
    /// The body; empty when there is none.
    pub body: &'a [u8],
}

/// Signs requests: AWS Signature Version 4, an OAuth 2 token that expires, an HMAC over a date.
///
/// It is called for each try, so a signature that holds a time stays fresh. It brings its own clock and keys. It may
/// send requests itself (to fetch a token), through another client than the one it signs for: that one is waiting.
#[async_trait]
pub trait Sign: Send + Sync {
    /// Adds what authorises this request.
    ///
    /// # Errors
    /// Any error ends the request; it is not repeated.
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<()>;
}
