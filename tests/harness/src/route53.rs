//! Hosted zones of an emulator of Route 53, made and changed by boto3: the vendor's own client, not ours.

use std::process::Command;

use crate::{Emulator, Error, Result, program};

/// What every program begins with. Any credentials will do, since no emulator checks them.
const START: &str = "import sys, json, boto3\nurl, *arguments = sys.argv[1:]\n\
     session = boto3.Session(aws_access_key_id='x', aws_secret_access_key='y', region_name='us-east-1')\n\
     client = session.client('route53', endpoint_url=url)\n";

/// A record as the vendor has it: owner name, TTL, type, value.
pub type RecordText<'a> = (&'a str, u32, &'a str, &'a str);

/// Runs a Python program with boto3, where `client` is Route 53's client for `url` and `arguments` a list of texts. Gives
/// what it prints.
///
/// # Errors
/// [`Error::Missing`], or what Python said.
pub fn boto3(url: &str, program: &str, arguments: &[&str]) -> Result<String> {
    let python = program::python_tool("octodns", "python")?;
    let mut command = Command::new(python);
    command.args(["-c", &format!("{START}{program}"), url]).args(arguments);
    let output = command.output().map_err(Error::io("run Python"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(Error::refused("boto3", text(&output.stderr)))
    }
}

impl Emulator {
    /// Makes a public hosted zone with these records; gives its ID. Name servers and SOA record come from the emulator.
    ///
    /// # Errors
    /// See [`boto3`].
    pub fn create_zone(&self, name: &str, records: &[RecordText<'_>]) -> Result<String> {
        let create = "print(client.create_hosted_zone(Name=arguments[0], CallerReference=arguments[0])['HostedZone']['Id'].split('/')[-1])";
        let id = boto3(&self.url(), create, &[name])?.trim().to_owned();
        self.set_records(&id, records)?;
        Ok(id)
    }

    /// Replaces the RRsets of these records by them, as another tool would.
    ///
    /// # Errors
    /// See [`boto3`].
    pub fn set_records(&self, zone_id: &str, records: &[RecordText<'_>]) -> Result<()> {
        let program = r#"
zone, *rest = arguments
sets = {}
for name, ttl, rtype, value in zip(*[iter(rest)] * 4):
    sets.setdefault((name, rtype), (int(ttl), []))[1].append({"Value": value})
changes = [{"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": values}}
           for (name, rtype), (ttl, values) in sets.items()]
if changes:
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
"#;
        let ttls: Vec<String> = records.iter().map(|(_, ttl, ..)| ttl.to_string()).collect();
        let mut arguments = vec![zone_id];
        for ((name, _, rtype, value), ttl) in records.iter().zip(&ttls) {
            arguments.extend([name, ttl.as_str(), rtype, value]);
        }
        boto3(&self.url(), program, &arguments).map(drop)
    }

    /// All record sets of a zone, sorted, one a line: `NAME TYPE TTL VALUE | VALUE`, or `NAME TYPE alias ZONE TARGET` for an
    /// alias.
    ///
    /// # Errors
    /// See [`boto3`].
    pub fn records(&self, zone_id: &str) -> Result<Vec<String>> {
        let program = r#"
pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=arguments[0])
for s in (s for page in pages for s in page["ResourceRecordSets"]):
    alias = s.get("AliasTarget")
    rest = ["alias", alias["HostedZoneId"], alias["DNSName"]] if alias else [str(s["TTL"]), " | ".join(sorted(r["Value"] for r in s["ResourceRecords"]))]
    print(s["Name"], s["Type"], *rest)
"#;
        let text = boto3(&self.url(), program, &[zone_id])?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        Ok(lines)
    }
}
