//! Values that may be a DATETIME or a TIME: operands of EXTRACT, TIMEDIFF, ADDTIME and SUBTIME.
//!
//! What was found is told by the lowest bit of a doubled value: set for a TIME.

use super::{Manner, Reader, Source, Target, deprecated, is_whole_number, shown_double};
use crate::RowContext;
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::number::{datetime_from_decimal, time_from_decimal};
use sqlift_types::temporal::{
    self, ClockValue, DateFlags, Notes, TextKind, calendar, parse_datetime, parse_time,
};
use sqlift_types::{I256, Warning};

impl Reader {
    /// A DATETIME or a TIME, whichever the value looks like.
    pub(super) fn mixed(&self, cx: &RowContext<'_>, source: Source<'_>) -> Option<i64> {
        let read = match source {
            Source::Date(v) if self.manner != Manner::Unix => Some(
                temporal::Date::from_packed_trusted(v)
                    .to_datetime()
                    .to_packed()
                    * 2,
            ),
            Source::DateTime(v) if self.manner != Manner::Unix => Some(v * 2),
            Source::Time(v) if self.manner != Manner::Unix => Some(v * 2 + 1),
            _ if self.manner == Manner::Unix => self
                .as_target(Target::DateTime, Manner::Fields)
                .read(cx, source)
                .map(|v| v * 2),
            Source::Text(text) if self.manner == Manner::Extract => self.extracted(cx, text),
            Source::Text(text) => self.guessed(cx, text),
            _ => self.mixed_number(cx, source),
        };
        match self.manner {
            // UNIX_TIMESTAMP of what is no moment is 0, not NULL.
            Manner::Unix => Some(read.unwrap_or(-1)),
            _ => read,
        }
    }

    fn as_target(&self, target: Target, manner: Manner) -> Reader {
        Reader {
            target,
            manner,
            fsp: 6,
            zone: self.zone.clone(),
            ..*self
        }
    }

    /// Everything that has the form of a date.
    ///
    /// MySQL: rounded whatever TIME_TRUNCATE_FRACTIONAL says.
    fn widest(&self) -> DateFlags {
        DateFlags {
            allow_zero_in_date: true,
            allow_invalid_dates: true,
            ..DateFlags::STRICT
        }
    }

    /// EXTRACT of clock units: a date if it is written as one, else a time.
    fn extracted(&self, cx: &RowContext<'_>, text: &[u8]) -> Option<i64> {
        let moments = self.as_target(Target::DateTime, Manner::Fields);
        // MySQL: whether there is such a moment is asked as if the fraction were rounded, whatever TIME_TRUNCATE_FRACTIONAL says.
        let flags = DateFlags {
            time_truncate_fractional: false,
            ..moments.text_flags()
        };
        let parsed = parse_datetime(text, flags);
        let clean = !parsed.notes.truncated && parsed.notes.deprecation.is_none();
        let impossible = parsed.notes.out_of_range || parsed.notes.zero_date;
        let mut rounding = parsed.notes;
        let rounds = parsed.datetime(flags, &self.zone, &mut rounding).is_some();
        if clean && ((parsed.is_value() && rounds) || impossible) {
            return moments.moment_of_text(cx, text).map(|v| v * 2);
        }
        let times = self.as_target(Target::Time, Manner::Fields);
        times.time_of_text(cx, text).map(|v| v * 2 + 1)
    }

    /// Operands of TIMEDIFF and ADDTIME: a date if it is written as one, a time if it is, else what lenient reading makes of it.
    fn guessed(&self, cx: &RowContext<'_>, text: &[u8]) -> Option<i64> {
        let flags = self.widest();
        let parsed = parse_datetime(text, flags);
        let mut notes = parsed.notes;
        let mut moment = parsed.datetime(flags, &self.zone, &mut notes);
        if notes.overflow {
            // MySQL: past the last moment there is only its date.
            moment = Some(parsed.value.date().to_datetime());
            notes = parsed.notes;
        }
        let clean = !notes.any() && notes.deprecation.is_none();
        if let Some(value) = moment
            && clean
        {
            if self.manner == Manner::MixedDays {
                let exists = calendar::check(value.date(), DateFlags::STRICT, &mut notes);
                if !exists || value.date().is_zero() {
                    self.judge(cx, false, &notes, parsed.kind, || self.shown(text));
                    return None;
                }
            }
            return Some(value.to_packed() * 2);
        }
        let time = parse_time(text, flags);
        if !time.notes.any() && time.notes.deprecation.is_none() {
            let mut notes = time.notes;
            if let Some(value) = time.time(flags, &self.zone, &mut notes)
                && !notes.any()
            {
                return Some(value.micros() * 2 + 1);
            }
        }
        let Some(value) = moment else {
            // A time with something behind it, or one that is too long.
            if let Some(ClockValue::Time(value)) = time.value {
                let words = format!("Truncated incorrect time value: '{}'", self.shown(text));
                cx.warn(Warning::new(1292, words));
                return Some(value.micros() * 2 + 1);
            }
            let words = format!("Incorrect datetime value: '{}'", self.shown(text));
            cx.warn(Warning::new(1292, words));
            return None;
        };
        if let Some(deprecation) = notes.deprecation {
            deprecated(cx, deprecation, &self.shown(text));
        }
        Some(value.to_packed() * 2)
    }

    /// A number: a date if it is one, else a time.
    fn mixed_number(&self, cx: &RowContext<'_>, source: Source<'_>) -> Option<i64> {
        if self.year && self.manner == Manner::Extract {
            // MySQL: a YEAR column has no time of day; elsewhere it is a number.
            return Some(1);
        }
        // Tried without a word first.
        let whole = match source {
            Source::Int(v) => Some(v),
            Source::Double(v) => is_whole_number(v).then_some(v as i64),
            Source::Decimal(coefficient, scale) => {
                i64::try_from(coefficient / I256::from(10_i64).pow(u32::from(scale))).ok()
            }
            _ => None,
        };
        let is_date =
            |v: i64| v > 0 && datetime_from_decimal(v, 0, self.widest()).kind != TextKind::Invalid;
        let is_time =
            |v: i64| time_from_decimal(v, 0, &mut Notes::default()).is_some() && v < 10_000_000_000;
        let date = match self.manner {
            // MySQL: of four digits and less it is a time.
            Manner::Extract => whole.is_some_and(|v| v >= 10_000 && is_date(v)),
            _ => whole.is_some_and(|v| !is_time(v) && is_date(v)),
        };
        if date {
            let moments = Reader {
                year: false,
                ..self.as_target(Target::DateTime, Manner::Fields)
            };
            return moments.read(cx, source).map(|v| v * 2);
        }
        if self.manner != Manner::Extract && !whole.is_some_and(is_time) {
            let shown = match source {
                Source::Decimal(coefficient, scale) => {
                    Decimal::new(coefficient, scale).map_or_else(String::new, |d| d.to_string())
                }
                Source::Double(v) => shown_double(v),
                _ => whole.unwrap_or_default().to_string(),
            };
            // What has no more digits than a time is said to be none; of integers and doubles below zero, however many.
            let is_exact = matches!(source, Source::Decimal(..));
            let words = match whole {
                Some(-9_999_999..10_000_000) if !self.year => "Truncated incorrect time",
                Some(..0) if !is_exact => "Truncated incorrect time",
                _ => "Incorrect datetime",
            };
            cx.warn(Warning::new(1292, format!("{words} value: '{shown}'")));
            return None;
        }
        let times = Reader {
            year: false,
            ..self.as_target(Target::Time, Manner::Fields)
        };
        times.read(cx, source).map(|v| v * 2 + 1)
    }
}
