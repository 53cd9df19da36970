//! Knot DNS: `knotd` for what it holds, `kzonecheck` for what it refuses.

use crate::records::{Set, with_lines};
use dnsctl_harness::{Access, Knot, Zone, find, require};
use dnsctl_zone::{Name, Rdata, RecordType};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

/// The records of a zone as Knot transfers it. `None` where the program is missing and that was allowed.
pub(crate) fn load(text: &str) -> Option<Set> {
    let problem = check(text)?;
    assert!(problem.is_empty(), "kzonecheck: {problem}");
    let zone = Zone::from_text("example.com", text).access(Access::Open);
    let knot = require(Knot::start([zone]))?;
    Some(transfer(knot.address()))
}

/// What `kzonecheck` says against the syntax of a zone; empty when it likes it. `None` as above.
pub(crate) fn check(text: &str) -> Option<String> {
    let program = require(find("kzonecheck", "knot-dnssecutils"))?;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), text).unwrap();
    let mut command = Command::new(program);
    command.args(["-d", "off", "-v", "-o", "example.com"]).arg(file.path());
    let output = command.output().unwrap();
    let words =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let faults: Vec<&str> = words.lines().filter(|line| line.contains("error in zone, file")).collect();
    Some(with_lines(&faults.join("\n"), ", line ", text))
}

/// A zone transfer (RFC 5936), read with nothing but our rdata.
fn transfer(server: SocketAddr) -> Set {
    let mut stream = TcpStream::connect(server).unwrap();
    let mut query = vec![0, 29, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend(b"\x07example\x03com\x00\x00\xfc\x00\x01");
    stream.write_all(&query).unwrap();
    let mut set = Set::default();
    let mut ends = 0;
    while ends < 2 {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).unwrap();
        ends += read_message(&message, &mut set);
    }
    set
}

/// Adds the records of a message and counts the SOA records.
fn read_message(message: &[u8], set: &mut Set) -> usize {
    let number = |at: usize| u16::from_be_bytes(message[at..at + 2].try_into().unwrap());
    assert_eq!(message[3] & 15, 0, "response code");
    let mut at = 12;
    for _ in 0..number(4) {
        at = name_end(message, at) + 4;
    }
    let mut ends = 0;
    for _ in 0..number(6) {
        let end = name_end(message, at);
        // A name by itself has the form of NS.
        let owner = Rdata::from_message(RecordType::NS, message, at, end).unwrap();
        let rtype = RecordType::from_code(number(end));
        let ttl = u32::from_be_bytes(message[end + 4..end + 8].try_into().unwrap());
        let start = end + 10;
        at = start + usize::from(number(end + 8));
        let rdata = Rdata::from_message(rtype, message, start, at)
            .unwrap_or_else(|error| panic!("{owner} {rtype}: {error}"));
        let (name, _) = Name::from_wire(owner.octets()).unwrap();
        ends += usize::from(rtype == RecordType::SOA);
        // Knot serves RRSIG with the TTL that is in its data.
        let ttl = if rtype == RecordType::RRSIG { 0 } else { ttl };
        set.0.insert((name, rtype, ttl, rdata));
    }
    ends
}

fn name_end(message: &[u8], mut at: usize) -> usize {
    loop {
        match message[at] {
            0 => return at + 1,
            0xc0.. => return at + 2,
            length => at += usize::from(length) + 1,
        }
    }
}
