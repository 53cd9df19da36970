//! Times of RRSIG (RFC 4034 section 3.2): seconds since 1970 modulo 2^32, written `YYYYMMDDHHMMSS`.

use super::error::Reason;
use super::read::number;

/// Reads fourteen digits, or a plain number of seconds. Years before 1970 are those that BIND writes for times that are
/// more than 68 years ahead (RFC 4034 section 3.1.5).
pub(super) fn read(word: &str) -> Result<u32, Reason> {
    if word.len() != 14 {
        return number(word, 0, u32::MAX);
    }
    let bad = || Reason::from(format!("\"{word}\" is not a time YYYYMMDDHHMMSS"));
    let part = |from: usize, to: usize, least, most| {
        word.get(from..to).and_then(|digits| number(digits, least, most).ok()).map(i64::from).ok_or_else(bad)
    };
    let (year, month, day) = (part(0, 4, 1900, 9999)?, part(4, 6, 1, 12)?, part(6, 8, 1, 31)?);
    let (hour, minute, second) = (part(8, 10, 0, 23)?, part(10, 12, 0, 59)?, part(12, 14, 0, 60)?);
    let total = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    u32::try_from(total & 0xffff_ffff).map_err(|_| bad())
}

/// Fourteen digits, with the years 1970 to 2105.
pub(super) fn print(seconds: u32) -> String {
    let (day, rest) = (i64::from(seconds / 86_400), seconds % 86_400);
    let mut year = 1970 + day / 366;
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|&month| days(year, month, 1) <= day).unwrap_or(1);
    let of_month = day - days(year, month, 1) + 1;
    format!("{year:04}{month:02}{of_month:02}{:02}{:02}{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400 - 477;
    let months = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let index = usize::try_from(month - 1).unwrap_or(0);
    let months = months.get(index).copied().unwrap_or(0) + if month > 2 { leap } else { 0 };
    (year - 1970) * 365 + leaps + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_and_print() {
        for (text, seconds) in [
            ("19700101000000", 0),
            ("20040229235959", 1_078_099_199),
            ("20261123100702", 1_795_428_422),
            ("21060207062815", u32::MAX),
        ] {
            assert_eq!(read(text).unwrap(), seconds, "{text}");
            assert_eq!(print(seconds), text);
        }
        assert_eq!(read("19691231235959").unwrap(), u32::MAX);
        assert_eq!(read("19630826120534").unwrap(), read("20991001183350").unwrap());
        assert_eq!(read("1078099199").unwrap(), 1_078_099_199);
        assert!(read("20041329235959").is_err() && read("99999999999").is_err());
    }
}
