//! The keys of a signed zone, as its parent should know them.

use dnsctl_zone::{Name, Rdata, RecordType};
use sha2::{Digest as _, Sha256};

/// The flag Secure Entry Point of a DNSKEY (RFC 4034 section 2.1.1).
const SEP: u32 = 1;
/// SHA-256 as digest type of a DS record (RFC 4509).
const DIGEST_SHA256: u8 = 2;

/// The DS records for these keys: those that the zone itself asks for (CDS, RFC 7344), else one for each key with the
/// flag SEP, else one for each key.
pub(crate) fn delegation_signers(apex: &Name, keys: &[Rdata], wanted: &[Rdata]) -> Vec<Rdata> {
    // `0 0 0 00` asks the parent to remove its DS records (RFC 8078 section 4).
    let asked = wanted.iter().filter(|cds| cds.number("algorithm") != Some(0));
    let asked: Vec<_> = asked.filter_map(|cds| Rdata::from_wire(RecordType::DS, cds.octets()).ok()).collect();
    if !asked.is_empty() {
        return asked;
    }
    let entry = |key: &&Rdata| key.number("flags").is_some_and(|flags| flags & SEP != 0);
    let entries: Vec<_> = keys.iter().filter(entry).collect();
    let keys = if entries.is_empty() { keys.iter().collect() } else { entries };
    keys.into_iter().filter_map(|key| delegation_signer(apex, key)).collect()
}

/// RFC 4034 section 5.1.4.
fn delegation_signer(apex: &Name, key: &Rdata) -> Option<Rdata> {
    let algorithm = u8::try_from(key.number("algorithm")?).ok()?;
    let digest = Sha256::new().chain_update(apex.to_wire()).chain_update(key.octets()).finalize();
    let mut octets = key_tag(key.octets()).to_be_bytes().to_vec();
    octets.extend([algorithm, DIGEST_SHA256]);
    octets.extend(digest);
    Rdata::from_wire(RecordType::DS, &octets).ok()
}

/// RFC 4034 appendix B.
fn key_tag(rdata: &[u8]) -> u16 {
    let sum = rdata.chunks(2).fold(0_u32, |sum, pair| {
        let word =
            u32::from(pair.first().copied().unwrap_or(0)) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
        sum.wrapping_add(word)
    });
    u16::try_from(sum.wrapping_add(sum >> 16) & 0xffff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::Names;

    use super::*;

    fn rdata(rtype: RecordType, text: &str) -> Rdata {
        Rdata::parse(rtype, text, Names { origin: &Name::root(), strict: false }).expect("rdata")
    }

    /// The example of RFC 4509 section 2.3.
    #[test]
    fn the_example_of_the_rfc() {
        let key = rdata(
            RecordType::DNSKEY,
            "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMm\
             mAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
        );
        let apex = "dskey.example.com".parse().expect("name");
        let ds = rdata(
            RecordType::DS,
            "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
        );
        assert_eq!(delegation_signers(&apex, std::slice::from_ref(&key), &[]), [ds]);
        let cds = rdata(RecordType::CDS, "1 13 2 aabb");
        let asked = delegation_signers(&apex, std::slice::from_ref(&key), &[cds]);
        assert_eq!(asked, [rdata(RecordType::DS, "1 13 2 aabb")]);
        let delete = rdata(RecordType::CDS, "0 0 0 00");
        assert_eq!(delegation_signers(&apex, &[key], &[delete]).len(), 1);
    }
}
