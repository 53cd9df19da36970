//! Zone files: `named-compilezone` of BIND reads what was written, and says what it would serve. The `domain` crate must
//! read the same values, and `kzonecheck` of Knot DNS must find no error in the file.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use dnsctl_harness::{Repository, find, require};
use dnsctl_provider::conformance::{Answer, Failure, Subject};
use dnsctl_provider::error;
use dnsctl_provider::{Context, OptionValue, Reader, Settings, Writer};
use dnsctl_provider_zonefile::FACTORY;
use dnsctl_zone::{Name, Rdata, RecordType, Ttl, master};

use crate::{Adapter, domain_scan};

pub(crate) const BIND: Adapter = Adapter { name: "zonefile", factory: &FACTORY, start, alone: false };

fn start() -> Option<Box<dyn Subject>> {
    require(find("named-compilezone", "bind9-utils"))?;
    require(find("kzonecheck", "knot-dnssecutils"))?;
    let folder = require(Repository::new([("README", "The zones of the conformance suite.\n")]))?;
    Some(Box::new(ZoneFiles { folder, count: AtomicU32::new(0) }))
}

struct ZoneFiles {
    folder: Repository,
    count: AtomicU32,
}

impl ZoneFiles {
    fn settings(&self) -> Settings {
        let values = [("directory".to_owned(), OptionValue::Path(self.folder.path().to_owned()))];
        Settings { name: "files".to_owned(), values: values.into() }
    }

    /// What BIND makes of the file of the zone around this name.
    fn compile(&self, name: &Name, rtype: RecordType) -> Result<Answer, Failure> {
        let apex = apex_of(name);
        let program = find("named-compilezone", "bind9-utils").map_err(|error| error.to_string())?;
        let mut text = self.folder.read(file_of(&apex)).map_err(|error| error.to_string())?;
        if !text.contains(" NS ") {
            // A zone that was created without name servers: BIND loads none such.
            text.push_str("@ NS ns.invalid.\n");
        }
        let mut command = Command::new(program);
        // Addresses of other servers and names of hosts are not its business here.
        for check in ["-i", "-k", "-n", "-r"] {
            command.args([check, if check == "-i" { "none" } else { "ignore" }]);
        }
        command.args(["-s", "full", "-o", "-", &apex.to_string(), "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error: std::io::Error| format!("named-compilezone: {error}");
        let mut child = command.spawn().map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes()).map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        knot_reads(&text, &apex)?;
        let by_domain = domain_reads(&text, &apex, name, rtype)?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(format!("named-compilezone: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let options = master::Options::default();
        let parsed = master::parse(&text, Arc::from("BIND"), &apex, options, &mut |_| Err(String::new()));
        let loaded = master::zone(parsed, &apex);
        if let Some(error) = loaded.errors.first() {
            return Err(error.to_string());
        }
        let found = loaded.zone.get(name, rtype);
        let values = found.map_or_else(Vec::new, |rrset| rrset.values().to_vec());
        let answer = Answer { ttl: found.map(|rrset| rrset.ttl), values };
        if let Some(by_domain) = by_domain.filter(|by_domain| *by_domain != answer) {
            return Err(format!("BIND reads {answer:?}, and the domain crate {by_domain:?}"));
        }
        Ok(answer)
    }
}

/// What Knot DNS says against the syntax of a file. Its opinion of what a zone should hold is not asked for.
fn knot_reads(text: &str, apex: &Name) -> Result<(), Failure> {
    let program = find("kzonecheck", "knot-dnssecutils").map_err(|error| error.to_string())?;
    let failed = |error: std::io::Error| format!("kzonecheck: {error}");
    let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    let mut command = Command::new(program);
    command.args(["-d", "off", "-v", "-o", &apex.to_string()]).arg(file.path());
    let output = command.output().map_err(failed)?;
    let words = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    match words.lines().find(|line| line.contains("error in zone, file")) {
        Some(fault) => Err(format!("kzonecheck: {fault}")),
        None => Ok(()),
    }
}

/// What the `domain` crate makes of a file; `None` where it knows too little.
fn domain_reads(text: &str, apex: &Name, name: &Name, rtype: RecordType) -> Result<Option<Answer>, Failure> {
    let options = master::Options::default();
    let ours = master::parse(text, Arc::from("ours"), apex, options, &mut |_| Err(String::new()));
    if !ours.records.iter().all(|record| domain_scan::takes(&record.rdata)) {
        return Ok(None);
    }
    let records = domain_scan::scan(text, &apex.to_string()).map_err(|error| format!("domain: {error}"))?;
    let mut answer = Answer { ttl: None, values: Vec::new() };
    for (owner, _, ttl, rdata) in records.iter().filter(|(_, code, ..)| *code == rtype.code().unwrap_or(0)) {
        let (owner, _) = Name::from_wire(owner).map_err(|error| format!("domain: {error}"))?;
        if owner == *name {
            answer.ttl = Some(Ttl::from_wire(*ttl));
            answer.values.push(Rdata::from_wire(rtype, rdata).map_err(|error| format!("domain: {error}"))?);
        }
    }
    answer.values.sort();
    Ok(Some(answer))
}

/// All zones have three labels.
fn apex_of(name: &Name) -> Name {
    let mut apex = name.clone();
    while apex.label_count() > 3 {
        let Some(parent) = apex.parent() else { break };
        apex = parent;
    }
    apex
}

fn file_of(apex: &Name) -> String {
    format!("{apex}zone")
}

fn context() -> Context {
    Context::new(Arc::new(|| std::time::UNIX_EPOCH), Arc::new(|_| None))
}

#[async_trait]
impl Subject for ZoneFiles {
    fn open_reader(&self) -> error::Result<Box<dyn Reader>> {
        (FACTORY.open_reader)(&self.settings(), &context())
    }

    fn open_writer(&self) -> error::Result<Writer> {
        (FACTORY.open_writer)(&self.settings(), &context())
    }

    async fn empty_zone(&self) -> Result<Name, Failure> {
        let apex = self.free_name();
        let text = "$TTL 3600\n@ SOA ns.example.net. hostmaster.example.net. 1 7200 3600 1209600 300\n@ NS ns.example.net.\n";
        self.folder.write(file_of(&apex), text).map_err(|error| error.to_string())?;
        Ok(apex)
    }

    fn free_name(&self) -> Name {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        Name::absolute(&format!("c{number}.conformance.test.")).unwrap_or_else(|_| Name::root())
    }

    async fn add_foreign(
        &self,
        apex: &Name,
        owner: &str,
        ttl: u32,
        rtype: &str,
        rdata: &str,
    ) -> Result<bool, Failure> {
        let file = file_of(apex);
        let text = self.folder.read(&file).map_err(|error| error.to_string())?;
        let text = format!("{text}{owner} {ttl} IN {rtype} {rdata}\n");
        self.folder.write(&file, text).map_err(|error| error.to_string())?;
        Ok(true)
    }

    async fn ask(&self, name: &Name, rtype: RecordType) -> Option<Result<Answer, Failure>> {
        Some(self.compile(name, rtype))
    }

    fn serves(&self, rtype: RecordType) -> bool {
        // BIND loads no zone with one of these that fits no DNSKEY of the zone.
        !rtype.is_pseudo() && !matches!(rtype, RecordType::CDS | RecordType::CDNSKEY)
    }
}
