//! Dates and intervals: `date + INTERVAL n unit`, `DATE_ADD`, `DATE_SUB`, `ADDDATE`, `SUBDATE`, `TIMESTAMPADD`.
//!
//! A DATE stays one if the unit is a day or longer, else it becomes a DATETIME; a TIME stays one if the unit is shorter than a day, else it is moved to
//! today. Everything else gives CHAR(29), which shows a date, or a datetime with six digits of fraction if there is one.

use super::DATETIME;
use crate::families::cast::to_temporal::reading::overflow;
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::nullable_with;
use crate::native::{Bytes, Date, DateTime, Dec64, Dec128, Dec256, Int, Native, Time};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::temporal::{self, Interval, Unit, date_add, time_add};
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("DATE_ADD", |cx, args| bind(cx, args, Sign::Plus), reference)
            .doc("A date or time, later by an interval.")
            .example("DATE_ADD('2024-02-29', INTERVAL 1 YEAR)", "2025-02-28"),
        Function::operator("DATE_SUB", |cx, args| bind(cx, args, Sign::Minus), reference)
            .doc("A date or time, earlier by an interval.")
            .example("'2024-02-29' - INTERVAL 1 SECOND", "2024-02-28 23:59:59"),
        Function::operator("TIMESTAMPADD", |cx, args| bind(cx, args, Sign::Plus), reference)
            .doc("A date or time, later by an interval.")
            .example("TIMESTAMPADD(MINUTE, 1, '2024-02-29')", "2024-02-29 00:01:00"),
        Function::new("ADDDATE", (2, 2), |cx, args| bind_days(cx, args, Sign::Plus), reference)
            .doc("A date, later by so many days.")
            .example("ADDDATE('2024-02-29', 1)", "2024-03-01"),
        Function::new("SUBDATE", (2, 2), |cx, args| bind_days(cx, args, Sign::Minus), reference)
            .doc("A date, earlier by so many days.")
            .example("SUBDATE('2024-03-01', 1)", "2024-02-29"),
        overloads(
            Function::operator("moved", |_, _| Err(Error::unsupported("moved")), reference)
                .doc("Date arithmetic: the date, the quantity, the unit (negative: backwards), the text for messages.")
                .form(Form::Guarded),
        ),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

macro_rules! moves {
    ($function:expr; $($amount:ident)* ; $from:ident => $to:ident, $kernel:expr) => {
        $function$(.overload(nullable_with::<($from, $amount, Int, Bytes), $to, _, _>(prepare, |step: &Step, cx, date: i64, amount, _: i64, _: &[u8]| {
            let interval = step.interval(cx, $amount::quantity(amount, step.scale))?;
            $kernel(step, cx, date, interval)
        })).warns().shares_reference())*
    };
}

fn overloads(function: Function) -> Function {
    let function = moves!(function; Int Dec64 Dec128 Dec256 Bytes; Date => Date, |step: &Step, cx: &RowContext<'_>, date: i64, interval| {
        step.date(cx, date, interval)
    });
    let function = moves!(function; Int Dec64 Dec128 Dec256 Bytes; DateTime => DateTime, |step: &Step, cx: &RowContext<'_>, date: i64, interval| {
        step.moment(cx, date, interval)
    });
    let function = moves!(function; Int Dec64 Dec128 Dec256 Bytes; Time => Time, |step: &Step, cx: &RowContext<'_>, time: i64, interval| {
        step.time(cx, time, interval)
    });
    macro_rules! texts {
        ($function:expr; $($amount:ident)*) => {
            $function$(.overload(nullable_with::<(Int, $amount, Int, Bytes), Bytes, _, _>(prepare, |step: &Step, cx, date: i64, amount, _: i64, _: &[u8]| {
                let interval = step.interval(cx, $amount::quantity(amount, step.scale))?;
                step.text(cx, date, interval).map(|text| cx.bytes(&text))
            })).warns().shares_reference())*
        };
    }
    texts!(function; Int Dec64 Dec128 Dec256 Bytes)
}

/// How much of a unit.
#[derive(Clone, Copy)]
enum Quantity<'a> {
    Whole(i64),
    /// Of seconds: coefficient and scale.
    Decimal(I256, u8),
    Text(&'a [u8]),
}

trait Quantitative: Native {
    fn quantity<'v>(value: Self::Val<'v>, scale: u8) -> Quantity<'v>;
}

macro_rules! quantities {
    ($($marker:ident |$value:ident, $scale:ident| $quantity:expr;)*) => {$(
        impl Quantitative for $marker {
            fn quantity<'v>($value: Self::Val<'v>, $scale: u8) -> Quantity<'v> {
                let _ = $scale;
                $quantity
            }
        }
    )*};
}

quantities! {
    Int |v, s| Quantity::Whole(v);
    Dec64 |v, s| Quantity::Decimal(I256::from(v), s);
    Dec128 |v, s| Quantity::Decimal(I256::from(v), s);
    Dec256 |v, s| Quantity::Decimal(v, s);
    Bytes |v, s| Quantity::Text(v);
}

/// What one call does.
struct Step {
    unit: Unit,
    sign: Sign,
    /// Of the quantity, if it is a DECIMAL.
    scale: u8,
    no_zero_date: bool,
    /// MySQL's name of the result type in warning 6527, and the text of the call.
    type_name: &'static str,
    text: String,
    charset: sqlift_collation::Charset,
}

fn prepare(site: &CallSite<'_>) -> Result<Step, Error> {
    let number = match site.args.get(2).and_then(|a| a.constant.as_ref()) {
        Some(Datum::Int(number)) => *number,
        _ => 0,
    };
    let sign = if number < 0 { Sign::Minus } else { Sign::Plus };
    let index = if number < 0 { -number - 1 } else { number };
    let unit = Unit::ALL.get(index as usize).copied();
    let text = match site.args.get(3).and_then(|a| a.constant.as_ref()) {
        Some(Datum::Bytes(text)) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    let collation = site.ret.collation.get();
    Ok(Step {
        unit: unit.ok_or_else(|| Error::unsupported("an interval without a unit"))?,
        sign,
        scale: site.args[1].ty.decimals,
        no_zero_date: site
            .session
            .sql_mode
            .contains(sqlift_types::SqlMode::NO_ZERO_DATE),
        type_name: match site.ret.kind {
            TypeKind::Date => "DATE",
            TypeKind::Time => "TIME",
            _ => "DATETIME",
        },
        text,
        charset: collation.map_or(sqlift_collation::Charset::Utf8mb4, |c| c.charset()),
    })
}

impl Step {
    /// The interval, backwards for subtraction. `None` with warning 6527.
    fn interval(&self, cx: &RowContext<'_>, quantity: Quantity<'_>) -> Option<Interval> {
        let interval = match quantity {
            Quantity::Whole(count) => Interval::from_int(count, self.unit),
            Quantity::Text(text) => Interval::from_text(text, self.unit),
            Quantity::Decimal(coefficient, scale) => {
                super::make::large(cx, coefficient, scale);
                seconds(coefficient, scale)
            }
        };
        let Some(interval) = interval else {
            // MySQL: only a DATETIME says so.
            if self.type_name == "DATETIME" {
                cx.warn(self.out_of_range());
            }
            return None;
        };
        Some(match self.sign {
            Sign::Plus => interval,
            Sign::Minus => interval.negated(),
        })
    }

    fn out_of_range(&self) -> Warning {
        let message = format!(
            "{} value is out of range in '{}'",
            self.type_name, self.text
        );
        Warning::new(6527, message)
    }

    fn added(
        &self,
        cx: &RowContext<'_>,
        value: temporal::DateTime,
        interval: Interval,
    ) -> Option<temporal::DateTime> {
        let moved = date_add(value, &interval);
        if moved.is_none() && value.month() != 0 {
            cx.warn(match self.type_name {
                "DATE" => self.out_of_range(),
                _ => overflow(),
            });
        }
        let moved = moved?;
        if self.no_zero_date && moved.date().is_zero() {
            let text = moved.text(6);
            cx.warn(Warning::truncated("datetime", text.as_bytes()));
            return None;
        }
        Some(moved)
    }

    fn date(&self, cx: &RowContext<'_>, packed: i64, interval: Interval) -> Option<i64> {
        let date = temporal::Date::from_packed_trusted(packed);
        let moved = self.added(cx, date.to_datetime(), interval)?;
        Some(moved.date().to_packed())
    }

    fn moment(&self, cx: &RowContext<'_>, packed: i64, interval: Interval) -> Option<i64> {
        let value = temporal::DateTime::from_packed_trusted(packed);
        Some(self.added(cx, value, interval)?.to_packed())
    }

    fn time(&self, cx: &RowContext<'_>, micros: i64, interval: Interval) -> Option<i64> {
        let moved = time_add(temporal::Time::from_micros_trusted(micros), &interval);
        if moved.is_none() {
            cx.warn(self.out_of_range());
        }
        moved.map(temporal::Time::micros)
    }

    /// Of a doubled moment (see `Target::Either`).
    fn text(&self, cx: &RowContext<'_>, doubled: i64, interval: Interval) -> Option<Vec<u8>> {
        let is_date = doubled & 1 == 1 && self.unit.is_date_only();
        let value = temporal::DateTime::from_packed_trusted(doubled >> 1);
        let moved = self.added(cx, value, interval)?;
        let text = if is_date {
            moved.date().text()
        } else {
            moved.text(if moved.microsecond() == 0 { 0 } else { 6 })
        };
        super::encoded(text.as_bytes(), self.charset).ok()
    }
}

/// Seconds with a fraction, of which six digits count.
fn seconds(coefficient: I256, scale: u8) -> Option<Interval> {
    let unit = I256::from(10_i64).pow(u32::from(scale));
    let whole = i64::try_from(coefficient / unit).ok()?;
    let rest = coefficient % unit;
    let micros = if scale > 6 {
        rest / I256::from(10_i64).pow(u32::from(scale - 6))
    } else {
        rest * I256::from(10_i64).pow(u32::from(6 - scale))
    };
    Interval::from_seconds(whole, micros.as_i32())
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    if args.iter().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    let step = prepare(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    let quantity = match &args[1] {
        Datum::Int(v) => Quantity::Whole(*v),
        Datum::Decimal(d) => Quantity::Decimal(d.coefficient(), d.scale()),
        Datum::Bytes(text) => Quantity::Text(text),
        _ => return Ok(Datum::Null),
    };
    let Some(interval) = step.interval(cx, quantity) else {
        return Ok(Datum::Null);
    };
    let value = match &args[0] {
        Datum::Date(v) => step.date(cx, *v, interval).map(Datum::Date),
        Datum::DateTime(v) => step.moment(cx, *v, interval).map(Datum::DateTime),
        Datum::Time(v) => step.time(cx, *v, interval).map(Datum::Time),
        Datum::Int(v) => step.text(cx, *v, interval).map(Datum::Bytes),
        _ => None,
    };
    Ok(value.unwrap_or(Datum::Null))
}

fn bind_days(cx: &mut BindContext<'_>, mut args: Vec<Expr>, sign: Sign) -> Result<Expr, Error> {
    let day = Unit::ALL.iter().position(|u| *u == Unit::Day);
    let day = Datum::Int(day.unwrap_or_default() as i64);
    args.push(Expr::literal(day, SqlType::bigint_of(2)).at(cx.span));
    bind(cx, args, sign)
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>, sign: Sign) -> Result<Expr, Error> {
    let [date, quantity, unit_expr] = super::exactly(args)?;
    let unit = super::unit(&unit_expr)?;
    let digits = match unit {
        Unit::Second => match quantity.ty.kind {
            kind if kind.is_integer() || kind == TypeKind::Null => 0,
            TypeKind::Year | TypeKind::Bit | TypeKind::Hex | TypeKind::Date => 0,
            _ => quantity.ty.decimals.min(6),
        },
        unit if unit.has_microseconds() => 6,
        _ => 0,
    };
    let (date, ty) = operand(cx, date, unit, digits)?;
    let quantity = amount(cx, quantity, unit)?;
    let number = match unit_expr.as_literal() {
        Some(Datum::Int(v)) if sign == Sign::Minus => -v - 1,
        Some(Datum::Int(v)) => *v,
        _ => 0,
    };
    let number = Expr::literal(Datum::Int(number), SqlType::bigint_of(3)).at(cx.span);
    let text = (cx.quote)(cx.span).into_bytes();
    let text_type = SqlType::varchar(text.len() as u32);
    let text = Expr::literal(Datum::Bytes(text), text_type).at(cx.span);
    Ok(cx.call_named("moved", vec![date, quantity, number, text], ty, true))
}

/// The date as it is moved, and the type of the result.
fn operand(
    cx: &mut BindContext<'_>,
    date: Expr,
    unit: Unit,
    digits: u8,
) -> Result<(Expr, SqlType), Error> {
    let own = date.ty.decimals.min(6);
    let days = matches!(
        unit,
        Unit::DayMicrosecond | Unit::DaySecond | Unit::DayMinute | Unit::DayHour
    );
    Ok(match date.ty.kind {
        TypeKind::Date if unit.is_date_only() => {
            let ty = SqlType::date();
            (read(cx, date, ty.clone(), Manner::Days)?, ty)
        }
        TypeKind::Date => {
            let ty = SqlType::datetime(digits);
            (read(cx, date, DATETIME, Manner::DayNumber)?, ty)
        }
        TypeKind::DateTime | TypeKind::Timestamp => {
            let ty = SqlType::datetime(own.max(digits));
            (read(cx, date, DATETIME, Manner::DayNumber)?, ty)
        }
        TypeKind::Time if unit.is_date_only() || days => {
            let ty = SqlType::datetime(own.max(digits));
            (read(cx, date, DATETIME, Manner::DayNumber)?, ty)
        }
        TypeKind::Time => {
            let ty = SqlType::time(own.max(digits));
            (date, ty)
        }
        TypeKind::Json if unit.is_date_only() => {
            // Whether the document holds a date alone decides how the result is shown.
            return Err(Error::unsupported("days added to a JSON document"));
        }
        _ => {
            let collation = cx.connection_collation();
            let ty = SqlType::text(TypeKind::Char, 29, collation);
            let doubled = SqlType::bigint();
            (read(cx, date, doubled, Manner::DayNumber)?, ty)
        }
    })
}

/// The quantity as the unit reads it: a whole number, seconds with a fraction, or text.
fn amount(cx: &mut BindContext<'_>, quantity: Expr, unit: Unit) -> Result<Expr, Error> {
    if unit.is_compound() {
        let ty = SqlType::text(
            TypeKind::VarChar,
            quantity.ty.display_length(),
            cx.connection_collation(),
        );
        return Ok(match quantity.ty.kind {
            kind if kind.is_string() => quantity,
            _ => cx.coerce(quantity, ty),
        });
    }
    let fraction = unit == Unit::Second
        && (quantity.ty.kind.is_string()
            || quantity.ty.kind.is_floating()
            || quantity.ty.kind == TypeKind::Decimal);
    if fraction && quantity.ty.kind == TypeKind::Decimal {
        return Ok(quantity);
    }
    if fraction && quantity.ty.kind != TypeKind::Hex {
        return Ok(cx.coerce(quantity, SqlType::decimal(65, 30)));
    }
    if quantity.ty.unsigned && quantity.ty.kind.is_integer() {
        // MySQL: 18446744073709551615 is minus one.
        let (nullable, span) = (quantity.nullable, quantity.span);
        let signed = cx.call_named("CAST", vec![quantity], SqlType::bigint(), nullable);
        return Ok(signed.at(span));
    }
    Ok(cx.coerce(quantity, SqlType::bigint()))
}
