//! NSD, which serves and transfers zones but answers NOTIMP to every update: the server that cannot be written.

use std::net::SocketAddr;

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::{Error, Port, Result, TsigKey, Zone, identity, program};

/// A running NSD.
#[derive(Debug)]
pub struct Nsd {
    process: Process,
    dns: Port,
    key: TsigKey,
}

impl Nsd {
    /// Starts it as the primary server of `zones`; a random TSIG key may transfer them, whatever their access says.
    ///
    /// # Errors
    /// [`Error::Missing`], or what went wrong with the server's log.
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<Self> {
        let zones: Vec<Zone> = zones.into_iter().collect();
        with_free_ports(|| Self::attempt(&zones))
    }

    fn attempt(zones: &[Zone]) -> Result<Self> {
        let program = program::find("nsd", "nsd")?;
        let (dns, key, identity) = (Port::reserve()?, TsigKey::generate("tester")?, identity::unique());
        let place = directory()?;
        let path = place.path().display();
        let TsigKey { name, algorithm, secret } = &key;
        let mut text = format!(
            "server:\n  ip-address: 127.0.0.1@{}\n  username: \"\"\n  zonesdir: \"{path}\"\n  database: \"\"\n  \
             pidfile: \"\"\n  xfrdfile: \"{path}/xfrd.state\"\n  xfrdir: \"{path}\"\n  zonelistfile: \"{path}/zone.list\"\n  \
             identity: \"{identity}\"\n  server-count: 1\n\
             remote-control:\n  control-enable: no\n\
             key:\n  name: {name}\n  algorithm: {algorithm}\n  secret: \"{secret}\"\n",
            dns.number()
        );
        for zone in zones {
            let file = place.path().join(format!("{}.zone", zone.name));
            fs_err::write(file, zone.master_file()).map_err(Error::io("write a zone"))?;
            let zone = &zone.name;
            text.extend([format!(
                "zone:\n  name: {zone}\n  zonefile: \"{zone}.zone\"\n  provide-xfr: 127.0.0.1 {name}\n"
            )]);
        }
        let configuration = place.path().join("nsd.conf");
        fs_err::write(&configuration, text).map_err(Error::io("write nsd.conf"))?;
        let recipe = Recipe::new(program, ["-d".into(), "-c".into(), configuration.into_os_string()]);
        let process = Process::start("NSD", recipe, place, || identity::answers(dns.address(), &identity))?;
        Ok(Self { process, dns, key })
    }

    /// The address for DNS, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.dns.address()
    }

    /// The key that may transfer.
    pub fn key(&self) -> &TsigKey {
        &self.key
    }

    /// The process: pid, log, processor time, pause.
    pub fn process(&self) -> &Process {
        &self.process
    }
}
