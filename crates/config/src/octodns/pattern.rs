//! `glob:` and `regex:` of dynamic zones, matched against names as they stand on disk, with a dot at the end.

use std::fmt::Write as _;

use regex::Regex;

/// Which zones a dynamic entry takes.
#[derive(Debug)]
pub(super) enum Pattern {
    /// All.
    All,
    /// Those that match.
    Matching(Regex),
}

impl Pattern {
    /// As Python's `fnmatch`: `*` any characters, dots too; `?` one; `[a-c]`, `[!a]` one of a set.
    ///
    /// # Errors
    /// A set that is none.
    pub(super) fn glob(text: &str) -> Result<Self, String> {
        let mut pattern = String::from("(?s)^");
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                '*' => pattern.push_str(".*"),
                '?' => pattern.push('.'),
                '[' => {
                    let after = rest.as_str();
                    // A `]` at the start belongs to the set.
                    let from = usize::from(after.starts_with('!')) + 1;
                    let end = after.char_indices().skip(from).find(|(_, c)| *c == ']').map(|(at, _)| at);
                    let Some((set, behind)) = end.and_then(|end| after.split_at_checked(end)) else {
                        pattern.push_str("\\[");
                        continue;
                    };
                    let (not, set) = set.strip_prefix('!').map_or(("", set), |set| ("^", set));
                    let set = set.replace('\\', "\\\\").replace('[', "\\[").replace('^', "\\^");
                    let set = set.replace('&', "\\&").replace('~', "\\~").replace(']', "\\]");
                    let _ = write!(pattern, "[{not}{set}]");
                    rest = behind.get(1..).unwrap_or_default().chars();
                }
                _ => pattern.push_str(&regex::escape(character.encode_utf8(&mut [0; 4]))),
            }
        }
        pattern.push('$');
        Self::regex(&pattern)
    }

    /// As Python's `re.search`, but without look-around and back-references.
    ///
    /// # Errors
    /// What is no expression, or needs those.
    pub(super) fn regex(text: &str) -> Result<Self, String> {
        Regex::new(text).map(Self::Matching).map_err(|error| error.to_string())
    }

    /// Whether a name matches.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Matching(regex) => regex.is_match(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected results are those of Python's `fnmatch.fnmatchcase`.
    #[test]
    fn globs() {
        for (glob, name, expected) in [
            ("*.example.com.", "a.b.example.com.", true),
            ("*.example.com.", "example.com.", false),
            ("?.com.", "a.com.", true),
            ("[ab].com.", "b.com.", true),
            ("[!ab].com.", "b.com.", false),
            ("[a-c]x.", "bx.", true),
            ("[]].", "].", true),
            ("[.", "[.", true),
            ("a.com.", "axcom.", false),
            ("A.com.", "a.com.", false),
        ] {
            assert_eq!(Pattern::glob(glob).unwrap().matches(name), expected, "{glob} {name}");
        }
    }

    #[test]
    fn expressions() {
        assert!(Pattern::regex(r"\.example\.(com|net)\.$").unwrap().matches("a.example.net."));
        assert!(Pattern::regex("(?!a)").unwrap_err().contains("look"));
    }
}
