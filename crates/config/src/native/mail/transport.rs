//! `mta_sts:`, `tls_rpt:` and `dane:`.

use dnsctl_mail::intent::{At, Dane, MtaSts, MtaStsMode, PolicyHost, TlsReports, Usage};
use dnsctl_mail::mta_sts::Pattern;
use dnsctl_zone::Name;

use super::LONGEST_AGE;
use crate::diagnostic::{File, quote};
use crate::keys;
use crate::native::records::Records;
use crate::yaml::Node;

/// How long senders keep a policy that does not say it.
const USUAL_AGE: u32 = 604_800;

impl Records<'_, '_> {
    pub(super) fn mta_sts(&mut self, node: &Node<'_>) -> Option<MtaSts> {
        let entries = self.reader.table(node, "`mta_sts`", keys::mail::MTA_STS)?;
        let modes =
            [("testing", MtaStsMode::Testing), ("enforce", MtaStsMode::Enforce), ("none", MtaStsMode::None)];
        let mode = entries.value("mode").and_then(|node| self.reader.choice(node, "`mode`", &modes));
        let max_age = match entries.value("max_age") {
            None => Some(USUAL_AGE),
            Some(node) => self.max_age(node),
        };
        let mut mx: Vec<At<String>> = Vec::new();
        if let Some(node) = entries.value("mx") {
            for (text, place) in self.filled_texts(node, "`mx`") {
                let pattern = self.pattern(place, &text);
                let new = |it: &String| mx.iter().all(|known| !known.value.eq_ignore_ascii_case(it));
                if let Some(pattern) = pattern.filter(new) {
                    mx.push(At::new(pattern, self.reader.source(place.position())));
                }
            }
        }
        let host = match entries.value("host") {
            None => None,
            Some(node) => Some(self.policy_host(node)?),
        };
        Some(MtaSts { mode: mode?, max_age: max_age?, mx, host })
    }

    fn max_age(&mut self, node: &Node<'_>) -> Option<u32> {
        let text = self.filled(node, "`max_age`")?;
        let seconds = self.reader.ttl_of(node, &text)?.seconds();
        if seconds > LONGEST_AGE {
            let message =
                format!("{} is above {LONGEST_AGE} seconds, a year (RFC 8461 section 3.2)", quote(&text));
            self.reader.bad(node, message, "write 1w, or 52w at most");
            return None;
        }
        Some(seconds)
    }

    /// A name in full, or `*.` and one (RFC 8461 section 4.1).
    fn pattern(&mut self, node: &Node<'_>, text: &str) -> Option<String> {
        let (star, rest) = match text.strip_prefix("*.") {
            Some(rest) => ("*.", rest),
            None => ("", text),
        };
        if rest.contains('*') {
            let message = format!("in {} the * is not the first label alone", quote(text));
            self.reader.bad(node, message, "write *.example.com: it stands for exactly one label");
            return None;
        }
        let name = self.full_name(node, rest, "`mx`")?;
        let pattern = format!("{star}{}", name.without_dot());
        if let Err(error) = Pattern::parse(&pattern) {
            self.reader.bad(node, format!("`mx`: {error}"), "write the name of a host, or *. and a domain");
            return None;
        }
        Some(pattern)
    }

    fn policy_host(&mut self, node: &Node<'_>) -> Option<PolicyHost> {
        let texts = self.filled_texts(node, "`host`");
        let addresses: Vec<_> = texts.iter().filter_map(|(text, _)| text.parse().ok()).collect();
        if !addresses.is_empty() && addresses.len() == texts.len() {
            return Some(PolicyHost::Addresses(addresses));
        }
        match texts.as_slice() {
            [(text, place)] => self.host_of(place, text, "`host`").map(PolicyHost::Alias),
            [] => None,
            _ => {
                self.reader.bad(
                    node,
                    "`host` is one host, or addresses".to_owned(),
                    "write the host, or only addresses",
                );
                None
            }
        }
    }

    pub(super) fn tls_rpt(&mut self, node: &Node<'_>) -> Option<TlsReports> {
        let entries = self.reader.table(node, "`tls_rpt`", keys::mail::TLS_RPT)?;
        let rua = self.uris(entries.value("rua")?, "`rua`", &["mailto:", "https://"]);
        (!rua.is_empty()).then_some(TlsReports { rua })
    }

    pub(super) fn dane(&mut self, node: &Node<'_>, file: &File) -> Vec<At<Dane>> {
        let mut all = Vec::new();
        for item in node.one_or_many() {
            if let Some(dane) = self.dane_of(item, file) {
                all.push(At::new(dane, self.reader.source(item.position())));
            }
        }
        all
    }

    fn dane_of(&mut self, node: &Node<'_>, file: &File) -> Option<Dane> {
        let entries = self.reader.table(node, "`dane`", keys::mail::DANE)?;
        let mut hosts: Vec<At<Name>> = Vec::new();
        if let Some(node) = entries.value("hosts") {
            for (text, place) in self.filled_texts(node, "`hosts`") {
                if let Some(name) = self.host_of(place, &text, "`hosts`") {
                    hosts.push(At::new(name, self.reader.source(place.position())));
                }
            }
        }
        let certificate = entries
            .value("certificate")
            .and_then(|node| Some(At::new(self.file_of(node, file)?, self.reader.source(node.position()))));
        let mut next = Vec::new();
        for place in entries.value("next").map(Node::one_or_many).unwrap_or_default() {
            if let Some(file) = self.file_of(place, file) {
                next.push(At::new(file, self.reader.source(place.position())));
            }
        }
        let ports = entries.value("ports").map(|node| self.ports(node, "`ports`")).unwrap_or_default();
        let usages = [("end-entity", Usage::EndEntity), ("trust-anchor", Usage::TrustAnchor)];
        let usage = match entries.value("usage") {
            None => Usage::EndEntity,
            Some(node) => self.reader.choice(node, "`usage`", &usages)?,
        };
        let ports = ports.into_iter().map(|port| port.value).collect();
        Some(Dane { hosts, certificate: certificate?, next, ports, usage })
    }
}
