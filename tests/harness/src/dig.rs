//! What a server says, read by tools that are not ours: `dig` for queries and transfers, `nsupdate` for updates.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};

use crate::{Error, Result, TsigKey, program};

/// An answer of a name server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response code by name: `NOERROR`, `NXDOMAIN`, `REFUSED`.
    pub status: String,
    /// The header flags, for example `qr aa`.
    pub flags: String,
    /// The answer section, sorted, one record a line: owner name, TTL, class, type, rdata, single spaces between.
    pub records: Vec<String>,
}

impl Answer {
    /// The rdata of the records of one type, in presentation form, sorted.
    pub fn rdata(&self, record_type: &str) -> Vec<String> {
        let of_type = |line: &String| {
            let mut fields = line.splitn(5, ' ').skip(3);
            (fields.next() == Some(record_type)).then(|| fields.next().unwrap_or_default().to_owned())
        };
        self.records.iter().filter_map(of_type).collect()
    }
}

/// Asks a server for a name and type, without recursion.
///
/// # Errors
/// When `dig` is missing or gets no answer; a response code is no error.
pub fn dig(server: SocketAddr, name: &str, record_type: &str) -> Result<Answer> {
    let options = ["+norecurse", "+noall", "+comments", "+answer", "+nosplit", "+timeout=3", "+tries=3"];
    let text = run_dig(server, &options, None, name, record_type)?;
    let word = |before: &str| {
        let start = text.find(before)?.checked_add(before.len())?;
        text.get(start..)?.split([',', ';']).next().map(|word| word.trim().to_owned())
    };
    let status =
        word("status: ").ok_or_else(|| Error::refused(format!("dig {name} {record_type}"), &text))?;
    Ok(Answer { status, flags: word(";; flags: ").unwrap_or_default(), records: record_lines(&text) })
}

/// Transfers a zone (AXFR), with or without a key. The SOA record comes once; the lines are sorted as in [`Answer`].
///
/// # Errors
/// When the server refuses or the transfer does not come to its end.
pub fn transfer(server: SocketAddr, zone: &str, key: Option<&TsigKey>) -> Result<Vec<String>> {
    let options = ["+noall", "+answer", "+onesoa", "+nosplit", "+timeout=60"];
    let text = run_dig(server, &options, key, zone, "AXFR")?;
    let failed =
        text.lines().find(|line| line.contains("Transfer failed") || line.contains("Couldn't verify"));
    match failed {
        Some(_) => Err(Error::refused(format!("transfer {zone} from {server}"), text)),
        None => Ok(record_lines(&text)),
    }
}

/// Sends an update (RFC 2136) with `nsupdate`: `commands` as in its manual, without `server` and `send`.
///
/// # Errors
/// With the words of `nsupdate`, such as `update failed: NOTAUTH(BADSIG)`.
pub fn nsupdate(server: SocketAddr, zone: &str, key: Option<&TsigKey>, commands: &str) -> Result<()> {
    let program = program::find("nsupdate", "bind9-dnsutils")?;
    let key_file = key_file(key)?;
    let mut command = Command::new(program);
    command.args(["-t", "60"]);
    if let Some(file) = &key_file {
        command.arg("-k").arg(file.path());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Error::io("start nsupdate"))?;
    let script = format!("server {} {}\nzone {zone}\n{commands}\nsend\n", server.ip(), server.port());
    if let Some(mut input) = child.stdin.take() {
        input.write_all(script.as_bytes()).map_err(Error::io("write to nsupdate"))?;
    }
    let output = child.wait_with_output().map_err(Error::io("wait for nsupdate"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::refused(format!("update {zone} at {server}"), words(&output)))
}

fn run_dig(
    server: SocketAddr,
    options: &[&str],
    key: Option<&TsigKey>,
    name: &str,
    record_type: &str,
) -> Result<String> {
    let program = program::find("dig", "bind9-dnsutils")?;
    let key_file = key_file(key)?;
    let mut command = Command::new(program);
    // `-r`: no .digrc of the person who runs the tests.
    command.arg("-r");
    if let Some(file) = &key_file {
        command.arg("-k").arg(file.path());
    }
    command.arg(format!("@{}", server.ip())).args(["-p", &server.port().to_string()]);
    command.args(["-q", name, "-t", record_type]).args(options);
    let output = command.output().map_err(Error::io("run dig"))?;
    if output.status.success() {
        return Ok(words(&output));
    }
    Err(Error::refused(format!("dig @{server} {name} {record_type}"), words(&output)))
}

fn words(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn key_file(key: Option<&TsigKey>) -> Result<Option<tempfile::NamedTempFile>> {
    let Some(key) = key else { return Ok(None) };
    let mut file = tempfile::NamedTempFile::new().map_err(Error::io("make a key file"))?;
    file.write_all(key.bind_statement().as_bytes()).map_err(Error::io("write a key file"))?;
    Ok(Some(file))
}

/// The lines that are records, blanks between the first four fields made one space, sorted.
fn record_lines(text: &str) -> Vec<String> {
    let line = |line: &str| -> Option<String> {
        let mut rest = line.trim_end();
        let mut fields = Vec::new();
        for _ in 0..4 {
            let (field, after) = rest.split_once([' ', '\t'])?;
            fields.push(field);
            rest = after.trim_start();
        }
        fields.push(rest);
        Some(fields.join(" "))
    };
    let records = text.lines().filter(|line| !line.starts_with(';') && !line.trim().is_empty());
    let mut lines: Vec<String> = records.filter_map(line).collect();
    lines.sort_unstable();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_inside_rdata_stay() {
        let text = ";; x\nb.test.\t\t300\tIN\tTXT\t\"two  blanks\"\na.test. 60 IN A 192.0.2.1\n\n";
        assert_eq!(record_lines(text), ["a.test. 60 IN A 192.0.2.1", "b.test. 300 IN TXT \"two  blanks\""]);
    }
}
