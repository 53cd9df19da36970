//! Asks a name server with `dig`, in the generic form of RFC 3597, so that nothing of ours reads or prints the rdata.

use std::net::SocketAddr;
use std::process::Command;

use dnsctl_provider::conformance::{Answer, Failure};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl};

pub(crate) fn ask(server: SocketAddr, name: &Name, rtype: RecordType) -> Result<Answer, Failure> {
    let program = dnsctl_harness::find("dig", "bind9-dnsutils").map_err(|error| error.to_string())?;
    let code = rtype.code().ok_or("a pseudo type cannot be asked for")?;
    let output = Command::new(program)
        .args(["-r", "-p", &server.port().to_string(), &format!("@{}", server.ip())])
        .args(["-q", &name.to_string(), "-t", &format!("TYPE{code}")])
        .args([
            "+norecurse",
            "+noall",
            "+answer",
            "+unknownformat",
            "+nosplit",
            "+tcp",
            "+timeout=5",
            "+tries=2",
        ])
        .output()
        .map_err(|error| format!("dig: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(format!("dig {name} TYPE{code}: {text}"));
    }
    let (mut ttl, mut values) = (None, Vec::new());
    for line in text.lines().filter(|line| !line.starts_with(';') && !line.is_empty()) {
        let bad = || format!("dig says \"{line}\"");
        // OWNER TTL CLASS1 TYPE16 \# LENGTH HEX
        let words: Vec<_> = line.split_ascii_whitespace().collect();
        let [_, seconds, "CLASS1", found, "\\#", _, hex @ ..] = words.as_slice() else { return Err(bad()) };
        if *found != format!("TYPE{code}") {
            continue;
        }
        let octets = decode(&hex.concat()).ok_or_else(bad)?;
        values.push(Rdata::from_wire(rtype, &octets).map_err(|error| format!("{}: {error}", bad()))?);
        ttl = seconds.parse().ok().and_then(Ttl::new);
    }
    let sorted = RRset::new(name.clone(), rtype, Ttl::MAX, values);
    Ok(Answer { ttl, values: sorted.values().to_vec() })
}

fn decode(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2).map(std::str::from_utf8);
    digits.map(|pair| u8::from_str_radix(pair.ok()?, 16).ok()).collect()
}
