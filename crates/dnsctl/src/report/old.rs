//! What an earlier run left where this one will write: nobody is to take it for the outcome of this run, however early
//! this one ends.

use super::{Format, Request};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::shown;
use dnsctl_plan::file::v1::Head;
use dnsctl_provider::save::followed;
use serde_json::Value;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

/// With what the name of the format of each JSON document of ours begins.
const JSON: &str = "dnsctl.";
/// With what each Markdown document of ours begins.
const MARKDOWN: &[u8] = b"<!-- dnsctl:";
/// With what each JUnit document of ours begins.
const JUNIT: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dnsctl ";
/// As much of a list of annotations is read to know it by.
const MOST: u64 = 1024 * 1024;

/// A file that a run writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    path: &'a Path,
    format: Format,
}

impl<'a> Written<'a> {
    /// A saved plan.
    pub(crate) fn plan(path: &'a Path) -> Self {
        Self { path, format: Format::Json }
    }
}

impl<'a> From<&'a Request> for Written<'a> {
    fn from(request: &'a Request) -> Self {
        Self { path: &request.path, format: request.format }
    }
}

/// Takes away what an earlier run wrote to these files, before anything else is done. `input` is read by this run.
///
/// Pipes, devices and what stands below `/dev` and `/proc` are left alone, and so is Markdown that is not ours.
///
/// # Errors
/// Two texts for one file, a text for the file that is read, or JSON for a file that is something else: then nothing was
/// taken away. What the system does not let go.
pub(crate) fn begin<'a>(
    written: impl IntoIterator<Item = Written<'a>>,
    input: Option<&Path>,
) -> Result<(), Failure> {
    let mut places: Vec<PathBuf> = Vec::new();
    let (mut old, mut failures) = (Vec::new(), Vec::new());
    let input = input.and_then(place);
    for Written { path, format } in written {
        let Some(place) = place(path) else { continue };
        let shown = shown(path);
        if input.as_ref() == Some(&place) {
            let text = format!("{shown} is the plan that is read; a report cannot take its place");
            failures.push(Failure::new(Exit::Usage, "report", text).hint("name another file for the report"));
        } else if places.contains(&place) {
            let text = format!("two texts cannot share the file {shown}");
            failures.push(Failure::new(Exit::Usage, "report", text).hint("name a file for each of them"));
        } else {
            match is_ours(&place, format) {
                Some(true) => old.push(place.clone()),
                Some(false) if format == Format::Json => {
                    let text = format!("{shown} is there, and dnsctl did not write it; it was left as it is");
                    let failure = Failure::new(Exit::Usage, "exists", text);
                    failures.push(failure.hint("name another file, or remove that one"));
                }
                _ => {}
            }
        }
        places.push(place);
    }
    if let Some(failure) = Failure::all(failures) {
        return Err(failure);
    }
    old.iter().try_for_each(|path| fs_err::remove_file(path).map_err(|error| Failure::io(&error)))
}

/// The file that a path leads to, which may not be there yet; nothing where there is something else than a file.
fn place(path: &Path) -> Option<PathBuf> {
    let path = followed(path).ok().flatten().filter(|path| path != Path::new("-"))?;
    match std::fs::canonicalize(&path) {
        Ok(path) => path.is_file().then_some(path),
        Err(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
            Some(folder.join(path.file_name()?))
        }
    }
}

/// Whether a file is one that an earlier run wrote; nothing when it is not there, holds nothing, or cannot be read.
fn is_ours(path: &Path, format: Format) -> Option<bool> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() == 0 {
        return None;
    }
    match format {
        Format::Json => {
            let head = serde_json::from_reader::<_, Head>(BufReader::new(file));
            Some(head.is_ok_and(|head| head.format.starts_with(JSON)))
        }
        Format::Markdown => starts_with(file, MARKDOWN),
        Format::Junit => starts_with(file, JUNIT),
        Format::Sarif => {
            let found = serde_json::from_reader::<_, Value>(BufReader::new(file)).ok()?;
            Some(found.pointer("/runs/0/tool/driver/name").and_then(Value::as_str) == Some("dnsctl"))
        }
        // These name no author; what has their form is a report of the same kind.
        Format::Gitlab => {
            let found = serde_json::from_reader::<_, Vec<Value>>(BufReader::new(file)).ok()?;
            Some(found.iter().all(|issue| issue.get("check_name").is_some()))
        }
        Format::Github => {
            let mut text = String::new();
            file.take(MOST).read_to_string(&mut text).ok()?;
            Some(text.lines().all(|line| line.starts_with("::")))
        }
    }
}

fn starts_with(file: File, words: &[u8]) -> Option<bool> {
    let mut start = Vec::new();
    file.take(words.len() as u64).read_to_end(&mut start).ok()?;
    Some(start == words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    const PLAN: &str = "{\"a\": [1], \"format\": \"dnsctl.plan\", \"format_version\": \"9.0\"}";
    const REVIEW: &str = "<!-- dnsctl:plan v1 digest=x -->\n## DNS plan";

    fn request(text: &str, folder: &Path) -> Request {
        let (format, name) = text.split_once('=').unwrap();
        format!("{format}={}", folder.join(name).display()).parse().unwrap()
    }

    fn run(folder: &Path, requests: &[&str], input: Option<&str>) -> Result<(), String> {
        let requests: Vec<_> = requests.iter().map(|text| request(text, folder)).collect();
        let input = input.map(|name| folder.join(name));
        begin(requests.iter().map(Written::from), input.as_deref()).map_err(|failure| {
            assert_eq!(failure.exit, Exit::Usage);
            failure.messages.into_iter().map(|message| message.text).collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn what_is_ours_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, text) in
            [("plan.json", PLAN), ("plan.md", REVIEW), ("notes.md", "# mine"), ("empty.json", "")]
        {
            fs_err::write(at(name), text).unwrap();
        }
        fs_err::write(at("real.json"), PLAN).unwrap();
        symlink("real.json", at("link.json")).unwrap();
        let all = [
            "json=plan.json",
            "markdown=plan.md",
            "markdown=notes.md",
            "json=empty.json",
            "json=link.json",
            "json=new.json",
        ];
        run(folder.path(), &all, None).unwrap();
        assert!(!at("plan.json").exists() && !at("plan.md").exists() && !at("real.json").exists());
        assert!(at("notes.md").exists() && at("empty.json").exists());
        assert!(at("link.json").symlink_metadata().is_ok(), "the next run writes through the link");
    }

    #[test]
    fn a_file_of_somebody_else_stops_the_run_before_anything_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs_err::write(at("plan.json"), PLAN).unwrap();
        for text in
            ["providers: {}\n", "{\"format\": \"other\", \"format_version\": \"1\"}", "{", "[]", "\0\0"]
        {
            fs_err::write(at("mine"), text).unwrap();
            let said = run(folder.path(), &["json=plan.json", "json=mine"], None).unwrap_err();
            assert!(said.contains("mine is there, and dnsctl did not write it"), "{said}");
            assert_eq!(fs_err::read_to_string(at("mine")).unwrap(), text);
            assert!(at("plan.json").exists());
        }
    }

    #[test]
    fn no_file_is_written_twice_or_read_and_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs_err::write(at("plan.json"), PLAN).unwrap();
        symlink("plan.json", at("link")).unwrap();
        let said = run(folder.path(), &["json=./link"], Some("plan.json")).unwrap_err();
        assert!(said.contains("is the plan that is read"), "{said}");
        let said = run(folder.path(), &["json=new", "markdown=./new"], None).unwrap_err();
        assert!(said.contains("two texts cannot share the file"), "{said}");
        assert!(at("plan.json").exists());
    }

    #[test]
    fn devices_pipes_and_folders_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs_err::write(at("open.json"), PLAN).unwrap();
        let open = File::open(at("open.json")).unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&open);
        symlink(format!("/dev/fd/{number}"), at("fd")).unwrap();
        symlink("/dev/null", at("null")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        fs_err::create_dir(at("folder")).unwrap();
        // A pipe that nobody writes to would be waited for.
        run(folder.path(), &["json=fd", "json=null", "markdown=null", "json=pipe", "json=folder"], None)
            .unwrap();
        let own = [format!("/proc/self/fd/{number}"), format!("/dev/fd/{number}"), "-".to_owned()];
        let own: Vec<Request> = own.iter().map(|path| format!("json={path}").parse().unwrap()).collect();
        begin(own.iter().map(Written::from), None).unwrap();
        assert!(at("open.json").exists() && Path::new("/dev/null").exists() && at("pipe").exists());
    }
}
