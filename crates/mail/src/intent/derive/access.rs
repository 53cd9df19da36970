//! How the programs of users find their servers.

use super::Maker;
use crate::intent::{Access, At, Problem};
use dnsctl_zone::{Name, Rdata, RecordType, Source};

/// Services of a port: label, port (RFC 6186, RFC 8314 section 5.1).
const SUBMISSION: [(&str, u16); 2] = [("_submissions._tcp", 465), ("_submission._tcp", 587)];
const IMAP: [(&str, u16); 2] = [("_imaps._tcp", 993), ("_imap._tcp", 143)];
const POP: [(&str, u16); 2] = [("_pop3s._tcp", 995), ("_pop3._tcp", 110)];

impl Maker<'_> {
    pub(super) fn access(&mut self) {
        let intent = self.intent;
        if let Some(At { value: smtp, .. }) = &intent.smtp {
            for At { value: port, source } in &smtp.submission {
                match SUBMISSION.iter().find(|(_, usual)| usual == port) {
                    Some((label, port)) => self.service(label, *port, Some(&smtp.relay.value), source),
                    None => {
                        let message = format!("port {port} has no service for users who hand in mail");
                        let help = "write 587 (STARTTLS), 465 (TLS), or both (RFC 8314 section 3.3)";
                        self.problem(Problem::new("mail/submission-port", source, message, help));
                    }
                }
            }
        }
        for (services, access) in [(IMAP, &intent.imap), (POP, &intent.pop)] {
            let Some(At { value: access, source }) = access else { continue };
            self.read_access(services, access, source);
        }
        if let Some(At { value: host, source }) = &intent.autoconfig
            && let Some(name) = self.below("autoconfig", source)
        {
            self.alias(name, host, source);
        }
        if let Some(At { value: host, source }) = &intent.autodiscover {
            self.service("_autodiscover._tcp", 443, Some(host), source);
        }
    }

    fn read_access(&mut self, services: [(&str, u16); 2], access: &Access, source: &Source) {
        let (host, ports) = match access {
            Access::Nowhere => (None, &[][..]),
            Access::Host { host, ports } => (Some(host), ports.as_slice()),
        };
        if let Some(port) = ports.iter().find(|port| !services.iter().any(|(_, usual)| usual == *port)) {
            let [(_, first), (_, second)] = services;
            let message = format!("port {port} is not one that programs of users look for");
            let help = format!("write {first} (TLS), {second} (STARTTLS), or both");
            self.problem(Problem::new("mail/access-port", source, message, help));
        }
        for (label, port) in services {
            // RFC 6186 section 3.4: what is not offered is said to be nowhere.
            self.service(label, port, host.filter(|_| ports.contains(&port)), source);
        }
    }

    fn service(&mut self, label: &str, port: u16, host: Option<&Name>, source: &Source) {
        let Some(name) = self.below(label, source) else { return };
        let (weight, port) = if host.is_some() { (1_u16, port) } else { (0, 0) };
        let mut octets = [0_u16, weight, port].map(u16::to_be_bytes).concat();
        host.unwrap_or(&Name::root()).write_wire(&mut octets);
        if let Ok(rdata) = Rdata::from_wire(RecordType::SRV, &octets) {
            self.add(name, rdata, source);
        }
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
