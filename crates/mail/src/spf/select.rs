//! Which of the TXT records at a name is the SPF record (RFC 7208 sections 3.2 and 4.5).

use super::is_spf;

/// The SPF records among the texts at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<'a> {
    /// There is none.
    None,
    /// There is one, as there must be.
    One(&'a [u8]),
    /// There are several: every check ends in "permerror" (section 4.5).
    Many(Vec<&'a [u8]>),
}

/// Finds the SPF record among the TXT records at a name, each with its strings joined.
pub fn select<T: AsRef<[u8]>>(texts: &[T]) -> Selection<'_> {
    let mut found = texts.iter().map(AsRef::as_ref).filter(|text| is_spf(text));
    match (found.next(), found.next()) {
        (None, _) => Selection::None,
        (Some(one), None) => Selection::One(one),
        (Some(one), Some(two)) => Selection::Many([one, two].into_iter().chain(found).collect()),
    }
}
