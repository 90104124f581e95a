//! `sqlift eval`: one expression, or a case a line.

use crate::arguments::{self, Eval};
use crate::failure::Failure;
use crate::input::{definitions, duplicate};
use crate::run::session;
use crate::values;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sqlift::{
    Column, Context, Datum, Engine, Error, Expression, I256, Schema, Session, SqlType, TypeKind,
    Value, Warning,
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
    let Some(given) = &arguments.expression else {
        return Err(Failure::Usage("no expression".to_owned()));
    };
    let text = &arguments::text(given)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let answer = answer(&engine, text, &schema, &session, &row);
        writeln!(out, "{}", Json::Object(answer))?;
        return Ok(());
    }
    let wrong = |e: Error| Failure::expression("expression", text, e);
    let expression = engine.compile(text, &schema, &session).map_err(wrong)?;
    let mut context = expression.context();
    let value = evaluate(&expression, &row, &mut context).map_err(wrong)?;
    let shown = values::text(&value, expression.sql_type());
    writeln!(out, "{}", shown.as_deref().unwrap_or("NULL"))?;
    for Warning { code, message, .. } in expression
        .warnings()
        .iter()
        .chain(context.diagnostics().warnings())
    {
        let _ = writeln!(std::io::stderr(), "Warning {code}: {message}");
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
        let schema = definitions("--col", definition)?;
        let [column] = schema.columns() else {
            return Err(wrong("expected one column"));
        };
        let datum = match value {
            "NULL" => Datum::Null,
            text => values::read(text, &column.ty)
                .ok_or_else(|| wrong(&format!("the value is no {}", column.ty)))?,
        };
        if columns
            .iter()
            .any(|c| c.name.to_lowercase() == column.name.to_lowercase())
        {
            return Err(Failure::setting(duplicate(&column.name)));
        }
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
    settings: BTreeMap<String, Json>,
}

/// One case a line; a line that is no case is answered by an error of its own.
fn cases(
    engine: &Engine,
    session: &Session,
    schema: &Schema,
    row: &[Datum],
) -> Result<(), Failure> {
    // Standard output keeps no line back, so that whoever asks may wait for the answer before asking again.
    let mut out = std::io::stdout().lock();
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match serde_json::from_slice::<Case>(&line) {
            Ok(case) => {
                let mut session = session.clone();
                let set = case
                    .settings
                    .iter()
                    .try_for_each(|(name, value)| match value {
                        Json::String(text) => session.set(name, text),
                        other => session.set(name, &other.to_string()),
                    });
                match set {
                    Ok(()) => answer(engine, &case.expr, schema, &session, row),
                    Err(error) => error_answer(&error),
                }
            }
            Err(error) => {
                let mut answer = Map::new();
                let what = format!("line {number}: {error}");
                answer.insert("invalid".into(), json!(what));
                answer
            }
        };
        writeln!(out, "{}", Json::Object(answer))?;
    }
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
    match values::hex(value, ty) {
        Some(hex) => json!({ "hex": hex }),
        None => json!(values::text(value, ty)),
    }
}
