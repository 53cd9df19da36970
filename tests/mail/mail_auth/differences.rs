//! What two readers see in a text, and why it differs.

use std::collections::BTreeMap;

/// What a reader sees, by field. A field that it does not see is not there.
pub(crate) type Seen = BTreeMap<&'static str, String>;

/// A text as both read it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) text: Vec<u8>,
    pub(crate) ours: Seen,
    pub(crate) theirs: Seen,
    /// The kinds of our faults, as `Debug` writes them.
    pub(crate) faults: Vec<String>,
}

impl Reading {
    /// Whether we find a fault of this kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.faults.iter().any(|fault| fault == kind)
    }

    /// Whether we find a fault whose kind begins so.
    pub(crate) fn has_any(&self, kinds: &[&str]) -> bool {
        self.faults.iter().any(|fault| kinds.iter().any(|kind| fault.starts_with(kind)))
    }

    /// What we see and what they see of a field.
    pub(crate) fn sees(&self, field: &str, ours: &str, theirs: &str) -> bool {
        let is = |seen: &Seen, value: &str| seen.get(field).is_some_and(|seen| seen == value);
        is(&self.ours, ours) && is(&self.theirs, theirs)
    }

    /// The names and values of its tags as they stand, blanks about them left out.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let tags = text.split(';').filter_map(|tag| tag.split_once('='));
        tags.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
    }

    /// Whether a name is written with capitals.
    pub(crate) fn has_capitals(&self) -> bool {
        self.tags().iter().any(|(name, _)| name.bytes().any(|letter| letter.is_ascii_uppercase()))
    }

    /// Whether a name or a value has blanks inside.
    pub(crate) fn has_inner_blanks(&self) -> bool {
        let blank = |text: &str| text.bytes().any(|octet| octet.is_ascii_whitespace());
        self.tags().iter().any(|(name, value)| blank(name) || blank(value))
    }

    /// Whether the version is right but for capitals, blanks in and about it, and semicolons in front.
    pub(crate) fn has_loose_version(&self, version: &str) -> bool {
        let text = String::from_utf8_lossy(&self.text).to_ascii_lowercase();
        let text: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let text = text.trim_start_matches(';');
        text.strip_prefix(&format!("v={version}").to_ascii_lowercase())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
    }

    fn differs_in(&self) -> Vec<&'static str> {
        let fields = self.ours.keys().chain(self.theirs.keys());
        let mut fields: Vec<_> =
            fields.filter(|field| self.ours.get(*field) != self.theirs.get(*field)).copied().collect();
        fields.sort_unstable();
        fields.dedup();
        // Who does not take it for a record sees nothing else in it.
        if fields.contains(&"record") { vec!["record"] } else { fields }
    }
}

/// Why both differ in some fields.
pub(crate) struct Reason {
    /// What mail-auth does and what the RFC says, with the section.
    pub(crate) words: &'static str,
    pub(crate) fields: &'static [&'static str],
    pub(crate) holds: fn(&Reading) -> bool,
}

/// Fails for a difference without a reason and for a reason that explains none. At least `agreed` in a hundred must agree.
pub(crate) fn settle(grammar: &str, readings: &[Reading], reasons: &[Reason], agreed: usize) {
    let mut used = vec![0_usize; reasons.len()];
    let mut wrong = Vec::new();
    let (mut same, mut records) = (0, 0);
    for reading in readings {
        let fields = reading.differs_in();
        same += usize::from(fields.is_empty());
        records += usize::from(reading.ours.get("record").is_some_and(|record| record == "yes"));
        for field in fields {
            let explains = |reason: &Reason| reason.fields.contains(&field) && (reason.holds)(reading);
            match reasons.iter().position(explains) {
                Some(reason) => used[reason] += 1,
                None => wrong.push(format!(
                    "{field}: ours {:?}, theirs {:?}, {:?} in {:?}",
                    reading.ours.get(field),
                    reading.theirs.get(field),
                    reading.faults,
                    String::from_utf8_lossy(&reading.text)
                )),
            }
        }
    }
    let all = readings.len();
    println!("{grammar}: {all} texts, {records} records, {same} read alike");
    for (reason, used) in reasons.iter().zip(&used) {
        println!("{grammar}: {used:>6} {}", reason.words);
        if *used == 0 {
            wrong.push(format!("explains nothing: {}", reason.words));
        }
    }
    assert!(
        wrong.is_empty(),
        "{grammar}: {} without a reason\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
    // Texts that nobody reads, or reasons for everything, would compare nothing.
    assert!(records > all / 3 && same * 100 >= all * agreed, "{records} records, {same} alike of {all}");
}
