//! Ports of 127.0.0.1 that no other test takes.
//!
//! To bind port 0, close it and hand the number to a server is a race: another process may get the same number in
//! between, and servers that set `SO_REUSEPORT` (BIND, Knot, NSD) would then share it without an error, so that a test
//! talks to the server of another one. So a port is reserved by a listener on the same number of another loopback
//! address, held as long as the server lives: the system lets only one process have it, and frees it when that process
//! dies. Numbers come from below the range that the system gives to outgoing connections.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::{Error, Result};

/// The address whose ports are the locks. Linux answers for all of 127.0.0.0/8.
const LOCKS: Ipv4Addr = Ipv4Addr::new(127, 99, 83, 1);
const FIRST: u16 = 10_000;
const LAST: u16 = 32_000;

/// A port number of 127.0.0.1, free for UDP and TCP when it was reserved, and not given to any other test while this
/// value lives.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _lock: TcpListener,
}

impl Port {
    /// Reserves a free port.
    ///
    /// # Errors
    /// [`Error::Refused`] when all ports of the range are taken.
    pub fn reserve() -> Result<Self> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let count = LAST.abs_diff(FIRST);
        // Different processes start at different places, so they rarely meet.
        let start = u16::try_from(std::process::id().wrapping_mul(641) % u32::from(count)).unwrap_or(0);
        for _ in 0..count {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST.saturating_add(start.wrapping_add(step) % count);
            let Ok(lock) = TcpListener::bind((LOCKS, number)) else { continue };
            let here = (Ipv4Addr::LOCALHOST, number);
            // Both sockets are closed again at once; a server without the lock may still hold one of them.
            if TcpListener::bind(here).is_ok() && UdpSocket::bind(here).is_ok() {
                return Ok(Self { number, _lock: lock });
            }
        }
        Err(Error::refused("reserve a port of 127.0.0.1", format!("none is free from {FIRST} to {LAST}")))
    }

    /// The number, from 10,000 up and below the range of outgoing connections.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The address with 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_living_reservations_are_equal() {
        let ports: Vec<Port> = (0..200).map(|_| Port::reserve().unwrap()).collect();
        let numbers: BTreeSet<u16> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
    }

    #[test]
    fn a_reserved_port_can_be_bound_but_not_reserved() {
        // A server of another test may send a query from just that port, so one may be taken; not one after the other.
        let ports: Vec<Port> = (0..5).map(|_| Port::reserve().unwrap()).collect();
        let bound = |port: &&Port| {
            TcpListener::bind(port.address()).is_ok() && UdpSocket::bind(port.address()).is_ok()
        };
        assert!(ports.iter().filter(bound).count() >= 3);
        assert!(ports.iter().all(|port| TcpListener::bind((LOCKS, port.number())).is_err()));
    }
}
