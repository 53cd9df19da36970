//! Why something is not a domain name.

/// Why a text or an octet string is not a domain name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was written.
    #[error("the name is empty")]
    Empty,
    /// Two dots in a row, or a dot at the start.
    #[error("the name \"{0}\" has an empty label (two dots in a row, or one at the start)")]
    EmptyLabel(String),
    /// More than 63 octets between dots (RFC 1035 section 2.3.4).
    #[error("the label \"{label}\" has {length} octets; at most 63 are allowed (RFC 1035 section 2.3.4)")]
    LongLabel {
        /// The label.
        label: String,
        /// Its length in octets.
        length: usize,
    },
    /// More than 255 octets in all (RFC 1035 section 2.3.4).
    #[error("the name has {0} octets on the wire; at most 255 are allowed (RFC 1035 section 2.3.4)")]
    Long(usize),
    /// A backslash without three digits up to 255, or at the end.
    #[error(
        "the escape \"{0}\" is not valid: write \\DDD with a number up to 255, or a backslash and a character"
    )]
    Escape(String),
    /// A U-label that IDNA does not allow (RFC 5891, UTS 46).
    #[error("the label \"{label}\" is not a valid internationalised label: {reason}")]
    Idna {
        /// The label.
        label: String,
        /// What is wrong with it.
        reason: String,
    },
    /// White space or a control character that is not escaped.
    #[error("the name \"{0}\" has a blank or a control character in it")]
    Blank(String),
    /// A relative name of several labels where [`Names::strict`](crate::Names::strict) holds.
    #[error("\"{text}\" has no dot at its end: is it \"{absolute}\" or \"{relative}\"?")]
    Ambiguous {
        /// The text.
        text: String,
        /// The first reading.
        absolute: String,
        /// The second reading.
        relative: String,
    },
    /// Octets on the wire end early, or hold a compression pointer where none may be.
    #[error("the octets are not a domain name")]
    Wire,
}

impl NameError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "write a name; the apex of the zone is @".to_owned(),
            Self::EmptyLabel(_) => "take the dot that is too much away".to_owned(),
            Self::LongLabel { .. } | Self::Long(_) => "shorten the name".to_owned(),
            Self::Escape(_) => "write \\\\ for a backslash that belongs to the name".to_owned(),
            Self::Idna { .. } => "write the label in ASCII (xn--...), or with other letters".to_owned(),
            Self::Blank(_) => {
                "take it out of the name; a blank that belongs to it is written \\032".to_owned()
            }
            Self::Ambiguous { absolute, relative, .. } => format!("write \"{absolute}\" or \"{relative}\""),
            Self::Wire => return None,
        })
    }
}
