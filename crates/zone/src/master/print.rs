//! From a zone to text.

use crate::{Name, RRset, Rdata, RecordType, Ttl, Zone};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Owner names up to this width line up; longer ones push the rest of their line to the right.
const WIDEST_OWNER: usize = 40;
/// A TXT record with several strings and more characters than this stands on several lines.
const LONG_TEXT: usize = 100;

/// How a zone is printed.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrintOptions {
    /// Print pseudo types (`ALIAS`, `LUA`) as records, for a reader that knows them. Else they are comments.
    pub pseudo_types: bool,
}

/// Prints a master file that any name server reads: `$ORIGIN` and `$TTL` (the most frequent one), then SOA and NS of
/// the apex, then all else in canonical order. Each line has its owner name, relative to the apex; names in the data
/// are absolute. The same zone always gives the same text. Options of RRsets have no place in it.
pub fn print(zone: &Zone, options: PrintOptions) -> String {
    let apex = &zone.apex;
    let default = most_frequent_ttl(zone);
    let owners: Vec<String> = zone.rrsets().iter().map(|rrset| rrset.name.relative_to(apex)).collect();
    let shown = |rrset: &RRset| if rrset.ttl == default { String::new() } else { rrset.ttl.to_string() };
    let widths = Widths {
        owner: owners.iter().map(String::len).filter(|width| *width <= WIDEST_OWNER).max().unwrap_or(0),
        ttl: zone.rrsets().iter().map(|rrset| shown(rrset).len()).max().unwrap_or(0),
        rtype: zone.rrsets().iter().map(|rrset| rrset.rtype.mnemonic().len()).max().unwrap_or(0),
    };
    let mut out = String::new();
    let _ = writeln!(out, "$ORIGIN {apex}\n$TTL {default}");
    let first =
        |rrset: &RRset| rrset.name == *apex && matches!(rrset.rtype, RecordType::SOA | RecordType::NS);
    let mut rrsets: Vec<(&RRset, &String)> = zone.rrsets().iter().zip(&owners).collect();
    rrsets.sort_by_key(|(rrset, _)| match rrset.rtype {
        RecordType::SOA if first(rrset) => 0,
        RecordType::NS if first(rrset) => 1,
        _ => 2,
    });
    for (rrset, owner) in rrsets {
        let head = widths.head(owner, &shown(rrset), rrset.rtype);
        for value in rrset.values() {
            if is_comment(rrset.rtype, options) {
                // A line feed in the value must not end the comment.
                let _ = write!(out, "; {head}{}", value.to_string().replace(char::is_control, " "));
            } else {
                out.push_str(&head);
                data(&mut out, value, head.len());
            }
            out.push('\n');
        }
    }
    out
}

/// Whether a type is printed as a comment: it is no DNS, or its name would not be read back.
fn is_comment(rtype: RecordType, options: PrintOptions) -> bool {
    rtype.is_pseudo() && !(options.pseudo_types && RecordType::known_pseudo().any(|known| known == rtype))
}

/// The widths of the columns.
struct Widths {
    owner: usize,
    ttl: usize,
    rtype: usize,
}

impl Widths {
    /// What stands before the data.
    fn head(&self, owner: &str, ttl: &str, rtype: RecordType) -> String {
        let mut head = format!("{owner:<width$} ", width = self.owner);
        if self.ttl > 0 {
            let _ = write!(head, "{ttl:>width$} ", width = self.ttl);
        }
        let _ = write!(head, "IN {rtype:<width$} ", width = self.rtype);
        head
    }
}

/// The TTL of the most RRsets, the lowest of those; an hour when there are none.
fn most_frequent_ttl(zone: &Zone) -> Ttl {
    let mut counts: BTreeMap<Ttl, usize> = BTreeMap::new();
    for rrset in zone.rrsets() {
        *counts.entry(rrset.ttl).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(ttl, count)| (*count, Reverse(*ttl)));
    most.map_or_else(|| Ttl::from_wire(3600), |(ttl, _)| ttl)
}

/// One value, on several lines where that helps a person; lines after the first start at `column`.
fn data(out: &mut String, value: &Rdata, column: usize) {
    if value.rtype() == RecordType::SOA && soa(out, value, column).is_some() {
        return;
    }
    let text = value.to_string();
    if text.len() <= LONG_TEXT || value.strings().count() < 2 {
        out.push_str(&text);
        return;
    }
    out.push('(');
    for string in value.strings() {
        let one = Rdata::text(RecordType::TXT, string);
        let _ = write!(out, "\n{:column$}{one}", "");
    }
    out.push_str(" )");
}

/// The numbers of SOA below each other, with their names.
fn soa(out: &mut String, value: &Rdata, column: usize) -> Option<()> {
    let (mname, rname): (Name, Name) = (value.name("mname")?, value.name("rname")?);
    let _ = write!(out, "{mname} {rname} (");
    for field in ["serial", "refresh", "retry", "expire", "minimum"] {
        let number = value.number(field)?;
        let time = match Ttl::new(number) {
            Some(time) if field != "serial" && number >= 60 => format!(" ({})", time.human()),
            _ => String::new(),
        };
        let _ = write!(out, "\n{:column$}{number:<10} ; {field}{time}", "");
    }
    let _ = write!(out, "\n{:column$})", "");
    Some(())
}
