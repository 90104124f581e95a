//! Seeded rows and batches of the table that [`subjects::ROWS`](crate::subjects::ROWS) read. What is drawn, and how often, is as in the
//! peers' table (`peers/README.md`), so figures of both can be put side by side.

mod wide;

pub use wide::{Wide, wide_batch, wide_cells, wide_rows};

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_array::{ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field};
use sqlift::Value;
use std::sync::Arc;

/// A row's columns, owned.
#[derive(Clone, Debug)]
pub struct Row {
    /// In -10,000 to 10,000.
    pub a: i64,
    /// In 0 to 10,000, every twentieth NULL.
    pub b: Option<i64>,
    /// In 0 to 1; 0 where `a` is -23.
    pub f: f64,
    /// In 0 to 1, every twentieth NULL.
    pub g: Option<f64>,
    /// Cents: 900.00 to 104,999.99.
    pub price: i64,
    /// Cents: 0.00 to 0.10.
    pub disc: i64,
    /// Cents: 0.00 to 0.08.
    pub tax: i64,
    /// 1 to 50.
    pub qty: i32,
    /// Days since 1970: 1992-01-02 to 1998-12-01.
    pub ship: i32,
    /// One of seven words.
    pub c: &'static str,
    /// 8 to 24 letters and digits: 10 % begin with `PROMO`, 5 % with `promo`, 2 % contain a planted `xyz`.
    pub s: String,
}

/// Makes rows, the same ones each time.
#[derive(Clone, Debug)]
pub struct Rows(Random);

#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }

    fn unless_null<T>(&mut self, value: impl FnOnce(&mut Random) -> T) -> Option<T> {
        (self.below(20) != 0).then(|| value(self))
    }
}

impl Rows {
    /// From the first one.
    #[allow(
        clippy::new_without_default,
        reason = "a stream of rows has no default"
    )]
    pub fn new() -> Rows {
        Rows(Random(0x9E37_79B9_7F4A_7C15))
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let random = &mut self.0;
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
        let a = random.below(20_001) as i64 - 10_000;
        let f = random.unit();
        Some(Row {
            a,
            b: random.unless_null(|r| r.below(10_001) as i64),
            f: if a == -23 { 0.0 } else { f },
            g: random.unless_null(Random::unit),
            price: 90_000 + random.below(10_410_000) as i64,
            disc: random.below(11) as i64,
            tax: random.below(9) as i64,
            qty: 1 + random.below(50) as i32,
            ship: 8_036 + random.below(2_526) as i32,
            c: words[random.below(7) as usize],
            s: text(random),
        })
    }
}

fn text(random: &mut Random) -> String {
    let alphabet = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let length = 8 + random.below(17) as usize;
    let mut text: String = (0..length)
        .map(|_| char::from(alphabet[random.below(36) as usize]))
        .collect();
    match random.below(100) {
        0..10 => text.replace_range(..5, "PROMO"),
        10..15 => text.replace_range(..5, "promo"),
        15..17 => {
            let at = random.below(length as u64 - 2) as usize;
            text.replace_range(at..at + 3, "xyz");
        }
        _ => {}
    }
    text
}

/// So many rows, the same for the same number.
pub fn rows(count: usize) -> Vec<Row> {
    Rows::new().take(count).collect()
}

/// The cells of a row, as `schema` declares them.
pub fn cells(row: &Row) -> Vec<Value<'_>> {
    let decimal = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    vec![
        Value::Int(row.a),
        row.b.map_or(Value::Null, Value::Int),
        Value::Double(row.f),
        row.g.map_or(Value::Null, Value::Double),
        decimal(row.price),
        decimal(row.disc),
        decimal(row.tax),
        Value::Int(row.qty.into()),
        Value::Date(packed_date(row.ship)),
        Value::Bytes(row.c.as_bytes()),
        Value::Bytes(row.s.as_bytes()),
    ]
}

/// A day as a cell holds it.
pub(crate) fn packed_date(days: i32) -> i64 {
    let date = sqlift::read_text(date_text(days).as_bytes(), &sqlift::SqlType::date());
    let Some(sqlift::Datum::Date(date)) = date else {
        unreachable!("a valid date")
    };
    date
}

/// A day as `YYYY-MM-DD` (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
pub(crate) fn date_text(days: i32) -> String {
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
    let decimals = |precision, of: fn(&Row) -> i64| -> ArrayRef {
        let mut builder = Decimal128Builder::with_capacity(rows.len());
        rows.iter().for_each(|r| builder.append_value(of(r).into()));
        let array = builder.finish().with_precision_and_scale(precision, 2);
        Arc::new(array.expect("so many digits"))
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
    let quantities = Int32Array::from_iter_values(rows.iter().map(|r| r.qty));
    let days = Date32Array::from_iter_values(rows.iter().map(|r| r.ship));
    named([
        ("a", ints(|r| Some(r.a))),
        ("b", ints(|r| r.b)),
        ("f", doubles(|r| Some(r.f))),
        ("g", doubles(|r| r.g)),
        ("price", decimals(12, |r| r.price)),
        ("disc", decimals(4, |r| r.disc)),
        ("tax", decimals(4, |r| r.tax)),
        ("qty", Arc::new(quantities)),
        ("ship", Arc::new(days)),
        ("c", texts(|r| r.c)),
        ("s", texts(|r| &r.s)),
    ])
}

/// The columns as a batch. Each may be NULL as far as the schema goes.
fn named<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    let field = |(name, array): &(&str, ArrayRef)| {
        Field::new(*name, DataType::clone(array.data_type()), true)
    };
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let schema = Arc::new(arrow_schema::Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(schema, arrays).expect("columns of one length")
}

/// Reads the texts as values of the types, and hands them over as cells.
pub fn with_read<T>(
    texts: [&str; 2],
    types: &[sqlift::SqlType; 2],
    take: impl FnOnce(&[Value<'_>]) -> T,
) -> T {
    let [x, y] = types;
    let value =
        |ty: &sqlift::SqlType, text: &str| sqlift::read_text(text.as_bytes(), ty).expect("a value");
    let (x_value, y_value) = (value(x, texts[0]), value(y, texts[1]));
    let mut wide = [sqlift::I256::ZERO; 2];
    let [wide_x, wide_y] = &mut wide;
    take(&[
        x_value.as_cell(x, wide_x).expect("its own type"),
        y_value.as_cell(y, wide_y).expect("its own type"),
    ])
}
