//! What the order of writing promises.
//!
//! - What is pointed at is there before what points at it, and goes after it.
//! - A CNAME is never beside other data, nor anything below a DNAME: one goes before the other comes, in one group.
//! - An MX record and the addresses of its targets in the zone are one group, the SPF text of its name too. No step
//!   takes the address of a target from an MX that is there.
//! - The texts by which mail is judged (DKIM, DMARC, MTA-STS, TLS reports, TLSA of the targets) come before the MX.
//! - A DMARC policy that becomes stricter comes after all by which mail passes it: DKIM keys and aliases, SPF, MX. One that
//!   does not comes before.
//! - What tells senders of an MTA-STS policy goes before the host that serves it.

use super::graph::{Edge, Groups};
use super::pointer::{self, is_spf, targets};
use super::policy::{self, Direction};
use crate::view::{ADDRESSES, Addresses};
use crate::{Action, Change, View};
use dnsctl_zone::{Live, Name, RecordType};
use std::collections::BTreeSet;
use std::ops::Range;

/// DMARC policies that aliases of other domains lead to, which are put after all by which mail passes: so many of one zone.
const MOST_HOSTED: usize = 32;

/// What is promised of changes in canonical order.
#[derive(Debug)]
pub(super) struct Promised {
    /// What comes before what.
    pub(super) edges: Vec<Vec<Edge>>,
    /// The group of each change, named by a member.
    pub(super) groups: Vec<usize>,
    /// The same where an SPF record need not be written together with the MX of its name.
    pub(super) firm: Vec<usize>,
}

/// What comes before what, and the group of each change. The changes are in canonical order.
pub(super) fn of(changes: &[Change], live: &Live) -> Promised {
    let mut promises = Promises {
        changes,
        edges: vec![Vec::new(); changes.len()],
        groups: Groups::new(changes.len()),
        firm: Groups::new(changes.len()),
        before: View::before(live),
        after: View::after(live, changes),
    };
    // Each of them would wait for everything: of so many, nobody knows here which belongs to what.
    let hosted = |change: &&Change| policy::is_policy(change) && policy::domain(change).is_none();
    let judges_all = changes.iter().filter(hosted).nth(MOST_HOSTED).is_none();
    for (index, change) in changes.iter().enumerate() {
        promises.kind(index);
        promises.delegation(index);
        promises.pointer(index);
        promises.mail(index);
        if judges_all || policy::domain(change).is_some() {
            promises.policy(index);
        }
    }
    promises.targets(live);
    Promised { edges: promises.edges, groups: promises.groups.names(), firm: promises.firm.names() }
}

struct Promises<'a> {
    changes: &'a [Change],
    edges: Vec<Vec<Edge>>,
    groups: Groups,
    firm: Groups,
    before: View<'a>,
    after: View<'a>,
}

impl Promises<'_> {
    fn at(&self, name: &Name) -> Range<usize> {
        let start = self.changes.partition_point(|change| change.name < *name);
        start..self.changes.partition_point(|change| change.name <= *name)
    }

    fn at_or_below(&self, name: &Name) -> Range<usize> {
        let start = self.changes.partition_point(|change| change.name < *name);
        // In canonical order, all names below follow directly.
        let rest = self.changes.get(start..).unwrap_or(&[]);
        start..start + rest.partition_point(|change| change.name.is_at_or_below(name))
    }

    fn below(&self, name: &Name) -> Range<usize> {
        self.at(name).end..self.at_or_below(name).end
    }

    fn deletes(&self, index: usize) -> bool {
        self.changes[index].action() == Action::Delete
    }

    fn has_type(&self, index: usize, rtypes: &[RecordType]) -> bool {
        rtypes.contains(&self.changes[index].rtype)
    }

    fn first(&mut self, from: usize, to: usize, strict: bool) {
        if from != to {
            self.edges[from].push(Edge { to, strict });
        }
    }

    fn together(&mut self, from: usize, to: usize, strict: bool) {
        self.groups.join(from, to);
        self.firm.join(from, to);
        self.first(from, to, strict);
    }

    /// A CNAME comes to, or goes from, a name where other data go or come; a DNAME does so above them (RFC 6672
    /// section 2.4); at a vendor with alias records, one and addresses cannot stand together either.
    fn kind(&mut self, index: usize) {
        let change = &self.changes[index];
        let others = match change.rtype {
            _ if change.action() == Action::Update => return,
            RecordType::CNAME | RecordType::ALIAS | RecordType::ROUTE53_ALIAS => self.at(&change.name),
            RecordType::DNAME => self.below(&change.name),
            _ => return,
        };
        let rtype = change.rtype;
        for other in others.filter(|&other| other != index) {
            let address = self.has_type(other, &[RecordType::A, RecordType::AAAA]);
            let comes = self.changes[other].action() == Action::Create;
            match (self.deletes(index), self.deletes(other)) {
                _ if !address && matches!(rtype, RecordType::ALIAS | RecordType::ROUTE53_ALIAS) => {}
                // One answers beside the other, so no moment need be without an address.
                (false, true) if rtype == RecordType::ALIAS => self.together(index, other, false),
                (true, false) if rtype == RecordType::ALIAS && comes => self.together(other, index, false),
                (false, true) => self.together(other, index, true),
                (true, false) if comes => self.together(index, other, true),
                _ => {}
            }
        }
    }

    /// Validators must not find a DS record of keys that the new servers do not have, nor a server one without NS.
    fn delegation(&mut self, index: usize) {
        if self.changes[index].rtype != RecordType::DS || !self.deletes(index) {
            return;
        }
        for other in self.at(&self.changes[index].name) {
            if self.has_type(other, &[RecordType::NS]) {
                self.together(index, other, false);
            }
        }
    }

    /// Targets before pointers; what no longer points before the target goes.
    fn pointer(&mut self, index: usize) {
        let change = &self.changes[index];
        let mail = change.rtype == RecordType::MX;
        let (old, new) = (targets(change, false), targets(change, true));
        for target in &new {
            for other in self.at(target) {
                if !self.deletes(other) && self.leads(index, other) {
                    self.first(other, index, mail && self.has_type(other, &ADDRESSES));
                }
            }
        }
        for target in old.iter().filter(|target| !new.contains(target)) {
            for other in self.at(target) {
                if self.deletes(other) && self.leads(index, other) {
                    self.first(index, other, mail && self.has_type(other, &ADDRESSES));
                }
            }
            if mail {
                self.leave(index, target);
            }
        }
    }

    /// Mail no longer goes to this target: only then may the wildcard that answers for it go, or be hidden.
    fn leave(&mut self, index: usize, target: &Name) {
        let (Addresses::Some, Some(owner)) = self.before.address_owner(target) else { return };
        if owner == *target {
            return;
        }
        for other in self.at(&owner) {
            if self.deletes(other) && self.has_type(other, &ADDRESSES) {
                self.first(index, other, true);
            }
        }
        if self.after.addresses(target) != Addresses::Some {
            for other in self.hiding(target, Some(&owner)) {
                if !self.deletes(other) {
                    self.first(index, other, true);
                }
            }
        }
    }

    /// Whether a change at the target of a pointer is what the pointer is about.
    fn leads(&self, pointer: usize, other: usize) -> bool {
        const TAKEN_IN: [RecordType; 4] =
            [RecordType::A, RecordType::AAAA, RecordType::TXT, RecordType::CNAME];
        !self.has_type(pointer, &[RecordType::TXT])
            || (self.changes[pointer].name != self.changes[other].name && self.has_type(other, &TAKEN_IN))
    }

    /// The host of an MTA-STS policy is there before senders are told of it, and goes after (RFC 8461 sections 3.1 and 8.3).
    fn transport(&mut self, index: usize) {
        let change = &self.changes[index];
        let first = change.name.labels().next().unwrap_or_default();
        if !self.has_type(index, &[RecordType::TXT, RecordType::CNAME]) || &*first != b"_mta-sts" {
            return;
        }
        let host = change.name.parent().and_then(|domain| domain.child(b"mta-sts").ok());
        for other in host.map_or(0..0, |host| self.at(&host)) {
            match (self.deletes(index), self.deletes(other)) {
                (false, false) => self.first(other, index, false),
                (true, true) => self.first(index, other, false),
                _ => {}
            }
        }
    }

    /// What DMARC judges mail by is there before a policy asks for more: receivers reject what fails from then on. A policy
    /// of a domain below that excepts it is there, too.
    fn policy(&mut self, index: usize) {
        let change = &self.changes[index];
        if self.deletes(index) || !policy::is_policy(change) {
            return;
        }
        let stricter = self.is_stricter(index);
        let domain = policy::domain(change).unwrap_or_else(|| self.after.apex().clone());
        for other in self.at_or_below(&domain).filter(|&other| other != index) {
            if self.deletes(other) {
                continue;
            }
            let change = &self.changes[other];
            if policy::is_policy(change) {
                // Of policies that others lead to, nobody knows here whose they are.
                let below = policy::domain(change).is_some_and(|below| below.is_below(&domain));
                if stricter && below {
                    self.first(other, index, true);
                }
            } else if proves(change) && change.name != self.changes[index].name {
                let (from, to) = if stricter { (other, index) } else { (index, other) };
                self.first(from, to, stricter);
            }
        }
    }

    fn is_stricter(&self, index: usize) -> bool {
        policy::by_zone(&self.changes[index], &self.before, &self.after) == Direction::Stricter
    }

    /// What stands around an MX record.
    fn mail(&mut self, index: usize) {
        let change = &self.changes[index];
        self.transport(index);
        if self.deletes(index) || change.rtype != RecordType::MX {
            return;
        }
        for other in self.at(&change.name) {
            if self.changes[other].after.as_ref().is_some_and(is_spf) {
                self.groups.join(other, index);
                self.first(other, index, false);
            }
        }
        let targets = targets(change, true);
        for target in &targets {
            let (found, owner) = self.after.address_owner(target);
            for other in owner.iter().chain([target]).flat_map(|name| self.at(name)).collect::<Vec<_>>() {
                if !self.deletes(other) && self.has_type(other, &ADDRESSES) {
                    self.together(other, index, true);
                }
            }
            // Where a wildcard is to answer, nothing may be left at the name.
            if found == Addresses::Some && self.before.addresses(target) != Addresses::Some {
                for other in self.hiding(target, owner.as_ref()) {
                    if self.deletes(other) {
                        self.together(other, index, true);
                    }
                }
            }
        }
        for other in self.judging(&self.changes[index].name, &targets) {
            if !self.deletes(other)
                && self.has_type(other, &[RecordType::TXT, RecordType::CNAME, RecordType::TLSA])
                && !self.is_stricter(other)
            {
                self.first(other, index, false);
            }
        }
    }

    /// Changes at names whose existence keeps a wildcard from answering for a name (RFC 4592 section 2.2.2).
    fn hiding(&self, name: &Name, owner: Option<&Name>) -> Range<usize> {
        let Some(wildcard) = owner.filter(|owner| owner.is_wildcard() && *owner != name) else { return 0..0 };
        let mut hiding = name.clone();
        while let Some(above) = hiding.parent().filter(|_| hiding.label_count() > wildcard.label_count()) {
            hiding = above;
        }
        self.at_or_below(&hiding)
    }

    /// Changes at names by which the mail of a domain is judged.
    fn judging(&self, domain: &Name, targets: &[Name]) -> Vec<usize> {
        let below = |name: &Name, labels: &[&[u8]]| {
            labels.iter().try_fold(name.clone(), |name, label| name.child(label)).ok()
        };
        let mut found: Vec<usize> =
            below(domain, &[b"_domainkey"]).map_or(0..0, |name| self.below(&name)).collect();
        let texts: [&[&[u8]]; 3] = [&[b"_dmarc"], &[b"_mta-sts"], &[b"_tls", b"_smtp"]];
        found.extend(
            texts.into_iter().filter_map(|labels| below(domain, labels)).flat_map(|name| self.at(&name)),
        );
        let keys = targets.iter().filter_map(|target| below(target, &[b"_tcp", b"_25"]));
        found.extend(keys.flat_map(|name| self.at(&name)));
        found
    }

    /// The addresses of the targets of all MX records, changed or not: the new ones before the old ones go. A target that
    /// a wildcard answers for loses that as soon as anything exists at its name or below (RFC 4592 section 2.2.2).
    fn targets(&mut self, live: &Live) {
        if self.changes.is_empty() {
            return;
        }
        let new = self.changes.iter().filter_map(|change| change.after.as_ref());
        let all = live.zone.rrsets().iter().chain(new).filter(|rrset| rrset.rtype == RecordType::MX);
        let targets: BTreeSet<Name> = all.flat_map(pointer::of).collect();
        for target in targets {
            let (Addresses::Some, Some(old)) = self.before.address_owner(&target) else { continue };
            let (Addresses::Some, Some(new)) = self.after.address_owner(&target) else { continue };
            if old == new {
                continue;
            }
            let addresses = |name: &Name, deleted: bool| -> Vec<usize> {
                let here = self.at(name).filter(|index| self.deletes(*index) == deleted);
                here.filter(|index| self.has_type(*index, &ADDRESSES)).collect()
            };
            let (gained, lost) = (addresses(&new, false), addresses(&old, true));
            let around = |deleted: bool, but: &[usize]| -> Vec<usize> {
                let here = self.at_or_below(&target).filter(|index| self.deletes(*index) == deleted);
                here.filter(|index| !but.contains(index)).collect()
            };
            let created = if new == target { around(false, &gained) } else { Vec::new() };
            let deleted = if old == target { around(true, &lost) } else { Vec::new() };
            for &from in &gained {
                lost.iter().chain(&created).for_each(|&to| self.first(from, to, true));
            }
            for &from in &deleted {
                lost.iter().for_each(|&to| self.first(from, to, true));
            }
        }
    }
}

/// Whether receivers find by this RRset whether mail is the domain's own: a DKIM key, or what leads to one; SPF; MX, which
/// SPF may name.
fn proves(change: &Change) -> bool {
    let key = || change.name.labels().any(|label| label.eq_ignore_ascii_case(b"_domainkey"));
    let text = || {
        change.after.iter().flat_map(dnsctl_zone::RRset::values).any(|value| {
            value.joined_text().get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"v=DKIM1"))
        })
    };
    match change.rtype {
        RecordType::MX => true,
        RecordType::TXT => key() || change.after.as_ref().is_some_and(is_spf) || text(),
        _ => key(),
    }
}
