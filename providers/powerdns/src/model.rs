//! What the API says and is told, as JSON.

use std::borrow::Cow;
use std::fmt;

use dnsctl_provider::error::{Error, Result};
use dnsctl_provider::http::Response;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// One RRset as the server tells it. The texts are borrowed from the answer where it has no escapes in them.
#[derive(Debug, Deserialize)]
pub(crate) struct RRsetIn<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(rename = "type", borrow)]
    pub(crate) rtype: Cow<'a, str>,
    pub(crate) ttl: u32,
    #[serde(borrow)]
    pub(crate) records: Vec<RecordIn<'a>>,
    #[serde(borrow, default)]
    pub(crate) comments: Vec<CommentIn<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RecordIn<'a> {
    #[serde(borrow)]
    pub(crate) content: Cow<'a, str>,
    #[serde(default)]
    pub(crate) disabled: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CommentIn<'a> {
    #[serde(borrow)]
    pub(crate) content: Cow<'a, str>,
}

/// What is told of a zone apart from its RRsets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ZoneFacts {
    pub(crate) kind: String,
    pub(crate) serial: u32,
    pub(crate) soa_edit_api: String,
    /// Whether there was a list of RRsets, be it empty.
    pub(crate) has_rrsets: bool,
}

/// Reads a zone. Each RRset is handed on as soon as it is read, so that none but the last is in memory twice.
pub(crate) fn read_zone(
    response: &Response,
    each: &mut dyn FnMut(RRsetIn<'_>) -> Result<()>,
) -> Result<ZoneFacts> {
    let mut failed = None;
    // Checked as a whole, which is faster than string by string.
    let text = str::from_utf8(response.body()).map_err(serde::de::Error::custom);
    let read = text.and_then(|text| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let sink = ZoneSink { each, failed: &mut failed };
        sink.deserialize(&mut deserializer).and_then(|facts| deserializer.end().map(|()| facts))
    });
    match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Ok(facts)) => Ok(facts),
        // The kit finds the words for what is wrong with an answer.
        (None, Err(error)) => match response.json::<IgnoredAny>() {
            Err(worse) => Err(worse),
            Ok(_) => {
                let message = format!("the zone is not as expected: {error}");
                Err(response.error(dnsctl_provider::error::ErrorKind::Protocol, &message))
            }
        },
    }
}

struct ZoneSink<'s> {
    each: &'s mut dyn FnMut(RRsetIn<'_>) -> Result<()>,
    failed: &'s mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for ZoneSink<'_> {
    type Value = ZoneFacts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ZoneFacts, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ZoneSink<'_> {
    type Value = ZoneFacts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a zone")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ZoneFacts, A::Error> {
        let mut facts = ZoneFacts::default();
        let mut kind = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "kind" => kind = Some(map.next_value()?),
                "serial" => facts.serial = map.next_value()?,
                "soa_edit_api" => {
                    facts.soa_edit_api = map.next_value::<Option<String>>()?.unwrap_or_default();
                }
                "rrsets" => {
                    map.next_value_seed(RRsetsSink { each: self.each, failed: self.failed })?;
                    facts.has_rrsets = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        facts.kind = kind.ok_or_else(|| serde::de::Error::missing_field("kind"))?;
        Ok(facts)
    }
}

struct RRsetsSink<'s> {
    each: &'s mut dyn FnMut(RRsetIn<'_>) -> Result<()>,
    failed: &'s mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for RRsetsSink<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RRsetsSink<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of RRsets")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(rrset) = seq.next_element::<RRsetIn<'de>>()? {
            if let Err(error) = (self.each)(rrset) {
                *self.failed = Some(error);
                return Err(serde::de::Error::custom("an RRset cannot be used"));
            }
        }
        Ok(())
    }
}

/// One zone of the list.
#[derive(Debug, Deserialize)]
pub(crate) struct ListedZone<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
}

/// One DNSSEC key.
#[derive(Debug, Deserialize)]
pub(crate) struct CryptoKey<'a> {
    #[serde(default)]
    pub(crate) active: bool,
    #[serde(default = "yes")]
    pub(crate) published: bool,
    #[serde(borrow)]
    pub(crate) dnskey: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) ds: Vec<Cow<'a, str>>,
}

const fn yes() -> bool {
    true
}

/// The body of a PATCH.
#[derive(Debug, Serialize)]
pub(crate) struct Patch<'a> {
    pub(crate) rrsets: Vec<RRsetOut<'a>>,
}

/// The answer to a POST that created a zone, as far as it is needed: what has no such name is no zone.
#[derive(Debug, Deserialize)]
pub(crate) struct Created {
    #[serde(rename = "name")]
    _name: String,
}

/// The body of a POST that creates a zone.
#[derive(Debug, Serialize)]
pub(crate) struct NewZone<'a> {
    pub(crate) name: String,
    pub(crate) kind: &'a str,
    pub(crate) nameservers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) soa_edit_api: Option<&'a str>,
    pub(crate) rrsets: Vec<RRsetOut<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RRsetOut<'a> {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) rtype: Cow<'static, str>,
    pub(crate) changetype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ttl: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) records: Vec<RecordOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<Vec<CommentOut<'a>>>,
}

/// A record as it is sent, also one that is only kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RecordOut {
    pub(crate) content: String,
    pub(crate) disabled: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct CommentOut<'a> {
    pub(crate) content: &'a str,
    pub(crate) account: &'a str,
}
