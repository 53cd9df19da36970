//! Emulators of Amazon Route 53, written by others. Neither checks signatures, and each is wrong in places: moto takes
//! much that Route 53 refuses; MiniStack takes batches that are too large. What both refuse, Route 53 refuses too.

use std::net::SocketAddr;

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::{Port, Result, http, program};

/// moto's server: <https://docs.getmoto.org/en/latest/docs/server_mode.html>.
#[derive(Debug)]
pub struct Moto {
    process: Process,
    port: Port,
}

impl Moto {
    /// Starts it, empty.
    ///
    /// # Errors
    /// [`crate::Error::Missing`], or what went wrong with the server's log.
    pub fn start() -> Result<Self> {
        with_free_ports(|| {
            let port = Port::reserve()?;
            let program = program::python_tool("octodns", "moto_server")?;
            let recipe = Recipe::new(program, ["-H", "127.0.0.1", "-p", &port.number().to_string()]);
            // Served by moto only: its list of everything that it holds.
            let process = start("moto", recipe, &port, "/moto-api/data.json")?;
            Ok(Self { process, port })
        })
    }

    /// The endpoint: `http://127.0.0.1:PORT`. Requests must be signed for `route53` (any key), or they get a 404.
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

/// MiniStack: new changes are PENDING first, unlike moto's.
#[derive(Debug)]
pub struct MiniStack {
    process: Process,
    port: Port,
}

impl MiniStack {
    /// Starts it, empty.
    ///
    /// # Errors
    /// [`crate::Error::Missing`], or what went wrong with the server's log.
    pub fn start() -> Result<Self> {
        with_free_ports(|| {
            let port = Port::reserve()?;
            let recipe = Recipe::new(program::python_tool("ministack", "ministack")?, [""; 0])
                // It listens on all addresses if not told otherwise.
                .environment("BIND_HOST", "127.0.0.1")
                .environment("GATEWAY_PORT", port.number().to_string());
            let process = start("MiniStack", recipe, &port, "/_ministack/health")?;
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

fn start(name: &str, recipe: Recipe, port: &Port, health: &str) -> Result<Process> {
    let ready =
        || http::request(port.address(), "GET", health, &[], b"").is_ok_and(|answer| answer.status == 200);
    Process::start(name, recipe, directory()?, ready)
}
