//! The fields of values: their names in files of octoDNS and ours.

/// A field of a value: our name, octoDNS's names (the first is current), and what holds when it is absent.
pub(super) struct Field(
    pub(super) &'static str,
    pub(super) &'static [&'static str],
    pub(super) Option<&'static str>,
);

pub(super) const MX: &[Field] = &[
    Field("preference", &["preference", "priority"], None),
    Field("exchange", &["exchange", "value"], None),
];
pub(super) const SRV: &[Field] = &[
    Field("priority", &["priority"], None),
    Field("weight", &["weight"], None),
    Field("port", &["port"], None),
    Field("target", &["target"], None),
];
pub(super) const CAA: &[Field] =
    &[Field("flags", &["flags"], Some("0")), Field("tag", &["tag"], None), Field("value", &["value"], None)];
pub(super) const NAPTR: &[Field] = &[
    Field("order", &["order"], None),
    Field("preference", &["preference"], None),
    Field("flags", &["flags"], None),
    Field("services", &["service"], None),
    Field("regexp", &["regexp"], None),
    Field("replacement", &["replacement"], None),
];
pub(super) const SSHFP: &[Field] = &[
    Field("algorithm", &["algorithm"], None),
    Field("fingerprint_type", &["fingerprint_type"], None),
    Field("fingerprint", &["fingerprint"], None),
];
pub(super) const TLSA: &[Field] = &[
    Field("certificate_usage", &["certificate_usage"], None),
    Field("selector", &["selector"], None),
    Field("matching_type", &["matching_type"], None),
    Field("certificate_association_data", &["certificate_association_data"], None),
];
/// What octoDNS gives a lenient TLSA that lacks them.
pub(super) const TLSA_LENIENT: &[Field] = &[
    Field("certificate_usage", &["certificate_usage"], Some("0")),
    Field("selector", &["selector"], Some("0")),
    Field("matching_type", &["matching_type"], Some("0")),
    Field("certificate_association_data", &["certificate_association_data"], None),
];
pub(super) const DS: &[Field] = &[
    Field("key_tag", &["key_tag"], None),
    Field("algorithm", &["algorithm"], None),
    Field("digest_type", &["digest_type"], None),
    Field("digest", &["digest"], None),
];
/// The names of before octoDNS 1.0, which are those of DNSKEY in the places of DS.
pub(super) const DS_OLD: &[Field] = &[
    Field("key_tag", &["flags"], None),
    Field("algorithm", &["protocol"], None),
    Field("digest_type", &["algorithm"], None),
    Field("digest", &["public_key"], None),
];
pub(super) const URI: &[Field] = &[
    Field("priority", &["priority"], None),
    Field("weight", &["weight"], None),
    Field("target", &["target"], None),
];
pub(super) const LUA: &[Field] = &[Field("type", &["type"], None), Field("script", &["script"], None)];
pub(super) const URLFWD: &[Field] = &[
    Field("path", &["path"], None),
    Field("target", &["target"], None),
    Field("code", &["code"], None),
    Field("masking", &["masking"], None),
    Field("query", &["query"], None),
];
pub(super) const SERVICE: &[Field] = &[
    Field("svc_priority", &["svcpriority"], None),
    Field("target_name", &["targetname"], None),
    Field("svc_params", &["svcparams"], Some("")),
];
pub(super) const ALIAS_OF_ROUTE53: &[Field] = &[
    Field("type", &["type"], None),
    Field("hosted_zone_id", &["hosted-zone-id"], Some("")),
    Field("name", &["name"], Some("")),
    Field("evaluate_target_health", &["evaluate-target-health"], Some("false")),
];
pub(super) const LOC: &[Field] = &[
    Field("lat_degrees", &["lat_degrees"], None),
    Field("lat_minutes", &["lat_minutes"], None),
    Field("lat_seconds", &["lat_seconds"], None),
    Field("lat_direction", &["lat_direction"], None),
    Field("long_degrees", &["long_degrees"], None),
    Field("long_minutes", &["long_minutes"], None),
    Field("long_seconds", &["long_seconds"], None),
    Field("long_direction", &["long_direction"], None),
    Field("altitude", &["altitude"], None),
    Field("size", &["size"], None),
    Field("precision_horz", &["precision_horz"], None),
    Field("precision_vert", &["precision_vert"], None),
];
