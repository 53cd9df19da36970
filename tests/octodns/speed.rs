//! How fast a repository of octoDNS loads. Nothing is asserted about time: run it with
//! `cargo test --release -p dnsctl-config --test octodns speed -- --nocapture`.

use std::fmt::Write as _;
use std::time::Instant;

use dnsctl_config::Project;

/// A zone file with the usual mix of types, 50 RRsets in all.
fn zone(number: usize) -> String {
    let mut text = String::from("---\n");
    for index in 0..10 {
        let address = format!("10.{}.{}.{index}", number / 250, number % 250);
        writeln!(
            text,
            "host{index}:\n  - type: A\n    value: {address}\n  - ttl: 300\n    type: AAAA\n    values:\n      - 2001:db8::{index}\n      - 2001:db8::1:{index}\n  - type: TXT\n    value: v=spf1 ip4:{address} -all\n  - type: MX\n    values:\n      - exchange: mail{number}.example.\n        preference: 10\n      - exchange: backup.relay.example.\n        preference: 20\nwww{index}:\n  type: CNAME\n  value: host{index}.zone{number}.example."
        )
        .expect("text");
    }
    text
}

#[test]
fn a_thousand_files() {
    let count = if cfg!(debug_assertions) { 100 } else { 1000 };
    let folder = tempfile::tempdir().expect("a folder");
    let config = "providers:\n  config: {class: octodns.provider.yaml.YamlProvider, directory: ./zones}\n  pdns: {class: octodns_powerdns.PowerDnsProvider, host: h, api_key: env/K}\nzones:\n  '*': {sources: [config], targets: [pdns]}\n";
    let path = folder.path().join("production.yaml");
    fs_err::write(&path, config).expect("a file");
    fs_err::create_dir(folder.path().join("zones")).expect("a folder");
    for number in 0..count {
        let name = format!("zones/zone{number}.example.yaml");
        fs_err::write(folder.path().join(name), zone(number)).expect("a file");
    }
    for _ in 0..2 {
        let start = Instant::now();
        let project = Project::open(&path);
        let opened = start.elapsed();
        assert!(project.diagnostics.is_empty(), "{}", project.diagnostics.render(&project.files, false));
        let mut rrsets = 0;
        for unit in &project.units {
            let loaded = project.load(unit);
            assert!(loaded.diagnostics.is_empty(), "{}", loaded.diagnostics.render(&project.files, false));
            rrsets += loaded.zone.expect("no errors").wishes.len();
        }
        println!(
            "{count} files, {rrsets} RRsets: opened in {opened:?}, loaded in {:?}",
            start.elapsed() - opened
        );
        assert_eq!(rrsets, count * 50);
    }
}
