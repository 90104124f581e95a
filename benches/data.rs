//! Seeded rows and batches.

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field};
use sqlift::Value;
use std::sync::Arc;

/// A row's columns, owned.
pub struct Row {
    a: i64,
    b: Option<i64>,
    f: f64,
    g: Option<f64>,
    price: i64,
    disc: i64,
    tax: i64,
    qty: i64,
    /// Days since 1970.
    ship: i32,
    c: &'static str,
    s: String,
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// So many rows, the same for the same number.
pub fn rows(count: usize) -> Vec<Row> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut row = || {
        let a = random.below(20_001) as i64 - 10_000;
        let words = ["alpha", "beta", "gamma", "delta"];
        let head = ["PROMO ", "STANDARD ", "promo ", "MEDIUM "][random.below(4) as usize];
        let tail = ["", "xyz", "tin", "nickel xyz"][random.below(4) as usize];
        Row {
            a,
            b: (random.below(20) != 0).then(|| random.below(10_001) as i64),
            f: if a == -23 {
                0.0
            } else {
                random.below(1 << 53) as f64 / (1_u64 << 53) as f64
            },
            g: (random.below(20) != 0).then(|| random.below(1 << 53) as f64 / (1_u64 << 53) as f64),
            price: 90_000 + random.below(10_409_999) as i64,
            disc: random.below(11) as i64,
            tax: random.below(9) as i64,
            qty: 1 + random.below(50) as i64,
            ship: 8_036 + random.below(2_500) as i32,
            c: words[random.below(4) as usize],
            s: format!("{head}{tail}"),
        }
    };
    (0..count).map(|_| row()).collect()
}

/// The cells of a row, as `schema` declares them.
pub fn cells(row: &Row) -> Vec<Value<'_>> {
    let decimal = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    let date = sqlift::read_text(date_text(row.ship).as_bytes(), &sqlift::SqlType::date());
    let Some(sqlift::Datum::Date(ship)) = date else {
        unreachable!("a valid date")
    };
    vec![
        Value::Int(row.a),
        row.b.map_or(Value::Null, Value::Int),
        Value::Double(row.f),
        row.g.map_or(Value::Null, Value::Double),
        decimal(row.price),
        decimal(row.disc),
        decimal(row.tax),
        Value::Int(row.qty),
        Value::Date(ship),
        Value::Bytes(row.c.as_bytes()),
        Value::Bytes(row.s.as_bytes()),
    ]
}

/// A day as `YYYY-MM-DD` (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
fn date_text(days: i32) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (
        doy - (153 * mp + 2) / 5 + 1,
        if mp < 10 { mp + 3 } else { mp - 9 },
    );
    let year = yoe + era * 400 + i32::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The rows as an Arrow batch.
pub fn batch(rows: &[Row]) -> RecordBatch {
    let decimals = |of: fn(&Row) -> i64| -> ArrayRef {
        let mut builder = Decimal128Builder::with_capacity(rows.len());
        rows.iter().for_each(|r| builder.append_value(of(r).into()));
        let array = builder.finish().with_precision_and_scale(12, 2);
        Arc::new(array.expect("twelve digits"))
    };
    let texts = |of: fn(&Row) -> &str| -> ArrayRef {
        let mut builder = StringBuilder::new();
        rows.iter().for_each(|r| builder.append_value(of(r)));
        Arc::new(builder.finish())
    };
    let ints = |of: fn(&Row) -> Option<i64>| -> ArrayRef {
        Arc::new(Int64Array::from_iter(rows.iter().map(of)))
    };
    let doubles = |of: fn(&Row) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(rows.iter().map(of)))
    };
    let columns: [(&str, ArrayRef); 11] = [
        ("a", ints(|r| Some(r.a))),
        ("b", ints(|r| r.b)),
        ("f", doubles(|r| Some(r.f))),
        ("g", doubles(|r| r.g)),
        ("price", decimals(|r| r.price)),
        ("disc", decimals(|r| r.disc)),
        ("tax", decimals(|r| r.tax)),
        ("qty", ints(|r| Some(r.qty))),
        (
            "ship",
            Arc::new(Date32Array::from_iter_values(rows.iter().map(|r| r.ship))),
        ),
        ("c", texts(|r| r.c)),
        ("s", texts(|r| &r.s)),
    ];
    let field = |(name, array): &(&str, ArrayRef)| {
        Field::new(*name, DataType::clone(array.data_type()), true)
    };
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let schema = Arc::new(arrow_schema::Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(schema, arrays).expect("columns of one length")
}
