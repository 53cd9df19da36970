//! Zones that nobody asked for and that changes have to do with.

use super::Input;
use super::judge::Case;
use super::reach::{self, at_and_above};
use crate::order::pointer;
use crate::{View, ZonePlan};
use dnsctl_checks::Judged;
use dnsctl_zone::{Live, Name, RecordType};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many names are followed.
const MOST: usize = 10_000;

/// The places of the zones among `others` that have to be known to judge the changes: those that lead into them, as their
/// files say, and those into which the changes lead, step by step as far as they are known. `inputs` are what the plans were
/// made of; an input of the others without a live zone is one that was not read.
pub fn beyond(plans: &[ZonePlan], inputs: &[Input<'_>], others: &[Input<'_>]) -> BTreeSet<usize> {
    let mut needed = into(plans, inputs, others);
    needed.extend(from(plans, inputs, others));
    needed.retain(|place| others.get(*place).is_some_and(|other| other.live.is_none()));
    needed
}

/// Those whose files lead to what changes.
fn into(plans: &[ZonePlan], inputs: &[Input<'_>], others: &[Input<'_>]) -> BTreeSet<usize> {
    let beside: Vec<ZonePlan> = others.iter().map(|other| ZonePlan::beside(other.desired)).collect();
    let provider = |plan: &ZonePlan| plan.provider.clone();
    let files = beside.iter().zip(others).map(|(plan, other)| {
        let judged = Judged::desired(other.desired, Some(&provider(plan)));
        Live::new(judged.records().clone())
    });
    let files: Vec<Live> = files.collect();
    let own = plans.iter().zip(inputs).map(|(plan, input)| Case::new(plan, *input));
    let theirs = beside.iter().zip(others).zip(&files);
    let theirs = theirs.map(|((plan, other), live)| Case::new(plan, Input { live: Some(live), ..*other }));
    let cases: Vec<Case<'_>> = own.chain(theirs).collect();
    let places = reach::of(&cases).into_iter();
    places.filter_map(|place| place.checked_sub(plans.len())).collect()
}

/// Those that the changes lead to.
fn from(plans: &[ZonePlan], inputs: &[Input<'_>], others: &[Input<'_>]) -> BTreeSet<usize> {
    let mut homes: HashMap<&Name, Home<'_>> = HashMap::new();
    for (place, other) in others.iter().enumerate() {
        homes.insert(&other.desired.apex, Home::Other(place, other.live.map(View::before)));
    }
    for (plan, input) in plans.iter().zip(inputs) {
        homes.insert(&plan.zone, Home::Own(input.live.map(|live| View::after(live, &plan.changes))));
    }
    let mut left: Vec<Name> = Vec::new();
    for change in plans.iter().flat_map(|plan| &plan.changes) {
        let old = pointer::targets(change, false);
        left.extend(pointer::targets(change, true).into_iter().filter(|target| !old.contains(target)));
    }
    let (mut needed, mut seen) = (BTreeSet::new(), HashSet::new());
    while let Some(name) = left.pop() {
        if seen.len() >= MOST || !seen.insert(name.clone()) {
            continue;
        }
        let home = at_and_above(&name).find_map(|apex| homes.get(&apex));
        let view = match home {
            Some(Home::Other(place, None)) => {
                needed.insert(*place);
                continue;
            }
            Some(Home::Other(_, Some(view)) | Home::Own(Some(view))) => view,
            Some(Home::Own(None)) | None => continue,
        };
        let alias = view.get(&name, RecordType::CNAME);
        left.extend(alias.into_iter().flat_map(pointer::of));
        let texts = view.get(&name, RecordType::TXT).into_iter().flat_map(dnsctl_zone::RRset::values);
        left.extend(texts.flat_map(|text| pointer::named_by(&text.joined_text())));
    }
    needed
}

/// Where a name is.
enum Home<'h> {
    /// In a zone of the plan, as it would be.
    Own(Option<View<'h>>),
    /// In another one, as it is where it was read.
    Other(usize, Option<View<'h>>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case as Testing, desired, zone_of};
    use dnsctl_checks::Facts;

    /// The zones that a change of example.com has to do with; those named in `read` are as their files want them.
    fn needed(before: &str, after: &str, read: &[&str]) -> Vec<String> {
        let case = Testing::new(before, after);
        let others = [
            zone_of(
                "infra.net",
                "mail A 192.0.2.1\nalias CNAME mail.far.org.\n_spf TXT \"v=spf1 include:far.org -all\"",
            ),
            zone_of("far.org", "mail A 192.0.2.1"),
            zone_of("cust.com", "@ MX 10 mail.example.com."),
            zone_of("spf.org", "@ TXT \"v=spf1 include:_spf.example.com -all\""),
            zone_of("alone.org", "@ MX 10 mail"),
        ];
        let lives = others
            .each_ref()
            .map(|other| read.contains(&other.apex.without_dot().as_str()).then(|| Live::new(other.clone())));
        let files = others.each_ref().map(desired);
        let facts = Facts::default();
        let inputs: Vec<Input<'_>> = files
            .iter()
            .zip(&lives)
            .map(|(desired, live)| Input { desired, live: live.as_ref(), facts: &facts })
            .collect();
        let own = [Input { desired: &case.desired, live: case.live.as_ref(), facts: &facts }];
        let places = beyond(&[case.plan()], &own, &inputs);
        places.into_iter().map(|place| others[place].apex.without_dot()).collect()
    }

    #[test]
    fn zones_that_lead_here_and_those_that_changes_lead_to() {
        let none: [&str; 0] = [];
        assert_eq!(needed("mail A 192.0.2.1", "mail A 192.0.2.1", &[]), none);
        assert_eq!(needed("www A 192.0.2.1", "www A 192.0.2.2", &[]), none);
        assert_eq!(needed("mail A 192.0.2.1", "mail A 192.0.2.2", &[]), ["cust.com"]);
        assert_eq!(needed("mail A 192.0.2.1", "mail A 192.0.2.2", &["cust.com"]), none);
        assert_eq!(needed("_spf TXT \"v=spf1 -all\"", "_spf TXT \"v=spf1 mx -all\"", &[]), ["spf.org"]);
        assert_eq!(needed("", "@ MX 10 mail.infra.net.", &[]), ["infra.net"]);
        // What it leads to already is as unknown before as after.
        assert_eq!(needed("@ MX 10 mail.infra.net.", "@ MX 20 mail.infra.net.", &[]), none);
    }

    #[test]
    fn step_by_step() {
        assert_eq!(needed("", "@ MX 10 alias.infra.net.", &[]), ["infra.net"]);
        assert_eq!(needed("", "@ MX 10 alias.infra.net.", &["infra.net"]), ["far.org"]);
        let spf = "@ TXT \"v=spf1 include:_spf.infra.net -all\"";
        assert_eq!(needed("", spf, &["infra.net"]), ["far.org"]);
        assert_eq!(needed("", "a CNAME b\nb CNAME x.far.org.", &[]), ["far.org"]);
    }
}
