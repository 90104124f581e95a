//! What columns become in a chunk, wherever the chunk begins.

use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Lanes, Vector};
use sqlift_functions::{CallId, Exit, Reason, RowContext, Scratch};
use sqlift_ir::Slot;
use sqlift_types::temporal::{Date, DateTime};
use sqlift_types::{I256, Repr, Session, Value};
use sqlift_vm::columns::{Bitmap, Column, Data, TimeUnit, pack};

fn slot(repr: Repr, scale: u8) -> Slot {
    Slot {
        repr,
        scale,
        nullable: true,
    }
}

/// Loads rows and gives the cells, with the rows that were given up and why.
fn load(
    column: &Column<'_>,
    slot: Slot,
    start: usize,
    rows: usize,
) -> (Vec<String>, Vec<(u32, Reason)>) {
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let arch = pulp::Arch::new();
    let batch = BatchContext { cx, rows, arch };
    let vector = column.load(slot, start, &batch);
    assert_eq!(vector.repr(), slot.repr);
    let cells = (0..rows).map(|row| format!("{:?}", vector.cell(row, slot.scale, &cx)));
    let cells = cells.collect();
    let exits = scratch.take_batch_exits();
    let reason = |(row, call, exit)| match exit {
        Exit::Deopt(reason) => {
            assert_eq!(call, CallId::NONE);
            (row, reason)
        }
        Exit::Error(_) => panic!("loading raises no error"),
    };
    (cells, exits.into_iter().map(reason).collect())
}

fn all(data: Data<'_>) -> Column<'_> {
    Column { data, valid: None }
}

fn cells(values: &[Value<'_>]) -> Vec<String> {
    values.iter().map(|v| format!("{v:?}")).collect()
}

#[test]
fn bitmaps_at_every_offset() {
    let bytes: Vec<u8> = (0..40_u32).map(|i| (i * 37 % 251) as u8).collect();
    let arena = Bump::new();
    for offset in 0..20 {
        let bitmap = Bitmap::new(&bytes, offset);
        for (start, rows) in [(0, 0), (0, 1), (3, 7), (0, 8), (5, 64), (9, 200), (1, 255)] {
            let expected: Vec<bool> = (start..start + rows).map(|row| bitmap.get(row)).collect();
            assert_eq!(bitmap.lanes(start, rows, &arena), expected);
            assert_eq!(bitmap.all(start, rows), expected.iter().all(|b| *b));
            let words: Vec<u64> = pack(&expected).collect();
            assert_eq!(words.len(), rows.div_ceil(64));
            for (row, bit) in expected.iter().enumerate() {
                assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, *bit);
            }
        }
    }
}

#[test]
fn a_chunk_without_nulls_has_no_validity() {
    let (arena, ones) = (Bump::new(), [0xFF; 9]);
    for offset in 0..8 {
        let bitmap = Bitmap::new(&ones, offset);
        assert!(bitmap.validity(0, 64, &arena).is_none());
        // Bits that are missing are not set.
        assert!(bitmap.validity(1, 72, &arena).is_some());
    }
    let mut bytes = ones;
    bytes[4] = 0b1101_1111;
    let bitmap = Bitmap::new(&bytes, 0);
    let valid = bitmap.validity(30, 10, &arena).expect("row 37 is NULL");
    assert_eq!(valid.iter().position(|v| !v), Some(7));
    assert!(bitmap.validity(38, 30, &arena).is_none());
}

#[test]
fn numbers_of_64_bits_are_used_in_place() {
    let values: Vec<i64> = (0..100).collect();
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let batch = BatchContext {
        cx,
        rows: 10,
        arch: pulp::Arch::new(),
    };
    let vector = all(Data::Int64(&values)).load(slot(Repr::Int, 0), 40, &batch);
    let Vector::Int(Lanes::Flat {
        values: lanes,
        valid: None,
    }) = vector
    else {
        panic!("{vector:?}")
    };
    assert!(std::ptr::eq(lanes, &values[40..50]));
    assert_eq!(arena.allocated_bytes(), 0);
}

#[test]
fn narrow_integers_and_signs() {
    let column = all(Data::Int8(&[-1, 2, -128]));
    let (got, exits) = load(&column, slot(Repr::Int, 0), 0, 3);
    assert_eq!(got, cells(&[(-1).into(), 2.into(), (-128).into()]));
    assert_eq!(exits, []);
    let (got, exits) = load(&column, slot(Repr::UInt, 0), 0, 3);
    assert_eq!(got, cells(&[Value::Null, Value::UInt(2), Value::Null]));
    assert_eq!(exits, [(0, Reason::CellType), (2, Reason::CellType)]);
    // What stands in a NULL row need not fit.
    let valid = Some(Bitmap::new(&[0b1100], 1));
    let nulls = Column { valid, ..column };
    let (got, exits) = load(&nulls, slot(Repr::UInt, 0), 0, 3);
    assert_eq!(got, cells(&[Value::Null, Value::UInt(2), Value::Null]));
    assert_eq!(exits, [(2, Reason::CellType)]);
    let wide = all(Data::UInt64(&[u64::MAX, 7]));
    let (got, exits) = load(&wide, slot(Repr::Int, 0), 0, 2);
    assert_eq!(got, cells(&[Value::Null, 7.into()]));
    assert_eq!(exits, [(0, Reason::CellType)]);
}

#[test]
fn decimals_in_each_width() {
    let values = [1, i128::from(i64::MAX) + 1, -1, i128::from(i64::MIN)];
    let column = all(Data::Decimal128 {
        values: &values,
        scale: 2,
    });
    let (got, exits) = load(&column, slot(Repr::Dec64, 2), 0, 4);
    let dec = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    assert_eq!(got, cells(&[dec(1), Value::Null, dec(-1), dec(i64::MIN)]));
    assert_eq!(exits, [(1, Reason::DecimalWidth)]);
    for wider in [Repr::Dec128, Repr::Dec256] {
        let (got, exits) = load(&column, slot(wider, 2), 0, 4);
        assert!(!got.contains(&"Null".to_owned()));
        assert_eq!(exits, []);
    }
    let (_, exits) = load(&column, slot(Repr::Dec64, 3), 0, 4);
    assert_eq!(exits.len(), 4, "another scale is another type");
    let values = [I256::from(5), I256::from(i128::MAX) + 1];
    let wide = all(Data::Decimal256 {
        values: &values,
        scale: 0,
    });
    for narrower in [Repr::Dec64, Repr::Dec128] {
        let (_, exits) = load(&wide, slot(narrower, 0), 0, 2);
        assert_eq!(exits, [(1, Reason::DecimalWidth)]);
    }
}

#[test]
fn dates_and_times() {
    let days = [0, -719_528, 2_932_896, 2_932_897, 19_782, i32::MIN];
    let (got, exits) = load(&all(Data::Date32(&days)), slot(Repr::Date, 0), 0, 6);
    let date = |y, m, d| Value::Date(Date::new(y, m, d).to_packed());
    let null = Value::Null;
    let expected = [
        date(1970, 1, 1),
        null,
        date(9999, 12, 31),
        null,
        date(2024, 2, 29),
        null,
    ];
    assert_eq!(got, cells(&expected));
    let rows: Vec<u32> = exits.iter().map(|e| e.0).collect();
    assert_eq!(rows, [1, 3, 5]);

    let at = |micro| {
        let date = Date::new(1969, 12, 31);
        Value::DateTime(DateTime::new(date, 23, 59, 59, micro).to_packed())
    };
    for (unit, value, micro) in [
        (TimeUnit::Second, -1, 0),
        (TimeUnit::Millisecond, -1, 999_000),
        (TimeUnit::Microsecond, -1, 999_999),
        (TimeUnit::Nanosecond, -1, 999_999),
    ] {
        let values = [value, i64::MAX];
        let column = all(Data::Timestamp {
            values: &values,
            unit,
        });
        let (got, exits) = load(&column, slot(Repr::DateTime, 0), 0, 1);
        assert_eq!((got, exits), (cells(&[at(micro)]), vec![]));
        let in_range = unit == TimeUnit::Nanosecond;
        let (_, exits) = load(&column, slot(Repr::DateTime, 0), 1, 1);
        assert_eq!(exits.is_empty(), in_range, "{unit:?}");
        assert_eq!(column.cell(1, &Bump::new()).is_some(), in_range);
    }

    let column = all(Data::Time32 {
        values: &[3_020_399, 3_020_400, -1],
        unit: TimeUnit::Second,
    });
    let (got, exits) = load(&column, slot(Repr::Time, 0), 0, 3);
    let time = |micros| Value::Time(micros);
    assert_eq!(
        got,
        cells(&[time(3_020_399_000_000), null, time(-1_000_000)])
    );
    assert_eq!(exits, [(1, Reason::CellType)]);
}

#[test]
fn every_day_of_ten_thousand_years() {
    use sqlift_types::temporal::calendar::{date_of, day_number_of};
    let epoch = day_number_of(1970, 1, 1);
    let first = (day_number_of(0, 3, 1) - epoch) as i32;
    let last = (day_number_of(9999, 12, 31) - epoch) as i32;
    let days: Vec<i32> = (first..=last).collect();
    let column = all(Data::Date32(&days));
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let (rows, arch) = (days.len(), pulp::Arch::new());
    let batch = BatchContext { cx, rows, arch };
    let vector = column.load(slot(Repr::Date, 0), 0, &batch);
    let Vector::Date(Lanes::Flat { values, .. }) = vector else {
        panic!("{:?}", vector.repr())
    };
    for (value, day) in values.iter().zip(&days) {
        let date = date_of(epoch + i64::from(*day)).unwrap();
        assert_eq!(*value, date.to_packed(), "day {day}");
    }
    assert!(scratch.take_batch_exits().is_empty());
    // Before that tier 0 takes over; before the year 0 nobody has a date.
    let days = [first - 1, first - 59, first - 60];
    let column = all(Data::Date32(&days));
    let (got, exits) = load(&column, slot(Repr::Date, 0), 0, 3);
    assert_eq!(got, cells(&[Value::Null; 3]));
    assert_eq!(exits.len(), 3);
    let cell = |row| column.cell(row, &arena);
    assert_eq!(cell(1), Some(Value::Date(Date::new(0, 1, 1).to_packed())));
    assert_eq!(cell(2), None);
}

#[test]
fn texts() {
    let bytes = b"onetwothree";
    let column = all(Data::Bytes32 {
        offsets: &[0, 3, 6, 6, 11, 99, -1],
        bytes,
    });
    let (got, exits) = load(&column, slot(Repr::Bytes, 0), 1, 5);
    let expected = [
        "two".into(),
        "".into(),
        "three".into(),
        Value::Null,
        Value::Null,
    ];
    assert_eq!(got, cells(&expected));
    assert_eq!(exits, [(3, Reason::CellType), (4, Reason::CellType)]);
    let large = all(Data::Bytes64 {
        offsets: &[3, 6],
        bytes,
    });
    assert_eq!(
        load(&large, slot(Repr::Bytes, 0), 0, 1).0,
        cells(&["two".into()])
    );
    let json = load(&large, slot(Repr::Json, 0), 0, 1).0;
    assert_eq!(json, cells(&[Value::Json(b"two")]));
}

#[test]
fn dictionaries() {
    let words: [&[u8]; 3] = [b"a", b"b", b"?"];
    let values = Column {
        data: Data::Slices(&words),
        valid: Some(Bitmap::new(&[0b011], 0)),
    };
    let keys = Data::Int16(&[1, 0, 2, -1, 9, 1]);
    let column = Column {
        data: Data::Dictionary {
            keys: &keys,
            values: &values,
        },
        // The last row is NULL.
        valid: Some(Bitmap::new(&[0b01_1111], 0)),
    };
    let (got, exits) = load(&column, slot(Repr::Bytes, 0), 1, 5);
    let null = Value::Null;
    assert_eq!(got, cells(&["a".into(), null, null, null, null]));
    assert_eq!(exits, [(2, Reason::CellType), (3, Reason::CellType)]);
    assert_eq!(column.cell(0, &Bump::new()), Some("b".into()));
    assert_eq!(column.cell(5, &Bump::new()), Some(null));
    assert_eq!(column.cell(4, &Bump::new()), None);

    let numbers = all(Data::Int32(&[10, 20]));
    let keys = Data::UInt8(&[1, 1, 0]);
    let column = all(Data::Dictionary {
        keys: &keys,
        values: &numbers,
    });
    let (got, _) = load(&column, slot(Repr::Int, 0), 0, 3);
    assert_eq!(got, cells(&[20.into(), 20.into(), 10.into()]));

    let nested = all(Data::Dictionary {
        keys: &keys,
        values: &column,
    });
    assert_eq!(load(&nested, slot(Repr::Int, 0), 0, 3).1.len(), 3);
}

#[test]
fn truth_values() {
    let column = all(Data::Bool(Bitmap::new(&[0b0101_0000], 4)));
    let expected = cells(&[1.into(), 0.into(), 1.into(), 0.into()]);
    for repr in [Repr::Bool, Repr::Int] {
        assert_eq!(load(&column, slot(repr, 0), 0, 4).0, expected);
    }
    let (got, exits) = load(&column, slot(Repr::Double, 0), 0, 4);
    assert_eq!(got, cells(&[Value::Null; 4]));
    assert_eq!(exits.len(), 4);
}

#[test]
fn cells_of_the_column_are_what_it_holds() {
    let arena = Bump::new();
    let cell = |data| all(data).cell(0, &arena);
    assert_eq!(cell(Data::Int32(&[-5])), Some(Value::Int(-5)));
    assert_eq!(cell(Data::UInt16(&[5])), Some(Value::UInt(5)));
    assert_eq!(cell(Data::Float32(&[0.5])), Some(Value::Double(0.5)));
    assert_eq!(cell(Data::Date32(&[i32::MAX])), None);
    assert_eq!(cell(Data::Int64(&[])), None);
    let values = [i128::MAX];
    let wide = Data::Decimal128 {
        values: &values,
        scale: 1,
    };
    let coefficient = i128::MAX.into();
    let expected = Value::Dec128 {
        scale: 1,
        coefficient,
    };
    assert_eq!(cell(wide), Some(expected));
}
