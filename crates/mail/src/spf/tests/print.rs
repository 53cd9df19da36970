//! What is printed reads back.

use super::generate::{nearly, record};
use crate::spf::{FaultKind, Record, TermKind, parse};
use proptest::prelude::*;

fn kinds(record: &Record) -> Vec<&TermKind> {
    record.terms.iter().map(|term| &term.kind).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_printed_record_is_the_same_record(record in record()) {
        let text = record.to_string();
        let parsed = parse(text.as_bytes());
        let errors: Vec<_> =
            parsed.faults.iter().filter(|fault| fault.is_error() && fault.kind != FaultKind::ModifierTwice).collect();
        prop_assert!(errors.is_empty(), "{text}: {errors:?}");
        let again = parsed.record.unwrap();
        prop_assert_eq!(kinds(&again), kinds(&record), "{}", text);
    }

    #[test]
    fn whatever_was_read_prints_and_reads_back(text in nearly()) {
        let parsed = parse(&text);
        let record = parsed.record.unwrap();
        let printed = record.to_string();
        let again = parse(printed.as_bytes()).record.unwrap();
        prop_assert_eq!(kinds(&again), kinds(&record), "{}", printed);
        // Every error has a place in the text, and faults come in order.
        for fault in &parsed.faults {
            prop_assert!(fault.span.end <= text.len() && !fault.message.is_empty());
        }
        prop_assert!(parsed.faults.is_sorted_by_key(|fault| fault.span));
    }
}
