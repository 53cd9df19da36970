//! Keys, certificates and policies of which nothing stays.

use super::{case, judged};
use crate::Severity;
use dnsctl_checks::{Certificate, Facts};
use dnsctl_zone::Name;

const KEY: &str = "TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"";
const OTHER: &str = "TXT \"v=DKIM1; k=ed25519; p=27uiC/cTJt37eioMr+vGbhcC1ESOFswkQEDCptXryWY=\"";

/// What is told of a rule, up to the colon, with the change that it is about.
fn told(rule: &str, before: &str, after: &str) -> Vec<(String, String)> {
    let mut case = case(before, after);
    case.desired.policy.updates_percent = 100.0;
    let plan = judged(&case, &Facts::default());
    let found = plan.findings.iter().filter(|finding| finding.rule == rule);
    found
        .map(|finding| {
            assert_eq!(finding.severity, Severity::Warning);
            let change = finding.change.map(|index| &plan.changes[index]);
            let words = |change: &crate::Change| format!("{} {}", change.name.without_dot(), change.rtype);
            let message = finding.message.split(':').next().unwrap().to_owned();
            (message, change.map_or_else(String::new, words))
        })
        .collect()
}

#[test]
fn a_key_at_the_same_selector() {
    let told = |before: &str, after: &str| told("plan/key-replaced", before, after);
    let at = |rest: &str| format!("s1._domainkey {rest}");
    let words = ("s1._domainkey.example.com gets another DKIM key", "s1._domainkey.example.com TXT");
    let only = |told: Vec<(String, String)>| {
        let [(message, change)] = told.try_into().unwrap();
        assert_eq!((&*message, &*change), words);
    };
    only(told(&at(KEY), &at(OTHER)));
    // A note that is added, a key that was none, one that is revoked, one that another selector has, and one that is new.
    let noted = KEY.replace("v=DKIM1;", "v=DKIM1; n=x;");
    for (before, after) in [
        (at(KEY), at(&noted)),
        (at("TXT \"v=DKIM1; p=%%\""), at(KEY)),
        (at(KEY), at("TXT \"v=DKIM1; p=\"")),
        (at(KEY), format!("{}\ns2._domainkey {OTHER}", at(KEY))),
        (String::new(), at(KEY)),
    ] {
        assert_eq!(told(&before, &after), [], "{before} {after}");
    }
}

/// The alias stays, and what it leads to changes.
#[test]
fn a_key_behind_an_alias() {
    let zone = |key: &str| format!("s1._domainkey CNAME keys\ns2._domainkey CNAME keys\nkeys {key}");
    let told = told("plan/key-replaced", &zone(KEY), &zone(OTHER));
    let words = "s1._domainkey.example.com, s2._domainkey.example.com get another DKIM key";
    assert_eq!(told, [(words.to_owned(), String::new())]);
}

#[test]
fn certificates_of_which_none_stays() {
    let told = |before: &str, after: &str| told("plan/key-replaced", before, after);
    let tlsa = |digits: &[&str]| {
        digits.iter().map(|one| format!("_25._tcp.mail TLSA 3 1 1 {}\n", one.repeat(64))).collect::<String>()
    };
    assert_eq!(
        told(&tlsa(&["1", "2"]), &tlsa(&["3", "4"])),
        [(
            "_25._tcp.mail.example.com keeps none of its TLSA records".to_owned(),
            "_25._tcp.mail.example.com TLSA".to_owned()
        )]
    );
    assert_eq!(told(&tlsa(&["1", "2"]), &tlsa(&["2", "3"])), []);
    assert_eq!(told(&tlsa(&["1"]), ""), []);
    assert_eq!(told("", &tlsa(&["1"])), []);
    // Rules know which of them fit a certificate that is declared.
    let certificate = Certificate {
        host: Name::absolute("mail.example.com").unwrap(),
        ports: vec![25],
        next: false,
        issuer: None,
        chain: Vec::new(),
        record: None,
        source: None,
    };
    let facts = Facts { certificates: vec![certificate], ..Facts::default() };
    let plan = judged(&case(&tlsa(&["1"]), &tlsa(&["2"])), &facts);
    assert!(plan.findings.iter().all(|finding| finding.rule != "plan/key-replaced"), "{:?}", plan.findings);
}

#[test]
fn a_policy_that_is_elsewhere_after() {
    let base = super::BASE.replace("_dmarc", "_dmarc.unused");
    let told = |before: &str, after: &str| {
        let case = crate::testing::Case::new(&format!("{base}{before}\n"), &format!("{base}{after}\n"));
        let plan = judged(&case, &Facts::default());
        let found = plan.findings.iter().filter(|finding| finding.rule == "plan/policy-unknown");
        found.map(|finding| finding.message.clone()).collect::<Vec<_>>()
    };
    let far = "_dmarc CNAME example.far.test.";
    let text = |policy: &str| format!("_dmarc TXT \"v=DMARC1; p={policy}\"");
    let [only] = told(&text("reject"), far).try_into().unwrap();
    assert!(only.starts_with("the DMARC policy of example.com was reject and is not known here"), "{only}");
    assert_eq!(told(&text("none"), far).len(), 0);
    assert_eq!(told(&text("reject"), &text("quarantine")).len(), 0);
    let [only] = told(far, "_dmarc CNAME other.far.test.").try_into().unwrap();
    assert!(
        only.ends_with("stands at example.far.test, and is what stands at other.far.test after this change"),
        "{only}"
    );
    assert_eq!(told("_dmarc 300 CNAME example.far.test.", "_dmarc 600 CNAME example.far.test.").len(), 0);
    assert_eq!(told("", far).len(), 0);
    let here = "_dmarc CNAME policy\npolicy TXT \"v=DMARC1; p=reject\"";
    assert_eq!(told(&text("reject"), here).len(), 0);
}

#[test]
fn a_key_that_is_elsewhere_after() {
    let told = |before: &str, after: &str| told("plan/policy-unknown", before, after);
    let at = |rest: &str| format!("s1._domainkey {rest}");
    let far = at("CNAME s1.far.test.");
    let words = "s1._domainkey.example.com has a DKIM key that is not known here after this change";
    let only = || [(words.to_owned(), "s1._domainkey.example.com CNAME".to_owned())];
    assert_eq!(told(&far, &at("CNAME s1.other.test.")), only());
    let [(message, _)] = told(&at(KEY), &far).try_into().unwrap();
    assert_eq!(message, words);
    // One that is new, one that comes back, one that was revoked, and one that stays where it was.
    assert_eq!(told("", &far), []);
    assert_eq!(told(&far, &at(KEY)), []);
    assert_eq!(told(&at("TXT \"v=DKIM1; p=\""), &far), []);
    assert_eq!(told(&at("CNAME via\nvia CNAME s1.far.test."), &far), []);
    let two = |far: &str| format!("s1._domainkey CNAME s1.{far}.\ns2._domainkey CNAME s2.{far}.");
    let [(message, _)] = told(&two("far.test"), &two("other.test")).try_into().unwrap();
    assert!(
        message.starts_with("s1._domainkey.example.com, s2._domainkey.example.com have a DKIM key"),
        "{message}"
    );
}
