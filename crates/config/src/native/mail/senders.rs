//! `senders:` and `spf:`.

use std::net::IpAddr;

use dnsctl_mail::intent::{At, Include, Sender, Spf, SpfAll};

use crate::diagnostic::quote;
use crate::keys;
use crate::native::records::Records;
use crate::yaml::{Kind, Node};

const KINDS: &str = "write one of { host: }, { ip4: }, { ip6: }, { include: }, { a: }, { mx: }, { exists: }";

impl Records<'_, '_> {
    pub(super) fn senders(&mut self, node: &Node<'_>) -> Vec<At<Sender>> {
        if node.as_list().is_some_and(<[_]>::is_empty) {
            self.reader.bad(
                node,
                "`senders` is an empty list".to_owned(),
                "name at least one; when nobody sends, write `sends: false`",
            );
        }
        let mut all: Vec<At<Sender>> = Vec::new();
        for item in node.one_or_many() {
            let Some(sender) = self.sender(item) else { continue };
            if all.iter().any(|other| other.value == sender) {
                self.reader.bad(item, "this sender stands twice".to_owned(), "keep one of them");
                continue;
            }
            all.push(At::new(sender, self.reader.source(item.position())));
        }
        all
    }

    fn sender(&mut self, node: &Node<'_>) -> Option<Sender> {
        match node.kind() {
            Kind::Text => self.sender_of_text(node),
            Kind::Mapping => self.sender_of_kind(node),
            _ => {
                self.reader.wrong_kind(
                    node,
                    "a sender",
                    "a host, a network, or a mapping such as { include: DOMAIN }",
                );
                None
            }
        }
    }

    fn sender_of_text(&mut self, node: &Node<'_>) -> Option<Sender> {
        let text = self.filled(node, "a sender")?;
        let plain = text.strip_prefix('+').unwrap_or(&text);
        if plain.parse::<IpAddr>().is_err()
            && let Some((kind, value)) = plain.split_once(':')
            && ["include", "ip4", "ip6", "a", "mx", "exists"].contains(&kind)
        {
            let message = format!("{} is a term of SPF, not the name of a host", quote(&text));
            self.reader.bad(node, message, format!("write {{ {kind}: {value} }}"));
            return None;
        }
        let is_address =
            text.split_once('/').map_or(&*text, |(address, _)| address).parse::<IpAddr>().is_ok();
        if is_address {
            return self.network(node, &text, None);
        }
        if ["mx", "a", "all", "ptr"].contains(&&*text) {
            let message = format!("{} can be a host of that name or a term of SPF", quote(&text));
            let term = match &*text {
                "mx" => "{ mx: true } for the hosts that take mail",
                "a" => "{ a: DOMAIN } for the addresses of a name",
                _ => "nothing for a term that lets strangers send",
            };
            self.reader.bad(node, message, format!("write {{ host: {text} }} for the host, {term}"));
            return None;
        }
        self.host_of(node, &text, "a sender").map(Sender::Host)
    }

    fn sender_of_kind(&mut self, node: &Node<'_>) -> Option<Sender> {
        let entries = self.reader.table(node, "a sender", keys::mail::SENDER)?;
        let mut given = keys::names(keys::mail::SENDER).filter_map(|key| Some((key, entries.value(key)?)));
        let (Some((key, value)), None) = (given.next(), given.next()) else {
            if node.as_mapping().is_some_and(|all| all.len() > 1)
                || node.as_mapping().is_some_and(<[_]>::is_empty)
            {
                self.reader.bad(node, "a sender is of one kind".to_owned(), KINDS);
            }
            return None;
        };
        let what = quote(key);
        match key {
            "host" => self.host_name(value, &what).map(Sender::Host),
            "ip4" | "ip6" => {
                let text = self.filled(value, &what)?;
                self.network(value, &text, Some(key))
            }
            "include" => {
                let text = self.filled(value, &what)?;
                if text.contains('%') {
                    return self.macros(value, text).map(|text| Sender::Include(Include::Macros(text)));
                }
                self.full_name(value, &text, &what).map(|name| Sender::Include(Include::Name(name)))
            }
            "a" => {
                let text = self.filled(value, &what)?;
                self.full_name(value, &text, &what).map(Sender::Host)
            }
            "mx" => {
                let text = self.filled(value, &what)?;
                if text == "false" {
                    let message = "`mx: false` authorises nobody".to_owned();
                    self.reader.bad(value, message, "remove it; what is not named may not send");
                    return None;
                }
                if text == "true" {
                    return Some(Sender::Exchangers(None));
                }
                self.full_name(value, &text, &what).map(|name| Sender::Exchangers(Some(name)))
            }
            _ => {
                let text = self.filled(value, &what)?;
                self.macros(value, text).map(Sender::Exists)
            }
        }
    }

    /// A domain-spec with macros: the parser of SPF says what it thinks of it.
    fn macros(&mut self, node: &Node<'_>, text: String) -> Option<String> {
        let parsed = dnsctl_mail::spf::parse(format!("v=spf1 exists:{text}").as_bytes());
        if let Some(fault) = parsed.faults.iter().find(|fault| fault.is_error()) {
            self.reader.bad(node, fault.message.clone(), "RFC 7208 section 7 has the macros");
            return None;
        }
        Some(text)
    }

    /// An address or a network in CIDR form.
    fn network(&mut self, node: &Node<'_>, text: &str, kind: Option<&str>) -> Option<Sender> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = self.ip_address(node, address, "a network")?;
        let full: u8 = if address.is_ipv4() { 32 } else { 128 };
        if kind.is_some_and(|kind| (kind == "ip4") != address.is_ipv4()) {
            let other = if address.is_ipv4() { "ip4" } else { "ip6" };
            self.reader.bad(
                node,
                format!("{address} is no {} address", kind.unwrap_or_default()),
                format!("write {{ {other}: {text} }}"),
            );
            return None;
        }
        let Some(prefix) = prefix else { return Some(Sender::Network { address, prefix: full }) };
        let digits = prefix.bytes().all(|octet| octet.is_ascii_digit());
        let Some(prefix) = prefix.parse::<u8>().ok().filter(|prefix| digits && *prefix <= full) else {
            let message = format!("{} is not a length of a prefix: a number from 0 to {full}", quote(prefix));
            self.reader.bad(node, message, format!("write {address} for the one address"));
            return None;
        };
        let start = first_of(address, prefix);
        if start != address {
            let message = format!(
                "{text} names a network by an address inside of it: one host, or all of {start}/{prefix}?"
            );
            self.reader.bad(node, message, format!("write {address} for the one, {start}/{prefix} for all"));
            return None;
        }
        Some(Sender::Network { address, prefix })
    }

    pub(super) fn spf(&mut self, node: &Node<'_>) -> Option<Spf> {
        let entries = self.reader.table(node, "`spf`", keys::mail::SPF)?;
        let words = [("fail", SpfAll::Fail), ("softfail", SpfAll::SoftFail), ("neutral", SpfAll::Neutral)];
        let all = entries.value("all").and_then(|node| self.reader.choice(node, "`all`", &words));
        let redirect = entries.value("redirect").and_then(|node| {
            let text = self.filled(node, "`redirect`")?;
            self.full_name(node, &text, "`redirect`")
        });
        Some(Spf { all, redirect })
    }
}

/// The first address of a network.
fn first_of(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}
