//! Where mail clients find their servers: SRV names (RFC 6186, RFC 8314, RFC 5804) and the host names that
//! Thunderbird and Outlook ask for.

use dnsctl_zone::{Name, NameError, Rdata, RecordType};

/// A service that a client looks for at `_SERVICE._tcp.DOMAIN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// The name in a `mail:` block and in messages.
    pub id: &'static str,
    /// The first label.
    pub label: &'static str,
    /// The port that it usually has.
    pub port: u16,
    /// Whether TLS starts with the connection (RFC 8314 section 3); otherwise it starts with STARTTLS.
    pub implicit_tls: bool,
    /// What it is, in words.
    pub title: &'static str,
    /// Where it is described.
    pub reference: &'static str,
}

/// Message submission with TLS from the start, which RFC 8314 section 3.3 prefers.
pub const SUBMISSIONS: Service = Service {
    id: "submissions",
    label: "_submissions",
    port: 465,
    implicit_tls: true,
    title: "message submission with TLS",
    reference: "RFC 8314 section 5.1",
};
/// Message submission.
pub const SUBMISSION: Service = Service {
    id: "submission",
    label: "_submission",
    port: 587,
    implicit_tls: false,
    title: "message submission with STARTTLS",
    reference: "RFC 6186 section 3.1",
};
/// IMAP with TLS from the start.
pub const IMAPS: Service = Service {
    id: "imaps",
    label: "_imaps",
    port: 993,
    implicit_tls: true,
    title: "IMAP with TLS",
    reference: "RFC 6186 section 3.2",
};
/// IMAP.
pub const IMAP: Service = Service {
    id: "imap",
    label: "_imap",
    port: 143,
    implicit_tls: false,
    title: "IMAP with STARTTLS",
    reference: "RFC 6186 section 3.2",
};
/// POP3 with TLS from the start.
pub const POP3S: Service = Service {
    id: "pop3s",
    label: "_pop3s",
    port: 995,
    implicit_tls: true,
    title: "POP3 with TLS",
    reference: "RFC 6186 section 3.3",
};
/// POP3.
pub const POP3: Service = Service {
    id: "pop3",
    label: "_pop3",
    port: 110,
    implicit_tls: false,
    title: "POP3 with STARTTLS",
    reference: "RFC 6186 section 3.3",
};
/// ManageSieve: filters on the server.
pub const SIEVE: Service = Service {
    id: "sieve",
    label: "_sieve",
    port: 4190,
    implicit_tls: false,
    title: "ManageSieve",
    reference: "RFC 5804 section 1.8",
};
/// Autodiscover of Outlook.
pub const AUTODISCOVER: Service = Service {
    id: "autodiscover",
    label: "_autodiscover",
    port: 443,
    implicit_tls: true,
    title: "Autodiscover",
    reference: "Microsoft MS-OXDISCO section 3.1.5",
};

impl Service {
    /// The name of its SRV records for a domain.
    ///
    /// # Errors
    /// A name that is too long.
    pub fn name(&self, domain: &Name) -> Result<Name, NameError> {
        domain.child(b"_tcp")?.child(self.label.as_bytes())
    }

    /// The SRV record that leads to a host, with the usual port where none is given.
    pub fn record(&self, priority: u16, weight: u16, port: Option<u16>, host: &Name) -> Rdata {
        srv([priority, weight, port.unwrap_or(self.port)], host)
    }
}

/// The SRV record of a service that a domain does not offer: `0 0 0 .` (RFC 2782, RFC 6186 section 3.4).
pub fn not_offered() -> Rdata {
    srv([0, 0, 0], &Name::root())
}

fn srv(numbers: [u16; 3], host: &Name) -> Rdata {
    let mut octets: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    host.write_wire(&mut octets);
    // Three numbers and a name are always an SRV.
    Rdata::from_wire(RecordType::SRV, &octets).unwrap_or_else(|_| Rdata::text(RecordType::TXT, b""))
}

/// Where Thunderbird asks for its settings: `autoconfig.DOMAIN`, by HTTPS at `/mail/config-v1.1.xml`.
///
/// # Errors
/// A name that is too long.
pub fn autoconfig(domain: &Name) -> Result<Name, NameError> {
    domain.child(b"autoconfig")
}

/// Where Outlook asks for its settings: `autodiscover.DOMAIN`, by HTTPS at `/autodiscover/autodiscover.xml`.
///
/// # Errors
/// A name that is too long.
pub fn autodiscover(domain: &Name) -> Result<Name, NameError> {
    domain.child(b"autodiscover")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::absolute(text).unwrap()
    }

    #[test]
    fn names_and_records() {
        let domain = name("example.com");
        assert_eq!(IMAPS.name(&domain).unwrap().without_dot(), "_imaps._tcp.example.com");
        assert_eq!(
            SUBMISSIONS.record(0, 1, None, &name("mail.example.com")).to_string(),
            "0 1 465 mail.example.com."
        );
        assert_eq!(
            IMAP.record(5, 0, Some(1143), &name("mail.example.com")).to_string(),
            "5 0 1143 mail.example.com."
        );
    }

    #[test]
    fn a_service_that_is_not_offered() {
        assert_eq!(not_offered().to_string(), "0 0 0 .");
    }

    #[test]
    fn hosts_of_clients() {
        assert_eq!(autoconfig(&name("example.com")), Ok(name("autoconfig.example.com")));
        assert_eq!(autodiscover(&name("example.com")), Ok(name("autodiscover.example.com")));
    }
}
