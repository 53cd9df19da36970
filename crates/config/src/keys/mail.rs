//! The keys of the `mail:` block.

use super::{Form, Key, TEXT, key, required};

const HOST: Form = Form::Text(&["mail", "mail.example.net."]);
const FILE: Form = Form::Text(&["../keys/s2026.pub"]);
const DOMAIN: Form = Form::Text(&["_spf.relay.example"]);
const URIS: Form = Form::OneOrMany(&Form::Text(&["mailto:dmarc@example.com"]));
const POLICY: Form = Form::Choice(&[
    ("none", "Receivers only report."),
    ("quarantine", "Receivers treat the mail as suspicious."),
    ("reject", "Receivers reject the mail."),
]);
const ALIGNMENT: Form = Form::Choice(&[
    ("relaxed", "The organisation's domain is enough."),
    ("strict", "It is exactly the author's domain."),
]);

/// The block as a whole.
pub(crate) const FORM: Form = Form::Either(&[
    Form::Choice(&[("none", "The domain neither receives nor sends mail.")]),
    Form::Table(MAIL),
]);

/// `mail:`.
pub(crate) const MAIL: &[Key] = &[
    key(
        "preset",
        Form::Preset,
        "Hosters of mail whose records are filled in: one name, several, or names with options.",
    ),
    key(
        "receives",
        Form::Bool,
        "Whether the domain receives mail. Default: whether a host takes it. false publishes a null MX.",
    ),
    key(
        "sends",
        Form::Bool,
        "Whether mail is sent with addresses of the domain. Default: whether there are senders.",
    ),
    key("ttl", Form::Seconds, "TTL of the derived records. Default: that of the zone."),
    key(
        "mx",
        Form::Either(&[HOST, Form::Named(&Form::OneOrMany(&HOST))]),
        "The hosts that take mail, by preference: { 10: mail, 20: backup.relay.example. }. One name alone has 10.",
    ),
    key(
        "hosts",
        Form::Named(&Form::Either(&[Form::OneOrMany(&Form::Text(&["192.0.2.25"])), Form::Table(HOST_KEYS)])),
        "Hosts of this zone and their addresses. Their A and AAAA records are derived.",
    ),
    key(
        "senders",
        Form::OneOrMany(&Form::Either(&[Form::Text(&["mail", "192.0.2.0/24"]), Form::Table(SENDER)])),
        "Who may send mail with addresses of the domain: hosts, networks, { include: DOMAIN }.",
    ),
    key("spf", Form::Table(SPF), "What else the SPF record says."),
    key(
        "dkim",
        Form::Named(&Form::Either(&[
            Form::Choice(&[("revoked", "Signatures with this key are void.")]),
            Form::Table(SELECTOR),
        ])),
        "The keys that sign mail, by selector.",
    ),
    key("dmarc", Form::Either(&[POLICY, Form::Table(DMARC)]), "The DMARC policy, or more about it."),
    key(
        "reports_for",
        Form::OneOrMany(&Form::Text(&["example.net"])),
        "Other domains whose DMARC reports may be sent to addresses of this one.",
    ),
    key(
        "mta_sts",
        Form::Table(MTA_STS),
        "MTA-STS: senders must use TLS. `dnsctl mail policy` writes the policy file.",
    ),
    key("tls_rpt", Form::Table(TLS_RPT), "Where senders report failures of TLS."),
    key(
        "dane",
        Form::OneOrMany(&Form::Table(DANE)),
        "TLSA records of mail hosts. They count only in a signed zone.",
    ),
    key("smtp", Form::Table(SMTP), "Where users hand in mail."),
    key("imap", ACCESS, "Where users read mail; false tells their programs that there is none."),
    key("pop", ACCESS, "The same over POP3."),
    key("sieve", ACCESS, "Where users keep their filters (ManageSieve)."),
    key("autoconfig", HOST, "The host that answers at autoconfig.DOMAIN (Thunderbird)."),
    key("autodiscover", HOST, "The host that answers for Autodiscover (Outlook)."),
    key(
        "bimi",
        Form::Either(&[Form::Choice(&[("none", "No logo is to be shown.")]), Form::Table(BIMI)]),
        "The logo that is shown beside mail of the domain.",
    ),
];

const ACCESS: Form = Form::Either(&[HOST, Form::Table(ACCESS_KEYS)]);

/// A host.
pub(crate) const HOST_KEYS: &[Key] = &[
    required("addresses", Form::OneOrMany(&Form::Text(&["192.0.2.25", "2001:db8::25"])), "Its addresses."),
    key(
        "planned",
        Form::OneOrMany(&Form::Text(&["203.0.113.26"])),
        "Addresses that it will get. SPF names them already; a rule looks at the TTL before the move.",
    ),
    key(
        "retired",
        Form::OneOrMany(&Form::Text(&["203.0.113.25"])),
        "Addresses that it had: no record may name them.",
    ),
    key("helo", HOST, "The name that it gives with EHLO. Default: its own."),
    key("ttl", Form::Seconds, "TTL of its address records."),
];

/// A sender by its kind.
pub(crate) const SENDER: &[Key] = &[
    key("host", HOST, "A host: by its declared addresses, else a:NAME."),
    key("ip4", Form::Text(&["192.0.2.0/24"]), "An IPv4 address or network."),
    key("ip6", Form::Text(&["2001:db8::/32"]), "An IPv6 address or network."),
    key("include", DOMAIN, "The domain whose SPF record authorises its servers, in full."),
    key("a", DOMAIN, "A host of any domain, in full: a:NAME."),
    key(
        "mx",
        Form::Either(&[Form::Bool, DOMAIN]),
        "The hosts that take mail: true for those of this domain, else a domain in full.",
    ),
    key("exists", Form::Text(&["%{i}.allow.example.com"]), "A name with macros (RFC 7208 section 7)."),
];

/// `spf:`.
pub(crate) const SPF: &[Key] = &[
    key(
        "all",
        Form::Choice(&[
            ("fail", "-all: nobody else may send."),
            ("softfail", "~all: nobody else should send."),
            ("neutral", "?all: nothing is said of others."),
        ]),
        "What holds for everybody else. Default: softfail, and fail when nobody sends.",
    ),
    key("redirect", DOMAIN, "The domain whose SPF record decides when no sender matched, in full."),
];

/// A DKIM key.
pub(crate) const SELECTOR: &[Key] = &[
    key("key_file", FILE, "A file with the public key: PEM, base64, or what opendkim-genkey writes."),
    key("public", TEXT, "The public key in base64, or the text of the whole record."),
    key("cname", Form::Text(&["s1.dkim.hoster.example."]), "The name at the hoster that has the key."),
    key("test", Form::Bool, "Verifiers treat mail as if it were not signed (t=y). Default: false."),
];

/// `dmarc:`.
pub(crate) const DMARC: &[Key] = &[
    required("policy", POLICY, "What receivers are asked to do with mail that fails."),
    key("subdomains", POLICY, "The same for subdomains that exist. Default: as `policy`."),
    key("nonexistent", POLICY, "The same for names that do not exist. Default: as `subdomains`."),
    key("rua", URIS, "Where aggregate reports go."),
    key("ruf", URIS, "Where failure reports go."),
    key(
        "alignment",
        Form::Either(&[ALIGNMENT, Form::Table(ALIGNMENTS)]),
        "How exactly the domains of DKIM and SPF must be the author's. Default: relaxed.",
    ),
    key("test", Form::Bool, "Receivers apply the policy one level lower (t=y). Default: false."),
];

/// `alignment:` for each.
pub(crate) const ALIGNMENTS: &[Key] = &[
    key("dkim", ALIGNMENT, "For the domain of the signature."),
    key("spf", ALIGNMENT, "For the domain of the envelope."),
];

/// `mta_sts:`.
pub(crate) const MTA_STS: &[Key] = &[
    required(
        "mode",
        Form::Choice(&[
            ("testing", "Senders only report."),
            ("enforce", "Senders refuse to deliver without TLS."),
            ("none", "The policy ends."),
        ]),
        "What senders do.",
    ),
    key("max_age", Form::Seconds, "How long senders keep the policy, up to a year. Default: 1w."),
    key(
        "mx",
        Form::OneOrMany(&Form::Text(&["*.example.com"])),
        "Patterns that cover the hosts that take mail. Default: those hosts.",
    ),
    key(
        "host",
        Form::OneOrMany(&Form::Text(&["web.example.net.", "192.0.2.80"])),
        "Who serves the policy at mta-sts.DOMAIN: a host, or addresses. Default: nothing is derived.",
    ),
];

/// `tls_rpt:`.
pub(crate) const TLS_RPT: &[Key] = &[required(
    "rua",
    Form::OneOrMany(&Form::Text(&["mailto:tls@example.com", "https://example.com/tls"])),
    "Where reports go.",
)];

/// `dane:`.
pub(crate) const DANE: &[Key] = &[
    required("hosts", Form::OneOrMany(&HOST), "Hosts of this zone."),
    required(
        "certificate",
        Form::Text(&["../certs/mail.pem"]),
        "A file with the certificate that they present, as PEM.",
    ),
    key(
        "next",
        Form::OneOrMany(&Form::Text(&["../certs/mail-next.pem"])),
        "Files with certificates to come, or with their public keys.",
    ),
    key("ports", Form::OneOrMany(&Form::Port), "Their ports. Default: 25."),
    key(
        "usage",
        Form::Choice(&[
            ("end-entity", "3 1 1: the key of the host itself."),
            ("trust-anchor", "2 1 1: the key of the authority in the file."),
        ]),
        "What is pinned. Default: end-entity.",
    ),
];

/// `smtp:`.
pub(crate) const SMTP: &[Key] = &[
    required("relay", HOST, "The host that takes mail from users."),
    key("submission", Form::OneOrMany(&Form::Port), "Its ports: 587 (STARTTLS), 465 (TLS)."),
    key(
        "auth",
        Form::Choice(&[("required", "Users must log in."), ("optional", "Not from where they are.")]),
        "Whether users must log in. Nothing follows from it yet: only the server itself can show it. Default: required.",
    ),
];

/// `imap:`, `pop:` and `sieve:`.
pub(crate) const ACCESS_KEYS: &[Key] = &[
    required("host", HOST, "The host."),
    key(
        "ports",
        Form::OneOrMany(&Form::Port),
        "Its ports: 993 and 143 for IMAP, 995 and 110 for POP3, 4190 for ManageSieve. Default: 993, 995, 4190.",
    ),
];

/// `bimi:`.
pub(crate) const BIMI: &[Key] = &[
    required("logo", Form::Text(&["https://example.com/logo.svg"]), "Where the logo is, https only."),
    key(
        "evidence",
        Form::Text(&["https://example.com/vmc.pem"]),
        "Where the mark certificate is, https only.",
    ),
];
