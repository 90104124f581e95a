//! The batch form: every step is one loop over a chunk of rows.

use crate::step::Jumps;
use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Lanes, Selection, Vector};
use sqlift_functions::native::{Bool, Native};
use sqlift_functions::{CallId, Exit, Reason, SlotId, each_vector, with_marker};
use sqlift_ir::{Constant, Program, Slot, Step, StepIndex};
use sqlift_types::{I256, Value};
use std::fmt;
use std::sync::Arc;

/// How many rows a chunk should have.
///
/// A register of 512 eight-byte lanes takes 4 KiB, so the few that are alive at a time stay in the first-level cache, and the
/// price of going from step to step (a few dozen instructions) is spread thin. Measured on expressions of 3 to 16 operations:
/// 256 and 512 are level with each other; from memory they are up to 2.6 times as fast as 1,024 and more.
pub const CHUNK_ROWS: usize = 512;

/// A program that is run over chunks of rows.
///
/// A slot holds a [`Vector`] here. Jumps narrow the selection: rows that jump wait at their target, and are merged there with
/// those that come the other way. A row that fails is reported, NULL from there on, and not dropped: whatever else it may raise is
/// of no account, since its report makes the engine evaluate it anew, and steps over all rows keep their vectorised loops.
#[derive(Clone)]
pub struct BatchCode {
    program: Arc<Program>,
}

impl BatchCode {
    /// Takes a program; one that [`RowCode::prepare`](crate::RowCode::prepare) accepts, for that is where constants are checked.
    pub fn prepare(program: Arc<Program>) -> BatchCode {
        debug_assert_eq!(program.verify(), Ok(()), "{program}");
        BatchCode { program }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Evaluates a chunk: a vector for each output, in the chunk's arena.
    ///
    /// `columns[i]` holds the chunk of the program's `columns[i]`; `batch.rows` is at most 65,536, and best [`CHUNK_ROWS`].
    /// Rows that fail are in the scratch as batch exits, one a row, in ascending order, and have no meaning in the outputs;
    /// warnings are there by row, in the order in which each row raised them.
    pub fn run<'r>(
        &'r self,
        batch: &BatchContext<'r>,
        columns: &[Vector<'r>],
        parameters: &[Value<'r>],
    ) -> &'r [Vector<'r>] {
        let program = &*self.program;
        let mut walk = Walk {
            program,
            batch,
            registers: bumpalo::vec![in batch.cx.arena; None; program.slots.len()],
            waiting: Vec::new(),
        };
        let mut outputs = vec![None; program.outputs.len()];
        walk.run(columns, parameters, &mut outputs);
        batch.cx.scratch.sort_by_row();
        // An output without a vector: the chunk has no rows.
        let given = outputs.into_iter().zip(&program.outputs);
        let given = given.map(|(vector, ty)| vector.unwrap_or_else(|| Vector::null(ty.repr())));
        batch.cx.arena.alloc_slice_fill_iter(given)
    }
}

impl fmt::Debug for BatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchCode\n{}", self.program)
    }
}

/// A chunk on its way through the steps.
struct Walk<'a, 'r> {
    program: &'r Program,
    batch: &'a BatchContext<'r>,
    registers: bumpalo::collections::Vec<'r, Option<Vector<'r>>>,
    /// Rows that jumped, and where to.
    waiting: Vec<(StepIndex, Selection<'r>)>,
}

impl<'r> Walk<'_, 'r> {
    fn run(
        &mut self,
        columns: &[Vector<'r>],
        parameters: &[Value<'r>],
        outputs: &mut [Option<Vector<'r>>],
    ) {
        let mut selection = Selection::All(self.batch.rows);
        let mut args: Vec<Vector<'r>> = Vec::new();
        let program = self.program;
        for (i, step) in program.steps.iter().enumerate() {
            selection = self.arrivals(i, selection);
            if selection.is_empty() {
                continue;
            }
            match step {
                Step::Column { to, column } => self.set(*to, columns[*column as usize]),
                Step::Constant { to, constant } => {
                    let vector = self.constant(&program.constants[*constant as usize]);
                    self.set(*to, vector);
                }
                Step::Parameter { to, parameter } => {
                    let cell = parameters.get(*parameter as usize).copied();
                    let vector = self.parameter(cell, program.slots[to.index()], selection);
                    self.set(*to, vector);
                }
                Step::Call {
                    to,
                    call,
                    args: slots,
                } => {
                    args.clear();
                    args.extend(slots.iter().map(|slot| self.get(*slot)));
                    let kernel = &program.calls[call.index()].kernel;
                    let vector = kernel.batch(*call, self.batch, &args, selection);
                    self.set(*to, vector);
                }
                Step::Copy { to, from } => {
                    let new = self.get(*from);
                    let old = self.registers[to.index()];
                    let merged = merge(old, new, selection, self.batch);
                    self.set(*to, merged);
                }
                Step::Jump { target } => {
                    self.waiting.push((*target, selection));
                    selection = Selection::Rows(&[]);
                }
                Step::JumpIfNull { slot, target } => {
                    let null = self.nulls(*slot);
                    selection = self.split(selection, *target, null);
                }
                Step::JumpIfNotNull { slot, target } => {
                    let null = self.nulls(*slot);
                    selection = self.split(selection, *target, |row| !null(row));
                }
                Step::JumpIfFalse { slot, target } => {
                    selection = self.split_by_truth(selection, *slot, Jumps::IfFalse, *target);
                }
                Step::JumpIfTrue { slot, target } => {
                    selection = self.split_by_truth(selection, *slot, Jumps::IfTrue, *target);
                }
                Step::JumpUnlessTrue { slot, target } => {
                    selection = self.split_by_truth(selection, *slot, Jumps::UnlessTrue, *target);
                }
                Step::Output { index, from } => {
                    let output = &mut outputs[*index as usize];
                    *output = Some(merge(*output, self.get(*from), selection, self.batch));
                }
                Step::Return => {}
            }
        }
    }

    /// The rows at a step: those that come from the step before, and those that jumped here.
    fn arrivals(&mut self, step: usize, mut selection: Selection<'r>) -> Selection<'r> {
        let arena = self.batch.cx.arena;
        let rows = self.batch.rows;
        self.waiting.retain(|(target, arriving)| {
            let here = target.index() == step;
            if here {
                selection = union(selection, *arriving, rows, arena);
            }
            !here
        });
        selection
    }

    fn get(&self, slot: SlotId) -> Vector<'r> {
        let repr = self.program.slots[slot.index()].repr;
        self.registers[slot.index()].unwrap_or_else(|| Vector::null(repr))
    }

    fn set(&mut self, slot: SlotId, vector: Vector<'r>) {
        self.registers[slot.index()] = Some(vector);
    }

    fn constant(&self, constant: &'r Constant) -> Vector<'r> {
        let Slot { repr, scale, .. } = constant.slot;
        let wide = self.batch.cx.arena.alloc(I256::ZERO);
        with_marker!(repr, R => {
            let cell = constant.value.as_cell_of(repr, scale, wide);
            R::vector(Lanes::Constant(cell.and_then(|cell| R::load(cell, scale))))
        })
    }

    fn parameter(
        &self,
        cell: Option<Value<'r>>,
        slot: Slot,
        selection: Selection<'r>,
    ) -> Vector<'r> {
        with_marker!(slot.repr, R => {
            let value = cell.and_then(|cell| R::load(cell, slot.scale));
            if value.is_none() && cell != Some(Value::Null) {
                let exit = Exit::Deopt(Reason::CellType);
                selection.for_each(|row| self.batch.exit(row, CallId::NONE, exit));
            }
            R::vector(Lanes::Constant(value))
        })
    }

    /// Tells of each row whether the slot is NULL.
    fn nulls(&self, slot: SlotId) -> impl Fn(usize) -> bool + use<'r> {
        let vector = self.get(slot);
        let validity = each_vector!(&vector, lanes, R => {
            let _ = R::REPR;
            lanes.validity()
        });
        move |row| match validity {
            Ok(None) => false,
            Ok(Some(valid)) => !valid[row],
            Err(_) => true,
        }
    }

    fn split_by_truth(
        &mut self,
        selection: Selection<'r>,
        slot: SlotId,
        jumps: Jumps,
        target: StepIndex,
    ) -> Selection<'r> {
        let vector = self.get(slot);
        match Bool::lanes(&vector) {
            Some(lanes) => self.split(selection, target, |row| jumps.on(lanes.get(row))),
            // A verified program asks truth values only.
            None => selection,
        }
    }

    /// Sends the rows for which `jumps` holds to the target; the others go on.
    fn split(
        &mut self,
        selection: Selection<'r>,
        target: StepIndex,
        jumps: impl Fn(usize) -> bool,
    ) -> Selection<'r> {
        let arena = self.batch.cx.arena;
        let count = selection.len();
        let going = arena.alloc_slice_fill_copy(count, 0_u16);
        let staying = arena.alloc_slice_fill_copy(count, 0_u16);
        let (mut gone, mut stayed) = (0, 0);
        // Without a branch: which way a row goes is as good as random.
        selection.for_each(|row| {
            let jump = jumps(row);
            going[gone] = row as u16;
            staying[stayed] = row as u16;
            gone += usize::from(jump);
            stayed += usize::from(!jump);
        });
        if gone == 0 {
            return selection;
        }
        if stayed == 0 {
            self.waiting.push((target, selection));
            return Selection::Rows(&[]);
        }
        self.waiting.push((target, Selection::Rows(&going[..gone])));
        Selection::Rows(&staying[..stayed])
    }
}

/// The rows that are in one of two selections.
fn union<'r>(a: Selection<'r>, b: Selection<'r>, rows: usize, arena: &'r Bump) -> Selection<'r> {
    let (a, b) = match (a, b) {
        (Selection::Rows(a), Selection::Rows(b)) => (a, b),
        (all, Selection::Rows(_)) => return all,
        (_, all) => return all,
    };
    if a.is_empty() || b.is_empty() {
        return Selection::Rows(if a.is_empty() { b } else { a });
    }
    if a.len() + b.len() >= rows {
        return Selection::All(rows);
    }
    let (mut i, mut j) = (0, 0);
    let both = arena.alloc_slice_fill_with(a.len() + b.len(), |_| match (a.get(i), b.get(j)) {
        (Some(x), Some(y)) if x < y => {
            i += 1;
            *x
        }
        (Some(x), None) => {
            i += 1;
            *x
        }
        (_, Some(y)) => {
            j += 1;
            *y
        }
        // As many rows as the two have together.
        (None, None) => 0,
    });
    Selection::Rows(both)
}

/// The lanes of `new` in the selected rows, those of `old` elsewhere.
fn merge<'r>(
    old: Option<Vector<'r>>,
    new: Vector<'r>,
    selection: Selection<'r>,
    batch: &BatchContext<'r>,
) -> Vector<'r> {
    let Selection::Rows(selected) = selection else {
        return new;
    };
    // What other rows hold matters to nobody when nobody has written it.
    let Some(old) = old else { return new };
    let (arena, rows) = (batch.cx.arena, batch.rows);
    each_vector!(&new, new_lanes, R => {
        let Some(old_lanes) = R::lanes(&old) else { return new };
        let values = match old_lanes {
            Lanes::Flat { values, .. } => arena.alloc_slice_copy(&values[..rows]),
            Lanes::Constant(value) => arena.alloc_slice_fill_copy(rows, value.unwrap_or(R::blank())),
        };
        let valid = match old_lanes.validity() {
            Ok(None) => arena.alloc_slice_fill_copy(rows, true),
            Ok(Some(valid)) => arena.alloc_slice_copy(&valid[..rows]),
            Err(_) => arena.alloc_slice_fill_copy(rows, false),
        };
        for row in selected {
            let row = usize::from(*row);
            let lane = new_lanes.get(row);
            valid[row] = lane.is_some();
            if let Some(value) = lane {
                values[row] = value;
            }
        }
        R::vector(Lanes::Flat { values, valid: Some(valid) })
    })
}
