//! What the server's refusals mean.

use dnsctl_provider::RRsetChange;
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::http::{Answer, Verdict};
use dnsctl_zone::{Name, RRset, RecordType};

/// What the HTTP kit cannot know of an answer.
pub(crate) fn classify(answer: &Answer<'_>) -> Option<Verdict> {
    match answer.status {
        401 => Some(
            Verdict::new(ErrorKind::Unauthorized)
                .hint("compare the option api_key with `api-key` in the server's pdns.conf"),
        ),
        // The server's word for it is only "Conflict".
        409 if answer.text().trim() == "Conflict" => {
            Some(Verdict::new(ErrorKind::Conflict).message("the zone exists already"))
        }
        // So it answers a body that is too large, too.
        400 if answer.text().trim() == "Bad Request" => Some(
            Verdict::new(ErrorKind::Rejected)
                .message("the server does not take the request (it says only Bad Request)")
                .hint("if the write is large, set the option max_body below the server's `webserver-max-bodysize`"),
        ),
        // One record that the server itself cannot read makes the whole zone unreadable.
        500 => Some(
            Verdict::new(ErrorKind::Unavailable).hint(
                "the server's log says why: for a record that it cannot read, `pdnsutil check-zone` helps; for \
                 \"database is locked\", set the option concurrency to 1",
            ),
        ),
        404 if looks_foreign(&answer.text()) => Some(
            Verdict::new(ErrorKind::Protocol)
                .message("there is no PowerDNS API at this URL")
                .hint("set the option url to where `/api/v1` of the server is"),
        ),
        _ => None,
    }
}

/// PowerDNS says `Not Found` or gives an error in JSON.
fn looks_foreign(body: &str) -> bool {
    let body = body.trim();
    !(body.is_empty() || body == "Not Found" || body.starts_with('{'))
}

/// The changes that the server blames, by its words:
///
/// * `Record www.example.org./A '192.0.2.300': …`
/// * `RRset www.example.org. IN CNAME: Conflicts with pre-existing RRset`
/// * `Duplicate record in RRset www.example.org. IN A with content …`
/// * `Name 'a*b.example.org.' contains unsupported characters`
/// * `Hosting backend does not support editing comments.`
pub(crate) fn culprits<'a>(error: &Error, all: impl Iterator<Item = Blamed<'a>>) -> Vec<usize> {
    let message = error.message();
    if !matches!(error.kind(), ErrorKind::Rejected) {
        return Vec::new();
    }
    let comments = message.contains("support editing comments");
    let named = |blamed: &Blamed<'_>| {
        if comments {
            return blamed.comment;
        }
        let (name, rtype) = (blamed.name, blamed.rtype.mnemonic());
        let exact =
            [format!("{name}/{rtype} "), format!("{name} IN {rtype}:"), format!("{name} IN {rtype} ")];
        exact.iter().any(|text| word(message, text)) || word(message, &format!("'{name}'"))
    };
    all.enumerate().filter(|(_, blamed)| named(blamed)).map(|(index, _)| index).collect()
}

/// What can be blamed of an RRset.
pub(crate) struct Blamed<'a> {
    name: &'a Name,
    rtype: RecordType,
    comment: bool,
}

impl<'a> From<&'a RRsetChange> for Blamed<'a> {
    fn from(change: &'a RRsetChange) -> Self {
        let comment = change.after.as_ref().is_some_and(|after| Self::from(after).comment);
        Self { name: &change.name, rtype: change.rtype, comment }
    }
}

impl<'a> From<&'a RRset> for Blamed<'a> {
    fn from(rrset: &'a RRset) -> Self {
        let comment = rrset.options.as_deref().is_some_and(|options| options.contains_key("comment"));
        Self { name: &rrset.name, rtype: rrset.rtype, comment }
    }
}

/// Whether the text stands in the message, not as the end of a longer name.
fn word(message: &str, text: &str) -> bool {
    message.match_indices(text).any(|(at, _)| {
        let before = message.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|character| matches!(character, ' ' | '\'')) || text.starts_with('\'')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, rtype: RecordType) -> RRsetChange {
        RRsetChange { name: Name::absolute(name).unwrap(), rtype, before: None, after: None, group: 0 }
    }

    #[test]
    fn the_server_names_the_culprit() {
        let changes = [
            change("www.a.test.", RecordType::A),
            change("w.a.test.", RecordType::A),
            change("w.a.test.", RecordType::AAAA),
            change("w.a.test.", RecordType::CNAME),
            change("ww.a.test.", RecordType::A),
        ];
        for (message, wanted) in [
            ("Record w.a.test./A '192.0.2.333': Parsing record content", vec![1]),
            ("RRset w.a.test. IN CNAME: Conflicts with pre-existing RRset", vec![3]),
            ("RRset w.a.test. IN CNAME has more than one record", vec![3]),
            ("Duplicate record in RRset ww.a.test. IN A with content \"192.0.2.2\"", vec![4]),
            ("Duplicate RRset w.a.test. IN AAAA with changetype: REPLACE", vec![2]),
            ("Name 'w.a.test.' contains unsupported characters", vec![1, 2, 3]),
            ("DNS Name 'nobody.test.' is not canonical", vec![]),
            ("something else", vec![]),
        ] {
            let error = Error::new(ErrorKind::Rejected, message);
            assert_eq!(culprits(&error, changes.iter().map(Blamed::from)), wanted, "{message}");
        }
        let unavailable = Error::new(ErrorKind::Unavailable, "Record w.a.test./A 'x': y");
        assert_eq!(culprits(&unavailable, changes.iter().map(Blamed::from)), Vec::<usize>::new());
    }

    #[test]
    fn pages_of_other_servers_are_no_missing_zone() {
        assert!(!looks_foreign("Not Found"));
        assert!(!looks_foreign("{\"error\": \"Could not find domain\"}"));
        assert!(looks_foreign("<html><h1>404 Not Found</h1></html>"));
    }
}
