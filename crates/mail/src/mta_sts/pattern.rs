//! Patterns for mail exchangers.

use dnsctl_zone::Name;
use std::fmt;

/// A pattern of a policy: a host name, or `*.` and a name (RFC 8461 section 3.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// Whether it starts with `*.`.
    pub wildcard: bool,
    /// The name, without `*.`.
    pub name: Name,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no domain name at all.
    #[error("it is no domain name: {0}")]
    Name(String),
    /// It has a dot at its end, which a domain name in mail has not (RFC 5321 section 4.1.2).
    #[error("there is no dot at the end of a name in a policy")]
    Dot,
    /// A `*` anywhere else than as the whole first label.
    #[error("\"*\" can only be the whole first label, as in \"*.example.com\"")]
    Star,
    /// A character that host names do not have.
    #[error("a host name has letters, digits and hyphens; other letters are written as A-labels (xn--…)")]
    Host,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A text that is none.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (wildcard, host) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if host.contains('*') {
            return Err(PatternError::Star);
        }
        if host.ends_with('.') && host.len() > 1 {
            return Err(PatternError::Dot);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if !host.chars().all(allowed) {
            return Err(PatternError::Host);
        }
        let name = Name::absolute(host).map_err(|error| PatternError::Name(error.to_string()))?;
        let edge = |label: &[u8]| label.first() == Some(&b'-') || label.last() == Some(&b'-');
        if name.is_root() || name.labels().any(|label| edge(&label)) {
            return Err(PatternError::Host);
        }
        Ok(Self { wildcard, name })
    }

    /// Whether a mail exchanger, by the name in the MX record, is covered. `*.` is for exactly one label (RFC 8461
    /// section 4.1).
    pub fn covers(&self, exchanger: &Name) -> bool {
        if self.wildcard { exchanger.parent().as_ref() == Some(&self.name) } else { *exchanger == self.name }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.wildcard { "*." } else { "" })?;
        f.write_str(&self.name.without_dot())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, name: &str) -> bool {
        Pattern::parse(pattern).unwrap().covers(&Name::absolute(name).unwrap())
    }

    #[test]
    fn a_pattern_is_anchored() {
        assert!(covers("mail.example.com", "MAIL.example.com"));
        assert!(!covers("mail.example.com", "evil-mail.example.com.attacker.net"));
        assert!(!covers("mail.example.com", "a.mail.example.com"));
    }

    #[test]
    fn a_star_is_one_label() {
        assert!(covers("*.example.com", "mail.example.com"));
        assert!(!covers("*.example.com", "a.b.example.com"));
        assert!(!covers("*.example.com", "example.com"));
    }

    #[test]
    fn what_is_no_pattern() {
        for (text, error) in [
            ("*", PatternError::Star),
            ("m*.example.com", PatternError::Star),
            ("*.*.example.com", PatternError::Star),
            ("mail.example.com.", PatternError::Dot),
            ("mäil.example.com", PatternError::Host),
            ("a b.example", PatternError::Host),
            ("-a.example", PatternError::Host),
            (".", PatternError::Host),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text}");
        }
        assert!(matches!(Pattern::parse(""), Err(PatternError::Name(_))));
        assert!(matches!(Pattern::parse("*."), Err(PatternError::Name(_))));
        assert!(matches!(Pattern::parse("a..example"), Err(PatternError::Name(_))));
    }
}
