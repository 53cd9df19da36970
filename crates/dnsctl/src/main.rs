//! The `dnsctl` command.

mod cli;
mod commands;
mod environment;
mod exit;
mod facts;
mod failure;
mod interrupt;
mod live;
mod outside;
mod progress;
mod registry;
mod render;
mod report;
mod secrets;
mod session;
mod settings;

use clap::Parser as _;
use cli::{Cli, Color, Command};
use exit::Exit;
use failure::Failure;
use session::Session;
use std::io::Write as _;
use std::process::ExitCode;

/// Reading a large zone is many small allocations, which this allocator makes cheaper than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // clap ends with 2, which here means that changes are pending.
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let session = Session::new(cli.global);
    let wrong = |text| Failure::new(Exit::Usage, "environment", text);
    let result = environment::check().map_err(wrong).and_then(|()| run(&session, cli.command));
    session.tell_requests();
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let _ = write!(anstream::stderr(), "{}", failure.text(session.style));
            failure.exit.into()
        }
    }
}

fn run(session: &Session, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Plan(arguments) => commands::plan::run(session, arguments),
        Command::Apply(arguments) => commands::apply::run(session, &arguments),
        Command::Check(arguments) => commands::check::run(session, &arguments),
        Command::Import(arguments) => commands::import::run(session, &arguments),
        Command::Export(arguments) => commands::export::run(session, &arguments),
        Command::Schema(arguments) => commands::schema::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(session, &arguments),
        Command::Fmt(arguments) => commands::fmt::run(session, &arguments),
        Command::Providers(arguments) => commands::providers::run(session, &arguments),
        Command::Completions(arguments) => commands::completions::run(&arguments),
        Command::Mail(arguments) => commands::mail::run(session, &arguments),
        Command::Man(arguments) => commands::man::run(&arguments),
    }
}
