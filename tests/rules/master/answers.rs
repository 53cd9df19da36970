//! What we say to each of their findings.

use crate::conditions::{HAS_ALIAS, NEITHER_SOA_NOR_NS};
use crate::settle::{Row, in_some_versions, no_rule, ours, refuted, refuted_where};

/// What is no record of a zone, in our reader's words.
const READER: &[&str] = &["reader"];
/// The reader refuses the text, or a rule tells the value.
const REFUSED: &[&str] = &["reader", "zone.bad-value"];
/// Rules about hosts that records lead to.
const ALIAS: &[&str] = &["mx.target-cname", "ns.target-cname", "srv.target-cname"];
const NO_ADDRESS: &[&str] =
    &["mx.target-address", "ns.target-address", "ns.glue-missing", "srv.target-address"];
const LITERAL: &[&str] = &["mx.target-ip-literal", "ns.target-ip-literal"];
const NO_HOST: &[&str] =
    &["mx.target-syntax", "ns.hostname-syntax", "zone.hostname-syntax", "soa.mname-fqdn"];

const NAMES: &[&str] = &["soa.rname-valid", "reader"];
/// Why a zone of the corpus lacks what a whole zone has.
const PROVIDER: &str = "zones here may leave the SOA, and the NS records of the apex, to the provider; a provider may keep them to itself";

const SIGNED_LATER: &str = "RFC 7344 section 4.1 is about the zone as it is served: the DNSKEY records are those of the program that signs, which files lack";

pub(super) const BIND: &[Row] = &[
    ours("is a CNAME (illegal)", ALIAS),
    ours("is below a DNAME", ALIAS),
    ours("has no address records (A or AAAA)", NO_ADDRESS),
    ours("has no address records (A or AAAA)", LITERAL),
    refuted(
        "has no address records (A or AAAA)",
        "is not declared",
        "the rule says untested: what is not declared may be there",
    ),
    refuted(
        "has no address records (A or AAAA)",
        "is ignored",
        "the rule says untested: what is ignored may be there",
    ),
    refuted(
        "has no address records (A or AAAA)",
        "a zone held below, to which nothing delegates",
        "RFC 1034 section 4.2.1: nothing delegates to the zone that is held below, but it may be served: the rule says untested",
    ),
    ours("has no REQUIRED GLUE address records (A or AAAA)", &["ns.glue-missing"]),
    ours("MX is an address", LITERAL),
    ours("appears to be an address", LITERAL),
    ours("bad name (check-names)", NO_HOST),
    ours("bad name (check-names)", LITERAL),
    ours("bad name (check-names)", NAMES),
    ours("bad owner name (check-names)", &["zone.hostname-syntax", "reader"]),
    ours("invalid NS owner name (wildcard)", &["zone.hostname-syntax"]),
    ours("contains an non-terminal wildcard", &["zone.wildcard-mail", "zone.hostname-syntax", "reader"]),
    ours("CNAME and other data", &["zone.cname-and-data", "zone.cname-multiple"]),
    ours("multiple RRs of singleton type", &["zone.cname-multiple", "soa.single"]),
    ours("has no NS records", &["ns.present"]),
    refuted_where("has no NS records", &NEITHER_SOA_NOR_NS, PROVIDER),
    no_rule("has 0 SOA records", PROVIDER),
    ours("SOA record not at top of zone", &["soa.single"]),
    ours("found type SPF record but no SPF TXT record", &["spf.type99"]),
    ours("DS record at top of zone", &["zone.occluded"]),
    ours("deprecated digest type", &["sec.ds-digest"]),
    refuted(
        "deprecated digest type",
        "SHA-256, and SHA-1 beside it",
        "RFC 4509 section 3: with a SHA-256 digest beside it the one of SHA-1 is not used",
    ),
    ours("deprecated algorithm", &["sec.algorithm"]),
    ours("deprecated DNSKEY algorithm", &["sec.algorithm"]),
    ours("all DNSKEY algorithms found are deprecated", &["sec.algorithm"]),
    ours("CDS/CDNSKEY consistency checks failed", &["sec.cds-match"]),
    refuted("CDS/CDNSKEY consistency checks failed", "sec.cds-match: the example of RFC 8080", SIGNED_LATER),
    refuted(
        "CDS/CDNSKEY consistency checks failed",
        "sec.cds-match: a digest that is not computed",
        SIGNED_LATER,
    ),
    refuted("CDS/CDNSKEY consistency checks failed", "sec.cds-pending: ", SIGNED_LATER),
    refuted(
        "CDS/CDNSKEY consistency checks failed",
        "sec.ds-present: no DS, which a CDS asks for",
        SIGNED_LATER,
    ),
    refuted("CDS/CDNSKEY consistency checks failed", "one fault: CDS without DNSKEY", SIGNED_LATER),
    ours("TTL set to prior TTL", &["zone.rrset-ttl"]),
    ours("unexpected end of input", &["zone.bad-value"]),
    ours("label too long", READER),
    ours("syntax error", REFUSED),
    ours("bad dotted quad", READER),
    ours("not a valid number", READER),
    ours("out of range", READER),
    ours("> MAXTTL", READER),
    ours("unknown RR type", READER),
    ours("extra input text", READER),
    ours("unbalanced", READER),
    ours("bad hex encoding", REFUSED),
    ours("inconsistent resource record", READER),
    ours("ignoring out-of-zone data", READER),
    refuted_where(
        "unknown RR type 'ALIAS'",
        &HAS_ALIAS,
        "a type of single providers that no master file has",
    ),
    refuted(
        "exceeds configured max-zone-ttl",
        "a long TTL",
        "a limit of a server's settings: RFC 2181 section 8 allows 2147483647 s. zone.ttl-long tells it before a change",
    ),
    refuted("out of range", "a long TTL", "the same limit"),
    no_rule("file does not end with newline", "RFC 1035 section 5.1 asks for none"),
];

pub(super) const KNOT: &[Row] = &[
    ours("missing NS at the zone apex", &["ns.present"]),
    no_rule("missing SOA at the zone apex", PROVIDER),
    ours(
        "missing glue record",
        &["ns.glue-missing", "ns.target-ip-literal", "ns.target-address", "ns.target-cname"],
    ),
    ours("another record exists beside CNAME", &["zone.cname-and-data"]),
    ours("multiple CNAME records", &["zone.cname-multiple"]),
    ours("multiple DNAME records", &["zone.cname-multiple"]),
    ours("child record exists under DNAME", &["zone.occluded"]),
    ours("NS record exists beside DNAME", &["zone.occluded"]),
    ours("invalid digest length in DS", &["zone.bad-value"]),
    // Up to Knot 3.2.
    in_some_versions(refuted(
        "invalid algorithm in DS",
        "a digest type that nobody knows yet",
        "RFC 6840 section 5.2: resolvers pass over digest types that they do not know, and the registry grows",
    )),
    // The words of Knot 3.3.
    in_some_versions(refuted(
        "unknown algorithm in DS",
        "a digest type that nobody knows yet",
        "RFC 6840 section 5.2: resolvers pass over digest types that they do not know, and the registry grows",
    )),
    // From Knot 3.3 on.
    in_some_versions(ours("DS at the zone apex", &["zone.occluded"])),
    ours("error:", REFUSED),
    ours("invalid domain name character", &["soa.rname-at", "mx.target-ip-literal"]),
    ours("no keys for signing", &["sec.signed"]),
    refuted_where(
        "unsupported record type",
        &HAS_ALIAS,
        "a type of single providers that no master file has",
    ),
    ours("missing NSEC(3) record", &["sec.signed"]),
    refuted(
        "missing NSEC(3) record",
        "a delegation and what is below it",
        "RFC 4035 section 2.3: proofs of what is missing are judged where they are served, by questions (sec.denial)",
    ),
];
