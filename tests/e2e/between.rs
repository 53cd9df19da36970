//! Zones of a repository that need each other: a plan of some of them is judged with the others, and zones are written in an
//! order in which each finds what it needs.

use crate::support::{Setup, has, has_not};
use dnsctl_harness::{HttpProxy, PowerDns, Zone, require};
use serde_json::{Value, json};

const NS: &str = "NS: [ns1.gdns.net., ns2.gdns.org.]";

/// PowerDNS, behind what knows the order of requests: its own log may swap two that follow each other closely.
struct Server {
    powerdns: PowerDns,
    proxy: HttpProxy,
}

/// A server with these zones, each with these lines; and their files as they are.
fn start(zones: &[(&str, &[&str])]) -> Option<(Server, Setup)> {
    let powerdns = require(PowerDns::start())?;
    let proxy = HttpProxy::start(powerdns.api_address()).unwrap();
    let setup = Setup::powerdns_at(&proxy.url(), powerdns.api_key(), "");
    for (zone, lines) in zones {
        let base = Zone::from_text(
            zone,
            "@ 3600 IN SOA ns1.gdns.net. hostmaster 1 7200 3600 1209600 300\n\
             @ 3600 IN NS ns1.gdns.net.\n@ 3600 IN NS ns2.gdns.org.\n",
        );
        powerdns.create_zone(&lines.iter().fold(base, |zone, line| zone.with(line))).unwrap();
    }
    Some((Server { powerdns, proxy }, setup))
}

/// `infra.net` has the mail server, and `cust.com` leads to it.
fn mail_here() -> Option<(Server, Setup)> {
    let (server, setup) = start(&[
        ("alone.org", &["www A 185.1.3.1"]),
        ("cust.com", &["@ MX 10 mail2.infra.net."]),
        ("infra.net", &["mail2 A 185.1.3.25"]),
    ])?;
    setup.write_zone("alone.org", &format!("records: {{ \"@\": {{ {NS} }}, www: {{ A: 185.1.3.1 }} }}\n"));
    cust(&setup, "mail2.infra.net.");
    infra(&setup, "mail2: { A: 185.1.3.25 }");
    Some((server, setup))
}

fn cust(setup: &Setup, target: &str) {
    let text = format!("records: {{ \"@\": {{ {NS}, MX: 10 {target} }} }}\n");
    setup.write_zone("cust.com", &text);
}

fn infra(setup: &Setup, hosts: &str) {
    setup.write_zone("infra.net", &format!("records: {{ \"@\": {{ {NS} }}, {hosts} }}\n"));
}

fn paths(server: &Server, since: usize, method: &str) -> Vec<String> {
    let requests = server.proxy.requests().into_iter().skip(since).filter(|request| request.method == method);
    let zone = |path: &str| path.split('?').next()?.rsplit('/').next()?.strip_suffix('.').map(str::to_owned);
    requests.filter_map(|request| zone(&request.path)).collect()
}

/// Deletes an RRset behind the back of `plan.json`, whose apply then says this and writes nothing.
fn goes_before_the_apply(server: &Server, setup: &Setup, (name, rtype): (&str, &str), told: &[&str]) {
    let zone = name.split_once('.').unwrap().1;
    let body = json!({"rrsets": [{"name": name, "type": rtype, "changetype": "DELETE"}]});
    server.powerdns.api("PATCH", &format!("/zones/{zone}"), &body.to_string()).unwrap();
    let since = server.proxy.requests().len();
    let run = setup.run("apply plan.json --no-verify", 4);
    has(&format!("{}{}", run.stdout, run.stderr), told);
    assert_eq!(paths(server, since, "PATCH"), [""; 0]);
}

/// What another zone leads to is not taken away because nobody asked for that zone.
#[test]
fn a_zone_that_was_not_asked_for_keeps_its_mail() {
    let Some((server, setup)) = mail_here() else { return };
    infra(&setup, "other: { A: 185.1.3.26 }");
    let since = server.proxy.requests().len();
    let plan = setup.run("plan infra.net --report json=plan.json", 3);
    has(
        &plan.stdout,
        &[
            "BLOCKED",
            "cust.com",
            "✖ mx.target-address  mail2.infra.net, an MX of cust.com, has no A or AAAA record",
            "Beyond   judged with cust.com as now at the provider",
            "1 other zone judged by files only",
        ],
    );
    // Only what has to do with it is read.
    assert_eq!(paths(&server, since, "GET"), ["infra.net", "cust.com"]);
    let plan = setup.plan_file("plan.json");
    let key = json!([{"zone": "cust.com.", "provider": "main"}]);
    assert_eq!(plan["beyond"], json!({"read": key, "failed": [], "by_files": 1}));
    setup.run("apply --yes --no-verify --zone infra.net", 3);
    // An acknowledgement there lets it pass.
    let ack = "ack: [{ rule: mx.target-address, until: 2026-12-31, why: a test }]\n";
    let file = setup.repository.read("zones/cust.com.yaml").unwrap();
    setup.write_zone("cust.com", &format!("{ack}{file}"));
    has(&setup.run("plan infra.net", 0).stdout, &["Can be applied"]);
}

/// What its file wants is not what is there.
#[test]
fn what_a_change_needs_elsewhere_must_be_live() {
    let Some((server, setup)) = mail_here() else { return };
    infra(&setup, "mail2: { A: 185.1.3.25 }, mail3: { A: 185.1.3.27 }");
    cust(&setup, "mail3.infra.net.");
    let plan = setup.run("plan cust.com", 3);
    has(
        &plan.stdout,
        &["mail3.infra.net, an MX of cust.com, has no A or AAAA record", "judged with infra.net as now"],
    );
    // Once it is there, all is well; when it goes before the apply, nothing is written.
    setup.run("apply --yes --no-verify --zone infra.net", 0);
    has(&setup.run("plan cust.com --out plan.json", 0).stdout, &["Can be applied"]);
    let told = &["mail3.infra.net, a target of cust.com MX, has no A or AAAA record any more"];
    goes_before_the_apply(&server, &setup, ("mail3.infra.net.", "A"), told);
}

/// A zone without changes says what those of another one do to its mail, also where only that one is planned.
#[test]
fn what_other_zones_do_to_the_spf_of_one_is_shown() {
    let Some((_server, setup)) = mail_here() else { return };
    let part =
        |addresses: &str| format!("mail2: {{ A: 185.1.3.25 }}, _spf: {{ TXT: v=spf1 {addresses} -all }}");
    infra(&setup, &part("ip4:185.1.3.30 ip4:185.1.3.31"));
    setup.write_zone(
        "cust.com",
        &format!("records: {{ \"@\": {{ {NS}, MX: 10 mail2.infra.net., TXT: v=spf1 mx include:_spf.infra.net -all }} }}\n"),
    );
    setup.run("apply --yes --no-verify", 0);
    infra(&setup, &part("ip4:185.1.3.30"));
    for command in ["plan", "plan infra.net"] {
        let plan = setup.run(command, 0);
        has(&plan.stdout, &["cust.com", "185.1.3.31  pass → fail"]);
    }
}

/// The host of another zone moves out of the SPF record of this one, and a key behind an alias becomes another.
#[test]
fn what_other_zones_do_to_hosts_and_keys_of_one_is_shown() {
    let Some((_server, setup)) = mail_here() else { return };
    let part = |address: &str, key: &str| {
        format!("mail2: {{ A: {address} }}, keys: {{ TXT: v=DKIM1; k=ed25519; p={key} }}")
    };
    let [old, new] =
        ["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "27uiC/cTJt37eioMr+vGbhcC1ESOFswkQEDCptXryWY="];
    infra(&setup, &part("185.1.3.25", old));
    setup.write_zone(
        "cust.com",
        &format!(
            "records: {{ \"@\": {{ {NS}, MX: 10 mail2.infra.net., TXT: v=spf1 ip4:185.1.3.25 -all }}, \
             s1._domainkey: {{ CNAME: keys.infra.net. }} }}\n"
        ),
    );
    setup.run("apply --yes --no-verify", 0);
    infra(&setup, &part("185.1.3.26", new));
    for command in ["plan", "plan infra.net"] {
        let plan = setup.run(command, 0);
        has(
            &plan.stdout,
            &[
                "cust.com",
                "▲ plan/sender  185.1.3.26 (mail2.infra.net), which takes mail for cust.com in place of 185.1.3.25",
                "▲ plan/key-replaced  s1._domainkey.cust.com gets another DKIM key",
                "185.1.3.26 (mail2.infra.net, before 185.1.3.25)  pass → fail",
            ],
        );
    }
}

/// However many zones there are, each that loses a sender says so.
#[test]
fn a_plan_of_many_zones_shows_every_sender_that_is_lost() {
    let names: Vec<String> = (0..25).map(|number| format!("z{number}.example")).collect();
    let line = ["@ TXT \"v=spf1 ip4:185.1.3.30 ip4:185.1.3.31 -all\""];
    let zones: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &line[..])).collect();
    let Some((_server, setup)) = start(&zones) else { return };
    for name in &names {
        let text = format!("records: {{ \"@\": {{ {NS}, TXT: v=spf1 ip4:185.1.3.30 -all }} }}\n");
        setup.write_zone(name, &text);
    }
    let plan = setup.run("plan", 0);
    assert_eq!(plan.stdout.matches("185.1.3.31  pass → fail").count(), 25, "{}", plan.stdout);
}

/// The same where the zone of the target changes in the same plan, and nothing of that plan touches the target.
#[test]
fn what_a_change_needs_must_be_live_in_a_zone_that_changes_too() {
    let Some((server, setup)) = mail_here() else { return };
    infra(&setup, "mail2: { A: 185.1.3.25 }, mail3: { A: 185.1.3.27 }");
    setup.run("apply --yes --no-verify --zone infra.net", 0);
    infra(&setup, "mail2: { A: 185.1.3.25 }, mail3: { A: 185.1.3.27 }, www: { TXT: new }");
    cust(&setup, "mail3.infra.net.");
    has(&setup.run("plan --out plan.json", 0).stdout, &["Can be applied", "in 2 of 3 zones"]);
    let told = &["mail3.infra.net, a target of cust.com MX, has no A or AAAA record any more"];
    goes_before_the_apply(&server, &setup, ("mail3.infra.net.", "A"), told);
}

/// No guard looks at SPF: the rules are asked again, too.
#[test]
fn what_breaks_mail_by_the_time_of_the_apply_is_not_written() {
    let Some((server, setup)) = start(&[("cust.com", &["@ TXT \"v=spf1 ip4:185.1.3.30 -all\""])]) else {
        return;
    };
    let file = |text: &str| {
        let part = "_spf: { TXT: v=spf1 ip4:185.1.3.30 -all }";
        format!("manage: declared\nrecords: {{ \"@\": {{ {NS}, TXT: {text} }}, {part} }}\n")
    };
    setup.write_zone("cust.com", &file("v=spf1 ip4:185.1.3.30 -all"));
    setup.run("apply --yes --no-verify", 0);
    setup.write_zone("cust.com", &file("v=spf1 include:_spf.cust.com -all"));
    has(&setup.run("plan --out plan.json", 0).stdout, &["Can be applied"]);
    goes_before_the_apply(&server, &setup, ("_spf.cust.com.", "TXT"), &["_spf.cust.com", "spf.include-none"]);
}

/// A zone that cannot be read blocks nothing, and is told.
#[test]
fn what_could_not_be_looked_at_is_told() {
    let Some((_server, setup)) = mail_here() else { return };
    infra(&setup, "mail2: { A: 185.1.3.26 }");
    setup.write_zone("alone.org", "records: { www: { A: nonsense } }\n");
    let configuration = setup.repository.read("dnsctl.yaml").unwrap();
    let more = configuration.replace("providers:\n", "defaults: { provider: main }\nproviders:\n  gone: { type: powerdns, url: \"http://127.0.0.1:9\", api_key: { env: PDNS_API_KEY } }\n");
    setup.repository.write("dnsctl.yaml", more).unwrap();
    let file = setup.repository.read("zones/cust.com.yaml").unwrap();
    setup.write_zone("cust.com", &format!("provider: gone\n{file}"));
    let plan = setup.run("plan infra.net", 0);
    has(
        &plan.stdout,
        &[
            "▲ plan/not-checked",
            "cust.com has to do with these changes and could not be read",
            "the files of other zones have errors",
            "alone.org",
        ],
    );
}

/// Nobody else is asked where nothing changes, or all zones are planned.
#[test]
fn a_plan_of_all_zones_asks_for_each_once() {
    let Some((server, setup)) = mail_here() else { return };
    let since = server.proxy.requests().len();
    has_not(&setup.run("plan infra.net", 0).stdout, &["Beyond"]);
    assert_eq!(paths(&server, since, "GET"), ["infra.net"]);
    infra(&setup, "mail2: { A: 185.1.3.26 }");
    let since = server.proxy.requests().len();
    has_not(&setup.run("plan", 0).stdout, &["Beyond"]);
    let mut asked = paths(&server, since, "GET");
    asked.sort();
    assert_eq!(asked, ["alone.org", "cust.com", "infra.net"]);
}

/// The address is there before the MX of another zone leads to it, and the old one goes after.
#[test]
fn zones_are_written_when_they_have_what_they_need() {
    let Some((server, setup)) = mail_here() else { return };
    infra(&setup, "mail2: { A: 185.1.3.25 }, mail3: { A: 185.1.3.27 }");
    cust(&setup, "mail3.infra.net.");
    let plan = setup.run("plan --out plan.json --report markdown=plan.md", 0);
    has(&plan.stdout, &["Order    MX; after infra.net"]);
    has(&setup.repository.read("plan.md").unwrap(), &["written after infra.net"]);
    let zones = setup.plan_file("plan.json")["zones"].clone();
    let waits = |apex: &str| -> Value {
        let zone = zones.as_array().unwrap().iter().find(|zone| zone["zone"] == apex).unwrap();
        zone["waits_for"].clone()
    };
    assert_eq!(waits("cust.com."), json!([{"zone": "infra.net.", "provider": "main"}]));
    assert_eq!(waits("infra.net."), Value::Null);
    let since = server.proxy.requests().len();
    setup.run("apply plan.json --no-verify", 0);
    assert_eq!(paths(&server, since, "PATCH"), ["infra.net", "cust.com"]);
    // The other way round.
    infra(&setup, "mail3: { A: 185.1.3.27 }");
    cust(&setup, "mail3.infra.net.");
    setup.run("apply --yes --no-verify", 0);
    infra(&setup, "mail4: { A: 185.1.3.28 }");
    cust(&setup, "mx.gdns.net.");
    let since = server.proxy.requests().len();
    has(&setup.run("plan", 0).stdout, &["; after cust.com"]);
    setup.run("apply --yes --no-verify", 0);
    assert_eq!(paths(&server, since, "PATCH"), ["cust.com", "infra.net"]);
}

/// What an apply left out is written in the same order.
#[test]
fn a_resumed_apply_keeps_the_order() {
    let Some((server, setup)) = mail_here() else { return };
    infra(&setup, "mail2: { A: 185.1.3.25 }, mail3: { A: 185.1.3.27 }, mail4: { A: 185.1.3.28 }");
    cust(&setup, "mail3.infra.net.");
    setup.run("plan --out plan.json", 0);
    let body = json!({"rrsets": [{"name": "mail4.infra.net.", "type": "A", "changetype": "REPLACE", "ttl": 3600,
        "records": [{"content": "185.1.3.28", "disabled": false}]}]});
    server.powerdns.api("PATCH", "/zones/infra.net.", &body.to_string()).unwrap();
    setup.run("apply plan.json --no-verify", 4);
    let since = server.proxy.requests().len();
    setup.run("apply plan.json --no-verify --resume", 0);
    assert_eq!(paths(&server, since, "PATCH"), ["infra.net", "cust.com"]);
}

/// A name of one zone is renamed, and another zone follows: neither can be first.
#[test]
fn zones_that_would_each_have_to_be_first() {
    let Some((_server, setup)) = mail_here() else { return };
    infra(&setup, "mailx: { A: 185.1.3.25 }");
    cust(&setup, "mailx.infra.net.");
    let plan = setup.run("plan", 0);
    has(
        &plan.stdout,
        &[
            "▲ plan/halfway",
            "until cust.com MX is written as well, it leads to mail2.infra.net A, which is gone",
            "the zones cust.com and infra.net would each have to be written before the other",
            "Split the change",
            "Order    MX; after infra.net",
        ],
    );
}
