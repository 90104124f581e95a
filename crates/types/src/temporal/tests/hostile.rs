//! Text nobody meant as a date, and numbers at the ends of their ranges: never a panic, never a value out of range.

use crate::temporal::arithmetic::{add_time_to_datetime, make_date, make_time, seconds_to_time};
use crate::temporal::clock_text::ClockValue;
use crate::temporal::date_format::{self, Formatted};
use crate::temporal::number::{datetime_from_decimal, time_from_decimal};
use crate::temporal::{
    Date, DateFlags, DateTime, Interval, Locale, Notes, Time, Unit, Zone, date_add, fraction,
    parse_datetime, parse_time, period, str_to_date, time_add,
};

/// A small generator (xorshift), so that a failure can be had again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn text(&mut self, alphabet: &[u8], longest: u64) -> Vec<u8> {
        let length = self.next() % (longest + 1);
        (0..length)
            .map(|_| alphabet[(self.next() % alphabet.len() as u64) as usize])
            .collect()
    }
}

const LIKELY: &[u8] = b"0123456789012345678901234567890-:. T+/eE\t\xc2\xa0\xd7\xff";
const FORMATS: &[u8] = b"%%%%%%MbWawDYymcdefHkhIlisSprTjUuVvXx.@#- \xff";

#[test]
fn texts() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let every = DateFlags {
        allow_zero_in_date: true,
        allow_invalid_dates: true,
        ..DateFlags::STRICT
    };
    for _ in 0..60_000 {
        let text = random.text(LIKELY, 34);
        for flags in [DateFlags::STRICT, every] {
            let read = parse_datetime(&text, flags);
            let mut notes = read.notes;
            if let Some(value) = read.datetime(flags, &Zone::Offset(3600), &mut notes) {
                assert_eq!(
                    DateTime::from_packed(value.to_packed()),
                    Some(value),
                    "{text:?}"
                );
                for fsp in 0..=6 {
                    if let Some(rounded) = fraction::round_datetime(value, fsp) {
                        assert_eq!(
                            DateTime::from_packed(rounded.to_packed()),
                            Some(rounded),
                            "{text:?}"
                        );
                    }
                }
            }
            let read = parse_time(&text, flags);
            if let Some(time) = read.time(flags, &Zone::Utc, &mut notes) {
                assert!((Time::MIN..=Time::MAX).contains(&time), "{text:?}");
            }
            if let Some(ClockValue::DateTime(value)) = read.value {
                assert_eq!(
                    DateTime::from_packed(value.to_packed()),
                    Some(value),
                    "{text:?}"
                );
            }
        }
    }
}

#[test]
fn formats() {
    let mut random = Random(42);
    let mut read = 0;
    for _ in 0..60_000 {
        let (text, format) = (
            random.text(b"0123456789 :-APMmonfeb\xc3\xa9", 20),
            random.text(FORMATS, 14),
        );
        if let Some((parts, _)) = str_to_date::read(&text, &format) {
            read += 1;
            assert!(
                parts.month <= 12
                    && parts.day <= 31
                    && parts.hour < 24
                    && parts.microsecond < 1_000_000
            );
            let mut out = Vec::new();
            for kind in [Formatted::DateTime, Formatted::Time] {
                let _ = date_format::format(&parts, kind, &format, &Locale::EN_US, &mut out);
            }
        }
    }
    assert!(read > 1000, "{read}");
}

#[test]
fn intervals() {
    let mut random = Random(7);
    for _ in 0..20_000 {
        let text = random.text(b"0123456789999999999 -:.x", 40);
        for unit in Unit::ALL {
            let interval = Interval::from_text(&text, unit);
            assert!(interval.is_none() || unit.is_compound());
            for start in [
                DateTime::ZERO,
                DateTime::MAX,
                Date::new(2024, 2, 31).to_datetime(),
            ] {
                let Some(interval) = interval else { continue };
                for interval in [interval, interval.negated()] {
                    if let Some(moved) = date_add(start, &interval) {
                        assert_eq!(DateTime::from_packed(moved.to_packed()), Some(moved));
                    }
                    if let Some(time) = time_add(Time::MAX, &interval) {
                        assert!((Time::MIN..=Time::MAX).contains(&time));
                    }
                }
            }
        }
    }
}

#[test]
fn numbers_at_their_ends() {
    let ends = [
        i64::MIN,
        i64::MIN + 1,
        -1,
        0,
        1,
        59,
        9999,
        99_991_231,
        i64::MAX - 1,
        i64::MAX,
    ];
    for a in ends {
        for nanos in [-999_999_999, 0, 999_999_999] {
            let read = datetime_from_decimal(a, nanos, DateFlags::FUZZY);
            assert_eq!(
                DateTime::from_packed(read.value.to_packed()),
                Some(read.value)
            );
            let time = time_from_decimal(a, nanos, &mut Notes::default());
            assert!(time.is_none_or(|(value, _)| (Time::MIN..=Time::MAX).contains(&value.time())));
        }
        for unit in Unit::ALL {
            let Some(interval) = Interval::from_int(a, unit) else {
                continue;
            };
            let moved = date_add(Date::new(2024, 2, 29).to_datetime(), &interval);
            assert!(moved.is_none_or(|value| DateTime::from_packed(value.to_packed()).is_some()));
        }
        for b in ends {
            assert!(
                make_date(a, b)
                    .is_none_or(|date| Date::from_packed(date.to_packed()) == Some(date))
            );
            assert!(
                make_time(a, b, b, 0)
                    .is_none_or(|(time, _)| (Time::MIN..=Time::MAX).contains(&time))
            );
            assert_eq!(period::add(a, b).is_some(), period::months(a).is_some());
        }
        let (time, clamped) = seconds_to_time(a, 0);
        assert_eq!(clamped, a.unsigned_abs() > 3_020_399);
        assert!((Time::MIN..=Time::MAX).contains(&time));
    }
    assert_eq!(add_time_to_datetime(DateTime::MAX, Time::MAX), None);
    assert_eq!(add_time_to_datetime(DateTime::ZERO, Time::MIN), None);
}

/// Only ASCII delimits: neither a no-break space nor a Latin-1 sign does.
#[test]
fn bytes_beyond_ascii_end_the_value() {
    for byte in 0x80..=0xff {
        let read = parse_datetime(
            &[b"2024-02-29".as_slice(), &[byte], b"10"].concat(),
            DateFlags::STRICT,
        );
        assert_eq!(read.value, Date::new(2024, 2, 29).to_datetime(), "{byte:x}");
        assert!(
            read.notes.truncated && read.notes.deprecation.is_none(),
            "{byte:x}"
        );
    }
}
