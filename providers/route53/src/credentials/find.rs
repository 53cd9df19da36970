//! The order in which credentials are looked for.

use super::instance::Metadata;
use super::profile::{Profile, Profiles};
use super::sts::Sts;
use super::{Credentials, container, instance, process};
use crate::config::Network;
use crate::partition::Partition;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::Clock;
use dnsctl_provider::secret::Secret;
use jiff::Timestamp;
use std::sync::Arc;

/// What the search starts from.
#[derive(Clone)]
pub(crate) struct Finder {
    /// The keys among the options.
    pub(crate) keys: Option<Keys>,
    /// The option `profile`.
    pub(crate) profile: Option<String>,
    /// The role of the options, which whatever is found assumes.
    pub(crate) role: Option<Role>,
    /// The option `region`.
    pub(crate) region: Option<String>,
    /// The option `sts_endpoint`.
    pub(crate) sts_endpoint: Option<String>,
    /// How to reach AWS.
    pub(crate) network: Network,
    /// The time.
    pub(crate) clock: Clock,
    /// The environment.
    pub(crate) environment: Environment,
}

/// Looks up a variable of the environment.
pub(crate) type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Keys among the options.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// The access key's name.
    pub(crate) access_key_id: Secret,
    /// The access key's secret.
    pub(crate) secret_access_key: Secret,
    /// The session token.
    pub(crate) session_token: Option<Secret>,
}

/// A role to assume.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    /// Its Amazon Resource Name.
    pub(crate) arn: String,
    /// What a role of another account may ask for.
    pub(crate) external_id: Option<String>,
    /// The name of the session in AWS's log.
    pub(crate) session_name: Option<String>,
    /// How long the session lasts, in seconds.
    pub(crate) duration: Option<String>,
}

impl Role {
    pub(super) fn session(&self, now: Timestamp) -> String {
        self.session_name.clone().unwrap_or_else(|| format!("dnsctl-{}", now.as_second()))
    }
}

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finder")
            .field("profile", &self.profile)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// How many profiles may name each other as their source.
const LONGEST_CHAIN: usize = 8;

impl Finder {
    /// A variable of the environment; an empty one is as good as none.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }

    /// Looks for credentials.
    pub(super) async fn find(&self, now: Timestamp) -> Result<Credentials> {
        let found = self.first(now).await.map_err(|error| error.during("find AWS credentials"))?;
        match &self.role {
            None => Ok(found),
            Some(role) => self.sts(None).assume_role(self, role, &found, now).await,
        }
    }

    async fn first(&self, now: Timestamp) -> Result<Credentials> {
        if let Some(Keys { access_key_id, secret_access_key, session_token }) = &self.keys {
            return Ok(Credentials {
                access_key_id: access_key_id.expose().to_owned(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
                expires: None,
            });
        }
        let mut looked = vec!["the options access_key_id and secret_access_key".to_owned()];
        if self.profile.is_none() {
            if let Some(found) = self.in_environment()? {
                return Ok(found);
            }
            if let Some(found) = self.by_web_identity(now).await? {
                return Ok(found);
            }
            looked.push("AWS_ACCESS_KEY_ID".to_owned());
            looked.push("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned());
        }
        match self.in_profile(now).await? {
            Ok(found) => return Ok(found),
            Err(note) => looked.push(note),
        }
        if let Some(found) = container::get(self).await? {
            return Ok(found);
        }
        looked.push("AWS_CONTAINER_CREDENTIALS_FULL_URI".to_owned());
        match instance::get(self).await? {
            Metadata::Found(found) => Ok(found),
            Metadata::Nothing(note) => {
                looked.push(note);
                Err(Error::new(ErrorKind::Unauthorized, "there are no AWS credentials")
                    .with_hint(format!("looked at: {}", looked.join("; "))))
            }
        }
    }

    fn in_environment(&self) -> Result<Option<Credentials>> {
        let missing = |missing: &str, there: &str| {
            Err(Error::new(ErrorKind::Config, format!("{there} is set, but {missing} is not")))
        };
        match (self.variable("AWS_ACCESS_KEY_ID"), self.variable("AWS_SECRET_ACCESS_KEY")) {
            (None, None) => Ok(None),
            (Some(_), None) => missing("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
            (None, Some(_)) => missing("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            (Some(access_key_id), Some(secret)) => Ok(Some(Credentials {
                access_key_id,
                secret_access_key: Secret::new(secret),
                session_token: self.variable("AWS_SESSION_TOKEN").map(Secret::new),
                expires: None,
            })),
        }
    }

    async fn by_web_identity(&self, now: Timestamp) -> Result<Option<Credentials>> {
        let Some(path) = self.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return Ok(None) };
        let arn = self.variable("AWS_ROLE_ARN").ok_or_else(|| {
            Error::new(ErrorKind::Config, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not")
        })?;
        let session_name = self.variable("AWS_ROLE_SESSION_NAME");
        let role = Role { arn, session_name, ..Role::default() };
        self.web_identity(&path, &role, None, now).await.map(Some)
    }

    async fn web_identity(
        &self,
        path: &str,
        role: &Role,
        region: Option<&str>,
        now: Timestamp,
    ) -> Result<Credentials> {
        let token = tokio::fs::read_to_string(path).await.map_err(|error| {
            Error::new(ErrorKind::Config, format!("the web identity token {path} cannot be read"))
                .with_source(&error)
        })?;
        let token = Secret::new(token.trim());
        self.sts(region).assume_role_with_web_identity(self, role, &token, now).await
    }

    /// The profile's credentials, or a note on where it was looked for.
    async fn in_profile(&self, now: Timestamp) -> Result<Result<Credentials, String>> {
        let profiles = Profiles::read(&*self.environment).await?;
        let named = self.profile.clone();
        let named =
            named.or_else(|| self.variable("AWS_PROFILE")).or_else(|| self.variable("AWS_DEFAULT_PROFILE"));
        let name = named.as_deref().unwrap_or("default");
        if profiles.get(name).is_none() {
            let note = format!("the profile \"{name}\" in {}", profiles.places());
            return match named {
                Some(_) => Err(Error::new(
                    ErrorKind::Config,
                    format!("there is no {}", note.trim_start_matches("the ")),
                )
                .with_hint("list the profiles with `aws configure list-profiles`")),
                None => Ok(Err(note)),
            };
        }
        let mut visited = Vec::new();
        match self.resolve(&profiles, name, &mut visited, now).await? {
            Some(found) => Ok(Ok(found)),
            None => {
                Ok(Err(format!("the profile \"{name}\" in {}, which has no credentials", profiles.places())))
            }
        }
    }

    /// The credentials of a profile, and first of those that it names as its source.
    async fn resolve(
        &self,
        profiles: &Profiles,
        name: &str,
        visited: &mut Vec<String>,
        now: Timestamp,
    ) -> Result<Option<Credentials>> {
        let wrong = |what: &str| Error::new(ErrorKind::Config, format!("the AWS profile \"{name}\" {what}"));
        let profile = profiles.get(name).ok_or_else(|| wrong("is not there"))?;
        let get = |key: &str| profile.get(key).filter(|value| !value.is_empty());
        let again = visited.iter().any(|earlier| earlier == name);
        visited.push(name.to_owned());
        if visited.len() > LONGEST_CHAIN {
            return Err(wrong("is at the end of a chain of sources that is too long"));
        }
        // A profile that is its own source means its own keys.
        let Some(arn) = get("role_arn").filter(|_| !again) else {
            return match keys(profile) {
                Some(found) => Ok(Some(found)),
                None if again => Err(wrong("is its own source and has no keys")),
                None => self.without_role(profile, name).await,
            };
        };
        let role = Role {
            arn: arn.clone(),
            external_id: get("external_id").cloned(),
            session_name: get("role_session_name")
                .cloned()
                .or_else(|| self.variable("AWS_ROLE_SESSION_NAME")),
            duration: get("duration_seconds").cloned(),
        };
        let region = get("region").map(String::as_str);
        if let Some(path) = get("web_identity_token_file") {
            return self.web_identity(path, &role, region, now).await.map(Some);
        }
        if get("mfa_serial").is_some() {
            return Err(wrong("asks for a one-time code (mfa_serial), which dnsctl cannot ask for")
                .with_hint("use `credential_process = aws configure export-credentials --profile NAME`"));
        }
        let source = match (get("source_profile"), get("credential_source").map(String::as_str)) {
            (Some(source), _) => Box::pin(self.resolve(profiles, source, visited, now)).await?,
            (None, Some("Environment")) => self.in_environment()?,
            (None, Some("EcsContainer")) => container::get(self).await?,
            (None, Some("Ec2InstanceMetadata")) => match instance::get(self).await? {
                Metadata::Found(found) => Some(found),
                Metadata::Nothing(note) => return Err(wrong(&format!("has no source: {note}"))),
            },
            (None, Some(other)) => return Err(wrong(&format!("has the unknown credential_source {other}"))),
            (None, None) => {
                return Err(wrong("has role_arn, but neither source_profile nor credential_source"));
            }
        };
        let source = source.ok_or_else(|| wrong("has a source without credentials"))?;
        self.sts(region).assume_role(self, &role, &source, now).await.map(Some)
    }

    async fn without_role(&self, profile: &Profile, name: &str) -> Result<Option<Credentials>> {
        if let Some(command) = profile.get("credential_process") {
            return process::run(command).await.map(Some);
        }
        if profile.keys().any(|key| key.starts_with("sso_")) {
            let message = format!("the AWS profile \"{name}\" signs in with IAM Identity Center (sso)");
            let command = format!("aws configure export-credentials --profile {name}");
            return Err(Error::new(ErrorKind::Unauthorized, message).with_hint(format!(
                "run `eval \"$({command} --format env)\"`, or set `credential_process = {command}` in another profile"
            )));
        }
        Ok(None)
    }

    /// The service that gives credentials for roles, in this region unless the options or the environment say else.
    fn sts(&self, profile_region: Option<&str>) -> Sts {
        let region = self
            .region
            .clone()
            .or_else(|| self.variable("AWS_REGION"))
            .or_else(|| self.variable("AWS_DEFAULT_REGION"))
            .or_else(|| profile_region.map(str::to_owned))
            .unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = self
            .sts_endpoint
            .clone()
            .or_else(|| {
                crate::config::endpoint_from_environment(&|name| self.variable(name), "AWS_ENDPOINT_URL_STS")
            })
            .unwrap_or_else(|| format!("https://sts.{region}.{}", Partition::of(&region).suffix()));
        Sts { endpoint, region }
    }
}

/// The keys that stand in a profile.
fn keys(profile: &Profile) -> Option<Credentials> {
    let get = |key: &str| profile.get(key).filter(|value| !value.is_empty());
    Some(Credentials {
        access_key_id: get("aws_access_key_id")?.clone(),
        secret_access_key: Secret::new(get("aws_secret_access_key")?.as_str()),
        session_token: get("aws_session_token").map(|token| Secret::new(token.as_str())),
        expires: None,
    })
}
