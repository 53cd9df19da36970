//! BIND 9: `named-compilezone`.

use crate::records::{Set, with_lines};
use dnsctl_harness::{find, require};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// A zone as BIND holds it.
pub(crate) struct Compiled {
    /// As it prints it.
    pub(crate) text: String,
    /// As it keeps it, in its format `raw`.
    pub(crate) octets: Set,
}

/// Compiles a zone. `None` where the program is missing and that was allowed.
pub(crate) fn compile(text: &str) -> Option<Compiled> {
    let folder = tempfile::tempdir().unwrap();
    let (printed, raw) = (folder.path().join("text"), folder.path().join("raw"));
    for (format, file) in [("text", &printed), ("raw", &raw)] {
        let output = run(text, folder.path(), format, file)?;
        let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "named-compilezone: {}", with_lines(&words, "/zone:", text));
        assert!(!words.contains("ignoring out-of-zone data"), "named-compilezone: {words}");
    }
    let text = fs_err::read_to_string(printed).unwrap();
    Some(Compiled { text, octets: read_raw(&fs_err::read(raw).unwrap()) })
}

/// Whether it refuses a zone. `None` where the program is missing and that was allowed.
pub(crate) fn refuses(text: &str) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let output = run(text, folder.path(), "text", &folder.path().join("out"))?;
    Some(!output.status.success())
}

/// The lines of a zone that it refuses as the server does by default (`check-names` among its checks), with its words.
/// `None` where the program is missing and that was allowed.
pub(crate) fn refused_lines(text: &str) -> Option<BTreeMap<usize, String>> {
    let program = require(find("named-checkzone", "bind9-utils"))?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone");
    fs_err::write(&file, text).unwrap();
    let output = Command::new(program)
        .args(["-k", "fail", "-i", "none", "-n", "ignore", "example.com"])
        .arg(&file)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let mut refused = BTreeMap::new();
    for line in words.lines().filter(|line| !line.contains("warning") && !line.contains("zone detected")) {
        let number = line.split("/zone:").nth(1).and_then(|rest| rest.split(':').next()?.parse().ok());
        refused.extend(number.map(|number: usize| (number, line.to_owned())));
    }
    assert_eq!(output.status.success(), refused.is_empty(), "{words}");
    Some(refused)
}

/// Without its checks of meaning: here only syntax counts.
fn run(text: &str, folder: &Path, format: &str, out: &Path) -> Option<Output> {
    let program = require(find("named-compilezone", "bind9-utils"))?;
    let file = folder.join("zone");
    fs_err::write(&file, text).unwrap();
    let mut command = Command::new(program);
    for check in ["-k", "-m", "-n", "-r", "-M", "-S", "-W"] {
        command.args([check, "ignore"]);
    }
    command.args(["-i", "none", "-s", "full", "-F", format, "-o"]).arg(out).arg("example.com").arg(file);
    Some(command.output().unwrap())
}

/// Reads the format `raw`, version 1: a header, then RRsets with a length each, all numbers in network order.
fn read_raw(octets: &[u8]) -> Set {
    let mut rest = Octets(octets);
    assert_eq!((rest.number(4), rest.number(4)), (2, 1), "format and version");
    rest.take(16);
    let mut set = Set::default();
    while !rest.0.is_empty() {
        let length = rest.number(4);
        let mut rrset = Octets(rest.take(length - 4));
        let (class, rtype, _covers) = (rrset.number(2), rrset.number(2), rrset.number(2));
        assert_eq!(class, 1);
        let (ttl, count) = (rrset.number(4), rrset.number(4));
        let length = rrset.number(2);
        let owner = rrset.take(length);
        for _ in 0..count {
            let length = rrset.number(2);
            let rdata = rrset.take(length);
            set.add(owner, u16::try_from(rtype).unwrap(), u32::try_from(ttl).unwrap(), rdata);
        }
        assert!(rrset.0.is_empty());
    }
    set
}

struct Octets<'o>(&'o [u8]);

impl<'o> Octets<'o> {
    fn take(&mut self, length: usize) -> &'o [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self, length: usize) -> usize {
        self.take(length).iter().fold(0, |number, octet| number << 8 | usize::from(*octet))
    }
}
