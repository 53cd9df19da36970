//! A block in an included file, and in several parts of a zone.

use crate::testing::{CONFIG, list, load, problems_of};

#[test]
fn a_block_can_be_shared() {
    let shared =
        "mail:\n  senders: [\"192.0.2.25\"]\n  dmarc: { policy: reject, rua: \"mailto:dmarc@${owner}\" }\n";
    let (project, loaded, found) = load(&[
        ("dnsctl.yaml", CONFIG),
        (
            "zones/a.example.yaml",
            "include: ../shared/mail.yaml\nvars: { owner: corp.example }\nmail: { mx: mail }\n",
        ),
        (
            "zones/b.example.yaml",
            "include: ../shared/mail.yaml\nvars: { owner: corp.example }\nmail: { receives: false }\n",
        ),
        ("shared/mail.yaml", shared),
    ]);
    assert!(found.is_empty(), "{}", found.render(&project.files, false));
    let text = list(&loaded[0]);
    assert!(text.contains("@ 3600 MX 10 mail.a.example.  :3"), "{text}");
    assert!(text.contains("@ 3600 TXT \"v=spf1 ip4:192.0.2.25 ~all\"  :2"), "{text}");
    assert!(
        text.contains("_dmarc 3600 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@corp.example\"  :3"),
        "{text}"
    );
    let mail = loaded[0].mail.as_ref().unwrap();
    assert_eq!(mail.derived.len(), 3);
    assert!(mail.intent.receives_mail() && mail.intent.sends_mail());
    assert!(!loaded[1].mail.as_ref().unwrap().intent.receives_mail());
}

#[test]
fn a_key_stands_in_one_block() {
    let found = problems_of(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/a.example.yaml", "include: ../shared/mail.yaml\nmail: { mx: mail, senders: mail }\n"),
        ("zones/b.example.yaml", "include: ../shared/none.yaml\nmail: { mx: mail, senders: mail }\n"),
        ("shared/mail.yaml", "mail: { senders: mail }\n"),
        ("shared/none.yaml", "mail: none\n"),
    ]);
    insta::assert_snapshot!(found, @r#"
    error[config/zone-key-twice]: `senders` of the mail of this zone stands in two places
     --> shared/mail.yaml:1:9
      |
    1 | mail: { senders: mail }
      |         ^^^^^^^
     ::: zones/a.example.yaml:2:19
      |
    2 | mail: { mx: mail, senders: mail }
      |                   ------- first here
      |
      = help: write `senders` in one of them only

    error[config/zone-key-twice]: `mail` of the mail of this zone stands in two places
     --> shared/none.yaml:1:7
      |
    1 | mail: none
      |       ^^^^
     ::: zones/b.example.yaml:2:7
      |
    2 | mail: { mx: mail, senders: mail }
      |       - first here
      |
      = help: write `mail` in one of them only

    error[mail/none]: `mail: none` says that there is no mail, but `mx` is there too
     --> zones/b.example.yaml:2:13
      |
    2 | mail: { mx: mail, senders: mail }
      |             ^^^^
     ::: shared/none.yaml:1:7
      |
    1 | mail: none
      |       ---- here
      |
      = help: remove one of them

    error[mail/none]: `mail: none` says that there is no mail, but `senders` is there too
     --> zones/b.example.yaml:2:28
      |
    2 | mail: { mx: mail, senders: mail }
      |                            ^^^^
     ::: shared/none.yaml:1:7
      |
    1 | mail: none
      |       ---- here
      |
      = help: remove one of them
    "#);
}

#[test]
fn a_zone_without_a_block_has_no_intent() {
    let (_, loaded, _) =
        load(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", "records: { a: { A: 192.0.2.1 } }\n")]);
    assert!(loaded[0].mail.is_none());
}
