//! Repositories in a few lines, for the tests of this crate.

use std::fmt::Write as _;
use std::path::Path;

use crate::diagnostic::{Diagnostics, Severity};
use crate::{Format, Loaded, Project};

/// A folder with files; it is removed when this is dropped.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// A configuration with two providers.
pub(crate) const CONFIG: &str = "providers:
  main: { type: powerdns, url: http://127.0.0.1:8081, api_key: { env: PDNS_API_KEY } }
  edge: { type: cloudflare, token: { env: TOKEN } }
defaults: { provider: main }
";

/// Errors and warnings whose reason says already what to do.
const PLAIN: [&str; 2] = ["config/bad-ttl", "octodns/not-planned"];

impl Repository {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self) -> Project {
        Project::open(&self.path().join("dnsctl.yaml"))
    }
}

/// Opens and loads everything; all diagnostics come together and sorted.
pub(crate) fn load(files: &[(&str, &str)]) -> (Project, Vec<Loaded>, Diagnostics) {
    let repository = Repository::new(files);
    let project = repository.open();
    let mut loaded: Vec<Loaded> = project.units.iter().map(|unit| project.load(unit)).collect();
    let mut diagnostics = project.diagnostics.clone();
    for one in &mut loaded {
        diagnostics.append(std::mem::take(&mut one.diagnostics));
    }
    diagnostics.sort();
    let silent: Vec<_> = diagnostics
        .iter()
        .filter(|found| found.severity != Severity::Note && found.help.is_none())
        .map(|found| (found.code, &*found.message))
        .filter(|(code, _)| !PLAIN.contains(code))
        .collect();
    assert!(silent.is_empty(), "these do not say what to do: {silent:?}");
    if project.format == Format::Native && !diagnostics.has_errors() {
        files.iter().filter(|(path, _)| path.ends_with("dnsctl.yaml")).for_each(|(_, text)| fits(text));
    }
    (project, loaded, diagnostics)
}

/// What the reader takes, an editor takes too.
fn fits(config: &str) {
    let validator = jsonschema::validator_for(&crate::schema::project()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&crate::schema::tests::seen(config)).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{config}");
}

/// The zone `example.com` in one file, beside [`CONFIG`].
pub(crate) fn zone(text: &str) -> (Project, Loaded, Diagnostics) {
    let (project, mut loaded, diagnostics) =
        load(&[("dnsctl.yaml", CONFIG), ("zones/example.com.yaml", text)]);
    assert_eq!(loaded.len(), 1, "{}", diagnostics.render(&project.files, false));
    (project, loaded.remove(0), diagnostics)
}

/// The records of a zone that has nothing wrong and fits the schema, each as `owner ttl type value`, with the line it stands in.
pub(crate) fn records(text: &str) -> String {
    let (project, loaded, diagnostics) = zone(text);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    // What the reader takes, an editor takes too.
    let validator = jsonschema::validator_for(&crate::schema::zone()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&crate::schema::tests::seen(text)).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    list(&loaded)
}

/// All that is wrong with a zone, as a person sees it.
pub(crate) fn problems(text: &str) -> String {
    let (project, loaded, diagnostics) = zone(text);
    assert_eq!(loaded.zone.is_none(), diagnostics.has_errors());
    diagnostics.render(&project.files, false)
}

/// All that is wrong with these files.
pub(crate) fn problems_of(files: &[(&str, &str)]) -> String {
    let (project, _, diagnostics) = load(files);
    diagnostics.render(&project.files, false)
}

pub(crate) fn list(loaded: &Loaded) -> String {
    let mut text = String::new();
    let zone = loaded.zone.as_ref().unwrap();
    for wish in &zone.wishes {
        for value in wish.rrset.values() {
            let owner = wish.rrset.name.relative_to(&zone.apex);
            writeln!(text, "{owner} {} {} {value}  :{}", wish.rrset.ttl, wish.rrset.rtype, wish.source.line)
                .unwrap();
        }
    }
    text
}
