//! Transferred records as a zone.

use std::collections::BTreeMap;

use dnsctl_provider::dns::Record;
use dnsctl_zone::{Kept, Live, Name, RRset, Rdata, RecordType, Ttl, Zone};

/// BIND's private records about signing under way: the type of its option `sig-signing-type`.
const SIGNING_STATE: RecordType = RecordType::from_code(65534);

/// The RRsets of a transfer while it runs.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    rrsets: Vec<RRset>,
    /// The records of the RRset that came last.
    last: Option<(Name, RecordType, Ttl)>,
    values: Vec<Rdata>,
    /// By type: kept up by any server that signs.
    signing: BTreeMap<RecordType, usize>,
    unreadable: Vec<Kept>,
}

impl Collector {
    /// Takes the next record.
    pub(crate) fn take(&mut self, record: Record) {
        if record.rtype.is_signing() || record.rtype == SIGNING_STATE {
            *self.signing.entry(record.rtype).or_default() += 1;
            return;
        }
        let rdata = match record.rdata {
            Ok(rdata) => rdata,
            Err(error) => {
                let reason = format!("it cannot be read: {error}");
                self.unreadable.push(Kept { name: record.name, rtype: record.rtype, count: 1, reason });
                return;
            }
        };
        match &mut self.last {
            Some((name, rtype, ttl)) if *name == record.name && *rtype == record.rtype => {
                *ttl = record.ttl.min(*ttl);
            }
            _ => {
                self.end_rrset();
                self.last = Some((record.name, record.rtype, record.ttl));
            }
        }
        self.values.push(rdata);
    }

    fn end_rrset(&mut self) {
        let values = std::mem::take(&mut self.values);
        if let Some((name, rtype, ttl)) = self.last.take() {
            self.rrsets.push(RRset::new(name, rtype, ttl, values));
        }
    }

    /// The zone, without what the server keeps up by itself.
    pub(crate) fn finish(mut self, apex: &Name) -> Live {
        self.end_rrset();
        let signed = self.signing.contains_key(&RecordType::RRSIG);
        let serial = |rrset: &RRset| rrset.values().first().and_then(|value| value.number("serial"));
        let zone = Zone::new(apex.clone(), self.rrsets);
        let version = zone.get(apex, RecordType::SOA).and_then(serial);
        let mut kept: Vec<_> = self
            .signing
            .into_iter()
            .map(|(rtype, count)| keep(apex, rtype, count, "DNSSEC, kept up by the server"))
            .collect();
        kept.append(&mut self.unreadable);
        let mut rrsets = zone.into_rrsets();
        rrsets.retain(|rrset| {
            let reason = match rrset.rtype {
                RecordType::DNSKEY | RecordType::CDS | RecordType::CDNSKEY
                    if signed && rrset.name == *apex =>
                {
                    "a key of the zone, which the server signs"
                }
                // A server that takes updates raises the serial each time; only its own ZONEMD keeps up with that.
                RecordType::ZONEMD if rrset.name == *apex && serial(rrset) == version => {
                    "the digest of this version of the zone, kept up by the server"
                }
                _ => return true,
            };
            kept.push(keep(&rrset.name, rrset.rtype, rrset.values().len(), reason));
            false
        });
        Live { kept, ..Live::new(Zone::new(apex.clone(), rrsets)) }
    }
}

fn keep(name: &Name, rtype: RecordType, count: usize, reason: &str) -> Kept {
    Kept { name: name.clone(), rtype, count, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::Names;

    use super::*;

    fn live(lines: &[(&str, u32, RecordType, &str)]) -> Live {
        let apex: Name = "example.org".parse().expect("name");
        let names = Names { origin: &apex, strict: false };
        let mut collector = Collector::default();
        for (owner, ttl, rtype, text) in lines {
            collector.take(Record {
                name: Name::parse(owner, names).expect("name"),
                rtype: *rtype,
                ttl: Ttl::new(*ttl).expect("TTL"),
                rdata: Rdata::parse(*rtype, text, names),
            });
        }
        collector.finish(&apex)
    }

    const SOA: (&str, u32, RecordType, &str) = ("@", 60, RecordType::SOA, "ns h 7 2 3 4 5");
    const KEY: (&str, u32, RecordType, &str) =
        ("@", 60, RecordType::DNSKEY, "256 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=");
    const SIG: (&str, u32, RecordType, &str) =
        ("@", 60, RecordType::RRSIG, "SOA 15 2 60 20261201000000 20261101000000 1 example.org. aGVsbG8=");

    fn types(live: &Live) -> (Vec<RecordType>, Vec<(RecordType, usize)>) {
        (
            live.zone.rrsets().iter().map(|rrset| rrset.rtype).collect(),
            live.kept.iter().map(|kept| (kept.rtype, kept.count)).collect(),
        )
    }

    #[test]
    fn records_become_rrsets() {
        let live = live(&[
            SOA,
            ("b", 300, RecordType::A, "192.0.2.1"),
            ("a", 300, RecordType::A, "192.0.2.1"),
            ("b", 200, RecordType::A, "192.0.2.2"),
            ("b", 300, RecordType::A, "192.0.2.1"),
        ]);
        assert_eq!(live.zone.rrsets().len(), 3);
        let b = &live.zone.rrsets()[2];
        assert_eq!(
            (b.name.to_string().as_str(), b.ttl.seconds(), b.values().len()),
            ("b.example.org.", 200, 2)
        );
        assert_eq!(live.zone.serial(), Some(7));
    }

    #[test]
    fn keys_belong_to_the_server_only_when_it_signs() {
        assert_eq!(types(&live(&[SOA, KEY])), (vec![RecordType::SOA, RecordType::DNSKEY], vec![]));
        let signed = live(&[SOA, SIG, KEY, ("@", 60, RecordType::NSEC, "a.example.org. SOA"), SIG]);
        let expected = [(RecordType::RRSIG, 2), (RecordType::NSEC, 1), (RecordType::DNSKEY, 1)];
        assert_eq!(types(&signed), (vec![RecordType::SOA], expected.to_vec()));
    }

    #[test]
    fn a_zonemd_of_another_version_is_a_record_like_others() {
        let digest = |serial: u32| format!("{serial} 1 240 e2d523f654b9422a96c5a8f44607bbee");
        let own = live(&[SOA, ("@", 60, RecordType::ZONEMD, &digest(7))]);
        assert_eq!(types(&own).1, [(RecordType::ZONEMD, 1)]);
        let other = live(&[SOA, ("@", 60, RecordType::ZONEMD, &digest(6))]);
        assert_eq!(types(&other), (vec![RecordType::SOA, RecordType::ZONEMD], vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_kept_and_said() {
        let live = live(&[SOA, ("odd", 60, RecordType::CAA, "0 issue")]);
        assert_eq!(live.zone.rrsets().len(), 1);
        assert_eq!(live.kept[0].name.to_string(), "odd.example.org.");
        assert!(live.kept[0].reason.starts_with("it cannot be read"), "{:?}", live.kept);
    }
}
