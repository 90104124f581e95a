//! The packed forms of DATE, DATETIME, TIME and YEAR.
//!
//! | type | layout |
//! |---|---|
//! | [`Date`] | `year << 9 \| month << 5 \| day` |
//! | [`DateTime`] | `date << 37 \| hour << 32 \| minute << 26 \| second << 20 \| microsecond` |
//! | [`Time`] | signed microseconds, at most 838:59:59 away from zero |
//! | [`Year`] | the year itself, 0 for `0000` |
//!
//! All order as integers. Zero (`0000-00-00`) and partial (`2024-00-10`) dates are ordinary values.

/// The fields of a temporal value, apart.
///
/// For a date the clock fields are zero; for a TIME the date fields are zero and `hour` may reach 838.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parts {
    /// Below zero; only a TIME can be.
    pub negative: bool,
    /// 0 to 9999.
    pub year: u32,
    /// 0 to 12.
    pub month: u32,
    /// 0 to 31.
    pub day: u32,
    /// 0 to 23, in a TIME up to 838.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 to 999,999.
    pub microsecond: u32,
}

/// A DATE: `year << 9 | month << 5 | day`; 0 is `0000-00-00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Date(i64);

/// A DATETIME or TIMESTAMP: a [`Date`] in the bits from 37 up, the time of day below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct DateTime(i64);

/// A TIME: signed microseconds, `-838:59:59` to `838:59:59`.
// MySQL: `SEC_TO_TIME` alone gives up to a second more, such as `838:59:59.5`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Time(i64);

/// A YEAR: 0 or 1901 to 2155.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Year(u16);

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

const CLOCK_BITS: u32 = 37;
const CLOCK_MASK: i64 = (1 << CLOCK_BITS) - 1;

impl Date {
    /// `0000-00-00`.
    pub const ZERO: Self = Self(0);
    /// `9999-12-31`.
    pub const MAX: Self = Self::new(9999, 12, 31);

    /// A date from its fields. Years to 9999, months to 12, days to 31; zeros are allowed, and the day is not held against
    /// the month's length.
    #[inline]
    #[must_use]
    pub const fn new(year: u32, month: u32, day: u32) -> Self {
        debug_assert!(year <= 9999 && month <= 12 && day <= 31);
        Self(((year << 9) | (month << 5) | day) as i64)
    }

    /// The packed integer.
    #[inline]
    #[must_use]
    pub const fn to_packed(self) -> i64 {
        self.0
    }

    /// A date from its packed integer; `None` if a field is out of range.
    #[must_use]
    pub const fn from_packed(packed: i64) -> Option<Self> {
        let date = Self(packed);
        if packed >= 0 && packed >> 9 <= 9999 && date.month() <= 12 {
            Some(date)
        } else {
            None
        }
    }

    /// A date from an integer that [`Date::to_packed`] gave.
    #[inline]
    #[must_use]
    pub const fn from_packed_trusted(packed: i64) -> Self {
        Self(packed)
    }

    /// Year, 0 to 9999.
    #[inline]
    #[must_use]
    pub const fn year(self) -> u32 {
        (self.0 >> 9) as u32
    }

    /// Month, 0 to 12.
    #[inline]
    #[must_use]
    pub const fn month(self) -> u32 {
        (self.0 >> 5) as u32 & 15
    }

    /// Day of the month, 0 to 31.
    #[inline]
    #[must_use]
    pub const fn day(self) -> u32 {
        self.0 as u32 & 31
    }

    /// `0000-00-00`.
    #[inline]
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Month or day is zero.
    #[inline]
    #[must_use]
    pub const fn has_zero_part(self) -> bool {
        self.month() == 0 || self.day() == 0
    }

    /// Midnight of the date.
    #[inline]
    #[must_use]
    pub const fn to_datetime(self) -> DateTime {
        DateTime(self.0 << CLOCK_BITS)
    }

    /// The fields.
    #[must_use]
    pub const fn parts(self) -> Parts {
        Parts {
            negative: false,
            year: self.year(),
            month: self.month(),
            day: self.day(),
            hour: 0,
            minute: 0,
            second: 0,
            microsecond: 0,
        }
    }
}

impl DateTime {
    /// `0000-00-00 00:00:00`.
    pub const ZERO: Self = Self(0);
    /// `9999-12-31 23:59:59.999999`.
    pub const MAX: Self = Self::new(Date::MAX, 23, 59, 59, 999_999);

    /// A date with a time of day.
    #[inline]
    #[must_use]
    pub const fn new(date: Date, hour: u32, minute: u32, second: u32, microsecond: u32) -> Self {
        debug_assert!(hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000);
        Self(
            (date.0 << CLOCK_BITS)
                | ((hour as i64) << 32)
                | ((minute as i64) << 26)
                | ((second as i64) << 20)
                | microsecond as i64,
        )
    }

    /// The packed integer.
    #[inline]
    #[must_use]
    pub const fn to_packed(self) -> i64 {
        self.0
    }

    /// A value from its packed integer; `None` if a field is out of range.
    #[must_use]
    pub const fn from_packed(packed: i64) -> Option<Self> {
        let it = Self(packed);
        let clock =
            it.hour() < 24 && it.minute() < 60 && it.second() < 60 && it.microsecond() < 1_000_000;
        if clock && Date::from_packed(packed >> CLOCK_BITS).is_some() {
            Some(it)
        } else {
            None
        }
    }

    /// A value from an integer that [`DateTime::to_packed`] gave.
    #[inline]
    #[must_use]
    pub const fn from_packed_trusted(packed: i64) -> Self {
        Self(packed)
    }

    /// The date with a time of day counted in microseconds since midnight (less than a day).
    #[inline]
    #[must_use]
    pub const fn with_clock(date: Date, micros: i64) -> Self {
        debug_assert!(micros >= 0 && micros < DAY);
        let seconds = (micros / SECOND) as u32;
        Self::new(
            date,
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            (micros % SECOND) as u32,
        )
    }

    /// The date.
    #[inline]
    #[must_use]
    pub const fn date(self) -> Date {
        Date(self.0 >> CLOCK_BITS)
    }

    /// Year, 0 to 9999.
    #[inline]
    #[must_use]
    pub const fn year(self) -> u32 {
        (self.0 >> (CLOCK_BITS + 9)) as u32
    }

    /// Month, 0 to 12.
    #[inline]
    #[must_use]
    pub const fn month(self) -> u32 {
        (self.0 >> (CLOCK_BITS + 5)) as u32 & 15
    }

    /// Day of the month, 0 to 31.
    #[inline]
    #[must_use]
    pub const fn day(self) -> u32 {
        (self.0 >> CLOCK_BITS) as u32 & 31
    }

    /// Hour, 0 to 23.
    #[inline]
    #[must_use]
    pub const fn hour(self) -> u32 {
        (self.0 >> 32) as u32 & 31
    }

    /// Minute, 0 to 59.
    #[inline]
    #[must_use]
    pub const fn minute(self) -> u32 {
        (self.0 >> 26) as u32 & 63
    }

    /// Second, 0 to 59.
    #[inline]
    #[must_use]
    pub const fn second(self) -> u32 {
        (self.0 >> 20) as u32 & 63
    }

    /// Microsecond, 0 to 999,999.
    #[inline]
    #[must_use]
    pub const fn microsecond(self) -> u32 {
        self.0 as u32 & 0xf_ffff
    }

    /// The packed time of day: zero exactly at midnight.
    #[inline]
    #[must_use]
    pub const fn packed_clock(self) -> i64 {
        self.0 & CLOCK_MASK
    }

    /// Microseconds since midnight.
    #[inline]
    #[must_use]
    pub const fn clock_micros(self) -> i64 {
        ((self.hour() * 60 + self.minute()) * 60 + self.second()) as i64 * SECOND
            + self.microsecond() as i64
    }

    /// The time of day as a TIME.
    #[inline]
    #[must_use]
    pub const fn time(self) -> Time {
        Time(self.clock_micros())
    }

    /// `0000-00-00 00:00:00`.
    #[inline]
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The fields.
    #[must_use]
    pub const fn parts(self) -> Parts {
        Parts {
            negative: false,
            year: self.year(),
            month: self.month(),
            day: self.day(),
            hour: self.hour(),
            minute: self.minute(),
            second: self.second(),
            microsecond: self.microsecond(),
        }
    }
}

impl Time {
    /// `00:00:00`.
    pub const ZERO: Self = Self(0);
    /// `838:59:59`.
    pub const MAX: Self = Self(839 * HOUR - SECOND);
    /// `-838:59:59`.
    pub const MIN: Self = Self(-Self::MAX.0);

    /// A TIME from signed microseconds; `None` if 839 hours or more from zero.
    #[inline]
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros.unsigned_abs() < 839 * HOUR as u64 {
            Some(Self(micros))
        } else {
            None
        }
    }

    /// A TIME from signed microseconds, moved into the range if outside; the flag says that it was.
    #[inline]
    #[must_use]
    pub const fn clamped(micros: i64) -> (Self, bool) {
        if micros > Self::MAX.0 {
            (Self::MAX, true)
        } else if micros < Self::MIN.0 {
            (Self::MIN, true)
        } else {
            (Self(micros), false)
        }
    }

    /// A TIME from its fields, moved into the range if outside; the flag says that it was.
    #[must_use]
    pub const fn from_clock(
        negative: bool,
        hour: u64,
        minute: u32,
        second: u32,
        microsecond: u32,
    ) -> (Self, bool) {
        let hour = if hour > 100_000 { 100_000 } else { hour as i64 };
        let micros =
            hour * HOUR + minute as i64 * MINUTE + second as i64 * SECOND + microsecond as i64;
        Self::clamped(if negative { -micros } else { micros })
    }

    /// Signed microseconds: the packed integer.
    #[inline]
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// A value from an integer that [`Time::micros`] gave.
    #[inline]
    #[must_use]
    pub const fn from_micros_trusted(micros: i64) -> Self {
        Self(micros)
    }

    /// Below zero.
    #[inline]
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Hours, 0 to 838, without the sign.
    #[inline]
    #[must_use]
    pub const fn hour(self) -> u32 {
        (self.0.unsigned_abs() / HOUR as u64) as u32
    }

    /// Minute, 0 to 59, without the sign.
    #[inline]
    #[must_use]
    pub const fn minute(self) -> u32 {
        (self.0.unsigned_abs() / MINUTE as u64 % 60) as u32
    }

    /// Second, 0 to 59, without the sign.
    #[inline]
    #[must_use]
    pub const fn second(self) -> u32 {
        (self.0.unsigned_abs() / SECOND as u64 % 60) as u32
    }

    /// Microsecond, 0 to 999,999, without the sign.
    #[inline]
    #[must_use]
    pub const fn microsecond(self) -> u32 {
        (self.0.unsigned_abs() % SECOND as u64) as u32
    }

    /// The fields; days stay in the hours.
    #[must_use]
    pub const fn parts(self) -> Parts {
        let seconds = (self.0.unsigned_abs() / SECOND as u64) as u32;
        Parts {
            negative: self.0 < 0,
            year: 0,
            month: 0,
            day: 0,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            microsecond: self.microsecond(),
        }
    }
}

impl Year {
    /// `0000`.
    pub const ZERO: Self = Self(0);

    /// A YEAR: 0 or 1901 to 2155; `None` otherwise.
    #[must_use]
    pub const fn new(year: u16) -> Option<Self> {
        if year == 0 || (year >= 1901 && year <= 2155) {
            Some(Self(year))
        } else {
            None
        }
    }

    /// A YEAR from a number as MySQL assigns it: 1 to 69 are 2001 to 2069, 70 to 99 are 1970 to 1999.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            1..=69 => Some(Self(number as u16 + 2000)),
            70..=99 => Some(Self(number as u16 + 1900)),
            0 | 1901..=2155 => Some(Self(number as u16)),
            _ => None,
        }
    }

    /// The year.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Parts {
    /// The date fields packed. The fields must be in range.
    #[must_use]
    pub const fn date(&self) -> Date {
        Date::new(self.year, self.month, self.day)
    }

    /// All fields packed. The fields must be in range (hour below 24).
    #[must_use]
    pub const fn datetime(&self) -> DateTime {
        DateTime::new(
            self.date(),
            self.hour,
            self.minute,
            self.second,
            self.microsecond,
        )
    }

    /// The clock fields as a TIME, moved into its range if outside; the flag says that it was.
    #[must_use]
    pub const fn time(&self) -> (Time, bool) {
        Time::from_clock(
            self.negative,
            self.hour as u64,
            self.minute,
            self.second,
            self.microsecond,
        )
    }
}
