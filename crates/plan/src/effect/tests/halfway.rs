//! What is there between two writes, and which change does what, beside old faults of the same record.

use super::{case, judged, shifts};
use crate::{Severity, ZonePlan};
use dnsctl_checks::{Facts, Sender, SenderKind};

fn halfway(plan: &ZonePlan) -> Vec<&str> {
    let found = plan.findings.iter().filter(|finding| finding.rule == "plan/halfway");
    found
        .inspect(|finding| assert_eq!(finding.severity, Severity::Warning))
        .map(|finding| &*finding.message)
        .collect()
}

fn senders(addresses: &[&str]) -> Facts {
    let sender = |address: &&str| Sender {
        who: SenderKind::Network { address: address.parse().unwrap(), prefix: 32 },
        helo: None,
        source: None,
    };
    Facts { senders: addresses.iter().map(sender).collect(), ..Facts::default() }
}

fn two(one: &str, other: &str) -> String {
    format!(
        "@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 include:_a.example.com include:_b.example.com -all\"\n\
         s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n\
         _a TXT \"v=spf1 ip4:{one} -all\"\n_b TXT \"v=spf1 ip4:{other} -all\"\n"
    )
}

/// Two senders change their places in two records: no order keeps both.
#[test]
fn what_no_order_avoids_is_told() {
    let case = case(&two("192.0.2.8", "192.0.2.9"), &two("192.0.2.9", "192.0.2.8"));
    let plan = judged(&case, &senders(&["192.0.2.8", "192.0.2.9"]));
    let told = halfway(&plan);
    assert_eq!(told.len(), 1, "{:?}", plan.findings);
    assert!(
        told[0].starts_with("until _b.example.com TXT is written as well, 192.0.2.8 sends mail"),
        "{told:?}"
    );
    assert!(!plan.is_blocked());
    // A sender that was refused before and is after hides none that is refused only between.
    let plan = judged(&case, &senders(&["203.0.113.1", "192.0.2.8", "192.0.2.9"]));
    assert_eq!(halfway(&plan), told);
}

/// One target of the MX was dead before, and is after: the change that kills the other one is found all the same.
#[test]
fn an_old_fault_of_the_record_hides_no_change() {
    let zone = |address: &str| format!("@ MX 10 dead\n@ MX 20 mail2\nwww A 192.0.2.3\n{address}");
    let (with, without) = (zone("mail2 A 192.0.2.2\n"), zone("other A 192.0.2.4\n"));
    let plan = judged(&case(&with, &without), &Facts::default());
    let (_, broken) = shifts(&plan);
    assert!(broken.contains(&"mx.target-address by mail2.example.com A".to_owned()), "{broken:?}");
    let plan = judged(&case(&without, &with), &Facts::default());
    let (fixed, _) = shifts(&plan);
    assert!(fixed.contains(&"mx.target-address by mail2.example.com A".to_owned()), "{fixed:?}");
}
