//! Signatures, checked by botocore: a server that computes each one anew with the vendor's own code and refuses what
//! differs.

#![expect(clippy::unwrap_used, reason = "test code")]

mod common;

use common::{name, reader, set, settings, with_environment, writer};
use dnsctl_harness::{python_tool, require};
use dnsctl_provider::OptionValue;
use dnsctl_provider::secret::Secret;
use dnsctl_provider_route53::FACTORY;
use dnsctl_zone::RecordType;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Answers each request by what it is, if its signature is right.
const SERVER: &str = r#"
import http.server, re, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECRETS = {"AKIDONE": "secret+one/", "AKIDTWO": "secret two"}
NS = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"'
INFO = "<ChangeInfo><Id>/change/C1</Id><Status>INSYNC</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>"
count = 0

class Handler(http.server.BaseHTTPRequestHandler):
    def verify(self):
        global count
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scheme, key, day, region, service, signed, signature = re.fullmatch(
            r"(\S+) Credential=(\w+)/(\d+)/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)",
            self.headers["Authorization"]).groups()
        names = signed.split(";")
        assert {"host", "x-amz-date"} <= set(names), names
        assert "Content-Type" not in self.headers or "content-type" in names
        assert "X-Amz-Security-Token" not in self.headers or "x-amz-security-token" in names
        headers = {name: self.headers[name] for name in names}
        request = AWSRequest(self.command, f"http://{self.headers['Host']}{self.path}", headers=headers, data=body)
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        auth = SigV4Auth(Credentials(key, SECRETS[key]), service, region)
        wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        count += 1
        return body.decode(), service, wanted == signature

    def answer(self):
        body, service, good = self.verify()
        status, text = 200, None
        if not good:
            status, text = 403, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>botocore has another one</Message></Error></ErrorResponse>"
        elif service == "sts":
            text = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDTWO</AccessKeyId><SecretAccessKey>secret two</SecretAccessKey><SessionToken>token/+=</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        elif "/rrset" in self.path and self.command == "POST":
            text = f"<ChangeResourceRecordSetsResponse {NS}>{INFO}</ChangeResourceRecordSetsResponse>"
        elif "/count" in self.path:
            text = str(count)
        elif self.command == "POST":
            zone = re.search("<Name>(.*?)</Name>", body)[1]
            text = f"<CreateHostedZoneResponse {NS}><HostedZone><Id>/hostedzone/Z1</Id><Name>{zone}</Name><CallerReference>x</CallerReference></HostedZone>{INFO}</CreateHostedZoneResponse>"
        else:
            text = f"<ListHostedZonesResponse {NS}><HostedZones/><IsTruncated>false</IsTruncated></ListHostedZonesResponse>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// The server, gone with this value.
struct Verifier {
    child: Child,
    url: String,
}

impl Verifier {
    fn start() -> Option<Self> {
        let python = require(python_tool("octodns", "python"))?;
        let mut child = Command::new(python).args(["-c", SERVER]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { child, url: format!("http://127.0.0.1:{}", line.trim()) })
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn secret(text: &str) -> OptionValue {
    OptionValue::Secret(Secret::new(text))
}

#[tokio::test]
async fn botocore_computes_the_same_signatures() {
    let Some(server) = Verifier::start() else { return };
    // A path that is encoded already is encoded again for the signature.
    for base in ["", "/with%20blank/and~more"] {
        let mut settings = settings(&format!("{}{base}", server.url));
        set(&mut settings, "access_key_id", secret("AKIDONE"));
        set(&mut settings, "secret_access_key", secret("secret+one/"));
        assert!(reader(&settings).list_zones().await.unwrap().is_empty());
        let odd = name(r"\000 a*b+c=d&e\%f.\195\164.test".replace(' ', r"\032").as_str());
        assert_eq!(reader(&settings).read_zone(&odd).await.unwrap(), None);
        let text = common::rrset(&format!("x.{odd}"), RecordType::TXT, 60, &[r#""<&> \"q\" \195\164""#]);
        assert_eq!(common::create(&writer(&settings), &odd, &[text]).await, 1);
        // Temporary keys, from the verifier as the Security Token Service.
        set(&mut settings, "role", OptionValue::Text("arn:aws:iam::123456789012:role/dns".to_owned()));
        set(&mut settings, "external_id", OptionValue::Text("a b&c".to_owned()));
        set(&mut settings, "sts_endpoint", OptionValue::Text(server.url.clone()));
        assert_eq!(reader(&settings).read_zone(&odd).await.unwrap(), None);
        for region in ["cn-north-1", "us-gov-east-1"] {
            set(&mut settings, "region", OptionValue::Text(region.to_owned()));
            assert!(reader(&settings).list_zones().await.unwrap().is_empty());
        }
    }
    // The verifier does refuse.
    let mut settings = settings(&server.url);
    set(&mut settings, "access_key_id", secret("AKIDONE"));
    set(&mut settings, "secret_access_key", secret("another"));
    let error = reader(&settings).list_zones().await.unwrap_err();
    assert!(error.message().contains("botocore has another one"), "{error}");
    assert!(!format!("{error:?}").contains("another\""), "{error:?}");
}

#[tokio::test]
async fn keys_of_the_environment_sign_too() {
    let Some(server) = Verifier::start() else { return };
    let mut settings = settings(&server.url);
    settings.values.retain(|key, _| !key.contains("key"));
    let environment = [
        ("AWS_ACCESS_KEY_ID", "AKIDTWO"),
        ("AWS_SECRET_ACCESS_KEY", "secret two"),
        ("AWS_SESSION_TOKEN", "token with blanks  inside"),
    ];
    let reader = (FACTORY.open_reader)(&settings, &with_environment(&environment)).unwrap();
    assert!(reader.list_zones().await.unwrap().is_empty());
}
