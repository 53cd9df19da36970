//! NSD, which serves and transfers zones but answers NOTIMP to every update: the server that cannot be written.

use crate::name_server::{Kind, NameServer, Parts};
use crate::{Result, TsigKey, Zone};

/// NSD.
#[derive(Debug, Clone, Copy)]
pub struct Nsd;

impl Nsd {
    /// Starts it as the primary server of `zones`; a random TSIG key may transfer them, whatever their access says.
    ///
    /// # Errors
    /// [`crate::Error::Missing`], or what went wrong with the server's log.
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<NameServer> {
        let zones: Vec<Zone> = zones.into_iter().collect();
        let kind = Kind {
            name: "NSD",
            program: "nsd",
            package: "nsd",
            arguments: &["-d", "-c"],
            configuration: &|parts| Ok(configuration(parts)),
            // It answers when all zones are loaded.
            loaded: &|_| true,
            failures: &["read with"],
        };
        NameServer::start(&kind, &zones, None)
    }
}

fn configuration(parts: &Parts<'_>) -> String {
    let path = parts.directory.display();
    let TsigKey { name, algorithm, secret } = parts.key;
    let mut text = format!(
        "server:\n  ip-address: 127.0.0.1@{}\n  username: \"\"\n  zonesdir: \"{path}\"\n  database: \"\"\n  \
         pidfile: \"\"\n  xfrdfile: \"{path}/xfrd.state\"\n  xfrdir: \"{path}\"\n  zonelistfile: \"{path}/zone.list\"\n  \
         identity: \"{}\"\n  server-count: 1\n\
         remote-control:\n  control-enable: no\n\
         key:\n  name: {name}\n  algorithm: {algorithm}\n  secret: \"{secret}\"\n",
        parts.port, parts.identity
    );
    for Zone { name: zone, .. } in parts.zones {
        text.extend([format!(
            "zone:\n  name: {zone}\n  zonefile: \"{zone}.zone\"\n  provide-xfr: 127.0.0.1 {name}\n"
        )]);
    }
    text
}
