//! What a `mail:` block declares.

use super::{
    Bouncing, Certificate, Facts, Host, PolicyFile, Selector, SelectorKey, Sender, SenderKind, Services,
};
use dnsctl_mail::intent::{Access, At, Dane, DkimSource, FileRef, Files, Intent, Usage, declared_key};
use dnsctl_mail::services::{IMAP, IMAPS, POP3, POP3S, SIEVE, SUBMISSION, SUBMISSIONS, Service};
use dnsctl_mail::tlsa::{self, Params};
use dnsctl_zone::Name;
use std::collections::BTreeMap;

impl Facts {
    /// The facts of a `mail:` block with its presets filled in, the files that it names, and the text of its MTA-STS policy.
    /// Nothing is declared by an empty one.
    pub fn of(intent: &Intent, files: &Files, policy: Option<&str>) -> Self {
        if intent.is_empty() {
            return Self::default();
        }
        let exchangers: Vec<Name> = intent.mx.iter().map(|exchange| exchange.value.host.clone()).collect();
        let source = intent.mta_sts.as_ref().map(|part| part.source.clone());
        Self {
            source: intent.source.clone(),
            domain: None,
            receives: Some(intent.receives_mail()),
            sends: Some(intent.sends_mail()),
            exchangers: (!exchangers.is_empty()).then_some(exchangers),
            hosts: hosts(intent),
            senders: senders(intent),
            bouncing: intent.bouncing.iter().map(bouncing).collect(),
            greetings: greetings(intent),
            selectors: intent
                .dkim
                .iter()
                .map(|At { value, source }| selector(value, source, files))
                .collect(),
            policy: policy.map(|text| PolicyFile { text: text.as_bytes().to_vec(), source }),
            name_servers: None,
            services: services(intent),
            certificates: intent.dane.iter().flat_map(|dane| certificates(&dane.value, files)).collect(),
            allow_special_addresses: false,
        }
    }
}

fn hosts(intent: &Intent) -> Vec<Host> {
    let host = |At { value, source }: &At<dnsctl_mail::intent::Host>| Host {
        name: value.name.clone(),
        addresses: value.addresses.clone(),
        planned: value.planned.clone(),
        retired: value.retired.clone(),
        source: Some(source.clone()),
    };
    intent.hosts.iter().map(host).collect()
}

fn bouncing(At { value, source }: &At<dnsctl_mail::intent::Bouncing>) -> Bouncing {
    Bouncing { title: value.title.to_owned(), name: value.name.clone(), source: Some(source.clone()) }
}

fn greetings(intent: &Intent) -> BTreeMap<Name, Name> {
    let hosts = intent.hosts.iter().map(|host| &host.value);
    hosts.filter_map(|host| Some((host.name.clone(), host.helo.clone()?))).collect()
}

fn senders(intent: &Intent) -> Vec<Sender> {
    // What a host says of itself is among the greetings.
    let sender = |At { value, source }: &At<SenderKind>| Sender {
        who: value.clone(),
        helo: None,
        source: Some(source.clone()),
    };
    intent.senders.iter().map(sender).collect()
}

fn selector(
    selector: &dnsctl_mail::intent::Selector,
    source: &dnsctl_zone::Source,
    files: &Files,
) -> Selector {
    let key = match &selector.key {
        DkimSource::Alias(target) => SelectorKey::Alias(target.clone()),
        DkimSource::Revoked => SelectorKey::Revoked,
        DkimSource::File(_) | DkimSource::Public(_) => declared_key(selector, files)
            .map_or(SelectorKey::Unknown, |key| SelectorKey::Public(Box::new(key))),
    };
    Selector { owner: selector.name.clone(), key, source: Some(source.clone()) }
}

fn services(intent: &Intent) -> Services {
    let submission = |service: &Service| {
        let smtp = intent.smtp.as_ref().filter(|smtp| !smtp.value.submission.is_empty())?;
        Some(smtp.value.submission.iter().any(|port| port.value == service.port))
    };
    let access = |access: &Option<At<Access>>, service: &Service| {
        access.as_ref().map(|access| match &access.value {
            Access::Nowhere => false,
            Access::Host { ports, .. } => ports.contains(&service.port),
        })
    };
    Services {
        submissions: submission(&SUBMISSIONS),
        submission: submission(&SUBMISSION),
        imaps: access(&intent.imap, &IMAPS),
        imap: access(&intent.imap, &IMAP),
        pop3s: access(&intent.pop, &POP3S),
        pop3: access(&intent.pop, &POP3),
        sieve: access(&intent.sieve, &SIEVE),
        autoconfig: intent.autoconfig.as_ref().map(|_| true),
        autodiscover: intent.autodiscover.as_ref().map(|_| true),
    }
}

fn certificates(dane: &Dane, files: &Files) -> Vec<Certificate> {
    let all = std::iter::once((&dane.certificate, false)).chain(dane.next.iter().map(|next| (next, true)));
    let ports = if dane.ports.is_empty() { vec![25] } else { dane.ports.clone() };
    let made = all.flat_map(|(file, next)| {
        let text = text(file, files).unwrap_or("");
        let chain = tlsa::Certificate::from_pem(text).unwrap_or_default();
        let params = match dane.usage {
            Usage::EndEntity => Params::KEY,
            Usage::TrustAnchor => Params::AUTHORITY_KEY,
        };
        let record = tlsa::from_pem(text, params).ok();
        let issuer = chain.first().and_then(|leaf| organisation(&leaf.issuer));
        let ports = &ports;
        dane.hosts.iter().map(move |host| Certificate {
            host: host.value.clone(),
            ports: ports.clone(),
            next,
            issuer: issuer.clone(),
            chain: chain.clone(),
            record: record.clone(),
            source: Some(file.source.clone()),
        })
    });
    made.collect()
}

fn text<'f>(file: &At<FileRef>, files: &'f Files) -> Option<&'f str> {
    std::str::from_utf8(files.get(&file.value.path)?).ok()
}

/// The organisation in a name for a person, such as `C=US, O=Let's Encrypt, CN=R11`.
fn organisation(issuer: &str) -> Option<String> {
    let part = issuer.split(", ").find_map(|part| part.strip_prefix("O="))?;
    Some(part.to_owned())
}
