//! The `domain` crate of NLnet Labs.

use crate::records::{Set, with_lines};
use dnsctl_zone::{Rdata, RecordType};
use domain::base::iana::Class;
use domain::base::rdata::{ComposeRecordData as _, RecordData as _};
use domain::base::{Name, ToName as _};
use domain::dep::octseq::OctetsInto as _;
use domain::zonefile::inplace::{Entry, Zonefile};

/// Whether domain 0.12 reads this as we print it: some types it lacks, and it takes no escapes in alpn.
pub(crate) fn takes(rdata: &Rdata) -> bool {
    const LACKS: [RecordType; 9] = [
        RecordType::AFSDB,
        RecordType::CERT,
        RecordType::CSYNC,
        RecordType::DHCID,
        RecordType::KX,
        RecordType::LOC,
        RecordType::SMIMEA,
        RecordType::SPF,
        RecordType::URI,
    ];
    !LACKS.contains(&rdata.rtype()) && !rdata.to_string().contains("alpn=\"")
}

/// The records of a text that has no errors.
pub(crate) fn read(text: &str) -> Set {
    let mut set = Set::default();
    for (owner, rtype, ttl, rdata) in scan(text)
        .unwrap_or_else(|error| panic!("domain: {}", with_lines(&format!("at {error}"), "at ", text)))
    {
        set.add(&owner, rtype, ttl, &rdata);
    }
    set
}

/// Whether it refuses a text.
pub(crate) fn refuses(text: &str) -> bool {
    scan(text).is_err()
}

/// Owner name, type, TTL and data.
type Scanned = (Vec<u8>, u16, u32, Vec<u8>);

/// The records of a text, or what is wrong with it.
fn scan(text: &str) -> Result<Vec<Scanned>, String> {
    let mut zone = Zonefile::load(&mut text.as_bytes()).unwrap();
    zone.set_origin(Name::vec_from_str("example.com.").unwrap().octets_into());
    zone.set_default_class(Class::IN);
    let mut records = Vec::new();
    while let Some(entry) = zone.next_entry().map_err(|error| error.to_string())? {
        let Entry::Record(record) = entry else { return Err("an entry that is no record".to_owned()) };
        let owner: Name<Vec<u8>> = record.owner().to_name();
        let mut rdata = Vec::new();
        record.data().compose_rdata(&mut rdata).map_err(|error| error.to_string())?;
        let (rtype, ttl) = (record.data().rtype().to_int(), record.ttl().as_secs());
        records.push((owner.into_octets(), rtype, ttl, rdata));
    }
    Ok(records)
}
