//! One block of a corpus file.

use dnsctl_checks::{
    Bouncing, Certificate, Check, Facts, Host, Judged, Outcome, PolicyFile, Report, Repository, Selector,
    SelectorKey, Sender, SenderKind, Settings, Subject, judge,
};
use dnsctl_mail::dkim;
use dnsctl_mail::intent::Include;
use dnsctl_mail::tlsa::{self, Params};
use dnsctl_zone::{
    Desired, Evidence, Folded, IgnoreRule, Live, Manage, Name, Names, Policy, Source, Wish, Zone, master,
};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// What a zone is an example of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Fail,
    Pass,
    Untested,
    Refuse,
}

/// A zone with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) words: String,
    pub(crate) expected: Vec<String>,
    pub(crate) live: bool,
    pub(crate) apex: Name,
    bare: bool,
    declared: bool,
    ignore: Vec<String>,
    records: String,
    before: Option<String>,
    held: Vec<Neighbour>,
    facts: Vec<String>,
    without: Vec<String>,
    dated: bool,
}

/// A zone that is held beside the judged one.
#[derive(Debug, Clone)]
struct Neighbour {
    apex: Name,
    records: String,
    declared: bool,
    ignore: Vec<IgnoreRule>,
}

impl Neighbour {
    /// `NAME`, then `declared` or `ignore` with patterns: what is not known of it.
    fn new(words: &str) -> Self {
        let mut words = words.split(' ');
        let apex = Name::absolute(words.next().unwrap()).unwrap();
        let gaps = words.next();
        assert!(matches!(gaps, None | Some("declared" | "ignore")), "{gaps:?}");
        let ignore = words.map(ignored).collect();
        Self { apex, records: String::new(), declared: gaps == Some("declared"), ignore }
    }

    fn desired(&self) -> Desired {
        let (_, zone, sources) = zone(&self.records, &self.apex);
        let manage = if self.declared { Manage::Declared } else { Manage::All };
        Desired { manage, ignore: self.ignore.clone(), ..desired(&zone, sources) }
    }
}

/// What is added to a zone in which it is missing, so that rules about that find nothing in the examples of others. Each
/// with the word of `%without` that leaves it out, and the text by which a record of its kind is known.
const USUAL: [(&str, &str, &str); 6] = [
    ("spf", "v=spf", "@ TXT \"v=spf1 -all\"\n"),
    ("dmarc", "_dmarc", "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"\n"),
    (
        "dkim",
        "_domainkey",
        "s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
    ),
    ("bimi", "_bimi", "default._bimi TXT \"v=BIMI1; l=https://example.com/logo.svg\"\n"),
    ("sts", "mta-sts", "_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts A 192.88.99.80\n"),
    ("tlsrpt", "_smtp._tls", "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:tls@example.org\"\n"),
];

/// The day on which the zones are judged.
const TODAY: &str = "2026-11-23";

const BASE: &str = "@ SOA ns1.example.net. hostmaster.example.org. 1 14400 3600 1209600 3600\n@ NS ns1.example.net.\n@ NS ns2.example.org.\n";

/// The blocks of a file.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // Where records go: the zone, the zone before, or one held beside.
    let mut part = 0;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let (kind, words) = head.split_once(": ").unwrap();
            let kind = match kind {
                "fail" => Kind::Fail,
                "pass" => Kind::Pass,
                "untested" => Kind::Untested,
                "refuse" => Kind::Refuse,
                other => panic!("{other}"),
            };
            part = 0;
            blocks.push(Block {
                kind,
                words: words.to_owned(),
                expected: Vec::new(),
                live: false,
                apex: Name::absolute("example.com").unwrap(),
                bare: false,
                declared: false,
                ignore: Vec::new(),
                records: String::new(),
                before: None,
                held: Vec::new(),
                facts: Vec::new(),
                without: Vec::new(),
                dated: true,
            });
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        let Some(directive) = line.strip_prefix('%') else {
            let text = match part {
                0 => &mut block.records,
                1 => block.before.get_or_insert_default(),
                _ => &mut block.held.last_mut().unwrap().records,
            };
            text.push_str(line);
            text.push('\n');
            continue;
        };
        let (word, rest) = directive.split_once(' ').unwrap_or((directive, ""));
        match word {
            "apex" => block.apex = Name::absolute(rest).unwrap(),
            "bare" => block.bare = true,
            "declared" => block.declared = true,
            "ignore" => block.ignore.push(rest.to_owned()),
            "live" => block.live = true,
            "without" => block.without.push(rest.to_owned()),
            "fact" => block.facts.push(rest.to_owned()),
            "expect" => block.expected.push(rest.to_owned()),
            "before" => {
                part = 1;
                block.before = Some(String::new());
            }
            "held" => {
                part = 2;
                block.held.push(Neighbour::new(rest));
            }
            other => panic!("%{other}"),
        }
    }
    blocks
}

/// An MTA-STS policy, its lines apart by ` | `; `\r` is CR. What is served has no place in the files.
fn policy(text: &str, declared: bool) -> PolicyFile {
    let text = text.replace(" | ", "\n").replace("\\r", "\r");
    let source = declared.then(|| Source::new(Arc::from("zone"), 9, 1));
    PolicyFile { text: text.into_bytes(), source }
}

/// A pattern, with `/TYPE` behind it when it is about one type only.
fn ignored(text: &str) -> IgnoreRule {
    let source = Source::new(Arc::from("zone"), 7, 1);
    let (name, rtype) = text.split_once('/').map_or((text, None), |(name, rtype)| (name, Some(rtype)));
    let types = rtype.iter().map(|rtype| rtype.parse().unwrap()).collect();
    IgnoreRule { name: name.to_owned(), types, except: Vec::new(), source }
}

fn parse(text: &str, apex: &Name) -> master::Parsed {
    let text = format!("$TTL 3600\n{text}");
    let options = master::Options { pseudo_types: true, ..master::Options::default() };
    master::parse(&text, Arc::from("zone"), apex, options, &mut |_| Err("no includes".to_owned()))
}

/// The records as read and the zone. Several values where there can be one are kept: a server may hold them.
fn zone(text: &str, apex: &Name) -> (Vec<master::Record>, Zone, Vec<Source>) {
    let parsed = parse(text, apex);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let records = parsed.records.clone();
    let loaded = master::zone(parsed, apex);
    (records, loaded.zone, loaded.sources)
}

/// What files want that have these records.
fn desired(zone: &Zone, sources: Vec<Source>) -> Desired {
    let wishes = zone.rrsets().iter().cloned().zip(sources);
    let wish = |(rrset, source)| Wish { rrset, source, provider_options: None, only: None, lenient: false };
    Desired {
        apex: zone.apex.clone(),
        wishes: wishes.map(wish).collect(),
        providers: Vec::new(),
        ignore: Vec::new(),
        manage: Manage::All,
        create: false,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: Policy::default(),
        servers: Vec::new(),
        source: Source::new(Arc::from("zone"), 1, 1),
    }
}

impl Block {
    /// The master file of the zone.
    pub(crate) fn text(&self) -> String {
        if self.bare {
            return self.records.clone();
        }
        let mut text = format!("{BASE}{}", self.records);
        for (word, known, record) in USUAL {
            let has = self.records.to_ascii_lowercase().contains(known);
            if self.may_have_mail() && !has && !self.without.iter().any(|without| without == word) {
                text.push_str(record);
            }
        }
        text
    }

    /// Whether somebody may take the apex for a mail domain: it has an address, an MX or an SPF record, or senders are declared.
    fn may_have_mail(&self) -> bool {
        let types = ["MX", "A", "AAAA", "ALIAS", "LUA"];
        let mut records = self.records.lines().filter_map(|line| line.strip_prefix("@ "));
        let mail = records.any(|record| {
            let rtype = record.split_whitespace().next();
            rtype.is_some_and(|rtype| types.contains(&rtype)) || record.to_ascii_lowercase().contains("v=spf")
        });
        mail || self.facts.iter().any(|fact| fact.starts_with("sender ") || fact == "sends true")
    }

    /// Why its text cannot be read.
    pub(crate) fn refusal(&self) -> Option<String> {
        let parsed = parse(&self.text(), &self.apex);
        let out = parsed.records.iter().find(|record| !record.name.is_at_or_below(&self.apex));
        let out = out.map(|record| format!("{} is not in the zone", record.name));
        parsed.errors.first().map(ToString::to_string).or(out)
    }

    fn with<T>(&self, look: impl FnOnce(&Subject<'_>) -> T) -> T {
        let (records, zone, sources) = zone(&self.text(), &self.apex);
        let before = self.before.as_ref().map(|text| {
            let base = if text.contains(" SOA ") { "" } else { BASE };
            self::zone(&format!("{base}{text}"), &self.apex).1
        });
        let held: Vec<Desired> = self.held.iter().map(Neighbour::desired).collect();
        let held: Vec<Judged<'_>> = held.iter().map(|held| Judged::desired(held, None)).collect();
        let facts = self.facts();
        let mut repository = Repository::new(&held);
        repository.learn(&facts);
        let live = Live::new(zone.clone());
        let desired = Desired {
            ignore: self.ignore.iter().map(|name| ignored(name)).collect(),
            manage: if self.declared { Manage::Declared } else { Manage::All },
            ..desired(&zone, sources)
        };
        let folded = Folded::of_records(&records);
        let judged =
            if self.live { Judged::live(&live) } else { Judged::desired(&desired, None).written(&folded) };
        look(&Subject::new(&judged, &facts, &repository).with_before(before.as_ref()))
    }

    /// What the whole catalogue says.
    pub(crate) fn judge<T>(&self, look: impl FnOnce(&Report<'_>, &Name) -> T) -> T {
        let settings = Settings { acknowledgements: &[], today: TODAY };
        self.with(|subject| look(&judge(subject, settings), subject.apex()))
    }

    /// The same without a kind of evidence; `None` when it has nothing of it.
    pub(crate) fn without(&self, evidence: Evidence) -> Option<Self> {
        let mut less = self.clone();
        let is_certificate = |fact: &String| fact.starts_with("certificate");
        // What the files say of the zone as a whole.
        let is_head = |fact: &String| fact == "special" || fact.starts_with("ns ");
        match evidence {
            Evidence::Mail => less.facts.retain(|fact| is_certificate(fact) || is_head(fact)),
            Evidence::Certificates => less.facts.retain(|fact| !is_certificate(fact)),
            Evidence::Neighbours => less.held.clear(),
            Evidence::Before => less.before = None,
            Evidence::Date => less.dated = false,
            _ => return None,
        }
        let same = (less.facts.len(), less.held.len(), less.before.is_some(), less.dated)
            == (self.facts.len(), self.held.len(), self.before.is_some(), self.dated);
        (!same).then_some(less)
    }

    /// What one rule says.
    pub(crate) fn ask(&self, check: &Check) -> Outcome {
        self.with(|subject| {
            if self.dated {
                subject.on(TODAY);
            }
            (check.look)(subject)
        })
    }

    fn name(&self, text: &str) -> Name {
        Name::parse(text, Names { origin: &self.apex, strict: false }).unwrap()
    }

    /// What is declared.
    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for line in &self.facts {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let words: Vec<&str> = rest.split_whitespace().collect();
            let names = || words.iter().map(|name| self.name(name)).collect::<Vec<_>>();
            match word {
                "receives" => facts.receives = Some(rest == "true"),
                "sends" => facts.sends = Some(rest == "true"),
                "mx" => facts.exchangers = Some(names()),
                "ns" => facts.name_servers = Some(names()),
                "host" => facts.hosts.push(self.host(&words)),
                "sender" => facts.senders.push(self.sender(&words)),
                "selector" => facts.selectors.push(self.selector(&words)),
                "greets" => {
                    facts.greetings.insert(self.name(words[0]), self.name(words[1]));
                }
                "bouncing" => facts.bouncing.push(Bouncing {
                    title: words[0].to_owned(),
                    name: words.get(1).map(|name| self.name(name)),
                    source: None,
                }),
                "special" => facts.allow_special_addresses = true,
                "policy" | "policy-served" => facts.policy = Some(policy(rest, word == "policy")),
                "certificate-file" => facts.certificates.push(self.certificate(&words)),
                "certificate" => {
                    let (host, issuer) = rest.split_once(' ').unwrap();
                    facts.certificates.push(Certificate {
                        host: self.name(host),
                        ports: vec![25],
                        next: false,
                        issuer: Some(issuer.to_owned()),
                        chain: Vec::new(),
                        record: None,
                        source: None,
                    });
                }
                "service" => {
                    let offered = Some(words[1] == "true");
                    let services = &mut facts.services;
                    let place = match words[0] {
                        "submissions" => &mut services.submissions,
                        "submission" => &mut services.submission,
                        "imaps" => &mut services.imaps,
                        "imap" => &mut services.imap,
                        "pop3s" => &mut services.pop3s,
                        "pop3" => &mut services.pop3,
                        "sieve" => &mut services.sieve,
                        "autoconfig" => &mut services.autoconfig,
                        "autodiscover" => &mut services.autodiscover,
                        other => panic!("{other}"),
                    };
                    *place = offered;
                }
                other => panic!("%fact {other}"),
            }
        }
        facts
    }

    /// `HOST FILE`, then any of `next`, `port NUMBER`, `authority`, which is what the TLSA record is about then, and
    /// `issuer ORGANISATION`.
    fn certificate(&self, words: &[&str]) -> Certificate {
        let has = |word: &str| words.contains(&word);
        let ports = words.windows(2).filter(|pair| pair[0] == "port").map(|pair| pair[1].parse().unwrap());
        let mut ports: Vec<u16> = ports.collect();
        if ports.is_empty() {
            ports.push(25);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/certificates");
        let text = std::fs::read_to_string(folder.join(words[1])).unwrap();
        let params = if has("authority") { Params::AUTHORITY_KEY } else { Params::KEY };
        Certificate {
            host: self.name(words[0]),
            ports,
            next: has("next"),
            issuer: words.iter().position(|word| *word == "issuer").map(|at| words[at + 1..].join(" ")),
            chain: tlsa::Certificate::from_pem(&text).unwrap_or_default(),
            record: Some(tlsa::from_pem(&text, params).unwrap()),
            source: Some(Source::new(Arc::from("zone"), 8, 1)),
        }
    }

    /// `NAME`, then `unknown`, `revoked`, `alias TARGET` or `key BASE64`.
    fn selector(&self, words: &[&str]) -> Selector {
        let key = match words[1] {
            "unknown" => SelectorKey::Unknown,
            "revoked" => SelectorKey::Revoked,
            "alias" => SelectorKey::Alias(self.name(words[2])),
            "key" => {
                let text = format!("v=DKIM1; p={}", words[2]);
                SelectorKey::Public(Box::new(dkim::parse(text.as_bytes()).key.unwrap()))
            }
            other => panic!("{other}"),
        };
        let source = Some(Source::new(Arc::from("zone"), 6, 1));
        Selector { owner: self.name(words[0]), key, source }
    }

    fn host(&self, words: &[&str]) -> Host {
        let mut host = Host {
            name: self.name(words[0]),
            addresses: vec![],
            planned: vec![],
            retired: vec![],
            source: None,
        };
        let mut state = "addresses";
        for word in &words[1..] {
            match word.parse::<IpAddr>() {
                Err(_) => state = word,
                Ok(address) => match state {
                    "addresses" => host.addresses.push(address),
                    "planned" => host.planned.push(address),
                    _ => host.retired.push(address),
                },
            }
        }
        host
    }

    fn sender(&self, words: &[&str]) -> Sender {
        let who = match (words[0].split_once(':'), words[0].parse()) {
            (_, Ok(address @ IpAddr::V4(_))) => SenderKind::Network { address, prefix: 32 },
            (_, Ok(address)) => SenderKind::Network { address, prefix: 128 },
            (Some(("include", text)), _) if text.contains('%') => {
                SenderKind::Include(Include::Macros(text.to_owned()))
            }
            (Some(("include", name)), _) => SenderKind::Include(Include::Name(self.name(name))),
            (Some(("exists", text)), _) => SenderKind::Exists(text.to_owned()),
            (Some(("mx", name)), _) => SenderKind::Exchangers(Some(self.name(name))),
            _ if words[0] == "mx" => SenderKind::Exchangers(None),
            _ => match words[0].split_once('/') {
                Some((address, prefix)) => {
                    SenderKind::Network { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() }
                }
                None => SenderKind::Host(self.name(words[0])),
            },
        };
        let helo = words.get(1).filter(|word| **word == "helo").map(|_| self.name(words[2]));
        Sender { who, helo, source: None }
    }
}
