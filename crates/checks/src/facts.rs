//! What a zone cannot say about itself.

mod intent;

use dnsctl_mail::{dkim, tlsa};
use dnsctl_zone::{Name, Rdata, Source};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub use dnsctl_mail::intent::Sender as SenderKind;

/// What is declared about the mail of a domain. Everything is optional: a rule that lacks its facts does not apply.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Where it is declared.
    pub source: Option<Source>,
    /// The domain; the apex of the zone when absent.
    pub domain: Option<Name>,
    /// Whether the domain receives mail.
    pub receives: Option<bool>,
    /// Whether the domain sends mail.
    pub sends: Option<bool>,
    /// The hosts that receive its mail: the targets that its MX records may have.
    pub exchangers: Option<Vec<Name>>,
    /// The hosts that have to do with mail.
    pub hosts: Vec<Host>,
    /// Who sends mail in the name of the domain.
    pub senders: Vec<Sender>,
    /// Services that send in the name of the domain with a bounce address of their own.
    pub bouncing: Vec<Bouncing>,
    /// The names that hosts give with EHLO, where they are others than their own.
    pub greetings: BTreeMap<Name, Name>,
    /// DKIM selectors that are declared.
    pub selectors: Vec<Selector>,
    /// The MTA-STS policy file as it is served, or will be.
    pub policy: Option<PolicyFile>,
    /// The name servers that the zone may have.
    pub name_servers: Option<Vec<Name>>,
    /// What users' programs are offered.
    pub services: Services,
    /// Certificates of hosts.
    pub certificates: Vec<Certificate>,
    /// Private, loopback and documentation addresses are meant: a zone of an inner network or a test.
    pub allow_special_addresses: bool,
}

/// A host of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// The addresses it has. When empty, they are not declared.
    pub addresses: Vec<IpAddr>,
    /// The addresses it will get: a move is planned.
    pub planned: Vec<IpAddr>,
    /// Addresses it had and that nothing may point at any more.
    pub retired: Vec<IpAddr>,
    /// Where it is declared.
    pub source: Option<Source>,
}

/// Who sends mail in the name of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// What is declared.
    pub who: SenderKind,
    /// The name that it gives with EHLO; the name of the host when absent.
    pub helo: Option<Name>,
    /// Where it is declared.
    pub source: Option<Source>,
}

/// A service that sends with a bounce address of its own: SPF judges that, and says nothing about the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bouncing {
    /// The service, for a person.
    pub title: String,
    /// The name below the domain at which the bounces may come in.
    pub name: Option<Name>,
    /// Where it is declared.
    pub source: Option<Source>,
}

/// A DKIM selector.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// The owner name of its record: `SELECTOR._domainkey.DOMAIN`.
    pub owner: Name,
    /// What is declared about its key.
    pub key: SelectorKey,
    /// Where it is declared.
    pub source: Option<Source>,
}

/// What is declared about a DKIM key.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectorKey {
    /// The public key that belongs to what signs mail.
    Public(Box<dkim::Key>),
    /// The hoster has it, at this name.
    Alias(Name),
    /// It is void.
    Revoked,
    /// It signs mail; nothing more is known.
    Unknown,
}

/// An MTA-STS policy file (RFC 8461 section 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its octets.
    pub text: Vec<u8>,
    /// Where the policy is declared.
    pub source: Option<Source>,
}

/// What users' programs are offered: `None` is not declared, `Some(false)` is declared as not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Services {
    /// Submission with TLS from the start, port 465 (RFC 8314).
    pub submissions: Option<bool>,
    /// Submission with STARTTLS, port 587 (RFC 6409).
    pub submission: Option<bool>,
    /// IMAP with TLS from the start, port 993.
    pub imaps: Option<bool>,
    /// IMAP, port 143.
    pub imap: Option<bool>,
    /// POP3 with TLS from the start, port 995.
    pub pop3s: Option<bool>,
    /// POP3, port 110.
    pub pop3: Option<bool>,
    /// ManageSieve, port 4190 (RFC 5804).
    pub sieve: Option<bool>,
    /// A file for Thunderbird and others at `autoconfig.` or the domain itself.
    pub autoconfig: Option<bool>,
    /// A service for Outlook and others at `autodiscover.` or by SRV.
    pub autodiscover: Option<bool>,
}

/// A certificate of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The host that has it.
    pub host: Name,
    /// The ports at which it presents it.
    pub ports: Vec<u16>,
    /// Whether it is one to come.
    pub next: bool,
    /// The organisation in its issuer's name (`O=`), such as `Let's Encrypt`.
    pub issuer: Option<String>,
    /// What the file holds, the certificate of the host first, if it is there ([`Self::leaf`]). Empty when it holds a public key
    /// only.
    pub chain: Vec<tlsa::Certificate>,
    /// The TLSA record that is declared for it.
    pub record: Option<Rdata>,
    /// Where it is declared.
    pub source: Option<Source>,
}

impl Certificate {
    /// The certificate of the host itself; `None` when the file does not hold it: of an authority that is declared
    /// (`usage: trust-anchor`) the file may have nothing else.
    pub fn leaf(&self) -> Option<&tlsa::Certificate> {
        let first = self.chain.first()?;
        let anchor = self.record.as_ref().and_then(tlsa::Params::of).is_some_and(|params| params.usage == 2);
        let host = !first.is_authority || first.covers(&self.host) || first.common_name_covers(&self.host);
        (host || !anchor).then_some(first)
    }
}

impl Facts {
    /// The inventory entry of a host.
    pub fn host(&self, name: &Name) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == *name)
    }
}
