//! The calls.

use crate::config::Config;
use crate::credentials::Chain;
use crate::error::classify;
use crate::model::{
    self, Change, ChangeInfo, Changed, Dnssec, HostedZone, HostedZoneList, HostedZonesByName,
    ResourceRecordSet, ResourceRecordSetList, ZoneCreated,
};
use crate::signer::Signer;
use crate::text;
use dnsctl_provider::error::{ErrorKind, Result};
use dnsctl_provider::http::{Call, HttpClient, Page, Response, RetryPolicy, Safety, pages};
use dnsctl_zone::{Name, RecordType};
use std::sync::Arc;

const VERSION: &str = "2013-04-01";
/// Zones on a page, the most that there can be.
const ZONES: &str = "100";
/// Record sets on a page, the most that there can be.
const RECORD_SETS: &str = "300";
/// More pages than this are no list: 1,000,000 zones, 3,000,000 record sets.
const PAGES: usize = 10_000;
/// Throttling and a zone that is still being changed can last a while: AWS advises growing waits.
const TRIES: u32 = 8;

/// A client of Route 53.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: HttpClient,
}

/// Where a page of record sets starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Start {
    name: String,
    rtype: Option<String>,
    identifier: Option<String>,
}

impl Api {
    /// A client for these options. Nothing is sent yet.
    ///
    /// # Errors
    /// Those of [`HttpClient::new`].
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let clock = config.finder.clock.clone();
        let chain = Arc::new(Chain::new(config.finder.clone()));
        let signer = Signer::new(Arc::clone(&chain), clock, config.signing_region, "route53");
        let options = config
            .network
            .options(&config.endpoint)
            .limiter(Arc::clone(&config.limiter))
            .retry(RetryPolicy { tries: TRIES, ..RetryPolicy::default() })
            .sign(Arc::new(signer))
            .classify(move |answer| classify(answer, || chain.renew()));
        Ok(Self { http: HttpClient::new(options)? })
    }

    /// All hosted zones of the account.
    pub(crate) async fn zones(&self) -> Result<Vec<HostedZone>> {
        let operation = "list zones";
        pages(operation, PAGES, |marker: Option<String>| async move {
            let call = self.http.get(operation).path([VERSION, "hostedzone"]).query("maxitems", ZONES);
            let call = marker.iter().fold(call, |call, marker| call.query("marker", marker));
            let answer = call.send().await?;
            let list: HostedZoneList = model::read(&answer)?;
            let next = next(&answer, list.is_truncated, list.next_marker)?;
            Ok(Page { items: list.hosted_zones.list, next })
        })
        .await
    }

    /// The hosted zones from this name on, in the order of their names; at most a page of them.
    pub(crate) async fn zones_from(&self, apex: &Name) -> Result<Vec<HostedZone>> {
        let call = self.http.get(format!("find zone {apex}")).path([VERSION, "hostedzonesbyname"]);
        let call = call.query("dnsname", &text::name(apex)).query("maxitems", ZONES);
        let list: HostedZonesByName = model::read(&call.send().await?)?;
        Ok(list.hosted_zones.list)
    }

    /// All record sets of a zone.
    pub(crate) async fn record_sets(&self, apex: &Name, zone_id: &str) -> Result<Vec<ResourceRecordSet>> {
        let operation = format!("read zone {apex}");
        pages(&operation, PAGES, |start: Option<Start>| {
            let mut call = self.list(&operation, zone_id).query("maxitems", RECORD_SETS);
            if let Some(Start { name, rtype, identifier }) = start {
                call = call.query("name", &name);
                call = rtype.iter().fold(call, |call, rtype| call.query("type", rtype));
                call = identifier.iter().fold(call, |call, identifier| call.query("identifier", identifier));
            }
            async move {
                let answer = call.send().await?;
                let list: ResourceRecordSetList = model::read(&answer)?;
                let next = next(&answer, list.is_truncated, list.next_record_name)?.map(|name| Start {
                    name,
                    rtype: list.next_record_type,
                    identifier: list.next_record_identifier.filter(|identifier| !identifier.is_empty()),
                });
                Ok(Page { items: list.resource_record_sets.list, next })
            }
        })
        .await
    }

    /// The record set of this name and type, if there is a plain one.
    pub(crate) async fn record_set(
        &self,
        apex: &Name,
        zone_id: &str,
        name: &Name,
        rtype: RecordType,
    ) -> Result<Option<ResourceRecordSet>> {
        let rtype = rtype.mnemonic();
        let call = self.list(&format!("read {name} {rtype} of zone {apex}"), zone_id).query("maxitems", "1");
        let call = call.query("name", &text::name(name)).query("type", &rtype);
        let list: ResourceRecordSetList = model::read(&call.send().await?)?;
        let found = list.resource_record_sets.list.into_iter().next();
        Ok(found.filter(|set| set.rtype == rtype && text::read_name(&set.name).as_ref() == Ok(name)))
    }

    fn list(&self, operation: &str, zone_id: &str) -> Call {
        self.http.get(operation).path([VERSION, "hostedzone", zone_id, "rrset"])
    }

    /// Makes changes, all or none. It is not repeated when the answer is lost: what was created then is there already.
    pub(crate) async fn change(&self, apex: &Name, zone_id: &str, changes: &[Change]) -> Result<ChangeInfo> {
        let call =
            self.http.post(format!("write zone {apex}")).path([VERSION, "hostedzone", zone_id, "rrset"]);
        let answer = call.xml(model::change_request(changes)?).send().await?;
        Ok(model::read::<Changed>(&answer)?.change_info)
    }

    /// How far a change has come.
    pub(crate) async fn change_status(&self, apex: &Name, id: &str) -> Result<ChangeInfo> {
        let operation = format!("wait for the name servers of zone {apex}");
        let answer = self.http.get(operation).path([VERSION, "change", model::short_id(id)]).send().await?;
        Ok(model::read::<Changed>(&answer)?.change_info)
    }

    /// Creates a public zone. The caller reference makes it safe to repeat.
    pub(crate) async fn create_zone(
        &self,
        apex: &Name,
        caller_reference: &str,
        delegation_set: Option<&str>,
    ) -> Result<ZoneCreated> {
        let body = model::create_request(&text::name(apex), caller_reference, delegation_set)?;
        let call = self.http.post(format!("create zone {apex}")).path([VERSION, "hostedzone"]);
        model::read(&call.xml(body).safety(Safety::Keyed).send().await?)
    }

    /// Whether and with which keys a zone is signed.
    pub(crate) async fn dnssec(&self, apex: &Name, zone_id: &str) -> Result<Dnssec> {
        let call = self.http.get(format!("read the DNSSEC keys of zone {apex}"));
        model::read(&call.path([VERSION, "hostedzone", zone_id, "dnssec"]).send().await?)
    }
}

/// Where the next page starts. A list that is cut off without saying where it goes on would look like deleted records.
fn next(answer: &Response, truncated: bool, marker: Option<String>) -> Result<Option<String>> {
    let marker = marker.filter(|marker| truncated && !marker.is_empty());
    if truncated && marker.is_none() {
        return Err(
            answer.error(ErrorKind::Protocol, "the list is cut off and does not say where it goes on")
        );
    }
    Ok(marker)
}
