//! Credentials of a role, from the Security Token Service.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use super::{Credentials, Finder, Role};
use crate::config::Network;
use crate::error::classify;
use crate::model;
use crate::signer::Signer;
use dnsctl_provider::error::{ErrorKind, Result};
use dnsctl_provider::http::{Call, HttpClient, HttpOptions, Response, Safety};
use dnsctl_provider::secret::Secret;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

const VERSION: &str = "2011-06-15";

/// One endpoint of the service.
#[derive(Debug, Clone)]
pub(super) struct Sts {
    /// The base URL.
    pub(super) endpoint: String,
    /// The region that the endpoint belongs to.
    pub(super) region: String,
}

impl Sts {
    fn options(&self, network: &Network) -> HttpOptions {
        network.options(&self.endpoint).classify(|answer| classify(answer, || false))
    }

    /// Assumes a role with other credentials.
    pub(super) async fn assume_role(
        &self,
        finder: &Finder,
        role: &Role,
        with: &Credentials,
        now: Timestamp,
    ) -> Result<Credentials> {
        let signer = Signer::fixed(with.clone(), finder.clock.clone(), &self.region, "sts");
        let client = HttpClient::new(self.options(&finder.network).sign(Arc::new(signer)))?;
        let session = role.session(now);
        let mut form = vec![
            ("Action", "AssumeRole"),
            ("Version", VERSION),
            ("RoleArn", &role.arn),
            ("RoleSessionName", &session),
        ];
        form.extend(role.external_id.as_deref().map(|id| ("ExternalId", id)));
        form.extend(role.duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        send(client.post(format!("assume the role {}", role.arn)).form(form)).await
    }

    /// Assumes a role with a token of an identity provider (CI, Kubernetes). No credentials are needed.
    pub(super) async fn assume_role_with_web_identity(
        &self,
        finder: &Finder,
        role: &Role,
        token: &Secret,
        now: Timestamp,
    ) -> Result<Credentials> {
        let client = HttpClient::new(self.options(&finder.network))?;
        let session = role.session(now);
        let mut form = vec![
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", VERSION),
            ("RoleArn", &role.arn),
            ("RoleSessionName", &session),
            ("WebIdentityToken", token.expose()),
        ];
        form.extend(role.duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        send(client.post(format!("assume the role {} by web identity", role.arn)).form(form).conceal(token))
            .await
    }
}

/// A session more does no harm, so the request may be repeated.
async fn send(call: Call) -> Result<Credentials> {
    let answer = call.safety(Safety::Read).send().await?;
    read(&answer)
}

fn read(answer: &Response) -> Result<Credentials> {
    #[derive(Deserialize)]
    struct Assumed {
        #[serde(alias = "AssumeRoleResult", alias = "AssumeRoleWithWebIdentityResult")]
        result: AssumedResult,
    }
    #[derive(Deserialize)]
    struct AssumedResult {
        #[serde(rename = "Credentials")]
        credentials: Element,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Element {
        access_key_id: String,
        secret_access_key: String,
        session_token: String,
        expiration: String,
    }
    let Element { access_key_id, secret_access_key, session_token, expiration } =
        model::read::<Assumed>(answer)?.result.credentials;
    let expires = expiration.parse().map_err(|_| {
        answer.error(ErrorKind::Protocol, "the Expiration of the credentials is no ISO 8601 date and time")
    })?;
    Ok(Credentials {
        access_key_id,
        secret_access_key: Secret::new(secret_access_key),
        session_token: Some(Secret::new(session_token)),
        expires: Some(expires),
    })
}
