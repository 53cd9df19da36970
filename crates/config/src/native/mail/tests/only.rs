//! `only:` of a verification token beside the derived SPF record.

use crate::testing::{CONFIG, load, problems_of};

const ZONE: &str = "\
provider: [main, edge]
mail: { mx: mail, senders: [192.0.2.25] }
records:
  \"@\": { TXT: { value: google-site-verification=x, only: main } }
  mail: { A: 192.0.2.25 }
";

#[test]
fn a_token_does_not_keep_the_spf_record_from_a_provider() {
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", ZONE)]), @r#"
    error[mail/conflict]: the SPF record of a.example. would be missing at `edge`: it joins the texts that are written here, and `only` keeps all of them away
     --> zones/a.example.yaml:4:10
      |
    4 |   "@": { TXT: { value: google-site-verification=x, only: main } }
      |          ^^^
     ::: zones/a.example.yaml:2:29
      |
    2 | mail: { mx: mail, senders: [192.0.2.25] }
      |                             ---------- derived from this
      |
      = help: remove `only` here: a verification token does no harm at the other providers
    "#);
}

#[test]
fn what_the_help_says_works() {
    let everywhere = ZONE.replace(", only: main", "");
    let all = ZONE.replace("only: main", "only: [edge, main]");
    let one = ZONE.replace("[main, edge]", "main");
    for zone in [everywhere, all, one] {
        let (project, loaded, found) = load(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", &zone)]);
        assert!(found.is_empty(), "{}", found.render(&project.files, false));
        let wishes = &loaded[0].zone.as_ref().unwrap().wishes;
        let texts = wishes.iter().find(|wish| wish.rrset.rtype == dnsctl_zone::RecordType::TXT).unwrap();
        assert_eq!(texts.rrset.values().len(), 2, "{zone}");
    }
}
