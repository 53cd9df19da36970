use super::*;
use proptest::prelude::*;

/// A certificate made by hand from DER, for `example.com`, with an RSA key of 1024 bits: small, and with nothing optional.
fn certificate() -> Vec<u8> {
    use crate::der::{BIT_STRING, NULL, OBJECT_IDENTIFIER, OID_RSA, SEQUENCE, element, number};
    let sequence = |parts: &[&[u8]]| element(SEQUENCE, &parts.concat());
    let time = |text: &str| element(0x17, text.as_bytes());
    let algorithm = sequence(&[&element(OBJECT_IDENTIFIER, OID_RSA), &element(NULL, &[])]);
    let key = sequence(&[&number(&[0xc1; 128]), &number(&[1, 0, 1])]);
    let info = sequence(&[&algorithm, &element(BIT_STRING, &[&[0], &*key].concat())]);
    let validity = sequence(&[&time("260101000000Z"), &time("270101000000Z")]);
    let name = sequence(&[]);
    let signed = sequence(&[&number(&[7]), &algorithm, &name, &validity, &name, &info]);
    sequence(&[&signed, &algorithm, &element(BIT_STRING, &[0, 1, 2])])
}

fn kinds(usage: u8, selector: u8, matching: u8, length: usize) -> Vec<FaultKind> {
    check(Params { usage, selector, matching }, &vec![0x30; length]).iter().map(|fault| fault.kind).collect()
}

#[test]
fn facts_of_a_certificate() {
    let certificate = Certificate::from_der(&certificate()).unwrap();
    assert_eq!(certificate.public_key, PublicKey::Rsa { bits: 1024 });
    assert_eq!((certificate.not_before, certificate.not_after), (1_767_225_600, 1_798_761_600));
    assert!(certificate.dns_names.is_empty() && !certificate.is_authority && certificate.self_issued);
}

#[test]
fn records_match_what_they_were_made_from() {
    let der = certificate();
    let read = Certificate::from_der(&der).unwrap();
    for selector in 0..2 {
        for matching in 0..3 {
            let params = Params { usage: 3, selector, matching };
            let rdata = params.record(&read).unwrap();
            assert_eq!(Params::of(&rdata), Some(params));
            assert!(matches(&rdata, &der), "{params}");
            assert!(!matches(&rdata, &der[1..]));
            let unusable = check_rdata(&rdata).iter().any(|fault| crate::FaultClass::is_error(fault.kind));
            assert!(!unusable, "{params}");
        }
    }
    assert_eq!(Params { usage: 3, selector: 2, matching: 1 }.record(&read), None);
    assert_eq!(Params { usage: 3, selector: 1, matching: 3 }.record(&read), None);
}

#[test]
fn parameters_are_judged() {
    use FaultKind as F;
    assert_eq!(kinds(3, 1, 1, 32), []);
    assert_eq!(kinds(2, 0, 2, 64), []);
    assert_eq!(kinds(3, 0, 1, 32), [F::WholeCertificate]);
    assert_eq!(kinds(1, 1, 1, 32), [F::UsagePkix]);
    assert_eq!(kinds(4, 2, 3, 32), [F::Usage, F::Selector, F::Matching]);
    assert_eq!(kinds(3, 1, 1, 31), [F::Length]);
    assert_eq!(kinds(3, 1, 2, 32), [F::Length]);
    assert_eq!(kinds(3, 1, 1, 0), [F::Empty]);
    assert_eq!(kinds(3, 1, 0, 5), [F::Full, F::NotDer]);
    assert_eq!(kinds(2, 0, 0, 5), [F::Full, F::NotDer]);
}

#[test]
fn files_without_a_certificate() {
    let block = |label: &str, octets: &[u8]| pem::encode(&pem::Pem::new(label, octets));
    let error = |text: &str, params| from_pem(text, params).unwrap_err();
    assert!(matches!(error("", Params::KEY), CertificateError::Pem(_)));
    assert_eq!(
        error(&block("PRIVATE KEY", b"x"), Params::KEY),
        CertificateError::NoCertificate(vec!["PRIVATE KEY".to_owned()])
    );
    assert!(matches!(error(&block("CERTIFICATE", b"x"), Params::KEY), CertificateError::Der(_)));
    let mut long = certificate();
    long.push(0);
    assert_eq!(error(&block("CERTIFICATE", &long), Params::KEY), CertificateError::Trailing(1));
    let good = block("CERTIFICATE", &certificate());
    assert_eq!(error(&good, Params::AUTHORITY), CertificateError::NoAuthority);
    assert!(from_pem(&format!("text\n{}{good}", block("PRIVATE KEY", b"x")), Params::KEY).is_ok());
}

#[test]
fn names_of_records() {
    let host = Name::absolute("mail.example.com").unwrap();
    let owner = owner(&host, 25).unwrap();
    assert_eq!(owner.without_dot(), "_25._tcp.mail.example.com");
    assert_eq!(host_and_port(&owner), Some((host, 25)));
    for other in ["25._tcp.a.example", "_x._tcp.a.example", "_25._udp.a.example", "_65536._tcp.a.example"] {
        assert_eq!(host_and_port(&Name::absolute(other).unwrap()), None, "{other}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_a_certificate_or_not(octets in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = Certificate::from_der(&octets);
    }

    #[test]
    fn a_damaged_certificate_does_no_harm(at in 0_usize..300, octet: u8, length in 0_usize..400) {
        let mut der = certificate();
        if let Some(place) = der.get_mut(at) {
            *place = octet;
        }
        der.truncate(length);
        if let Ok(read) = Certificate::from_der(&der) {
            prop_assert!(matches(&Params::KEY.record(&read).unwrap(), &der));
        }
    }

    #[test]
    fn any_record_is_judged(octets in prop::collection::vec(any::<u8>(), 4..80)) {
        if let Ok(rdata) = Rdata::from_wire(RecordType::TLSA, &octets) {
            for fault in check_rdata(&rdata) {
                prop_assert!(fault.span.end <= octets.len());
            }
            let _ = matches(&rdata, &octets);
        }
    }
}
