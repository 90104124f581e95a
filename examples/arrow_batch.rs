//! Filter and projection over Arrow batches: `SELECT id, customer, total WHERE ...`, with MySQL's decimals and collations.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field};
use sqlift::arrow::{BatchValues, Slice};
use sqlift::{Engine, Session};
use std::error::Error;
use std::sync::Arc;

fn orders() -> Result<RecordBatch, Box<dyn Error>> {
    let schema = Arc::new(arrow_schema::Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("customer", DataType::Utf8, true),
        Field::new("price", DataType::Decimal128(10, 2), true),
        Field::new("quantity", DataType::Int64, true),
        Field::new("discount", DataType::Decimal128(3, 2), true),
        Field::new("state", DataType::Utf8, true),
        Field::new("ordered", DataType::Date32, true),
    ]));
    let text = include_bytes!("data/orders.csv");
    let mut reader = arrow_csv::ReaderBuilder::new(schema)
        .with_header(true)
        .build(&text[..])?;
    Ok(reader.next().ok_or("an empty file")??)
}

fn main() -> Result<(), Box<dyn Error>> {
    let batch = orders()?;
    let schema = sqlift::arrow::schema_of(&batch.schema())?;
    let (engine, session) = (Engine::new(), Session::default());

    // 'zoe' = 'Zoë' in MySQL's default collation.
    let wanted = engine.compile(
        "customer IN ('zoe', 'jurgen') AND state <> 'returned' AND ordered >= '2026-03-01'",
        &schema,
        &session,
    )?;
    let total = engine.compile(
        "price * quantity * (1 - COALESCE(discount, 0))",
        &schema,
        &session,
    )?;
    println!("total is {}", total.sql_type());

    let mut context = wanted.context();
    let mask = wanted.filter_batch(&batch, &mut context)?;
    let kept = arrow_select::filter::filter_record_batch(&batch, &mask)?;
    let totals = total.eval_batch(&kept, &mut context)?;
    let out = RecordBatch::try_from_iter([
        ("id", kept.column(0).clone()),
        ("customer", kept.column(1).clone()),
        ("total", totals.clone()),
    ])?;
    println!("{}", arrow_cast::pretty::pretty_format_batches(&[out])?);

    // Row by row by hand, in units of 0.0001.
    let (customers, states) = (
        kept.column(1).as_string::<i32>(),
        kept.column(5).as_string::<i32>(),
    );
    let (prices, discounts) = (
        kept.column(2).as_primitive::<Decimal128Type>(),
        kept.column(4).as_primitive::<Decimal128Type>(),
    );
    let quantities = kept.column(3).as_primitive::<Int64Type>();
    let totals = totals.as_primitive::<Decimal128Type>();
    assert!(kept.num_rows() > 10 && kept.num_rows() < batch.num_rows() / 2);
    for row in 0..kept.num_rows() {
        assert!(["Zoë", "Jürgen"].contains(&customers.value(row)));
        assert_ne!(states.value(row), "returned");
        let discount = if discounts.is_null(row) {
            0
        } else {
            discounts.value(row)
        };
        let expected = prices.value(row) * i128::from(quantities.value(row)) * (100 - discount);
        assert_eq!(totals.value(row), expected);
    }

    // The same in small pieces, as a network may bring them: the values of all come into the same room, and no array is made.
    let mut values = BatchValues::new();
    let mut sum = 0;
    for start in (0..kept.num_rows()).step_by(4) {
        let piece = kept.slice(start, 4.min(kept.num_rows() - start));
        total.eval_batch_into(&piece, &mut values, &mut context)?;
        if let Slice::Decimal128(totals) = values.slice() {
            let known = (0..values.len()).filter(|row| !values.is_null(*row));
            sum += known.map(|row| totals[row]).sum::<i128>();
        }
    }
    assert_eq!(sum, totals.iter().flatten().sum::<i128>());
    Ok(())
}
