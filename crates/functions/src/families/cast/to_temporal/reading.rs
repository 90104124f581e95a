//! What a value of any type is as a DATE, DATETIME or TIME, and what MySQL says about it.

mod mixed;

use super::Manner;
use crate::families::textual;
use crate::{CallSite, RowContext};
use sqlift_collation::Charset;
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::number::{datetime_from_decimal, time_from_decimal};
use sqlift_types::temporal::{
    self, ClockValue, DateFlags, DateText, Deprecation, Notes, TextKind, Zone, calendar, fraction,
    parse_datetime, parse_time,
};
use sqlift_types::{Datum, Error, I256, Session, SqlMode, TimeZone, TypeKind, Warning, printable};

/// A value that is read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Text(&'a [u8]),
    Int(i64),
    Double(f64),
    /// Coefficient and scale.
    Decimal(I256, u8),
    Date(i64),
    DateTime(i64),
    Time(i64),
}

impl<'a> Source<'a> {
    /// The value of a reference; `None` for NULL and JSON.
    pub(super) fn of(value: &'a Datum) -> Option<Source<'a>> {
        Some(match value {
            Datum::Null | Datum::Json(_) => return None,
            Datum::Int(v) => Source::Int(*v),
            Datum::UInt(v) => Source::Int(*v as i64),
            Datum::Double(v) => Source::Double(*v),
            Datum::Decimal(d) => Source::Decimal(d.coefficient(), d.scale()),
            Datum::Date(v) => Source::Date(*v),
            Datum::Time(v) => Source::Time(*v),
            Datum::DateTime(v) => Source::DateTime(*v),
            Datum::Bytes(v) => Source::Text(v),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Date,
    DateTime,
    Time,
    /// A DATETIME, doubled, and 1 added if the value was a date alone.
    Either,
    /// A DATETIME, doubled, or a TIME, doubled and 1 added.
    Mixed,
}

/// How values are read at one call site.
pub(crate) struct Reader {
    target: Target,
    fsp: u8,
    scale: u8,
    /// A YEAR column is the first of January; what a function gives as YEAR is a number.
    year: bool,
    /// What the operand's text is written in.
    charset: Charset,
    manner: Manner,
    mode: SqlMode,
    zone: Zone,
}

impl Reader {
    pub(super) fn new(site: &CallSite<'_>, manner: Manner) -> Result<Reader, Error> {
        Ok(Reader {
            target: match site.ret.kind {
                TypeKind::Date => Target::Date,
                TypeKind::Time => Target::Time,
                TypeKind::BigInt => Target::Either,
                TypeKind::Int => Target::Mixed,
                _ => Target::DateTime,
            },
            fsp: site.ret.decimals.min(6),
            scale: site.args[0].ty.decimals,
            year: false,
            charset: textual::charset_of(site.args[0].ty.collation),
            manner,
            mode: site.session.sql_mode,
            zone: session_zone(site.session)?,
        })
    }

    pub(super) fn of_year_column(self) -> Reader {
        Reader { year: true, ..self }
    }

    pub(super) fn scale(&self) -> u8 {
        self.scale
    }

    fn mode(&self, bit: SqlMode) -> bool {
        self.mode.contains(bit)
    }

    /// A text in a warning.
    fn shown(&self, text: &[u8]) -> String {
        textual::shown(text, self.charset)
    }

    /// What a text may be.
    fn text_flags(&self) -> DateFlags {
        let needs_day = matches!(self.manner, Manner::Days | Manner::DayNumber);
        DateFlags {
            allow_zero_in_date: !needs_day,
            no_zero_in_date: needs_day
                || (self.manner == Manner::Assigned && self.mode(SqlMode::NO_ZERO_IN_DATE)),
            no_zero_date: needs_day || self.mode(SqlMode::NO_ZERO_DATE),
            allow_invalid_dates: self.mode(SqlMode::ALLOW_INVALID_DATES)
                && (!needs_day
                    || (self.manner == Manner::DayNumber && self.target == Target::Date)),
            // MySQL: where a DATE is wanted, fractions are rounded all the same.
            time_truncate_fractional: self.target != Target::Date
                && self.mode(SqlMode::TIME_TRUNCATE_FRACTIONAL),
        }
    }

    /// What a number may be: functions that take a date apart do not hold the day against the month.
    fn number_flags(&self) -> DateFlags {
        let apart = self.manner == Manner::Fields;
        let flags = self.text_flags();
        DateFlags {
            no_zero_date: flags.no_zero_date && !apart,
            allow_invalid_dates: flags.allow_invalid_dates || apart,
            ..flags
        }
    }

    /// The packed value; `None` is NULL. Warns.
    pub(crate) fn read(&self, cx: &RowContext<'_>, source: Source<'_>) -> Option<i64> {
        match (source, self.target) {
            (source, Target::Mixed) => self.mixed(cx, source),
            (Source::Text(text), Target::Time) => self.time_of_text(cx, text),
            (Source::Text(text), _) => self.moment_of_text(cx, text),
            (Source::Date(v), _) => self.of_date(v),
            (Source::DateTime(v), _) => self.of_datetime(cx, v),
            (Source::Time(v), _) => self.of_time(cx, v),
            (Source::Int(v), Target::Time) if self.year => {
                let _ = v;
                Some(0)
            }
            (Source::Int(v), target) if self.year => {
                let date = temporal::Date::new(v.clamp(0, 9999) as u32, 1, 1);
                Some(match target {
                    Target::Date => date.to_packed(),
                    Target::Either => date.to_datetime().to_packed() * 2,
                    _ => date.to_datetime().to_packed(),
                })
            }
            (Source::Int(v), _) => {
                let shown = || v.to_string();
                self.number(cx, v, 0, &shown, Shown::Number)
            }
            (Source::Double(v), _) => self.double(cx, v),
            (Source::Decimal(coefficient, scale), _) => self.decimal(cx, coefficient, scale),
        }
    }

    fn time_of_text(&self, cx: &RowContext<'_>, text: &[u8]) -> Option<i64> {
        let flags = self.text_flags();
        let parsed = parse_time(text, flags);
        let mut notes = parsed.notes;
        let value = parsed.time(flags, &self.zone, &mut notes);
        // MySQL: of a date without a time of day nothing is said.
        let is_date = matches!(parsed.value, Some(ClockValue::Date(_)));
        if notes.any() || (value.is_none() && !is_date) {
            let shown = self.shown(text);
            let words = format!("Truncated incorrect time value: '{shown}'");
            cx.warn(Warning::new(1292, words));
        }
        if let Some(deprecation) = notes.deprecation {
            deprecated(cx, deprecation, &self.shown(text));
        }
        Some(self.fitted_time(value?).micros())
    }

    fn moment_of_text(&self, cx: &RowContext<'_>, text: &[u8]) -> Option<i64> {
        let flags = self.text_flags();
        let parsed = parse_datetime(text, flags);
        let mut notes = parsed.notes;
        let value = parsed.datetime(flags, &self.zone, &mut notes);
        self.judge(cx, value.is_some(), &notes, parsed.kind, || {
            self.shown(text)
        });
        let value = value?;
        if let Some(deprecation) = notes.deprecation {
            deprecated(cx, deprecation, &self.shown(text));
        }
        self.fitted_as(cx, value, parsed.kind)
    }

    fn fitted_as(
        &self,
        cx: &RowContext<'_>,
        value: temporal::DateTime,
        kind: TextKind,
    ) -> Option<i64> {
        if self.target == Target::Either {
            return Some(value.to_packed() * 2 + i64::from(kind == TextKind::Date));
        }
        self.fitted(cx, value)
    }

    /// The warnings of a text or a number that was read as a date.
    fn judge(
        &self,
        cx: &RowContext<'_>,
        good: bool,
        notes: &Notes,
        kind: TextKind,
        shown: impl FnOnce() -> String,
    ) {
        if good && !notes.any() {
            return;
        }
        if notes.overflow {
            cx.warn(overflow());
        }
        let shown = shown();
        let words = match (self.target, kind) {
            (Target::Date, _) | (_, TextKind::Date) => "Truncated incorrect date",
            (_, TextKind::DateTime) => "Truncated incorrect datetime",
            _ => "Incorrect datetime",
        };
        cx.warn(Warning::new(1292, format!("{words} value: '{shown}'")));
    }

    /// A moment in the target: its date, or rounded to the precision.
    fn fitted(&self, cx: &RowContext<'_>, value: temporal::DateTime) -> Option<i64> {
        match self.target {
            Target::Date => Some(value.date().to_packed()),
            Target::Time => Some(self.fitted_time(value.time()).micros()),
            Target::Either | Target::Mixed => Some(value.to_packed() * 2),
            Target::DateTime if self.manner != Manner::Assigned => Some(value.to_packed()),
            Target::DateTime if self.mode(SqlMode::TIME_TRUNCATE_FRACTIONAL) => {
                Some(fraction::truncate_datetime(value, self.fsp).to_packed())
            }
            Target::DateTime => {
                let rounded = fraction::round_datetime(value, self.fsp);
                if rounded.is_none() && !value.date().has_zero_part() {
                    cx.warn(overflow());
                }
                rounded.map(temporal::DateTime::to_packed)
            }
        }
    }

    fn fitted_time(&self, value: temporal::Time) -> temporal::Time {
        if self.manner != Manner::Assigned {
            value
        } else if self.mode(SqlMode::TIME_TRUNCATE_FRACTIONAL) {
            fraction::truncate_time(value, self.fsp)
        } else {
            fraction::round_time(value, self.fsp).0
        }
    }

    /// Whether a value that is a date already passes; silently.
    ///
    /// MySQL: NO_ZERO_IN_DATE lets the zero date of a DATE pass where a DATE is wanted, not elsewhere.
    fn passes(&self, date: temporal::Date, not_zero: bool, day_counts: bool) -> bool {
        let partial = not_zero || self.target != Target::Date || !day_counts;
        match self.manner {
            Manner::Fields | Manner::Extract | Manner::Mixed | Manner::MixedDays | Manner::Unix => {
                true
            }
            Manner::DayNumber => !date.has_zero_part(),
            Manner::Days | Manner::Assigned => {
                let flags = self.text_flags();
                if partial && flags.no_zero_in_date && date.has_zero_part() {
                    return false;
                }
                if !not_zero && flags.no_zero_date {
                    return false;
                }
                !day_counts
                    || flags.allow_invalid_dates
                    || date.month() == 0
                    || date.day() <= calendar::days_in_month(date.year(), date.month())
            }
        }
    }

    fn of_date(&self, packed: i64) -> Option<i64> {
        let date = temporal::Date::from_packed_trusted(packed);
        match self.target {
            Target::Time => Some(0),
            Target::Date => self.passes(date, packed != 0, true).then_some(packed),
            Target::DateTime | Target::Either | Target::Mixed => self
                .passes(date, packed != 0, false)
                .then_some(date.to_datetime().to_packed()),
        }
    }

    fn of_datetime(&self, cx: &RowContext<'_>, packed: i64) -> Option<i64> {
        let value = temporal::DateTime::from_packed_trusted(packed);
        if self.target != Target::Time && !self.passes(value.date(), packed != 0, false) {
            return None;
        }
        self.fitted(cx, value)
    }

    fn of_time(&self, cx: &RowContext<'_>, micros: i64) -> Option<i64> {
        let time = temporal::Time::from_micros_trusted(micros);
        if self.target == Target::Time {
            return Some(self.fitted_time(time).micros());
        }
        let now = self.zone.from_unix(cx.now())?;
        if self.target == Target::Date {
            // MySQL: a TIME within a day is today; another moves this very moment.
            let moved = match micros {
                0..temporal::packed::DAY => now,
                _ => temporal::arithmetic::add_time_to_datetime(now, time)?,
            };
            return Some(moved.date().to_packed());
        }
        self.fitted(cx, time.on_date(now.date())?)
    }

    fn double(&self, cx: &RowContext<'_>, value: f64) -> Option<i64> {
        let mut whole = value.trunc();
        let mut nanos = ((value - whole) * 1e9).round_ties_even();
        if nanos.abs() > 999_999_999.0 {
            whole = value.round_ties_even();
            nanos = 0.0;
        }
        let shown = || shown_double(value);
        if !is_whole_number(whole) {
            self.unreadable(cx, shown());
            return None;
        }
        // MySQL: where a DATE is wanted the number is told as an integer.
        let shown = || match self.target {
            Target::Date => (whole as i64).to_string(),
            _ => shown(),
        };
        self.number(cx, whole as i64, nanos as i32, &shown, Shown::Number)
    }

    fn decimal(&self, cx: &RowContext<'_>, coefficient: I256, scale: u8) -> Option<i64> {
        let shown = || Decimal::new(coefficient, scale).map_or_else(String::new, |d| d.to_string());
        let unit = I256::from(10_i64).pow(u32::from(scale));
        let (whole, rest) = (coefficient / unit, coefficient % unit);
        let Ok(whole) = i64::try_from(whole) else {
            // MySQL: a DATE comes from the whole part, and that is told first.
            if self.target == Target::Date {
                let rounded = Decimal::new(coefficient, scale).map(|d| d.truncate(0));
                let whole = rounded.map_or_else(String::new, |d| d.to_string());
                cx.warn(Warning::truncated("DECIMAL", whole.as_bytes()));
            }
            self.unreadable(cx, shown());
            return None;
        };
        // Digits past the ninth do not count.
        let nanos = if scale > 9 {
            rest / I256::from(10_i64).pow(u32::from(scale - 9))
        } else {
            rest * I256::from(10_i64).pow(u32::from(9 - scale))
        };
        self.number(cx, whole, nanos.as_i32(), &shown, Shown::Text)
    }

    fn unreadable(&self, cx: &RowContext<'_>, shown: String) {
        let words = match self.target {
            Target::Date => "Truncated incorrect date",
            Target::Time => "Truncated incorrect time",
            _ => "Incorrect datetime",
        };
        cx.warn(Warning::new(1292, format!("{words} value: '{shown}'")));
    }

    fn number(
        &self,
        cx: &RowContext<'_>,
        whole: i64,
        nanos: i32,
        shown: &dyn Fn() -> String,
        how: Shown,
    ) -> Option<i64> {
        if self.target == Target::Time {
            return self.time_of_number(cx, whole, nanos, shown);
        }
        let zeros = self.manner == Manner::Fields
            || (self.manner == Manner::Assigned && !self.mode(SqlMode::NO_ZERO_IN_DATE));
        if self.target == Target::Date && self.manner == Manner::Assigned && !zeros && whole == 0 {
            let words = match how {
                Shown::Number => "Incorrect datetime",
                Shown::Text => "Truncated incorrect date",
            };
            cx.warn(Warning::new(1292, format!("{words} value: '{}'", shown())));
            return None;
        }
        if self.target == Target::Date && zeros && (0..=31).contains(&whole) && nanos >= 0 {
            // MySQL: DAY(7) is 7, the date being 2000-00-07.
            return Some(temporal::Date::new(2000, 0, whole as u32).to_packed());
        }
        let flags = self.number_flags();
        let read = datetime_from_decimal(whole, nanos, flags);
        let mut notes = read.notes;
        if read.kind == TextKind::Date
            && nanos != 0
            && self.target != Target::Date
            && self.manner != Manner::Assigned
            && !self.mode(SqlMode::TIME_TRUNCATE_FRACTIONAL)
        {
            notes.truncated = true;
        }
        let text = DateText {
            kind: read.kind,
            value: read.value,
            seventh_digit: read.seventh_digit,
            fraction_digits: 0,
            offset: None,
            notes,
        };
        let value = text.datetime(flags, &self.zone, &mut notes);
        if value.is_none() || notes.any() {
            if how == Shown::Number && value.is_none() && !notes.overflow {
                let words = format!("Incorrect datetime value: '{}'", shown());
                cx.warn(Warning::new(1292, words));
            } else {
                self.judge(cx, value.is_some(), &notes, read.kind, shown);
            }
        }
        self.fitted_as(cx, value?, read.kind)
    }

    fn time_of_number(
        &self,
        cx: &RowContext<'_>,
        whole: i64,
        nanos: i32,
        shown: &dyn Fn() -> String,
    ) -> Option<i64> {
        let mut notes = Notes::default();
        let read = time_from_decimal(whole, nanos, &mut notes);
        let Some((value, seventh)) = read.filter(|_| !notes.any()) else {
            cx.warn(Warning::truncated("time", shown().as_bytes()));
            return None;
        };
        let time = match value {
            ClockValue::Time(time) => time,
            ClockValue::Date(_) => temporal::Time::ZERO,
            ClockValue::DateTime(value) => value.time(),
        };
        let up = seventh >= 5 && !self.mode(SqlMode::TIME_TRUNCATE_FRACTIONAL);
        let step = match (up, whole < 0 || nanos < 0) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => -1,
        };
        let (time, _) = temporal::Time::clamped(time.micros() + step);
        Some(self.fitted_time(time).micros())
    }
}

/// The digits of fraction that an operand brings to a TIME (`clock`) or a DATETIME: of a constant text those it has, six where that is not known.
pub(crate) fn digits(expr: &crate::Expr, clock: bool) -> u8 {
    let kind = expr.ty.kind;
    if kind.is_string() {
        let Some(Datum::Bytes(text)) = expr.as_literal() else {
            return if expr.is_null_literal() { 0 } else { 6 };
        };
        // MySQL: fewer than five digits are no date.
        if !clock && text.len() < 5 && text.iter().all(u8::is_ascii_digit) {
            return 6;
        }
        let flags = DateFlags {
            allow_zero_in_date: true,
            allow_invalid_dates: true,
            ..DateFlags::STRICT
        };
        if clock {
            let parsed = parse_time(text, flags);
            return parsed.value.map_or(6, |_| parsed.fraction_digits);
        }
        let parsed = parse_datetime(text, flags);
        return match parsed.kind {
            TextKind::NotADate => 6,
            TextKind::Invalid if parsed.notes.truncated => 6,
            _ => parsed.fraction_digits,
        };
    }
    match kind {
        TypeKind::Null | TypeKind::Year | TypeKind::Bit => 0,
        kind if kind.is_integer() => 0,
        _ => expr.ty.decimals.min(6),
    }
}

/// How a number is told in a warning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// As an integer; whatever was asked for, it is no DATETIME.
    Number,
    /// As the text it would be.
    Text,
}

/// Warning 1441.
pub(crate) fn overflow() -> Warning {
    Warning::new(1441, "Datetime function: datetime field overflow")
}

/// Warnings 4095 and 4096.
pub(crate) fn deprecated(cx: &RowContext<'_>, deprecation: Deprecation, shown: &str) {
    let row = u64::from(cx.scratch.row());
    cx.warn(Warning::deprecated_delimiter_in(deprecation, shown, row));
}

/// The session's time zone.
pub(crate) fn session_zone(session: &Session) -> Result<Zone, Error> {
    match &session.time_zone {
        TimeZone::Offset(0) => Ok(Zone::Utc),
        TimeZone::Offset(seconds) => Ok(Zone::Offset(*seconds)),
        TimeZone::Named(name) => Zone::from_sql(name.as_bytes()).ok_or_else(|| {
            let message = format!("Unknown or incorrect time zone: '{name}'");
            Error::new(1298, "HY000", message)
        }),
    }
}

fn shown_double(value: f64) -> String {
    let mut text = Vec::new();
    sqlift_types::number::write_double(value, &mut text);
    printable(&text)
}

/// Whether it has a place among 64-bit integers.
fn is_whole_number(value: f64) -> bool {
    (-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&value)
}
