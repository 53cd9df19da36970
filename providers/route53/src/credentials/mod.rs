//! Credentials, found where AWS's own tools find them and renewed before they expire.
//!
//! The order, each step taken only when the one before has nothing:
//! 1. the options `access_key_id`, `secret_access_key` and `session_token`;
//! 2. `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, unless the option `profile` is set;
//! 3. `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` (CI, Kubernetes), unless the option `profile` is set;
//! 4. the profile of the option `profile`, of `AWS_PROFILE`, or `default`, in the shared files;
//! 5. `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` and `AWS_CONTAINER_CREDENTIALS_FULL_URI`;
//! 6. the instance metadata service, version 2.
//!
//! With the option `role`, what was found assumes that role.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>

mod container;
mod find;
mod instance;
mod process;
mod profile;
mod sts;

pub(crate) use find::{Finder, Keys, Role};

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::Clock;
use dnsctl_provider::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;

/// How long before their end credentials are renewed, as AWS's tools do.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// Credentials that were refused as expired are not renewed if they are younger: the clocks disagree then.
const RENEW_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// An access key, with a session token when it is temporary.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The name of the access key; no secret.
    pub(crate) access_key_id: String,
    /// The key.
    pub(crate) secret_access_key: Secret,
    /// What temporary credentials carry along.
    pub(crate) session_token: Option<Secret>,
    /// When they end.
    pub(crate) expires: Option<Timestamp>,
}

/// The credentials of one provider, kept until they are about to expire.
#[derive(Debug)]
pub(crate) struct Chain {
    finder: Finder,
    current: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    credentials: Credentials,
    found: Timestamp,
}

impl Chain {
    pub(crate) fn new(finder: Finder) -> Self {
        Self { finder, current: Mutex::new(None) }
    }

    /// The credentials, found or renewed when that is needed. Those who ask meanwhile wait for the same answer.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`] when there are none, with a hint that says where they were looked for; and whatever
    /// goes wrong on the way.
    pub(crate) async fn get(&self) -> Result<Credentials> {
        let now = now(&self.finder.clock)?;
        let mut current = self.current.lock().await;
        if let Some(Current { credentials, .. }) = &*current
            && credentials.expires.is_none_or(|end| end.duration_since(now) > RENEW_BEFORE)
        {
            return Ok(credentials.clone());
        }
        match self.finder.find(now).await {
            Ok(credentials) => {
                *current = Some(Current { credentials: credentials.clone(), found: now });
                Ok(credentials)
            }
            // A service that is down for a moment does no harm while the old ones last.
            Err(error) => match &*current {
                Some(Current { credentials, .. }) if credentials.expires.is_some_and(|end| end > now) => {
                    Ok(credentials.clone())
                }
                _ => Err(error),
            },
        }
    }

    /// Forgets credentials that AWS says have expired; true when the next [`Chain::get`] can bring others.
    pub(crate) fn renew(&self) -> bool {
        let (Ok(now), Ok(mut current)) = (now(&self.finder.clock), self.current.try_lock()) else {
            return false;
        };
        let renewable = current.as_ref().is_some_and(|current| {
            current.credentials.expires.is_some() && now.duration_since(current.found) > RENEW_AFTER
        });
        if renewable {
            *current = None;
        }
        renewable
    }
}

/// The time now.
///
/// # Errors
/// [`ErrorKind::Config`] when the clock is beyond the year 9999.
pub(crate) fn now(clock: &Clock) -> Result<Timestamp> {
    Timestamp::try_from(clock()).map_err(|error| {
        Error::new(ErrorKind::Config, "the clock of this machine is out of range").with_source(&error)
    })
}

/// Credentials as programs, containers and the instance metadata service write them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    #[serde(default, alias = "Token")]
    session_token: Option<String>,
    #[serde(default)]
    expiration: Option<String>,
}

impl Document {
    /// Reads the JSON. The error never repeats it.
    fn read(json: &[u8]) -> std::result::Result<Credentials, String> {
        let document: Self = serde_json::from_slice(json).map_err(|error| {
            format!(
                "no JSON document with AccessKeyId and SecretAccessKey (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
        let expires = document.expiration.filter(|text| !text.is_empty()).map(|text| {
            text.parse::<Timestamp>()
                .map_err(|_| "an Expiration that is no ISO 8601 date and time".to_owned())
        });
        Ok(Credentials {
            access_key_id: document.access_key_id,
            secret_access_key: Secret::new(document.secret_access_key),
            session_token: document.session_token.filter(|token| !token.is_empty()).map(Secret::new),
            expires: expires.transpose()?,
        })
    }
}
