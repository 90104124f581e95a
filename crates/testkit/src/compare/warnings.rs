//! Warnings: bringing the subject's into the recorded form, and comparing.

use std::collections::BTreeMap;

use super::{Aspect, Raised};
use crate::corpus::{Cell, SqlError, Warning};

/// Distinct warnings of a statement in order of first appearance, counted.
pub(super) fn of_statement(raised: &[Raised]) -> Vec<Warning> {
    count(
        raised
            .iter()
            .map(|raised| (raised.code, raised.message.clone(), raised.times)),
    )
}

/// The same, as if each row that does not fail had been asked for in a statement of its own.
pub(super) fn row_by_row(raised: &[Raised], rows: &[Result<Cell, SqlError>]) -> Vec<Warning> {
    let mut by_row: BTreeMap<usize, Vec<&Raised>> = BTreeMap::new();
    for warning in raised {
        if let Some(row) = warning.row {
            by_row.entry(row).or_default().push(warning);
        }
    }
    let early: Vec<&Raised> = raised
        .iter()
        .filter(|warning| warning.row.is_none())
        .collect();
    let successful = rows
        .iter()
        .enumerate()
        .filter(|(_, outcome)| outcome.is_ok());
    count(successful.flat_map(|(row, _)| {
        early
            .iter()
            .chain(by_row.get(&row).into_iter().flatten())
            .map(move |warning| {
                (
                    warning.code,
                    renumbered(&warning.message, row),
                    warning.times,
                )
            })
    }))
}

/// An error of row `row` as a statement for that row alone words it.
pub(super) fn renumbered_error(error: &SqlError, row: usize) -> SqlError {
    SqlError {
        message: renumbered(&error.message, row),
        ..error.clone()
    }
}

/// Turns the row's own number into 1, what it is in a statement for that row alone.
fn renumbered(message: &str, row: usize) -> String {
    let own = format!(" at row {}", row + 1);
    match message.find(&own) {
        Some(at) if !message[at + own.len()..].starts_with(|next: char| next.is_ascii_digit()) => {
            format!("{} at row 1{}", &message[..at], &message[at + own.len()..])
        }
        _ => message.to_owned(),
    }
}

fn count(warnings: impl Iterator<Item = (u16, String, u64)>) -> Vec<Warning> {
    let mut counted: Vec<Warning> = Vec::new();
    for (code, message, times) in warnings {
        match counted
            .iter_mut()
            .find(|known| known.code == code && known.message == message)
        {
            Some(known) => known.times += times,
            None => counted.push(Warning {
                code,
                message,
                times,
            }),
        }
    }
    counted
}

/// Reports how two lists of counted warnings differ: by the codes, else by the texts, else by order, else by counts.
pub(super) fn compare(
    expected: &[Warning],
    got: &[Warning],
    mut differ: impl FnMut(Aspect, String, String, String),
) {
    if expected == got {
        return;
    }
    let codes = |warnings: &[Warning]| {
        let mut codes: Vec<u16> = warnings.iter().map(|warning| warning.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let (expected_codes, got_codes) = (codes(expected), codes(got));
    let list = |warnings: &[Warning]| match warnings {
        [] => "none".to_owned(),
        _ => warnings
            .iter()
            .map(Warning::to_string)
            .collect::<Vec<_>>()
            .join("; "),
    };
    let mut report = |aspect, kind| differ(aspect, list(expected), list(got), kind);
    if expected_codes != got_codes {
        let without = |all: &[u16], others: &[u16]| {
            let rest: Vec<String> = all
                .iter()
                .filter(|code| !others.contains(code))
                .map(u16::to_string)
                .collect();
            rest.join(", ")
        };
        let (missing, extra) = (
            without(&expected_codes, &got_codes),
            without(&got_codes, &expected_codes),
        );
        report(
            Aspect::WarningCodes,
            match (missing.as_str(), extra.as_str()) {
                (missing, "") => format!("missing {missing}"),
                ("", extra) => format!("unexpected {extra}"),
                (missing, extra) => format!("{missing} -> {extra}"),
            },
        );
        return;
    }
    let find = |list: &[Warning], warning: &Warning| {
        list.iter()
            .position(|other| other.code == warning.code && other.message == warning.message)
    };
    let foreign = expected.iter().find(|warning| find(got, warning).is_none());
    if let Some(warning) =
        foreign.or_else(|| got.iter().find(|warning| find(expected, warning).is_none()))
    {
        report(Aspect::WarningTexts, format!("{}", warning.code));
        return;
    }
    let in_order = expected
        .iter()
        .zip(got)
        .all(|(a, b)| a.code == b.code && a.message == b.message);
    if !in_order {
        report(Aspect::WarningOrder, "order".into());
    }
    let recount = expected
        .iter()
        .find(|warning| find(got, warning).is_none_or(|at| got[at].times != warning.times));
    if let Some(warning) = recount {
        report(Aspect::WarningTimes, format!("{}", warning.code));
    }
}
