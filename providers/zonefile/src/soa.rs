//! The SOA record of a new zone that declares none.

use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl, Zone};

/// Refresh after 3 hours and retry after one; expire after 2 weeks; keep "no such name" for an hour
/// (RFC 1912 section 2.2, RFC 2308 section 5).
const TIMES: [u32; 4] = [10_800, 3_600, 1_209_600, 3_600];
const TTL: u32 = 3600;

/// An SOA RRset that names the first name server of the apex and `hostmaster` of the zone (RFC 2142 section 7).
///
/// Without a name server it names `ns.invalid`: that never resolves (RFC 6761 section 6.4), so nothing is sent to a
/// host of another by mistake. The mailbox falls back to `hostmaster.invalid` where the zone's name leaves no room.
pub(crate) fn default_soa(zone: &Zone, serial: u32) -> Option<RRset> {
    let apex = &zone.apex;
    let servers = zone.get(apex, RecordType::NS);
    let server = servers.and_then(|rrset| rrset.values().first()?.target());
    let invalid = |label: &[u8]| Name::from_labels([label, b"invalid"]).ok();
    let mut octets = server.or_else(|| invalid(b"ns"))?.to_wire();
    apex.child(b"hostmaster").ok().or_else(|| invalid(b"hostmaster"))?.write_wire(&mut octets);
    for number in [serial].iter().chain(&TIMES) {
        octets.extend_from_slice(&number.to_be_bytes());
    }
    let rdata = Rdata::from_wire(RecordType::SOA, &octets).ok()?;
    Some(RRset::new(apex.clone(), RecordType::SOA, Ttl::from_wire(TTL), vec![rdata]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_there() {
        let apex = Name::absolute("example.com").unwrap();
        let empty = Zone::new(apex.clone(), Vec::new());
        let shown = |zone: &Zone| default_soa(zone, 7).unwrap().values()[0].to_string();
        assert_eq!(shown(&empty), "ns.invalid. hostmaster.example.com. 7 10800 3600 1209600 3600");
        let names = dnsctl_zone::Names { origin: &apex, strict: false };
        let servers = ["ns2", "ns1"].map(|text| Rdata::parse(RecordType::NS, text, names).unwrap());
        let rrset = RRset::new(apex.clone(), RecordType::NS, Ttl::from_wire(60), servers.to_vec());
        let zone = Zone::new(apex.clone(), vec![rrset]);
        assert!(shown(&zone).starts_with("ns1.example.com. hostmaster.example.com. 7 "), "{}", shown(&zone));
        let long = [[b'a'; 63].as_slice(); 3];
        let long = Name::from_labels(long.into_iter().chain([[b'b'; 60].as_slice()])).unwrap();
        assert!(shown(&Zone::new(long, Vec::new())).starts_with("ns.invalid. hostmaster.invalid. 7 "));
    }
}
