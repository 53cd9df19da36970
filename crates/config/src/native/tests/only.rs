//! `only:` and the providers of the zone.

use crate::testing::{CONFIG, load, problems_of};

#[test]
fn a_record_that_would_go_nowhere() {
    let zone = "records:\n  www: { A: 192.0.2.1 }\n  b: { A: { value: 192.0.2.2, only: edge } }\n";
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", zone)]), @"
    error[record/goes-nowhere]: b.a.example. A would go nowhere: `only` names `edge`, and the zone a.example. is held by main
     --> zones/a.example.yaml:3:8
      |
    3 |   b: { A: { value: 192.0.2.2, only: edge } }
      |        ^
      |
      = help: name providers of the zone (main), or add the others to its `provider`
    ");
    let zone = zone.replace("only: edge", "only: [main, edge]");
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", &zone)]), @"
    warning[record/only-elsewhere]: `only` of b.a.example. A names `edge`, which the zone a.example. does not have
     --> zones/a.example.yaml:3:8
      |
    3 |   b: { A: { value: 192.0.2.2, only: [main, edge] } }
      |        ^
      |
      = help: name providers of the zone (main), or add the others to its `provider`
    ");
    let zone = format!("provider: [main, edge]\n{zone}");
    assert!(load(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", &zone)]).2.is_empty());
}
