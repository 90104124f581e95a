//! Whether two columns are the same.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

/// A value, whatever its array's type.
#[derive(Debug, PartialEq)]
enum Cell {
    Null,
    Truth(bool),
    Int(i64),
    Double(f64),
    /// The coefficient at a scale of ten.
    Decimal(i128),
    Other,
}

const SCALE: i8 = 10;

fn cell(array: &dyn Array, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Boolean => Cell::Truth(array.as_boolean().value(row)),
        DataType::Int64 => Cell::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Cell::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale @ 0..=SCALE) => {
            let power = 10_i128.pow((SCALE - scale) as u32);
            Cell::Decimal(array.as_primitive::<Decimal128Type>().value(row) * power)
        }
        _ => Cell::Other,
    }
}

/// Errors: the first row in which they differ. Doubles may differ in their last bits, for the order of operations is not the same
/// everywhere.
pub(crate) fn check(
    text: &str,
    name: &str,
    ours: &ArrayRef,
    theirs: &ArrayRef,
) -> Result<(), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{text}: {name} has {} rows", theirs.len()));
    }
    for row in 0..ours.len() {
        let (a, b) = (cell(ours, row), cell(theirs, row));
        let same = match (&a, &b) {
            (Cell::Other, _) => false,
            (Cell::Double(a), Cell::Double(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
            _ => a == b,
        };
        if !same {
            let (ours, theirs) = (ours.data_type(), theirs.data_type());
            return Err(format!(
                "{text}: row {row} is {a:?} ({ours}), {name} says {b:?} ({theirs})"
            ));
        }
    }
    Ok(())
}
