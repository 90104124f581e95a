//! What the relations are made of: how two values of a domain are ordered, naively, in kernels, and in native code.

use super::super::json;
use crate::emit::{Emit, Lowered, NativeValue, Relation};
use crate::{CallSite, Fault, RowContext};
use num_bigint::BigInt;
use sqlift_collation::{Collation, Pad};
use sqlift_types::decimal::Coefficient;
use sqlift_types::{Datum, Error, I256, Repr};
use std::cmp::Ordering;

/// How two values that are not NULL are ordered. Numbers of different kinds by their exact value.
pub(super) fn order(site: &CallSite<'_>, a: &Datum, b: &Datum) -> Option<Ordering> {
    Some(match (a, b) {
        (Datum::Double(a), Datum::Double(b)) => a.partial_cmp(b)?,
        (Datum::Bytes(a), Datum::Bytes(b)) => site.collation.get()?.compare(a, b),
        (Datum::Date(a), Datum::Date(b))
        | (Datum::Time(a), Datum::Time(b))
        | (Datum::DateTime(a), Datum::DateTime(b)) => a.cmp(b),
        (Datum::Json(a), Datum::Json(b)) => json::order(a, b).ok()?,
        _ => {
            let ((a, a_scale), (b, b_scale)) = (exact(a)?, exact(b)?);
            let ten = BigInt::from(10);
            (a * ten.pow(b_scale)).cmp(&(b * ten.pow(a_scale)))
        }
    })
}

/// An integer or decimal as numerator and power of ten below.
fn exact(value: &Datum) -> Option<(BigInt, u32)> {
    Some(match value {
        Datum::Int(v) => (BigInt::from(*v), 0),
        Datum::UInt(v) => (BigInt::from(*v), 0),
        Datum::Decimal(d) => (
            BigInt::from_signed_bytes_le(&d.coefficient().to_le_bytes()),
            d.scale().into(),
        ),
        _ => return None,
    })
}

macro_rules! references {
    ($($name:ident $test:ident;)*) => {$(
        pub(super) fn $name(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
            Ok(order(site, &args[0], &args[1]).map_or(Datum::Null, |o| Datum::Int(i64::from(o.$test()))))
        }
    )*};
}

references! {
    equal_reference is_eq;
    not_equal_reference is_ne;
    less_reference is_lt;
    less_or_equal_reference is_le;
    greater_reference is_gt;
    greater_or_equal_reference is_ge;
}

pub(super) fn null_safe_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let equal = match (args[0].is_null(), args[1].is_null()) {
        (false, false) => order(site, &args[0], &args[1]) == Some(Ordering::Equal),
        (a, b) => a == b,
    };
    Ok(Datum::Int(i64::from(equal)))
}

/// What two DECIMALs must be multiplied by to have the same scale.
pub(super) struct Scales {
    a: u8,
    b: u8,
}

pub(super) fn scales(site: &CallSite<'_>) -> Result<Scales, Error> {
    Ok(scales_of(site, 0, 1))
}

/// The same for any two arguments.
pub(super) fn scales_of(site: &CallSite<'_>, first: usize, second: usize) -> Scales {
    let scale = |i: usize| site.args.get(i).map_or(0, |a| a.ty.decimals);
    let common = scale(first).min(scale(second));
    Scales {
        a: scale(second) - common,
        b: scale(first) - common,
    }
}

impl Scales {
    /// Whether the coefficients are compared as they are.
    pub(super) fn are_equal(&self) -> bool {
        (self.a, self.b) == (0, 0)
    }

    #[inline(always)]
    pub(super) fn compare_64(&self, a: i64, b: i64) -> Ordering {
        if (self.a | self.b) == 0 {
            a.cmp(&b)
        } else {
            self.aligned(i128::from(a), i128::from(b))
        }
    }

    #[inline(always)]
    pub(super) fn compare_128(&self, a: i128, b: i128) -> Ordering {
        if (self.a | self.b) == 0 {
            a.cmp(&b)
        } else {
            self.aligned(a, b)
        }
    }

    #[inline(always)]
    pub(super) fn compare_256(&self, a: I256, b: I256) -> Ordering {
        if (self.a | self.b) == 0 {
            a.cmp(&b)
        } else {
            self.aligned(a, b)
        }
    }

    /// A product that does not fit is farther from 0 than anything that does.
    fn aligned<C: Coefficient>(&self, a: C, b: C) -> Ordering {
        match (a.scale_up(self.a.into()), b.scale_up(self.b.into())) {
            (Some(a), Some(b)) => a.cmp(&b),
            (None, _) => a.signum().cmp(&0),
            (_, None) => 0.cmp(&b.signum()),
        }
    }
}

/// The collation that two texts are compared in.
pub(super) struct TextOrder {
    collation: &'static Collation,
    /// Equal texts have equal bytes and no padding counts.
    bytes: bool,
}

pub(super) fn text_order(site: &CallSite<'_>) -> Result<TextOrder, Error> {
    let collation = site
        .collation
        .get()
        .filter(|c| c.is_supported())
        .ok_or_else(|| Error::unsupported(format_args!("collation {}", site.collation)))?;
    Ok(TextOrder {
        collation,
        bytes: collation.is_memcmp() && collation.pad() == Pad::NoPad,
    })
}

impl TextOrder {
    #[inline]
    pub(super) fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.bytes {
            a.cmp(b)
        } else {
            self.collation.compare(a, b)
        }
    }

    #[inline]
    pub(super) fn equal(&self, a: &[u8], b: &[u8]) -> bool {
        if self.bytes {
            a == b
        } else {
            self.collation.equal(a, b)
        }
    }
}

pub(super) fn lower_signed(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
) -> Option<Lowered> {
    Some(Lowered::value(e.compare(
        relation,
        args[0].value,
        args[1].value,
    )))
}

pub(super) fn lower_unsigned(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
) -> Option<Lowered> {
    Some(Lowered::value(e.unsigned_compare(
        relation,
        args[0].value,
        args[1].value,
    )))
}

pub(super) fn lower_double(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
) -> Option<Lowered> {
    Some(Lowered::value(e.double_compare(
        relation,
        args[0].value,
        args[1].value,
    )))
}

pub(super) fn lower_bool(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
) -> Option<Lowered> {
    let (a, b) = (e.bool_to_int(args[0].value), e.bool_to_int(args[1].value));
    Some(Lowered::value(e.compare(relation, a, b)))
}

/// A negative Int is `when_negative` to every UInt; the others compare as unsigned numbers.
pub(super) fn lower_int_uint(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
    when_negative: bool,
) -> Option<Lowered> {
    mixed(e, args, relation, args[0].value, when_negative)
}

/// As [`lower_int_uint`] with the Int on the right.
pub(super) fn lower_uint_int(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
    when_negative: bool,
) -> Option<Lowered> {
    mixed(e, args, relation, args[1].value, when_negative)
}

fn mixed(
    e: &mut dyn Emit,
    args: &[Lowered],
    relation: Relation,
    signed: NativeValue,
    when_negative: bool,
) -> Option<Lowered> {
    let zero = e.int(0);
    let negative = e.compare(Relation::Less, signed, zero);
    let related = e.unsigned_compare(relation, args[0].value, args[1].value);
    Some(Lowered::value(if when_negative {
        e.or(negative, related)
    } else {
        let not_negative = e.not(negative);
        e.and(not_negative, related)
    }))
}

/// DECIMALs of 64 or 128 bits, at one scale; what needs more than 128 bits for that is left to the kernel.
pub(super) fn lower_decimal(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
    relation: Relation,
) -> Option<Lowered> {
    let Scales { a, b } = scales(site).ok()?;
    let (mut left, mut right) = (args[0].value, args[1].value);
    if (a, b) != (0, 0) {
        let digits = |i: usize| site.args[i].ty.length;
        if digits(0) + u32::from(a) > 38 || digits(1) + u32::from(b) > 38 {
            return None;
        }
        if site.args[0].repr == Repr::Dec64 {
            left = e.widen(left);
            right = e.widen(right);
        }
        let mut scale_up = |value: NativeValue, by: u8| match by {
            0 => value,
            _ => {
                let factor = e.wide(10i128.pow(by.into()));
                e.mul(value, factor)
            }
        };
        left = scale_up(left, a);
        right = scale_up(right, b);
    }
    Some(Lowered::value(e.compare(relation, left, right)))
}

/// Equal, or both NULL.
pub(super) fn lower_null_safe(
    e: &mut dyn Emit,
    args: &[Lowered],
    equal: fn(&mut dyn Emit, &[Lowered], Relation) -> Option<Lowered>,
) -> Option<Lowered> {
    let equal = equal(e, args, Relation::Equal)?.value;
    let value = match (args[0].null, args[1].null) {
        (None, None) => equal,
        (Some(null), None) | (None, Some(null)) => {
            let known = e.not(null);
            e.and(known, equal)
        }
        (Some(a), Some(b)) => {
            let (both, any) = (e.and(a, b), e.or(a, b));
            let known = e.not(any);
            let same = e.and(known, equal);
            e.or(both, same)
        }
    };
    Some(Lowered::value(value))
}

/// A text compared with a short constant of bytes, where equal bytes and only those are equal.
pub(super) fn lower_text_equal(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    if !text_order(site).ok()?.bytes {
        return None;
    }
    let constant = |i: usize| match &site.args[i].constant {
        Some(Datum::Bytes(bytes)) if bytes.len() <= 32 => Some(bytes.clone()),
        _ => None,
    };
    let (bytes, text) = match (constant(0), constant(1)) {
        (_, Some(bytes)) => (bytes, args[0]),
        (Some(bytes), _) => (bytes, args[1]),
        _ => return None,
    };
    let wanted = e.int(bytes.len() as i64);
    let same_length = e.compare(Relation::Equal, text.length?, wanted);
    let begins = e.starts_with(text, &bytes);
    Some(Lowered::value(e.and(same_length, begins)))
}
