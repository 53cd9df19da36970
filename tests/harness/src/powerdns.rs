//! PowerDNS Authoritative Server with its HTTP API.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::{Error, Port, Response, Result, http, identity, program};

const SQLITE_SCHEMAS: [&str; 2] = [
    "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
    "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
];

/// How long the log must not grow until all answered requests are thought to be in it.
const LOG_QUIET: Duration = Duration::from_millis(50);

/// Where PowerDNS keeps its zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// LMDB: fast, and the server's own DNSSEC storage. Keeps no comments in version 4.7.
    Lmdb,
    /// SQLite with DNSSEC and comments.
    Sqlite,
}

/// How to start PowerDNS.
#[derive(Debug, Clone)]
pub struct PowerDnsBuilder {
    backend: Backend,
    max_body_megabytes: u32,
    settings: Vec<(String, String)>,
}

impl PowerDnsBuilder {
    /// The storage; LMDB if not set.
    #[must_use]
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// The largest request body that the API takes, in megabytes; 2 if not set, as in the server itself.
    #[must_use]
    pub fn max_body_megabytes(mut self, megabytes: u32) -> Self {
        self.max_body_megabytes = megabytes;
        self
    }

    /// Answers for ALIAS records, whose targets are asked of the name server at `resolver`.
    #[must_use]
    pub fn expand_alias(self, resolver: SocketAddr) -> Self {
        self.setting("expand-alias", "yes").setting("resolver", &resolver.to_string())
    }

    /// Answers for LUA records.
    #[must_use]
    pub fn lua_records(self) -> Self {
        self.setting("enable-lua-records", "yes")
    }

    /// Takes updates (RFC 2136) from 127.0.0.1.
    #[must_use]
    pub fn dynamic_update(self) -> Self {
        self.setting("dnsupdate", "yes").setting("allow-dnsupdate-from", "127.0.0.1")
    }

    /// Adds any other line to `pdns.conf`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it and waits until API and DNS answer.
    ///
    /// # Errors
    /// [`Error::Missing`], or what went wrong with the server's log.
    pub fn start(&self) -> Result<PowerDns> {
        with_free_ports(|| self.attempt())
    }

    fn attempt(&self) -> Result<PowerDns> {
        let program = program::find("pdns_server", "pdns-server")?;
        self.require_backend()?;
        let (dns, api, identity) = (Port::reserve()?, Port::reserve()?, identity::unique());
        let place = directory()?;
        let path = place.path();
        fs_err::create_dir(path.join("run")).map_err(Error::io("make the socket directory"))?;
        let key = format!("key-of-{identity}");
        let mut settings = vec![
            ("daemon", "no".to_owned()),
            ("guardian", "no".to_owned()),
            ("disable-syslog", "yes".to_owned()),
            // At its start it asks a name server outside of this machine whether it is safe, and waits for the answer.
            ("security-poll-suffix", String::new()),
            ("write-pid", "no".to_owned()),
            ("socket-dir", path.join("run").display().to_string()),
            ("local-address", "127.0.0.1".to_owned()),
            ("local-port", dns.number().to_string()),
            ("server-id", identity.clone()),
            ("api", "yes".to_owned()),
            ("api-key", key.clone()),
            ("webserver", "yes".to_owned()),
            ("webserver-address", "127.0.0.1".to_owned()),
            ("webserver-port", api.number().to_string()),
            ("webserver-allow-from", "127.0.0.1".to_owned()),
            // One line a request; see `PowerDns::requests`.
            ("webserver-loglevel", "normal".to_owned()),
            ("webserver-max-bodysize", self.max_body_megabytes.to_string()),
            ("loglevel", "5".to_owned()),
            // What was written is served at once.
            ("query-cache-ttl", "0".to_owned()),
            ("cache-ttl", "0".to_owned()),
            ("negquery-cache-ttl", "0".to_owned()),
            ("zone-cache-refresh-interval", "0".to_owned()),
        ];
        settings.extend(self.backend_settings(path)?);
        let own = settings.iter().map(|(name, value)| format!("{name}={value}\n"));
        let asked = self.settings.iter().map(|(name, value)| format!("{name}={value}\n"));
        let text: String = own.chain(asked).collect();
        fs_err::write(path.join("pdns.conf"), text).map_err(Error::io("write pdns.conf"))?;
        let recipe = Recipe::new(program, [format!("--config-dir={}", path.display())]);
        let ready = || is_ready(&api, &key, &dns, &identity);
        let process = Process::start("PowerDNS", recipe, place, ready)?;
        Ok(PowerDns { process, dns, api, key, identity })
    }

    fn require_backend(&self) -> Result<()> {
        let (file, package) = match self.backend {
            Backend::Lmdb => ("liblmdbbackend.so", "pdns-backend-lmdb"),
            Backend::Sqlite => ("libgsqlite3backend.so", "pdns-backend-sqlite3"),
        };
        let folders = fs_err::read_dir("/usr/lib").map_err(Error::io("list /usr/lib"))?.flatten();
        let found = folders
            .map(|folder| folder.path())
            .chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/local/lib")])
            .any(|folder| folder.join("pdns").join(file).exists());
        let missing = Error::Missing { program: file.to_owned(), package: package.to_owned() };
        if found { Ok(()) } else { Err(missing) }
    }

    fn backend_settings(&self, path: &std::path::Path) -> Result<Vec<(&'static str, String)>> {
        match self.backend {
            Backend::Lmdb => Ok(vec![
                ("launch", "lmdb".to_owned()),
                ("lmdb-filename", path.join("zones.lmdb").display().to_string()),
                ("lmdb-shards", "1".to_owned()),
                ("lmdb-sync-mode", "nosync".to_owned()),
            ]),
            Backend::Sqlite => {
                let database = path.join("zones.sqlite3");
                let schema = SQLITE_SCHEMAS.iter().find(|file| std::path::Path::new(file).exists());
                let schema = schema.ok_or_else(|| Error::Missing {
                    program: "schema.sqlite3.sql".to_owned(),
                    package: "pdns-backend-sqlite3".to_owned(),
                })?;
                let sqlite = program::find("sqlite3", "sqlite3")?;
                let made = std::process::Command::new(sqlite)
                    .arg(&database)
                    .arg(format!(".read {schema}"))
                    .output()
                    .map_err(Error::io("run sqlite3"))?;
                if !made.status.success() {
                    return Err(Error::refused("sqlite3", String::from_utf8_lossy(&made.stderr)));
                }
                Ok(vec![
                    ("launch", "gsqlite3".to_owned()),
                    ("gsqlite3-database", database.display().to_string()),
                    ("gsqlite3-dnssec", "yes".to_owned()),
                    ("gsqlite3-pragma-synchronous", "0".to_owned()),
                    ("gsqlite3-pragma-foreign-keys", "1".to_owned()),
                ])
            }
        }
    }
}

fn is_ready(api: &Port, key: &str, dns: &Port, identity: &str) -> bool {
    let path = "/api/v1/servers/localhost";
    let answer = http::request(api.address(), "GET", path, &[("X-API-Key", key)], b"");
    // The key is new for each server, so an answer can only come from this one.
    answer.is_ok_and(|answer| answer.status == 200) && identity::answers(dns.address(), identity)
}

/// A running PowerDNS.
#[derive(Debug)]
pub struct PowerDns {
    process: Process,
    dns: Port,
    api: Port,
    key: String,
    identity: String,
}

/// One request that PowerDNS has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedRequest {
    /// The method, upper case.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The status code of the answer.
    pub status: u16,
}

impl PowerDns {
    /// Starts it on LMDB with the server's default limits.
    ///
    /// # Errors
    /// See [`PowerDnsBuilder::start`].
    pub fn start() -> Result<Self> {
        Self::builder().start()
    }

    /// Starts it in another way.
    pub fn builder() -> PowerDnsBuilder {
        PowerDnsBuilder { backend: Backend::Lmdb, max_body_megabytes: 2, settings: Vec::new() }
    }

    /// The base of the API without a path: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.api.address())
    }

    /// The address of the API.
    pub fn api_address(&self) -> SocketAddr {
        self.api.address()
    }

    /// The key that the API asks for in `X-API-Key`.
    pub fn api_key(&self) -> &str {
        &self.key
    }

    /// The address for DNS, UDP and TCP.
    pub fn dns_address(&self) -> SocketAddr {
        self.dns.address()
    }

    /// The process: pid, log, processor time, pause.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// One request to the API. `path` starts after `/api/v1/servers/localhost`, for example `/zones`.
    ///
    /// # Errors
    /// When the server cannot be reached; a status code is no error.
    pub fn api(&self, method: &str, path: &str, json: &str) -> Result<Response> {
        let headers = [("X-API-Key", self.key.as_str()), ("Content-Type", "application/json")];
        let path = format!("/api/v1/servers/localhost{path}");
        http::request(self.api.address(), method, &path, &headers, json.as_bytes())
    }

    /// Makes a native zone from a master file, as an operator would, not as dnsctl does: relative names, `$TTL 3600`.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn create_zone(&self, zone: &crate::Zone) -> Result<()> {
        let text = zone.master_file().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let json =
            format!(r#"{{"name":"{}.","kind":"Native","nameservers":[],"zone":"{text}"}}"#, zone.name());
        let answer = self.api("POST", "/zones", &json)?;
        if answer.status == 201 {
            return Ok(());
        }
        Err(Error::refused(format!("create the zone {}", zone.name()), answer.text()))
    }

    /// All requests answered so far, in order, with those of [`PowerDns::api`] and of the start. Since the server writes
    /// its log after it has answered, this waits until the log is quiet.
    pub fn requests(&self) -> Vec<ServedRequest> {
        let read = || -> Vec<ServedRequest> { self.process.log().lines().filter_map(served).collect() };
        let mut requests = read();
        // Bounded, for a server that somebody asks without end.
        for _ in 0..100 {
            std::thread::sleep(LOG_QUIET);
            let now = read();
            if now.len() == requests.len() {
                break;
            }
            requests = now;
        }
        requests
    }

    /// The requests answered after the first `count`: `let before = server.requests().len();`, then what is to be
    /// counted, then `server.requests_since(before)`.
    pub fn requests_since(&self, count: usize) -> Vec<ServedRequest> {
        self.requests().into_iter().skip(count).collect()
    }

    /// Processor time that the server has used.
    ///
    /// # Errors
    /// When it does not run.
    pub fn cpu_time(&self) -> Result<Duration> {
        self.process.cpu_time()
    }

    /// Stops the server; connections are then refused.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn stop(&mut self) -> Result<()> {
        self.process.stop()
    }

    /// Starts it again with the same zones, ports and key.
    ///
    /// # Errors
    /// As [`PowerDnsBuilder::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.process.stop()?;
        let (api, key, dns, identity) = (&self.api, &self.key, &self.dns, &self.identity);
        self.process.launch(|| is_ready(api, key, dns, identity))
    }
}

/// Reads a line as `… [webserver] UUID 127.0.0.1:4711 "GET /api/v1/servers/localhost HTTP/1.1" 200 1234`.
fn served(line: &str) -> Option<ServedRequest> {
    let (_, entry) = line.split_once("[webserver]")?;
    let mut parts = entry.split('"');
    let mut request = parts.nth(1)?.split_ascii_whitespace();
    let status = parts.next()?.split_ascii_whitespace().next()?.parse().ok()?;
    Some(ServedRequest { method: request.next()?.to_owned(), path: request.next()?.to_owned(), status })
}
