//! Knot DNS (`knotd`), updated and transferred with a TSIG key.

use std::net::SocketAddr;
use std::path::Path;

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::zone::{Access, Zone};
use crate::{Error, Port, Result, TsigKey, identity, program};

/// How to start Knot.
#[derive(Debug, Clone)]
pub struct KnotBuilder {
    zones: Vec<Zone>,
    key: Option<TsigKey>,
}

impl KnotBuilder {
    /// Uses this key; a random one for hmac-sha256 named `tester` if not set.
    #[must_use]
    pub fn key(mut self, key: TsigKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// [`Error::Missing`], or what went wrong with the server's log. [`Access::Policy`] is refused: Knot has none.
    pub fn start(&self) -> Result<Knot> {
        with_free_ports(|| self.attempt())
    }

    fn attempt(&self) -> Result<Knot> {
        let program = program::find("knotd", "knot")?;
        let key = self.key.clone().map_or_else(|| TsigKey::generate("tester"), Ok)?;
        let (dns, identity, place) = (Port::reserve()?, identity::unique(), directory()?);
        let path = place.path();
        for zone in &self.zones {
            let file = path.join(format!("{}.zone", zone.name));
            fs_err::write(file, zone.master_file()).map_err(Error::io("write a zone"))?;
        }
        let configuration = path.join("knot.conf");
        fs_err::write(&configuration, self.configuration(path, &dns, &identity, &key)?)
            .map_err(Error::io("write knot.conf"))?;
        let recipe = Recipe::new(program, ["-c".into(), configuration.into_os_string()]);
        let log = path.join("log");
        let signed = self.zones.iter().filter(|zone| zone.signed).count();
        let ready = || {
            identity::answers(dns.address(), &identity)
                && fs_err::read_to_string(&log)
                    .is_ok_and(|log| log.matches("successfully signed").count() >= signed)
        };
        let mut process = Process::start("Knot", recipe, place, ready)?;
        let text = process.log();
        if text.contains("failed to load zone") || text.contains("zone cannot be") {
            process.kill();
            return Err(Error::refused("Knot: load the zones", text));
        }
        Ok(Knot { process, dns, key })
    }

    fn configuration(&self, path: &Path, dns: &Port, identity: &str, key: &TsigKey) -> Result<String> {
        let path = path.display();
        let TsigKey { name, algorithm, secret } = key;
        // The journal takes an update of a whole large zone; its file is sparse.
        let mut text = format!(
            "server:\n    rundir: \"{path}\"\n    listen: 127.0.0.1@{}\n    identity: {identity}\n    \
             udp-workers: 2\n    tcp-workers: 2\n    background-workers: 2\n\
             log:\n  - target: stderr\n    any: info\n\
             database:\n    storage: \"{path}\"\n    journal-db-max-size: 1G\n    kasp-db-max-size: 64M\n    \
             timer-db-max-size: 16M\n\
             key:\n  - id: {name}\n    algorithm: {algorithm}\n    secret: {secret}\n\
             acl:\n  - id: with-key\n    key: {name}\n    action: [update, transfer]\n\
             \x20 - id: with-key-transfer\n    key: {name}\n    action: transfer\n\
             \x20 - id: open\n    address: 127.0.0.1\n    action: [update, transfer]\n\
             zone:\n",
            dns.number()
        );
        for zone in &self.zones {
            let access = match zone.access {
                Access::Key => "with-key",
                Access::KeyTransferOnly => "with-key-transfer",
                Access::Open => "open",
                Access::Policy(_) => return Err(Error::refused("Knot", "has no update-policy")),
            };
            let name = &zone.name;
            text.extend([format!(
                "  - domain: {name}\n    storage: \"{path}\"\n    file: \"{name}.zone\"\n    acl: {access}\n"
            )]);
            if zone.signed {
                // The file holds the unsigned zone and stays as it is.
                text.push_str(
                    "    dnssec-signing: on\n    zonefile-load: difference\n    zonefile-sync: -1\n    \
                     journal-content: all\n",
                );
            }
        }
        Ok(text)
    }
}

/// A running Knot DNS.
#[derive(Debug)]
pub struct Knot {
    process: Process,
    dns: Port,
    key: TsigKey,
}

impl Knot {
    /// Starts it as the primary server of `zones`, with a random TSIG key.
    ///
    /// # Errors
    /// See [`KnotBuilder::start`].
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<Self> {
        Self::builder(zones).start()
    }

    /// Starts it in another way.
    pub fn builder(zones: impl IntoIterator<Item = Zone>) -> KnotBuilder {
        KnotBuilder { zones: zones.into_iter().collect(), key: None }
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
