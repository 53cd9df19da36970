//! Reading.

use crate::api::Api;
use crate::change;
use crate::config::{Config, Visibility};
use crate::live;
use crate::zones::Zones;
use async_trait::async_trait;
use dnsctl_provider::error::{ErrorKind, Result};
use dnsctl_provider::{Capabilities, Context, RRsetChange, Reader, Settings, Signing};
use dnsctl_zone::{Kept, Live, Name, Names, RRset, Rdata, RecordType};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Reads zones. It has no way to write.
#[derive(Debug)]
pub(crate) struct Route53Reader {
    capabilities: Capabilities,
    api: Api,
    zones: Zones,
    /// What was seen of each zone that matters for its changes.
    seen: Mutex<BTreeMap<Name, Seen>>,
}

#[derive(Debug)]
struct Seen {
    zone_id: String,
    kept: Vec<Kept>,
    private: bool,
}

impl Route53Reader {
    pub(crate) fn open(settings: &Settings, context: &Context) -> Result<Self> {
        let config = Config::read(settings, context)?;
        let api = Api::new(&config)?;
        let mut capabilities = crate::capabilities();
        capabilities.creates_zones = config.visibility != Visibility::Private;
        Ok(Self { capabilities, zones: Zones::new(api.clone(), &config), api, seen: Mutex::default() })
    }
}

#[async_trait]
impl Reader for Route53Reader {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        self.zones.names().await
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let Some(zone) = self.zones.find(apex).await? else { return Ok(None) };
        let sets = match self.api.record_sets(apex, zone.id()).await {
            // Deleted since the list was read.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            sets => sets?,
        };
        let live =
            live::zone(apex, zone.id(), &sets).map_err(|error| error.during(format!("read zone {apex}")))?;
        let seen = Seen {
            zone_id: zone.id().to_owned(),
            kept: live.kept.clone(),
            private: zone.config.private_zone,
        };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(apex.clone(), seen);
        Ok(Some(live))
    }

    fn refuses(&self, apex: &Name, rrset: &RRset) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        change::refuses(rrset).or_else(|| seen.get(apex)?.refuses(rrset))
    }

    fn refuses_change(&self, apex: &Name, change: &RRsetChange) -> Option<String> {
        change::refuses_change(apex, change)
    }

    fn serves(&self, apex: &Name) -> bool {
        // A private zone is answered for within its networks only.
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        !seen.get(apex).is_some_and(|seen| seen.private)
    }

    async fn signing(&self, apex: &Name) -> Result<Option<Signing>> {
        let Some(zone) = self.zones.find(apex).await? else { return Ok(None) };
        let dnssec = match self.api.dnssec(apex, zone.id()).await {
            Ok(dnssec) => dnssec,
            // A private zone, an emulator without it, or credentials that may not ask: it cannot be told.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::Rejected | ErrorKind::Forbidden | ErrorKind::Unsupported
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if dnssec.status.serve_signature == "NOT_SIGNING" {
            return Ok(None);
        }
        let root = Name::root();
        let names = Names { origin: &root, strict: false };
        let active = dnssec.key_signing_keys.list.iter().filter(|key| key.status == "ACTIVE");
        let (mut keys, mut delegation_signers) = (Vec::new(), Vec::new());
        for key in active {
            keys.extend(Rdata::parse(RecordType::DNSKEY, &key.dnskey_record, names).ok());
            delegation_signers.extend(Rdata::parse(RecordType::DS, &key.ds_record, names).ok());
        }
        Ok(Some(Signing { keys, delegation_signers }))
    }
}

impl Seen {
    /// Why this RRset cannot be written beside what is there.
    fn refuses(&self, rrset: &RRset) -> Option<String> {
        let aliases = rrset.rtype == RecordType::ROUTE53_ALIAS;
        if aliases {
            let own =
                |value: &&Rdata| value.bytes("hosted_zone_id").as_deref() == Some(self.zone_id.as_bytes());
            if rrset.values().iter().any(|value| own(&value)) {
                let id = &self.zone_id;
                return Some(format!(
                    "{id} is the zone itself: write `{}` as the hosted_zone_id",
                    live::OWN_ZONE
                ));
            }
        }
        let meets = |kept: &&Kept| {
            kept.name == rrset.name
                && if aliases {
                    rrset.values().iter().any(|value| change::aliased(value) == *kept.rtype.mnemonic())
                } else {
                    kept.rtype == rrset.rtype
                }
        };
        let kept = self.kept.iter().find(meets)?;
        let (name, rtype, reason) = (&kept.name, kept.rtype, &kept.reason);
        Some(format!(
            "{name} {rtype} is kept as it is ({reason}); delete it at Route 53, or do not declare it"
        ))
    }
}
