//! Reading: AXFR.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dnsctl_provider::dns::{Question, Rcode};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::{Capabilities, RRsetChange, Reader, Signing};
use dnsctl_zone::{Kept, Live, Name, RRset, Rdata, RecordType};
use tokio::time::sleep;

use crate::config::{Config, Peer};
use crate::live::Collector;
use crate::{batch, error, signing};

/// The pauses before a server that may just be busy is asked again: others transfer from it, too.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Reads zones by transfer.
#[derive(Debug)]
pub(crate) struct Rfc2136Reader {
    config: Config,
    capabilities: Capabilities,
    /// What was kept of each zone that was read, where there was anything.
    kept: Mutex<BTreeMap<Name, Vec<Kept>>>,
}

impl Rfc2136Reader {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, capabilities: crate::capabilities(), kept: Mutex::default() }
    }
}

#[async_trait]
impl Reader for Rfc2136Reader {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        Err(Error::new(ErrorKind::Unsupported, "a name server cannot be asked for the list of its zones")
            .with_hint("name the zones in the configuration"))
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let read = transfer(&self.config.transfer, apex).await;
        let live = read.map_err(|error| error.during(format!("read zone {apex}")))?;
        let kept = live.as_ref().map(|live| live.kept.clone()).unwrap_or_default();
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(apex.clone(), kept);
        Ok(live)
    }

    fn refuses(&self, _apex: &Name, rrset: &RRset) -> Option<String> {
        batch::refuses(rrset)
    }

    fn refuses_change(&self, apex: &Name, change: &RRsetChange) -> Option<String> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        batch::refuses_change(apex, change, all.get(apex).map_or(&[][..], Vec::as_slice))
    }

    fn is_current(&self) -> bool {
        self.config.one_server
    }

    async fn signing(&self, apex: &Name) -> Result<Option<Signing>> {
        let client = self.config.transfer.client().await?;
        let mut answers = Vec::new();
        for rtype in [RecordType::DNSKEY, RecordType::CDS] {
            let question = Question::new(apex.clone(), rtype);
            let answer = client.query(&question).await?;
            if answer.rcode != Rcode::NOERROR {
                return Ok(None);
            }
            let values = answer.rrset(&question).filter_map(|record| record.rdata.clone().ok());
            answers.push(values.collect::<Vec<Rdata>>());
        }
        let wanted = answers.pop().unwrap_or_default();
        let mut keys = answers.pop().unwrap_or_default();
        keys.sort_unstable();
        let delegation_signers = signing::delegation_signers(apex, &keys, &wanted);
        Ok((!keys.is_empty()).then_some(Signing { keys, delegation_signers }))
    }
}

/// The whole zone; `None` when the server has none of this name.
pub(crate) async fn transfer(peer: &Peer, apex: &Name) -> Result<Option<Live>> {
    let mut pauses = PAUSES.into_iter();
    let failed = loop {
        let failed = match transfer_once(peer, apex).await {
            Ok(live) => return Ok(Some(live)),
            Err(failed) => failed,
        };
        match pauses.next().filter(|_| error::may_be_busy(&failed)) {
            Some(pause) => sleep(pause).await,
            None => break failed,
        }
    };
    // NOTAUTH stands for a zone that is not there, and for a client that is not welcome (RFC 5936 section 2.2.1,
    // RFC 8945 section 5.2). Whether the zone is there, everybody may ask.
    if error::may_be_missing(&failed) && !has_zone(peer, apex).await? {
        return Ok(None);
    }
    Err(error::of_transfer(failed))
}

async fn transfer_once(peer: &Peer, apex: &Name) -> Result<Live> {
    let client = peer.client().await?;
    let _slot = peer.slot().await;
    let mut collector = Collector::default();
    client.transfer(apex, &mut |record| collector.take(record)).await?;
    Ok(collector.finish(apex))
}

async fn has_zone(peer: &Peer, apex: &Name) -> Result<bool> {
    let question = Question::new(apex.clone(), RecordType::SOA);
    let answer = peer.unsigned().await?.query(&question).await?;
    Ok(answer.authoritative && answer.rrset(&question).next().is_some())
}
