//! Against the `domain` crate, which signs and checks by its own code.

use std::str::FromStr as _;

use data_encoding::BASE64;
use domain::base::iana::Rcode;
use domain::base::message_builder::AdditionalBuilder;
use domain::base::{Message, MessageBuilder, Rtype};
use domain::rdata::tsig::Time48;
use domain::tsig as oracle;
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::secret::Secret;

const NOW: u64 = 1_795_000_000;
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

fn key(algorithm: Algorithm) -> Key {
    let name = "Tester.example".parse().expect("name");
    Key::new(name, algorithm, &Secret::new(BASE64.encode(SECRET))).expect("key")
}

fn oracle_key(algorithm: Algorithm, secret: &[u8]) -> Option<oracle::Key> {
    let algorithm = match algorithm {
        Algorithm::HmacSha1 => oracle::Algorithm::Sha1,
        Algorithm::HmacSha224 => return None,
        Algorithm::HmacSha256 => oracle::Algorithm::Sha256,
        Algorithm::HmacSha384 => oracle::Algorithm::Sha384,
        Algorithm::HmacSha512 => oracle::Algorithm::Sha512,
    };
    let name = oracle::KeyName::from_str("tester.example").expect("name");
    Some(oracle::Key::new(algorithm, secret, name, None, None).expect("key"))
}

fn question() -> Vec<u8> {
    let name = domain::base::Name::<Vec<u8>>::from_str("zone.example").expect("name");
    let mut builder = MessageBuilder::new_vec();
    builder.header_mut().set_id(4711);
    let mut builder = builder.question();
    builder.push((name, Rtype::AXFR)).expect("question");
    builder.into_message().into_octets()
}

/// The nth answer to a request, unsigned.
fn answer(request: &[u8], number: u8) -> AdditionalBuilder<Vec<u8>> {
    let request = Message::from_octets(request).expect("request");
    let builder = MessageBuilder::new_vec().start_answer(&request, Rcode::NOERROR).expect("answer");
    let mut builder = builder.additional();
    let name = domain::base::Name::<Vec<u8>>::from_str("www.zone.example").expect("name");
    builder.push((name, 300, domain::rdata::A::from_octets(192, 0, 2, number))).expect("record");
    builder
}

fn time(seconds: u64) -> Time48 {
    Time48::from_u64(seconds)
}

#[test]
fn one_answer_both_ways() {
    for algorithm in Algorithm::ALL {
        let Some(oracle_key) = oracle_key(algorithm, SECRET).map(std::sync::Arc::new) else { continue };
        let key = key(algorithm);
        let plain = question();
        let mut request = plain.clone();
        let mut chain = key.sign(&mut request, NOW).expect("signed");
        assert_eq!(request.len(), plain.len() + key.record_len(), "{algorithm}");

        let mut received = Message::from_octets(request.clone()).expect("message");
        let server = oracle::ServerTransaction::request(&oracle_key, &mut received, time(NOW + 299))
            .expect("the oracle takes the request")
            .expect("it is signed");
        let mut reply = answer(&plain, 1);
        server.answer(&mut reply, time(NOW + 299)).expect("signed");
        let reply = reply.into_message().into_octets();

        assert_eq!(chain.clone().check(&reply, NOW + 301), Ok(true), "{algorithm}");
        assert_eq!(chain.clone().check(&reply, NOW + 600), Err(TsigFault::Stale { ahead: -301 }));
        for octet in [0, 3, 20, 40, reply.len() - 1] {
            let mut altered = reply.clone();
            altered[octet] ^= 1;
            let result = chain.clone().check(&altered, NOW + 299);
            // The id on the outside may be another one: the original id is in the record.
            assert_eq!(result.is_ok(), octet == 0, "{algorithm} octet {octet}: {result:?}");
        }
        assert_eq!(chain.check(&reply, NOW + 299), Ok(true));
        assert_eq!(chain.finish(), Ok(()));
    }
}

/// A whole transfer, signed by the oracle, each message.
#[test]
fn a_stream_of_signed_messages() {
    let oracle_key = std::sync::Arc::new(oracle_key(Algorithm::HmacSha256, SECRET).expect("key"));
    let plain = question();
    let mut request = plain.clone();
    let mut chain = key(Algorithm::HmacSha256).sign(&mut request, NOW).expect("signed");
    let mut received = Message::from_octets(request).expect("message");
    let mut server = oracle::ServerSequence::request(&oracle_key, &mut received, time(NOW))
        .expect("taken")
        .expect("signed");
    assert_eq!(chain.finish(), Err(TsigFault::Unsigned));
    for number in 0..20 {
        let mut reply = answer(&plain, number);
        server.answer(&mut reply, time(NOW + u64::from(number))).expect("signed");
        assert_eq!(chain.check(&reply.into_message().into_octets(), NOW), Ok(true));
        assert_eq!(chain.finish(), Ok(()));
    }
}

/// A transfer in which only some messages are signed: the first, the last and each `step`th. The oracle, as a client,
/// must judge the same octets as we do.
fn partly_signed(step: usize, count: usize) -> (Vec<Result<bool, TsigFault>>, Vec<bool>) {
    let key = key(Algorithm::HmacSha512);
    let oracle_key = std::sync::Arc::new(oracle_key(Algorithm::HmacSha512, SECRET).expect("key"));
    // Both sign the same request in the same way, so one stream of answers serves both.
    let plain = question();
    let mut builder = MessageBuilder::new_vec();
    builder.header_mut().set_id(4711);
    let mut builder = builder.question();
    let name = domain::base::Name::<Vec<u8>>::from_str("zone.example").expect("name");
    builder.push((name, Rtype::AXFR)).expect("question");
    let mut oracle_request = builder.additional();
    let mut oracle_client =
        oracle::ClientSequence::request(oracle_key, &mut oracle_request, time(NOW)).expect("signed");
    let mut request = plain.clone();
    let mut chain = key.sign(&mut request, NOW).expect("signed");
    assert_eq!(request, oracle_request.into_message().into_octets(), "the same signature");

    let mac = &request[request.len() - 6 - 64..request.len() - 6];
    let mut digest = chain::digest_after(&key, mac);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..count {
        let reply = answer(&plain, u8::try_from(number % 256).expect("octet"));
        let mut reply = reply.into_message().into_octets();
        digest.update(&reply);
        if number % step == 0 || number + 1 == count {
            let tail = if number == 0 {
                [request_variables(&request), Vec::new()].concat()
            } else {
                [&NOW.to_be_bytes()[2..], &300_u16.to_be_bytes()].concat()
            };
            digest.update(&tail);
            let mac = std::mem::replace(&mut digest, key.digest()).finish();
            let mut record = request[plain.len()..].to_vec();
            let place = record.len() - 6 - 64;
            record[place..place + 64].copy_from_slice(&mac);
            reply.extend(record);
            let additionals = u16::from_be_bytes([reply[10], reply[11]]) + 1;
            reply[10..12].copy_from_slice(&additionals.to_be_bytes());
            digest = chain::digest_after(&key, &mac);
        }
        ours.push(chain.check(&reply, NOW));
        let mut message = Message::from_octets(reply).expect("message");
        theirs.push(oracle_client.answer(&mut message, time(NOW)).is_ok());
    }
    assert_eq!(chain.finish().is_ok(), oracle_client.done().is_ok());
    (ours, theirs)
}

/// The TSIG variables of a request with a MAC of 64 octets (RFC 8945 section 4.3.3), cut out of its last record.
fn request_variables(request: &[u8]) -> Vec<u8> {
    let (name, algorithm) = (b"\x06tester\x07example\0", b"\x0bhmac-sha512\0");
    let record = &request[question().len()..];
    let time = name.len() + 10 + algorithm.len();
    [&name[..], &[0, 255, 0, 0, 0, 0], algorithm, &record[time..time + 8], &[0, 0, 0, 0]].concat()
}

#[test]
fn a_stream_with_unsigned_messages() {
    for (step, count) in [(1, 5), (2, 9), (100, 250), (100, 101)] {
        let (ours, theirs) = partly_signed(step, count);
        assert!(ours.iter().all(Result::is_ok) && theirs.iter().all(|ok| *ok), "{step} {count} {ours:?}");
        let signed = (0..count).filter(|number| number % step == 0 || number + 1 == count).count();
        assert_eq!(ours.iter().filter(|result| **result == Ok(true)).count(), signed);
    }
    // 100 unsigned ones in a row are one too many.
    let (ours, theirs) = partly_signed(101, 150);
    assert_eq!(ours[100], Err(TsigFault::Gap));
    assert!(ours[..100].iter().all(Result::is_ok) && theirs[..100].iter().all(|ok| *ok) && !theirs[100]);
}

#[test]
fn an_unsigned_end_is_refused() {
    let oracle_key = std::sync::Arc::new(oracle_key(Algorithm::HmacSha1, SECRET).expect("key"));
    let plain = question();
    let mut request = plain.clone();
    let mut chain = key(Algorithm::HmacSha1).sign(&mut request, NOW).expect("signed");
    assert_eq!(chain.check(&answer(&plain, 1).into_message().into_octets(), NOW), Err(TsigFault::Unsigned));
    let mut received = Message::from_octets(request).expect("message");
    let mut server = oracle::ServerSequence::request(&oracle_key, &mut received, time(NOW))
        .expect("taken")
        .expect("signed");
    let mut reply = answer(&plain, 1);
    server.answer(&mut reply, time(NOW)).expect("signed");
    assert_eq!(chain.check(&reply.into_message().into_octets(), NOW), Ok(true));
    assert_eq!(chain.check(&answer(&plain, 2).into_message().into_octets(), NOW), Ok(false));
    assert_eq!(chain.finish(), Err(TsigFault::Gap));
}

#[test]
fn what_the_server_refuses() {
    // A wrong secret and an unknown key, unsigned, as the oracle sends them. It says FORMERR for BADSIG, which BIND
    // and Knot do not; their BADSIG is tested with the adapter.
    for (oracle_key, fault) in [
        (oracle_key(Algorithm::HmacSha256, b"another secret"), TsigFault::Other(crate::dns::Rcode::FORMERR)),
        (oracle_key(Algorithm::HmacSha384, SECRET), TsigFault::BadKey),
    ] {
        let oracle_key = std::sync::Arc::new(oracle_key.expect("key"));
        let mut request = question();
        let mut chain = key(Algorithm::HmacSha256).sign(&mut request, NOW).expect("signed");
        let mut received = Message::from_octets(request).expect("message");
        let refusal =
            oracle::ServerTransaction::request(&oracle_key, &mut received, time(NOW)).expect_err("refused");
        let reply = refusal.build_message(&received, MessageBuilder::new_vec()).expect("message");
        let result = chain.check(&reply.into_message().into_octets(), NOW);
        assert_eq!(result, Err(fault));
    }
}

#[test]
fn a_wrong_clock_in_words() {
    // What BIND, Knot and NSD answer is tested with the adapter.
    let fault = TsigFault::BadTime { ahead: Some(3600) };
    let error = fault.into_error();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(error.to_string(), "credentials refused, BADTIME: the server's clock is 3600 s ahead of ours");
}

/// A MAC of half its length is allowed by RFC 8945, and refused here.
#[test]
fn a_truncated_mac_is_refused() {
    let name = oracle::KeyName::from_str("tester.example").expect("name");
    let short = oracle::Key::new(oracle::Algorithm::Sha256, SECRET, name, Some(16), Some(16)).expect("key");
    let plain = question();
    let mut request = plain.clone();
    let mut chain = key(Algorithm::HmacSha256).sign(&mut request, NOW).expect("signed");
    let mut received = Message::from_octets(request).expect("message");
    let server = oracle::ServerTransaction::request(&std::sync::Arc::new(short), &mut received, time(NOW))
        .expect("taken")
        .expect("signed");
    let mut reply = answer(&plain, 1);
    server.answer(&mut reply, time(NOW)).expect("signed");
    assert_eq!(chain.check(&reply.into_message().into_octets(), NOW), Err(TsigFault::Truncated));
}

#[test]
fn algorithms_by_name() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.name().to_uppercase().parse(), Ok(algorithm));
        assert_eq!(format!("{algorithm}.").parse(), Ok(algorithm));
        assert_eq!(key(algorithm).digest().finish().len(), algorithm.mac_len());
    }
    for (text, word) in [
        ("hmac-md5", "broken"),
        ("HMAC-MD5.SIG-ALG.REG.INT.", "broken"),
        ("gss-tsig", "Kerberos"),
        ("", "not"),
    ] {
        let error = text.parse::<Algorithm>().expect_err(text);
        assert!(error.kind() == ErrorKind::Config && error.message().contains(word), "{error}");
    }
}

/// The first test of RFC 4231, which covers SHA-224; the oracle lacks it.
#[test]
fn sha_224() {
    let mut digest = algorithm::Digest::new(Algorithm::HmacSha224, &[0x0b; 20]).expect("digest");
    digest.update(b"Hi There");
    let expected = "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22";
    assert_eq!(data_encoding::HEXLOWER.encode(&digest.finish()), expected);
}

#[test]
fn secrets_stay_secret() {
    let key = key(Algorithm::HmacSha256);
    assert_eq!(format!("{key:?}"), "Key(tester.example. hmac-sha256 ***)");
    for bad in ["", "  ", "not base64!", "QUJD="] {
        let error =
            Key::new("k".parse().expect("name"), Algorithm::HmacSha1, &Secret::new(bad)).expect_err(bad);
        assert!(bad.trim().is_empty() || !format!("{error:?}").contains(bad), "{error:?}");
    }
}

proptest! {
    #[test]
    fn garbage_never_panics(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut request = question();
        let mut chain = key(Algorithm::HmacSha256).sign(&mut request, NOW).expect("signed");
        prop_assert!(chain.check(&octets, NOW).is_err());
    }

    #[test]
    fn an_altered_record_never_panics(at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut request = question();
        let mut chain = key(Algorithm::HmacSha256).sign(&mut request, NOW).expect("signed");
        let mut octets = request.clone();
        let place = at.index(octets.len());
        octets[place] = octet;
        prop_assert!(chain.clone().check(&octets, NOW).is_err());
        octets.truncate(cut.index(octets.len()));
        prop_assert!(chain.check(&octets, NOW).is_err());
    }
}
