//! MTA-STS: the record and the policy file (RFC 8461).

mod pattern;
pub mod policy;
pub mod record;

pub use pattern::{Pattern, PatternError};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// An `id` for the record that is the same for the same policy and another one for every other (RFC 8461 section 3.1): 32
/// hexadecimal digits. How lines end does not count, since servers and checkouts change that.
pub fn id(policy: &str) -> String {
    let mut hash = Sha256::new();
    for line in policy.lines() {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    let digest = hash.finalize();
    HEXLOWER.encode(digest.get(..16).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_the_content_and_not_the_line_ends() {
        let one = id("version: STSv1\nmode: enforce\n");
        assert_eq!(one, id("version: STSv1\r\nmode: enforce"));
        assert_ne!(one, id("version: STSv1\nmode: testing\n"));
        assert_ne!(id("a\nb"), id("ab"));
        let parsed = record::parse(format!("v=STSv1; id={one}").as_bytes());
        assert_eq!(parsed.faults, []);
        // It may never change: every published record would be wrong.
        assert_eq!(id(""), "e3b0c44298fc1c149afbf4c8996fb924");
        assert_eq!(id("version: STSv1\n"), "428d785a65817f851123ef0609271615");
    }
}
