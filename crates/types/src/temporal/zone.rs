//! Time zones and UNIX timestamps.

use super::calendar::{self, UNIX_EPOCH_DAY};
use super::packed::{Date, DateTime, SECOND};

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Zone {
    /// `+00:00`.
    Utc,
    /// A fixed offset in seconds east of UTC.
    Offset(i32),
    /// A zone of the IANA data base.
    Named(NamedZone),
}

/// The last second that `FROM_UNIXTIME` and `UNIX_TIMESTAMP` know: `3001-01-18 23:59:59` UTC.
pub const MAX_UNIX_SECONDS: i64 = 32_536_771_199;

impl Zone {
    /// A zone from its name in SQL: `+hh:mm` up to `+14:00`, `-hh:mm` up to `-13:59`, or a name of the IANA data base in any case. `SYSTEM` is
    /// the caller's matter.
    #[must_use]
    pub fn from_sql(name: &[u8]) -> Option<Self> {
        let &[sign @ (b'+' | b'-'), ref rest @ ..] = name else {
            let name = std::str::from_utf8(name).ok()?;
            return if name.eq_ignore_ascii_case("utc") {
                Some(Self::Utc)
            } else {
                NamedZone::new(name).map(Self::Named)
            };
        };
        let colon = rest.iter().position(|byte| *byte == b':')?;
        let (hours, minutes) = (number(&rest[..colon])?, number(&rest[colon + 1..])?);
        if minutes > 59 {
            return None;
        }
        let seconds = (hours * 60 + minutes) * 60;
        let offset = if sign == b'-' { -seconds } else { seconds };
        match offset {
            0 => Some(Self::Utc),
            -50_340..=50_400 => Some(Self::Offset(offset)),
            _ => None,
        }
    }

    /// Seconds east of UTC at a moment of UTC.
    #[must_use]
    pub fn offset_at(&self, unix_seconds: i64) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Offset(seconds) => *seconds,
            Self::Named(zone) => zone.offset_at(unix_seconds),
        }
    }

    /// The moment at which this zone's clock shows so many seconds since 1970-01-01 00:00:00. Of two it is the first; a clock reading that is
    /// skipped stands for the moment of the skip.
    #[must_use]
    pub fn unix_of_local(&self, local_seconds: i64) -> i64 {
        match self {
            Self::Utc => local_seconds,
            Self::Offset(seconds) => local_seconds - i64::from(*seconds),
            Self::Named(zone) => zone.unix_of_local(local_seconds),
        }
    }

    /// The moment as this zone's clock shows it. `None` outside the years MySQL can show.
    #[must_use]
    pub fn from_unix(&self, unix_micros: i64) -> Option<DateTime> {
        let offset = i64::from(self.offset_at(unix_micros.div_euclid(SECOND)));
        from_seconds(
            unix_micros.div_euclid(SECOND) + offset,
            unix_micros.rem_euclid(SECOND),
        )
    }

    /// Microseconds since 1970 UTC of a moment on this zone's clock. Dates with a zero part have none.
    #[must_use]
    pub fn to_unix(&self, local: DateTime) -> Option<i64> {
        if local.date().has_zero_part() {
            return None;
        }
        let unix = self.unix_of_local(local_seconds(local));
        Some(unix * SECOND + i64::from(local.microsecond()))
    }

    /// A clock reading at a fixed offset, as this zone's clock shows it.
    #[must_use]
    pub fn shift_from_offset(&self, value: DateTime, offset: i32) -> Option<DateTime> {
        if value.date().has_zero_part() {
            return None;
        }
        let unix = local_seconds(value) - i64::from(offset);
        from_seconds(
            unix + i64::from(self.offset_at(unix)),
            i64::from(value.microsecond()),
        )
    }
}

/// A zone of the IANA data base, as MySQL's time zone tables hold it.
#[derive(Clone, Debug)]
pub struct NamedZone {
    name: Box<str>,
    zone: jiff::tz::TimeZone,
}

/// The end of 2037.
// MySQL: its tables end in 2037; from then on the last offset stays, summer or winter.
const LAST_TABLE_SECOND: i64 = 2_145_916_799;

impl NamedZone {
    /// The zone of that name, in any case; `None` if there is none.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        let name = zone.iana_name()?.into();
        Some(Self { name, zone })
    }

    /// The name as the data base spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn offset_at(&self, unix_seconds: i64) -> i32 {
        // The years of DATETIME lie within the range of a timestamp; anything before takes the offset of the beginning.
        let moment = jiff::Timestamp::from_second(unix_seconds.min(LAST_TABLE_SECOND))
            .unwrap_or(jiff::Timestamp::MIN);
        self.zone.to_offset(moment).seconds()
    }

    fn unix_of_local(&self, local_seconds: i64) -> i64 {
        let day = 86_400;
        let offset_before = self.offset_at(local_seconds - day);
        let offset_after = self.offset_at(local_seconds + day);
        let mut late = local_seconds - i64::from(offset_before);
        if self.offset_at(late) == offset_before {
            return late;
        }
        let mut early = local_seconds - i64::from(offset_after);
        if self.offset_at(early) == offset_after {
            return early;
        }
        // Skipped: the change lies after `early`, at `late` at the latest.
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            if self.offset_at(middle) == offset_before {
                early = middle
            } else {
                late = middle
            }
        }
        late
    }
}

impl PartialEq for NamedZone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for NamedZone {}

impl std::hash::Hash for NamedZone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Seconds from 1970-01-01 00:00:00 to the clock reading, no zone applied.
#[inline]
#[must_use]
pub const fn local_seconds(value: DateTime) -> i64 {
    // MySQL: zone conversion takes year 0 for a leap year but gives it 365 days, so that 0000-12-31 falls on 0001-01-01.
    let leap_day = (value.year() == 0 && value.month() > 2) as i64;
    (calendar::day_number(value.date()) + leap_day - UNIX_EPOCH_DAY) * 86_400
        + value.clock_micros() / SECOND
}

fn from_seconds(seconds: i64, micros: i64) -> Option<DateTime> {
    let date = match seconds.div_euclid(86_400) + UNIX_EPOCH_DAY {
        ..=0 => return None,
        60 => Date::new(0, 2, 29),
        day @ 61..=365 => calendar::date_of(day - 1)?,
        day => calendar::date_of(day)?,
    };
    Some(DateTime::with_clock(
        date,
        seconds.rem_euclid(86_400) * SECOND + micros,
    ))
}

fn number(digits: &[u8]) -> Option<i32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().try_fold(0_i32, |value, byte| {
        value.checked_mul(10)?.checked_add(i32::from(byte - b'0'))
    })?;
    (value < 100).then_some(value)
}

/// `CONVERT_TZ`: the clock of one zone as the clock of another. Moments that `UNIX_TIMESTAMP` does not know, and dates that are none, stay as they
/// are.
#[must_use]
pub fn convert(value: DateTime, from: &Zone, to: &Zone) -> DateTime {
    match from.to_unix(value) {
        Some(unix) if (SECOND..(MAX_UNIX_SECONDS + 1) * SECOND).contains(&unix) => {
            to.from_unix(unix).unwrap_or(value)
        }
        _ => value,
    }
}
