//! Long texts compared word by word, so that a reader sees which mechanism of an SPF record changed.

use similar::{Algorithm, ChangeTag, capture_diff_slices};

/// One word of a text and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// It stays.
    Same(String),
    /// It goes.
    Removed(String),
    /// It comes.
    Added(String),
}

/// Compares two texts word by word. Words are cut at blanks, and behind `;` as DKIM and DMARC records have them.
pub fn diff(before: &str, after: &str) -> Vec<Token> {
    let (old, new) = (words(before), words(after));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    ops.iter()
        .flat_map(|op| op.iter_changes(&old, &new))
        .map(|change| {
            let word = change.value().to_owned();
            match change.tag() {
                ChangeTag::Equal => Token::Same(word),
                ChangeTag::Delete => Token::Removed(word),
                ChangeTag::Insert => Token::Added(word),
            }
        })
        .collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().flat_map(|word| word.split_inclusive(';')).collect()
}

/// Whether a text is worth a comparison by words: it is long or has several.
pub fn is_wordy(text: &str) -> bool {
    words(text).len() > 1
}

/// Pairs old texts with new ones: those that share most of their start belong together (SPF with SPF, DKIM with DKIM).
/// Texts without a partner are alone.
pub fn pair(before: &[String], after: &[String]) -> Vec<(Option<String>, Option<String>)> {
    let mut rest: Vec<&String> = after.iter().filter(|text| !before.contains(text)).collect();
    let mut pairs = Vec::new();
    for old in before.iter().filter(|text| !after.contains(text)) {
        let kind = kind(old);
        let partner = kind.and_then(|kind| rest.iter().position(|new| self::kind(new) == Some(kind)));
        let new = partner.map(|index| rest.remove(index).clone());
        pairs.push((Some(old.clone()), new));
    }
    pairs.extend(rest.into_iter().map(|new| (None, Some(new.clone()))));
    pairs
}

/// What kind of text it is: the word before the first blank, `;`, `=` or `:` and, for `v=`, its version.
fn kind(text: &str) -> Option<&str> {
    let end = text.find([' ', ';']).unwrap_or(text.len());
    let word = text.get(..end)?;
    if word.starts_with("v=") || word.starts_with("V=") {
        return Some(word);
    }
    let end = word.find(['=', ':']).unwrap_or(word.len());
    word.get(..end).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spf_is_shown_by_mechanism() {
        let tokens =
            diff("v=spf1 ip4:203.0.113.25 -all", "v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all");
        assert_eq!(
            tokens,
            [
                Token::Same("v=spf1".into()),
                Token::Removed("ip4:203.0.113.25".into()),
                Token::Added("ip4:198.51.100.25".into()),
                Token::Added("include:_spf.relay.example".into()),
                Token::Same("-all".into()),
            ]
        );
        assert_eq!(diff("v=DMARC1;p=none;", "v=DMARC1; p=reject;").len(), 3);
    }

    #[test]
    fn texts_find_their_partners() {
        let before = ["v=spf1 -all".to_owned(), "google-site-verification=a".to_owned(), "stays".to_owned()];
        let after = [
            "google-site-verification=b".to_owned(),
            "stays".to_owned(),
            "new".to_owned(),
            "v=spf1 ~all".to_owned(),
        ];
        assert_eq!(
            pair(&before, &after),
            [
                (Some("v=spf1 -all".to_owned()), Some("v=spf1 ~all".to_owned())),
                (
                    Some("google-site-verification=a".to_owned()),
                    Some("google-site-verification=b".to_owned())
                ),
                (None, Some("new".to_owned())),
            ]
        );
    }
}
