//! `dnsctl man`.

use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use clap::CommandFactory as _;
use std::path::PathBuf;

/// Prints the manual page, or writes one for each command into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl man | man -l -\n         dnsctl man --out /usr/local/share/man/man1")]
pub(crate) struct Arguments {
    /// Write dnsctl.1, dnsctl-plan.1, ... into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(folder) = &arguments.out {
        fs_err::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
            .map_err(|error| Failure::io(&error))?;
        return Ok(Exit::Done);
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(|error| Failure::io(&error))?;
    Session::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
