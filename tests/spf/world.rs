//! A small world of names, for our resolver and for that of pyspf.

use dnsctl_mail::resolve::{Answer, Resolver, reverse_name};
use dnsctl_zone::Name;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Mx(u16, String),
    Txt(String),
    Ptr(String),
    Cname(String),
    /// Any type that is not there has no answer.
    Timeout,
}

/// Items by name in lower case, without a dot at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct World(pub(crate) BTreeMap<String, Vec<Item>>);

/// A name from a text in which only dots have a meaning.
pub(crate) fn name(text: &str) -> Name {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() {
        return Name::root();
    }
    Name::from_labels(text.split('.').map(str::as_bytes)).unwrap()
}

fn text(name: &Name) -> String {
    name.labels().map(|label| String::from_utf8(label.into_owned()).unwrap()).collect::<Vec<_>>().join(".")
}

impl World {
    pub(crate) fn add(&mut self, name: &str, item: Item) {
        self.0.entry(name.to_ascii_lowercase()).or_default().push(item);
    }

    fn ask<T>(&self, name: &Name, take: impl Fn(&Item) -> Option<T>) -> Answer<T> {
        let mut at = text(name);
        for _ in 0..10 {
            let Some(items) = self.0.get(&at) else { return Answer::Missing };
            let found: Vec<T> = items.iter().filter_map(&take).collect();
            if !found.is_empty() {
                return Answer::Found(found);
            }
            if items.contains(&Item::Timeout) {
                return Answer::Failed("no answer in time".to_owned());
            }
            let alias = items.iter().find_map(|item| match item {
                Item::Cname(target) => Some(target),
                _ => None,
            });
            match alias {
                Some(target) => at = target.trim_end_matches('.').to_ascii_lowercase(),
                None => return Answer::Empty,
            }
        }
        Answer::Failed("the aliases do not end".to_owned())
    }

    /// For `judge.py`.
    pub(crate) fn to_json(&self) -> Value {
        let item = |item: &Item| match item {
            Item::A(address) => json!(["A", address]),
            Item::Aaaa(address) => json!(["AAAA", address]),
            Item::Mx(preference, exchange) => json!(["MX", [preference, exchange]]),
            Item::Txt(text) => json!(["TXT", text]),
            Item::Ptr(target) => json!(["PTR", target]),
            Item::Cname(target) => json!(["CNAME", target]),
            Item::Timeout => json!(["TIMEOUT"]),
        };
        let names = self.0.iter().map(|(name, items)| (name.clone(), items.iter().map(item).collect()));
        Value::Object(names.collect::<Map<_, _>>())
    }
}

impl Resolver for World {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        self.ask(name, |item| match item {
            Item::Txt(text) => Some(text.clone().into_bytes()),
            _ => None,
        })
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        self.ask(name, |item| match item {
            Item::A(address) => Some(*address),
            _ => None,
        })
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        self.ask(name, |item| match item {
            Item::Aaaa(address) => Some(*address),
            _ => None,
        })
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        self.ask(name, |item| match item {
            Item::Mx(preference, exchange) => Some((*preference, self::name(exchange))),
            _ => None,
        })
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        self.ask(&reverse_name(address), |item| match item {
            Item::Ptr(target) => Some(name(target)),
            _ => None,
        })
    }
}
