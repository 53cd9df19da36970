//! The test suite of RFC 7208 that openspf.org published. It ships with pyspf and is not part of this repository.

use crate::world::{Item, World};
use dnsctl_mail::spf::{Question, evaluate};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize as _;
use serde_yaml::Value;
use std::path::Path;
use std::sync::Arc;

/// How many cases and scenarios release 2014.04 has: none may be lost on the way.
const CASES: usize = 203;
const SCENARIOS: usize = 16;

/// One trial a case, and one that counts them.
pub(crate) fn trials(file: &Path) -> Vec<Trial> {
    let text = fs_err::read_to_string(file).unwrap();
    let mut trials = Vec::new();
    let mut scenarios = 0;
    for document in serde_yaml::Deserializer::from_str(&text) {
        let scenario = Value::deserialize(document).unwrap();
        scenarios += 1;
        let description = string(&scenario["description"]);
        let world = Arc::new(world(&scenario["zonedata"]));
        for (name, case) in scenario["tests"].as_mapping().unwrap() {
            let (world, case) = (Arc::clone(&world), case.clone());
            let name = format!("suite::{description}::{}", string(name));
            trials.push(Trial::test(name, move || run(&world, &case)));
        }
    }
    let cases = trials.len();
    trials.push(Trial::test("suite::is_complete", move || {
        let found = (cases, scenarios);
        if found == (CASES, SCENARIOS) { Ok(()) } else { Err(format!("{found:?}").into()) }
    }));
    trials
}

fn run(world: &World, case: &Value) -> Result<(), Failed> {
    let question = Question {
        ip: string(&case["host"]).parse().unwrap(),
        helo: &string(&case["helo"]),
        mail_from: &string(&case["mailfrom"]),
        receiver: "",
        now: 0,
    };
    let evaluation = evaluate(world, &question);
    let accepted: Vec<String> = match &case["result"] {
        Value::Sequence(several) => several.iter().map(string).collect(),
        one => vec![string(one)],
    };
    if !accepted.contains(&evaluation.result.to_string()) {
        return Err(format!("{} instead of {accepted:?}: {evaluation:#?}", evaluation.result).into());
    }
    match case.get("explanation").map(string).as_deref() {
        None => Ok(()),
        // What a receiver says for itself.
        Some("DEFAULT") if evaluation.explanation.is_none() => Ok(()),
        expected if expected == evaluation.explanation.as_deref() => Ok(()),
        expected => Err(format!("{:?} instead of {expected:?}", evaluation.explanation).into()),
    }
}

fn string(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("no text: {other:?}"),
    }
}

/// The zone data of a scenario: SPF is TXT where no TXT is given, as the notes of the suite say.
fn world(data: &Value) -> World {
    let mut world = World::default();
    for (name, items) in data.as_mapping().unwrap() {
        let name = string(name);
        let items = items.as_sequence().unwrap();
        let has_txt = items.iter().any(|item| item.get("TXT").is_some());
        for item in items {
            let Some(map) = item.as_mapping() else {
                assert_eq!(string(item), "TIMEOUT");
                world.add(&name, Item::Timeout);
                continue;
            };
            for (kind, value) in map {
                if let Some(item) = items_of(&string(kind), value, has_txt) {
                    world.add(&name, item);
                }
            }
        }
        world.0.entry(name.to_ascii_lowercase()).or_default();
    }
    world
}

fn items_of(kind: &str, value: &Value, has_txt: bool) -> Option<Item> {
    Some(match kind {
        "TXT" if value.as_str() == Some("NONE") => return None,
        "SPF" if has_txt => return None,
        "SPF" | "TXT" => Item::Txt(match value {
            Value::Sequence(strings) => strings.iter().map(string).collect(),
            one => string(one),
        }),
        "A" => Item::A(string(value).parse().unwrap()),
        "AAAA" => Item::Aaaa(string(value).parse().unwrap()),
        "MX" => Item::Mx(value[0].as_u64().unwrap().try_into().unwrap(), string(&value[1])),
        "PTR" => Item::Ptr(string(value)),
        "CNAME" => Item::Cname(string(value)),
        other => panic!("{other}"),
    })
}
