//! What we say to each of their findings.

use crate::settle::{Row, ours, refuted};

const NO_ALL: &[&str] = &[
    "spf.all-missing",
    "spf.neutral-all",
    "spf.plus-all",
    "spf.after-all",
    "spf.syntax",
    "spf.unknown-mechanism",
    "spf.no-separator",
    "spf.redirect-with-all",
    "spf.version",
    "spf.redirect-none",
    "spf.include-permerror",
    "spf.loop",
    "spf.lookups",
    "spf.softfail",
    "spf.redirect-multiple",
    "spf.multiple",
    "spf.ip-invalid",
];
const NO_SPF: &[&str] = &[
    "zone.wildcard-mail",
    "zone.occluded",
    "spf.present",
    "spf.version",
    "spf.leading-space",
    "spf.type99",
    "spf.senderid",
    "mx.null-sends",
    "spf.no-mail",
];
const NO_DMARC: &[&str] = &[
    "dmarc.present",
    "dmarc.version",
    "dmarc.leading-space",
    "dmarc.separator",
    "dmarc.apex",
    "dmarc.multiple",
    "dmarc.spf-there",
    "dmarc.unrelated",
    "dmarc.no-mail",
];
const REDIRECT: &str = "RFC 7208 section 6.1: redirect takes the place of all";
const WILDCARD: &str =
    "RFC 4592 section 2.2: a wildcard answers for it, or names below it make it one that exists";
const LITERAL: &[&str] =
    &["mx.target-ip-literal", "ns.target-ip-literal", "srv.target-address", "zone.dangling-target"];
const NO_HOST: &[&str] =
    &["mx.target-syntax", "ns.hostname-syntax", "zone.hostname-syntax", "mx.target-ip-literal", "zone.idna"];

pub(super) const ZONES: &[Row] = &[
    // Structure.
    ours("root-cname", &["zone.cname-and-data"]),
    ours("cname-root-rfc", &["zone.cname-and-data"]),
    ours("cname-coexistence", &["zone.cname-and-data"]),
    ours("exactly one RDATA", &["zone.cname-multiple", "soa.single"]),
    ours("no-cname-loop", &["zone.cname-loop"]),
    ours("dname-coexistence", &["zone.occluded", "zone.cname-and-data"]),
    refuted(
        "glue-for-in-zone-ns",
        "NS below itself without glue",
        "RFC 1034 section 4.2.2: glue is for servers below the delegation; this one is below another, whose missing glue ns.glue-missing tells",
    ),
    ours(
        "glue-for-in-zone-ns",
        &["ns.glue-missing", "ns.target-address", "ns.target-ip-literal", "ns.target-cname"],
    ),
    ours("multi-value-ns", &["ns.min-two", "zone.occluded"]),
    refuted(
        "multi-value-ns",
        "a zone of a service",
        "few ask it, and they try again: a certificate authority, for a validation",
    ),
    ours("mx-target-not-cname", &["mx.target-cname"]),
    ours("ns-target-not-cname", &["ns.target-cname"]),
    ours("srv-target-not-cname", &["srv.target-cname"]),
    ours("cname-target-resolvable-in-zone", &["zone.dangling-target"]),
    ours("mx-target-resolvable-in-zone", &["mx.target-address", "mx.target-ip-literal"]),
    ours("srv-target-resolvable-in-zone", &["srv.target-address"]),
    refuted("resolvable-in-zone", "zone.dangling-target:", WILDCARD),
    refuted("resolvable-in-zone", "an address, a wildcard", WILDCARD),
    refuted(
        "resolvable-in-zone",
        "is not declared",
        "the rule says untested: what is not declared may be there",
    ),
    refuted("resolvable-in-zone", "is ignored", "the rule says untested: what is ignored may be there"),
    refuted(
        "resolvable-in-zone",
        "below a delegation",
        "RFC 1034 section 4.2: the servers of the zone below know it, and the rule says untested",
    ),
    refuted(
        "resolvable-in-zone",
        "below a DNAME",
        "RFC 6672 section 3.1: the DNAME leads it elsewhere; mx.target-cname tells it",
    ),
    ours("cname-target-not-cname", &["zone.cname-loop"]),
    refuted(
        "cname-target-not-cname",
        "",
        "RFC 1034 section 3.6.2: resolvers follow aliases of aliases; zone.cname-loop tells of more than eight",
    ),
    // Values.
    ours("not-ip", LITERAL),
    ours("chunked-value-rfc", &["dmarc.separator", "spf.no-separator", "spf.syntax"]),
    refuted(
        "targets-value-rfc: PTR",
        "a name for people",
        "RFC 6763 section 4.1.1: names of services are for people",
    ),
    refuted("srv-name-rfc", "a name for people", "RFC 6763 section 4.1.1: names of services are for people"),
    refuted("alias-root", "", "a limit of octoDNS: providers have ALIAS at other names, too"),
    ours("is not a valid FQDN", NO_HOST),
    ours("is not a valid FQDN", &["mx.target-localhost"]),
    ours("IdnaError", &["zone.idna"]),
    ours("tlsa-value-rfc", &["dane.params", "dane.usage"]),
    ours("tlsa-value-best-practice", &["dane.full", "dane.params"]),
    ours("spf-record-type", &["spf.type99"]),
    ours("ds-value", &["sec.ds-digest", "sec.algorithm"]),
    refuted(
        "ds-value-best-practice",
        "SHA-256, and SHA-1 beside it",
        "RFC 4509 section 3: with a SHA-256 digest beside it the one of SHA-1 is not used",
    ),
    ours("caa-value-rfc", &["caa.syntax"]),
    ours("preference must be 0 for null MX", &["mx.null-pref", "mx.null-with-others"]),
    refuted(
        "issuewild",
        "",
        "RFC 8659 section 4.3: without issuewild the issue records hold for wildcards, too",
    ),
    refuted("https-value-rfc: svcparams set on AliasMode", "", "RFC 9460 section 2.4.2: they are ignored"),
    // Mail.
    ours("multiple SPF values", &["spf.multiple"]),
    ours("multiple DMARC values", &["dmarc.multiple"]),
    ours("should terminate with", NO_ALL),
    ours("missing an SPF TXT record", NO_SPF),
    ours("missing strict SPF TXT record", NO_SPF),
    ours("strict SPF TXT record", &["mx.null-sends", "spf.no-mail"]),
    ours("missing a DMARC TXT record", NO_DMARC),
    ours("missing strict DMARC TXT record", NO_DMARC),
    ours(
        "should have a DMARC TXT record",
        &[
            "dmarc.no-mail",
            "dmarc.p-none",
            "dmarc.p-invalid",
            "dmarc.p-missing",
            "dmarc.separator",
            "dmarc.present",
        ],
    ),
    ours("is missing a policy (p=...)", &["dmarc.p-missing", "dmarc.separator"]),
    refuted(
        "handles mail but is missing MX",
        "",
        "RFC 7208 section 3: an SPF record says who sends for the name, and who sends need not receive; where an address would get the mail, mx.implicit tells it",
    ),
    ours("disables mail but is missing a Null MX", &["mx.null-valid", "mx.implicit"]),
    refuted(
        "disables mail but is missing a Null MX",
        "",
        "RFC 5321 section 5.1: without an address at the name there is nothing that mail could go to",
    ),
    ours("should have at least 2 values", &["mx.single"]),
    refuted(
        "should have at least 2 values",
        "",
        "RFC 5321 section 5.1: one name may be many machines, and most hosters give one; mx.single tells it where the addresses say that it is one machine",
    ),
    refuted(
        "missing strict DMARC TXT record",
        "dmarc.present:",
        "the record of the organisation holds, or that of another zone (RFC 9989 section 4.10)",
    ),
    refuted(
        "strict SPF TXT record",
        "somebody else says it",
        "RFC 7208 section 6.1: what the target of redirect says holds",
    ),
    refuted(
        "multiple SPF values",
        "left over beside the one that counts",
        "RFC 7208 section 4.5: \"v=spf10\" is no SPF record; spf.version tells it",
    ),
    refuted(
        "missing an SPF TXT record",
        "the texts are not managed here",
        "the rule says untested: what is ignored may be there",
    ),
    refuted(
        "missing a DMARC TXT record",
        "blanks about the equals sign",
        "RFC 9989 section 4.8: blanks may stand there",
    ),
    refuted("should terminate with", "redirect ends it", REDIRECT),
    refuted(
        "should terminate with",
        "a modifier may stand there",
        "RFC 7208 section 4.6.1: modifiers may stand anywhere",
    ),
    refuted("should terminate with", "somebody else says", REDIRECT),
    refuted("should terminate with", "spf.redirect-multiple: one of each", REDIRECT),
    refuted("should terminate with", "spf.redirect-none: ", REDIRECT),
    refuted("should terminate with", "spf.redirect-with-all: alone", REDIRECT),
    refuted("should terminate with", "spf.relay-authorised: a redirect", REDIRECT),
    refuted(
        "should terminate with",
        "several spaces, also at the end",
        "RFC 7208 section 4.5: blanks may end it",
    ),
    refuted(
        "missing strict SPF TXT record",
        "the texts are ignored",
        "the rule says untested: what is ignored may be there",
    ),
];

pub(super) const REAL: &[Row] = &[
    refuted(
        "missing trailing .",
        "",
        "octoDNS takes such a name for a full one, and so does our reader of its files: nothing is wrong in the zone",
    ),
    refuted(
        "issuewild",
        "",
        "RFC 8659 section 4.3: without issuewild the issue records hold for wildcards, too",
    ),
    refuted(
        "cname-target-not-cname",
        "",
        "RFC 1034 section 3.6.2: resolvers follow aliases of aliases; zone.cname-loop tells of more than eight",
    ),
    refuted("handles mail but is missing MX", "", "RFC 7208 section 3: who sends need not receive"),
    ours("missing an SPF TXT record", &["spf.present"]),
    ours("missing a DMARC TXT record", &["dmarc.present"]),
    refuted(
        "missing a DMARC TXT record",
        "",
        "RFC 9989 section 4.10: the record is behind an alias (CNAME), which octoDNS does not follow, or the one of the organisation holds",
    ),
    ours("strict SPF TXT record", &["mx.null-sends", "spf.unknown-mechanism"]),
    ours("disables mail but is missing a Null MX", &["mx.implicit"]),
    refuted(
        "disables mail but is missing a Null MX",
        "trackmycrime.com",
        "RFC 5321 section 5.1: without an address at the name there is nothing that mail could go to",
    ),
    ours("not-ip", &["zone.dangling-target"]),
    refuted(
        "resolvable-in-zone",
        "service.justice.gov.uk",
        "RFC 1034 section 4.2: the name is below a delegation, and the servers of that zone know it",
    ),
    refuted(
        "srv-name-rfc",
        "",
        "_sipfederationtls is the name that Microsoft 365 asks for; RFC 2782 has no limit of 15 signs",
    ),
    ours("should have at least 2 values", &["mx.single"]),
    refuted(
        "should have at least 2 values",
        "",
        "RFC 5321 section 5.1: one name may be many machines, as those of Microsoft 365 and Amazon SES are",
    ),
];
