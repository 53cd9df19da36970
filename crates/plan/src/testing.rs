//! Zones in a few lines of text, for the tests of this crate.

use crate::diff::Scope;
use crate::zone::{Target, ZonePlan, plan};
use crate::{Severity, zone};
use dnsctl_zone::{
    Acknowledgement, Desired, Live, Manage, Name, Names, Policy, RRset, Rdata, RecordType, Source, Ttl, Wish,
    Zone,
};

const TODAY: &str = "2026-11-23";

/// Two states of `example.com` and what else a plan depends on.
pub(crate) struct Case {
    pub(crate) live: Option<Live>,
    pub(crate) desired: Desired,
    pub(crate) today: &'static str,
    /// Known, unless a test says otherwise.
    pub(crate) last_read: Option<usize>,
}

pub(crate) fn apex() -> Name {
    Name::absolute("example.com").unwrap()
}

/// A zone of lines `OWNER [TTL] TYPE RDATA`; the TTL is 3600 when it is not there.
pub(crate) fn zone_of(apex: &str, text: &str) -> Zone {
    let origin = Name::absolute(apex).unwrap();
    let names = Names { origin: &origin, strict: false };
    let parse = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let owner = Name::parse(words.next().unwrap(), names).unwrap();
        let (second, rest) = (words.next().unwrap(), words.next().unwrap_or(""));
        let (ttl, rtype, rdata) = match second.parse::<Ttl>() {
            Ok(ttl) => {
                let (rtype, rdata) = rest.split_once(' ').unwrap();
                (ttl, rtype, rdata)
            }
            Err(_) => (Ttl::new(3600).unwrap(), second, rest),
        };
        let rtype: RecordType = rtype.parse().unwrap();
        let rdata = Rdata::parse(rtype, rdata.trim(), names).unwrap();
        RRset::new(owner, rtype, ttl, vec![rdata])
    };
    let all = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(parse).collect();
    Zone::new(origin.clone(), all)
}

/// The RRsets of `example.com`.
pub(crate) fn rrsets(text: &str) -> Vec<RRset> {
    zone_of("example.com", text).into_rrsets()
}

/// What a file says that wants this zone: each RRset stands on a line of its own, from the second on.
pub(crate) fn desired(zone: &Zone) -> Desired {
    let source = |line| Source::new("zones/example.com.yaml".into(), line, 1);
    let wish = |(index, rrset): (usize, &RRset)| Wish {
        rrset: rrset.clone(),
        source: source(u32::try_from(index).unwrap() + 2),
        provider_options: None,
        only: None,
        lenient: false,
    };
    Desired {
        apex: zone.apex.clone(),
        wishes: zone.rrsets().iter().enumerate().map(wish).collect(),
        providers: vec!["main".into()],
        ignore: Vec::new(),
        manage: Manage::All,
        create: false,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: Policy::default(),
        servers: Vec::new(),
        source: source(1),
    }
}

/// The changes from what is live to what is wanted.
pub(crate) fn planned(live: Option<&Live>, desired: &Desired) -> ZonePlan {
    planned_on(TODAY, live, desired, Some(0))
}

fn planned_on(today: &str, live: Option<&Live>, desired: &Desired, last_read: Option<usize>) -> ZonePlan {
    let scope = Scope { provider: "main", kind: "zonefile", writes_soa: true, writes_apex_ns: true };
    plan(Target { desired, live, scope, last_read, today })
}

impl Case {
    pub(crate) fn new(live: &str, wanted: &str) -> Self {
        Self {
            live: Some(Live::new(zone_of("example.com", live))),
            desired: desired(&zone_of("example.com", wanted)),
            today: TODAY,
            last_read: Some(0),
        }
    }

    pub(crate) fn acknowledge(&mut self, rule: &str, at: &str) {
        let (owner, rtype) = at.split_once(' ').unwrap();
        let origin = apex();
        let name = Name::parse(owner, Names { origin: &origin, strict: true }).unwrap();
        self.desired.acknowledgements.push(Acknowledgement {
            rule: rule.into(),
            at: Some((name, Some(rtype.parse().unwrap()))),
            until: "2026-12-31".into(),
            why: "test".into(),
            weight: None,
            source: Source::new("zones/example.com.yaml".into(), 9, 5),
        });
    }

    pub(crate) fn plan(&self) -> ZonePlan {
        planned_on(self.today, self.live.as_ref(), &self.desired, self.last_read)
    }
}

/// The rules that block.
pub(crate) fn rules(plan: &zone::ZonePlan) -> Vec<&'static str> {
    plan.findings
        .iter()
        .filter(|finding| finding.severity == Severity::Blocker)
        .map(|finding| finding.rule)
        .collect()
}

/// The changes in the order of writing, as `+ owner TYPE`.
pub(crate) fn steps(plan: &ZonePlan) -> Vec<String> {
    let sign = |change: &crate::Change| match change.action() {
        crate::Action::Create => '+',
        crate::Action::Update => '~',
        crate::Action::Delete => '-',
    };
    plan.changes.iter().map(|c| format!("{} {} {}", sign(c), c.name.relative_to(&apex()), c.rtype)).collect()
}
