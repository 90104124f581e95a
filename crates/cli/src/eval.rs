//! `sqlift eval`: one expression, or a case a line.

use crate::arguments::Eval;
use crate::failure::Failure;
use crate::input::definitions;
use crate::run::session;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sqlift::{
    Charset, Collation, Column, Context, Datum, Engine, Error, Expression, I256, Schema, Session,
    SqlType, TypeKind, Value, Warning,
};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};

pub(crate) fn eval(arguments: &Eval) -> Result<(), Failure> {
    let engine = Engine::new().with_policy(arguments.tier);
    let session = session(&arguments.settings)?;
    let (schema, row) = columns(&arguments.columns)?;
    if arguments.stdin {
        return cases(&engine, &session, &schema, &row);
    }
    let Some(text) = &arguments.expression else {
        return Err(Failure::Usage("no expression".to_owned()));
    };
    if arguments.json {
        let answer = answer(&engine, text, &schema, &session, &row);
        println!("{}", Json::Object(answer));
        return Ok(());
    }
    let wrong = |e: Error| Failure::expression("expression", text, e);
    let expression = engine.compile(text, &schema, &session).map_err(wrong)?;
    let mut context = expression.context();
    let value = evaluate(&expression, &row, &mut context).map_err(wrong)?;
    let mut out = std::io::stdout().lock();
    match &value {
        Datum::Null => writeln!(out, "NULL")?,
        value => writeln!(out, "{}", shown(value, expression.sql_type()))?,
    }
    for Warning { code, message, .. } in expression
        .warnings()
        .iter()
        .chain(context.diagnostics().warnings())
    {
        eprintln!("Warning {code}: {message}");
    }
    Ok(())
}

/// `NAME TYPE=VALUE` columns as a schema and its one row.
fn columns(given: &[String]) -> Result<(Schema, Vec<Datum>), Failure> {
    let mut columns: Vec<Column> = Vec::new();
    let mut row = Vec::new();
    for text in given {
        let wrong = |what: &str| Failure::Usage(format!("--col '{text}': {what}"));
        let (definition, value) = text
            .split_once('=')
            .ok_or_else(|| wrong("expected NAME TYPE=VALUE"))?;
        let schema = definitions(definition)?;
        let [column] = schema.columns() else {
            return Err(wrong("expected one column"));
        };
        let datum = match value {
            "NULL" => Datum::Null,
            text => sqlift::read_text(text.as_bytes(), &column.ty)
                .ok_or_else(|| wrong(&format!("the value is no {}", column.ty)))?,
        };
        columns.push(column.clone());
        row.push(datum);
    }
    Ok((Schema::from_columns(columns), row))
}

fn evaluate(expression: &Expression, row: &[Datum], context: &mut Context) -> Result<Datum, Error> {
    let mut wide = vec![I256::ZERO; row.len()];
    let columns = expression.schema().columns().iter();
    let cells = row.iter().zip(columns).zip(&mut wide);
    let cells: Vec<Value<'_>> = cells
        .map(|((datum, column), wide)| datum.as_cell(&column.ty, wide).unwrap_or(Value::Null))
        .collect();
    expression
        .eval_row(&cells, context)
        .map(|value| value.to_datum())
}

#[derive(Deserialize)]
struct Case {
    expr: String,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// One case a line; a line that is no case is answered by an error of its own.
fn cases(
    engine: &Engine,
    session: &Session,
    schema: &Schema,
    row: &[Datum],
) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Case>(&line) {
            Ok(case) => {
                let mut session = session.clone();
                let set = case
                    .settings
                    .iter()
                    .try_for_each(|(name, value)| session.set(name, value));
                match set {
                    Ok(()) => answer(engine, &case.expr, schema, &session, row),
                    Err(error) => error_answer(&error),
                }
            }
            Err(error) => {
                let mut answer = Map::new();
                answer.insert(
                    "invalid".into(),
                    json!(format!("line {}: {error}", number + 1)),
                );
                answer
            }
        };
        writeln!(out, "{}", Json::Object(answer))?;
    }
    out.flush()?;
    Ok(())
}

/// The answer in the form of the recorded ones.
fn answer(
    engine: &Engine,
    text: &str,
    schema: &Schema,
    session: &Session,
    row: &[Datum],
) -> Map<String, Json> {
    let expression = match engine.compile(text, schema, session) {
        Ok(expression) => expression,
        Err(error) => return error_answer(&error),
    };
    let mut context = expression.context();
    let value = match evaluate(&expression, row, &mut context) {
        Ok(value) => value,
        Err(error) => return error_answer(&error),
    };
    let ty = expression.sql_type();
    let mut answer = Map::new();
    answer.insert("type".into(), json!(ty.to_string()));
    answer.insert("nullable".into(), json!(expression.is_nullable()));
    let is_string = ty.kind.is_string() || matches!(ty.kind, TypeKind::Enum | TypeKind::Set);
    let collated = expression.typed().collated;
    if let Some(collation) = collated.collation.get().filter(|_| is_string) {
        answer.insert("collation".into(), json!(collation.name()));
        answer.insert("coercibility".into(), json!(collated.coercibility as u8));
    }
    answer.insert("value".into(), json_value(&value, ty));
    answer.insert("warnings".into(), warnings(&expression, &context));
    answer
}

/// `[code, text]`, or `[code, text, times]` for one that was raised more than once, in order of first appearance.
fn warnings(expression: &Expression, context: &Context) -> Json {
    let mut counted: Vec<(u16, &str, u64)> = Vec::new();
    for warning in expression
        .warnings()
        .iter()
        .chain(context.diagnostics().warnings())
    {
        match counted
            .iter_mut()
            .find(|(code, text, _)| *code == warning.code && *text == warning.message)
        {
            Some((_, _, times)) => *times += 1,
            None => counted.push((warning.code, &warning.message, 1)),
        }
    }
    let entry = |(code, text, times): (u16, &str, u64)| match times {
        1 => json!([code, text]),
        _ => json!([code, text, times]),
    };
    counted.into_iter().map(entry).collect()
}

fn error_answer(error: &Error) -> Map<String, Json> {
    let mut answer = Map::new();
    if error.unsupported {
        answer.insert("unsupported".into(), json!(error.message));
    } else {
        answer.insert(
            "error".into(),
            json!([error.code, error.sqlstate, error.message]),
        );
    }
    answer
}

fn json_value(value: &Datum, ty: &SqlType) -> Json {
    match value {
        Datum::Null => Json::Null,
        value if ty.kind.is_binary() || matches!(ty.kind, TypeKind::Bit | TypeKind::Vector) => {
            let mut bytes = Vec::new();
            sqlift::write_text(value, ty, &mut bytes);
            json!({ "hex": hex(&bytes) })
        }
        value => json!(text(value, ty)),
    }
}

fn shown(value: &Datum, ty: &SqlType) -> String {
    match json_value(value, ty) {
        Json::String(text) => text,
        Json::Object(hex) => format!("x'{}'", hex["hex"].as_str().unwrap_or_default()),
        other => other.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

fn text(value: &Datum, ty: &SqlType) -> String {
    let mut bytes = Vec::new();
    sqlift::write_text(value, ty, &mut bytes);
    let charset = ty
        .collation
        .get()
        .map_or(Charset::Utf8mb4, Collation::charset);
    if ty.kind.is_text() && charset != Charset::Utf8mb4 {
        let mut converted = Vec::new();
        sqlift_collation::convert(charset, Charset::Utf8mb4, &bytes, &mut converted);
        bytes = converted;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
