//! `dnsctl apply`.

use super::plan::{life, make};
mod memory;

use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, exit_of};
use crate::interrupt;
use crate::progress::Progress;
use crate::render;
use crate::render::apply::Ended;
use crate::report::{self, Format, Output, Request, Written};
use crate::session::{Session, shown};
use dnsctl_config::Project;
use dnsctl_plan::{Action, Plan, file};
use dnsctl_reconcile::Declared;
use dnsctl_reconcile::Providers;
use dnsctl_reconcile::apply::{
    self, Again, ApplyEvent, ApplyOptions, Control, Freshness, OpenWriter, Report, is_stale,
};
use dnsctl_reconcile::state::{State, StateError};
use dnsctl_zone::Name;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a vendor may take to bring a change to its own servers.
const FINISH: Duration = Duration::from_secs(300);

/// For how long name servers are asked, unless the configuration says otherwise.
const DEADLINE: Duration = Duration::from_secs(60);

/// How far the clocks of two machines may differ without a word about it.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Writes a plan and proves that every name server serves it.
///
/// With PLAN, a saved plan is written exactly as it was shown, and only while every RRset that it touches is as it was
/// when the plan was made. Without, a new plan is made, shown, and written when you agree.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl apply plan.json\n         dnsctl apply --yes --zone example.com")]
pub(crate) struct Arguments {
    /// A plan saved by dnsctl plan --out
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Without PLAN: only these zones, or patterns such as '*.example.com'
    #[arg(long = "zone", value_name = "ZONE", conflicts_with = "plan")]
    zones: Vec<String>,
    /// Without PLAN: write without asking
    #[arg(short, long, conflicts_with = "plan")]
    yes: bool,
    /// Write what an interrupted apply of this plan left out
    #[arg(long, requires = "plan")]
    resume: bool,
    /// Refuse unless the plan has this digest
    #[arg(long, value_name = "DIGEST")]
    approved_digest: Option<String>,
    /// Do not ask the name servers afterwards
    #[arg(long)]
    no_verify: bool,
    /// List every change, however many there are
    #[arg(long)]
    full: bool,
    /// Write what became of it for other readers too: json=PATH or markdown=PATH, any number of times
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Request>,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let output = report::check::<Outcome<'_>>(&arguments.reports, &[])?;
    report::begin(arguments.reports.iter().map(Written::from), arguments.plan.as_deref())?;
    let project = session.open()?;
    let state = State::beside(&project.root);
    let providers = session.providers(&project)?;
    let run = Run { session, project: &project, providers: &providers, state: &state, arguments, output };
    match &arguments.plan {
        Some(path) => run.saved(path),
        None => run.fresh(),
    }
}

struct Run<'a> {
    session: &'a Session,
    project: &'a Project,
    /// Open for the whole run: what was learned while reading saves requests while writing.
    providers: &'a Providers,
    state: &'a State,
    arguments: &'a Arguments,
    output: Output,
}

/// What became of a plan, for other readers.
struct Outcome<'a> {
    ended: Ended<'a>,
    finished_at: Timestamp,
}

impl report::Report for Outcome<'_> {
    const COMMAND: &'static str = "apply";
    const FORMATS: &'static [Format] = &[Format::Json, Format::Markdown];

    fn text(&self, format: Format) -> Result<String, Failure> {
        let Ended { plan, report, took, .. } = self.ended;
        match format {
            Format::Markdown => Ok(render::apply::markdown::text(self.ended)),
            // The others are refused before anything is done.
            _ => apply::file::File::new(plan, report, self.finished_at, took)
                .text()
                .map_err(|error| Failure::new(Exit::Error, "report", error.to_string())),
        }
    }
}

impl Run<'_> {
    /// Applies a saved plan.
    fn saved(&self, path: &Path) -> Result<Exit, Failure> {
        let text = fs_err::read(path).map_err(|error| Failure::io(&error))?;
        let plan = file::read(&text).map_err(|error| {
            Failure::new(Exit::Invalid, "plan-file", format!("{}: {error}", shown(path)))
                .hint("make a new plan: dnsctl plan --out plan.json")
        })?;
        self.approve(&plan)?;
        if !plan.is_applicable() {
            return Err(Failure::new(
                Exit::Blocked,
                "blocked",
                format!("plan {} cannot be applied", plan.id),
            )
            .hint("see why: dnsctl plan"));
        }
        let now = environment::now();
        // What the file says of its own end is not the last word.
        let life = SignedDuration::try_from(life(self.project)).unwrap_or(SignedDuration::MAX);
        let longest = plan.created_at.saturating_add(life).unwrap_or(Timestamp::MAX);
        let until = plan.expires_at.min(longest);
        let begins = plan.created_at.saturating_sub(life).unwrap_or(Timestamp::MIN);
        if now > until || now < begins {
            let told = if now > until { "could be applied until" } else { "was made long after now, at" };
            let when = if now > until { until } else { plan.created_at };
            let text = format!("plan {} {told} {}", plan.id, when.strftime("%Y-%m-%d %H:%M UTC"));
            return Err(Failure::new(Exit::Stale, "stale-plan", text)
                .hint("nothing was written; make a new plan: dnsctl plan"));
        }
        if plan.created_at.duration_since(now) > CLOCK_SKEW {
            let made = plan.created_at.strftime("%Y-%m-%d %H:%M UTC");
            self.session.note(&format!(
                "warning: plan {} was made at {made}, which is still to come: a clock is wrong",
                plan.id
            ));
        }
        let _lock = self.lock()?;
        super::plan::tell_unreadable(self.session, self.state);
        self.newer(&plan)?;
        self.write_again(&plan)
    }

    /// Plans, asks, applies.
    fn fresh(&self) -> Result<Exit, Failure> {
        if !self.arguments.yes && !environment::is_interactive() {
            return Err(Failure::new(Exit::Usage, "not-asked", "there is nobody to ask")
                .hint("give a saved plan (dnsctl plan --out plan.json), or --yes"));
        }
        let _lock = self.lock()?;
        let planned = make(self.session, self.project, self.providers, &self.arguments.zones)?;
        let plan = &planned.plan;
        self.output.show(&render::plan::text(plan, self.session.style, self.arguments.full))?;
        if let Some(failure) = super::plan::failure(&planned) {
            return Err(failure);
        }
        if !plan.has_changes() {
            if self.unproved(plan).is_empty() {
                return Ok(Exit::Done);
            }
            // There is nothing to write, but something to prove.
            return self.write(plan, Freshness::JustRead(&planned.servers));
        }
        self.approve(plan)?;
        if self.arguments.yes {
            return self.write(plan, Freshness::JustRead(&planned.servers));
        }
        if let Err(expected) = ask(plan)? {
            self.session.note(&format!(
                "Nothing was written: the answer was not {expected}. Next: dnsctl apply asks again"
            ));
            return Ok(Exit::Interrupted);
        }
        // The answer may have taken any time.
        self.write_again(plan)
    }

    /// Writes a plan that was made earlier, when nothing objects to it as the zones are now.
    fn write_again(&self, plan: &Plan) -> Result<Exit, Failure> {
        let today = environment::now().strftime("%Y-%m-%d").to_string();
        let files = self.files(plan)?;
        let deletes_total = self.project.settings.deletes_total;
        let policy = self.project.settings.policy;
        self.write(plan, Freshness::ReadAgain(Again { files: &files, today: &today, deletes_total, policy }))
    }

    fn approve(&self, plan: &Plan) -> Result<(), Failure> {
        match &self.arguments.approved_digest {
            Some(digest) if *digest != plan.digest => {
                let text = format!("the approved digest is {digest}, that of this plan is {}", plan.digest);
                Err(Failure::new(Exit::Stale, "not-approved", text)
                    .hint("nothing was written; review the plan again"))
            }
            _ => Ok(()),
        }
    }

    fn lock(&self) -> Result<dnsctl_reconcile::state::Lock, Failure> {
        self.state.lock().map_err(|error| match error {
            StateError::Locked(_) => {
                Failure::new(Exit::Locked, "locked", error.to_string()).hint("wait until it has ended")
            }
            StateError::Io(error) => Failure::io(&error).hint(format!(
                "nothing was written: an apply locks out others by this file; make its folder writable, then {}",
                self.again()
            )),
        })
    }

    /// A plan that was made before the one applied last describes a past that is gone.
    fn newer(&self, plan: &Plan) -> Result<(), Failure> {
        for zone in plan.zones.iter().filter(|zone| zone.has_changes()) {
            let Some(last) = self.state.last_applied(&zone.provider, &zone.zone) else { continue };
            // A time that is still to come was told by a clock that went wrong.
            let credible = last.created_at <= environment::now();
            if last.created_at > plan.created_at && last.id != plan.id && credible {
                let text = format!(
                    "plan {}, which is newer than plan {}, was applied to {}",
                    last.id, plan.id, zone.zone
                );
                return Err(Failure::new(Exit::Stale, "stale-plan", text)
                    .hint("nothing was written; make a new plan: dnsctl plan"));
            }
        }
        Ok(())
    }

    /// The zones of a plan as the files want them now.
    fn files(&self, plan: &Plan) -> Result<BTreeMap<Name, Declared>, Failure> {
        self.zones(|apex| plan.zones.iter().any(|zone| zone.zone == *apex && zone.has_changes()))
    }

    fn zones(&self, wanted: impl Fn(&Name) -> bool) -> Result<BTreeMap<Name, Declared>, Failure> {
        let units: Vec<_> = self.project.units.iter().filter(|unit| wanted(&unit.apex)).collect();
        let zones = self.session.load_all(self.project, &units, |desired, facts| {
            (desired.apex.clone(), Declared { desired, facts })
        })?;
        Ok(zones.into_iter().collect())
    }

    fn write(&self, plan: &Plan, freshness: Freshness<'_>) -> Result<Exit, Failure> {
        let start = Instant::now();
        let left = self.left_over(plan)?;
        let total = plan.zones.iter().map(|zone| zone.changes.len()).sum();
        let mut progress = Progress::new(total, "Writing", self.session.global.quiet);
        let control = Control::new(self.session.stop.clone());
        let mut observer = |event: ApplyEvent| match event {
            ApplyEvent::Written { changes } => progress.advance(changes),
            ApplyEvent::Fresh { .. } => self.remember_begin(plan),
            ApplyEvent::Verifying { .. } | ApplyEvent::Done { .. } => {}
        };
        let open = |name: &str| self.session.writer(self.project, name);
        let runtime = self.session.runtime()?;
        runtime.spawn(interrupt::watch(control.clone()));
        let options = self.options(&open, freshness, &control, &mut observer);
        let result = runtime.block_on(apply::apply(plan, self.providers, options));
        let mut report = result.map_err(|errors| {
            let next = format!("nothing was written; repair the cause, then {}", self.again());
            Failure::provider(&errors).hint_also(&next)
        })?;
        self.remember_written(plan, &report);
        if report.is_complete() && !left.is_empty() {
            let last = u32::try_from(total).unwrap_or(u32::MAX);
            let options = self.options(&open, freshness, &control, &mut observer);
            let proved = runtime.block_on(apply::prove(&left, last, self.providers, options));
            report.zones.extend(proved.map_err(|error| Failure::provider(&[error]))?.zones);
        }
        drop(progress);
        self.remember_proofs(&report);
        let exit = exit(&report, control.is_interrupted());
        let saved = self.arguments.plan.as_deref().map(shown);
        let ended = Ended { plan, report: &report, took: start.elapsed(), saved: saved.as_deref() };
        let told = self.output.show(&render::apply::text(ended, self.session.style));
        let outcome = Outcome { ended, finished_at: environment::now() };
        let unwritten = report::write(&self.arguments.reports, &outcome);
        match Failure::all(told.err().into_iter().chain(unwritten)) {
            // What became of the zones matters more than that nobody could be told.
            Some(failure) if exit != Exit::Done => Err(Failure { exit, ..failure }),
            Some(failure) => Err(failure.hint("everything is written; only the report of it was not")),
            None => Ok(exit),
        }
    }

    fn options<'a>(
        &self,
        open: OpenWriter<'a>,
        freshness: Freshness<'a>,
        control: &Control,
        observer: &'a mut (dyn FnMut(ApplyEvent) + Send),
    ) -> ApplyOptions<'a> {
        ApplyOptions {
            open,
            freshness,
            resume: self.arguments.resume,
            verify: self.verify(),
            finish: FINISH,
            control: control.clone(),
            observer,
        }
    }

    /// How to begin again when nothing was written.
    fn again(&self) -> String {
        match &self.arguments.plan {
            Some(path) => format!("dnsctl apply {}; or dnsctl plan", shown(path)),
            None => "dnsctl apply".to_owned(),
        }
    }

    fn verify(&self) -> Option<Duration> {
        let deadline = self.project.settings.verify.deadline.unwrap_or(DEADLINE);
        (!self.arguments.no_verify).then_some(deadline)
    }
}

fn exit(report: &Report, cancelled: bool) -> Exit {
    if !report.stale.is_empty() {
        return Exit::Stale;
    }
    if !report.is_complete() {
        // What was there before this run is a part of the plan, too.
        return match (report.is_touched(), report.error()) {
            (true, _) => Exit::Partial,
            (false, Some(error)) if is_stale(error) => Exit::Stale,
            (false, Some(error)) => exit_of(error),
            (false, None) if cancelled => Exit::Interrupted,
            (false, None) => Exit::Error,
        };
    }
    if report.is_unserved() || report.is_unproved() { Exit::Unverified } else { Exit::Done }
}

/// Asks on the terminal; gives the right answer when it was another. Where something is deleted, the name of the zone must
/// be typed.
fn ask(plan: &Plan) -> Result<Result<(), String>, Failure> {
    let deletes =
        plan.zones.iter().find(|zone| zone.changes.iter().any(|change| change.action() == Action::Delete));
    let expected = deletes.map_or_else(|| "yes".to_owned(), |zone| zone.zone.without_dot());
    let why = if deletes.is_some() { " Something is deleted." } else { "" };
    let _ = write!(anstream::stderr(), "Write this plan?{why} Type {expected} to go on: ");
    let _ = anstream::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::io(&error))?;
    Ok(if answer.trim() == expected { Ok(()) } else { Err(expected) })
}
