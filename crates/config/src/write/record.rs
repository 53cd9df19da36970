//! Records as items.

use std::collections::BTreeMap;

use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl, joins_strings};

use super::layout::Item;
use super::{ZoneFile, ZoneRecord, text};
use crate::native::plain_text;

/// An owner name with one short RRset stands on one line up to this length.
const SHORT: usize = 80;

/// The mapping under `records:`.
pub(super) fn owners(file: &ZoneFile<'_>, default_ttl: Ttl) -> Item {
    let mut records: Vec<&ZoneRecord<'_>> = file.records.iter().collect();
    records.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
    let mut owners = Vec::new();
    for node in records.chunk_by(|a, b| a.rrset.name == b.rrset.name) {
        let Some(first) = node.first() else { continue };
        let name = owner(&first.rrset.name, file.apex);
        let types: Vec<(String, Item)> = node
            .iter()
            .map(|record| (record.rrset.rtype.mnemonic().into_owned(), rrset(record, file.apex, default_ttl)))
            .collect();
        let one_line = types.len() == 1 && types.iter().all(|(_, item)| is_short(item)) && name != "@";
        owners.push((name, if one_line { Item::Mapping(types) } else { Item::Block(types) }));
    }
    Item::Block(owners)
}

/// Whether a value reads well between brackets.
fn is_short(item: &Item) -> bool {
    match item {
        Item::Text(text) => text.len() <= SHORT,
        Item::List(items) => items.len() <= 4 && items.iter().all(is_short),
        _ => false,
    }
}

/// An owner name as the reader takes it: relative unless that would be ambiguous.
fn owner(name: &Name, apex: &Name) -> String {
    let relative = name.relative_to(apex);
    let labels = relative.bytes().filter(|octet| *octet == b'.').count() + 1;
    let ambiguous = relative != "@"
        && labels >= apex.label_count()
        && Name::absolute(&relative).is_ok_and(|name| name.is_at_or_below(apex) && !apex.is_root());
    escaped(if ambiguous { name.to_string() } else { relative })
}

/// `${` starts a variable where it is not written twice.
fn escaped(text: String) -> String {
    if text.contains("${") { text.replace("${", "$${") } else { text }
}

fn rrset(record: &ZoneRecord<'_>, apex: &Name, default_ttl: Ttl) -> Item {
    let rrset = record.rrset;
    let mut rdata: Vec<&Rdata> = rrset.values().iter().collect();
    if is_text(rrset.rtype) {
        // How they are cut is not to be seen in their order either.
        rdata.sort_by_cached_key(|rdata| rdata.joined_text());
    }
    let mut values: Vec<Item> = rdata.into_iter().map(|rdata| text(&value(rrset, rdata, apex))).collect();
    let ttl = (rrset.ttl != default_ttl).then(|| rrset.ttl.human());
    let options = options(record);
    let simple = ttl.is_none() && options.is_empty() && record.only.is_none() && !record.lenient;
    let (key, values) = match values.len() {
        1 => ("value", values.pop().unwrap_or_else(|| text(""))),
        // Texts are long, or hard to read side by side.
        _ if is_text(rrset.rtype) => ("values", Item::Lines(values)),
        _ => ("values", Item::List(values)),
    };
    if simple {
        return values;
    }
    let mut entries: Vec<(String, Item)> = Vec::new();
    entries.extend(ttl.map(|ttl| ("ttl".to_owned(), text(&ttl))));
    entries.push((key.to_owned(), values));
    if !options.is_empty() {
        entries.push(("provider".to_owned(), Item::Mapping(options)));
    }
    if let Some(only) = record.only {
        let names: Vec<Item> = only.iter().map(|name| text(name)).collect();
        entries.push(("only".to_owned(), Item::List(names)));
    }
    if record.lenient {
        entries.push(("lenient".to_owned(), Item::Bare("true")));
    }
    Item::Mapping(entries)
}

/// The options of single providers.
fn options(record: &ZoneRecord<'_>) -> Vec<(String, Item)> {
    let mut all: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (provider, options) in record.provider_options.into_iter().flatten() {
        let own = all.entry(provider).or_default();
        own.extend(options.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    }
    if let (Some(provider), Some(options)) = (record.provider, record.rrset.options.as_deref()) {
        let own = all.entry(provider).or_default();
        own.extend(options.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    }
    let item = |value: &str| match value {
        "true" => Item::Bare("true"),
        "false" => Item::Bare("false"),
        digits if !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit()) => {
            Item::Number(digits.to_owned())
        }
        other => text(&escaped(other.to_owned())),
    };
    let mapping = |options: BTreeMap<&str, &str>| {
        Item::Mapping(options.into_iter().map(|(key, value)| (key.to_owned(), item(value))).collect())
    };
    all.into_iter().map(|(provider, options)| (provider.to_owned(), mapping(options))).collect()
}

/// One value as the reader takes it.
fn value(rrset: &RRset, rdata: &Rdata, apex: &Name) -> String {
    let text = match rdata.rtype() {
        rtype if is_text(rtype) => plain(rrset, rdata),
        _ => None,
    };
    escaped(text.unwrap_or_else(|| {
        let short = rdata.relative_to(apex);
        let names = Names { origin: apex, strict: true };
        // A relative name that looks like a number or an address is written in full.
        let word = short.rsplit(' ').next().unwrap_or_default();
        let doubtful = word.starts_with(|c: char| c.is_ascii_digit()) || word.contains(':');
        if doubtful || Rdata::parse(rdata.rtype(), &short, names).as_ref() != Ok(rdata) {
            rdata.to_string()
        } else {
            short
        }
    }))
}

fn is_text(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::TXT | RecordType::SPF)
}

/// The text of a TXT value, if it reads back as this value when it is written plainly.
fn plain(rrset: &RRset, rdata: &Rdata) -> Option<String> {
    let joined = rdata.joined_text();
    // Where strings have a meaning, they are written as they are cut.
    if !joins_strings(&rrset.name) && Rdata::text(rrset.rtype, &joined) != *rdata {
        return None;
    }
    let twin = rrset.values().iter().any(|other| other != rdata && other.joined_text() == joined);
    let text = String::from_utf8(joined).ok()?;
    (!twin && plain_text(&text)).then_some(text)
}
