//! Which hosted zone a name stands for: there can be several of the same name, public and private.

use crate::api::Api;
use crate::config::Config;
use crate::model::HostedZone;
use crate::text;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::Name;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

/// The hosted zones of the account, as far as they are taken.
#[derive(Debug)]
pub(crate) struct Zones {
    api: Api,
    choice: Choice,
    listed: Mutex<Option<BTreeMap<Name, Vec<HostedZone>>>>,
}

/// Which of several zones is meant.
#[derive(Debug, Clone)]
struct Choice {
    ids: Vec<String>,
    private: bool,
}

impl Zones {
    pub(crate) fn new(api: Api, config: &Config) -> Self {
        let choice = Choice { ids: config.zone_ids.clone(), private: config.private_zones };
        Self { api, choice, listed: Mutex::new(None) }
    }

    /// The names of all zones, asked for anew.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) async fn names(&self) -> Result<Vec<Name>> {
        let mut listed = self.listed.lock().await;
        let zones = by_name(self.api.zones().await?);
        let taken = |zones: &Vec<HostedZone>| zones.iter().any(|zone| self.choice.takes(zone));
        let names = zones.iter().filter(|(_, zones)| taken(zones)).map(|(name, _)| name.clone()).collect();
        *listed = Some(zones);
        Ok(names)
    }

    /// The zone of this name, from the list of all, which is asked for once; a name that is not in it is looked up.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when several could be meant; those of the calls.
    pub(crate) async fn find(&self, apex: &Name) -> Result<Option<HostedZone>> {
        let mut listed = self.listed.lock().await;
        let zones = match &mut *listed {
            Some(zones) => zones,
            none => none.insert(by_name(self.api.zones().await?)),
        };
        if let Some(zones) = zones.get(apex) {
            return self.choice.of(apex, zones);
        }
        drop(listed);
        self.look_up(apex).await
    }

    /// The zone of this name, asked for now.
    ///
    /// # Errors
    /// As [`Zones::find`].
    pub(crate) async fn look_up(&self, apex: &Name) -> Result<Option<HostedZone>> {
        let mut zones = by_name(self.api.zones_from(apex).await?);
        self.choice.of(apex, &zones.remove(apex).unwrap_or_default())
    }
}

/// Zones by their names. One whose name cannot be read is none that a file could declare.
fn by_name(zones: Vec<HostedZone>) -> BTreeMap<Name, Vec<HostedZone>> {
    let mut all: BTreeMap<Name, Vec<HostedZone>> = BTreeMap::new();
    for zone in zones {
        if let Ok(name) = text::read_name(&zone.name) {
            all.entry(name).or_default().push(zone);
        }
    }
    all
}

impl Choice {
    fn is_named(&self, zone: &HostedZone) -> bool {
        self.ids.iter().any(|id| id == zone.id())
    }

    fn takes(&self, zone: &HostedZone) -> bool {
        self.private || !zone.config.private_zone || self.is_named(zone)
    }

    /// The one that is meant: named in the options, else public, else private.
    fn of(&self, apex: &Name, zones: &[HostedZone]) -> Result<Option<HostedZone>> {
        let named: Vec<_> = zones.iter().filter(|zone| self.is_named(zone)).collect();
        let public = || zones.iter().filter(|zone| !zone.config.private_zone).collect::<Vec<_>>();
        let private = || zones.iter().filter(|zone| self.takes(zone)).collect();
        let candidates = match (named, public()) {
            (named, _) if !named.is_empty() => named,
            (_, public) if !public.is_empty() => public,
            _ => private(),
        };
        match candidates.as_slice() {
            [] => Ok(None),
            [zone] => Ok(Some(HostedZone::clone(zone))),
            several => {
                let ids: Vec<&str> = several.iter().map(|zone| zone.id()).collect();
                let message =
                    format!("there are {} hosted zones named {apex}: {}", ids.len(), ids.join(", "));
                let hint = format!(
                    "name the right one in the provider's option: zone_ids: [{}]",
                    ids.first().unwrap_or(&"")
                );
                Err(Error::new(ErrorKind::Config, message).with_hint(hint))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HostedZoneConfig;

    fn zone(id: &str, private: bool) -> HostedZone {
        HostedZone {
            id: format!("/hostedzone/{id}"),
            name: "example.com.".to_owned(),
            caller_reference: String::new(),
            config: HostedZoneConfig { private_zone: private },
        }
    }

    #[test]
    fn the_right_zone_of_a_name() {
        let apex = Name::absolute("example.com").unwrap();
        let all = [zone("Z1", false), zone("Z2", true), zone("Z3", true)];
        let of = |ids: &[&str], private: bool, zones: &[HostedZone]| {
            let choice = Choice { ids: ids.iter().map(|id| (*id).to_owned()).collect(), private };
            choice
                .of(&apex, zones)
                .map(|zone| zone.map(|zone| zone.id().to_owned()))
                .map_err(|error| error.message().to_owned())
        };
        let found = |id: &str| Ok(Some(id.to_owned()));
        assert_eq!(of(&[], false, &all), found("Z1"));
        assert_eq!(of(&[], true, &all), found("Z1"));
        assert_eq!(of(&["Z2"], false, &all), found("Z2"));
        assert_eq!(of(&["Z9"], false, &all), found("Z1"));
        let [_, private @ ..] = &all;
        assert_eq!(of(&[], false, private), Ok(None));
        assert_eq!(
            of(&[], true, private),
            Err("there are 2 hosted zones named example.com.: Z2, Z3".to_owned())
        );
        let two = [zone("Z4", false), zone("Z5", false), zone("Z2", true)];
        assert_eq!(
            of(&[], false, &two),
            Err("there are 2 hosted zones named example.com.: Z4, Z5".to_owned())
        );
        assert_eq!(of(&["Z5"], false, &two), found("Z5"));
        assert_eq!(
            of(&["Z5", "Z2"], false, &two),
            Err("there are 2 hosted zones named example.com.: Z5, Z2".to_owned())
        );
        assert_eq!(of(&[], false, &[]), Ok(None));
    }
}
