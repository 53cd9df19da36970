//! The report of an apply as JSON with a version.
//!
//! A reader ignores keys that it does not know. A later minor version only adds keys.

mod write;

use dnsctl_plan::{Action, Plan};
use dnsctl_zone::{Name, Options, RecordType, Ttl};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;

use super::Report;

/// What `format` says.
pub const FORMAT: &str = "dnsctl.apply";
/// The version that is written.
pub const VERSION: &str = "1.0";

/// The report of an apply.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "dnsctl apply report 1.x")]
pub struct File {
    /// Always `dnsctl.apply`.
    format: &'static str,
    /// `MAJOR.MINOR`. A reader ignores keys that it does not know and refuses another major version.
    format_version: &'static str,
    /// The plan.
    plan: PlanEntry,
    /// RFC 3339, UTC.
    finished_at: Timestamp,
    /// How long it took, in seconds.
    took_s: f64,
    /// The whole in one word.
    verdict: Verdict,
    /// Whether every zone with changes was read again before anything was written. Otherwise the plan was made in the
    /// same run.
    reread: bool,
    /// Numbers of RRsets.
    summary: Summary,
    /// Each zone with changes, in the order of the plan.
    zones: Vec<ZoneEntry>,
    /// What became of each change, in the order of writing within a zone.
    changes: Vec<ChangeEntry>,
    /// What is not as the plan saw it. With the verdict `stale` it is why nothing was written.
    stale: Vec<StaleEntry>,
    /// The error that ended the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorEntry>,
}

/// What became of the whole plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All of it is written; every name server that was asked agrees.
    Applied,
    /// All of it is written; no name server was asked for any of it, or none could be: see `not_checked`.
    NotChecked,
    /// All of it was there already.
    NothingToDo,
    /// All of it is written; a name server does not serve it, or was not asked to the end.
    NotProved,
    /// Some of it is written, or may be.
    Partial,
    /// None of it is written.
    NotWritten,
    /// The provider does not have what the plan saw; nothing was written.
    Stale,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PlanEntry {
    /// The first eight digits of the digest.
    id: String,
    digest: String,
    created_at: Timestamp,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Summary {
    total: usize,
    /// Written in this run.
    written: usize,
    /// There before this run.
    already: usize,
    not_written: usize,
    /// Sent, and nobody knows whether they were taken.
    unknown: usize,
    /// Served by every name server of their zone.
    verified: usize,
    /// Not served by some name server.
    not_served: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ZoneEntry {
    provider: String,
    zone: Name,
    /// How long the writing took, in seconds.
    took_s: f64,
    /// What became of the zone itself; only of one that the plan creates.
    #[serde(skip_serializing_if = "Option::is_none")]
    creation: Option<Status>,
    /// Why the zone is not created, or not known to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_error: Option<ErrorEntry>,
    verification: Verification,
    /// Why the servers were not asked, or could not be asked for any of its changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_checked: Option<String>,
    /// What each server said, by address.
    servers: Vec<ServerEntry>,
    /// Addresses to which there is no way from the machine of this run, of servers that were asked at another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    no_route: Vec<SocketAddr>,
    /// Why the provider may not have brought the change to its servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<ErrorEntry>,
}

/// Whether it is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Verification {
    /// Every server serves it.
    Served,
    /// Some server does not.
    NotServed,
    /// No server was asked, or could be asked.
    NotChecked,
    /// Somebody stopped the run before all servers had agreed.
    Interrupted,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ServerEntry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<u32>,
    agrees: bool,
    /// From the end of the writing until it agreed or was asked for the last time, in seconds.
    took_s: f64,
    /// Why it proves nothing: it did not answer, or has no authority for the zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What it serves otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differs: Vec<DifferenceEntry>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DifferenceEntry {
    /// The change.
    id: String,
    /// What the server answered, in words.
    found: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChangeEntry {
    /// As in the plan file: `c` and its number.
    id: String,
    provider: String,
    zone: Name,
    name: Name,
    #[serde(rename = "type")]
    rtype: RecordType,
    action: Action,
    status: Status,
    /// Whether the provider refused this very RRset.
    refused: bool,
    verification: Verification,
    /// Why no server could be asked for this change, where those of its zone were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_checked: Option<&'static str>,
    /// Where the wish stands: `FILE:LINE:COLUMN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Why it is not written, or not known to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorEntry>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Written,
    Already,
    NotWritten,
    Unknown,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StaleEntry {
    provider: String,
    zone: Name,
    /// `changed`, `already_there`, `zone_gone`, `zone_created`, or `objection`: a guard objects to the plan on the zone
    /// as it is now.
    what: &'static str,
    /// The change; absent for a whole zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Name>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    rtype: Option<RecordType>,
    /// What the plan saw; `null` when the RRset was not there.
    planned_from: Option<Values>,
    /// What is there now; `null` when the RRset is not there.
    live_now: Option<Values>,
    /// The guard that objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// What it objects to.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Values {
    ttl: Ttl,
    /// Rdata as in a master file, in canonical order.
    values: Vec<String>,
    #[serde(skip_serializing_if = "Options::is_empty")]
    options: Options,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ErrorEntry {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl File {
    /// The report of this plan.
    pub fn new(plan: &Plan, report: &Report, finished_at: Timestamp, took: Duration) -> Self {
        write::file(plan, report, finished_at, took)
    }

    /// The text of the file, with a line feed at its end.
    ///
    /// # Errors
    /// None in practice: a report has no maps with keys that are no text.
    pub fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// The published JSON Schema of this format (`docs/schema/apply.json`).
pub fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::default().for_serialize();
    settings.into_generator().into_root_schema_for::<File>().to_value()
}
