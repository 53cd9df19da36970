//! Files that are no zone files, and files that want to do harm.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::testing::{CONFIG, Repository, problems, problems_of, zone};

#[test]
fn empty_files() {
    insta::assert_snapshot!(problems(""), @"
    error[config/empty-file]: the zone file is empty
     --> zones/example.com.yaml
      |
      = help: write the records, or `records: {}` for a zone without any; or remove the file
    ");
    insta::assert_snapshot!(problems("# nothing\n---\n"), @"
    error[config/empty-file]: the zone file is empty
     --> zones/example.com.yaml
      |
      = help: write the records, or `records: {}` for a zone without any; or remove the file
    ");
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", "")]), @"
    error[config/empty-file]: the configuration is empty
     --> dnsctl.yaml
      |
      = help: write at least a provider: providers: { main: { type: zonefile, directory: out/ } }
    ");
}

#[test]
fn files_that_are_something_else() {
    insta::assert_snapshot!(problems("just text"), @"
    error[config/wrong-kind]: a zone file must be a mapping (`key: value`), not text
     --> zones/example.com.yaml:1:1
      |
    1 | just text
      | ^^^^^^^^^
      |
      = help: write each as `key: value` on a line of its own
    ");
    insta::assert_snapshot!(problems("- a\n- b\n"), @"
    error[config/wrong-kind]: a zone file must be a mapping (`key: value`), not a list
     --> zones/example.com.yaml:1:1
      |
    1 | - a
      | ^^^
      |
      = help: write `key: value` lines, without [ ] or -
    ");
    insta::assert_snapshot!(problems("zone example.com IN {\n"), @"
    error[config/wrong-kind]: a zone file must be a mapping (`key: value`), not text
     --> zones/example.com.yaml:1:1
      |
    1 | zone example.com IN {
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write each as `key: value` on a line of its own
    ");
}

#[test]
fn binary_files() {
    let repository = Repository::new(&[("dnsctl.yaml", CONFIG)]);
    fs_err::create_dir(repository.path().join("zones")).unwrap();
    fs_err::write(
        repository.path().join("zones/a.example.yaml"),
        [0x7f, b'E', b'L', b'F', 0, 1, 2, 0xff, 0xfe],
    )
    .unwrap();
    fs_err::write(repository.path().join("zones/b.example.yaml"), b"\xff\xfez\0o\0n\0e\0").unwrap();
    let project = repository.open();
    assert!(project.units.is_empty());
    insta::assert_snapshot!(project.diagnostics.render(&project.files, false), @"
    error[yaml/not-text]: the byte 0xFF is not UTF-8
     --> zones/a.example.yaml:1:8
      |
    1 | �ELF�����
      |        ^^
      |
      = help: save the file as UTF-8; if it is no text, name the right file

    error[yaml/not-text]: the file is UTF-16
     --> zones/b.example.yaml
      |
      = help: save it as UTF-8
    ");
}

#[test]
fn a_file_of_fifty_megabytes_loads() {
    let mut text = String::with_capacity(51 << 20);
    text.push_str("records:\n");
    let filler = "x".repeat(60_000);
    for index in 0..880 {
        writeln!(text, "  t{index}: {{ TXT: {filler} }}").unwrap();
    }
    assert!(text.len() > 50 << 20);
    let (_, loaded, diagnostics) = zone(&text);
    assert!(diagnostics.is_empty());
    assert_eq!(loaded.zone.unwrap().wishes.len(), 880);
    text.push_str(&"# filler\n".repeat(2 << 20));
    let found = problems_of(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", &text)]);
    assert!(found.contains("the file is larger than 67108864 bytes"), "{found}");
}

#[test]
fn deep_files_and_bombs_end_soon() {
    let deep = format!("records: {}{}", "{a: ".repeat(100_000), "}".repeat(100_000));
    assert!(problems(&deep).contains("yaml/too-deep"));
    let mut bomb = "records: &r0 { a: { TXT: x } }\n".to_owned();
    for level in 1..30 {
        writeln!(bomb, "x{level}: &r{level} [{}]", format!("*r{},", level - 1).repeat(9)).unwrap();
    }
    assert!(problems(&bomb).contains("yaml/alias-bomb"));
}

/// Each of many delegations that cannot be read is looked up among all records, not compared with each of them.
#[test]
fn many_lost_delegations_take_no_longer_than_others() {
    let mut text = "records:\n".to_owned();
    for number in 0..20_000 {
        writeln!(text, "  d{number}: {{ A: 192.0.2.1, NS: ns.d{number}, DS: 1 13 2 00 }}").unwrap();
    }
    let (_, _, diagnostics) = zone(&text);
    let told = |code: &str| diagnostics.iter().filter(|found| found.code == code).count();
    assert_eq!((told("record/bad-value"), told("zone/ds-without-delegation")), (20_000, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Any keys with any values: an error or a zone, never a panic, and every message has a place in the file.
    #[test]
    fn garbage_gives_messages(
        entries in prop::collection::vec(("(zone|ttl|records|provider|ignore|ack|vars|include|servers|policy|manage|create|@|www|A|TXT|MX|value|values|[a-z.*@\\\\]{0,6})", "([^\\x00\n]{0,20}|\\{[a-zA-Z:, ]{0,20}\\}|\\[[a-z, ]{0,12}\\]|\n  [a-z]{1,4}: [^\\x00\n]{0,12})"), 0..8),
    ) {
        let text: String = entries.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
        let (_, loaded, diagnostics) = crate::testing::load(&[("dnsctl.yaml", CONFIG), ("zones/example.com.yaml", &text)]);
        for loaded in &loaded {
            prop_assert!(loaded.zone.is_some() || diagnostics.has_errors(), "{}", text);
        }
        for diagnostic in &diagnostics {
            prop_assert!(diagnostic.source.is_some(), "{}\n{:?}", text, diagnostic);
        }
    }

    #[test]
    fn any_value_gives_messages(rtype in "(A|AAAA|MX|TXT|SOA|SRV|CAA|HTTPS|NAPTR|LOC|TYPE1|TYPE999|LUA|V/X|[A-Z]{1,5})", value in "[^\\x00\n]{0,30}") {
        let text = format!("records:\n  a: {{ {rtype}: {value} }}\n  b:\n    {rtype}: {value}\n");
        let (_, loaded, diagnostics) = zone(&text);
        prop_assert_eq!(loaded.zone.is_none(), diagnostics.has_errors());
    }
}
