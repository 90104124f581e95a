//! Values at the edges of each representation.

use sqlift_ir::Slot;
use sqlift_types::temporal::{Date, DateTime};
use sqlift_types::{I256, Repr, SqlType, Value};

/// Cells of a slot for values of a type, NULL last if it may be.
pub(crate) fn cells(slot: Slot, ty: &SqlType) -> Vec<Value<'static>> {
    let scale = slot.scale;
    let mut cells: Vec<Value<'static>> = match slot.repr {
        Repr::Bool => vec![Value::Int(0), Value::Int(1)],
        Repr::Int => ints().into_iter().map(Value::Int).collect(),
        Repr::UInt => {
            let mut values: Vec<u64> = ints().into_iter().map(|v| v as u64).collect();
            values.extend([u64::MAX - 1, 1 << 63, (1 << 63) - 1, 1 << 32]);
            values.into_iter().map(Value::UInt).collect()
        }
        Repr::Double => doubles().into_iter().map(Value::Double).collect(),
        Repr::Dec64 => coefficients(ty.length.min(18))
            .into_iter()
            .map(|c| Value::Dec64 {
                scale,
                coefficient: c as i64,
            })
            .collect(),
        Repr::Dec128 => coefficients(ty.length.min(38))
            .into_iter()
            .map(|c| Value::Dec128 {
                scale,
                coefficient: c.into(),
            })
            .collect(),
        Repr::Dec256 => {
            static WIDE: [I256; 3] = [I256::ZERO, I256::ONE, I256::MINUS_ONE];
            WIDE.iter()
                .map(|coefficient| Value::Dec256 { scale, coefficient })
                .collect()
        }
        Repr::Date => dates()
            .into_iter()
            .map(|d| Value::Date(d.to_packed()))
            .collect(),
        Repr::DateTime => {
            let clocks = [0, 1, 86_399_999_999, 43_200_000_000, 45_296_500_000];
            let all = dates().into_iter().zip(clocks.into_iter().cycle());
            all.map(|(date, clock)| Value::DateTime(DateTime::with_clock(date, clock).to_packed()))
                .collect()
        }
        Repr::Time => [
            0,
            1,
            -1,
            1_000_000,
            45_296_789_012,
            -45_296_789_012,
            3_020_399_000_000,
            -3_020_399_000_000,
        ]
        .into_iter()
        .map(Value::Time)
        .collect(),
        Repr::Bytes => [
            &b""[..],
            b"a",
            b"A ",
            b"abc",
            b"12",
            b"-3.5x",
            b"2024-02-29",
            b"\xc3\xa4",
        ]
        .into_iter()
        .map(Value::Bytes)
        .collect(),
        Repr::Json => [&b"null"[..], b"1", b"{\"a\": [1]}"]
            .into_iter()
            .map(Value::Json)
            .collect(),
    };
    if slot.nullable {
        cells.push(Value::Null);
    }
    cells
}

fn ints() -> Vec<i64> {
    let near = [
        0, 1, 2, 3, 5, 7, 8, 10, 49, 50, 63, 64, 65, 99, 100, 255, 2024, 1_000_000,
    ];
    let far = [
        1 << 31,
        (1 << 31) - 1,
        1 << 32,
        (1 << 53) + 1,
        3_037_000_500,
        i64::MAX / 3,
        i64::MAX - 1,
        i64::MAX,
    ];
    let mut all: Vec<i64> = near.into_iter().chain(far).flat_map(|v| [v, -v]).collect();
    all.push(i64::MIN);
    all.dedup();
    all
}

fn doubles() -> Vec<f64> {
    let positive = [
        0.0,
        0.5,
        0.499_999_999_999_999_94,
        1.0,
        1.5,
        2.5,
        7.0,
        1e15 + 0.5,
        9_007_199_254_740_993.0,
        9.223_372_036_854_775e18,
        9_223_372_036_854_775_808.0,
        1.8e19,
        18_446_744_073_709_551_616.0,
        1e200,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
    ];
    positive.into_iter().flat_map(|v| [v, -v]).collect()
}

fn coefficients(digits: u32) -> Vec<i128> {
    let most = 10i128.pow(digits) - 1;
    let small = [
        0, 1, 2, 5, 7, 49, 50, 51, 99, 100, 149, 150, 250, 12_345_678,
    ];
    let large = [
        10i128.pow(9) + 1,
        10i128.pow(digits / 2),
        most / 3,
        most - 1,
        most,
    ];
    small
        .into_iter()
        .chain(large)
        .filter(|c| *c <= most)
        .flat_map(|v| [v, -v])
        .collect()
}

fn dates() -> Vec<Date> {
    [
        (2024, 2, 29),
        (2023, 12, 31),
        (2024, 1, 1),
        (1970, 1, 1),
        (1, 1, 1),
        (9999, 12, 31),
        (0, 0, 0),
        (2024, 0, 10),
        (2024, 5, 0),
        (2000, 3, 1),
        (1900, 2, 28),
    ]
    .into_iter()
    .map(|(year, month, day)| Date::new(year, month, day))
    .collect()
}
