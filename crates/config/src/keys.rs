//! The keys of our own files: one table, from which the reader and the JSON Schema are made.

pub(crate) mod mail;

/// One key of a mapping.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// What may stand behind it.
    pub(crate) form: Form,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it means, for a person in an editor.
    pub(crate) doc: &'static str,
}

/// What may stand behind a key.
#[derive(Debug)]
pub(crate) enum Form {
    /// Any text, with examples of it.
    Text(&'static [&'static str]),
    /// Seconds, or a number with a unit.
    Seconds,
    /// `true` or `false`.
    Bool,
    /// One of these words, each with what it means.
    Choice(&'static [(&'static str, &'static str)]),
    /// A whole number from 0 up.
    Count,
    /// A whole number from 1 up.
    Positive,
    /// A number from 0 to 100.
    Percent,
    /// A port, 1 to 65535.
    Port,
    /// A day as `YYYY-MM-DD`.
    Date,
    /// A record type.
    RecordType,
    /// One, or a list of them.
    OneOrMany(&'static Self),
    /// A list.
    List(&'static Self),
    /// A mapping with these keys and no others.
    Table(&'static [Key]),
    /// A mapping from names that the user chooses.
    Named(&'static Self),
    /// One of these.
    Either(&'static [Self]),
    /// Owner names, types and values.
    Records,
    /// A provider: its kind and the options of that.
    Provider,
    /// Presets of hosters of mail.
    Preset,
}

const fn key(name: &'static str, form: Form, doc: &'static str) -> Key {
    Key { name, form, required: false, doc }
}

const fn required(name: &'static str, form: Form, doc: &'static str) -> Key {
    Key { name, form, required: true, doc }
}

/// The names of a table's keys.
pub(crate) fn names(table: &'static [Key]) -> impl Iterator<Item = &'static str> + Clone {
    table.iter().map(|key| key.name)
}

const TEXT: Form = Form::Text(&[]);

const PROVIDER: Key = key(
    "provider",
    Form::OneOrMany(&Form::Text(&["main"])),
    "The provider that holds the zone, by its name under `providers:` in dnsctl.yaml. Several are all kept equal.",
);
const TTL: Key = key(
    "ttl",
    Form::Seconds,
    "TTL of the records that have none of their own: seconds, or 5m, 1h, 1d, 1w. Default: 1h.",
);
const CREATE: Key = key(
    "create",
    Form::Bool,
    "Create the zone at a provider that lacks it. Else a missing zone is an error. Default: false.",
);
const LENIENT: Key = key(
    "lenient",
    Form::Bool,
    "Faults between records (a CNAME beside other data, records below a delegation) are warnings. Default: false.",
);
const POLICY: Key = key("policy", Form::Table(POLICY_KEYS), "Limits above which a plan is blocked.");
const PROJECT_POLICY: Key =
    key("policy", Form::Table(PROJECT_POLICY_KEYS), "Limits above which a plan is blocked.");
const NAME_SERVERS: Key = key(
    "name_servers",
    Form::OneOrMany(&Form::Text(&["ns1.example.net."])),
    "The name servers that the NS records of the zone may name, in full. A rule tells of others. Default: any.",
);
const SPECIAL_ADDRESSES: Key = key(
    "special_addresses",
    Form::Bool,
    "Private, loopback and documentation addresses are meant: a zone of an inner network, or of a test. Default: false.",
);
const SERVERS: Key = key(
    "servers",
    Form::OneOrMany(&Form::Either(&[
        Form::Text(&["ns1.example.net", "127.0.0.1:5300", "[2001:db8::53]:53"]),
        Form::Table(SERVER),
    ])),
    "The authoritative servers that are asked after a write, when not those of the zone's NS records.",
);

/// Thresholds of the guards.
pub(crate) const POLICY_KEYS: &[Key] =
    &[key("deletes", Form::Table(DELETES), "Limits for deletions."), UPDATES_KEY];

/// The same in `dnsctl.yaml`.
pub(crate) const PROJECT_POLICY_KEYS: &[Key] =
    &[key("deletes", Form::Table(ALL_DELETES), "Limits for deletions."), UPDATES_KEY];

const UPDATES_KEY: Key = key("updates", Form::Table(UPDATES), "Limits for updates.");
const MAX: Key = key("max", Form::Count, "More deletions in one plan than this are blocked. Default: 5.");
const PERCENT: Key = key(
    "percent",
    Form::Percent,
    "From `from` deletions up, a larger share of the managed RRsets than this is blocked. Default: 10.",
);
const FROM: Key = key(
    "from",
    Form::Positive,
    "From how many deletions up the share counts; below ten managed RRsets from two up at least. Default: 2.",
);

/// `deletes:` of a policy.
pub(crate) const DELETES: &[Key] = &[MAX, PERCENT, FROM];

/// The same in `dnsctl.yaml`.
pub(crate) const ALL_DELETES: &[Key] = &[
    MAX,
    PERCENT,
    FROM,
    key(
        "total",
        Form::Count,
        "More deletions in all zones of a plan together than this are blocked, where there are several. Default: 25.",
    ),
];

/// `updates:` of a policy.
pub(crate) const UPDATES: &[Key] = &[
    key(
        "percent",
        Form::Percent,
        "From `from` updates up, a larger share of the managed RRsets than this is blocked. Default: 50.",
    ),
    key(
        "from",
        Form::Positive,
        "From how many updates up the share counts; below ten managed RRsets from ten up at least. Default: 10.",
    ),
];

/// A name server.
pub(crate) const SERVER: &[Key] = &[
    key("name", TEXT, "The name of the server. Its address is looked up unless it is given."),
    key("address", Form::Text(&["192.0.2.53"]), "Its IP address."),
    key("port", Form::Port, "Its port. Default: 53."),
    key("provider", TEXT, "The provider whose zone it serves, when the zone is at several and they differ."),
];

/// A zone file.
pub(crate) const ZONE: &[Key] = &[
    key(
        "zone",
        Form::Text(&["example.com"]),
        "The name of the zone. Not needed in a file (or folder) that is named after it.",
    ),
    PROVIDER,
    TTL,
    CREATE,
    key(
        "manage",
        Form::Choice(&[
            ("all", "RRsets that no file declares are deleted."),
            ("declared", "RRsets that no file declares are left alone."),
        ]),
        "What happens to RRsets at the provider that no file declares. Default: all.",
    ),
    LENIENT,
    MAIL,
    RECORDS,
    key(
        "ignore",
        Form::List(&Form::Table(IGNORE)),
        "RRsets that others own: never read as a difference, never deleted.",
    ),
    key(
        "ack",
        Form::List(&Form::Table(ACKNOWLEDGEMENT)),
        "Dated exceptions from guards. One that is unused or past its date is an error.",
    ),
    POLICY,
    SERVERS,
    NAME_SERVERS,
    SPECIAL_ADDRESSES,
    INCLUDE,
    VARS,
];

/// A file of records that zone files include.
pub(crate) const INCLUDED: &[Key] = &[MAIL, RECORDS, INCLUDE, VARS];

const MAIL: Key = key("mail", mail::FORM, "What mail does: records are derived from it. See docs/mail.md.");

const RECORDS: Key = key("records", Form::Records, "Owner names, below them types, below them values.");
const INCLUDE: Key = key(
    "include",
    Form::OneOrMany(&Form::Text(&["../shared/mail.yaml"])),
    "Files of records that belong to this zone too, by their paths from this file.",
);
const VARS: Key = key(
    "vars",
    Form::Named(&TEXT),
    "Texts that owner names and values use as ${name}. A literal ${ is written $${.",
);

/// One rule under `ignore:`.
pub(crate) const IGNORE: &[Key] = &[
    required(
        "name",
        Form::Text(&["_acme-challenge.**", "@", "k8s-*"]),
        "Owner names, from the apex down: * is any part of one label, ** any number of labels, @ the apex.",
    ),
    key("type", Form::OneOrMany(&Form::RecordType), "Only these types. Default: all."),
    key("except", Form::OneOrMany(&Form::RecordType), "All types but these."),
];

/// One entry under `ack:`.
pub(crate) const ACKNOWLEDGEMENT: &[Key] = &[
    required("rule", Form::Text(&["guard/last-mx"]), "The guard that may pass; `dnsctl explain` lists them."),
    key(
        "at",
        Form::Text(&["@ MX", "www"]),
        "Owner name, or owner name and type, that it holds for. Default: the zone.",
    ),
    required("until", Form::Date, "The last day on which it holds, as YYYY-MM-DD."),
    required("why", TEXT, "The reason, for those who review it."),
    key(
        "weight",
        Form::Choice(WEIGHTS),
        "What findings of this rule weigh while it holds. Default: they are let pass, as notes. Not for guards.",
    ),
];

/// How much a finding of a rule of zones weighs.
pub(crate) const WEIGHTS: &[(&str, &str)] = &[
    ("critical", "Mail or the zone is down, or anybody can misuse it."),
    ("error", "A standard is violated."),
    ("warning", "It works today and will hurt."),
    ("note", "Good practice that is missing."),
    ("info", "Good to know."),
];

/// The long form of an RRset.
pub(crate) const RRSET: &[Key] = &[
    key("ttl", Form::Seconds, "TTL of this RRset: seconds, or 5m, 1h, 1d, 1w."),
    key("value", Form::Records, "The one value."),
    key("values", Form::Records, "The values, as a list."),
    key(
        "provider",
        Form::Named(&Form::Named(&TEXT)),
        "Options of single providers, by the provider's name or type.",
    ),
    key("only", Form::OneOrMany(&TEXT), "The providers that get this RRset. Default: all of the zone's."),
    key(
        "lenient",
        Form::Bool,
        "Faults between this RRset and others (a CNAME beside other data) are warnings. Default: false.",
    ),
];

/// `dnsctl.yaml`.
pub(crate) const PROJECT: &[Key] = &[
    key(
        "zones",
        Form::OneOrMany(&Form::Text(&["zones/*.yaml", "zones/*/"])),
        "The zone files: patterns of paths from this file. One that ends in / names folders, each of which is \
         one zone in several files. Default: zones/*.yaml, zones/*.yml, zones/*.*/.",
    ),
    required(
        "providers",
        Form::Named(&Form::Provider),
        "The services and servers that hold zones, by names that you choose.",
    ),
    key("defaults", Form::Table(DEFAULTS), "What holds for zones that do not say it."),
    PROJECT_POLICY,
    key("verify", Form::Table(VERIFY), "The check after a write."),
    key("plan", Form::Table(PLAN), "Saved plans."),
];

/// `defaults:`.
pub(crate) const DEFAULTS: &[Key] = &[PROVIDER, TTL, CREATE, NAME_SERVERS, SPECIAL_ADDRESSES];

/// `verify:`.
pub(crate) const VERIFY: &[Key] =
    &[key("deadline", Form::Seconds, "How long to wait until all servers serve what was written."), SERVERS];

/// `plan:`.
pub(crate) const PLAN: &[Key] = &[key("life", Form::Seconds, "How long a saved plan can be applied.")];

/// What a secret may be instead of text.
pub(crate) const SECRET: &[Key] = &[
    key("env", Form::Text(&["API_TOKEN"]), "The name of an environment variable."),
    key("file", Form::Text(&["/run/secrets/token"]), "The path of a file that holds nothing else."),
    key("command", Form::List(&TEXT), "A program and its arguments; it prints the secret."),
];
