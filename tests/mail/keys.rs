//! DKIM keys: OpenSSL makes them and says what they are.

use crate::openssl::OpenSsl;
use data_encoding::BASE64;
use dnsctl_mail::dkim::{Algorithm, FaultKind, PemError, parse, public_from_pem};

#[test]
fn rsa_keys_of_every_form() {
    let Some(openssl) = OpenSsl::start() else { return };
    for bits in [512, 768, 1023, 1024, 1025, 1536, 2047, 2048, 3072, 4096] {
        let exponent = if bits == 3072 { ("-3", 3) } else { ("-F4", 65537) };
        openssl.run(&format!("genrsa {} -out private.pem {bits}", exponent.0));
        openssl.run("rsa -in private.pem -traditional -out pkcs1.pem");
        openssl.run("pkey -in private.pem -pubout -out public.pem");
        openssl.run("rsa -in private.pem -RSAPublicKey_out -out bare.pem");
        let info = BASE64.encode(&openssl.run("pkey -in private.pem -pubout -outform DER"));
        let said = openssl.text("pkey -in private.pem -noout -text_pub");
        assert!(said.contains(&format!("Public-Key: ({bits} bit)")), "{said}");
        for file in ["private.pem", "pkcs1.pem", "public.pem", "bare.pem"] {
            let key = public_from_pem(&openssl.read(file)).unwrap();
            assert_eq!(key.algorithm, Algorithm::Rsa { bits, exponent: exponent.1 }, "{file}");
            assert_eq!(key.public_text(), info, "{file}");
        }
        // The record says the same as the file, and OpenSSL reads the key of the record.
        let written = public_from_pem(&openssl.read("private.pem")).unwrap();
        let record = parse(written.to_string().as_bytes());
        let expected: &[FaultKind] = match bits {
            ..1024 => &[FaultKind::RsaWeak],
            1024..2048 => &[FaultKind::RsaShort],
            _ => &[],
        };
        assert_eq!(record.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), expected);
        let read = record.key.unwrap();
        assert_eq!(read, written);
        openssl.write("read.der", &read.public);
        assert_eq!(openssl.text("pkey -pubin -inform DER -in read.der -noout -text_pub"), said);
        // A key without its algorithm is read, told, and the same key.
        let bare = openssl.run("rsa -in private.pem -RSAPublicKey_out -outform DER");
        let bare = parse(format!("p={}", BASE64.encode(&bare)).as_bytes());
        assert!(bare.faults.iter().any(|fault| fault.kind == FaultKind::RsaBare));
        assert!(bare.key.unwrap().same_key(&read));
    }
}

#[test]
fn ed25519_keys() {
    let Some(openssl) = OpenSsl::start() else { return };
    for _ in 0..4 {
        openssl.run("genpkey -algorithm ed25519 -out private.pem");
        openssl.run("pkey -in private.pem -pubout -out public.pem");
        let info = openssl.run("pkey -in private.pem -pubout -outform DER");
        for file in ["private.pem", "public.pem"] {
            let key = public_from_pem(&openssl.read(file)).unwrap();
            assert_eq!(key.algorithm, Algorithm::Ed25519);
            assert_eq!(key.public, info[info.len() - 32..], "{file}");
            let record = parse(key.to_string().as_bytes());
            assert_eq!((record.faults, record.key), (Vec::new(), Some(key)));
        }
        let whole = parse(format!("k=ed25519; p={}", BASE64.encode(&info)).as_bytes());
        assert_eq!(whole.faults[0].kind, FaultKind::Ed25519Length);
    }
}

#[test]
fn files_that_give_no_key() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.run("genrsa -out rsa.pem 2048");
    openssl.run("pkey -in rsa.pem -aes256 -passout pass:secret -out encrypted.pem");
    openssl.run("rsa -in rsa.pem -traditional -aes128 -passout pass:secret -out old.pem");
    openssl.run("ecparam -name prime256v1 -genkey -out ec.pem");
    openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out pkcs8.pem");
    openssl.run("pkey -in pkcs8.pem -pubout -out public.pem");
    openssl.run("genpkey -algorithm ed448 -out ed448.pem");
    openssl.run("req -x509 -key rsa.pem -subj /CN=a -out certificate.pem");
    let error = |file: &str| public_from_pem(&openssl.read(file)).unwrap_err();
    assert_eq!(error("encrypted.pem"), PemError::Encrypted);
    assert_eq!(error("old.pem"), PemError::Encrypted);
    for file in ["ec.pem", "pkcs8.pem", "public.pem", "ed448.pem"] {
        let found = error(file);
        // `ecparam` writes its parameters before the key.
        assert_eq!(found, PemError::Algorithm, "{file}");
    }
    assert_eq!(error("certificate.pem"), PemError::NoKey(vec!["CERTIFICATE".to_owned()]));
    let both = openssl.read("certificate.pem") + &openssl.read("rsa.pem");
    assert!(public_from_pem(&both).is_ok());
}

/// Ours may be stricter, since DKIM wants DER and OpenSSL reads BER; it is never more lenient.
#[test]
fn what_openssl_refuses_we_refuse() {
    let Some(openssl) = OpenSsl::start() else { return };
    openssl.run("genrsa -out private.pem 1024");
    let good = openssl.run("pkey -in private.pem -pubout -outform DER");
    let mut random = fastrand::Rng::with_seed(6376);
    let (mut refused, mut stricter) = (0, 0);
    for round in 0..250 {
        let mut damaged = good.clone();
        match round % 3 {
            // The frame of the key is in the first 29 octets, the exponent in the last five.
            0 => damaged[random.usize(..29)] = random.u8(..),
            1 => damaged.truncate(random.usize(..good.len())),
            _ => {
                let at = random.usize(good.len() - 5..good.len());
                damaged[at] = random.u8(..);
            }
        }
        let parsed = parse(format!("p={}", BASE64.encode(&damaged)).as_bytes());
        let spoiled =
            |kind| matches!(kind, FaultKind::KeyForm | FaultKind::KeyAlgorithm | FaultKind::RsaExponent);
        let ours = !parsed.faults.iter().any(|fault| spoiled(fault.kind)) && !damaged.is_empty();
        openssl.write("damaged.der", &damaged);
        let theirs = openssl.accepts("rsa -pubin -inform DER -in damaged.der -noout");
        assert!(theirs || !ours, "{}: {:?}", BASE64.encode(&damaged), parsed.faults);
        refused += usize::from(!theirs);
        stricter += usize::from(theirs && !ours);
    }
    // Most damage is seen by both.
    assert!(refused > 100 && stricter < 80, "{refused} refused, {stricter} by us only");
}
