//! DMARC: the records of a zone, read once, and which of them receivers apply to the domain.

use crate::Subject;
use crate::mail::labelled::{Grammar, Kind, Labelled, Text};
use crate::mail::suffix;
use dnsctl_mail::dmarc::{self, Parsed, Policy, Receiver, Record, Walk};
use dnsctl_zone::{Name, RecordType};

/// The TXT record at `_dmarc.DOMAIN` (RFC 9989 section 4.7).
pub(crate) const GRAMMAR: Grammar<Parsed> = Grammar {
    labels: &[b"_dmarc"],
    is: dmarc::is_dmarc,
    near: |text| {
        let text = text.trim_start();
        text.contains("dmarc1") || text.starts_with("v=dmarc") || text.starts_with("p=")
    },
    alike: |label| {
        matches!(label, "dmarc" | "__dmarc" | "_dmarc1" | "_dmrac" | "_damrc" | "_dmark" | "-dmarc")
    },
    parse: dmarc::parse,
};

/// The records of one domain.
pub(crate) type Site<'a> = Labelled<'a, Parsed>;

/// All DMARC records of a zone. Reverse zones have none.
#[derive(Debug, Default)]
pub(crate) struct Policies<'a> {
    /// One for each name with a TXT record or an alias at its `_dmarc`, and one for the domain whose mail is judged.
    pub(crate) sites: Vec<Site<'a>>,
    /// The way of an RFC 9989 receiver from the domain to the top.
    pub(crate) walk: Option<Walk>,
}

impl<'a> Policies<'a> {
    /// Reads the records of a zone.
    pub(crate) fn of(subject: &Subject<'a>) -> Self {
        if subject.apex().labels().last().is_some_and(|label| &*label == b"arpa") {
            return Self::default();
        }
        let walk = dmarc::tree_walk(&subject.answers(), subject.domain());
        Self { sites: GRAMMAR.find(subject), walk: Some(walk) }
    }

    /// The records of the domain itself.
    pub(crate) fn own(&self, subject: &Subject<'_>) -> Option<&Site<'a>> {
        self.sites.iter().find(|site| site.domain == *subject.domain())
    }

    /// The sites whose texts stand in this zone, or where no other DMARC record is told about them.
    pub(crate) fn written<'s>(&'s self, subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Site<'a>> {
        self.sites.iter().filter(move |site| match site.rrset {
            None => false,
            Some(rrset) if rrset.rtype == RecordType::CNAME => {
                let target = rrset.values().first().and_then(dnsctl_zone::Rdata::target);
                let is_site = |name: &Name| name.labels().next().is_some_and(|label| &*label == b"_dmarc");
                let answers = subject.answers();
                !target.is_some_and(|target| is_site(&target) && answers.zone_of(&target).is_some())
            }
            Some(_) => true,
        })
    }
}

/// The record that counts at a site: receivers discard several.
pub(crate) fn single<'s>(site: &'s Site<'_>) -> Option<(&'s Text<Parsed>, &'s Record)> {
    let mut records = site.known().iter().filter(|text| text.kind == Kind::Record);
    let text = records.next().filter(|_| records.next().is_none())?;
    Some((text, text.parsed.record.as_ref()?))
}

/// The policy for a domain itself and for names below it, by one kind of receiver.
pub(crate) fn policies(record: &Record, receiver: Receiver) -> (Policy, Policy) {
    let reading = record.as_read_by(receiver);
    (reading.policy, reading.subdomains)
}

/// What stands above a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Above {
    /// This domain is the organisational domain, and another one.
    Organisation(Name),
    /// The domain itself is the organisational domain.
    Itself,
    /// It depends on a record that is not held here.
    Unknown(Name),
}

/// Which organisational domain a domain has, by its records and those above it. A public suffix is none, whether or not its
/// records are held here.
pub(crate) fn above(subject: &Subject<'_>, domain: &Name) -> Above {
    let walk = dmarc::tree_walk(&subject.answers(), domain);
    let organisation = walk.organisational();
    let mut unknown =
        walk.unknown().filter(|name| organisation.is_below(name) && !suffix::is_public_suffix(name));
    match unknown.next() {
        Some(name) => Above::Unknown(name.clone()),
        None if organisation == *domain => Above::Itself,
        None => Above::Organisation(organisation),
    }
}

/// A domain above whose record is not held here and may hold: every one but public suffixes that have none.
pub(crate) fn undecided(walk: &Walk) -> Option<&Name> {
    walk.unknown().find(|name| !suffix::is_public_suffix(name) || suffix::may_have_policy(name))
}
