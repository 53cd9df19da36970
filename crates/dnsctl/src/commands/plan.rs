//! `dnsctl plan`.

use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, exit_of};
use crate::progress::Progress;
use crate::render;
use crate::report::{self, Request};
use crate::session::{Session, shown};
use dnsctl_config::Project;
use dnsctl_plan::{Mode, Plan};
use dnsctl_reconcile::state::State;
use dnsctl_reconcile::{PlanOptions, Planned, Providers};
use std::path::PathBuf;
use std::time::Instant;
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
    /// Write the plan for other readers too: json=PATH or markdown=PATH, any number of times
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Request>,
    /// End with 2 when there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// List every change, however many there are
    #[arg(long)]
    full: bool,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { mut zones, more_zones, out, reports, detailed_exitcode, full } = arguments;
    zones.extend(more_zones);
    let project = session.open()?;
    let providers = session.providers(&project)?;
    let planned = make(session, &project, &providers, &zones)?;
    let plan = &planned.plan;
    Session::print(&render::plan::text(plan, session.style, full))?;
    for request in &reports {
        request.write(plan)?;
    }
    if let Some(path) = &out {
        save(session, plan, path)?;
    }
    let unread = planned.errors.iter().map(exit_of).max();
    Ok(match (plan.is_blocked(), unread) {
        (true, _) => Exit::Blocked,
        (false, Some(exit)) => exit,
        (false, None) if plan.has_changes() && detailed_exitcode => Exit::Changes,
        (false, None) => Exit::Done,
    })
}

fn save(session: &Session, plan: &Plan, path: &std::path::Path) -> Result<(), Failure> {
    if !plan.is_applicable() {
        // A plan of an earlier run must not be taken for this one.
        if path.exists() {
            fs_err::remove_file(path).map_err(|error| Failure::io(&error))?;
        }
        session.note("No plan file was written: the plan cannot be applied.");
        return Ok(());
    }
    report::save(path, &report::json(plan)?)?;
    let until = plan.expires_at.strftime("%Y-%m-%d %H:%M UTC");
    session.note(&format!(
        "Saved {}, id {}, valid until {until}.\nNext: dnsctl apply {}",
        shown(path),
        plan.id,
        shown(path)
    ));
    Ok(())
}

/// Makes the plan of these zones, reading files and asking servers at the same time.
pub(crate) fn make(
    session: &Session,
    project: &Project,
    providers: &Providers,
    patterns: &[String],
) -> Result<Planned, Failure> {
    let start = Instant::now();
    let units = session.select(project, patterns)?;
    let state = State::beside(&project.root);
    let last_reads = state.last_reads();
    let mut progress = Progress::new(units.len(), "Comparing zones", session.global.quiet);
    let runtime = session.runtime()?;
    let (sender, receiver) = mpsc::channel(64);
    let mut observer = |_event| progress.advance(1);
    let options = PlanOptions {
        now: environment::now(),
        life: project.settings.plan.life.unwrap_or(Plan::LIFE),
        mode: if patterns.is_empty() { Mode::Full } else { Mode::ZoneFilter },
        zones: units.len(),
        last_reads: &last_reads,
        observer: &mut observer,
    };
    let (diagnostics, planned) = std::thread::scope(|scope| {
        let loading = scope.spawn(move || {
            let sink = |_: usize, zone| {
                // The receiver is gone only when the plan has failed as a whole.
                let _ = sender.blocking_send(zone);
            };
            Session::load(project, &units, &sink)
        });
        let planned = runtime.block_on(dnsctl_reconcile::plan(receiver, providers, options));
        (loading.join().unwrap_or_default(), planned)
    });
    drop(progress);
    session.show(project, &diagnostics);
    crate::failure::invalid(&diagnostics)?;
    session.detail(&format!(
        "Compared {} zones in {:.2} s.",
        planned.plan.zones.len(),
        start.elapsed().as_secs_f64()
    ));
    if let Err(error) = state.remember_reads(&planned.reads) {
        session.detail(&format!("warning: {error}"));
    }
    Ok(planned)
}
