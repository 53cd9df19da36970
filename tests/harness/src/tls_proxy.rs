//! TLS in front of a plain HTTP server, with a certificate of an authority that only the test knows.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{Error, Port, Result, http};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    name: String,
    years: (i32, i32),
}

impl Certificate {
    /// A good one: for 127.0.0.1, from 2000 to 2100.
    pub fn valid() -> Self {
        Self::for_name("127.0.0.1")
    }

    /// One for another host name or address.
    pub fn for_name(name: &str) -> Self {
        Self { name: name.to_owned(), years: (2000, 2100) }
    }

    /// One that ended in 2001.
    pub fn expired() -> Self {
        Self { years: (2000, 2001), ..Self::valid() }
    }

    /// One that begins in 2099.
    pub fn not_yet_valid() -> Self {
        Self { years: (2099, 2100), ..Self::valid() }
    }

    /// The configuration of a server that has it, and the PEM of the authority that signed it.
    fn sign(&self) -> std::result::Result<(ServerConfig, String), Box<dyn std::error::Error + Send + Sync>> {
        let authority_key = KeyPair::generate()?;
        let mut authority = CertificateParams::new([])?;
        authority.distinguished_name.push(DnType::CommonName, crate::identity::unique());
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate()?;
        let mut own = CertificateParams::new([self.name.clone()])?;
        (own.not_before, own.not_after) =
            (date_time_ymd(self.years.0, 1, 1), date_time_ymd(self.years.1, 1, 1));
        let certificate = own.signed_by(&key, &issuer)?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )?;
        Ok((config, pem))
    }
}

/// A proxy on a port of its own that speaks HTTPS and asks a plain HTTP server. One request a connection. It stops when it
/// is dropped.
#[derive(Debug)]
pub struct TlsProxy {
    port: Port,
    authority: String,
    ended: Arc<AtomicBool>,
}

impl TlsProxy {
    /// Starts it in front of the HTTP server at `upstream`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(upstream: SocketAddr, certificate: &Certificate) -> Result<Self> {
        let (config, authority) =
            certificate.sign().map_err(|error| Error::refused("make a certificate", error.to_string()))?;
        let config = Arc::new(config);
        let port = Port::reserve()?;
        let listener = TcpListener::bind(port.address()).map_err(Error::io("listen for the TLS proxy"))?;
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let config = Arc::clone(&config);
                // A client that does not like the certificate goes away.
                std::thread::spawn(move || drop(serve(stream, config, upstream)));
            }
        });
        Ok(Self { port, authority, ended })
    }

    /// The base URL: `https://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("https://{}", self.port.address())
    }

    /// The certificate of the authority, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections, so that it sees the end.
        let _ = TcpStream::connect(self.port.address());
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, upstream: SocketAddr) -> io::Result<()> {
    http::prepare(&stream)?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let Some((_, _, request)) = http::read_request(&mut stream)? else { return Ok(()) };
    let (status, answer) = http::exchange(upstream, &request)?;
    let length = (status != 204 && status != 304).then_some(answer.body.len());
    stream.write_all(&answer.head(length))?;
    stream.write_all(&answer.body)?;
    stream.conn.send_close_notify();
    stream.flush()
}
