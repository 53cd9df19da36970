//! Serial numbers (RFC 1982, RFC 1912 section 2.2).

use std::time::SystemTime;

use dnsctl_zone::soa::{is_newer, next_serial};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How a write raises the serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SerialMode {
    /// By one.
    Increment,
    /// To `YYYYMMDDnn`.
    Date,
    /// To the seconds since 1970.
    UnixTime,
    /// Not at all.
    Keep,
}

impl SerialMode {
    /// The serial after `old`, and not below `wanted` where that is ahead.
    pub(crate) fn next(self, old: u32, wanted: Option<u32>, now: SystemTime) -> u32 {
        if let Some(wanted) = wanted.filter(|wanted| is_newer(*wanted, old)) {
            return wanted;
        }
        let aim = match self {
            Self::Keep => return old,
            Self::Increment => None,
            Self::Date => date(now),
            Self::UnixTime => unix_time(now),
        };
        aim.filter(|aim| is_newer(*aim, old)).unwrap_or_else(|| next_serial(old))
    }

    /// The serial of a new zone.
    pub(crate) fn first(self, wanted: Option<u32>, now: SystemTime) -> u32 {
        let own = match self {
            Self::Keep | Self::Increment => None,
            Self::Date => date(now),
            Self::UnixTime => unix_time(now),
        };
        match (own, wanted) {
            (Some(own), Some(wanted)) if is_newer(wanted, own) => wanted,
            (own, wanted) => own.or(wanted).unwrap_or(1),
        }
    }
}

fn date(now: SystemTime) -> Option<u32> {
    let day: Zoned = Timestamp::try_from(now).ok()?.to_zoned(TimeZone::UTC);
    let number =
        i64::from(day.year()) * 1_000_000 + i64::from(day.month()) * 10_000 + i64::from(day.day()) * 100;
    u32::try_from(number).ok()
}

fn unix_time(now: SystemTime) -> Option<u32> {
    now.duration_since(SystemTime::UNIX_EPOCH).ok().and_then(|time| u32::try_from(time.as_secs()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// 2026-11-23T10:07:02Z.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_422)
    }

    #[test]
    fn serials_go_up() {
        for (mode, old, next) in [
            (SerialMode::Increment, 1, 2),
            (SerialMode::Increment, u32::MAX, 1),
            (SerialMode::Increment, 0x7fff_ffff, 0x8000_0000),
            (SerialMode::Date, 7, 2_026_112_300),
            (SerialMode::Date, 2_026_112_300, 2_026_112_301),
            (SerialMode::Date, 2_026_112_399, 2_026_112_400),
            (SerialMode::Date, 2_030_010_100, 2_030_010_101),
            // So far ahead that the date counts as newer again.
            (SerialMode::Date, 4_294_967_295, 2_026_112_300),
            (SerialMode::UnixTime, 2_026_112_300, 2_026_112_301),
            (SerialMode::UnixTime, 1_700_000_000, 1_795_428_422),
            (SerialMode::Keep, 5, 5),
        ] {
            assert_eq!(mode.next(old, None, now()), next, "{mode:?} {old}");
        }
    }

    #[test]
    fn a_serial_that_is_wished_for_wins_when_it_is_ahead() {
        assert_eq!(SerialMode::Increment.next(5, Some(9), now()), 9);
        assert_eq!(SerialMode::Increment.next(5, Some(5), now()), 6);
        assert_eq!(SerialMode::Increment.next(5, Some(4), now()), 6);
        assert_eq!(SerialMode::Keep.next(5, Some(9), now()), 9);
        assert_eq!(SerialMode::Increment.next(4_294_967_290, Some(3), now()), 3);
        assert_eq!(SerialMode::Date.first(Some(1), now()), 2_026_112_300);
        assert_eq!(SerialMode::Date.first(Some(2_026_112_305), now()), 2_026_112_305);
        assert_eq!(SerialMode::Increment.first(Some(7), now()), 7);
        assert_eq!(SerialMode::Increment.first(None, now()), 1);
    }
}
