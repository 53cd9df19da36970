//! What can be wrong with a master file.

use crate::{Name, NameError, RdataError, RecordType, Source, Ttl, TtlError};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// One thing that is wrong in a master file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterError {
    /// Where it starts.
    pub source: Source,
    /// How many characters it takes; 0 when no single part is to blame.
    pub length: u32,
    /// What is wrong.
    pub fault: Fault,
}

impl MasterError {
    /// What to do about it, where that is not plain from the message.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        self.fault.hint()
    }
}

impl fmt::Display for MasterError {
    /// `file:line:column: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.fault)
    }
}

impl std::error::Error for MasterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.fault)
    }
}

/// Kinds of faults. The last four are warnings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// `"` without its end on the same line.
    #[error("the quote is not closed on this line")]
    OpenQuote,
    /// `(` without `)`.
    #[error("the parenthesis is not closed")]
    OpenParenthesis,
    /// `)` without `(`.
    #[error("this parenthesis closes nothing")]
    CloseParenthesis,
    /// An entry of an unreasonable size.
    #[error("the record takes more than {0} octets")]
    LongEntry(usize),
    /// `\` with nothing behind it.
    #[error("a backslash stands at the end of the line")]
    OpenEscape,
    /// A record whose owner name is left out, with no record before it.
    #[error("the line starts with a blank, so it has the owner name of the record before, but there is none")]
    NoOwner,
    /// An owner name or origin that is none.
    #[error("{0}")]
    Name(#[from] NameError),
    /// A name in quotes.
    #[error("a name is written without quotes")]
    QuotedName,
    /// A TTL that is none.
    #[error("{0}")]
    Ttl(#[from] TtlError),
    /// No TTL anywhere.
    #[error("the record has no TTL, and neither $TTL nor a record before it gives one")]
    NoTtl,
    /// A class other than IN.
    #[error("the class {0} is not supported; zones here are of class IN")]
    Class(String),
    /// A line that ends before its type.
    #[error("the line ends where a record type should stand")]
    NoType,
    /// A word where a type should stand, and whether the owner name looks like one.
    #[error("\"{word}\" is not a record type")]
    Type {
        /// The word.
        word: String,
        /// Whether the word at the start of the line is a type itself.
        owner_is_type: bool,
    },
    /// A pseudo type.
    #[error("{0} is no type of DNS; only some providers know it")]
    PseudoType(RecordType),
    /// Data that are not of the type's form.
    #[error("{0}")]
    Rdata(Box<RdataError>),
    /// A word behind `$` that is no directive.
    #[error("\"{0}\" is not a directive; known are $ORIGIN, $TTL, $INCLUDE and $GENERATE")]
    Directive(String),
    /// A directive that lacks something or has too much.
    #[error("the form is {0}")]
    Form(&'static str),
    /// A file that could not be included.
    #[error("cannot include \"{path}\": {reason}")]
    Include {
        /// The path as it is written.
        path: String,
        /// Why.
        reason: String,
    },
    /// A file that includes itself, maybe through others.
    #[error("{0} includes itself")]
    IncludeLoop(Arc<str>),
    /// Too many files inside each other, or in all.
    #[error("more than {0} files are included{1}")]
    IncludeLimit(usize, &'static str),
    /// A range of `$GENERATE` that is none.
    #[error(
        "\"{0}\" is not a range START-STOP or START-STOP/STEP with START not above STOP and STEP above 0"
    )]
    Range(String),
    /// `${…}` that is none.
    #[error(
        "\"{0}\" is not of the form ${{OFFSET,WIDTH,BASE}} with a WIDTH up to 255 and a BASE of d, o, x, X, n or N"
    )]
    Modifier(String),
    /// A number that `$GENERATE` cannot write.
    #[error("{number} plus the offset {offset} is below 0 or above 2147483647")]
    Number {
        /// The number.
        number: u32,
        /// The offset.
        offset: i64,
    },
    /// Too many records by `$GENERATE`.
    #[error("$GENERATE makes more than {0} records")]
    GenerateLimit(usize),
    /// Too much text by `$GENERATE`.
    #[error("$GENERATE makes more than {0} octets of text")]
    GenerateOctets(usize),
    /// A fault in a record that `$GENERATE` makes.
    #[error("for the number {number}: {fault}")]
    Generated {
        /// The number.
        number: u32,
        /// What is wrong.
        fault: Box<Self>,
    },
    /// Too many errors.
    #[error("there are more than {0} errors; the rest was not read")]
    TooMany(usize),
    /// A record outside the zone.
    #[error("{name} is not in the zone {apex}")]
    OutOfZone {
        /// The owner name.
        name: Name,
        /// The apex.
        apex: Name,
    },
    /// Several values where a type has one.
    #[error("{name} has several {rtype} records; there can be only one")]
    Several {
        /// The owner name.
        name: Name,
        /// The type.
        rtype: RecordType,
    },
    /// Warning: TTLs that differ within an RRset.
    #[error(
        "the records of {name} {rtype} have TTLs from {lowest} to {highest}; {lowest} holds for all (RFC 2181 section 5.2)"
    )]
    TtlsDiffer {
        /// The owner name.
        name: Name,
        /// The type.
        rtype: RecordType,
        /// The lowest TTL.
        lowest: Ttl,
        /// The highest TTL.
        highest: Ttl,
    },
    /// Warning: the TTL of the record before was taken.
    #[error(
        "the record has no TTL and there is no $TTL; {0} is taken from the record before (RFC 1035 section 5.1)"
    )]
    LastTtl(Ttl),
    /// Warning: the TTL was taken from the SOA record's last field.
    #[error(
        "the SOA record has no TTL and there is no $TTL; its last field, {0}, is taken for it and all that follows"
    )]
    MinimumTtl(Ttl),
    /// Warning: a record stands twice.
    #[error("this record of {name} {rtype} stands twice")]
    Twice {
        /// The owner name.
        name: Name,
        /// The type.
        rtype: RecordType,
    },
}

impl Fault {
    /// Whether the record is of a type that is not known, or of one without a known text form: all else of the record may
    /// be right, and another program may read it.
    pub fn is_unknown_type(&self) -> bool {
        match self {
            Self::Type { owner_is_type, .. } => !owner_is_type,
            Self::Rdata(error) => error.is_of_unknown_form(),
            Self::Generated { fault, .. } => fault.is_unknown_type(),
            _ => false,
        }
    }

    /// What to do about it, where that is not plain from the message.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(match self {
            Self::Name(error) => return error.help().map(Cow::Owned),
            Self::Rdata(error) => return error.help().map(Cow::Owned),
            Self::OpenParenthesis => "write ) where the record ends",
            Self::CloseParenthesis => "remove it, or write \"(\" before it where the record begins",
            Self::LongEntry(_) => "look for a parenthesis that is not closed",
            Self::OpenEscape => "write \\\\ for a backslash that belongs to the text",
            Self::NoOwner => "write the owner name at the start of the line; @ is the origin",
            Self::QuotedName => "take the quotes away",
            Self::Class(_) => "remove the record, or the word if it is no class",
            Self::NoType => "write type and data on one line, or in parentheses",
            Self::PseudoType(_) => "write the addresses, or keep the zone in a file of dnsctl",
            Self::Include { .. } => "relative paths start at the folder of the file with $INCLUDE",
            Self::IncludeLoop(_) | Self::IncludeLimit(..) => "remove an $INCLUDE",
            Self::Number { .. } | Self::GenerateLimit(_) | Self::GenerateOctets(_) => {
                "make the range smaller"
            }
            Self::TooMany(_) => "mend those first, or look whether this is a master file",
            Self::Several { .. } => "keep one of them",
            Self::TtlsDiffer { .. } => "give all of them the same TTL",
            Self::Twice { .. } => "remove one of them",
            Self::OpenQuote => "write \\\" for a quote that belongs to the text",
            Self::NoTtl | Self::LastTtl(_) | Self::MinimumTtl(_) => {
                "write $TTL and a time at the top of the file (RFC 2308 section 4)"
            }
            Self::Type { owner_is_type: true, .. } => {
                "a line whose owner name is left out starts with a blank"
            }
            Self::Type { .. } => "a type without a name is written TYPE and its number (RFC 3597 section 5)",
            Self::Directive(_) => "write \\$ for a name that starts with a dollar sign",
            Self::OutOfZone { .. } => "a name without a dot at its end is below the origin",
            Self::Generated { fault, .. } => return fault.hint(),
            // The message says what the form is.
            Self::Ttl(_) | Self::Form(_) | Self::Range(_) | Self::Modifier(_) => return None,
        }))
    }
}

impl From<RdataError> for Fault {
    fn from(error: RdataError) -> Self {
        Self::Rdata(Box::new(error))
    }
}
