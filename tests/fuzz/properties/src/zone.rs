//! Names, rdata and master files.

use dnsctl_zone::master::{self, Options, PrintOptions};
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Zone};

pub(crate) fn apex() -> Name {
    Name::from_labels([b"example".as_slice(), b"com"]).unwrap_or_else(|_| Name::root())
}

/// `TYPE TEXT`: what is read from a text is printed and read again as the same, as a whole, relative to a zone, octet by octet
/// and field by field.
pub fn rdata_text(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let Some((rtype, text)) = text.split_once(' ') else { return };
    // New pseudo types stay for the whole run.
    let pseudo = || RecordType::known_pseudo().find(|known| known.mnemonic() == rtype);
    let Some(rtype) = rtype.parse().ok().or_else(pseudo) else { return };
    let apex = apex();
    match Rdata::parse(rtype, text, Names { origin: &apex, strict: true }) {
        Ok(rdata) => reads_back(&rdata),
        Err(error) => said(&error.to_string()),
    }
    if let Ok(rdata) = Rdata::parse(rtype, text, Names { origin: &apex, strict: false }) {
        reads_back(&rdata);
    }
}

/// Two octets of a type number and the octets of an rdata: what is taken is printed and read again as the same.
pub fn rdata_wire(octets: &[u8]) {
    let Some((code, octets)) = octets.split_first_chunk() else { return };
    let rtype = RecordType::from_code(u16::from_be_bytes(*code));
    match Rdata::from_wire(rtype, octets) {
        Ok(rdata) => {
            assert_eq!(rdata.octets().len(), octets.len(), "{rdata} has another length");
            reads_back(&rdata);
        }
        Err(error) => said(&error.to_string()),
    }
    // The same as a part of a message, where names may be compressed.
    if let Ok(rdata) = Rdata::from_message(rtype, octets, octets.len() / 2, octets.len()) {
        reads_back(&rdata);
    }
}

pub(crate) fn reads_back(rdata: &Rdata) {
    let (rtype, text) = (rdata.rtype(), rdata.to_string());
    assert!(!text.chars().any(char::is_control), "{text:?} has a control character");
    let root = Name::root();
    let again = Rdata::parse(rtype, &text, Names { origin: &root, strict: true });
    assert_eq!(again.as_ref(), Ok(rdata), "{rtype} {text:?} does not read back");
    let apex = apex();
    let relative = rdata.relative_to(&apex);
    let again = Rdata::parse(rtype, &relative, Names { origin: &apex, strict: true });
    assert_eq!(again.as_ref(), Ok(rdata), "{rtype} {relative:?} does not read back");
    assert_eq!(Rdata::from_wire(rtype, rdata.octets()).as_ref(), Ok(rdata), "{rtype} {text:?} as octets");
    let fields = rdata.fields();
    let fields: Vec<(&str, &str)> = fields.iter().map(|field| (field.name, field.text.as_str())).collect();
    if let Ok(again) = Rdata::from_fields(rtype, &fields, Names { origin: &root, strict: true }) {
        // How a text is cut into strings is no part of its field.
        let texts = rdata.strings().count() > 0;
        // What is no UTF-8 is shown as in a master file.
        let escaped = fields.iter().any(|(_, text)| text.contains('\\'));
        let same = if texts { again.joined_text() == rdata.joined_text() } else { again == *rdata };
        let same = same || escaped;
        assert!(same, "{rdata:?} is {again:?} by its fields {fields:?}");
    }
    let _ = (rdata.target(), rdata.ip(), rdata.joined_text(), rdata.fault());
}

/// An error is a line for a person.
fn said(message: &str) {
    let length = message.chars().count();
    // An ambiguous name is told in three ways, each up to a thousand characters.
    assert!(length > 0 && length < 4000, "{length} characters: {message:?}");
    assert!(!message.chars().any(char::is_control), "{message:?} has a control character");
}

/// A name as text and as octets: it reads back, its order is that of its labels, and what is relative to a zone is in it.
pub fn name(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let apex = apex();
    for strict in [true, false] {
        match Name::parse(&text, Names { origin: &apex, strict }) {
            Ok(name) => same(&name),
            Err(error) => said(&error.to_string()),
        }
    }
    if let Ok(name) = Name::absolute(&text) {
        same(&name);
    }
    if let Ok((name, length)) = Name::from_wire(octets) {
        assert_eq!(
            Some(name.to_wire().to_ascii_lowercase().as_slice()),
            octets.get(..length).map(<[u8]>::to_ascii_lowercase).as_deref()
        );
        same(&name);
    }
}

fn same(name: &Name) {
    let text = name.to_string();
    assert_eq!(Name::absolute(&text).as_ref(), Ok(name), "{text:?}");
    let wire = name.to_wire();
    assert_eq!(Name::from_wire(&wire), Ok((name.clone(), wire.len())), "{text:?}");
    assert!(wire.len() <= 255 && wire.len() == name.wire_len(), "{text:?} has {} octets", wire.len());
    let labels: Vec<_> = name.labels().collect();
    assert_eq!(labels.len(), name.label_count(), "{text:?}");
    assert_eq!(Name::from_labels(labels.iter().map(|label| &**label)).as_ref(), Ok(name), "{text:?}");
    let apex = apex();
    let relative = name.relative_to(&apex);
    let again = Name::parse(&relative, Names { origin: &apex, strict: false });
    assert_eq!(again.as_ref(), Ok(name), "{relative:?}");
    // RFC 4034 section 6.1, and what is below sorts behind.
    let order = |name: &Name| {
        name.labels().map(|label| label.to_vec()).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>()
    };
    assert_eq!(name.cmp(&apex), order(name).cmp(&order(&apex)), "{text:?} against {apex}");
    assert!(!name.is_below(&apex) || *name > apex, "{text:?}");
    if let Some(parent) = name.parent() {
        assert!(name.is_below(&parent) && parent < *name, "{text:?} is not below its parent");
    }
    let unicode = name.to_unicode();
    if let Ok(again) = Name::absolute(&unicode) {
        assert_eq!(again, *name, "{text:?} as {unicode:?}");
    }
}

/// A master file: what is read is printed and read again as the same zone, without a word about it.
pub fn master(octets: &[u8]) {
    let text = master::decode(octets);
    let apex = apex();
    // What is included is the file again: the bounds of the reader must hold.
    let options = Options {
        include_depth: 3,
        includes: 8,
        generated: 200,
        generated_octets: 20_000,
        pseudo_types: true,
        ..Options::default()
    };
    let mut include = |path: &str| match path {
        "again" => Ok(("again".into(), text.clone().into_owned())),
        _ => Err("there is no such file".to_owned()),
    };
    let parsed = master::parse(&text, "zone".into(), &apex, options, &mut include);
    assert!(parsed.errors.len() <= options.errors.saturating_add(1), "{} errors", parsed.errors.len());
    for error in parsed.errors.iter().chain(&parsed.warnings) {
        said(&error.to_string());
        let _ = error.hint();
    }
    let loaded = master::zone(parsed, &apex);
    assert_eq!(loaded.sources.len(), loaded.zone.rrsets().len(), "a source for each RRset");
    prints(&loaded.zone);
}

/// A zone is printed as a master file that reads back as it.
pub(crate) fn prints(zone: &Zone) {
    // A reader refuses several values of a type that has one.
    let odd = zone.rrsets().iter().any(|rrset| rrset.rtype.is_single() && rrset.values().len() > 1);
    let unknown =
        |rtype: RecordType| rtype.is_pseudo() && !RecordType::known_pseudo().any(|known| known == rtype);
    if odd || zone.rrsets().iter().any(|rrset| unknown(rrset.rtype)) {
        return;
    }
    let written = master::print(zone, PrintOptions { pseudo_types: true });
    let options = Options { pseudo_types: true, ..Options::default() };
    let parsed = master::parse(&written, "again".into(), &zone.apex, options, &mut |_| Err(String::new()));
    let again = master::zone(parsed, &zone.apex);
    assert!(again.errors.is_empty(), "{:?}\n{written}", again.errors);
    // Options of RRsets have no place in it.
    let mut plain: Vec<RRset> = zone.rrsets().to_vec();
    plain.iter_mut().for_each(|rrset| rrset.options = None);
    assert_eq!(again.zone.rrsets(), plain, "{written}");
}
