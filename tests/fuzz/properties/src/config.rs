//! Files that people write: zones, configurations, those of octoDNS.

mod folder;

pub use folder::{octodns_zone, settings, zone_file};

pub(crate) use folder::Folder;

use dnsctl_config::fmt;
use dnsctl_zone::{Desired, RRset};
use folder::told;

/// Formatting: what is formatted stays as it is when it is formatted again, and says the same about the zone.
pub fn formatted(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let formatted = match fmt::format(text) {
        Ok(formatted) => formatted,
        Err(fmt::FormatError::Changed) => panic!("the formatted text does not say the same"),
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty(), "an error without words");
            return;
        }
    };
    assert_eq!(fmt::format(&formatted).as_ref(), Ok(&formatted), "it is formatted in two steps");
    assert!(
        !formatted.lines().any(|line| line.ends_with([' ', '\t'])) || text.contains(['|', '>', '"', '\''])
    );
    let read = |text: &str| {
        let folder = Folder::zone(text.as_bytes());
        let project = folder.open();
        let loaded: Vec<_> = project.units.iter().map(|unit| project.load(unit)).collect();
        let zones: Vec<Option<Desired>> = loaded.into_iter().map(|loaded| loaded.zone).collect();
        zones
    };
    let (before, after) = (read(text), read(&formatted));
    let rrsets = |zones: &[Option<Desired>]| -> Vec<Option<Vec<RRset>>> {
        let of = |zone: &Desired| zone.wishes.iter().map(|wish| wish.rrset.clone()).collect();
        zones.iter().map(|zone| zone.as_ref().map(of)).collect()
    };
    assert_eq!(rrsets(&before), rrsets(&after), "the formatted file declares something else:\n{formatted}");
}

/// What a reader says of a configuration and all its zones.
pub(crate) fn load(folder: &Folder) -> Vec<dnsctl_config::Loaded> {
    let project = folder.open();
    told(&project.diagnostics, &project.files);
    let loaded: Vec<_> = project.units.iter().map(|unit| project.load(unit)).collect();
    for (unit, one) in project.units.iter().zip(&loaded) {
        told(&one.diagnostics, &project.files);
        assert_eq!(one.zone.is_none(), one.diagnostics.has_errors(), "half a zone, or none without an error");
        let Some(zone) = &one.zone else { continue };
        assert_eq!(zone.apex, unit.apex, "another zone");
        let sorted = zone.wishes.is_sorted_by(|a, b| a.rrset.key() < b.rrset.key());
        assert!(sorted, "not in order, or twice: {:?}", zone.wishes);
        let inside = |wish: &dnsctl_zone::Wish| wish.rrset.name.is_at_or_below(&zone.apex);
        assert!(zone.wishes.iter().all(inside), "a name outside of {}", zone.apex);
        assert!(!zone.wishes.iter().any(|wish| wish.rrset.values().is_empty()), "an RRset without a value");
    }
    loaded
}
