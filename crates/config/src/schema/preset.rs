//! Presets of hosters of mail in the schema.

use dnsctl_mail::presets::{self, OptionForm, Preset};
use serde_json::{Map, Value, json};

use super::{define, with};

/// Adds what `preset:` refers to: one name, a list, or names with options.
pub(super) fn definitions(schema: &mut Value) {
    let names: Vec<Value> = presets::ALL
        .iter()
        .map(|preset| json!({ "const": preset.name, "description": format!("{}: {}", preset.title, preset.page) }))
        .collect();
    let tables: Map<String, Value> =
        presets::ALL.iter().map(|preset| (preset.name.to_owned(), options(preset))).collect();
    let name = json!({ "oneOf": names });
    let table = json!({
        "type": "object", "properties": tables, "additionalProperties": false, "minProperties": 1,
    });
    define(schema, "preset-name", name);
    define(schema, "preset-options", table);
    let one = json!({ "anyOf": [{ "$ref": "#/$defs/preset-name" }, { "$ref": "#/$defs/preset-options" }] });
    define(schema, "preset", json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] }));
}

fn options(preset: &Preset) -> Value {
    let option = |option: &presets::PresetOption| {
        let text = json!({ "$ref": "#/$defs/text", "examples": [option.example] });
        let value = match option.form {
            OptionForm::Words(words) => {
                json!({ "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() })
            }
            OptionForm::Labels => json!({ "anyOf": [
                { "$ref": "#/$defs/text" },
                { "type": "array", "items": { "$ref": "#/$defs/text" }, "minItems": 1 },
            ] }),
            OptionForm::Name | OptionForm::Label => text,
        };
        (option.name.to_owned(), with(value, "description", json!(option.doc)))
    };
    let properties: Map<String, Value> = preset.options.iter().map(option).collect();
    let required: Vec<&str> =
        preset.options.iter().filter(|option| option.required).map(|option| option.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
