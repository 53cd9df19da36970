//! Where credentials come from: the order of AWS's own tools (botocore is asked the same), roles from moto's and
//! MiniStack's Security Token Service, containers and instances from MiniStack.

#![expect(clippy::unwrap_used, reason = "test code")]

mod common;

use common::{Asked, Local, set, settings};
use dnsctl_harness::{Fault, HttpProxy, MiniStack, Moto, python_tool, require};
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::{Context, OptionValue, Settings};
use dnsctl_provider_route53::FACTORY;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

type Key = (String, Option<String>);

/// The option `profile`, the variables, and the key that must be found.
type Case<'a> = (Option<&'a str>, Vec<(&'a str, &'a str)>, Key);

const NO_ZONES: &str =
    "<ListHostedZonesResponse><HostedZones/><IsTruncated>false</IsTruncated></ListHostedZonesResponse>";

/// A server in the place of Route 53 that remembers who asked.
struct Recorder {
    server: Local,
    keys: Arc<Mutex<Vec<Key>>>,
}

impl Recorder {
    fn start() -> Self {
        let keys = Arc::<Mutex<Vec<Key>>>::default();
        let seen = Arc::clone(&keys);
        let server = Local::start(move |asked: &Asked| {
            seen.lock().unwrap().push(asked.key());
            (200, NO_ZONES.to_owned())
        });
        Self { server, keys }
    }

    /// Options without keys.
    fn settings(&self) -> Settings {
        let mut settings = settings(&self.server.url());
        settings.values.retain(|key, _| !key.contains("key"));
        settings
    }

    /// Asks once with these options and variables; gives the key and the token that came.
    async fn asked_by(&self, settings: &Settings, context: &Context) -> Result<Key, Error> {
        (FACTORY.open_reader)(settings, context)?.list_zones().await?;
        Ok(self.keys.lock().unwrap().last().cloned().unwrap())
    }
}

/// Variables; the metadata service is off unless a test turns it on.
fn environment(variables: &[(&str, &str)]) -> Context {
    let mut all = vec![("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nonexistent")];
    all.extend(variables);
    common::with_environment(&all)
}

fn key(id: &str, token: Option<&str>) -> Key {
    (id.to_owned(), token.map(str::to_owned))
}

fn text(text: &str) -> OptionValue {
    OptionValue::Text(text.to_owned())
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    write(
        home.path(),
        ".aws/config",
        "[default]\nregion = eu-west-1\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = c\n\
        [profile dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = d\naws_session_token = devtoken\n\
        [profile process]\ncredential_process = printf '{\"Version\": 1, \"AccessKeyId\": \"AKIDPROCESS\", \"SecretAccessKey\": \"p\", \"SessionToken\": \"processtoken\"}'\n\
        [profile empty]\nregion = eu-west-1\n",
    );
    write(
        home.path(),
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s\n",
    );
    write(home.path(), "other", "[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = o\n");
    home
}

fn write(directory: &Path, file: &str, contents: &str) {
    let path = directory.join(file);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, contents).unwrap();
}

#[tokio::test]
async fn the_order_is_that_of_botocore() {
    let home = home();
    let path = home.path().to_str().unwrap();
    let other = format!("{path}/other");
    let keys =
        [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "e"), ("AWS_SESSION_TOKEN", "envtoken")];
    let with_keys = |more: &[(&'static str, &'static str)]| [&keys[..], more].concat();
    let cases: Vec<Case> = vec![
        (None, with_keys(&[]), key("AKIDENV", Some("envtoken"))),
        (None, with_keys(&[("AWS_PROFILE", "dev")]), key("AKIDENV", Some("envtoken"))),
        (Some("dev"), with_keys(&[]), key("AKIDDEV", Some("devtoken"))),
        (None, vec![("AWS_PROFILE", "dev")], key("AKIDDEV", Some("devtoken"))),
        (None, vec![("AWS_DEFAULT_PROFILE", "dev")], key("AKIDDEV", Some("devtoken"))),
        (None, vec![], key("AKIDDEFAULT", None)),
        (None, vec![("AWS_SHARED_CREDENTIALS_FILE", &other)], key("AKIDOTHER", None)),
        (None, vec![("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")], key("AKIDCONFIG", None)),
        (None, vec![("AWS_CONFIG_FILE", "/nonexistent")], key("AKIDDEFAULT", None)),
        (None, vec![("AWS_PROFILE", "process")], key("AKIDPROCESS", Some("processtoken"))),
        (Some("process"), with_keys(&[]), key("AKIDPROCESS", Some("processtoken"))),
    ];
    let recorder = Recorder::start();
    for (profile, variables, wanted) in &cases {
        let mut settings = recorder.settings();
        if let Some(profile) = profile {
            set(&mut settings, "profile", text(profile));
        }
        let variables = [&[("HOME", path)], variables.as_slice()].concat();
        let found = recorder.asked_by(&settings, &environment(&variables)).await.unwrap();
        assert_eq!(&found, wanted, "{profile:?} {variables:?}");
    }
    // The options come before everything.
    let mut settings = settings(&recorder.server.url());
    set(&mut settings, "profile", text("dev"));
    let found = recorder.asked_by(&settings, &environment(&keys)).await.unwrap();
    assert_eq!(found, key("AKIAIOSFODNN7EXAMPLE", None));

    // botocore in the same places.
    let Some(python) = require(python_tool("octodns", "python")) else { return };
    let program = "import os, sys, botocore.session\n\
        profile = sys.argv[1] or None\n\
        found = botocore.session.Session(profile=profile).get_credentials().get_frozen_credentials()\n\
        print(found.access_key, found.token)";
    for (profile, variables, (id, token)) in &cases {
        let mut command = Command::new(&python);
        command
            .args(["-c", program, profile.unwrap_or_default()])
            .env_clear()
            .envs(variables.iter().copied());
        command.env("HOME", path).env("AWS_EC2_METADATA_DISABLED", "true").env("PATH", "/usr/bin:/bin");
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let wanted = format!("{id} {}\n", token.as_deref().unwrap_or("None"));
        assert_eq!(said, wanted, "{profile:?} {variables:?} {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test]
async fn nothing_found_says_where_it_looked() {
    let recorder = Recorder::start();
    let error = recorder.asked_by(&recorder.settings(), &environment(&[("HOME", "/h")])).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthorized, "there are no AWS credentials"));
    let hint = error.hint().unwrap();
    for place in [
        "access_key_id",
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "the profile \"default\" in /h/.aws/config and /h/.aws/credentials",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_DISABLED is true",
    ] {
        assert!(hint.contains(place), "{place} is not in: {hint}");
    }
    let home = home();
    let home = ("HOME", home.path().to_str().unwrap());
    for (variables, kind, words) in [
        (vec![("AWS_ACCESS_KEY_ID", "x")], ErrorKind::Config, "AWS_SECRET_ACCESS_KEY is not"),
        (vec![("AWS_SECRET_ACCESS_KEY", "x")], ErrorKind::Config, "AWS_ACCESS_KEY_ID is not"),
        (vec![("AWS_WEB_IDENTITY_TOKEN_FILE", "x")], ErrorKind::Config, "AWS_ROLE_ARN is not"),
        (vec![home, ("AWS_PROFILE", "nobody")], ErrorKind::Config, "there is no profile \"nobody\" in"),
        (vec![home, ("AWS_PROFILE", "empty")], ErrorKind::Unauthorized, "there are no AWS credentials"),
    ] {
        let error = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(words), "{error}");
    }
}

#[tokio::test]
async fn roles_come_from_the_security_token_service() {
    let recorder = Recorder::start();
    let (moto, ministack) = (require(Moto::start()), require(MiniStack::start()));
    let services =
        [moto.map(|moto| (moto.url(), Some(moto), None)), ministack.map(|it| (it.url(), None, Some(it)))];
    for (url, _moto, _ministack) in services.into_iter().flatten() {
        let home = home();
        let path = home.path().to_str().unwrap();
        // A token of an identity provider: three parts, of which the service looks at none here.
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm9yZy9kbnMiLCJhdWQiOiJzdHMuYW1hem9uYXdzLmNvbSIsImlzcyI6Imh0dHBzOi8vdG9rZW4uZXhhbXBsZSJ9.c2ln";
        write(home.path(), "token", &format!("{token}\n"));
        let arn = "arn:aws:iam::123456789012:role/dns";
        write(
            home.path(),
            ".aws/config",
            &format!(
                "[default]\naws_access_key_id = AKIDBASE\naws_secret_access_key = b\n\
             [profile role]\nrole_arn = {arn}\nsource_profile = default\nrole_session_name = dns\nduration_seconds = 900\n\
             [profile twice]\nrole_arn = {arn}2\nsource_profile = role\nexternal_id = x\n\
             [profile web]\nrole_arn = {arn}\nweb_identity_token_file = {path}/token\n\
             [profile environment]\nrole_arn = {arn}\ncredential_source = Environment\n\
             [profile own]\nrole_arn = {arn}\nsource_profile = own\naws_access_key_id = AKIDOWN\naws_secret_access_key = o\n"
            ),
        );
        let sts = ("AWS_ENDPOINT_URL_STS", url.as_str());
        let base = [("HOME", path), sts];
        let token_file = format!("{path}/token");
        let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", token_file.as_str()), ("AWS_ROLE_ARN", arn)];
        let keys = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "e")];
        for variables in [
            vec![("AWS_PROFILE", "role")],
            vec![("AWS_PROFILE", "twice")],
            vec![("AWS_PROFILE", "web")],
            vec![("AWS_PROFILE", "own")],
            web.to_vec(),
        ] {
            let variables = [&base[..], &variables].concat();
            let (id, token) =
                recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap();
            assert!(
                id.starts_with("ASIA") && token.is_some_and(|token| token.len() > 50),
                "{id} {variables:?}"
            );
        }
        // The option `role` on top of keys, and a profile whose source is the environment.
        let mut role = recorder.settings();
        set(&mut role, "role", text(arn));
        set(&mut role, "sts_endpoint", text(&url));
        let (id, _) = recorder.asked_by(&role, &environment(&keys)).await.unwrap();
        assert!(id.starts_with("ASIA"), "{id}");
        let mut profile = recorder.settings();
        set(&mut profile, "profile", text("environment"));
        let (id, _) = recorder.asked_by(&profile, &environment(&[&base[..], &keys].concat())).await.unwrap();
        assert!(id.starts_with("ASIA"), "{id}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_role_is_said() {
    let recorder = Recorder::start();
    let home = home();
    let path = home.path().to_str().unwrap();
    let arn = "role_arn = arn:aws:iam::1:role/x\n";
    write(
        home.path(),
        ".aws/config",
        &format!(
            "[profile none]\n{arn}[profile loop]\n{arn}source_profile = loop\n[profile mfa]\n{arn}source_profile = none\nmfa_serial = x\n\
         [profile missing]\n{arn}source_profile = gone\n[profile odd]\n{arn}credential_source = Magic\n\
         [profile sso]\nsso_session = corp\nsso_account_id = 1\n\
         [profile one]\n{arn}source_profile = two\n[profile two]\n{arn}source_profile = one\n\
         [profile web]\n{arn}web_identity_token_file = /nonexistent\n"
        ),
    );
    for (profile, words, hint) in [
        ("none", "neither source_profile nor credential_source", ""),
        ("loop", "is its own source and has no keys", ""),
        ("one", "is its own source and has no keys", ""),
        ("mfa", "one-time code", "credential_process"),
        ("missing", "\"gone\" is not there", ""),
        ("odd", "unknown credential_source Magic", ""),
        ("sso", "IAM Identity Center", "aws configure export-credentials --profile sso"),
        ("web", "the web identity token /nonexistent cannot be read", ""),
    ] {
        let mut settings = recorder.settings();
        set(&mut settings, "profile", text(profile));
        let error = recorder.asked_by(&settings, &environment(&[("HOME", path)])).await.unwrap_err();
        assert!(error.message().contains(words), "{profile}: {error}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{profile}: {:?}", error.hint());
    }
    assert!(recorder.keys.lock().unwrap().is_empty());
    // What the service itself says.
    let Some(ministack) = require(MiniStack::start()) else { return };
    let proxy = HttpProxy::start(ministack.address()).unwrap();
    proxy.fault(Fault::on("POST", "/").answer(
        403,
        &[("Content-Type", "text/xml")],
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied</Code>\
         <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>",
    ));
    write(home.path(), "token", "the.secret.token");
    let token = format!("{path}/token");
    let variables = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.as_str()),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/x"),
        ("AWS_ENDPOINT_URL_STS", &proxy.url()),
    ];
    let error = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.message().contains("Not authorized to perform sts:AssumeRoleWithWebIdentity"), "{error}");
    assert!(!format!("{error:?}").contains("the.secret.token"), "{error:?}");
}

#[tokio::test]
async fn containers_and_instances_have_roles() {
    let recorder = Recorder::start();
    let Some(ministack) = require(MiniStack::start()) else { return };
    let container = format!("{}/v2/credentials/8d5e5c6e-0000-4000-8000-000000000000", ministack.url());
    let variables = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.as_str())];
    let (id, token) = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap();
    assert!(id.starts_with("ASIA") && token.is_some(), "{id}");

    let proxy = HttpProxy::start(ministack.address()).unwrap();
    let variables =
        [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &proxy.url())];
    let (id, token) = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap();
    assert!(id.starts_with("ASIA") && token.is_some(), "{id}");
    let asked: Vec<String> =
        proxy.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect();
    let roles = "GET /latest/meta-data/iam/security-credentials/";
    assert_eq!(asked, ["PUT /latest/api/token", roles, &format!("{roles}ministack-instance-role")]);

    // An instance without a role, and a machine that is no instance.
    proxy.fault(Fault::on("GET", "/security-credentials/").status(404));
    let error = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap_err();
    assert!(error.hint().unwrap().contains("the instance has no role"), "{:?}", error.hint());
    proxy.heal();
    proxy.fault(Fault::on("*", "/latest").hang());
    let start = std::time::Instant::now();
    let error = recorder.asked_by(&recorder.settings(), &environment(&variables)).await.unwrap_err();
    assert!(error.hint().unwrap().contains("does not answer"), "{:?}", error.hint());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// A container that counts: each answer has a new key, good for ten minutes of the test's clock.
#[tokio::test]
async fn credentials_are_renewed_before_they_expire_and_when_they_have() {
    let clock = Arc::new(AtomicU64::new(1_800_000_000));
    let (seconds, count) = (Arc::clone(&clock), Arc::new(AtomicU32::new(0)));
    let (home, counter) = (home(), Arc::clone(&count));
    let token = home.path().join("token");
    fs_err::write(&token, "first\n").unwrap();
    let container = Local::start(move |asked: &Asked| {
        if asked.what != "GET /creds?x=1" {
            return (404, String::new());
        }
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let good =
            ["first", "second"].contains(&asked.headers.get("authorization").map_or("", String::as_str));
        if !good || number == 4 {
            return (503, String::new());
        }
        let end = seconds.load(Ordering::SeqCst) + 600;
        let end = jiff::Timestamp::from_second(i64::try_from(end).unwrap()).unwrap();
        let json = format!(
            r#"{{"AccessKeyId":"AKID{number}","SecretAccessKey":"s","Token":"t{number}","Expiration":"{end}"}}"#
        );
        (200, json)
    });
    let expired = Arc::new(Mutex::new(Vec::<String>::new()));
    let refused = Arc::clone(&expired);
    let route53 = Local::start(move |asked: &Asked| {
        let (id, _) = asked.key();
        if refused.lock().unwrap().contains(&id) {
            let text = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>";
            return (403, text.to_owned());
        }
        (200, NO_ZONES.replace("<HostedZones/>", &format!(
            "<HostedZones><HostedZone><Id>/hostedzone/Z</Id><Name>{id}.</Name></HostedZone></HostedZones>"
        )))
    });
    let mut settings = settings(&route53.url());
    settings.values.retain(|key, _| !key.contains("key"));
    let mut context = environment(&[
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/creds?x=1", container.url())),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.to_str().unwrap()),
    ]);
    let time = Arc::clone(&clock);
    context.now = Arc::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(time.load(Ordering::SeqCst)));
    let reader = (FACTORY.open_reader)(&settings, &context).unwrap();
    let who = async || reader.list_zones().await.map(|zones| zones[0].to_string());
    let later = |by: u64| clock.fetch_add(by, Ordering::SeqCst);

    assert_eq!(who().await.unwrap(), "akid1.");
    later(299);
    assert_eq!(who().await.unwrap(), "akid1.");
    later(2);
    // Less than five minutes are left; the token file has changed meanwhile.
    fs_err::write(&token, "second\n").unwrap();
    assert_eq!(who().await.unwrap(), "akid2.");
    // AWS says that they have expired: others are fetched, and the request is repeated.
    later(61);
    expired.lock().unwrap().push("AKID2".to_owned());
    assert_eq!(who().await.unwrap(), "akid3.");
    // Fresh ones that have expired are no reason to go on for ever.
    expired.lock().unwrap().push("AKID3".to_owned());
    let error = who().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    expired.lock().unwrap().clear();
    // The container does not answer for a moment (it is tried again), and then not at all: the old ones last.
    later(301);
    assert_eq!(who().await.unwrap(), "akid5.");
    fs_err::write(&token, "wrong\n").unwrap();
    later(301);
    assert_eq!(who().await.unwrap(), "akid5.");
    later(300);
    assert_eq!(who().await.unwrap_err().kind(), ErrorKind::Unavailable);
}
