//! `dnsctl schema`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Prints a JSON Schema, for completion in editors and for other programs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl schema zone > zone.schema.json\n\n\
    In a zone file: # yaml-language-server: $schema=zone.schema.json")]
pub(crate) struct Arguments {
    /// Of what
    #[arg(value_enum)]
    of: Of,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Of {
    /// A zone file.
    Zone,
    /// The configuration, dnsctl.yaml.
    Config,
    /// A saved plan.
    Plan,
    /// The report of an apply, apply --report json=PATH.
    Apply,
    /// The report of a check, check --report json=PATH.
    Check,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let schema = match arguments.of {
        Of::Zone => dnsctl_config::schema::zone(),
        Of::Config => crate::registry::schema(),
        Of::Plan => dnsctl_plan::file::v1::schema(),
        Of::Apply => dnsctl_reconcile::apply::file::schema(),
        Of::Check => crate::render::check::json::schema(),
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Failure::new(Exit::Error, "schema", error.to_string()))?;
    Session::print(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
