//! One file per command.

pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fmt;
pub(crate) mod import;
pub(crate) mod mail;
pub(crate) mod man;
pub(crate) mod plan;
pub(crate) mod providers;
pub(crate) mod schema;
