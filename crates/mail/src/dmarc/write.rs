//! Writing a DMARC record.

use super::{Alignment, FailureOptions, PublicSuffix, Record};
use crate::report_uri::Uri;
use std::fmt;

impl fmt::Display for Record {
    /// The text of the TXT record: `v` first, `p` second for RFC 7489 receivers, and then what differs from the defaults.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=DMARC1")?;
        for (tag, requested) in [("p", self.policy), ("sp", self.subdomains), ("np", self.nonexistent)] {
            if let Some(policy) = requested.policy() {
                write!(f, "; {tag}={policy}")?;
            }
        }
        if let Some(percent) = self.percent {
            write!(f, "; pct={percent}")?;
        }
        if self.test {
            f.write_str("; t=y")?;
        }
        match self.public_suffix {
            PublicSuffix::Yes => f.write_str("; psd=y")?,
            PublicSuffix::No => f.write_str("; psd=n")?,
            PublicSuffix::Unknown => {}
        }
        for (tag, alignment) in [("adkim", self.dkim_alignment), ("aspf", self.spf_alignment)] {
            if alignment == Alignment::Strict {
                write!(f, "; {tag}=s")?;
            }
        }
        for (tag, uris) in [("rua", &self.aggregate), ("ruf", &self.failure)] {
            if !uris.is_empty() {
                let uris: Vec<&str> = uris.iter().map(|Uri { text, .. }| &**text).collect();
                write!(f, "; {tag}={}", uris.join(","))?;
            }
        }
        if self.failure_options != FailureOptions::default() {
            write!(f, "; fo={}", self.failure_options)?;
        }
        if let Some(formats) = &self.formats {
            write!(f, "; rf={formats}")?;
        }
        if let Some(interval) = self.interval {
            write!(f, "; ri={interval}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FailureOptions {
    /// The value of `fo`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [("0", self.all), ("1", self.any), ("d", self.dkim), ("s", self.spf)];
        let set: Vec<_> = all.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        f.write_str(&set.join(":"))
    }
}
