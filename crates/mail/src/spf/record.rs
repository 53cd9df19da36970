//! An SPF record and its terms (RFC 7208 section 12), and how they are written.

use super::MacroText;
use crate::Span;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// An SPF record: its terms in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Mechanisms and modifiers as they stand.
    pub terms: Vec<Term>,
}

/// A mechanism or a modifier, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Where it stands; empty in a record that was not read from a text.
    pub span: Span,
}

/// What a term is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    /// A mechanism with its qualifier.
    Directive(Directive),
    /// `redirect=`: the record that decides when no mechanism matches (section 6.1).
    Redirect(MacroText),
    /// `exp=`: where the explanation of a "fail" stands (section 6.2).
    Explanation(MacroText),
    /// Any other modifier: ignored (section 6).
    Unknown {
        /// Its name.
        name: String,
        /// What stands behind the equals sign.
        value: MacroText,
    },
}

/// A mechanism and what a match means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What a match means.
    pub qualifier: Qualifier,
    /// What matches.
    pub mechanism: Mechanism,
}

/// What a match of a mechanism means (section 4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// `+`, or nothing: the client is authorised.
    Pass,
    /// `-`: it is not.
    Fail,
    /// `~`: it probably is not.
    SoftFail,
    /// `?`: nothing is said about it.
    Neutral,
}

/// What a client is compared with (section 5). A domain that is absent is that of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    /// Everybody (section 5.1).
    All,
    /// Whoever passes the record of that domain (section 5.2).
    Include(MacroText),
    /// The addresses of a name (section 5.3).
    A(Option<MacroText>, Prefixes),
    /// The addresses of the mail exchangers of a name (section 5.4).
    Mx(Option<MacroText>, Prefixes),
    /// Clients whose validated name is at or below that name (section 5.5).
    Ptr(Option<MacroText>),
    /// An IPv4 network: address and prefix length, 32 when absent (section 5.6).
    Ip4(Ipv4Addr, Option<u8>),
    /// An IPv6 network: address and prefix length, 128 when absent (section 5.6).
    Ip6(Ipv6Addr, Option<u8>),
    /// Everybody, if that name has an IPv4 address (section 5.7).
    Exists(MacroText),
}

/// The prefix lengths of `a` and `mx`; absent ones are 32 and 128 (section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prefixes {
    /// For IPv4 addresses, 0 to 32.
    pub ipv4: Option<u8>,
    /// For IPv6 addresses, 0 to 128.
    pub ipv6: Option<u8>,
}

impl Record {
    /// The mechanisms in order.
    pub fn directives(&self) -> impl Iterator<Item = (&Term, &Directive)> {
        self.terms.iter().filter_map(|term| match &term.kind {
            TermKind::Directive(directive) => Some((term, directive)),
            _ => None,
        })
    }

    /// The first `all`, which ends the record.
    pub fn all(&self) -> Option<(&Term, Qualifier)> {
        let mut all = self.directives().filter(|(_, directive)| directive.mechanism == Mechanism::All);
        all.next().map(|(term, directive)| (term, directive.qualifier))
    }

    /// The `redirect` modifier, also where it is ignored since the record has `all`.
    pub fn redirect(&self) -> Option<(&Term, &MacroText)> {
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Redirect(domain) => Some((term, domain)),
            _ => None,
        })
    }

    /// The `exp` modifier.
    pub fn explanation(&self) -> Option<(&Term, &MacroText)> {
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Explanation(domain) => Some((term, domain)),
            _ => None,
        })
    }
}

impl TermKind {
    /// The text in which macros stand: a name to ask for, or the value of an unknown modifier.
    pub fn text(&self) -> Option<&MacroText> {
        match self {
            Self::Redirect(text) | Self::Explanation(text) | Self::Unknown { value: text, .. } => Some(text),
            Self::Directive(directive) => match &directive.mechanism {
                Mechanism::Include(text) | Mechanism::Exists(text) => Some(text),
                Mechanism::A(text, _) | Mechanism::Mx(text, _) | Mechanism::Ptr(text) => text.as_ref(),
                Mechanism::All | Mechanism::Ip4(..) | Mechanism::Ip6(..) => None,
            },
        }
    }

    /// Whether another record is read for it: `include` and `redirect`.
    pub fn leads_to_record(&self) -> bool {
        match self {
            Self::Redirect(_) => true,
            Self::Directive(directive) => matches!(directive.mechanism, Mechanism::Include(_)),
            Self::Explanation(_) | Self::Unknown { .. } => false,
        }
    }

    /// The mechanism, when it is one that authorises whom it matches.
    pub fn passing(&self) -> Option<&Mechanism> {
        match self {
            Self::Directive(Directive { qualifier: Qualifier::Pass, mechanism }) => Some(mechanism),
            _ => None,
        }
    }

    /// The mechanism.
    pub fn mechanism(&self) -> Option<&Mechanism> {
        match self {
            Self::Directive(directive) => Some(&directive.mechanism),
            _ => None,
        }
    }

    /// Whether it counts towards the ten lookups (section 4.6.4). An `exp` does not.
    pub fn costs_lookup(&self) -> bool {
        match self {
            Self::Redirect(_) => true,
            Self::Explanation(_) | Self::Unknown { .. } => false,
            Self::Directive(directive) => {
                !matches!(directive.mechanism, Mechanism::All | Mechanism::Ip4(..) | Mechanism::Ip6(..))
            }
        }
    }
}

impl From<Directive> for Term {
    fn from(directive: Directive) -> Self {
        Self { kind: TermKind::Directive(directive), span: Span::default() }
    }
}

impl Qualifier {
    /// The sign before the mechanism; none for "pass".
    pub fn sign(self) -> &'static str {
        match self {
            Self::Pass => "",
            Self::Fail => "-",
            Self::SoftFail => "~",
            Self::Neutral => "?",
        }
    }
}

impl fmt::Display for Record {
    /// The record as it is published.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        self.terms.iter().try_for_each(|term| write!(f, " {}", term.kind))
    }
}

impl fmt::Display for TermKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directive(directive) => directive.fmt(f),
            Self::Redirect(domain) => write!(f, "redirect={domain}"),
            Self::Explanation(domain) => write!(f, "exp={domain}"),
            Self::Unknown { name, value } => write!(f, "{name}={value}"),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.qualifier.sign(), self.mechanism)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Include(domain) => write!(f, "include:{domain}"),
            Self::Exists(domain) => write!(f, "exists:{domain}"),
            Self::A(domain, prefixes) => write!(f, "a{}{prefixes}", After(domain.as_ref())),
            Self::Mx(domain, prefixes) => write!(f, "mx{}{prefixes}", After(domain.as_ref())),
            Self::Ptr(domain) => write!(f, "ptr{}", After(domain.as_ref())),
            Self::Ip4(address, prefix) => write!(f, "ip4:{address}{}", Length(*prefix)),
            Self::Ip6(address, prefix) => write!(f, "ip6:{address}{}", Length(*prefix)),
        }
    }
}

impl fmt::Display for Prefixes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Length(self.ipv4))?;
        self.ipv6.map_or(Ok(()), |length| write!(f, "//{length}"))
    }
}

/// A colon and the domain, if there is one.
struct After<'a>(Option<&'a MacroText>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |domain| write!(f, ":{domain}"))
    }
}

/// A slash and the length, if there is one.
struct Length(Option<u8>);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |length| write!(f, "/{length}"))
    }
}
