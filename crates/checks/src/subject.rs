//! What is judged.

use crate::lookup::{Pointer, Target};
use crate::mail::{bimi, dkim, dmarc, sts::Sts, tlsa, tlsrpt};
use crate::{Facts, Repository};
use dnsctl_mail::resolve::{Held, Zones};
use dnsctl_zone::{
    Desired, Folded, Ignore, Kept, Live, Manage, Name, RRset, RecordType, Records, Source, StructureFault,
    Zone, structure_faults,
};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::net::IpAddr;

/// Whose state a judged zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// What the files want. The SOA, and the NS RRset of the apex, may be left to the provider.
    Desired,
    /// What a provider returned.
    Live,
}

/// A zone to be judged, with all that is known of its records.
#[derive(Debug)]
pub struct Judged<'a> {
    zone: Cow<'a, Zone>,
    /// In the order of the RRsets; empty when there are none.
    sources: Vec<Source>,
    /// In canonical order of owner name, then type.
    kept: Vec<&'a Kept>,
    /// What others may have in it that is not among the RRsets.
    others: Others<'a>,
    /// Where the zone is declared.
    pub declared: Option<Source>,
    /// Whose state it is.
    pub state: State,
    lenient: Lenient<'a>,
    /// What the files say of RRsets that these do not hold: TTLs that differ, values that stand twice. `None` when that is not
    /// known, as of a zone that a provider returned.
    pub written: Option<&'a [Folded]>,
}

/// What the files say is passed over leniently.
#[derive(Debug, Default)]
struct Lenient<'a> {
    whole: bool,
    at: HashMap<&'a Name, Vec<RecordType>>,
}

impl<'a> Lenient<'a> {
    fn of(desired: &'a Desired) -> Self {
        let mut at: HashMap<&Name, Vec<RecordType>> = HashMap::new();
        for wish in desired.wishes.iter().filter(|wish| wish.lenient) {
            at.entry(&wish.rrset.name).or_default().push(wish.rrset.rtype);
        }
        Self { whole: desired.lenient, at }
    }
}

/// Types by which names are there, mostly. What rules leave alone of others at all names hides no wildcard worth a doubt.
const USUAL: [RecordType; 7] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::NS,
    RecordType::SRV,
    RecordType::TXT,
];

/// Whether a rule is about some types at all names, such as those that octoDNS does not know of a provider: it says nothing of
/// this or that name.
fn is_sweeping(rule: &dnsctl_zone::IgnoreRule) -> bool {
    rule.name == "**" && !(rule.types.is_empty() && rule.except.is_empty())
}

/// What may be in a zone although it is not among the RRsets that are judged.
#[derive(Debug)]
enum Others<'a> {
    Nothing,
    Anything,
    Ignored(Ignore<'a>),
}

impl<'a> Judged<'a> {
    /// The zone as the files want it at a provider; at all of them when none is named.
    pub fn desired(desired: &'a Desired, provider: Option<&str>) -> Self {
        let there = |only: &Option<Box<[String]>>| match (only, provider) {
            (Some(only), Some(provider)) => only.iter().any(|name| name == provider),
            _ => true,
        };
        let wishes = desired.wishes.iter().filter(|wish| there(&wish.only));
        let (rrsets, sources) = wishes.map(|wish| (wish.rrset.clone(), wish.source.clone())).unzip();
        Self {
            zone: Cow::Owned(Zone::new(desired.apex.clone(), rrsets)),
            sources,
            kept: Vec::new(),
            others: match desired.manage {
                Manage::Declared => Others::Anything,
                Manage::All if desired.ignore.is_empty() => Others::Nothing,
                Manage::All => Others::Ignored(Ignore::new(&desired.apex, &desired.ignore)),
            },
            declared: Some(desired.source.clone()),
            state: State::Desired,
            lenient: Lenient::of(desired),
            written: None,
        }
    }

    /// The zone as a provider returned it.
    pub fn live(live: &'a Live) -> Self {
        let mut kept: Vec<&Kept> = live.kept.iter().collect();
        kept.sort_by(|a, b| (&a.name, a.rtype).cmp(&(&b.name, b.rtype)));
        Self { kept, ..Self::zone(&live.zone) }
    }

    /// A zone of which nothing more is known, judged as a live one.
    pub fn zone(zone: &'a Zone) -> Self {
        Self {
            zone: Cow::Borrowed(zone),
            sources: Vec::new(),
            kept: Vec::new(),
            others: Others::Nothing,
            declared: None,
            state: State::Live,
            lenient: Lenient::default(),
            written: None,
        }
    }

    /// The same, with the files' word on which records are passed over leniently.
    #[must_use]
    pub fn lenient_as(mut self, desired: &'a Desired) -> Self {
        self.lenient = Lenient::of(desired);
        self
    }

    /// Whether the files say `lenient` of the zone, or of a record that has its part in a fault between the records of a name
    /// and those beside or above it: any of that name, or the delegation or DNAME that it is below.
    pub(crate) fn is_lenient(&self, name: &Name) -> bool {
        let cut = |above: &Name| {
            let types = self.lenient.at.get(above).into_iter().flatten();
            types.into_iter().any(|rtype| matches!(*rtype, RecordType::NS | RecordType::DNAME))
        };
        let above = || std::iter::successors(name.parent(), Name::parent).any(|above| cut(&above));
        self.lenient.whole || !self.lenient.at.is_empty() && (self.lenient.at.contains_key(name) || above())
    }

    /// The same with what the files say of RRsets that these do not hold.
    #[must_use]
    pub fn written(mut self, folded: &'a [Folded]) -> Self {
        self.written = Some(folded);
        self
    }

    /// Its RRsets.
    pub fn records(&self) -> &Zone {
        &self.zone
    }

    /// What the provider keeps beside them at a name.
    pub fn kept_at(&self, name: &Name) -> impl Iterator<Item = &'a Kept> {
        let start = self.kept.partition_point(|kept| kept.name < *name);
        self.kept.iter().skip(start).copied().take_while(move |kept| kept.name == *name)
    }

    /// Where an RRset stands in the files.
    pub fn source(&self, name: &Name, rtype: RecordType) -> Option<&Source> {
        let at = self.zone.rrsets().binary_search_by(|rrset| rrset.key().cmp(&(name, rtype))).ok()?;
        self.sources.get(at)
    }
}

impl Records for Judged<'_> {
    fn apex(&self) -> &Name {
        &self.zone.apex
    }

    fn has(&self, name: &Name, rtype: RecordType) -> bool {
        self.zone.get(name, rtype).is_some() || self.keeps(name, rtype)
    }

    fn exists(&self, name: &Name) -> bool {
        let start = self.kept.partition_point(|kept| kept.name < *name);
        self.zone.has_name(name) || self.kept.get(start).is_some_and(|kept| kept.name.is_at_or_below(name))
    }
}

impl Held for Judged<'_> {
    fn records(&self) -> &Zone {
        &self.zone
    }

    fn may_have(&self, name: &Name, rtype: RecordType) -> Option<String> {
        Self::may_have(self, name, rtype)
    }

    fn may_exist(&self, name: &Name) -> Option<String> {
        match &self.others {
            Others::Nothing => None,
            Others::Anything => Some(self.undeclared()),
            Others::Ignored(ignore) => {
                let rule = ignore.rules_at(name, &USUAL).next()?;
                Some(format!("{} may be there: it is ignored ({})", name.without_dot(), rule.source))
            }
        }
    }
}

impl Judged<'_> {
    /// Why nobody can say that there is no such RRset, when it is not among those that are judged. `None`: there is none.
    pub fn may_have(&self, name: &Name, rtype: RecordType) -> Option<String> {
        if self.keeps(name, rtype) {
            return Some(format!(
                "the provider keeps {rtype} records at {} that cannot be judged",
                name.without_dot()
            ));
        }
        match &self.others {
            Others::Nothing => None,
            Others::Anything => Some(self.undeclared()),
            Others::Ignored(ignore) => ignore
                .rule_for(name, rtype)
                .filter(|rule| rtype != RecordType::DNAME || !is_sweeping(rule))
                .map(|rule| format!("{} {rtype} is ignored ({})", name.without_dot(), rule.source)),
        }
    }

    /// Why nobody can say that there are no RRsets of these types below a name, at names whose first label has no underscore in
    /// front. `None`: there are none but those that are judged.
    pub(crate) fn may_have_below(&self, name: &Name, types: &'static [RecordType]) -> Option<String> {
        let start = self.kept.partition_point(|kept| kept.name <= *name);
        let mut kept = self.kept.iter().skip(start).take_while(|kept| kept.name.is_below(name));
        if let Some(kept) = kept.find(|kept| types.contains(&kept.rtype)) {
            return self.may_have(&kept.name, kept.rtype);
        }
        match &self.others {
            Others::Nothing => None,
            Others::Anything => Some(self.undeclared()),
            Others::Ignored(ignore) => {
                let mut rules = ignore.rules_below(name, types);
                let rule = rules.find(|rule| !rule.name.starts_with('_') && !is_sweeping(rule))?;
                let below = name.without_dot();
                Some(format!("names below {below} are ignored (\"{}\", {})", rule.name, rule.source))
            }
        }
    }

    fn undeclared(&self) -> String {
        format!("{} may have records that are not declared (manage: declared)", self.zone.apex.without_dot())
    }

    /// The same for addresses and what stands for them.
    pub fn may_have_address(&self, name: &Name) -> Option<String> {
        let types = [RecordType::A, RecordType::AAAA, RecordType::CNAME];
        types.into_iter().find_map(|rtype| self.may_have(name, rtype))
    }

    /// Whether the provider keeps something of this name and type.
    pub fn keeps(&self, name: &Name, rtype: RecordType) -> bool {
        self.kept_at(name).any(|kept| kept.rtype == rtype)
    }
}

/// A zone with all that rules may look at. What several rules need is worked out once.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The zone.
    pub zone: &'a Judged<'a>,
    /// What is declared about it.
    pub facts: &'a Facts,
    /// The zones held beside it. One with the same apex is not looked at.
    pub held: &'a Repository<'a>,
    /// The zone that resolvers may still remember: the live one when the desired one is judged.
    pub before: Option<&'a Zone>,
    today: OnceCell<Box<str>>,
    pointers: OnceCell<Vec<Pointer<'a>>>,
    structure: OnceCell<Vec<StructureFault>>,
    spf: OnceCell<crate::mail::spf::Policies<'a>>,
    dmarc: OnceCell<dmarc::Policies<'a>>,
    dkim: OnceCell<Vec<dkim::Site<'a>>>,
    bimi: OnceCell<Vec<bimi::Site<'a>>>,
    sts: OnceCell<Sts<'a>>,
    tls_reports: OnceCell<Vec<tlsrpt::Records<'a>>>,
    tlsa: OnceCell<Vec<tlsa::Set<'a>>>,
}

impl<'a> Subject<'a> {
    /// A zone with its facts and its neighbours.
    pub fn new(zone: &'a Judged<'a>, facts: &'a Facts, held: &'a Repository<'a>) -> Self {
        Self {
            zone,
            facts,
            held,
            before: None,
            today: OnceCell::new(),
            pointers: OnceCell::new(),
            structure: OnceCell::new(),
            spf: OnceCell::new(),
            dmarc: OnceCell::new(),
            dkim: OnceCell::new(),
            bimi: OnceCell::new(),
            sts: OnceCell::new(),
            tls_reports: OnceCell::new(),
            tlsa: OnceCell::new(),
        }
    }

    /// The same with the zone that resolvers may still remember.
    #[must_use]
    pub fn with_before(mut self, before: Option<&'a Zone>) -> Self {
        self.before = before;
        self
    }

    /// The same with the zone that a provider has now: resolvers may still remember it.
    #[must_use]
    pub fn with_live(mut self, live: Option<&'a Live>) -> Self {
        self.before = live.map(|live| &live.zone);
        self
    }

    /// Says which day it is, `YYYY-MM-DD` in UTC; [`judge`](crate::judge()) does. The first word counts.
    pub fn on(&self, today: &str) {
        self.today.get_or_init(|| today.into());
    }

    /// Which day it is, when that was said.
    pub(crate) fn today(&self) -> Option<&str> {
        self.today.get().map(|today| &**today)
    }

    /// The name of the zone.
    pub fn apex(&self) -> &'a Name {
        &self.zone.records().apex
    }

    /// The domain whose mail is judged.
    pub fn domain(&self) -> &'a Name {
        self.facts.domain.as_ref().unwrap_or_else(|| self.apex())
    }

    /// All RRsets.
    pub fn rrsets(&self) -> &'a [RRset] {
        self.zone.records().rrsets()
    }

    /// All RRsets of a type.
    pub fn of(&self, rtype: RecordType) -> impl Iterator<Item = &'a RRset> {
        self.rrsets().iter().filter(move |rrset| rrset.rtype == rtype)
    }

    /// The RRset of this owner name and type.
    pub fn get(&self, name: &Name, rtype: RecordType) -> Option<&'a RRset> {
        self.zone.records().get(name, rtype)
    }

    /// Who answers the questions of SPF and others: this zone, and those held beside it. What may be in one of them although
    /// it is not among its RRsets is unknown.
    pub fn answers(&self) -> Zones<'_> {
        self.held.zones().over(self.zone)
    }

    /// The zone above, when it is held and delegates to this one.
    pub(crate) fn above(&self) -> Option<&'a dyn Held> {
        let above = self.apex().parent().and_then(|parent| self.held.zone_of(&parent));
        above.filter(|above| above.records().get(self.apex(), RecordType::NS).is_some())
    }

    /// Every record that points at a host by its name, with what is there.
    pub fn pointers(&self) -> &[Pointer<'a>] {
        self.pointers.get_or_init(|| {
            let all =
                self.rrsets().iter().flat_map(|rrset| rrset.values().iter().map(move |value| (rrset, value)));
            all.filter_map(|(rrset, value)| Pointer::new(self, rrset, value)).collect()
        })
    }

    /// The records of one type that point at a host.
    pub fn pointers_of(&self, rtype: RecordType) -> impl Iterator<Item = &Pointer<'a>> {
        self.pointers().iter().filter(move |pointer| pointer.rrset.rtype == rtype)
    }

    /// The pointers that the records of one RRset are.
    pub fn pointers_in(&self, rrset: &RRset) -> impl Iterator<Item = &Pointer<'a>> {
        let pointers = self.pointers();
        let start = pointers.partition_point(|pointer| pointer.rrset.key() < rrset.key());
        let length = pointers
            .get(start..)
            .unwrap_or(&[])
            .partition_point(|pointer| pointer.rrset.key() <= rrset.key());
        pointers.iter().skip(start).take(length)
    }

    /// What is at a name.
    pub fn target(&self, name: &Name) -> Target {
        Target::find(self, name)
    }

    /// The addresses of a host: those of the inventory, else those of its name. An error when nobody here knows them.
    pub fn addresses(&self, name: &Name) -> Result<Vec<IpAddr>, String> {
        let declared = self.held.host(name).or_else(|| self.facts.host(name));
        if let Some(host) = declared.filter(|host| !host.addresses.is_empty()) {
            return Ok(host.addresses.clone());
        }
        let target = self.target(name);
        match target.unknown() {
            Some(why) => Err(why),
            None => Ok(target.addresses().to_vec()),
        }
    }

    /// The name that a host gives with EHLO: the declared one, else its own.
    pub(crate) fn greeting<'n>(&'n self, host: &'n Name) -> &'n Name {
        let declared = self.facts.greetings.get(host).or_else(|| self.held.greeting(host));
        declared.unwrap_or(host)
    }

    /// The DMARC records, and which of them holds for the domain.
    pub(crate) fn dmarc(&self) -> &dmarc::Policies<'a> {
        self.dmarc.get_or_init(|| dmarc::Policies::of(self))
    }

    /// The DKIM keys.
    pub(crate) fn dkim(&self) -> &[dkim::Site<'a>] {
        self.dkim.get_or_init(|| dkim::sites(self))
    }

    /// The BIMI records.
    pub(crate) fn bimi(&self) -> &[bimi::Site<'a>] {
        self.bimi.get_or_init(|| bimi::sites(self))
    }

    /// MTA-STS: its records, and the policy.
    pub(crate) fn sts(&self) -> &Sts<'a> {
        self.sts.get_or_init(|| Sts::new(self))
    }

    /// The TLS-RPT records of all domains of the zone, and the place of those of the domain whose mail is judged.
    pub(crate) fn tls_reports(&self) -> &[tlsrpt::Records<'a>] {
        self.tls_reports.get_or_init(|| tlsrpt::GRAMMAR.find(self))
    }

    /// The TLSA records.
    pub(crate) fn tlsa(&self) -> &[tlsa::Set<'a>] {
        self.tlsa.get_or_init(|| tlsa::Set::all(self))
    }

    /// The SPF records, with what they lead to.
    pub(crate) fn spf(&self) -> &crate::mail::spf::Policies<'a> {
        self.spf.get_or_init(|| crate::mail::spf::Policies::of(self))
    }

    /// What breaks the structure of the zone.
    pub fn structure(&self) -> &[StructureFault] {
        self.structure
            .get_or_init(|| structure_faults(self.apex(), &self.rrsets().iter().collect::<Vec<_>>()))
    }
}
