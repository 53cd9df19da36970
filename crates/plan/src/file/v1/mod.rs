//! Version 1 of the plan file.

mod effect;
mod read;
mod write;

use crate::{Action, Severity};
use dnsctl_zone::{Name, Options, RecordType, Ttl};
use effect::EffectEntry;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What `format` says.
pub const FORMAT: &str = "dnsctl.plan";
/// The major version that this module reads.
pub const MAJOR: &str = "1";
/// The version that this module writes.
pub const VERSION: &str = "1.1";

/// The keys by which a reader decides whether it can read the rest.
#[derive(Debug, Deserialize)]
pub struct Head {
    /// Always `dnsctl.plan`.
    pub format: String,
    /// `MAJOR.MINOR`.
    pub format_version: String,
}

/// A plan file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "dnsctl plan 1.x")]
pub struct File {
    /// Always `dnsctl.plan`.
    format: String,
    /// `MAJOR.MINOR`. A reader ignores keys that it does not know and refuses another major version.
    format_version: String,
    /// The first eight digits of the digest.
    id: String,
    /// SHA-256 over provider, zone, name, type, digest before and digest after of each change, the acknowledgements, and
    /// what keeps the plan from being applied. This is what a person approves.
    digest: String,
    /// SHA-256 over the whole document without this key, written as in RFC 8785 (keys sorted, no white space): it shows
    /// that the file is as it was made. It is no signature.
    document_digest: String,
    /// RFC 3339, UTC.
    created_at: Timestamp,
    /// RFC 3339, UTC. The plan cannot be applied later.
    expires_at: Timestamp,
    /// `full`, or `zone-filter` when only some zones were asked for.
    mode: String,
    /// Whether every zone could be read.
    complete: bool,
    /// Whether the plan can be applied.
    applicable: bool,
    /// Whether something could not be read.
    errored: bool,
    /// Numbers of RRsets and findings.
    summary: Summary,
    /// Each zone at each provider.
    zones: Vec<Zone>,
    /// What would be written, in order.
    changes: Vec<ChangeEntry>,
    /// What a person should know.
    findings: Vec<FindingEntry>,
    /// What the guards said.
    guards: Vec<GuardEntry>,
    /// Dated exceptions that let something pass.
    acknowledged: Vec<AcknowledgedEntry>,
    /// What could not be read.
    errors: Vec<ErrorEntry>,
    /// What the plan was judged with, where only some zones were asked for and something changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beyond: Option<BeyondEntry>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct BeyondEntry {
    /// Zones that were read as well, since the changes lead to them or they lead to what changes.
    read: Vec<ZoneEntry>,
    /// Zones that should have been and could not be read.
    failed: Vec<ZoneEntry>,
    /// How many other zones there are, of which only the files were looked at.
    by_files: usize,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Summary {
    create: usize,
    update: usize,
    delete: usize,
    unchanged: usize,
    ignored: usize,
    zones_to_create: usize,
    blockers: usize,
    warnings: usize,
    /// The longest time that an old answer can live after an apply, in seconds.
    settles_after_s: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Zone {
    zone: Name,
    provider: String,
    /// Whether the provider lacks the zone and it will be created.
    create: bool,
    /// The serial number that was read.
    serial: Option<u32>,
    counts: CountsEntry,
    source: Place,
    /// The longest time that an old answer can live after an apply, in seconds.
    settles_after_s: u32,
    /// What is there and is kept whatever the files say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<KeptEntry>,
    /// Zones of this plan that are written before this one: changes here need what they get, or they used what this zone loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waits_for: Vec<ZoneEntry>,
    /// What the changes do to mail and to the rest of the zone; absent where nothing changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effect: Option<EffectEntry>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ZoneEntry {
    zone: Name,
    provider: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct CountsEntry {
    read: usize,
    managed: usize,
    unchanged: usize,
    ignored: usize,
    undeclared: usize,
    create: usize,
    update: usize,
    delete: usize,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct KeptEntry {
    name: Name,
    #[serde(rename = "type")]
    rtype: RecordType,
    count: usize,
    reason: String,
}

/// A place in an input file; line and column count from 1, 0 is unknown.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Place {
    file: String,
    line: u32,
    #[serde(default)]
    column: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ChangeEntry {
    /// `c` and its number in the order of writing.
    id: String,
    /// Its number in the order of writing.
    order: u32,
    /// Changes of one group are written together where the provider can.
    group: u32,
    action: Action,
    provider: String,
    zone: Name,
    name: Name,
    #[serde(rename = "type")]
    rtype: RecordType,
    before: Option<Side>,
    after: Option<Side>,
    /// What an update changes: `ttl`, `values`, `options`.
    fields: Vec<String>,
    /// Changes that are written before this one.
    depends_on: Vec<String>,
    /// For how many seconds after the change a resolver can still give the old answer; absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_answer_max_s: Option<u32>,
    /// Where the wish stands; a deletion has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// Ids of findings about this change.
    findings: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Side {
    ttl: Ttl,
    /// Rdata as in a master file, in canonical order.
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    options: Options,
    /// SHA-256 over sorted lines `name TAB ttl TAB IN TAB type TAB rdata LF`.
    digest: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FindingEntry {
    /// `f` and a number.
    id: String,
    rule: String,
    severity: Severity,
    provider: String,
    zone: Name,
    /// The change that it is about; the whole zone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct GuardEntry {
    rule: String,
    provider: String,
    zone: Name,
    /// `pass`, `block` or `not_checked`.
    verdict: String,
    /// Why it was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct AcknowledgedEntry {
    rule: String,
    provider: String,
    zone: Name,
    at: String,
    until: String,
    why: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ErrorEntry {
    provider: String,
    zone: Name,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl File {
    /// With the digest of the whole.
    pub(super) fn seal(&mut self, digest: String) {
        self.document_digest = digest;
    }
}

/// The published JSON Schema of this format (`docs/schema/plan.json`).
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}
