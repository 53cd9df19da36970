//! `dnsctl check`: what files declare, and what they say of RRsets that these do not hold, reaches the rules.

use crate::support::{Setup, has, has_not};
use dnsctl_harness::repository_root;

const CONFIGURATION: &str = "providers:\n  main: { type: zonefile, directory: out }\n";

/// Everything that `check --full` tells of one zone file.
fn told(text: &str, code: i32) -> String {
    let run = Setup::new(CONFIGURATION).zone("a.example", text).run("check --full", code);
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn what_is_declared_about_hosts_and_name_servers() {
    let text = "\
name_servers: [ns1.example.net., ns2.example.net.]
mail:
  mx: mail
  hosts: { mail: { addresses: 192.0.2.25, planned: 192.0.2.26, helo: out, ttl: 1d } }
  senders: mail
  dmarc: none
  sieve: mail
records:
  \"@\": { NS: [ns1.example.net., ns9.example.net.] }
";
    let all = told(text, 8);
    has(
        &all,
        &[
            "error[ns.unapproved]: ns9.example.net is a name server of a.example, but not declared",
            "warning[zone.ttl-long]: mail.a.example will move, but its A records live for 24 h",
            "note[spf.helo]: out.a.example, the EHLO name of a sender, has no SPF record",
        ],
    );
    // Receivers know the planned address already, the address records do not.
    has_not(&all, &["ns1.example.net is a", "srv.sieve", "spf.relay-authorised", "mail.a.example has"]);
    let defaults = format!("{CONFIGURATION}defaults: {{ name_servers: ns1.example.net. }}\n");
    let own = text.replacen("name_servers: [ns1.example.net., ns2.example.net.]\n", "", 1);
    let run = Setup::new(&defaults).zone("a.example", &own).run("check", 8);
    has(&run.stdout, &["ns9.example.net is a name server of a.example, but not declared"]);
    has_not(&told(&own, 8), &["ns.unapproved"]);
}

#[test]
fn an_inner_network_has_addresses_of_its_own() {
    let text =
        "records:\n  \"@\": { NS: [ns1.example.net., ns2.example.net.] }\n  printer: { A: 10.0.0.7 }\n";
    let all = |text: &str| Setup::new(CONFIGURATION).zone("dnsctl-check.net", text).run("check", 0).stdout;
    has(&all(text), &["warning[zone.special-address]: printer.dnsctl-check.net has 10.0.0.7"]);
    has_not(&all(&format!("special_addresses: true\n{text}")), &["zone.special-address"]);
}

/// One RRset has the derived SPF record and the texts that are written: each keeps its place.
#[test]
fn a_text_that_joins_the_spf_record_keeps_its_place() {
    let all = told(
        "mail: { mx: mail, hosts: { mail: 192.0.2.25 }, senders: mail, dmarc: none }\n\
         records:\n  \"@\":\n    NS: [ns1.example.net., ns2.example.net.]\n    TXT: [one, \"v=spf2.0/pra +all\"]\n",
        8,
    );
    let at = all.split("[spf.version]").nth(1).unwrap().lines().nth(1).unwrap();
    assert_eq!(at.trim(), "--> zones/a.example.yaml:5:5", "{all}");
}

#[test]
fn what_rrsets_do_not_hold_is_told_once_and_by_a_rule() {
    let twice = told(
        "records:\n  \"@\": { NS: [ns1.example.net., ns2.example.net.] }\n  www: { A: [192.0.2.1, 192.0.2.1] }\n",
        0,
    );
    has(&twice, &["note[zone.duplicate-rr]: www.a.example A 192.0.2.1 stands twice"]);
    has_not(&twice, &["record/value-twice"]);
    let setup = Setup::new(&format!("zones: \"zones/*.zone\"\n{CONFIGURATION}"));
    let text = "$TTL 1h\n@ SOA ns1.example.net. host.example.net. 1 14400 3600 1209600 3600\n@ NS ns1.example.net.\n\
        @ NS ns2.example.net.\nwww 300 A 192.0.2.1\nwww 600 A 192.0.2.2\nb A 192.0.2.3\nb A 192.0.2.3\n";
    setup.repository.write("zones/a.example.zone", text).unwrap();
    let run = setup.run("check --full", 0);
    let all = format!("{}{}", run.stdout, run.stderr);
    has(
        &all,
        &[
            "warning[zone.rrset-ttl]: the TTLs of www.a.example A differ: 300 and 600",
            "note[zone.duplicate-rr]: b.a.example A 192.0.2.3 stands twice",
        ],
    );
    has_not(&all, &["record/", "zone/master-file"]);
}

/// The certificates are those of the corpus of rules; their dates are in their names, and it is 2026-11-23.
#[test]
fn certificates_of_files() {
    let setup = Setup::new(CONFIGURATION);
    let corpus = repository_root().join("crates/checks/corpus/certificates");
    for (file, weight, words) in [
        ("expired", "critical", "the certificate of mail.a.example is 22 days past its last day"),
        ("ends-2026-11-27", "error", "the certificate of mail.a.example lasts 4 days more"),
        ("ends-2026-12-10", "warning", "the certificate of mail.a.example lasts 17 days more"),
        ("rsa1024", "warning", "the certificate of mail.a.example has an RSA key of 1024 bits"),
        ("sha1", "warning", "the certificate of mail.a.example is signed with SHA-1"),
    ] {
        let text = fs_err::read_to_string(corpus.join(format!("{file}.pem"))).unwrap();
        setup.repository.write("keys/mail.pem", text).unwrap();
        setup.write_zone(
            "a.example",
            "mail: { mx: mail, hosts: { mail: 192.0.2.25 }, senders: mail, dmarc: reject, dane: { hosts: mail, \
             certificate: ../keys/mail.pem } }\nrecords: { \"@\": { NS: [ns1.example.net., ns2.example.net.] } }\n",
        );
        let run = setup.run("check --report json=check.json", 8);
        has(&run.stdout, &[words]);
        let check = setup.plan_file("check.json").to_string();
        let place = check.find(words).unwrap();
        let around: String = check.chars().skip(place.saturating_sub(400)).take(900).collect();
        assert!(around.contains(&format!("\"{weight}\"")), "{file}: {around}");
    }
}
