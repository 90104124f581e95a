//! A number fitted into what it becomes.

use super::source::Number;
use super::{Asked, Conversion, Origin};
use crate::native::{Bool, Dec64, Dec128, Dec256, Double, Int, UInt};
use crate::{Exit, Fault, RangeType, Reason, RowContext};
use sqlift_types::decimal::{Coefficient, Decimal, Excess, Fit, MAX_SCALE, overflowing_digits};
use sqlift_types::number::{Range, double_to_i64, write_double};
use sqlift_types::{Datum, I256, TypeKind, Warning};

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
    Int, |c, cx, n| bits(c, cx, n).map(|v| Some(v as i64));
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
        _ => bits(c, cx, number).map(|v| Some(Datum::Int(v as i64))),
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
        Number::NoYear => false,
    }
}

fn double(c: &Conversion, number: Number) -> Result<f64, Exit> {
    let value = match number {
        Number::Int(v) => v as f64,
        Number::UInt(v) => v as f64,
        Number::Double(v) => v,
        Number::Decimal(v) => v.to_f64(),
        Number::NoYear => 0.0,
    };
    // MySQL: an integer beside a FLOAT (CASE, COALESCE) is called one, and keeps its digits.
    if c.to.kind != TypeKind::Float || c.asked == Asked::Implicitly {
        return Ok(value);
    }
    let single = value as f32;
    if single.is_finite() {
        Ok(single.into())
    } else {
        Err(Exit::Error(Fault::OutOfRange(RangeType::Double)))
    }
}

/// The 64 bits of the integer that the number is rounded to, of either sign.
///
/// MySQL: what is out of range becomes the nearest signed bound: in silence for a literal double, with a warning for a column or
/// DECIMAL, while a computed double is error 1690. Only CAST AS UNSIGNED sees a DECIMAL above 2^63.
fn bits(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Result<u64, Exit> {
    Ok(match number {
        Number::Int(v) => v as u64,
        Number::UInt(v) => v,
        Number::NoYear => 0,
        Number::Double(v) => {
            let clamped = double_to_i64(v);
            if clamped.range != Range::Within {
                match c.origin {
                    Origin::Literal => {}
                    // MySQL: a FLOAT column gives the least integer, in silence.
                    Origin::Column if c.from.kind == TypeKind::Float => {
                        return Ok(i64::MIN as u64);
                    }
                    Origin::Column => {
                        let mut text = Vec::new();
                        write_double(v, &mut text);
                        cx.warn(Warning::truncated("INTEGER", &text));
                    }
                    Origin::Computed => {
                        return Err(Exit::Error(Fault::OutOfRange(RangeType::BigInt)));
                    }
                }
            }
            clamped.value as u64
        }
        Number::Decimal(v) => {
            let unsigned = c.to.unsigned && c.to.kind != TypeKind::Year;
            let (value, range) = if c.asked == Asked::Explicitly && unsigned {
                let clamped = v.to_unsigned_bits();
                (clamped.value, clamped.range)
            } else {
                let clamped = v.to_i64();
                (clamped.value as u64, clamped.range)
            };
            if range != Range::Within {
                cx.warn(Warning::truncated("DECIMAL", v.to_string().as_bytes()));
            }
            value
        }
    })
}

fn unsigned(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Result<Option<u64>, Exit> {
    if c.to.kind == TypeKind::Year && c.asked == Asked::Explicitly {
        return year(c, cx, number);
    }
    bits(c, cx, number).map(Some)
}

/// A year: numbers 1 to 99 are of 1970 to 2069; NULL with a warning for what is neither 0 nor of 1901 to 2155.
fn year(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Result<Option<u64>, Exit> {
    if let Number::NoYear = number {
        return Ok(None);
    }
    let value = match number {
        Number::UInt(v) => v as i64,
        other => bits(c, cx, other)? as i64,
    };
    match sqlift_types::temporal::Year::from_number(value) {
        Some(year) => Ok(Some(year.get().into())),
        None => {
            cx.warn(Warning::truncated("YEAR", value.to_string().as_bytes()));
            Ok(None)
        }
    }
}

/// The number as a DECIMAL.
fn decimal(c: &Conversion, cx: &RowContext<'_>, number: Number) -> Decimal {
    let value = match number {
        Number::Int(v) => Decimal::from(v),
        Number::UInt(v) => Decimal::from(v),
        Number::Decimal(v) => v,
        Number::NoYear => Decimal::ZERO,
        Number::Double(v) => {
            let Some(read) = Decimal::from_f64(v, MAX_SCALE.min(c.to.decimals)) else {
                return Decimal::ZERO;
            };
            if read.excess == Excess::Buffer {
                let mut text = Vec::new();
                write_double(v, &mut text);
                let digits = overflowing_digits(&text);
                cx.warn(Warning::truncated("DECIMAL", digits.as_bytes()));
            }
            read.value
        }
    };
    value
        .rescale(c.to.decimals)
        .unwrap_or_else(|| largest(value.is_negative(), c.to.decimals))
}

/// The largest number that 256 bits hold at a scale: it stands for what is larger still, which no DECIMAL column holds either.
pub(super) fn largest(negative: bool, scale: u8) -> Decimal {
    let nines = I256::pow10(I256::DIGITS).map_or(I256::MAX, |limit| limit - I256::ONE);
    let coefficient = if negative { -nines } else { nines };
    Decimal::new(coefficient, scale).unwrap_or_default()
}

/// A number fitted into DECIMAL(precision, scale): too many digits give the largest, and warning 1264 for the column that is named.
pub(super) fn fitted(
    cx: &RowContext<'_>,
    value: Decimal,
    (precision, scale): (u8, u8),
    column: &[u8],
) -> Decimal {
    let (fitted, fit) = value.fit(precision, scale);
    if fit == Fit::Clamped {
        let column = String::from_utf8_lossy(column);
        // MySQL: row 1 whatever the row, for 1264 is counted in statements that write.
        cx.warn(Warning::new(
            1264,
            format!("Out of range value for column '{column}' at row 1"),
        ));
    }
    fitted
}
