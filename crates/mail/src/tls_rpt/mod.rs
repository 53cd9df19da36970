//! TLS-RPT records: the TXT at `_smtp._tls.DOMAIN` (RFC 8460 section 3).

use crate::fault::excerpt;
use crate::report_uri::{self, Uri, UriFaultKind};
use crate::tags::{self, Style, Tag, items};
use crate::{Fault, FaultClass, Span};
use std::fmt;

/// What is wrong in a TLS-RPT record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The list of fields.
    Tag(tags::FaultKind),
    /// The text does not begin with `v=TLSRPTv1;`: senders discard it.
    Version,
    /// There is no `rua`.
    AddressMissing,
    /// A URI that no report can be sent to.
    Uri(UriFaultKind),
    /// A URI that is neither `mailto` nor `https`.
    UriScheme,
    /// A field that RFC 8460 does not know: senders ignore it.
    Extension,
    /// A value with blanks or `=`, which no extension may have.
    ExtensionValue,
}

impl FaultClass for FaultKind {
    fn is_error(self) -> bool {
        match self {
            Self::Tag(kind) => kind.is_error(),
            Self::Extension => false,
            _ => true,
        }
    }
}

/// A TLS-RPT record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `rua`: where reports go; mailto and https are the schemes there are.
    pub addresses: Vec<Uri>,
    /// Fields that RFC 8460 does not know, and their values.
    pub extensions: Vec<(String, String)>,
}

/// What a text says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The record; `None` when senders can take no address from it.
    pub record: Option<Record>,
    /// Where `rua` stands.
    pub addresses_span: Option<Span>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

const VERSION: &[u8] = b"v=TLSRPTv1";

/// Whether senders take a text for a TLS-RPT record: it begins with `v=TLSRPTv1;` (RFC 8460 section 3).
pub fn is_tls_rpt(text: &[u8]) -> bool {
    text.strip_prefix(VERSION).is_some_and(|rest| rest.first() == Some(&b';'))
}

/// Reads a TLS-RPT record.
pub fn parse(text: &[u8]) -> Parsed {
    let list = tags::parse(text, Style::Tight);
    let mut faults: Vec<_> =
        list.faults.iter().map(|f| Fault::new(FaultKind::Tag(f.kind), f.span, f.message.clone())).collect();
    if !is_tls_rpt(text) {
        faults.push(Fault::new(FaultKind::Version, tags::first(text), tags::not_first(text, "v=TLSRPTv1")));
    }
    let mut record = Record { addresses: Vec::new(), extensions: Vec::new() };
    let mut addresses_span = None;
    for tag in &list.tags {
        match tag.name {
            b"v" | b"" => {}
            b"rua" if addresses_span.is_none() => {
                addresses_span = Some(tag.span);
                record.addresses = addresses(text, tag, &mut faults);
            }
            // A repeated one was told already.
            b"rua" => {}
            _ => {
                let kinds = [FaultKind::Extension, FaultKind::ExtensionValue];
                record.extensions.push(tags::extension(tag, 8460, kinds, &mut faults));
            }
        }
    }
    if addresses_span.is_none() {
        let message = "there is no \"rua\": reports have nowhere to go";
        faults.push(Fault::new(FaultKind::AddressMissing, text.len()..text.len(), message));
    }
    faults.sort_by_key(|fault| fault.span);
    let usable = is_tls_rpt(text) && !record.addresses.is_empty();
    Parsed { record: usable.then_some(record), addresses_span, faults }
}

fn addresses(text: &[u8], tag: &Tag<'_>, faults: &mut Vec<Fault<FaultKind>>) -> Vec<Uri> {
    let mut found = Vec::new();
    for item in items(text, tag.value_span, b',') {
        match report_uri::read(item.octets, item.span.start) {
            Ok(uri) => {
                if !matches!(&*uri.scheme, "mailto" | "https") {
                    let message = format!(
                        "\"{}\" is neither mailto nor https, the schemes there are",
                        excerpt(item.octets)
                    );
                    faults.push(Fault::new(FaultKind::UriScheme, item.span, message));
                } else {
                    found.push(uri);
                }
            }
            Err(fault) => {
                let span = if fault.span.is_empty() { tag.span } else { fault.span };
                faults.push(Fault::new(FaultKind::Uri(fault.kind), span, fault.message));
            }
        }
    }
    found
}

impl fmt::Display for Record {
    /// The text of the TXT record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses: Vec<&str> = self.addresses.iter().map(|uri| &*uri.text).collect();
        write!(f, "v=TLSRPTv1; rua={}", addresses.join(","))?;
        self.extensions.iter().try_for_each(|(name, value)| write!(f, "; {name}={value}"))
    }
}

#[cfg(test)]
mod tests;
