//! `rows.json`: the shared table that column cases read.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Cell, CorpusError};

/// The shared table `t` of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The server that answered.
    pub server: String,
    /// The table's DDL.
    pub create: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its rows: values **as inserted**, so FLOAT and DOUBLE are texts that still want rounding.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of the shared table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name as expressions use it.
    pub name: String,
    /// SQL type as in DDL, such as `DECIMAL(12,2)` or `ENUM('small','medium')`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Character set of a text column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Collation of a text column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Whether it may hold NULL.
    pub nullable: bool,
}

impl Table {
    /// Reads and checks a `rows.json`.
    ///
    /// # Errors
    /// If the file cannot be read, has unknown keys, or a row does not fit the columns.
    pub fn read(path: &Path) -> Result<Self, CorpusError> {
        let text = std::fs::read_to_string(path).map_err(|error| CorpusError::file(path, error))?;
        Self::from_json(&text).map_err(|(line, message)| CorpusError {
            path: path.to_owned(),
            line,
            message,
        })
    }

    fn from_json(text: &str) -> Result<Self, (Option<usize>, String)> {
        let table: Self =
            serde_json::from_str(text).map_err(|error| (Some(error.line()), error.to_string()))?;
        for (number, row) in table.rows.iter().enumerate() {
            if row.len() != table.columns.len() {
                let (cells, columns) = (row.len(), table.columns.len());
                return Err((
                    None,
                    format!("row {number} has {cells} cells for {columns} columns"),
                ));
            }
            for (cell, column) in row.iter().zip(&table.columns) {
                if *cell == Cell::Null && !column.nullable {
                    return Err((
                        None,
                        format!("row {number}: NULL in `{}`, which is NOT NULL", column.name),
                    ));
                }
            }
        }
        Ok(table)
    }

    /// The position of a column, by its exact name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// All cells of one column, in row order.
    pub fn cells(&self, position: usize) -> impl Iterator<Item = &Cell> {
        self.rows.iter().filter_map(move |row| row.get(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"server":"s","create":"c","columns":[{"name":"a","type":"INT","nullable":false},
        {"name":"b","type":"VARBINARY(2)","nullable":true}],"rows":[["1",{"hex":"FF"}],["2",null]]}"#;

    #[test]
    fn columns_and_cells_are_typed() {
        let table = Table::from_json(GOOD).unwrap();
        assert_eq!(table.position("b"), Some(1));
        assert_eq!(table.position("B"), None);
        assert_eq!(
            table.cells(1).collect::<Vec<_>>(),
            [&Cell::Bytes(vec![255]), &Cell::Null]
        );
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let missing = GOOD.replace(r#"["2",null]"#, r#"["2"]"#);
        assert!(
            Table::from_json(&missing)
                .unwrap_err()
                .1
                .contains("row 1 has 1 cells for 2 columns")
        );
        let null = GOOD.replace(r#"["2",null]"#, "[null,null]");
        assert!(Table::from_json(&null).unwrap_err().1.contains("NOT NULL"));
        let unknown = GOOD.replace(r#""server""#, r#""servers""#);
        assert!(
            Table::from_json(&unknown)
                .unwrap_err()
                .1
                .contains("unknown field")
        );
    }
}
