//! Zones as a provider has them.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::words::count;
use crate::session::{Session, zone_pattern};
use dnsctl_config::Project;
use dnsctl_zone::{Name, Zone};
use futures::stream::{self, StreamExt as _};

/// How many zones are read at a time; the provider's own limits hold besides.
const IN_FLIGHT: usize = 16;

/// Reads zones from a provider of the configuration: those that match, all that it lists when there is no pattern.
///
/// # Errors
/// There is no such provider or zone, or something could not be read: nothing is half done.
pub(crate) fn read(
    session: &Session,
    project: &Project,
    provider: &str,
    patterns: &[String],
) -> Result<Vec<Zone>, Failure> {
    let providers = session.providers(project)?;
    let provider = providers.get(provider).map_err(|error| Failure::provider(&[error]))?;
    let runtime = session.runtime()?;
    let lists = provider.reader.capabilities().lists_zones;
    let exact: Option<Vec<Name>> = patterns
        .iter()
        .map(|pattern| if pattern.contains(['*', '?', '[']) { None } else { Name::absolute(pattern).ok() })
        .collect();
    let names = match exact.filter(|names| !names.is_empty()) {
        Some(names) => names,
        None if !lists => {
            let text = format!("the provider \"{}\" cannot list its zones", provider.name);
            return Err(Failure::new(Exit::Usage, "zones", text).hint("name the zones"));
        }
        None => {
            let all = runtime
                .block_on(provider.reader.list_zones())
                .map_err(|error| Failure::provider(&[error]))?;
            matching(all, patterns, &provider.name)?
        }
    };
    let read = async |name: &Name| (name.clone(), provider.read_zone(name).await);
    let answers: Vec<_> = runtime.block_on(stream::iter(&names).map(read).buffered(IN_FLIGHT).collect());
    let (mut zones, mut missing, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (name, answer) in answers {
        match answer {
            Ok(Some(live)) => {
                for kept in &live.kept {
                    session.note(&format!(
                        "warning: {} {} is not carried over: {}",
                        kept.name, kept.rtype, kept.reason
                    ));
                }
                zones.push(live.zone);
            }
            Ok(None) => {
                let text = format!("the provider \"{}\" has no zone {name}", provider.name);
                missing.push(Failure::new(Exit::Error, "zone-missing", text));
            }
            Err(error) => errors.push(error),
        }
    }
    let failed = (!errors.is_empty()).then(|| Failure::provider(&errors));
    Failure::all(failed.into_iter().chain(missing)).map_or(Ok(zones), Err)
}

/// The zones that match, in the order of the provider.
///
/// # Errors
/// Patterns that match none: nothing to do would look as if all were well.
fn matching(all: Vec<Name>, patterns: &[String], provider: &str) -> Result<Vec<Name>, Failure> {
    if patterns.is_empty() {
        return Ok(all);
    }
    let (mut chosen, mut failures) = (vec![false; all.len()], Vec::new());
    for pattern in patterns {
        let matches = match zone_pattern(pattern) {
            Ok(matches) => matches,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        };
        let mut none = true;
        for (_, chosen) in all.iter().zip(&mut chosen).filter(|(apex, _)| matches(apex)) {
            (*chosen, none) = (true, false);
        }
        if none {
            let text = format!("no zone of the provider \"{provider}\" matches \"{pattern}\"");
            let hint = format!("it lists {}", count(all.len(), "zone"));
            failures.push(Failure::new(Exit::Usage, "no-such-zone", text).hint(hint));
        }
    }
    let chosen = all.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(apex, _)| apex);
    Failure::all(failures).map_or(Ok(chosen.collect()), Err)
}
