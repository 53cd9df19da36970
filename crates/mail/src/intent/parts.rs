//! The parts of the block.

pub use crate::dmarc::Policy as DmarcPolicy;
pub use crate::mta_sts::policy::Mode as MtaStsMode;

use dnsctl_zone::{Name, Source, Ttl};
use std::net::IpAddr;

/// Something that was written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What.
    pub value: T,
    /// Where.
    pub source: Source,
}

impl<T> At<T> {
    /// A value with its place.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

/// A host that takes mail (RFC 5321 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Lower is tried first.
    pub preference: u16,
    /// The host.
    pub host: Name,
}

/// A host below the apex and its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// The addresses that it has.
    pub addresses: Vec<IpAddr>,
    /// Addresses that it will get: a move is planned. Only SPF names them already.
    pub planned: Vec<IpAddr>,
    /// Addresses that it had: nothing may name them any more.
    pub retired: Vec<IpAddr>,
    /// The name that it gives with EHLO; its own when absent.
    pub helo: Option<Name>,
    /// TTL of its address records.
    pub ttl: Option<Ttl>,
}

/// Who may send mail with addresses of the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A host: by the addresses that the block declares for it, else by whatever addresses its name has.
    Host(Name),
    /// A network, or one address.
    Network {
        /// Its address.
        address: IpAddr,
        /// How many bits of it count.
        prefix: u8,
    },
    /// Whom another domain's SPF record authorises.
    Include(Include),
    /// The hosts that take mail for a name; those of this domain without a name.
    Exchangers(Option<Name>),
    /// `exists:`, a domain-spec with macros (RFC 7208 section 5.7).
    Exists(String),
}

/// The target of `include:`: a name, or a text with macros (RFC 7208 section 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Include {
    /// A domain name.
    Name(Name),
    /// A text with macros.
    Macros(String),
}

/// A service that sends for the domain with a bounce address of its own, by which SPF judges its mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bouncing {
    /// The service, for a person.
    pub title: &'static str,
    /// The name below the domain at which its bounces may come in.
    pub name: Option<Name>,
}

/// What SPF says of everybody else (RFC 7208 section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpfAll {
    /// `-all`.
    Fail,
    /// `~all`.
    SoftFail,
    /// `?all`.
    Neutral,
}

impl SpfAll {
    /// The term.
    pub fn term(self) -> &'static str {
        match self {
            Self::Fail => "-all",
            Self::SoftFail => "~all",
            Self::Neutral => "?all",
        }
    }
}

/// What the SPF record says besides its senders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spf {
    /// What holds for everybody else.
    pub all: Option<SpfAll>,
    /// The domain whose record decides when no sender matched.
    pub redirect: Option<Name>,
}

/// A DKIM key by its selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The selector: one label or several.
    pub name: Name,
    /// What the label is in the file.
    pub text: String,
    /// Where the key is.
    pub key: DkimSource,
    /// Verifiers treat mail as if it were not signed (`t=y`, RFC 6376 section 3.6.1).
    pub test: bool,
}

/// Where a DKIM key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DkimSource {
    /// In a file.
    File(FileRef),
    /// In the block: base64 of the key, or the text of a whole record.
    Public(String),
    /// At a name of the hoster.
    Alias(Name),
    /// Nowhere any more: signatures with it are void (RFC 6376 section 3.6.1, an empty `p`).
    Revoked,
}

/// A file, by its path from the folder of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileRef {
    /// The path as messages show it. [`Files`](super::Files) are found by it.
    pub path: String,
}

/// A DMARC record (RFC 9989 section 4.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// For the domain.
    pub policy: DmarcPolicy,
    /// For existing subdomains; as the domain when absent.
    pub subdomains: Option<DmarcPolicy>,
    /// For names that do not exist; as subdomains when absent.
    pub nonexistent: Option<DmarcPolicy>,
    /// Where aggregate reports go: `mailto:` addresses.
    pub rua: Vec<At<String>>,
    /// Where failure reports go.
    pub ruf: Vec<At<String>>,
    /// Whether the domain of the DKIM signature must be exactly that of the author.
    pub strict_dkim: bool,
    /// Whether the domain of SPF must be exactly that of the author.
    pub strict_spf: bool,
    /// Receivers apply the policy one level lower (`t=y`).
    pub test: bool,
}

/// MTA-STS (RFC 8461).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MtaSts {
    /// The mode.
    pub mode: MtaStsMode,
    /// How long senders keep the policy, in seconds: 0 to 31,557,600.
    pub max_age: u32,
    /// Patterns that cover the hosts; the hosts themselves when empty.
    pub mx: Vec<At<String>>,
    /// Who serves the policy at `mta-sts.DOMAIN`.
    pub host: Option<PolicyHost>,
}

/// Who serves the policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyHost {
    /// Another host: `mta-sts` is an alias of it.
    Alias(Name),
    /// These addresses.
    Addresses(Vec<IpAddr>),
}

/// TLS-RPT (RFC 8460).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsReports {
    /// Where reports go: `mailto:` or `https:`.
    pub rua: Vec<At<String>>,
}

/// What a TLSA record is about (RFC 7672 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// The certificate of the host itself: `3 1 1`.
    EndEntity,
    /// The authority that issued it: `2 1 1`.
    TrustAnchor,
}

/// TLSA records of some hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dane {
    /// The hosts.
    pub hosts: Vec<At<Name>>,
    /// The certificate that they present.
    pub certificate: At<FileRef>,
    /// Those that they will present next.
    pub next: Vec<At<FileRef>>,
    /// The ports; 25 when empty.
    pub ports: Vec<u16>,
    /// What the certificate is.
    pub usage: Usage,
}

/// Whether users must log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthPolicy {
    /// Yes.
    Required,
    /// Not from where they are.
    Optional,
}

/// Where users hand in mail (RFC 6409, RFC 8314).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// The host that takes mail from users.
    pub relay: At<Name>,
    /// Its ports: 587 (STARTTLS), 465 (TLS).
    pub submission: Vec<At<u16>>,
    /// Whether users must log in there. No record is made of it and no rule reads it: only the server itself can show it.
    pub auth: AuthPolicy,
}

/// Where users read mail (RFC 6186, RFC 8314).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A host and its ports.
    Host {
        /// The host.
        host: Name,
        /// The ports: 993 and 143 for IMAP, 995 and 110 for POP3, 4190 for ManageSieve.
        ports: Vec<u16>,
    },
    /// Nowhere: clients are told not to try (RFC 6186 section 3.4).
    Nowhere,
}

/// BIMI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bimi {
    /// Where logo and evidence are.
    Logo {
        /// `https:` URL of the logo.
        logo: String,
        /// `https:` URL of the mark certificate.
        evidence: Option<String>,
    },
    /// The domain has no logo and wants none to be shown.
    Declined,
}
