//! YAML in, spans kept: settings, zone files and foreign formats.
