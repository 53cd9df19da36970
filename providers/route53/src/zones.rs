//! Which hosted zone a name stands for: there can be several of the same name, public and private.

use crate::api::Api;
use crate::config::{Config, Visibility};
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
    visibility: Visibility,
}

impl Zones {
    pub(crate) fn new(api: Api, config: &Config) -> Self {
        let choice = Choice { ids: config.zone_ids.clone(), visibility: config.visibility };
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
        let private = zone.config.private_zone;
        match self.visibility {
            Visibility::Unsaid => !private || self.is_named(zone),
            Visibility::Public => !private,
            Visibility::Private => private,
            Visibility::Any => true,
        }
    }

    /// The one that is meant: named in the options, else the only one that can be seen as the options say.
    fn of(&self, apex: &Name, zones: &[HostedZone]) -> Result<Option<HostedZone>> {
        let named: Vec<_> = zones.iter().filter(|zone| self.is_named(zone)).collect();
        if let Some(zone) = named.iter().find(|zone| !self.takes(zone)) {
            let (is, not) =
                if zone.config.private_zone { ("private", "public") } else { ("public", "private") };
            let message = format!("the hosted zone {} of {apex} is {is}, and visibility is {not}", zone.id());
            let hint = "take it out of zone_ids, or leave visibility out";
            return Err(Error::new(ErrorKind::Config, message).with_hint(hint));
        }
        let candidates =
            if named.is_empty() { zones.iter().filter(|zone| self.takes(zone)).collect() } else { named };
        match candidates.as_slice() {
            [] => Ok(None),
            [zone] => Ok(Some(HostedZone::clone(zone))),
            several => {
                let shown = |zone: &&HostedZone| {
                    let private = if zone.config.private_zone { " (private)" } else { "" };
                    format!("{}{private}", zone.id())
                };
                let shown: Vec<String> = several.iter().map(shown).collect();
                let message =
                    format!("there are {} hosted zones named {apex}: {}", shown.len(), shown.join(", "));
                let hint = format!(
                    "name the right one in the provider's option: zone_ids: [{}]",
                    several.first().map_or("", |zone| zone.id())
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
        let of = |ids: &[&str], visibility: Visibility, zones: &[HostedZone]| {
            let choice = Choice { ids: ids.iter().map(|id| (*id).to_owned()).collect(), visibility };
            choice
                .of(&apex, zones)
                .map(|zone| zone.map(|zone| zone.id().to_owned()))
                .map_err(|error| error.message().to_owned())
        };
        let found = |id: &str| Ok(Some(id.to_owned()));
        let several = |ids: &str| {
            let count = ids.split(", ").count();
            Err(format!("there are {count} hosted zones named example.com.: {ids}"))
        };
        use Visibility::{Any, Private, Public, Unsaid};
        assert_eq!(of(&[], Unsaid, &all), found("Z1"));
        assert_eq!(of(&[], Public, &all), found("Z1"));
        assert_eq!(of(&[], Private, &all), several("Z2 (private), Z3 (private)"));
        assert_eq!(of(&[], Any, &all), several("Z1, Z2 (private), Z3 (private)"));
        assert_eq!(of(&["Z2"], Unsaid, &all), found("Z2"));
        assert_eq!(of(&["Z2"], Private, &all), found("Z2"));
        assert_eq!(of(&["Z2"], Any, &all), found("Z2"));
        assert_eq!(of(&["Z9"], Unsaid, &all), found("Z1"));
        // Never a zone that the other word excludes.
        let [public, private @ ..] = &all;
        let public = std::slice::from_ref(public);
        assert_eq!(of(&[], Private, public), Ok(None));
        assert_eq!(of(&[], Unsaid, private), Ok(None));
        assert_eq!(of(&[], Public, private), Ok(None));
        let is = |what: &str| Err(format!("the hosted zone {what}"));
        assert_eq!(of(&["Z1"], Private, &all), is("Z1 of example.com. is public, and visibility is private"));
        assert_eq!(of(&["Z2"], Public, &all), is("Z2 of example.com. is private, and visibility is public"));
        let one = &private[..1];
        assert_eq!(of(&[], Private, one), found("Z2"));
        assert_eq!(of(&[], Any, one), found("Z2"));
        let two = [zone("Z4", false), zone("Z5", false), zone("Z2", true)];
        assert_eq!(of(&[], Unsaid, &two), several("Z4, Z5"));
        assert_eq!(of(&["Z5"], Unsaid, &two), found("Z5"));
        assert_eq!(of(&["Z5", "Z2"], Unsaid, &two), several("Z5, Z2 (private)"));
        assert_eq!(of(&[], Any, &[]), Ok(None));
    }
}
