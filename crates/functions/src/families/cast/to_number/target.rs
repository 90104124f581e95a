//! A number fitted into what it becomes.

use super::source::Number;
use super::{Asked, Conversion};
use crate::native::{Bool, Dec64, Dec128, Dec256, Double, Int, UInt};
use crate::{Exit, Fault, RangeType, Reason, RowContext};
use sqlift_types::decimal::{Coefficient, Decimal, Excess, MAX_SCALE};
use sqlift_types::number::{Range, double_to_i64, double_to_u64};
use sqlift_types::{Datum, TypeKind, Warning};

/// A representation that numbers are fitted into.
pub(super) trait Target: crate::native::Number {
    fn take(
        c: &Conversion,
        cx: &RowContext<'_>,
        number: Number,
    ) -> Result<Option<Self::Plain>, Exit>;
}

macro_rules! targets {
    ($($marker:ident, |$c:ident, $cx:ident, $n:ident| $take:expr;)*) => {$(
        impl Target for $marker {
            fn take($c: &Conversion, $cx: &RowContext<'_>, $n: Number) -> Result<Option<Self::Plain>, Exit> {
                $take
            }
        }
    )*};
}

targets! {
    Bool, |_c, _cx, n| Ok(Some(truth(n)));
    Double, |c, _cx, n| double(c, n).map(Some);
    Int, |c, cx, n| Ok(Some(signed(c, cx, n)));
    UInt, |c, cx, n| unsigned(c, cx, n);
    Dec64, |c, cx, n| held(decimal(c, cx, n), c, WIDTH);
    Dec128, |c, cx, n| held(decimal(c, cx, n), c, WIDTH);
    Dec256, |c, cx, n| held(decimal(c, cx, n), c, OUT_OF_DECIMAL);
}

const WIDTH: Exit = Exit::Deopt(Reason::DecimalWidth);
const OUT_OF_DECIMAL: Exit = Exit::Error(Fault::OutOfRange(RangeType::Decimal));

fn held<C: Coefficient>(value: Decimal, c: &Conversion, lost: Exit) -> Result<Option<C>, Exit> {
    value.to_coefficient(c.to.decimals).map(Some).ok_or(lost)
}

/// The answer as tier 0 has it.
pub(super) fn datum(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Result<Datum, Fault> {
    let outcome = match c.to.kind {
        TypeKind::Bool => Ok(Some(Datum::Int(truth(number).into()))),
        TypeKind::Float | TypeKind::Double => double(c, number).map(|v| Some(Datum::Double(v))),
        TypeKind::Decimal => {
            let value = decimal(c, cx, number).rescale(c.to.decimals);
            value.map(|v| Some(Datum::Decimal(v))).ok_or(OUT_OF_DECIMAL)
        }
        TypeKind::Year | TypeKind::Bit => unsigned(c, cx, number).map(|v| v.map(Datum::UInt)),
        _ if c.to.unsigned => unsigned(c, cx, number).map(|v| v.map(Datum::UInt)),
        _ => Ok(Some(Datum::Int(signed(c, cx, number)))),
    };
    match outcome {
        Ok(value) => Ok(value.unwrap_or(Datum::Null)),
        Err(Exit::Error(fault)) => Err(fault),
        Err(Exit::Deopt(_)) => Err(Fault::OutOfRange(RangeType::Decimal)),
    }
}

fn truth(number: Number) -> bool {
    match number {
        Number::Int(v) => v != 0,
        Number::UInt(v) => v != 0,
        Number::Double(v) => v != 0.0,
        Number::Decimal(v) => !v.is_zero(),
    }
}

fn double(c: &Conversion, number: Number) -> Result<f64, Exit> {
    let value = match number {
        Number::Int(v) => v as f64,
        Number::UInt(v) => v as f64,
        Number::Double(v) => v,
        Number::Decimal(v) => v.to_f64(),
    };
    if c.to.kind != TypeKind::Float {
        return Ok(value);
    }
    let single = value as f32;
    if single.is_finite() {
        Ok(single.into())
    } else {
        Err(Exit::Error(Fault::OutOfRange(RangeType::Double)))
    }
}

fn signed(c: &Conversion, cx: &RowContext<'_>, number: Number) -> i64 {
    match number {
        Number::Int(v) => v,
        Number::UInt(v) if c.asked == Asked::Explicitly => v as i64,
        Number::UInt(v) => i64::try_from(v).unwrap_or(i64::MAX),
        Number::Double(v) => double_to_i64(v).value,
        Number::Decimal(v) => {
            let clamped = v.to_i64();
            if clamped.range != Range::Within {
                cx.warn(Warning::truncated("DECIMAL", v.to_string().as_bytes()));
            }
            clamped.value
        }
    }
}

fn unsigned(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Result<Option<u64>, Exit> {
    if c.to.kind == TypeKind::Year {
        return Ok(year(cx, number));
    }
    Ok(Some(match number {
        Number::UInt(v) => v,
        Number::Int(v) if c.asked == Asked::Explicitly => v as u64,
        Number::Int(v) => u64::try_from(v).unwrap_or(0),
        Number::Double(v) if v < 0.0 => double_to_i64(v).value as u64,
        Number::Double(v) => double_to_u64(v).value,
        Number::Decimal(v) => {
            let clamped = v.to_unsigned_bits();
            if clamped.range != Range::Within {
                cx.warn(Warning::truncated("DECIMAL", v.to_string().as_bytes()));
            }
            clamped.value
        }
    }))
}

/// A year: two digits are of 1970 to 2069; NULL with a warning outside 1901 to 2155.
fn year(cx: &RowContext<'_>, number: Number) -> Option<u64> {
    let value = match number {
        Number::Int(v) => v,
        Number::UInt(v) => i64::try_from(v).unwrap_or(i64::MAX),
        Number::Double(v) => double_to_i64(v).value,
        Number::Decimal(v) => v.to_i64().value,
    };
    match sqlift_types::temporal::Year::from_number(value) {
        Some(year) => Some(year.get().into()),
        None => {
            let text = value.to_string();
            cx.warn(Warning::truncated("YEAR", text.as_bytes()));
            None
        }
    }
}

/// The number as a DECIMAL; the explicit conversion fits it into the digits of its type.
fn decimal(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Decimal {
    let value = match number {
        Number::Int(v) => Decimal::from(v),
        Number::UInt(v) => Decimal::from(v),
        Number::Decimal(v) => v,
        Number::Double(v) => {
            let read = Decimal::from_f64(v, MAX_SCALE);
            if let Some(read) = &read
                && read.excess == Excess::Buffer
            {
                let mut text = Vec::new();
                sqlift_types::number::write_double(v, &mut text);
                let digits = sqlift_types::decimal::overflowing_digits(&text);
                cx.warn(Warning::truncated("DECIMAL", digits.as_bytes()));
            }
            read.map_or(Decimal::ZERO, |read| read.value)
        }
    };
    if c.asked == Asked::Implicitly {
        // What no coefficient holds at that scale is the largest number that does.
        return match value.rescale(c.to.decimals) {
            Some(rescaled) => rescaled,
            None => clamp(value, 65, c.to.decimals),
        };
    }
    let (fitted, fit) = value.fit(c.to.length.min(65) as u8, c.to.decimals);
    if fit == sqlift_types::decimal::Fit::Clamped {
        cx.warn(Warning::new(
            1264,
            "Out of range value for column '' at row 1",
        ));
    }
    fitted
}

fn clamp(value: Decimal, precision: u8, scale: u8) -> Decimal {
    value.fit(precision, scale).0
}
