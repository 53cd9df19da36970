//! The options.

use crate::credentials::{Finder, Keys, Role};
use crate::partition::Partition;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::HttpOptions;
use dnsctl_provider::limit::{AccountLimits, Limiter, Rate};
use dnsctl_provider::{Context, OptionKind, OptionSpec, Settings};
use std::sync::Arc;
use std::time::Duration;

/// Requests a second unless told otherwise: half of what an account has, since others share it.
const RATE: u64 = 5;
/// Requests that may go at once after a pause: what an account has.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html>
const BURST: u32 = 50;
/// How long a change may take to reach all servers. AWS says within 60 seconds, as a rule.
const WAIT_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What may stand under the provider's name.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    OptionSpec::optional(
        "access_key_id",
        OptionKind::Secret,
        "The access key. Found as AWS's tools find it when absent.",
    ),
    OptionSpec::optional("secret_access_key", OptionKind::Secret, "The secret of the access key."),
    OptionSpec::optional("session_token", OptionKind::Secret, "The session token of temporary credentials."),
    OptionSpec::optional(
        "profile",
        OptionKind::Text,
        "The profile in ~/.aws/config and ~/.aws/credentials; AWS_PROFILE, else `default`, when absent.",
    ),
    OptionSpec::optional("role", OptionKind::Text, "The ARN of a role to assume with the credentials found."),
    OptionSpec::optional("external_id", OptionKind::Text, "The external ID that the role asks for."),
    OptionSpec::optional(
        "region",
        OptionKind::Text,
        "Any region of the account's partition; AWS_REGION, else `us-east-1`, when absent. Only China, GovCloud and the like need it.",
    ),
    OptionSpec::optional(
        "endpoint",
        OptionKind::Text,
        "The base URL of the API, for a VPC endpoint or an emulator.",
    ),
    OptionSpec::optional("sts_endpoint", OptionKind::Text, "The base URL of the Security Token Service."),
    OptionSpec::CA_FILE.with_doc(
        "Certificate authorities (PEM) to trust instead of the system's; AWS_CA_BUNDLE when absent.",
    ),
    OptionSpec::optional(
        "zone_ids",
        OptionKind::List,
        "IDs of hosted zones to take where several have the same name.",
    ),
    OptionSpec::optional(
        "visibility",
        OptionKind::Choice(&["public", "private", "any"]),
        "Which hosted zones are taken: public ones, private ones, or both. `public` when absent, and then also a private one that zone_ids names. A private one is never created.",
    ),
    OptionSpec::optional(
        "delegation_set",
        OptionKind::Text,
        "The ID of the reusable delegation set that new zones get.",
    ),
    OptionSpec::optional(
        "wait",
        OptionKind::Bool,
        "Whether to wait until all name servers have a change. `true` when absent.",
    ),
    OptionSpec::optional(
        "wait_limit",
        OptionKind::Duration,
        "How long to wait for that at most. `5m` when absent.",
    ),
    OptionSpec::CONCURRENCY,
    OptionSpec::optional(
        "rate",
        OptionKind::Number,
        "Requests a second, after 50 at once. 5 when absent: half of what an account has.",
    ),
];

/// The options, read.
#[derive(Debug)]
pub(crate) struct Config {
    /// The base URL of the API.
    pub(crate) endpoint: String,
    /// The region to sign for.
    pub(crate) signing_region: &'static str,
    /// Where the credentials are looked for.
    pub(crate) finder: Finder,
    /// How to reach AWS.
    pub(crate) network: Network,
    /// How much at once, for all readers and writers of the account.
    pub(crate) limiter: Arc<Limiter>,
    /// The hosted zones to prefer, without `/hostedzone/`.
    pub(crate) zone_ids: Vec<String>,
    /// Which zones are taken.
    pub(crate) visibility: Visibility,
    /// For new zones.
    pub(crate) delegation_set: Option<String>,
    /// How long to wait for the name servers; `None` is not at all.
    pub(crate) wait: Option<Duration>,
}

/// Which hosted zones are taken, by who can ask for their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Public ones, and what [`Config::zone_ids`] names.
    Unsaid,
    /// Those that everybody can ask for.
    Public,
    /// Those that are answered within networks of Amazon (VPC) only.
    Private,
    /// Both.
    Any,
}

impl Visibility {
    fn read(settings: &Settings) -> Self {
        match settings.text("visibility").map(String::as_str) {
            Some("public") => Self::Public,
            Some("private") => Self::Private,
            Some(_) => Self::Any,
            None => Self::Unsaid,
        }
    }
}

impl Config {
    /// Reads the options. Nothing is asked yet, but for the file of certificate authorities.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for options that do not go together, and for a CA file that cannot be read.
    pub(crate) fn read(settings: &Settings, context: &Context) -> Result<Self> {
        let text = |key: &str| settings.text(key).filter(|text| !text.is_empty()).cloned();
        let environment = |name: &str| (context.environment)(name).filter(|value| !value.is_empty());
        let region = text("region")
            .or_else(|| environment("AWS_REGION"))
            .or_else(|| environment("AWS_DEFAULT_REGION"))
            .unwrap_or_default();
        let partition = Partition::of(&region);
        let endpoint = text("endpoint")
            .or_else(|| endpoint_from_environment(&environment, "AWS_ENDPOINT_URL_ROUTE_53"))
            .unwrap_or_else(|| partition.endpoint());
        let network = Network::read(settings, context)?;
        let role = text("role").map(|arn| Role { arn, external_id: text("external_id"), ..Role::default() });
        let finder = Finder {
            keys: keys(settings)?,
            profile: text("profile"),
            role,
            region: text("region"),
            sts_endpoint: text("sts_endpoint"),
            network: network.clone(),
            clock: context.now.clone(),
            environment: context.environment.clone(),
        };
        let limits = limits(settings, context);
        let short = |id: &String| crate::model::short_id(id).to_owned();
        let wait = settings.bool("wait").copied().unwrap_or(true);
        Ok(Self {
            endpoint,
            signing_region: partition.signing_region(),
            finder,
            network,
            limiter: context.limiters.of(&format!("route53 {}", settings.name), limits)?,
            zone_ids: settings.list("zone_ids").into_iter().flatten().map(short).collect(),
            visibility: Visibility::read(settings),
            delegation_set: text("delegation_set").map(|id| short(&id)),
            wait: wait.then(|| settings.duration("wait_limit").copied().unwrap_or(WAIT_LIMIT)),
        })
    }
}

/// The limits of the account; the user's concurrency for the run goes before the option.
fn limits(settings: &Settings, context: &Context) -> AccountLimits {
    let option = settings.number("concurrency").map(|number| usize::try_from(*number).unwrap_or(usize::MAX));
    let concurrency = context.concurrency.or(option).unwrap_or(AccountLimits::default().concurrency);
    let rate = u32::try_from(settings.number("rate").copied().unwrap_or(RATE)).unwrap_or(u32::MAX);
    AccountLimits { concurrency, rate: Some(Rate { per_second: f64::from(rate), burst: BURST.max(rate) }) }
}

fn keys(settings: &Settings) -> Result<Option<Keys>> {
    let secret = |key: &str| settings.secret(key).filter(|secret| !secret.is_empty()).cloned();
    match (secret("access_key_id"), secret("secret_access_key")) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(settings.missing("access_key_id")),
        (Some(_), None) => Err(settings.missing("secret_access_key")),
        (Some(access_key_id), Some(secret_access_key)) => {
            Ok(Some(Keys { access_key_id, secret_access_key, session_token: secret("session_token") }))
        }
    }
}

/// The endpoint that the environment names for one service or for all.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
pub(crate) fn endpoint_from_environment(
    environment: &dyn Fn(&str) -> Option<String>,
    service: &str,
) -> Option<String> {
    let ignored = environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|ignored| ignored.eq_ignore_ascii_case("true")) {
        return None;
    }
    environment(service).or_else(|| environment("AWS_ENDPOINT_URL"))
}

/// How to reach AWS: certificate authorities, and what comes in from outside.
#[derive(Clone)]
pub(crate) struct Network {
    ca_pem: Option<Vec<u8>>,
    context: Context,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("own_authorities", &self.ca_pem.is_some()).finish_non_exhaustive()
    }
}

impl Network {
    fn read(settings: &Settings, context: &Context) -> Result<Self> {
        let bundle = (context.environment)("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
        let file = settings.path("ca_file").cloned().or_else(|| bundle.map(Into::into));
        let ca_pem = file.map(|path| {
            fs_err::read(path).map_err(|error| {
                Error::new(ErrorKind::Config, "the file of certificate authorities cannot be read")
                    .with_source(&error)
            })
        });
        Ok(Self { ca_pem: ca_pem.transpose()?, context: context.clone() })
    }

    /// Options for a client of one service.
    pub(crate) fn options(&self, url: &str) -> HttpOptions {
        let options = HttpOptions::new(url).context(&self.context);
        match &self.ca_pem {
            Some(pem) if url.starts_with("https://") => options.ca_pem(pem.clone()),
            _ => options,
        }
    }

    /// Options for a service of the machine that this runs on: no proxy stands between, and its paths are not shown,
    /// since they can be secret.
    pub(crate) fn local(&self, url: &str) -> HttpOptions {
        HttpOptions::new(url).clock(self.context.now.clone()).stats(Arc::clone(&self.context.stats))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_provider::OptionValue;
    use dnsctl_provider::secret::Secret;
    use std::sync::Arc;
    use std::time::SystemTime;

    fn settings(options: &[(&str, OptionValue)]) -> Settings {
        let values = options.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        Settings { name: "aws".to_owned(), values }
    }

    fn context(environment: &'static [(&str, &str)]) -> Context {
        Context::new(
            Arc::new(|| SystemTime::UNIX_EPOCH),
            Arc::new(|name| {
                environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            }),
        )
    }

    fn read(options: &[(&str, OptionValue)], environment: &'static [(&str, &str)]) -> Result<Config> {
        Config::read(&settings(options), &context(environment))
    }

    fn text(text: &str) -> OptionValue {
        OptionValue::Text(text.to_owned())
    }

    #[test]
    fn defaults_and_the_environment() {
        let config = read(&[], &[("AWS_REGION", "eu-west-1")]).unwrap();
        assert_eq!(
            (config.endpoint.as_str(), config.signing_region),
            ("https://route53.amazonaws.com", "us-east-1")
        );
        assert_eq!(config.wait, Some(WAIT_LIMIT));
        let config = read(&[("region", text("cn-north-1"))], &[("AWS_REGION", "eu-west-1")]).unwrap();
        assert_eq!(config.endpoint, "https://route53.amazonaws.com.cn");
        let config =
            read(&[], &[("AWS_ENDPOINT_URL", "http://localhost:1"), ("AWS_REGION", "cn-north-1")]).unwrap();
        assert_eq!(
            (config.endpoint.as_str(), config.signing_region),
            ("http://localhost:1", "cn-northwest-1")
        );
        let ignored: &[_] =
            &[("AWS_ENDPOINT_URL", "http://x"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
        assert_eq!(read(&[], ignored).unwrap().endpoint, "https://route53.amazonaws.com");
    }

    #[test]
    fn readers_and_writers_share_the_limits_of_the_account() {
        let mut context = context(&[]);
        let options = [("concurrency", OptionValue::Number(3)), ("rate", OptionValue::Number(70))];
        let told = limits(&settings(&options), &context);
        assert_eq!((told.concurrency, told.rate), (3, Some(Rate { per_second: 70.0, burst: 70 })));
        let [one, other] = [(); 2].map(|()| Config::read(&settings(&options), &context).unwrap().limiter);
        assert!(Arc::ptr_eq(&one, &other));
        // What is said for the run goes before what is said for always.
        context.concurrency = Some(2);
        assert_eq!(limits(&settings(&options), &context).concurrency, 2);
        let told = limits(&settings(&[]), &Context { concurrency: None, ..context });
        assert_eq!((told.concurrency, told.rate), (8, Some(Rate { per_second: 5.0, burst: 50 })));
    }

    #[test]
    fn options_that_do_not_go_together() {
        let secret = OptionValue::Secret(Secret::new("s"));
        for (key, other) in [("access_key_id", "secret_access_key"), ("secret_access_key", "access_key_id")] {
            let error = read(&[(key, secret.clone())], &[]).unwrap_err();
            assert!(error.message().contains(&format!("needs the option \"{other}\"")), "{error}");
        }
        let error = read(&[], &[("AWS_CA_BUNDLE", "/no/such/file")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }

    #[test]
    fn ids_are_shortened_and_waiting_can_be_turned_off() {
        let ids = OptionValue::List(vec!["/hostedzone/Z1".to_owned(), "Z2".to_owned()]);
        let config = read(&[("zone_ids", ids), ("wait", OptionValue::Bool(false))], &[]).unwrap();
        assert_eq!(config.zone_ids, ["Z1", "Z2"]);
        assert_eq!(config.wait, None);
    }
}
