//! DMARC, and BIMI, which stands on it.

use super::Maker;
use crate::intent::{At, Bimi, Dmarc, DmarcPolicy, Problem};
use dnsctl_zone::Source;

impl Maker<'_> {
    pub(super) fn dmarc(&mut self) {
        let intent = self.intent;
        match &intent.dmarc {
            Some(At { value: dmarc, source }) => {
                if let Some(name) = self.below("_dmarc", source) {
                    self.text(name, &record(dmarc), source);
                }
            }
            // Whoever sends nothing loses nothing by the strictest policy.
            None if !intent.sends_mail() => {
                let said = intent.none.as_ref().or(intent.sends.as_ref().map(|sends| &sends.source));
                if let Some(source) = said
                    && let Some(name) = self.below("_dmarc", source)
                {
                    self.text(name, "v=DMARC1; p=reject; sp=reject", source);
                }
            }
            None => {}
        }
        for At { value: domain, source } in &intent.reports_for {
            self.reports_for(&domain.without_dot(), source);
        }
        self.bimi();
    }

    /// Lets another domain send its reports to addresses of this one (RFC 9990 section 4).
    fn reports_for(&mut self, domain: &str, source: &Source) {
        if let Some(name) = self.below(&format!("{domain}._report._dmarc"), source) {
            self.text(name, "v=DMARC1", source);
        }
    }

    fn bimi(&mut self) {
        let Some(At { value: bimi, source }) = &self.intent.bimi else { return };
        let text = match bimi {
            Bimi::Declined => "v=BIMI1; l=; a=;".to_owned(),
            Bimi::Logo { logo, evidence } => {
                format!("v=BIMI1; l={logo}; a={};", evidence.as_deref().unwrap_or_default())
            }
        };
        if matches!(bimi, Bimi::Logo { .. }) {
            let enforced = self.intent.dmarc.as_ref().is_some_and(|dmarc| {
                let weak = |policy| policy == DmarcPolicy::None;
                !weak(dmarc.value.policy) && !dmarc.value.subdomains.is_some_and(weak)
            });
            if !enforced {
                let message =
                    "a logo is only shown when DMARC asks to quarantine or reject, subdomains included";
                let help = "write `dmarc: { policy: quarantine }` or `reject`";
                self.problem(Problem::new("mail/bimi-dmarc", source, message, help));
            }
        }
        if let Some(name) = self.below("default._bimi", source) {
            self.text(name, &text, source);
        }
    }
}

/// The text of the record: `p` behind `v`, as readers of RFC 7489 want it, and nothing that is the default.
fn record(dmarc: &Dmarc) -> String {
    let mut text = format!("v=DMARC1; p={}", dmarc.policy.as_str());
    let mut tag = |name: &str, value: &str| {
        text.push_str("; ");
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    };
    if let Some(policy) = dmarc.subdomains {
        tag("sp", policy.as_str());
    }
    if let Some(policy) = dmarc.nonexistent {
        tag("np", policy.as_str());
    }
    if dmarc.strict_dkim {
        tag("adkim", "s");
    }
    if dmarc.strict_spf {
        tag("aspf", "s");
    }
    if dmarc.test {
        tag("t", "y");
    }
    for (name, uris) in [("rua", &dmarc.rua), ("ruf", &dmarc.ruf)] {
        if !uris.is_empty() {
            let uris: Vec<&str> = uris.iter().map(|uri| uri.value.as_str()).collect();
            tag(name, &uris.join(","));
        }
    }
    text
}
