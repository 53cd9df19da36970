//! `dnsctl import`.

use crate::exit::Exit;
use crate::failure::{Failure, invalid};
use crate::live;
use crate::render::words::count;
use crate::report::save;
use crate::session::{Session, shown};
use dnsctl_config::diagnostic::{Diagnostics, Files};
use dnsctl_config::write::{self, Config, ZoneFile};
use dnsctl_config::{Project, ProjectSettings, master};
use dnsctl_zone::{Desired, Name, RRset, RecordType, Zone};
use std::path::{Path, PathBuf};

/// Writes zone files of our own from what there is: an octoDNS repository, master files, or what a provider has.
///
/// A plan right after an import shows no change. Files that are there already are not overwritten.
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
    let files = match arguments.from {
        From::Octodns => octodns(session, arguments)?,
        From::Zonefile => master_files(session, arguments)?,
        From::Provider => provider(session, arguments)?,
    };
    if !arguments.overwrite
        && let Some((path, _)) = files.iter().find(|(path, _)| path.exists())
    {
        return Err(Failure::new(
            Exit::Error,
            "exists",
            format!("{} is there already; nothing was written", shown(path)),
        )
        .hint("write to another folder, or say --overwrite"));
    }
    for (path, text) in &files {
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(|error| Failure::io(&error))?;
        }
        save(path, text)?;
    }
    session.note(&format!("{} written to {}.", count(files.len(), "file"), shown(&arguments.out)));
    Ok(Exit::Done)
}

fn octodns(session: &Session, arguments: &Arguments) -> Result<Vec<(PathBuf, String)>, Failure> {
    let project = session.open()?;
    let zones = load(session, &project, &arguments.zones)?;
    let patterns = ["zones/*.yaml".to_owned()];
    let config = Config {
        comment: "",
        zones: &patterns,
        providers: &project.providers,
        settings: ProjectSettings::default(),
    };
    let mut files = vec![(arguments.out.join("dnsctl.yaml"), write::project(&config))];
    let folder = arguments.out.join("zones");
    files.extend(zones.iter().map(|zone| (path(&folder, &zone.apex), write::zone(&zone.into()))));
    Ok(files)
}

fn load(session: &Session, project: &Project, patterns: &[String]) -> Result<Vec<Desired>, Failure> {
    let units = session.select(project, patterns)?;
    session.load_all(project, &units, |zone| zone)
}

fn path(folder: &Path, apex: &Name) -> PathBuf {
    folder.join(format!("{}.yaml", write::file_name(apex)))
}

fn master_files(session: &Session, arguments: &Arguments) -> Result<Vec<(PathBuf, String)>, Failure> {
    let texts = Files::new();
    let mut diagnostics = Diagnostics::new();
    let mut files = Vec::new();
    for source in sources(&arguments.source)? {
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
        let read = master::read(&texts, &source, &shown(&source), &apex);
        diagnostics.append(read.diagnostics);
        if let Some(zone) = read.zone {
            files.push((path(&arguments.out, &apex), write::zone(&ZoneFile::of_zone(&zone, None))));
        }
    }
    session.render(&texts, &diagnostics);
    invalid(&diagnostics)?;
    if files.is_empty() {
        return Err(Failure::new(Exit::Usage, "no-zone", "there is no master file of such a zone"));
    }
    Ok(files)
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
fn sources(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        for entry in fs_err::read_dir(path).map_err(|error| Failure::io(&error))? {
            let path = entry.map_err(|error| Failure::io(&error))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let ending = master::ENDINGS.iter().any(|ending| name.ends_with(&format!(".{ending}")));
            if path.is_file() && (ending || name.starts_with("db.")) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn provider(session: &Session, arguments: &Arguments) -> Result<Vec<(PathBuf, String)>, Failure> {
    let name = arguments.provider.as_deref().unwrap_or_default();
    let project = session.open()?;
    let zones = live::read(session, &project, name, &arguments.zones)?;
    let providers = [name.to_owned()];
    let file = |zone: &Zone| {
        let zone = Zone::new(
            zone.apex.clone(),
            zone.rrsets().iter().filter(|rrset| is_ours(rrset)).cloned().collect(),
        );
        let text = write::zone(&ZoneFile { providers: &providers, ..ZoneFile::of_zone(&zone, Some(name)) });
        (path(&arguments.out, &zone.apex), text)
    };
    Ok(zones.iter().map(file).collect())
}

/// The SOA record belongs to the provider until somebody writes one down; a copy would only look like a wish.
fn is_ours(rrset: &RRset) -> bool {
    rrset.rtype != RecordType::SOA
}
