//! `$GENERATE`: records made from a pattern and a range of numbers, as BIND 9 has it.

use super::lexer::{Located, Word};
use super::parser::{Head, Parser, Place};
use super::{Fault, Record};
use crate::shown::shortened;
use crate::{Name, Names, Rdata, RecordType, Ttl};
use std::fmt::Write as _;
use std::ops::Range;

const FORM: &str = "$GENERATE START-STOP[/STEP] NAME [TTL] [IN] TYPE DATA";
/// The widest number that a modifier can ask for: no label and hardly any text is longer.
const WIDEST: usize = 255;

/// START, STOP and STEP.
struct Numbers {
    start: u32,
    stop: u32,
    step: u32,
}

/// A text with places for the number.
struct Pattern<'t> {
    parts: Vec<Part<'t>>,
    /// Where it stands.
    at: Range<usize>,
}

enum Part<'t> {
    Text(&'t str),
    Number { offset: i64, width: usize, base: u8 },
}

/// What is the same for all records.
struct Template<'t> {
    directive: Range<usize>,
    rtype: RecordType,
    ttl: Option<Ttl>,
    owner: Pattern<'t>,
    data: Pattern<'t>,
}

impl Parser<'_> {
    /// Reads the rest of the directive and makes its records.
    pub(super) fn generate<'t>(&mut self, place: &mut Place<'t>, directive: Word<'t>) -> Located<()> {
        let range = place.argument(FORM, &directive)?;
        let numbers =
            Numbers::read(range.text).ok_or_else(|| (Fault::Range(shortened(range.text)), range.place()))?;
        let owner = place.argument(FORM, &directive)?;
        let mut head = Head::default();
        let rtype = loop {
            let word = place.argument(FORM, &directive)?;
            if let Some(rtype) = self.head(word, &mut head, None)? {
                break rtype;
            }
        };
        let mut copy = super::lexer::Copy::default();
        let (text, start) = place.lexer.rest(&mut copy)?;
        if text.is_empty() {
            return Err((Fault::Form(FORM), directive.place()));
        }
        let at = start..start + text.len();
        let text = unquoted(text);
        let template = Template {
            directive: directive.place(),
            rtype,
            ttl: head.ttl,
            owner: Pattern::read(owner.text, owner.place())?,
            data: Pattern::read(&text, at)?,
        };
        self.make(place, &template, &numbers)?;
        place.lexer.finish();
        Ok(())
    }

    fn make(&mut self, place: &Place<'_>, template: &Template<'_>, numbers: &Numbers) -> Located<()> {
        let Template { directive, rtype, ttl: explicit, owner, data } = template;
        let (source, _) = place.lexer.locate(&place.file, directive);
        let names = Names { origin: &place.origin, strict: false };
        let mut text = String::new();
        let mut number = numbers.start;
        loop {
            self.generated += 1;
            if self.generated > self.options.generated {
                return Err((Fault::GenerateLimit(self.options.generated), directive.clone()));
            }
            let wrong =
                |fault, at: &Range<usize>| (Fault::Generated { number, fault: Box::new(fault) }, at.clone());
            owner.write(number, &mut text)?;
            let name = Name::parse(&text, names).map_err(|error| wrong(error.into(), &owner.at))?;
            self.generated_octets = self.generated_octets.saturating_add(text.len());
            data.write(number, &mut text)?;
            self.generated_octets = self.generated_octets.saturating_add(text.len());
            let most = self.options.generated_octets;
            if self.generated_octets > most {
                return Err((Fault::GenerateOctets(most), directive.clone()));
            }
            let rdata = Rdata::parse(*rtype, &text, names).map_err(|error| wrong(error.into(), &data.at))?;
            let ttl = self.ttl(place, *explicit, &rdata).map_err(|fault| (fault, directive.clone()))?;
            let explicit_ttl = explicit.is_some();
            self.parsed.records.push(Record { name, ttl, explicit_ttl, rdata, source: source.clone() });
            match number.checked_add(numbers.step).filter(|next| *next <= numbers.stop) {
                Some(next) => number = next,
                None => return Ok(()),
            }
        }
    }
}

/// Data in one pair of quotes are taken out of it, as BIND wants them when there are blanks: `"10 mail$"`.
fn unquoted(text: &str) -> std::borrow::Cow<'_, str> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if closes_at_the_end(inner) => inner.replace("\\\"", "\"").into(),
        _ => text.into(),
    }
}

/// Whether there is no quote in this text that closes it early.
fn closes_at_the_end(inner: &str) -> bool {
    let mut escaped = false;
    for byte in inner.bytes() {
        match byte {
            b'"' if !escaped => return false,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    !escaped
}

impl Numbers {
    fn read(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let digits = text.bytes().all(|digit| digit.is_ascii_digit());
            text.parse::<u32>().ok().filter(|number| digits && i32::try_from(*number).is_ok())
        };
        let (range, step) = text.split_once('/').unwrap_or((text, "1"));
        let (start, stop) = range.split_once('-')?;
        let numbers = Self { start: number(start)?, stop: number(stop)?, step: number(step)? };
        (numbers.start <= numbers.stop && numbers.step > 0).then_some(numbers)
    }
}

impl<'t> Pattern<'t> {
    /// `$` is the number, `${OFFSET,WIDTH,BASE}` the number plus an offset in a form, `$$` a dollar sign. A backslash
    /// and the character behind it stay for the reader of names and data.
    fn read(text: &'t str, place: Range<usize>) -> Located<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '\\']) {
            let (before, found) = rest.split_at(at);
            let after = found.get(1..).unwrap_or_default();
            if found.starts_with('\\') {
                let length = after.chars().next().map_or(0, char::len_utf8);
                let (escape, after) = rest.split_at_checked(at + 1 + length).unwrap_or((rest, ""));
                parts.push(Part::Text(escape));
                rest = after;
                continue;
            }
            parts.push(Part::Text(before));
            if let Some(after) = after.strip_prefix('$') {
                parts.push(Part::Text("$"));
                rest = after;
            } else if let Some(inside) = after.strip_prefix('{') {
                let bad = || (Fault::Modifier(shortened(found)), place.clone());
                let (modifier, after) = inside.split_once('}').ok_or_else(bad)?;
                parts.push(Part::modified(modifier).ok_or_else(bad)?);
                rest = after;
            } else {
                parts.push(Part::Number { offset: 0, width: 0, base: b'd' });
                rest = after;
            }
        }
        parts.push(Part::Text(rest));
        Ok(Self { parts, at: place })
    }

    /// Writes the text for this number into the empty `out`.
    fn write(&self, number: u32, out: &mut String) -> Located<()> {
        out.clear();
        for part in &self.parts {
            match *part {
                Part::Text(text) => out.push_str(text),
                Part::Number { offset, width, base } => {
                    let value = i32::try_from(i64::from(number).saturating_add(offset)).ok();
                    let value = value.filter(|value| *value >= 0);
                    let value = value.ok_or_else(|| (Fault::Number { number, offset }, self.at.clone()))?;
                    write_number(value, width, base, out);
                }
            }
        }
        Ok(())
    }
}

impl Part<'_> {
    /// Reads `OFFSET[,WIDTH[,BASE]]`.
    fn modified(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let offset = parts.next()?.parse::<i32>().ok()?;
        let width = parts.next().map_or(Some(0), |text| text.parse::<usize>().ok())?;
        let base = parts.next().unwrap_or("d");
        let known = width <= WIDEST && parts.next().is_none() && base.len() == 1;
        let base = base.bytes().next().filter(|base| known && b"doxXnN".contains(base))?;
        Some(Self::Number { offset: i64::from(offset), width, base })
    }
}

fn write_number(value: i32, width: usize, base: u8, out: &mut String) {
    let _ = match base {
        b'o' => write!(out, "{value:0width$o}"),
        b'x' => write!(out, "{value:0width$x}"),
        b'X' => write!(out, "{value:0width$X}"),
        b'n' | b'N' => {
            nibbles(value, width, base == b'N', out);
            Ok(())
        }
        _ => write!(out, "{value:0width$}"),
    };
}

/// Hexadecimal digits, the lowest first, with dots between; the width counts the dots too (RFC 3596 section 2.5).
fn nibbles(mut value: i32, mut width: usize, upper: bool, out: &mut String) {
    loop {
        let digit =
            u32::try_from(value & 15).ok().and_then(|digit| char::from_digit(digit, 16)).unwrap_or('0');
        out.push(if upper { digit.to_ascii_uppercase() } else { digit });
        value >>= 4;
        width = width.saturating_sub(1);
        if width == 0 && value == 0 {
            return;
        }
        out.push('.');
        width = width.saturating_sub(1);
        if width == 0 && value == 0 {
            return;
        }
    }
}
