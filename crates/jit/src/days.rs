//! Dates of Arrow arrays as they are: days since 1970.
//!
//! To make MySQL's packed dates of them takes some thirty operations. Where dates are only put in order, beside each other and beside
//! constants, days will do: both grow together.

use crate::column::ColumnKind;
use sqlift_ir::{Program, Step};
use sqlift_types::temporal::{self, calendar};
use sqlift_types::{Datum, Repr};

/// Which slots are held as days since 1970: columns of days and constants, all of whose readers ask for their order alone.
pub(crate) fn slots(program: &Program, kinds: &[ColumnKind]) -> Vec<bool> {
    let writes = program.write_counts();
    let mut held = vec![false; program.slots.len()];
    for step in &program.steps {
        match step {
            Step::Column { to, column } if writes[to.index()] == 1 => {
                held[to.index()] = kinds[*column as usize] == ColumnKind::Date32;
            }
            Step::Constant { to, constant } if writes[to.index()] == 1 => {
                let constant = &program.constants[*constant as usize];
                held[to.index()] = constant.slot.repr == Repr::Date
                    && (constant.value.is_null() || of_constant(&constant.value).is_some());
            }
            _ => {}
        }
    }
    let mut lost = Vec::new();
    // A reader that needs the date of one of its arguments needs it of all.
    loop {
        let mut changed = false;
        for step in &program.steps {
            let reads = step.reads();
            let only_ordered = match step {
                Step::Call { call, .. } => program.calls[call.index()].overload().only_orders(),
                _ => false,
            };
            if only_ordered && reads.iter().all(|slot| held[slot.index()]) {
                continue;
            }
            for slot in reads {
                changed |= std::mem::take(&mut held[slot.index()]);
            }
        }
        // A column is read once, in one form.
        let forms: Vec<(u32, usize)> = program
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Column { to, column } => Some((*column, to.index())),
                _ => None,
            })
            .collect();
        for (column, _) in forms.iter().filter(|(_, slot)| !held[*slot]) {
            for (_, slot) in forms.iter().filter(|(other, _)| other == column) {
                lost.push(*slot);
            }
        }
        for slot in lost.drain(..) {
            changed |= std::mem::take(&mut held[slot]);
        }
        if !changed {
            return held;
        }
    }
}

/// Days since 1970 of a date that the calendar has.
pub(crate) fn of_constant(value: &Datum) -> Option<i64> {
    let Datum::Date(packed) = value else {
        return None;
    };
    let date = temporal::Date::from_packed_trusted(*packed);
    let number = calendar::day_number(date);
    let is_real = calendar::date_of(number).is_some_and(|d| d.to_packed() == *packed);
    (is_real && date.year() > 0).then(|| number - calendar::day_number_of(1970, 1, 1))
}
