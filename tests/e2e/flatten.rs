//! `dnsctl mail flatten` against BIND, which holds the zones and resolves. pyspf says whether the same clients pass.

use crate::support::{Setup, has, has_not, served};
use dnsctl_harness::{
    Action, Bind, Direction, DnsProxy, NameServer, Transport, Zone, error_reply, nsupdate, python_tool,
    repository_root, require, tool_file, truncated_reply,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Stdio};

/// A relay whose record needs all ten lookups that a receiver makes, together with `include` of it. The decoys are what
/// an `a` or `mx` of an included record is not about.
const RELAY: &str = r#"
@          A    203.0.113.199
@          MX   10 decoy
decoy      A    203.0.113.198
_spf       TXT  "v=spf1 include:one.relay.example include:two.relay.example mx include:list.relay.example " "redirect=rest.relay.example"
_spf       MX   10 mx1
mx1        A    198.51.101.10
mx1        AAAA 2001:db8:10::25
one        TXT  "v=spf1 a/28//64 -ip4:198.51.100.64/26 ip4:198.51.100.0/24 include:deep.one.relay.example -all"
one        A    192.0.2.17
one        AAAA 2001:db8:17::17
deep.one   TXT  "v=spf1 a ip6:2001:db8:1::/48 ~all"
deep.one   A    192.0.2.40
deep.one   AAAA 2001:db8:17::40
two        CNAME spf.other.example.
list       TXT  "v=spf1 exists:%{i}.list.relay.example -all"
192.0.2.200.list A 127.0.0.2
rest       TXT  "v=spf1 ip4:198.51.100.200 ip4:198.51.102.0/24 ip6:2001:db8:2::/64 ?all"
wrap       TXT  "v=spf1 include:exception.relay.example ip4:203.0.113.7 -all"
exception  TXT  "v=spf1 -exists:%{i}.list.relay.example ip4:192.0.2.192/28 -all"
sender     TXT  "v=spf1 include:%{o}.by.relay.example ip4:192.0.2.77 -all"
three.example.com.by TXT "v=spf1 ip4:203.0.113.77 -all"
all        TXT  "v=spf1 ip4:192.0.2.1 +all"
loop       TXT  "v=spf1 ip4:192.0.2.1 include:loop2.relay.example -all"
loop2      TXT  "v=spf1 include:loop.relay.example -all"
gone       TXT  "v=spf1 ip4:192.0.2.1 include:nothing.relay.example -all"
dead       TXT  "v=spf1 ip4:192.0.2.1 a:host.dead.example mx:lost.relay.example -all"
lost       MX   10 mail.dead.example.
twisted    TXT  "v=spf1 ip4:192.0.2.1 a:ring.relay.example -all"
ring       CNAME ring2
ring2      CNAME ring
"#;

/// Scattered addresses: too many for one record, and too many for an answer over UDP.
fn big() -> String {
    (0..120).fold("v=spf1".to_owned(), |mut text, number| {
        let _ = write!(text, " ip4:198.18.{number}.{}", number * 2 + 1);
        text
    }) + " -all"
}

fn quoted(text: &str) -> String {
    let strings = text.as_bytes().chunks(200).map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk)));
    strings.collect::<Vec<_>>().join(" ")
}

/// BIND with the zone of the relay; what it does not hold is asked for at a port where nobody is.
fn start() -> Option<NameServer> {
    let relay = Zone::new("relay.example").with(RELAY).with(&format!("big TXT {}\n", quoted(&big())));
    let other =
        Zone::new("other.example").with("spf TXT \"v=spf1 ip4:203.0.113.0/25 ip4:203.0.113.128/27 ?all\"");
    let zones = [relay, other, Zone::new("example.com")];
    let bind = Bind::builder(zones)
        .recursion()
        .options("forward only; forwarders { 127.0.0.1 port 9; }; check-names primary ignore;");
    require(bind.start())
}

/// The relays by the name at which the flattened record stands, and the domain that sends through each.
const RELAYS: [(&str, &str, &str); 4] = [
    ("_spf1", "_spf.relay.example", "example.com"),
    ("_spf2", "wrap.relay.example", "two.example.com"),
    ("_spf3", "sender.relay.example", "three.example.com"),
    ("_spf4", "big.relay.example", "four.example.com"),
];

/// The zone, its records naming the relays or the flattened records.
fn zone(server: SocketAddr, flat: bool) -> String {
    let mut text = format!("servers: [\"{server}\"]\n");
    let name = |number: usize| match flat {
        true => format!("{}.example.com", RELAYS[number].0),
        false => RELAYS[number].1.to_owned(),
    };
    if flat {
        text += "include: [../shared/1.yaml, ../shared/2.yaml, ../shared/3.yaml, ../shared/4.yaml]\n";
    }
    let first = if flat { "\"_spf1.%{d}\"".to_owned() } else { name(0) };
    let _ = write!(
        text,
        "mail: {{ receives: false, senders: [{{ include: {first} }}] }}\nrecords:\n  \"@\": {{ NS: ns1 }}\n  ns1: {{ A: 127.0.0.1 }}\n"
    );
    for (number, label) in [(1, "two"), (2, "three"), (3, "four")] {
        let _ = writeln!(text, "  {label}: {{ TXT: \"v=spf1 include:{} ~all\" }}", name(number));
    }
    text
}

fn flatten(server: SocketAddr, number: usize) -> String {
    let (label, origin, _) = RELAYS[number];
    format!(
        "mail flatten --resolver {server} --include {origin} --name {label} --out shared/{}.yaml",
        number + 1
    )
}

/// A repository with the relays flattened and applied.
fn flat(bind: &NameServer) -> Setup {
    let setup = Setup::rfc2136(bind, "").zone("example.com", &zone(bind.address(), true));
    for number in 0..RELAYS.len() {
        setup.run(&flatten(bind.address(), number), 0);
    }
    setup
}

/// What pyspf says of mail of these domains from these addresses.
fn judge(server: SocketAddr, cases: &[(IpAddr, &str)]) -> Option<Vec<(String, u64)>> {
    let python = require(python_tool("octodns", "python"))?;
    let source = require(tool_file("pyspf-2.0.14", "spf.py"))?;
    let mut child = Command::new(python)
        .arg(repository_root().join("tests/spf/ask.py"))
        .args([server.ip().to_string(), server.port().to_string()])
        .env("PYTHONPATH", source.parent().unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let question = |(ip, domain): &(IpAddr, &str)| json!({ "ip": ip, "mail_from": format!("user@{domain}") });
    let lines: Vec<String> = cases.iter().map(|case| question(case).to_string()).collect();
    let writer = std::thread::spawn(move || lines.iter().try_for_each(|line| writeln!(input, "{line}")));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let verdict = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        (value["result"].as_str().unwrap().to_owned(), value["lookups"].as_u64().unwrap())
    };
    let verdicts: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(verdict).collect();
    assert_eq!(verdicts.len(), cases.len());
    Some(verdicts)
}

/// Addresses in, beside and far from every network that the records name.
fn addresses() -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = Vec::new();
    for net in ["192.0.2", "198.51.100", "198.51.101", "198.51.102", "203.0.113"] {
        all.extend(
            (0..=255)
                .filter(|last| last % 3 != 1)
                .map(|last| format!("{net}.{last}").parse::<IpAddr>().unwrap()),
        );
    }
    for net in ["1", "2", "10", "17", "1:0:0", "2:0:0:1", "17:0:0:1", "1:ffff:ffff:ffff", "2::1:0", "3"] {
        let tails = ["", "17", "25", "40"].map(|tail| format!("2001:db8:{net}::{tail}"));
        all.extend(tails.iter().filter_map(|text| text.parse::<IpAddr>().ok()));
    }
    let scattered =
        (0..120_u8).flat_map(|number| [[198, 18, number, number * 2 + 1], [198, 18, number, number]]);
    all.extend(scattered.map(IpAddr::from));
    all
}

/// The record of the relay and what was written pass the same clients, at every receiver that follows RFC 7208.
#[test]
fn the_same_clients_pass() {
    let Some(bind) = start() else { return };
    let server = bind.address();
    let cases: Vec<(IpAddr, &str)> =
        addresses().into_iter().flat_map(|address| RELAYS.map(|(_, _, domain)| (address, domain))).collect();
    let setup = Setup::rfc2136(&bind, "").zone("example.com", &zone(server, false));
    setup.run("apply --yes", 0);
    let Some(before) = judge(server, &cases) else { return };
    let setup = flat(&bind);
    setup.run("apply --yes", 0);
    let after = judge(server, &cases).unwrap();
    let mut counts = BTreeMap::new();
    for ((case, before), after) in cases.iter().zip(&before).zip(&after) {
        *counts.entry((case.1, before.0.as_str())).or_insert(0) += 1;
        assert_eq!(before.0, after.0, "{case:?}: {before:?}, flattened {after:?}");
    }
    for (_, _, domain) in RELAYS {
        let count = |result| counts.get(&(domain, result)).copied().unwrap_or(0);
        assert!(count("pass") > 0 && count("softfail") > 100, "{counts:?}");
        assert_eq!(count("pass") + count("softfail"), cases.len() / RELAYS.len(), "{counts:?}");
    }
    let most = |verdicts: &[(String, u64)]| {
        let own = cases.iter().zip(verdicts).filter(|(case, _)| case.1 == "example.com");
        own.map(|(_, verdict)| verdict.1).max().unwrap()
    };
    assert_eq!((most(&before), most(&after)), (10, 2));
    // Each answer fits into 512 octets.
    for number in ["", "2.", "3.", "4."] {
        let texts = served(server, &format!("{number}_spf4.example.com"), "TXT");
        assert!(texts.len() == 1 && texts[0].len() < 440, "{texts:?}");
    }
}

#[test]
fn a_file_says_what_it_is_made_of() {
    let Some(bind) = start() else { return };
    let setup = Setup::rfc2136(&bind, "").zone("example.com", &zone(bind.address(), false));
    let run = setup.run(&flatten(bind.address(), 0), 0);
    insta::assert_snapshot!(run.stderr, @r#"
    shared/1.yaml: 12 networks in 1 record, for 2 lookups in place of 10.
    exists:%{i}.list.relay.example stays: it depends on more than the address of the client.
    Next: let the zones include shared/1.yaml, and write { include: "_spf1.%{d}" } under `senders` in place of _spf.relay.example.
    "#);
    insta::assert_snapshot!(setup.repository.read("shared/1.yaml").unwrap(), @r#"
    # What `include:` of _spf.relay.example authorises, without its lookups.
    # Written by: dnsctl mail flatten --include _spf.relay.example --name _spf1 --out shared/1.yaml
    # Networks of 2026-11-23. `dnsctl mail flatten` writes this file anew when they change: what is edited here is lost.

    records:
      "_spf1":
        TXT: >-
          v=spf1
          ip4:192.0.2.16/28
          ip4:192.0.2.40
          ip4:198.51.100.0/26
          ip4:198.51.100.128/25
          ip4:198.51.101.10
          ip4:198.51.102.0/24
          ip4:203.0.113.0/25
          ip4:203.0.113.128/27
          ip6:2001:db8:1::/48
          ip6:2001:db8:2::/64
          ip6:2001:db8:10::25
          ip6:2001:db8:17::/64
          exists:%{i}.list.relay.example
          -all
    "#);
    setup.run("fmt --check shared/1.yaml", 0);
    let run = setup.run(&flatten(bind.address(), 1), 0);
    has(&run.stderr, &["1 network in 1 record", "include:exception.relay.example stays", "no gain"]);
    has_not(&setup.repository.read("shared/2.yaml").unwrap(), &["192.0.2.192"]);
    setup.run(&flatten(bind.address(), 2), 0);
    has(&setup.repository.read("shared/3.yaml").unwrap(), &["include:%{o}.by.relay.example"]);
    // A file of somebody else is not overwritten.
    setup.repository.write("shared/1.yaml", "records: { www: { A: 192.0.2.1 } }\n").unwrap();
    has(&setup.run(&flatten(bind.address(), 0), 64).stderr, &["was not written by this command"]);
    has(&setup.repository.read("shared/1.yaml").unwrap(), &["www"]);
}

/// One command keeps all files fresh; the day changes only with the networks.
#[test]
fn files_are_refreshed() {
    let Some(bind) = start() else { return };
    let server = bind.address();
    let setup = flat(&bind);
    setup.run("check --fail-on never", 0);
    let read = |number: usize| setup.repository.read(format!("shared/{number}.yaml")).unwrap();
    let files = [1, 2, 3, 4].map(read);
    let later = |arguments: &str, code: i32| {
        let command = format!("mail flatten --resolver {server} {arguments}");
        setup.command(&command).env("DNSCTL_NOW", "2027-02-03T04:05:06Z").expect_code(code)
    };
    let run = later("", 0);
    has(&run.stderr, &["shared/1.yaml is up to date", "shared/4.yaml is up to date"]);
    assert_eq!((run.stdout.as_str(), [1, 2, 3, 4].map(read)), ("", files.clone()));
    let commands = "update delete mx1.relay.example. A\nupdate add mx1.relay.example. 60 A 198.51.101.99\n\
                    update add big.relay.example. 60 A 192.0.2.1\n";
    nsupdate(server, "relay.example", Some(bind.key()), commands).unwrap();
    let told = "shared/1.yaml\n- ip4:198.51.101.10\n+ ip4:198.51.101.99\n";
    let run = later("--check", 1);
    assert_eq!(run.stdout, told);
    has(&run.stderr, &["not up to date: shared/1.yaml hint: dnsctl mail flatten"]);
    assert_eq!([1, 2, 3, 4].map(read), files);
    assert_eq!(later("", 0).stdout, told);
    let expected = files[0].replace("198.51.101.10", "198.51.101.99").replace("2026-11-23", "2027-02-03");
    assert_eq!([1, 2, 3, 4].map(read)[1..], files[1..]);
    assert_eq!(read(1), expected);
    later("--check", 0);
    // What was edited by hand comes back.
    setup.repository.write("shared/1.yaml", expected.replace("      ip4:198.51.101.99\n", "")).unwrap();
    assert_eq!(later("", 0).stdout, "shared/1.yaml\n+ ip4:198.51.101.99\n");
    // A line that is damaged is told, and the file left alone.
    setup.repository.write("shared/1.yaml", expected.replace("--name", "--nam")).unwrap();
    has(
        &later("", 65).stderr,
        &["shared/1.yaml: the line that says how it was made is damaged: there is no --nam"],
    );
    setup.write_zone("example.com", &zone(server, false));
    has(
        &later("", 64).stderr,
        &["no zone of dnsctl.yaml includes a file", "hint: write one: dnsctl mail flatten"],
    );
}

#[test]
fn what_is_broken_is_not_written() {
    let Some(bind) = start() else { return };
    let setup = Setup::new("providers: { main: { type: zonefile, directory: out } }\n");
    for (origin, words) in [
        ("all.relay.example", "it authorises everybody (ip4:0.0.0.0/0)"),
        (
            "loop.relay.example",
            "include:loop.relay.example of loop2.relay.example: leads back to itself: permerror",
        ),
        ("gone.relay.example", "include:nothing.relay.example of gone.relay.example: there is no SPF record"),
        (
            "exception.relay.example",
            "-exists:%{i}.list.relay.example of exception.relay.example depends on more",
        ),
        ("relay.example", "include:relay.example: there is no SPF record: permerror"),
        ("dead.relay.example", "host.dead.example A cannot be looked up: 127.0.0.1:"),
        ("dead.relay.example", "mail.dead.example AAAA cannot be looked up: 127.0.0.1:"),
        ("twisted.relay.example", "ring.relay.example A cannot be looked up"),
    ] {
        let command = format!(
            "mail flatten --resolver {} --include {origin} --name _spf1 --out flat.yaml",
            bind.address()
        );
        let run = setup.run(&command, 1);
        has(&run.stderr, &[&format!("flat.yaml is not written, because of {origin}:"), words]);
        assert!(!setup.repository.path().join("flat.yaml").exists());
    }
}

/// A server that fails must not make a file smaller: senders would lose their mail.
#[test]
fn a_failure_leaves_the_file() {
    let Some(bind) = start() else { return };
    let setup = flat(&bind);
    let before = setup.repository.read("shared/1.yaml").unwrap();
    let asks = |query: &[u8], label: &[u8]| query.windows(label.len()).any(|octets| octets == label);
    for (code, word) in [(2, "SERVFAIL"), (5, "REFUSED"), (0, "referral")] {
        let proxy = DnsProxy::start(bind.address(), move |packet| {
            match packet.direction == Direction::Query && asks(packet.bytes, b"\x03mx1\x05relay") {
                true if code == 0 => referral(packet.bytes),
                true => error_reply(packet.bytes, code),
                false => Action::Pass,
            }
        });
        let proxy = proxy.unwrap();
        let run = setup.run(&format!("mail flatten --resolver {}", proxy.address()), 1);
        let query = format!("mx1.relay.example A cannot be looked up: {}: ", proxy.address());
        has(&run.stderr, &["shared/1.yaml is as it was, because of _spf.relay.example:", &query, word]);
        // The other files have nothing to do with it.
        has(&run.stderr, &["shared/2.yaml is up to date", "shared/4.yaml is up to date"]);
        assert_eq!(setup.repository.read("shared/1.yaml").unwrap(), before);
        // Another resolver knows.
        let both =
            format!("mail flatten --check --resolver {} --resolver {}", proxy.address(), bind.address());
        has(&setup.run(&both, 0).stderr, &["shared/1.yaml is up to date"]);
    }
    // One that is silent is waited for once.
    let silent = DnsProxy::start(bind.address(), |_| Action::Drop).unwrap();
    let both = format!("mail flatten --check --resolver {} --resolver {}", silent.address(), bind.address());
    let begun = std::time::Instant::now();
    has(&setup.run(&both, 0).stderr, &["shared/1.yaml is up to date", "shared/4.yaml is up to date"]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    // Nobody answers there.
    let run = setup.run("mail flatten --resolver 127.0.0.1:9", 1);
    has(&run.stderr, &["_spf.relay.example TXT cannot be looked up: 127.0.0.1:9: "]);
    assert_eq!(setup.repository.read("shared/1.yaml").unwrap(), before);
}

/// An answer without records that names the servers of the zone.
fn referral(query: &[u8]) -> Action {
    let Action::Reply(mut answer) = error_reply(query, 0) else { return Action::Drop };
    answer[9] = 1; // one record of authority: example NS ns.example
    answer.extend(b"\x07example\x00\x00\x02\x00\x01\x00\x00\x00\x3c\x00\x0c\x02ns\x07example\x00");
    Action::Reply(answer)
}

/// An answer that does not fit into a datagram comes over TCP.
#[test]
fn cut_answers_come_over_tcp() {
    let Some(bind) = start() else { return };
    let setup = flat(&bind);
    let proxy = DnsProxy::start(bind.address(), |packet| match (packet.direction, packet.transport) {
        (Direction::Query, Transport::Udp) => truncated_reply(packet.bytes),
        _ => Action::Pass,
    });
    let proxy = proxy.unwrap();
    let run = setup.run(&format!("mail flatten --check --resolver {}", proxy.address()), 0);
    has(&run.stderr, &["shared/1.yaml is up to date", "shared/4.yaml is up to date"]);
}

/// A resolver that holds no zone finds the answers elsewhere, which it does only when it is asked to.
#[test]
fn a_resolver_without_zones_is_asked_to_look() {
    let Some(bind) = start() else { return };
    let setup = flat(&bind);
    let options = format!("forward only; forwarders {{ 127.0.0.1 port {}; }};", bind.address().port());
    let Some(resolver) = require(Bind::builder([]).recursion().options(&options).start()) else { return };
    let run = setup.run(&format!("mail flatten --check --resolver {}", resolver.address()), 0);
    has(&run.stderr, &["shared/1.yaml is up to date", "shared/4.yaml is up to date"]);
    // A name server that does not resolve says nothing about the names of others.
    let Some(other) = require(Bind::start([Zone::new("example.net")])) else { return };
    let run = setup.run(&format!("mail flatten --resolver {}", other.address()), 1);
    has(&run.stderr, &["_spf.relay.example TXT cannot be looked up: ", "REFUSED"]);
}
