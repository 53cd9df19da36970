//! `dnsctl export`.

use super::import::put::{self, Planned};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::live;
use crate::render::words::{count, listed};
use crate::session::{Session, shown};
use dnsctl_config::diagnostic::{Diagnostic, Diagnostics};
use dnsctl_config::write::{self, ZoneFile};
use dnsctl_provider_zonefile::{LeftOut, Loadable, loadable};
use dnsctl_zone::master::{PrintOptions, print};
use dnsctl_zone::{Desired, RecordType, Source, Zone};
use std::path::{Path, PathBuf};

/// Writes zones as master files or JSON: as the files want them, or as a provider has them.
///
/// Records for which name servers would refuse all of a master file are left out of it, and each is told. JSON has all.
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
    /// Keep names that are no names of hosts in master files, for servers other than BIND (or its check-names off)
    #[arg(long)]
    no_check_names: bool,
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
    let form = Form { to: arguments.to, check_names: !arguments.no_check_names };
    let zones: Vec<Exported> = if let Some(provider) = &arguments.provider {
        let zones = live::read(session, &project, provider, &arguments.zones)?;
        let exported = zones.into_iter().map(|zone| {
            let from = format!("the zone {} of {provider}", zone.apex);
            form.of_zone(zone, provider, from)
        });
        exported.collect()
    } else {
        let units = session.select(&project, &arguments.zones)?;
        session.load_all(&project, &units, |desired, _| {
            let from = format!("the zone {} of {}", desired.apex, shown(&project.config));
            form.of_files(&desired, from)
        })?
    };
    let mut told = Diagnostics::new();
    for zone in &zones {
        told.extend(zone.left_out.iter().cloned());
    }
    session.show(&project, &told);
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
    /// Which records are not in it.
    left_out: Vec<Diagnostic>,
    /// What a name server misses in the file.
    lacks: Vec<String>,
}

impl Exported {
    fn file(self, folder: &Path, to: To) -> Planned {
        let ending = match to {
            To::Zonefile => "zone",
            To::Json => "json",
        };
        Planned { path: folder.join(format!("{}.{ending}", self.name)), text: self.text, from: self.from }
    }
}

/// How zones are exported.
#[derive(Debug, Clone, Copy)]
struct Form {
    to: To,
    check_names: bool,
}

impl Form {
    fn of_zone(self, zone: Zone, provider: &str, from: String) -> Exported {
        match self.to {
            To::Zonefile => self.master(zone, from, |_| None),
            To::Json => json(&ZoneFile::of_zone(&zone, Some(provider)), from),
        }
    }

    fn of_files(self, zone: &Desired, from: String) -> Exported {
        let source = |record: &LeftOut| {
            let wish = zone.wishes.iter().find(|wish| wish.rrset.key() == (&record.name, record.rtype))?;
            Some(wish.source.clone())
        };
        match self.to {
            To::Zonefile => self.master(zone_of(zone), from, source),
            To::Json => json(&zone.into(), from),
        }
    }

    fn master(self, zone: Zone, from: String, source: impl Fn(&LeftOut) -> Option<Source>) -> Exported {
        let Loadable { zone, left_out, lacks } = loadable(zone, self.check_names);
        let left_out = left_out.iter().map(|record| told(record, source(record))).collect();
        Exported {
            name: write::file_name(&zone.apex),
            text: print(&zone, PrintOptions::default()),
            from,
            left_out,
            lacks: missing(&zone, lacks),
        }
    }
}

fn json(file: &ZoneFile<'_>, from: String) -> Exported {
    let text = format!("{:#}\n", write::json(file));
    Exported { name: write::file_name(file.apex), text, from, left_out: Vec::new(), lacks: Vec::new() }
}

/// A record that is not in the file.
fn told(record: &LeftOut, source: Option<Source>) -> Diagnostic {
    let LeftOut { name, rtype, value, reason, is_name } = record;
    let value = value.as_ref().map(|value| format!(" {value}")).unwrap_or_default();
    let message = format!("{} {rtype}{value} is left out of the master file: {reason}", name.without_dot());
    let help = match is_name {
        true => "where no BIND loads the file, or its check-names is off: --no-check-names",
        false => "mend it or remove it; --to json has it as it is",
    };
    Diagnostic { source, ..Diagnostic::warning("export/left-out", message).help(help) }
}

/// What keeps a name server from serving all of a zone from its master file.
fn missing(zone: &Zone, why: Vec<String>) -> Vec<String> {
    let apex = zone.apex.without_dot();
    let mut lacks = Vec::new();
    if zone.get(&zone.apex, RecordType::SOA).is_none() {
        lacks.push(format!(
            "{apex} has no SOA record, and name servers load no file without: declare one, or export what a provider has \
             (--provider NAME)"
        ));
    }
    lacks.extend(why.into_iter().map(|why| format!("{apex}: {why}")));
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
