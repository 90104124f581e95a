//! Where the engine is bound to the runner: the one place of this crate that knows it.

mod arrow;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlift::{
    Charset, Collation, Column, Datum, Engine, Error, Expression, Schema, Session, SqlType,
    TierPolicy, TypeKind, Value,
};

use crate::corpus::{self, Cell, ResultColumn, Settings, SqlError, Table};
use crate::subject::{Configuration, Folding, Outcome, Question, Raised, Shape, Subject, Tier};

/// The engine in a configuration.
///
/// # Errors
/// If this build cannot give that configuration.
pub fn subject(configuration: Configuration) -> Result<Box<dyn Subject>, String> {
    let policy = match configuration.tier {
        Tier::Interp => TierPolicy::Only(sqlift::Tier::Interp),
        Tier::Vm => TierPolicy::Only(sqlift::Tier::Vm),
        Tier::Native => TierPolicy::Only(sqlift::Tier::Native),
        Tier::Auto => TierPolicy::Auto,
    };
    let folding = match configuration.folding {
        Folding::On => sqlift::Folding::On,
        Folding::Off => sqlift::Folding::Off,
    };
    let engine = Engine::new().with_policy(policy).with_folding(folding);
    Ok(subject_of(engine, configuration.shape))
}

/// Any engine, for rows in a shape.
pub fn subject_of(engine: Engine, shape: Shape) -> Box<dyn Subject> {
    Box::new(Sqlift {
        engine,
        shape,
        tables: Mutex::new(HashMap::new()),
        tiers: Default::default(),
    })
}

struct Sqlift {
    engine: Engine,
    shape: Shape,
    /// Rows of the tables met so far, by their DDL.
    tables: Mutex<HashMap<String, std::sync::Arc<Rows>>>,
    /// Rows that each tier was asked for.
    tiers: [AtomicU64; 3],
}

/// A table as the engine takes it.
struct Rows {
    schema: Schema,
    rows: Vec<Vec<Datum>>,
}

impl Subject for Sqlift {
    fn answer(&self, question: &Question<'_>) -> Outcome {
        match self.evaluate(question) {
            Ok(outcome) => outcome,
            Err(error) if error.unsupported => Outcome::Unsupported(error.message),
            Err(error) => Outcome::Error(sql_error(error)),
        }
    }

    fn tier_hits(&self) -> Vec<(String, u64)> {
        let tiers = sqlift::Tier::ALL.into_iter().zip(&self.tiers);
        tiers
            .map(|(tier, rows)| (tier.to_string(), rows.load(Ordering::Relaxed)))
            .collect()
    }
}

impl Sqlift {
    fn evaluate(&self, question: &Question<'_>) -> Result<Outcome, Error> {
        let session = session(question.settings)?;
        let table = question.table.map(|table| self.rows(table)).transpose()?;
        let nothing = Schema::default().with_table("corpus", "t");
        let schema = table.as_ref().map_or(&nothing, |rows| &rows.schema);
        let expression = self.engine.compile(question.expr, schema, &session)?;
        let column = result_column(&expression);
        let mut warnings: Vec<Raised> = Vec::new();
        raise(&mut warnings, None, expression.warnings());
        let mut wide: Vec<Vec<_>> = Vec::new();
        if let Some(table) = &table {
            wide.resize(
                table.rows.len(),
                vec![Default::default(); schema.columns().len()],
            );
        }
        let stored: &[Vec<Datum>] = table.as_ref().map_or(&[], |table| &table.rows);
        let mut cells: Vec<Vec<Value<'_>>> = Vec::new();
        for (row, wide) in stored.iter().zip(&mut wide) {
            cells.push(as_cells(row, schema, wide));
        }
        if table.is_none() {
            cells.push(Vec::new());
        }
        let rows: Vec<&[Value<'_>]> = cells.iter().map(Vec::as_slice).collect();
        let outcomes = match self.shape {
            Shape::Arrow(size) => {
                let literal = [Vec::new()];
                let stored = if table.is_some() { stored } else { &literal };
                arrow::rows_of(&expression, stored, &rows, size, &mut warnings)?
            }
            Shape::Row => one_by_one(&expression, &rows, &mut warnings),
            Shape::Batch(size) => in_batches(&expression, &rows, size, &mut warnings),
        };
        for (tier, rows) in expression.statistics().rows {
            self.tiers[tier as usize].fetch_add(rows, Ordering::Relaxed);
        }
        let mut values = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            match outcome {
                Err(error) if error.unsupported => return Err(error),
                Err(error) => values.push(Err(sql_error(error))),
                Ok(value) => values.push(Ok(cell(&value, expression.sql_type()))),
            }
        }
        if table.is_some() {
            return Ok(Outcome::Rows {
                column,
                rows: values,
                warnings,
            });
        }
        warnings.iter_mut().for_each(|warning| warning.row = None);
        Ok(match values.pop() {
            Some(Ok(value)) => Outcome::Value {
                column,
                value,
                warnings,
            },
            Some(Err(error)) => Outcome::Error(error),
            None => Outcome::Unsupported("an expression without a value".to_owned()),
        })
    }

    fn rows(&self, table: &Table) -> Result<std::sync::Arc<Rows>, Error> {
        let mut tables = self
            .tables
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(rows) = tables.get(&table.create) {
            return Ok(rows.clone());
        }
        let rows = std::sync::Arc::new(read_table(table)?);
        tables.insert(table.create.clone(), rows.clone());
        Ok(rows)
    }
}

/// The outcome of every row, one after the other.
fn one_by_one(
    expression: &Expression,
    rows: &[&[Value<'_>]],
    warnings: &mut Vec<Raised>,
) -> Vec<Result<Datum, Error>> {
    let mut context = expression.context();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let outcome = expression.eval_row(row, &mut context);
        outcomes.push(outcome.map(|value| value.to_datum()));
        let raised = context.diagnostics().warnings().iter();
        let raised: Vec<_> = raised.map(|w| w.clone().moved(0, number as u64)).collect();
        raise(warnings, Some(number), &raised);
        context.clear_warnings();
    }
    outcomes
}

/// The outcome of every row, in batches of cells.
fn in_batches(
    expression: &Expression,
    rows: &[&[Value<'_>]],
    size: usize,
    warnings: &mut Vec<Raised>,
) -> Vec<Result<Datum, Error>> {
    let mut context = expression.context();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (batch, rows) in rows.chunks(size).enumerate() {
        outcomes.append(&mut expression.eval_rows(rows, &mut context));
        for warning in context.diagnostics().warnings() {
            let Some(row) = warning.row else {
                raise(warnings, None, std::slice::from_ref(warning));
                continue;
            };
            let here = row + (batch * size) as u64;
            let moved = warning.clone().moved(row, here);
            raise(warnings, Some(here as usize), &[moved]);
        }
        context.clear_warnings();
    }
    outcomes
}

/// A stored row as cells; `wide` holds its widest decimals.
///
/// # Panics
/// If a value is not one of its column's type.
pub fn as_cells<'r>(
    row: &'r [Datum],
    schema: &Schema,
    wide: &'r mut [sqlift::I256],
) -> Vec<Value<'r>> {
    let columns = row.iter().zip(schema.columns()).zip(wide);
    columns
        .map(|((datum, column), wide)| {
            datum
                .as_cell(&column.ty, wide)
                .expect("rows were read by type")
        })
        .collect()
}

/// The corpus's session, with these settings. Its time stands still.
///
/// # Errors
/// If a setting is not known, or cannot have that value.
pub fn session(settings: &Settings) -> Result<Session, Error> {
    let mut session = Session::default();
    session.set("timestamp", "1700000000.123456")?;
    for (name, value) in settings {
        session.set(name, value)?;
    }
    Ok(session)
}

/// A table of the corpus: its columns, and the values of each row.
///
/// # Errors
/// If a column has a type that the engine has not.
pub fn table(table: &Table) -> Result<(Schema, Vec<Vec<Datum>>), Error> {
    let Rows { schema, rows } = read_table(table)?;
    Ok((schema, rows))
}

fn read_table(table: &Table) -> Result<Rows, Error> {
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let mut text = column.type_name.clone();
        if let Some(charset) = &column.charset {
            text += &format!(" CHARACTER SET {charset}");
        }
        if let Some(collation) = &column.collation {
            text += &format!(" COLLATE {collation}");
        }
        let parsed = sqlift_syntax::parse_column_type(
            &text,
            sqlift_syntax::Modes::default(),
            sqlift_syntax::Limits::default(),
        )
        .map_err(|e| Error::new(e.code, e.sqlstate, e.message))?;
        let ty = sqlift::column_type(&parsed)?;
        columns.push(Column {
            name: column.name.clone(),
            ty,
            nullable: column.nullable,
        });
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        rows.push(
            row.iter()
                .zip(&columns)
                .map(|(cell, column)| datum(cell, column))
                .collect::<Result<_, _>>()?,
        );
    }
    Ok(Rows {
        schema: Schema::from_columns(columns).with_table("corpus", "t"),
        rows,
    })
}

/// A cell of `rows.json` as a value of its column.
fn datum(cell: &Cell, column: &Column) -> Result<Datum, Error> {
    let Some(bytes) = cell.as_bytes() else {
        return Ok(Datum::Null);
    };
    let charset = column
        .ty
        .collation
        .get()
        .map_or(Charset::Binary, Collation::charset);
    let bytes = if column.ty.kind.is_text() && charset != Charset::Utf8mb4 {
        converted(Charset::Utf8mb4, charset, bytes)
    } else {
        bytes.to_vec()
    };
    sqlift::read_text(&bytes, &column.ty).ok_or_else(|| {
        let what = format!(
            "the value {cell} of column {} is no {}",
            column.name, column.ty
        );
        Error::unsupported(what)
    })
}

fn raise(raised: &mut Vec<Raised>, row: Option<usize>, warnings: &[sqlift::Warning]) {
    raised.extend(warnings.iter().map(|w| Raised {
        row,
        code: w.code,
        message: w.message.clone(),
        times: 1,
    }));
}

fn sql_error(error: Error) -> SqlError {
    SqlError {
        code: error.code,
        sqlstate: error.sqlstate.to_owned(),
        message: error.message,
    }
}

fn result_column(expression: &Expression) -> ResultColumn {
    let ty = expression.sql_type();
    let typed = expression.typed();
    let is_string = ty.kind.is_string() || matches!(ty.kind, TypeKind::Enum | TypeKind::Set);
    let collation = typed.collated.collation.get().filter(|_| is_string);
    ResultColumn {
        type_name: ty.to_string(),
        nullable: expression.is_nullable(),
        collation: collation.map(|collation| corpus::Collation {
            name: collation.name().to_owned(),
            coercibility: typed.collated.coercibility as u8,
        }),
    }
}

/// A value as the text protocol gives it.
fn cell(value: &Datum, ty: &SqlType) -> Cell {
    if value.is_null() {
        return Cell::Null;
    }
    let mut text = Vec::new();
    sqlift::write_text(value, ty, &mut text);
    if ty.kind.is_binary() || matches!(ty.kind, TypeKind::Bit | TypeKind::Vector) {
        return Cell::Bytes(text);
    }
    let charset = ty
        .collation
        .get()
        .map_or(Charset::Utf8mb4, Collation::charset);
    if ty.kind.is_text() && charset != Charset::Utf8mb4 {
        text = converted(charset, Charset::Utf8mb4, &text);
    }
    Cell::Text(String::from_utf8_lossy(&text).into_owned())
}

fn converted(from: Charset, to: Charset, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    sqlift_collation::convert(from, to, bytes, &mut out);
    out
}
