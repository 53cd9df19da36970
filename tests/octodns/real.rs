//! A real repository, where the machine has one: `DNSCTL_REAL` is a folder with `moj-dns` in it, the published zone files
//! of a government department (405 zones; github.com/ministryofjustice/dns).

use std::path::PathBuf;

use dnsctl_config::diagnostic::Severity;

use crate::compare::{Ours, differences, octodns};

#[expect(clippy::disallowed_methods, reason = "test code: the machine says whether it has the files")]
fn real() -> Option<PathBuf> {
    std::env::var_os("DNSCTL_REAL").map(PathBuf::from)
}

#[test]
fn the_zones_of_a_government_department() {
    let Some(real) = real() else {
        println!("DNSCTL_REAL is not set: only the repository's own fixtures are compared");
        return;
    };
    let config = real.join("moj-dns/config.yaml");
    let Some(theirs) = octodns(&config) else { return };
    let ours = Ours::read(&config);
    let differences = differences(&theirs, &ours);
    println!(
        "octoDNS: {} zones, {} RRsets; dnsctl: {} zones, {} RRsets; {} differences",
        theirs.zones.len(),
        theirs.rrsets.len(),
        ours.loaded.iter().filter(|one| one.zone.is_some()).count(),
        ours.rrsets.len(),
        differences.len()
    );
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let found = ours.found(severity);
        println!("{} {}s", found.len(), severity.word());
        found.iter().take(60).for_each(|line| println!("  {line}"));
    }
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(ours.found(Severity::Error), Vec::<String>::new());
    assert_eq!(theirs.zones.len(), ours.loaded.len());
    assert!(theirs.refused.is_empty());
    assert!(
        ours.found(Severity::Note)
            .iter()
            .any(|note| note.starts_with("hostedzones/octodns.yaml: octodns/no-zone"))
    );
    assert!(theirs.rrsets.len() > 4000);
}
