//! `--report FORMAT=PATH`: the same result for other readers, in the same run.

mod old;

pub(crate) use old::{Written, begin};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A form of report. Which of them there are depends on the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For the test view of a CI system.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
}

impl Format {
    const ALL: [Self; 6] = [Self::Json, Self::Markdown, Self::Sarif, Self::Junit, Self::Github, Self::Gitlab];

    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    fn names(formats: &[Self]) -> String {
        formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
    }
}

/// What a command can report about.
pub(crate) trait Report {
    /// The command.
    const COMMAND: &'static str;
    /// The formats that make sense for it.
    const FORMATS: &'static [Format];

    /// The text of a report.
    ///
    /// # Errors
    /// The text cannot be made. A text that can be of use all the same comes with its failure.
    fn text(&self, format: Format) -> Result<String, Failure>;

    /// Why a text that was made must not be taken for all there is to say.
    fn lack(&self, _format: Format) -> Option<Failure> {
        None
    }
}

/// A report that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    format: Format,
    path: PathBuf,
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').ok_or("a report is FORMAT=PATH, such as json=report.json")?;
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        let format = format.ok_or_else(|| {
            format!("\"{name}\" is no format; the formats are {}", Format::names(&Format::ALL))
        })?;
        if path.is_empty() {
            return Err("the path is missing".to_owned());
        }
        Ok(Self { format, path: path.into() })
    }
}

/// Where the texts of a run go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output is for a person.
    Text,
    /// Standard output is for a program: what a person reads goes to standard error.
    Data,
}

impl Output {
    /// Shows text to a person.
    pub(crate) fn show(self, text: &str) -> Result<(), Failure> {
        use std::io::Write as _;
        match self {
            Self::Text => Session::print(text),
            Self::Data => {
                let _ = write!(anstream::stderr(), "{text}");
                Ok(())
            }
        }
    }
}

/// Refuses, before anything is done, what cannot be written. `others` are further files of this run.
///
/// # Errors
/// A format that this command does not have, or two texts on standard output.
pub(crate) fn check<R: Report>(requests: &[Request], others: &[&Path]) -> Result<Output, Failure> {
    let unknown = |request: &&Request| !R::FORMATS.contains(&request.format);
    let mut failures: Vec<Failure> = Vec::new();
    for request in requests.iter().filter(unknown) {
        let text = format!("dnsctl {} has no report of the format {}", R::COMMAND, request.format.name());
        let formats = Format::names(R::FORMATS);
        failures.push(Failure::new(Exit::Usage, "report", text).hint(format!("it has {formats}")));
    }
    let paths = requests.iter().map(|request| request.path.as_path()).chain(others.iter().copied());
    let on_stdout = paths.filter(|path| *path == Path::new("-")).count();
    if on_stdout > 1 {
        let text = format!("{on_stdout} texts cannot share the standard output");
        failures.push(Failure::new(Exit::Usage, "report", text).hint("give all but one of them a file"));
    }
    match Failure::all(failures) {
        Some(failure) => Err(failure),
        None => Ok(if on_stdout == 1 { Output::Data } else { Output::Text }),
    }
}

/// Writes all reports; what cannot be written keeps no other from being written.
pub(crate) fn write<R: Report>(requests: &[Request], report: &R) -> Option<Failure> {
    let one = |request: &Request| {
        let written = report.text(request.format).and_then(|text| save(&request.path, &text));
        Failure::all(written.err().into_iter().chain(report.lack(request.format)))
    };
    Failure::all(requests.iter().filter_map(one))
}

/// Writes a file so that it is there as a whole or not at all; `-` is stdout.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Session::print(text);
    }
    dnsctl_provider::save::save(path, text.as_bytes()).map_err(|error| Failure::io(&error))
}
