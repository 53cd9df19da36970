//! `smtp:`, `imap:`, `pop:` and `sieve:`.

use dnsctl_mail::intent::{Access, At, AuthPolicy, Smtp};

use crate::diagnostic::quote;
use crate::keys;
use crate::native::records::Records;
use crate::yaml::{Kind, Node};

impl Records<'_, '_> {
    pub(super) fn smtp(&mut self, node: &Node<'_>) -> Option<Smtp> {
        let entries = self.reader.table(node, "`smtp`", keys::mail::SMTP)?;
        let relay = entries.value("relay").and_then(|node| {
            Some(At::new(self.host_name(node, "`relay`")?, self.reader.source(node.position())))
        });
        let submission =
            entries.value("submission").map(|node| self.ports(node, "`submission`")).unwrap_or_default();
        let words = [("required", AuthPolicy::Required), ("optional", AuthPolicy::Optional)];
        let auth = match entries.value("auth") {
            None => AuthPolicy::Required,
            Some(node) => self.reader.choice(node, "`auth`", &words)?,
        };
        Some(Smtp { relay: relay?, submission, auth })
    }

    /// One port or several, each once.
    pub(super) fn ports(&mut self, node: &Node<'_>, what: &str) -> Vec<At<u16>> {
        let mut all: Vec<At<u16>> = Vec::new();
        for (text, place) in self.filled_texts(node, what) {
            let digits = text.bytes().all(|octet| octet.is_ascii_digit());
            let Some(port) = text.parse::<u16>().ok().filter(|port| digits && *port > 0) else {
                let message = format!("{} is not a port: a number from 1 to 65535", quote(&text));
                self.reader.bad(place, message, "write one such as 587");
                continue;
            };
            if all.iter().any(|other| other.value == port) {
                self.reader.bad(place, format!("the port {port} stands twice"), "keep one of them");
                continue;
            }
            all.push(At::new(port, self.reader.source(place.position())));
        }
        all
    }

    pub(super) fn access(&mut self, node: &Node<'_>, what: &str, usual: u16) -> Option<Access> {
        match node.kind() {
            Kind::Text => {
                let text = self.filled(node, what)?;
                if text == "false" {
                    return Some(Access::Nowhere);
                }
                if text == "true" {
                    self.reader.bad(
                        node,
                        format!("{what} does not say which host it is"),
                        "write its name, such as mail",
                    );
                    return None;
                }
                let host = self.host_of(node, &text, what)?;
                Some(Access::Host { host, ports: vec![usual] })
            }
            _ => {
                let entries = self.reader.table(node, what, keys::mail::ACCESS_KEYS)?;
                let host = entries.value("host").and_then(|node| self.host_name(node, "`host`"));
                let ports = entries.value("ports").map(|node| self.ports(node, "`ports`"));
                let ports =
                    ports.map_or_else(|| vec![usual], |ports| ports.iter().map(|port| port.value).collect());
                Some(Access::Host { host: host?, ports })
            }
        }
    }
}
