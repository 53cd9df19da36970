//! Certificates and TLSA records: OpenSSL makes them, and says what the digests, dates and names are.

use crate::openssl::OpenSsl;
use data_encoding::{BASE64, HEXLOWER};
use dnsctl_mail::FaultClass as _;
use dnsctl_mail::tlsa::{self, Certificate, Params, PublicKey};
use dnsctl_zone::Name;

/// How keys are made.
const KINDS: [&str; 9] = [
    "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
    "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "-algorithm RSA -pkeyopt rsa_keygen_bits:3071",
    "-algorithm RSA -pkeyopt rsa_keygen_bits:4096",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
    "-algorithm ed25519",
    "-algorithm ed448",
];

/// What OpenSSL says the key of a certificate is.
fn kind(openssl: &OpenSsl, file: &str) -> PublicKey {
    let text = openssl.text(&format!("x509 -in {file} -noout -text"));
    let field = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name).map(str::to_owned));
    let bits = || {
        let bits = field("Public-Key: (").unwrap();
        bits.strip_suffix(" bit)").unwrap().parse().unwrap()
    };
    match field("Public Key Algorithm: ").unwrap().as_str() {
        "rsaEncryption" => PublicKey::Rsa { bits: bits() },
        "id-ecPublicKey" => PublicKey::Ec { bits: bits() },
        "ED25519" => PublicKey::Ed25519,
        "ED448" => PublicKey::Ed448,
        other => panic!("{other}"),
    }
}

/// What OpenSSL says the data of a TLSA record are.
fn expected(openssl: &OpenSsl, certificate: &str, params: Params) -> Vec<u8> {
    let selected = if params.selector == 0 {
        openssl.run(&format!("x509 -in {certificate} -outform DER"))
    } else {
        openssl.run(&format!("x509 -in {certificate} -noout -pubkey -out selected.pem"));
        openssl.run("pkey -pubin -in selected.pem -outform DER")
    };
    openssl.write("selected.der", &selected);
    match params.matching {
        0 => selected,
        1 => openssl.run("dgst -sha256 -binary selected.der"),
        _ => openssl.run("dgst -sha512 -binary selected.der"),
    }
}

/// Every record about a certificate is the one that OpenSSL's digests make.
fn records_agree(openssl: &OpenSsl, file: &str) {
    let der = openssl.run(&format!("x509 -in {file} -outform DER"));
    for selector in 0..2 {
        for matching in 0..3 {
            let params = Params { usage: 3, selector, matching };
            let rdata = tlsa::from_pem(&openssl.read(file), params).unwrap();
            let data = expected(openssl, file, params);
            assert_eq!(HEXLOWER.encode(&rdata.octets()[3..]), HEXLOWER.encode(&data), "{file}: {params}");
            assert!(tlsa::matches(&rdata, &der), "{file}: {params}");
            assert!(!tlsa::check_rdata(&rdata).iter().any(|fault| fault.kind.is_error()), "{file}: {params}");
        }
    }
}

/// The facts are what OpenSSL says they are.
fn facts_agree(openssl: &OpenSsl, file: &str) -> Certificate {
    let read = Certificate::from_pem(&openssl.read(file)).unwrap().remove(0);
    let date = |seconds| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    let dates = openssl.text(&format!("x509 -in {file} -noout -startdate -enddate -dateopt iso_8601"));
    let ours = format!("notBefore={}\nnotAfter={}\n", date(read.not_before), date(read.not_after));
    assert_eq!(dates.replace(' ', "T"), ours, "{file}");
    let names = openssl.text(&format!("x509 -in {file} -noout -ext subjectAltName"));
    let names: Vec<String> = names
        .split([',', '\n'])
        .filter_map(|part| part.trim().strip_prefix("DNS:"))
        .map(str::to_owned)
        .collect();
    assert_eq!(read.dns_names, names, "{file}");
    openssl.run(&format!("x509 -in {file} -noout -pubkey -out facts.pem"));
    assert_eq!(read.public_key_info, openssl.run("pkey -pubin -in facts.pem -outform DER"), "{file}");
    read
}

#[test]
fn keys_of_every_kind() {
    let Some(openssl) = OpenSsl::start() else { return };
    for how in KINDS {
        openssl.run(&format!("genpkey {how} -out key.pem"));
        openssl.run(
            "req -x509 -key key.pem -days 30 -subj /CN=mail.example.com -out leaf.pem \
             -addext subjectAltName=DNS:mail.example.com,DNS:*.example.net,email:a@example.com,IP:192.0.2.1",
        );
        let read = facts_agree(&openssl, "leaf.pem");
        assert_eq!(read.public_key, kind(&openssl, "leaf.pem"), "{how}");
        assert_eq!(read.common_name.as_deref(), Some("mail.example.com"));
        records_agree(&openssl, "leaf.pem");
        // The record of one certificate is not that of another with the same key, except for the key.
        openssl.run("req -x509 -key key.pem -days 60 -subj /CN=other -out next.pem");
        let other = openssl.run("x509 -in next.pem -outform DER");
        let record =
            |selector| tlsa::from_pem(&openssl.read("leaf.pem"), Params { selector, ..Params::KEY }).unwrap();
        assert!(tlsa::matches(&record(1), &other) && !tlsa::matches(&record(0), &other));
        // The key alone, before its certificate is made, gives the same record.
        openssl.run("pkey -in key.pem -pubout -out public.pem");
        assert_eq!(tlsa::from_pem(&openssl.read("public.pem"), Params::KEY), Ok(record(1)));
        assert!(tlsa::from_pem(&openssl.read("public.pem"), Params { selector: 0, ..Params::KEY }).is_err());
        assert!(tlsa::from_pem(&openssl.read("key.pem"), Params::KEY).is_err());
    }
}

#[test]
fn expired_and_nameless() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
    openssl.run("req -x509 -key key.pem -subj /CN=nameless.example -out nameless.pem");
    let nameless = facts_agree(&openssl, "nameless.pem");
    assert!(nameless.dns_names.is_empty());
    assert!(!nameless.covers(&Name::absolute("nameless.example").unwrap()));
    records_agree(&openssl, "nameless.pem");
    openssl.run("req -x509 -key key.pem -subj / -out empty.pem");
    assert_eq!(facts_agree(&openssl, "empty.pem").common_name, None);
    for (time, until) in [("2019-06-01 12:00:00", "2019-07-01"), ("2049-12-20 00:00:00", "2050-01-19")] {
        if !openssl.run_at(time, "req -x509 -key key.pem -days 30 -subj /CN=old.example -out old.pem") {
            return;
        }
        let old = facts_agree(&openssl, "old.pem");
        let end: jiff::civil::Date = until.parse().unwrap();
        let end = end.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        assert!((old.not_after - end).abs() <= 86_400, "{} is not {until}", old.not_after);
        records_agree(&openssl, "old.pem");
    }
}

#[test]
fn a_chain_has_its_authority() {
    let Some(openssl) = OpenSsl::start() else { return };
    let ca = "-addext basicConstraints=critical,CA:TRUE";
    openssl.run(&format!("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=ca -out ca.pem {ca}"));
    openssl.run("req -new -newkey rsa:2048 -nodes -keyout leaf.key -subj /CN=mail.example.com -out leaf.csr");
    openssl.write("leaf.ext", b"basicConstraints=CA:FALSE\nsubjectAltName=DNS:mail.example.com\n");
    openssl.run(
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile leaf.ext -out leaf.pem",
    );
    let leaf = facts_agree(&openssl, "leaf.pem");
    let authority = facts_agree(&openssl, "ca.pem");
    assert!(authority.is_authority && authority.self_issued && !leaf.is_authority && !leaf.self_issued);
    assert_eq!((&*leaf.issuer, &*leaf.subject), ("CN=ca", "CN=mail.example.com"));
    // The file of a server: its key, its certificate, its authority.
    let chain = [openssl.read("leaf.key"), openssl.read("leaf.pem"), openssl.read("ca.pem")].concat();
    for (params, file) in
        [(Params::KEY, "leaf.pem"), (Params::AUTHORITY, "ca.pem"), (Params::AUTHORITY_KEY, "ca.pem")]
    {
        let rdata = tlsa::from_pem(&chain, params).unwrap();
        assert_eq!(rdata.octets()[3..], expected(&openssl, file, params), "{params}");
        assert_eq!(rdata.to_string().split(' ').take(3).collect::<Vec<_>>().join(" "), params.to_string());
    }
    assert_eq!(Certificate::from_pem(&chain).unwrap(), [leaf, authority]);
}

#[test]
fn names_are_matched_as_openssl_does() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.run("genpkey -algorithm ed25519 -out key.pem");
    openssl.run(
        "req -x509 -key key.pem -subj /CN=common.example -out names.pem \
         -addext subjectAltName=DNS:mail.example.com,DNS:*.example.net,DNS:UPPER.example.org,DNS:*.a.b.example",
    );
    let read = facts_agree(&openssl, "names.pem");
    for name in [
        "mail.example.com",
        "MAIL.Example.com",
        "a.mail.example.com",
        "example.com",
        "mail.example.net",
        "a.mail.example.net",
        "example.net",
        "upper.example.org",
        "x.a.b.example",
        "a.b.example",
        "common.example",
        "xmail.example.com",
        "mail.example.com.attacker.net",
    ] {
        let said = openssl.text(&format!("x509 -in names.pem -noout -checkhost {name}"));
        let theirs = said.contains("does match");
        assert!(theirs || said.contains("does NOT match"), "{said}");
        assert_eq!(read.covers(&Name::absolute(name).unwrap()), theirs, "{name}");
    }
}

/// Whatever octets OpenSSL takes for a certificate and we do not, or the other way round, differ in nothing that matters for a
/// record: both agree on the octets that were not damaged.
#[test]
fn damaged_certificates_do_no_harm() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.run("genpkey -algorithm ed25519 -out key.pem");
    openssl.run("req -x509 -key key.pem -subj /CN=a -out good.pem -addext subjectAltName=DNS:a.example");
    let good = openssl.run("x509 -in good.pem -outform DER");
    let record = tlsa::from_pem(&openssl.read("good.pem"), Params { selector: 0, ..Params::KEY }).unwrap();
    let mut random = fastrand::Rng::with_seed(7672);
    for _ in 0..20_000 {
        let mut damaged = good.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..damaged.len());
            damaged[at] = random.u8(..);
        }
        damaged.truncate(random.usize(damaged.len() / 2..=damaged.len()));
        if let Ok(read) = Certificate::from_der(&damaged) {
            assert_eq!(read.der, damaged);
            assert!(tlsa::matches(&Params::KEY.record(&read).unwrap(), &damaged));
        }
        assert_eq!(tlsa::matches(&record, &damaged), damaged == good, "{}", BASE64.encode(&damaged));
    }
}
