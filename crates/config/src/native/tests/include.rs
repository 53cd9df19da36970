//! Included files.

use crate::testing::{CONFIG, Repository, list, load, problems_of};

#[test]
fn records_come_from_other_files() {
    let (project, loaded, diagnostics) = load(&[
        ("dnsctl.yaml", CONFIG),
        (
            "zones/a.example.yaml",
            "vars: { relay: 192.0.2.25 }\ninclude: ../shared/mail.yaml\nrecords: { www: { A: 192.0.2.1 } }\n",
        ),
        ("zones/b.example.yaml", "ttl: 5m\nvars: { relay: 192.0.2.26 }\ninclude: [../shared/mail.yaml]\n"),
        (
            "shared/mail.yaml",
            "include: deeper/text.yaml\nvars: { name: mail }\nrecords:\n  \"@\": { MX: '10 ${name}' }\n  ${name}: { A: \"${relay}\" }\n",
        ),
        ("shared/deeper/text.yaml", "records:\n  _dmarc: { TXT: 'v=DMARC1; rua=${name}' }\n"),
    ]);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    insta::assert_snapshot!(format!("{}\n{}", list(&loaded[0]), list(&loaded[1])), @r#"
    @ 3600 MX 10 mail.a.example.  :4
    _dmarc 3600 TXT "v=DMARC1; rua=mail"  :2
    mail 3600 A 192.0.2.25  :5
    www 3600 A 192.0.2.1  :3

    @ 300 MX 10 mail.b.example.  :4
    _dmarc 300 TXT "v=DMARC1; rua=mail"  :2
    mail 300 A 192.0.2.26  :5
    "#);
    let wish = &loaded[0].zone.as_ref().unwrap().wishes[0];
    assert_eq!(wish.source.to_string(), "shared/mail.yaml:4:10");
}

#[test]
fn includes_that_are_wrong() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    let zone = format!(
        "include: [missing.yaml, {}, ../shared/circle.yaml, ../shared/zone.yaml, ../shared/broken.yaml, ../shared/empty.yaml, ../shared/twice.yaml, ../shared/twice.yaml, ../shared]\nvars: {{ a: x }}\nrecords: {{ www: {{ A: 192.0.2.1 }} }}\n",
        outside.path().display()
    );
    let found = problems_of(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/example.com.yaml", &zone),
        ("shared/circle.yaml", "include: round.yaml\nrecords: {}\n"),
        ("shared/round.yaml", "include: circle.yaml\nrecords: {}\n"),
        ("shared/zone.yaml", "zone: example.com\nvars: { a: y }\nrecords: { www: { A: 192.0.2.2 } }\n"),
        ("shared/broken.yaml", "records: [\n"),
        ("shared/empty.yaml", "# nothing\n"),
        ("shared/twice.yaml", "records: { twice: { A: 192.0.2.1 } }\n"),
    ]);
    insta::with_settings!({filters => vec![(r"/[^` ]*/\.tmp\w+", "OUTSIDE")]}, {
        insta::assert_snapshot!(found, @"
        error[yaml/syntax]: the `[` that opens here is never closed
         --> shared/broken.yaml:1:10
          |
        1 | records: [
          |          ^
          |
          = help: add the missing `]`

        error[config/empty-file]: the included file is empty
         --> shared/empty.yaml
          |
          = help: write records into it, or remove the include

        error[config/bad-include]: `circle.yaml` includes itself
         --> shared/round.yaml:1:10
          |
        1 | include: circle.yaml
          |          ^^^^^^^^^^^
          |
          = help: remove one of the `include:` lines that make the circle

        error[config/unknown-key]: an included file has no key `zone`
         --> shared/zone.yaml:1:1
          |
        1 | zone: example.com
          | ^^^^
          |
          = help: the keys are mail, records, include, vars

        error[config/zone-key-twice]: the variable `a` has another value in another file
         --> shared/zone.yaml:2:9
          |
        2 | vars: { a: y }
          |         ^
         ::: zones/example.com.yaml:2:12
          |
        2 | vars: { a: x }
          |            - first here
          |
          = help: define it in one place, or give one of them another name

        error[record/duplicate]: www.example.com. A is declared twice
         --> shared/zone.yaml:3:19
          |
        3 | records: { www: { A: 192.0.2.2 } }
          |                   ^ again here
         ::: zones/example.com.yaml:3:19
          |
        3 | records: { www: { A: 192.0.2.1 } }
          |                   - first here
          |
          = help: join the values in one place

        error[config/bad-include]: `missing.yaml` cannot be included: there is no such file
         --> zones/example.com.yaml:1:11
          |
        1 | include: [missing.yaml, OUTSIDE, ../shared/circle.yaml, ../shared/zone.yaml, ../shared/broke…
          |           ^^^^^^^^^^^^
          |
          = help: the path starts at the folder of this file

        error[config/bad-include]: `OUTSIDE` is outside of the folder of the configuration
         --> zones/example.com.yaml:1:25
          |
        1 | include: [missing.yaml, OUTSIDE, ../shared/circle.yaml, ../shared/zone.yaml, ../shared/broke…
          |                         ^^^^^^^^^^^^^^^
          |
          = help: include only files that are reviewed together with the zones

        error[config/bad-include]: `../shared/twice.yaml` is included twice in this zone
         --> zones/example.com.yaml:1:153
          |
        1 | …hared/empty.yaml, ../shared/twice.yaml, ../shared/twice.yaml, ../shared]
          |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         ::: zones/example.com.yaml:1:131
          |
        1 | …ared/broken.yaml, ../shared/empty.yaml, ../shared/twice.yaml, ../shared/twice.yaml, ../shared]
          |                                          ------------------------------------------------------ first here
          |
          = help: include it once

        error[config/bad-include]: `../shared` cannot be included: it is not a file
         --> zones/example.com.yaml:1:175
          |
        1 | …hared/twice.yaml, ../shared/twice.yaml, ../shared]
          |                                          ^^^^^^^^^^
          |
          = help: the path starts at the folder of this file
        ");
    });
}

#[test]
fn a_link_does_not_lead_outside() {
    let repository =
        Repository::new(&[("dnsctl.yaml", CONFIG), ("zones/example.com.yaml", "include: secret.yaml\n")]);
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(outside.path(), "records: { top: { TXT: secret } }").unwrap();
    std::os::unix::fs::symlink(outside.path(), repository.path().join("zones/secret.yaml")).unwrap();
    let project = repository.open();
    let unit = project.units.iter().find(|unit| unit.apex.to_string() == "example.com.").unwrap();
    let found = project.load(unit).diagnostics.render(&project.files, false);
    assert!(
        found.contains("outside of the folder of the configuration") && !found.contains("TXT"),
        "{found}"
    );
}

#[test]
fn depth_is_limited() {
    let mut files = vec![
        ("dnsctl.yaml".to_owned(), CONFIG.to_owned()),
        ("zones/a.example.yaml".to_owned(), "include: ../i/0.yaml\n".to_owned()),
    ];
    files.extend((0..40).map(|index| (format!("i/{index}.yaml"), format!("include: {}.yaml\n", index + 1))));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let found = problems_of(&files);
    assert!(found.contains("more than 16 levels deep"), "{found}");
}

#[test]
fn one_reading_serves_all_zones_and_threads() {
    let mut files = vec![
        ("dnsctl.yaml".to_owned(), CONFIG.to_owned()),
        ("shared/x.yaml".to_owned(), "records: { www: { A: 192.0.2.1 } }".to_owned()),
    ];
    files.extend(
        (0..64)
            .map(|index| (format!("zones/z{index}.example.yaml"), "include: ../shared/x.yaml\n".to_owned())),
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let repository = Repository::new(&files);
    let project = repository.open();
    std::thread::scope(|scope| {
        for units in project.units.chunks(8) {
            let project = &project;
            scope.spawn(move || {
                for unit in units {
                    assert_eq!(project.load(unit).zone.unwrap().wishes.len(), 1);
                }
            });
        }
    });
    // Once read, it is not needed any more.
    fs_err::remove_file(repository.path().join("shared/x.yaml")).unwrap();
    assert!(project.files.by_path("shared/x.yaml").is_some());
}

#[test]
fn what_several_zones_include_is_told_once() {
    let (project, _, mut found) = load(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/a.example.yaml", "include: ../shared/x.yaml\n"),
        ("zones/b.example.yaml", "include: ../shared/x.yaml\n"),
        ("shared/x.yaml", "records: { www: { A: 192.0.2.300, AA: 1 } }"),
    ]);
    assert_eq!(found.len(), 4);
    found.dedup();
    assert_eq!(found.len(), 2, "{}", found.render(&project.files, false));
}
