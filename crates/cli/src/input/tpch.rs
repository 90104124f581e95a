//! The tables of TPC-H, generated: `tpch:lineitem?sf=0.1`.

use super::{Input, Total};
use crate::failure::Failure;
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator,
    PartSuppGenerator, RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::arrow::record_batch::RecordBatchReader;
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow, RegionArrow,
    SupplierArrow,
};

pub(super) fn open(table: &str, batch: usize) -> Result<Input, Failure> {
    let (name, options) = table.split_once('?').unwrap_or((table, ""));
    let mut factor = 0.01;
    for option in options.split('&').filter(|o| !o.is_empty()) {
        let value = option
            .strip_prefix("sf=")
            .and_then(|v| v.parse::<f64>().ok());
        factor = value
            .filter(|sf| (0.0..=100_000.0).contains(sf) && *sf > 0.0)
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "tpch: `{option}` is not sf=N with a number above 0"
                ))
            })?;
    }
    macro_rules! table {
        ($arrow:ident, $generator:ident) => {
            input($arrow::new($generator::new(factor, 1, 1)).with_batch_size(batch))
        };
    }
    match name {
        "lineitem" => table!(LineItemArrow, LineItemGenerator),
        "orders" => table!(OrderArrow, OrderGenerator),
        "customer" => table!(CustomerArrow, CustomerGenerator),
        "part" => table!(PartArrow, PartGenerator),
        "partsupp" => table!(PartSuppArrow, PartSuppGenerator),
        "supplier" => table!(SupplierArrow, SupplierGenerator),
        "nation" => table!(NationArrow, NationGenerator),
        "region" => table!(RegionArrow, RegionGenerator),
        _ => Err(Failure::Usage(format!("tpch: there is no table `{name}`"))),
    }
}

fn input(reader: impl RecordBatchReader + 'static) -> Result<Input, Failure> {
    let columns =
        sqlift::arrow::schema_of(&reader.schema()).map_err(|e| Failure::file("tpch", e))?;
    Ok(Input {
        columns,
        batches: Box::new(reader.map(|batch| batch.map_err(|e| Failure::file("tpch", e)))),
        total: Total::Unknown,
    })
}
