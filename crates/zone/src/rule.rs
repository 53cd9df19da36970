//! What is known of a rule: the words that explain it.

use std::fmt;

/// A rule of `dnsctl` with the words that explain it: a guard that stops a plan, a check of a zone, a thing that a plan
/// tells. What the rule does is elsewhere; this is plain data, so that all rules stand in one catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// A word, a slash, words with hyphens: `guard/last-mx`. It never changes its meaning.
    pub id: &'static str,
    /// One line without a full stop: what it stops or finds.
    pub title: &'static str,
    /// What breaks, and how, in a few sentences.
    pub why: &'static str,
    /// What to do about it, in a few sentences.
    pub fix: &'static str,
    /// What it says about an example: one line of a plan or report, without its sign.
    pub example: &'static str,
    /// What it follows.
    pub references: &'static [Reference],
    /// What it looks at.
    pub evidence: &'static [Evidence],
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// A section of an RFC; the whole of it when the section is empty.
    Rfc(u16, &'static str),
    /// The page of a vendor or project: its name and its address.
    Page(&'static str, &'static str),
}

impl Reference {
    /// Where it can be read.
    pub fn url(&self) -> String {
        match self {
            Self::Rfc(number, "") => format!("https://www.rfc-editor.org/rfc/rfc{number}"),
            Self::Rfc(number, section) => {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }
            Self::Page(_, url) => (*url).to_owned(),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc(number, "") => write!(f, "RFC {number}"),
            Self::Rfc(number, section) => write!(f, "RFC {number} section {section}"),
            Self::Page(name, _) => f.write_str(name),
        }
    }
}

/// What a rule looks at. One that lacks its evidence is untested, which is not the same as passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The files of the user.
    Files,
    /// The zone as a provider gives it.
    Provider,
    /// What `mail:` declares about the domain.
    Mail,
    /// The certificate files that `mail:` names.
    Certificates,
    /// The other zones of the configuration.
    Neighbours,
    /// The zone as it is before the change: in a plan only.
    Before,
    /// Which day it is.
    Date,
    /// What was remembered of earlier runs.
    Memory,
    /// Answers of name servers.
    Dns,
    /// The dialogue with a mail server.
    Smtp,
    /// The answer of a web server.
    Https,
}

impl fmt::Display for Evidence {
    /// Made to stand in a list after "looks at".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Files => "the files",
            Self::Provider => "the zone at the provider",
            Self::Mail => "what `mail:` declares",
            Self::Certificates => "the certificate files that `mail:` names",
            Self::Neighbours => "the other zones of the configuration",
            Self::Before => "the zone before the change (in a plan)",
            Self::Date => "the date",
            Self::Memory => "the last read",
            Self::Dns => "answers of name servers",
            Self::Smtp => "mail servers",
            Self::Https => "web servers",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_spoken_and_linked() {
        let section = Reference::Rfc(5321, "5.1");
        assert_eq!(section.to_string(), "RFC 5321 section 5.1");
        assert_eq!(section.url(), "https://www.rfc-editor.org/rfc/rfc5321#section-5.1");
        assert_eq!(Reference::Rfc(7505, "").to_string(), "RFC 7505");
        assert_eq!(Reference::Rfc(7505, "").url(), "https://www.rfc-editor.org/rfc/rfc7505");
    }
}
