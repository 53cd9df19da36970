//! `dnsctl check`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::words::{count, thousands};
use crate::session::Session;
use crate::settings;
use dnsctl_config::diagnostic::Diagnostics;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Checks the configuration and all zone files, without any network.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl check 'example.com'")]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The same as ZONE
    #[arg(long = "zone", value_name = "ZONE")]
    more_zones: Vec<String>,
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
    let project = session.open()?;
    let patterns: Vec<String> = arguments.zones.iter().chain(&arguments.more_zones).cloned().collect();
    let units = session.select(&project, &patterns)?;
    let mut all = Diagnostics::new();
    project.providers.iter().flat_map(settings::problems).for_each(|found| all.push(found));
    let rrsets = AtomicUsize::new(0);
    let found = Session::load(&project, &units, &|_, zone| {
        rrsets.fetch_add(zone.wishes.len(), Ordering::Relaxed);
    });
    all.append(found);
    session.show(&project, &all);
    let counts = all.counts();
    let verdict = format!(
        "{}, {}: {}, {}.",
        count(units.len(), "zone"),
        count(rrsets.into_inner(), "RRset"),
        count(counts.errors, "error"),
        count(counts.warnings, "warning")
    );
    Session::print(&format!("{verdict}\n"))?;
    session.detail(&format!("{} files were read.", thousands(units.len())));
    Ok(match (counts.errors, counts.warnings, arguments.fail_on) {
        // A file that is not valid has the code of invalid files, whatever the findings.
        (1.., _, _) => Exit::Invalid,
        (_, 1.., FailOn::Warning) => Exit::Findings,
        _ => Exit::Done,
    })
}
