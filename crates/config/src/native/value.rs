//! The value of an RRset in all its shapes.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dnsctl_zone::{FieldKind, Name, NameError, RRset, Rdata, RdataError, RecordType, Source, Wish};

use super::long::Long;
use super::records::Records;
use super::text;
use crate::diagnostic::{Diagnostic, Position, Severity, quote};
use crate::keys;
use crate::yaml::{self, Kind, Node, Style};

impl Records<'_, '_> {
    /// One RRset. `None` when something is wrong with it, which is reported.
    pub(super) fn rrset(
        &mut self,
        owner: &Name,
        rtype: RecordType,
        key: &yaml::Key<'_>,
        node: &Node<'_>,
    ) -> Option<Wish> {
        let long = match node.as_mapping() {
            Some(entries) if !is_fields(rtype, entries) => self.long(rtype, key, node)?,
            _ => Long {
                values: node.one_or_many(),
                ttl: None,
                provider_options: None,
                only: None,
                lenient: false,
            },
        };
        if long.values.is_empty() {
            let message = format!("{} has no values", quote(key.text()));
            let help = "write at least one, or remove it";
            self.reader.report(node.position(), Diagnostic::error("record/no-values", message).help(help));
            return None;
        }
        let mut values = Vec::with_capacity(long.values.len());
        for value in long.values {
            values.extend(self.rdata(rtype, value));
        }
        if values.len() < long.values.len() {
            return None;
        }
        self.reader.twins(node.position(), owner, rtype, &values);
        let rrset = RRset::new(owner.clone(), rtype, long.ttl.unwrap_or(self.default_ttl), values);
        let source = self.reader.source(key.position());
        let provider_options = long.provider_options.map(Box::new);
        Some(Wish { rrset, source, provider_options, only: long.only, lenient: long.lenient })
    }

    /// One value: text in the form of a master file, or a mapping with the fields of the type.
    fn rdata(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        match node.kind() {
            Kind::Text => self.rdata_of_text(rtype, node),
            Kind::Mapping => self.rdata_of_fields(rtype, node),
            Kind::List => {
                let error = Diagnostic::error("record/bad-value", "a list stands where one value must be");
                let help = "each item of the list is one value; the strings of one TXT value are written \"a\" \"b\" in one text";
                self.reader.report(node.position(), error.help(help));
                None
            }
            Kind::Null => {
                let error = Diagnostic::error("config/no-value", "there is no value here");
                self.reader.report(
                    node.position(),
                    error.help("write one, or remove this; text such as ~ needs quotes"),
                );
                None
            }
        }
    }

    fn rdata_of_text(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        let text = node.as_str()?;
        let text = self.vars.fill(self.reader, node.position(), text)?;
        let mut text = &*text;
        if node.as_scalar().is_some_and(|scalar| scalar.style() == Style::Block) {
            // The line break that ends a block is the layout's, not the value's.
            text = text.trim_end_matches('\n');
        }
        match rtype {
            RecordType::A => {
                if let Ok(address) = text.parse::<Ipv4Addr>() {
                    return Some(Rdata::address(address.into()));
                }
            }
            RecordType::AAAA => {
                if let Ok(address) = text.parse::<Ipv6Addr>() {
                    return Some(Rdata::address(address.into()));
                }
            }
            RecordType::TXT | RecordType::SPF => {
                return match text::read(rtype, text, self.names()) {
                    Ok(read) => {
                        if let Some((message, help)) = read.doubt {
                            self.reader.report(
                                node.position(),
                                Diagnostic::warning("record/text", message).help(help),
                            );
                        }
                        Some(read.rdata)
                    }
                    Err(error) => self.bad_rdata(node, text, &error),
                };
            }
            _ => {}
        }
        let last = text.trim_end().rsplit([' ', '\t']).next().unwrap_or_default();
        let complete = text.split_whitespace().count() == rtype.fields().len();
        if complete && ends_with_name(rtype) && self.no_name(node, text, last) {
            return None;
        }
        match Rdata::parse(rtype, text, self.names()) {
            Ok(rdata) => self.checked(node, text, rdata),
            Err(error) => self.bad_rdata(node, text, &error),
        }
    }

    fn rdata_of_fields(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        let mut given: Vec<(&str, Cow<'_, str>, &Node<'_>)> = Vec::new();
        let known = || rtype.fields().iter().map(|field| field.name);
        let entries = node.as_mapping()?;
        if !is_fields(rtype, entries)
            && entries.iter().any(|(key, _)| keys::names(keys::RRSET).any(|name| name == key.text()))
        {
            let message = "`ttl`, `value`, `values` and `provider` hold for the whole RRset, not for one value (RFC 2181 section 5.2)";
            let error = Diagnostic::error("record/ttl-of-one-value", message);
            self.reader.report(
                node.position(),
                error.help("write them beside the list: A: { ttl: 5m, values: [192.0.2.1, 192.0.2.2] }"),
            );
            return None;
        }
        let mut complete = true;
        for (key, value) in entries {
            if value.is_null() {
                self.reader.no_value(key);
                complete = false;
                continue;
            }
            if !known().any(|name| name == key.text()) {
                let misplaced = keys::names(keys::RRSET).any(|name| name == key.text());
                if misplaced {
                    let message = format!("{} stands among the fields of the value", quote(key.text()));
                    let error = Diagnostic::error("config/unknown-key", message);
                    let help = format!(
                        "put the fields under `value`: {rtype}: {{ {}: ..., value: {{ ... }} }}",
                        key.text()
                    );
                    self.reader.report(key.position(), error.help(help));
                } else {
                    self.reader.unknown_key(key, &format!("a value of {rtype}"), known());
                }
                complete = false;
                continue;
            }
            let text = self
                .reader
                .text(value, &quote(key.text()))
                .map(|text| self.vars.fill(self.reader, value.position(), text));
            match text.flatten() {
                Some(text) => given.push((key.text(), text, value)),
                None => complete = false,
            }
        }
        if !complete {
            return None;
        }
        for (name, text, place) in &given {
            let is_name =
                rtype.fields().iter().any(|field| field.name == *name && field.kind == FieldKind::Name);
            if is_name && self.no_name(place, text, text) {
                return None;
            }
        }
        let fields: Vec<(&str, &str)> = given.iter().map(|(name, text, _)| (*name, &**text)).collect();
        match Rdata::from_fields(rtype, &fields, self.names()) {
            Ok(rdata) => self.checked(node, &fields.iter().map(|(_, text)| *text).collect::<String>(), rdata),
            Err(error) => {
                let blamed = error.field.and_then(|field| given.iter().find(|(name, ..)| *name == field));
                match blamed {
                    Some((_, text, place)) => self.bad_rdata(place, text, &error),
                    None => self.bad_rdata(node, "", &error),
                }
            }
        }
    }

    /// Whether an address or a number stands where a domain name must be. It is reported.
    fn no_name(&mut self, node: &Node<'_>, text: &str, word: &str) -> bool {
        let first_is_digit = word.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if !first_is_digit && !word.contains(':') {
            return false;
        }
        let address = word.trim_end_matches('.').parse::<IpAddr>().is_ok();
        let number = word.bytes().all(|octet| octet.is_ascii_digit());
        // One that ends with a dot is what it says, though hardly what was meant.
        let absolute = word.ends_with('.');
        let (message, help) = if address {
            let message = format!("the address {} stands where a domain name must be", quote(word));
            (message, "give the address a name of its own (A or AAAA), and name that here".to_owned())
        } else if number {
            let message = format!("the number {} stands where a domain name must be", quote(word));
            (message, format!("if the name is meant, write it in full: {word}.{}", self.apex))
        } else {
            return false;
        };
        let source = self.inside(node, text, text.len().saturating_sub(word.len()));
        let severity = if absolute { Severity::Warning } else { Severity::Error };
        self.reader.found.push(Diagnostic::new(severity, "record/not-a-name", message).at(source).help(help));
        !absolute
    }

    /// A mailbox is written as a domain name.
    fn checked(&mut self, node: &Node<'_>, text: &str, rdata: Rdata) -> Option<Rdata> {
        let field = match rdata.rtype() {
            RecordType::SOA => "rname",
            RecordType::RP => "mbox_dname",
            _ => return Some(rdata),
        };
        let name = rdata.name(field)?;
        // An escaped one is what it says.
        if !text.contains("\\@") && name.labels().next().is_some_and(|label| label.contains(&b'@')) {
            let message = format!(
                "{field}: a mail address is written with a dot in place of the @ (RFC 1035 section 3.3.13)"
            );
            let help = "write hostmaster.example.com. for hostmaster@example.com";
            self.reader.report(node.position(), Diagnostic::error("record/bad-value", message).help(help));
            return None;
        }
        Some(rdata)
    }

    fn bad_rdata(&mut self, node: &Node<'_>, text: &str, error: &RdataError) -> Option<Rdata> {
        let source = self.inside(node, text, error.offset);
        let diagnostic = match error.name.as_deref() {
            Some(NameError::Ambiguous { text, absolute, relative }) => {
                let message =
                    format!("{} has no dot at its end: is it {absolute} or {relative}?", quote(text));
                let short = Name::absolute(absolute).ok().filter(|name| name.is_at_or_below(self.apex));
                let short =
                    short.map(|name| name.relative_to(self.apex)).filter(|short| !short.contains('.'));
                let first = short.map_or_else(|| absolute.clone(), |short| format!("{short} or {absolute}"));
                Diagnostic::error("record/ambiguous-name", message)
                    .help(format!("write {first} for the first, {relative} for the second"))
            }
            _ => Diagnostic::error("record/bad-value", error.to_string()).help_if(error.help()),
        };
        self.reader.found.push(diagnostic.at(source));
        None
    }

    /// The place of an octet of a text, if the text stands in the file as it is; else the place of the value.
    fn inside(&self, node: &Node<'_>, text: &str, offset: usize) -> Source {
        let at = node.position();
        let quoted = node.as_scalar().is_some_and(|scalar| scalar.style() == Style::Quoted);
        let column = self.column_inside(at, quoted, text, offset).unwrap_or(at.column);
        self.reader.source(Position { column, ..at })
    }

    fn column_inside(&self, at: Position, quoted: bool, text: &str, offset: usize) -> Option<u32> {
        let before = text.get(..offset)?;
        let file = self.reader.files().get(at.file)?;
        let start = usize::try_from(at.column).ok()?.checked_sub(1)? + usize::from(quoted);
        let line = file.line(at.line)?;
        let (index, _) = line.char_indices().nth(start)?;
        line.get(index..)?.starts_with(before).then_some(())?;
        u32::try_from(start + before.chars().count() + 1).ok()
    }
}

/// Whether a mapping is one value by its fields, not the long form: it has a field that is no key of the long form.
fn is_fields(rtype: RecordType, entries: &[(yaml::Key<'_>, Node<'_>)]) -> bool {
    entries.iter().any(|(key, _)| {
        rtype.fields().iter().any(|field| field.name == key.text())
            && !keys::names(keys::RRSET).any(|name| name == key.text())
    })
}

/// Whether the text of a type ends with a domain name.
fn ends_with_name(rtype: RecordType) -> bool {
    rtype.fields().last().is_some_and(|field| field.kind == FieldKind::Name)
}
