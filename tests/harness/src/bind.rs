//! BIND 9 (`named`), updated and transferred with a TSIG key.

use crate::name_server::{Kind, NameServer, Parts};
use crate::zone::{Access, Zone};
use crate::{Result, TsigKey};

/// BIND 9.
#[derive(Debug, Clone, Copy)]
pub struct Bind;

impl Bind {
    /// Starts it as the primary server of `zones`, with a random TSIG key.
    ///
    /// # Errors
    /// See [`BindBuilder::start`].
    pub fn start(zones: impl IntoIterator<Item = Zone>) -> Result<NameServer> {
        Self::builder(zones).start()
    }

    /// Starts it in another way.
    pub fn builder(zones: impl IntoIterator<Item = Zone>) -> BindBuilder {
        let zones = zones.into_iter().collect();
        BindBuilder { zones, key: None, ixfr: true, recursion: false, options: String::new() }
    }
}

/// How to start BIND.
#[derive(Debug, Clone)]
pub struct BindBuilder {
    zones: Vec<Zone>,
    key: Option<TsigKey>,
    ixfr: bool,
    recursion: bool,
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

    /// Makes it a resolver for everybody, too: what its zones do not have is asked for elsewhere. Nothing leaves this machine
    /// where the options say `forward only` and name forwarders on it.
    #[must_use]
    pub fn recursion(mut self) -> Self {
        self.recursion = true;
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
    /// [`crate::Error::Missing`], or what went wrong with the server's log: a zone with an error, for example.
    pub fn start(&self) -> Result<NameServer> {
        let kind = Kind {
            name: "BIND",
            program: "named",
            package: "bind9",
            arguments: &["-g", "-n", "2", "-c"],
            configuration: &|parts| Ok(self.configuration(parts)),
            loaded: &|log| log.contains("all zones loaded"),
            failures: &["not loaded due to errors"],
        };
        NameServer::start(&kind, &self.zones, self.key.as_ref())
    }

    fn configuration(&self, parts: &Parts<'_>) -> String {
        let (path, key) = (parts.directory.display(), &parts.key.name);
        let yes_no = |yes: bool| if yes { "yes" } else { "no" };
        let (ixfr, recursion) = (yes_no(self.ixfr), yes_no(self.recursion));
        let mut text = parts.key.bind_statement();
        text.extend([
            format!(
                "options {{\n  directory \"{path}\";\n  managed-keys-directory \"{path}\";\n  key-directory \"{path}\";\n\
                 \x20 pid-file none;\n  lock-file none;\n  session-keyfile none;\n  server-id \"{}\";\n",
                parts.identity
            ),
            format!("  listen-on port {} {{ 127.0.0.1; }};\n  listen-on-v6 {{ none; }};\n", parts.port),
            format!("  recursion {recursion};\n  dnssec-validation no;\n  notify no;\n  empty-zones-enable no;\n"),
            format!("  allow-transfer {{ none; }};\n  provide-ixfr {ixfr};\n{}}};\n", self.options),
            "controls { };\n".to_owned(),
        ]);
        for Zone { name, access, signed, .. } in parts.zones {
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
