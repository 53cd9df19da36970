//! Zone files that are read again before anybody gets them.

use std::path::PathBuf;

use dnsctl_zone::Source;

use super::ZoneFile;
use crate::diagnostic::{Diagnostic, Diagnostics, Files};
use crate::{Format, Project, ProjectSettings, ProviderEntry, Unit, native, structure};

/// The text of a zone file, and what reading it again tells.
#[derive(Debug)]
pub struct Checked {
    /// The text. With an error in [`Checked::diagnostics`] it is no zone file that can be used.
    pub text: String,
    /// What is wrong with it; the places are those of the text.
    pub diagnostics: Diagnostics,
    /// The text, for the diagnostics.
    pub files: Files,
}

/// The text of a zone file that reads back as these records, beside these providers. Where records do not go together,
/// which is an error in a zone file, those that are at fault say `lenient: true`, and each fault is a warning.
///
/// `shown` is the path that messages show.
pub fn checked(file: &ZoneFile<'_>, providers: &[ProviderEntry], shown: &str) -> Checked {
    let strict = once(file, providers, shown);
    if !strict.diagnostics.has_errors() || file.lenient {
        return strict;
    }
    let mut marked = file.clone();
    marked.records.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
    let rrsets: Vec<_> = marked.records.iter().map(|record| record.rrset).collect();
    for at in structure::errors(file.apex, &rrsets) {
        if let Some(record) = marked.records.get_mut(at) {
            record.lenient = true;
        }
    }
    let count = marked.records.iter().filter(|record| record.lenient).count();
    let mut lenient = once(&marked, providers, shown);
    if lenient.diagnostics.has_errors() {
        return strict;
    }
    let (records, each) =
        if count == 1 { ("record does", "it says") } else { ("records do", "each of them says") };
    let message = format!("{count} {records} not go together with others of {}", file.apex);
    let told = Diagnostic::warning("import/lenient", message)
        .at(Source::new(shown.into(), 0, 0))
        .help(format!("{each} `lenient: true`, so that the file can be used as it is; mend what is wrong and remove that"));
    lenient.diagnostics.push(told);
    lenient.diagnostics.sort();
    lenient
}

fn once(file: &ZoneFile<'_>, providers: &[ProviderEntry], shown: &str) -> Checked {
    let text = super::zone(file);
    let mut project = Project {
        config: PathBuf::new(),
        root: PathBuf::new(),
        format: Format::Native,
        providers: providers.to_vec(),
        units: Vec::new(),
        settings: ProjectSettings::default(),
        files: Files::new(),
        diagnostics: Diagnostics::new(),
        rules: Vec::new(),
        outside: None,
        unknown: crate::project::Unknown::default(),
        included: native::Cache::default(),
    };
    // Which provider has a zone can stand in the configuration beside which the file is put.
    let nobody = || "nobody".to_owned();
    project.settings.defaults.providers =
        vec![providers.first().map_or_else(nobody, |provider| provider.name.clone())];
    let part = project.files.add(shown, text.as_str());
    let unit = Unit { apex: file.apex.clone(), source: part.source(0, 0), parts: vec![part], octodns: None };
    let loaded = native::load(&project, &unit);
    let mut diagnostics = loaded.diagnostics;
    if let Some(zone) = &loaded.zone {
        let mut wanted: Vec<_> = file.records.iter().map(|record| record.rrset).collect();
        wanted.sort_by(|a, b| a.key().cmp(&b.key()));
        let found: Vec<_> = zone.wishes.iter().map(|wish| &wish.rrset).collect();
        let differs = wanted.iter().zip(&found).find(|(wanted, found)| {
            wanted.key() != found.key() || wanted.ttl != found.ttl || !wanted.same_values(found)
        });
        if let Some((name, rtype)) =
            differs.map(|(wanted, _)| wanted.key()).or_else(|| extra(&wanted, &found))
        {
            let message = format!("{name} {rtype} cannot be written so that it reads back as it is");
            diagnostics.push(Diagnostic::error("import/not-equal", message).at(unit.source.clone()));
        }
    }
    Checked { text, diagnostics, files: project.files }
}

/// The first that only one of both sides has.
fn extra<'a>(
    wanted: &[&'a dnsctl_zone::RRset],
    found: &[&'a dnsctl_zone::RRset],
) -> Option<(&'a dnsctl_zone::Name, dnsctl_zone::RecordType)> {
    let longer = if wanted.len() > found.len() { wanted } else { found };
    longer.get(wanted.len().min(found.len())).map(|rrset| rrset.key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::{Name, Zone, master};

    fn check(records: &str) -> Checked {
        let apex = Name::absolute("example.com").unwrap();
        let options = master::Options { pseudo_types: true, ..master::Options::default() };
        let text = format!("$TTL 3600\n{records}");
        let parsed =
            master::parse(&text, "test".into(), &apex, options, &mut |_| Err("there is none".to_owned()));
        let zone: Zone = master::zone(parsed, &apex).zone;
        checked(&ZoneFile::of_zone(&zone, None), &[], "zones/example.com.yaml")
    }

    fn codes(checked: &Checked) -> Vec<&str> {
        checked.diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn what_goes_together_is_written_as_it_is() {
        let checked = check("@ A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.2\n");
        assert!(checked.diagnostics.is_empty(), "{}", checked.diagnostics.render(&checked.files, false));
        assert!(!checked.text.contains("lenient"), "{}", checked.text);
    }

    #[test]
    fn what_does_not_go_together_is_lenient_and_told_record_by_record() {
        let checked = check(
            "@ A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.2\nwww.sub CNAME @\nmx.sub MX 10 mail\n\
             other SOA ns host 1 2 3 4 5\n",
        );
        assert!(!checked.diagnostics.has_errors(), "{}", checked.diagnostics.render(&checked.files, false));
        for line in [
            "  mx.sub:\n    MX: { value: 10 mail, lenient: true }\n",
            "  www.sub:\n    CNAME: { value: \"@\", lenient: true }\n",
            "  ns.sub: { A: 192.0.2.2 }\n",
        ] {
            assert!(checked.text.contains(line), "{line}{}", checked.text);
        }
        assert_eq!(checked.text.matches("lenient").count(), 3, "{}", checked.text);
        let wanted =
            ["import/lenient", "zone/below-delegation", "zone/below-delegation", "zone/soa-not-at-apex"];
        let mut found = codes(&checked);
        found.sort_unstable();
        assert_eq!(found, wanted);
        let text = checked.diagnostics.render(&checked.files, false);
        for words in ["www.sub.example.com. CNAME", "mx.sub.example.com. MX", "zones/example.com.yaml:"] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
        // What was read as lenient is written without a second word about it.
        let again = check("@ A 192.0.2.1\n");
        assert_eq!(codes(&again), Vec::<&str>::new());
    }
}
