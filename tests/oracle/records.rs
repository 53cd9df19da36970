//! Sets of records, and ours as one of the programs.

use dnsctl_zone::{Name, Rdata, RecordType, Ttl, master};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Owner name, type, TTL and data of each record of a zone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set(pub(crate) BTreeSet<(Name, RecordType, u32, Rdata)>);

/// The zone of all tests.
pub(crate) fn apex() -> Name {
    Name::absolute("example.com").unwrap()
}

/// Ours reads a text that has no errors.
pub(crate) fn read(text: &str) -> Set {
    let parsed = parse(text);
    let line = |error: &master::MasterError| {
        let line = text.lines().nth(error.source.line as usize - 1).unwrap_or_default();
        format!("{error}\n    {line}\n")
    };
    let errors: String = parsed.errors.iter().map(line).collect();
    assert!(errors.is_empty(), "ours: {errors}");
    Set(parsed.records.into_iter().map(|r| (r.name.clone(), r.rtype(), r.ttl.seconds(), r.rdata)).collect())
}

/// Ours reads a text.
pub(crate) fn parse(text: &str) -> master::Parsed {
    master::parse(text, Arc::from("corpus"), &apex(), master::Options::default(), &mut |path| {
        let text = fs_err::read_to_string(path).map_err(|error| error.to_string())?;
        Ok((Arc::from(path), text))
    })
}

impl Set {
    /// A record from another program.
    pub(crate) fn add(&mut self, owner: &[u8], rtype: u16, ttl: u32, rdata: &[u8]) {
        let (name, _) = Name::from_wire(owner).unwrap();
        let rtype = RecordType::from_code(rtype);
        let rdata = Rdata::from_wire(rtype, rdata).unwrap_or_else(|error| panic!("{name} {rtype}: {error}"));
        self.0.insert((name, rtype, ttl, rdata));
    }

    /// Both sets.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The set with only the records that a program takes.
    pub(crate) fn only(&self, takes: fn(&Rdata) -> bool) -> Self {
        Self(self.0.iter().filter(|(.., rdata)| takes(rdata)).cloned().collect())
    }

    /// The set with 0 for the TTL of RRSIG.
    pub(crate) fn without_rrsig_ttl(&self) -> Self {
        let record = |(name, rtype, ttl, rdata): &(Name, RecordType, u32, Rdata)| {
            (name.clone(), *rtype, if *rtype == RecordType::RRSIG { 0 } else { *ttl }, rdata.clone())
        };
        Self(self.0.iter().map(record).collect())
    }

    /// The master file that ours prints.
    pub(crate) fn print(&self) -> String {
        let source = dnsctl_zone::Source::new(Arc::from("set"), 0, 0);
        let records = self.0.iter().map(|(name, _, ttl, rdata)| master::Record {
            name: name.clone(),
            ttl: Ttl::new(*ttl).unwrap(),
            explicit_ttl: true,
            rdata: rdata.clone(),
            source: source.clone(),
        });
        let parsed = master::Parsed { records: records.collect(), ..master::Parsed::default() };
        let loaded = master::zone(parsed, &apex());
        assert_eq!(loaded.errors, []);
        assert_eq!(loaded.warnings, []);
        master::print(&loaded.zone, master::PrintOptions::default())
    }

    /// Fails with the records that only one side has.
    pub(crate) fn assert_same(&self, theirs: &Self, what: &str) {
        let lines = |one: &Self, other: &Self| -> String {
            one.0.difference(&other.0).map(|record| format!("  {record:?}\n")).collect()
        };
        let (only_ours, only_theirs) = (lines(self, theirs), lines(theirs, self));
        assert!(
            only_ours.is_empty() && only_theirs.is_empty(),
            "{what}\nonly ours:\n{only_ours}only theirs:\n{only_theirs}"
        );
    }
}

/// What a program says of a text, each with the line whose number stands behind `before`.
pub(crate) fn with_lines(words: &str, before: &str, text: &str) -> String {
    let mut all = String::new();
    for word in words.lines() {
        let digits =
            word.split(before).nth(1).map(|rest| rest.trim_start_matches(|c: char| !c.is_ascii_digit()));
        let number =
            digits.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok());
        let line = number.and_then(|number| text.lines().nth(number.checked_sub(1)?)).unwrap_or_default();
        all.extend([word, "\n    ", line, "\n"]);
    }
    all
}
