//! `mx:` and `hosts:`.

use std::net::IpAddr;

use dnsctl_mail::intent::{At, Exchange, Host};

use crate::diagnostic::{Diagnostic, quote};
use crate::keys;
use crate::native::records::Records;
use crate::yaml::{Kind, Node};

/// The preference of a host that stands alone.
const ALONE: u16 = 10;

impl Records<'_, '_> {
    pub(super) fn exchanges(&mut self, node: &Node<'_>) -> Vec<At<Exchange>> {
        let mut all = Vec::new();
        match node.kind() {
            Kind::Text => self.exchange(ALONE, node, &mut all),
            Kind::Mapping => {
                for (key, hosts) in node.as_mapping().unwrap_or_default() {
                    let text = key.text();
                    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
                    let Some(preference) = text.parse().ok().filter(|_| digits) else {
                        let message =
                            format!("{} is not a preference: a number from 0 to 65535", quote(text));
                        let help = "write the preference before the host: { 10: mail }";
                        let error = Diagnostic::error("config/bad-value", message).help(help);
                        self.reader.report(key.position(), error);
                        continue;
                    };
                    if hosts.is_null() {
                        self.reader.no_value(key);
                        continue;
                    }
                    for host in hosts.one_or_many() {
                        self.exchange(preference, host, &mut all);
                    }
                }
            }
            _ => {
                let message = "a list under `mx` does not say which host is tried first".to_owned();
                let help =
                    "write { 10: mail, 20: backup }, or { 10: [mail, backup] } for hosts that are alike";
                self.reader.bad(node, message, help);
            }
        }
        all
    }

    fn exchange(&mut self, preference: u16, node: &Node<'_>, all: &mut Vec<At<Exchange>>) {
        let text = node.as_str().unwrap_or_default();
        if let Some((number, host)) = text.split_once(' ')
            && number.bytes().all(|octet| octet.is_ascii_digit())
        {
            let message = "the preference stands before the host, not with it".to_owned();
            self.reader.bad(node, message, format!("write {{ {number}: {} }}", host.trim()));
            return;
        }
        if let Some(host) = self.host_name(node, "`mx`") {
            all.push(At::new(Exchange { preference, host }, self.reader.source(node.position())));
        }
    }

    pub(super) fn mail_hosts(&mut self, node: &Node<'_>) -> Vec<At<Host>> {
        let mut all: Vec<At<Host>> = Vec::new();
        for (key, value) in self.reader.mapping(node, "`hosts`").unwrap_or_default() {
            if value.is_null() {
                self.reader.no_value(key);
                continue;
            }
            let name = self.owner(key);
            let source = self.reader.source(key.position());
            let host = match value.kind() {
                Kind::Mapping => {
                    let Some(entries) = self.reader.table(value, "a mail host", keys::mail::HOST_KEYS) else {
                        continue;
                    };
                    let mut list = |key: &str| -> Vec<IpAddr> {
                        let what = quote(key);
                        entries.value(key).map(|node| self.ip_addresses(node, &what)).unwrap_or_default()
                    };
                    let (addresses, planned, retired) = (list("addresses"), list("planned"), list("retired"));
                    let helo = entries.value("helo").and_then(|node| self.host_name(node, "`helo`"));
                    let ttl = entries.value("ttl").and_then(|node| self.mail_ttl(node));
                    name.map(|name| Host { name, addresses, planned, retired, helo, ttl })
                }
                _ => {
                    let addresses = self.ip_addresses(value, &quote(key.text()));
                    let (planned, retired) = (Vec::new(), Vec::new());
                    name.map(|name| Host { name, addresses, planned, retired, helo: None, ttl: None })
                }
            };
            let Some(host) = host else { continue };
            let name = &host.name;
            if let Some(first) = all.iter().find(|other| other.value.name == *name) {
                let message = format!("{name} stands twice under `hosts`");
                let error = Diagnostic::error("config/bad-value", message).at(source);
                self.reader.found.push(error.related(first.source.clone(), "first here").help("join both"));
                continue;
            }
            all.push(At::new(host, source));
        }
        all
    }
}
