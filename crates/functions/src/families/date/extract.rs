//! `EXTRACT(unit FROM x)`.
//!
//! Units that hold an hour or less look at their operand twice: what is written as a date is one, anything else is a TIME, of which the hours are not
//! limited to a day. Other units want a DATETIME.

use super::DATETIME;
use super::fields::parts;
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::total_with;
use crate::native::{Date, DateTime, Int, Time};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::temporal::{self, Parts, Unit, WeekMode};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("EXTRACT", bind, reference)
            .doc("A part of a date or time; compound units join their digits.")
            .example("EXTRACT(DAY_HOUR FROM '2024-02-29 10:11:12')", "2910")
            .overload(total_with::<(Int, Date), Int, _, _>(
                prepare,
                |of: &Of, _, _: i64, v: i64| {
                    of.extract(temporal::Date::from_packed_trusted(v).parts())
                },
            ))
            .shares_reference()
            .overload(total_with::<(Int, DateTime), Int, _, _>(
                prepare,
                |of: &Of, _, _: i64, v: i64| {
                    of.extract(temporal::DateTime::from_packed_trusted(v).parts())
                },
            ))
            .shares_reference()
            .overload(total_with::<(Int, Time), Int, _, _>(
                prepare,
                |of: &Of, _, _: i64, v: i64| {
                    of.extract(temporal::Time::from_micros_trusted(v).parts())
                },
            ))
            .shares_reference()
            .overload(total_with::<(Int, Int), Int, _, _>(
                prepare,
                |of: &Of, _, _: i64, v: i64| of.extract(super::mixed_parts(v)),
            ))
            .shares_reference(),
    ]
}

struct Of {
    unit: Unit,
    mode: WeekMode,
}

fn prepare(site: &CallSite<'_>) -> Result<Of, Error> {
    let index = match site.args[0].constant {
        Some(Datum::Int(index)) => index as usize,
        _ => usize::MAX,
    };
    let unit = Unit::ALL.get(index).copied();
    Ok(Of {
        unit: unit.ok_or_else(|| Error::unsupported("EXTRACT without a unit"))?,
        mode: WeekMode::from_number(u32::from(site.session.default_week_format)),
    })
}

impl Of {
    fn extract(&self, parts: Parts) -> i64 {
        temporal::extract::extract(self.unit, &parts, self.mode)
    }
}

fn length(unit: Unit) -> u32 {
    match unit {
        Unit::Year => 5,
        Unit::YearMonth => 7,
        Unit::Quarter => 2,
        Unit::Hour => 4,
        Unit::Microsecond => 7,
        Unit::DayHour => 9,
        Unit::DayMinute => 11,
        Unit::DaySecond => 13,
        Unit::DayMicrosecond => 20,
        Unit::HourMinute => 6,
        Unit::HourSecond => 8,
        Unit::HourMicrosecond => 14,
        Unit::MinuteSecond => 5,
        Unit::MinuteMicrosecond => 11,
        Unit::SecondMicrosecond => 9,
        _ => 3,
    }
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [unit_expr, operand] = super::exactly(args)?;
    let unit = super::unit(&unit_expr)?;
    let ty = SqlType::bigint_of(length(unit));
    let is_moment = matches!(
        operand.ty.kind,
        TypeKind::Date | TypeKind::DateTime | TypeKind::Timestamp
    );
    if is_moment {
        // The cheap functions of one part.
        let part = match unit {
            Unit::Month => Some("MONTH"),
            Unit::Day => Some("DAY"),
            Unit::Quarter => Some("QUARTER"),
            Unit::Hour if operand.ty.kind != TypeKind::Date => Some("HOUR"),
            Unit::Minute if operand.ty.kind != TypeKind::Date => Some("MINUTE"),
            Unit::Second if operand.ty.kind != TypeKind::Date => Some("SECOND"),
            Unit::Microsecond if operand.ty.kind != TypeKind::Date => Some("MICROSECOND"),
            _ => None,
        };
        return Ok(match part {
            Some(name) => cx.call_named(name, vec![operand], ty, true),
            None => cx.call(vec![unit_expr, operand], ty, true),
        });
    }
    let date_part = matches!(
        unit,
        Unit::Year | Unit::YearMonth | Unit::Quarter | Unit::Month | Unit::Week | Unit::Day
    );
    let operand = if date_part {
        read(cx, operand, DATETIME, Manner::Fields)?
    } else if operand.ty.kind == TypeKind::Time {
        operand
    } else {
        read(cx, operand, SqlType::int(), Manner::Extract)?
    };
    Ok(cx.call(vec![unit_expr, operand], ty, true))
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let of = prepare(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    let parts = match &args[1] {
        Datum::Int(v) => Some(super::mixed_parts(*v)),
        value => parts(value),
    };
    Ok(parts.map_or(Datum::Null, |p| Datum::Int(of.extract(p))))
}
