//! Texts with macros (RFC 7208 section 7).

use std::fmt;

/// A text with macros: the `macro-string` of the grammar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MacroText {
    pub(super) parts: Vec<Part>,
}

/// A piece of a [`MacroText`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Visible US-ASCII characters other than `%`; in an explanation also spaces.
    Literal(String),
    /// `%{…}`.
    Macro(Macro),
    /// `%%`: a percent sign.
    Percent,
    /// `%_`: a space.
    Space,
    /// `%-`: a space as URLs have it, `%20`.
    UrlSpace,
}

/// A macro (RFC 7208 sections 7.1 to 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// What it stands for.
    pub letter: Letter,
    /// Written with a capital: the value is escaped as in a URL (section 7.3).
    pub url: bool,
    /// How many parts from the right are kept, at least 1; all when absent.
    pub keep: Option<u32>,
    /// Whether the order of the parts is turned round.
    pub reverse: bool,
    /// Where the value is split, any of `.-+,/_=`; only at `.` when empty. The parts are joined with `.`.
    pub delimiters: String,
}

macro_rules! letters {
    ($( $(#[$doc:meta])* $name:ident $letter:literal )*) => {
        /// What a macro stands for (RFC 7208 section 7.2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Letter {
            $( $(#[$doc])* $name, )*
        }

        impl Letter {
            /// All of them.
            pub const ALL: &[Self] = &[$( Self::$name ),*];

            /// The letter in lower case.
            pub fn letter(self) -> char {
                match self {
                    $( Self::$name => $letter, )*
                }
            }
        }
    };
}

letters! {
    /// `s`: the address of the sender.
    Sender 's'
    /// `l`: what stands before the `@` in it.
    LocalPart 'l'
    /// `o`: what stands after the `@` in it.
    SenderDomain 'o'
    /// `d`: the domain of the record that is read.
    Domain 'd'
    /// `i`: the address of the client with dots, an IPv6 address by its hexadecimal digits.
    Client 'i'
    /// `p`: a validated name of the client.
    Pointer 'p'
    /// `v`: `in-addr` or `ip6`.
    Family 'v'
    /// `h`: the name that the client gave with HELO or EHLO.
    Helo 'h'
    /// `c`: the address of the client as people write it; only in an explanation.
    ReadableClient 'c'
    /// `r`: the host that checks; only in an explanation.
    Receiver 'r'
    /// `t`: the time in seconds since 1970; only in an explanation.
    Time 't'
}

impl Letter {
    /// The letter in either case.
    pub fn from_octet(octet: u8) -> Option<Self> {
        let lower = char::from(octet.to_ascii_lowercase());
        Self::ALL.iter().copied().find(|letter| letter.letter() == lower)
    }

    /// Whether it may only stand in an explanation text.
    pub fn only_in_explanation(self) -> bool {
        matches!(self, Self::ReadableClient | Self::Receiver | Self::Time)
    }
}

impl MacroText {
    /// A text that holds no macro. A `%` in it is written `%%`, a space `%_`.
    pub fn literal(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        for character in text.chars() {
            let part = match character {
                '%' => Part::Percent,
                ' ' => Part::Space,
                other => {
                    literal.push(other);
                    continue;
                }
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(part);
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Self { parts }
    }

    /// Its pieces in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its macros in order.
    pub fn macros(&self) -> impl Iterator<Item = &Macro> {
        self.parts.iter().filter_map(|part| match part {
            Part::Macro(found) => Some(found),
            _ => None,
        })
    }

    /// Whether it comes to the same for every client and every sender of the domain: its macros are `d` and `o` only, or
    /// it has none.
    pub fn is_fixed(&self) -> bool {
        self.macros().all(|found| matches!(found.letter, Letter::Domain | Letter::SenderDomain))
    }
}

impl fmt::Display for MacroText {
    /// As it stands in a record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| part.fmt(f))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Macro(found) => found.fmt(f),
            Self::Percent => f.write_str("%%"),
            Self::Space => f.write_str("%_"),
            Self::UrlSpace => f.write_str("%-"),
        }
    }
}

impl fmt::Display for Macro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = self.letter.letter();
        write!(f, "%{{{}", if self.url { letter.to_ascii_uppercase() } else { letter })?;
        if let Some(keep) = self.keep {
            write!(f, "{keep}")?;
        }
        write!(f, "{}{}}}", if self.reverse { "r" } else { "" }, self.delimiters)
    }
}
