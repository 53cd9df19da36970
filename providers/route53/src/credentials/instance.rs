//! Credentials of an EC2 instance's role, from the instance metadata service, version 2.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>

use super::{Credentials, Document, Finder};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::{HttpClient, RetryPolicy, Safety, Timeouts};
use dnsctl_provider::secret::Secret;
use std::time::Duration;

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

/// What the service said, or why it was not asked.
#[derive(Debug)]
pub(super) enum Metadata {
    /// The role's credentials.
    Found(Credentials),
    /// There are none here; with a note for the user.
    Nothing(String),
}

/// Asks the service. Elsewhere than on an instance nobody answers, so that it waits one second only.
///
/// # Errors
/// An answer that makes no sense. That nobody answers is no error.
pub(super) async fn get(finder: &Finder) -> Result<Metadata> {
    if finder.variable("AWS_EC2_METADATA_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(Metadata::Nothing("AWS_EC2_METADATA_DISABLED is true".to_owned()));
    }
    let ipv6 = || {
        let mode = finder.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
        mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"))
    };
    let endpoint = match finder.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
        Some(endpoint) => endpoint,
        None if ipv6() => "http://[fd00:ec2::254]".to_owned(),
        None => "http://169.254.169.254".to_owned(),
    };
    let number = |variable: &str| finder.variable(variable).and_then(|text| text.parse::<u32>().ok());
    let wait =
        Duration::from_secs(u64::from(number("AWS_METADATA_SERVICE_TIMEOUT").unwrap_or(1).clamp(1, 60)));
    let tries = number("AWS_METADATA_SERVICE_NUM_ATTEMPTS").unwrap_or(1).clamp(1, 10);
    let options = finder
        .network
        .local(&endpoint)
        .timeouts(Timeouts { connect: wait, read: wait, total: wait.saturating_mul(4 * tries) })
        .retry(RetryPolicy { tries, ..RetryPolicy::default() });
    let client = HttpClient::new(options)?;
    let token = client
        .put("ask for a token of the instance metadata service")
        .path(["latest", "api", "token"])
        .header("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        .safety(Safety::Read)
        .send()
        .await;
    let nothing = |error: &Error| {
        let silent = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout);
        let words = if silent { "does not answer".to_owned() } else { error.to_string() };
        Metadata::Nothing(format!("the instance metadata service at {endpoint} {words}"))
    };
    let token = match token {
        Ok(answer) => Secret::new(answer.text()?.trim()),
        Err(error) => return Ok(nothing(&error)),
    };
    let ask = |what: &str, link: String| {
        client
            .get(format!("read {what} from the instance metadata service"))
            .link(&link)
            .secret_header("x-aws-ec2-metadata-token", &token)
            .send()
    };
    let roles = match ask("the role", ROLES.to_owned()).await {
        Ok(roles) => roles,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Metadata::Nothing("the instance has no role".to_owned()));
        }
        Err(error) => return Ok(nothing(&error)),
    };
    let Some(role) = roles.text()?.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return Ok(Metadata::Nothing("the instance has no role".to_owned()));
    };
    let plain = |character: char| character.is_ascii_alphanumeric() || "+=,.@-_".contains(character);
    if !role.chars().all(plain) || matches!(role, "." | "..") {
        return Err(roles.error(ErrorKind::Protocol, "the answer is not the name of a role"));
    }
    let answer = ask("credentials", format!("{ROLES}{role}")).await?;
    Document::read(answer.body())
        .map(Metadata::Found)
        .map_err(|what| answer.error(ErrorKind::Protocol, &format!("the answer is {what}")))
}
