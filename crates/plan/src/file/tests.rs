use super::{FileError, read, seal, write};
use crate::testing::Case;
use crate::{Mode, Plan};
use serde_json::Value;

const BEFORE: &str = "@ 86400 MX 10 mail\nmail A 192.0.2.1\n@ A 192.0.2.2\nold A 192.0.2.3";
const AFTER: &str = "@ 86400 MX 10 mx\nmail A 192.0.2.1\nmx A 192.0.2.4\n@ A 192.0.2.2\n* A 192.0.2.5\nt TXT \"caf\\195\\169\"";

fn plan(acknowledged: bool) -> Plan {
    let mut case = Case::new(BEFORE, AFTER);
    if acknowledged {
        case.acknowledge("guard/wildcard", "* A");
    }
    let now = "2026-11-23T10:05:02Z".parse().unwrap();
    Plan::new(vec![case.plan()], Vec::new(), Mode::Full, now, Plan::LIFE)
}

fn document(plan: &Plan) -> Value {
    serde_json::from_str(&write(plan).unwrap()).unwrap()
}

fn seal_again(document: &mut Value) {
    document[seal::KEY] = seal::of(document).into();
}

/// Where every value and every object of a document stands (RFC 6901).
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        Value::Object(entries) => {
            entries.iter().for_each(|(key, item)| places(item, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

/// What one slip of the hand makes of a value.
fn edits(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec!["x".into()],
        Value::Bool(is) => vec![(!is).into()],
        Value::Number(number) => vec![(number.as_u64().unwrap() + 1).into()],
        Value::String(text) => vec![format!("{text}x").into(), "".into()],
        Value::Array(items) => {
            let mut all = vec![items.iter().chain([&Value::from(1)]).cloned().collect()];
            if items.len() > 1 {
                all.push(items.iter().rev().cloned().collect());
            }
            if !items.is_empty() {
                all.push(Value::Array(Vec::new()));
            }
            all
        }
        Value::Object(entries) => {
            let without = |key: &String| {
                let mut entries = entries.clone();
                entries.remove(key);
                Value::Object(entries)
            };
            let mut more = entries.clone();
            more.insert("more".to_owned(), 1.into());
            entries.keys().map(without).chain([Value::Object(more)]).collect()
        }
    }
}

#[test]
fn whatever_is_changed_is_noticed() {
    let document = document(&plan(true));
    let mut all = Vec::new();
    places(&document, "", &mut all);
    let mut tried = 0;
    for at in &all {
        for edit in edits(document.pointer(at).unwrap()) {
            let mut changed = document.clone();
            *changed.pointer_mut(at).unwrap() = edit;
            assert_ne!(changed, document);
            assert!(read(changed.to_string().as_bytes()).is_err(), "{at}: {changed}");
            tried += 1;
        }
    }
    assert!(tried > 400, "{tried}");
}

#[test]
fn white_space_key_order_and_escapes_are_no_change() {
    let plan = plan(true);
    let document = document(&plan);
    assert_eq!(read(document.to_string().as_bytes()).unwrap(), plan);
    let Value::Object(entries) = &document else { panic!("no object") };
    let turned: Vec<String> = entries
        .iter()
        .rev()
        .map(|(key, value)| format!("\n {} :\t{value:#}", Value::from(key.as_str())))
        .collect();
    let turned = format!("{{{}}}", turned.join(",")).replace("mail", "m\\u0061il");
    assert_eq!(read(turned.as_bytes()).unwrap(), plan);
    // A key twice is no order of keys.
    let twice = turned.replacen('{', "{\"applicable\": false,", 1);
    assert!(read(twice.as_bytes()).is_err());
}

/// A later minor version adds keys, and seals them.
#[test]
fn unknown_keys_are_ignored_and_sealed() {
    let plan = plan(true);
    let mut newer = document(&plan);
    newer["format_version"] = "1.7".into();
    newer["new"] = serde_json::json!({"key": [1.5, null]});
    newer["changes"][0]["new"] = true.into();
    assert!(matches!(read(newer.to_string().as_bytes()), Err(FileError::Changed(_))));
    seal_again(&mut newer);
    assert_eq!(read(newer.to_string().as_bytes()).unwrap(), plan);
    newer["new"]["key"][0] = 2.5.into();
    assert!(read(newer.to_string().as_bytes()).is_err());
}

/// Even with a seal of its own, a blocked plan does not become one that can be applied under the approved digest.
#[test]
fn the_approved_digest_is_about_a_plan_that_can_be_applied() {
    let (blocked, passing) = (plan(false), plan(true));
    assert!(blocked.is_blocked() && passing.is_applicable());
    let mut forged = document(&blocked);
    forged["findings"] = Value::Array(Vec::new());
    for change in forged["changes"].as_array_mut().unwrap() {
        change["findings"] = Value::Array(Vec::new());
    }
    forged["applicable"] = true.into();
    seal_again(&mut forged);
    let error = read(forged.to_string().as_bytes()).unwrap_err().to_string();
    assert!(error.contains(&format!("its digest is {}", blocked.digest)), "{error}");
    // A longer life of an acknowledgement was not approved either.
    let mut longer = document(&passing);
    longer["acknowledged"][0]["until"] = "2099-12-31".into();
    seal_again(&mut longer);
    assert!(read(longer.to_string().as_bytes()).is_err());
    let unread = crate::Unread {
        provider: "main".into(),
        zone: crate::testing::apex(),
        message: "a time-out".into(),
        hint: None,
    };
    let partial = Plan::new(passing.zones.clone(), vec![unread], Mode::Full, passing.created_at, Plan::LIFE);
    assert_ne!(partial.digest, passing.digest);
}
