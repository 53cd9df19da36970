//! `dnsctl mail policy`.

use crate::exit::Exit;
use crate::failure::{Failure, invalid};
use crate::render::words::count;
use crate::report::save;
use crate::session::{Session, shown};
use dnsctl_config::diagnostic::Diagnostics;
use std::path::{Path, PathBuf};

/// Writes the MTA-STS policy files of zones whose `mail:` block has one.
///
/// DIR/mta-sts.ZONE/.well-known/mta-sts.txt is what <https://mta-sts.ZONE/.well-known/mta-sts.txt> must give, as text/plain and
/// without a redirect. Serve it before the record that announces it is applied.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl mail policy --out public/\n         dnsctl mail policy example.com")]
pub(super) struct Policy {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The folder; stdout without it, for one zone
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing, and end with 1 when a file is missing or says something else
    #[arg(long, requires = "out")]
    check: bool,
}

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &Policy) -> Result<Exit, Failure> {
    let project = session.open()?;
    let units = session.select(&project, &arguments.zones)?;
    let mut found = Diagnostics::new();
    let mut policies: Vec<(String, String)> = Vec::new();
    for unit in units {
        let loaded = project.load(unit);
        found.append(loaded.diagnostics);
        let policy = loaded.mail.and_then(|mail| mail.policy);
        policies.extend(policy.map(|policy| (unit.apex.without_dot(), policy)));
    }
    found.dedup();
    session.show(&project, &found);
    invalid(&found)?;
    if policies.is_empty() {
        let text = "no zone that was asked for has an MTA-STS policy";
        return Err(Failure::new(Exit::Usage, "no-policy", text)
            .hint("write `mta_sts: { mode: testing }` under `mail:` of a zone; docs/mail.md shows how"));
    }
    let Some(folder) = &arguments.out else {
        let [(_, text)] = policies.as_slice() else {
            let text = format!("{} have a policy, and stdout takes one", count(policies.len(), "zone"));
            return Err(
                Failure::new(Exit::Usage, "no-out", text).hint("name one zone, or a folder with --out DIR")
            );
        };
        Session::print(text)?;
        return Ok(Exit::Done);
    };
    let (mut changed, mut stale) = (0, Vec::new());
    for (zone, text) in &policies {
        let path = file(folder, zone);
        if fs_err::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        changed += 1;
        if arguments.check {
            stale.push(shown(&path));
            continue;
        }
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent).map_err(|error| Failure::io(&error))?;
        }
        save(&path, text)?;
    }
    if !stale.is_empty() {
        let text = format!("not up to date: {}", stale.join(", "));
        return Err(Failure::new(Exit::Error, "stale-policy", text)
            .hint(format!("dnsctl mail policy --out {}", shown(folder))));
    }
    session.note(&format!(
        "{} in {}, {changed} of them written.",
        count(policies.len(), "policy file"),
        shown(folder)
    ));
    Ok(Exit::Done)
}

/// Where the policy file of a zone stands: what a web server for `mta-sts.ZONE` has as its root is one folder.
fn file(folder: &Path, zone: &str) -> PathBuf {
    folder.join(format!("mta-sts.{zone}")).join(".well-known").join("mta-sts.txt")
}
