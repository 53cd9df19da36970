//! BIND 9 (`named`), updated and transferred with a TSIG key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::zone::{Access, Zone};
use crate::{Error, Port, Result, TsigKey, identity, program};

/// How to start BIND.
#[derive(Debug, Clone)]
pub struct BindBuilder {
    zones: Vec<Zone>,
    key: Option<TsigKey>,
    ixfr: bool,
    options: String,
}

impl BindBuilder {
    /// Uses this key, another algorithm for example; a random one for hmac-sha256 named `tester` if not set.
    #[must_use]
    pub fn key(mut self, key: TsigKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Whether the server answers IXFR with differences (RFC 1995); yes if not set.
    #[must_use]
    pub fn ixfr(mut self, yes: bool) -> Self {
        self.ixfr = yes;
        self
    }

    /// Adds statements to the block `options` of `named.conf`.
    #[must_use]
    pub fn options(mut self, statements: &str) -> Self {
        self.options.push_str(statements);
        self.options.push('\n');
        self
    }

    /// Starts it and waits until it answers for its zones.
    ///
    /// # Errors
    /// [`Error::Missing`], or what went wrong with the server's log: a zone with an error, for example.
    pub fn start(&self) -> Result<Bind> {
        with_free_ports(|| self.attempt())
    }

    fn attempt(&self) -> Result<Bind> {
        let program = program::find("named", "bind9")?;
        let key = self.key.clone().map_or_else(|| TsigKey::generate("tester"), Ok)?;
        let (dns, identity, place) = (Port::reserve()?, identity::unique(), directory()?);
        let path = place.path();
        for zone in &self.zones {
            let file = path.join(format!("{}.zone", zone.name));
            fs_err::write(file, zone.master_file()).map_err(Error::io("write a zone"))?;
        }
        let configuration = path.join("named.conf");
        fs_err::write(&configuration, self.configuration(path, &dns, &identity, &key))
            .map_err(Error::io("write named.conf"))?;
        let program = outside_apparmor(program, path)?;
        let arguments = ["-g", "-n", "2", "-c"].map(PathBuf::from).into_iter().chain([configuration]);
        let recipe = Recipe::new(program, arguments);
        let log = path.join("log");
        let ready = || {
            identity::answers(dns.address(), &identity)
                && fs_err::read_to_string(&log).is_ok_and(|log| log.contains("all zones loaded"))
        };
        let mut process = Process::start("BIND", recipe, place, ready)?;
        let text = process.log();
        if text.contains("not loaded due to errors") {
            process.kill();
            return Err(Error::refused("BIND: load the zones", text));
        }
        Ok(Bind { process, dns, key })
    }

    fn configuration(&self, path: &Path, dns: &Port, identity: &str, key: &TsigKey) -> String {
        let path = path.display();
        let yes_no = if self.ixfr { "yes" } else { "no" };
        let mut text = key.bind_statement();
        text.extend([
            format!(
                "options {{\n  directory \"{path}\";\n  managed-keys-directory \"{path}\";\n  key-directory \"{path}\";\n\
                 \x20 pid-file none;\n  lock-file none;\n  session-keyfile none;\n  server-id \"{identity}\";\n"
            ),
            format!("  listen-on port {} {{ 127.0.0.1; }};\n  listen-on-v6 {{ none; }};\n", dns.number()),
            "  recursion no;\n  dnssec-validation no;\n  notify no;\n  empty-zones-enable no;\n".to_owned(),
            format!("  allow-transfer {{ none; }};\n  provide-ixfr {yes_no};\n{}}};\n", self.options),
            "controls { };\n".to_owned(),
        ]);
        for zone in &self.zones {
            let Zone { name, access, signed, .. } = zone;
            let key = &key.name;
            let access = match access {
                Access::Key => format!(
                    "update-policy {{ grant \"{key}\" zonesub ANY; }}; allow-transfer {{ key \"{key}\"; }};"
                ),
                Access::KeyTransferOnly => format!("allow-transfer {{ key \"{key}\"; }};"),
                Access::Open => "allow-update { any; }; allow-transfer { any; };".to_owned(),
                Access::Policy(policy) => {
                    format!("update-policy {{ {policy} }}; allow-transfer {{ key \"{key}\"; }};")
                }
            };
            let signing = if *signed { " dnssec-policy default; inline-signing yes;" } else { "" };
            text.extend([format!(
                "zone \"{name}\" {{ type primary; file \"{path}/{name}.zone\"; {access}{signing} }};\n"
            )]);
        }
        text
    }
}

/// Ubuntu confines `/usr/sbin/named` to its own directories by AppArmor, by the path of the program; a copy is not.
fn outside_apparmor(program: PathBuf, directory: &Path) -> Result<PathBuf> {
    let enabled = fs_err::read_to_string("/sys/module/apparmor/parameters/enabled");
    let confined = enabled.is_ok_and(|answer| answer.starts_with('Y'))
        && Path::new("/etc/apparmor.d/usr.sbin.named").exists();
    if !confined {
        return Ok(program);
    }
    let copy = directory.join("named");
    fs_err::copy(&program, &copy).map_err(Error::io("copy named"))?;
    Ok(copy)
}

/// A running BIND 9.
#[derive(Debug)]
pub struct Bind {
    process: Process,
    dns: Port,
    key: TsigKey,
}

impl Bind {
    /// Starts it as the primary server of `zones`, with a random TSIG key.
    ///
    /// # Errors
    /// See [`BindBuilder::start`].
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<Self> {
        Self::builder(zones).start()
    }

    /// Starts it in another way.
    pub fn builder(zones: impl IntoIterator<Item = Zone>) -> BindBuilder {
        let zones = zones.into_iter().collect();
        BindBuilder { zones, key: None, ixfr: true, options: String::new() }
    }

    /// The address for DNS, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.dns.address()
    }

    /// The key that may update and transfer.
    pub fn key(&self) -> &TsigKey {
        &self.key
    }

    /// The process: pid, log, processor time, pause.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Stops the server.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn stop(&mut self) -> Result<()> {
        self.process.stop()
    }
}
