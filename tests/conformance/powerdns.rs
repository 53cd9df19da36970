//! PowerDNS, with the two backends that the harness has.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use dnsctl_harness::{Backend, PATIENCE, PowerDns, PowerDnsBuilder, Response, require, try_until};
use dnsctl_provider::conformance::{Answer, Failure, Subject};
use dnsctl_provider::error::Result;
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{Context, OptionValue, Reader, Settings, Writer};
use dnsctl_provider_powerdns::FACTORY;
use dnsctl_zone::{Name, RecordType};
use serde_json::{Value, json};

use crate::{Adapter, dig};

pub(crate) const LMDB: Adapter =
    Adapter { name: "powerdns", factory: &FACTORY, start: || start(Backend::Lmdb), alone: false };
pub(crate) const SQLITE: Adapter =
    Adapter { name: "powerdns_sqlite", factory: &FACTORY, start: || start(Backend::Sqlite), alone: true };

fn start(backend: Backend) -> Option<Box<dyn Subject>> {
    let server = require(server(backend).start())?;
    Some(Box::new(PowerDnsSubject { server, backend, count: AtomicU32::new(0) }))
}

fn server(backend: Backend) -> PowerDnsBuilder {
    // DNSKEY, CDS and CDNSKEY records are served as they are, and DNAME does what RFC 6672 says.
    PowerDns::builder().backend(backend).setting("direct-dnskey", "yes").setting("dname-processing", "yes")
}

struct PowerDnsSubject {
    server: PowerDns,
    backend: Backend,
    count: AtomicU32,
}

impl PowerDnsSubject {
    fn settings(&self) -> Settings {
        let values = [
            ("url".to_owned(), OptionValue::Text(self.server.url())),
            ("api_key".to_owned(), OptionValue::Secret(Secret::new(self.server.api_key()))),
        ];
        Settings { name: "main".to_owned(), values: values.into() }
    }

    fn api(&self, method: &str, path: &str, body: &Value) -> Result<Response, Failure> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let locked = || {
            let answer = self.server.api(method, path, &text)?;
            // Another case is writing into the same SQLite database.
            Ok((answer.status != 500).then_some(answer))
        };
        let answer = try_until(path, PATIENCE, locked).map_err(|error| error.to_string())?;
        let done = answer.status < 300;
        if done { Ok(answer) } else { Err(format!("{method} {path}: {} {}", answer.status, answer.text())) }
    }
}

fn context() -> Context {
    Context::new(Arc::new(|| std::time::UNIX_EPOCH), Arc::new(|_| None))
}

#[async_trait]
impl Subject for PowerDnsSubject {
    fn open_reader(&self) -> Result<Box<dyn Reader>> {
        (FACTORY.open_reader)(&self.settings(), &context())
    }

    fn open_writer(&self) -> Result<Writer> {
        (FACTORY.open_writer)(&self.settings(), &context())
    }

    async fn empty_zone(&self) -> Result<Name, Failure> {
        /// The server numbers the zones of its LMDB in a row (`lmdb-random-ids=no`): two that are made at the same moment
        /// can share a number, and then the records of both. The adapter makes them one after the other for that reason.
        static ONE: Mutex<()> = Mutex::new(());
        let apex = self.free_name();
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        self.api(
            "POST",
            "/zones",
            &json!({ "name": apex.to_string(), "kind": "Native", "nameservers": [] }),
        )?;
        Ok(apex)
    }

    fn free_name(&self) -> Name {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        Name::absolute(&format!("c{number}.conformance.test.")).unwrap_or_else(|_| Name::root())
    }

    async fn add_foreign(
        &self,
        apex: &Name,
        owner: &str,
        ttl: u32,
        rtype: &str,
        rdata: &str,
    ) -> Result<bool, Failure> {
        let path = format!("/zones/{apex}");
        let zone = self.api("GET", &path, &Value::Null)?;
        let zone: Value = serde_json::from_str(&zone.text()).map_err(|error| error.to_string())?;
        let there = zone["rrsets"].as_array().into_iter().flatten().find(|rrset| {
            rrset["type"] == rtype
                && rrset["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(owner))
        });
        let mut records =
            there.map_or_else(Vec::new, |rrset| rrset["records"].as_array().cloned().unwrap_or_default());
        records.push(json!({ "content": rdata, "disabled": false }));
        let rrset =
            json!({ "name": owner, "type": rtype, "ttl": ttl, "changetype": "REPLACE", "records": records });
        self.api("PATCH", &path, &json!({ "rrsets": [rrset] }))?;
        Ok(true)
    }

    async fn ask(&self, name: &Name, rtype: RecordType) -> Option<Result<Answer, Failure>> {
        Some(dig::ask(self.server.dns_address(), name, rtype))
    }

    async fn sign(&self, apex: &Name) -> Result<bool, Failure> {
        self.api("PUT", &format!("/zones/{apex}"), &json!({ "dnssec": true }))?;
        Ok(true)
    }

    fn exception(&self, case: &str) -> Option<&'static str> {
        match (self.backend, case) {
            (Backend::Lmdb, "options::comment") => Some("the LMDB backend of PowerDNS 4.7 keeps no comments"),
            _ => None,
        }
    }
}
