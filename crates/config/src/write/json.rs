//! A zone as JSON, for other programs.

use serde_json::{Map, Value, json};

use super::ZoneFile;

/// The zone as JSON: names absolute, TTLs in seconds, values as in a master file, RRsets in canonical order.
pub fn json(file: &ZoneFile<'_>) -> Value {
    let mut records: Vec<_> = file.records.iter().collect();
    records.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
    let rrsets = records.into_iter().map(|record| {
        let rrset = record.rrset;
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(rrset.name.to_string()));
        object.insert("type".to_owned(), json!(rrset.rtype.to_string()));
        object.insert("ttl".to_owned(), json!(rrset.ttl.seconds()));
        object.insert(
            "values".to_owned(),
            rrset.values().iter().map(|value| json!(value.to_string())).collect(),
        );
        let mut options = json!(record.provider_options.cloned().unwrap_or_default());
        if let (Some(provider), Some(own), Some(all)) =
            (record.provider, rrset.options.as_deref(), options.as_object_mut())
        {
            all.insert(provider.to_owned(), json!(own));
        }
        if options.as_object().is_some_and(|options| !options.is_empty()) {
            object.insert("provider_options".to_owned(), options);
        }
        if let Some(only) = record.only {
            object.insert("only".to_owned(), json!(only));
        }
        Value::Object(object)
    });
    let rrsets: Vec<Value> = rrsets.collect();
    json!({ "zone": file.apex.to_string(), "providers": file.providers, "rrsets": rrsets })
}
