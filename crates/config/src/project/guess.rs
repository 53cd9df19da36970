//! Where a zone most likely is, before its files are read as YAML.

use std::path::Path;

use super::scan::{Scan, scan};
use super::{Project, Unit};
use crate::master;

/// What a zone most likely says about its providers. Only the loaded zone tells for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The providers that hold it, by their names in the configuration.
    pub providers: Vec<String>,
    /// Whether it is created at a provider that lacks it.
    pub create: bool,
}

/// Nothing is guessed of a file that writes one of the keys in another way than `provider: NAME`, `create: true` or
/// `create: false` at the start of a line.
pub(super) fn guess(project: &Project, unit: &Unit) -> Option<Guess> {
    if let Some(setup) = &unit.octodns {
        return Some(Guess { providers: setup.targets().to_vec(), create: true });
    }
    let (mut provider, mut create) = (None, None);
    for file in unit.parts.iter().filter(|file| !master::is_master(Path::new(&**file.path()))) {
        match scan(file.text(), "provider") {
            Scan::Written(name, ..) => provider = Some(name),
            Scan::Absent => {}
            Scan::Unclear => return None,
        }
        match scan(file.text(), "create") {
            Scan::Written("true", ..) => create = Some(true),
            Scan::Written("false", ..) => create = Some(false),
            Scan::Absent => {}
            Scan::Written(..) | Scan::Unclear => return None,
        }
    }
    let providers = match provider {
        Some(name) => vec![name.to_owned()],
        None => project.providers_by_default(),
    };
    (!providers.is_empty())
        .then_some(Guess { providers, create: create.unwrap_or(project.settings.defaults.create) })
}

#[cfg(test)]
mod tests {
    use crate::testing::{CONFIG, load};

    const RECORDS: &str = "records: { a: { A: 192.0.2.1 } }\n";

    /// What is guessed of the only zone of these files, after a look whether it holds.
    fn guessed(files: &[(&str, &str)]) -> Option<(Vec<String>, bool)> {
        let (project, loaded, found) = load(files);
        assert!(!found.has_errors(), "{}", found.render(&project.files, false));
        let zone = loaded[0].zone.as_ref().unwrap();
        let guess = project.guess(&project.units[0]).map(|guess| (guess.providers, guess.create));
        if let Some(guess) = &guess {
            assert_eq!(*guess, (zone.providers.clone(), zone.create));
        }
        guess
    }

    fn some(providers: &[&str], create: bool) -> Option<(Vec<String>, bool)> {
        Some((providers.iter().map(|name| (*name).to_owned()).collect(), create))
    }

    #[test]
    fn what_a_zone_file_says() {
        for (head, expected) in [
            ("", some(&["main"], false)),
            ("# x\n---\nttl: 1h\nprovider:   edge # y\n", some(&["edge"], false)),
            ("provider: 'edge'\r\n\"create\" : true\n", some(&["edge"], true)),
            ("create: false\n", some(&["main"], false)),
            ("vars:\n  provider: edge\n  create: x\n", some(&["main"], false)),
            ("provider: [edge, main]\n", None),
            ("provider:\n- edge\n", None),
            ("provider:\n  edge\n", None),
            ("create: &yes true\n", None),
        ] {
            let text = format!("{head}{RECORDS}");
            let files = [("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", &text)];
            assert_eq!(guessed(&files), expected, "{text:?}");
        }
        let text = "  provider: edge\n  records: { a: { A: 192.0.2.1 } }\n";
        assert_eq!(guessed(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", text)]), None);
    }

    #[test]
    fn what_the_configuration_says() {
        let zone = ("zones/a.example.yaml", RECORDS);
        let only = "providers: { files: { type: zonefile, directory: out/ } }\ndefaults: { create: true }\n";
        assert_eq!(guessed(&[("dnsctl.yaml", only), zone]), some(&["files"], true));
        let both = CONFIG.replace("provider: main", "provider: [edge, main]");
        assert_eq!(guessed(&[("dnsctl.yaml", &both), zone]), some(&["edge", "main"], false));
        // Of a zone in several files, any may say it.
        let split = [
            ("dnsctl.yaml", CONFIG),
            ("zones/a.example/one.yaml", RECORDS),
            ("zones/a.example/two.yaml", "provider: edge\nrecords: { b: { A: 192.0.2.1 } }\n"),
        ];
        assert_eq!(guessed(&split), some(&["edge"], false));
        // The owner name of a master file is no key.
        let master = [
            ("dnsctl.yaml", &*format!("zones: zones/*.zone\n{CONFIG}")),
            ("zones/a.example.zone", "$TTL 300\nprovider: A 192.0.2.1\ncreate A 192.0.2.2\n"),
        ];
        assert_eq!(guessed(&master), some(&["main"], false));
        let octodns = "providers:
  config: { class: octodns.provider.yaml.YamlProvider, directory: ./zones }
  one: { class: octodns_powerdns.PowerDnsProvider, host: h, api_key: env/K }
  two: { class: octodns_powerdns.PowerDnsProvider, host: i, api_key: env/K }
zones: { a.example.: { sources: [config], targets: [two] } }
";
        let records = ("zones/a.example.yaml", "provider: { type: A, value: 192.0.2.1 }\n");
        assert_eq!(guessed(&[("dnsctl.yaml", octodns), records]), some(&["two"], true));
    }

    #[test]
    fn no_provider_is_no_guess() {
        let config = CONFIG.replace("defaults: { provider: main }\n", "");
        let (project, ..) = load(&[("dnsctl.yaml", &config), ("zones/a.example.yaml", RECORDS)]);
        assert_eq!(project.guess(&project.units[0]), None);
    }
}
