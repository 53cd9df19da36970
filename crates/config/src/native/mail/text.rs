//! Texts, names and addresses in the block.

use std::net::IpAddr;

use dnsctl_mail::intent::At;
use dnsctl_zone::{Name, NameError, Names, Ttl};

use crate::diagnostic::{Diagnostic, quote};
use crate::native::records::Records;
use crate::yaml::Node;

impl Records<'_, '_> {
    /// A text with its variables filled in.
    pub(super) fn filled(&mut self, node: &Node<'_>, what: &str) -> Option<String> {
        let text = self.reader.some_text(node, what)?;
        Some(self.vars.fill(self.reader, node.position(), text)?.into_owned())
    }

    /// One text or several, with their variables filled in, each with its node.
    pub(super) fn filled_texts<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
    ) -> Vec<(String, &'n Node<'t>)> {
        let texts = self.reader.texts(node, what);
        let fill = |(text, place): (&str, &'n Node<'t>)| {
            Some((self.vars.fill(self.reader, place.position(), text)?.into_owned(), place))
        };
        texts.into_iter().filter_map(fill).collect()
    }

    pub(super) fn mail_ttl(&mut self, node: &Node<'_>) -> Option<Ttl> {
        let text = self.filled(node, "`ttl`")?;
        self.reader.ttl_of(node, &text)
    }

    /// The name of a host as in a record: one label is below the zone, several want a dot at their end.
    pub(super) fn host_name(&mut self, node: &Node<'_>, what: &str) -> Option<Name> {
        let text = self.filled(node, what)?;
        self.host_of(node, &text, what)
    }

    /// The same for a text that is known already.
    pub(super) fn host_of(&mut self, node: &Node<'_>, text: &str, what: &str) -> Option<Name> {
        if text.parse::<IpAddr>().is_ok() {
            let message = format!("{what} names a host, but {} is an address", quote(text));
            let help = "give the address a name under `hosts`, and name that here";
            self.reader.bad(node, message, help);
            return None;
        }
        if matches!(text, "true" | "false") {
            let message = format!("{what} does not say which host it is");
            let help = if text == "true" { "write its name, such as mail" } else { "leave the key out" };
            self.reader.bad(node, message, help);
            return None;
        }
        if text.contains(char::is_whitespace) {
            let message = format!("{what} takes one name, but {} has a blank in it", quote(text));
            self.reader.bad(node, message, "write one name; several are a list: [mail, backup]");
            return None;
        }
        match Name::parse(text, self.names()) {
            Ok(name) if name.is_root() => {
                self.reader.bad(node, format!("{what} names no host"), "write the name of a host");
                None
            }
            Ok(name) => Some(name),
            Err(NameError::Ambiguous { text, absolute, relative }) => {
                let message =
                    format!("{} has no dot at its end: is it {absolute} or {relative}?", quote(&text));
                let short = Name::absolute(&absolute).ok().filter(|name| name.is_at_or_below(self.apex));
                let short =
                    short.map(|name| name.relative_to(self.apex)).filter(|short| !short.contains('.'));
                let first = short.map_or_else(|| absolute.clone(), |short| format!("{short} or {absolute}"));
                let error = Diagnostic::error("record/ambiguous-name", message);
                self.reader.report(
                    node.position(),
                    error.help(format!("write {first} for the first, {relative} for the second")),
                );
                None
            }
            Err(error) => {
                self.reader.bad(node, format!("{what}: {error}"), "write the name of a host, such as mail");
                None
            }
        }
    }

    /// A domain name in full, as SPF writes it; a dot at its end changes nothing.
    pub(super) fn full_name(&mut self, node: &Node<'_>, text: &str, what: &str) -> Option<Name> {
        let host = "write { host: NAME } for a host of this zone";
        match Name::absolute(text) {
            Ok(name) if name.label_count() > 1 => Some(name),
            Ok(_) => {
                let message =
                    format!("{what} takes a domain name in full, and {} has one label", quote(text));
                let below = match text {
                    "@" => Ok(self.apex.clone()),
                    _ => self.apex.child(text.as_bytes()),
                };
                let help = below.map_or_else(
                    |_| host.to_owned(),
                    |below| format!("write {} if that is meant", below.without_dot()),
                );
                self.reader.bad(node, message, help);
                None
            }
            Err(error) => {
                self.reader.bad(node, format!("{what}: {error}"), "write a domain name in full");
                None
            }
        }
    }

    /// An IP address.
    pub(super) fn ip_address(&mut self, node: &Node<'_>, text: &str, what: &str) -> Option<IpAddr> {
        let address = text.parse::<IpAddr>().ok();
        if address.is_none() {
            let message = format!("{what} takes IP addresses, and {} is none", quote(text));
            self.reader.bad(node, message, "write one such as 192.0.2.25 or \"2001:db8::25\"");
        }
        address
    }

    /// One IP address or several.
    pub(super) fn ip_addresses(&mut self, node: &Node<'_>, what: &str) -> Vec<IpAddr> {
        let mut all: Vec<IpAddr> = Vec::new();
        for (text, place) in self.filled_texts(node, what) {
            let Some(address) = self.ip_address(place, &text, what) else { continue };
            if all.contains(&address) {
                self.reader.bad(place, format!("{address} stands twice"), "keep one of them");
                continue;
            }
            all.push(address);
        }
        all
    }

    /// Where reports go.
    pub(super) fn uris(&mut self, node: &Node<'_>, what: &str, schemes: &[&str]) -> Vec<At<String>> {
        let mut all = Vec::new();
        for (text, place) in self.filled_texts(node, what) {
            if let Some(uri) = self.uri(place, &text, what, schemes) {
                all.push(At::new(uri, self.reader.source(place.position())));
            }
        }
        all
    }

    fn uri(&mut self, node: &Node<'_>, text: &str, what: &str, schemes: &[&str]) -> Option<String> {
        let forms: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}…")).collect();
        let scheme = schemes.iter().find(|scheme| text.starts_with(**scheme));
        let Some(scheme) = scheme else {
            let message = format!("{what} takes {}, and {} is none", forms.join(" or "), quote(text));
            let help = match text.contains('@') && !text.contains(':') {
                true => format!("write mailto:{text}"),
                false => format!("write one such as {}", forms.join(" or ")),
            };
            self.reader.bad(node, message, help);
            return None;
        };
        let rest = text.strip_prefix(scheme).unwrap_or_default();
        // RFC 9989 section 4.8, RFC 8460 section 3: these separate addresses, or the record's tags.
        let bad =
            rest.chars().find(|c| matches!(c, ',' | '!' | ';' | '"') || c.is_whitespace() || !c.is_ascii());
        if let Some(bad) = bad {
            let message = format!("{what}: {} has {} in it", quote(text), quote(&bad.to_string()));
            let help =
                "several addresses are a list; other characters are written %XX, and a host name as xn--...";
            self.reader.bad(node, message, help);
            return None;
        }
        let host = match *scheme {
            "mailto:" => rest.rsplit_once('@').filter(|(user, _)| !user.is_empty()).map(|(_, host)| host),
            _ => rest.split(['/', '?', '#', ':']).next(),
        };
        let good = host.is_some_and(|host| Name::absolute(host).is_ok_and(|name| name.label_count() > 1));
        if !good {
            let message = format!("{what}: {} has no domain", quote(text));
            self.reader.bad(node, message, "write the address in full");
            return None;
        }
        Some(text.to_owned())
    }

    /// Labels below the apex, such as a DKIM selector.
    pub(super) fn below_apex(&self, text: &str) -> Result<Name, NameError> {
        Name::parse(text, Names { origin: self.apex, strict: false })
    }
}
