//! What every command works with: the opened configuration, the style of the output, and where diagnostics go.

use crate::cli::Global;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, invalid};
use crate::outside::World;
use crate::render::style::Style;
use crate::render::words::{count, safe};
use crate::settings;
use dnsctl_checks::Facts;
use dnsctl_config::diagnostic::{Diagnostic, Diagnostics, Files, Severity, closest};
use dnsctl_config::{FILE_NAME, Format, Project, Unit};
use dnsctl_plan::guard;
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::http::{Stats, Trace};
use dnsctl_provider::limit::Limiters;
use dnsctl_provider::{Context, Stop, Writer};
use dnsctl_reconcile::{Opener, Providers};
use dnsctl_zone::{Desired, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::runtime::Runtime;

/// The code of the warning that no file matches.
const NO_ZONES: &str = "config/no-zones";

/// What to do without a configuration.
const START: &str = "name one with --config FILE (an octoDNS production config works as it is), or start one with this \
    line: providers: { main: { type: zonefile, directory: out } }\n  zones are zones/NAME.yaml beside it; dnsctl providers \
    lists the types, docs/configuration.md has every key";

/// A command at work.
pub(crate) struct Session {
    /// The flags that all commands share.
    pub(crate) global: Global,
    /// How output looks.
    pub(crate) style: Style,
    runtime: OnceLock<Runtime>,
    stats: Arc<Stats>,
    limiters: Limiters,
    /// Set when no further write is to be sent to any provider.
    pub(crate) stop: Stop,
}

impl Session {
    /// A session with these flags.
    pub(crate) fn new(global: Global) -> Self {
        let style = Style { ascii: global.ascii, width: environment::width() };
        Self {
            global,
            style,
            runtime: OnceLock::new(),
            stats: Arc::default(),
            limiters: Limiters::default(),
            stop: Stop::new(),
        }
    }

    /// The runtime of all requests of this run: connections belong to the runtime that opened them.
    ///
    /// # Errors
    /// The system gives no threads.
    pub(crate) fn runtime(&self) -> Result<&Runtime, Failure> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::io(&error))?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// Opens the configuration.
    ///
    /// # Errors
    /// There is none, or it is wrong; then everything wrong with it has been shown.
    pub(crate) fn open(&self) -> Result<Project, Failure> {
        let mut project = self.open_as_it_is()?;
        // That there are no zones is no fault for a command that works without; `select` tells it to the others.
        let is_later = |found: &Diagnostic| project.units.is_empty() && found.code == NO_ZONES;
        let (later, now): (Vec<_>, Vec<_>) =
            std::mem::take(&mut project.diagnostics).into_iter().partition(is_later);
        let mut now: Diagnostics = now.into_iter().collect();
        if now.has_errors() {
            // What is wrong with the zones is told in the same run.
            let units: Vec<&Unit> = project.units.iter().collect();
            now.extend(project.providers.iter().flat_map(settings::problems));
            now.append(Self::load(&project, &units, &|_, _, _| ()));
        }
        self.show(&project, &now);
        invalid(&now)?;
        project.diagnostics = later.into_iter().collect();
        if project.format == Format::OctoDns {
            let world = World::new(self.openers(&project), self.runtime()?.handle().clone());
            project.outside = Some(Arc::new(world));
        }
        Ok(project)
    }

    /// Opens the configuration; what is wrong with it is in it, and not shown yet. Zones whose sources are servers are not
    /// whole.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn open_as_it_is(&self) -> Result<Project, Failure> {
        let path = match &self.global.config {
            Some(path) => named(path)?,
            None => {
                let here = std::env::current_dir().map_err(|error| Failure::io(&error))?;
                Project::find(&here).ok_or_else(|| {
                    Failure::new(
                        Exit::Invalid,
                        "config/not-found",
                        "there is no dnsctl.yaml in this folder or above it",
                    )
                    .hint(START)
                })?
            }
        };
        let mut project = Project::open(&path);
        let guards = guard::ALL.iter().map(|guard| guard.rule.id);
        project.rules =
            guards.chain(dnsctl_checks::checks().map(|check| check.rule.id)).map(str::to_owned).collect();
        project.outside = Some(Arc::new(World::offline()));
        Ok(project)
    }

    /// The units that were asked for, all when nothing was asked for.
    ///
    /// # Errors
    /// Patterns that match no zone, or a configuration without any: nothing to do would look as if all were well.
    pub(crate) fn select<'p>(
        &self,
        project: &'p Project,
        patterns: &[String],
    ) -> Result<Vec<&'p Unit>, Failure> {
        if project.units.is_empty() {
            self.show(project, &no_zones(project, project.diagnostics.clone()));
            return Err(Failure::shown(Exit::Invalid));
        }
        if patterns.is_empty() {
            return Ok(project.units.iter().collect());
        }
        let (mut chosen, mut failures) = (BTreeSet::new(), Vec::new());
        for pattern in patterns {
            let matcher = match zone_pattern(pattern) {
                Ok(matcher) => matcher,
                Err(failure) => {
                    failures.push(failure);
                    continue;
                }
            };
            let matching = project.units.iter().enumerate().filter(|(_, unit)| matcher(&unit.apex));
            let indexes: Vec<usize> = matching.map(|(index, _)| index).collect();
            if indexes.is_empty() {
                let text = format!("no zone of {} matches \"{pattern}\"", shown(&project.config));
                failures.push(
                    Failure::new(Exit::Usage, "no-such-zone", text).hint(no_such_zone(project, pattern)),
                );
            }
            chosen.extend(indexes);
        }
        match Failure::all(failures) {
            Some(failure) => Err(failure),
            None => Ok(chosen.into_iter().filter_map(|index| project.units.get(index)).collect()),
        }
    }

    /// Loads zones on all cores and hands each one on as soon as it is read. Gives everything that was found wrong, in
    /// the order of the zones.
    pub(crate) fn load(
        project: &Project,
        units: &[&Unit],
        sink: &(dyn Fn(usize, Desired, Facts) + Sync),
    ) -> Diagnostics {
        Self::each(units, &|index, unit| {
            let loaded = project.load(unit);
            let facts = crate::facts::of(&loaded);
            if let Some(zone) = loaded.zone {
                sink(index, zone, facts);
            }
            loaded.diagnostics
        })
    }

    /// Does something with each zone, on all cores. Gives everything that was found wrong, in the order of the zones.
    pub(crate) fn each(units: &[&Unit], work: &(dyn Fn(usize, &Unit) -> Diagnostics + Sync)) -> Diagnostics {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(unit) = units.get(index) else { return found };
                found.push((index, work(index, unit)));
            }
        };
        let threads =
            std::thread::available_parallelism().map_or(1, usize::from).min(units.len().max(1)).min(8);
        let mut found: Vec<(usize, Diagnostics)> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            // A zone that is lost by a panic must not be taken for one that nobody declares.
            let joined = |handle: std::thread::ScopedJoinHandle<'_, _>| {
                handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            handles.into_iter().flat_map(joined).collect()
        });
        found.sort_by_key(|(index, _)| *index);
        let mut all = Diagnostics::default();
        for (_, diagnostics) in found {
            all.append(diagnostics);
        }
        all.dedup();
        all
    }

    /// Loads zones and keeps what is wanted of each, in the order of the units.
    ///
    /// # Errors
    /// Something is wrong with a zone; everything wrong with all of them has been shown.
    pub(crate) fn load_all<T: Send>(
        &self,
        project: &Project,
        units: &[&Unit],
        wanted: impl Fn(Desired, Facts) -> T + Sync,
    ) -> Result<Vec<T>, Failure> {
        let zones = Mutex::new(BTreeMap::new());
        let diagnostics = Self::load(project, units, &|index, zone, facts| {
            let zone = wanted(zone, facts);
            zones.lock().unwrap_or_else(PoisonError::into_inner).insert(index, zone);
        });
        self.show(project, &diagnostics);
        invalid(&diagnostics)?;
        Ok(zones.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
    }

    /// The providers of the configuration, to be opened when a zone asks for them.
    ///
    /// # Errors
    /// Wrong options; all of them have been shown.
    pub(crate) fn providers(&self, project: &Project) -> Result<Providers, Failure> {
        let found: Diagnostics = project.providers.iter().flat_map(settings::problems).collect();
        self.show(project, &found);
        invalid(&found)?;
        Ok(self.openers(project))
    }

    fn openers(&self, project: &Project) -> Providers {
        let mut openers: Vec<(String, Opener)> = Vec::new();
        for entry in &project.providers {
            let name = entry.name.clone();
            let (entry, root, context) = (entry.clone(), project.root.clone(), self.context());
            let open = move || {
                let (factory, settings) = settings::resolve(&entry, &root)?;
                Ok((factory.kind, (factory.open_reader)(&settings, &context)?))
            };
            openers.push((name, Box::new(open)));
        }
        openers.into_iter().collect()
    }

    /// Opens a provider for writing.
    ///
    /// # Errors
    /// As for reading.
    pub(crate) fn writer(&self, project: &Project, name: &str) -> dnsctl_provider::error::Result<Writer> {
        let entry = project.providers.iter().find(|entry| entry.name == name).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("there is no provider \"{name}\" in the configuration"))
        })?;
        let (factory, settings) = settings::resolve(entry, &project.root)?;
        (factory.open_writer)(&settings, &self.context())
    }

    fn context(&self) -> Context {
        let style = self.style;
        let trace: Trace = Arc::new(move |event| {
            let text = safe(&event.to_string()).into_owned();
            let _ = writeln!(anstream::stderr(), "{}", style.finish(text));
        });
        Context {
            concurrency: self.global.concurrency.map(usize::from),
            stats: Arc::clone(&self.stats),
            stop: self.stop.clone(),
            limiters: self.limiters.clone(),
            trace: self.global.verbose.then_some(trace),
            ..Context::new(Arc::new(environment::clock), Arc::new(environment::variable))
        }
    }

    /// Shows diagnostics on stderr, with their source lines.
    pub(crate) fn show(&self, project: &Project, diagnostics: &Diagnostics) {
        self.render(&project.files, diagnostics);
    }

    /// The same for files that belong to no configuration.
    pub(crate) fn render(&self, files: &Files, diagnostics: &Diagnostics) {
        let wanted = diagnostics.has_errors() || !self.global.quiet;
        if wanted && !diagnostics.is_empty() {
            let text = if self.style.ascii {
                diagnostics.render_ascii(files, true)
            } else {
                diagnostics.render(files, true)
            };
            let _ = write!(anstream::stderr(), "{text}");
        }
    }

    /// Writes data to stdout.
    pub(crate) fn print(text: &str) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::io(&error)),
            Ok(()) => Ok(()),
        }
    }

    /// Writes a line for a person to stderr, unless `--quiet`.
    pub(crate) fn note(&self, text: &str) {
        if !self.global.quiet {
            self.line(text);
        }
    }

    /// Tells with `--verbose` what was asked of HTTP servers.
    pub(crate) fn tell_requests(&self) {
        let counts = self.stats.counts();
        if counts.requests > 0 {
            self.detail(&format!(
                "{} HTTP requests ({} of them repeats), {} bytes sent, {} received, {:.2} s waited.",
                counts.requests,
                counts.retries,
                counts.bytes_sent,
                counts.bytes_received,
                counts.waited.as_secs_f64()
            ));
        }
    }

    /// Writes a line to stderr with `--verbose`.
    pub(crate) fn detail(&self, text: &str) {
        if self.global.verbose {
            self.line(text);
        }
    }

    fn line(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", self.style.finish(safe(text).into_owned()));
    }
}

/// The configuration that somebody names, as it was named.
fn named(path: &Path) -> Result<PathBuf, Failure> {
    let wrong = |what: &str| {
        let text = format!("the configuration {} cannot be read: {what}", path.display());
        Failure::new(Exit::Invalid, "config/not-found", text)
    };
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            let hint = format!("name the file in it: --config {}", path.join(FILE_NAME).display());
            Err(wrong("it is a folder").hint(hint))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let hint = "--config names it, or else the variable DNSCTL_CONFIG; a relative path starts at the current folder";
            Err(wrong("there is no such file").hint(hint))
        }
        _ => Ok(path.to_owned()),
    }
}

/// What was found of a configuration without zones, which is an error: it tells what was looked for, and where.
pub(crate) fn no_zones(project: &Project, found: Diagnostics) -> Diagnostics {
    let is_it = |found: &Diagnostic| found.code == NO_ZONES;
    let told = found.iter().any(is_it);
    let harder = |found: Diagnostic| match is_it(&found) {
        true => Diagnostic { severity: Severity::Error, ..found },
        false => found,
    };
    let mut all: Diagnostics = found.into_iter().map(harder).collect();
    if !told {
        all.push(Diagnostic::error(NO_ZONES, format!("{} names no zone", shown(&project.config))));
    }
    all
}

/// What to do when no zone matches.
fn no_such_zone(project: &Project, pattern: &str) -> String {
    let names: Vec<String> = project.units.iter().map(|unit| unit.apex.without_dot()).collect();
    match closest(pattern, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!(
            "the configuration has {}; a pattern such as '*.example.com' names several",
            count(names.len(), "zone")
        ),
    }
}

/// Says whether a zone is meant.
pub(crate) type Matcher = Box<dyn Fn(&Name) -> bool>;

/// A zone's name or a pattern with `*`: `example.com`, `*.example.com`, `*`.
pub(crate) fn zone_pattern(pattern: &str) -> Result<Matcher, Failure> {
    let bad = |reason: String| {
        Failure::new(Exit::Usage, "zone-pattern", format!("\"{pattern}\" is no zone: {reason}"))
    };
    if !pattern.contains(['*', '?', '[']) {
        let name = Name::absolute(pattern).map_err(|error| bad(error.to_string()))?;
        return Ok(Box::new(move |apex| *apex == name));
    }
    let text = pattern.strip_suffix('.').unwrap_or(pattern).to_lowercase();
    let glob = globset::Glob::new(&text).map_err(|error| bad(error.to_string()))?.compile_matcher();
    Ok(Box::new(move |apex| glob.is_match(apex.without_dot()) || glob.is_match(apex.to_unicode())))
}

/// A path for a message, as the user would write it.
pub(crate) fn shown(path: &std::path::Path) -> String {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::new());
    let path = path.strip_prefix(&here).unwrap_or(path).display().to_string();
    safe(&path).into_owned()
}
