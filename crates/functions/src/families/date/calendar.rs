//! Places in the calendar: day numbers, weekdays, weeks, names.
//!
//! These want a date that exists and is not zero; only `MONTHNAME` and `LAST_DAY` do without a day.

use super::fields::{date_operand, parts};
use super::{DATE, DATETIME};
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::{nullable_with, total};
use crate::native::{Bytes, Date, DateTime, Int, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::Charset;
use sqlift_types::temporal::{self, Locale, Parts, WeekMode, calendar};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "DAYOFWEEK",
            (1, 1),
            |cx, args| bind_days(cx, args, 2),
            day_of_week_reference,
        )
        .overload(total::<(Date,), Int, _>(|v: i64| {
            i64::from(calendar::weekday_from_sunday(day_number(v))) + 1
        }))
        .doc("Day of the week, from 1 (Sunday) to 7.")
        .example("DAYOFWEEK('2024-02-29')", "5"),
        Function::new(
            "WEEKDAY",
            (1, 1),
            |cx, args| bind_days(cx, args, 2),
            weekday_reference,
        )
        .overload(total::<(Date,), Int, _>(|v: i64| {
            i64::from(calendar::weekday(day_number(v)))
        }))
        .doc("Day of the week, from 0 (Monday) to 6.")
        .example("WEEKDAY('2024-02-29')", "3"),
        Function::new(
            "DAYOFYEAR",
            (1, 1),
            |cx, args| bind_days(cx, args, 4),
            day_of_year_reference,
        )
        .overload(total::<(Date,), Int, _>(|v: i64| {
            calendar::day_of_year(temporal::Date::from_packed_trusted(v))
        }))
        .doc("Day of the year, from 1.")
        .example("DAYOFYEAR('2024-02-29')", "60"),
        Function::new("TO_DAYS", (1, 1), bind_to_days, to_days_reference)
            .overload(total::<(Date,), Int, _>(day_number))
            .doc("Days since the year 0.")
            .example("TO_DAYS('2024-02-29')", "739310"),
        Function::new("TO_SECONDS", (1, 1), bind_to_seconds, to_seconds_reference)
            .overload(total::<(DateTime,), Int, _>(|v: i64| {
                temporal::arithmetic::to_seconds(temporal::DateTime::from_packed_trusted(v))
            }))
            .doc("Seconds since the year 0.")
            .example("TO_SECONDS('2024-02-29')", "63876384000"),
        Function::new("LAST_DAY", (1, 1), bind_last_day, last_day_reference)
            .overload(nullable_with::<(Date,), Date, _, _>(|_| Ok(()), last_day))
            .warns()
            .doc("The last day of the month.")
            .example("LAST_DAY('2024-02-01')", "2024-02-29"),
        Function::new("WEEK", (1, 2), bind_week, week_reference)
            .overload(total::<(Date, Opt<Int>), Int, _>(week))
            .shares_reference()
            .doc("The week of the year; the mode says how weeks are counted.")
            .example("WEEK('2024-02-29', 3)", "9"),
        Function::new("WEEKOFYEAR", (1, 1), bind_week_of_year, week_reference)
            .doc("The ISO 8601 week.")
            .example("WEEKOFYEAR('2024-02-29')", "9"),
        Function::new("YEARWEEK", (1, 2), bind_year_week, year_week_reference)
            .overload(total::<(Date, Opt<Int>), Int, _>(year_week))
            .shares_reference()
            .doc("Year and week of a date.")
            .example("YEARWEEK('2024-02-29')", "202408"),
        Function::new("DAYNAME", (1, 1), bind_day_name, day_name_reference)
            .overload(nullable_with::<(Date,), Bytes, _, _>(
                names,
                |names: &Names, cx, v: i64| {
                    let day = calendar::weekday(day_number(v)) as usize;
                    Some(cx.bytes(names.days.get(day)?))
                },
            ))
            .doc("Name of the day of the week, in the language of `lc_time_names`.")
            .example("DAYNAME('2024-02-29')", "Thursday"),
        Function::new("MONTHNAME", (1, 1), bind_month_name, month_name_reference)
            .overload(nullable_with::<(Date,), Bytes, _, _>(
                names,
                |names: &Names, cx, v: i64| {
                    let month = temporal::Date::from_packed_trusted(v).month() as usize;
                    Some(cx.bytes(names.months.get(month.wrapping_sub(1))?))
                },
            ))
            .overload(nullable_with::<(DateTime,), Bytes, _, _>(
                names,
                |names: &Names, cx, v: i64| {
                    let month = temporal::DateTime::from_packed_trusted(v).month() as usize;
                    Some(cx.bytes(names.months.get(month.wrapping_sub(1))?))
                },
            ))
            .doc("Name of the month, in the language of `lc_time_names`.")
            .example("MONTHNAME('2024-02-29')", "February"),
    ]
}

#[inline]
fn day_number(packed: i64) -> i64 {
    calendar::day_number(temporal::Date::from_packed_trusted(packed))
}

/// References of functions of a date that exists, by year and day number.
macro_rules! of_day_reference {
    ($($function:ident |$year:ident, $number:ident| $value:expr;)*) => {$(
        fn $function(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
            Ok(counted(&args[0]).map_or(Datum::Null, |($year, $number)| {
                let _ = $year;
                Datum::Int($value)
            }))
        }
    )*};
}

of_day_reference! {
    day_of_week_reference |year, number| (number + 6) % 7 + 1;
    weekday_reference |year, number| (number + 5) % 7;
    day_of_year_reference |year, number| number - days_before(year);
    to_days_reference |year, number| number;
}

/// Days before the first of January, counted year by year.
fn days_before(year: u32) -> i64 {
    (0..year).map(|y| if leap(y) { 366 } else { 365 }).sum()
}

fn leap(year: u32) -> bool {
    year != 0 && year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The day number, counted year by year and month by month.
pub(super) fn day_count(p: Parts) -> i64 {
    let february = if leap(p.year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before: i64 = months.iter().take(p.month.saturating_sub(1) as usize).sum();
    days_before(p.year) + before + i64::from(p.day)
}

/// Year and day number.
fn counted(value: &Datum) -> Option<(u32, i64)> {
    let p = parts(value)?;
    Some((p.year, day_count(p)))
}

fn bind_days(cx: &mut BindContext<'_>, args: Vec<Expr>, length: u32) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::Days)?;
    Ok(cx.call(vec![operand], SqlType::bigint_of(length), true))
}

fn bind_to_days(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::DayNumber)?;
    Ok(cx.call(vec![operand], SqlType::bigint_of(8), true))
}

fn bind_to_seconds(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    let operand = read(cx, operand, DATETIME, Manner::DayNumber)?;
    Ok(cx.call(vec![operand], SqlType::bigint_of(21), true))
}

fn bind_last_day(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    let operand = read(cx, operand, DATE, Manner::Fields)?;
    Ok(cx.call(vec![operand], DATE, true))
}

fn with_mode(
    cx: &mut BindContext<'_>,
    args: Vec<Expr>,
    default: i64,
    length: u32,
) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let Some(date) = args.next() else {
        return Err(Error::unsupported("a week of nothing"));
    };
    let date = read(cx, date, DATE, Manner::Days)?;
    let mode = match args.next() {
        Some(mode) => super::integer(cx, mode),
        None => Expr::literal(Datum::Int(default), SqlType::bigint_of(2)).at(cx.span),
    };
    Ok(cx.call(vec![date, mode], SqlType::bigint_of(length), true))
}

fn bind_week(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let default = i64::from(cx.session.default_week_format);
    with_mode(cx, args, default, 3)
}

fn bind_week_of_year(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    args.push(Expr::literal(Datum::Int(3), SqlType::bigint_of(2)).at(cx.span));
    cx.bind_named("WEEK", args)
}

fn bind_year_week(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    with_mode(cx, args, 0, 7)
}

/// 32 bits of a mode count, and three of those; a negative one is 0.
fn week_mode(mode: i64) -> u32 {
    (mode as i32).max(0) as u32 & 7
}

fn week(packed: i64, mode: Option<i64>) -> i64 {
    let Some(mode) = mode else {
        // MySQL: not NULL.
        return 0;
    };
    let date = temporal::Date::from_packed_trusted(packed);
    i64::from(calendar::week(date, WeekMode::from_number(week_mode(mode))).0)
}

fn year_week(packed: i64, mode: Option<i64>) -> i64 {
    let date = temporal::Date::from_packed_trusted(packed);
    match mode {
        // MySQL: not NULL.
        None => 0,
        Some(mode @ 0..) => calendar::year_week(date, WeekMode::from_number(week_mode(mode))),
        // MySQL: then days may belong to week 0.
        Some(_) => {
            let (week, year) = calendar::week(date, WeekMode::from_number(0));
            i64::from(year) * 100 + i64::from(week)
        }
    }
}

fn mode_of(value: &Datum) -> Option<i64> {
    match value {
        Datum::Int(mode) => Some(*mode),
        _ => None,
    }
}

fn week_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Date(v) => Datum::Int(week(*v, mode_of(&args[1]))),
        _ => Datum::Null,
    })
}

fn year_week_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Date(v) => Datum::Int(year_week(*v, mode_of(&args[1]))),
        _ => Datum::Null,
    })
}

fn to_seconds_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (counted(&args[0]), parts(&args[0])) {
        (Some((_, days)), Some(p)) => Datum::Int(
            ((days * 24 + i64::from(p.hour)) * 60 + i64::from(p.minute)) * 60 + i64::from(p.second),
        ),
        _ => Datum::Null,
    })
}

fn last_day<'r>((): &'r (), cx: &RowContext<'r>, packed: i64) -> Option<i64> {
    let date = temporal::Date::from_packed_trusted(packed);
    let last = calendar::last_day(date);
    if last.is_none() {
        cx.warn(Warning::truncated("date", date.text().as_bytes()));
    }
    last.map(temporal::Date::to_packed)
}

fn last_day_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(p) = parts(&args[0]) else {
        return Ok(Datum::Null);
    };
    let day = match p.month {
        0 => {
            let text = format!("{:04}-{:02}-{:02}", p.year, p.month, p.day);
            cx.warn(Warning::truncated("date", text.as_bytes()));
            return Ok(Datum::Null);
        }
        2 => 28 + u32::from(leap(p.year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    Ok(Datum::Date(
        temporal::Date::new(p.year, p.month, day).to_packed(),
    ))
}

/// Names of days and months in the character set of the result.
struct Names {
    days: Vec<Vec<u8>>,
    months: Vec<Vec<u8>>,
}

fn names(site: &CallSite<'_>) -> Result<Names, Error> {
    let locale = locale(site);
    let charset = site
        .ret
        .collation
        .get()
        .map_or(Charset::Utf8mb4, |c| c.charset());
    let encoded = |name: &&str| super::encoded(name.as_bytes(), charset);
    Ok(Names {
        days: locale.days.iter().map(encoded).collect::<Result<_, _>>()?,
        months: locale
            .months
            .iter()
            .map(encoded)
            .collect::<Result<_, _>>()?,
    })
}

fn locale(site: &CallSite<'_>) -> &'static Locale {
    super::session_locale(site.session)
}

/// A name as long as the longest of the language's `names`.
fn bind_name(cx: &mut BindContext<'_>, operand: Expr, names: &[&str]) -> Result<Expr, Error> {
    let longest = names.iter().map(|name| name.chars().count()).max();
    let longest = longest.unwrap_or(0) as u32;
    let ty = SqlType::text(TypeKind::VarChar, longest, cx.connection_collation());
    Ok(cx.call(vec![operand], ty, true))
}

fn bind_day_name(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::Days)?;
    let names = super::session_locale(cx.session).days;
    bind_name(cx, operand, &names)
}

fn bind_month_name(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::Fields)?;
    let names = super::session_locale(cx.session).months;
    bind_name(cx, operand, &names)
}

fn day_name_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let names = names(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    Ok(counted(&args[0]).map_or(Datum::Null, |(_, number)| {
        Datum::Bytes(names.days[((number + 5) % 7) as usize].clone())
    }))
}

fn month_name_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let names = names(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    Ok(match parts(&args[0]) {
        Some(p) if p.month > 0 => Datum::Bytes(names.months[p.month as usize - 1].clone()),
        _ => Datum::Null,
    })
}
