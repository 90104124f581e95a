//! Rows for what the table of E1 to E9 has no columns for: times, wide decimals, JSON.

use super::{Random, date_text, named, packed_date};
use arrow_array::builder::{Decimal128Builder, Decimal256Builder, StringBuilder};
use arrow_array::{ArrayRef, Date32Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_schema::DataType;
use sqlift::{Datum, I256, SqlType, Value, read_text};
use std::sync::Arc;

/// A row's columns, owned.
pub struct Wide {
    /// 0 to 999, every twentieth NULL.
    n: Option<i64>,
    /// Days since 1970.
    day: i32,
    /// Microseconds of the day.
    micros: i64,
    /// Packed, as a cell holds it.
    at: i64,
    p64: i64,
    p128: i128,
    p256: I256,
    j: String,
}

/// So many rows, the same for the same number.
pub fn wide_rows(count: usize) -> Vec<Wide> {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut row = || {
        let n = random.below(1_000) as i64;
        let (day, micros) = (
            8_036 + random.below(9_000) as i32,
            random.below(86_400_000_000) as i64,
        );
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let at = format!("{} {h:02}:{m:02}:{s:02}.{fraction:06}", date_text(day));
        let Some(Datum::DateTime(at)) = read_text(at.as_bytes(), &SqlType::datetime(6)) else {
            unreachable!("a valid time")
        };
        let p64 = random.below(1_000_000_000) as i64;
        let p128 = i128::from(p64) * 1_000_000_000_007;
        Wide {
            n: (random.below(20) != 0).then_some(n),
            day,
            micros,
            at,
            p64,
            p128,
            p256: I256::from(p128) * I256::from(1_000_000_000_000_003_i64),
            j: format!(
                r#"{{"id": {n}, "name": "n{}", "tags": ["a", "b{}"], "price": {}.{:02}}}"#,
                random.below(10_000),
                random.below(10),
                random.below(1_000),
                random.below(100)
            ),
        }
    };
    (0..count).map(|_| row()).collect()
}

/// The cells of a row, as `subjects::wide_schema` declares them.
pub fn wide_cells(row: &Wide) -> Vec<Value<'_>> {
    vec![
        row.n.map_or(Value::Null, Value::Int),
        Value::Date(packed_date(row.day)),
        Value::DateTime(row.at),
        Value::Dec64 {
            scale: 2,
            coefficient: row.p64,
        },
        Value::Dec128 {
            scale: 4,
            coefficient: row.p128.into(),
        },
        Value::Dec256 {
            scale: 10,
            coefficient: &row.p256,
        },
        Value::Json(row.j.as_bytes()),
    ]
}

/// The rows as an Arrow batch.
pub fn wide_batch(rows: &[Wide]) -> RecordBatch {
    let at = |r: &Wide| i64::from(r.day) * 86_400_000_000 + r.micros;
    let (mut p64, mut p128, mut p256, mut j) = (
        Decimal128Builder::new().with_data_type(DataType::Decimal128(10, 2)),
        Decimal128Builder::new().with_data_type(DataType::Decimal128(30, 4)),
        Decimal256Builder::new().with_data_type(DataType::Decimal256(60, 10)),
        StringBuilder::new(),
    );
    for row in rows {
        p64.append_value(row.p64.into());
        p128.append_value(row.p128);
        p256.append_value(arrow_buffer::i256::from_le_bytes(row.p256.to_le_bytes()));
        j.append_value(&row.j);
    }
    let n = Int64Array::from_iter(rows.iter().map(|r| r.n));
    let days = Date32Array::from_iter_values(rows.iter().map(|r| r.day));
    let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(at));
    named([
        ("n", Arc::new(n) as ArrayRef),
        ("day", Arc::new(days)),
        ("at", Arc::new(times)),
        ("p64", Arc::new(p64.finish())),
        ("p128", Arc::new(p128.finish())),
        ("p256", Arc::new(p256.finish())),
        ("j", Arc::new(j.finish())),
    ])
}
