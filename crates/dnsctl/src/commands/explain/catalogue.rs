//! All rules of plans and of zones in one list.

use dnsctl_checks::{GROUPS, Group, Severity};
use dnsctl_plan::catalogue;
use dnsctl_plan::guard::About;
use dnsctl_zone::Rule;

/// A rule as it is explained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Its words.
    pub(super) rule: &'static Rule,
    /// How much its findings weigh; guards block, whatever they find.
    pub(super) severity: Option<Severity>,
    /// What an acknowledgement of it names, when there can be one.
    about: Option<Place>,
}

/// What an acknowledgement names beside the rule.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Nothing.
    Zone,
    /// Owner name and type.
    Change(&'static [dnsctl_zone::RecordType]),
    /// Owner name, and a type where the finding has one.
    Name,
}

/// The rules of plans, then those of zones.
pub(super) fn all() -> impl Iterator<Item = Entry> {
    plans().chain(GROUPS.iter().flat_map(of_group))
}

/// The rules of plans.
pub(super) fn plans() -> impl Iterator<Item = Entry> {
    catalogue::rules().map(|rule| Entry {
        rule,
        severity: None,
        about: catalogue::acknowledged_at(rule).map(|about| match about {
            About::Zone => Place::Zone,
            About::Changes(types) => Place::Change(types),
        }),
    })
}

/// The rules of zones in a group.
pub(super) fn of_group(group: &'static Group) -> impl Iterator<Item = Entry> {
    let checks = group.checks.iter().copied().flatten();
    checks.map(|check| Entry { rule: &check.rule, severity: Some(check.severity), about: Some(Place::Name) })
}

impl Entry {
    /// Whether there can be an acknowledgement of it.
    pub(super) fn can_be_acknowledged(&self) -> bool {
        self.about.is_some()
    }

    /// The line of the zone file that lets it pass, or why there is none.
    pub(super) fn acknowledgement(&self) -> String {
        let at = match self.about {
            None => return "It cannot be acknowledged.".to_owned(),
            Some(Place::Zone) => String::new(),
            Some(Place::Name) => ", at: \"NAME\"".to_owned(),
            Some(Place::Change(types)) => {
                let rtype = types.first().map_or_else(|| "TYPE".to_owned(), ToString::to_string);
                format!(", at: \"NAME {rtype}\"")
            }
        };
        format!("ack: [{{ rule: {}{at}, until: YYYY-MM-DD, why: \"...\" }}]", self.rule.id)
    }

    /// What it looks at, as a list.
    pub(super) fn evidence(&self) -> String {
        self.rule.evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}
