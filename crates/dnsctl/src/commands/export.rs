//! `dnsctl export`.

use super::import::put::{self, Planned};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::live;
use crate::render::words::{count, listed};
use crate::session::{Session, shown};
use dnsctl_config::write::{self, ZoneFile};
use dnsctl_zone::master::{PrintOptions, print};
use dnsctl_zone::{Desired, RecordType, Zone};
use std::path::{Path, PathBuf};

/// Writes zones as master files or JSON: as the files want them, or as a provider has them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl export --to zonefile --out master/\n         \
    dnsctl export example.com --to json\n         dnsctl export --provider main --out backup/")]
pub(crate) struct Arguments {
    /// Zones, or patterns such as '*.example.com'; all when there is none
    #[arg(value_name = "ZONE")]
    zones: Vec<String>,
    /// The form
    #[arg(long, value_enum, default_value_t = To::Zonefile, value_name = "FORM")]
    to: To,
    /// A folder for one file a zone, ZONE.zone or ZONE.json; stdout without it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The zones as this provider has them, instead of as the files want them
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Overwrite files that are there
    #[arg(long, requires = "out")]
    overwrite: bool,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// Master files (RFC 1035 section 5).
    Zonefile,
    /// JSON.
    Json,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let project = session.open()?;
    let zones: Vec<Exported> = if let Some(provider) = &arguments.provider {
        let from = |zone: &Zone| format!("the zone {} of {provider}", zone.apex);
        let zones = live::read(session, &project, provider, &arguments.zones)?;
        zones
            .iter()
            .map(|zone| {
                Exported::new(&ZoneFile::of_zone(zone, Some(provider)), zone, arguments.to, from(zone))
            })
            .collect()
    } else {
        let units = session.select(&project, &arguments.zones)?;
        session.load_all(&project, &units, |desired| {
            let from = format!("the zone {} of {}", desired.apex, shown(&project.config));
            Exported::new(&(&desired).into(), &zone_of(&desired), arguments.to, from)
        })?
    };
    for lack in zones.iter().flat_map(|zone| &zone.lacks) {
        session.note(&format!("warning: {lack}"));
    }
    let Some(folder) = &arguments.out else {
        for zone in zones {
            Session::print(&zone.text)?;
        }
        return Ok(Exit::Done);
    };
    let files: Vec<Planned> = zones.into_iter().map(|zone| zone.file(folder, arguments.to)).collect();
    let replaced = put::all(&files, arguments.overwrite)?;
    let replaced = match replaced {
        0 => String::new(),
        some => format!(", {some} of them in place of others"),
    };
    session.note(&format!("{} written to {}{replaced}.", count(files.len(), "zone"), shown(folder)));
    Ok(Exit::Done)
}

/// A zone as it is exported.
struct Exported {
    name: String,
    text: String,
    from: String,
    /// What a name server misses in the file.
    lacks: Vec<String>,
}

impl Exported {
    fn new(file: &ZoneFile<'_>, zone: &Zone, to: To, from: String) -> Self {
        let lacks = if to == To::Zonefile { lacks(zone) } else { Vec::new() };
        Self { name: write::file_name(&zone.apex), text: text(file, zone, to), from, lacks }
    }

    fn file(self, folder: &Path, to: To) -> Planned {
        let ending = match to {
            To::Zonefile => "zone",
            To::Json => "json",
        };
        Planned { path: folder.join(format!("{}.{ending}", self.name)), text: self.text, from: self.from }
    }
}

/// What keeps a name server from serving all of a zone from its master file.
fn lacks(zone: &Zone) -> Vec<String> {
    let apex = zone.apex.without_dot();
    let mut lacks = Vec::new();
    if zone.get(&zone.apex, RecordType::SOA).is_none() {
        lacks.push(format!(
            "{apex} has no SOA record, and name servers load no file without: declare one, or export what a provider has \
             (--provider NAME)"
        ));
    }
    let comments = zone.rrsets().iter().filter(|rrset| rrset.rtype.is_pseudo());
    let names: Vec<String> =
        comments.map(|rrset| format!("{} {}", rrset.name.without_dot(), rrset.rtype)).collect();
    if !names.is_empty() {
        let (number, names) = (count(names.len(), "RRset"), listed(names.into_iter(), 3));
        lacks.push(format!("{number} of {apex} can only be comments in a master file: {names}"));
    }
    lacks
}

fn zone_of(desired: &Desired) -> Zone {
    Zone::new(desired.apex.clone(), desired.wishes.iter().map(|wish| wish.rrset.clone()).collect())
}

fn text(file: &ZoneFile<'_>, zone: &Zone, to: To) -> String {
    match to {
        To::Zonefile => print(zone, PrintOptions::default()),
        To::Json => format!("{:#}\n", write::json(file)),
    }
}
