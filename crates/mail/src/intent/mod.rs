//! What an administrator wants of mail: the `mail:` block of a zone file as plain data, and the records that follow.
//!
//! [`expand()`] fills in presets, [`derive()`] makes RRsets of what is then there. Both are pure: the contents of key and
//! certificate files come in as [`Files`].

mod derive;
mod expand;
mod parts;
mod problem;
mod spf;
#[cfg(test)]
mod tests;

pub use derive::{Derived, Files, declared_key, derive};
pub use expand::expand;
pub use parts::{
    Access, At, AuthPolicy, Bimi, Bouncing, Dane, DkimSource, Dmarc, DmarcPolicy, Exchange, FileRef, Host,
    Include, MtaSts, MtaStsMode, PolicyHost, Selector, Sender, Smtp, Spf, SpfAll, TlsReports, Usage,
};
pub use problem::Problem;
pub use spf::sender_terms;

use crate::presets;
use dnsctl_zone::{Name, Source, Ttl};

/// The `mail:` block of a zone: every part as it was written, each with its place. What was not written is empty.
#[derive(Debug, Clone, Default)]
pub struct Intent {
    /// Where the block stands; the first when there are several. Empty when the zone has none.
    pub source: Option<Source>,
    /// `mail: none`, and where: neither receives nor sends.
    pub none: Option<Source>,
    /// Presets of hosters.
    pub presets: Vec<At<presets::Use>>,
    /// Whether the domain receives mail.
    pub receives: Option<At<bool>>,
    /// Whether somebody sends mail with addresses of the domain.
    pub sends: Option<At<bool>>,
    /// TTL of the derived records that have none of their own.
    pub ttl: Option<At<Ttl>>,
    /// The hosts that take mail.
    pub mx: Vec<At<Exchange>>,
    /// Hosts below the apex whose addresses the block declares.
    pub hosts: Vec<At<Host>>,
    /// Who may send.
    pub senders: Vec<At<Sender>>,
    /// Services of presets that need no place in the SPF record. [`expand()`] fills it in.
    pub bouncing: Vec<At<Bouncing>>,
    /// What else the SPF record says.
    pub spf: Option<At<Spf>>,
    /// The keys that sign mail.
    pub dkim: Vec<At<Selector>>,
    /// The DMARC policy.
    pub dmarc: Option<At<Dmarc>>,
    /// Other domains whose DMARC reports may come to addresses of this one (RFC 9990 section 4).
    pub reports_for: Vec<At<Name>>,
    /// MTA-STS.
    pub mta_sts: Option<At<MtaSts>>,
    /// TLS-RPT.
    pub tls_rpt: Option<At<TlsReports>>,
    /// TLSA records of mail hosts.
    pub dane: Vec<At<Dane>>,
    /// Where users hand in mail.
    pub smtp: Option<At<Smtp>>,
    /// Where users read mail.
    pub imap: Option<At<Access>>,
    /// The same over POP3.
    pub pop: Option<At<Access>>,
    /// Where users keep their filters (ManageSieve).
    pub sieve: Option<At<Access>>,
    /// The host that answers for `autoconfig.DOMAIN` (Thunderbird).
    pub autoconfig: Option<At<Name>>,
    /// The host that answers for Autodiscover (Outlook).
    pub autodiscover: Option<At<Name>>,
    /// BIMI.
    pub bimi: Option<At<Bimi>>,
}

impl Intent {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.source.is_none()
    }

    /// Whether the domain receives mail: what was written, else whether there is a host that takes it.
    pub fn receives_mail(&self) -> bool {
        let said = self.receives.as_ref().map(|receives| receives.value);
        self.none.is_none() && said.unwrap_or(!self.mx.is_empty())
    }

    /// Whether the domain sends mail: what was written, else whether there is a sender. A preset is one, also that of a
    /// service whose bounces come back to a domain of its own and that SPF need not name.
    pub fn sends_mail(&self) -> bool {
        let redirect = self.spf.as_ref().is_some_and(|spf| spf.value.redirect.is_some());
        let said = self.sends.as_ref().map(|sends| sends.value);
        self.none.is_none()
            && said.unwrap_or(!self.senders.is_empty() || !self.presets.is_empty() || redirect)
    }

    /// The declared host of this name.
    pub fn host(&self, name: &Name) -> Option<&At<Host>> {
        self.hosts.iter().find(|host| host.value.name == *name)
    }

    /// The names that MTA-STS patterns must cover: those of the policy, else the hosts that take mail.
    pub fn mta_sts_patterns(&self) -> Vec<String> {
        let written = self.mta_sts.as_ref().map_or(&[][..], |mta_sts| &mta_sts.value.mx);
        if !written.is_empty() {
            return written.iter().map(|pattern| pattern.value.clone()).collect();
        }
        let mut names: Vec<String> =
            self.mx.iter().map(|exchange| exchange.value.host.without_dot()).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }
}
