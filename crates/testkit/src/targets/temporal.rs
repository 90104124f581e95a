//! Dates and times through the engine, against a calendar that counts.
//!
//! Every expression is compiled once; an input chooses one and makes a row for it. Dates are real ones (zero and partial dates follow
//! `sql_mode`, which the corpus covers); the zone is UTC.

mod cases;
mod rows;

use std::sync::LazyLock;

use sqlift::{Datum, Schema, Session, SqlType};

use super::TargetHits;
use super::probe::{Answer, Once, Probe, any_tier};
use crate::generate::Random;
use crate::naive::calendar::{Day, Moment};
use rows::{any_row, cells};

/// 838:59:59, the longest TIME.
const MOST_TIME: i64 = (839 * 3600 - 1) * 1_000_000;

/// The cells of a row, in the order of [`SCHEMA`], and what its text was made from.
struct Row {
    d: Day,
    m: Moment,
    o: Moment,
    z: Moment,
    t: i64,
    u: i64,
    n: i64,
    k: i64,
    text: Made,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("d", SqlType::date()),
        ("m", SqlType::datetime(6)),
        ("o", SqlType::datetime(6)),
        ("z", SqlType::datetime(0)),
        ("t", SqlType::time(6)),
        ("u", SqlType::time(6)),
        ("n", SqlType::bigint()),
        ("k", SqlType::bigint()),
        ("s", SqlType::varchar(60)),
    ])
});

/// A text and what it says.
#[derive(Default)]
struct Made {
    text: String,
    months: i128,
    micros: i128,
}

/// What the text of a row is made to be.
#[derive(Clone, Copy)]
enum Text {
    Nothing,
    /// The fields of a compound interval: first and number, in the order year, month, day, hour, minute, second, microsecond.
    Fields(usize, usize),
    /// `m`, in one of the spellings of a date and time.
    Moment,
    /// `t`, in one of the spellings of a time.
    Time,
}

type Reference = Box<dyn Fn(&Row) -> Option<Answer> + Send + Sync>;

struct Case {
    subject: &'static str,
    expression: String,
    text: Text,
    /// The answer; `None` where the reference knows of none.
    reference: Reference,
    probes: [Once; 3],
}

/// The cases, while they are listed.
#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(
        &mut self,
        subject: &'static str,
        expression: impl Into<String>,
        reference: impl Fn(&Row) -> Option<Answer> + Send + Sync + 'static,
    ) {
        self.of_text(subject, expression, Text::Nothing, reference);
    }

    fn of_text(
        &mut self,
        subject: &'static str,
        expression: impl Into<String>,
        text: Text,
        reference: impl Fn(&Row) -> Option<Answer> + Send + Sync + 'static,
    ) {
        self.0.push(Case {
            subject,
            expression: expression.into(),
            text,
            reference: Box::new(reference),
            probes: Default::default(),
        });
    }

    fn number(
        &mut self,
        subject: &'static str,
        expression: impl Into<String>,
        reference: impl Fn(&Row) -> i64 + Send + Sync + 'static,
    ) {
        self.add(subject, expression, move |row| {
            Some(Answer::Text(reference(row).to_string()))
        });
    }
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(cases::all);

/// Everything that a run has to reach.
pub(super) fn subjects() -> Vec<&'static str> {
    let mut subjects: Vec<&'static str> = CASES.iter().map(|case| case.subject).collect();
    subjects.dedup();
    subjects.sort_unstable();
    subjects.dedup();
    subjects.extend(["NULL", "out of range"]);
    subjects
}

pub(super) fn check(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    let place = random.below(CASES.len());
    let case = &CASES[place];
    let tier = any_tier(random);
    let probe = case.probes[tier as usize].get_or_init(|| {
        let mut session = Session::default();
        session
            .set("time_zone", "+00:00")
            .map_err(|error| error.to_string())?;
        Probe::new(&case.expression, &SCHEMA, &session, tier)
    });
    let probe = probe.as_ref().map_err(Clone::clone)?;
    let row = any_row(random, case.text);
    let mut cells = cells(&row);
    if random.chance(1, 16) {
        hits.count("NULL");
        let cell = random.below(cells.len());
        cells[cell] = Datum::Null;
        let (got, _) = probe.ask(&cells);
        if got != Answer::Null && reads(&case.expression, cell) {
            return Err(probe.differs(&cells, "NULL", &got));
        }
        return Ok(());
    }
    hits.count(case.subject);
    let Some(expected) = (case.reference)(&row) else {
        return Ok(());
    };
    let (got, _) = probe.ask(&cells);
    if expected == Answer::Null {
        hits.count("out of range");
    }
    if got != expected {
        return Err(probe.differs(&cells, &expected.to_string(), &got));
    }
    Ok(())
}

/// Whether an expression reads a column: its name stands alone in it.
fn reads(expression: &str, column: usize) -> bool {
    let name = &SCHEMA.columns()[column].name;
    let mut words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '%');
    words.any(|word| word == name)
}
