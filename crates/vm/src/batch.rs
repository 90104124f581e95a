//! The batch form: every step is one loop over a chunk of rows.

use crate::part;
use crate::step::Jumps;
use sqlift_functions::kernel::{BatchContext, Lanes, Selection, Vector};
use sqlift_functions::native::{Bool, Native};
use sqlift_functions::{CallId, Exit, Reason, SlotId, each_vector, with_marker};
use sqlift_ir::{Constant, Program, Slot, Step, StepIndex};
use sqlift_types::{I256, Value};
use std::fmt;
use std::sync::Arc;

/// How many rows a chunk should have.
///
/// A register of 512 eight-byte lanes takes 4 KiB, so the few that are alive at a time stay in the first-level cache. Going from
/// step to step costs some 60 ns a chunk: measured in cache, `a < b` takes 0.70, 0.43, 0.29, 0.22, 0.17 ns a row with chunks of 128,
/// 256, 512, 1,024, 4,096 rows, and a tree of four operations 3.4, 2.9, 2.65, 2.5, 2.4. Columns that come from memory are up to 2.6
/// times as slow with 1,024 and more rows as with 256. So 512: the last size that is good at both.
pub const CHUNK_ROWS: usize = 512;

/// A program that is run over chunks of rows.
///
/// A slot holds a [`Vector`] here. Jumps narrow the selection: rows that jump wait at their target, where those that come the
/// other way join them. A row that fails is reported, NULL from there on, and not dropped: whatever else it may raise is
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
        self.run_first(self.program.outputs.len(), batch, columns, parameters)
    }

    /// As [`BatchCode::run`], for the first so many outputs.
    pub fn run_first<'r>(
        &'r self,
        wanted: usize,
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
        let wanted = wanted.min(program.outputs.len());
        let outputs = batch.cx.arena.alloc_slice_fill_copy(wanted, None);
        walk.run(columns, parameters, outputs);
        batch.cx.scratch.sort_by_row();
        // An output without a vector: the chunk has no rows.
        let given = outputs.iter().zip(&program.outputs);
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
        let arena = self.batch.cx.arena;
        let mut args = bumpalo::collections::Vec::new_in(arena);
        let program = self.program;
        for (i, step) in program.steps.iter().enumerate() {
            if !self.waiting.is_empty() {
                selection = self.arrivals(i, selection);
            }
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
                    let merged = part::merge(old, new, selection, self.batch);
                    self.set(*to, merged);
                }
                Step::Jump { target } => {
                    self.waiting.push((*target, selection));
                    selection = Selection::none();
                }
                Step::JumpIfNull { slot, target } => {
                    selection = self.split_by_null(selection, *slot, true, *target);
                }
                Step::JumpIfNotNull { slot, target } => {
                    selection = self.split_by_null(selection, *slot, false, *target);
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
                    let Some(output) = outputs.get_mut(*index as usize) else {
                        continue;
                    };
                    *output = Some(part::merge(*output, self.get(*from), selection, self.batch));
                }
                Step::Return => {}
            }
        }
    }

    /// The rows at a step: those that come from the step before, and those that jumped here.
    fn arrivals(&mut self, step: usize, mut selection: Selection<'r>) -> Selection<'r> {
        let batch = self.batch;
        self.waiting.retain(|(target, arriving)| {
            let here = target.index() == step;
            if here {
                selection = part::union(selection, *arriving, batch);
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

    /// Sends the rows that are NULL (or those that are not) to the target; the others go on.
    fn split_by_null(
        &mut self,
        selection: Selection<'r>,
        slot: SlotId,
        null_jumps: bool,
        target: StepIndex,
    ) -> Selection<'r> {
        let vector = self.get(slot);
        let validity = each_vector!(&vector, lanes, R => {
            let _ = R::REPR;
            lanes.validity()
        });
        match validity {
            Ok(Some(valid)) => {
                let valid = &valid[..self.batch.rows];
                self.split(selection, target, |row| valid[row] != null_jumps)
            }
            Ok(None) if null_jumps => selection,
            Err(_) if !null_jumps => selection,
            _ => self.split_off(selection, target),
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
            Some(Lanes::Constant(truth)) if jumps.on(*truth) => self.split_off(selection, target),
            Some(Lanes::Flat {
                values,
                valid: None,
            }) => {
                let values = &values[..self.batch.rows];
                let [on_false, on_true] = [false, true].map(|truth| jumps.on(Some(truth)));
                let jumps = |row: usize| if values[row] { on_true } else { on_false };
                self.split(selection, target, jumps)
            }
            Some(Lanes::Flat {
                values,
                valid: Some(valid),
            }) => {
                let (values, valid) = (&values[..self.batch.rows], &valid[..self.batch.rows]);
                let [on_null, on_false, on_true] =
                    [None, Some(false), Some(true)].map(|truth| jumps.on(truth));
                let jumps = |row: usize| {
                    let known = if values[row] { on_true } else { on_false };
                    if valid[row] { known } else { on_null }
                };
                self.split(selection, target, jumps)
            }
            // A constant that does not jump; a verified program asks truth values only.
            _ => selection,
        }
    }

    /// Sends all rows to the target.
    fn split_off(&mut self, selection: Selection<'r>, target: StepIndex) -> Selection<'r> {
        self.waiting.push((target, selection));
        Selection::none()
    }

    /// Sends the rows for which `jumps` holds to the target; the others go on.
    #[inline(always)]
    fn split(
        &mut self,
        selection: Selection<'r>,
        target: StepIndex,
        jumps: impl Fn(usize) -> bool,
    ) -> Selection<'r> {
        let [going, staying] = part::split(selection, self.batch, jumps);
        if !going.is_empty() {
            self.waiting.push((target, going));
        }
        staying
    }
}
