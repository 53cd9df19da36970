//! A small DNS, made of an input.

use dnsctl_mail::resolve::{Answer, Resolver, reverse_name};
use dnsctl_zone::Name;
use std::cell::Cell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who asks, and the records that there are.
///
/// The first line of the text is `ADDRESS HELO MAIL-FROM`, or the same with a `?` before it, which makes every name that is
/// not listed unknown and not missing. Each line after it is a record: `NAME TXT OCTETS`, `NAME A ADDRESS`, `NAME AAAA ADDRESS`,
/// `NAME MX PREFERENCE NAME`, `NAME PTR NAME`; `NAME !` fails, `NAME ?` is not known. Other lines are passed over.
pub(super) struct World {
    pub(super) ip: IpAddr,
    pub(super) helo: String,
    pub(super) mail_from: String,
    records: HashMap<Name, Vec<Item>>,
    open: bool,
    /// How many questions were asked.
    pub(super) asked: Cell<usize>,
}

enum Item {
    Text(Vec<u8>),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Exchanger(u16, Name),
    Pointer(Name),
    Fails,
    Unknown,
}

impl World {
    pub(super) fn new(octets: &[u8]) -> Self {
        let mut lines = octets.split(|octet| *octet == b'\n');
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let (open, first) = first.strip_prefix('?').map_or((false, first.as_str()), |rest| (true, rest));
        let mut words = first.split(' ');
        let ip = words.next().and_then(|word| word.parse().ok());
        let mut world = Self {
            ip: ip.unwrap_or(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
            helo: words.next().unwrap_or("mail.example.com").to_owned(),
            mail_from: words.next().unwrap_or("joe@example.com").to_owned(),
            records: HashMap::new(),
            open,
            asked: Cell::new(0),
        };
        for line in lines {
            if let Some((name, item)) = read(line) {
                world.records.entry(name).or_default().push(item);
            }
        }
        world
    }

    fn answer<T>(&self, name: &Name, take: impl FnMut(&Item) -> Option<T>) -> Answer<T> {
        self.asked.set(self.asked.get() + 1);
        match self.records.get(name) {
            None if self.open => Answer::Unknown,
            None => Answer::Missing,
            Some(items) if items.iter().any(|item| matches!(item, Item::Unknown)) => Answer::Unknown,
            Some(items) if items.iter().any(|item| matches!(item, Item::Fails)) => {
                Answer::Failed("time-out".to_owned())
            }
            Some(items) => Answer::of(items.iter().filter_map(take).collect()),
        }
    }
}

fn read(line: &[u8]) -> Option<(Name, Item)> {
    let mut parts = line.splitn(3, |octet| *octet == b' ');
    let name = Name::absolute(std::str::from_utf8(parts.next()?).ok()?).ok()?;
    let rtype = parts.next()?;
    let data = parts.next().unwrap_or_default();
    let text = || std::str::from_utf8(data).ok();
    let item = match rtype {
        b"TXT" => Item::Text(data.to_vec()),
        b"A" => Item::V4(text()?.parse().ok()?),
        b"AAAA" => Item::V6(text()?.parse().ok()?),
        b"MX" => {
            let (preference, name) = text()?.split_once(' ')?;
            Item::Exchanger(preference.parse().ok()?, Name::absolute(name).ok()?)
        }
        b"PTR" => Item::Pointer(Name::absolute(text()?).ok()?),
        b"!" => Item::Fails,
        b"?" => Item::Unknown,
        _ => return None,
    };
    Some((name, item))
}

impl Resolver for World {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        self.answer(name, |item| if let Item::Text(text) = item { Some(text.clone()) } else { None })
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        self.answer(name, |item| if let Item::V4(address) = item { Some(*address) } else { None })
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        self.answer(name, |item| if let Item::V6(address) = item { Some(*address) } else { None })
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        self.answer(name, |item| match item {
            Item::Exchanger(preference, name) => Some((*preference, name.clone())),
            _ => None,
        })
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        let name = reverse_name(address);
        self.answer(&name, |item| if let Item::Pointer(name) = item { Some(name.clone()) } else { None })
    }
}
