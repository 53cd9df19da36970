//! HTTPS only with a valid certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::server::{Watch, json, talk};
use super::{KEY, client, options};
use crate::error::{Effect, ErrorKind};
use crate::http::{HttpClient, HttpOptions};

/// A TLS server whose certificate is for `name`, and the PEM of the authority that signed it.
async fn start(name: &str) -> (SocketAddr, String, Arc<Watch>) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.distinguished_name.push(
        DnType::CommonName,
        format!("authority of {}", data_encoding::HEXLOWER.encode(authority_key.public_key_raw())),
    );
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let watch = Arc::new(Watch::default());
    tokio::spawn({
        let watch = Arc::clone(&watch);
        async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, watch) = (acceptor.clone(), Arc::clone(&watch));
                tokio::spawn(async move {
                    watch.connections.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    talk(&mut stream, &watch, &|_, _| json("{}")).await;
                });
            }
        }
    });
    (address, authority_pem, watch)
}

#[tokio::test]
async fn an_own_authority_is_trusted() {
    let (address, authority, watch) = start("127.0.0.1").await;
    let client = HttpClient::new(options(&format!("https://{address}/api")).ca_pem(authority)).unwrap();
    client.get("g").path(["x"]).send().await.unwrap();
    assert_eq!(watch.seen()[0].line(), "GET /api/x HTTP/1.1");
    assert_eq!(watch.seen()[0].header("x-api-key"), Some(KEY));
}

#[tokio::test]
async fn a_certificate_of_nobody_or_for_another_is_refused() {
    let (address, _, unknown) = start("127.0.0.1").await;
    let (_, stranger, _) = start("127.0.0.1").await;
    let (elsewhere, own, other) = start("ns.example").await;
    for (address, authority, why) in
        [(address, stranger, "UnknownIssuer"), (elsewhere, own, "not valid for name")]
    {
        let client = HttpClient::new(options(&format!("https://{address}")).ca_pem(authority)).unwrap();
        let error = client.post("create").send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect(), error.tries()),
            (ErrorKind::Protocol, Effect::NotWritten, 1),
            "{error}"
        );
        assert!(error.message().starts_with("the server's certificate is not valid: "), "{error}");
        assert!(error.message().contains(why), "{error}");
        assert!(error.hint().unwrap().contains("ca_file"));
    }
    // The connections came; no request, and so no key, did.
    assert!(unknown.seen().is_empty() && other.seen().is_empty());
}

#[tokio::test]
async fn the_authorities_of_the_system_do_not_know_ours() {
    let (address, _, watch) = start("127.0.0.1").await;
    // A machine without certificates says so when the client is built.
    match HttpClient::new(options(&format!("https://{address}"))) {
        Ok(client) => {
            let error = client.get("g").send().await.unwrap_err();
            assert!(error.message().starts_with("the server's certificate is not valid: "), "{error}");
        }
        Err(error) => assert!(error.hint().unwrap().contains("ca-certificates"), "{error}"),
    }
    assert!(watch.seen().is_empty());
}

#[tokio::test]
async fn the_wrong_scheme_is_told() {
    let (tls, authority, _) = start("127.0.0.1").await;
    // Most plain servers answer what is no HTTP with an error in HTTP.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        }
    });
    let https = HttpOptions::new(format!("https://{address}")).ca_pem(authority).timeouts(super::PATIENT);
    let error = HttpClient::new(https).unwrap().get("g").send().await.unwrap_err();
    assert_eq!(error.message(), "the server does not speak TLS on this port");
    let error = client(&format!("http://{tls}")).get("g").send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Unavailable), "{error}");
}
