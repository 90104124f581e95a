//! Where the rows of a chunk part and join: masks, and values chosen by them. Loops without a branch, on the machine's best instructions;
//! constants are not spread out for them.

use sqlift_functions::each_vector;
use sqlift_functions::kernel::{AllNull, BatchContext, Lanes, Selection, Vector};
use sqlift_functions::native::Native;

/// A lane for each row of a chunk.
#[inline(always)]
fn fill<'r, T: Copy + 'r>(batch: &BatchContext<'r>, value: impl Fn(usize) -> T) -> &'r [T] {
    batch.arch.dispatch(
        #[inline(always)]
        || &*batch.cx.arena.alloc_slice_fill_with(batch.rows, &value),
    )
}

/// How many lanes are true.
#[inline(always)]
fn count(lanes: &[bool]) -> usize {
    // Sums of so few fit a byte, which vectorises best.
    let some = |lanes: &[bool]| lanes.iter().fold(0_u8, |n, lane| n + u8::from(*lane));
    lanes
        .chunks(128)
        .map(|lanes| usize::from(some(lanes)))
        .sum()
}

/// The selected rows for which `jumps` holds, and the others.
#[inline(always)]
pub(crate) fn split<'r>(
    selection: Selection<'r>,
    batch: &BatchContext<'r>,
    jumps: impl Fn(usize) -> bool,
) -> [Selection<'r>; 2] {
    let rows = batch.rows;
    let (going, staying) = match selection {
        Selection::All(_) => {
            let going = fill(batch, jumps);
            (going, fill(batch, |row| !going[row]))
        }
        Selection::Some { mask, .. } => {
            let mask = &mask[..rows];
            let going = fill(batch, |row| mask[row] & jumps(row));
            (going, fill(batch, |row| mask[row] & !going[row]))
        }
    };
    let gone = batch.arch.dispatch(
        #[inline(always)]
        || count(going),
    );
    [(going, gone), (staying, selection.len() - gone)].map(|(mask, count)| match count == rows {
        true => Selection::All(rows),
        false => Selection::Some { mask, count },
    })
}

/// The rows that are in one of two selections. A row is at one place of a program at a time, so none is in both.
pub(crate) fn union<'r>(
    a: Selection<'r>,
    b: Selection<'r>,
    batch: &BatchContext<'r>,
) -> Selection<'r> {
    let (rows, count) = (batch.rows, a.len() + b.len());
    match (a, b) {
        (a, b) if b.is_empty() => a,
        (a, b) if a.is_empty() => b,
        (Selection::Some { mask: a, .. }, Selection::Some { mask: b, .. }) if count < rows => {
            let (a, b) = (&a[..rows], &b[..rows]);
            let mask = fill(batch, |row| a[row] | b[row]);
            Selection::Some { mask, count }
        }
        _ => Selection::All(rows),
    }
}

/// The lanes of `new` in the selected rows, those of `old` elsewhere.
pub(crate) fn merge<'r>(
    old: Option<Vector<'r>>,
    new: Vector<'r>,
    selection: Selection<'r>,
    batch: &BatchContext<'r>,
) -> Vector<'r> {
    let Selection::Some { mask, .. } = selection else {
        return new;
    };
    // What other rows hold matters to nobody when nobody has written it.
    let Some(old) = old else { return new };
    let (arena, rows) = (batch.cx.arena, batch.rows);
    let mask = &mask[..rows];
    each_vector!(&new, new_lanes, R => {
        let Some(old_lanes) = R::lanes(&old) else { return new };
        let blank = |value: Option<_>| value.unwrap_or(R::blank());
        let values = match (*old_lanes, *new_lanes) {
            (Lanes::Constant(None), Lanes::Constant(None)) => return new,
            (Lanes::Constant(old), Lanes::Constant(new)) => {
                let (old, new) = (blank(old), blank(new));
                fill(batch, |row| if mask[row] { new } else { old })
            }
            (Lanes::Constant(old), new) => {
                let (old, new) = (blank(old), new.spread(rows, arena));
                fill(batch, |row| {
                    let new = new[row];
                    if mask[row] { new } else { old }
                })
            }
            (old, Lanes::Constant(new)) => {
                let (old, new) = (old.spread(rows, arena), blank(new));
                fill(batch, |row| {
                    let old = old[row];
                    if mask[row] { new } else { old }
                })
            }
            (old, new) => {
                let (old, new) = (old.spread(rows, arena), new.spread(rows, arena));
                fill(batch, |row| {
                    let (old, new) = (old[row], new[row]);
                    if mask[row] { new } else { old }
                })
            }
        };
        let valid = validity(old_lanes.validity(), new_lanes.validity(), mask, batch);
        R::vector(Lanes::Flat { values, valid })
    })
}

type Validity<'r> = Result<Option<&'r [bool]>, AllNull>;

/// The validity of merged lanes.
fn validity<'r>(
    old: Validity<'r>,
    new: Validity<'r>,
    mask: &'r [bool],
    batch: &BatchContext<'r>,
) -> Option<&'r [bool]> {
    let rows = mask.len();
    let part = |valid: Validity<'r>| valid.map(|lanes| lanes.map(|lanes| &lanes[..rows]));
    Some(match (part(old), part(new)) {
        (Ok(None), Ok(None)) => return None,
        (Ok(Some(old)), Ok(Some(new))) => fill(batch, |row| {
            let (old, new) = (old[row], new[row]);
            if mask[row] { new } else { old }
        }),
        (Ok(Some(old)), Ok(None)) => fill(batch, |row| old[row] | mask[row]),
        (Ok(Some(old)), Err(_)) => fill(batch, |row| old[row] & !mask[row]),
        (Ok(None), Ok(Some(new))) => fill(batch, |row| new[row] | !mask[row]),
        (Err(_), Ok(Some(new))) => fill(batch, |row| new[row] & mask[row]),
        (Ok(None), Err(_)) => fill(batch, |row| !mask[row]),
        (Err(_), _) => mask,
    })
}
