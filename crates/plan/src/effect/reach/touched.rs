//! Names whose answers change.

use super::super::judge::Case;
use super::{at_and_above, policy_domain};
use crate::{Action, Change};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::HashSet;

/// The names that get other answers with the changes, as far as that can be said without asking for each.
#[derive(Default)]
pub(super) struct Touched {
    names: HashSet<Name>,
    /// With all names below them.
    whole: HashSet<Name>,
    /// Hosts with a service label that is touched: `mail` for `_25._tcp.mail`.
    services: HashSet<Name>,
    /// Domains whose DMARC record is touched.
    policies: HashSet<Name>,
    /// Names with CAA records that are touched.
    authorities: HashSet<Name>,
    /// The domains about which somebody agrees or agreed to take reports, and all names above them.
    reported: HashSet<Name>,
    reverse: bool,
}

/// Types by which a name answers with what another one has.
const FOLLOWED: [RecordType; 6] = [
    RecordType::CNAME,
    RecordType::DNAME,
    RecordType::ALIAS,
    RecordType::MX,
    RecordType::PTR,
    RecordType::TXT,
];

impl Touched {
    pub(super) fn of(cases: &[Case<'_>]) -> Self {
        let mut touched = Self::default();
        for case in cases {
            if case.plan.create {
                touched.add_whole(case.plan.zone.clone());
            }
            let changes = &case.plan.changes;
            let appears = |change: &&Change| change.action() != Action::Update;
            // Where a wildcard answers, a name that appears hides it, and one that goes uncovers it (RFC 4592 section 2.2.2).
            let wild = match changes.iter().any(|change| appears(&change)) {
                true => wildcards(case),
                false => HashSet::new(),
            };
            for change in changes {
                touched.add(change.name.clone(), change.rtype);
                let cut = change.rtype == RecordType::NS && change.name != case.plan.zone;
                if cut || change.rtype == RecordType::DNAME {
                    touched.add_whole(change.name.clone());
                }
                if !appears(&change) {
                    continue;
                }
                for name in at_and_above(&change.name).take_while(|name| name.is_below(&case.plan.zone)) {
                    let parent = name.parent();
                    touched.add(name.clone(), change.rtype);
                    if parent.is_some_and(|parent| wild.contains(&parent)) {
                        touched.add_whole(name);
                    }
                }
            }
        }
        touched
    }

    fn add(&mut self, name: Name, rtype: RecordType) -> bool {
        let is_new = !self.names.contains(&name);
        if matches!(rtype, RecordType::CAA | RecordType::CNAME) {
            self.authorities.insert(name.clone());
        }
        if !is_new {
            return false;
        }
        let first = |name: &Name| name.labels().next().map(|label| label.to_vec());
        self.policies.extend(policy_domain(&name));
        let service = |name: &Name| first(name).is_some_and(|label| label.starts_with(b"_") || label == b"*");
        self.services.extend(at_and_above(&name).find(|name| !service(name)).filter(|_| service(&name)));
        self.reported.extend(reported(&name).iter().flat_map(at_and_above));
        self.reverse |= name.labels().last().is_some_and(|label| *label == *b"arpa");
        if name.is_wildcard() {
            self.whole.extend(name.parent());
        }
        self.names.insert(name)
    }

    fn add_whole(&mut self, name: Name) {
        self.add(name.clone(), RecordType::CAA);
        self.whole.insert(name);
    }

    /// Touches the names that answer with what a touched name has, and so on.
    pub(super) fn follow(&mut self, cases: &[Case<'_>]) {
        let zones: Vec<_> = cases.iter().filter_map(|case| case.input.live).map(|live| &live.zone).collect();
        loop {
            let mut more = false;
            for rrset in zones.iter().flat_map(|zone| zone.rrsets()) {
                let followed = FOLLOWED.contains(&rrset.rtype) && !self.names.contains(&rrset.name);
                if followed && (self.is_target_of(rrset) || self.is_named_by(rrset)) {
                    more |= self.add(rrset.name.clone(), rrset.rtype);
                    if rrset.rtype == RecordType::DNAME {
                        self.whole.insert(rrset.name.clone());
                    }
                }
            }
            if !more {
                return;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a name gets other answers.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.names.contains(name)
            || !self.whole.is_empty() && at_and_above(name).any(|name| self.whole.contains(&name))
    }

    /// The same for a host with its services.
    pub(super) fn has_host(&self, name: &Name) -> bool {
        self.has(name) || self.services.contains(name)
    }

    /// Whether any DMARC record, or consent to reports, may be another.
    pub(super) fn has_policies(&self) -> bool {
        !self.policies.is_empty() || !self.reported.is_empty() || !self.whole.is_empty()
    }

    /// Whether the DMARC record of a domain may be another.
    pub(super) fn has_policy(&self, domain: &Name) -> bool {
        self.policies.contains(domain)
            || !self.whole.is_empty() && domain.child(b"_dmarc").is_ok_and(|name| self.has(&name))
    }

    /// Whether the CAA records at a name may be others.
    pub(super) fn has_authorities(&self, name: &Name) -> bool {
        self.authorities.contains(name) || !self.whole.is_empty() && self.has(name)
    }

    /// Whether somebody agrees or agreed to take reports about a domain of this zone.
    pub(super) fn is_reported(&self, apex: &Name) -> bool {
        self.reported.contains(apex)
    }

    /// Whether the names of some addresses are touched.
    pub(super) fn has_reverse_names(&self) -> bool {
        self.reverse
    }

    /// Whether a record points at a host that is touched.
    pub(super) fn is_target_of(&self, rrset: &RRset) -> bool {
        rrset.values().iter().filter_map(Rdata::target).any(|target| self.has_host(&target))
    }

    /// Whether an SPF record names a domain that is touched.
    pub(super) fn is_named_by(&self, rrset: &RRset) -> bool {
        let texts = rrset.values().iter().filter(|_| rrset.rtype == RecordType::TXT).map(Rdata::joined_text);
        texts.filter(|text| dnsctl_mail::spf::is_spf(text)).any(|text| {
            let text = String::from_utf8_lossy(&text);
            let mut words =
                text.split(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '=' | '/'));
            words.any(|word| self.is_below_text(word))
        })
    }

    /// Whether a domain is touched; of one with macros, whether a name is that it may stand for.
    pub(super) fn is_below_text(&self, word: &str) -> bool {
        let Some((_, fixed)) = word.rsplit_once('}') else {
            return word.contains('.') && Name::absolute(word).is_ok_and(|name| self.has(&name));
        };
        match Name::absolute(fixed.trim_start_matches('.')) {
            Ok(fixed) if !fixed.is_root() => {
                self.has(&fixed) || self.names.iter().any(|name| name.is_below(&fixed))
            }
            _ => true,
        }
    }
}

/// The names below which a wildcard answers, before or after.
fn wildcards(case: &Case<'_>) -> HashSet<Name> {
    let live = case.input.live.iter().flat_map(|live| live.zone.rrsets()).map(|rrset| &rrset.name);
    let new = case.plan.changes.iter().map(|change| &change.name);
    live.chain(new).filter(|name| name.is_wildcard()).filter_map(Name::parent).collect()
}

/// The domain of `DOMAIN._report._dmarc.HOST` (RFC 9990 section 4).
fn reported(name: &Name) -> Option<Name> {
    let labels: Vec<_> = name.labels().collect();
    let at = labels
        .windows(2)
        .position(|pair| matches!(pair, [one, two] if **one == *b"_report" && **two == *b"_dmarc"))?;
    Name::from_labels(labels.iter().take(at).map(|label| &**label)).ok()
}
