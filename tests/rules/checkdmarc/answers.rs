//! What we say to each of its findings.

use crate::conditions::{
    EVIDENCE_IS_SOUND, NO_MAIL_DOMAIN, NO_PICTURE_ALLOWED, NO_TLS_WANTED, TAKES_NO_MAIL,
};
use crate::settle::{Row, ours, refuted, refuted_where};

const NOT_MAIL: &str =
    "asked of every zone: RFC 9989 section 5.1 is for domains with MX, senders or an address";
const OPTIONAL: &str =
    "nobody has to have one: RFC 8461 and RFC 8460 are for domains that receive mail, with TLS";
/// Why somebody who is told that a record is missing may have it.
const UNTESTED: &str = "the rule says untested: what is not declared, ignored or another zone's may be there";
const NO_PICTURE: &str =
    "BIMI draft section 7.1: without a policy that enforces, or without mail, no picture is shown";
const HTTPS: &str =
    "RFC 9989 section 4.7: rua takes any URI; who reports by https is found by others than mailto";
const BLANKS: &str = "RFC 9989 section 4.8, and the BIMI draft: blanks may stand about the equals sign";
const UNKNOWN_KEY: &str = "RFC 8461 section 3.2: keys that are not known are ignored";
const EXTENSION: &str =
    "RFC 8461 section 3.1 and RFC 8460 section 3 allow extension fields, and what is not known is ignored";

pub(super) const CHECKDMARC: &[Row] = &[
    // DMARC: records that are missing, too many or in the wrong place.
    ours(
        "dmarc: A DMARC record does not exist",
        &["dmarc.present", "dmarc.version", "dmarc.leading-space", "dmarc.multiple", "dmarc.apex"],
    ),
    refuted_where("dmarc: A DMARC record does not exist", &NO_MAIL_DOMAIN, NOT_MAIL),
    refuted("dmarc: A DMARC record does not exist", "mx.present: it may be there, but", UNTESTED),
    refuted("dmarc: A DMARC record does not exist", "a domain above has a DMARC policy", UNTESTED),
    refuted("dmarc: A DMARC record does not exist", "the name may be there itself", UNTESTED),
    refuted("dmarc: A DMARC record does not exist", "an alias that leads elsewhere", UNTESTED),
    ours("dmarc: DMARC record at root", &["dmarc.apex"]),
    ours("dmarc: The DMARC record must be located at", &["dmarc.apex"]),
    ours("dmarc: Multiple DMARC policy records", &["dmarc.multiple"]),
    ours(
        "dmarc: Unrelated TXT records",
        &["dmarc.unrelated", "dmarc.spf-there", "dmarc.version", "dmarc.leading-space", "dmarc.present"],
    ),
    refuted("dmarc: Unrelated TXT records", "blanks are allowed", BLANKS),
    refuted("dmarc: Unrelated TXT records", "blanks about the equals sign", BLANKS),
    ours("that starts with whitespace", &["dmarc.leading-space"]),
    // DMARC: tags and values.
    ours("dmarc: Duplicate", &["dmarc.duplicate-tag"]),
    ours("dmarc: Unknown DMARC tag", &["dmarc.unknown-tag"]),
    ours("tag was removed in RFC 9989", &["dmarc.removed-tag"]),
    ours("dmarc: A missing p tag", &["dmarc.p-missing"]),
    ours("The p tag does not immediately follow", &["dmarc.order"]),
    ours("dmarc: A p tag value of none", &["dmarc.p-none", "dmarc.p-missing", "dmarc.no-mail"]),
    ours("dmarc: An sp tag value of none", &["dmarc.sp-weaker", "dmarc.no-mail"]),
    ours("When 1 is present in the fo tag", &["dmarc.fo"]),
    ours("is not a valid option for the DMARC fo tag", &["dmarc.fo"]),
    ours("dmarc: Tag p must have", &["dmarc.p-invalid"]),
    ours("dmarc: Tag sp must have", &["dmarc.p-invalid"]),
    ours("dmarc: Tag np must have", &["dmarc.p-invalid"]),
    ours("dmarc: Tag t must have", &["dmarc.test-mode"]),
    ours("dmarc: Tag psd must have", &["dmarc.psd"]),
    ours("is not a valid DMARC report URI", &["dmarc.uri"]),
    ours("dmarc: The size limit", &["dmarc.uri-size", "dmarc.uri"]),
    ours("might not send to more than two", &["dmarc.uri-count"]),
    refuted(
        "rua tag (destination for aggregate reports) not found",
        "a parked domain, where reports help with nothing",
        "rua is optional (RFC 9989 section 4.7); nobody sends mail that reports could be about",
    ),
    ours(
        "rua tag (destination for aggregate reports) not found",
        &["dmarc.rua-missing", "dmarc.unknown-tag"],
    ),
    ours(
        "dmarc: Error: Expected",
        &[
            "dmarc.separator",
            "dmarc.version",
            "dmarc.p-invalid",
            "dmarc.uri",
            "dmarc.unknown-tag",
            "dmarc.p-missing",
        ],
    ),
    refuted(
        "dmarc: Error: Expected",
        "dmarc.separator: semicolons",
        "RFC 9989 section 4.8 with RFC 6068 section 2: a mailto URI may have header fields, and its \"=\" is no end of it",
    ),
    refuted(
        "dmarc: Error: Expected",
        "dmarc.uri: two",
        "RFC 9989 section 4.8: a comma within a URI is written %2C, which is what stands there",
    ),
    ours("should be reject for parked domains", &["dmarc.no-mail"]),
    // MTA-STS.
    ours("sts: An MTA-STS DNS record does not exist", &["sts.txt", "sts.policy-without-txt", "sts.txt-apex"]),
    refuted_where("sts: An MTA-STS DNS record does not exist", &TAKES_NO_MAIL, OPTIONAL),
    refuted("sts: An MTA-STS DNS record does not exist", "may be there, but is not declared", UNTESTED),
    refuted("sts: An MTA-STS DNS record does not exist", "an alias of a name that is not held", UNTESTED),
    refuted(
        "sts: An MTA-STS DNS record does not exist",
        "an alias of a name that is held",
        "RFC 8461 section 8.2: the record may be that of a hoster, by an alias; it asks this zone only",
    ),
    refuted(
        "sts: An MTA-STS DNS record does not exist",
        "sts.id-stale: the record is left as it is",
        UNTESTED,
    ),
    ours("sts: The MTA-STS record must be located at", &["sts.txt-apex"]),
    ours("sts: Multiple MTA-STS records", &["sts.txt-count"]),
    ours("sts: Unrelated TXT records", &["sts.txt-syntax", "sts.txt-count"]),
    refuted(
        "sts: Unrelated TXT records",
        "beside",
        "RFC 8461 section 3.1: texts that do not begin with \"v=STSv1;\" are left out, and one remains",
    ),
    ours("sts: Error: Expected", &["sts.txt-syntax"]),
    refuted("sts: Error: Expected", "with an extension", EXTENSION),
    refuted("sts: Error: Expected", "_mta-sts, an unknown tag", EXTENSION),
    ours("sts: Duplicate", &["sts.txt-syntax"]),
    ours("sts: KeyError: 'id'", &["sts.txt-syntax"]),
    ours("sts: Line", &["sts.policy-syntax", "sts.mode", "sts.version"]),
    refuted("Unexpected key", "a key that nobody knows", UNKNOWN_KEY),
    refuted("Unexpected key", "policy, an unknown key", UNKNOWN_KEY),
    ours("max_age must be an integer", &["sts.max-age"]),
    ours("mode requires at least one mx value", &["sts.mx-missing"]),
    // TLS-RPT.
    ours("tlsrpt: An SMTP TLS Reporting record does not exist", &["tlsrpt.present", "tlsrpt.apex"]),
    refuted_where("tlsrpt: An SMTP TLS Reporting record does not exist", &NO_TLS_WANTED, OPTIONAL),
    refuted("tlsrpt: An SMTP TLS Reporting record does not exist", "not declared", UNTESTED),
    refuted(
        "tlsrpt: An SMTP TLS Reporting record does not exist",
        "an alias of a name that is not held",
        UNTESTED,
    ),
    ours("tlsrpt: The SMTP TLS Reporting record must be located at", &["tlsrpt.apex"]),
    ours("tlsrpt: Multiple SMTP TLS Reporting records", &["tlsrpt.count"]),
    ours("tlsrpt: Unrelated TXT records", &["tlsrpt.unrelated", "tlsrpt.syntax"]),
    ours("tlsrpt: Error: Expected", &["tlsrpt.syntax", "tlsrpt.uri"]),
    ours("tlsrpt: Duplicate", &["tlsrpt.syntax"]),
    ours("missing the required rua tag", &["tlsrpt.syntax"]),
    refuted("tlsrpt: Error: Expected", "_smtp._tls, an unknown tag", EXTENSION),
    refuted("is not a valid SMTP TLS Reporting record tag", "with an extension", EXTENSION),
    ours("is not a valid SMTP TLS reporting URI", &["tlsrpt.uri"]),
    // BIMI.
    ours("bimi: A BIMI record does not exist", &["bimi.present"]),
    refuted_where("bimi: A BIMI record does not exist", &NO_PICTURE_ALLOWED, NO_PICTURE),
    refuted("bimi: A BIMI record does not exist", "bimi.present: it may be there", UNTESTED),
    ours("bimi: The BIMI record must be located at", &["bimi.apex"]),
    ours("bimi: Multiple BMI records", &["bimi.count"]),
    ours("bimi: Unrelated TXT records", &["bimi.count", "bimi.syntax"]),
    refuted("bimi: Unrelated TXT records", "blanks about the equals sign", BLANKS),
    refuted(
        "bimi: Unrelated TXT records",
        "another text beside BIMI",
        "BIMI draft section 7.2: texts of no or another version are left out, and one remains",
    ),
    ours("bimi: Error: Expected", &["bimi.syntax", "bimi.https"]),
    ours("bimi: Duplicate", &["bimi.syntax"]),
    ours("bimi: KeyError: 'l'", &["bimi.syntax"]),
    ours("is not a valid BIMI record tag", &["bimi.syntax"]),
    ours("bimi: Acceptable avp tag values", &["bimi.syntax"]),
    ours("bimi: The domain does not have a valid DMARC record", &["bimi.dmarc"]),
    // A DMARC record that is wrong is told once, by the rule about it.
    ours(
        "bimi: The domain does not have a valid DMARC record",
        &[
            "dmarc.version",
            "dmarc.separator",
            "dmarc.p-invalid",
            "dmarc.p-missing",
            "dmarc.multiple",
            "dmarc.leading-space",
            "dmarc.unrelated",
            "dmarc.spf-there",
            "dmarc.duplicate-tag",
            "dmarc.fo",
            "dmarc.psd",
            "dmarc.test-mode",
            "dmarc.uri",
            "dmarc.unknown-tag",
        ],
    ),
    refuted(
        "bimi: The domain does not have a valid DMARC record",
        "bimi.decline: none",
        "it declines to show a picture, for which no policy is needed",
    ),
    refuted(
        "bimi: The domain does not have a valid DMARC record",
        "the organisation is not held",
        "the rule says untested: the record may be there",
    ),
    refuted(
        "bimi: The domain does not have a valid DMARC record",
        "dmarc.present: an alias of",
        "the record is that of another zone, which it does not ask here, and the rule says untested where that is not held",
    ),
    refuted("bimi: The domain does not have a valid DMARC record", "dmarc.present: a delegation", UNTESTED),
    refuted("bimi: The domain does not have a valid DMARC record", "the name may be there itself", UNTESTED),
    refuted("bimi: The domain does not have a valid DMARC record", "an alias that leads elsewhere", UNTESTED),
    refuted("bimi: The domain does not have a valid DMARC record", "rua with https", HTTPS),
    refuted("bimi: The domain does not have a valid DMARC record", "blanks about the equals sign", BLANKS),
    refuted("is not a valid DMARC report URI", "rua with https", HTTPS),
    ours("bimi: The DMARC policy (p tag)", &["bimi.dmarc"]),
    ours("bimi: The DMARC subdomain policy (sp tag)", &["bimi.dmarc"]),
    ours("without a valid mark certificate", &["bimi.syntax", "bimi.https"]),
    refuted_where(
        "without a valid mark certificate",
        &EVIDENCE_IS_SOUND,
        "said of every record, since nothing is downloaded here; the evidence (a=) may be left out (BIMI draft section 4.2.2), and what stands behind it is no matter of DNS",
    ),
];
