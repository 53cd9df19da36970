use std::path::Path;

use serde_json::{Value, json};

use super::*;

/// A file as an editor sees it, by a YAML reader that is not ours.
pub(crate) fn seen(yaml: &str) -> Value {
    let mut value: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    value.apply_merge().unwrap();
    serde_json::to_value(value).unwrap()
}

fn problems(schema: &Value, yaml: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    let seen = seen(yaml);
    validator.iter_errors(&seen).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The committed copy is for editors that fetch it from the repository.
#[test]
fn the_copy_in_the_documentation_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the test")]
    let update = std::env::var_os("UPDATE").is_some();
    // That of the configuration has the options of all providers: `crates/dnsctl` writes it.
    let path = folder.join("zone.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&zone()).unwrap());
    if update {
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(&path, &text).unwrap();
    }
    let committed = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/schema/zone.json is stale; refresh it: UPDATE=1 cargo test -p dnsctl-config schema"
    );
}

#[test]
fn they_are_schemas() {
    let kinds = [ProviderKind {
        kind: "zonefile",
        summary: "Master files",
        options: vec![ProviderOptionKind { name: "directory", doc: "Where", required: true, words: &[] }],
    }];
    for schema in [zone(), project(), project_for(&kinds)] {
        jsonschema::meta::validate(&schema).unwrap();
        assert_eq!(schema["$schema"], json!(DIALECT));
    }
}

#[test]
fn zone_files_that_fit() {
    for text in [
        "{}",
        "records: {}",
        "records: { www: { A: 192.0.2.1, TXT: 1.10, AAAA: [\"::1\"] } }",
        "records: { \"@\": { MX: { preference: 10, exchange: mail } } }",
        "records: { \"@\": { MX: [10 mail, { preference: \"20\", exchange: b }] } }",
        "records: { \"@\": { MX: { ttl: 5m, values: [10 mail] }, CAA: { flags: 0, tag: issue, value: x } } }",
        "records: { \"@\": { CAA: { value: 0 issue x, ttl: 300 }, TYPE65280: '\\# 3 abcdef', V/T: x } }",
        "records: { a: { CNAME: { value: b, provider: { main: { proxied: true } } } } }",
        "records: { a: { A: { ttl: \"${t}\", value: \"${a}\" } } }",
        "provider: [a, b]\nttl: 3600\ncreate: true\nmanage: declared\nservers: [127.0.0.1:5300, { name: a, port: 53 }]",
        "ignore: [{ name: x, type: [A, TXT] }]\nack: [{ rule: r, at: '@ MX', until: '2026-12-31', why: w }]",
    ] {
        assert_eq!(problems(&zone(), text), [""; 0], "{text}");
    }
}

#[test]
fn zone_files_that_do_not_fit() {
    for text in [
        "recrods: {}",
        "mail: off",
        "mail: { mx: mail, sender: mail }",
        "mail: { dkim: { s1: keys/s1.pub } }",
        "mail: { preset: fastmial }",
        "mail: { preset: { zoho: { include: a.example } } }",
        "mail: { dmarc: strict }",
        "records: { www: { AA: 192.0.2.1 } }",
        "records: { www: { A: ~ } }",
        "records: { www: { A: [] } }",
        "records: { www: { A: { ttl: 5m } } }",
        "records: { www: { A: { ttl: 5x, value: 192.0.2.1 } } }",
        "records: { www: { A: { value: 192.0.2.1, values: [192.0.2.1] } } }",
        "records: { www: { A: { valeu: 192.0.2.1 } } }",
        "records: { www: { CNAME: [a, b] } }",
        "records: { www: { MX: { preference: 10 } } }",
        "records: { www: { MX: { preference: 65536, exchange: a } } }",
        "records: { www: { MX: { preference: 10, exchange: a, ttl: 5 } } }",
        "records: { '': { A: 192.0.2.1 } }",
        "ttl: 1x",
        "create: yes please",
        "manage: some",
        "ack: [{ rule: r, until: '2026-12-31' }]",
        "ignore: [{ type: A }]",
    ] {
        assert_ne!(problems(&zone(), text), [""; 0], "{text}");
    }
}

#[test]
fn configurations() {
    let kinds = [
        ProviderKind {
            kind: "zonefile",
            summary: "Master files",
            options: vec![ProviderOptionKind { name: "directory", doc: "Where", required: true, words: &[] }],
        },
        ProviderKind {
            kind: "powerdns",
            summary: "PowerDNS",
            options: vec![
                ProviderOptionKind { name: "api_key", doc: "Key", required: true, words: &[] },
                ProviderOptionKind { name: "mode", doc: "Mode", required: false, words: &["a", "b"] },
            ],
        },
    ];
    let good = "zones: [zones/*.yaml, 'zones/*/']\nproviders:\n  a: { type: zonefile, directory: out }\n  \
                b: { type: powerdns, api_key: { env: K }, mode: b }\ndefaults: { provider: [a, b], ttl: 1h, create: true }\n\
                policy: { deletes: { max: 5, percent: 10 }, updates: { percent: 12.5, from: 1 } }\n\
                verify: { deadline: 30s, servers: 127.0.0.1:53 }\nplan: { life: 24h }";
    for schema in [project(), project_for(&kinds)] {
        assert_eq!(problems(&schema, good), [""; 0]);
        for bad in
            ["{}", "providers: { a: {} }", "providers: {}\nzone: x", "providers: {}\nplan: { life: 1x }"]
        {
            assert_ne!(problems(&schema, bad), [""; 0], "{bad}");
        }
    }
    let schema = project_for(&kinds);
    for bad in [
        "providers: { a: { type: zonefil, directory: x } }",
        "providers: { a: { type: zonefile } }",
        "providers: { a: { type: zonefile, directory: x, api_key: y } }",
        "providers: { a: { type: powerdns, api_key: x, mode: c } }",
        "providers: { a: { type: powerdns, api_key: { evn: x } } }",
    ] {
        assert_ne!(problems(&schema, bad), [""; 0], "{bad}");
    }
}

/// Who refuses a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refuses {
    Nobody,
    Both,
    /// Only the reader: what a schema cannot say, or would be hard to read in it.
    Reader,
    /// Only the schema.
    Schema,
}

/// The reader and the schema agree on files; where they do not, that is known.
#[test]
fn reader_and_schema_agree() {
    use Refuses::{Both, Nobody, Reader, Schema};
    let cases = [
        // Types in any case of letters (RFC 4343 is about names, but people write both).
        ("records: { www: { a: 192.0.2.1, Txt: x, type65280: '\\# 1 ab' } }", Nobody),
        ("records: { www: { a: 192.0.2.1, A: 192.0.2.2 } }", Reader),
        ("ignore: [{ name: x, type: [txt, TYPE65280] }]", Nobody),
        ("records: { www: { aa: 192.0.2.1 } }", Both),
        ("ignore: [{ name: x, type: aa }]", Both),
        ("records: { www: { A: [] } }", Both),
        ("records: { www: { A: { ttl: 1h } } }", Both),
        ("records: { www: { A: { ttl: 1x, value: 192.0.2.1 } } }", Both),
        ("records: { www: { A: { value: 192.0.2.1, values: [192.0.2.2] } } }", Both),
        ("records: { www: { CNAME: [a, b] } }", Both),
        ("records: { www: { MX: { preference: 65536, exchange: a } } }", Both),
        ("records: { www: { MX: { preference: 1 } } }", Both),
        ("records: { '': { A: 192.0.2.1 } }", Both),
        ("recrods: {}", Both),
        ("ttl: 1x", Both),
        ("ttl: 2147483648", Both),
        ("create: 1", Both),
        ("manage: some", Both),
        ("mail: none", Nobody),
        ("mail: off", Both),
        (
            "mail: { mx: { 10: mail, 20: [b, c] }, senders: [mail, 192.0.2.1, { mx: true }], dmarc: reject }",
            Nobody,
        ),
        (
            "mail: { preset: [fastmail, { mailgun: { region: eu } }], dkim: { s1: revoked }, imap: mail, pop: false }",
            Nobody,
        ),
        (
            "mail: { preset: { fastmail: {} }, mta_sts: { mode: testing, max_age: 1w }, bimi: none, dmarc: none }",
            Nobody,
        ),
        ("mail: { mx: mail, sender: mail }", Both),
        ("mail: { mx: mail, senders: [{ ip5: 192.0.2.1 }] }", Both),
        ("mail: { mx: mail, senders: mail, dkim: { s1: keys/s1.pub } }", Both),
        ("mail: { mx: mail, senders: mail, dane: { hosts: mail } }", Both),
        ("mail: { preset: { zoho: { include: a.example } } }", Both),
        ("mail: { preset: { mailgun: { region: mars } } }", Both),
        // What goes together is beyond a schema.
        ("mail: { receives: true }", Reader),
        ("mail: { mx: mail, senders: mail, spf: { all: fail, redirect: a.example } }", Reader),
        ("ignore: [{ type: A }]", Both),
        ("ack: [{ rule: r, until: '2026-12-31' }]", Both),
        // Addresses, names and what goes together are beyond a schema.
        ("records: { www: { A: 192.0.2.300 } }", Reader),
        ("records: { www: { MX: mail } }", Reader),
        ("records: { a..b: { A: 192.0.2.1 } }", Reader),
        ("records: { www: { A: 192.0.2.1, CNAME: b } }", Reader),
        ("records: { www: { A: { value: 192.0.2.1, only: [nobody] } } }", Reader),
        ("ack: [{ rule: r, at: '@ MX', until: '2026-02-30', why: w }]", Reader),
        ("servers: [127.0.0.1:99999]", Reader),
        ("ttl: 68y", Both),
        // Obsolete types have names, which an editor need not offer.
        ("records: { www: { EUI48: 00-00-5e-00-53-2a } }", Nobody),
        ("records: { www: { Mb: host, type45: '\\# 4 0a000201' } }", Nobody),
        ("records: { www: { MB: '\\# 1 ab' } }", Reader),
        ("records: { www: { EUI47: 00-00-5e-00-53-2a } }", Both),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let files = [("dnsctl.yaml", crate::testing::CONFIG), ("zones/example.com.yaml", text)];
        let (project, _, found) = crate::testing::load(&files);
        let seen = match (found.has_errors(), problems(&zone(), text).is_empty()) {
            (false, true) => Nobody,
            (true, false) => Both,
            (true, true) => Reader,
            (false, false) => Schema,
        };
        if seen != expected {
            wrong.push(format!("{text}: {seen:?}, {}", found.render(&project.files, false)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
