//! Zones as the `domain` crate of NLnet Labs reads them. The conformance suite uses this file, too.

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

/// Owner name, type, TTL and data.
pub(crate) type Scanned = (Vec<u8>, u16, u32, Vec<u8>);

/// The records of a text below an origin, or what is wrong with it.
pub(crate) fn scan(text: &str, origin: &str) -> Result<Vec<Scanned>, String> {
    let mut zone = Zonefile::load(&mut text.as_bytes()).map_err(|error| error.to_string())?;
    zone.set_origin(Name::vec_from_str(origin).map_err(|error| error.to_string())?.octets_into());
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
