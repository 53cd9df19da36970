//! `dnsctl import`.

pub(super) mod put;

use crate::exit::Exit;
use crate::failure::{Failure, invalid};
use crate::live;
use crate::render::words::{count, listed};
use crate::session::{Session, shown};
use dnsctl_config::diagnostic::{Diagnostics, Files};
use dnsctl_config::write::{self, Config, ZoneFile};
use dnsctl_config::{Project, ProjectSettings, ProviderEntry, master};
use dnsctl_zone::{Desired, Name, RRset, RecordType, Zone};
use put::Planned;
use std::path::PathBuf;

/// Writes zone files of our own from what there is: an octoDNS repository, master files, or what a provider has.
///
/// A plan right after an import shows no change: each zone is read again before it is written. Records that do not go
/// together are told, and those at fault say `lenient: true`. All files are written or none, and none that is there already
/// is overwritten unless that is asked for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: dnsctl import --from octodns --config production.yaml --out dns/\n         \
    dnsctl import --from zonefile --source /etc/bind/zones --out dns/\n         \
    dnsctl import --from provider --provider main --out zones/ example.com"
)]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// What is read
    #[arg(long, value_enum, value_name = "KIND")]
    from: From,
    /// The folder to write to: one file a zone; for octodns also dnsctl.yaml, and the zones in zones/
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// With --from zonefile: master files, or folders of them (example.com.zone, db.example.com)
    #[arg(long, value_name = "PATH", required_if_eq("from", "zonefile"))]
    source: Vec<PathBuf>,
    /// With --from provider: its name in the configuration
    #[arg(long, value_name = "NAME", required_if_eq("from", "provider"))]
    provider: Option<String>,
    /// Overwrite files that are there
    #[arg(long)]
    overwrite: bool,
    /// With --from zonefile: leave out records of types that cannot be read, with a warning for each, in place of an error
    #[arg(long)]
    lenient: bool,
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum From {
    /// An octoDNS repository, by its production config.
    Octodns,
    /// Master files (RFC 1035 section 5).
    Zonefile,
    /// A provider of the configuration.
    Provider,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.lenient && arguments.from != From::Zonefile {
        let text = "--lenient goes with --from zonefile: only master files have types that cannot be read";
        return Err(Failure::new(Exit::Usage, "usage", text));
    }
    let files = match arguments.from {
        From::Octodns => octodns(session, arguments)?,
        From::Zonefile => master_files(session, arguments)?,
        From::Provider => provider(session, arguments)?,
    };
    let replaced = put::all(&files, arguments.overwrite)?;
    let (files, out) = (count(files.len(), "file"), shown(&arguments.out));
    let replaced = match replaced {
        0 => String::new(),
        some => format!(", {some} of them in place of others"),
    };
    session.note(&format!("{files} written to {out}{replaced}."));
    Ok(Exit::Done)
}

/// The texts of zone files, each of which was read again.
struct Zones<'a> {
    session: &'a Session,
    providers: &'a [ProviderEntry],
    folder: PathBuf,
    files: Vec<Planned>,
    refused: usize,
}

impl<'a> Zones<'a> {
    fn new(session: &'a Session, providers: &'a [ProviderEntry], folder: PathBuf) -> Self {
        Self { session, providers, folder, files: Vec::new(), refused: 0 }
    }

    fn add(&mut self, file: &ZoneFile<'_>, from: String) {
        let path = self.folder.join(format!("{}.yaml", write::file_name(file.apex)));
        let checked = write::checked(file, self.providers, &shown(&path));
        self.session.render(&checked.files, &checked.diagnostics);
        self.refused += usize::from(checked.diagnostics.has_errors());
        self.files.push(Planned { path, text: checked.text, from });
    }

    /// The files.
    ///
    /// # Errors
    /// One of them would not be accepted; why has been shown.
    fn finish(self) -> Result<Vec<Planned>, Failure> {
        if self.refused == 0 {
            return Ok(self.files);
        }
        let text = format!(
            "{} cannot be written as a zone file that can be used; nothing was written",
            count(self.refused, "zone")
        );
        Err(Failure::new(Exit::Invalid, "import", text)
            .hint("mend the records where they come from, or name the other zones"))
    }
}

fn octodns(session: &Session, arguments: &Arguments) -> Result<Vec<Planned>, Failure> {
    let project = session.open()?;
    let mut zones = Vec::new();
    let mut told = Diagnostics::new();
    for zone in load(session, &project, &arguments.zones)? {
        let (zone, found) = write::portable(zone, &project.providers);
        zones.extend(zone);
        told.append(found);
    }
    session.show(&project, &told);
    let patterns = ["zones/*.yaml".to_owned()];
    let config = Config {
        comment: "",
        zones: &patterns,
        providers: &project.providers,
        settings: ProjectSettings::default(),
    };
    let from = shown(&project.config);
    let mut files = vec![Planned {
        path: arguments.out.join("dnsctl.yaml"),
        text: write::project(&config),
        from: from.clone(),
    }];
    let mut written = Zones::new(session, &project.providers, arguments.out.join("zones"));
    for zone in &zones {
        written.add(&zone.into(), format!("the zone {} of {from}", zone.apex));
    }
    files.extend(written.finish()?);
    Ok(files)
}

fn load(session: &Session, project: &Project, patterns: &[String]) -> Result<Vec<Desired>, Failure> {
    let units = session.select(project, patterns)?;
    session.load_all(project, &units, |zone, _| zone)
}

fn master_files(session: &Session, arguments: &Arguments) -> Result<Vec<Planned>, Failure> {
    let texts = Files::new();
    let mut diagnostics = Diagnostics::new();
    let mut zones = Vec::new();
    for source in sources(session, &arguments.source)? {
        let apex = master::apex_of(&source).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "zone-name",
                format!("the name of {} does not tell its zone", shown(&source)),
            )
            .hint("name it ZONE.zone or db.ZONE")
        })?;
        if !arguments.zones.is_empty() && !matches(&arguments.zones, &apex)? {
            continue;
        }
        let read = if arguments.lenient { master::read_known } else { master::read };
        let read = read(&texts, &source, &shown(&source), &apex);
        diagnostics.append(read.diagnostics);
        zones.extend(read.zone.map(|zone| (zone, shown(&source))));
    }
    session.render(&texts, &diagnostics);
    invalid(&diagnostics)?;
    if zones.is_empty() {
        return Err(Failure::new(Exit::Usage, "no-zone", "there is no master file of such a zone"));
    }
    let mut written = Zones::new(session, &[], arguments.out.clone());
    for (zone, source) in &zones {
        written.add(&ZoneFile::of_zone(zone, None), source.clone());
    }
    written.finish()
}

fn matches(patterns: &[String], apex: &Name) -> Result<bool, Failure> {
    for pattern in patterns {
        if crate::session::zone_pattern(pattern)?(apex) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The files themselves, and those of folders that can be master files.
fn sources(session: &Session, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let (mut found, mut passed) = (Vec::new(), Vec::new());
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        for entry in fs_err::read_dir(path).map_err(|error| Failure::io(&error))? {
            let path = entry.map_err(|error| Failure::io(&error))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let ending = master::ENDINGS.iter().any(|ending| name.ends_with(&format!(".{ending}")));
            if name.starts_with('.') {
                continue;
            }
            // One that cannot be read, such as a link that leads nowhere, is an error: its records are not to be lost.
            if ending || name.starts_with("db.") {
                found.push(path);
            } else if !path.is_dir() {
                passed.push(shown(&path));
            }
        }
    }
    found.sort();
    found.dedup();
    passed.sort();
    if !passed.is_empty() {
        let names = listed(passed.into_iter(), 5);
        session.note(&format!("Not read, since their names are not ZONE.zone or db.ZONE: {names}."));
    }
    Ok(found)
}

fn provider(session: &Session, arguments: &Arguments) -> Result<Vec<Planned>, Failure> {
    let name = arguments.provider.as_deref().unwrap_or_default();
    let project = session.open()?;
    let zones = live::read(session, &project, name, &arguments.zones)?;
    let providers = [name.to_owned()];
    let mut written = Zones::new(session, &project.providers, arguments.out.clone());
    for zone in zones {
        let apex = zone.apex.clone();
        let rrsets = zone.into_rrsets().into_iter().filter(|rrset| is_ours(rrset, &apex));
        let zone = Zone::new(apex.clone(), rrsets.collect());
        let file = ZoneFile { providers: &providers, ..ZoneFile::of_zone(&zone, Some(name)) };
        written.add(&file, format!("the zone {apex} of {name}"));
    }
    written.finish()
}

/// The SOA record of the zone belongs to the provider until somebody writes one down; a copy would only look like a wish.
fn is_ours(rrset: &RRset, apex: &Name) -> bool {
    rrset.rtype != RecordType::SOA || rrset.name != *apex
}
