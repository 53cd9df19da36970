//! `dnsctl fmt`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session::{Session, shown};
use std::path::PathBuf;

/// Formats zone files. Comments stay, and so does the meaning of every value.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl fmt --check zones/*.yaml")]
pub(crate) struct Arguments {
    /// Zone files; all of the configuration when there is none
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; end with 8 when a file is not formatted
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let files = if arguments.files.is_empty() {
        let project = session.open()?;
        project.zone_files()
    } else {
        arguments.files.clone()
    };
    let (mut changed, mut failure) = (0, None::<Failure>);
    for path in &files {
        match one(path, arguments.check) {
            Ok(false) => {}
            Ok(true) => {
                changed += 1;
                // As it would be named.
                Session::print(&format!("{}\n", shown(path.strip_prefix(".").unwrap_or(path))))?;
            }
            Err(mut found) => match &mut failure {
                Some(failure) => failure.messages.append(&mut found.messages),
                None => failure = Some(found),
            },
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    session.detail(&format!("{} of {} files change.", changed, files.len()));
    Ok(if arguments.check && changed > 0 { Exit::Findings } else { Exit::Done })
}

/// Formats a file; true when its text changes.
fn one(path: &std::path::Path, check: bool) -> Result<bool, Failure> {
    let text = fs_err::read_to_string(path).map_err(|error| Failure::io(&error))?;
    let formatted = dnsctl_config::fmt::format(&text).map_err(|error| {
        Failure::new(Exit::Invalid, "fmt", format!("{}: {error}", shown(path))).hint(error.hint())
    })?;
    if formatted == text {
        return Ok(false);
    }
    if !check {
        report::save(path, &formatted)?;
    }
    Ok(true)
}
