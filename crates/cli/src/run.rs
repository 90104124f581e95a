//! `sqlift run`: the main job.

use crate::arguments::{self, Format, Run};
use crate::failure::Failure;
use crate::input;
use crate::output::Writer;
use crate::report::{self, Progress};
use crate::stream::Stream;
use sqlift::{Engine, Session};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(crate) fn run(arguments: &Run) -> Result<(), Failure> {
    let started = Instant::now();
    let session = session(&arguments.settings)?;
    let engine = Engine::new().with_policy(arguments.tier);
    let format = format(arguments)?;
    let filter = arguments.filter.as_deref().map(arguments::text);
    let filter = filter.transpose()?;
    let (from, schema) = (&arguments.from, arguments.schema.as_deref());
    let mut input = input::open(from, schema, arguments.batch as usize)?;
    let select = &arguments.select;
    let mut stream = Stream::new(&engine, &input, &session, filter.as_deref(), select)?;
    let mut writer = Writer::open(&arguments.to, format, stream.columns().to_vec())?;
    let progress = Progress::new(&input.total);
    for batch in input.batches.by_ref() {
        let (arrays, rows) = stream.batch(&batch?)?;
        writer.write(&arrays, rows)?;
        progress.at(stream.rows_in, &input.total);
    }
    progress.clear();
    writer.finish()?;
    report::warnings(&stream)?;
    if arguments.stats {
        report::statistics(&stream, &input, started.elapsed())?;
    }
    Ok(())
}

/// The settings given, and one time for all expressions: they are of one statement.
pub(crate) fn session(settings: &[(String, String)]) -> Result<Session, Failure> {
    let mut session = Session::default();
    for (name, value) in settings {
        session.set(name, value).map_err(Failure::setting)?;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX));
    session.now.get_or_insert(micros);
    Ok(session)
}

fn format(arguments: &Run) -> Result<Format, Failure> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    let ending = arguments
        .to
        .rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase());
    match ending.as_deref() {
        _ if arguments.to == "-" => Ok(Format::Table),
        Some("csv") => Ok(Format::Csv),
        Some("json" | "jsonl") => Ok(Format::Json),
        Some("parquet") => Ok(Format::Parquet),
        Some("txt") => Ok(Format::Table),
        _ => Err(Failure::Usage(format!(
            "no --format, and `{}` does not tell one by its ending",
            arguments.to
        ))),
    }
}
