//! What a configuration asks for beyond its files: the environment, and zones as live servers have them.

use crate::environment;
use dnsctl_config::{Outside, Silence};
use dnsctl_provider::error::ErrorKind;
use dnsctl_reconcile::Providers;
use dnsctl_zone::{Live, Name};
use std::fmt;
use tokio::runtime::Handle;

/// The environment, and the providers of the configuration when servers may be asked.
pub(crate) struct World {
    servers: Option<(Providers, Handle)>,
}

impl World {
    /// Servers are asked.
    pub(crate) fn new(providers: Providers, runtime: Handle) -> Self {
        Self { servers: Some((providers, runtime)) }
    }

    /// No server is asked.
    pub(crate) fn offline() -> Self {
        Self { servers: None }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("offline", &self.servers.is_none()).finish()
    }
}

impl Outside for World {
    fn variable(&self, name: &str) -> Option<String> {
        environment::variable(name)
    }

    /// Zones are loaded in threads of their own, so waiting here holds up nothing else.
    fn zone(&self, provider: &str, apex: &Name) -> Result<Option<Live>, Silence> {
        let (providers, runtime) = self.servers.as_ref().ok_or(Silence::Offline)?;
        let read = providers.get(provider).and_then(|provider| runtime.block_on(provider.read_zone(apex)));
        read.map_err(|error| {
            let (message, hint) = (error.to_string(), error.hint().map(str::to_owned));
            match error.kind() {
                ErrorKind::Unauthorized | ErrorKind::Forbidden => Silence::Refused(message, hint),
                _ => Silence::Failed(message, hint),
            }
        })
    }
}
