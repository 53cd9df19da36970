//! Strings that must not be seen, and the tool that takes them out of texts.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A password, key or token. It cannot be printed or serialised, and its memory is cleared when the last owner drops it.
///
/// Cloning shares the one copy in memory. [`Secret::expose`] is the only way in: each call is a place to review.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes the text over. Pass an owned `String`, so that no second copy stays behind.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Takes known secrets out of texts that others wrote, such as a server that repeats the key it was sent.
///
/// It finds a secret as it is, percent-encoded, in JSON, in HTML and in Base64, in any ASCII case.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Every form of every secret, the longest first, so that one secret inside another leaves no rest.
    needles: Arc<Vec<Zeroizing<String>>>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms)", self.needles.len())
    }
}

impl Redactor {
    /// A redactor for these secrets. Empty ones are ignored.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self::default().and(secrets)
    }

    /// This redactor with more secrets.
    #[must_use]
    pub fn and(&self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets = secrets.into_iter().filter(|secret| !secret.is_empty()).peekable();
        if secrets.peek().is_none() {
            return self.clone();
        }
        let mut needles = Vec::clone(&self.needles);
        for secret in secrets {
            needles.extend(forms(secret.expose()));
        }
        needles.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self { needles: Arc::new(needles) }
    }

    /// `text` with `***` for each secret. When that itself would show a secret (one that is `*`), nothing is left.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for needle in self.needles.iter() {
            text = replace(&text, needle);
        }
        if self.finds(&text) { String::new() } else { text }
    }

    /// As [`Redactor::redact`], for a text that was cut off: also removes a secret's beginning at the very end. A
    /// beginning of less than four octets says nothing about the secret and stays.
    #[must_use]
    pub fn redact_cut(&self, text: &str) -> String {
        let mut text = self.redact(text);
        let mut keep = text.len();
        for needle in self.needles.iter() {
            let beginning = (4..needle.len()).rev().find(|&len| {
                let start = text.len().checked_sub(len);
                start.is_some_and(|start| same(text.as_bytes().get(start..), needle.as_bytes().get(..len)))
            });
            keep = keep.min(text.len() - beginning.unwrap_or(0));
        }
        // Both are UTF-8, so what a needle begins with begins at a character.
        text.truncate(keep);
        text
    }

    fn finds(&self, text: &str) -> bool {
        self.needles.iter().any(|needle| find(text, needle, 0).is_some())
    }
}

fn same(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

/// Where `needle` stands in `text` at or after `from`, ASCII case aside.
fn find(text: &str, needle: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let at = rest.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))?;
    Some(from + at)
}

fn replace(text: &str, needle: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = find(text, needle, from) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str("***");
        from = at + needle.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The ways in which a server may write a secret back.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let percent = |keep: &[u8], space: &str| {
        let mut out = String::new();
        for &byte in secret.as_bytes() {
            match byte {
                b' ' => out.push_str(space),
                _ if byte.is_ascii_alphanumeric() || keep.contains(&byte) => out.push(char::from(byte)),
                _ => {
                    out.push('%');
                    out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
                }
            }
        }
        out
    };
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    let mut forms = vec![
        secret.to_owned(),
        percent(b"-._~", "%20"),
        percent(b"-._~!$&'()*+,;=:@/?", "%20"),
        percent(b"*-._", "+"),
        json.to_owned(),
        json.replace('/', "\\/"),
        html.replace('\'', "&#39;"),
        html.replace('\'', "&#x27;"),
        html,
        data_encoding::BASE64.encode(secret.as_bytes()),
        data_encoding::BASE64URL.encode(secret.as_bytes()),
    ];
    let unpadded: Vec<String> =
        forms.iter().rev().take(2).map(|form| form.trim_end_matches('=').to_owned()).collect();
    forms.extend(unpadded);
    forms.into_iter().filter(|form| !form.is_empty()).map(Zeroizing::new).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_prints_as_stars() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn every_encoding_is_found() {
        let redactor = Redactor::new([Secret::new("p&ss/w\"rd <1>é")]);
        let echo = concat!(
            "raw p&ss/w\"rd <1>é; percent p%26ss%2Fw%22rd%20%3C1%3E%C3%A9; lower p%26ss%2fw%22rd%20%3c1%3e%c3%a9; ",
            "form p%26ss%2Fw%22rd+%3C1%3E%C3%A9; json p&ss/w\\\"rd <1>é; html p&amp;ss/w&quot;rd &lt;1&gt;é; ",
            "base64 cCZzcy93InJkIDwxPsOp; case P&SS/W\"RD <1>é"
        );
        assert_eq!(
            redactor.redact(echo),
            "raw ***; percent ***; lower ***; form ***; json ***; html ***; base64 ***; case ***"
        );
    }

    #[test]
    fn the_longest_secret_goes_first() {
        let redactor = Redactor::new([Secret::new("abc"), Secret::new("abcdef")]);
        assert_eq!(redactor.redact("abcdef abc"), "*** ***");
    }

    #[test]
    fn a_cut_text_shows_no_beginning() {
        let redactor = Redactor::new([Secret::new("topsecret")]);
        assert_eq!(redactor.redact_cut("key topsecret, again tops"), "key ***, again ");
        assert_eq!(redactor.redact_cut("nothing here"), "nothing here");
        assert_eq!(redactor.redact_cut("this must stop"), "this must stop");
        assert_eq!(Redactor::new([Secret::new("aXaXaXaX")]).redact_cut("aXaXaXaXaXaX"), "***");
    }

    proptest! {
        #[test]
        fn no_secret_survives(
            secrets in proptest::collection::vec("[ -~é*]{1,12}", 1..4),
            parts in proptest::collection::vec(("[ -~é*]{0,10}", 0_usize..4), 0..6),
        ) {
            let redactor = Redactor::new(secrets.iter().cloned().map(Secret::new));
            let mut echo = String::new();
            for (text, which) in parts {
                echo.push_str(&text);
                echo.push_str(secrets.get(which).map_or("", String::as_str));
            }
            let shown = redactor.redact(&echo);
            for secret in &secrets {
                prop_assert!(!shown.contains(secret.as_str()), "{secret} in {shown}");
            }
        }

        #[test]
        fn a_text_without_secrets_is_kept(text in "[a-m ]{0,40}") {
            prop_assert_eq!(Redactor::new([Secret::new("xyz")]).redact(&text), text);
        }
    }
}
