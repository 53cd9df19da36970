//! The zone in which a case works: each step is written, read back and asked for.

use std::time::{Duration, Instant};

use dnsctl_zone::{Live, Name, Names, RRset, Rdata, RecordType, Ttl, Zone};

use super::{Failure, Subject};
use crate::adapter::{RRsetChange, Reader, Wanted, Writer};
use crate::lower::{self, Outcome, Written};

/// As many RRsets of a step are asked for: each question is a process.
const ASKED: usize = 12;

/// How long a name server may take until it serves what was written.
const SETTLE: Duration = Duration::from_secs(10);

/// What a step wishes for one RRset.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// It is as given.
    Set(RRset),
    /// It is not there.
    Remove(Name, RecordType),
}

pub(super) struct Stage<'s> {
    pub(super) subject: &'s dyn Subject,
    pub(super) reader: Box<dyn Reader>,
    pub(super) writer: Writer,
    pub(super) apex: Name,
    /// What must be there.
    pub(super) live: Live,
}

impl<'s> Stage<'s> {
    /// An empty zone.
    pub(super) async fn open(subject: &'s dyn Subject) -> Result<Self, Failure> {
        let apex = subject.empty_zone().await?;
        Self::at(subject, apex).await
    }

    /// A zone that is there already.
    pub(super) async fn at(subject: &'s dyn Subject, apex: Name) -> Result<Self, Failure> {
        let reader = subject.open_reader().map_err(|error| format!("open the reader: {error}"))?;
        let writer = subject.open_writer().map_err(|error| format!("open the writer: {error}"))?;
        let live = read(&*reader, &apex).await?;
        Ok(Self { subject, reader, writer, apex, live })
    }

    /// A name below the apex, `@` for the apex.
    pub(super) fn name(&self, relative: &str) -> Result<Name, Failure> {
        Name::parse(relative, Names { origin: &self.apex, strict: false }).map_err(|error| error.to_string())
    }

    /// An RRset of texts of a master file.
    pub(super) fn rrset(
        &self,
        owner: &str,
        rtype: RecordType,
        ttl: u32,
        values: &[&str],
    ) -> Result<RRset, Failure> {
        let names = Names { origin: &self.apex, strict: false };
        let values = values.iter().map(|text| Rdata::parse(rtype, text, names));
        let values = values.collect::<Result<_, _>>().map_err(|error| format!("{rtype}: {error}"))?;
        Ok(RRset::new(self.name(owner)?, rtype, Ttl::new(ttl).ok_or("a TTL that is too high")?, values))
    }

    /// Why the adapter says beforehand that it cannot hold this RRset, or not in this zone.
    pub(super) fn refused(&self, rrset: &RRset) -> Option<String> {
        let alone =
            self.reader.capabilities().refuses(rrset).or_else(|| self.reader.refuses(&self.apex, rrset));
        alone.or_else(|| {
            let wanted = Wanted { name: &rrset.name, rtype: rrset.rtype, after: Some(rrset) };
            let reasons = self.reader.refuses_together(&self.apex, &[wanted]);
            reasons.into_iter().map(|(_, reason)| reason).next()
        })
    }

    /// Writes one RRset.
    pub(super) async fn set(&mut self, rrset: RRset) -> Result<(), Failure> {
        self.apply(vec![Edit::Set(rrset)]).await
    }

    /// Removes one RRset.
    pub(super) async fn remove(&mut self, owner: &str, rtype: RecordType) -> Result<(), Failure> {
        let name = self.name(owner)?;
        self.apply(vec![Edit::Remove(name, rtype)]).await
    }

    /// Writes these edits in one go and checks what is there afterwards. It is a mistake of the case when an edit asks
    /// for what is there.
    pub(super) async fn apply(&mut self, edits: Vec<Edit>) -> Result<(), Failure> {
        let changes = self.changes(&edits)?;
        let written = self.write(&changes).await;
        for (change, outcome) in changes.iter().zip(&written.outcomes) {
            if *outcome != Outcome::Written {
                return Err(format!("{} {} was not written: {outcome:?}", change.name, change.rtype));
            }
        }
        self.writer.common().finish(&self.apex, SETTLE).await.map_err(|error| format!("finish: {error}"))?;
        self.expect(&edits);
        self.check().await?;
        for edit in edits.iter().step_by(edits.len().div_ceil(ASKED).max(1)) {
            self.check_served(edit).await?;
        }
        Ok(())
    }

    /// The changes that lead from what is there to the edits.
    pub(super) fn changes(&self, edits: &[Edit]) -> Result<Vec<RRsetChange>, Failure> {
        let change = |edit: &Edit| {
            let (name, rtype, after) = match edit {
                Edit::Set(rrset) => (&rrset.name, rrset.rtype, Some(rrset.clone())),
                Edit::Remove(name, rtype) => (name, *rtype, None),
            };
            let before = self.live.zone.get(name, rtype).cloned();
            let nothing = match (&before, &after) {
                (Some(before), Some(after)) => after.is_satisfied_by(before),
                (before, after) => before.is_none() && after.is_none(),
            };
            if nothing {
                return Err(format!("the case asks for {name} {rtype}, which is as it asks for: {before:?}"));
            }
            Ok(RRsetChange { name: name.clone(), rtype, before, after, group: 1 })
        };
        edits.iter().map(change).collect()
    }

    /// Writes these changes, whatever comes of it.
    pub(super) async fn write(&self, changes: &[RRsetChange]) -> Written {
        lower::write(&self.writer, &self.apex, changes, &mut |_| {}).await
    }

    /// From now on these edits must be there.
    pub(super) fn expect(&mut self, edits: &[Edit]) {
        let key = |edit: &Edit| match edit {
            Edit::Set(rrset) => (rrset.name.clone(), rrset.rtype),
            Edit::Remove(name, rtype) => (name.clone(), *rtype),
        };
        let touched: std::collections::BTreeSet<_> = edits.iter().map(key).collect();
        let old = std::mem::replace(&mut self.live.zone, Zone::new(self.apex.clone(), Vec::new()));
        let mut inherited = std::collections::BTreeMap::new();
        let mut rrsets: Vec<RRset> = Vec::new();
        for rrset in old.into_rrsets() {
            if touched.contains(&(rrset.name.clone(), rrset.rtype)) {
                inherited.insert((rrset.name.clone(), rrset.rtype), rrset.options);
            } else {
                rrsets.push(rrset);
            }
        }
        for edit in edits {
            if let Edit::Set(rrset) = edit {
                let mut rrset = rrset.clone();
                // Options that a wish does not mention stay.
                let kept = inherited.remove(&(rrset.name.clone(), rrset.rtype)).flatten();
                if let Some(mut options) = kept {
                    options.extend(rrset.options.take().map(|own| *own).unwrap_or_default());
                    rrset = rrset.with_options(*options);
                }
                rrsets.push(rrset);
            }
        }
        rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
        self.live.zone = Zone::new(self.apex.clone(), rrsets);
    }

    /// Reads the zone back: everything must be there, and nothing else.
    pub(super) async fn check(&mut self) -> Result<(), Failure> {
        let found = read(&*self.reader, &self.apex).await?;
        let wrong = differences(&self.live, &found);
        if wrong.is_empty() {
            // What was read is what the next step starts from: the server may have bumped the serial.
            self.live = found;
            return Ok(());
        }
        let shown = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n  ");
        Err(format!("{} differences after reading back {}:\n  {shown}", wrong.len(), self.apex))
    }

    async fn check_served(&self, edit: &Edit) -> Result<(), Failure> {
        let (name, rtype, wanted) = match edit {
            Edit::Set(rrset) => (&rrset.name, rrset.rtype, Some(rrset)),
            Edit::Remove(name, rtype) => (name, *rtype, None),
        };
        if !self.subject.serves(rtype)
            || self.hidden(name, rtype)
            || (wanted.is_none() && self.has_wildcard())
        {
            return Ok(());
        }
        let start = Instant::now();
        loop {
            let Some(answer) = self.subject.ask(name, rtype).await else { return Ok(()) };
            let answer = answer?;
            let good = match wanted {
                Some(_) if rtype == RecordType::SOA => !answer.values.is_empty(),
                Some(rrset) => {
                    let served = RRset::new(name.clone(), rtype, rrset.ttl, answer.values.clone());
                    answer.ttl == Some(rrset.ttl) && rrset.same_values(&served)
                }
                None => answer.values.is_empty(),
            };
            if good {
                return Ok(());
            }
            if start.elapsed() > SETTLE {
                return Err(format!(
                    "asked for {name} {rtype}, the name server says {answer:?}, not {wanted:?}"
                ));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether a zone cut or a DNAME keeps the name server from answering for this name itself.
    fn hidden(&self, name: &Name, rtype: RecordType) -> bool {
        let mut at = Some(name.clone());
        while let Some(current) = at.filter(|current| current.is_below(&self.apex)) {
            let cut = self.live.zone.get(&current, RecordType::NS).is_some();
            let renamed = self.live.zone.get(&current, RecordType::DNAME).is_some();
            let own = current == *name;
            if (cut && !(own && rtype == RecordType::DS)) || (renamed && !own) {
                return true;
            }
            at = current.parent();
        }
        false
    }

    fn has_wildcard(&self) -> bool {
        self.live.zone.rrsets().iter().any(|rrset| rrset.name.is_wildcard())
    }
}

/// The zone as the reader sees it.
pub(super) async fn read(reader: &dyn Reader, apex: &Name) -> Result<Live, Failure> {
    let live = reader.read_zone(apex).await.map_err(|error| format!("read: {error}"))?;
    live.ok_or_else(|| format!("the reader says that {apex} does not exist"))
}

/// What is not the same in the two, in words.
pub(super) fn differences(wanted: &Live, found: &Live) -> Vec<String> {
    let mut wrong = Vec::new();
    for rrset in wanted.zone.rrsets() {
        let (name, rtype) = rrset.key();
        match found.zone.get(name, rtype) {
            None => wrong.push(format!("{name} {rtype} is missing")),
            Some(there) if !alike(rrset, there) => wrong.push(format!("{there:?} instead of {rrset:?}")),
            Some(_) => {}
        }
    }
    let extra =
        found.zone.rrsets().iter().filter(|rrset| wanted.zone.get(&rrset.name, rrset.rtype).is_none());
    wrong.extend(extra.map(|rrset| format!("{rrset:?} is there and should not be")));
    if wanted.kept != found.kept {
        wrong.push(format!("kept are {:?} instead of {:?}", found.kept, wanted.kept));
    }
    wrong
}

/// Same TTL, values and options; of an SOA record the serial does not count, since servers raise it by themselves.
fn alike(wanted: &RRset, found: &RRset) -> bool {
    if wanted.rtype == RecordType::SOA {
        let fields = |rrset: &RRset| -> Vec<_> {
            let all = rrset.values().iter().flat_map(Rdata::fields);
            all.filter(|field| field.name != "serial").collect()
        };
        return wanted.ttl == found.ttl && fields(wanted) == fields(found);
    }
    wanted.is_satisfied_by(found) && found.options_satisfied_by(wanted)
}
