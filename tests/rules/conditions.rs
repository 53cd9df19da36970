//! What is so in a zone of which others say something, as its records show it: no rule is asked.

use crate::zones::Findings;
use dnsctl_zone::{Name, Rdata, RecordType};
use std::fmt;

/// A condition on a zone, or on a name in it: the apex where none is named.
pub(crate) struct Condition {
    pub(crate) words: &'static str,
    pub(crate) holds: fn(&Findings, Option<&Name>) -> bool,
}

impl fmt::Debug for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.words)
    }
}

const ADDRESS: [RecordType; 4] = [RecordType::A, RecordType::AAAA, RecordType::ALIAS, RecordType::LUA];

pub(crate) const NO_MAIL_DOMAIN: Condition = Condition {
    words: "the domain takes no mail, sends none and has no address",
    holds: |zone, about| {
        let name = zone.name(about);
        !receives(zone, name) && !sends(zone, name) && !has_address(zone, name)
    },
};

pub(crate) const TAKES_NO_MAIL: Condition = Condition {
    words: "no mail is taken: no MX record names a host, and nothing else is declared",
    holds: |zone, about| !receives(zone, zone.name(about)),
};

pub(crate) const NO_TLS_WANTED: Condition = Condition {
    words: "neither MTA-STS nor DANE is used",
    holds: |zone, about| {
        let name = zone.name(about);
        let sts = texts(zone, &below(name, &["_mta-sts"])).iter().any(|text| text.starts_with("v=stsv1;"));
        let hosts = zone.of(name, RecordType::MX).filter_map(Rdata::target).collect::<Vec<_>>();
        let dane = hosts.iter().any(|host| zone.has_any(&below(host, &["_tcp", "_25"]), &[RecordType::TLSA]));
        !sts && !dane && zone.facts.policy.is_none()
    },
};

pub(crate) const NO_PICTURE_ALLOWED: Condition = Condition {
    words: "the domain sends no mail, or its DMARC policy does not enforce",
    holds: |zone, about| {
        let name = zone.name(about);
        let policy = texts(zone, &below(name, &["_dmarc"]));
        !sends(zone, name)
            || !policy.iter().any(|text| text.contains("p=reject") || text.contains("p=quarantine"))
    },
};

pub(crate) const EVIDENCE_IS_SOUND: Condition = Condition {
    words: "the place of the mark certificate is left out, empty or an address with https",
    holds: |zone, about| {
        let text = texts(zone, &below(zone.name(about), &["_bimi", "default"])).join(";");
        let mut evidence =
            text.split(';').filter_map(|tag| tag.split_once('=')).filter(|(tag, _)| tag.trim() == "a");
        evidence.all(|(_, place)| place.trim().is_empty() || place.trim().starts_with("https://"))
    },
};

pub(crate) const NO_ADDRESS: Condition =
    Condition { words: "the name has no address", holds: |zone, about| !has_address(zone, zone.name(about)) };

pub(crate) const SEVERAL_MACHINES: Condition = Condition {
    words: "the addresses of the host are not in the zone or stand there as glue, or are several of a family",
    holds: |zone, about| {
        let Some(mut host) = zone.of(zone.name(about), RecordType::MX).find_map(Rdata::target) else {
            return false;
        };
        for _ in 0..8 {
            let Some(target) = alias(zone, &host) else { break };
            host = target;
        }
        if is_delegated(zone, &host) {
            return true;
        }
        let count = |rtype| zone.of(&host, rtype).count();
        match (count(RecordType::A), count(RecordType::AAAA)) {
            (0, 0) => true,
            (four, six) => four > 1 || six > 1,
        }
    },
};

pub(crate) const SHORT_CHAIN: Condition = Condition {
    words: "the chain of aliases that begins here ends within eight",
    holds: |zone, about| {
        let mut name = zone.name(about).clone();
        for _ in 0..9 {
            let Some(target) = alias(zone, &name) else { return true };
            name = target;
        }
        false
    },
};

pub(crate) const NEITHER_SOA_NOR_NS: Condition = Condition {
    words: "the zone has neither SOA nor NS records at its apex",
    holds: |zone, _| !zone.has_any(&zone.apex, &[RecordType::SOA, RecordType::NS]),
};

pub(crate) const HAS_ALIAS: Condition = Condition {
    words: "the zone has ALIAS records",
    holds: |zone, _| zone.records.iter().any(|(_, rdata)| rdata.rtype() == RecordType::ALIAS),
};

pub(crate) const DMARC_IS_ELSEWHERE: Condition = Condition {
    words: "what stands at _dmarc is an alias of a name outside the zone",
    holds: |zone, about| {
        let place = below(zone.name(about), &["_dmarc"]);
        zone.of(&place, RecordType::CNAME)
            .filter_map(Rdata::target)
            .any(|target| !target.is_at_or_below(&zone.apex))
    },
};

/// Whether a name is at or below a delegation.
fn is_delegated(zone: &Findings, name: &Name) -> bool {
    let cut = |at: &Name| *at != zone.apex && at.is_at_or_below(&zone.apex) && name.is_at_or_below(at);
    zone.records.iter().any(|(at, rdata)| rdata.rtype() == RecordType::NS && cut(at))
}

/// What a name is an alias of.
fn alias(zone: &Findings, name: &Name) -> Option<Name> {
    zone.of(name, RecordType::CNAME).find_map(Rdata::target)
}

/// A name below another, its labels from right to left.
fn below(name: &Name, labels: &[&str]) -> Name {
    labels.iter().fold(name.clone(), |name, label| name.child(label.as_bytes()).unwrap())
}

/// The texts at a name in small letters.
fn texts(zone: &Findings, name: &Name) -> Vec<String> {
    let text = |rdata: &Rdata| String::from_utf8_lossy(&rdata.joined_text()).to_ascii_lowercase();
    zone.of(name, RecordType::TXT).map(text).collect()
}

fn has_address(zone: &Findings, name: &Name) -> bool {
    zone.has_any(name, &ADDRESS)
}

fn receives(zone: &Findings, name: &Name) -> bool {
    let declared = zone.facts.receives.filter(|_| *name == zone.apex);
    declared.unwrap_or_else(|| {
        zone.of(name, RecordType::MX).filter_map(Rdata::target).any(|host| !host.is_root())
    })
}

/// Whether a sender is declared, or an SPF record lets anybody send.
fn sends(zone: &Findings, name: &Name) -> bool {
    if *name == zone.apex {
        if let Some(declared) = zone.facts.sends {
            return declared;
        }
        if !zone.facts.senders.is_empty() {
            return true;
        }
    }
    let refuses = |term: &str| term.starts_with(['-', '~', '?']) || term.starts_with("exp=");
    texts(zone, name)
        .iter()
        .filter_map(|text| text.strip_prefix("v=spf1 "))
        .any(|terms| terms.split_whitespace().any(|term| !refuses(term)))
}
