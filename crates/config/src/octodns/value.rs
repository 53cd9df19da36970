//! The values of a record in the fields that octoDNS names.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use dnsctl_zone::{Name, Names, Rdata, RecordType};

use super::fields::{
    ALIAS_OF_ROUTE53, CAA, DS, DS_OLD, Field, LOC, LUA, MX, NAPTR, SERVICE, SRV, SSHFP, TLSA, TLSA_LENIENT,
    URI, URLFWD,
};
use super::load::Loader;
use super::{pyyaml, text};
use crate::diagnostic::{Diagnostic, quote};
use crate::yaml::{Key, Kind, Node};

/// A field that was found, with its text and place.
type Found<'n, 't> = (&'static str, Cow<'n, str>, &'n Node<'t>);

impl Loader<'_> {
    /// One value of an RRset. `None` when there can be no such record, which is reported.
    pub(super) fn rdata(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        match rtype {
            RecordType::A => self.address(node, "IPv4", |text| text.parse::<Ipv4Addr>().ok().map(Into::into)),
            RecordType::AAAA => {
                self.address(node, "IPv6", |text| text.parse::<Ipv6Addr>().ok().map(Into::into))
            }
            RecordType::TXT | RecordType::SPF => self.text_value(rtype, node),
            RecordType::CNAME | RecordType::DNAME | RecordType::NS | RecordType::PTR | RecordType::ALIAS => {
                let text = self.scalar(node, "a target")?;
                let text = self.target(rtype, node, text)?;
                let field = rtype.fields().first()?.name;
                self.built(rtype, &[(field, text, node)], node)
            }
            RecordType::OPENPGPKEY => {
                let text = self.scalar(node, "a key")?;
                self.built(rtype, &[("public_key", Cow::Borrowed(text), node)], node)
            }
            RecordType::LOC => self.location(node),
            RecordType::SVCB | RecordType::HTTPS => self.service(rtype, node),
            RecordType::ROUTE53_ALIAS => self.alias_of_route53(node),
            RecordType::MX => self.mapped(rtype, MX, node),
            RecordType::SRV => self.mapped(rtype, SRV, node),
            RecordType::CAA => self.mapped(rtype, CAA, node),
            RecordType::NAPTR => self.mapped(rtype, NAPTR, node),
            RecordType::SSHFP => self.mapped(rtype, SSHFP, node),
            RecordType::TLSA => self.mapped(rtype, if self.lenient { TLSA_LENIENT } else { TLSA }, node),
            RecordType::DS if ["public_key", "flags"].iter().any(|old| node.get(old).is_some()) => {
                self.mapped(rtype, DS_OLD, node)
            }
            RecordType::DS => self.mapped(rtype, DS, node),
            RecordType::URI => self.mapped(rtype, URI, node),
            RecordType::LUA => self.script(node),
            _ if rtype.mnemonic() == "URLFWD" => {
                let found = self.fields(URLFWD, node)?;
                let part = |index: usize| found.get(index).map_or("", |(_, text, _)| &**text);
                let text = format!("\"{}\" \"{}\" {} {} {}", part(0), part(1), part(2), part(3), part(4));
                self.built(rtype, &[("value", text.into(), node)], node)
            }
            _ => {
                let text = kept(node);
                self.built(rtype, &[("value", text.into(), node)], node)
            }
        }
    }

    fn address(
        &mut self,
        node: &Node<'_>,
        family: &str,
        parse: impl Fn(&str) -> Option<std::net::IpAddr>,
    ) -> Option<Rdata> {
        let text = self.scalar(node, "an address")?;
        if let Some(address) = parse(text) {
            return Some(Rdata::address(address));
        }
        let message = format!("{} is not an {family} address", quote(text));
        self.impossible(node, "octodns/bad-value", message, "write one address");
        None
    }

    /// Text that is a scalar. What PyYAML reads as something else is told.
    pub(super) fn scalar<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let Some(text) = node.as_str() else {
            let message = match node.kind() {
                Kind::Null => format!("{what} is missing"),
                kind => format!("{what} must be text, not {kind}"),
            };
            self.impossible(node, "octodns/bad-value", message, "write one value; several go under `values`");
            return None;
        };
        if let Some(other) = node.as_scalar().and_then(pyyaml::other_reading) {
            self.reads_otherwise(node.position(), text, &other);
        }
        Some(text)
    }

    fn text_value(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        let written = self.scalar(node, "a text")?;
        let read = text::read(written, self.escaped_semicolons());
        for (message, help) in read.refused {
            self.refuse(node.position(), "octodns/text", message.to_owned(), help);
        }
        if let Some((message, help)) = read.doubt {
            let warning = Diagnostic::warning("octodns/text", message).help(help);
            self.reader.report(node.position(), warning);
        }
        let rdata = Rdata::text(rtype, &read.text);
        if rdata.octets().len() <= usize::from(u16::MAX) {
            return Some(rdata);
        }
        // Too long: the reason is told.
        let field = rtype.fields().first()?.name;
        self.built(rtype, &[(field, String::from_utf8_lossy(&read.text), node)], node)
    }

    /// A name in a value. octoDNS takes it as complete, with a dot at its end or without.
    fn target<'n>(&mut self, rtype: RecordType, node: &Node<'_>, text: &'n str) -> Option<Cow<'n, str>> {
        let null_target = [RecordType::MX, RecordType::SRV, RecordType::SVCB, RecordType::HTTPS];
        if text == "." && null_target.contains(&rtype) {
            return Some(text.into());
        }
        if text.is_empty() || text == "@" {
            let message = format!("{} is no name that a {rtype} can point to", quote(text));
            self.impossible(
                node,
                "octodns/bad-value",
                message,
                "write the name in full, with a dot at its end",
            );
            return None;
        }
        let bare = text.strip_suffix('.').unwrap_or(text);
        let good = |label: &str| {
            !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|octet| {
                    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_') || octet >= 0x80
                })
        };
        if !bare.contains('.') || !bare.split('.').all(good) {
            let message = format!("{} is no complete host name", quote(text));
            let help = "octoDNS never adds the zone's name: write the name in full, with a dot at its end";
            self.refuse(node.position(), "octodns/bad-target", message, help);
        } else if bare.ends_with(|c: char| c.is_ascii_digit()) && bare.parse::<Ipv4Addr>().is_ok() {
            let message = format!("the address {} stands where a name must be", quote(text));
            let warning = Diagnostic::warning("octodns/bad-target", message);
            self.reader.report(
                node.position(),
                warning.help("give the address a name of its own (A or AAAA), and name that here"),
            );
        }
        if bare.len() == text.len() {
            self.without_dot(node.position());
        }
        Some(text.into())
    }

    /// The fields of a mapping by our names, in the order of the table.
    fn fields<'n, 't>(&mut self, table: &'static [Field], node: &'n Node<'t>) -> Option<Vec<Found<'n, 't>>> {
        let Some(entries) = node.as_mapping() else {
            let names = table.iter().filter_map(|Field(_, names, _)| names.first().copied());
            let help = format!("the fields are {}", names.collect::<Vec<_>>().join(", "));
            let message = format!("the value must be a mapping, not {}", node.kind());
            self.impossible(node, "octodns/bad-value", message, &help);
            return None;
        };
        for (key, _) in entries {
            if !table.iter().any(|Field(_, names, _)| names.contains(&key.text())) {
                self.no_meaning(key, table.iter().filter_map(|Field(_, names, _)| names.first().copied()));
            }
        }
        let mut found = Vec::with_capacity(table.len());
        let mut complete = true;
        for Field(ours, names, default) in table {
            let given = names.iter().find_map(|name| node.get(name));
            match (given, default) {
                (Some(value), Some(default)) if value.is_null() => {
                    found.push((*ours, Cow::Borrowed(*default), value));
                }
                (Some(value), _) if *ours == "svc_params" => found.push((*ours, Cow::Borrowed(""), value)),
                (Some(value), _) if *ours == "evaluate_target_health" => {
                    let health = if super::truth(value).unwrap_or(false) { "true" } else { "false" };
                    found.push((*ours, Cow::Borrowed(health), value));
                }
                (Some(value), _) => match self.scalar(value, &quote(ours)) {
                    Some(text) => found.push((*ours, Cow::Borrowed(text), value)),
                    None => complete = false,
                },
                (None, Some(default)) => found.push((*ours, Cow::Borrowed(*default), node)),
                (None, None) => {
                    let name = names.first().copied().unwrap_or_default();
                    let message = format!("{} is missing", quote(name));
                    self.impossible(node, "octodns/bad-value", message, "write it");
                    complete = false;
                }
            }
        }
        complete.then_some(found)
    }

    fn mapped(&mut self, rtype: RecordType, table: &'static [Field], node: &Node<'_>) -> Option<Rdata> {
        let mut found = self.fields(table, node)?;
        for (field, text, place) in &mut found {
            match (rtype, *field) {
                (RecordType::MX, "exchange") | (RecordType::SRV, "target") => {
                    self.target(rtype, place, text)?;
                }
                (RecordType::NAPTR, "flags") => {
                    *text = text.to_uppercase().into();
                    if !matches!(&**text, "S" | "A" | "U" | "P") {
                        let message = format!("octoDNS knows no NAPTR flag {}", quote(text));
                        self.refuse(place.position(), "octodns/bad-value", message, "write S, A, U or P");
                    }
                }
                (RecordType::NAPTR, "replacement") if !text.ends_with('.') => {
                    self.without_dot(place.position());
                }
                (RecordType::URI, "target") if !text.is_ascii() => {
                    let Some(encoded) = encoded(text) else {
                        let message = format!(
                            "{} has characters that are not ASCII outside of a host name",
                            quote(text)
                        );
                        let help = "write them as %XX (RFC 3986 section 2.1), and a host name as xn--...";
                        self.impossible(place, "octodns/bad-value", message, help);
                        return None;
                    };
                    *text = encoded.into();
                }
                (RecordType::URI, "target") if text.chars().any(char::is_uppercase) => {
                    let message = format!("octoDNS writes {} in lower case; dnsctl keeps it", quote(text));
                    let warning = Diagnostic::warning("octodns/lower-case", message);
                    let help =
                        "the plan may show this as a change: octoDNS has written it in lower case so far";
                    self.reader.report(place.position(), warning.help(help));
                }
                _ => {}
            }
        }
        let free = |field: &str| matches!(field, "value" | "target" | "flags" | "services" | "regexp");
        let quotes = matches!(rtype, RecordType::CAA | RecordType::URI | RecordType::NAPTR);
        if quotes && found.iter().any(|(field, text, _)| free(field) && text.contains('\\')) {
            let word = |(field, text, _): &Found<'_, '_>| match free(field)
                && !(rtype == RecordType::CAA && *field == "flags")
            {
                true => text::quoted(text),
                false => text.clone().into_owned(),
            };
            return self.escaped(rtype, &found.iter().map(word).collect::<Vec<_>>().join(" "), node);
        }
        self.built(rtype, &found, node)
    }

    /// Texts with backslashes stand in a file as they stand between the quotes of a master file: so octoDNS writes them,
    /// and PowerDNS and BIND serve what they read there.
    fn escaped(&mut self, rtype: RecordType, text: &str, node: &Node<'_>) -> Option<Rdata> {
        match Rdata::parse(rtype, text, Names { origin: &self.root, strict: false }) {
            Ok(rdata) => Some(rdata),
            Err(error) => {
                let help = "a backslash begins an escape, as in a master file: write `\\\\` for a backslash";
                self.impossible(node, "octodns/bad-value", error.to_string(), help);
                None
            }
        }
    }

    /// A script stands in a file as it stands between the quotes of a master file: a quote in it is escaped.
    fn script(&mut self, node: &Node<'_>) -> Option<Rdata> {
        let found = self.fields(LUA, node)?;
        let part = |index: usize| found.get(index).map_or("", |(_, text, _)| &**text);
        let text = format!("{} \"{}\"", part(0), part(1));
        match Rdata::parse(RecordType::LUA, &text, Names { origin: &self.root, strict: false }) {
            Ok(rdata) => Some(rdata),
            Err(error) => {
                let help = "write a quote inside the script as \\\"";
                self.impossible(node, "octodns/bad-value", error.to_string(), help);
                None
            }
        }
    }

    fn service(&mut self, rtype: RecordType, node: &Node<'_>) -> Option<Rdata> {
        let mut found = self.fields(SERVICE, node)?;
        let alias = found.iter().any(|(field, text, _)| *field == "svc_priority" && text == "0");
        for (field, text, place) in &mut found {
            match *field {
                "target_name" => {
                    self.target(rtype, place, text)?;
                }
                "svc_params" => {
                    let parameters = self.parameters(node.get("svcparams"))?;
                    if alias && !parameters.is_empty() {
                        let message =
                            "an alias (`svcpriority: 0`) has no parameters (RFC 9460 section 2.4.2)";
                        self.refuse(place.position(), "octodns/bad-value", message.to_owned(), "remove them");
                    }
                    *text = parameters.into();
                }
                _ => {}
            }
        }
        self.built(rtype, &found, node)
    }

    /// `svcparams` as in a master file (RFC 9460 section 2.1).
    fn parameters(&mut self, node: Option<&Node<'_>>) -> Option<String> {
        let mut text = String::new();
        let Some(node) = node.filter(|node| !node.is_null()) else { return Some(text) };
        let Some(entries) = node.as_mapping() else {
            let message = format!("`svcparams` must be a mapping, not {}", node.kind());
            self.impossible(node, "octodns/bad-value", message, "write them as `alpn: [h2]`");
            return None;
        };
        for (key, value) in entries {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(key.text());
            if value.is_null() {
                continue;
            }
            let mut parts = Vec::new();
            for part in value.one_or_many() {
                parts.push(self.scalar(part, &quote(key.text()))?);
            }
            let mut whole = parts.join(",");
            let parted = whole.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ';' | '(' | ')'));
            if parted {
                let message = format!(
                    "octoDNS writes {} without quotes: servers read a part of it or refuse it",
                    quote(&whole)
                );
                let help = "dnsctl writes all of it; a plan may show that as a change";
                self.reader.report(value.position(), Diagnostic::warning("octodns/text", message).help(help));
            }
            // Base64 alone has characters that need no quotes but look as if they did. A backslash begins an escape.
            if parted || whole.contains('\\') {
                whole = text::quoted(&whole);
            }
            let _ = write!(text, "={whole}");
        }
        Some(text)
    }

    /// An alias of Route 53 to another service when it has a hosted zone, else to a name of its own zone.
    fn alias_of_route53(&mut self, node: &Node<'_>) -> Option<Rdata> {
        let rtype = RecordType::ROUTE53_ALIAS;
        let mut found = self.fields(ALIAS_OF_ROUTE53, node)?;
        let own = found.iter().any(|(field, text, _)| *field == "hosted_zone_id" && text.is_empty());
        for (field, text, place) in &mut found {
            match *field {
                "hosted_zone_id" if own => *text = "self".into(),
                "name" if own => {
                    let name = if text.is_empty() {
                        Ok(self.apex.clone())
                    } else {
                        Name::parse(text, Names { origin: self.apex, strict: false })
                    };
                    match name {
                        Ok(name) => *text = name.to_string().into(),
                        Err(error) => {
                            self.impossible(
                                place,
                                "octodns/bad-value",
                                error.to_string(),
                                "name a record of this zone",
                            );
                            return None;
                        }
                    }
                }
                "name" => {
                    self.target(rtype, place, text)?;
                }
                _ => {}
            }
        }
        self.built(rtype, &found, node)
    }

    fn location(&mut self, node: &Node<'_>) -> Option<Rdata> {
        let found = self.fields(LOC, node)?;
        let mut text = String::new();
        for (field, value, place) in &found {
            let places = match *field {
                "lat_seconds" | "long_seconds" => 3,
                "altitude" | "size" | "precision_horz" | "precision_vert" => 2,
                "lat_direction" | "long_direction" => {
                    if !matches!(&**value, "N" | "S" | "E" | "W") {
                        let message = format!("octoDNS knows no direction {}", quote(value));
                        self.refuse(place.position(), "octodns/bad-value", message, "write N, S, E or W");
                    }
                    let _ = write!(text, "{} ", value.to_uppercase());
                    continue;
                }
                _ => {
                    let _ = write!(text, "{value} ");
                    continue;
                }
            };
            let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else {
                let message = format!("{}: {} is not a number", quote(field), quote(value));
                self.impossible(place, "octodns/bad-value", message, "write a number such as 12.5");
                return None;
            };
            let unit = if places == 2 { "m" } else { "" };
            let _ = write!(text, "{number:.places$}{unit} ");
        }
        self.built(RecordType::LOC, &[("location", text.trim_end().into(), node)], node)
    }

    fn built(&mut self, rtype: RecordType, found: &[Found<'_, '_>], node: &Node<'_>) -> Option<Rdata> {
        let fields: Vec<(&str, &str)> = found.iter().map(|(name, text, _)| (*name, &**text)).collect();
        match Rdata::from_fields(rtype, &fields, Names { origin: &self.root, strict: false }) {
            Ok(rdata) => Some(rdata),
            Err(error) => {
                let blamed = error.field.and_then(|field| found.iter().find(|(name, ..)| *name == field));
                let place = blamed.map_or(node, |(_, _, place)| place);
                self.impossible(
                    place,
                    "octodns/bad-value",
                    error.to_string(),
                    "no such record can exist; `lenient` does not help",
                );
                None
            }
        }
    }

    /// A key that octoDNS does not look at.
    pub(super) fn no_meaning(&mut self, key: &Key<'_>, known: impl Iterator<Item = &'static str>) {
        let message = format!("{} has no meaning: octoDNS does not look at it", quote(key.text()));
        let help = crate::diagnostic::closest(key.text(), known);
        let warning = Diagnostic::warning("octodns/unknown-key", message)
            .help(help.map_or_else(|| "remove it".to_owned(), |close| format!("did you mean `{close}`?")));
        self.reader.report(key.position(), warning);
    }
}

/// The target of a URI with its labels that are not ASCII as A-labels, as octoDNS has them: it takes what stands between
/// two points for a label, and refuses the target when that can be none.
fn encoded(target: &str) -> Option<String> {
    let label = |label: &str| {
        if label.is_ascii() {
            return Some(label.to_owned());
        }
        let host = label.chars().all(|c| c == '-' || !c.is_ascii() || c.is_ascii_alphanumeric());
        let name = Name::absolute(label).ok().filter(|_| host)?;
        Some(name.to_string().trim_end_matches('.').to_owned())
    };
    target.split('.').map(label).collect::<Option<Vec<_>>>().map(|labels| labels.join("."))
}

/// A value of a type that only its provider knows, kept as it is: a text as text, all else as JSON.
fn kept(node: &Node<'_>) -> String {
    fn json(node: &Node<'_>) -> serde_json::Value {
        if let Some(entries) = node.as_mapping() {
            return entries.iter().map(|(key, value)| (key.text().to_owned(), json(value))).collect();
        }
        if let Some(items) = node.as_list() {
            return items.iter().map(json).collect();
        }
        node.as_str().map_or(serde_json::Value::Null, Into::into)
    }
    match node.as_str() {
        Some(text) => text.to_owned(),
        None => json(node).to_string(),
    }
}
