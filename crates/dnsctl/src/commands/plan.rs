//! `dnsctl plan`.

use crate::environment;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::progress::Progress;
use crate::render;
use crate::render::words::{count, listed};
use crate::report::{self, Format, Report, Request, Written};
use crate::session::{Session, shown};
use dnsctl_config::diagnostic::Diagnostics;
use dnsctl_config::{Guess, Project, Unit};
use dnsctl_plan::guard::PARTIAL_READ;
use dnsctl_plan::{Mode, Plan, file};
use dnsctl_reconcile::state::{LastReads, MemoryError, State};
use dnsctl_reconcile::{Arrival, Coming, Others, PlanOptions, Planned, Providers};
use dnsctl_zone::Name;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Compares the zone files with what the providers have, and shows what would change.
///
/// Nothing is written: the providers are opened for reading only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl plan 'example.com' --out plan.json --report markdown=plan.md")]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The same as ZONE
    #[arg(long = "zone", value_name = "ZONE")]
    more_zones: Vec<String>,
    /// Save the plan, to be applied exactly as shown
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the plan for other readers too: json=PATH or markdown=PATH, any number of times; - is stdout
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Request>,
    /// End with 2 when there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// List every change, however many there are, and where it stands in the files; --verbose does so too
    #[arg(long)]
    full: bool,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { mut zones, more_zones, out, reports, detailed_exitcode, full } = arguments;
    zones.extend(more_zones);
    let output = report::check::<Plan>(&reports, out.as_deref().as_slice())?;
    report::begin(reports.iter().map(Written::from).chain(out.as_deref().map(Written::plan)), None)?;
    let project = session.open()?;
    let providers = session.providers(&project)?;
    let planned = make(session, &project, &providers, &zones)?;
    let plan = &planned.plan;
    output.show(&render::plan::text(plan, session.style, full || session.global.verbose))?;
    tell_unproved(session, &project, plan);
    // Whatever cannot be written keeps nothing else from being written.
    let (saved, unsaved) = match out.as_deref().map(|path| save(session, plan, path)) {
        None => (None, None),
        Some(Ok(saved)) => (saved, None),
        Some(Err(failure)) => (None, Some(failure)),
    };
    let failed = [report::write(&reports, plan), unsaved, failure(&planned)];
    if plan.has_changes() || !plan.is_applicable() {
        output.show(&render::plan::next(plan, saved.as_deref(), session.style))?;
    }
    match Failure::all(failed.into_iter().flatten()) {
        Some(failure) => Err(failure),
        None if plan.has_changes() && detailed_exitcode => Ok(Exit::Changes),
        None => Ok(Exit::Done),
    }
}

/// Why a plan cannot be applied, for the exit code: the text of the plan has told what blocks it, and names what could
/// not be read.
pub(crate) fn failure(planned: &Planned) -> Option<Failure> {
    let blocked = planned.plan.is_blocked().then(|| Failure::shown(Exit::Blocked));
    Failure::all(blocked.into_iter().chain(failure::unread(&planned.plan, &planned.errors)))
}

impl Report for Plan {
    const COMMAND: &'static str = "plan";
    const FORMATS: &'static [Format] = &[Format::Json, Format::Markdown];

    fn text(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Markdown => Ok(render::markdown::text(self).text),
            // The others are refused before anything is done.
            _ => json(self),
        }
    }

    fn lack(&self, format: Format) -> Option<Failure> {
        let lacks = format == Format::Markdown && !render::markdown::text(self).complete;
        lacks.then(|| {
            Failure::new(
                Exit::Error,
                "too-large",
                "the plan is too large to be reviewed in one comment: not all blockers and deletions are in it",
            )
            .hint("split the change, or read the plan as JSON: --report json=PATH")
        })
    }
}

fn json(plan: &Plan) -> Result<String, Failure> {
    file::write(plan).map_err(|error| Failure::new(Exit::Error, "plan-file", error.to_string()))
}

/// Saves the plan, and gives the name of its file when there is one that can be applied.
fn save(session: &Session, plan: &Plan, path: &Path) -> Result<Option<String>, Failure> {
    if !plan.is_applicable() {
        return Ok(None);
    }
    report::save(path, &json(plan)?)?;
    let until = plan.expires_at.strftime("%Y-%m-%d %H:%M UTC");
    session.detail(&format!("The saved plan can be applied until {until}."));
    Ok(Some(shown(path)))
}

/// How long a plan can be applied.
pub(crate) fn life(project: &Project) -> Duration {
    project.settings.plan.life.unwrap_or(Plan::LIFE)
}

/// What is remembered of the reads of a plan. A larger number always is. A smaller one is only what somebody has agreed to:
/// where the zone is as the files want it, or the guard is acknowledged; and an apply remembers what it leaves. Else a read
/// that ended early would be the measure of the next one.
fn learned(planned: &Planned, last: &LastReads) -> LastReads {
    let mut reads = planned.reads.clone();
    for zone in &planned.plan.zones {
        let key = (zone.provider.clone(), zone.zone.clone());
        let agreed = !zone.has_changes() || zone.acknowledged.iter().any(|used| used.rule == PARTIAL_READ);
        if !agreed && let (Some(read), Some(last)) = (reads.get_mut(&key), last.get(&key)) {
            *read = (*last).max(*read);
        }
    }
    reads
}

/// Makes the plan of these zones, reading files and asking servers at the same time: each zone is announced to its
/// providers before its files are read.
pub(crate) fn make(
    session: &Session,
    project: &Project,
    providers: &Providers,
    patterns: &[String],
) -> Result<Planned, Failure> {
    let start = Instant::now();
    let units = session.select(project, patterns)?;
    let asked: HashSet<&Name> = units.iter().map(|unit| &unit.apex).collect();
    let rest: Vec<&Unit> = project.units.iter().filter(|unit| !asked.contains(&unit.apex)).collect();
    let others = || others(project, &rest);
    let state = State::beside(&project.root);
    tell_unreadable(session, &state);
    let last_reads = state.last_reads();
    let mut progress = Progress::new(units.len(), "Comparing zones", session.global.quiet);
    let runtime = session.runtime()?;
    let (sender, receiver) = mpsc::channel(64);
    let mut observer = |_event| progress.advance(1);
    let options = PlanOptions {
        now: environment::now(),
        life: life(project),
        deletes_total: project.settings.deletes_total,
        others: (!rest.is_empty()).then_some(&others),
        mode: if patterns.is_empty() { Mode::Full } else { Mode::ZoneFilter },
        zones: units.len(),
        last_reads: &last_reads,
        observer: &mut observer,
    };
    let (diagnostics, planned) = std::thread::scope(|scope| {
        let loading = scope.spawn(move || {
            // The receiver is gone only when the plan has failed as a whole.
            let tell = |arrival| drop(sender.blocking_send(arrival));
            Session::each(&units, &|_, unit| {
                let zone = unit.apex.clone();
                if let Some(Guess { providers, create }) = project.guess(unit) {
                    tell(Arrival::Coming(Coming { zone: zone.clone(), providers, create }));
                }
                let loaded = project.load(unit);
                let facts = Box::new(crate::facts::of(&loaded));
                tell(loaded.zone.map_or(Arrival::Failed(zone), |zone| Arrival::Loaded(zone, facts)));
                loaded.diagnostics
            })
        });
        let planned = runtime.block_on(dnsctl_reconcile::plan(receiver, providers, options));
        (loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), planned)
    });
    drop(progress);
    session.show(project, &diagnostics);
    crate::failure::invalid(&diagnostics)?;
    session.detail(&format!(
        "Compared {} zones in {:.2} s.",
        planned.plan.zones.len(),
        start.elapsed().as_secs_f64()
    ));
    match state.remember_reads(&learned(&planned, &last_reads)) {
        // That was told.
        Ok(()) | Err(MemoryError::Unreadable { .. }) => {}
        Err(error) => session.detail(&format!("warning: {error}")),
    }
    Ok(planned)
}

/// The zones that were not asked for. What is wrong with them is not told.
fn others(project: &Project, units: &[&Unit]) -> Others {
    let loaded = Mutex::new(Others::default());
    Session::each(units, &|_, unit| {
        let zone = project.load(unit);
        let facts = crate::facts::of(&zone);
        let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
        match zone.zone {
            Some(desired) => loaded.zones.push((desired, facts)),
            None => loaded.broken.push(unit.apex.clone()),
        }
        Diagnostics::default()
    });
    loaded.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Says that nothing of earlier runs is known, where that is so because of a file that cannot be read.
pub(crate) fn tell_unreadable(session: &Session, state: &State) {
    let Err(error) = state.check() else { return };
    session.note(&format!(
        "warning: {error}\n  guard/partial-read is not checked, nor whether a newer plan was applied or an earlier one \
         was proved to be served; use the dnsctl that wrote the file, or remove it"
    ));
}

/// Says what earlier applies wrote to these zones and did not prove.
fn tell_unproved(session: &Session, project: &Project, plan: &Plan) {
    let mut open = State::beside(&project.root).unproved();
    open.retain(|(provider, apex), _| {
        plan.zones.iter().any(|zone| zone.provider == *provider && zone.zone == *apex)
    });
    if open.is_empty() {
        return;
    }
    let zones: BTreeSet<String> = open.keys().map(|(_, zone)| zone.without_dot()).collect();
    session.note(&format!(
        "note: {} of {} an earlier apply wrote and did not prove to be served; dnsctl apply asks the name servers again",
        count(open.values().map(BTreeSet::len).sum(), "RRset"),
        listed(zones.into_iter(), 3),
    ));
}
