//! Keys, certificates and policies, judged by readers that are not the writer.

use super::*;

/// From RFC 6376 appendix C.
const RSA_PUBLIC: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

fn selector(key: DkimSource) -> At<Selector> {
    at(Selector { name: name("s2026._domainkey.example.com"), text: "s2026".to_owned(), key, test: false })
}

fn with_key(key: DkimSource) -> Intent {
    Intent { dkim: vec![selector(key)], ..sending(vec![Sender::Exchangers(None)]) }
}

fn file(path: &str) -> FileRef {
    FileRef { path: path.to_owned() }
}

fn with_files(intent: &Intent, files: &[(&str, &str)]) -> Derived {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    derive(intent, &name("example.com"), Ttl::new(3600).unwrap(), &files)
}

fn text_at(derived: &Derived, owner: &str) -> String {
    let wish =
        derived.wishes.iter().find(|wish| wish.rrset.key() == (&name(owner), RecordType::TXT)).unwrap();
    String::from_utf8(wish.rrset.values()[0].joined_text()).unwrap()
}

#[test]
fn a_key_in_every_form_gives_the_same_record() {
    let record = format!("v=DKIM1; k=rsa; p={RSA_PUBLIC}");
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{RSA_PUBLIC}\n-----END PUBLIC KEY-----\n");
    let (first, rest) = RSA_PUBLIC.split_at(100);
    let fragment = format!(
        "s2026._domainkey\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\n\t  \"p={first}\"\n\t  \"{rest}\" )  ; ----- DKIM key s2026"
    );
    for text in [pem.as_str(), fragment.as_str(), RSA_PUBLIC, &format!("{RSA_PUBLIC}\n"), &record] {
        let intent = with_key(DkimSource::File(file("dkim/s2026.pub")));
        let derived = with_files(&intent, &[("dkim/s2026.pub", text)]);
        assert_eq!(derived.problems, [], "{text}");
        assert_eq!(text_at(&derived, "s2026._domainkey.example.com"), record, "{text}");
    }
    let derived = with_files(&with_key(DkimSource::Public(RSA_PUBLIC.to_owned())), &[]);
    assert_eq!(text_at(&derived, "s2026._domainkey.example.com"), record);
    let derived = with_files(&with_key(DkimSource::Revoked), &[]);
    assert_eq!(text_at(&derived, "s2026._domainkey.example.com"), "v=DKIM1; p=");
}

#[test]
fn keys_that_are_none() {
    let intent = with_key(DkimSource::File(file("k")));
    for (text, words) in [
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "private key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", ""),
        ("", ""),
        ("v=DKIM1; p=", "revokes"),
        ("not base64!", ""),
        ("k=rsa; p=AAAA", ""),
        (&"x".repeat(100_000), "octets"),
    ] {
        let problems = with_files(&intent, &[("k", text)]).problems;
        let found: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(found, ["mail/dkim-key"], "{text:.40}");
        assert!(problems[0].message.contains(words), "{}", problems[0].message);
        assert!(!problems[0].message.contains("AAAA"), "a key is not repeated");
    }
}

#[test]
fn a_domain_that_does_not_send_has_no_keys() {
    let mut intent = with_key(DkimSource::Revoked);
    intent.senders.clear();
    intent.sends = Some(at(false));
    let derived = derived(&intent);
    assert_eq!(derived.problems, []);
    assert_eq!(text_at(&derived, "*._domainkey.example.com"), "v=DKIM1; p=");
    intent.dkim = vec![selector(DkimSource::Alias(name("a.example.net")))];
    refused(&intent, "mail/dkim-unused");
}

fn mta_sts(mode: MtaStsMode, patterns: &[&str]) -> Intent {
    let exchange = |preference, host| at(Exchange { preference, host: name(host) });
    Intent {
        mx: vec![exchange(10, "mail.example.com"), exchange(20, "backup.relay.example")],
        senders: vec![at(Sender::Exchangers(None))],
        mta_sts: Some(at(MtaSts {
            mode,
            max_age: 604_800,
            mx: patterns.iter().map(|text| at((*text).to_owned())).collect(),
            host: Some(PolicyHost::Alias(name("web.example.net"))),
        })),
        ..intent()
    }
}

#[test]
fn the_id_follows_the_policy() {
    let derived = derived(&mta_sts(MtaStsMode::Enforce, &[]));
    assert_eq!(derived.problems, []);
    assert_eq!(
        derived.policy.as_deref(),
        Some(
            "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: backup.relay.example\nmax_age: 604800\n"
        )
    );
    let id = text_at(&derived, "_mta-sts.example.com");
    assert!(id.starts_with("v=STSv1; id="), "{id}");
    let parsed = crate::mta_sts::policy::parse(derived.policy.as_ref().unwrap().as_bytes());
    assert_eq!(parsed.faults, []);
    let again = super::derived(&mta_sts(MtaStsMode::Enforce, &["mail.example.com", "backup.relay.example"]));
    assert_eq!(text_at(&again, "_mta-sts.example.com"), id, "the same policy");
    let other = super::derived(&mta_sts(MtaStsMode::Testing, &[]));
    assert_ne!(text_at(&other, "_mta-sts.example.com"), id);
    assert!(records(&derived).contains("mta-sts CNAME web.example.net."));
    let none = super::derived(&mta_sts(MtaStsMode::None, &[]));
    assert_eq!(none.policy.as_deref(), Some("version: STSv1\nmode: none\nmax_age: 604800\n"));
}

#[test]
fn a_policy_covers_every_host() {
    let problem = refused(&mta_sts(MtaStsMode::Enforce, &["*.example.com"]), "mail/mta-sts-mx");
    assert!(problem.message.contains("backup.relay.example"));
    assert_eq!(derived(&mta_sts(MtaStsMode::Enforce, &["*.example.com", "*.relay.example"])).problems, []);
    refused(&mta_sts(MtaStsMode::Testing, &["*.example", "mail.example.com"]), "mail/mta-sts-mx");
}

fn dane(usage: Usage) -> Intent {
    Intent {
        dane: vec![at(Dane {
            hosts: vec![at(name("mail.example.com"))],
            certificate: at(file("mail.pem")),
            next: vec![at(file("next.pem"))],
            ports: Vec::new(),
            usage,
        })],
        ..sending(vec![Sender::Exchangers(None)])
    }
}

/// `openssl x509 -in mail.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256`
fn openssl_digest(pem: &str) -> Option<String> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let script = "openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -r";
    let mut child = Command::new("sh")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(pem.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ').next().map(str::to_uppercase).filter(|digest| digest.len() == 64)
}

#[test]
fn tlsa_records_are_what_openssl_computes() {
    let certificate = include_str!("mail.pem");
    let derived = with_files(
        &dane(Usage::EndEntity),
        &[("mail.pem", certificate), ("next.pem", include_str!("next.pub"))],
    );
    assert_eq!(derived.problems, []);
    let text = records(&derived);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("TLSA")).collect();
    assert_eq!(lines.len(), 2, "the current and the next: {text}");
    assert!(lines.iter().all(|line| line.starts_with("_25._tcp.mail TLSA 3 1 1 ")), "{text}");
    let digest = openssl_digest(certificate).expect("openssl is installed where tests run");
    assert!(text.to_uppercase().contains(&digest), "{digest} is missing in\n{text}");
}

#[test]
fn certificates_that_are_none() {
    let next = include_str!("next.pub");
    for text in [
        "",
        "x",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN X-----\nAAAA\n-----END X-----\n",
    ] {
        let problems =
            with_files(&dane(Usage::EndEntity), &[("mail.pem", text), ("next.pem", next)]).problems;
        assert_eq!(
            problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
            ["mail/certificate"],
            "{text}"
        );
    }
    let leaf = include_str!("mail.pem");
    let problems = with_files(&dane(Usage::EndEntity), &[("mail.pem", leaf), ("next.pem", leaf)]).problems;
    assert_eq!(problems[0].code, "mail/dane-next");
}

/// `2 1 1` of a host's own key fits no chain (RFC 7672 section 3.1.2).
#[test]
fn a_bare_key_is_no_authority() {
    let authority = include_str!("authority.pem");
    let key = include_str!("next.pub");
    for (certificate, next) in [(authority, key), (key, authority)] {
        let made = with_files(&dane(Usage::TrustAnchor), &[("mail.pem", certificate), ("next.pem", next)]);
        let codes: Vec<_> = made.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["mail/certificate"], "{:?}", made.problems);
        assert!(made.problems[0].help.contains("certificate of the authority"), "{:?}", made.problems);
    }
}

#[test]
fn a_host_of_another_zone_has_its_records_there() {
    let mut intent = dane(Usage::EndEntity);
    intent.dane[0].value.hosts = vec![at(name("backup.relay.example"))];
    let files = [("mail.pem", include_str!("mail.pem")), ("next.pem", include_str!("next.pub"))];
    let problems = with_files(&intent, &files).problems;
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["mail/dane-host"]);
}

#[test]
fn dmarc_bimi_and_reports() {
    let mut intent = sending(vec![Sender::Exchangers(None)]);
    intent.dmarc = Some(at(Dmarc {
        policy: DmarcPolicy::Quarantine,
        subdomains: Some(DmarcPolicy::Reject),
        nonexistent: Some(DmarcPolicy::Reject),
        rua: vec![at("mailto:a@example.com".to_owned()), at("mailto:b@example.net".to_owned())],
        ruf: vec![at("mailto:c@example.com".to_owned())],
        strict_dkim: true,
        strict_spf: true,
        test: true,
    }));
    intent.reports_for = vec![at(name("other.example"))];
    intent.bimi = Some(at(Bimi::Logo { logo: "https://example.com/logo.svg".to_owned(), evidence: None }));
    intent.tls_rpt = Some(at(TlsReports { rua: vec![at("https://example.com/tls".to_owned())] }));
    let made = derived(&intent);
    assert_eq!(made.problems, []);
    let text = text_at(&made, "_dmarc.example.com");
    assert_eq!(
        text,
        "v=DMARC1; p=quarantine; sp=reject; np=reject; adkim=s; aspf=s; t=y; \
         rua=mailto:a@example.com,mailto:b@example.net; ruf=mailto:c@example.com"
    );
    assert_eq!(text_at(&made, "other.example._report._dmarc.example.com"), "v=DMARC1");
    assert_eq!(text_at(&made, "_smtp._tls.example.com"), "v=TLSRPTv1; rua=https://example.com/tls");
    assert_eq!(text_at(&made, "default._bimi.example.com"), "v=BIMI1; l=https://example.com/logo.svg; a=;");
    intent.dmarc.as_mut().unwrap().value.subdomains = Some(DmarcPolicy::None);
    refused(&intent, "mail/bimi-dmarc");
}

/// What is written is read without a fault by the parsers of the grammars.
#[test]
fn every_text_is_read_without_a_fault() {
    let mut intent = mta_sts(MtaStsMode::Enforce, &[]);
    intent.dmarc = Some(at(Dmarc {
        policy: DmarcPolicy::Reject,
        subdomains: Some(DmarcPolicy::Reject),
        nonexistent: None,
        rua: vec![at("mailto:a@example.com".to_owned())],
        ruf: Vec::new(),
        strict_dkim: true,
        strict_spf: false,
        test: false,
    }));
    intent.tls_rpt = Some(at(TlsReports { rua: vec![at("mailto:a@example.com".to_owned())] }));
    intent.bimi = Some(at(Bimi::Logo {
        logo: "https://example.com/logo.svg".to_owned(),
        evidence: Some("https://example.com/vmc.pem".to_owned()),
    }));
    intent.dkim = vec![selector(DkimSource::Public(RSA_PUBLIC.to_owned()))];
    let derived = derived(&intent);
    assert_eq!(derived.problems, []);
    let text = |owner: &str| text_at(&derived, owner).into_bytes();
    assert_eq!(crate::spf::parse(&text("example.com")).faults, []);
    assert_eq!(crate::dmarc::parse(&text("_dmarc.example.com")).faults, []);
    assert_eq!(crate::mta_sts::record::parse(&text("_mta-sts.example.com")).faults, []);
    assert_eq!(crate::tls_rpt::parse(&text("_smtp._tls.example.com")).faults, []);
    assert_eq!(crate::bimi::parse(&text("default._bimi.example.com")).faults, []);
    let key = crate::dkim::parse(&text("s2026._domainkey.example.com"));
    assert!(key.key.is_some() && !key.faults.iter().any(crate::Fault::is_error), "{:?}", key.faults);
}
