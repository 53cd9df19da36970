//! The options.

use std::sync::Arc;
use std::time::Duration;

use dnsctl_provider::dns::tsig::{Algorithm, Key};
use dnsctl_provider::dns::{Client, Clock, Server, Timeouts, TransferLimits};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::limit::{AccountLimits, Limiter, Slot};
use dnsctl_provider::{Context, OptionKind, OptionSpec, Settings, Stop};

/// What may stand under the provider's name.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    OptionSpec::required(
        "server",
        OptionKind::Text,
        "The primary server: an address or a host name, with a port if it is not 53 (`[2001:db8::1]:5353`).",
    ),
    OptionSpec::optional(
        "transfer_from",
        OptionKind::Text,
        "The server that zones are transferred from, when it is not `server`: a hidden primary's secondary, for example.",
    ),
    OptionSpec::optional(
        "key_name",
        OptionKind::Text,
        "The name of the TSIG key. Without it nothing is signed.",
    ),
    OptionSpec::optional(
        "key_algorithm",
        OptionKind::Choice(&["hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]),
        "The algorithm of the TSIG key. `hmac-sha256` when absent.",
    ),
    OptionSpec::optional("key_secret", OptionKind::Secret, "The secret of the TSIG key, in base64."),
    OptionSpec::optional(
        "sign_transfers",
        OptionKind::Bool,
        "Whether transfers are signed, too. `true` when absent.",
    ),
    OptionSpec::optional(
        "connect_timeout",
        OptionKind::Duration,
        "How long a server may take to accept a connection. `5s` when absent.",
    ),
    OptionSpec::TIMEOUT.with_doc(
        "How long a server may take for an answer, or for the next message of a transfer. `15s` when absent.",
    ),
    OptionSpec::CONCURRENCY.with_doc(
        "Transfers and updates at once for one server. 8 when absent: BIND gives 10 transfers at once (transfers-out).",
    ),
    OptionSpec::optional(
        "batch",
        OptionKind::Number,
        "The most RRsets that go into one update. As many as fit into one message (65,535 octets) when absent.",
    ),
    OptionSpec::optional(
        "transfer_records",
        OptionKind::Number,
        "The most records that a zone may have when it is transferred. `10000000` when absent.",
    ),
    OptionSpec::optional(
        "transfer_octets",
        OptionKind::Number,
        "The most octets that a transfer may take. `1073741824` (1 GiB) when absent.",
    ),
    OptionSpec::optional(
        "transfer_time",
        OptionKind::Duration,
        "How long the transfer of a zone may take. `30m` when absent.",
    ),
];

/// The options, read.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where updates go.
    pub(crate) primary: Peer,
    /// Where zones are transferred from.
    pub(crate) transfer: Peer,
    /// Whether the two are one server, so that a transfer shows what was just written.
    pub(crate) one_server: bool,
    /// The most changes in one update.
    pub(crate) batch: usize,
}

/// A server and how to talk to it.
pub(crate) struct Peer {
    server: Server,
    timeouts: Timeouts,
    limits: TransferLimits,
    key: Option<(Key, Clock)>,
    /// Once found out, the address stays the same for the whole run.
    client: tokio::sync::OnceCell<Client>,
    /// Shared by all that ask this server.
    limiter: Arc<Limiter>,
    stop: Stop,
}

impl Config {
    /// Reads the options. Nothing is asked yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a server or key that cannot be one.
    pub(crate) fn read(settings: &Settings, context: &Context) -> Result<Self> {
        let server = |name: &str| settings.text(name).map(|text| text.parse::<Server>()).transpose();
        let primary = server("server")?.ok_or_else(|| settings.missing("server"))?;
        let transfer = server("transfer_from")?.unwrap_or_else(|| primary.clone());
        let mut timeouts = Timeouts::default();
        let duration = |name: &str, default: Duration| settings.duration(name).copied().unwrap_or(default);
        timeouts.connect = duration("connect_timeout", timeouts.connect);
        timeouts.answer = duration("timeout", timeouts.answer);
        let limits = limits(settings);
        if timeouts.connect.is_zero() || timeouts.answer.is_zero() || limits.time.is_zero() {
            return Err(Error::new(ErrorKind::Config, "a time-out of zero lets nothing happen"));
        }
        let key = key(settings)?.map(|key| (key, context.now.clone()));
        let peer = |server: Server, key| -> Result<Peer> {
            let limiter =
                context.limiters.of(&format!("rfc2136 {server}"), concurrency(settings, context))?;
            let client = tokio::sync::OnceCell::new();
            Ok(Peer { server, timeouts, limits, key, client, limiter, stop: context.stop.clone() })
        };
        let sign_transfers = settings.bool("sign_transfers").copied().unwrap_or(true);
        let batch = settings
            .number("batch")
            .map_or(usize::MAX, |&number| usize::try_from(number).unwrap_or(usize::MAX));
        Ok(Self {
            one_server: transfer == primary,
            transfer: peer(transfer, key.clone().filter(|_| sign_transfers))?,
            primary: peer(primary, key)?,
            batch: batch.max(1),
        })
    }
}

/// How much at once; the user's number for the run goes before the option.
fn concurrency(settings: &Settings, context: &Context) -> AccountLimits {
    let option = settings.number("concurrency").map(|number| usize::try_from(*number).unwrap_or(usize::MAX));
    let concurrency = context.concurrency.or(option).unwrap_or(AccountLimits::default().concurrency);
    AccountLimits { concurrency, rate: None }
}

fn limits(settings: &Settings) -> TransferLimits {
    let unless_told = TransferLimits::default();
    TransferLimits {
        records: settings.number("transfer_records").copied().unwrap_or(unless_told.records),
        octets: settings.number("transfer_octets").copied().unwrap_or(unless_told.octets),
        time: settings.duration("transfer_time").copied().unwrap_or(unless_told.time),
    }
}

fn key(settings: &Settings) -> Result<Option<Key>> {
    let name = settings.text("key_name").filter(|name| !name.is_empty());
    let (name, secret) = match (name, settings.secret("key_secret")) {
        (Some(name), Some(secret)) => (name, secret),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(settings.missing("key_secret")),
        (None, Some(_)) => return Err(settings.missing("key_name")),
    };
    let name = name
        .parse()
        .map_err(|error| Error::new(ErrorKind::Config, format!("the name of the TSIG key: {error}")))?;
    let algorithm = settings.text("key_algorithm").map_or(Ok(Algorithm::HmacSha256), |text| text.parse())?;
    Key::new(name, algorithm, secret).map(Some)
}

impl Peer {
    /// The turn to read from this server.
    pub(crate) async fn slot(&self) -> Slot {
        self.limiter.slot().await
    }

    /// The turn to write to this server.
    ///
    /// # Errors
    /// [`Stop::error`] when no further write is to be sent.
    pub(crate) async fn slot_to_write(&self) -> Result<Slot> {
        tokio::select! {
            biased;
            () = self.stop.stopped() => Err(Stop::error()),
            slot = self.limiter.slot() => Ok(slot),
        }
    }

    /// A client for the server.
    ///
    /// # Errors
    /// The host name has no address, or none of several addresses accepts a connection.
    pub(crate) async fn client(&self) -> Result<&Client> {
        let open = || async {
            let address = self.server.reachable(&self.timeouts).await?;
            let client = Client::new(address).with_timeouts(self.timeouts).with_limits(self.limits);
            Ok(match &self.key {
                Some((key, clock)) => client.with_key(key.clone(), clock.clone()),
                None => client,
            })
        };
        self.client.get_or_try_init(open).await
    }
}

impl Peer {
    /// A client that signs nothing, for what everybody may ask.
    ///
    /// # Errors
    /// As [`Peer::client`].
    pub(crate) async fn unsigned(&self) -> Result<Client> {
        Ok(Client::new(self.client().await?.server()).with_timeouts(self.timeouts))
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = self.key.as_ref().map(|(key, _)| key);
        f.debug_struct("Peer").field("server", &self.server).field("key", &key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use dnsctl_provider::OptionValue;
    use dnsctl_provider::secret::Secret;

    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Config> {
        let context = Context::new(Arc::new(|| SystemTime::UNIX_EPOCH), Arc::new(|_| None));
        let value = |(key, text): &(&str, &str)| {
            let text = (*text).to_owned();
            let value = if *key == "key_secret" {
                OptionValue::Secret(Secret::new(text))
            } else {
                OptionValue::Text(text)
            };
            ((*key).to_owned(), value)
        };
        let settings = Settings { name: "edge".to_owned(), values: values.iter().map(value).collect() };
        Config::read(&settings, &context)
    }

    #[test]
    fn reads_what_is_right() {
        let config = read(&[("server", "ns1.example.org"), ("transfer_from", "[::1]:5353")]).expect("good");
        assert_eq!(config.primary.server.to_string(), "ns1.example.org:53");
        assert_eq!(config.transfer.server.to_string(), "[::1]:5353");
        assert!(config.primary.key.is_none());
        let good = [("server", "192.0.2.1"), ("key_name", "k1"), ("key_secret", "c2VjcmV0")];
        let config = read(&good).expect("good");
        let shown = format!("{config:?}");
        assert!(shown.contains("Key(k1. hmac-sha256 ***)") && !shown.contains("c2VjcmV0"), "{shown}");
    }

    #[test]
    fn says_what_is_wrong() {
        for (values, word) in [
            (&[][..], "server"),
            (&[("server", "a b")], "not a server"),
            (&[("server", "::1"), ("transfer_from", "x:y:z")], "not a server"),
            (&[("server", "::1"), ("key_name", "k1")], "key_secret"),
            (&[("server", "::1"), ("key_secret", "c2VjcmV0")], "key_name"),
            (&[("server", "::1"), ("key_name", "k..1"), ("key_secret", "c2VjcmV0")], "TSIG key"),
            (&[("server", "::1"), ("key_name", "k1"), ("key_secret", "?")], "base64"),
            (
                &[
                    ("server", "::1"),
                    ("key_name", "k1"),
                    ("key_secret", "c2U="),
                    ("key_algorithm", "hmac-md5"),
                ],
                "broken",
            ),
        ] {
            let error = read(values).expect_err(word);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(word), "{error}");
        }
    }
}
