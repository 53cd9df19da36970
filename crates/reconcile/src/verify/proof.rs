//! What an answer proves of a change.
//!
//! Only a server with authority for the zone is believed, and only an answer with authority (AA, RFC 1035 section 4.1.1)
//! about the zone itself. The parent's side of a zone cut is the exception: it is told by a referral, without AA, which
//! counts from a server that has shown its authority for the zone.

use crate::agree::agrees;
use dnsctl_plan::Change;
use dnsctl_provider::dns::{Answer, Question, Rcode, Record};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};

/// What an answer proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is served as planned.
    Good,
    /// It is not; what is served instead, in words.
    Bad(String),
    /// The server answers from another zone below the cut, so the zone itself cannot be asked for it here.
    Hidden,
}

/// The serial number of the zone, by the answer to the question for its SOA record.
///
/// # Errors
/// Why the server has no authority for the zone, in words.
pub(super) fn authority(apex: &Name, answer: &Answer) -> Result<Option<u32>, String> {
    if answer.rcode != Rcode::NOERROR {
        return Err(format!("{}: it does not serve the zone", answer.rcode));
    }
    if !answer.authoritative {
        return Err("it has no authority for the zone: its answer for the SOA record lacks AA".to_owned());
    }
    let question = Question::new(apex.clone(), RecordType::SOA);
    let Some(soa) = answer.rrset(&question).next() else {
        return Err("it does not serve the zone: there is no SOA record in its answer".to_owned());
    };
    Ok(soa.rdata.as_ref().ok().and_then(|soa| soa.number("serial")))
}

/// What an answer of a server with authority for the zone proves of a change.
pub(super) fn prove(apex: &Name, change: &Change, answer: &Answer) -> Proof {
    if !matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) {
        return Proof::Bad(format!("{}: it does not serve the zone", answer.rcode));
    }
    let question = Question::new(change.name.clone(), change.rtype);
    if !answer.authoritative {
        return by_referral(apex, change, &question, answer);
    }
    // A negative answer says of which zone it is (RFC 2308 section 2).
    if zone_of(answer, &answer.authority).is_some_and(|zone| zone.is_below(apex)) {
        return Proof::Hidden;
    }
    compare(change, &question, &answer.answers, answer.rcode)
}

/// Whether a positive answer may come from a zone below, which the server serves as well: for the name servers of a
/// delegation it always does, since the zone above would refer to them.
pub(super) fn may_be_from_below(apex: &Name, change: &Change, answer: &Answer, proof: &Proof) -> bool {
    let positive = answer.authoritative
        && answer.rrset(&Question::new(change.name.clone(), change.rtype)).next().is_some();
    let delegation = change.rtype == RecordType::NS && change.name != *apex;
    positive && change.name != *apex && (delegation || matches!(proof, Proof::Bad(_)))
}

/// The zone of a name, by the answer to the question for the name's SOA record.
pub(super) fn zone_of_name(answer: &Answer) -> Option<&Name> {
    if !answer.authoritative {
        return None;
    }
    zone_of(answer, &answer.answers).or_else(|| zone_of(answer, &answer.authority))
}

fn zone_of<'a>(answer: &Answer, section: &'a [Record]) -> Option<&'a Name> {
    let soa = section.iter().find(|record| record.rtype == RecordType::SOA)?;
    matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN).then_some(&soa.name)
}

/// A delegation and its glue come outside the answer section.
fn by_referral(apex: &Name, change: &Change, question: &Question, answer: &Answer) -> Proof {
    let servers: Vec<&Record> = answer
        .authority
        .iter()
        .filter(|record| record.rtype == RecordType::NS && record.name.is_below(apex))
        .filter(|record| change.name.is_at_or_below(&record.name))
        .collect();
    let Some(cut) = servers.first().map(|record| &record.name) else {
        return Proof::Bad("an answer without authority (AA)".to_owned());
    };
    if change.name == *cut && change.rtype == RecordType::NS {
        return compare(change, question, &answer.authority, answer.rcode);
    }
    let target = |record: &&Record| record.rdata.as_ref().ok().and_then(Rdata::target);
    let is_glue = matches!(change.rtype, RecordType::A | RecordType::AAAA)
        && servers.iter().filter_map(target).any(|target| target == change.name);
    if is_glue { compare(change, question, &answer.additional, answer.rcode) } else { Proof::Hidden }
}

fn compare(change: &Change, question: &Question, section: &[Record], rcode: Rcode) -> Proof {
    let records = of_question(question, section);
    let found = as_rrset(question, &records);
    match (&change.after, found) {
        (None, None) if records.is_empty() => Proof::Good,
        (None, None) => Proof::Bad("still there: data that are not of this type's form".to_owned()),
        (None, Some(found)) => Proof::Bad(format!("still there: {}", words(&found))),
        (Some(_), None) if rcode == Rcode::NXDOMAIN => Proof::Bad("no such name".to_owned()),
        (Some(_), None) if records.is_empty() => Proof::Bad("no such record".to_owned()),
        (Some(_), None) => Proof::Bad("data that are not of this type's form".to_owned()),
        (Some(after), Some(found)) if agrees(after, &found) => Proof::Good,
        (Some(_), Some(found)) => Proof::Bad(words(&found)),
    }
}

fn of_question<'a>(question: &Question, section: &'a [Record]) -> Vec<&'a Record> {
    section.iter().filter(|record| record.rtype == question.rtype && record.name == question.name).collect()
}

fn as_rrset(question: &Question, records: &[&Record]) -> Option<RRset> {
    let ttl = records.iter().map(|record| record.ttl).min()?;
    let values: Vec<Rdata> = records.iter().filter_map(|record| record.rdata.clone().ok()).collect();
    (values.len() == records.len()).then(|| RRset::new(question.name.clone(), question.rtype, ttl, values))
}

/// The values of the answer, to compare those of two names.
pub(super) fn values(question: &Question, answer: &Answer) -> Option<Vec<Rdata>> {
    as_rrset(question, &of_question(question, &answer.answers)).map(|rrset| rrset.values().to_vec())
}

fn words(rrset: &RRset) -> String {
    let values: Vec<String> = rrset.values().iter().take(4).map(ToString::to_string).collect();
    let more = rrset.values().len().saturating_sub(values.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} (TTL {}){more}", values.join(", "), rrset.ttl)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::{Names, Ttl};

    fn apex() -> Name {
        Name::absolute("example.com").unwrap()
    }

    fn rrset(owner: &str, rtype: RecordType, text: &str) -> RRset {
        let apex = apex();
        let names = Names { origin: &apex, strict: false };
        let value = Rdata::parse(rtype, text, names).unwrap();
        RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(300).unwrap(), vec![value])
    }

    fn records(list: &[(&str, RecordType, &str)]) -> Vec<Record> {
        let record = |(owner, rtype, text): &(&str, RecordType, &str)| {
            let rrset = rrset(owner, *rtype, text);
            Record {
                name: rrset.name.clone(),
                rtype: *rtype,
                ttl: rrset.ttl,
                rdata: Ok(rrset.values()[0].clone()),
            }
        };
        list.iter().map(record).collect()
    }

    fn answer(authoritative: bool, sections: [&[(&str, RecordType, &str)]; 3]) -> Answer {
        let [answers, authority, additional] = sections.map(records);
        Answer { rcode: Rcode::NOERROR, authoritative, answers, authority, additional }
    }

    fn created(rrset: RRset) -> Change {
        Change::new(None, Some(rrset), None).unwrap()
    }

    fn deleted(rrset: RRset) -> Change {
        Change::new(Some(rrset), None, None).unwrap()
    }

    const SOA: &str = "ns hostmaster 7 2 3 4 5";
    const WWW: (&str, RecordType, &str) = ("www", RecordType::A, "192.0.2.1");
    const NS: (&str, RecordType, &str) = ("child", RecordType::NS, "ns.child");
    const GLUE: (&str, RecordType, &str) = ("ns.child", RecordType::A, "192.0.2.53");

    fn of((owner, rtype, text): (&str, RecordType, &str)) -> RRset {
        rrset(owner, rtype, text)
    }

    /// A lame server gives an empty NOERROR without AA: it proves no deletion. Nor does any other answer without AA.
    #[test]
    fn nothing_without_authority_proves_anything() {
        for (change, sections) in [
            (deleted(of(WWW)), [&[][..], &[], &[]]),
            (created(of(WWW)), [&[WWW][..], &[], &[]]),
            // A referral upwards, as a server gives that does not know the zone.
            (deleted(of(WWW)), [&[][..], &[("@", RecordType::NS, "ns")], &[]]),
        ] {
            let proof = prove(&apex(), &change, &answer(false, sections));
            assert_eq!(proof, Proof::Bad("an answer without authority (AA)".to_owned()), "{change:?}");
        }
        assert_eq!(prove(&apex(), &deleted(of(WWW)), &answer(true, [&[], &[], &[]])), Proof::Good);
        assert_eq!(prove(&apex(), &created(of(WWW)), &answer(true, [&[WWW], &[], &[]])), Proof::Good);
        let still = prove(&apex(), &deleted(of(WWW)), &answer(true, [&[WWW], &[], &[]]));
        assert_eq!(still, Proof::Bad("still there: 192.0.2.1 (TTL 300)".to_owned()));
    }

    /// A record whose data cannot be read is a record all the same.
    #[test]
    fn a_deletion_is_not_proved_by_data_that_cannot_be_read() {
        let mut answer = answer(true, [&[WWW], &[], &[]]);
        answer.answers[0].rdata = Err(Rdata::from_wire(RecordType::A, &[192]).unwrap_err());
        let still = prove(&apex(), &deleted(of(WWW)), &answer);
        assert_eq!(still, Proof::Bad("still there: data that are not of this type's form".to_owned()));
    }

    #[test]
    fn a_referral_proves_the_delegation_and_its_glue() {
        let referral = answer(false, [&[], &[NS], &[GLUE]]);
        assert_eq!(prove(&apex(), &created(of(NS)), &referral), Proof::Good);
        assert_eq!(prove(&apex(), &created(of(GLUE)), &referral), Proof::Good);
        let other = created(of(("child", RecordType::NS, "other.child")));
        assert!(matches!(prove(&apex(), &other, &referral), Proof::Bad(_)));
        // Glue that is missing is missing; what else is below the cut cannot be asked for.
        let bare = answer(false, [&[], &[NS], &[]]);
        assert_eq!(prove(&apex(), &created(of(GLUE)), &bare), Proof::Bad("no such record".to_owned()));
        assert_eq!(prove(&apex(), &deleted(of(GLUE)), &bare), Proof::Good);
        let hidden = created(of(("www.child", RecordType::A, "192.0.2.1")));
        assert_eq!(prove(&apex(), &hidden, &bare), Proof::Hidden);
    }

    /// The server serves the zone below as well, and answers from there.
    #[test]
    fn a_zone_below_speaks_for_itself() {
        let from_below = answer(true, [&[NS], &[], &[]]);
        let proof = prove(&apex(), &created(of(NS)), &from_below);
        assert!(may_be_from_below(&apex(), &created(of(NS)), &from_below, &proof));
        let negative = answer(true, [&[], &[("child", RecordType::SOA, SOA)], &[]]);
        assert_eq!(prove(&apex(), &created(of(GLUE)), &negative), Proof::Hidden);
        assert_eq!(prove(&apex(), &deleted(of(GLUE)), &negative), Proof::Hidden);
        assert_eq!(zone_of_name(&negative), Some(&Name::absolute("child.example.com").unwrap()));
        // The zone itself is not below.
        let own = answer(true, [&[], &[("@", RecordType::SOA, SOA)], &[]]);
        assert_eq!(prove(&apex(), &deleted(of(NS)), &own), Proof::Good);
        let www = answer(true, [&[WWW], &[], &[]]);
        assert!(!may_be_from_below(&apex(), &created(of(WWW)), &www, &Proof::Good));
    }

    #[test]
    fn who_has_authority_for_the_zone() {
        let soa = ("@", RecordType::SOA, SOA);
        assert_eq!(authority(&apex(), &answer(true, [&[soa], &[], &[]])), Ok(Some(7)));
        for (answer, words) in [
            (answer(false, [&[soa], &[], &[]]), "lacks AA"),
            (answer(true, [&[], &[("child", RecordType::SOA, SOA)], &[]]), "no SOA record"),
            (
                Answer { rcode: Rcode::REFUSED, ..answer(false, [&[], &[], &[]]) },
                "REFUSED: it does not serve the zone",
            ),
        ] {
            let error = authority(&apex(), &answer).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
