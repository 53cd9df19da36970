//! YAML text to a tree that remembers where everything stands.
//!
//! Scalars stay what was written: `no`, `1.10`, `0600`, `1e3` and dates are text, and only the reader of a
//! setting knows what it wants. Every error of a file is reported. Anchors, aliases and merge keys are resolved
//! here; custom tags such as `!include` are kept, and [`expand_includes`] puts other files in their place.
//!
//! ```
//! use dnsctl_config::diagnostic::{Diagnostics, Files};
//! use dnsctl_config::yaml::{self, Limits};
//!
//! let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
//! let file = files.add("zones/a.yaml", "ttl: 1h\nrecords:\n  www: { A: 10.1.2.3 }\n");
//! let root = yaml::parse(&file, &Limits::default(), &mut diagnostics)?.expect("not empty");
//! let ttl = root.get("ttl").expect("it is there");
//! assert_eq!(ttl.as_str(), Some("1h"));
//! assert_eq!(files.source(ttl.position()).to_string(), "zones/a.yaml:1:6");
//! # Ok::<(), yaml::Unreadable>(())
//! ```

mod builder;
mod decode;
mod include;
mod mapping;
mod node;
mod syntax;

pub use builder::{Unreadable, parse};
pub(crate) use decode::{MEND, obstacle, unreadable};
pub use decode::{decode, open};
pub use include::expand_includes;
pub use node::{Key, Kind, Node, Scalar, Style, Tag};

/// What a file may cost and contain. The defaults allow any honest repository and stop attacks in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest file in bytes.
    pub bytes: usize,
    /// Deepest nesting of mappings and lists, aliases followed.
    pub depth: usize,
    /// Most keys and values that one file may hold, included files counted. One takes about 50 bytes of memory.
    pub nodes: usize,
    /// Most values that aliases may stand for, counted as if each were written out.
    pub expansion: usize,
    /// The custom tags that the reader understands, such as `!include`; any other is an error.
    pub tags: &'static [&'static str],
    /// Whether a key that stands before `<<` loses against the merged mapping, as octoDNS reads it. By the definition of
    /// the merge key it wins.
    pub later_wins: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: 64,
            nodes: 10_000_000,
            expansion: 1_000_000,
            tags: &[],
            later_wins: false,
        }
    }
}

#[cfg(test)]
mod tests;
