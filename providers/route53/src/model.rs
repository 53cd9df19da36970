//! The documents of the API, version 2013-04-01, as far as they are used.
//!
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Types_Amazon_Route_53.html>

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::Response;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// The namespace of every document, which a request must name.
const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// Records of one name, type and, with a routing policy, set identifier. The order of the fields is that of the schema,
/// which a request must keep.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourceRecordSet {
    pub(crate) name: String,
    #[serde(rename = "Type")]
    pub(crate) rtype: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) set_identifier: Option<String>,
    #[serde(default, skip_serializing)]
    pub(crate) weight: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) region: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) geo_location: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) failover: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) multi_value_answer: Option<Present>,
    #[serde(default, rename = "TTL", skip_serializing_if = "Option::is_none")]
    pub(crate) ttl: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource_records: Option<ResourceRecords>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias_target: Option<AliasTarget>,
    #[serde(default, skip_serializing)]
    pub(crate) health_check_id: Option<String>,
    #[serde(default, skip_serializing)]
    pub(crate) traffic_policy_instance_id: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) cidr_routing_config: Option<Present>,
    #[serde(default, skip_serializing)]
    pub(crate) geo_proximity_location: Option<Present>,
}

impl ResourceRecordSet {
    /// The values; none for an alias.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.resource_records.iter().flat_map(|records| &records.list).map(|record| record.value.as_str())
    }

    /// The routing policy in a few words, or whatever else makes this more than plain records.
    pub(crate) fn policy(&self) -> Option<&'static str> {
        let policies = [
            (self.traffic_policy_instance_id.is_some(), "traffic policy"),
            (self.weight.is_some(), "weighted routing policy"),
            (self.region.is_some(), "latency routing policy"),
            (self.geo_location.is_some(), "geolocation routing policy"),
            (self.geo_proximity_location.is_some(), "geoproximity routing policy"),
            (self.cidr_routing_config.is_some(), "IP-based routing policy"),
            (self.failover.is_some(), "failover routing policy"),
            (self.multi_value_answer.is_some(), "multivalue answer routing policy"),
            (self.set_identifier.as_ref().is_some_and(|id| !id.is_empty()), "routing policy"),
            (self.health_check_id.as_ref().is_some_and(|id| !id.is_empty()), "health check"),
        ];
        policies.iter().find(|(present, _)| *present).map(|(_, policy)| *policy)
    }
}

/// An element that is there with something in it; what that is does not matter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Present;

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// The values of a record set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct ResourceRecords {
    #[serde(default, rename = "ResourceRecord")]
    pub(crate) list: Vec<ResourceRecord>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct ResourceRecord {
    #[serde(rename = "Value")]
    pub(crate) value: String,
}

/// What an alias stands for.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct AliasTarget {
    #[serde(rename = "HostedZoneId")]
    pub(crate) hosted_zone_id: String,
    #[serde(rename = "DNSName")]
    pub(crate) dns_name: String,
    #[serde(rename = "EvaluateTargetHealth")]
    pub(crate) evaluate_target_health: bool,
}

/// One step of a change batch.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Change {
    pub(crate) action: Action,
    pub(crate) resource_record_set: ResourceRecordSet,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Action {
    /// Deletes what is exactly so.
    Delete,
    /// Creates what is not there yet.
    Create,
    /// Creates or replaces.
    Upsert,
}

/// The body of ChangeResourceRecordSets.
pub(crate) fn change_request(changes: &[Change]) -> Result<String> {
    #[derive(Serialize)]
    #[serde(rename = "ChangeResourceRecordSetsRequest")]
    struct Request<'a> {
        #[serde(rename = "@xmlns")]
        namespace: &'a str,
        #[serde(rename = "ChangeBatch")]
        batch: Batch<'a>,
    }
    #[derive(Serialize)]
    struct Batch<'a> {
        #[serde(rename = "Changes")]
        changes: Changes<'a>,
    }
    #[derive(Serialize)]
    struct Changes<'a> {
        #[serde(rename = "Change")]
        list: &'a [Change],
    }
    document(&Request { namespace: NAMESPACE, batch: Batch { changes: Changes { list: changes } } })
}

/// The body of CreateHostedZone. The caller reference makes a repetition of the same request harmless.
pub(crate) fn create_request(
    name: &str,
    caller_reference: &str,
    delegation_set: Option<&str>,
) -> Result<String> {
    #[derive(Serialize)]
    #[serde(rename = "CreateHostedZoneRequest", rename_all = "PascalCase")]
    struct Request<'a> {
        #[serde(rename = "@xmlns")]
        namespace: &'a str,
        name: &'a str,
        caller_reference: &'a str,
        hosted_zone_config: Config<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        delegation_set_id: Option<&'a str>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Config<'a> {
        comment: &'a str,
    }
    document(&Request {
        namespace: NAMESPACE,
        name,
        caller_reference,
        hosted_zone_config: Config { comment: "managed by dnsctl" },
        delegation_set_id: delegation_set,
    })
}

fn document(body: &impl Serialize) -> Result<String> {
    let mut text = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    quick_xml::se::to_writer(&mut text, body).map_err(|error| {
        Error::new(ErrorKind::Config, "the request cannot be written as XML").with_source(&error)
    })?;
    Ok(text)
}

/// Reads the body of an answer.
///
/// # Errors
/// [`ErrorKind::Protocol`] when it is no XML, or not the document that it should be.
pub(crate) fn read<T: DeserializeOwned>(answer: &Response) -> Result<T> {
    let text = answer.xml()?;
    quick_xml::de::from_str(text)
        .map_err(|error| answer.error(ErrorKind::Protocol, &format!("the XML is not as expected: {error}")))
}

/// The answer of ListHostedZonesByName, of which the first page is enough.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HostedZonesByName {
    #[serde(default)]
    pub(crate) hosted_zones: HostedZones,
}

/// The answer of ListHostedZones.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HostedZoneList {
    #[serde(default)]
    pub(crate) hosted_zones: HostedZones,
    pub(crate) is_truncated: bool,
    #[serde(default)]
    pub(crate) next_marker: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct HostedZones {
    #[serde(default, rename = "HostedZone")]
    pub(crate) list: Vec<HostedZone>,
}

/// A zone.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HostedZone {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) caller_reference: String,
    #[serde(default)]
    pub(crate) config: HostedZoneConfig,
}

impl HostedZone {
    /// The identifier without `/hostedzone/`, as requests have it.
    pub(crate) fn id(&self) -> &str {
        short_id(&self.id)
    }
}

/// What follows the last slash of an identifier such as `/hostedzone/Z1` or `/change/C1`.
pub(crate) fn short_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HostedZoneConfig {
    #[serde(default)]
    pub(crate) private_zone: bool,
}

/// The answer of ListResourceRecordSets.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourceRecordSetList {
    #[serde(default)]
    pub(crate) resource_record_sets: ResourceRecordSets,
    pub(crate) is_truncated: bool,
    #[serde(default)]
    pub(crate) next_record_name: Option<String>,
    #[serde(default)]
    pub(crate) next_record_type: Option<String>,
    #[serde(default)]
    pub(crate) next_record_identifier: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ResourceRecordSets {
    #[serde(default, rename = "ResourceRecordSet")]
    pub(crate) list: Vec<ResourceRecordSet>,
}

/// The answer of ChangeResourceRecordSets and GetChange.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Changed {
    pub(crate) change_info: ChangeInfo,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeInfo {
    pub(crate) id: String,
    pub(crate) status: String,
}

/// The answer of CreateHostedZone.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ZoneCreated {
    pub(crate) hosted_zone: HostedZone,
    pub(crate) change_info: ChangeInfo,
}

/// The answer of GetDNSSEC.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Dnssec {
    pub(crate) status: DnssecStatus,
    #[serde(default)]
    pub(crate) key_signing_keys: KeySigningKeys,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DnssecStatus {
    pub(crate) serve_signature: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct KeySigningKeys {
    /// The schema names the elements `member` or `KeySigningKey`, depending on who wrote them.
    #[serde(default, rename = "member", alias = "KeySigningKey")]
    pub(crate) list: Vec<KeySigningKey>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeySigningKey {
    #[serde(default, rename = "DSRecord")]
    pub(crate) ds_record: String,
    #[serde(default, rename = "DNSKEYRecord")]
    pub(crate) dnskey_record: String,
    #[serde(default, rename = "Status")]
    pub(crate) status: String,
}

#[cfg(test)]
mod tests;
