//! YAML in, spans kept: settings, zone files and foreign formats.

pub mod diagnostic;
pub mod yaml;
