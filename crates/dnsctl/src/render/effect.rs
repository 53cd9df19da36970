//! What the changes of a zone do to mail, as a person reads it.

use super::markdown::safe::{code, escape};
use super::style::{Style, green, paint, wrap};
use super::words::{count, one_line};
use super::zone::Detail;
use dnsctl_plan::effect::{Effect, Findings, Lookups, Role, SenderEffect, Shift, Weights};
use dnsctl_plan::{Plan, ZonePlan};
use std::fmt::Write as _;

/// So many repairs and senders of one zone are told where not everything is.
const TOLD: usize = 8;
/// Where the text of a line with a title begins.
const INDENT: usize = 9;

/// Writes what the changes of a zone do: the numbers before and after, what they repair, and what receivers make of senders.
/// What they break stands with the changes.
///
/// Of many zones each tells only what becomes another.
pub(crate) fn zone(out: &mut String, zone: &ZonePlan, style: Style, detail: Detail) {
    let Some(effect) = &zone.effect else { return };
    let most = if detail == Detail::Full { usize::MAX } else { TOLD };
    let brief = detail == Detail::Brief && !zone.is_blocked();
    for (title, is_mail, part) in
        [("Mail", true, &mail as &dyn Fn(&Findings) -> Weights), ("Zone", false, &rest)]
    {
        let told = if brief { differs(effect, part) } else { is_mail || says_more(effect, part) };
        if told {
            let _ = writeln!(out, "{title:INDENT$}{}", numbers(effect, part));
        }
        let fixes =
            |shift: &&Shift| shift.severity >= dnsctl_checks::Severity::Warning && shift.is_mail() == is_mail;
        let fixed: Vec<&Shift> = effect.fixed.iter().filter(fixes).collect();
        fixed.iter().take(most).for_each(|shift| repair(out, zone, shift, style));
        more(out, fixed.len(), most, "repair", style);
    }
    let mut title = "SPF";
    // What changes first, so that it is never among those that are only counted.
    let mut senders: Vec<&SenderEffect> = effect.senders.iter().collect();
    senders.retain(|sender| !brief || sender.changes());
    senders.sort_by_key(|sender| !sender.changes());
    let number = senders.len();
    for sender in senders.into_iter().take(most) {
        for line in wrap(&sender_line(sender, style), style.prose().saturating_sub(INDENT)) {
            let _ = writeln!(out, "{title:INDENT$}{line}");
            title = "";
        }
    }
    more(out, number, most, "sender", style);
    if let Some(text) = lookups(effect, style.arrow()).filter(|_| !brief || other_lookups(effect)) {
        let _ = writeln!(out, "{title:INDENT$}{text}");
    }
}

/// Whether a zone without changes of its own has something to tell: what other zones change does something to it.
pub(crate) fn tells(zone: &ZonePlan) -> bool {
    zone.effect.as_ref().is_some_and(Effect::tells)
}

/// Whether somebody's mail passes SPF no more.
pub(crate) fn loses(zone: &ZonePlan) -> bool {
    let mut senders = zone.effect.iter().flat_map(|effect| &effect.senders);
    senders.any(|sender| sender.before.as_deref() == Some("pass") && sender.changes())
}

/// What is found no more, with the change that does it.
fn repair(out: &mut String, zone: &ZonePlan, shift: &Shift, style: Style) {
    let by = shift.change.and_then(|index| zone.changes.get(index));
    let by = by.map_or_else(String::new, |change| {
        format!(" ({} {})", change.rtype, one_line(&change.name.relative_to(&zone.zone)))
    });
    let text = format!("{}{by}: {}", shift.rule, one_line(&shift.message));
    let head = format!("{} fixes ", paint(green(), style.good()));
    for (index, line) in wrap(&text, style.prose().saturating_sub(INDENT + 8)).iter().enumerate() {
        let lead = if index == 0 { head.as_str() } else { "        " };
        let _ = writeln!(out, "{:INDENT$}{lead}{line}", "");
    }
}

fn more(out: &mut String, all: usize, most: usize, what: &str, style: Style) {
    if let Some(left @ 1..) = all.checked_sub(most) {
        let text = count(left, &format!("more {what}"));
        let _ = writeln!(out, "{:INDENT$}{} and {text} (--full lists them)", "", style.ellipsis());
    }
}

fn mail(findings: &Findings) -> Weights {
    findings.mail
}

fn rest(findings: &Findings) -> Weights {
    findings.rest
}

fn differs(effect: &Effect, part: &dyn Fn(&Findings) -> Weights) -> bool {
    effect.before.as_ref().is_some_and(|before| part(before) != part(&effect.after))
}

fn other_lookups(effect: &Effect) -> bool {
    effect.lookups.is_some_and(|lookups| lookups.before != lookups.after)
}

/// Whether anything was found, before or after.
fn says_more(effect: &Effect, part: &dyn Fn(&Findings) -> Weights) -> bool {
    [effect.before.as_ref(), Some(&effect.after)]
        .into_iter()
        .flatten()
        .any(|side| part(side) != Weights::default())
}

/// `before: 3 errors; after: no errors, no warnings`.
fn numbers(effect: &Effect, part: &dyn Fn(&Findings) -> Weights) -> String {
    let after = part(&effect.after);
    match effect.before.as_ref().map(part) {
        Some(before) if before == after => format!("before and after: {}", weights(after)),
        Some(before) => format!("before: {}; after: {}", weights(before), weights(after)),
        None => weights(after),
    }
}

/// `1 critical, 2 errors, 1 warning`, or `no errors, no warnings`.
fn weights(weights: Weights) -> String {
    let Weights { critical, error, warning } = weights;
    let mut parts = Vec::new();
    if critical > 0 {
        parts.push(format!("{critical} critical"));
    }
    if error > 0 {
        parts.push(count(error, "error"));
    }
    if warning > 0 {
        parts.push(count(warning, "warning"));
    }
    if parts.is_empty() { "no errors, no warnings".to_owned() } else { parts.join(", ") }
}

fn sender_line(sender: &SenderEffect, style: Style) -> String {
    let result = match &sender.before {
        Some(before) if *before != sender.after => format!("{before} {} {}", style.arrow(), sender.after),
        _ => sender.after.clone(),
    };
    let note = note(sender);
    format!("{}  {result}{note}", one_line(&sender.words()))
}

/// What is to be thought of when a sender loses its pass.
fn note(sender: &SenderEffect) -> &'static str {
    let lost = sender.before.as_deref() == Some("pass");
    match (sender.role, sender.after.as_str()) {
        (_, "undecided") => "  (depends on records that are not held here)",
        // Where the record itself is refused or gone this is no matter of its queue.
        (Role::Retired | Role::Found, "fail" | "softfail" | "neutral") if lost => {
            "  (mail that it still has in its queue, too)"
        }
        _ => "",
    }
}

/// What the SPF record costs; nothing where there is none on either side.
fn lookups(effect: &Effect, arrow: &str) -> Option<String> {
    let text = |number: Option<usize>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    Some(match effect.lookups? {
        Lookups { before: None, after: None } => return None,
        Lookups { before, after } if before == after => {
            format!("lookups before and after: {} of 10", text(after))
        }
        Lookups { before, after } => format!("lookups {} {arrow} {} of 10", text(before), text(after)),
    })
}

/// The sum over all zones, when there are several to add up.
pub(crate) fn sum(plan: &Plan) -> Option<String> {
    let effects: Vec<&Effect> = plan.zones.iter().filter_map(|zone| zone.effect.as_ref()).collect();
    if effects.len() < 2 {
        return None;
    }
    let add = |part: &dyn Fn(&Effect) -> Weights| {
        effects.iter().fold(Weights::default(), |sum, effect| {
            let Weights { critical, error, warning } = part(effect);
            Weights {
                critical: sum.critical.saturating_add(critical),
                error: sum.error.saturating_add(error),
                warning: sum.warning.saturating_add(warning),
            }
        })
    };
    let before = add(&|effect| effect.before.map_or_else(Weights::default, |before| before.mail));
    let after = add(&|effect| effect.after.mail);
    Some(match before == after {
        true => format!("before and after: {}", weights(after)),
        false => format!("before: {}; after: {}", weights(before), weights(after)),
    })
}

/// The same for a pull request. Zones of which there is nothing to tell are counted.
pub(crate) fn markdown(out: &mut String, plan: &Plan) {
    let mut lines = Vec::new();
    let mut calm = 0_usize;
    for zone in &plan.zones {
        let Some(effect) = &zone.effect else { continue };
        let senders: Vec<&SenderEffect> = effect.senders.iter().filter(|sender| sender.changes()).collect();
        if !says_more(effect, &mail)
            && senders.is_empty()
            && effect.fixed.is_empty()
            && !other_lookups(effect)
        {
            calm = calm.saturating_add(1);
            continue;
        }
        let name = escape(&super::words::zone(&zone.zone));
        lines.push(format!("- **{name}** mail {}", numbers(effect, &mail)));
        let left = senders.len().saturating_sub(TOLD);
        lines.extend(senders.into_iter().take(TOLD).map(|sender| {
            let before = sender.before.as_deref().map_or_else(String::new, |before| format!("{before} → "));
            format!("  - SPF {} {before}{}{}", code(&sender.words()), sender.after, note(sender))
        }));
        lines.extend((left > 0).then(|| format!("  - … and {}", count(left, "more sender"))));
        lines.extend(lookups(effect, "→").map(|text| format!("  - SPF {text}")));
        let fixes: Vec<&Shift> =
            effect.fixed.iter().filter(|shift| shift.severity >= dnsctl_checks::Severity::Warning).collect();
        let left = fixes.len().saturating_sub(TOLD);
        lines.extend(
            fixes
                .into_iter()
                .take(TOLD)
                .map(|shift| format!("  - ✅ fixes {}: {}", code(shift.rule), escape(&shift.message))),
        );
        lines.extend((left > 0).then(|| format!("  - … and {}", count(left, "more repair"))));
    }
    if calm > 0 {
        let rest = if lines.is_empty() { count(calm, "zone") } else { count(calm, "other zone") };
        lines.push(format!("- {rest}: before and after no errors, no warnings"));
    }
    if !lines.is_empty() {
        let _ = writeln!(out, "\n**Mail before and after**\n\n{}", lines.join("\n"));
    }
}
