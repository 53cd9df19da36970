//! MTA-STS and TLS-RPT.

use super::Maker;
use crate::intent::{At, Intent, MtaStsMode, PolicyHost, Problem};
use data_encoding::HEXLOWER;
use dnsctl_zone::{Name, Rdata};
use sha2::{Digest as _, Sha256};

impl Maker<'_> {
    pub(super) fn mta_sts(&mut self) {
        let intent = self.intent;
        let Some(At { value: mta_sts, source }) = &intent.mta_sts else { return };
        let patterns = intent.mta_sts_patterns();
        if mta_sts.mode != MtaStsMode::None && patterns.is_empty() {
            let message = "a policy that is not `none` names the hosts that take mail, and there are none";
            let help = "write `mx:` for the domain, or remove `mta_sts`";
            self.problem(Problem::new("mail/mta-sts-mx", source, message, help));
            return;
        }
        let uncovered = intent.mx.iter().find(|mx| !patterns.iter().any(|text| covers(text, &mx.value.host)));
        if mta_sts.mode != MtaStsMode::None
            && let Some(mx) = uncovered
        {
            let message = format!(
                "no pattern of the MTA-STS policy covers {}: senders that enforce it would not deliver there (RFC 8461 section 4.1)",
                mx.value.host
            );
            let place = mta_sts.mx.first().map_or(source, |pattern| &pattern.source);
            let problem =
                Problem::new("mail/mta-sts-mx", place, message, "add it, or remove `mx` from `mta_sts`");
            self.problem(problem.related(&mx.source, "this host takes mail"));
        }
        let Some(policy) = policy(intent) else { return };
        let digest = HEXLOWER.encode(&Sha256::digest(policy.as_bytes()));
        let id = digest.get(..20).unwrap_or(&digest);
        if let Some(name) = self.below("_mta-sts", source) {
            self.text(name, &format!("v=STSv1; id={id};"), source);
        }
        self.policy = Some(policy);
        let Some(host) = &mta_sts.host else { return };
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

/// The text of the policy file (RFC 8461 section 3.2), with LF at the ends of lines.
fn policy(intent: &Intent) -> Option<String> {
    let mta_sts = &intent.mta_sts.as_ref()?.value;
    let mut lines = vec!["version: STSv1".to_owned(), format!("mode: {}", mta_sts.mode.word())];
    if mta_sts.mode != MtaStsMode::None {
        lines.extend(intent.mta_sts_patterns().iter().map(|pattern| format!("mx: {pattern}")));
    }
    lines.push(format!("max_age: {}", mta_sts.max_age));
    Some(lines.join("\n") + "\n")
}

/// Whether a pattern covers a host (RFC 8461 section 4.1): `*` stands for exactly one label.
fn covers(pattern: &str, host: &Name) -> bool {
    match pattern.strip_prefix("*.") {
        None => Name::absolute(pattern).is_ok_and(|name| name == *host),
        Some(rest) => Name::absolute(rest).ok() == host.parent(),
    }
}
