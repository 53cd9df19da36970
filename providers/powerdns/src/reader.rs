//! Reading zones.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::Response;
use dnsctl_provider::{Capabilities, Reader, Signing};
use dnsctl_zone::{Live, Name, Options, RRset, Rdata, RecordType, Ttl, Zone};

use crate::account::{Account, Known, zone_id};
use crate::content;
use crate::kept::{Residue, Stored, kept};
use crate::model::{CryptoKey, ListedZone, RRsetIn, RecordIn, RecordOut, read_zone};
use crate::{capabilities, refusal, types};

/// How often a read is tried.
pub(crate) const TRIES: u32 = 4;

/// Reads from one PowerDNS server.
#[derive(Debug)]
pub(crate) struct PowerDnsReader {
    account: Arc<Account>,
    capabilities: Capabilities,
}

impl PowerDnsReader {
    pub(crate) fn new(account: Account) -> Self {
        Self { account: Arc::new(account), capabilities: capabilities() }
    }
}

#[async_trait]
impl Reader for PowerDnsReader {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        let account = &self.account;
        let call = account.at(account.client().get("list zones"), ["zones"]);
        // Without it the server looks up the keys of each zone.
        let sent = call.query("dnssec", "false").send().await;
        let response = sent.map_err(|error| account.with_hint(error))?;
        let listed = response.json::<Vec<ListedZone<'_>>>()?;
        let names = listed.iter().map(|zone| {
            let name = Name::absolute(&zone.name);
            name.map_err(|error| response.error(ErrorKind::Protocol, &format!("a zone of the list: {error}")))
        });
        let mut names = names.collect::<Result<Vec<_>>>()?;
        names.sort_unstable();
        Ok(names)
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let found = fetch(&self.account, apex).await?;
        Ok(found.map(|(live, _)| live))
    }

    fn refuses(&self, apex: &Name, rrset: &RRset) -> Option<String> {
        refusal::refuses(apex, rrset)
    }

    async fn signing(&self, apex: &Name) -> Result<Option<Signing>> {
        let (account, id) = (&self.account, zone_id(apex));
        let call = account.client().get(format!("read the DNSSEC keys of {apex}"));
        let response = account.at(call, ["zones", &id, "cryptokeys"]).send().await?;
        let keys = response.json::<Vec<CryptoKey<'_>>>()?;
        let root = Name::root();
        let rdata = |rtype: RecordType, text: &str| {
            let parsed = content::parse(rtype, text, &root);
            parsed.map_err(|error| {
                response.error(ErrorKind::Protocol, &format!("a key cannot be read: {error}"))
            })
        };
        let mut signing = Signing { keys: Vec::new(), delegation_signers: Vec::new() };
        for key in keys.iter().filter(|key| key.active && key.published) {
            signing.keys.push(rdata(RecordType::DNSKEY, &key.dnskey)?);
            for ds in &key.ds {
                signing.delegation_signers.push(rdata(RecordType::DS, ds)?);
            }
        }
        // SHA-1 must not be used for new delegations (RFC 8624 section 3.3), and the server offers better ones.
        if signing.delegation_signers.iter().any(|ds| ds.number("digest_type") != Some(1)) {
            signing.delegation_signers.retain(|ds| ds.number("digest_type") != Some(1));
        }
        Ok((!signing.keys.is_empty()).then_some(signing))
    }
}

/// Reads a zone and remembers what a writer needs to know of it.
pub(crate) async fn fetch(account: &Account, apex: &Name) -> Result<Option<(Live, Arc<Known>)>> {
    let id = zone_id(apex);
    let call = account.client().get(format!("read zone {apex}"));
    let response = match account.at(call, ["zones", &id]).query("rrsets", "true").send().await {
        Ok(response) => response,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            account.shared.forget(apex);
            return server_exists(account, error).await.map(|()| None);
        }
        Err(error) => return Err(error),
    };
    account.shared.prove();
    let (zone, known) = read(apex, &response)?;
    // The text of a large zone is larger than what is kept of it.
    drop(response);
    let known = account.shared.remember(apex, known);
    let live = Live { kept: kept(&known.residue), read_only: refusal::of_zone(&known), ..Live::new(zone) };
    Ok(Some((live, known)))
}

/// What an answer tells of a zone.
pub(crate) fn read(apex: &Name, response: &Response) -> Result<(Zone, Known)> {
    let mut builder = Builder::new(apex, response);
    let facts = read_zone(response, &mut |rrset| builder.add(rrset))?;
    if !facts.has_rrsets {
        return Err(response.error(ErrorKind::Protocol, "the zone comes without its RRsets"));
    }
    let Builder { rrsets, residue, .. } = builder;
    Ok((Zone::new(apex.clone(), rrsets), Known { kind: facts.kind, residue }))
}

/// The server says the same of a zone and of a server that it does not have, so the latter has to be asked for; once.
async fn server_exists(account: &Account, missing: Error) -> Result<()> {
    if account.shared.is_proved() {
        return Ok(());
    }
    let call = account.client().get(format!("find the server \"{}\"", account.config.server));
    match account.at(call, []).send().await {
        Ok(_) => {
            account.shared.prove();
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(account.with_hint(error)),
        // The zone may be missing or not.
        Err(error) => Err(error.with_source(&missing)),
    }
}

/// Makes RRsets of what the server tells.
struct Builder<'r> {
    apex: &'r Name,
    root: Name,
    response: &'r Response,
    rrsets: Vec<RRset>,
    residue: BTreeMap<(Name, RecordType), Residue>,
}

impl<'r> Builder<'r> {
    fn new(apex: &'r Name, response: &'r Response) -> Self {
        // A usual RRset takes about 180 octets of JSON.
        let expected = response.body().len() / 180;
        let rrsets = Vec::with_capacity(expected.min(1 << 20));
        Self { apex, root: Name::root(), response, rrsets, residue: BTreeMap::new() }
    }

    fn add(&mut self, rrset: RRsetIn<'_>) -> Result<()> {
        let wrong = |what: String| Err(self.response.error(ErrorKind::Protocol, &what));
        let name = match Name::absolute(&rrset.name) {
            Ok(name) if name.is_at_or_below(self.apex) => name,
            Ok(name) => return wrong(format!("{name} is not in the zone")),
            Err(error) => return wrong(format!("an owner name cannot be read: {error}")),
        };
        let rtype = match types::parse(&rrset.rtype) {
            Ok(rtype) => rtype,
            Err(error) => return wrong(format!("an RRset of {name}: {error}")),
        };
        let outside = types::outside_of_the_model(&rrset.rtype, rtype);
        let mut values = Vec::with_capacity(rrset.records.len());
        let mut stored = Vec::new();
        for record in rrset.records {
            let read = match &outside {
                Some(why) => Err(why.clone()),
                None => content::parse(rtype, &record.content, &self.root)
                    .map_err(|error| format!("\"{}\" cannot be read: {error}", record.content)),
            };
            match read {
                Ok(value) if !record.disabled => values.push(value),
                Ok(value) => stored.push(store(record, Some(value), None)),
                Err(problem) => stored.push(store(record, None, Some(problem))),
            }
        }
        if !stored.is_empty() {
            self.residue.entry((name.clone(), rtype)).or_default().records.extend(stored);
        }
        if !values.is_empty() {
            let mut made = RRset::new(name, rtype, Ttl::from_wire(rrset.ttl), values);
            if !rrset.comments.is_empty() {
                let texts: Vec<_> = rrset.comments.iter().map(|comment| &*comment.content).collect();
                made = made.with_options(Options::from([("comment".to_owned(), texts.join("\n"))]));
            }
            self.rrsets.push(made);
        }
        Ok(())
    }
}

fn store(record: RecordIn<'_>, value: Option<Rdata>, problem: Option<String>) -> Stored {
    let record = RecordOut { content: record.content.into_owned(), disabled: record.disabled };
    Stored { record, value, problem }
}
