//! `--report FORMAT=PATH`: the same plan for other readers, in the same run.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::markdown;
use dnsctl_plan::{Plan, file};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A report that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    format: Format,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Markdown,
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) =
            text.split_once('=').ok_or("a report is FORMAT=PATH, such as markdown=plan.md")?;
        let format = match format {
            "json" => Format::Json,
            "markdown" => Format::Markdown,
            other => return Err(format!("\"{other}\" is no format; the formats are json and markdown")),
        };
        if path.is_empty() {
            return Err("the path is missing".to_owned());
        }
        Ok(Self { format, path: path.into() })
    }
}

impl Request {
    /// Writes the report of a plan.
    pub(crate) fn write(&self, plan: &Plan) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => json(plan)?,
            Format::Markdown => markdown::text(plan).ok_or_else(|| {
                Failure::new(
                    Exit::Blocked,
                    "too-large",
                    "the plan is too large to be reviewed in one comment",
                )
                .hint("split the change, or read the plan as JSON: --report json=PATH")
            })?,
        };
        save(&self.path, &text)
    }
}

/// The plan file.
pub(crate) fn json(plan: &Plan) -> Result<String, Failure> {
    file::write(plan).map_err(|error| Failure::new(Exit::Error, "plan-file", error.to_string()))
}

/// Writes a file so that it is there as a whole or not at all; `-` is stdout.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), Failure> {
    if path == Path::new("-") {
        return crate::session::Session::print(text);
    }
    let mut name = path.file_name().map_or_else(std::ffi::OsString::new, ToOwned::to_owned);
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    fs_err::write(&temporary, text).and_then(|()| fs_err::rename(&temporary, path)).map_err(|error| {
        let _ = fs_err::remove_file(&temporary);
        Failure::io(&error)
    })
}
