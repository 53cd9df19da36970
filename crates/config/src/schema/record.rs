//! Records in the schema: one definition for each type, from the table of types and fields.

use dnsctl_zone::{Field, FieldKind, RecordType};
use serde_json::{Map, Value, json};

use super::{define, form, with};
use crate::keys;

/// A pattern for types without a name (RFC 3597 section 5), those whose data are kept as octets, and those that a provider
/// made up.
fn other_types() -> String {
    let names: Vec<String> = RecordType::other_names().map(any_case).collect();
    format!("^([Tt][Yy][Pp][Ee][0-9]{{1,5}}|{}|[A-Za-z0-9_-]+/[A-Za-z0-9_-]+)$", names.join("|"))
}

fn known() -> impl Iterator<Item = RecordType> {
    RecordType::known().chain(RecordType::known_pseudo())
}

/// The name of a type. Capitals are offered and small letters taken, as the reader does.
pub(super) fn type_name() -> Value {
    let names: Vec<_> = known().map(RecordType::mnemonic).collect();
    let any_case = format!("^({})$", names.iter().map(|name| any_case(name)).collect::<Vec<_>>().join("|"));
    json!({ "anyOf": [
        { "enum": names },
        { "type": "string", "pattern": any_case },
        { "type": "string", "pattern": other_types() },
    ] })
}

/// A pattern for a word in capitals, small letters, or both.
fn any_case(word: &str) -> String {
    let both = |letter: char| match (letter.to_ascii_uppercase(), letter.to_ascii_lowercase()) {
        (large, small) if large != small => format!("[{large}{small}]"),
        (plain, _) => plain.to_string(),
    };
    word.chars().map(both).collect()
}

/// Adds what the records of a zone file refer to.
pub(super) fn definitions(schema: &mut Value) {
    let mut types = Map::new();
    let mut any_case_types = Map::new();
    for rtype in known() {
        let name = rtype.mnemonic();
        let names: Vec<&str> = rtype.fields().iter().map(|field| field.name).collect();
        let doc = match rtype {
            RecordType::TXT => "The text, written plainly: it is cut into strings by itself.".to_owned(),
            RecordType::SPF => "Obsolete (RFC 7208 section 3.1): write TXT.".to_owned(),
            _ => format!("{name} {}", names.join(" ")),
        };
        let reference = format!("#/$defs/{name}");
        any_case_types.insert(format!("^{}$", any_case(&name)), json!({ "$ref": reference }));
        types.insert(name.clone().into_owned(), json!({ "$ref": reference, "description": doc }));
        let text = json!({ "$ref": "#/$defs/text" });
        define(schema, &format!("{name}-value"), json!({ "anyOf": [text, fields(rtype.fields())] }));
        define(schema, &name, shapes(&format!("#/$defs/{name}-value"), rtype.is_single().then_some(1)));
    }
    any_case_types.insert(other_types(), json!({ "$ref": "#/$defs/other" }));
    let types = json!({
        "type": "object",
        "properties": types,
        "patternProperties": any_case_types,
        "additionalProperties": false,
    });
    let text = json!({ "$ref": "#/$defs/text", "examples": ["\\# 3 abcdef", "00-00-5e-00-53-2a"] });
    let unknown = fields(RecordType::from_code(u16::MAX).fields());
    define(schema, "other-value", json!({ "anyOf": [text, unknown] }));
    define(schema, "other", shapes("#/$defs/other-value", None));
    define(
        schema,
        "records",
        json!({
            "type": "object",
            "propertyNames": { "minLength": 1 },
            "additionalProperties": { "$ref": "#/$defs/types" },
        }),
    );
    define(schema, "types", types);
    for key in keys::RRSET.iter().filter(|key| !matches!(key.name, "value" | "values")) {
        let value = match key.name {
            // A variable can stand for it.
            "ttl" => json!({ "anyOf": [form(&key.form), { "type": "string", "pattern": "\\$\\{" }] }),
            _ => form(&key.form),
        };
        let value = with(value, "description", json!(key.doc));
        define(schema, &format!("rrset-{}", key.name), value);
    }
}

/// One value, a list, or the long form.
fn shapes(value: &str, most: Option<usize>) -> Value {
    let value = json!({ "$ref": value });
    let mut list = json!({ "type": "array", "items": value, "minItems": 1 });
    if let Some(most) = most {
        list = with(list, "maxItems", json!(most));
    }
    json!({ "anyOf": [
        value,
        list,
        {
            "type": "object",
            "properties": {
                "ttl": { "$ref": "#/$defs/rrset-ttl" },
                "value": value,
                "values": list,
                "provider": { "$ref": "#/$defs/rrset-provider" },
                "only": { "$ref": "#/$defs/rrset-only" },
                "lenient": { "$ref": "#/$defs/rrset-lenient" },
            },
            "oneOf": [{ "required": ["value"] }, { "required": ["values"] }],
            "additionalProperties": false,
        },
    ] })
}

/// One value by its fields.
fn fields(fields: &[Field]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), field_form(field.kind))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| field.kind != FieldKind::SvcParams).map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn field_form(kind: FieldKind) -> Value {
    let number = |most: u32| {
        json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": most },
            { "type": "string", "pattern": "^[0-9]+$|\\$\\{" },
        ] })
    };
    match kind {
        FieldKind::U8 => number(u32::from(u8::MAX)),
        FieldKind::U16 => number(u32::from(u16::MAX)),
        FieldKind::U32 => number(u32::MAX),
        _ => json!({ "$ref": "#/$defs/text" }),
    }
}
