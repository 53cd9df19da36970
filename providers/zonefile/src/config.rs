//! The options under the provider's name in the configuration.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::{OptionKind, OptionSpec, Settings};

use crate::serial::SerialMode;

pub(crate) const OPTIONS: &[OptionSpec] = &[
    OptionSpec::required("directory", OptionKind::Path, "The directory of the files. It must be there."),
    OptionSpec::optional(
        "serial",
        OptionKind::Choice(&["increment", "date", "unixtime", "keep"]),
        "How a write raises the serial: by one; to YYYYMMDD00 of today in UTC, or by one when it is that high; to \
              the seconds since 1970, or by one when it is that high; or not at all, which keeps the change from \
              secondaries. A higher serial in the zone's own SOA record always wins. Default: increment.",
    ),
    OptionSpec::optional(
        "extension",
        OptionKind::Text,
        "What stands behind the zone's name in the name of its file. Default: `.zone`.",
    ),
    OptionSpec::optional(
        "check_names",
        OptionKind::Bool,
        "Whether names that BIND refuses unless its own `check-names` is off are refused in plans: A, AAAA and MX records \
              at names that are none of hosts, such as `_a` or `a/b`, and such targets of MX, NS and SRV. Knot DNS and NSD \
              take them. Default: true.",
    ),
];

/// The options, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) directory: PathBuf,
    pub(crate) serial: SerialMode,
    pub(crate) extension: String,
    pub(crate) check_names: bool,
    /// The names of files with capital letters, by what they would be without; read when it matters first.
    pub(crate) capitals: OnceLock<HashMap<String, String>>,
}

impl Config {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let directory = settings.path("directory").ok_or_else(|| settings.missing("directory"))?.clone();
        let serial = match settings.text("serial").map(String::as_str) {
            None | Some("increment") => SerialMode::Increment,
            Some("date") => SerialMode::Date,
            Some("unixtime") => SerialMode::UnixTime,
            Some("keep") => SerialMode::Keep,
            Some(other) => return Err(wrong(format!("\"{other}\" is no way to raise a serial"))),
        };
        let extension = settings.text("extension").map_or(".zone", String::as_str);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !extension.bytes().all(plain) {
            return Err(wrong(format!(
                "the extension \"{extension}\" has other signs than letters, digits, . _ -"
            )));
        }
        let check_names = settings.bool("check_names").copied().unwrap_or(true);
        let extension = extension.to_owned();
        Ok(Self { directory, serial, extension, check_names, capitals: OnceLock::new() })
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
