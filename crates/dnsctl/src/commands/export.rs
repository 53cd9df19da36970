//! `dnsctl export`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::live;
use crate::report::save;
use crate::session::{Session, shown};
use dnsctl_config::write::{self, ZoneFile};
use dnsctl_zone::master::{PrintOptions, print};
use dnsctl_zone::{Desired, Zone};
use std::path::PathBuf;

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
    let texts: Vec<(String, String)> = if let Some(provider) = &arguments.provider {
        let zones = live::read(session, &project, provider, &arguments.zones)?;
        zones
            .iter()
            .map(|zone| {
                (
                    write::file_name(&zone.apex),
                    text(&ZoneFile::of_zone(zone, Some(provider)), zone, arguments.to),
                )
            })
            .collect()
    } else {
        let units = session.select(&project, &arguments.zones)?;
        session.load_all(&project, &units, |desired| {
            (write::file_name(&desired.apex), text(&(&desired).into(), &zone_of(&desired), arguments.to))
        })?
    };
    let ending = match arguments.to {
        To::Zonefile => "zone",
        To::Json => "json",
    };
    let Some(folder) = &arguments.out else {
        for (_, text) in texts {
            Session::print(&text)?;
        }
        return Ok(Exit::Done);
    };
    fs_err::create_dir_all(folder).map_err(|error| Failure::io(&error))?;
    for (name, text) in &texts {
        save(&folder.join(format!("{name}.{ending}")), text)?;
    }
    session.note(&format!(
        "{} written to {}.",
        crate::render::words::count(texts.len(), "zone"),
        shown(folder)
    ));
    Ok(Exit::Done)
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
