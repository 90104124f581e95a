//! Writes the tables of `crates/collation`: `data/*.bin` and `src/registry_table.rs`.
//!
//! ```text
//! cargo run -p sqlift-collation --example generate -- DATA_DIR          writes the files
//! cargo run -p sqlift-collation --example generate -- DATA_DIR verify   checks the built library against DATA_DIR
//! ```
//!
//! `DATA_DIR/uca` holds `allkeys-{4.0.0,5.2.0,9.0.0}.txt.gz` (Unicode), `DATA_DIR/mysql` the tables that were
//! recorded from a MySQL 9.7 server. Run `verify` after a rebuild: it computes every weight a second time, slowly,
//! from the inputs, and compares.

mod case_tables;
mod charset_tables;
mod ducet;
mod input;
mod multibyte;
mod registry;
mod tailoring;
mod uca_tables;
mod verify;
mod verify_tables;
mod weight_tables;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(data) = arguments.get(1) else {
        return Err("usage: generate DATA_DIR [verify]".into());
    };
    let data = Path::new(data);
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    if arguments.get(2).is_some_and(|word| word == "verify") {
        return verify::run(data);
    }
    registry::write(data, home)?;
    charset_tables::write(data, home)?;
    case_tables::write(data, home)?;
    multibyte::write(data, home)?;
    weight_tables::write(data, home)?;
    tailoring::write(data, home)?;
    uca_tables::write(data, home)?;
    Ok(())
}
