//! Texts at random, always the same for a seed: mostly right ones, and damaged ones.

use fastrand::Rng;

/// A tag with values that are right and values that are not.
pub(crate) type Tag = (&'static str, &'static [&'static str], &'static [&'static str]);

/// A kind of record.
pub(crate) struct Grammar {
    pub(crate) version: &'static str,
    /// The tag that is mostly there.
    pub(crate) needed: &'static str,
    /// Whether blanks about the version and the equals signs are wrong.
    pub(crate) tight: bool,
    pub(crate) tags: &'static [Tag],
}

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

impl Grammar {
    /// A record in which little is wrong: the order, a value or a blank, if anything.
    pub(crate) fn text(&self, random: &mut Rng) -> String {
        let chance = |random: &mut Rng, name: &str| random.u8(..10) < if name == self.needed { 9 } else { 4 };
        let mut chosen: Vec<&Tag> = self.tags.iter().filter(|(name, ..)| chance(random, name)).collect();
        if random.u8(..4) == 0 {
            random.shuffle(&mut chosen);
        }
        if let (0, Some(tag)) = (random.u8(..40), chosen.first()) {
            chosen.push(tag);
        }
        let odd = random.u8(..if self.tight { 40 } else { 12 }) == 0;
        let equals = if odd { pick(random, &[" =", "= ", " = "]) } else { "=" };
        let mut tags = vec![format!("v{equals}{}", self.version)];
        for (name, good, bad) in chosen {
            let wrong = random.u8(..25) == 0 && !bad.is_empty();
            let name = if random.u8(..60) == 0 { name.to_ascii_uppercase() } else { (*name).to_owned() };
            tags.push(format!("{name}{equals}{}", pick(random, if wrong { bad } else { good })));
        }
        if random.u8(..40) == 0 {
            random.shuffle(&mut tags);
        }
        let odd = random.u8(..if self.tight { 40 } else { 4 }) == 0;
        let separator = if odd { " ; " } else { pick(random, &["; ", ";"]) };
        tags.join(separator) + pick(random, &["", "", "", ";", "; "])
    }
}

/// A text with a few octets changed, lost or put in.
pub(crate) fn damaged(random: &mut Rng, text: &str, other: &str) -> Vec<u8> {
    const PIECES: [&str; 14] =
        [";", "=", ":", ",", " ", "\t", "\r\n ", "!", "%", "%2C", "v=", "p=", "mailto:", "\u{e4}"];
    let mut text = text.as_bytes().to_vec();
    for _ in 0..random.usize(1..3) {
        let at = random.usize(..=text.len());
        match random.u8(..6) {
            0 => text.truncate(at),
            1 | 2 => drop(text.splice(at..at, pick(random, &PIECES).bytes())),
            3 if at < text.len() => text[at] = random.u8(b' '..=b'~'),
            4 => drop(text.drain(at..(at + random.usize(1..4)).min(text.len()))),
            _ => {
                let from = random.usize(..=other.len());
                text.truncate(at);
                text.extend(&other.as_bytes()[from..]);
            }
        }
    }
    text
}

/// Right and damaged texts of a kind, as many of one as of the other.
pub(crate) fn texts(grammar: &Grammar, seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut random = Rng::with_seed(seed);
    let mut texts = Vec::with_capacity(count);
    while texts.len() < count {
        let text = grammar.text(&mut random);
        let other = grammar.text(&mut random);
        texts.push(damaged(&mut random, &text, &other));
        texts.push(text.into_bytes());
    }
    texts
}
