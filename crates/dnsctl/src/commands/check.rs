//! `dnsctl check`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::outside::World;
use crate::render::words::{count, thousands};
use crate::report::{self, Format, Report, Request, Written};
use crate::session::{Session, no_zones};
use crate::settings;
use dnsctl_config::diagnostic::{Diagnostic, Diagnostics};
use dnsctl_zone::Source;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Checks the configuration and all zone files, without any network.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl check 'example.com' --report json=check.json")]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The same as ZONE
    #[arg(long = "zone", value_name = "ZONE")]
    more_zones: Vec<String>,
    /// Write what was found for other readers too: json=PATH, any number of times; - is stdout
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Request>,
    /// End with 8 when there are findings of this weight or above
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "WEIGHT")]
    fail_on: FailOn,
}

/// From which weight on findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Errors only.
    Error,
    /// Warnings too.
    Warning,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let output = report::check::<Checked>(&arguments.reports, &[])?;
    report::begin(arguments.reports.iter().map(Written::from), None)?;
    let mut project = session.open_as_it_is()?;
    // Nothing is asked of any server here.
    if project.outside.is_some() {
        project.outside = Some(Arc::new(World::offline()));
    }
    let mut found = std::mem::take(&mut project.diagnostics);
    let (mut zones, rrsets) = (0, AtomicUsize::new(0));
    if !found.has_errors() && project.units.is_empty() {
        found = no_zones(&project, found);
    }
    if !project.units.is_empty() {
        let patterns: Vec<String> = arguments.zones.iter().chain(&arguments.more_zones).cloned().collect();
        let units = match session.select(&project, &patterns) {
            // The zone may be in what cannot be read.
            Err(_) if found.has_errors() => Vec::new(),
            units => units?,
        };
        zones = units.len();
        found.extend(project.providers.iter().flat_map(settings::problems));
        found.append(Session::load(&project, &units, &|_, zone| {
            rrsets.fetch_add(zone.wishes.len(), Ordering::Relaxed);
        }));
    }
    session.show(&project, &found);
    let checked = Checked { zones, rrsets: rrsets.into_inner(), found };
    output.show(&checked.verdict())?;
    session.detail(&format!("{} files were read.", thousands(zones)));
    let counts = checked.found.counts();
    let exit = match (counts.errors, counts.warnings, arguments.fail_on) {
        // A file that is not valid has the code of invalid files, whatever the findings.
        (1.., _, _) => Exit::Invalid,
        (_, 1.., FailOn::Warning) => Exit::Findings,
        _ => Exit::Done,
    };
    match report::write(&arguments.reports, &checked) {
        Some(failure) => Err(Failure::shown(exit).and(Some(failure))),
        None => Ok(exit),
    }
}

/// What was checked, and what was found.
struct Checked {
    zones: usize,
    rrsets: usize,
    found: Diagnostics,
}

impl Checked {
    fn verdict(&self) -> String {
        let counts = self.found.counts();
        let what = match self.zones {
            0 => "Zones were not checked".to_owned(),
            zones => format!("{}, {}", count(zones, "zone"), count(self.rrsets, "RRset")),
        };
        format!("{what}: {}, {}.\n", count(counts.errors, "error"), count(counts.warnings, "warning"))
    }
}

impl Report for Checked {
    const COMMAND: &'static str = "check";
    const FORMATS: &'static [Format] = &[Format::Json];

    fn text(&self, _: Format) -> Result<String, Failure> {
        let counts = self.found.counts();
        let report = json!({
            "format": "dnsctl.check",
            "format_version": "1.0",
            "summary": {
                "zones": self.zones, "rrsets": self.rrsets,
                "errors": counts.errors, "warnings": counts.warnings, "notes": counts.notes,
            },
            "findings": self.found.iter().map(finding).collect::<Vec<_>>(),
        });
        Ok(format!("{report:#}\n"))
    }
}

fn finding(found: &Diagnostic) -> Value {
    let related = |(source, label): &(Source, String)| json!({ "source": place(source), "label": label });
    json!({
        "rule": found.code,
        "severity": found.severity.word(),
        "message": found.message,
        "label": found.label,
        "fix": found.help,
        "source": found.source.as_ref().map(place),
        "related": found.related.iter().map(related).collect::<Vec<_>>(),
    })
}

/// A place as in the plan file: counted from 1, 0 is unknown.
fn place(source: &Source) -> Value {
    json!({ "file": &*source.file, "line": source.line, "column": source.column })
}
