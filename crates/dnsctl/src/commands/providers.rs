//! `dnsctl providers`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::registry::FACTORIES;
use crate::render::style::{bold, dim, green, paint, red, wrap};
use crate::render::words::{self, count};
use crate::session::Session;
use dnsctl_provider::error::Error;
use dnsctl_provider::{Capabilities, FRESH, Factory, Granularity, OptionKind, Signing, Types, WriteGuard};
use dnsctl_reconcile::Provider;
use dnsctl_zone::{Name, RecordType};
use std::fmt::Write as _;

/// Lists the kinds of providers with what they can do, or asks those of the configuration.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: dnsctl providers powerdns\n         dnsctl providers --ask --zone example.com"
)]
pub(crate) struct Arguments {
    /// Show everything about one kind
    #[arg(value_name = "TYPE", conflicts_with = "ask")]
    kind: Option<String>,
    /// Ask the providers of the configuration: are they reachable, which zones do they have
    #[arg(long)]
    ask: bool,
    /// With --ask: is this zone there, the keys with which it is signed, and the DS records for its parent
    #[arg(long, value_name = "ZONE", requires = "ask")]
    zone: Vec<Name>,
    /// Print JSON
    #[arg(long, conflicts_with = "ask")]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.ask {
        return ask(session, &arguments.zone);
    }
    let text = match &arguments.kind {
        _ if arguments.json => json()?,
        None => list(),
        Some(kind) => {
            let factory = crate::registry::factory(kind).ok_or_else(|| {
                let kinds: Vec<_> = FACTORIES.iter().map(|factory| factory.kind).collect();
                Failure::new(Exit::Usage, "no-such-provider", format!("there is no provider type \"{kind}\""))
                    .hint(format!("the types are {}", kinds.join(", ")))
            })?;
            one(factory, session.style.width)
        }
    };
    Session::print(&text)?;
    Ok(Exit::Done)
}

fn list() -> String {
    let width = FACTORIES.iter().map(|factory| factory.kind.len()).max().unwrap_or(0);
    let mut out = String::new();
    for factory in FACTORIES {
        let padded = format!("{:<width$}", factory.kind);
        let _ = writeln!(out, "{}  {}", paint(bold(), padded), factory.summary);
    }
    out.push_str("\nEverything about one: dnsctl providers TYPE\n");
    out
}

fn one(factory: &Factory, width: usize) -> String {
    let capabilities = (factory.capabilities)();
    let mut out = format!(
        "{}  {}\n{}\n\n",
        paint(bold(), factory.kind),
        factory.summary,
        paint(dim(), factory.documentation)
    );
    for (what, text) in facts(&capabilities) {
        let _ = writeln!(out, "{what:<16}{text}");
    }
    let _ = writeln!(out, "{:<16}{}\n\nOptions:", "tested with", factory.evidence);
    for option in factory.options {
        let required = if option.required { ", required" } else { "" };
        let _ = writeln!(out, "  {} ({}{required})", paint(bold(), option.name), form(option.kind));
        for line in wrap(option.doc, width.saturating_sub(6)) {
            let _ = writeln!(out, "      {line}");
        }
    }
    out
}

fn form(kind: OptionKind) -> String {
    match kind {
        OptionKind::Text => "text".to_owned(),
        OptionKind::Choice(words) => words.join(" | "),
        OptionKind::Number => "number".to_owned(),
        OptionKind::Bool => "true | false".to_owned(),
        OptionKind::Duration => "time".to_owned(),
        OptionKind::Path => "path".to_owned(),
        OptionKind::Secret => "secret".to_owned(),
        OptionKind::List => "list".to_owned(),
    }
}

fn names(types: &[RecordType]) -> String {
    types.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn facts(capabilities: &Capabilities) -> Vec<(&'static str, String)> {
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    vec![
        (
            "writes",
            match capabilities.granularity {
                Granularity::Record => "single records",
                Granularity::Rrset => "RRsets",
                Granularity::Zone => "whole zones",
                Granularity::Batch => "atomic batches",
            }
            .to_owned(),
        ),
        (
            "write guard",
            match capabilities.write_guard {
                WriteGuard::Native => "native: the server refuses when the data before differ".to_owned(),
                WriteGuard::Emulated => format!(
                    "emulated: no write is sent when the zone was read more than {} s before; it is read again",
                    FRESH.as_secs()
                ),
            },
        ),
        (
            "types",
            match capabilities.types {
                Types::All => "all".to_owned(),
                Types::Only(types) => names(types),
                Types::AllBut(types) => format!("all but {}", names(types)),
            },
        ),
        (
            "pseudo types",
            if capabilities.pseudo_types.is_empty() {
                "none".to_owned()
            } else {
                names(capabilities.pseudo_types)
            },
        ),
        ("writes SOA", yes(capabilities.writes_soa)),
        ("writes apex NS", yes(capabilities.writes_apex_ns)),
        ("creates zones", yes(capabilities.creates_zones)),
        ("lists zones", yes(capabilities.lists_zones)),
        ("TTL", format!("{} to {} s", capabilities.ttl_min, capabilities.ttl_max)),
    ]
}

fn json() -> Result<String, Failure> {
    let entry = |factory: &&Factory| {
        let capabilities = (factory.capabilities)();
        let facts: serde_json::Map<String, serde_json::Value> = facts(&capabilities)
            .into_iter()
            .map(|(key, value)| (key.replace(' ', "_").to_lowercase(), value.into()))
            .collect();
        let options: Vec<_> = factory
            .options
            .iter()
            .map(|option| serde_json::json!({"name": option.name, "form": form(option.kind), "required": option.required, "doc": option.doc}))
            .collect();
        serde_json::json!({
            "type": factory.kind, "summary": factory.summary, "documentation": factory.documentation,
            "evidence": factory.evidence, "capabilities": facts, "options": options,
        })
    };
    let all: Vec<_> = FACTORIES.iter().map(entry).collect();
    let text = serde_json::to_string_pretty(&all)
        .map_err(|error| Failure::new(Exit::Error, "json", error.to_string()))?;
    Ok(format!("{text}\n"))
}

/// Asks every provider of the configuration.
fn ask(session: &Session, zones: &[Name]) -> Result<Exit, Failure> {
    let project = session.open()?;
    let providers = session.providers(&project)?;
    let runtime = session.runtime()?;
    let (mut out, mut errors) = (String::new(), Vec::new());
    let mut absent: Vec<&Name> = zones.iter().collect();
    for entry in project.providers.iter().filter(|entry| entry.kind.is_some()) {
        let answer = runtime.block_on(async {
            let provider = providers.get(&entry.name)?;
            let list = if provider.reader.capabilities().lists_zones {
                Some(provider.reader.list_zones().await?)
            } else {
                None
            };
            let mut found = Vec::new();
            for zone in zones {
                found.push((zone, look(&provider, list.as_deref(), zone).await));
            }
            Ok((provider.kind, list, found))
        });
        match answer {
            Ok((kind, list, found)) => {
                let zones = list
                    .map_or_else(|| "zones cannot be listed".to_owned(), |list| count(list.len(), "zone"));
                let _ = writeln!(
                    out,
                    "{} {} ({kind}): {zones}",
                    paint(green(), session.style.good()),
                    entry.name
                );
                for (zone, answer) in found {
                    if !matches!(answer, Ok(Found::Absent)) {
                        absent.retain(|other| *other != zone);
                    }
                    match answer {
                        Ok(Found::Absent) => {
                            let _ = writeln!(out, "    {zone} is not here");
                        }
                        Ok(Found::Unsigned) => {
                            let _ =
                                writeln!(out, "    {zone} is not signed here, as far as this can be told");
                        }
                        Ok(Found::Signed(signing)) => keys(&mut out, zone, signing),
                        Err(error) => {
                            let _ = writeln!(out, "    {} {zone}", paint(red(), session.style.bad()));
                            errors.push(error);
                        }
                    }
                }
            }
            Err(error) => {
                let _ = writeln!(out, "{} {}", paint(red(), session.style.bad()), entry.name);
                absent.clear();
                errors.push(error);
            }
        }
    }
    Session::print(&out)?;
    let failed = (!errors.is_empty()).then(|| Failure::provider(&errors));
    let nowhere = |zone: &&Name| {
        let text = format!("no provider of the configuration has the zone {}", words::zone(zone));
        Failure::new(Exit::Error, "zone-missing", text)
            .hint("look at its name; a plan creates it where its file says create: true")
    };
    match Failure::all(failed.into_iter().chain(absent.iter().map(nowhere))) {
        None => Ok(Exit::Done),
        Some(failure) => Err(failure),
    }
}

/// What a provider has of a zone.
enum Found {
    Absent,
    Unsigned,
    Signed(Signing),
}

/// Looks for the zone first: whoever does not have it cannot say what is wrong with its keys.
async fn look(provider: &Provider, list: Option<&[Name]>, zone: &Name) -> Result<Found, Error> {
    let there = match list {
        Some(list) => list.contains(zone),
        None => provider.read_zone(zone).await?.is_some(),
    };
    if !there {
        return Ok(Found::Absent);
    }
    Ok(provider.reader.signing(zone).await?.map_or(Found::Unsigned, Found::Signed))
}

fn keys(out: &mut String, zone: &Name, signing: Signing) {
    for (rtype, values) in [("DNSKEY", signing.keys), ("DS", signing.delegation_signers)] {
        for value in values {
            let _ = writeln!(out, "    {zone} IN {rtype} {value}");
        }
    }
}
