//! One server of the API: its client, and what is remembered of its zones between reading and writing.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use dnsctl_provider::Context;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::{Call, HttpClient, RetryPolicy};
use dnsctl_provider::limit::Limiter;
use dnsctl_zone::{Name, RecordType};

use crate::config::Config;
use crate::error::classify;
use crate::kept::Residue;
use crate::turn::Turns;

/// The longest wait before a request is tried again: the server is near, and has no limit of its own to wait for.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A client of one server, with the settings it was opened with.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: Config,
    pub(crate) shared: Arc<Shared>,
    client: HttpClient,
}

/// What the readers and writers of one server have in common: the limit of requests at once, and what the readers saw
/// that a writer must not lose. A writer that finds nothing here reads the zone itself, so this saves a request and is
/// never needed to be right.
#[derive(Debug)]
pub(crate) struct Shared {
    url: String,
    server: String,
    concurrency: usize,
    limiter: Arc<Limiter>,
    /// Whether the server is known to be there under its id.
    proved: AtomicBool,
    zones: Mutex<HashMap<Name, Arc<Known>>>,
    pub(crate) turns: Turns,
}

/// What is known of a zone and not part of the model.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) kind: String,
    /// Records that a REPLACE of their RRset has to repeat.
    pub(crate) residue: BTreeMap<(Name, RecordType), Residue>,
}

/// All servers that some reader or writer has open.
static SERVERS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

impl Account {
    pub(crate) fn open(config: Config, context: &Context, tries: u32) -> Result<Self> {
        let shared = Shared::of(&config)?;
        let options = config.http(context).limiter(Arc::clone(&shared.limiter)).classify(classify);
        let options = options.retry(RetryPolicy { tries, cap: LONGEST_WAIT, ..RetryPolicy::default() });
        Ok(Self { client: HttpClient::new(options)?, shared, config })
    }

    pub(crate) fn client(&self) -> &HttpClient {
        &self.client
    }

    /// Says what may be wrong when the server says that something is missing that cannot be missing.
    pub(crate) fn with_hint(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::NotFound => error.with_hint(format!(
                "set the option server to the id of the server (it is \"{}\"); PowerDNS calls itself localhost",
                self.config.server
            )),
            _ => error,
        }
    }

    /// Completes the path `/servers/SERVER/…`.
    pub(crate) fn at<'a>(&'a self, call: Call, path: impl IntoIterator<Item = &'a str>) -> Call {
        call.path(["servers", &self.config.server]).path(path)
    }
}

impl Shared {
    fn of(config: &Config) -> Result<Arc<Self>> {
        let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        servers.retain(|server| server.strong_count() > 0);
        let same = |server: &Arc<Self>| {
            server.url == config.url
                && server.server == config.server
                && server.concurrency == config.concurrency
        };
        if let Some(server) = servers.iter().filter_map(Weak::upgrade).find(same) {
            return Ok(server);
        }
        let server = Arc::new(Self {
            url: config.url.clone(),
            server: config.server.clone(),
            concurrency: config.concurrency,
            limiter: Arc::new(Limiter::new(config.limits())?),
            proved: AtomicBool::new(false),
            zones: Mutex::default(),
            turns: Turns::default(),
        });
        servers.push(Arc::downgrade(&server));
        Ok(server)
    }

    pub(crate) fn remember(&self, apex: &Name, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        self.zones().insert(apex.clone(), Arc::clone(&known));
        known
    }

    pub(crate) fn forget(&self, apex: &Name) {
        self.zones().remove(apex);
    }

    pub(crate) fn is_proved(&self) -> bool {
        self.proved.load(Ordering::Relaxed)
    }

    pub(crate) fn prove(&self) {
        self.proved.store(true, Ordering::Relaxed);
    }

    pub(crate) fn known(&self, apex: &Name) -> Option<Arc<Known>> {
        self.zones().get(apex).cloned()
    }

    fn zones(&self) -> MutexGuard<'_, HashMap<Name, Arc<Known>>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of a zone in the API: its name with `=` and two digits for all but letters, digits, dots and hyphens.
pub(crate) fn zone_id(apex: &Name) -> String {
    if apex.is_root() {
        // A path cannot end in a dot alone.
        return "=2E".to_owned();
    }
    let mut id = String::new();
    for octet in apex.to_string().bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-') {
            id.push(char::from(octet));
        } else {
            let digit =
                |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
            id.extend(['=', digit(octet >> 4), digit(octet & 15)]);
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_as_the_server_makes_them() {
        for (name, id) in [
            ("example.org.", "example.org."),
            ("0/26.2.0.192.in-addr.arpa.", "0=2F26.2.0.192.in-addr.arpa."),
            ("a_b.test.", "a=5Fb.test."),
            (".", "=2E"),
        ] {
            assert_eq!(zone_id(&Name::absolute(name).unwrap()), id);
        }
    }
}
