//! The options under the provider's name in the configuration.

use std::time::Duration;

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::{HttpOptions, Timeouts};
use dnsctl_provider::limit::AccountLimits;
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{Context, OptionKind, OptionSpec, Settings};
use dnsctl_zone::Name;

/// Requests at once: the web server of PowerDNS drops connections above about 12, and each costs a second.
const CONCURRENCY: u64 = 8;

/// Below the 2 MiB that `webserver-max-bodysize` allows unless the operator changed it.
const MAX_BODY: u64 = 1_800_000;

/// The largest zone that is read, in octets of JSON. It guards against a server gone mad, not against large zones.
const MAX_RESPONSE: u64 = 1 << 30;

pub(crate) const OPTIONS: &[OptionSpec] = &[
    OptionSpec::required(
        "url",
        OptionKind::Text,
        "The API's base URL, such as `http://127.0.0.1:8081`; `/api/v1` may be there or not.",
    ),
    OptionSpec::required("api_key", OptionKind::Secret, "The `api-key` of the server."),
    OptionSpec::optional("server", OptionKind::Text, "The server's id in the API. Default: `localhost`."),
    OptionSpec::TIMEOUT,
    OptionSpec::optional(
        "max_body",
        OptionKind::Number,
        "The largest request in octets; larger writes are cut. Stay below the server's `webserver-max-bodysize` (2 MB \
         unless changed). Default: 1800000.",
    ),
    OptionSpec::CONCURRENCY.with_doc(
        "Requests at once. More than 12 make the server slower; SQLite locks when large zones are written at once. Default: 8.",
    ),
    OptionSpec::optional(
        "kind",
        OptionKind::Choice(&["Native", "Primary", "Master", "Producer"]),
        "The kind of zones that are created; Primary and Master are the same. Default: Native.",
    ),
    OptionSpec::optional(
        "nameservers",
        OptionKind::List,
        "Names of name servers for the NS RRset of a created zone whose files have none.",
    ),
    OptionSpec::optional(
        "soa_edit_api",
        OptionKind::Choice(&["DEFAULT", "INCREASE", "EPOCH", "SOA-EDIT", "SOA-EDIT-INCREASE", "OFF"]),
        "How the server raises the serial of created zones when the API changes them. Default: as the server does.",
    ),
    OptionSpec::optional("account", OptionKind::Text, "The account that created zones belong to. Default: none."),
    OptionSpec::CA_FILE,
    OptionSpec::optional(
        "notify",
        OptionKind::Choice(&["auto", "never"]),
        "Whether secondaries are told of a change at once; auto does so for zones of kind Primary. Default: auto.",
    ),
];

/// The options, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// With `/api/v1`, without a slash at its end.
    pub(crate) url: String,
    pub(crate) server: String,
    pub(crate) api_key: Secret,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_body: usize,
    pub(crate) concurrency: usize,
    pub(crate) kind: String,
    pub(crate) nameservers: Vec<Name>,
    pub(crate) soa_edit_api: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) ca_pem: Option<Vec<u8>>,
    pub(crate) notify: bool,
}

impl Config {
    /// Reads the settings; the user's concurrency for the run goes before the option.
    pub(crate) fn new(settings: &Settings, context: &Context) -> Result<Self> {
        let wrong = |key: &str, what: &str| {
            Err(Error::new(
                ErrorKind::Config,
                format!("the option \"{key}\" of \"{}\" {what}", settings.name),
            ))
        };
        let number = |key: &str, default: u64| {
            let number = settings.number(key).copied().unwrap_or(default);
            usize::try_from(number).ok().filter(|number| *number > 0)
        };
        let Some(concurrency) = number("concurrency", CONCURRENCY) else {
            return wrong("concurrency", "must be at least 1");
        };
        let Some(max_body) = number("max_body", MAX_BODY).filter(|octets| *octets >= 1024) else {
            return wrong("max_body", "must be at least 1024");
        };
        let mut nameservers = Vec::new();
        for text in settings.list("nameservers").into_iter().flatten() {
            match Name::absolute(text) {
                Ok(name) => nameservers.push(name),
                Err(error) => return wrong("nameservers", &format!("has a name that is none: {error}")),
            }
        }
        let ca_pem = match settings.path("ca_file") {
            None => None,
            Some(path) => match std::fs::read(path) {
                Ok(pem) => Some(pem),
                Err(error) => {
                    return wrong("ca_file", &format!("cannot be read: {}: {error}", path.display()));
                }
            },
        };
        Ok(Self {
            url: base(settings.text("url").ok_or_else(|| settings.missing("url"))?),
            server: settings.text("server").map_or("localhost", String::as_str).to_owned(),
            api_key: settings.secret("api_key").ok_or_else(|| settings.missing("api_key"))?.clone(),
            timeout: settings.duration("timeout").copied(),
            max_body,
            concurrency: context.concurrency.unwrap_or(concurrency),
            kind: settings.text("kind").map_or("Native", String::as_str).to_owned(),
            nameservers,
            soa_edit_api: settings.text("soa_edit_api").cloned(),
            account: settings.text("account").cloned(),
            ca_pem,
            notify: settings.text("notify").is_none_or(|word| word != "never"),
        })
    }

    /// What the HTTP kit needs, but for the limiter.
    pub(crate) fn http(&self, context: &Context) -> HttpOptions {
        let mut timeouts = Timeouts::default();
        if let Some(timeout) = self.timeout {
            timeouts.read = timeout;
            timeouts.connect = timeouts.connect.min(timeout);
            // Time for a try that is slow and another one.
            timeouts.total = timeouts.total.max(timeout.saturating_mul(2));
        }
        let options = HttpOptions::new(&self.url)
            .context(context)
            .header("accept", "application/json")
            .secret_header("x-api-key", &self.api_key)
            .timeouts(timeouts)
            .limits(self.limits())
            .max_response(MAX_RESPONSE);
        match &self.ca_pem {
            Some(pem) => options.ca_pem(pem.clone()),
            None => options,
        }
    }

    pub(crate) fn limits(&self) -> AccountLimits {
        AccountLimits { concurrency: self.concurrency, rate: None }
    }
}

/// The base URL with `/api/v1`, however much of it was written.
fn base(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(url);
    let url = url.strip_suffix("/api").unwrap_or(url);
    format!("{url}/api/v1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_may_be_long_or_short() {
        for url in [
            "http://h:8081",
            "http://h:8081/",
            "http://h:8081/api",
            "http://h:8081/api/v1",
            "http://h:8081/api/v1/ ",
        ] {
            assert_eq!(base(url), "http://h:8081/api/v1", "{url}");
        }
        assert_eq!(base("https://h/pdns/api/v1"), "https://h/pdns/api/v1");
        assert_eq!(base("https://h/v1"), "https://h/v1/api/v1");
    }

    #[test]
    fn every_wrong_option_is_named() {
        use dnsctl_provider::OptionValue::{List, Number, Path, Secret as Key, Text};
        let context =
            Context::new(std::sync::Arc::new(|| std::time::UNIX_EPOCH), std::sync::Arc::new(|_| None));
        let good = [("url", Text("http://127.0.0.1:1".to_owned())), ("api_key", Key(Secret::new("k")))];
        let settings = |more: Option<(&str, dnsctl_provider::OptionValue)>, without: &str| {
            let all = good.iter().cloned().chain(more).filter(|(key, _)| *key != without);
            Settings {
                name: "main".to_owned(),
                values: all.map(|(key, value)| (key.to_owned(), value)).collect(),
            }
        };
        let config = Config::new(&settings(None, ""), &context).unwrap();
        assert_eq!((config.concurrency, config.max_body, config.notify), (8, 1_800_000, true));
        for (more, without, word) in [
            (None, "url", "url"),
            (None, "api_key", "api_key"),
            (Some(("concurrency", Number(0))), "", "concurrency"),
            (Some(("max_body", Number(10))), "", "max_body"),
            (Some(("nameservers", List(vec!["a..b.".to_owned()]))), "", "nameservers"),
            (Some(("ca_file", Path("/no/such/file".into()))), "", "/no/such/file"),
        ] {
            let error = Config::new(&settings(more, without), &context).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(word), "{error}");
        }
    }
}
