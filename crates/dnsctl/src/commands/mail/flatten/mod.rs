//! `dnsctl mail flatten`.

mod file;
mod lookup;
mod origin;

use crate::environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::words::{count, safe};
use crate::report::save;
use crate::session::{Session, shown};
use dnsctl_config::Project;
use dnsctl_zone::Name;
use file::Recipe;
use lookup::Lookups;
use origin::{Origin, Refusal};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Writes files with the networks behind `include` of an SPF record, so that receivers need not look them up.
///
/// With --include it writes one such file. Without, it refreshes those that the zones include: each says at its top how it was
/// made. A file is written only when all lookups got an answer and something changed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: dnsctl mail flatten --include _spf.relay.example --name _spf1 --out shared/spf-relay.yaml\n         \
    dnsctl mail flatten --check\n\nA zone uses the file with `include: ../shared/spf-relay.yaml`, and under `mail:` with \
    `senders: [{ include: \"_spf1.%{d}\" }]`. docs/mail.md has more."
)]
pub(super) struct Flatten {
    /// A domain as it stands behind include: in an SPF record; several share one file
    #[arg(long, value_name = "DOMAIN", value_parser = file::domain, requires = "name", requires = "out")]
    include: Vec<Name>,
    /// The label below the zone at which the record stands, such as _spf1
    #[arg(long, value_name = "LABEL", value_parser = file::label, requires = "include")]
    name: Option<String>,
    /// The file
    #[arg(long, value_name = "FILE", requires = "include")]
    out: Option<PathBuf>,
    /// How many octets a record has at most, unless one term alone is longer
    #[arg(long, value_name = "OCTETS", value_parser = file::longest, default_value_t = file::LONGEST, requires = "include")]
    longest: usize,
    /// The recursive resolver to ask, several in order; those of /etc/resolv.conf when there is none
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = lookup::address)]
    resolver: Vec<SocketAddr>,
    /// Write nothing, and end with 1 when a file is not up to date
    #[arg(long)]
    check: bool,
}

/// How many reasons for one refusal are shown.
const MOST_WORDS: usize = 20;

/// A file to be written.
struct Job {
    path: PathBuf,
    recipe: Recipe,
    old: Option<String>,
}

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &Flatten) -> Result<Exit, Failure> {
    let (root, jobs) = match (&arguments.name, &arguments.out) {
        (Some(name), Some(out)) => {
            let (includes, longest) = (arguments.include.clone(), arguments.longest);
            let recipe = Recipe { includes, name: name.clone(), longest };
            (root(session), vec![new(out, recipe)?])
        }
        _ => written(session)?,
    };
    let resolvers = match arguments.resolver.as_slice() {
        [] => lookup::system()?,
        named => named.to_vec(),
    };
    let mut lookups = Lookups::new(&resolvers);
    let (mut failure, mut stale) = (None, Vec::new());
    for job in &jobs {
        let place = shown(&job.path);
        let found = session.runtime()?.block_on(origin::find(&mut lookups, &job.recipe.includes));
        let done = found.map_err(|refusal| refused(&refusal, job)).and_then(|origin| {
            let news = News::of(job, &origin, &root);
            news.tell(session, job, &origin)?;
            match news.text.filter(|_| !arguments.check) {
                Some(text) => write(&job.path, &text).map(|()| false),
                None => Ok(arguments.check && news.changed),
            }
        });
        match done {
            Ok(true) => stale.push(place),
            Ok(false) => {}
            Err(error) => failure = Failure::all(failure.into_iter().chain([error])),
        }
    }
    if !stale.is_empty() {
        let text = format!("not up to date: {}", stale.join(", "));
        let late = Failure::new(Exit::Error, "stale-networks", text).hint("dnsctl mail flatten writes them");
        failure = Failure::all(failure.into_iter().chain([late]));
    }
    failure.map_or(Ok(Exit::Done), Err)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(parent) = path.parent().filter(|_| path != Path::new("-")) {
        fs_err::create_dir_all(parent).map_err(|error| Failure::io(&error))?;
    }
    save(path, text)
}

/// The folder of the configuration, if there is one: the paths in files start there.
fn root(session: &Session) -> PathBuf {
    let project = session.open_as_it_is().ok();
    let root = project.map(|project| project.root).and_then(|root| fs_err::canonicalize(root).ok());
    root.or_else(|| std::env::current_dir().ok()).unwrap_or_default()
}

/// A file that is to be written for the first time, or in another way.
fn new(path: &Path, recipe: Recipe) -> Result<Job, Failure> {
    let old = match fs_err::read_to_string(path) {
        _ if path == Path::new("-") => None,
        Ok(text) if Recipe::of(&text).is_none() => {
            let text = format!("{} is there and was not written by this command", shown(path));
            return Err(Failure::new(Exit::Usage, "not-ours", text).hint("name another file with --out"));
        }
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::io(&error)),
    };
    Ok(Job { path: path.to_owned(), recipe, old })
}

/// The files that zones include and this command wrote.
fn written(session: &Session) -> Result<(PathBuf, Vec<Job>), Failure> {
    // A zone that is wrong elsewhere is no reason to leave its senders out.
    let project = session.open_as_it_is()?;
    let units: Vec<_> = project.units.iter().collect();
    let mut found = project.diagnostics.clone();
    found.append(Session::load(&project, &units, &|_, _, _| ()));
    let root = fs_err::canonicalize(&project.root).map_err(|error| Failure::io(&error))?;
    let (mut jobs, mut failures) = (Vec::new(), Vec::new());
    for path in project.included_files() {
        let Ok(text) = fs_err::read_to_string(&path) else { continue };
        match Recipe::of(&text) {
            None => {}
            Some(Ok(recipe)) => jobs.push(Job { path, recipe, old: Some(text) }),
            Some(Err(why)) => {
                let text = format!("{}: the line that says how it was made is damaged: {why}", shown(&path));
                let hint = "write the file anew with --include, --name and --out";
                failures.push(Failure::new(Exit::Invalid, "damaged", text).hint(hint));
            }
        }
    }
    if found.has_errors() {
        session
            .note("The zone files have errors: files that they include may not be found. See dnsctl check.");
    }
    if let Some(failure) = Failure::all(failures) {
        return Err(failure);
    }
    if jobs.is_empty() {
        return Err(nothing(&project));
    }
    Ok((root, jobs))
}

fn nothing(project: &Project) -> Failure {
    let text = format!("no zone of {} includes a file that this command wrote", shown(&project.config));
    Failure::new(Exit::Usage, "no-file", text)
        .hint("write one: dnsctl mail flatten --include DOMAIN --name _spf1 --out shared/spf1.yaml, then include it")
}

/// Why a file stays as it is.
fn refused(refusal: &Refusal, job: &Job) -> Failure {
    let state = if job.old.is_some() { "is as it was" } else { "is not written" };
    let (code, words, hint) = match refusal {
        Refusal::Failed(words) => {
            ("lookup", words, "try again later, or ask another with --resolver ADDRESS")
        }
        Refusal::Broken(words) => (
            "cannot-flatten",
            words,
            "keep the include in the zone, or ask whoever publishes the record to repair it",
        ),
    };
    let mut list: Vec<String> = words.iter().take(MOST_WORDS).cloned().collect();
    if let Some(more) = words.len().checked_sub(MOST_WORDS).filter(|more| *more > 0) {
        list.push(format!("and {more} more"));
    }
    let text = format!(
        "{} {state}, because of {}:\n  {}",
        shown(&job.path),
        job.recipe.origins(),
        list.join("\n  ")
    );
    Failure::new(Exit::Error, code, text).hint(hint)
}

/// What is to be written, and what is new in it.
struct News {
    text: Option<String>,
    changed: bool,
    records: usize,
    /// The longest record, in octets.
    longest: usize,
    /// Whether zones can include it: it is below the folder of the configuration.
    inside: bool,
}

impl News {
    fn of(job: &Job, origin: &Origin, root: &Path) -> Self {
        let records = job.recipe.records(origin);
        let date = environment::now().strftime("%Y-%m-%d").to_string();
        let text = job.recipe.text(&records, &path_from(root, &job.path), &date);
        let same = job.old.as_deref().is_some_and(|old| file::content(old).eq(file::content(&text)));
        let octets = |terms: &Vec<String>| terms.iter().map(|term| term.len() + 1).sum::<usize>() - 1;
        Self {
            text: (!same).then_some(text),
            changed: !same,
            records: records.len(),
            longest: records.iter().map(octets).max().unwrap_or_default(),
            inside: real(&job.path).starts_with(root),
        }
    }

    /// Who is authorised now and was not, and the other way round; what the file is good for.
    fn tell(&self, session: &Session, job: &Job, origin: &Origin) -> Result<(), Failure> {
        for void in &origin.void {
            session.detail(void);
        }
        let on_stdout = job.path == Path::new("-");
        let place = shown(&job.path);
        let Some(text) = &self.text else {
            session.note(&format!("{place} is up to date."));
            return Ok(());
        };
        if let Some(old) = &job.old {
            let (before, after) = (file::terms(old), file::terms(text));
            let (was, is): (BTreeSet<&str>, BTreeSet<&str>) =
                (before.iter().copied().collect(), after.iter().copied().collect());
            let mut lines = format!("{place}\n");
            for (sign, list, other) in [('-', &before, &is), ('+', &after, &was)] {
                for term in list.iter().filter(|term| !other.contains(*term)) {
                    let _ = writeln!(lines, "{sign} {}", safe(term));
                }
            }
            if was == is {
                lines.push_str("= nobody is added or removed\n");
            }
            Session::print(&lines)?;
        }
        let lookups = self.records + origin.kept_lookups;
        let networks = count(origin.networks.len(), "network");
        let records = count(self.records, "record");
        let lookups_now = count(lookups, "lookup");
        session.note(&format!(
            "{place}: {networks} in {records}, for {lookups_now} in place of {}.",
            origin.lookups
        ));
        if lookups >= origin.lookups {
            let more = if self.records > 1 { "; --longest 1000 makes fewer and longer records" } else { "" };
            session
                .note(&format!("That is no gain: the zone can name {} itself{more}.", job.recipe.origins()));
        }
        if self.longest > job.recipe.longest {
            session.note(&format!(
                "A record has {} octets: what it must hold is longer than {}.",
                self.longest, job.recipe.longest
            ));
        }
        for term in &origin.kept {
            session
                .note(&format!("{} stays: it depends on more than the address of the client.", safe(term)));
        }
        if job.old.is_none() && !on_stdout {
            let name = &job.recipe.name;
            let include = if self.inside {
                format!("let the zones include {place}")
            } else {
                "write it to a place below the folder of the configuration, which is where zones can include it from, let them do that"
                    .to_owned()
            };
            session.note(&format!(
                "Next: {include}, and write {{ include: \"{name}.%{{d}}\" }} under `senders` in place of {}.",
                job.recipe.origins()
            ));
        }
        Ok(())
    }
}

/// A path from the folder of the configuration, as the header of the file names it.
fn path_from(root: &Path, path: &Path) -> String {
    real(path).strip_prefix(root).unwrap_or(path).display().to_string()
}

/// A path without links in its folder.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parent = absolute.parent().and_then(|parent| fs_err::canonicalize(parent).ok());
    parent.zip(absolute.file_name()).map_or(absolute.clone(), |(parent, name)| parent.join(name))
}
