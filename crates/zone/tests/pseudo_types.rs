//! Names of types from outside have a bound. A program of its own, since the names stay for as long as it runs.

use dnsctl_zone::RecordType;
use std::time::{Duration, Instant};

#[test]
fn names_from_outside_do_not_fill_the_memory_nor_take_long() {
    let begun = Instant::now();
    let kept = (0..100_000).filter(|number| RecordType::pseudo(&format!("VENDOR/T{number}")).is_ok()).count();
    assert!(kept > 100 && kept <= 1000, "{kept} of 100,000 names");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    // Those that were kept are still known, in any case; the rest are refused, and say so.
    assert_eq!(RecordType::pseudo("vendor/t7").unwrap().mnemonic(), "VENDOR/T7");
    let error = RecordType::pseudo("VENDOR/T99999").unwrap_err().to_string();
    assert!(error.contains("VENDOR/T99999"), "{error}");
    assert_eq!(RecordType::pseudo("alias").unwrap(), RecordType::ALIAS);
    for name in ["", "a b", "a\u{1b}[2J", "é", &"x".repeat(65)] {
        assert!(RecordType::pseudo(name).is_err(), "{name:?}");
    }
}
