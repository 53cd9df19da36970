//! What we say to each of their findings.

use crate::conditions::{DMARC_IS_ELSEWHERE, NO_ADDRESS, SEVERAL_MACHINES, SHORT_CHAIN};
use crate::settle::{Row, example, no_rule, ours, ours_in, refuted, refuted_where};

/// Rules about the end of an SPF record.
const NO_ALL: &[&str] = &["spf.all-missing", "spf.neutral-all", "spf.plus-all", "spf.after-all"];
/// A record with one of these faults does not end as it should, either. The fault is told, and what is behind it is not judged.
const NO_ALL_BY_FAULT: &[&str] = &[
    "spf.include-permerror",
    "spf.no-separator",
    "spf.redirect-multiple",
    "spf.redirect-none",
    "spf.syntax",
    "spf.unknown-mechanism",
    "spf.version",
];
/// What stands in the place of a record.
const NO_RECORD: &[&str] =
    &["dmarc.present", "dmarc.version", "dmarc.leading-space", "dmarc.apex", "dmarc.spf-there"];
const REDIRECT: &str = "RFC 7208 section 6.1: redirect takes the place of all";
const ABOVE: &str =
    "RFC 9989 section 4.10: the record of the organisation, or that of another zone, holds or may hold";
const WILDCARD: &str =
    "RFC 4592 section 2.2: a wildcard answers for it, or names below it make it one that exists";
const LITERAL: &[&str] =
    &["mx.target-ip-literal", "ns.target-ip-literal", "srv.target-address", "zone.dangling-target"];
const NO_HOST: &[&str] = &["mx.target-syntax", "zone.hostname-syntax", "mx.target-ip-literal", "zone.idna"];

pub(super) const ZONES: &[Row] = &[
    // Structure.
    ours("root-cname", &["zone.cname-and-data"]),
    ours("cname-root-rfc", &["zone.cname-and-data"]),
    ours("cname-coexistence", &["zone.cname-and-data"]),
    ours("exactly one RDATA", &["zone.cname-multiple"]),
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
    refuted("resolvable-in-zone", "an alias to a name, a wildcard, a name with a text", WILDCARD),
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
    refuted(
        "resolvable-in-zone",
        "an alias leads into a zone held beside",
        "RFC 6672 section 3.1: the DNAME leads it elsewhere; mx.target-cname tells it",
    ),
    refuted(
        "resolvable-in-zone",
        "a zone held below, to which nothing delegates",
        "RFC 1034 section 4.2.1: nothing delegates to the zone that is held below, but it may be served: the rule says untested",
    ),
    ours("cname-target-not-cname", &["zone.cname-loop"]),
    refuted_where(
        "cname-target-not-cname",
        &SHORT_CHAIN,
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
    no_rule("alias-root", "a limit of octoDNS: providers have ALIAS at other names, too"),
    ours("is not a valid FQDN", NO_HOST),
    ours("is not a valid FQDN", &["mx.target-localhost"]),
    ours("IdnaError", &["zone.idna"]),
    ours("tlsa-value-rfc", &["dane.params"]),
    ours("tlsa-value-best-practice", &["dane.full", "dane.params"]),
    ours("spf-record-type", &["spf.type99"]),
    ours("ds-value", &["sec.ds-digest", "sec.algorithm", "zone.bad-value"]),
    ours("sshfp-value", &["zone.bad-value"]),
    refuted(
        "sshfp-value-best-practice",
        "digests of each length",
        "no rule is about the strength of SSH fingerprints: RFC 4255 section 3.1.2 has SHA-1, and nothing withdrew it",
    ),
    refuted(
        "ds-value-best-practice",
        "SHA-256, and SHA-1 beside it",
        "RFC 4509 section 3: with a SHA-256 digest beside it the one of SHA-1 is not used",
    ),
    ours("caa-value-rfc", &["caa.syntax"]),
    ours("preference must be 0 for null MX", &["mx.null-pref"]),
    no_rule("issuewild", "RFC 8659 section 4.3: without issuewild the issue records hold for wildcards, too"),
    no_rule("https-value-rfc: svcparams set on AliasMode", "RFC 9460 section 2.4.2: they are ignored"),
    // Mail.
    ours("multiple SPF values", &["spf.multiple"]),
    ours("multiple DMARC values", &["dmarc.multiple"]),
    ours("should terminate with", NO_ALL),
    example("should terminate with", NO_ALL_BY_FAULT),
    ours("missing an SPF TXT record", &["spf.present"]),
    // Names at which no SPF record would be looked for, or which has one of another kind.
    ours_in("missing an SPF TXT record", "*.", &["zone.wildcard-mail"]),
    example("missing an SPF TXT record", &["zone.wildcard-mail", "zone.occluded", "spf.type99"]),
    ours("missing strict SPF TXT record", &["mx.null-sends"]),
    ours("strict SPF TXT record", &["mx.null-sends"]),
    ours("missing a DMARC TXT record", NO_RECORD),
    ours("missing strict DMARC TXT record", NO_RECORD),
    ours("should have a DMARC TXT record", &["dmarc.no-mail", "dmarc.p-none", "dmarc.present"]),
    ours("is missing a policy (p=...)", &["dmarc.p-missing", "dmarc.separator"]),
    refuted_where(
        "handles mail but is missing MX",
        &NO_ADDRESS,
        "RFC 7208 section 3: an SPF record says who sends for the name, and who sends need not receive; no mail goes where there is no address",
    ),
    ours("disables mail but is missing a Null MX", &["mx.null-valid", "mx.implicit", "mx.present"]),
    refuted(
        "disables mail but is missing a Null MX",
        "mx.implicit: the MX records are ignored",
        "the rule says untested: what is ignored may be there",
    ),
    refuted_where(
        "disables mail but is missing a Null MX",
        &NO_ADDRESS,
        "RFC 5321 section 5.1: without an address at the name there is nothing that mail could go to",
    ),
    ours("should have at least 2 values", &["mx.single"]),
    refuted_where(
        "should have at least 2 values",
        &SEVERAL_MACHINES,
        "RFC 5321 section 5.1: one name may be many machines, and most hosters give one; mx.single tells it where the addresses say that it is one machine",
    ),
    refuted("missing strict DMARC TXT record", "dmarc.present: that of", ABOVE),
    refuted("missing strict DMARC TXT record", "dmarc.present: an alias of", ABOVE),
    refuted("missing strict DMARC TXT record", "dmarc.present: a delegation", ABOVE),
    refuted("missing strict DMARC TXT record", "dmarc.present: it may be there", ABOVE),
    refuted(
        "strict SPF TXT record",
        "says it",
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
        "whether a domain above has a DMARC policy",
        "the rule says untested: the record of the organisation may hold (RFC 9989 section 4.10)",
    ),
    refuted(
        "missing a DMARC TXT record",
        "an alias that leads elsewhere",
        "the rule says untested: the record behind the alias may hold",
    ),
    refuted(
        "missing strict DMARC TXT record",
        "an alias that leads elsewhere",
        "the rule says untested: the record behind the alias may hold",
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
    refuted("should terminate with", "spf.redirect-none: there is one", REDIRECT),
    refuted("should terminate with", "spf.redirect-none: foreign", REDIRECT),
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
    no_rule(
        "missing trailing .",
        "octoDNS takes such a name for a full one, and so does our reader of its files: nothing is wrong in the zone",
    ),
    no_rule("issuewild", "RFC 8659 section 4.3: without issuewild the issue records hold for wildcards, too"),
    refuted_where(
        "cname-target-not-cname",
        &SHORT_CHAIN,
        "RFC 1034 section 3.6.2: resolvers follow aliases of aliases; zone.cname-loop tells of more than eight",
    ),
    ours("handles mail but is missing MX", &["mx.implicit"]),
    refuted_where(
        "handles mail but is missing MX",
        &NO_ADDRESS,
        "RFC 7208 section 3: who sends need not receive",
    ),
    ours("missing an SPF TXT record", &["spf.present"]),
    ours("missing a DMARC TXT record", &["dmarc.present"]),
    refuted_where(
        "missing a DMARC TXT record",
        &DMARC_IS_ELSEWHERE,
        "RFC 9989 section 4.10: a record behind an alias (CNAME) counts, and octoDNS does not follow it",
    ),
    refuted(
        "missing a DMARC TXT record",
        "devl.justice.gov.uk",
        "that of justice.gov.uk holds (RFC 9989 section 4.10)",
    ),
    refuted("missing a DMARC TXT record", ".dsd.io", "that of dsd.io holds (RFC 9989 section 4.10)"),
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
    no_rule(
        "srv-name-rfc",
        "_sipfederationtls is the name that Microsoft 365 asks for; RFC 2782 has no limit of 15 signs",
    ),
    ours("should have at least 2 values", &["mx.single"]),
    refuted_where(
        "should have at least 2 values",
        &SEVERAL_MACHINES,
        "RFC 5321 section 5.1: one name may be many machines, as those of Microsoft 365 and Amazon SES are",
    ),
];
