//! What providers answer.

use crate::zone::{apex, prints, reads_back};
use dnsctl_provider::dns::Record;
use dnsctl_provider_powerdns::fuzz as powerdns;
use dnsctl_provider_rfc2136::fuzz as rfc2136;
use dnsctl_provider_route53::fuzz as route53;
use dnsctl_zone::Live;

/// The body of an answer of PowerDNS: each record of the zone that it tells is written for the server and read again as the same.
pub fn powerdns_zone(octets: &[u8]) {
    match powerdns::zone(&apex(), octets.to_vec()) {
        Ok(live) => {
            sound(&live);
            let inside = |rrset: &dnsctl_zone::RRset| rrset.name.is_at_or_below(&live.zone.apex);
            assert!(live.zone.rrsets().iter().all(inside), "a record outside of the zone");
            for rdata in live.zone.rrsets().iter().flat_map(dnsctl_zone::RRset::values) {
                let (text, again) = powerdns::round_trip(rdata);
                assert_eq!(again.as_ref(), Some(rdata), "{} as {text:?}", rdata.rtype());
            }
        }
        Err(error) => said(&error.to_string()),
    }
}

/// The body of an answer of Route 53: each record of the zone that it tells is written for it and read again as the same.
pub fn route53_zone(octets: &[u8]) {
    match route53::zone(&apex(), octets.to_vec()) {
        Ok(live) => {
            sound(&live);
            for rrset in live.zone.rrsets() {
                assert_eq!(route53::name_round_trip(&rrset.name).as_ref(), Some(&rrset.name));
                // An alias has elements of its own.
                for rdata in rrset.values().iter().filter(|rdata| !rdata.rtype().is_pseudo()) {
                    let (text, again) = route53::round_trip(rdata);
                    assert_eq!(again.as_ref(), Some(rdata), "{} as {text:?}", rdata.rtype());
                }
            }
        }
        Err(error) => said(&error.to_string()),
    }
    if let Err(error) = route53::zones(octets.to_vec()) {
        said(&error.to_string());
    }
}

/// A DNS message: every record that it holds is one that can be printed and read again.
pub fn dns_message(octets: &[u8]) {
    let Some(answer) = dnsctl_provider::fuzz::message(octets) else { return };
    let records = || answer.answers.iter().chain(&answer.authority).chain(&answer.additional);
    for Record { rdata, .. } in records() {
        match rdata {
            Ok(rdata) => reads_back(rdata),
            Err(error) => said(&error.to_string()),
        }
    }
}

/// Messages of a transfer, each with its length before it in two octets, as on TCP.
pub fn transfer(octets: &[u8]) {
    let mut messages = Vec::new();
    let mut rest = octets;
    while let Some((length, behind)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(behind.len());
        let (message, behind) = behind.split_at_checked(length).unwrap_or((behind, &[]));
        messages.push(message);
        rest = behind;
    }
    match rfc2136::zone(&apex(), messages) {
        Ok(Some(live)) => {
            sound(&live);
            assert!(live.zone.serial().is_some(), "a whole zone has an SOA record");
        }
        Ok(None) => {}
        Err(error) => said(&error.to_string()),
    }
}

/// What is there and no part of the zone is told in few words; the zone is one that can be printed and read again.
fn sound(live: &Live) {
    live.kept.iter().for_each(|kept| {
        said(&kept.reason);
        assert!(kept.count > 0, "nothing is kept: {kept:?}");
    });
    prints(&live.zone);
}

fn said(message: &str) {
    let length = message.chars().count();
    assert!(length > 0 && length < 2000, "{length} characters: {message:?}");
}
