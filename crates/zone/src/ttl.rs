//! Time to live.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Seconds that a resolver may keep an answer: 0 to 2,147,483,647 (RFC 2181 section 8).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Ttl(u32);

/// Why a text is not a TTL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TtlError {
    /// Not a number with an optional unit.
    #[error("\"{0}\" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)")]
    Syntax(String),
    /// Above 2^31 - 1 seconds.
    #[error("TTL {0} is above 2147483647 seconds, the largest that DNS allows (RFC 2181 section 8)")]
    Range(String),
}

impl Ttl {
    /// The largest TTL.
    pub const MAX: Self = Self(i32::MAX as u32);

    /// A TTL of `seconds`, or `None` above 2,147,483,647.
    pub fn new(seconds: u32) -> Option<Self> {
        (seconds <= Self::MAX.0).then_some(Self(seconds))
    }

    /// A TTL from the wire, where a value with the top bit set counts as zero (RFC 2181 section 8).
    pub fn from_wire(seconds: u32) -> Self {
        Self::new(seconds).unwrap_or(Self(0))
    }

    /// The TTL in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The time in words for a person, in hours, minutes and seconds: `24 h`, `1 h 30 min`.
    pub fn spoken(self) -> String {
        let parts = [(self.0 / 3600, "h"), (self.0 / 60 % 60, "min"), (self.0 % 60, "s")];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number} {unit}"))
            .collect();
        if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
    }

    /// The shortest exact text with units, such as `1h` or `1h30m`; plain seconds below a minute.
    pub fn human(self) -> String {
        let mut rest = self.0;
        if rest == 0 {
            return "0".to_owned();
        }
        let mut text = String::new();
        for (unit, size) in [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
            if rest >= size && (unit != 'w' || rest.is_multiple_of(size)) {
                text += &(rest / size).to_string();
                text.push(unit);
                rest %= size;
            }
        }
        text
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Ttl {
    type Err = TtlError;

    /// Reads seconds, or numbers with the units `s`, `m`, `h`, `d`, `w` as BIND's master files have them.
    fn from_str(text: &str) -> Result<Self, TtlError> {
        let syntax = || TtlError::Syntax(text.to_owned());
        let range = || TtlError::Range(text.to_owned());
        if text.is_empty() {
            return Err(syntax());
        }
        let mut total: u64 = 0;
        let mut number: Option<u64> = None;
        let mut units = false;
        for byte in text.bytes() {
            if byte.is_ascii_digit() {
                let next = number.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                number = Some(next);
                continue;
            }
            let size = match byte.to_ascii_lowercase() {
                b's' => 1,
                b'm' => 60,
                b'h' => 3600,
                b'd' => 86_400,
                b'w' => 604_800,
                _ => return Err(syntax()),
            };
            units = true;
            total = total.saturating_add(number.take().ok_or_else(syntax)?.saturating_mul(size));
        }
        if let Some(rest) = number {
            if units {
                return Err(syntax());
            }
            total = rest;
        }
        u32::try_from(total).ok().and_then(Self::new).ok_or_else(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_units() {
        for (text, seconds) in
            [("0", 0), ("3600", 3600), ("1h30m", 5400), ("1W", 604_800), ("2147483647", 2_147_483_647)]
        {
            assert_eq!(text.parse::<Ttl>().map(Ttl::seconds), Ok(seconds), "{text}");
        }
        for text in ["", "h", "1x", "1h30", "-1", "1 h", "1.5h", "2147483648", "99999999999999999999999"] {
            assert!(text.parse::<Ttl>().is_err(), "{text}");
        }
    }

    #[test]
    fn human_text_reads_back() {
        for seconds in [0, 1, 59, 60, 3600, 5400, 86_400, 172_800, 604_800, 691_200, 86_399, 2_147_483_647] {
            let ttl = Ttl(seconds);
            assert_eq!(ttl.human().parse::<Ttl>(), Ok(ttl), "{}", ttl.human());
        }
        assert_eq!(Ttl(86_400).human(), "1d");
        let spoken: Vec<String> = [86_400, 5400, 0, 61].map(|seconds| Ttl(seconds).spoken()).into();
        assert_eq!(spoken, ["24 h", "1 h 30 min", "0 s", "1 min 1 s"]);
        assert_eq!(Ttl(691_200).human(), "8d");
    }
}
