//! TXT records at a label of their own below a domain: `_mta-sts`, `_smtp._tls`.

use crate::{Finding, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::{Name, RRset, RecordType};
use std::collections::HashSet;

/// Where a kind of record stands, and how it is read.
#[derive(Debug)]
pub(crate) struct Grammar<P> {
    /// The labels in front of the domain.
    pub(crate) labels: &'static [&'static [u8]],
    /// Whether readers take a text for such a record.
    pub(crate) is: fn(&[u8]) -> bool,
    /// Whether a person meant a text, in lower case, as one.
    pub(crate) near: fn(&str) -> bool,
    /// Whether a label looks like one that was meant to be the right one.
    pub(crate) alike: fn(&str) -> bool,
    /// Reads a text.
    pub(crate) parse: fn(&[u8]) -> P,
}

/// The records at the label of one domain.
#[derive(Debug)]
pub(crate) struct Labelled<'a, P> {
    /// The domain.
    pub(crate) domain: Name,
    /// The label and the domain.
    pub(crate) owner: Name,
    /// The TXT records of this zone at it, or the alias in their place. Without one a wildcard may still answer.
    pub(crate) rrset: Option<&'a RRset>,
    /// Their texts, or why nobody knows them.
    pub(crate) texts: Result<Vec<Text<P>>, String>,
}

/// One text.
#[derive(Debug)]
pub(crate) struct Text<P> {
    /// Its octets.
    pub(crate) octets: Vec<u8>,
    /// What readers take it for.
    pub(crate) kind: Kind,
    /// What it says.
    pub(crate) parsed: P,
}

/// What a text is to its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Such a record.
    Record,
    /// None, although it was meant as one.
    Near,
    /// Something else.
    Other,
}

impl<'a, P> Labelled<'a, P> {
    /// The texts that are known.
    pub(crate) fn known(&self) -> &[Text<P>] {
        self.texts.as_deref().unwrap_or(&[])
    }

    /// Those that readers take for such a record.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Text<P>> {
        self.known().iter().filter(|text| text.kind == Kind::Record)
    }

    /// Those to be judged by the grammar: the records, or what was meant as one when there is none.
    pub(crate) fn judged(&self) -> impl Iterator<Item = &Text<P>> {
        let any = self.records().next().is_some();
        let kind = if any { Kind::Record } else { Kind::Near };
        self.known().iter().filter(move |text| text.kind == kind)
    }

    /// Whether somebody wrote such a record, right or wrong.
    pub(crate) fn attempted(&self) -> bool {
        self.judged().next().is_some()
    }

    /// A finding about the records.
    pub(crate) fn finding(&self, message: String) -> Finding {
        match self.rrset {
            Some(rrset) => Finding::at(rrset, message),
            None => Finding::about(&self.owner, Some(RecordType::TXT), message),
        }
    }
}

impl<P> Grammar<P> {
    /// The records of all domains of a zone, and those of the domain whose mail is judged, in this order.
    pub(crate) fn find<'a>(&self, subject: &Subject<'a>) -> Vec<Labelled<'a, P>> {
        let texts = subject.rrsets().iter().filter(|rrset| stands(rrset));
        let mut all: Vec<_> = texts.filter_map(|rrset| self.labelled(subject, rrset)).collect();
        if all.iter().all(|labelled| labelled.domain != *subject.domain()) {
            all.extend(self.at(subject, subject.domain()));
        }
        all
    }

    /// The records of one domain; `None` when its name is too long for any.
    pub(crate) fn at<'a>(&self, subject: &Subject<'a>, domain: &Name) -> Option<Labelled<'a, P>> {
        let owner = self.owner(domain)?;
        let rrset = subject.zone.records().at(&owner).iter().find(|rrset| stands(rrset));
        let texts = self.texts(subject, &owner, rrset);
        Some(Labelled { domain: domain.clone(), owner, rrset, texts })
    }

    /// The name at which the record of a domain stands.
    pub(crate) fn owner(&self, domain: &Name) -> Option<Name> {
        self.labels.iter().rev().try_fold(domain.clone(), |name, label| name.child(label).ok())
    }

    /// The domain of a record at this name.
    fn domain(&self, owner: &Name) -> Option<Name> {
        let mut labels = owner.labels();
        let matches = self.labels.iter().all(|wanted| labels.next().is_some_and(|label| *label == **wanted));
        let mut name = matches.then(|| owner.clone())?;
        for _ in self.labels {
            name = name.parent()?;
        }
        Some(name)
    }

    fn labelled<'a>(&self, subject: &Subject<'a>, rrset: &'a RRset) -> Option<Labelled<'a, P>> {
        let domain = self.domain(&rrset.name)?;
        if doubled(&domain, subject.apex()) {
            return None;
        }
        let texts = self.texts(subject, &rrset.name, Some(rrset));
        Some(Labelled { domain, owner: rrset.name.clone(), rrset: Some(rrset), texts })
    }

    fn texts(
        &self,
        subject: &Subject<'_>,
        owner: &Name,
        rrset: Option<&RRset>,
    ) -> Result<Vec<Text<P>>, String> {
        let name = owner.without_dot();
        let texts = match subject.answers().texts(owner) {
            Answer::Found(texts) => texts,
            Answer::Empty | Answer::Missing => Vec::new(),
            Answer::Failed(why) => return Err(why),
            Answer::Unknown => {
                let target = rrset.and_then(|rrset| rrset.values().first()?.target());
                return Err(match (subject.answers().may_have(owner, RecordType::TXT), target) {
                    (Some(why), None) => why,
                    (_, Some(target)) => {
                        format!("{name} is an alias of {}, which is not held here", target.without_dot())
                    }
                    (None, None) => format!("{name} is not held here"),
                });
            }
        };
        Ok(texts.into_iter().map(|octets| self.text(octets)).collect())
    }

    fn text(&self, octets: Vec<u8>) -> Text<P> {
        let kind = if (self.is)(&octets) {
            Kind::Record
        } else if (self.near)(&String::from_utf8_lossy(&octets).to_ascii_lowercase()) {
            Kind::Near
        } else {
            Kind::Other
        };
        let parsed = (self.parse)(&octets);
        Text { octets, kind, parsed }
    }

    /// Records that stand where nobody looks for them, each with the domain that was meant.
    pub(crate) fn misplaced<'a>(&self, subject: &Subject<'a>) -> Vec<(&'a RRset, Name)> {
        let texts = subject.of(RecordType::TXT);
        let found = texts.filter(|rrset| rrset.values().iter().any(|value| (self.is)(&value.joined_text())));
        let found: Vec<_> = found.filter(|rrset| self.domain(&rrset.name).is_none()).collect();
        if found.is_empty() {
            return Vec::new();
        }
        let aliases = subject.pointers_of(RecordType::CNAME).map(|alias| &alias.target.name).collect();
        let meant = |rrset: &'a RRset| Some((rrset, self.meant(subject, &rrset.name, &aliases)?));
        found.into_iter().filter_map(meant).collect()
    }

    /// The domain that somebody had in mind who wrote a record at this name; `None` for a place that may be right, such as the
    /// target of aliases, or of those of other zones.
    fn meant(&self, subject: &Subject<'_>, owner: &Name, aliases: &HashSet<&Name>) -> Option<Name> {
        let own = owner == subject.domain() || owner == subject.apex();
        if own || subject.get(owner, RecordType::MX).is_some() {
            return Some(owner.clone());
        }
        let first = owner.labels().next()?;
        if !(self.alike)(&String::from_utf8_lossy(&first)) || aliases.contains(owner) {
            return None;
        }
        // Behind a first label that is nearly right there may be a second one.
        let rest = owner.parent()?;
        let second = rest.labels().next().is_some_and(|label| self.labels.iter().any(|own| *label == **own));
        if second { rest.parent() } else { Some(rest) }
    }
}

/// Types that answer for TXT at their name.
fn stands(rrset: &RRset) -> bool {
    matches!(rrset.rtype, RecordType::TXT | RecordType::CNAME)
}

/// Whether a name is the apex with the apex behind it: somebody left the dot out, as zone.missing-dot tells.
fn doubled(name: &Name, apex: &Name) -> bool {
    name.label_count() == apex.label_count().saturating_mul(2)
        && !apex.is_root()
        && name.is_below(apex)
        && name.labels().zip(apex.labels()).all(|(one, other)| one == other)
}
