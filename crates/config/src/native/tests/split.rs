//! One zone in several files.

use crate::testing::{CONFIG, list, load, problems_of};

#[test]
fn files_of_one_zone_are_joined() {
    let expected = "@ 300 MX 10 mail.example.com.  :2\nmail 300 A 192.0.2.25  :3\nwww 300 A 192.0.2.1  :3\n";
    let mail = "records:\n  \"@\": { MX: 10 mail }\n  mail: { A: \"${mail}\" }\n";
    let web = "ttl: 5m\nrecords:\n  www: { A: 192.0.2.1 }\nvars: { mail: 192.0.2.25 }\n";
    for files in [
        // In the folder of the zone.
        [("zones/example.com/mail.yaml", mail.to_owned()), ("zones/example.com/web.yaml", web.to_owned())],
        // By `zone:`.
        [
            ("zones/mail.yaml", format!("{mail}zone: example.com\n")),
            ("zones/web.yaml", format!("{web}zone: example.com\n")),
        ],
        // One by its name, one by `zone:`.
        [
            ("zones/mail.yaml", format!("{mail}zone: Example.COM.\n")),
            ("zones/example.com.yaml", web.to_owned()),
        ],
        // A file and a folder.
        [("zones/example.com/mail.yaml", mail.to_owned()), ("zones/example.com.yaml", web.to_owned())],
    ] {
        let mut all = vec![("dnsctl.yaml", CONFIG)];
        all.extend(files.iter().map(|(path, text)| (*path, &**text)));
        let (project, loaded, diagnostics) = load(&all);
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
        assert_eq!((loaded.len(), &*list(&loaded[0])), (1, expected), "{all:?}");
    }
}

#[test]
fn parts_that_do_not_fit() {
    insta::assert_snapshot!(problems_of(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/example.com/a.yaml", "ttl: 5m\nprovider: main\nvars: { x: a }\nrecords: { www: { A: 192.0.2.1 } }\n"),
        ("zones/example.com/b.yaml", "ttl: 1h\nprovider: main\nvars: { x: b }\nrecords: { www: { A: 192.0.2.2 } }\n"),
        ("zones/example.com/c.yaml", "zone: example.org\n"),
        ("zones/example.com/d.yaml", "\n"),
    ]), @"
    error[config/zone-key-twice]: `ttl` has another value in another file of this zone
     --> zones/example.com/b.yaml:1:6
      |
    1 | ttl: 1h
      |      ^^
     ::: zones/example.com/a.yaml:1:6
      |
    1 | ttl: 5m
      |      -- first here
      |
      = help: write `ttl` in one of the files only

    error[config/zone-key-twice]: the variable `x` has another value in another file
     --> zones/example.com/b.yaml:3:9
      |
    3 | vars: { x: b }
      |         ^
     ::: zones/example.com/a.yaml:3:12
      |
    3 | vars: { x: a }
      |            - first here
      |
      = help: define it in one place, or give one of them another name

    error[record/duplicate]: www.example.com. A is declared twice
     --> zones/example.com/b.yaml:4:19
      |
    4 | records: { www: { A: 192.0.2.2 } }
      |                   ^ again here
     ::: zones/example.com/a.yaml:4:19
      |
    4 | records: { www: { A: 192.0.2.1 } }
      |                   - first here
      |
      = help: join the values in one place

    error[config/two-zones]: the folder is the zone example.com., but this file says example.org.
     --> zones/example.com/c.yaml:1:7
      |
    1 | zone: example.org
      |       ^^^^^^^^^^^
      |
      = help: for a folder with a zone in each file, write a pattern such as zones/*/*.yaml

    error[config/empty-file]: the zone file is empty
     --> zones/example.com/d.yaml
      |
      = help: write the records, or `records: {}` for a zone without any; or remove the file
    ");
}

#[test]
fn structure_is_checked_over_all_parts() {
    insta::assert_snapshot!(problems_of(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/example.com/a.yaml", "records: { www: { A: 192.0.2.1 } }\n"),
        ("zones/example.com/b.yaml", "records: { www: { CNAME: x } }\n"),
    ]), @"
    error[zone/cname-beside-data]: www.example.com. has a CNAME and A: a CNAME stands alone (RFC 1034 section 3.6.2)
     --> zones/example.com/b.yaml:1:19
      |
    1 | records: { www: { CNAME: x } }
      |                   ^^^^^
     ::: zones/example.com/a.yaml:1:19
      |
    1 | records: { www: { A: 192.0.2.1 } }
      |                   - beside this
      |
      = help: remove one of them, or write addresses in place of the CNAME
    ");
}
