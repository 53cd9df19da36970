//! Zones that could not be read, by reason: a server that is down is one error, however many zones it has.

use dnsctl_plan::{Plan, Unread};
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_zone::Name;
use std::collections::BTreeMap;

/// Zones of one provider that could not be read for the same reason.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The provider.
    pub(crate) provider: &'a str,
    /// The zones.
    pub(crate) zones: Vec<&'a Name>,
    /// What went wrong.
    pub(crate) reason: &'a str,
    /// What to do next.
    pub(crate) hint: Option<&'a str>,
    /// The place of the first of them in [`Plan::unread`].
    pub(crate) first: usize,
}

/// The zones of a plan that could not be read.
pub(crate) fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (first, unread) in plan.unread.iter().enumerate() {
        let Unread { provider, zone, message, hint } = unread;
        // The operation in front names a zone; what follows is the reason.
        let operation = message.split_once(": ").filter(|(operation, _)| operation.starts_with("read zone "));
        let reason = operation.map_or(message.as_str(), |(_, reason)| reason);
        let place = *known.entry((provider, common(reason))).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.zones.push(zone),
            None => groups.push(Group { provider, zones: vec![zone], reason, hint: hint.as_deref(), first }),
        }
    }
    groups
}

/// What to do next where the error itself does not say it. Asking once more helps only where no answer came.
pub(crate) fn hint(error: &Error) -> Option<&'static str> {
    let answered = error.status().is_some();
    match error.kind() {
        ErrorKind::Unavailable | ErrorKind::Timeout if !answered => {
            Some("see whether it answers: dnsctl providers --ask")
        }
        ErrorKind::Unavailable if answered => Some("its own log may say why; then run the command again"),
        ErrorKind::Unauthorized | ErrorKind::Forbidden if answered => {
            Some("mend the credentials or what they allow, then try them: dnsctl providers --ask")
        }
        ErrorKind::Protocol | ErrorKind::Unsupported | ErrorKind::NotFound if answered => {
            Some("is the address of the provider right? It may be that of something else")
        }
        _ => None,
    }
}

/// A reason without what differs from zone to zone: the path of an address, and how often it was tried.
fn common(reason: &str) -> String {
    let tries = reason.rfind(" (").filter(|_| reason.ends_with(" s)"));
    let reason = tries.and_then(|end| reason.get(..end)).unwrap_or(reason);
    let host =
        |word: &'_ str| word.split('/').take(if word.contains("://") { 3 } else { usize::MAX }).collect();
    reason.split(' ').map(host).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{plan, unread};

    #[test]
    fn who_answered_is_not_asked_whether_it_answers() {
        let ask = |kind| hint(&Error::new(kind, "x")).is_some_and(|hint| hint.contains("whether it answers"));
        let asked = |kind, status| hint(&Error::new(kind, "x").with_http_status(status)).unwrap_or("");
        assert!(ask(ErrorKind::Unavailable) && ask(ErrorKind::Timeout));
        assert!(!ask(ErrorKind::Io) && !ask(ErrorKind::Config) && !ask(ErrorKind::Unauthorized));
        for (kind, status) in [
            (ErrorKind::Rejected, 400),
            (ErrorKind::Unauthorized, 401),
            (ErrorKind::Forbidden, 403),
            (ErrorKind::NotFound, 404),
            (ErrorKind::Unsupported, 405),
            (ErrorKind::Conflict, 409),
            (ErrorKind::Protocol, 200),
            (ErrorKind::Unavailable, 502),
        ] {
            assert!(!asked(kind, status).contains("whether it answers"), "{status}");
        }
        assert!(asked(ErrorKind::Unauthorized, 401).contains("credentials"));
        assert!(asked(ErrorKind::Protocol, 200).contains("address"));
    }

    #[test]
    fn a_server_that_is_down_is_one_error() {
        let all = vec![
            unread(
                "a.example",
                "read zone a.example.: down, from http://x/zones/a?r=1: refused (4 tries in 0.7 s)",
            ),
            unread(
                "b.example",
                "read zone a.example.: down, from http://x/zones/b?r=1: refused (2 tries in 0.3 s)",
            ),
            unread("c.example", "there is no key: none"),
        ];
        let plan = plan(Vec::new(), all);
        let groups = groups(&plan);
        let shown: Vec<_> =
            groups.iter().map(|group| (group.zones.len(), group.reason, group.first)).collect();
        let refused = "down, from http://x/zones/a?r=1: refused (4 tries in 0.7 s)";
        assert_eq!(shown, [(2, refused, 0), (1, "there is no key: none", 2)]);
    }
}
