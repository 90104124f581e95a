//! The first four subjects written by hand, one Rust function each: over the same cells, with the checks that MySQL's rules ask for.
//!
//! What a row costs at least: each cell's type is asked, NULL has its meaning, integers may overflow and doubles leave the finite
//! numbers. Called through a pointer, as whoever evaluates an expression that he was given does.

use sqlift::Value;

/// Why a row has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A cell is not of its column's type.
    Cell,
    /// Error 1690.
    OutOfRange,
}

/// A subject for one row.
pub type ByHand = fn(&[Value<'_>]) -> Result<Value<'static>, Failure>;

/// The functions of the first four of [`crate::subjects::ROWS`], in their order.
pub const BY_HAND: [ByHand; 4] = [mixed, product, equal, conjunction];

#[inline(always)]
fn int(row: &[Value<'_>], column: usize) -> Result<Option<i64>, Failure> {
    match row.get(column) {
        Some(Value::Int(value)) => Ok(Some(*value)),
        Some(Value::Null) => Ok(None),
        _ => Err(Failure::Cell),
    }
}

#[inline(always)]
fn double(row: &[Value<'_>], column: usize) -> Result<Option<f64>, Failure> {
    match row.get(column) {
        Some(Value::Double(value)) => Ok(Some(*value)),
        Some(Value::Null) => Ok(None),
        _ => Err(Failure::Cell),
    }
}

#[inline(always)]
fn exact(value: Option<i64>) -> Result<i64, Failure> {
    value.ok_or(Failure::OutOfRange)
}

#[inline(always)]
fn finite(value: f64) -> Result<f64, Failure> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Failure::OutOfRange)
    }
}

/// `(a + b) * 3 - a % 7`
fn mixed(row: &[Value<'_>]) -> Result<Value<'static>, Failure> {
    let (Some(a), Some(b)) = (int(row, 0)?, int(row, 1)?) else {
        return Ok(Value::Null);
    };
    let product = exact(exact(a.checked_add(b))?.checked_mul(3))?;
    Ok(Value::Int(exact(product.checked_sub(a % 7))?))
}

/// `f * (1 - g) * (1 + f) / 2.5e0`
fn product(row: &[Value<'_>]) -> Result<Value<'static>, Failure> {
    let (Some(f), Some(g)) = (double(row, 2)?, double(row, 3)?) else {
        return Ok(Value::Null);
    };
    let product = finite(f * finite(1.0 - g)?)?;
    let product = finite(product * finite(1.0 + f)?)?;
    Ok(Value::Double(finite(product / 2.5)?))
}

/// `((23 + a) * 4.0e0) = ((f / 3.33e0) * 100)`
fn equal(row: &[Value<'_>]) -> Result<Value<'static>, Failure> {
    let (Some(a), Some(f)) = (int(row, 0)?, double(row, 2)?) else {
        return Ok(Value::Null);
    };
    let left = finite(exact(a.checked_add(23))? as f64 * 4.0)?;
    let right = finite(finite(f / 3.33)? * 100.0)?;
    Ok(Value::Int(i64::from(left == right)))
}

/// `a > 100 AND b < 5000 AND f BETWEEN 0.05 AND 0.95 AND qty IN (1,5,9,13,17)`
fn conjunction(row: &[Value<'_>]) -> Result<Value<'static>, Failure> {
    let parts = [
        int(row, 0)?.map(|a| a > 100),
        int(row, 1)?.map(|b| b < 5000),
        double(row, 2)?.map(|f| (0.05..=0.95).contains(&f)),
        int(row, 7)?.map(|qty| matches!(qty, 1 | 5 | 9 | 13 | 17)),
    ];
    if parts.contains(&Some(false)) {
        return Ok(Value::Int(0));
    }
    Ok(if parts.contains(&None) {
        Value::Null
    } else {
        Value::Int(1)
    })
}
