//! Derived records among those that are written.

use dnsctl_zone::{Folded, FoldedWhat, RecordType, Wish};

use crate::diagnostic::{Diagnostic, Diagnostics, quote};

/// Puts the derived RRsets among the written ones. One that is both is a conflict, except for the SPF record beside other
/// texts of the same name: verification tokens have no name of their own. `providers`: those of the zone, as far as they are
/// known. What is gone from the RRsets that come of it is the place of texts beside an SPF record.
pub(super) fn into(
    wishes: &mut Vec<Wish>,
    derived: &[Wish],
    providers: &[String],
    found: &mut Diagnostics,
) -> Vec<Folded> {
    let written = wishes.len();
    let mut folded = Vec::new();
    for wish in derived {
        let mut places = wishes.iter_mut().take(written);
        let Some(same) = places.find(|other| other.rrset.key() == wish.rrset.key()) else {
            wishes.push(wish.clone());
            continue;
        };
        if is_spf(wish) && !is_spf(same) {
            // One RRset goes to the providers of its `only` as a whole, and a zone without its SPF record would lose mail.
            let without = without(same, providers);
            if !without.is_empty() {
                found.push(split(same, wish, &without));
                continue;
            }
            let (name, rtype) = (&same.rrset.name, same.rrset.rtype);
            folded.extend(same.rrset.values().iter().map(|value| Folded {
                name: name.clone(),
                rtype,
                what: FoldedWhat::Joined(value.clone()),
                source: same.source.clone(),
            }));
            // One RRset has one TTL (RFC 2181 section 5.2).
            same.rrset.ttl = same.rrset.ttl.min(wish.rrset.ttl);
            for value in wish.rrset.values() {
                same.rrset.insert(value.clone());
            }
            // The text that the block wants is the one that changes.
            same.source = wish.source.clone();
            continue;
        }
        let (name, rtype) = wish.rrset.key();
        let what = if is_spf(wish) { "the SPF record".to_owned() } else { rtype.to_string() };
        let message = format!("{what} of {name} is written here and derived from `mail`");
        let error = Diagnostic::error("mail/conflict", message)
            .at(same.source.clone())
            .related(wish.source.clone(), "derived from this");
        found.push(error.help("remove this record, or the part of `mail` that gives it"));
    }
    folded
}

/// The providers of the zone that do not get an RRset.
fn without(wish: &Wish, providers: &[String]) -> Vec<String> {
    let Some(only) = &wish.only else { return Vec::new() };
    providers.iter().filter(|name| !only.contains(name)).map(|name| quote(name)).collect()
}

fn split(written: &Wish, derived: &Wish, without: &[String]) -> Diagnostic {
    let (name, others) = (&written.rrset.name, without.join(", "));
    let message = format!(
        "the SPF record of {name} would be missing at {others}: it joins the texts that are written here, and `only` keeps all of them away"
    );
    Diagnostic::error("mail/conflict", message)
        .at(written.source.clone())
        .related(derived.source.clone(), "derived from this")
        .help("remove `only` here: a verification token does no harm at the other providers")
}

/// Whether some text of it is an SPF record.
fn is_spf(wish: &Wish) -> bool {
    wish.rrset.rtype == RecordType::TXT
        && wish.rrset.values().iter().any(|value| dnsctl_mail::spf::is_spf(&value.joined_text()))
}
