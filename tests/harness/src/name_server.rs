//! What BIND, Knot and NSD have in common once they run.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::process::{Process, Recipe, directory, with_free_ports};
use crate::{Error, Port, Result, TsigKey, Zone, identity, program};

/// A running name server, primary for the zones that it was started with.
#[derive(Debug)]
pub struct NameServer {
    process: Process,
    dns: Port,
    key: TsigKey,
}

/// What a configuration is made of.
pub(crate) struct Parts<'a> {
    /// The server's directory; `ZONE.zone` in it is the master file of each zone.
    pub(crate) directory: &'a Path,
    /// The port of 127.0.0.1 to listen on.
    pub(crate) port: u16,
    /// What to answer to `id.server. CH TXT`.
    pub(crate) identity: &'a str,
    /// The key for updates and transfers.
    pub(crate) key: &'a TsigKey,
    /// The zones.
    pub(crate) zones: &'a [Zone],
}

/// How one kind of name server is started.
pub(crate) struct Kind<'a> {
    /// Its name in messages.
    pub(crate) name: &'static str,
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    /// The arguments before the path of the configuration.
    pub(crate) arguments: &'a [&'static str],
    /// Writes the configuration.
    pub(crate) configuration: &'a dyn Fn(&Parts<'_>) -> Result<String>,
    /// Whether the log says that all zones are loaded or given up.
    pub(crate) loaded: &'a dyn Fn(&str) -> bool,
    /// What the log says of a zone that was given up.
    pub(crate) failures: &'a [&'static str],
}

impl NameServer {
    pub(crate) fn start(kind: &Kind<'_>, zones: &[Zone], key: Option<&TsigKey>) -> Result<Self> {
        with_free_ports(|| Self::attempt(kind, zones, key))
    }

    fn attempt(kind: &Kind<'_>, zones: &[Zone], key: Option<&TsigKey>) -> Result<Self> {
        let program = program::find(kind.program, kind.package)?;
        let key = key.cloned().map_or_else(|| TsigKey::generate("tester"), Ok)?;
        let (dns, identity, place) = (Port::reserve()?, identity::unique(), directory()?);
        for zone in zones {
            let file = place.path().join(format!("{}.zone", zone.name));
            fs_err::write(file, zone.master_file()).map_err(Error::io("write a zone"))?;
        }
        let parts =
            Parts { directory: place.path(), port: dns.number(), identity: &identity, key: &key, zones };
        let file = place.path().join("server.conf");
        fs_err::write(&file, (kind.configuration)(&parts)?).map_err(Error::io("write a configuration"))?;
        let program = outside_apparmor(program, place.path())?;
        let arguments = kind.arguments.iter().map(OsString::from).chain([file.into_os_string()]);
        let recipe = Recipe::new(program, arguments);
        let log = place.path().join("log");
        let ready = || {
            identity::answers(dns.address(), &identity)
                && fs_err::read_to_string(&log).is_ok_and(|log| (kind.loaded)(&log))
        };
        let mut process = Process::start(kind.name, recipe, place, ready)?;
        let log = process.log();
        if kind.failures.iter().any(|words| log.contains(words)) {
            process.kill();
            return Err(Error::refused(format!("{}: load the zones", kind.name), log));
        }
        Ok(Self { process, dns, key })
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

/// Ubuntu confines `/usr/sbin/named` to its own directories by AppArmor, by the path of the program; a copy is not.
fn outside_apparmor(program: PathBuf, directory: &Path) -> Result<PathBuf> {
    let enabled = fs_err::read_to_string("/sys/module/apparmor/parameters/enabled");
    let profile = program.to_string_lossy().trim_start_matches('/').replace('/', ".");
    let confined = enabled.is_ok_and(|answer| answer.starts_with('Y'))
        && Path::new("/etc/apparmor.d").join(profile).exists();
    let name = program.file_name().filter(|_| confined);
    let Some(name) = name else { return Ok(program) };
    let copy = directory.join(name);
    fs_err::copy(&program, &copy).map_err(Error::io("copy the server out of its confinement"))?;
    Ok(copy)
}
