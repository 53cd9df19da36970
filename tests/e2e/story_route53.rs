//! The main job on Route 53, as two emulators have it: MiniStack, whose changes are pending first, and moto. Neither serves
//! DNS, and neither checks signatures; what AWS says to wrong keys comes from a proxy.

use crate::support::{Setup, ZONE, has, has_not, shows};
use dnsctl_harness::{Emulator, Fault, HttpProxy, MiniStack, Moto, RecordText, boto3, require};
use std::time::{Duration, Instant};

/// As it was: the MX points at a name that has no address any more.
const BEFORE: &[RecordText<'static>] = &[
    ("abc-corp.example.", 3600, "A", "203.0.113.10"),
    ("abc-corp.example.", 86400, "MX", "10 oldmail.abc-corp.example."),
    ("abc-corp.example.", 3600, "TXT", "\"v=spf1 ip4:203.0.113.25 -all\""),
    ("abc-corp.example.", 3600, "CAA", "0 issue \"old.example\""),
    ("mail.abc-corp.example.", 86400, "A", "203.0.113.25"),
    ("www.abc-corp.example.", 3600, "CNAME", "abc-corp.example."),
];

/// As it should be.
const AFTER: &str = "records:
  \"@\":
    A: 203.0.113.10
    MX: 10 mail
    TXT: v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all
    CAA: [0 issue \"letsencrypt.org\", 0 iodef \"mailto:dns@abc-corp.example\"]
  mail:
    A: { ttl: 5m, value: 198.51.100.25 }
  www: { CNAME: \"@\" }
  shop: { ROUTE53_ALIAS: A Z2FDTNDATAQYW2 d111.cloudfront.net. false }
";

/// An alias and routing policies that somebody made by hand.
const BY_HAND: &str = r#"
zone, apex = arguments
def change(record):
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})
for region in ("eu-west-1", "us-east-1"):
    change({"Name": "api." + apex, "Type": "A", "TTL": 60, "SetIdentifier": region, "Region": region, "ResourceRecords": [{"Value": "192.0.2.1"}]})
"#;

struct Rig {
    emulator: Emulator,
    zone_id: String,
    setup: Setup,
}

fn rig(emulator: dnsctl_harness::Result<Emulator>) -> Option<Rig> {
    let emulator = require(emulator)?;
    let zone_id = require(emulator.create_zone(ZONE, BEFORE))?;
    let setup = with_keys(Setup::route53_at(&emulator.url(), "")).zone(ZONE, AFTER);
    Some(Rig { emulator, zone_id, setup })
}

fn with_keys(setup: Setup) -> Setup {
    setup.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "not-to-be-shown")
}

impl Rig {
    /// The record sets without those that the vendor made.
    fn records(&self) -> Vec<String> {
        let mut records = self.emulator.records(&self.zone_id).unwrap();
        records.retain(|line| !line.contains(" NS ") && !line.contains(" SOA "));
        records
    }
}

fn story(emulator: dnsctl_harness::Result<Emulator>, pending: bool) {
    let Some(rig) = rig(emulator) else { return };
    boto3(&rig.emulator.url(), BY_HAND, &[&rig.zone_id, "abc-corp.example."]).unwrap();
    let setup = &rig.setup;
    let plan = setup.run("plan --out plan.json", 0);
    has(
        &plan.stdout,
        &[
            "abc-corp.example  aws",
            "1 create, 4 updates, 2 warnings",
            "10 oldmail → 10 mail",
            "+ 0 iodef \"mailto:dns@abc-corp.example\"",
            "A Z2FDTNDATAQYW2 d111.cloudfront.net. false",
            "Order CAA, then A, then TXT, then MX and ROUTE53_ALIAS",
            "2 unchanged",
        ],
    );
    let begun = Instant::now();
    let apply = setup.run("apply plan.json --no-verify", 0);
    assert!(!pending || begun.elapsed() >= Duration::from_secs(1), "nobody waited for INSYNC");
    shows!(apply.stdout, @r#"
    fresh    5 of 5 RRsets as planned
    1 ~ CAA           @     0 iodef "mailto:dns@abc-corp.example" and 1 more  written
    2 ~ A             mail  203.0.113.25 → 198.51.100.25                      written
    3 ~ TXT           @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written
    4 ~ MX            @     10 oldmail → 10 mail                              written
    5 + ROUTE53_ALIAS shop  A Z2FDTNDATAQYW2 d111.cloudfront.net. false       written
      not verified: verification was switched off
    Applied 5 of 5 in [time]. No name server was asked.
    "#);
    let written = [
        "abc-corp.example. A 3600 203.0.113.10",
        "abc-corp.example. CAA 3600 0 iodef \"mailto:dns@abc-corp.example\" | 0 issue \"letsencrypt.org\"",
        "abc-corp.example. MX 3600 10 mail.abc-corp.example.",
        "abc-corp.example. TXT 3600 \"v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all\"",
        "api.abc-corp.example. A 60 192.0.2.1",
        "api.abc-corp.example. A 60 192.0.2.1",
        "mail.abc-corp.example. A 300 198.51.100.25",
        "shop.abc-corp.example. A alias Z2FDTNDATAQYW2 d111.cloudfront.net.",
        "www.abc-corp.example. CNAME 3600 abc-corp.example.",
    ];
    assert_eq!(rig.records(), written);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["✔ No changes. 7 RRsets match in 1 zone"]);
    has(&setup.run("apply plan.json --no-verify", 0).stdout, &["Nothing to do: plan", "is applied already"]);

    // Somebody edits by hand between plan and apply.
    setup.write_zone(ZONE, &AFTER.replace("10 mail", "[10 mail, 20 backup.relay.example.]"));
    setup.run("plan --out plan.json", 0);
    let theirs: RecordText<'_> = ("abc-corp.example.", 600, "MX", "5 elsewhere.example.net.");
    rig.emulator.set_records(&rig.zone_id, &[theirs]).unwrap();
    shows!(setup.run("apply plan.json --no-verify", 4).stdout, @r"
    error[stale-plan]: 1 of 1 RRset changed after plan 96a4619d was made
      MX abc-corp.example at aws
        planned from  3600 10 mail
        live now      600 5 elsewhere.example.net.
    Nothing was written. Next: dnsctl plan
    ");
    setup.run("apply --yes --no-verify", 0);
    has(
        &rig.records().join("\n"),
        &["abc-corp.example. MX 3600 10 mail.abc-corp.example. | 20 backup.relay.example."],
    );

    // Deletions: the alias goes, the last MX does not without a reason in the file.
    let less = AFTER.replace("  shop: { ROUTE53_ALIAS: A Z2FDTNDATAQYW2 d111.cloudfront.net. false }\n", "");
    let less = less.replace("    MX: 10 mail\n", "").replace("  www: { CNAME: \"@\" }\n", "");
    setup.write_zone(ZONE, &less);
    has(
        &setup.run("apply --yes --no-verify", 3).stdout,
        &["guard/last-mx", "guard/delete-threshold", "BLOCKED"],
    );
    assert_eq!(rig.records().len(), written.len());
    let reasons = "ack:\n  - { rule: guard/last-mx, at: \"@ MX\", until: 2026-12-31, why: domain stops mail }\n  \
         - { rule: guard/delete-threshold, until: 2026-12-31, why: the shop and the mail are closed }\n";
    setup.write_zone(ZONE, &format!("{reasons}{less}"));
    has(&setup.run("apply --yes --no-verify", 0).stdout, &["- MX", "Applied 3 of 3"]);
    let gone = [" MX ", "shop", "www"];
    let left = written.into_iter().filter(|line| !gone.iter().any(|word| line.contains(word)));
    let left: Vec<_> = left.collect();
    assert_eq!(rig.records(), left);
    // What has a routing policy was left alone all the time.
    let policies = "print(sum('Region' in s for s in client.list_resource_record_sets(HostedZoneId=arguments[0])['ResourceRecordSets']))";
    assert_eq!(boto3(&rig.emulator.url(), policies, &[&rig.zone_id]).unwrap(), "2\n");
}

#[test]
fn ministack() {
    story(MiniStack::start(), true);
}

#[test]
fn moto() {
    story(Moto::start(), false);
}

/// No emulator serves DNS, so the servers that the file names do not have the zone: written, and said to be unproved.
#[test]
fn what_no_server_proves_is_not_called_good() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let port = dnsctl_harness::Port::reserve().unwrap();
    rig.setup.write_zone(ZONE, &format!("servers: {}\n{AFTER}", port.address()));
    let settings = rig.setup.repository.read("dnsctl.yaml").unwrap();
    rig.setup.repository.write("dnsctl.yaml", format!("{settings}verify: {{ deadline: 2s }}\n")).unwrap();
    rig.setup.run("plan --out plan.json", 0);
    shows!(rig.setup.run("apply plan.json", 7).stdout, @r#"
    fresh    5 of 5 RRsets as planned
    1 ~ CAA           @     0 iodef "mailto:dns@abc-corp.example" and 1 more  written  [server] ✖  [time]
    2 ~ A             mail  203.0.113.25 → 198.51.100.25                      written  [server] ✖  [time]
    3 ~ TXT           @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✖  [time]
    4 ~ MX            @     10 oldmail → 10 mail                              written  [server] ✖  [time]
    5 + ROUTE53_ALIAS shop  A Z2FDTNDATAQYW2 d111.cloudfront.net. false       written  not checked: a pseudo type
      ✖ 127.0.0.1 ([server]): unavailable from [server]: nothing listens on this port
      1 RRset not checked: no server can be asked for a pseudo type
    Applied 5 of 5 in [time]. ✖ The name server [server] does not serve it.
    Next: dnsctl apply plan.json --resume  (asks the name servers again; what is written is not written twice)
    "#);
}

#[test]
fn a_change_that_stays_pending_is_said() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let proxy = HttpProxy::start(rig.emulator.address()).unwrap();
    let setup = with_keys(Setup::route53_at(&proxy.url(), "")).zone(ZONE, AFTER);
    let settings = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", settings.replace(" }\n", ", wait_limit: 2s }\n")).unwrap();
    let pending = "<GetChangeResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo><Id>/change/C1</Id>\
         <Status>PENDING</Status><SubmittedAt>2026-11-23T10:07:02Z</SubmittedAt></ChangeInfo></GetChangeResponse>";
    proxy.fault(Fault::on("GET", "/change/").answer(200, &[("Content-Type", "text/xml")], pending));
    let run = setup.run("apply --yes --no-verify", 7);
    has(
        &run.stdout,
        &[
            "is written, but not on all name servers after 2 s",
            "Applied 5 of 5",
            "✖ The provider may not have brought it to all",
        ],
    );
}

fn refuse(method: &str, path: &str, status: u16, code: &str, message: &str) -> Fault {
    Fault::on(method, path).refused_by_aws(status, code, message)
}

#[test]
fn throttling_is_waited_for() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let proxy = HttpProxy::start(rig.emulator.address()).unwrap();
    let setup = with_keys(Setup::route53_at(&proxy.url(), "")).zone(ZONE, AFTER);
    proxy.fault(refuse("GET", "/rrset", 400, "Throttling", "Rate exceeded").times(2));
    proxy.fault(refuse("GET", "/hostedzone", 400, "ThrottlingException", "Rate exceeded").nth(1));
    setup.run("plan --out plan.json", 0);
    proxy.fault(refuse("GET", "/rrset", 503, "ServiceUnavailable", "try again").nth(1));
    let prior = "The request was rejected because Route 53 was still processing a prior request.";
    proxy.fault(refuse("POST", "/rrset", 400, "PriorRequestNotComplete", prior).times(2));
    proxy.forget();
    has(&setup.run("apply plan.json --no-verify", 0).stdout, &["Applied 5 of 5"]);
    let posts: Vec<u16> = proxy.requests().iter().filter(|r| r.method == "POST").map(|r| r.status).collect();
    assert_eq!(posts, [400, 400, 200]);
}

#[test]
fn credentials_are_found_as_awss_tools_find_them() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let url = rig.emulator.url();
    let fresh = || Setup::route53_at(&url, "").zone(ZONE, AFTER);
    let run = fresh().run("plan", 77);
    has(&run.stderr, &["there are no AWS credentials", "AWS_ACCESS_KEY_ID", ".aws/credentials"]);
    fresh().run("apply --yes", 77);
    // Only half of a pair.
    has(
        &fresh().env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").run("plan", 65).stderr,
        &["AWS_SECRET_ACCESS_KEY is not"],
    );
    let with_profile = |name: &str| {
        let setup = fresh();
        let keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = not-to-be-shown\n";
        setup.repository.write(".aws/credentials", format!("[{name}]\n{keys}")).unwrap();
        setup
    };
    with_profile("default").run("plan", 0);
    with_profile("dns").env("AWS_PROFILE", "dns").run("plan", 0);
    has(
        &with_profile("dns").env("AWS_PROFILE", "other").run("plan", 65).stderr,
        &["there is no profile \"other\"", ".aws/credentials"],
    );
    // A job of a CI system: a token for a role, in the account that the zone is in.
    let web = |token: &str| {
        let setup = fresh();
        setup.repository.write("token", token).unwrap();
        let file = setup.repository.path().join("token").display().to_string();
        setup
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", &file)
            .env("AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/dns")
            .env("AWS_ENDPOINT_URL_STS", &url)
    };
    let token =
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm9yZy9kbnMiLCJhdWQiOiJzdHMuYW1hem9uYXdzLmNvbSJ9.c2ln\n";
    let job = web(token);
    job.run("plan --out plan.json", 0);
    has(&job.run("apply plan.json --no-verify", 0).stdout, &["Applied 5 of 5"]);
    let without = web(token).env("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent");
    has(&without.run("plan", 65).stderr, &["the web identity token /nonexistent cannot be read"]);
}

/// What AWS says to credentials that it does not take.
#[test]
fn refused_credentials() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let proxy = HttpProxy::start(rig.emulator.address()).unwrap();
    let setup = with_keys(Setup::route53_at(&proxy.url(), "")).zone(ZONE, AFTER);
    setup.run("plan --out plan.json", 0);
    for (code, message, words) in [
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "deactivated"),
        ("SignatureDoesNotMatch", "The request signature we calculated does not match.", "clock"),
        ("ExpiredToken", "The security token included in the request is expired", "new credentials"),
        ("AccessDenied", "User: x is not authorized to perform: route53:ListHostedZones", "IAM policy"),
    ] {
        proxy.heal();
        proxy.fault(refuse("GET", "", 403, code, message));
        let run = setup.run("plan", 77);
        has(&run.stderr, &[code, message, words]);
        has_not(&format!("{}{}", run.stdout, run.stderr), &["not-to-be-shown"]);
        setup.run("apply --yes", 77);
        // They may read, and not write.
        proxy.heal();
        proxy.fault(refuse("POST", "/rrset", 403, code, message));
        has(&setup.run("apply plan.json --no-verify", 77).stdout, &[code, "Nothing was written"]);
    }
    proxy.heal();
    setup.run("apply plan.json --no-verify", 0);
}

#[test]
fn a_zone_is_created_with_its_records() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let setup = &rig.setup;
    setup.write_zone("new.example", "records:\n  www: { A: 192.0.2.1 }\n");
    has(&setup.run("plan new.example", 3).stdout, &["zone/missing"]);
    setup.write_zone("new.example", "create: true\nrecords:\n  www: { A: 192.0.2.1 }\n");
    has(
        &setup.run("apply --yes --no-verify --zone new.example", 0).stdout,
        &["1 zone to create", "Applied 1 of 1"],
    );
    has(&setup.run("plan new.example", 0).stdout, &["No changes"]);
    let zones = "print(sorted(z['Name'] for z in client.list_hosted_zones()['HostedZones']))";
    assert_eq!(boto3(&rig.emulator.url(), zones, &[]).unwrap(), "['abc-corp.example.', 'new.example.']\n");
}

/// A zone and its records are two requests: what becomes of the second says nothing of the first.
#[test]
fn a_new_zone_whose_records_are_not_taken_at_once() {
    let Some(rig) = rig(MiniStack::start()) else { return };
    let proxy = HttpProxy::start(rig.emulator.address()).unwrap();
    let setup = with_keys(Setup::route53_at(&proxy.url(), ""));
    let zone = "create: true\nrecords:\n  www: { A: 192.0.2.1 }\n";
    setup.write_zone("new.example", zone);
    proxy.fault(refuse("POST", "/rrset", 500, "InternalFailure", "try again").nth(1));
    has(&setup.run("apply --yes --no-verify", 0).stdout, &["Applied 1 of 1"]);
    proxy.heal();
    setup.write_zone("other.example", zone);
    proxy.fault(refuse("POST", "/rrset", 400, "InvalidInput", "not here"));
    let run = setup.run("apply --yes --no-verify --report json=apply.json", 6);
    has(&run.stdout, &["not here", "0 of 1 written, 1 not written, 0 unknown"]);
    has_not(&run.stdout, &["was created meanwhile", "stale"]);
    let report = setup.plan_file("apply.json");
    assert_eq!(report["zones"][0]["creation"], "written");
    proxy.heal();
    has(&setup.run("apply --yes --no-verify", 0).stdout, &["Applied 1 of 1"]);
}

/// Nobody outside of its networks can ask for the names of a private zone: it is written, and its public namesake is not.
#[test]
fn a_private_zone_is_written_and_nobody_is_asked() {
    const MAKE: &str = r#"
for private in (False, True):
    more = {"VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-12345678"}} if private else {}
    made = client.create_hosted_zone(Name=arguments[0], CallerReference=str(private), HostedZoneConfig={"PrivateZone": private}, **more)
    print(made["HostedZone"]["Id"].split("/")[-1])
"#;
    let Some(emulator) = require(Moto::start()) else { return };
    let zones = boto3(&emulator.url(), MAKE, &[ZONE]).unwrap();
    let [public, private] = zones.lines().collect::<Vec<_>>()[..] else { unreachable!("two zones") };
    let provider = format!(
        "providers:\n  aws: {{ type: route53, endpoint: \"{}\", rate: 1000, visibility: private }}\n",
        emulator.url()
    );
    let setup = with_keys(Setup::new(&provider))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .zone(ZONE, "records:\n  host: { A: 10.0.0.1 }\n");
    let before = emulator.records(public).unwrap();
    setup.run("plan --out plan.json", 0);
    has(&setup.run("apply plan.json", 0).stdout, &["written", "Applied 1 of 1"]);
    let records = emulator.records(private).unwrap();
    assert!(
        records.iter().any(|line| line.contains("host.abc-corp.example. A 3600 10.0.0.1")),
        "{records:?}"
    );
    assert_eq!(emulator.records(public).unwrap(), before);
}
