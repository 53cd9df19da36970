//! The zones, with what our rules find in them.

use crate::block::{self, Block, Kind};
use dnsctl_checks::Facts;
use dnsctl_zone::{Name, Rdata, RecordType, master};
use fs_err as fs;
use std::path::Path;
use std::sync::Arc;

/// What we find in a zone, and what is in it.
pub(crate) struct Findings {
    /// Where it stands and what it shows.
    pub(crate) label: String,
    /// Rule and owner name. The rule `reader`: the text cannot be read.
    pub(crate) found: Vec<(String, Name)>,
    pub(crate) apex: Name,
    /// Its records, as far as they can be read.
    pub(crate) records: Vec<(Name, Rdata)>,
    pub(crate) facts: Facts,
}

/// A zone with our findings.
pub(crate) struct Case {
    pub(crate) block: Block,
    pub(crate) ours: Findings,
}

impl Case {
    fn new(label: String, block: Block) -> Self {
        let apex = block.apex.clone();
        let found = if block.kind == Kind::Refuse || block.refusal().is_some() {
            vec![("reader".to_owned(), apex.clone())]
        } else {
            block.judge(|report, _| {
                let all = report.findings.iter();
                all.map(|one| (one.check.rule.id.to_owned(), one.finding.name.clone())).collect()
            })
        };
        let records = records(&block).into_iter().map(|record| (record.name, record.rdata)).collect();
        let facts = block.facts();
        Self { block, ours: Findings { label, found, apex, records, facts } }
    }
}

impl Findings {
    /// Whether a rule found something at a name, or anywhere when none is given.
    pub(crate) fn has(&self, rule: &str, name: Option<&Name>) -> bool {
        self.found.iter().any(|(id, at)| {
            id == rule && (id == "reader" || name.is_none_or(|name| at == name || at.is_at_or_below(name)))
        })
    }

    /// The name that is meant: the apex where none is named.
    pub(crate) fn name<'a>(&'a self, about: Option<&'a Name>) -> &'a Name {
        about.unwrap_or(&self.apex)
    }

    /// The records of a type at a name.
    pub(crate) fn of<'a>(&'a self, name: &'a Name, rtype: RecordType) -> impl Iterator<Item = &'a Rdata> {
        let at = self.records.iter().filter(move |(owner, rdata)| owner == name && rdata.rtype() == rtype);
        at.map(|(_, rdata)| rdata)
    }

    /// Whether a name has a record of one of these types.
    pub(crate) fn has_any(&self, name: &Name, types: &[RecordType]) -> bool {
        types.iter().any(|rtype| self.of(name, *rtype).next().is_some())
    }
}

/// The records of a zone, as far as they can be read.
pub(crate) fn records(block: &Block) -> Vec<master::Record> {
    let text = format!("$TTL 3600\n{}", block.text());
    let options = master::Options { pseudo_types: true, ..master::Options::default() };
    master::parse(&text, Arc::from("zone"), &block.apex, options, &mut |_| Err("no includes".to_owned()))
        .records
}

/// The zones of a text in the format of the corpus.
pub(crate) fn written(file: &str, text: &str) -> Vec<Case> {
    let blocks = block::blocks(text).into_iter();
    blocks.map(|block| Case::new(format!("{file}: {}", block.words), block)).collect()
}

/// All zones of the corpus.
pub(crate) fn corpus() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    let cases: Vec<Case> = files
        .iter()
        .flat_map(|path| {
            written(path.file_stem().unwrap().to_str().unwrap(), &fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(cases.len() > 800, "{}", cases.len());
    cases
}

/// Our findings in each.
pub(crate) fn ours(cases: &[Case]) -> Vec<&Findings> {
    cases.iter().map(|case| &case.ours).collect()
}
