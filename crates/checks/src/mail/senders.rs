//! The hosts behind declared senders.

use crate::{SenderKind, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// The hosts that a declared sender is, each with its addresses: those of the inventory, else those of its name. None for
/// networks, and for services of others. An error when nobody here knows.
pub(crate) fn hosts(subject: &Subject<'_>, sender: &SenderKind) -> Result<Vec<(Name, Vec<IpAddr>)>, String> {
    match sender {
        SenderKind::Host(name) => Ok(vec![(name.clone(), subject.addresses(name)?)]),
        SenderKind::Exchangers(name) => {
            let name = name.as_ref().unwrap_or_else(|| subject.domain());
            match subject.answers().mail_exchangers(name) {
                Answer::Found(found) => {
                    let hosts = found.into_iter().map(|(_, host)| host).filter(|host| !host.is_root());
                    hosts.map(|host| subject.addresses(&host).map(|all| (host, all))).collect()
                }
                Answer::Unknown | Answer::Failed(_) => {
                    Err(format!("the mail exchangers of {} are not held here", name.without_dot()))
                }
                Answer::Empty | Answer::Missing => Ok(Vec::new()),
            }
        }
        SenderKind::Network { .. } | SenderKind::Include(_) | SenderKind::Exists(_) => Ok(Vec::new()),
    }
}
