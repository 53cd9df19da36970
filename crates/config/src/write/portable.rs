//! What of a zone of another format can stand in a repository of our own.

use dnsctl_zone::{Desired, IgnoreRule, RecordType};

use crate::ProviderEntry;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::octodns;

/// The zone without what our own format would refuse beside these providers: providers that have no adapter, and types
/// in rules that no provider knows. A record that no provider would get becomes a rule that leaves it alone. Which
/// records are lenient is left to [`super::checked()`], which tells each fault.
///
/// `None` when no provider is left. Everything that is left out is told.
pub fn portable(mut zone: Desired, providers: &[ProviderEntry]) -> (Option<Desired>, Diagnostics) {
    let mut found = Diagnostics::new();
    let has_adapter =
        |name: &String| providers.iter().any(|provider| provider.name == *name && provider.kind.is_some());
    let tell = |message: String| Diagnostic::warning("import/left-out", message).at(zone.source.clone());
    let (kept, lost): (Vec<String>, Vec<String>) =
        std::mem::take(&mut zone.providers).into_iter().partition(has_adapter);
    if kept.is_empty() {
        let of = if lost.is_empty() { "it is planned nowhere".to_owned() } else { nobody(&lost) };
        let message = format!("the zone {} is not written: {of}", zone.apex);
        found.push(tell(message).help("write its file when there is a provider that holds it"));
        return (None, found);
    }
    if !lost.is_empty() {
        let message = format!("{} is written without some of its providers: {}", zone.apex, nobody(&lost));
        found.push(tell(message).help("these providers keep what they have; octoDNS can go on with them"));
    }
    zone.providers = kept;
    zone.lenient = false;
    let mut rules = Vec::new();
    let (holders, apex) = (&zone.providers, &zone.apex);
    zone.wishes.retain_mut(|wish| {
        if let Some(options) = wish.provider_options.as_mut() {
            options.retain(|name, _| !lost.contains(name));
        }
        let Some(only) = wish.only.take() else { return true };
        let only: Box<[String]> = only.into_iter().filter(|name| holders.contains(name)).collect();
        if !only.is_empty() {
            wish.only = (only.len() < holders.len()).then_some(only);
            return true;
        }
        let (name, rtype) = wish.rrset.key();
        let message = format!("{name} {rtype} is not written: no provider of the file would get it");
        let warning = Diagnostic::warning("import/left-out", message).at(wish.source.clone());
        found.push(warning.help("an `ignore` rule leaves alone what providers have there, as octoDNS does"));
        rules.push(IgnoreRule {
            name: octodns::pattern(name, apex),
            types: vec![rtype],
            except: Vec::new(),
            source: wish.source.clone(),
        });
        false
    });
    for rule in &mut zone.ignore {
        // No provider can have what has no adapter to write it.
        let known = |rtype: &RecordType| rtype.mnemonic().parse::<RecordType>().is_ok();
        rule.except.retain(known);
        if rule.types.iter().any(known) {
            rule.types.retain(known);
        }
    }
    zone.ignore.retain(|rule| rule.types.iter().all(|rtype| rtype.mnemonic().parse::<RecordType>().is_ok()));
    zone.ignore.extend(rules);
    (Some(zone), found)
}

fn nobody(names: &[String]) -> String {
    match names {
        [one] => format!("{one} has no adapter"),
        many => format!("{} have no adapter", many.join(", ")),
    }
}
