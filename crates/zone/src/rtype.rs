//! Record types and the fields of their rdata: one table, one row a type.

mod pseudo;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// How one field of an rdata is written as text and as octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// 0 to 255.
    U8,
    /// 0 to 65,535.
    U16,
    /// 0 to 4,294,967,295.
    U32,
    /// Seconds in 32 bits; text may have units (`1h`).
    Seconds,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address (RFC 5952).
    Ipv6,
    /// A domain name.
    Name,
    /// One character-string, at most 255 octets (RFC 1035 section 3.3).
    Text,
    /// One or more character-strings.
    Texts,
    /// Octets up to the end, as one quoted text (CAA value, URI target).
    LongText,
    /// One word of letters and digits, as a character-string (the tag of CAA, RFC 8659 section 4.1).
    Word,
    /// Octets up to the end in hexadecimal; blanks allowed.
    Hex,
    /// Octets up to the end in base64 (RFC 4648 section 4); blanks allowed.
    Base64,
    /// A record type by mnemonic, 16 bits.
    Type,
    /// DNSSEC algorithm: a number, or a mnemonic of RFC 4034 appendix A.1.
    Algorithm,
    /// Certificate type: a number, or a mnemonic of RFC 4398 section 2.1.
    CertType,
    /// Service parameters (RFC 9460 section 2.1).
    SvcParams,
    /// A place on earth (RFC 1876).
    Location,
    /// A set of record types (RFC 4034 section 4.1.2).
    TypeBitmap,
    /// A time as `YYYYMMDDHHMMSS` (RFC 4034 section 3.2).
    Timestamp,
    /// A salt in hexadecimal, `-` when empty, after a length octet (RFC 5155 section 3.3).
    Salt,
    /// A hash in base32 with the extended alphabet, after a length octet (RFC 5155 section 3.3).
    Hash,
    /// Any octets, written `\# LENGTH HEX` (RFC 3597 section 5).
    Unknown,
    /// The text itself, kept as it is (pseudo types of which nothing more is known).
    Raw,
}

/// One field of an rdata.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name that the type's RFC gives it, in lower case with `_`.
    pub name: &'static str,
    /// How it is written.
    pub kind: FieldKind,
}

/// A row of the table.
struct Row {
    code: u16,
    mnemonic: &'static str,
    fields: &'static [Field],
    /// At most one value in an RRset.
    single: bool,
}

macro_rules! types {
    ($( $(#[$doc:meta])* $constant:ident $mnemonic:literal $code:literal $($single:ident)? [ $($field:ident $kind:ident),* ] )*) => {
        impl RecordType {
            $( $(#[$doc])* pub const $constant: Self = Self($code); )*
        }
        const ROWS: &[Row] = &[ $( Row {
            code: $code,
            mnemonic: $mnemonic,
            fields: &[ $( Field { name: stringify!($field), kind: FieldKind::$kind } ),* ],
            single: types!(@single $($single)?),
        } ),* ];
    };
    (@single single) => { true };
    (@single) => { false };
}

types! {
    /// IPv4 address (RFC 1035 section 3.4.1).
    A "A" 1 [address Ipv4]
    /// Authoritative name server (RFC 1035 section 3.3.11).
    NS "NS" 2 [nsdname Name]
    /// Canonical name (RFC 1035 section 3.3.1).
    CNAME "CNAME" 5 single [cname Name]
    /// Start of a zone of authority (RFC 1035 section 3.3.13).
    SOA "SOA" 6 single [mname Name, rname Name, serial U32, refresh Seconds, retry Seconds, expire Seconds, minimum Seconds]
    /// Pointer (RFC 1035 section 3.3.12).
    PTR "PTR" 12 [ptrdname Name]
    /// Host information (RFC 1035 section 3.3.2, RFC 8482).
    HINFO "HINFO" 13 [cpu Text, os Text]
    /// Mail exchange (RFC 1035 section 3.3.9).
    MX "MX" 15 [preference U16, exchange Name]
    /// Text (RFC 1035 section 3.3.14).
    TXT "TXT" 16 [txt_data Texts]
    /// Responsible person (RFC 1183 section 2.2).
    RP "RP" 17 [mbox_dname Name, txt_dname Name]
    /// AFS database (RFC 1183 section 1).
    AFSDB "AFSDB" 18 [subtype U16, hostname Name]
    /// IPv6 address (RFC 3596 section 2).
    AAAA "AAAA" 28 [address Ipv6]
    /// Location (RFC 1876).
    LOC "LOC" 29 [location Location]
    /// Service location (RFC 2782).
    SRV "SRV" 33 [priority U16, weight U16, port U16, target Name]
    /// Naming authority pointer (RFC 3403 section 4).
    NAPTR "NAPTR" 35 [order U16, preference U16, flags Text, services Text, regexp Text, replacement Name]
    /// Key exchanger (RFC 2230).
    KX "KX" 36 [preference U16, exchanger Name]
    /// Certificate (RFC 4398).
    CERT "CERT" 37 [type CertType, key_tag U16, algorithm Algorithm, certificate Base64]
    /// Redirection of a subtree (RFC 6672).
    DNAME "DNAME" 39 single [target Name]
    /// Delegation signer (RFC 4034 section 5).
    DS "DS" 43 [key_tag U16, algorithm Algorithm, digest_type U8, digest Hex]
    /// SSH key fingerprint (RFC 4255).
    SSHFP "SSHFP" 44 [algorithm U8, fingerprint_type U8, fingerprint Hex]
    /// DNSSEC signature (RFC 4034 section 3).
    RRSIG "RRSIG" 46 [type_covered Type, algorithm Algorithm, labels U8, original_ttl U32, expiration Timestamp, inception Timestamp, key_tag U16, signer_name Name, signature Base64]
    /// Next secure record (RFC 4034 section 4).
    NSEC "NSEC" 47 single [next_domain_name Name, types TypeBitmap]
    /// DNSSEC key (RFC 4034 section 2).
    DNSKEY "DNSKEY" 48 [flags U16, protocol U8, algorithm Algorithm, public_key Base64]
    /// DHCP identity (RFC 4701).
    DHCID "DHCID" 49 [digest Base64]
    /// Hashed next secure record (RFC 5155 section 3).
    NSEC3 "NSEC3" 50 single [hash_algorithm U8, flags U8, iterations U16, salt Salt, next_hashed_owner Hash, types TypeBitmap]
    /// Parameters of NSEC3 (RFC 5155 section 4).
    NSEC3PARAM "NSEC3PARAM" 51 [hash_algorithm U8, flags U8, iterations U16, salt Salt]
    /// TLS certificate association (RFC 6698).
    TLSA "TLSA" 52 [certificate_usage U8, selector U8, matching_type U8, certificate_association_data Hex]
    /// S/MIME certificate association (RFC 8162).
    SMIMEA "SMIMEA" 53 [certificate_usage U8, selector U8, matching_type U8, certificate_association_data Hex]
    /// Child copy of DS (RFC 7344).
    CDS "CDS" 59 [key_tag U16, algorithm Algorithm, digest_type U8, digest Hex]
    /// Child copy of DNSKEY (RFC 7344).
    CDNSKEY "CDNSKEY" 60 [flags U16, protocol U8, algorithm Algorithm, public_key Base64]
    /// OpenPGP public key (RFC 7929).
    OPENPGPKEY "OPENPGPKEY" 61 [public_key Base64]
    /// Child-to-parent synchronisation (RFC 7477).
    CSYNC "CSYNC" 62 single [serial U32, flags U16, types TypeBitmap]
    /// Message digest of the zone (RFC 8976).
    ZONEMD "ZONEMD" 63 [serial U32, scheme U8, hash_algorithm U8, digest Hex]
    /// Service binding (RFC 9460).
    SVCB "SVCB" 64 [svc_priority U16, target_name Name, svc_params SvcParams]
    /// Service binding for HTTPS (RFC 9460).
    HTTPS "HTTPS" 65 [svc_priority U16, target_name Name, svc_params SvcParams]
    /// Obsolete form of SPF (RFC 7208 section 3.1): read, never recommended.
    SPF "SPF" 99 [txt_data Texts]
    /// Uniform resource identifier (RFC 7553).
    URI "URI" 256 [priority U16, weight U16, target LongText]
    /// Certification authority authorisation (RFC 8659).
    CAA "CAA" 257 [flags U8, tag Word, value LongText]
}

/// Pseudo types with known fields. They never travel in DNS; their codes here start above 16 bits.
const PSEUDO_ROWS: &[Row] = &[
    Row {
        code: 0,
        mnemonic: "ALIAS",
        fields: &[Field { name: "target", kind: FieldKind::Name }],
        single: true,
    },
    Row {
        code: 1,
        mnemonic: "LUA",
        fields: &[
            Field { name: "type", kind: FieldKind::Word },
            Field { name: "script", kind: FieldKind::LongText },
        ],
        single: false,
    },
    Row {
        code: 2,
        mnemonic: "ROUTE53_ALIAS",
        fields: &[
            Field { name: "type", kind: FieldKind::Word },
            Field { name: "hosted_zone_id", kind: FieldKind::Word },
            Field { name: "name", kind: FieldKind::Name },
            Field { name: "evaluate_target_health", kind: FieldKind::Word },
        ],
        single: false,
    },
];

/// Other types by the names of the IANA registry "Resource Record (RR) TYPEs". They are read, so that a type bitmap that
/// another program wrote is, and printed by number; their data are written `\# LENGTH HEX`.
const OTHER_NAMES: &[(&str, u16)] = &[
    ("MD", 3),
    ("MF", 4),
    ("MB", 7),
    ("MG", 8),
    ("MR", 9),
    ("NULL", 10),
    ("WKS", 11),
    ("MINFO", 14),
    ("X25", 19),
    ("ISDN", 20),
    ("RT", 21),
    ("NSAP", 22),
    ("NSAP-PTR", 23),
    ("SIG", 24),
    ("KEY", 25),
    ("PX", 26),
    ("GPOS", 27),
    ("NXT", 30),
    ("EID", 31),
    ("NIMLOC", 32),
    ("ATMA", 34),
    ("A6", 38),
    ("SINK", 40),
    ("APL", 42),
    ("IPSECKEY", 45),
    ("HIP", 55),
    ("NINFO", 56),
    ("RKEY", 57),
    ("TALINK", 58),
    ("DSYNC", 66),
    ("HHIT", 67),
    ("BRID", 68),
    ("UINFO", 100),
    ("UID", 101),
    ("GID", 102),
    ("UNSPEC", 103),
    ("NID", 104),
    ("L32", 105),
    ("L64", 106),
    ("LP", 107),
    ("EUI48", 108),
    ("EUI64", 109),
    ("AVC", 258),
    ("DOA", 259),
    ("AMTRELAY", 260),
    ("RESINFO", 261),
    ("WALLET", 262),
    ("CLA", 263),
    ("IPN", 264),
    ("TA", 32768),
    ("DLV", 32769),
];

const UNKNOWN_FIELDS: &[Field] = &[Field { name: "rdata", kind: FieldKind::Unknown }];
const RAW_FIELDS: &[Field] = &[Field { name: "value", kind: FieldKind::Raw }];
const PSEUDO_START: u32 = 0x1_0000;

/// The type of a record: a type of DNS, or a pseudo type that only some provider knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordType(u32);

/// Why a text is not a record type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a record type; a type without a name is written TYPE and its number (RFC 3597 section 5)"
)]
pub struct RecordTypeError(String);

impl RecordType {
    /// An address that the provider looks up elsewhere and answers as A and AAAA.
    pub const ALIAS: Self = Self(PSEUDO_START);
    /// A script that PowerDNS runs for each answer.
    pub const LUA: Self = Self(PSEUDO_START + 1);
    /// An alias of Amazon Route 53 to another of its resources.
    pub const ROUTE53_ALIAS: Self = Self(PSEUDO_START + 2);

    /// The type with this number (RFC 6895 section 3.1).
    pub const fn from_code(code: u16) -> Self {
        Self(code as u32)
    }

    /// The number in DNS messages; a pseudo type has none.
    pub fn code(self) -> Option<u16> {
        u16::try_from(self.0).ok()
    }

    /// The pseudo type of this name, which is kept in upper case.
    ///
    /// # Errors
    /// A name that is no word of printable ASCII of at most 64 octets, and names beyond the first thousand of a run.
    pub fn pseudo(name: &str) -> Result<Self, RecordTypeError> {
        let upper = name.to_ascii_uppercase();
        if let Some(row) = PSEUDO_ROWS.iter().find(|row| row.mnemonic == upper) {
            return Ok(Self(PSEUDO_START + u32::from(row.code)));
        }
        let number = pseudo::number(&upper).and_then(|number| u32::try_from(number + PSEUDO_ROWS.len()).ok());
        let code = number.and_then(|number| PSEUDO_START.checked_add(number));
        code.map(Self).ok_or_else(|| RecordTypeError(name.chars().take(80).collect()))
    }

    /// Whether this is a pseudo type, which no name server serves under this name.
    pub fn is_pseudo(self) -> bool {
        self.0 >= PSEUDO_START
    }

    /// Whether an RRset of this type has at most one value (CNAME, DNAME, SOA, …).
    pub fn is_single(self) -> bool {
        self.row().is_some_and(|row| row.single)
    }

    /// Whether the type belongs to DNSSEC signing that a name server keeps up by itself.
    pub fn is_signing(self) -> bool {
        matches!(self, Self::RRSIG | Self::NSEC | Self::NSEC3 | Self::NSEC3PARAM)
    }

    /// The fields of the rdata in their order.
    pub fn fields(self) -> &'static [Field] {
        match self.row() {
            Some(row) => row.fields,
            None if self.is_pseudo() => RAW_FIELDS,
            None => UNKNOWN_FIELDS,
        }
    }

    /// The mnemonic, or `TYPE` and the number (RFC 3597 section 5).
    pub fn mnemonic(self) -> Cow<'static, str> {
        match self.row() {
            Some(row) => Cow::Borrowed(row.mnemonic),
            None if self.is_pseudo() => {
                let number = ((self.0 - PSEUDO_START) as usize).checked_sub(PSEUDO_ROWS.len());
                Cow::Borrowed(number.and_then(pseudo::name).unwrap_or("?"))
            }
            None => Cow::Owned(format!("TYPE{}", self.0)),
        }
    }

    /// All types of DNS that this crate knows by name.
    pub fn known() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| Self(u32::from(row.code)))
    }

    /// The names of further types of DNS, which are read and kept as octets: [`Self::mnemonic`] gives their number.
    pub fn other_names() -> impl Iterator<Item = &'static str> {
        OTHER_NAMES.iter().map(|(name, _)| *name)
    }

    /// The pseudo types with known fields.
    pub fn known_pseudo() -> impl Iterator<Item = Self> {
        PSEUDO_ROWS.iter().map(|row| Self(PSEUDO_START + u32::from(row.code)))
    }

    fn row(self) -> Option<&'static Row> {
        if let Some(index) = self.0.checked_sub(PSEUDO_START) {
            return PSEUDO_ROWS.get(index as usize);
        }
        ROWS.binary_search_by_key(&self.0, |row| u32::from(row.code)).ok().and_then(|index| ROWS.get(index))
    }
}

impl Ord for RecordType {
    /// By number; pseudo types after all others, by name.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_pseudo(), other.is_pseudo()) {
            (true, true) => self.mnemonic().cmp(&other.mnemonic()),
            _ => self.0.cmp(&other.0),
        }
    }
}

impl PartialOrd for RecordType {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for RecordType {
    type Err = RecordTypeError;

    /// Reads a mnemonic in any case, a known pseudo type, or `TYPE123`.
    fn from_str(text: &str) -> Result<Self, RecordTypeError> {
        if let Some(row) = ROWS.iter().find(|row| row.mnemonic.eq_ignore_ascii_case(text)) {
            return Ok(Self(u32::from(row.code)));
        }
        if let Some(kind) = Self::known_pseudo().find(|kind| kind.mnemonic().eq_ignore_ascii_case(text)) {
            return Ok(kind);
        }
        if let Some((_, code)) = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Ok(Self::from_code(*code));
        }
        text.get(..4)
            .filter(|prefix| prefix.eq_ignore_ascii_case("TYPE"))
            .and_then(|_| text.get(4..))
            .filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .map(Self::from_code)
            .ok_or_else(|| RecordTypeError(text.to_owned()))
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.mnemonic())
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mnemonic())
    }
}

impl Serialize for RecordType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.mnemonic())
    }
}

impl<'de> Deserialize<'de> for RecordType {
    /// A name that is no type of DNS is read as a pseudo type, so that a plan that holds one reads back.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().or_else(|_| Self::pseudo(&text)).map_err(D::Error::custom)
    }
}

impl schemars::JsonSchema for RecordType {
    fn schema_name() -> Cow<'static, str> {
        "RecordType".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A record type by mnemonic, TYPE and its number (RFC 3597), or a provider's pseudo type."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_row_reads_back() {
        assert!(ROWS.is_sorted_by_key(|row| row.code));
        for kind in RecordType::known().chain(RecordType::known_pseudo()) {
            assert_eq!(kind.mnemonic().parse(), Ok(kind));
            assert_eq!(kind.mnemonic().to_lowercase().parse(), Ok(kind));
        }
        assert!(PSEUDO_ROWS.iter().enumerate().all(|(index, row)| usize::from(row.code) == index));
    }

    #[test]
    fn numbers_and_pseudo_types() {
        assert_eq!("TYPE1".parse(), Ok(RecordType::A));
        assert_eq!("type65280".parse(), Ok(RecordType::from_code(65280)));
        assert_eq!(RecordType::from_code(65280).to_string(), "TYPE65280");
        for text in ["", "TYPE", "TYPE65536", "TYPE-1", "TYPE+1", "XYZ", "é", "TYPÉ"] {
            assert!(text.parse::<RecordType>().is_err(), "{text}");
        }
        assert_eq!("eui48".parse(), Ok(RecordType::from_code(108)));
        assert!(OTHER_NAMES.iter().all(|(_, code)| RecordType::from_code(*code).row().is_none()));
        let other = RecordType::pseudo("Vendor/Thing").unwrap();
        assert_eq!(other, RecordType::pseudo("VENDOR/THING").unwrap());
        assert_eq!((other.to_string().as_str(), other.code()), ("VENDOR/THING", None));
        assert!(RecordType::ALIAS < other && RecordType::CAA < RecordType::ALIAS);
        assert!(RecordType::pseudo("AAA").unwrap() < RecordType::ALIAS);
    }
}
