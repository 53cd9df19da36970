//! Derived records among those that are written.

use dnsctl_zone::{RecordType, Wish};

use crate::diagnostic::{Diagnostic, Diagnostics};

/// Puts the derived RRsets among the written ones. One that is both is a conflict, except for the SPF record beside other
/// texts of the same name: verification tokens have no name of their own.
pub(super) fn into(wishes: &mut Vec<Wish>, derived: &[Wish], found: &mut Diagnostics) {
    let written = wishes.len();
    for wish in derived {
        let mut places = wishes.iter_mut().take(written);
        let Some(same) = places.find(|other| other.rrset.key() == wish.rrset.key()) else {
            wishes.push(wish.clone());
            continue;
        };
        if is_spf(wish) && !is_spf(same) {
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
}

/// Whether some text of it is an SPF record.
fn is_spf(wish: &Wish) -> bool {
    wish.rrset.rtype == RecordType::TXT
        && wish.rrset.values().iter().any(|value| dnsctl_mail::spf::is_spf(&value.joined_text()))
}
