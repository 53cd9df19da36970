//! Emulators of Amazon Route 53, written by others. Neither checks signatures, and each is wrong in places: moto takes
//! much that Route 53 refuses; MiniStack takes batches that are too large. What both refuse, Route 53 refuses too.

use std::net::SocketAddr;

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::{Port, Result, http, program};

/// moto's server: <https://docs.getmoto.org/en/latest/docs/server_mode.html>. Requests must be signed for `route53` (any
/// key will do), or they get a 404.
#[derive(Debug, Clone, Copy)]
pub struct Moto;

/// MiniStack: new changes are PENDING first, unlike moto's.
#[derive(Debug, Clone, Copy)]
pub struct MiniStack;

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    process: Process,
    port: Port,
}

impl Moto {
    /// Starts it, empty.
    ///
    /// # Errors
    /// [`crate::Error::Missing`], or what went wrong with the server's log.
    pub fn start() -> Result<Emulator> {
        let program = program::python_tool("octodns", "moto_server")?;
        // Served by moto only: its list of everything that it holds.
        Emulator::start("moto", "/moto-api/data.json", |port| {
            Recipe::new(program.clone(), ["-H", "127.0.0.1", "-p", &port.number().to_string()])
        })
    }
}

impl MiniStack {
    /// Starts it, empty.
    ///
    /// # Errors
    /// [`crate::Error::Missing`], or what went wrong with the server's log.
    pub fn start() -> Result<Emulator> {
        let program = program::python_tool("ministack", "ministack")?;
        Emulator::start("MiniStack", "/_ministack/health", |port| {
            Recipe::new(program.clone(), [""; 0])
                // It listens on all addresses if not told otherwise.
                .environment("BIND_HOST", "127.0.0.1")
                .environment("GATEWAY_PORT", port.number().to_string())
        })
    }
}

impl Emulator {
    fn start(name: &str, health: &str, recipe: impl Fn(&Port) -> Recipe) -> Result<Self> {
        with_free_ports(|| {
            let port = Port::reserve()?;
            let answer = || http::request(port.address(), "GET", health, &[], b"");
            let ready = || answer().is_ok_and(|answer| answer.status == 200);
            let process = Process::start(name, recipe(&port), directory()?, ready)?;
            Ok(Self { process, port })
        })
    }

    /// The endpoint: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The process: pid, log, processor time, pause.
    pub fn process(&self) -> &Process {
        &self.process
    }
}
