//! What AWS's refusals mean.
//!
//! Route 53 throttles with HTTP 400 and says everything else in the body:
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html>.

use crate::model::Change;
use dnsctl_provider::error::ErrorKind;
use dnsctl_provider::http::{Answer, Repeat, Verdict};
use serde::Deserialize;

/// A refusal as AWS writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code, such as `InvalidChangeBatch`.
    pub(crate) code: String,
    /// What is wrong, one text for each fault.
    pub(crate) messages: Vec<String>,
}

/// `ErrorResponse`, and `InvalidChangeBatch` as its own document.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Error")]
    error: Option<ErrorElement>,
    #[serde(rename = "Messages")]
    messages: Option<Messages>,
}

#[derive(Deserialize)]
struct ErrorElement {
    #[serde(default, rename = "Code")]
    code: String,
    #[serde(default, rename = "Message")]
    message: String,
}

#[derive(Deserialize)]
struct Messages {
    #[serde(default, rename = "Message")]
    list: Vec<String>,
}

impl Refusal {
    /// Reads the body of a refusal; `None` when it is not AWS's.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let document: Document = quick_xml::de::from_str(body).ok()?;
        if let Some(Messages { list }) = document.messages {
            return Some(Self { code: "InvalidChangeBatch".to_owned(), messages: list });
        }
        let ErrorElement { code, message } = document.error?;
        let message = message.trim();
        // Several faults come as a list in brackets.
        let list = message.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let messages = list.unwrap_or(message).to_owned();
        (!code.is_empty()).then(|| Self { code, messages: vec![messages] })
    }

    /// Whether the data before were not as expected: a CREATE of what is there, a DELETE of what is not there so.
    fn is_conflict(&self) -> bool {
        self.messages.iter().any(|message| conflicts(message))
    }

    fn kind(&self, status: u16) -> ErrorKind {
        match self.code.as_str() {
            "Throttling"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "PriorRequestNotComplete" => ErrorKind::RateLimited,
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "InvalidSignature"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "RequestExpired"
            | "AuthFailure"
            | "InvalidIdentityToken" => ErrorKind::Unauthorized,
            "AccessDenied" | "AccessDeniedException" | "NotAuthorizedException" | "OptInRequired" => {
                ErrorKind::Forbidden
            }
            "NoSuchHostedZone" | "NoSuchChange" | "NoSuchHealthCheck" | "NoSuchDelegationSet" => {
                ErrorKind::NotFound
            }
            "HostedZoneAlreadyExists" | "ConflictingDomainExists" => ErrorKind::Conflict,
            "InvalidChangeBatch" | "InvalidInput" if self.is_conflict() => ErrorKind::Conflict,
            "InternalFailure" | "InternalError" | "ServiceUnavailable" => ErrorKind::Unavailable,
            _ if status >= 500 => ErrorKind::Unavailable,
            _ => ErrorKind::Rejected,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self.code.as_str() {
            "SignatureDoesNotMatch" | "RequestExpired" | "InvalidSignature" => Some(
                "is the secret access key right, and the clock of this machine? AWS takes five minutes of difference",
            ),
            "InvalidClientTokenId" | "UnrecognizedClientException" => {
                Some("is the access key of another AWS partition, deactivated or deleted?")
            }
            "ExpiredToken" | "ExpiredTokenException" => {
                Some("the session token has expired: get new credentials")
            }
            "AccessDenied" | "AccessDeniedException" => {
                Some("allow the action in the IAM policy of these credentials")
            }
            "TooManyHostedZones" => Some("ask AWS for a higher quota of hosted zones, or delete some"),
            "LimitsExceeded" => Some("ask AWS for a higher quota: Service Quotas, Amazon Route 53"),
            "NoSuchDelegationSet" => Some(
                "is the option delegation_set right? aws route53 list-reusable-delegation-sets shows them",
            ),
            "DelegationSetNotAvailable" | "ConflictingDomainExists" => Some(
                "another account has this zone on the same name servers; leave out the option delegation_set",
            ),
            "PriorRequestNotComplete" => Some("another program is writing the zone; run the command again"),
            _ => None,
        }
    }

    /// What the kit should make of it.
    pub(crate) fn verdict(&self, status: u16) -> Verdict {
        let message = format!("{}: {}", self.code, self.messages.join("; "));
        let verdict = Verdict::new(self.kind(status)).message(message);
        match self.hint() {
            Some(hint) => verdict.hint(hint),
            None => verdict,
        }
    }

    /// Whether the credentials were good once.
    pub(crate) fn is_expired(&self) -> bool {
        matches!(self.code.as_str(), "ExpiredToken" | "ExpiredTokenException")
    }
}

/// Judges an answer of Route 53 or STS. `renew` is asked when the credentials have expired: true means that there will be
/// others for the next try.
pub(crate) fn classify(answer: &Answer<'_>, renew: impl FnOnce() -> bool) -> Option<Verdict> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    let refusal = Refusal::read(&answer.text())?;
    let verdict = refusal.verdict(answer.status);
    Some(if refusal.is_expired() && renew() { verdict.repeat(Repeat::Always) } else { verdict })
}

/// Whether a message says that the data before were not as expected. The last one is moto's.
fn conflicts(message: &str) -> bool {
    let says = |words: &str| message.contains(words);
    says("but it already exists")
        || says("but it was not found")
        || says("do not match the current values")
        || (says("Expected exactly one of [AliasTarget") && says("Action=DELETE"))
}

/// The changes that a message blames: those whose name and type it repeats, else whose name, else one of whose values.
/// Indexes into `changes`.
pub(crate) fn blamed(message: &str, changes: &[Change]) -> Vec<usize> {
    let pick = |wanted: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        changes.iter().enumerate().filter(|(_, change)| wanted(change)).map(|(index, _)| index).collect()
    };
    let name = |change: &Change| {
        let name = change.resource_record_set.name.trim_end_matches('.');
        // Route 53 repeats a wildcard as an escape.
        let wildcard = name.strip_prefix('*').map(|rest| format!("\\052{rest}"));
        mentions(message, name) || wildcard.is_some_and(|name| mentions(message, &name))
    };
    let with_type = pick(&|change| name(change) && mentions(message, &change.resource_record_set.rtype));
    if !with_type.is_empty() {
        return with_type;
    }
    let by_name = pick(&name);
    if !by_name.is_empty() {
        return by_name;
    }
    pick(&|change| change.resource_record_set.values().any(|value| message.contains(&format!("'{value}'"))))
}

/// Whether `text` holds `word`, not as a part of a longer name.
fn mentions(text: &str, word: &str) -> bool {
    let part = |character: char| character.is_ascii_alphanumeric() || "-_\\*".contains(character);
    !word.is_empty()
        && text.match_indices(word).any(|(start, _)| {
            let (before, rest) = text.split_at(start);
            let after = rest.get(word.len()..).unwrap_or_default();
            // A dot before it belongs to a longer name; one behind it may end this one.
            let ends = after.strip_prefix('.').unwrap_or(after);
            !before.ends_with(|character| part(character) || character == '.') && !ends.starts_with(part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, ResourceRecord, ResourceRecordSet, ResourceRecords};

    fn refusal(code: &str, message: &str) -> Refusal {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        );
        Refusal::read(&body).unwrap()
    }

    #[test]
    fn codes_become_kinds() {
        for (code, message, status, kind) in [
            ("Throttling", "Rate exceeded", 400, ErrorKind::RateLimited),
            ("PriorRequestNotComplete", "still processing", 400, ErrorKind::RateLimited),
            ("AccessDenied", "not authorized to perform: route53:ListHostedZones", 403, ErrorKind::Forbidden),
            ("InvalidClientTokenId", "invalid", 403, ErrorKind::Unauthorized),
            ("SignatureDoesNotMatch", "no", 403, ErrorKind::Unauthorized),
            ("NoSuchHostedZone", "no", 404, ErrorKind::NotFound),
            ("HostedZoneAlreadyExists", "no", 409, ErrorKind::Conflict),
            (
                "InvalidChangeBatch",
                "RRSet with DNS name a. is not permitted in zone b.",
                400,
                ErrorKind::Rejected,
            ),
            (
                "InvalidChangeBatch",
                "[Tried to create resource record set [name=&apos;a.&apos;, type=&apos;A&apos;] but it already exists]",
                400,
                ErrorKind::Conflict,
            ),
            (
                "InvalidChangeBatch",
                "[Tried to delete resource record set [name='a.', type='A'] but the values provided do not match the current values]",
                400,
                ErrorKind::Conflict,
            ),
            ("ServiceUnavailable", "", 503, ErrorKind::Unavailable),
            ("Brandnew", "", 500, ErrorKind::Unavailable),
            ("Brandnew", "", 400, ErrorKind::Rejected),
        ] {
            assert_eq!(refusal(code, message).kind(status), kind, "{code} {message}");
        }
    }

    #[test]
    fn both_documents_are_read() {
        let own = "<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages>\
                   <Message>one</Message><Message>two</Message></Messages><RequestId>1</RequestId></InvalidChangeBatch>";
        let read = Refusal::read(own).unwrap();
        assert_eq!(
            (read.code.as_str(), read.messages),
            ("InvalidChangeBatch", vec!["one".into(), "two".into()])
        );
        assert_eq!(refusal("X", "[one, two]").messages, ["one, two"]);
        for other in
            ["", "{}", "<html><body>502</body></html>", "<ErrorResponse/>", "<a><Error><Code/></Error></a>"]
        {
            assert_eq!(Refusal::read(other), None, "{other}");
        }
    }

    fn change(name: &str, rtype: &str, value: &str) -> Change {
        let records = ResourceRecords { list: vec![ResourceRecord { value: value.to_owned() }] };
        Change {
            action: Action::Create,
            resource_record_set: ResourceRecordSet {
                name: name.to_owned(),
                rtype: rtype.to_owned(),
                resource_records: Some(records),
                ..ResourceRecordSet::default()
            },
        }
    }

    #[test]
    fn the_blamed_are_found() {
        let changes = [
            change("www.example.com.", "A", "192.0.2.1"),
            change("www.example.com.", "AAAA", "2001:db8::1"),
            change("w.www.example.com.", "A", "192.0.2.2"),
            change("example.com.", "TXT", "v=spf1"),
            change("*.example.com.", "A", "192.0.2.3"),
        ];
        for (message, wanted) in [
            (
                "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
                vec![0],
            ),
            (
                "RRSet of type AAAA with DNS name www.example.com. is not permitted in zone example.com.",
                vec![1],
            ),
            ("RRSet with DNS name www.example.com. is not permitted in zone example.org.", vec![0, 1]),
            (
                "InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'v=spf1'",
                vec![3],
            ),
            (r"[name='\052.example.com.', type='A']", vec![4]),
            ("Tried to create resource record set w.www.example.com. type A but it already exists.", vec![2]),
            ("nothing of the kind", vec![]),
        ] {
            assert_eq!(blamed(message, &changes), wanted, "{message}");
        }
    }
}
