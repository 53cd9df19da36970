//! Does the client match? (RFC 7208 section 5)

use super::SpfResult;
use super::check::Check;
use super::expand::name_of;
use super::possible::Outcome;
use crate::resolve::{Answer, Resolver, reverse_name};
use crate::spf::{MacroText, Mechanism, Prefixes};
use dnsctl_zone::{Name, RecordType};
use std::net::IpAddr;

impl<R: Resolver> Check<'_, R> {
    pub(super) fn mechanism(&mut self, mechanism: &Mechanism, domain: &str, depth: usize) -> Outcome {
        let ip = self.identity.ip;
        let spec = match mechanism {
            Mechanism::All => return Outcome::MATCH,
            Mechanism::Ip4(address, prefix) => {
                return Outcome::matching(covers(IpAddr::V4(*address), prefix.unwrap_or(32), ip));
            }
            Mechanism::Ip6(address, prefix) => {
                return Outcome::matching(covers(IpAddr::V6(*address), prefix.unwrap_or(128), ip));
            }
            Mechanism::Include(spec) | Mechanism::Exists(spec) => Some(spec),
            Mechanism::A(spec, _) | Mechanism::Mx(spec, _) | Mechanism::Ptr(spec) => spec.as_ref(),
        };
        if self.too_many_lookups() {
            return Outcome::PERMANENT;
        }
        let target = match self.target(spec, domain) {
            Ok(target) => target,
            Err(outcome) => return outcome,
        };
        if let Mechanism::Include(_) = mechanism {
            let possible = self.host(&target, depth + 1, false);
            if possible.has(SpfResult::None) {
                self.because(format!("{domain} includes {target}, which has no SPF record"));
            }
            return Outcome::of_included(possible);
        }
        // What cannot be a name does not exist (section 4.8 leaves this open).
        let Some(name) = name_of(&target) else { return Outcome::NO_MATCH };
        match mechanism {
            Mechanism::A(_, prefixes) => self.address(&name, *prefixes),
            Mechanism::Mx(_, prefixes) => self.mail_exchangers(&name, *prefixes),
            Mechanism::Ptr(_) => self.ptr(&name),
            _ => self.exists(&name),
        }
    }

    /// The name that a term is about; the domain itself where nothing stands.
    pub(super) fn target(&mut self, spec: Option<&MacroText>, domain: &str) -> Result<String, Outcome> {
        let Some(spec) = spec else { return Ok(domain.to_owned()) };
        let identity = self.identity.clone();
        identity.name(spec, domain, || self.pointer(domain, true))
    }

    /// `a` (section 5.3).
    fn address(&mut self, name: &Name, prefixes: Prefixes) -> Outcome {
        let answer = self.addresses(name);
        if self.too_many_voids(&answer) {
            return Outcome::PERMANENT;
        }
        match answer {
            Answer::Found(addresses) => Outcome::matching(self.among(&addresses, prefixes)),
            Answer::Empty | Answer::Missing => Outcome::NO_MATCH,
            Answer::Failed(why) => self.failed_lookup(name, &why),
            Answer::Unknown => Outcome::UNKNOWN,
        }
    }

    /// `mx` (section 5.4).
    fn mail_exchangers(&mut self, name: &Name, prefixes: Prefixes) -> Outcome {
        let answer = self.resolver.mail_exchangers(name);
        if self.too_many_voids(&answer) {
            return Outcome::PERMANENT;
        }
        let mut exchangers = match answer {
            Answer::Found(exchangers) => exchangers,
            Answer::Empty | Answer::Missing => return Outcome::NO_MATCH,
            Answer::Failed(why) => return self.failed_lookup(name, &why),
            Answer::Unknown => {
                self.lacks(name, RecordType::MX);
                return Outcome::UNKNOWN;
            }
        };
        let most = self.limits.mail_exchangers;
        if exchangers.len() > most {
            let words =
                format!("{} has more than {most} MX records (RFC 7208 section 4.6.4)", name.without_dot());
            self.because(words);
            return Outcome::PERMANENT;
        }
        exchangers.sort();
        let mut outcome = Outcome::NO_MATCH;
        // A null MX (RFC 7505) has no address.
        for (_, exchanger) in exchangers.iter().filter(|(_, exchanger)| !exchanger.is_root()) {
            match self.address(exchanger, prefixes) {
                Outcome::NO_MATCH => {}
                Outcome::UNKNOWN => outcome = Outcome::UNKNOWN,
                Outcome::MATCH => return Outcome::MATCH,
                error => return Outcome { matches: outcome.matches, ..error },
            }
        }
        outcome
    }

    /// `exists`: always an IPv4 address (section 5.7).
    fn exists(&mut self, name: &Name) -> Outcome {
        let answer = self.resolver.ipv4(name);
        if self.too_many_voids(&answer) {
            return Outcome::PERMANENT;
        }
        match answer {
            Answer::Found(_) => Outcome::MATCH,
            Answer::Empty | Answer::Missing => Outcome::NO_MATCH,
            Answer::Failed(why) => self.failed_lookup(name, &why),
            Answer::Unknown => {
                self.lacks(name, RecordType::A);
                Outcome::UNKNOWN
            }
        }
    }

    /// `ptr` (section 5.5).
    fn ptr(&mut self, name: &Name) -> Outcome {
        match self.validated() {
            Err(outcome) => outcome,
            Ok(Answer::Unknown) => Outcome::UNKNOWN,
            Ok(found) => Outcome::matching(found.values().iter().any(|found| found.is_at_or_below(name))),
        }
    }

    /// The value of the macro `p` (section 7.3). It counts as one lookup of the check, as the `ptr` that it is (section
    /// 4.6.4); not in an explanation, which is no part of the check any more.
    pub(super) fn pointer(&mut self, domain: &str, counts: bool) -> Result<String, Outcome> {
        let known = self.pointers.clone();
        if counts && known.is_none() && self.too_many_lookups() {
            return Err(Outcome::PERMANENT);
        }
        let validated = known.map_or_else(|| self.validated(), Ok);
        if let Ok(answer) = &validated {
            self.pointers = Some(answer.clone());
        }
        let answer = match validated {
            Ok(Answer::Unknown) => return Err(Outcome::UNKNOWN),
            Ok(answer) => answer,
            Err(outcome) if counts => return Err(outcome),
            Err(_) => Answer::Empty,
        };
        let names = answer.values();
        let at_domain = name_of(domain).and_then(|domain| {
            let below = || names.iter().find(|name| name.is_below(&domain));
            names.iter().find(|name| **name == domain).or_else(below).cloned()
        });
        let name = at_domain.or_else(|| names.first().cloned());
        Ok(name.map_or_else(|| "unknown".to_owned(), |name| name.without_dot()))
    }

    /// The names of the client that lead back to its address (section 5.5). An error of DNS is as no name.
    fn validated(&mut self) -> Result<Answer<Name>, Outcome> {
        let ip = self.identity.ip;
        let answer = self.resolver.pointers(ip);
        if self.too_many_voids(&answer) {
            return Err(Outcome::PERMANENT);
        }
        let names = match answer {
            Answer::Found(names) => names,
            Answer::Unknown => {
                self.lacks(&reverse_name(ip), RecordType::PTR);
                return Ok(Answer::Unknown);
            }
            _ => Vec::new(),
        };
        let mut validated = Vec::new();
        let mut unknown = false;
        for name in names.into_iter().take(self.limits.pointers) {
            let addresses = self.addresses(&name);
            if self.too_many_voids(&addresses) {
                return Err(Outcome::PERMANENT);
            }
            unknown |= addresses == Answer::Unknown;
            if addresses.values().contains(&ip) {
                validated.push(name);
            }
        }
        Ok(if unknown { Answer::Unknown } else { Answer::of(validated) })
    }

    /// The addresses of a name, of the family of the client.
    fn addresses(&mut self, name: &Name) -> Answer<IpAddr> {
        let (answer, rtype) = match self.identity.ip {
            IpAddr::V4(_) => (self.resolver.ipv4(name).map(|ip| Some(IpAddr::V4(ip))), RecordType::A),
            IpAddr::V6(_) => (self.resolver.ipv6(name).map(|ip| Some(IpAddr::V6(ip))), RecordType::AAAA),
        };
        if answer == Answer::Unknown {
            self.lacks(name, rtype);
        }
        answer
    }

    fn among(&self, addresses: &[IpAddr], prefixes: Prefixes) -> bool {
        let ip = self.identity.ip;
        let length = if ip.is_ipv4() { prefixes.ipv4.unwrap_or(32) } else { prefixes.ipv6.unwrap_or(128) };
        addresses.iter().any(|address| covers(*address, length, ip))
    }

    fn failed_lookup(&mut self, name: &Name, why: &str) -> Outcome {
        self.because(format!("{} cannot be looked up: {why}", name.without_dot()));
        Outcome::TEMPORARY
    }
}

/// Whether the network of this address and prefix length holds `ip`. Families never match each other (section 5).
fn covers(network: IpAddr, length: u8, ip: IpAddr) -> bool {
    let length = u32::from(length);
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            (network.to_bits() ^ ip.to_bits()).checked_shr(32_u32.saturating_sub(length)).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            (network.to_bits() ^ ip.to_bits()).checked_shr(128_u32.saturating_sub(length)).unwrap_or(0) == 0
        }
        _ => false,
    }
}
