//! The providers of a run, opened for reading.

use dnsctl_plan::diff::Scope;
use dnsctl_provider::Reader;
use dnsctl_provider::error::Result;
use dnsctl_zone::Name;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A provider opened for reading.
pub struct Provider {
    /// Its name in the configuration.
    pub name: String,
    /// Its kind, such as `powerdns`.
    pub kind: &'static str,
    /// How its zones are read.
    pub reader: Box<dyn Reader>,
    zones: OnceCell<HashSet<Name>>,
}

impl Provider {
    /// A provider of this name and kind.
    pub fn new(name: String, kind: &'static str, reader: Box<dyn Reader>) -> Self {
        Self { name, kind, reader, zones: OnceCell::new() }
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

    /// Whether it has the zone, by a list that is asked for once in a run.
    pub(crate) async fn lists(&self, zone: &Name) -> Result<bool> {
        let list = || async { self.reader.list_zones().await.map(|zones| zones.into_iter().collect()) };
        Ok(self.zones.get_or_try_init(list).await?.contains(zone))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The providers of a run by their names.
#[derive(Debug, Clone, Default)]
pub struct Providers(BTreeMap<String, Arc<Provider>>);

impl Providers {
    /// The provider of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Provider>> {
        self.0.get(name)
    }
}

impl FromIterator<Provider> for Providers {
    fn from_iter<I: IntoIterator<Item = Provider>>(providers: I) -> Self {
        Self(providers.into_iter().map(|provider| (provider.name.clone(), Arc::new(provider))).collect())
    }
}
