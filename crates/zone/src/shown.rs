//! Texts of others in messages.

use std::fmt::Write as _;

/// How many characters are shown of the beginning and of the end of a text that is too long.
const HEAD: usize = 120;
const TAIL: usize = 100;

/// A text for a message: one that is long loses its middle, so that what stands behind a word is still said, and control
/// characters become `\DDD`.
pub(crate) fn shortened(text: &str) -> String {
    // Most texts are short.
    let cut = if text.len() <= HEAD + TAIL { None } else { text.char_indices().nth(HEAD + TAIL) };
    let short = match cut {
        None => text.to_owned(),
        Some(_) => {
            let head = text.char_indices().nth(HEAD).map_or(text.len(), |(end, _)| end);
            let tail = text.char_indices().nth_back(TAIL - 1).map_or(0, |(start, _)| start);
            format!("{}…{}", text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default())
        }
    };
    if !short.contains(char::is_control) {
        return short;
    }
    let mut plain = String::with_capacity(short.len() + 8);
    for character in short.chars() {
        if character.is_control() {
            // Writing to a string cannot fail.
            let _ = write!(plain, "\\{:03}", u32::from(character));
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, Names, Rdata, RecordType};

    #[test]
    fn a_long_text_loses_its_middle() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened("a\tb\u{7f}"), "a\\009b\\127");
        let long = format!("\"{}\" is no number", "\u{fc}".repeat(100_000));
        let short = shortened(&long);
        assert!(short.starts_with("\"\u{fc}\u{fc}") && short.ends_with("\u{fc}\" is no number"), "{short}");
        assert_eq!(short.chars().count(), HEAD + TAIL + 1);
    }

    #[test]
    fn what_is_wrong_is_said_in_few_words_without_control_characters() {
        let root = Name::root();
        let names = Names { origin: &root, strict: true };
        let long = "9".repeat(1_000_000);
        let dots = ".".repeat(1_000_000);
        let octets = "\u{1}".repeat(1_000_000);
        let letters = "\u{fc}".repeat(1_000_000);
        let escape = "\\00\u{b}".to_owned();
        for text in [&long, &dots, &octets, &letters, &escape] {
            let mut messages = vec![];
            for rtype in RecordType::known() {
                messages.extend(Rdata::parse(rtype, text, names).err().map(|error| error.to_string()));
                messages.extend(
                    Rdata::parse(rtype, &format!("10 {text} {text}"), names)
                        .err()
                        .map(|error| error.to_string()),
                );
            }
            messages.extend(Name::parse("a\\\u{1}.b", names).err().map(|error| error.to_string()));
            messages.extend(Name::parse(text, names).err().map(|error| error.to_string()));
            messages.extend(Name::absolute(&format!("a.{text}")).err().map(|error| error.to_string()));
            assert!(messages.len() > 50);
            for message in messages {
                assert!(message.chars().count() < 1000, "{message}");
                assert!(!message.contains(char::is_control), "{message:?}");
            }
        }
    }
}
