//! MTA-STS and TLS-RPT.

use super::Maker;
use crate::intent::{At, Intent, MtaSts, MtaStsMode, PolicyHost, Problem};
use crate::mta_sts::policy::Policy;
use crate::mta_sts::{self, Pattern};
use dnsctl_zone::{Name, Rdata};

impl Maker<'_> {
    pub(super) fn mta_sts(&mut self) {
        let intent = self.intent;
        let Some(At { value: wanted, source }) = &intent.mta_sts else { return };
        let patterns = intent.mta_sts_patterns();
        if wanted.mode != MtaStsMode::None && patterns.is_empty() {
            let message = "a policy that is not `none` names the hosts that take mail, and there are none";
            let help = "write `mx:` for the domain, or remove `mta_sts`";
            self.problem(Problem::new("mail/mta-sts-mx", source, message, help).absent());
            return;
        }
        let uncovered = intent.mx.iter().find(|mx| !patterns.iter().any(|text| covers(text, &mx.value.host)));
        if wanted.mode != MtaStsMode::None
            && let Some(mx) = uncovered
        {
            let message = format!(
                "no pattern of the MTA-STS policy covers {}: senders that enforce it would not deliver there (RFC 8461 section 4.1)",
                mx.value.host
            );
            let place = wanted.mx.first().map_or(source, |pattern| &pattern.source);
            let problem =
                Problem::new("mail/mta-sts-mx", place, message, "add it, or remove `mx` from `mta_sts`");
            self.problem(problem.related(&mx.source, "this host takes mail"));
        }
        let Some(policy) = policy(intent) else { return };
        let id = mta_sts::id(&policy);
        if let Some(name) = self.below("_mta-sts", source) {
            let record = mta_sts::record::Record { id, extensions: Vec::new() };
            self.text(name, &record.to_string(), source);
        }
        self.policy = Some(policy);
        let Some(host) = &wanted.host else { return };
        let Some(name) = self.below("mta-sts", source) else { return };
        match host {
            PolicyHost::Alias(target) => self.alias(name, target, source),
            PolicyHost::Addresses(addresses) => {
                for address in addresses {
                    self.add(name.clone(), Rdata::address(*address), source);
                }
            }
        }
    }

    pub(super) fn tls_rpt(&mut self) {
        let Some(At { value: reports, source }) = &self.intent.tls_rpt else { return };
        let uris: Vec<&str> = reports.rua.iter().map(|uri| uri.value.as_str()).collect();
        if let Some(name) = self.below("_smtp._tls", source) {
            self.text(name, &format!("v=TLSRPTv1; rua={}", uris.join(",")), source);
        }
    }
}

/// The text of the policy file.
fn policy(intent: &Intent) -> Option<String> {
    let MtaSts { mode, max_age, .. } = intent.mta_sts.as_ref()?.value;
    let patterns = if mode == MtaStsMode::None { Vec::new() } else { intent.mta_sts_patterns() };
    let mx = patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect();
    Some(Policy { mode, max_age, mx }.to_string())
}

/// Whether a pattern covers a host.
fn covers(pattern: &str, host: &Name) -> bool {
    Pattern::parse(pattern).is_ok_and(|pattern| pattern.covers(host))
}
