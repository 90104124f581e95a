//! Text compared with dates: constants become moments when binding, other text row by row.

use super::super::textual;
use crate::kernel::{nullable, nullable_with, total, total_with};
use crate::native::{
    Bool, Bytes, Date as DateMarker, DateTime as DateTimeMarker, Opt, Time as TimeMarker, UInt,
};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Function, RowContext};
use sqlift_types::temporal::{
    Date, DateFlags, DateText, DateTime, Notes, Zone, parse_datetime, parse_time,
};
use sqlift_types::{
    Datum, Error, Session, SqlMode, SqlType, TimeZone, TypeKind, Warning, printable,
};

/// How strictly a constant is read: zero and partial dates only as `sql_mode` allows.
pub(super) fn flags(session: &Session) -> DateFlags {
    let mode = session.sql_mode;
    DateFlags {
        allow_zero_in_date: true,
        no_zero_in_date: mode.contains(SqlMode::NO_ZERO_IN_DATE),
        no_zero_date: mode.contains(SqlMode::NO_ZERO_DATE),
        allow_invalid_dates: mode.contains(SqlMode::ALLOW_INVALID_DATES),
        time_truncate_fractional: mode.contains(SqlMode::TIME_TRUNCATE_FRACTIONAL),
    }
}

/// Text as the moment that GREATEST and LEAST compare it as beside another: zero if it is none.
pub(in crate::families) fn text_beside(cx: &mut BindContext<'_>, text: Expr, other: &Expr) -> Expr {
    let name = match other.is_column() {
        true => operand_name(cx, other),
        false => cx.written(other.span).to_owned(),
    };
    named_of_text(cx, text, other, Some(name))
}

/// The session's time zone.
pub(super) fn zone(session: &Session) -> Zone {
    match &session.time_zone {
        TimeZone::Offset(seconds) => Zone::Offset(*seconds),
        TimeZone::Named(name) => Zone::from_sql(name.as_bytes()).unwrap_or(Zone::Offset(0)),
    }
}

/// The name that warnings give an operand: of a column or literal its text, else the text of the expression.
pub(super) fn operand_name(cx: &BindContext<'_>, operand: &Expr) -> String {
    let text = (cx.quote)(operand.span);
    if operand.is_column() {
        let plain = text.trim_end_matches('`');
        return plain.rsplit('`').next().unwrap_or(plain).to_owned();
    }
    match (text.find('\''), text.rfind('\'')) {
        // A literal as written, perhaps with DATE or an introducer before it; not a call that was folded.
        (Some(a), Some(b)) if a < b && b + 1 == text.len() && !text[..a].contains('(') => {
            text[a + 1..b].to_owned()
        }
        _ => cx.written(operand.span).to_owned(),
    }
}

/// Whether an operand is written as a string, a NULL, or a DATE, TIME or TIMESTAMP: it has its text for a name.
pub(super) fn is_written(cx: &BindContext<'_>, operand: &Expr) -> bool {
    let text = (cx.quote)(operand.span);
    let literal = operand.as_literal().is_some() && operand.ty.kind != TypeKind::Hex;
    literal
        && match text.find('\'') {
            Some(start) => !text[..start].contains('('),
            None => operand.is_null_literal() && !text.contains('('),
        }
}

/// `DATE`, `DATETIME`, `TIMESTAMP`: how error 1525 names a type.
fn error_name(ty: &SqlType) -> &'static str {
    match ty.kind {
        TypeKind::Date => "DATE",
        TypeKind::Timestamp => "TIMESTAMP",
        _ => "DATETIME",
    }
}

/// `date`, `datetime`: how warnings name a type.
pub(super) fn warning_name(ty: &SqlType) -> &'static str {
    if ty.kind == TypeKind::Date {
        "date"
    } else {
        "datetime"
    }
}

/// The most bytes of a value that messages quote.
const SHOWN: usize = 128;

/// A value as error 1525 shows it: up to a NUL or what could be the beginning of a character, `?` for what is none, or is beyond U+FFFF.
fn quoted(mut bytes: &[u8]) -> String {
    let mut shown = String::new();
    while let [lead, ..] = bytes {
        let length = match lead {
            0 => break,
            0x01..=0xC1 => 1,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            _ => 4,
        };
        let Some(character) = bytes.get(..length) else {
            break;
        };
        if shown.len() + length > SHOWN {
            break;
        }
        match std::str::from_utf8(character) {
            Ok(text) if length < 4 => {
                shown.push_str(text);
                bytes = &bytes[length..];
            }
            Ok(_) => {
                shown.push('?');
                bytes = &bytes[length..];
            }
            Err(_) => {
                shown.push('?');
                bytes = &bytes[1..];
            }
        }
    }
    shown
}

/// A constant text as the moment that `other`, which has a date, is compared with.
///
/// Errors: 1525 if it is no date.
pub(super) fn constant(cx: &mut BindContext<'_>, text: Expr, other: &Expr) -> Result<Expr, Error> {
    let value = match text.as_literal() {
        Some(value) => value.clone(),
        None => {
            let (value, mut warnings) = (cx.evaluate)(&text)?;
            cx.warnings.append(&mut warnings);
            value
        }
    };
    let Datum::Bytes(bytes) = value else {
        return Ok(cx.null(SqlType::datetime(6)));
    };
    let flags = flags(cx.session);
    // MySQL: an offset from UTC has no meaning here.
    let parsed = DateText {
        offset: None,
        ..parse_datetime(&bytes, flags)
    };
    let mut notes = parsed.notes;
    let Some(moment) = parsed.datetime(flags, &zone(cx.session), &mut notes) else {
        return Err(Error::wrong_value(error_name(&other.ty), &quoted(&bytes)).at(text.span));
    };
    if let Some(note) = notes.deprecation {
        cx.warnings
            .push(Warning::deprecated_delimiter(note, &bytes));
    }
    if notes.any() {
        let word = warning_name(&other.ty);
        cx.warnings.push(if other.is_column() {
            incorrect(word, &bytes, &operand_name(cx, other))
        } else {
            Warning::truncated(word, &bytes)
        });
    }
    Ok(Expr::literal(Datum::DateTime(moment.to_packed()), SqlType::datetime(6)).at(text.span))
}

/// 1292: `Incorrect date value: 'x' for column 'c' at row 1`.
pub(super) fn incorrect(word: &str, value: &[u8], name: &str) -> Warning {
    let message = format!(
        "Incorrect {word} value: '{}' for column '{name}' at row 1",
        printable(value)
    );
    Warning::new(1292, message)
}

/// A value as warnings show it: bytes of binary strings that are no ASCII as `\\xNN`.
pub(super) fn shown(text: &[u8], binary: bool) -> String {
    match binary {
        true => textual::escaped(&text[..text.len().min(SHOWN)], SHOWN),
        false => printable(text),
    }
}

/// How a warning about text that is no date is worded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// `Incorrect date value: 'x' for column 'c' at row 1`, the column being the other operand.
    ForColumn,
    /// `Truncated incorrect date value: 'x'`.
    Truncated,
}

/// Text that BETWEEN and IN compare with dates: a constant if that says nothing, else a call of the function below.
pub(super) fn of_text(
    cx: &mut BindContext<'_>,
    text: Expr,
    other: &Expr,
    wording: Wording,
) -> Expr {
    let name = match wording {
        Wording::ForColumn => Some(operand_name(cx, other)),
        Wording::Truncated => None,
    };
    named_of_text(cx, text, other, name)
}

/// As [`of_text`]; `name` is what warnings call the other operand, if it has a name.
pub(super) fn named_of_text(
    cx: &mut BindContext<'_>,
    text: Expr,
    other: &Expr,
    name: Option<String>,
) -> Expr {
    let span = text.span;
    let nullable = text.nullable;
    let words = match name {
        // MySQL: what is compared with a date that is no column is read as a datetime.
        Some(name) if other.is_column() => format!("{} {name}", warning_name(&other.ty)),
        Some(name) => format!("datetime {name}"),
        None => warning_name(&other.ty).to_owned(),
    };
    let words = Expr::literal(Datum::Bytes(words.into_bytes()), SqlType::varbinary(64));
    let to = SqlType::datetime(6);
    match &text.kind {
        ExprKind::Literal(Datum::Null) => Expr { ty: to, ..text },
        _ => {
            let text = as_text(cx, text);
            let call = cx
                .call_named("moment of text", vec![text, words], to.clone(), nullable)
                .at(span);
            match cx.constant(&call) {
                Some(value) => Expr::literal(value, to).at(span),
                None => call,
            }
        }
    }
}

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("moment of text", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, reference)
        .doc("Text read as the date that BETWEEN or IN compares it with; what is none counts as 0000-00-00, with a warning.")
        .overload(nullable_with::<(Bytes, Bytes), DateTimeMarker, _, _>(
            |site| Ok(Reading::of(site)),
            |reading: &Reading, cx, text: &[u8], _: &[u8]| Some(reading.read(cx, text)),
        ))
        .warns()
        .shares_reference(),
        Function::operator("start of year", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, start_of_year_reference)
        .doc("A YEAR as the moment before its first day, which is what it is compared with dates as.")
        .overload(total::<(UInt,), DateTimeMarker, _>(start_of_year)),
        Function::operator("start of day", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, start_of_day_reference)
        .doc("A DATE as the moment it is compared as: where NO_ZERO_IN_DATE is set, one without month or day is 0000-00-00.")
        .overload(total_with::<(DateMarker,), DateTimeMarker, _, _>(
            |site| Ok(site.session.sql_mode.contains(SqlMode::NO_ZERO_IN_DATE)),
            |no_zeros: &bool, _, date: i64| start_of_day(date, *no_zeros),
        )),
        Function::operator("after", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, after_reference)
        .doc("The second, when the first was evaluated for what it warns about.")
        .overload(nullable::<(Opt<DateTimeMarker>, Opt<DateTimeMarker>), DateTimeMarker, _>(
            |_: Option<i64>, second: Option<i64>| second,
        )),
        Function::operator("or else", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, or_else_reference)
        .doc("The first; where it is NULL and the second is false, the third.")
        .overload(nullable::<(Opt<DateMarker>, Bool, DateMarker), DateMarker, _>(
            |date: Option<i64>, missing: bool, other: i64| date.or((!missing).then_some(other)),
        ))
        .overload(nullable::<(Opt<DateTimeMarker>, Bool, DateTimeMarker), DateTimeMarker, _>(
            |moment: Option<i64>, missing: bool, other: i64| moment.or((!missing).then_some(other)),
        )),
        Function::operator("unless zero", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, unless_zero_reference)
        .doc("The moment; NULL if it is 0000-00-00 00:00:00.")
        .overload(nullable::<(DateTimeMarker,), DateTimeMarker, _>(
            |moment: i64| (moment != 0).then_some(moment),
        )),
        Function::operator("or zero", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, or_zero_reference)
        .doc("The first; where it is NULL and the second is not, 0000-00-00.")
        .overload(nullable::<(Opt<DateMarker>, Opt<Bytes>), DateMarker, _>(
            |date: Option<i64>, text: Option<&[u8]>| date.or(text.map(|_| 0)),
        ))
        .overload(nullable::<(Opt<DateTimeMarker>, Opt<Bytes>), DateTimeMarker, _>(
            |moment: Option<i64>, text: Option<&[u8]>| moment.or(text.map(|_| 0)),
        )),
        Function::operator("time of text", |_, _| {
            Err(Error::unsupported("a conversion that only comparisons make"))
        }, time_reference)
        .doc("Text read as the TIME that IN compares it with; what is none equals no TIME, with a warning.")
        .overload(total_with::<(Bytes,), TimeMarker, _, _>(
            |site| Ok((flags(site.session), zone(site.session), site.args[0].ty.kind.is_binary())),
            |(flags, zone, binary): &(DateFlags, Zone, bool), cx, text: &[u8]| {
                read_time(cx, text, *flags, zone, *binary)
            },
        ))
        .warns()
        .shares_reference(),
    ]
}

// MySQL: the conversion gives NULL, and what is compared is the zero behind it.
fn start_of_day(date: i64, no_zeros: bool) -> i64 {
    let date = Date::from_packed_trusted(date);
    if no_zeros && date.has_zero_part() {
        DateTime::ZERO.to_packed()
    } else {
        date.to_datetime().to_packed()
    }
}

fn start_of_day_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let no_zeros = site.session.sql_mode.contains(SqlMode::NO_ZERO_IN_DATE);
    Ok(match &args[0] {
        Datum::Date(date) => Datum::DateTime(start_of_day(*date, no_zeros)),
        _ => Datum::Null,
    })
}

fn after_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(args[1].clone())
}

fn or_else_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Null, Datum::Int(0)) => args[2].clone(),
        (value, _) => value.clone(),
    })
}

fn unless_zero_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::DateTime(0) => Datum::Null,
        value => value.clone(),
    })
}

fn or_zero_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1], site.ret.kind) {
        (Datum::Null, Datum::Null, _) => Datum::Null,
        (Datum::Null, _, TypeKind::Date) => Datum::Date(0),
        (Datum::Null, ..) => Datum::DateTime(0),
        (value, ..) => value.clone(),
    })
}

fn read_time(cx: &RowContext<'_>, text: &[u8], flags: DateFlags, zone: &Zone, binary: bool) -> i64 {
    let parsed = parse_time(text, flags);
    let mut notes = parsed.notes;
    let time = parsed.time(flags, zone, &mut notes);
    if let Some(note) = notes.deprecation {
        cx.warn(Warning::deprecated_delimiter(note, text).moved(0, cx.scratch.row().into()));
    }
    if time.is_none() || notes.any() {
        cx.warn(Warning::truncated("time", shown(text, binary).as_bytes()));
    }
    time.map_or(NO_TIME, |time| time.micros())
}

/// What a text counts as that is no TIME: nothing equals it.
const NO_TIME: i64 = i64::MIN;

fn time_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Bytes(text) => Datum::Time(read_time(
            cx,
            text,
            flags(site.session),
            &zone(site.session),
            site.args[0].ty.kind.is_binary(),
        )),
        _ => Datum::Null,
    })
}

/// What IN compares with a TIME: text, and dates by their text, read as TIME.
pub(super) fn time_of(cx: &mut BindContext<'_>, operand: Expr) -> Expr {
    let (nullable, span) = (operand.nullable, operand.span);
    let text = as_text(cx, operand);
    cx.call_named("time of text", vec![text], SqlType::time(6), nullable)
        .at(span)
}

/// What is no string as text, and text of other character sets in that of the connection.
pub(super) fn as_text(cx: &BindContext<'_>, operand: Expr) -> Expr {
    let collation = cx.connection_collation();
    let charset = textual::charset_of(operand.ty.collation);
    if operand.ty.kind.is_binary()
        || (operand.ty.kind.is_text() && charset == textual::charset_of(collation))
    {
        return operand;
    }
    let ty = SqlType::text(TypeKind::VarChar, operand.ty.display_length(), collation);
    cx.coerce(operand, ty)
}

fn start_of_year(year: u64) -> i64 {
    let year = year.min(9999) as u32;
    DateTime::with_clock(Date::new(year, 0, 0), 0).to_packed()
}

fn start_of_year_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::UInt(year) => Datum::DateTime(start_of_year(*year)),
        _ => Datum::Null,
    })
}

/// What reading needs to know beside the text.
struct Reading {
    flags: DateFlags,
    zone: Zone,
    /// `date` or `datetime`, and the operand that it is compared with.
    word: String,
    name: String,
    /// The text is a binary string.
    binary: bool,
}

impl Reading {
    fn of(site: &CallSite<'_>) -> Reading {
        let words = match site.args.get(1).and_then(|a| a.constant.as_ref()) {
            Some(Datum::Bytes(words)) => String::from_utf8_lossy(words).into_owned(),
            _ => String::new(),
        };
        let (word, name) = words.split_once(' ').unwrap_or((&words, ""));
        Reading {
            flags: flags(site.session),
            zone: zone(site.session),
            word: word.to_owned(),
            name: name.to_owned(),
            binary: site.args[0].ty.kind.is_binary(),
        }
    }

    fn read(&self, cx: &RowContext<'_>, text: &[u8]) -> i64 {
        let parsed = DateText {
            offset: None,
            ..parse_datetime(text, self.flags)
        };
        let mut notes: Notes = parsed.notes;
        let moment = parsed.datetime(self.flags, &self.zone, &mut notes);
        if let Some(note) = notes.deprecation {
            cx.warn(Warning::deprecated_delimiter(note, text).moved(0, cx.scratch.row().into()));
        }
        if moment.is_none() || notes.any() {
            let shown = shown(text, self.binary);
            cx.warn(if self.name.is_empty() {
                Warning::truncated(&self.word, shown.as_bytes())
            } else {
                let warning = incorrect(&self.word, shown.as_bytes(), &self.name);
                warning.moved(0, cx.scratch.row().into())
            });
        }
        moment.unwrap_or(DateTime::ZERO).to_packed()
    }
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Bytes(text) => Datum::DateTime(Reading::of(site).read(cx, text)),
        _ => Datum::Null,
    })
}
