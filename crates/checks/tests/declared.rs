//! What a `mail:` block derives passes the rules that are about it; what differs from it is found.

#![expect(clippy::unwrap_used, reason = "test code")]

use dnsctl_checks::{Facts, Judged, Repository, Settings, Severity, Subject, Verdict, judge};
use dnsctl_config::Project;
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Zone};
use std::path::Path;

const ZONE: &str = r#"
zone: example.com
provider: files
mail:
  mx: { 10: mail, 20: mx2.example.net. }
  hosts: { mail: { addresses: [192.0.2.25] } }
  senders: [mail]
  mta_sts: { mode: enforce, max_age: 1w, host: 192.0.2.80 }
  tls_rpt: { rua: ["mailto:tls@example.com"] }
  dane: { hosts: [mail], certificate: mail.pem, next: next.pub }
"#;

/// What the rules of TLS say: about the provider's zone, which is the derived one after `change`; or about the derived one that
/// is to replace it.
fn results(test: &str, change: impl Fn(Vec<RRset>) -> Vec<RRset>, live: bool) -> Vec<(String, Verdict)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("declared-{test}"));
    std::fs::create_dir_all(&folder).unwrap();
    let certificates = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/certificates");
    for file in ["mail.pem", "next.pub"] {
        std::fs::copy(certificates.join(file), folder.join(file)).unwrap();
    }
    std::fs::write(folder.join("example.com.yaml"), ZONE).unwrap();
    let config = "zones: example.com.yaml\nproviders:\n  files: { type: zonefile, directory: out/ }\n";
    std::fs::write(folder.join("dnsctl.yaml"), config).unwrap();
    let project = Project::open(&folder.join("dnsctl.yaml"));
    let loaded = project.load(&project.units[0]);
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let (desired, mail) = (loaded.zone.unwrap(), loaded.mail.unwrap());
    let facts = Facts::of(&mail.intent, &mail.files, mail.policy.as_deref());
    let wanted = Judged::desired(&desired, None);
    let moved = Zone::new(desired.apex.clone(), change(wanted.records().rrsets().to_vec()));
    let judged = if live { Judged::zone(&moved) } else { wanted };
    let mut held = Repository::new([judged.records()]);
    held.learn(&facts);
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let subject = Subject::new(&judged, &facts, &held).with_before((!live).then_some(&moved));
    let report = judge(&subject, settings);
    let groups = ["sts", "tlsrpt", "dane"];
    let own = report.results.into_iter().filter(|result| groups.contains(&result.check.group()));
    own.map(|result| (result.check.rule.id.to_owned(), result.verdict)).collect()
}

fn failed(results: &[(String, Verdict)]) -> Vec<&str> {
    results
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Fail(_)))
        .map(|(id, _)| id.as_str())
        .collect()
}

#[test]
fn what_is_derived_passes() {
    let results = results("same", |rrsets| rrsets, false);
    assert_eq!(failed(&results), [""; 0]);
    let passed = |id: &str| results.iter().any(|(own, verdict)| own == id && *verdict == Verdict::Pass);
    for id in [
        "sts.txt",
        "sts.txt-syntax",
        "sts.txt-without-policy",
        "sts.policy-syntax",
        "sts.mx-uncovered",
        "sts.mx-unused",
        "sts.id-stale",
        "tlsrpt.present",
        "tlsrpt.uri",
        "dane.present",
        "dane.match",
        "dane.rollover",
        "dane.stale-extra",
        "dane.cert-change",
    ] {
        assert!(passed(id), "{id}: {results:?}");
    }
}

/// The same zone at a provider where somebody moved the mail: its MX, its certificate and its policy are the old ones.
fn moved(rrsets: Vec<RRset>) -> Vec<RRset> {
    let apex = Name::absolute("example.com").unwrap();
    let names = Names { origin: &apex, strict: false };
    let value = |rtype, text| vec![Rdata::parse(rtype, text, names).unwrap()];
    let other = "3 1 1 1d9b5cd813d4846714dc85f0e08b144d87fd8d315e426a66afbbed4565ce2b72";
    let old = "\"v=STSv1; id=0123456789abcdef0123456789abcdef\"";
    let with = |rrset: RRset, values| RRset::new(rrset.name, rrset.rtype, rrset.ttl, values);
    let change = |rrset: RRset| match (rrset.name.relative_to(&apex).as_str(), rrset.rtype) {
        ("@", RecordType::MX) => with(rrset, value(RecordType::MX, "10 old.example.net.")),
        ("_25._tcp.mail", RecordType::TLSA) => with(rrset, value(RecordType::TLSA, other)),
        ("_mta-sts", RecordType::TXT) => with(rrset, value(RecordType::TXT, old)),
        _ => rrset,
    };
    rrsets.into_iter().map(change).collect()
}

#[test]
fn what_differs_at_a_provider_is_found() {
    let found = results("live", moved, true);
    assert_eq!(failed(&found), ["sts.mx-uncovered", "sts.id-stale", "dane.match"]);
}

#[test]
fn a_change_of_everything_at_once_is_warned_of() {
    let found = results("change", moved, false);
    assert_eq!(failed(&found), ["sts.order", "dane.cert-change"]);
    assert_eq!(dnsctl_checks::find("dane.cert-change").unwrap().severity, Severity::Critical);
}
