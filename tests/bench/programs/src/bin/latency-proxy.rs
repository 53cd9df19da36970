//! `latency-proxy PORT MILLISECONDS`: an HTTP proxy in front of 127.0.0.1:PORT that waits before each request. Prints its
//! own port and runs until its standard input ends.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dnsctl_harness::HttpProxy;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("usage: latency-proxy PORT MILLISECONDS")?.parse()?;
    let milliseconds: u64 = arguments.next().ok_or("the latency is missing")?.parse()?;
    let proxy = HttpProxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    proxy.set_latency(Duration::from_millis(milliseconds));
    writeln!(std::io::stdout(), "{}", proxy.address().port())?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
