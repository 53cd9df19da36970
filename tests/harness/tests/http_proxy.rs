//! The HTTP proxy in front of a real PowerDNS.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use dnsctl_harness::{Fault, HttpProxy, PowerDns, Response, Result, Zone, request, require};

const ZONES: &str = "/api/v1/servers/localhost/zones";

fn get(server: &PowerDns, proxy: &HttpProxy, path: &str) -> Result<Response> {
    request(proxy.address(), "GET", path, &[("X-API-Key", server.api_key())], b"")
}

fn patch(server: &PowerDns, proxy: &HttpProxy, address: &str) -> Result<Response> {
    let body = format!(
        r#"{{"rrsets":[{{"name":"new.example.test.","type":"A","ttl":60,"changetype":"REPLACE",
            "records":[{{"content":"{address}","disabled":false}}]}}]}}"#
    );
    let path = format!("{ZONES}/example.test.");
    request(proxy.address(), "PATCH", &path, &[("X-API-Key", server.api_key())], body.as_bytes())
}

fn written(server: &PowerDns) -> Vec<String> {
    dnsctl_harness::dig(server.dns_address(), "new.example.test", "A").unwrap().rdata("A")
}

#[test]
fn faults_hit_the_requests_that_they_name() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new("example.test").with_hosts(50)).unwrap();
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let zone = format!("{ZONES}/example.test.");

    let whole = get(&server, &proxy, &zone).unwrap();
    assert_eq!((whole.status, whole.text().contains("host000049")), (200, true));

    proxy.fault(Fault::on("GET", "/zones/").nth(2).retry_after(429, "7"));
    assert_eq!(get(&server, &proxy, ZONES).unwrap().status, 200);
    assert_eq!(get(&server, &proxy, &zone).unwrap().status, 200);
    let limited = get(&server, &proxy, &zone).unwrap();
    assert_eq!(limited.status, 429);
    assert!(limited.headers.contains(&("Retry-After".to_owned(), "7".to_owned())));
    assert_eq!(get(&server, &proxy, &zone).unwrap().status, 200);
    let counts: Vec<_> = proxy.counts().into_iter().collect();
    assert_eq!(counts, [(("GET".to_owned(), 200), 4), (("GET".to_owned(), 429), 1)]);
    assert_eq!(proxy.peak_in_flight(), 1);
    proxy.heal();
    proxy.forget();
    assert!(proxy.requests().is_empty());

    proxy.fault(Fault::on("GET", "").html());
    assert!(get(&server, &proxy, &zone).unwrap().text().starts_with("<!DOCTYPE html>"));
    proxy.heal();
    proxy.fault(Fault::on("GET", "").half_body());
    assert_eq!(get(&server, &proxy, &zone).unwrap().body, whole.body.split_at(whole.body.len() / 2).0);
    proxy.heal();
    proxy.fault(Fault::on("GET", "").redirect("http://elsewhere.test/"));
    assert_eq!(get(&server, &proxy, &zone).unwrap().status, 302);
    proxy.heal();
    proxy.fault(Fault::on("GET", "").slow(500, Duration::from_millis(1)));
    assert_eq!(get(&server, &proxy, &zone).unwrap().body, whole.body);
}

#[test]
fn a_reset_comes_before_or_after_the_change() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new("example.test")).unwrap();
    let proxy = HttpProxy::start(server.api_address()).unwrap();

    proxy.fault(Fault::on("PATCH", "").nth(1).reset_before());
    let error = patch(&server, &proxy, "192.0.2.1").unwrap_err().to_string();
    assert!(error.contains("reset"), "{error}");
    assert_eq!(written(&server), [""; 0]);

    proxy.fault(Fault::on("PATCH", "").nth(1).reset_after());
    let error = patch(&server, &proxy, "192.0.2.2").unwrap_err().to_string();
    assert!(error.contains("reset"), "{error}");
    assert_eq!(written(&server), ["192.0.2.2"]);

    assert_eq!(patch(&server, &proxy, "192.0.2.3").unwrap().status, 204);
    assert_eq!(written(&server), ["192.0.2.3"]);
    let statuses: Vec<u16> = proxy.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [0, 0, 204]);
}

#[test]
fn an_answer_can_end_early_or_never_come() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new("example.test").with_hosts(50)).unwrap();
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let raw = |wait: Duration| {
        let mut stream = TcpStream::connect(proxy.address()).unwrap();
        let key = server.api_key();
        write!(stream, "GET {ZONES}/example.test. HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n").unwrap();
        stream.set_read_timeout(Some(wait)).unwrap();
        let mut text = String::new();
        let result = stream.read_to_string(&mut text).map_err(|error| error.kind());
        (result, text)
    };

    proxy.fault(Fault::on("GET", "").nth(1).cut_short());
    let (_, text) = raw(Duration::from_secs(30));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    assert_eq!(promised.parse::<usize>().unwrap() / 2, body.len());

    proxy.heal();
    proxy.fault(Fault::on("GET", "").nth(1).hang());
    let (result, text) = raw(Duration::from_millis(300));
    assert_eq!((result, text.as_str()), (Err(std::io::ErrorKind::WouldBlock), ""));
}

#[test]
fn requests_are_delayed_side_by_side() {
    let Some(server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let latency = Duration::from_millis(500);
    proxy.set_latency(latency);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(get(&server, &proxy, ZONES).unwrap().status, 200));
        }
    });
    // Only the lower bound holds on a busy machine; that they ran side by side is counted, not timed.
    assert!(start.elapsed() >= latency);
    assert!(proxy.peak_in_flight() > 1);
}

#[test]
fn a_server_that_is_down_is_a_bad_gateway() {
    let Some(mut server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    server.stop().unwrap();
    assert_eq!(get(&server, &proxy, ZONES).unwrap().status, 502);
}
