//! Presets filled in.

use super::{At, Bouncing, DkimSource, Exchange, Include, Intent, Problem, Selector, Sender};
use crate::presets::{self, Extra, Preset, Receives, Use};
use dnsctl_zone::Name;

/// The intent with what its presets say, and what is wrong with them. What the block says itself counts before a preset:
/// its MX in place of the preset's, its DKIM selector in place of one of the same name, `sends: false` in place of all that is for sending. Senders
/// add up.
pub fn expand(intent: &Intent, apex: &Name) -> (Intent, Vec<Extra>, Vec<Problem>) {
    let mut whole = intent.clone();
    let (mut extras, mut problems) = (Vec::new(), Vec::new());
    let own_mx = !intent.mx.is_empty();
    let mut receiver: Option<(&At<Use>, &Preset)> = None;
    for wanted in &intent.presets {
        let preset = wanted.value.preset;
        let filled = presets::fill(preset, &wanted.value, apex);
        for fault in filled.faults {
            problems.push(Problem::new("mail/preset", &wanted.source, fault.message, fault.help));
        }
        let asked = intent.receives.as_ref().is_some_and(|receives| receives.value);
        let takes = match preset.receives {
            Receives::Always => intent.receives.as_ref().is_none_or(|receives| receives.value),
            Receives::WhenAsked => asked && receiver.is_none(),
            Receives::Never => false,
        };
        if takes && !own_mx && !filled.mx.is_empty() {
            match receiver {
                Some((first, other)) if other.receives == Receives::Always => problems.push(
                    Problem::new(
                        "mail/two-receivers",
                        &wanted.source,
                        format!("{} and {} both receive mail", other.title, preset.title),
                        "write `mx:` with the hosts that take it",
                    )
                    .related(&first.source, "the other one"),
                ),
                _ => {
                    whole.mx.clear();
                    receiver = Some((wanted, preset));
                    let hosts = filled.mx.into_iter();
                    whole.mx.extend(hosts.map(|(preference, host)| {
                        At::new(Exchange { preference, host }, wanted.source.clone())
                    }));
                }
            }
        }
        // Of one that is to receive only, what is for sending is left out.
        let sends = intent.sends.as_ref().is_none_or(|sends| sends.value);
        if sends && preset.includes.is_empty() {
            let name = filled.extras.first().map(|(name, _)| name.clone());
            whole.bouncing.push(At::new(Bouncing { title: preset.title, name }, wanted.source.clone()));
        }
        for name in filled.includes.into_iter().filter(|_| sends) {
            let sender = Sender::Include(Include::Name(name));
            if !whole.senders.iter().any(|known| known.value == sender) {
                whole.senders.push(At::new(sender, wanted.source.clone()));
            }
        }
        for (name, text, target) in filled.dkim.into_iter().filter(|_| sends) {
            if !whole.dkim.iter().any(|known| known.value.name == name) {
                let key = DkimSource::Alias(target);
                let selector = Selector { name, text, key, test: false };
                whole.dkim.push(At::new(selector, wanted.source.clone()));
            }
        }
        // What a home of mailboxes adds is for reading; what another one adds, for bounces and the like.
        let home = preset.receives == Receives::Always;
        extras.extend(filled.extras.into_iter().filter(|_| sends || home).map(|(name, rdata)| Extra {
            name,
            rdata,
            source: wanted.source.clone(),
        }));
    }
    (whole, extras, problems)
}
