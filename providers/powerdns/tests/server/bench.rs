//! A real PowerDNS and the adapter opened on it.

use std::sync::Arc;

use dnsctl_harness::{Backend, PowerDns, Zone, require};
use dnsctl_provider::lower::{self, Written};
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{Context, OptionValue, RRsetChange, Reader, Settings, Writer};
use dnsctl_provider_powerdns::FACTORY;
use dnsctl_zone::{Live, Name, Names, Options, RRset, Rdata, RecordType, Ttl};
use serde_json::{Value, json};

pub(crate) struct Bench {
    pub(crate) server: PowerDns,
    options: Vec<(String, OptionValue)>,
}

impl Bench {
    pub(crate) fn start(backend: Backend) -> Option<Self> {
        require(PowerDns::builder().backend(backend).start()).map(Self::on)
    }

    pub(crate) fn on(server: PowerDns) -> Self {
        let options = vec![
            ("url".to_owned(), OptionValue::Text(server.url())),
            ("api_key".to_owned(), OptionValue::Secret(Secret::new(server.api_key()))),
        ];
        Self { server, options }
    }

    /// Sets one more option, or another value for one.
    pub(crate) fn set(&mut self, key: &str, value: OptionValue) {
        self.options.retain(|(known, _)| known != key);
        self.options.push((key.to_owned(), value));
    }

    fn settings(&self) -> Settings {
        Settings { name: "main".to_owned(), values: self.options.iter().cloned().collect() }
    }

    pub(crate) fn reader(&self) -> Box<dyn Reader> {
        (FACTORY.open_reader)(&self.settings(), &context()).unwrap()
    }

    pub(crate) fn writer(&self) -> Writer {
        (FACTORY.open_writer)(&self.settings(), &context()).unwrap()
    }

    pub(crate) async fn read(&self, apex: &Name) -> Live {
        self.reader().read_zone(apex).await.unwrap().unwrap()
    }

    /// Makes a zone through the API, as an operator would.
    pub(crate) fn zone(&self, name: &str, kind: &str) -> Name {
        let body = json!({ "name": format!("{name}."), "kind": kind, "nameservers": [], "masters": [] });
        self.api("POST", "/zones", &body);
        Name::absolute(name).unwrap()
    }

    /// Makes a zone from lines of a master file.
    pub(crate) fn zone_with(&self, name: &str, lines: &str) -> Name {
        self.server.create_zone(&Zone::new(name).with(lines)).unwrap();
        Name::absolute(name).unwrap()
    }

    pub(crate) fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.server.api(method, path, &text).unwrap();
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.text());
        serde_json::from_str(&answer.text()).unwrap_or(Value::Null)
    }

    /// Replaces an RRset as the API has it.
    pub(crate) fn put(
        &self,
        apex: &Name,
        name: &str,
        rtype: &str,
        records: &[(&str, bool)],
        comments: Option<Value>,
    ) {
        let records: Vec<_> = records
            .iter()
            .map(|(content, disabled)| json!({ "content": content, "disabled": disabled }))
            .collect();
        let mut rrset =
            json!({ "name": name, "type": rtype, "ttl": 300, "changetype": "REPLACE", "records": records });
        if let Some(comments) = comments {
            rrset["comments"] = comments;
        }
        self.api("PATCH", &format!("/zones/{apex}"), &json!({ "rrsets": [rrset] }));
    }

    /// The RRset as the API has it.
    pub(crate) fn stored(&self, apex: &Name, name: &str, rtype: &str) -> Option<Value> {
        let zone = self.api("GET", &format!("/zones/{apex}"), &Value::Null);
        let rrsets = zone["rrsets"].as_array().cloned().unwrap_or_default();
        rrsets.into_iter().find(|rrset| rrset["name"] == name && rrset["type"] == rtype)
    }

    /// Contents and whether they are disabled, sorted.
    pub(crate) fn contents(&self, apex: &Name, name: &str, rtype: &str) -> Vec<(String, bool)> {
        let rrset = self.stored(apex, name, rtype).unwrap_or(Value::Null);
        let records = rrset["records"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<_> = records
            .iter()
            .map(|record| {
                (record["content"].as_str().unwrap().to_owned(), record["disabled"].as_bool().unwrap())
            })
            .collect();
        all.sort();
        all
    }

    /// Writes with a writer that is opened for it, after nothing was read in between.
    pub(crate) async fn write(&self, apex: &Name, changes: &[RRsetChange]) -> Written {
        let writer = self.writer();
        let written = lower::write(&writer, apex, changes, &mut |_| {}).await;
        writer.common().finish(apex, std::time::Duration::from_secs(5)).await.unwrap();
        written
    }

    /// `METHOD path` of the requests since `start`, without what all have in common, sorted: the server logs a request
    /// when it is done with it.
    pub(crate) fn requests_since(&self, start: usize) -> Vec<String> {
        let served = self.server.requests().split_off(start);
        let short = |path: &str| path.replace("/api/v1/servers/localhost", "");
        let mut all: Vec<_> =
            served.iter().map(|request| format!("{} {}", request.method, short(&request.path))).collect();
        all.sort();
        all
    }
}

pub(crate) fn context() -> Context {
    Context::new(Arc::new(|| std::time::UNIX_EPOCH), Arc::new(|_| None))
}

pub(crate) fn rrset(apex: &Name, owner: &str, rtype: RecordType, ttl: u32, values: &[&str]) -> RRset {
    let names = Names { origin: apex, strict: false };
    let values = values.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
    RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(ttl).unwrap(), values)
}

pub(crate) fn with_comment(rrset: RRset, comment: &str) -> RRset {
    rrset.with_options(Options::from([("comment".to_owned(), comment.to_owned())]))
}

pub(crate) fn change(before: Option<&RRset>, after: Option<RRset>) -> RRsetChange {
    let key = after.as_ref().or(before).map(|rrset| (rrset.name.clone(), rrset.rtype));
    let (name, rtype) = key.unwrap();
    RRsetChange { name, rtype, before: before.cloned(), after, group: 0 }
}
