//! Arrow arrays as the columns that the VM reads.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, GenericByteViewArray, RecordBatch};
use arrow_schema::{DataType, TimeUnit as ArrowUnit};
use bumpalo::Bump;
use sqlift_types::{Error, I256, Schema};
use sqlift_vm::columns::{Bitmap, Column, Data, TimeUnit, Views};

/// Errors: a batch of fewer columns than the schema.
pub(crate) fn check(schema: &Schema, batch: &RecordBatch) -> Result<(), Error> {
    let (has, wants) = (batch.num_columns(), schema.columns().len());
    if has < wants {
        let what = format!("a batch of {has} columns for a schema of {wants}");
        return Err(Error::unsupported(what));
    }
    Ok(())
}

/// The columns of a batch that [`check`] has taken, one for each column of the schema; `None` for those that are not `read`, whatever they hold. `kept` holds
/// what has to be converted whole.
pub(super) fn columns<'c>(
    schema: &Schema,
    read: &[usize],
    batch: &'c RecordBatch,
    kept: &'c Bump,
) -> Result<&'c [Option<Column<'c>>], Error> {
    let columns = kept.alloc_slice_fill_copy(schema.columns().len(), None);
    for index in read {
        let (array, name) = (batch.column(*index), &schema.columns()[*index].name);
        let column = column(&**array, kept).ok_or_else(|| {
            let ty = array.data_type();
            Error::unsupported(format_args!("column `{name}` of Arrow type {ty}"))
        })?;
        columns[*index] = Some(column);
    }
    Ok(columns)
}

/// One array; `None` if no MySQL type is read from its type.
fn column<'c>(array: &'c dyn Array, kept: &'c Bump) -> Option<Column<'c>> {
    let valid = array.nulls().map(|n| Bitmap::new(n.validity(), n.offset()));
    let data = match array.data_type() {
        DataType::Null => return Some(all_null(array.len(), kept)),
        DataType::Boolean => {
            let bits = array.as_boolean().values();
            Data::Bool(Bitmap::new(bits.values(), bits.offset()))
        }
        DataType::Int8 => Data::Int8(array.as_primitive::<Int8Type>().values()),
        DataType::Int16 => Data::Int16(array.as_primitive::<Int16Type>().values()),
        DataType::Int32 => Data::Int32(array.as_primitive::<Int32Type>().values()),
        DataType::Int64 => Data::Int64(array.as_primitive::<Int64Type>().values()),
        DataType::UInt8 => Data::UInt8(array.as_primitive::<UInt8Type>().values()),
        DataType::UInt16 => Data::UInt16(array.as_primitive::<UInt16Type>().values()),
        DataType::UInt32 => Data::UInt32(array.as_primitive::<UInt32Type>().values()),
        DataType::UInt64 => Data::UInt64(array.as_primitive::<UInt64Type>().values()),
        DataType::Float32 => Data::Float32(array.as_primitive::<Float32Type>().values()),
        DataType::Float64 => Data::Float64(array.as_primitive::<Float64Type>().values()),
        DataType::Decimal128(_, scale @ 0..=30) => Data::Decimal128 {
            values: array.as_primitive::<Decimal128Type>().values(),
            scale: *scale as u8,
        },
        DataType::Decimal256(_, scale @ 0..=30) => {
            let values = array.as_primitive::<Decimal256Type>().values();
            let values = values.iter().map(|v| I256::from_le_bytes(v.to_le_bytes()));
            Data::Decimal256 {
                values: kept.alloc_slice_fill_iter(values),
                scale: *scale as u8,
            }
        }
        DataType::Date32 => Data::Date32(array.as_primitive::<Date32Type>().values()),
        DataType::Date64 => {
            let days = array.as_primitive::<Date64Type>().values().iter();
            let days = days.map(|ms| i32::try_from(ms.div_euclid(86_400_000)).unwrap_or(i32::MAX));
            Data::Date32(kept.alloc_slice_fill_iter(days))
        }
        DataType::Timestamp(unit, _) => {
            let values = match unit {
                ArrowUnit::Second => array.as_primitive::<TimestampSecondType>().values(),
                ArrowUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
                ArrowUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
                ArrowUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
            };
            Data::Timestamp {
                values,
                unit: self::unit(*unit),
            }
        }
        DataType::Time32(unit) => {
            let values = match unit {
                ArrowUnit::Second => array.as_primitive::<Time32SecondType>().values(),
                _ => array.as_primitive::<Time32MillisecondType>().values(),
            };
            Data::Time32 {
                values,
                unit: self::unit(*unit),
            }
        }
        DataType::Time64(unit) => {
            let values = match unit {
                ArrowUnit::Nanosecond => array.as_primitive::<Time64NanosecondType>().values(),
                _ => array.as_primitive::<Time64MicrosecondType>().values(),
            };
            Data::Time64 {
                values,
                unit: self::unit(*unit),
            }
        }
        DataType::Duration(unit) => {
            let values = match unit {
                ArrowUnit::Second => array.as_primitive::<DurationSecondType>().values(),
                ArrowUnit::Millisecond => array.as_primitive::<DurationMillisecondType>().values(),
                ArrowUnit::Microsecond => array.as_primitive::<DurationMicrosecondType>().values(),
                ArrowUnit::Nanosecond => array.as_primitive::<DurationNanosecondType>().values(),
            };
            Data::Time64 {
                values,
                unit: self::unit(*unit),
            }
        }
        DataType::Utf8 => {
            let text = array.as_string::<i32>();
            Data::Bytes32 {
                offsets: text.value_offsets(),
                bytes: text.value_data(),
            }
        }
        DataType::LargeUtf8 => {
            let text = array.as_string::<i64>();
            Data::Bytes64 {
                offsets: text.value_offsets(),
                bytes: text.value_data(),
            }
        }
        DataType::Binary => {
            let binary = array.as_binary::<i32>();
            Data::Bytes32 {
                offsets: binary.value_offsets(),
                bytes: binary.value_data(),
            }
        }
        DataType::LargeBinary => {
            let binary = array.as_binary::<i64>();
            Data::Bytes64 {
                offsets: binary.value_offsets(),
                bytes: binary.value_data(),
            }
        }
        DataType::FixedSizeBinary(_) => {
            let binary = array.as_fixed_size_binary();
            Data::Slices(kept.alloc_slice_fill_with(array.len(), |i| binary.value(i)))
        }
        DataType::Utf8View => Data::Views(views(array.as_string_view(), kept)),
        DataType::BinaryView => Data::Views(views(array.as_binary_view(), kept)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let keys = column(dictionary.keys(), kept)?;
            let values = column(&**dictionary.values(), kept)?;
            Data::Dictionary {
                keys: kept.alloc(keys.data),
                values: kept.alloc(values),
            }
        }
        _ => return None,
    };
    Some(Column { data, valid })
}

fn views<'c, T: ByteViewType + ?Sized>(
    array: &'c GenericByteViewArray<T>,
    kept: &'c Bump,
) -> Views<'c> {
    let buffers = array.data_buffers().iter().map(|buffer| buffer.as_slice());
    Views {
        views: array.views(),
        buffers: kept.alloc_slice_fill_iter(buffers),
    }
}

fn all_null(rows: usize, kept: &Bump) -> Column<'_> {
    let bits = kept.alloc_slice_fill_copy(rows.div_ceil(8), 0u8);
    Column {
        data: Data::Int64(kept.alloc_slice_fill_copy(rows, 0i64)),
        valid: Some(Bitmap::new(bits, 0)),
    }
}

fn unit(unit: ArrowUnit) -> TimeUnit {
    match unit {
        ArrowUnit::Second => TimeUnit::Second,
        ArrowUnit::Millisecond => TimeUnit::Millisecond,
        ArrowUnit::Microsecond => TimeUnit::Microsecond,
        ArrowUnit::Nanosecond => TimeUnit::Nanosecond,
    }
}
