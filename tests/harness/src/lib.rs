//! Real name servers, emulators and fault proxies on loopback ports, for the tests.
//!
//! Every server runs in a temporary directory of its own, on ports of 127.0.0.1 that no other test has, and is gone when
//! its value is dropped, when the test panics and when the test process dies. `tests/setup` installs what is needed; a
//! test whose server is missing fails and says so.
//!
//! ```no_run
//! use dnsctl_harness::{Bind, PowerDns, Zone, require};
//!
//! let Some(powerdns) = require(PowerDns::start()) else { return };
//! let Some(bind) = require(Bind::start([Zone::new("example.test").with("www 300 A 192.0.2.1")])) else { return };
//! assert_eq!(dnsctl_harness::dig(bind.address(), "www.example.test", "A").unwrap().records.len(), 1);
//! # let _ = powerdns.url();
//! ```

mod bind;
mod dig;
mod dns_fault;
mod dns_proxy;
mod dnsctl;
mod emulator;
mod error;
mod fault;
mod http;
mod http_proxy;
mod identity;
mod knot;
mod name_server;
mod nsd;
mod port;
mod powerdns;
mod process;
mod program;
mod repository;
mod route53;
mod tls_proxy;
mod tsig;
mod wait;
mod zone;

pub use bind::{Bind, BindBuilder};
pub use dig::{Answer, dig, nsupdate, transfer};
pub use dns_fault::{error_reply, spoil_tsig, truncated_reply};
pub use dns_proxy::{Action, Direction, DnsProxy, Packet, Transport};
pub use dnsctl::{Dnsctl, Run};
pub use emulator::{Emulator, MiniStack, Moto};
pub use error::{Error, Result};
pub use fault::Fault;
pub use http::{Response, request};
pub use http_proxy::HttpProxy;
pub use knot::Knot;
pub use name_server::NameServer;
pub use nsd::Nsd;
pub use port::Port;
pub use powerdns::{Backend, PowerDns, PowerDnsBuilder, ServedRequest};
pub use process::Process;
pub use program::{SKIP_MISSING, TEST_TOOLS, find, python_tool, repository_root, require, tool_file};
pub use repository::Repository;
pub use route53::{RecordText, boto3};
pub use tls_proxy::{Certificate, TlsProxy};
pub use tsig::TsigKey;
pub use wait::{PATIENCE, try_until, until};
pub use zone::{Access, Zone};
