//! What is written is read again, and fits.

use super::*;
use dnsctl_mail::spf::{Network, parse};

fn recipe(longest: usize) -> Recipe {
    Recipe { includes: vec![domain("_spf.relay.example").unwrap()], name: "_spf1".to_owned(), longest }
}

fn origin(count: u8, kept: &[&str]) -> Origin {
    let network = |last: u8| Network { address: [192, 0, last, 1].into(), length: 32 };
    Origin {
        networks: (0..count).map(network).collect(),
        kept: kept.iter().map(|term| (*term).to_owned()).collect(),
        kept_lookups: kept.len(),
        lookups: 5,
        void: Vec::new(),
    }
}

#[test]
fn records_hold_everything_once_and_stay_short() {
    for count in (0..=250).step_by(7) {
        let long: Vec<String> = (0..7)
            .map(|number| format!("exists:%{{i}}._spf.{number}{}.relay.example", "x".repeat(60)))
            .collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        for kept in [&[][..], &["exists:%{i}.list.relay.example"], &long] {
            for longest in [100, 420, 4000] {
                let records = recipe(longest).records(&origin(count, kept));
                let texts: Vec<String> = records.iter().map(|terms| terms.join(" ")).collect();
                let all = texts.join(" ");
                assert_eq!(all.matches("ip4:").count(), usize::from(count));
                assert_eq!(all.matches("exists:").count(), kept.len());
                for number in 2..=records.len() {
                    assert_eq!(texts[0].matches(&format!("include:{number}.%{{d}}")).count(), 1);
                }
                assert_eq!(all.matches("include:").count(), records.len() - 1);
                for (number, text) in texts.iter().enumerate() {
                    assert!(parse(text.as_bytes()).faults.is_empty(), "{text}");
                    // The names of many records do not fit into a very short one.
                    assert!(
                        text.len() <= longest || longest == 100 && (number == 0 || text.contains("xxx")),
                        "{}: {text}",
                        text.len()
                    );
                    assert!(text.ends_with(" -all"));
                }
            }
        }
    }
}

#[test]
fn a_file_says_how_it_was_made() {
    let mut recipe = recipe(1000);
    recipe.includes.push(domain("other.example").unwrap());
    let records = recipe.records(&origin(2, &["exists:%{i}.${x}.relay.example"]));
    let text = recipe.text(&records, "shared/it's here.yaml", "2026-11-23");
    assert_eq!(
        text,
        "# What `include:` of _spf.relay.example, other.example authorises, without its lookups.\n\
         # Written by: dnsctl mail flatten --include _spf.relay.example --include other.example --name _spf1 --longest 1000 --out 'shared/it'\\''s here.yaml'\n\
         # Networks of 2026-11-23. `dnsctl mail flatten` writes this file anew when they change: what is edited here is lost.\n\n\
         records:\n  \"_spf1\":\n    TXT: >-\n      v=spf1\n      ip4:192.0.0.1\n      ip4:192.0.1.1\n      \
         exists:%{i}.$${x}.relay.example\n      -all\n"
    );
    assert_eq!(Recipe::of(&text), Some(Ok(recipe)));
    assert_eq!(dnsctl_config::fmt::format(&text).unwrap(), text);
    assert_eq!(terms(&text), ["ip4:192.0.0.1", "ip4:192.0.1.1", "exists:%{i}.$${x}.relay.example"]);
    assert!(content(&text).eq(content(&text.replace("2026-11-23", "2027-01-01"))));
    assert_eq!(Recipe::of("records: {}\n# Written by: dnsctl mail flatten --include a.example"), None);
    for line in
        ["--include a.example", "--include a --name b", "--name", "--force", "--include a.b --name c.d", ""]
    {
        let text = format!("{COMMAND}{line}\n");
        assert!(Recipe::of(&text).is_some_and(|read| read.is_err()), "{line}");
    }
}
