//! DANE: OpenSSL serves a chain, and takes it by the TLSA records that we compute from its file (RFC 6698, RFC 7671).

use crate::openssl::OpenSsl;
use dnsctl_mail::tlsa::{self, Params};
use dnsctl_zone::Rdata;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

/// How keys are made.
const KINDS: [&str; 5] = [
    "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "-algorithm RSA -pkeyopt rsa_keygen_bits:4096",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "-algorithm ed25519",
];

/// `openssl s_server` on a port of its own. It ends when it is dropped.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn start(openssl: &OpenSsl) -> Self {
        let arguments = "s_server -accept 127.0.0.1:0 -cert leaf.pem -key leaf.key -cert_chain ca.pem";
        let mut command = openssl.program(arguments);
        // At the end of its input it would end.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = lines.find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:").map(str::to_owned)).unwrap();
        // What it says of each connection must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    /// What a client makes of the server by one record: whether it takes it, and its words.
    fn takes(&self, openssl: &OpenSsl, record: &Rdata) -> (bool, String) {
        let mut command = openssl.program("s_client -dane_tlsa_domain mail.example.com -connect");
        command.arg(format!("127.0.0.1:{}", self.port)).arg("-dane_tlsa_rrdata").arg(record.to_string());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (text.contains("Verification: OK"), text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A key and a certificate, signed by `ca` where that is not the name itself.
fn certificate(openssl: &OpenSsl, how: &str, name: &str, subject: &str) {
    openssl.run(&format!("genpkey {how} -out {name}.key"));
    if name == "ca" {
        openssl.run("req -x509 -key ca.key -days 30 -subj /CN=ca -out ca.pem -addext basicConstraints=critical,CA:TRUE");
        return;
    }
    openssl.run(&format!("req -new -key {name}.key -subj /CN={subject} -out {name}.csr"));
    openssl.write("leaf.ext", format!("subjectAltName=DNS:{subject}\n").as_bytes());
    openssl.run(&format!(
        "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile leaf.ext -out {name}.pem"
    ));
}

#[test]
fn openssl_takes_a_server_by_the_records_of_its_file() {
    let Some(openssl) = OpenSsl::start() else { return };
    let mut taken = 0;
    for how in KINDS {
        certificate(&openssl, how, "ca", "ca");
        certificate(&openssl, how, "leaf", "mail.example.com");
        certificate(&openssl, how, "other", "mail.example.com");
        let server = Server::start(&openssl);
        let chain = openssl.read("leaf.pem") + &openssl.read("ca.pem");
        for (usage, matched) in
            [(3, "matched EE certificate at depth 0"), (2, "matched TA certificate at depth 1")]
        {
            for (selector, matching) in [(1, 1), (0, 1), (1, 2), (0, 2), (1, 0), (0, 0)] {
                let params = Params { usage, selector, matching };
                let record = tlsa::from_pem(&chain, params).unwrap();
                let (takes, text) = server.takes(&openssl, &record);
                assert!(takes && text.contains(matched), "{how}, {params}: {text}");
                taken += 1;
            }
        }
        // The record of another certificate, and one with an octet changed, are those of nobody here.
        let other = tlsa::from_pem(&openssl.read("other.pem"), Params::KEY).unwrap();
        let record = tlsa::from_pem(&chain, Params::KEY).unwrap();
        let mut octets = record.octets().to_vec();
        octets[10] ^= 1;
        let damaged = Rdata::from_wire(record.rtype(), &octets).unwrap();
        for wrong in [other, damaged] {
            let (takes, text) = server.takes(&openssl, &wrong);
            assert!(!takes && text.contains("Verification error"), "{how}: {text}");
        }
    }
    assert_eq!(taken, 60);
}
