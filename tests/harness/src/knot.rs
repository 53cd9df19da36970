//! Knot DNS (`knotd`), updated and transferred with a TSIG key.

use crate::name_server::{Kind, NameServer, Parts};
use crate::zone::{Access, Zone};
use crate::{Error, Result, TsigKey};

/// Knot DNS.
#[derive(Debug, Clone, Copy)]
pub struct Knot;

impl Knot {
    /// Starts it as the primary server of `zones`, with a random TSIG key for hmac-sha256 named `tester`.
    ///
    /// # Errors
    /// See [`Knot::start_with`].
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<NameServer> {
        Self::run(zones, None)
    }

    /// Starts it with this key.
    ///
    /// # Errors
    /// [`Error::Missing`], or what went wrong with the server's log. [`Access::Policy`] is refused: Knot has none.
    pub fn start_with(key: &TsigKey, zones: impl IntoIterator<Item = Zone>) -> Result<NameServer> {
        Self::run(zones, Some(key))
    }

    fn run(zones: impl IntoIterator<Item = Zone>, key: Option<&TsigKey>) -> Result<NameServer> {
        let zones: Vec<Zone> = zones.into_iter().collect();
        let signed = zones.iter().filter(|zone| zone.signed).count();
        let kind = Kind {
            name: "Knot",
            program: "knotd",
            package: "knot",
            arguments: &["-c"],
            configuration: &configuration,
            loaded: &|log| {
                log.contains("server started") && log.matches("successfully signed").count() >= signed
            },
            failures: &["failed to load zone", "zone cannot be"],
        };
        NameServer::start(&kind, &zones, key)
    }
}

fn configuration(parts: &Parts<'_>) -> Result<String> {
    let path = parts.directory.display();
    let TsigKey { name, algorithm, secret } = parts.key;
    // The journal takes an update of a whole large zone; its file is sparse.
    let mut text = format!(
        "server:\n    rundir: \"{path}\"\n    listen: 127.0.0.1@{}\n    identity: {}\n    \
         udp-workers: 2\n    tcp-workers: 2\n    background-workers: 2\n\
         log:\n  - target: stderr\n    any: info\n\
         database:\n    storage: \"{path}\"\n    journal-db-max-size: 1G\n    kasp-db-max-size: 64M\n    \
         timer-db-max-size: 16M\n\
         key:\n  - id: {name}\n    algorithm: {algorithm}\n    secret: {secret}\n\
         acl:\n  - id: with-key\n    key: {name}\n    action: [update, transfer]\n\
         \x20 - id: with-key-transfer\n    key: {name}\n    action: transfer\n\
         \x20 - id: open\n    address: 127.0.0.1\n    action: [update, transfer]\n\
         zone:\n",
        parts.port, parts.identity
    );
    for zone in parts.zones {
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
