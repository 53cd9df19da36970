//! The providers of a run. Each is opened when a zone first asks for it, so that one that no zone uses needs no secret.

use dnsctl_plan::diff::Scope;
use dnsctl_provider::Reader;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::{Live, Name};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// A provider opened for reading.
pub struct Provider {
    /// Its name in the configuration.
    pub name: String,
    /// Its kind, such as `powerdns`.
    pub kind: &'static str,
    /// How its zones are read.
    pub reader: Box<dyn Reader>,
    zones: OnceCell<HashSet<Name>>,
    /// Why asking again is of no use.
    dead: OnceLock<Error>,
    /// When each zone was there the last time.
    read_at: Mutex<HashMap<Name, Instant>>,
}

impl Provider {
    /// A provider of this name and kind.
    pub fn new(name: String, kind: &'static str, reader: Box<dyn Reader>) -> Self {
        Self { name, kind, reader, zones: OnceCell::new(), dead: OnceLock::new(), read_at: Mutex::default() }
    }

    /// What the differ must know of it.
    pub fn scope(&self) -> Scope<'_> {
        let capabilities = self.reader.capabilities();
        Scope {
            provider: &self.name,
            kind: self.kind,
            writes_soa: capabilities.writes_soa,
            writes_apex_ns: capabilities.writes_apex_ns,
        }
    }

    /// Reads a zone. A provider that refused the credentials, or that could not be reached, is not asked again in this
    /// run: a thousand zones need not find out one by one.
    ///
    /// # Errors
    /// See [`Reader::read_zone`].
    pub async fn read_zone(&self, zone: &Name) -> Result<Option<Live>> {
        self.ask(zone).await.inspect_err(|error| self.note(error))
    }

    /// Reads a zone for a plan. `by_list` says that it may well be missing, as others of the run: then one list, where
    /// there is one, saves asking for each. An error holds for nothing else until it is [noted](Self::note).
    pub(crate) async fn find(&self, zone: &Name, by_list: bool) -> Result<Option<Live>> {
        if by_list && self.reader.capabilities().lists_zones && !self.lists(zone).await? {
            return Ok(None);
        }
        self.ask(zone).await
    }

    async fn ask(&self, zone: &Name) -> Result<Option<Live>> {
        if let Some(error) = self.dead.get() {
            return Err(error.clone());
        }
        let live = self.reader.read_zone(zone).await?;
        self.read_at.lock().unwrap_or_else(PoisonError::into_inner).insert(zone.clone(), Instant::now());
        Ok(live)
    }

    /// When the zone was there that was read last.
    pub(crate) fn read_at(&self, zone: &Name) -> Option<Instant> {
        self.read_at.lock().unwrap_or_else(PoisonError::into_inner).get(zone).copied()
    }

    /// Whether it has the zone, by a list that is asked for once in a run.
    async fn lists(&self, zone: &Name) -> Result<bool> {
        let list = || async { self.reader.list_zones().await.map(|zones| zones.into_iter().collect()) };
        let zones = self.zones.get_or_try_init(list).await?;
        Ok(zones.contains(zone))
    }

    /// Takes a provider that refused the credentials, or that could not be reached, for lost.
    pub(crate) fn note(&self, error: &Error) {
        let unreachable = error.kind() == ErrorKind::Unavailable && error.status().is_none();
        if unreachable || error.kind() == ErrorKind::Unauthorized {
            let _ = self.dead.set(error.clone());
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Opens a provider for reading; gives its kind too.
pub type Opener = Box<dyn Fn() -> Result<(&'static str, Box<dyn Reader>)> + Send + Sync>;

struct Slot {
    open: Opener,
    opened: OnceLock<Result<Arc<Provider>>>,
}

/// The providers of a run by their names.
#[derive(Clone, Default)]
pub struct Providers(Arc<BTreeMap<String, Slot>>);

impl Providers {
    /// The provider of this name, opened.
    ///
    /// # Errors
    /// There is none of this name, or it cannot be opened.
    pub fn get(&self, name: &str) -> Result<Arc<Provider>> {
        let slot = self.0.get(name).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("there is no provider \"{name}\" in the configuration"))
        })?;
        let open = || {
            let (kind, reader) = (slot.open)()?;
            Ok(Arc::new(Provider::new(name.to_owned(), kind, reader)))
        };
        slot.opened.get_or_init(open).clone()
    }
}

impl FromIterator<(String, Opener)> for Providers {
    fn from_iter<I: IntoIterator<Item = (String, Opener)>>(openers: I) -> Self {
        let slot = |(name, open)| (name, Slot { open, opened: OnceLock::new() });
        Self(Arc::new(openers.into_iter().map(slot).collect()))
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
