//! JSON Schemas of our own files, made from the tables that their readers use.
//!
//! They describe what an editor sees: numbers and truth values count as text wherever text is wanted, since the files
//! are read as text. Some rules cannot be said in a schema (names, addresses, what goes together); `dnsctl check`
//! tells those.

mod preset;
mod record;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::{Map, Value, json};

use crate::keys::{self, Form, Key};

/// The meta-schema that these schemas follow.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a zone file, which a file that zone files include fits too.
pub fn zone() -> Value {
    let mut schema = document("A zone file of dnsctl", keys::ZONE);
    record::definitions(&mut schema);
    preset::definitions(&mut schema);
    schema
}

/// The schema of `dnsctl.yaml`.
pub fn project() -> Value {
    project_for(&[])
}

/// A kind of provider, for [`project_for`].
#[derive(Debug, Clone)]
pub struct ProviderKind<'a> {
    /// The word behind `type:`.
    pub kind: &'a str,
    /// One line about it.
    pub summary: &'a str,
    /// Its options.
    pub options: Vec<ProviderOptionKind<'a>>,
}

/// An option of a kind of provider.
#[derive(Debug, Clone)]
pub struct ProviderOptionKind<'a> {
    /// The key.
    pub name: &'a str,
    /// What it is.
    pub doc: &'a str,
    /// Whether it must be there.
    pub required: bool,
    /// The words that it can be, when there are only so many.
    pub words: &'a [&'a str],
}

/// The schema of `dnsctl.yaml` with the options of these kinds of providers. Without any, all options are allowed.
pub fn project_for(kinds: &[ProviderKind<'_>]) -> Value {
    let mut schema = document("The configuration of dnsctl", keys::PROJECT);
    let types: Vec<Value> =
        kinds.iter().map(|kind| json!({ "const": kind.kind, "description": kind.summary })).collect();
    let kind = if types.is_empty() { json!({ "type": "string" }) } else { json!({ "oneOf": types }) };
    let mut provider = json!({
        "type": "object",
        "description": "`type`, and the options of that type; `dnsctl providers` lists both.",
        "required": ["type"],
        "properties": { "type": kind },
        "additionalProperties": { "$ref": "#/$defs/option" },
    });
    let cases: Vec<Value> = kinds.iter().map(provider_kind).collect();
    if let Some(provider) = provider.as_object_mut().filter(|_| !cases.is_empty()) {
        provider.insert("allOf".to_owned(), Value::Array(cases));
    }
    let secret = table(keys::SECRET);
    define(&mut schema, "provider", provider);
    define(
        &mut schema,
        "secret",
        with(secret, "description", json!("Where a secret comes from: one of these.")),
    );
    define(
        &mut schema,
        "option",
        json!({ "anyOf": [
            { "$ref": "#/$defs/text" },
            { "type": "array", "items": { "$ref": "#/$defs/text" } },
            { "$ref": "#/$defs/secret" },
        ] }),
    );
    schema
}

/// The options of one kind, as a case of `type`.
fn provider_kind(kind: &ProviderKind<'_>) -> Value {
    let mut properties = Map::from_iter([("type".to_owned(), json!(true))]);
    for option in &kind.options {
        let value = match option.words {
            [] => json!({ "$ref": "#/$defs/option", "description": option.doc }),
            // Every option may come from the environment or a file, too.
            words => {
                json!({ "anyOf": [{ "enum": words }, { "$ref": "#/$defs/secret" }], "description": option.doc })
            }
        };
        properties.insert(option.name.to_owned(), value);
    }
    let required: Vec<&str> =
        kind.options.iter().filter(|option| option.required).map(|option| option.name).collect();
    json!({
        "if": { "properties": { "type": { "const": kind.kind } } },
        "then": { "properties": properties, "required": required, "additionalProperties": false },
    })
}

/// A whole schema with the definitions that all forms share.
fn document(title: &str, keys: &'static [Key]) -> Value {
    let mut schema = with(table(keys), "title", json!(title));
    schema = with(schema, "$schema", json!(DIALECT));
    define(&mut schema, "text", json!({ "type": ["string", "number", "boolean"] }));
    define(
        &mut schema,
        "seconds",
        json!({
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": i32::MAX },
                { "type": "string", "pattern": "^([0-9]+|([0-9]+[smhdwSMHDW])+)$" },
            ],
            "examples": ["5m", "1h", "1d"],
        }),
    );
    schema
}

/// A mapping with these keys and no others.
fn table(keys: &'static [Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        properties.insert(key.name.to_owned(), with(form(&key.form), "description", json!(key.doc)));
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    if !required.is_empty() {
        schema = with(schema, "required", json!(required));
    }
    schema
}

fn form(form: &'static Form) -> Value {
    match form {
        Form::Text([]) => json!({ "$ref": "#/$defs/text" }),
        Form::Text(examples) => json!({ "$ref": "#/$defs/text", "examples": examples }),
        Form::Seconds => json!({ "$ref": "#/$defs/seconds" }),
        Form::Bool => json!({ "type": "boolean" }),
        Form::Choice(words) => {
            let words = words.iter().map(|(word, doc)| json!({ "const": word, "description": doc }));
            json!({ "oneOf": words.collect::<Vec<_>>() })
        }
        Form::Count => json!({ "type": "integer", "minimum": 0 }),
        Form::Positive => json!({ "type": "integer", "minimum": 1 }),
        Form::Percent => json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 100 },
            { "type": "string", "pattern": "^[0-9.]+ *%$" },
        ] }),
        Form::Port => json!({ "type": "integer", "minimum": 1, "maximum": 65535 }),
        Form::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Form::RecordType => record::type_name(),
        Form::OneOrMany(one) => json!({ "anyOf": [
            self::form(one),
            { "type": "array", "items": self::form(one), "minItems": 1 },
        ] }),
        Form::List(item) => json!({ "type": "array", "items": self::form(item) }),
        Form::Table(keys) => table(keys),
        Form::Named(value) => json!({ "type": "object", "additionalProperties": self::form(value) }),
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(self::form).collect::<Vec<_>>() }),
        Form::Records => json!({ "$ref": "#/$defs/records" }),
        Form::Provider => json!({ "$ref": "#/$defs/provider" }),
        Form::Preset => json!({ "$ref": "#/$defs/preset" }),
    }
}

fn with(mut schema: Value, key: &str, value: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
    schema
}

fn define(schema: &mut Value, name: &str, definition: Value) {
    if let Some(object) = schema.as_object_mut()
        && let Some(definitions) = object.entry("$defs").or_insert_with(|| json!({})).as_object_mut()
    {
        definitions.insert(name.to_owned(), definition);
    }
}
