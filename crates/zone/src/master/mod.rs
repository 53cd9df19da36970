//! Master files: zones as text (RFC 1035 section 5, RFC 2308 section 4, RFC 3597 section 5, BIND's `$GENERATE`).
//!
//! [`parse`] reads every record and every error of a text, [`zone`] makes a zone of them, [`print()`] writes one that
//! reads back equal. Nothing here opens a file: what `$INCLUDE` asks for comes from the caller.
//!
//! Where programs differ, BIND 9 is followed: `$TTL` in an included file holds on after it, the owner name goes into
//! an included file and is the old one again after it, and parentheses may be nested. Stricter than BIND: a TTL above
//! 2^31 - 1 is an error, not 0, and so is a quote inside a word.

mod assemble;
mod error;
mod generate;
mod lexer;
mod parser;
mod print;

pub use assemble::{Loaded, zone};
pub use error::{Fault, MasterError};
pub use print::{PrintOptions, print};

use crate::{Name, Rdata, RecordType, Source, Ttl};
use std::borrow::Cow;
use std::sync::Arc;

/// What the parser accepts, and how much of it. None of the bounds is reached by honest files.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The TTL of records for which the file gives none, as if `$TTL` stood at its top.
    pub default_ttl: Option<Ttl>,
    /// Whether pseudo types (`ALIAS`, `LUA`) are read as such. Else they are errors, since no name server but the
    /// one they were made for takes them.
    pub pseudo_types: bool,
    /// How many files may include each other, one inside the other.
    pub include_depth: usize,
    /// How many times files may be included in all.
    pub includes: usize,
    /// How many records `$GENERATE` may make in all.
    pub generated: usize,
    /// How many octets the texts of these records may have in all.
    pub generated_octets: usize,
    /// After how many errors the rest of the text is left unread. Warnings beyond as many are dropped.
    pub errors: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            default_ttl: None,
            pseudo_types: false,
            include_depth: 16,
            includes: 1000,
            generated: 1_000_000,
            generated_octets: 256 << 20,
            errors: 1000,
        }
    }
}

/// One record of a master file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The owner name.
    pub name: Name,
    /// The TTL: that of the record, else that of `$TTL`, else by RFC 1035 that of the record before.
    pub ttl: Ttl,
    /// Whether the TTL stands at the record itself.
    pub explicit_ttl: bool,
    /// The data.
    pub rdata: Rdata,
    /// Where the record starts.
    pub source: Source,
}

impl Record {
    /// The type.
    pub fn rtype(&self) -> RecordType {
        self.rdata.rtype()
    }
}

/// What a master file holds.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// The records that could be read, in the order of the file.
    pub records: Vec<Record>,
    /// What could not be read. The records are not the whole zone unless this is empty.
    pub errors: Vec<MasterError>,
    /// What was read, but probably not as it was meant.
    pub warnings: Vec<MasterError>,
}

/// What `$INCLUDE` gets: the file's name for messages and the loop check, and its text.
pub type Included = Result<(Arc<str>, String), String>;

/// Reads a master file, and with `include` those that it includes, by the path as it is written there.
///
/// Relative names are below `origin` until `$ORIGIN` says else.
pub fn parse(
    text: &str,
    file: Arc<str>,
    origin: &Name,
    options: Options,
    include: &mut dyn FnMut(&str) -> Included,
) -> Parsed {
    parser::Parser::new(options, include).run(text, file, origin)
}

/// The text of a file's octets. Octets that are no UTF-8 become `\DDD`, which means the same to [`parse`].
pub fn decode(octets: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(octets) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(octets.len() + octets.len() / 8);
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            // A backslash that takes the octet as it is already makes the escape.
            let escaped = text.bytes().rev().take_while(|&before| before == b'\\').count() % 2 == 1;
            let escape = format!("\\{octet:03}");
            text.push_str(escape.get(usize::from(escaped)..).unwrap_or_default());
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests;
