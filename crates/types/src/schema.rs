//! The columns that an expression may name.

use crate::SqlType;
use std::sync::Arc;

/// A column: name, type, and whether it may be NULL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The name; MySQL compares column names without regard to case.
    pub name: String,
    /// The type.
    pub ty: SqlType,
    /// Whether NULL may occur. A column without NULLs makes faster code.
    pub nullable: bool,
}

/// The columns of a row, in order, and the table they are said to come from in error texts.
///
/// ```
/// use sqlift_types::{Schema, SqlType};
/// let schema = Schema::new([("price", SqlType::decimal(12, 2)), ("name", SqlType::varchar(64))]);
/// assert_eq!(schema.index_of("PRICE"), Some(0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schema {
    columns: Arc<[Column]>,
    /// Database and table, as error texts print them (`` `corpus`.`t`.`f` ``).
    pub table: Option<(String, String)>,
}

impl Schema {
    /// Nullable columns from names and types.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, SqlType)>) -> Schema {
        Self::from_columns(columns.into_iter().map(|(name, ty)| Column {
            name: name.into(),
            ty,
            nullable: true,
        }))
    }
    /// A schema from full column descriptions.
    pub fn from_columns(columns: impl IntoIterator<Item = Column>) -> Schema {
        Schema {
            columns: columns.into_iter().collect(),
            table: None,
        }
    }
    /// The same columns said to come from a table, for error texts.
    pub fn with_table(mut self, database: &str, table: &str) -> Schema {
        self.table = Some((database.to_owned(), table.to_owned()));
        self
    }
    /// All columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
    /// The position of a column, whatever the case of its name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        self.columns
            .iter()
            .position(|c| c.name.to_lowercase() == lower)
    }
}
