//! Signs each try of each request with the credentials of the moment.

use crate::credentials::{Chain, Credentials, now};
use crate::sign::{self, Request, Scope};
use async_trait::async_trait;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::{Clock, HeaderValue, Sign, Unsigned};
use std::sync::Arc;

/// Adds `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
pub(crate) struct Signer {
    source: Source,
    clock: Clock,
    region: String,
    service: &'static str,
}

enum Source {
    Chain(Arc<Chain>),
    Fixed(Box<Credentials>),
}

impl Signer {
    /// Signs with what the chain finds.
    pub(crate) fn new(chain: Arc<Chain>, clock: Clock, region: &str, service: &'static str) -> Self {
        Self { source: Source::Chain(chain), clock, region: region.to_owned(), service }
    }

    /// Signs with these credentials.
    pub(crate) fn fixed(credentials: Credentials, clock: Clock, region: &str, service: &'static str) -> Self {
        Self { source: Source::Fixed(Box::new(credentials)), clock, region: region.to_owned(), service }
    }
}

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<()> {
        let credentials = match &self.source {
            Source::Chain(chain) => chain.get().await?,
            Source::Fixed(credentials) => Credentials::clone(credentials),
        };
        let time = now(&self.clock)?;
        let wrong =
            |_| Error::new(ErrorKind::Config, "the AWS credentials hold a character that no header can");
        let date = HeaderValue::try_from(sign::date(time)).map_err(wrong)?;
        request.headers.insert("x-amz-date", date);
        if let Some(token) = &credentials.session_token {
            let mut token = HeaderValue::try_from(token.expose()).map_err(wrong)?;
            token.set_sensitive(true);
            request.headers.insert("x-amz-security-token", token);
        }
        let host = match (request.url.host_str().unwrap_or_default(), request.url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        // A proxy may change other headers on the way.
        let mut headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .filter(|(name, _)| name.as_str() == "content-type" || name.as_str().starts_with("x-amz-"))
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        headers.push(("host", &host));
        let signed = Request {
            method: request.method.as_str(),
            path: request.url.path(),
            query: request.url.query().unwrap_or_default(),
            headers: &headers,
            body: request.body,
        };
        let scope = Scope {
            access_key_id: &credentials.access_key_id,
            secret_access_key: &credentials.secret_access_key,
            region: &self.region,
            service: self.service,
            time,
        };
        let mut value = HeaderValue::try_from(sign::authorization(signed, scope)).map_err(wrong)?;
        value.set_sensitive(true);
        request.headers.insert("authorization", value);
        Ok(())
    }
}
