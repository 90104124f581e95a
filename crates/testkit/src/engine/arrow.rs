//! The shape `arrow:N`: rows go in as Arrow record batches, and arrays come out.
//!
//! A batch of more rows than the table has is filled with copies of its rows, so that blocks of 64 rows are run and no row stands in one
//! place only; copies have to give what their first row gives. Where some rows fail, the others are asked again without them, for a
//! block with a failing row is left to the VM.
//!
//! What Arrow does not carry is asked row by row: rows with a date that no calendar has, and results of that kind. The scale that a DECIMAL
//! is shown with is asked so too, for an array has one scale: its value has to be the same number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, Decimal256Array,
    DurationMicrosecondArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, NullArray, RecordBatch, RecordBatchOptions, StringArray, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::i256;
use arrow_schema::{DataType, Field};
use sqlift::{
    Charset, Collation, Column, Context, Datum, Error, Expression, I256, SqlType, TypeKind, Value,
};
use sqlift_functions::{Expr, ExprKind, catalogue};
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::{self, calendar};

use super::raise;
use crate::subject::Raised;

/// Rows of a native block: batches of fewer are not worth asking twice.
const BLOCK: usize = 64;

/// The outcome of every row, with `size` rows a batch.
pub(super) fn rows_of(
    expression: &Expression,
    stored: &[Vec<Datum>],
    cells: &[&[Value<'_>]],
    size: usize,
    warnings: &mut Vec<Raised>,
) -> Result<Vec<Result<Datum, Error>>, Error> {
    let mut read = BTreeSet::new();
    columns_read(expression.typed(), &mut read);
    let is_carried = |row: &usize| read.iter().all(|column| is_carried(&stored[*row][*column]));
    let (carried, others): (Vec<usize>, Vec<usize>) = (0..cells.len()).partition(is_carried);
    // Rows of what is not the same twice are asked in order, each once.
    let volatile = is_volatile(expression.typed());
    let (carried, others) = if volatile && !others.is_empty() {
        (Vec::new(), (0..cells.len()).collect())
    } else {
        (carried, others)
    };

    let mut context = expression.context();
    let mut outcomes: BTreeMap<usize, Result<Datum, Error>> = BTreeMap::new();
    let mut raised: Vec<Raised> = Vec::new();
    for row in others {
        outcomes.insert(row, one(expression, cells[row], &mut context));
        take_warnings(&mut raised, &mut context, &[row]);
    }
    for rows in carried.chunks(size) {
        let count = if volatile { rows.len() } else { size };
        let places: Vec<usize> = rows.iter().copied().cycle().take(count).collect();
        let answers = batch(expression, stored, &read, &places, &mut context)?;
        take_warnings(&mut raised, &mut context, rows);
        let mut answers = places.iter().zip(answers);
        for (row, answer) in answers.by_ref().take(rows.len()) {
            let answer = match answer {
                Err(error) if error.message.contains(" for an Arrow array") => {
                    one(expression, cells[*row], &mut expression.context())
                }
                Ok(number @ Datum::Decimal(_)) if expression.typed().shows_branches() => {
                    let shown = one(expression, cells[*row], &mut expression.context());
                    Ok(shown
                        .ok()
                        .filter(|shown| *shown == number)
                        .unwrap_or(number))
                }
                answer => answer,
            };
            outcomes.insert(*row, answer);
        }
        copies_agree(&outcomes, answers)?;
        let good: Vec<usize> = rows
            .iter()
            .copied()
            .filter(|row| outcomes[row].is_ok())
            .collect();
        if count >= BLOCK && !volatile && !good.is_empty() && good.len() < rows.len() {
            let places: Vec<usize> = good.into_iter().cycle().take(size).collect();
            let answers = batch(expression, stored, &read, &places, &mut context)?;
            context.clear_warnings();
            copies_agree(&outcomes, places.iter().zip(answers))?;
        }
    }
    raised.sort_by_key(|warning| warning.row);
    warnings.append(&mut raised);
    Ok(outcomes.into_values().collect())
}

/// One row by itself.
fn one(expression: &Expression, row: &[Value<'_>], context: &mut Context) -> Result<Datum, Error> {
    let outcome = expression.eval_row(row, context);
    outcome.map(|value| value.to_datum())
}

/// Warnings of the first rows of a batch, said of the rows of the table that they are.
fn take_warnings(raised: &mut Vec<Raised>, context: &mut Context, rows: &[usize]) {
    for warning in context.diagnostics().warnings() {
        let said = warning.row.unwrap_or(0);
        if let Some(row) = rows.get(said as usize) {
            raise(
                raised,
                Some(*row),
                &[warning.clone().moved(said, *row as u64)],
            );
        }
    }
    context.clear_warnings();
}

/// An error if a copy of a row gives something else than the row itself.
fn copies_agree<'p>(
    outcomes: &BTreeMap<usize, Result<Datum, Error>>,
    copies: impl Iterator<Item = (&'p usize, Result<Datum, Error>)>,
) -> Result<(), Error> {
    let same = |a: &Datum, b: &Datum| match (a, b) {
        (Datum::Double(a), Datum::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    };
    for (row, copy) in copies {
        let first = &outcomes[row];
        let agree = match (first, &copy) {
            (Ok(first), Ok(copy)) => same(first, copy),
            (Err(first), Err(copy)) => (first.code, &first.message) == (copy.code, &copy.message),
            // What is not carried was asked again by row.
            (Ok(_), Err(copy)) => copy.message.contains(" for an Arrow array"),
            (Err(_), Ok(_)) => false,
        };
        if !agree {
            let message = format!("row {row} gives {first:?}, a copy of it {copy:?}");
            return Err(Error::new(0, "HY000", message));
        }
    }
    Ok(())
}

fn columns_read(expr: &Expr, read: &mut BTreeSet<usize>) {
    if let ExprKind::Column(column) = &expr.kind {
        read.insert(*column as usize);
    }
    for child in expr.children() {
        columns_read(child, read);
    }
}

fn is_volatile(expr: &Expr) -> bool {
    let is_itself = match &expr.kind {
        ExprKind::Call { function, .. } => catalogue().function(*function).is_volatile(),
        _ => false,
    };
    is_itself || expr.children().iter().any(is_volatile)
}

/// Evaluates rows of the table as one record batch.
fn batch(
    expression: &Expression,
    stored: &[Vec<Datum>],
    read: &BTreeSet<usize>,
    places: &[usize],
    context: &mut Context,
) -> Result<Vec<Result<Datum, Error>>, Error> {
    let columns = expression.schema().columns();
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let array = if read.contains(&index) {
            let values: Vec<&Datum> = places.iter().map(|row| &stored[*row][index]).collect();
            array(column, &values)
        } else {
            Arc::new(NullArray::new(places.len()))
        };
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let batch = RecordBatch::try_new_with_options(
        Arc::new(arrow_schema::Schema::new(fields)),
        arrays,
        &RecordBatchOptions::new().with_row_count(Some(places.len())),
    )
    .map_err(|error| Error::unsupported(error.to_string()))?;
    let result = expression.eval_batch_rows(&batch, context)?;
    let mut answers: Vec<Result<Datum, Error>> = (0..places.len())
        .map(|row| Ok(datum(&result.values, row, expression.sql_type())))
        .collect();
    for (row, error) in result.errors {
        answers[row] = Err(error);
    }
    Ok(answers)
}

/// Whether Arrow has the value: no date that no calendar has.
fn is_carried(value: &Datum) -> bool {
    match value {
        Datum::Date(packed) => days(temporal::Date::from_packed_trusted(*packed)).is_some(),
        Datum::DateTime(packed) => {
            days(temporal::DateTime::from_packed_trusted(*packed).date()).is_some()
        }
        _ => true,
    }
}

/// Days since 1970.
fn days(date: temporal::Date) -> Option<i64> {
    let number = calendar::day_number(date);
    (calendar::date_of(number) == Some(date) && number > 0)
        .then(|| number - calendar::UNIX_EPOCH_DAY)
}

/// Values of a column as an array of the type that is nearest to it.
fn array(column: &Column, values: &[&Datum]) -> ArrayRef {
    let int = |v: &&Datum| match v {
        Datum::Int(v) => Some(*v),
        _ => None,
    };
    let uint = |v: &&Datum| match v {
        Datum::UInt(v) => Some(*v),
        _ => None,
    };
    let double = |v: &&Datum| match v {
        Datum::Double(v) => Some(*v),
        _ => None,
    };
    let coefficient = |v: &&Datum| match v {
        Datum::Decimal(v) => Some(v.coefficient()),
        _ => None,
    };
    let date = |v: &&Datum| match v {
        Datum::Date(packed) => days(temporal::Date::from_packed_trusted(*packed)),
        _ => None,
    };
    let moment = |v: &&Datum| match v {
        Datum::DateTime(packed) => {
            let moment = temporal::DateTime::from_packed_trusted(*packed);
            days(moment.date()).map(|days| days * temporal::packed::DAY + moment.clock_micros())
        }
        _ => None,
    };
    let time = |v: &&Datum| match v {
        Datum::Time(v) => Some(*v),
        _ => None,
    };
    let bytes = |v: &&Datum| match v {
        Datum::Bytes(v) | Datum::Json(v) => Some(v.clone()),
        _ => None,
    };
    let values = values.iter();
    let ty = &column.ty;
    use TypeKind::*;
    match ty.kind {
        TinyInt if ty.unsigned => {
            Arc::new(values.map(|v| Some(uint(v)? as u8)).collect::<UInt8Array>())
        }
        SmallInt if ty.unsigned => Arc::new(
            values
                .map(|v| Some(uint(v)? as u16))
                .collect::<UInt16Array>(),
        ),
        MediumInt | Int if ty.unsigned => Arc::new(
            values
                .map(|v| Some(uint(v)? as u32))
                .collect::<UInt32Array>(),
        ),
        TinyInt => Arc::new(values.map(|v| Some(int(v)? as i8)).collect::<Int8Array>()),
        SmallInt => Arc::new(values.map(|v| Some(int(v)? as i16)).collect::<Int16Array>()),
        MediumInt | Int => Arc::new(values.map(|v| Some(int(v)? as i32)).collect::<Int32Array>()),
        BigInt if !ty.unsigned => Arc::new(values.map(int).collect::<Int64Array>()),
        Year => Arc::new(
            values
                .map(|v| Some(uint(v)? as u16))
                .collect::<UInt16Array>(),
        ),
        BigInt | Bit | Enum | Set => Arc::new(values.map(uint).collect::<UInt64Array>()),
        Float => Arc::new(
            values
                .map(|v| Some(double(v)? as f32))
                .collect::<Float32Array>(),
        ),
        Double => Arc::new(values.map(double).collect::<Float64Array>()),
        Decimal if ty.length <= 38 => {
            let values = values.map(|v| Some(coefficient(v)?.as_i128()));
            let ty = DataType::Decimal128(ty.length as u8, ty.decimals as i8);
            Arc::new(values.collect::<Decimal128Array>().with_data_type(ty))
        }
        Decimal => {
            let values = values.map(|v| Some(i256::from_le_bytes(coefficient(v)?.to_le_bytes())));
            let ty = DataType::Decimal256(ty.length as u8, ty.decimals as i8);
            Arc::new(values.collect::<Decimal256Array>().with_data_type(ty))
        }
        Date => Arc::new(
            values
                .map(|v| Some(date(v)? as i32))
                .collect::<Date32Array>(),
        ),
        DateTime | Timestamp => Arc::new(values.map(moment).collect::<TimestampMicrosecondArray>()),
        Time => Arc::new(values.map(time).collect::<DurationMicrosecondArray>()),
        kind if kind.is_text() && is_utf8(ty) => {
            let text = |v: &&Datum| bytes(v).and_then(|bytes| String::from_utf8(bytes).ok());
            Arc::new(values.map(text).collect::<StringArray>())
        }
        _ => Arc::new(values.map(bytes).collect::<BinaryArray>()),
    }
}

fn is_utf8(ty: &SqlType) -> bool {
    let charset = ty.collation.get().map(Collation::charset);
    matches!(
        charset,
        Some(Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Ascii)
    )
}

/// The value of a row of a result, in the form that its text is written from.
fn datum(array: &ArrayRef, row: usize, ty: &SqlType) -> Datum {
    if array.is_null(row) {
        return Datum::Null;
    }
    let decimal = |coefficient: I256| {
        Decimal::new(coefficient, ty.decimals).map_or(Datum::Null, Datum::Decimal)
    };
    let date = |days: i64| calendar::date_of(days + calendar::UNIX_EPOCH_DAY);
    match array.data_type() {
        DataType::Boolean => Datum::Int(array.as_boolean().value(row).into()),
        DataType::Int64 => Datum::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt64 => Datum::UInt(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => Datum::Double(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Datum::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(..) => {
            decimal(array.as_primitive::<Decimal128Type>().value(row).into())
        }
        DataType::Decimal256(..) => {
            let value = array.as_primitive::<Decimal256Type>().value(row);
            decimal(I256::from_le_bytes(value.to_le_bytes()))
        }
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            date(days.into()).map_or(Datum::Null, |date| Datum::Date(date.to_packed()))
        }
        DataType::Timestamp(..) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            let clock = micros.rem_euclid(temporal::packed::DAY);
            let date = date(micros.div_euclid(temporal::packed::DAY));
            let moment = date.map(|date| temporal::DateTime::with_clock(date, clock));
            moment.map_or(Datum::Null, |moment| Datum::DateTime(moment.to_packed()))
        }
        DataType::Duration(_) => {
            Datum::Time(array.as_primitive::<DurationMicrosecondType>().value(row))
        }
        // JSON leaves as its text.
        DataType::Utf8 => Datum::Bytes(array.as_string::<i32>().value(row).into()),
        _ => Datum::Bytes(array.as_binary::<i32>().value(row).into()),
    }
}
