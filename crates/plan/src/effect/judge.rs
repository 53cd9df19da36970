//! All zones of a plan, before and after.

use super::{Effect, Findings, Shift, blame, compare, halfway, hidden, mta_sts, reach, replaced, senders};
use crate::order::search::Other;
use crate::{Acknowledged, Finding, View, ZonePlan};
use dnsctl_checks::{Facts, Host, Judged, Report, Repository, Settings, Subject};
use dnsctl_zone::{Desired, Live, Name, RecordType, Source, Zone};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// What a zone plan was made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The zone as the files want it.
    pub desired: &'a Desired,
    /// The zone as the provider has it; `None` when it has none.
    pub live: Option<&'a Live>,
    /// What is declared about its mail.
    pub facts: &'a Facts,
}

/// One zone at one provider, with both of its states.
pub(super) struct Case<'a> {
    pub(super) plan: &'a ZonePlan,
    pub(super) input: Input<'a>,
    /// The zone with its changes made; `None` when there are none.
    after: Option<Live>,
}

/// Both worlds.
pub(super) struct Worlds<'a> {
    pub(super) before: Repository<'a>,
    pub(super) after: Repository<'a>,
    pub(super) today: &'a str,
}

/// Asks the rules about all zones that have changes, and about those that lead into them. `inputs` are what the plans were
/// made of, in the same order. Effects and findings are put into the plans; `today` is `YYYY-MM-DD` in UTC.
pub fn judge(plans: &mut [ZonePlan], inputs: &[Input<'_>], today: &str) {
    judge_those(plans, inputs, today, reach::of);
}

/// The same for the zones that are chosen, by their places.
pub(super) fn judge_those(
    plans: &mut [ZonePlan],
    inputs: &[Input<'_>],
    today: &str,
    choose: impl FnOnce(&[Case<'_>]) -> Vec<usize>,
) {
    let cases: Vec<Case<'_>> =
        plans.iter().zip(inputs).map(|(plan, input)| Case::new(plan, *input)).collect();
    let wanted = choose(&cases);
    if wanted.is_empty() {
        return;
    }
    let before: Vec<Judged<'_>> = cases.iter().rev().filter_map(Case::before).collect();
    let after: Vec<Judged<'_>> = cases.iter().rev().filter_map(Case::after).collect();
    let mut worlds = Worlds { before: Repository::new(&before), after: Repository::new(&after), today };
    for case in &cases {
        worlds.before.learn(case.input.facts);
        worlds.after.learn(case.input.facts);
    }
    let judged = wanted.par_iter().filter_map(|&index| Some((index, cases.get(index)?.judge(&worlds))));
    let done: Vec<(usize, Said)> = judged.collect();
    drop(worlds);
    drop((before, after));
    drop(cases);
    for (index, said) in done {
        if let Some(plan) = plans.get_mut(index) {
            said.put_into(plan);
        }
    }
}

/// What is to be put into a plan.
pub(super) struct Said {
    pub(super) effect: Effect,
    pub(super) findings: Vec<Finding>,
    pub(super) acknowledged: Vec<Acknowledged>,
    /// Another order for the changes: all places above are those of the order before.
    pub(super) other: Option<Other>,
}

impl Said {
    fn put_into(self, plan: &mut ZonePlan) {
        let Self { mut effect, findings, acknowledged, other } = self;
        plan.findings.extend(findings);
        plan.acknowledged.extend(acknowledged);
        if let Some(other) = other {
            let new = other.arrange(&mut plan.changes);
            let shifts = effect.fixed.iter_mut().chain(&mut effect.broken).map(|shift| &mut shift.change);
            let places = plan.findings.iter_mut().map(|finding| &mut finding.change).chain(shifts);
            for place in places.flatten() {
                *place = new.get(*place).copied().unwrap_or(*place);
            }
        }
        plan.effect = Some(effect);
        plan.findings
            .sort_by_key(|finding| (finding.change, std::cmp::Reverse(finding.severity), finding.rule));
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(plan: &'a ZonePlan, input: Input<'a>) -> Self {
        let after = input.live.filter(|_| !plan.changes.is_empty()).map(|live| with(live, &plan.changes));
        Self { plan, input, after }
    }

    /// The zone as the provider has it, for those that lead into it.
    fn before(&self) -> Option<Judged<'_>> {
        self.input.live.map(Judged::live)
    }

    /// The zone as the provider will have it; of one that comes, what the files say.
    fn after(&self) -> Option<Judged<'_>> {
        let comes =
            || self.plan.create.then(|| Judged::desired(self.input.desired, Some(&self.plan.provider)));
        self.after.as_ref().or(self.input.live).map(Judged::live).or_else(comes)
    }

    /// Whether the rules can be asked about it: it is there, or it comes.
    pub(super) fn is_there(&self) -> bool {
        self.input.live.is_some() || self.plan.create
    }

    fn settings<'w>(&'w self, worlds: &'w Worlds<'_>) -> Settings<'w> {
        Settings { acknowledgements: &self.input.desired.acknowledgements, today: worlds.today }
    }

    fn judge(&self, worlds: &Worlds<'_>) -> Said {
        let facts = self.input.facts;
        let after = match self.after.as_ref().or(self.input.live) {
            Some(live) => Judged::live(live).lenient_as(self.input.desired),
            // What a new zone gets from its provider is not known.
            None => Judged::desired(self.input.desired, Some(&self.plan.provider)),
        };
        let live = self.input.live.map(|live| Judged::live(live).lenient_as(self.input.desired));
        let after = Subject::new(&after, facts, &worlds.after).with_live(self.input.live);
        let before = live.as_ref().map(|before| Subject::new(before, facts, &worlds.before));
        let ask =
            |subject: &Subject<'_>| -> Report<'_> { dnsctl_checks::judge(subject, self.settings(worlds)) };
        let (was, is) = (before.as_ref().map(ask), ask(&after));
        let compare::Difference { mut fixed, mut broken } = compare::difference(was.as_ref(), &is);
        let mut count_before = was.as_ref().map(compare::count);
        if let (Some(before), Some(count)) = (&live, &mut count_before) {
            self.forget(worlds, before, &mut fixed, count);
        }
        let known = compare::Known::of(was.iter().chain([&is]));
        blame::lay(self, worlds, &known, &mut fixed, &mut broken);
        let senders = senders::effects(facts, before.as_ref(), &after);
        let lost = senders.shifts(self, worlds, &broken, &is);
        let warnings = senders.findings(self, &broken);
        broken.extend(lost);
        self.place(fixed.iter_mut().chain(&mut broken));
        let ends =
            halfway::Ends { reports: [was.as_ref(), Some(&is)], before: before.as_ref(), after: &after };
        let halfway = halfway::walk(self, worlds, &ends);
        let findings = compare::findings(self, &broken, &is)
            .into_iter()
            .chain(halfway.findings)
            .chain(hidden::findings(self, before.as_ref(), &after))
            .chain(mta_sts::findings(self, before.as_ref(), &after))
            .chain(replaced::findings(self, before.as_ref(), &after))
            .chain(warnings)
            .collect();
        let acknowledged = compare::acknowledged(self, &broken, &is);
        let effect = Effect {
            before: count_before,
            after: compare::count(&is),
            senders: senders.rows,
            lookups: senders.lookups,
            fixed,
            broken,
        };
        Said { effect, findings, acknowledged, other: halfway.other }
    }

    /// Takes out of what is mended what was at fault by the files alone: that a sound zone names other relays than a new `mail:`
    /// block is no fault of it. What the files say of the past, addresses that are retired, and of the zone counts.
    fn forget(&self, worlds: &Worlds<'_>, live: &Judged<'_>, fixed: &mut Vec<Shift>, count: &mut Findings) {
        let declared = self.input.facts;
        if declared.source.is_none() || fixed.is_empty() {
            return;
        }
        let past = |host: &Host| Host { addresses: Vec::new(), planned: Vec::new(), ..host.clone() };
        let facts = Facts {
            domain: declared.domain.clone(),
            hosts: declared.hosts.iter().map(past).collect(),
            name_servers: declared.name_servers.clone(),
            allow_special_addresses: declared.allow_special_addresses,
            ..Facts::default()
        };
        let subject = Subject::new(live, &facts, &worlds.before);
        let report = dnsctl_checks::judge(&subject, self.settings(worlds));
        let found: HashSet<_> = report
            .findings
            .iter()
            .map(|one| (one.check.rule.id, &one.finding.name, one.finding.rtype))
            .collect();
        fixed.retain(|shift| {
            let own = found.contains(&(shift.rule, &shift.name, shift.rtype));
            if !own && !shift.acknowledged {
                count.remove(shift.is_mail(), shift.severity);
            }
            own
        });
    }

    /// Says where the files speak of each: the RRset, another of its name, or the zone.
    fn place<'s>(&self, shifts: impl Iterator<Item = &'s mut Shift>) {
        let mut shifts = shifts.filter(|shift| shift.source.is_none()).peekable();
        if shifts.peek().is_none() {
            return;
        }
        let desired = self.input.desired;
        let mut places: HashMap<(&Name, Option<RecordType>), &Source> = HashMap::new();
        for wish in &desired.wishes {
            let name = &wish.rrset.name;
            places.insert((name, Some(wish.rrset.rtype)), &wish.source);
            if *name != self.plan.zone {
                places.entry((name, None)).or_insert(&wish.source);
            }
        }
        for shift in shifts {
            let own = places.get(&(&shift.name, shift.rtype));
            let beside = || places.get(&(&shift.name, None));
            shift.source = Some(own.or_else(beside).map_or(&desired.source, |source| *source).clone());
        }
    }

    /// Whether the zone is small enough for its changes to be tried one by one.
    pub(super) fn is_small(&self) -> bool {
        /// RRsets that are copied at most, over all tries.
        const MOST: usize = 500_000;
        let size = self.input.live.map_or(0, |live| live.zone.rrsets().len());
        let changes = self.plan.changes.len();
        changes <= 32 && size.saturating_mul(changes) <= MOST
    }
}

/// A zone with changes made to it.
pub(super) fn with(live: &Live, changes: &[crate::Change]) -> Live {
    let rrsets = View::after(live, changes).rrsets().cloned().collect();
    Live { kept: live.kept.clone(), ..Live::new(Zone::new(live.zone.apex.clone(), rrsets)) }
}
