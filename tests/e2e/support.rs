//! A repository of zones beside a server, and the command run in it.

use dnsctl_harness::{Dnsctl, NameServer, PowerDns, Repository, Run};
use std::net::SocketAddr;

/// The time of every run, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-11-23T10:07:02Z";

/// A little later than [`NOW`].
pub(crate) const LATER: &str = "2026-11-23T11:00:00Z";

/// The zone of most tests.
pub(crate) const ZONE: &str = "abc-corp.example";

/// What a domain with mail has besides MX and SPF, at a server: its own key of DKIM and a policy of DMARC.
pub(crate) const SOUND: &str = "_dmarc 3600 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@abc-corp.example\"\n\
    s1._domainkey 3600 TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"";

/// The same in a zone file.
pub(crate) const SOUND_FILE: &str = "  _dmarc: { TXT: \"v=DMARC1; p=reject; rua=mailto:dmarc@abc-corp.example\" }\n  \
    s1._domainkey: { TXT: \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }\n";

/// A repository, and the secrets that its configuration asks for.
pub(crate) struct Setup {
    pub(crate) repository: Repository,
    environment: Vec<(String, String)>,
}

impl Setup {
    /// A repository with this configuration and no zones.
    pub(crate) fn new(configuration: &str) -> Self {
        let repository = Repository::new([("dnsctl.yaml", configuration)]).unwrap();
        Self { repository, environment: Vec::new() }
    }

    /// One PowerDNS; `more` is added to the configuration.
    pub(crate) fn powerdns(server: &PowerDns, more: &str) -> Self {
        Self::powerdns_at(&server.url(), server.api_key(), more)
    }

    /// The API of PowerDNS at this URL, behind a proxy for example.
    pub(crate) fn powerdns_at(url: &str, key: &str, more: &str) -> Self {
        let provider = format!(
            "providers:\n  main: {{ type: powerdns, url: \"{url}\", api_key: {{ env: PDNS_API_KEY }} }}\n"
        );
        Self::new(&format!("{provider}{more}\n")).env("PDNS_API_KEY", key)
    }

    /// A name server that is updated; its name in the configuration is `main`.
    pub(crate) fn rfc2136(server: &NameServer, more: &str) -> Self {
        Self::rfc2136_at(server.address(), server, more)
    }

    /// The same at another address, that of a proxy for example.
    pub(crate) fn rfc2136_at(address: SocketAddr, server: &NameServer, more: &str) -> Self {
        let key = server.key();
        let provider = format!(
            "providers:\n  main: {{ type: rfc2136, server: \"{address}\", key_name: {}, key_algorithm: {}, \
             key_secret: {{ env: TSIG_SECRET }} }}\n",
            key.name, key.algorithm
        );
        Self::new(&format!("{provider}{more}\n")).env("TSIG_SECRET", &key.secret)
    }

    /// An emulator of Route 53 at this URL, and a home where no credentials are; its name in the configuration is `aws`.
    pub(crate) fn route53_at(url: &str, more: &str) -> Self {
        let provider = format!("providers:\n  aws: {{ type: route53, endpoint: \"{url}\", rate: 1000 }}\n");
        // No machine of a cloud is asked for a role.
        Self::new(&format!("{provider}{more}\n")).env("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// Sets a variable for every run; the last one of a name wins.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes the file of a zone.
    pub(crate) fn zone(self, name: &str, text: &str) -> Self {
        self.write_zone(name, text);
        self
    }

    /// The same, later in a test.
    pub(crate) fn write_zone(&self, name: &str, text: &str) {
        self.repository.write(format!("zones/{name}.yaml"), text).unwrap();
    }

    /// Sets the time-out of the only provider.
    pub(crate) fn timeout(&self, time: &str) {
        let text = self.repository.read("dnsctl.yaml").unwrap();
        self.repository
            .write("dnsctl.yaml", text.replacen(" }\n", &format!(", timeout: {time} }}\n"), 1))
            .unwrap();
    }

    /// The command with these arguments, separated by blanks.
    pub(crate) fn command(&self, arguments: &str) -> Dnsctl {
        let mut command = Dnsctl::new(env!("CARGO_BIN_EXE_dnsctl"), self.repository.path())
            .args(arguments.split_ascii_whitespace())
            .env("DNSCTL_NOW", NOW)
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1");
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        command
    }

    /// A shell script with the environment of the command.
    pub(crate) fn shell(&self, script: &str) -> Dnsctl {
        let shell =
            Dnsctl::new("/bin/sh", self.repository.path()).args(["-c", script]).env("DNSCTL_NOW", NOW);
        let environment = self.environment.iter();
        environment.fold(shell.env("NO_COLOR", "1"), |shell, (name, value)| shell.env(name, value))
    }

    /// Runs it and expects this exit code.
    pub(crate) fn run(&self, arguments: &str, code: i32) -> Run {
        self.command(arguments).expect_code(code)
    }

    /// A plan file that has been saved.
    pub(crate) fn plan_file(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.repository.read(name).unwrap()).unwrap()
    }
}

/// The command while it runs, to be interrupted. It is killed if the test ends before it does.
pub(crate) struct Running(std::process::Child);

impl Running {
    /// Starts it.
    pub(crate) fn start(setup: &Setup, arguments: &str) -> Self {
        use std::process::{Command, Stdio};
        let mut command = Command::new(env!("CARGO_BIN_EXE_dnsctl"));
        command.args(arguments.split_ascii_whitespace()).current_dir(setup.repository.path()).env_clear();
        command.env("HOME", setup.repository.path()).env("DNSCTL_NOW", NOW).env("NO_COLOR", "1");
        command.envs(setup.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Sends a signal by its name: INT as Ctrl-C does, TERM, KILL.
    pub(crate) fn send(&self, signal: &str) {
        let script = format!("kill -{signal} {}", self.0.id());
        let sent = std::process::Command::new("sh").args(["-c", &script]).status().unwrap();
        assert!(sent.success(), "SIG{signal} was not sent");
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Run {
        use std::io::Read as _;
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.0.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Run { code: self.0.wait().unwrap().code(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fails with the whole text unless all of these are in it. Lines may be broken anywhere.
#[track_caller]
pub(crate) fn has(text: &str, parts: &[&str]) {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        let flat = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(&flat), "{part:?} is missing in:\n{text}");
    }
}

/// Fails with the whole text if any of these is in it.
#[track_caller]
pub(crate) fn has_not(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(!text.contains(part), "{part:?} is in:\n{text}");
    }
}

/// The rdata that a server gives, sorted.
#[track_caller]
pub(crate) fn served(server: SocketAddr, name: &str, record_type: &str) -> Vec<String> {
    dnsctl_harness::dig(server, name, record_type).unwrap().rdata(record_type)
}

/// Compares text with an inline snapshot; ports and durations are replaced.
macro_rules! shows {
    ($text:expr, @$snapshot:literal) => {
        insta::with_settings!({filters => vec![
            (r"127\.0\.0\.1:\d+", "[server]"),
            (r" -p \d+", " -p [port]"),
            (r"\d+\.\d+ s\b", "[time]"),
            (r"\b20\d{8}\b", "[serial]"),
            (r"/tmp/dnsctl-\w+", "[folder]"),
        ]}, {
            // The same story is told on several servers.
            insta::allow_duplicates! { insta::assert_snapshot!($text, @$snapshot) }
        })
    };
}
pub(crate) use shows;
