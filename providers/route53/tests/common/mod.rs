//! What the tests share: the adapter opened as the command opens it, and clients that are not ours.

#![expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code, of which each program uses a part"
)]

use dnsctl_harness::request;
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{BatchWriter, Context, OptionValue, RRsetChange, Reader, Settings, Writer, lower};
use dnsctl_provider_route53::FACTORY;
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// A shape that the emulators take for a signature: they look at the service only.
pub(crate) const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0";

/// The real clock and no environment.
pub(crate) fn context() -> Context {
    with_environment(&[])
}

/// The real clock and these variables.
#[expect(clippy::disallowed_methods, reason = "test code: the emulators have the real time too")]
pub(crate) fn with_environment(variables: &[(&str, &str)]) -> Context {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Context::new(Arc::new(SystemTime::now), Arc::new(move |name| variables.get(name).cloned()))
}

/// Options for an emulator: any key, no rate limit.
pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = Settings { name: "aws".to_owned(), values: BTreeMap::new() };
    set(&mut settings, "endpoint", OptionValue::Text(url.to_owned()));
    set(&mut settings, "access_key_id", OptionValue::Secret(Secret::new("AKIAIOSFODNN7EXAMPLE")));
    set(
        &mut settings,
        "secret_access_key",
        OptionValue::Secret(Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
    );
    set(&mut settings, "rate", OptionValue::Number(100_000));
    set(&mut settings, "wait_limit", OptionValue::Duration(Duration::from_secs(30)));
    settings
}

/// Sets an option.
pub(crate) fn set(settings: &mut Settings, key: &str, value: OptionValue) {
    settings.values.insert(key.to_owned(), value);
}

/// The adapter for reading.
pub(crate) fn reader(settings: &Settings) -> Box<dyn Reader> {
    (FACTORY.open_reader)(settings, &context()).unwrap()
}

/// The adapter for writing.
pub(crate) fn writer(settings: &Settings) -> Writer {
    (FACTORY.open_writer)(settings, &context()).unwrap()
}

/// A name.
pub(crate) fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

/// An RRset of texts of a master file.
pub(crate) fn rrset(owner: &str, rtype: RecordType, ttl: u32, values: &[&str]) -> RRset {
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let values = values.iter().map(|value| Rdata::parse(rtype, value, names).unwrap()).collect();
    RRset::new(name(owner), rtype, Ttl::new(ttl).unwrap(), values)
}

/// The writer of batches.
pub(crate) fn batch(writer: &Writer) -> &dyn BatchWriter {
    match writer {
        Writer::Batch(writer) => &**writer,
        other => panic!("{other:?}"),
    }
}

/// A change from one RRset to another; one of them at least.
/// A new zone with these RRsets, as the engine makes it: the zone, then its records. Says how many were written.
pub(crate) async fn create(writer: &Writer, apex: &Name, rrsets: &[RRset]) -> usize {
    let changes: Vec<RRsetChange> = rrsets.iter().map(|rrset| change(None, Some(rrset.clone()))).collect();
    let written = lower::create(writer, apex, &changes, &mut |_| {}).await;
    assert!(written.error().is_none(), "{:?}", written.error());
    written.outcomes.iter().filter(|outcome| **outcome == lower::Outcome::Written).count()
}

pub(crate) fn change(before: Option<RRset>, after: Option<RRset>) -> RRsetChange {
    let one = after.as_ref().or(before.as_ref()).unwrap();
    RRsetChange { name: one.name.clone(), rtype: one.rtype, before, after, group: 0 }
}

/// A name that no other test of this program has.
pub(crate) fn free_name() -> Name {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    name(&format!("zone{}.test", COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// Creates a zone by hand; gives its ID.
pub(crate) fn create_zone(address: SocketAddr, apex: &Name) -> Result<String, String> {
    let body = format!(
        "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <Name>{apex}</Name><CallerReference>{apex}</CallerReference></CreateHostedZoneRequest>"
    );
    let headers = [("authorization", AUTHORIZATION), ("content-type", "application/xml")];
    let answer = request(address, "POST", "/2013-04-01/hostedzone", &headers, body.as_bytes())
        .map_err(|error| error.to_string())?;
    let text = answer.text();
    let id = text.split("<Id>/hostedzone/").nth(1).and_then(|rest| rest.split('<').next());
    match id {
        Some(id) if answer.status == 201 => Ok(id.to_owned()),
        _ => Err(format!("HTTP {}: {text}", answer.status)),
    }
}

/// As [`dnsctl_harness::boto3`].
pub(crate) fn boto3(url: &str, program: &str, arguments: &[&str]) -> Result<String, String> {
    dnsctl_harness::boto3(url, program, arguments).map_err(|error| error.to_string())
}

/// Adds a value to a record set as another tool would.
pub(crate) fn add_foreign(
    url: &str,
    zone_id: &str,
    owner: &str,
    ttl: u32,
    rtype: &str,
    value: &str,
) -> Result<(), String> {
    let program = r#"
zone, owner, ttl, rtype, value = arguments
sets = client.list_resource_record_sets(HostedZoneId=zone, StartRecordName=owner, StartRecordType=rtype)["ResourceRecordSets"]
values = [r["Value"] for s in sets if s["Name"].lower() == owner.lower() and s["Type"] == rtype for r in s["ResourceRecords"]]
client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {
    "Name": owner, "Type": rtype, "TTL": int(ttl), "ResourceRecords": [{"Value": v} for v in values + [value]]}}]})
"#;
    boto3(url, program, &[zone_id, owner, &ttl.to_string(), rtype, value]).map(drop)
}

/// A request as a [`Local`] server gets it.
pub(crate) struct Asked {
    /// Method and path: `GET /a?b`.
    pub(crate) what: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body.
    pub(crate) body: String,
}

impl Asked {
    /// The access key that signed it, and the session token.
    pub(crate) fn key(&self) -> (String, Option<String>) {
        let authorization = self.headers.get("authorization").map(String::as_str).unwrap_or_default();
        let key = authorization.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
        (key.unwrap_or_default().to_owned(), self.headers.get("x-amz-security-token").cloned())
    }
}

/// An HTTP server on loopback that answers what a function says: status and body.
pub(crate) struct Local {
    address: SocketAddr,
}

impl Local {
    pub(crate) fn start(answer: impl Fn(&Asked) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is its own business.
                let _ = serve(stream, &answer);
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Asked) -> (u16, String)) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let what = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, text) = answer(&Asked { what, headers, body: String::from_utf8_lossy(&body).into_owned() });
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
    reader.get_mut().write_all(format!("{head}{text}").as_bytes())
}
