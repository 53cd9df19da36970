//! The kinds of providers that this program knows.

use dnsctl_config::schema::{self, ProviderKind, ProviderOptionKind};
use dnsctl_provider::{Factory, OptionKind};
use serde_json::Value;

/// All of them, by name.
pub(crate) const FACTORIES: &[&Factory] = &[
    &dnsctl_provider_powerdns::FACTORY,
    &dnsctl_provider_rfc2136::FACTORY,
    &dnsctl_provider_route53::FACTORY,
    &dnsctl_provider_zonefile::FACTORY,
];

/// The factory of this kind.
pub(crate) fn factory(kind: &str) -> Option<&'static Factory> {
    FACTORIES.iter().copied().find(|factory| factory.kind == kind)
}

/// The JSON Schema of `dnsctl.yaml`, with the options of all these kinds.
pub(crate) fn schema() -> Value {
    let kinds: Vec<ProviderKind<'_>> = FACTORIES
        .iter()
        .map(|factory| ProviderKind {
            kind: factory.kind,
            summary: factory.summary,
            options: factory
                .options
                .iter()
                .map(|option| ProviderOptionKind {
                    name: option.name,
                    doc: option.doc,
                    required: option.required,
                    words: match option.kind {
                        OptionKind::Choice(words) => words,
                        _ => &[],
                    },
                })
                .collect(),
        })
        .collect();
    schema::project_for(&kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_copy_in_the_documentation_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/config.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if crate::environment::variable("UPDATE").is_some() {
            fs_err::write(&path, &text).unwrap();
        }
        let committed = fs_err::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "docs/schema/config.json is stale; refresh it: UPDATE=1 cargo test -p dnsctl registry"
        );
    }

    #[test]
    fn options_are_those_of_the_adapters() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let fits = |text: &str| validator.is_valid(&serde_json::from_str(text).unwrap());
        let providers = |provider: &str| format!(r#"{{ "providers": {{ "a": {provider} }} }}"#);
        for good in [
            r#"{ "type": "zonefile", "directory": "out" }"#,
            r#"{ "type": "zonefile", "directory": { "env": "OUT" }, "serial": "date" }"#,
            r#"{ "type": "zonefile", "directory": "out", "serial": { "env": "SERIAL" } }"#,
            r#"{ "type": "powerdns", "url": "http://127.0.0.1:8081", "api_key": { "env": "K" }, "concurrency": 4 }"#,
            r#"{ "type": "route53" }"#,
        ] {
            assert!(fits(&providers(good)), "{good}");
        }
        for bad in [
            r#"{ "type": "zonefile" }"#,
            r#"{ "type": "zonefile", "directory": "out", "serial": "dat" }"#,
            r#"{ "type": "zonefile", "directory": "out", "api_key": "x" }"#,
            r#"{ "type": "bind", "directory": "out" }"#,
        ] {
            assert!(!fits(&providers(bad)), "{bad}");
        }
    }
}
