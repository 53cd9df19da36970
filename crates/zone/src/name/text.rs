//! Names as text: absolute, relative, for a person, and in JSON.

use super::{Name, NameError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

impl Name {
    /// The text below `origin`: `@`, a relative name, or the absolute name when it is elsewhere.
    pub fn relative_to(&self, origin: &Self) -> String {
        if self == origin {
            return "@".to_owned();
        }
        if !self.is_below(origin) || origin.is_root() {
            return self.to_string();
        }
        let keep = self.label_count() - origin.label_count();
        let mut text = String::new();
        for (index, label) in self.labels().take(keep).enumerate() {
            if index > 0 {
                text.push('.');
            }
            push_label(&mut text, &label);
        }
        text
    }

    /// The name without the dot at its end, as in a sentence or a file name. The root stays `.`.
    pub fn without_dot(&self) -> String {
        let mut text = self.to_string();
        if !self.is_root() {
            text.pop();
        }
        text
    }

    /// The name for a person: A-labels as U-labels where that is exact, without the dot at the end.
    pub fn to_unicode(&self) -> String {
        let text = self.without_dot();
        if !text.contains("xn--") {
            return text;
        }
        let (unicode, result) = idna::domain_to_unicode(&text);
        if result.is_ok() { unicode } else { text }
    }
}

fn push_label(text: &mut String, label: &[u8]) {
    for &octet in label {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'*' | b'/' => text.push(char::from(octet)),
            // Knot wants every other sign escaped, not only those that have a meaning. Data that start with `\#` would be
            // of the generic form, and BIND takes `\[` for a bit string: these two are written by number.
            0x21..=0x7e if !matches!(octet, b'#' | b'[') => {
                text.push('\\');
                text.push(char::from(octet));
            }
            _ => {
                text.push('\\');
                for digit in [octet / 100, octet / 10 % 10, octet % 10] {
                    text.push(char::from(b'0' + digit));
                }
            }
        }
    }
}

impl fmt::Display for Name {
    /// The absolute name with a dot at its end, escaped as in a master file (RFC 1035 section 5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.pad(".");
        }
        let mut text = String::with_capacity(self.0.len() + 1);
        for label in self.labels() {
            push_label(&mut text, &label);
            text.push('.');
        }
        f.pad(&text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::absolute(text)
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::absolute(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An absolute domain name with a dot at its end, escaped as in a master file."
        })
    }
}
