//! The command line.

use crate::commands;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Keeps the DNS of an organisation as its git repository says it should be, and treats mail as the part that must
/// never break.
#[derive(Debug, Parser)]
#[command(
    name = "dnsctl",
    version,
    after_help = "Example: dnsctl plan --out plan.json && dnsctl apply plan.json\n\n\
        Exit codes: 0 done, 1 error, 2 changes (--detailed-exitcode), 3 blocked by a guard, 4 stale plan, 5 locked, \
        6 partly applied, 7 written but not proved to be served, 8 findings, 64 usage, 65 invalid files, \
        77 credentials, 130 stopped by Ctrl-C before anything was written."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that all commands share.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The configuration: dnsctl.yaml in this folder or a parent by default, or an octoDNS production config
    #[arg(long, global = true, value_name = "FILE", env = "DNSCTL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Use only ASCII characters
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Show only errors and data
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show what is done and how long it takes
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// How many requests may run at once for one provider
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set; always with CLICOLOR_FORCE.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Plan(commands::plan::Arguments),
    Apply(commands::apply::Arguments),
    Check(commands::check::Arguments),
    Import(commands::import::Arguments),
    Export(commands::export::Arguments),
    Explain(commands::explain::Arguments),
    Fmt(commands::fmt::Arguments),
    Providers(commands::providers::Arguments),
    Schema(commands::schema::Arguments),
    Completions(commands::completions::Arguments),
    Mail(commands::mail::Arguments),
    Man(commands::man::Arguments),
}
