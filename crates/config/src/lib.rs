//! YAML in, spans kept: settings, zone files and foreign formats.
//!
//! [`Project::open`] reads a configuration and the texts of the zone files that it names, [`Project::load`] reads one
//! zone. Both report everything that is wrong as [`diagnostic::Diagnostics`], each with its place, reason and fix.

pub mod diagnostic;
pub mod fmt;
mod keys;
pub mod master;
mod native;
mod octodns;
mod project;
mod read;
pub mod schema;
pub mod structure;
pub mod write;
pub mod yaml;

pub use octodns::{Outside, Silence};
pub use project::{
    Defaults, FILE_NAME, Format, Guess, Loaded, MailPart, PlanSettings, Project, ProjectSettings,
    ProviderEntry, ProviderOption, RawValue, SecretSource, Unit, Verify,
};

#[cfg(test)]
mod testing;
