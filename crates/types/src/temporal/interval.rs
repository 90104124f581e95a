//! The units of `INTERVAL`, `EXTRACT` and `TIMESTAMPDIFF`, and intervals.

use super::grammar::is_space;
use super::packed::{DAY, HOUR, MINUTE, SECOND};
use super::text::{TEN_TO, digit};

/// A unit of time, simple or compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `MICROSECOND`
    Microsecond,
    /// `SECOND`
    Second,
    /// `MINUTE`
    Minute,
    /// `HOUR`
    Hour,
    /// `DAY`
    Day,
    /// `WEEK`
    Week,
    /// `MONTH`
    Month,
    /// `QUARTER`
    Quarter,
    /// `YEAR`
    Year,
    /// `SECOND_MICROSECOND`
    SecondMicrosecond,
    /// `MINUTE_MICROSECOND`
    MinuteMicrosecond,
    /// `MINUTE_SECOND`
    MinuteSecond,
    /// `HOUR_MICROSECOND`
    HourMicrosecond,
    /// `HOUR_SECOND`
    HourSecond,
    /// `HOUR_MINUTE`
    HourMinute,
    /// `DAY_MICROSECOND`
    DayMicrosecond,
    /// `DAY_SECOND`
    DaySecond,
    /// `DAY_MINUTE`
    DayMinute,
    /// `DAY_HOUR`
    DayHour,
    /// `YEAR_MONTH`
    YearMonth,
}

impl Unit {
    /// All twenty.
    pub const ALL: [Self; 20] = [
        Self::Microsecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::SecondMicrosecond,
        Self::MinuteMicrosecond,
        Self::MinuteSecond,
        Self::HourMicrosecond,
        Self::HourSecond,
        Self::HourMinute,
        Self::DayMicrosecond,
        Self::DaySecond,
        Self::DayMinute,
        Self::DayHour,
        Self::YearMonth,
    ];

    /// The keyword, in capitals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microsecond => "MICROSECOND",
            Self::Second => "SECOND",
            Self::Minute => "MINUTE",
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
            Self::Quarter => "QUARTER",
            Self::Year => "YEAR",
            Self::SecondMicrosecond => "SECOND_MICROSECOND",
            Self::MinuteMicrosecond => "MINUTE_MICROSECOND",
            Self::MinuteSecond => "MINUTE_SECOND",
            Self::HourMicrosecond => "HOUR_MICROSECOND",
            Self::HourSecond => "HOUR_SECOND",
            Self::HourMinute => "HOUR_MINUTE",
            Self::DayMicrosecond => "DAY_MICROSECOND",
            Self::DaySecond => "DAY_SECOND",
            Self::DayMinute => "DAY_MINUTE",
            Self::DayHour => "DAY_HOUR",
            Self::YearMonth => "YEAR_MONTH",
        }
    }

    /// The unit of a keyword, in any case; `SQL_TSI_` before a simple unit is allowed.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let bare = match name.get(..8) {
            Some(prefix) if prefix.eq_ignore_ascii_case("SQL_TSI_") => &name[8..],
            _ => name,
        };
        Self::ALL.into_iter().find(|unit| {
            bare.eq_ignore_ascii_case(unit.name())
                && (bare.len() == name.len() || !unit.is_compound())
        })
    }

    /// Two units joined by an underscore: the interval is a text of several numbers.
    #[must_use]
    pub const fn is_compound(self) -> bool {
        self.compound_fields().is_some()
    }

    /// Adding it to a DATE gives a DATETIME.
    #[must_use]
    pub const fn has_clock(self) -> bool {
        !self.is_date_only()
    }

    /// Made of days and longer units alone.
    #[must_use]
    pub const fn is_date_only(self) -> bool {
        matches!(
            self,
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year | Self::YearMonth
        )
    }

    /// Counted in months: the day of the month is kept, or clamped to the month's end.
    #[must_use]
    pub const fn is_month_based(self) -> bool {
        matches!(
            self,
            Self::Month | Self::Quarter | Self::Year | Self::YearMonth
        )
    }

    /// Ends in microseconds.
    #[must_use]
    pub const fn has_microseconds(self) -> bool {
        matches!(
            self,
            Self::Microsecond
                | Self::SecondMicrosecond
                | Self::MinuteMicrosecond
                | Self::HourMicrosecond
                | Self::DayMicrosecond
        )
    }

    /// First and number of the fields of a compound unit, in the order [`FIELDS`].
    const fn compound_fields(self) -> Option<(usize, usize)> {
        Some(match self {
            Self::YearMonth => (0, 2),
            Self::DayHour => (2, 2),
            Self::DayMinute => (2, 3),
            Self::DaySecond => (2, 4),
            Self::DayMicrosecond => (2, 5),
            Self::HourMinute => (3, 2),
            Self::HourSecond => (3, 3),
            Self::HourMicrosecond => (3, 4),
            Self::MinuteSecond => (4, 2),
            Self::MinuteMicrosecond => (4, 3),
            Self::SecondMicrosecond => (5, 2),
            _ => return None,
        })
    }
}

/// Year, month, day, hour, minute, second, microsecond.
const FIELDS: usize = 7;

/// A span of time: months and microseconds apart, for a month has no fixed length. One sign for both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Signed months.
    pub months: i128,
    /// Signed microseconds.
    pub micros: i128,
    /// The unit moves months, so that the time of day stays and the day of the month is clamped.
    pub month_based: bool,
}

impl Interval {
    /// So many of a simple unit. `None` for a compound unit, for the smallest number there is, and if as many weeks or quarters leave 32 bits
    /// (which MySQL reports like a text it cannot read, warning 6527).
    #[must_use]
    pub fn from_int(count: i64, unit: Unit) -> Option<Self> {
        if count == i64::MIN {
            return None;
        }
        let wide = i128::from(count);
        let limit = u64::from(u32::MAX);
        let micros = |each: i64| {
            Some(Self {
                micros: wide * i128::from(each),
                ..Self::default()
            })
        };
        let months = |each: i128| {
            Some(Self {
                months: wide * each,
                month_based: true,
                ..Self::default()
            })
        };
        match unit {
            Unit::Microsecond => micros(1),
            Unit::Second => micros(SECOND),
            Unit::Minute => micros(MINUTE),
            Unit::Hour => micros(HOUR),
            Unit::Day => micros(DAY),
            Unit::Week if count.unsigned_abs() < limit / 7 => micros(7 * DAY),
            Unit::Month => months(1),
            Unit::Quarter if count.unsigned_abs() < limit / 3 => months(3),
            Unit::Year => months(12),
            _ => None,
        }
    }

    /// Seconds with a fraction (`INTERVAL 1.5 SECOND`), both of one sign; digits past the sixth have been cut. `None` from 19 digits of seconds
    /// on (warning 6527).
    #[must_use]
    pub fn from_seconds(seconds: i64, micros: i32) -> Option<Self> {
        if seconds.unsigned_abs() >= 1_000_000_000_000_000_000 {
            return None;
        }
        let micros = i128::from(seconds) * i128::from(SECOND) + i128::from(micros);
        Some(Self {
            micros,
            ..Self::default()
        })
    }

    /// A text for a compound unit: up to as many numbers as the unit has fields, with anything but digits between them. With fewer numbers
    /// the last ones are given (`'10' DAY_HOUR` is ten hours). A minus sign in front turns all. `None` if there are more numbers than fields,
    /// a number comes near 2^63, or the unit is simple.
    #[must_use]
    pub fn from_text(text: &[u8], unit: Unit) -> Option<Self> {
        let (first, count) = unit.compound_fields()?;
        let mut at = text.iter().take_while(|byte| is_space(**byte)).count();
        let negative = text.get(at) == Some(&b'-');
        at += usize::from(negative);

        let skip_to_digit = |mut at: usize| {
            while text.get(at).is_some_and(|byte| !byte.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        at = skip_to_digit(at);
        let mut numbers = [0_u64; 5];
        let mut found = 0;
        let mut last_digits = 0;
        while found < count {
            let start = at;
            let mut value = 0_u64;
            while let Some(next) = text.get(at).copied().and_then(digit) {
                if value >= i64::MAX as u64 / 10 {
                    return None;
                }
                value = value * 10 + u64::from(next);
                at += 1;
            }
            numbers[found] = value;
            last_digits = at - start;
            found += 1;
            at = skip_to_digit(at);
            if at == text.len() {
                break;
            }
        }
        if at < text.len() {
            return None;
        }
        // MySQL: '1.5' SECOND_MICROSECOND is one second and a half: the last number is a fraction, even if it is the only one.
        if unit.has_microseconds() && last_digits < 6 {
            numbers[found - 1] =
                numbers[found - 1].checked_mul(u64::from(TEN_TO[6 - last_digits]))?;
        }

        let mut field = [0_i128; FIELDS];
        for (place, number) in numbers[..found].iter().enumerate() {
            field[first + count - found + place] = i128::from(*number);
        }
        let [year, month, day, hour, minute, second, micro] = field;
        let sign = if negative { -1 } else { 1 };
        let seconds = ((day * 24 + hour) * 60 + minute) * 60 + second;
        Some(Self {
            months: sign * (year * 12 + month),
            micros: sign * (seconds * i128::from(SECOND) + micro),
            month_based: unit.is_month_based(),
        })
    }

    /// The interval turned round, for `DATE_SUB`.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self {
            months: -self.months,
            micros: -self.micros,
            month_based: self.month_based,
        }
    }
}
