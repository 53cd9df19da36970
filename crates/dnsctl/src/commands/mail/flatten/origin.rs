//! What the records behind `include` authorise, without any lookup.

use super::lookup::Lookups;
use dnsctl_mail::resolve::Query;
use dnsctl_mail::spf::{
    Branch, Directive, Letter, MacroText, Mechanism, Network, Problem, Qualifier, Record, TermKind, Tree,
    walk,
};
use dnsctl_zone::Name;

/// What a record authorises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The networks, in order: IPv4 first, then by address.
    pub(super) networks: Vec<Network>,
    /// Terms that depend on more than the address of the client.
    pub(super) kept: Vec<String>,
    /// The lookups of these terms.
    pub(super) kept_lookups: usize,
    /// The lookups of `include` as it was.
    pub(super) lookups: usize,
    /// What leads to nothing, in words.
    pub(super) void: Vec<String>,
}

/// Why a record cannot be flattened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Lookups that got no answer, in words.
    Failed(Vec<String>),
    /// What is wrong with the records, in words.
    Broken(Vec<String>),
}

/// Looks up all that receivers look up for `include` of these domains.
pub(super) async fn find(lookups: &mut Lookups, includes: &[Name]) -> Result<Origin, Refusal> {
    // Not a domain of anybody: what depends on the sender is never asked for.
    let nobody = Name::absolute("flatten.invalid").unwrap_or_else(|_| Name::root());
    let include = |name: &Name| {
        let mechanism = Mechanism::Include(MacroText::literal(&name.without_dot()));
        Directive { qualifier: Qualifier::Pass, mechanism }.into()
    };
    let record = Record { terms: includes.iter().map(include).collect() }.to_string();
    loop {
        let mut tree = walk(lookups.answers(), &nobody, record.as_bytes());
        forget_senders(&mut tree);
        let unknown: Vec<Query> = tree.unknown();
        if unknown.is_empty() {
            return read(tree);
        }
        lookups.ask(unknown).await;
    }
}

/// Takes away what was found out about names that depend on the domain of the sender: here it is nobody's.
fn forget_senders(tree: &mut Tree) {
    for branch in &mut tree.branches {
        let of_sender = |text: &MacroText| text.macros().any(|found| found.letter == Letter::SenderDomain);
        if branch.term.kind.text().is_some_and(of_sender) {
            vary(branch);
        } else if let Some(nested) = &mut branch.nested {
            forget_senders(nested);
        }
    }
}

/// Makes it a term that nothing is known of.
fn vary(branch: &mut Branch) {
    branch.nested = None;
    branch.addresses.clear();
    branch.problems = vec![Problem::Varies];
}

fn read(mut tree: Tree) -> Result<Origin, Refusal> {
    let (mut failed, mut broken, mut void) = (Vec::new(), Vec::new(), Vec::new());
    tree.each(&mut |inside, branch| {
        let place = match inside.domain == tree.domain {
            true => branch.term.kind.to_string(),
            false => format!("{} of {}", branch.term.kind, inside.domain.without_dot()),
        };
        let leads = !matches!(
            &branch.term.kind,
            TermKind::Directive(Directive { mechanism, .. }) if !matches!(mechanism, Mechanism::Include(_))
        );
        for problem in &branch.problems {
            match problem {
                Problem::Failed(..) | Problem::Unknown(_) => failed.push(problem.to_string()),
                Problem::NoName(_) if leads => broken.push(format!("{place}: {problem}")),
                Problem::Void(_) if branch.addresses.is_empty() => void.push(format!("{place}: {problem}")),
                Problem::NotWalked => {
                    broken.push(format!("{place} is too deep to be followed by any receiver"));
                }
                problem if problem.is_error() => broken.push(format!("{place}: {problem}")),
                _ => {}
            }
        }
    });
    for list in [&mut failed, &mut broken, &mut void] {
        list.sort();
        list.dedup();
    }
    if !failed.is_empty() {
        return Err(Refusal::Failed(failed));
    }
    if !broken.is_empty() {
        return Err(Refusal::Broken(broken));
    }
    let lookups = tree.lookups;
    let (mut kept, mut kept_lookups) = (Vec::new(), 0);
    for branch in &mut tree.branches {
        let found = branch.nested.as_mut().map_or(Ok(Vec::new()), |origin| keep(origin));
        let found = found.map_err(|why| Refusal::Broken(vec![why]))?;
        for Kept { term, lookups } in found {
            if !kept.contains(&term) {
                kept.push(term);
                kept_lookups += lookups;
            }
        }
    }
    let networks = tree.flatten().networks;
    if let Some(everybody) = networks.iter().find(|network| network.length == 0) {
        let why =
            format!("it authorises everybody ({everybody}), so that anybody could send mail for the zone");
        return Err(Refusal::Broken(vec![why]));
    }
    if networks.is_empty() && kept.is_empty() {
        return Err(Refusal::Broken(vec!["it authorises nobody".to_owned()]));
    }
    Ok(Origin { networks, kept, kept_lookups, lookups, void })
}

/// A term that stays.
struct Kept {
    term: String,
    lookups: usize,
}

/// The terms of a record that networks cannot say, so that these terms and the networks authorise the same clients as
/// the record. That holds as long as nothing before them says "fail": then the record below which it does stays as a
/// whole, and none of its networks is said twice.
///
/// # Errors
/// That is not possible for this record; the term, in words.
fn keep(tree: &mut Tree) -> Result<Vec<Kept>, String> {
    let mut all = Vec::new();
    let mut only_pass = true;
    let domain = tree.domain.without_dot();
    for branch in &mut tree.branches {
        let (passes, ends) = match &branch.term.kind {
            TermKind::Directive(term) => {
                (term.qualifier == Qualifier::Pass, term.mechanism == Mechanism::All)
            }
            _ => (true, false),
        };
        let why = |term: &TermKind, reason: &str| {
            format!("{term} of {domain} depends on more than the address of the client, and {reason}")
        };
        let found = if branch.problems.contains(&Problem::Varies) {
            let term = without_domain(&branch.term.kind, &domain)
                .ok_or_else(|| why(&branch.term.kind, "on the domain of its record"))?;
            vec![Kept { term, lookups: branch.lookups }]
        } else if let Some(nested) = &mut branch.nested {
            let name = nested.domain.without_dot();
            match keep(nested) {
                Ok(found) => found,
                Err(why) if !is_plain(&name) => return Err(why),
                Err(_) => {
                    vary(branch);
                    vec![Kept { term: format!("include:{name}"), lookups: branch.lookups }]
                }
            }
        } else {
            Vec::new()
        };
        if !(found.is_empty() || passes && only_pass) {
            return Err(why(&branch.term.kind, "the record says whom not to authorise before or by it"));
        }
        all.extend(found);
        only_pass &= passes || ends;
    }
    Ok(all)
}

/// A term that means the same in another record: the domain of its own stands in it, where it is asked for.
fn without_domain(kind: &TermKind, domain: &str) -> Option<String> {
    let bare_pointer = matches!(kind, TermKind::Directive(Directive { mechanism: Mechanism::Ptr(None), .. }));
    let text = match kind {
        TermKind::Directive(Directive { mechanism: Mechanism::Ptr(None), .. }) => format!("ptr:{domain}"),
        TermKind::Redirect(text) => format!("include:{text}"),
        kind => kind.to_string(),
    };
    let of_domain = |found: &&dnsctl_mail::spf::Macro| found.letter == Letter::Domain;
    let asked = kind.text().map_or(0, |text| text.macros().filter(of_domain).count());
    if asked == 0 && !bare_pointer {
        return Some(text);
    }
    // With parts cut off or turned round it is left alone.
    (asked == text.matches("%{d}").count() && is_plain(domain)).then(|| text.replace("%{d}", domain))
}

/// Whether a name is the same in an SPF record, in YAML and on a command line.
pub(super) fn is_plain(name: &str) -> bool {
    name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet))
}

#[cfg(test)]
#[path = "origin_tests.rs"]
mod tests;
