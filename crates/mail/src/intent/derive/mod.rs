//! Intent to RRsets.

mod access;
mod dane;
mod dkim;
mod dmarc;
mod tls;

pub use dkim::declared_key;

use super::{At, Intent, Problem, expand, spf};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Source, Ttl, Wish};
use std::collections::BTreeMap;

/// The contents of the files that an intent names, by path. One that is missing was reported by whoever could not read it.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What follows from an intent.
#[derive(Debug, Clone, Default)]
pub struct Derived {
    /// The RRsets, each name and type once, in canonical order; each stands where the part of the block stands that wants
    /// it.
    pub wishes: Vec<Wish>,
    /// The text of the MTA-STS policy file, when the block has a policy.
    pub policy: Option<String>,
    /// What is wrong. The RRsets are then not all that was meant.
    pub problems: Vec<Problem>,
    /// The intent with its presets filled in: what checks should judge.
    pub intent: Intent,
}

/// The RRsets of an intent for the zone `apex`. `ttl` is for those that have no other.
pub fn derive(intent: &Intent, apex: &Name, ttl: Ttl, files: &Files) -> Derived {
    if intent.is_empty() {
        return Derived::default();
    }
    let (whole, extras, problems) = expand(intent, apex);
    let filled = problems.is_empty();
    let ttl = whole.ttl.as_ref().map_or(ttl, |ttl| ttl.value);
    let mut maker = Maker { intent: &whole, apex, ttl, files, made: BTreeMap::new(), problems, policy: None };
    maker.consistent();
    maker.exchange();
    maker.hosts();
    maker.spf();
    maker.dkim();
    maker.dmarc();
    maker.mta_sts();
    maker.tls_rpt();
    maker.dane();
    maker.access();
    for extra in extras {
        maker.add(extra.name, extra.rdata, &extra.source);
    }
    let Maker { made, mut problems, policy, .. } = maker;
    // What is missing may be what a preset would say that could not be filled in.
    problems.retain(|problem| filled || !problem.absent);
    let wish = |((name, rtype), made): ((Name, RecordType), Made)| Wish {
        rrset: RRset::new(name, rtype, made.ttl, made.values),
        source: made.source,
        provider_options: None,
        only: None,
        lenient: false,
    };
    Derived { wishes: made.into_iter().map(wish).collect(), policy, problems, intent: whole }
}

struct Made {
    values: Vec<Rdata>,
    ttl: Ttl,
    source: Source,
}

struct Maker<'a> {
    intent: &'a Intent,
    apex: &'a Name,
    ttl: Ttl,
    files: &'a Files,
    made: BTreeMap<(Name, RecordType), Made>,
    problems: Vec<Problem>,
    policy: Option<String>,
}

impl Maker<'_> {
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn add(&mut self, name: Name, rdata: Rdata, source: &Source) {
        self.add_with(name, rdata, source, self.ttl);
    }

    fn add_with(&mut self, name: Name, rdata: Rdata, source: &Source, ttl: Ttl) {
        let made = self.made.entry((name, rdata.rtype())).or_insert_with(|| Made {
            values: Vec::new(),
            ttl,
            source: source.clone(),
        });
        made.values.push(rdata);
    }

    fn text(&mut self, name: Name, text: &str, source: &Source) {
        self.add(name, Rdata::text(RecordType::TXT, text.as_bytes()), source);
    }

    /// A name below the apex, told when it is too long.
    fn below(&mut self, labels: &str, source: &Source) -> Option<Name> {
        let mut name = self.apex.clone();
        for label in labels.rsplit('.') {
            match name.child(label.as_bytes()) {
                Ok(longer) => name = longer,
                Err(error) => {
                    let message = format!("{labels} cannot stand below {}: {error}", self.apex);
                    self.problem(Problem::new("mail/name", source, message, "use a shorter name"));
                    return None;
                }
            }
        }
        Some(name)
    }

    /// Whether the block says as a whole what it must, and nothing against itself.
    fn consistent(&mut self) {
        let intent = self.intent;
        if let Some(source) = &intent.none {
            let other = [
                intent.mx.first().map(|part| ("mx", &part.source)),
                intent.senders.first().map(|part| ("senders", &part.source)),
                intent.presets.first().map(|part| ("preset", &part.source)),
                intent.receives.as_ref().map(|part| ("receives", &part.source)),
                intent.sends.as_ref().map(|part| ("sends", &part.source)),
                intent.smtp.as_ref().map(|part| ("smtp", &part.source)),
            ];
            for (key, at) in other.into_iter().flatten() {
                let message = format!("`mail: none` says that there is no mail, but `{key}` is there too");
                let problem = Problem::new("mail/none", at, message, "remove one of them");
                self.problem(problem.related(source, "here"));
            }
            return;
        }
        let Some(source) = &intent.source else { return };
        match &intent.receives {
            None if intent.mx.is_empty() => self.problem(
                Problem::new(
                    "mail/receives",
                    source,
                    "the block does not say whether the domain receives mail",
                    "write `mx: { 10: HOST }` or a `preset:`, or `receives: false`",
                )
                .absent(),
            ),
            Some(At { value: true, source }) if intent.mx.is_empty() => self.problem(
                Problem::new(
                    "mail/receives",
                    source,
                    "the domain is to receive mail, but no host takes it",
                    "write `mx: { 10: HOST }`, or `receives: false`",
                )
                .absent(),
            ),
            Some(At { value: false, source }) if !intent.mx.is_empty() => {
                let mx = intent.mx.first().map_or(source, |mx| &mx.source);
                let message =
                    "`receives: false` publishes a null MX (RFC 7505), but there are hosts under `mx`";
                let problem =
                    Problem::new("mail/receives", source, message, "remove `mx`, or write `receives: true`");
                self.problem(problem.related(mx, "here"));
            }
            _ => {}
        }
        let redirect = intent.spf.as_ref().is_some_and(|spf| spf.value.redirect.is_some());
        let silent = intent.senders.is_empty() && !redirect;
        let own_bounces = intent.presets.iter().any(|wanted| wanted.value.preset.includes.is_empty());
        match &intent.sends {
            None if silent && !own_bounces => self.problem(
                Problem::new(
                    "mail/sends",
                    source,
                    "the block does not say who sends mail with addresses of the domain",
                    "write `senders: [HOST]`, or `sends: false`",
                )
                .absent(),
            ),
            Some(At { value: true, source }) if silent && !own_bounces => self.problem(
                Problem::new(
                    "mail/sends",
                    source,
                    "the domain is to send mail, but there are no senders",
                    "write `senders: [HOST]`, or `sends: false`",
                )
                .absent(),
            ),
            Some(At { value: false, source }) if !silent => {
                let sender = intent.senders.first().map_or(source, |sender| &sender.source);
                let message = "`sends: false` forbids everybody to send, but there are senders";
                let problem =
                    Problem::new("mail/sends", source, message, "remove `senders`, or write `sends: true`");
                self.problem(problem.related(sender, "here"));
            }
            _ => {}
        }
    }

    fn exchange(&mut self) {
        let intent = self.intent;
        if !intent.receives_mail() {
            let source = intent.none.as_ref().or(intent.receives.as_ref().map(|receives| &receives.source));
            if let Some(source) = source {
                // RFC 7505 section 3.
                self.add(self.apex.clone(), crate::null_mx::rdata(), source);
            }
            return;
        }
        let mut seen: Vec<(&Name, &Source)> = Vec::new();
        for exchange in &intent.mx {
            if let Some((_, first)) = seen.iter().find(|(host, _)| **host == exchange.value.host) {
                let message = format!("{} stands twice under `mx`", exchange.value.host);
                let problem = Problem::new("mail/mx-twice", &exchange.source, message, "keep one of them");
                self.problem(problem.related(first, "first here"));
                continue;
            }
            seen.push((&exchange.value.host, &exchange.source));
            self.mx(exchange.value.preference, &exchange.value.host, &exchange.source);
        }
    }

    fn mx(&mut self, preference: u16, host: &Name, source: &Source) {
        let mut octets = preference.to_be_bytes().to_vec();
        host.write_wire(&mut octets);
        if let Ok(rdata) = Rdata::from_wire(RecordType::MX, &octets) {
            self.add(self.apex.clone(), rdata, source);
        }
    }

    fn hosts(&mut self) {
        for At { value: host, source } in &self.intent.hosts {
            let mut own = host.addresses.iter().chain(&host.planned);
            if let Some(again) = own.find(|address| host.retired.contains(address)) {
                let message = format!("{again} is an address of {} and a retired one", host.name);
                self.problem(Problem::new("mail/retired", source, message, "keep it in one of the lists"));
            }
            let ttl = host.ttl.unwrap_or(self.ttl);
            for address in &host.addresses {
                self.add_with(host.name.clone(), Rdata::address(*address), source, ttl);
            }
        }
    }

    fn spf(&mut self) {
        let intent = self.intent;
        let retired = |address| {
            intent.hosts.iter().find(|host| host.value.retired.contains(address)).map(|host| &host.source)
        };
        for sender in &intent.senders {
            if let super::Sender::Network { address, .. } = &sender.value
                && let Some(source) = retired(address)
            {
                let message = format!("{address} may send, but it is a retired address");
                let problem = Problem::new("mail/retired", &sender.source, message, "remove one of them");
                self.problem(problem.related(source, "retired here"));
            }
        }
        if let Some(At { value, source }) = &intent.spf
            && let (Some(all), Some(redirect)) = (value.all, &value.redirect)
        {
            let message = format!(
                "`{}` decides for everybody, so `redirect: {}` would never be asked (RFC 7208 section 6.1)",
                all.term(),
                redirect.without_dot()
            );
            self.problem(Problem::new("mail/spf-redirect", source, message, "remove `all` or `redirect`"));
        }
        let parts = [
            intent.spf.as_ref().map(|spf| &spf.source),
            intent.senders.first().map(|sender| &sender.source),
            intent.sends.as_ref().map(|sends| &sends.source),
            intent.none.as_ref(),
            intent.source.as_ref(),
        ];
        let senders = intent.senders.first().map(|sender| &sender.source);
        if let Some(source) = senders.or_else(|| parts.into_iter().flatten().next()) {
            let text = spf::record(intent);
            self.text(self.apex.clone(), &text, source);
        }
    }
}
