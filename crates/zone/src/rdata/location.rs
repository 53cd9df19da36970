//! Places on earth (RFC 1876).

use super::error::Reason;
use super::read::number;
use super::scan::Scanner;
use std::fmt::Write as _;

/// Thousandths of a second of arc at the equator and the prime meridian (RFC 1876 section 2).
const MIDDLE: u32 = 1 << 31;
/// Centimetres from the base of altitudes up to the reference spheroid.
const BASE: i64 = 10_000_000;

/// Reads `d [m [s]] N|S d [m [s]] E|W altitude[m] [size[m] [horizontal[m] [vertical[m]]]]` (section 3).
pub(super) fn read(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let latitude = angle(scanner, 90, ["N", "S"])?;
    let longitude = angle(scanner, 180, ["E", "W"])?;
    let altitude = scanner.word()?.ok_or("the altitude is missing")?.raw;
    let centimetres = metres(altitude)?;
    let altitude = u32::try_from(centimetres + BASE)
        .map_err(|_| format!("the altitude \"{altitude}\" is not from -100000.00 to 42849672.95 metres"))?;
    // Defaults of section 3: 1 m, 10 km, 10 m.
    let mut precision = [0x12, 0x16, 0x13];
    for place in &mut precision {
        let Some(word) = scanner.word()? else { break };
        *place = scaled(metres(word.raw)?).ok_or_else(|| {
            format!("\"{}\" is not from 0.00 to 90000000.00 metres with one significant digit", word.raw)
        })?;
    }
    out.push(0);
    out.extend(precision);
    for number in [latitude, longitude, altitude] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    Ok(())
}

fn angle(scanner: &mut Scanner<'_>, most: u32, ends: [&str; 2]) -> Result<u32, Reason> {
    let mut parts: Vec<u32> = Vec::new();
    loop {
        let missing = || format!("\"{}\" or \"{}\" is missing", ends[0], ends[1]);
        let word = scanner.word()?.ok_or_else(missing)?.raw;
        if !parts.is_empty()
            && let Some(side) = ends.iter().position(|end| end.eq_ignore_ascii_case(word))
        {
            let total = parts.iter().zip([3_600_000, 60_000, 1]).map(|(part, size)| part * size).sum::<u32>();
            if total > most * 3_600_000 {
                return Err(format!("the angle is above {most} degrees").into());
            }
            return Ok(if side == 0 { MIDDLE + total } else { MIDDLE - total });
        }
        parts.push(match parts.len() {
            0 => number(word, 0, most)?,
            1 => number(word, 0, 59)?,
            2 => {
                let seconds = decimal(word, 3).and_then(|seconds| u32::try_from(seconds).ok());
                seconds
                    .filter(|s| *s < 60_000)
                    .ok_or_else(|| format!("\"{word}\" is not from 0 to 59.999 seconds"))?
            }
            _ => return Err(missing().into()),
        });
    }
}

/// Metres with up to two decimals, as centimetres.
fn metres(word: &str) -> Result<i64, Reason> {
    let digits = word.strip_suffix(['m', 'M']).unwrap_or(word);
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let number =
        decimal(digits, 2).ok_or_else(|| format!("\"{word}\" is not a length in metres, as 12.50m"))?;
    Ok(if negative { -number } else { number })
}

/// A decimal number times ten to the power of `places`.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if (whole.is_empty() && part.is_empty())
        || !digits(whole)
        || !digits(part)
        || part.len() > places
        || whole.len() > 9
    {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

/// Centimetres as mantissa and exponent of ten, four bits each.
fn scaled(centimetres: i64) -> Option<u8> {
    let (mut mantissa, mut exponent) = (centimetres, 0_u8);
    while mantissa > 9 {
        if mantissa % 10 != 0 {
            return None;
        }
        mantissa /= 10;
        exponent += 1;
    }
    let mantissa = u8::try_from(mantissa).ok()?;
    (exponent <= 9).then_some(mantissa << 4 | exponent)
}

/// Only version 0 is known, and only digits may stand in the precisions (section 2). A zero has no exponent, so that
/// its text reads back; BIND refuses others too.
pub(super) fn check(octets: &[u8]) -> Result<(), Reason> {
    let [version, size, horizontal, vertical, rest @ ..] = octets else {
        return Err("the data ends early".into());
    };
    let digits = |octet: u8| octet == 0 || matches!((octet >> 4, octet & 15), (1..=9, 0..=9));
    let precise = [size, horizontal, vertical].into_iter().all(|octet| digits(*octet));
    let angles = rest.chunks(4).zip([90_u32, 180]).all(|(chunk, most)| {
        let angle = chunk.try_into().map_or(0, u32::from_be_bytes);
        angle.abs_diff(MIDDLE) <= most * 3_600_000
    });
    if *version == 0 && precise && angles {
        Ok(())
    } else {
        Err("this is not a location of version 0".into())
    }
}

/// All parts, even where they have their default.
pub(super) fn print(octets: &[u8]) -> String {
    let [_, size, horizontal, vertical, rest @ ..] = octets else { return String::new() };
    let mut numbers = rest.chunks(4).map(|chunk| chunk.try_into().map_or(0, u32::from_be_bytes));
    let mut text = String::new();
    for ends in [["N", "S"], ["E", "W"]] {
        let angle = numbers.next().unwrap_or(MIDDLE);
        let side = usize::from(angle < MIDDLE);
        let total = angle.abs_diff(MIDDLE);
        let (seconds, thousandths) = (total / 1000 % 60, total % 1000);
        let end = ends[side];
        let _ =
            write!(text, "{} {} {seconds}.{thousandths:03} {end} ", total / 3_600_000, total / 60_000 % 60);
    }
    let altitude = i64::from(numbers.next().unwrap_or(0)) - BASE;
    let sign = if altitude < 0 { "-" } else { "" };
    let _ = write!(text, "{sign}{}.{:02}m", altitude.abs() / 100, altitude.abs() % 100);
    for octet in [size, horizontal, vertical] {
        let centimetres = u64::from(octet >> 4) * 10_u64.pow(u32::from(octet & 15));
        let _ = write!(text, " {}.{:02}m", centimetres / 100, centimetres % 100);
    }
    text
}
