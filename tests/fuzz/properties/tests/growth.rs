//! Time grows with the size of an input only.
//!
//! Inputs are made large in a way that readers may take badly: one line, or one word, again and again, also with a number that
//! makes each of them another. An input that is eight times as large may take eight times as long, and some more; one that takes
//! 64 times as long shows a reader that compares each with each.
//!
//! Some minutes: `cargo test -p dnsctl-fuzz-properties --test growth -- --ignored --nocapture`; `GROWTH=master,pem` before it names
//! the targets.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod templates;

use dnsctl_fuzz_properties::{TARGETS, Target};
use rustix::time::{ClockId, clock_gettime};
use std::panic::catch_unwind;
use std::path::Path;
use templates::TEMPLATES;

/// Sizes in octets.
const SMALL: usize = 8 << 10;
const TIMES: usize = 8;
/// A large input that takes less, in seconds, says nothing.
const LITTLE: f64 = 0.1;
/// Caches and the order of a sort make large inputs a little slower.
const ALLOWED: f64 = 3.0;

/// An input that can have any size.
struct Stretched {
    what: String,
    head: Vec<u8>,
    /// `\u{1}` in it stands for a number.
    piece: Vec<u8>,
    tail: Vec<u8>,
}

impl Stretched {
    fn of(&self, size: usize) -> Vec<u8> {
        let mut octets = self.head.clone();
        let mut number = 0_usize;
        while octets.len() < size {
            for &octet in &self.piece {
                match octet {
                    1 => octets.extend(number.to_string().bytes()),
                    octet => octets.push(octet),
                }
            }
            number += 1;
        }
        octets.extend(&self.tail);
        octets
    }
}

/// The time of this thread in seconds, whatever else runs.
fn seconds(target: &Target, octets: &[u8]) -> Option<f64> {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        std::time::Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
            .as_secs_f64()
    };
    let start = now();
    let held = catch_unwind(|| (target.holds)(octets));
    held.is_ok().then(|| now() - start)
}

/// How many times longer a large input takes, by its size, and how long in seconds; 1 is linear. Nothing when it does not hold.
fn growth(target: &Target, stretched: &Stretched) -> Option<(f64, f64)> {
    let large = seconds(target, &stretched.of(SMALL * TIMES))?;
    if large < LITTLE {
        return Some((1.0, large));
    }
    // The quickest of some, since the first one makes tables.
    let small = (0..3).filter_map(|_| seconds(target, &stretched.of(SMALL))).fold(f64::MAX, f64::min);
    let times = f64::from(u32::try_from(TIMES).unwrap());
    Some((large / small / times, large))
}

/// Each line and some words of a kept input, again and again where they stand.
fn stretched(name: &str, octets: &[u8]) -> Vec<Stretched> {
    let mut all = Vec::new();
    let mut add = |what: &str, from: usize, to: usize, glue: &[u8], numbered: bool| {
        let Some(piece) = octets.get(from..to).filter(|piece| !piece.is_empty()) else { return };
        let mut piece = piece.to_vec();
        if numbered {
            let Some(at) = piece.iter().position(u8::is_ascii_alphabetic) else { return };
            let end = piece.iter().skip(at).position(|octet| !octet.is_ascii_alphanumeric());
            let end = end.map_or(piece.len(), |end| at + end);
            piece.insert(end, 1);
        }
        piece.extend(glue);
        let head = octets.get(..from).unwrap_or_default().to_vec();
        let tail = octets.get(to..).unwrap_or_default().to_vec();
        let kind = if numbered { "numbered " } else { "" };
        all.push(Stretched {
            what: format!("{name}: {kind}{what} {}", piece.escape_ascii()),
            head,
            piece,
            tail,
        });
    };
    let mut start = 0;
    for (index, line) in octets.split_inclusive(|octet| *octet == b'\n').enumerate().take(12) {
        let end = start + line.len();
        let glue = if line.ends_with(b"\n") { b"".as_slice() } else { b"\n" };
        add("line", start, end, glue, false);
        add("line", start, end, glue, true);
        if index < 4 {
            // Words and signs.
            let mut at = start;
            let is_word = |octet: &u8| octet.is_ascii_alphanumeric() || *octet >= 0x80;
            for word in line.chunk_by(|a, b| is_word(a) && is_word(b)).take(8) {
                add("word", at, at + word.len(), b"", false);
                at += word.len();
            }
        }
        start = end;
    }
    all
}

#[test]
#[ignore = "takes some minutes"]
fn time_grows_with_size_only() {
    let only = std::env::var("GROWTH").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let mut worse = Vec::new();
    for target in TARGETS.iter().filter(|target| only.is_empty() || only.contains(&target.name)) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target.name);
        let mut names: Vec<_> =
            std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let mut all: Vec<Stretched> = Vec::new();
        for path in names {
            let octets = std::fs::read(&path).unwrap();
            all.extend(stretched(&path.file_name().unwrap().to_string_lossy(), &octets));
        }
        for (_, head, piece, tail) in
            TEMPLATES.iter().filter(|(name, ..)| name.split(' ').any(|name| name == target.name))
        {
            let piece = piece.replace('#', "\u{1}");
            let [head, tail] = [head, tail].map(|text| text.as_bytes().to_vec());
            all.push(Stretched {
                what: format!("template {piece:?}"),
                head,
                piece: piece.into_bytes(),
                tail,
            });
        }
        let mut slowest = (0.0, String::new());
        for one in &all {
            let Some((growth, large)) = growth(target, one) else {
                let line = format!("{} does not hold: {}", target.name, one.what);
                println!("{line}");
                worse.push(line);
                continue;
            };
            if large > slowest.0 {
                slowest = (large, one.what.clone());
            }
            if growth > ALLOWED {
                let line = format!(
                    "{}: {growth:.1} times worse than linear, {large:.2} s: {}",
                    target.name, one.what
                );
                println!("{line}");
                worse.push(line);
            }
        }
        println!("{}: {} inputs, the slowest {:.2} s: {}", target.name, all.len(), slowest.0, slowest.1);
    }
    assert!(worse.is_empty(), "{worse:#?}");
}
