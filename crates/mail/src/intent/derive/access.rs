//! How the programs of users find their servers.

use super::Maker;
use crate::intent::{Access, At, Problem};
use crate::services::{self, Service};
use dnsctl_zone::{Name, Rdata, RecordType, Source};

/// Where users hand in mail (RFC 8314 section 3.3).
const HAND_IN: [Service; 2] = [services::SUBMISSIONS, services::SUBMISSION];
const READ: [Service; 2] = [services::IMAPS, services::IMAP];
const FETCH: [Service; 2] = [services::POP3S, services::POP3];
const FILTER: [Service; 1] = [services::SIEVE];

impl Maker<'_> {
    pub(super) fn access(&mut self) {
        let intent = self.intent;
        if let Some(At { value: smtp, .. }) = &intent.smtp {
            for At { value: port, source } in &smtp.submission {
                match HAND_IN.iter().find(|service| service.port == *port) {
                    Some(service) => self.service(service, Some(&smtp.relay.value), source),
                    None => {
                        let message = format!("port {port} has no service for users who hand in mail");
                        let help = "write 587 (STARTTLS), 465 (TLS), or both (RFC 8314 section 3.3)";
                        self.problem(Problem::new("mail/submission-port", source, message, help));
                    }
                }
            }
        }
        let all = [(&READ[..], &intent.imap), (&FETCH[..], &intent.pop), (&FILTER[..], &intent.sieve)];
        for (offered, access) in all {
            let Some(At { value: access, source }) = access else { continue };
            self.read_access(offered, access, source);
        }
        if let Some(At { value: host, source }) = &intent.autoconfig
            && let Some(name) = self.below("autoconfig", source)
        {
            self.alias(name, host, source);
        }
        if let Some(At { value: host, source }) = &intent.autodiscover {
            self.service(&services::AUTODISCOVER, Some(host), source);
        }
    }

    fn read_access(&mut self, offered: &[Service], access: &Access, source: &Source) {
        let (host, ports) = match access {
            Access::Nowhere => (None, &[][..]),
            Access::Host { host, ports } => (Some(host), ports.as_slice()),
        };
        if let Some(port) = ports.iter().find(|port| !offered.iter().any(|service| service.port == **port)) {
            let message = format!("port {port} is not one that programs of users look for");
            let help = match offered {
                [first, second] => format!("write {} (TLS), {} (STARTTLS), or both", first.port, second.port),
                _ => offered.iter().map(|service| format!("write {}", service.port)).collect(),
            };
            self.problem(Problem::new("mail/access-port", source, message, help));
        }
        for service in offered {
            // RFC 6186 section 3.4: what is not offered is said to be nowhere.
            self.service(service, host.filter(|_| ports.contains(&service.port)), source);
        }
    }

    fn service(&mut self, service: &Service, host: Option<&Name>, source: &Source) {
        let Ok(name) = service.name(self.apex) else { return };
        let rdata = host.map_or_else(services::not_offered, |host| service.record(0, 1, None, host));
        self.add(name, rdata, source);
    }

    pub(super) fn alias(&mut self, name: Name, target: &Name, source: &Source) {
        if name == *target {
            let message = format!("{name} would be an alias of itself");
            self.problem(Problem::new("mail/alias", source, message, "name the host that answers for it"));
            return;
        }
        let mut octets = Vec::new();
        target.write_wire(&mut octets);
        if let Ok(rdata) = Rdata::from_wire(RecordType::CNAME, &octets) {
            self.add(name, rdata, source);
        }
    }
}
