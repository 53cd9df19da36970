//! Asks a name server who it is (RFC 4892), to be sure that the one that answers is the one that was started.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// `id.server. CH TXT`, with the message id 0x4964 and no flags (RFC 1035 section 4).
const QUERY: &[u8] = b"Id\0\0\0\x01\0\0\0\0\0\0\x02id\x06server\0\0\x10\0\x03";

/// A word that no other server of the tests has.
pub(crate) fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("dnsctl-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Whether the server at `address` answers with `identity`.
pub(crate) fn answers(address: SocketAddr, identity: &str) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        socket.connect(address)?;
        socket.send(QUERY)?;
        let mut answer = vec![0; 512];
        let length = socket.recv(&mut answer)?;
        answer.truncate(length);
        Ok(answer)
    };
    // A character string: one octet of length, then the octets.
    let mut wanted = vec![u8::try_from(identity.len()).unwrap_or(u8::MAX)];
    wanted.extend_from_slice(identity.as_bytes());
    ask().is_ok_and(|answer| answer.windows(wanted.len()).any(|window| window == wanted))
}
