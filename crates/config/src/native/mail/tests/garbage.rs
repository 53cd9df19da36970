//! Whatever stands behind a key, it is read or refused.

use crate::keys::{Form, Key, mail::MAIL, names};
use crate::testing::zone;

const VALUES: [&str; 17] = [
    "[]",
    "{}",
    "{ a: { b: c } }",
    "''",
    "true",
    "-1",
    "65536",
    "\"\\0\"",
    "\"\\u202e\"",
    "'@'",
    ".",
    "a..b",
    "${x}",
    "192.0.2.1",
    "::/0",
    "b\u{fc}cher",
    "mailto:@",
];

fn tables(form: &'static Form, found: &mut Vec<&'static [Key]>) {
    match form {
        Form::Table(keys) => {
            found.push(keys);
            keys.iter().for_each(|key| tables(&key.form, found));
        }
        Form::Either(forms) => forms.iter().for_each(|form| tables(form, found)),
        Form::OneOrMany(form) | Form::List(form) | Form::Named(form) => tables(form, found),
        _ => {}
    }
}

#[test]
fn every_key_takes_every_value() {
    let long = "a.".repeat(200);
    for key in MAIL {
        let mut inner = Vec::new();
        tables(&key.form, &mut inner);
        for value in VALUES.into_iter().chain([long.as_str()]) {
            let (base, name) = ("mail: { mx: mail, senders: mail, ", key.name);
            let base = if ["mx", "senders"].contains(&name) { "mail: { " } else { base };
            // A second key of the same name would only be told as such.
            zone(&format!("{base}{name}: {value} }}\n"));
            zone(&format!("{base}{name}: {{ x: {value} }} }}\n"));
            let named = ["hosts", "dkim"].contains(&name);
            for table in &inner {
                for below in names(table) {
                    let inside = if named {
                        format!("x: {{ {below}: {value} }}")
                    } else {
                        format!("{below}: {value}")
                    };
                    zone(&format!("{base}{name}: {{ {inside} }} }}\n"));
                }
            }
        }
    }
}
