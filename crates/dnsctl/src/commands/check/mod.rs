//! `dnsctl check`.

mod rules;
mod told;

pub(crate) use rules::Zone;
pub(crate) use told::Told;

use crate::environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::outside::World;
use crate::render;
use crate::report::{self, Format, Report, Request, Written};
use crate::session::{Session, no_zones};
use crate::settings;
use dnsctl_checks::Severity;
use dnsctl_config::Project;
use dnsctl_config::diagnostic::{self, Diagnostic, Diagnostics};
use dnsctl_zone::Source;
use rules::Loaded;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Checks the configuration, all zone files and what they would do to mail, without any network.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: dnsctl check 'example.com' --report json=check.json --report sarif=check.sarif\n\n\
    Formats of reports: json, sarif (2.1.0), junit, github (annotations), gitlab (code quality).\n\
    What a rule means, and how to let a finding pass: dnsctl explain RULE"
)]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The same as ZONE
    #[arg(long = "zone", value_name = "ZONE")]
    more_zones: Vec<String>,
    /// Write what was found for other readers too: json, sarif, junit, github or gitlab =PATH, any number of times; - is stdout
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Request>,
    /// End with 8 when there are findings of this weight or above
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "WEIGHT")]
    fail_on: FailOn,
    /// Show notes and what could not be tested too; --verbose does so as well
    #[arg(long)]
    full: bool,
}

/// From which weight on findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Only what is critical: mail or a zone is down, or anybody can misuse it.
    Critical,
    /// Errors too: a standard is violated.
    Error,
    /// Warnings too.
    Warning,
    /// Notes too.
    Note,
    /// No finding fails a run. A file that is not valid does.
    Never,
}

impl FailOn {
    fn weight(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
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
    let mut checked = Checked {
        files: 0,
        rrsets: 0,
        told: Vec::new(),
        zones: Vec::new(),
        limit: arguments.fail_on.weight(),
    };
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
        checked.files = units.len();
        found.extend(project.providers.iter().flat_map(settings::problems));
        let wanted = |unit: &dnsctl_config::Unit| units.iter().any(|one| std::ptr::eq(*one, unit));
        let (zones, diagnostics) = load(&project, &wanted);
        found.append(diagnostics);
        checked.rrsets = zones.iter().filter(|zone| zone.wanted).map(|zone| zone.desired.wishes.len()).sum();
        let today = environment::now().strftime("%Y-%m-%d").to_string();
        checked.zones = rules::ask(&zones, &today);
    }
    let invalid = found.has_errors();
    let shown = checked.without_twins(found);
    checked.told = shown.iter().cloned().map(Told::from).collect();
    session.show(&project, &shown);
    let full = arguments.full || session.global.verbose;
    output.show(&render::check::text(&checked, &project.files, session.style, full))?;
    let fails = checked.all().any(|told| checked.fails(told));
    let exit = match (invalid, fails) {
        // A file that is not valid has the code of invalid files, whatever the findings.
        (true, _) => Exit::Invalid,
        (_, true) => Exit::Findings,
        _ => Exit::Done,
    };
    match report::write(&arguments.reports, &checked) {
        Some(failure) => Err(Failure::shown(exit).and(Some(failure))),
        None => Ok(exit),
    }
}

/// Loads all zones: what is asked for may lead to others. What is wrong with those is not told.
fn load(
    project: &Project,
    wanted: &(dyn Fn(&dnsctl_config::Unit) -> bool + Sync),
) -> (Vec<Loaded>, Diagnostics) {
    let zones = Mutex::new(BTreeMap::new());
    let all: Vec<_> = project.units.iter().collect();
    let found = Session::each(&all, &|index, unit| {
        let mut loaded = project.load(unit);
        let (facts, wanted) = (crate::facts::of(&loaded), wanted(unit));
        if let Some(desired) = loaded.zone.take() {
            let mut zones = zones.lock().unwrap_or_else(PoisonError::into_inner);
            let folded = std::mem::take(&mut loaded.folded);
            zones.insert(index, Loaded { desired, facts, folded, wanted });
        }
        if wanted { loaded.diagnostics } else { Diagnostics::new() }
    });
    (zones.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect(), found)
}

/// What was checked, and what was found.
pub(crate) struct Checked {
    /// How many zones were asked for.
    pub(crate) files: usize,
    /// How many RRsets they have.
    pub(crate) rrsets: usize,
    /// What the reader of the files found.
    pub(crate) told: Vec<Told>,
    /// What the rules found.
    pub(crate) zones: Vec<Zone>,
    /// The weight from which on findings fail the run; `None` when none do.
    pub(crate) limit: Option<Severity>,
}

impl Checked {
    /// What the reader found, but for what a rule tells as well, at the same place, with its reasons and its weight.
    fn without_twins(&self, found: Diagnostics) -> Diagnostics {
        let by_rules: HashSet<(&str, Option<(&str, u32)>)> = self
            .zones
            .iter()
            .flat_map(|zone| &zone.told)
            .map(|told| (told.rule, line(&told.source)))
            .collect();
        let is_twin = |one: &Diagnostic| {
            let rule = || dnsctl_checks::told_as(one.code).map(|check| check.rule.id);
            one.severity != diagnostic::Severity::Error
                && rule().is_some_and(|rule| by_rules.contains(&(rule, line(&one.source))))
        };
        found.into_iter().filter(|one| !is_twin(one)).collect()
    }

    /// Everything that was found: first by the reader, then by rules, zone by zone.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Told> {
        self.told.iter().chain(self.zones.iter().flat_map(|zone| &zone.told))
    }

    /// Whether a finding fails the run.
    pub(crate) fn fails(&self, told: &Told) -> bool {
        told.acknowledged.is_none() && self.limit.is_some_and(|limit| told.weight >= limit)
    }

    /// How many findings of a weight there are. Acknowledged ones are not counted.
    pub(crate) fn count(&self, weight: Severity) -> usize {
        self.all().filter(|told| told.weight == weight && told.acknowledged.is_none()).count()
    }
}

fn line(source: &Option<Source>) -> Option<(&str, u32)> {
    source.as_ref().map(|source| (&*source.file, source.line))
}

impl Report for Checked {
    const COMMAND: &'static str = "check";
    const FORMATS: &'static [Format] =
        &[Format::Json, Format::Sarif, Format::Junit, Format::Github, Format::Gitlab];

    fn text(&self, format: Format) -> Result<String, Failure> {
        Ok(match format {
            Format::Sarif => render::check::sarif::text(self),
            Format::Junit => render::check::junit::text(self),
            Format::Github => render::check::github::text(self),
            Format::Gitlab => render::check::gitlab::text(self),
            Format::Json | Format::Markdown => render::check::json::text(self),
        })
    }
}
