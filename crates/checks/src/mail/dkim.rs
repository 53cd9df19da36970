//! The DKIM keys of a zone, read once.

use crate::Subject;
use dnsctl_mail::Span;
use dnsctl_mail::dkim::{self, Parsed};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::{Name, Place, RRset, Rdata, RecordType, place};

const LABEL: &[u8] = b"_domainkey";

/// The records at one selector.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// `SELECTOR._domainkey.DOMAIN`.
    pub(crate) owner: Name,
    /// The domain that the selector signs for: `d=` of its signatures.
    pub(crate) domain: Name,
    /// The TXT records of this zone at it, or the alias in their place.
    pub(crate) rrset: &'a RRset,
    /// Their texts, or why nobody knows them.
    pub(crate) texts: Result<Vec<Text>, String>,
    /// Whether the texts are those of another selector in a zone that is held, and told there.
    pub(crate) elsewhere: bool,
}

/// One text at a selector.
#[derive(Debug)]
pub(crate) struct Text {
    /// Its octets.
    pub(crate) octets: Vec<u8>,
    /// What it says.
    pub(crate) parsed: Parsed,
    /// Where the first quotation mark is: those of a zone file do not belong into the text.
    pub(crate) quote: Option<usize>,
}

impl Site<'_> {
    /// Whether there is a key that verifiers can use, or may be: what it leads to is not held.
    fn may_sign(&self) -> bool {
        self.texts.as_ref().map_or(true, |texts| texts.iter().any(Text::is_usable))
    }
}

impl Text {
    /// Whether verifiers can use it. Quotation marks in it some of them skip, which dkim.string-split tells.
    fn is_usable(&self) -> bool {
        if self.quote.is_none() {
            return self.parsed.usable().is_some();
        }
        let skipped: Vec<u8> = self.octets.iter().copied().filter(|octet| *octet != b'"').collect();
        dkim::parse(&skipped).usable().is_some()
    }

    /// Whether `p` is empty: the key is not valid any more (RFC 6376 section 3.6.1).
    pub(crate) fn is_revoked(&self) -> bool {
        self.quote.is_none() && self.parsed.public_span.is_some_and(Span::is_empty)
    }
}

/// Whether there is a key for a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Presence {
    /// At some selector, or at an alias whose target is not held.
    Some,
    /// At none: there is no name below `_domainkey`.
    None,
    /// There are names below `_domainkey`, but no text there is a key that verifiers can use.
    Unusable,
    /// There are keys, all of them revoked.
    Revoked,
    /// There are selectors, but no record where they lead: aliases of names that are gone.
    Nowhere,
    /// It is not held here; why.
    Unknown(String),
}

/// The domain that signs with the key at a name, when the name is that of a selector. `_adsp._domainkey` (RFC 5617) and its
/// like are none.
pub(crate) fn signing_domain(owner: &Name) -> Option<Name> {
    let at = owner.labels().position(|label| &*label == LABEL).filter(|at| *at > 0)?;
    if owner.labels().next().is_some_and(|label| label.starts_with(b"_")) {
        return None;
    }
    (0..=at).try_fold(owner.clone(), |name, _| name.parent())
}

/// The selector in front of `_domainkey`.
pub(crate) fn selector(owner: &Name) -> String {
    let labels = owner.labels().take_while(|label| &**label != LABEL);
    labels.map(|label| label.escape_ascii().to_string()).collect::<Vec<_>>().join(".")
}

/// The keys of a zone, in canonical order of their names. Reverse zones have none.
pub(crate) fn sites<'a>(subject: &Subject<'a>) -> Vec<Site<'a>> {
    if subject.apex().labels().last().is_some_and(|label| &*label == b"arpa") {
        return Vec::new();
    }
    subject.rrsets().iter().filter_map(|rrset| site(subject, rrset)).collect()
}

fn site<'a>(subject: &Subject<'a>, rrset: &'a RRset) -> Option<Site<'a>> {
    if !matches!(rrset.rtype, RecordType::TXT | RecordType::CNAME) {
        return None;
    }
    let domain = signing_domain(&rrset.name)?;
    if place(subject.zone, &rrset.name) != Place::At(rrset.name.clone()) {
        return None;
    }
    let target = rrset.values().first().and_then(Rdata::target);
    let elsewhere = target.as_ref().is_some_and(|target| {
        signing_domain(target).is_some()
            && (target.is_at_or_below(subject.apex()) || subject.held.zone_of(target).is_some())
    });
    let owner = rrset.name.clone();
    let texts = texts(subject, &owner, target.as_ref());
    Some(Site { owner, domain, rrset, texts, elsewhere })
}

/// The texts at a selector.
fn texts(subject: &Subject<'_>, owner: &Name, target: Option<&Name>) -> Result<Vec<Text>, String> {
    match subject.answers().texts(owner) {
        Answer::Found(texts) => Ok(texts.into_iter().map(text).collect()),
        Answer::Empty | Answer::Missing => Ok(Vec::new()),
        Answer::Failed(why) => Err(why),
        Answer::Unknown => {
            let name = owner.without_dot();
            Err(match (subject.answers().may_have(owner, RecordType::TXT), target) {
                (_, Some(target)) => {
                    format!("{name} is an alias of {}, which is not held here", target.without_dot())
                }
                (Some(why), None) => why,
                (None, None) => format!("{name} is not held here"),
            })
        }
    }
}

fn text(octets: Vec<u8>) -> Text {
    let quote = octets.iter().position(|octet| *octet == b'"');
    Text { parsed: dkim::parse(&octets), quote, octets }
}

/// What is published at a selector, whether it has a record of its own there or not.
pub(crate) fn published(subject: &Subject<'_>, owner: &Name) -> Result<Vec<Text>, String> {
    let alias = subject.get(owner, RecordType::CNAME);
    let target = alias.and_then(|alias| alias.values().first()?.target());
    texts(subject, owner, target.as_ref())
}

/// Whether there is a key for a domain.
pub(crate) fn presence(subject: &Subject<'_>, domain: &Name) -> Presence {
    let sites: Vec<&Site<'_>> = subject.dkim().iter().filter(|site| site.domain == *domain).collect();
    if sites.iter().any(|site| site.may_sign()) {
        return Presence::Some;
    }
    if let Some(why) = may_have(subject, domain) {
        return Presence::Unknown(why);
    }
    let mut texts = sites.iter().filter_map(|site| site.texts.as_ref().ok()).flatten().peekable();
    match domain.child(LABEL) {
        _ if texts.peek().is_some() => {
            if texts.all(Text::is_revoked) {
                Presence::Revoked
            } else {
                Presence::Unusable
            }
        }
        _ if !sites.is_empty() => Presence::Nowhere,
        Ok(label) if names_below(subject, &label).next().is_some() => Presence::Unusable,
        _ => Presence::None,
    }
}

fn names_below<'a>(subject: &Subject<'a>, label: &Name) -> impl Iterator<Item = &'a RRset> {
    subject.rrsets().iter().filter(|rrset| rrset.name.is_below(label))
}

/// A domain below this one that has a key.
pub(crate) fn signer_below<'s>(subject: &'s Subject<'_>, domain: &Name) -> Option<&'s Name> {
    let mut sites = subject.dkim().iter().filter(|site| site.domain.is_below(domain));
    sites.find(|site| site.may_sign()).map(|site| &site.domain)
}

/// Types by which a name below `_domainkey` can come to a key.
const LEADING: [RecordType; 4] = [RecordType::TXT, RecordType::CNAME, RecordType::NS, RecordType::DNAME];

/// Why nobody can say that a domain has no keys.
fn may_have(subject: &Subject<'_>, domain: &Name) -> Option<String> {
    let label = domain.child(LABEL).ok()?;
    let any = label.child(b"selector").ok()?;
    for name in [&label, &any] {
        match place(subject.zone, name) {
            Place::Delegated(cut) => return Some(format!("{} is delegated", cut.without_dot())),
            Place::Redirected(_) | Place::Outside => {
                return Some(format!("{} is not held here", name.without_dot()));
            }
            Place::At(_) | Place::Missing => {}
        }
    }
    let elsewhere = names_below(subject, &label).find_map(|rrset| match rrset.rtype {
        RecordType::NS | RecordType::DNAME => Some(format!("{} is not held here", rrset.name.without_dot())),
        rtype if rtype.is_pseudo() => {
            Some(format!("what the provider makes of {} {rtype} is not known", rrset.name.without_dot()))
        }
        _ => None,
    });
    // A rule that is about selectors is about any of them; one that is about delegations is about what is below.
    let gap = || subject.zone.may_have_below(&label, &LEADING);
    elsewhere.or_else(gap).or_else(|| subject.answers().may_have(&any, RecordType::TXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_and_who_signs_with_them() {
        for (owner, expected) in [
            ("s1._domainkey.example.com", Some(("s1", "example.com"))),
            ("2026.eu._domainkey.mail.example.com", Some(("2026.eu", "mail.example.com"))),
            ("*._domainkey.example.com", Some(("*", "example.com"))),
            ("_domainkey.example.com", None),
            ("_adsp._domainkey.example.com", None),
            ("s1.example.com", None),
        ] {
            let owner = Name::absolute(owner).unwrap();
            let found = signing_domain(&owner).map(|domain| (selector(&owner), domain.without_dot()));
            assert_eq!(found, expected.map(|(name, domain)| (name.to_owned(), domain.to_owned())));
        }
    }
}
