//! Credentials of a container's task role: ECS, EKS pod identity, CodeBuild, CloudShell.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use super::{Credentials, Document, Finder};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::{HttpClient, RetryPolicy, Timeouts, Url};
use dnsctl_provider::secret::Secret;
use std::net::IpAddr;
use std::time::Duration;

/// Where a relative URI is.
const HOST: &str = "http://169.254.170.2";
/// Hosts that may be asked in the clear besides loopback: ECS, EKS in IPv4 and IPv6.
const LINK_LOCAL: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Asks the container's endpoint; `None` when no variable names one.
pub(super) async fn get(finder: &Finder) -> Result<Option<Credentials>> {
    let relative = finder.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    let url = match (relative, finder.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        (Some(relative), _) => format!("{HOST}/{}", relative.trim_start_matches('/')),
        (None, Some(full)) => full,
        (None, None) => return Ok(None),
    };
    let (base, rest) = split(&url)?;
    let timeouts = Timeouts {
        connect: Duration::from_secs(2),
        read: Duration::from_secs(5),
        total: Duration::from_secs(20),
    };
    let options = finder
        .network
        .local(&base)
        .timeouts(timeouts)
        .retry(RetryPolicy { tries: 3, ..RetryPolicy::default() });
    let client = HttpClient::new(options)?;
    let mut call = client.get("read the container's credentials").link(&rest);
    if let Some(token) = token(finder).await? {
        call = call.secret_header("authorization", &token);
    }
    let answer = call.send().await?;
    Document::read(answer.body())
        .map(Some)
        .map_err(|what| answer.error(ErrorKind::Protocol, &format!("the answer is {what}")))
}

/// The server and what is asked of it.
fn split(url: &str) -> Result<(String, String)> {
    let wrong =
        |what: &str| Err(Error::new(ErrorKind::Config, format!("AWS_CONTAINER_CREDENTIALS_FULL_URI {what}")));
    let Ok(parsed) = Url::parse(url) else { return wrong("is not a URL") };
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>().ok();
    let near = host == "localhost"
        || address.is_some_and(|address| address.is_loopback())
        || LINK_LOCAL.iter().any(|near| near.parse().ok() == address && address.is_some());
    if parsed.scheme() != "https" && !near {
        return wrong("must start with https://, or name this machine or the container's host");
    }
    let rest =
        parsed.query().map_or_else(|| parsed.path().to_owned(), |query| format!("{}?{query}", parsed.path()));
    Ok((parsed.origin().ascii_serialization(), rest))
}

/// What authorises the request: read anew each time, since the file changes.
async fn token(finder: &Finder) -> Result<Option<Secret>> {
    let Some(path) = finder.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
        return Ok(finder.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Secret::new));
    };
    let text = tokio::fs::read_to_string(&path).await.map_err(|error| {
        let message = format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {path} cannot be read");
        Error::new(ErrorKind::Config, message).with_source(&error)
    })?;
    Ok(Some(Secret::new(text.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_hosts_are_asked_in_the_clear() {
        for (url, wanted) in [
            ("http://127.0.0.1:81/a?b=c", Some(("http://127.0.0.1:81", "/a?b=c"))),
            ("http://169.254.170.23/v1/credentials", Some(("http://169.254.170.23", "/v1/credentials"))),
            ("http://[fd00:ec2::23]/v1", Some(("http://[fd00:ec2::23]", "/v1"))),
            ("https://example.com/x", Some(("https://example.com", "/x"))),
            ("http://example.com/x", None),
            ("http://169.254.169.254/x", None),
            ("x", None),
        ] {
            let wanted = wanted.map(|(base, rest)| (base.to_owned(), rest.to_owned()));
            assert_eq!(split(url).ok(), wanted, "{url}");
        }
    }
}
