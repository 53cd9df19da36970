//! Answers that somebody looked up before.

use super::{Answer, Query, Resolver, reverse_name};
use dnsctl_zone::{Name, Rdata, RecordType};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Answers by query. What was not recorded is [`Answer::Unknown`].
#[derive(Debug, Clone, Default)]
pub struct Recorded(BTreeMap<Query, Answer<Rdata>>);

impl Recorded {
    /// Keeps the answer to a query, aliases already followed.
    pub fn insert(&mut self, query: Query, answer: Answer<Rdata>) {
        self.0.insert(query, answer);
    }

    /// How many queries have an answer.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, name: &Name, rtype: RecordType) -> Answer<Rdata> {
        self.0.get(&Query { name: name.clone(), rtype }).cloned().unwrap_or(Answer::Unknown)
    }
}

impl Resolver for Recorded {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        self.get(name, RecordType::TXT).map(|rdata| Some(rdata.joined_text()))
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        self.get(name, RecordType::A).map(|rdata| super::zones::ipv4(&rdata))
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        self.get(name, RecordType::AAAA).map(|rdata| super::zones::ipv6(&rdata))
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        self.get(name, RecordType::MX).map(|rdata| super::zones::exchange(&rdata))
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        self.get(&reverse_name(address), RecordType::PTR).map(|rdata| rdata.target())
    }
}
