//! Names with mail below a domain that has none.

use crate::testing::problems;

const HEAD: &str = "mail: { receives: false, sends: false }\nrecords:\n";

#[test]
fn the_policy_of_a_silent_domain_is_that_of_names_below() {
    let text =
        format!("{HEAD}  news: {{ MX: 10 mx.example.net., TXT: v=spf1 include:hoster.example -all }}\n");
    insta::assert_snapshot!(problems(&text), @"
    warning[mail/dmarc-below]: news.example.com. has mail of its own (MX), and the DMARC record of example.com., which sends none, asks to refuse that of all names below it (sp=reject)
     --> zones/example.com.yaml:3:11
      |
    3 |   news: { MX: 10 mx.example.net., TXT: v=spf1 include:hoster.example -all }
      |           ^^
     ::: zones/example.com.yaml:1:26
      |
    1 | mail: { receives: false, sends: false }
      |                          ----- derived from this
      |
      = help: write `dmarc: { policy: reject, subdomains: none }` until the mail of news passes DMARC, or a record at _dmarc.news
    ");
    let none = text.replace("{ receives: false, sends: false }", "none");
    assert!(problems(&none).contains("warning[mail/dmarc-below]: news.example.com. has mail"));
}

#[test]
fn who_has_a_policy_or_no_mail_is_not_told() {
    let policy =
        "mail: { receives: false, sends: false, dmarc: { policy: reject, subdomains: none } }\nrecords:\n";
    for (head, records) in [
        (HEAD, "  news: { MX: 10 mx.example.net. }\n  _dmarc.news: { TXT: v=DMARC1; p=none }\n"),
        (policy, "  news: { MX: 10 mx.example.net. }\n"),
        (HEAD, "  news: { MX: 0 ., TXT: v=spf1 -all }\n"),
        (HEAD, "  _spf: { TXT: v=spf1 ip4:192.0.2.0/24 -all }\n"),
    ] {
        let found = problems(&format!("{head}{records}"));
        assert!(!found.contains("dmarc-below"), "{found}");
    }
}
