//! The batch form: a function that holds the loop over blocks of 64 rows and reads columns in place.
//!
//! In a block the rows go through the loop one or two at a time; validity words are AND-ed apart from the values; guards only
//! collect flags, and a block with a flag is reported, to be done again by something precise. Jumps become conditions that rows
//! carry along: everything is computed for every row, and merged by condition.

use crate::abi::*;
use crate::check::Width;
use crate::column::{ColumnKind, load_element, load_pair};
use crate::finite::Finite;
use crate::held::{Held, cell_flags, load_cell};
use crate::plan::{Nulls, Plan};
use crate::scalar::{Exits, Guards, Scalar, and_not, either, not, value};
use crate::vector::{self, Vector, splat};
use crate::word::Word;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64, I64X2, I128};
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, Type, Value};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::emit::{Emit, Lowered};
use sqlift_functions::{CallId, Exit, Reason, SlotId};
use sqlift_ir::{Program, Step};
use sqlift_types::{Datum, Repr};
use std::collections::HashMap;

/// Frame, blocks; gives `1 +` the number of flagged blocks, or 0 when a parameter is not of its type.
pub(crate) fn signature(convention: CallConv) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params.extend([AbiParam::new(I64); 2]);
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// What a function for blocks is built of.
pub(crate) struct Batch<'a> {
    pub(crate) program: &'a Program,
    pub(crate) kinds: &'a [ColumnKind],
    pub(crate) plan: &'a Plan,
    pub(crate) layout: CellLayout,
}

/// Builds the function.
pub(crate) fn build(batch: &Batch<'_>, mut b: FunctionBuilder<'_>, finish: TargetFrontendConfig) {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let (frame, blocks) = (b.block_params(entry)[0], b.block_params(entry)[1]);
    let mut builder = BlockLoop::enter(batch, &mut b, frame);
    builder.blocks(frame, blocks);
    let exits = std::mem::take(&mut builder.exits);
    exits.finish(&mut b, |_| 0);
    b.finalize(finish);
}

#[derive(Clone, Copy)]
struct Column {
    values: Value,
    validity: Value,
    stride: Value,
}

/// A truth value that the rows of a block give, bit by bit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Bits {
    Value(SlotId),
    Null(SlotId),
}

/// The rows for which a step counts.
#[derive(Clone, Copy)]
enum Rows {
    All,
    /// Where this truth value holds.
    Where(Value),
}

struct BlockLoop<'a, 'b, 'f> {
    batch: &'a Batch<'a>,
    b: &'b mut FunctionBuilder<'f>,
    columns: Vec<Column>,
    outputs: Vec<(Value, Value)>,
    parameters: HashMap<SlotId, Held>,
    exits: Exits,
    flags: Variable,
    /// Words that collect bits, the rows at hand last.
    streams: Vec<(Bits, Variable)>,
    // Of the block at hand:
    /// Validity words of nullable columns.
    valid: Vec<Option<Value>>,
    /// Words of columns of bits.
    words: Vec<Option<Value>>,
    /// Where the block's values begin.
    bases: Vec<Value>,
    output_bases: Vec<Value>,
    // Of the rows at hand:
    /// The first row's number in the block.
    row: Value,
    /// How many rows behind it.
    ahead: usize,
    held: Vec<Option<Held>>,
    loaded: Vec<Option<Value>>,
    /// Where any of some columns is NULL.
    masks: HashMap<Vec<u32>, Value>,
    finite: Finite,
}

impl<'a, 'b, 'f> BlockLoop<'a, 'b, 'f> {
    /// What is done once: addresses of buffers, parameters.
    fn enter(batch: &'a Batch<'a>, b: &'b mut FunctionBuilder<'f>, frame: Value) -> Self {
        let fixed = cell_flags();
        let program = batch.program;
        let table = b.ins().load(I64, fixed, frame, BATCH_COLUMNS);
        let columns = (0..program.columns.len() as i32).map(|i| Column {
            values: b.ins().load(I64, fixed, table, i * COLUMN + COLUMN_VALUES),
            validity: b
                .ins()
                .load(I64, fixed, table, i * COLUMN + COLUMN_VALIDITY),
            stride: b.ins().load(I64, fixed, table, i * COLUMN + COLUMN_STRIDE),
        });
        let columns: Vec<Column> = columns.collect();
        let table = b.ins().load(I64, fixed, frame, BATCH_OUTPUTS);
        let outputs = (0..program.outputs.len() as i32).map(|i| {
            let values = b.ins().load(I64, fixed, table, i * OUTPUT + OUTPUT_VALUES);
            let validity = b
                .ins()
                .load(I64, fixed, table, i * OUTPUT + OUTPUT_VALIDITY);
            (values, validity)
        });
        let outputs = outputs.collect();
        let width = batch.plan.width;
        let flags = b.declare_var(truth(width));
        let mut streams = Vec::new();
        for bits in wanted_bits(batch) {
            streams.push((bits, b.declare_var(I64)));
        }
        let zero = b.ins().iconst(I64, 0);
        let mut entered = BlockLoop {
            batch,
            columns,
            outputs,
            parameters: HashMap::new(),
            exits: Exits::default(),
            flags,
            streams,
            valid: vec![None; program.columns.len()],
            words: vec![None; program.columns.len()],
            bases: Vec::new(),
            output_bases: Vec::new(),
            row: zero,
            ahead: 0,
            held: Vec::new(),
            loaded: Vec::new(),
            masks: HashMap::new(),
            finite: Finite::default(),
            b,
        };
        entered.read_parameters(frame);
        entered
    }

    /// Reads the parameters; the function returns 0 when one is not of its type.
    fn read_parameters(&mut self, frame: Value) {
        let program = self.batch.program;
        let mut exits = Exits::default();
        for step in &program.steps {
            if let Step::Parameter { to, parameter } = step {
                let cells = self
                    .b
                    .ins()
                    .load(I64, cell_flags(), frame, BATCH_PARAMETERS);
                let slot = program.slots[to.index()];
                let from = (cells, *parameter as usize);
                let (held, wrong) = load_cell(self.b, self.batch.layout, slot, cell_flags(), from);
                exits.guard(self.b, wrong, CallId::NONE, Exit::Deopt(Reason::CellType));
                let spread = Held {
                    value: self.spread(held.value),
                    length: None,
                    null: held.null.map(|null| self.spread(null)),
                };
                self.parameters.insert(*to, spread);
            }
        }
        self.exits = exits;
    }

    /// A value that is the same for all rows; truth values become masks.
    fn spread(&mut self, v: Value) -> Value {
        match self.width() {
            Width::Scalar => v,
            Width::Vector if self.b.func.dfg.value_type(v) == I8 => {
                let wide = self.b.ins().uextend(I64, v);
                let mask = self.b.ins().ineg(wide);
                splat(self.b, mask)
            }
            Width::Vector => splat(self.b, v),
        }
    }

    fn width(&self) -> Width {
        self.batch.plan.width
    }

    fn lanes(&self) -> usize {
        match self.width() {
            Width::Scalar => 1,
            Width::Vector => 2,
        }
    }

    /// The loop over blocks, and in it the one over rows.
    fn blocks(&mut self, frame: Value, blocks: Value) {
        let (block, row, count) = (
            self.b.declare_var(I64),
            self.b.declare_var(I64),
            self.b.declare_var(I64),
        );
        let zero = self.b.ins().iconst(I64, 0);
        let flagged = self.b.ins().load(I64, cell_flags(), frame, BATCH_FLAGGED);
        let one = self.b.ins().iconst(I64, 1);
        self.b.def_var(block, zero);
        self.b.def_var(count, one);
        let [head, body, rows, tail, cold, next, done] =
            std::array::from_fn(|_| self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().jump(head, &[]);

        self.b.switch_to_block(head);
        let k = self.b.use_var(block);
        let more = self.b.ins().icmp(IntCC::UnsignedLessThan, k, blocks);
        self.b.ins().brif(more, body, &[], done, &[]);

        self.b.seal_block(body);
        self.b.switch_to_block(body);
        self.enter_block(k);
        self.b.def_var(row, zero);
        let first = if self.has_rows() { rows } else { tail };
        self.b.ins().jump(first, &[]);

        self.b.switch_to_block(rows);
        self.row = self.b.use_var(row);
        let step = self.lanes() * self.batch.plan.unroll;
        self.rows();
        let after = self.b.ins().iadd_imm_s(self.row, step as i64);
        self.b.def_var(row, after);
        let more = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, after, 64);
        self.b.ins().brif(more, rows, &[], tail, &[]);
        self.b.seal_block(rows);

        self.b.seal_block(tail);
        self.b.switch_to_block(tail);
        self.leave_block(k);
        let flags = self.b.use_var(self.flags);
        let any = match self.width() {
            Width::Scalar => flags,
            Width::Vector => self.b.ins().vany_true(flags),
        };
        self.b.ins().brif(any, cold, &[], next, &[]);

        self.b.seal_block(cold);
        self.b.switch_to_block(cold);
        let n = self.b.use_var(count);
        let offset = self.b.ins().ishl_imm_u(n, 2);
        let place = self.b.ins().iadd(flagged, offset);
        let number = self.b.ins().ireduce(I32, k);
        // The count begins at one.
        self.b
            .ins()
            .store(MemFlagsData::new().with_notrap(), number, place, -4);
        let n = self.b.ins().iadd_imm_s(n, 1);
        self.b.def_var(count, n);
        self.b.ins().jump(next, &[]);

        self.b.seal_block(next);
        self.b.switch_to_block(next);
        let k = self.b.ins().iadd_imm_s(k, 1);
        self.b.def_var(block, k);
        self.b.ins().jump(head, &[]);
        self.b.seal_block(head);

        self.b.seal_block(done);
        self.b.switch_to_block(done);
        let n = self.b.use_var(count);
        self.b.ins().return_(&[n]);
    }

    /// Validity words, addresses, and cleared flags.
    fn enter_block(&mut self, k: Value) {
        let program = self.batch.program;
        let anywhere = MemFlagsData::new().with_notrap();
        let mut flags = match self.width() {
            Width::Scalar => self.b.ins().iconst(I8, 0),
            Width::Vector => {
                let zero = self.b.ins().iconst(I64, 0);
                self.b.ins().splat(I64X2, zero)
            }
        };
        self.bases.clear();
        for (i, column) in self.columns.clone().into_iter().enumerate() {
            let kind = self.batch.kinds[i];
            let offset = self.b.ins().imul_imm_s(k, kind.block_bytes() as i64);
            let base = self.b.ins().iadd(column.values, offset);
            self.bases.push(base);
            let offset = self.b.ins().imul(k, column.stride);
            let at = self.b.ins().iadd(column.validity, offset);
            let valid = self.b.ins().load(I64, anywhere, at, 0);
            if program.columns[i].slot.nullable {
                self.valid[i] = Some(valid);
            } else {
                let has_null = self.b.ins().icmp_imm_s(IntCC::NotEqual, valid, -1);
                let has_null = self.spread(has_null);
                flags = self.b.ins().bor(flags, has_null);
            }
            if kind == ColumnKind::Bits {
                self.words[i] = Some(self.b.ins().load(I64, anywhere, base, 0));
            }
        }
        self.b.def_var(self.flags, flags);
        self.output_bases.clear();
        for (i, (values, _)) in self.outputs.clone().into_iter().enumerate() {
            let bytes = output_kind(program, i).block_bytes();
            let offset = self.b.ins().imul_imm_s(k, bytes as i64);
            let base = self.b.ins().iadd(values, offset);
            self.output_bases.push(base);
        }
        let zero = self.b.ins().iconst(I64, 0);
        for (_, variable) in self.streams.clone() {
            self.b.def_var(variable, zero);
        }
    }

    /// Whether anything is done row by row.
    fn has_rows(&self) -> bool {
        let program = self.batch.program;
        !self.streams.is_empty()
            || program.steps.iter().any(|step| match step {
                Step::Call { call, .. } => !self.batch.plan.on_words[call.index()],
                Step::Output { from, .. } => self.slot_repr(*from) != Repr::Bool,
                _ => false,
            })
    }

    /// One turn: several times one or two rows.
    fn rows(&mut self) {
        let program = self.batch.program;
        let mut bits: Vec<Option<Value>> = vec![None; self.streams.len()];
        for turn in 0..self.batch.plan.unroll {
            self.ahead = turn * self.lanes();
            self.held = vec![None; program.slots.len()];
            self.loaded = vec![None; program.columns.len()];
            self.masks.clear();
            self.program_steps();
            let width = self.width();
            self.finite.emit(self.b, width, self.flags);
            for (i, (stream, _)) in self.streams.clone().into_iter().enumerate() {
                let truth = match stream {
                    Bits::Value(slot) => self.get(slot).value,
                    Bits::Null(slot) => self.row_null(slot),
                };
                let packed = match self.width() {
                    Width::Scalar => self.b.ins().uextend(I64, truth),
                    Width::Vector => self.b.ins().vhigh_bits(I64, truth),
                };
                bits[i] = Some(match bits[i] {
                    None => packed,
                    Some(before) => {
                        let shifted = self.b.ins().ishl_imm_u(packed, self.ahead as i64);
                        self.b.ins().bor(before, shifted)
                    }
                });
            }
        }
        let step = (self.lanes() * self.batch.plan.unroll) as i64;
        for (bits, (_, variable)) in bits.into_iter().zip(self.streams.clone()) {
            if let Some(bits) = bits {
                let word = self.b.use_var(variable);
                let word = self.b.ins().ushr_imm_u(word, step);
                let bits = self.b.ins().ishl_imm_u(bits, 64 - step);
                let word = self.b.ins().bor(word, bits);
                self.b.def_var(variable, word);
            }
        }
    }

    /// The program for the row or rows at hand, without what is done on words.
    fn program_steps(&mut self) {
        let program = self.batch.program;
        let mut rows = Some(Rows::All);
        let mut waiting: HashMap<usize, Rows> = HashMap::new();
        for (i, step) in program.steps.iter().enumerate() {
            if let Some(arrived) = waiting.remove(&i) {
                // All rows are somewhere: when nobody waits any more, all are here.
                rows = Some(match (rows, arrived) {
                    _ if waiting.is_empty() => Rows::All,
                    (Some(Rows::Where(here)), Rows::Where(there)) => {
                        Rows::Where(self.b.ins().bor(here, there))
                    }
                    (None, there) => there,
                    _ => Rows::All,
                });
            }
            let here = rows.unwrap_or(Rows::All);
            let go = |waiting: &mut HashMap<usize, Rows>,
                      b: &mut FunctionBuilder<'_>,
                      to: usize,
                      who: Rows| {
                let both = match (waiting.get(&to), who) {
                    (Some(Rows::Where(x)), Rows::Where(y)) => Rows::Where(b.ins().bor(*x, y)),
                    (_, who) => who,
                };
                waiting.insert(to, both);
            };
            if let Step::Jump { target } = step {
                go(&mut waiting, self.b, target.index(), here);
                rows = None;
                continue;
            }
            if let Some(jumps) = self.condition(step) {
                let target = step.target().map_or(i, |t| t.index());
                let stays = not(self.b, jumps);
                let (leave, stay) = match here {
                    Rows::All => (jumps, stays),
                    Rows::Where(here) => (
                        self.b.ins().band(here, jumps),
                        self.b.ins().band(here, stays),
                    ),
                };
                go(&mut waiting, self.b, target, Rows::Where(leave));
                rows = Some(Rows::Where(stay));
                continue;
            }
            self.step(step, here);
        }
    }

    /// Which rows a conditional jump takes.
    fn condition(&mut self, step: &Step) -> Option<Value> {
        Some(match step {
            Step::JumpIfNull { slot, .. } => self.row_null(*slot),
            Step::JumpIfNotNull { slot, .. } => {
                let null = self.row_null(*slot);
                not(self.b, null)
            }
            Step::JumpIfTrue { slot, .. } => self.is_true(*slot),
            Step::JumpUnlessTrue { slot, .. } => {
                let is_true = self.is_true(*slot);
                not(self.b, is_true)
            }
            Step::JumpIfFalse { slot, .. } => {
                let held = self.get(*slot);
                let null = self.row_nulls(*slot);
                let is_false = not(self.b, held.value);
                and_not(self.b, is_false, null)
            }
            _ => return None,
        })
    }

    fn is_true(&mut self, slot: SlotId) -> Value {
        let held = self.get(slot);
        let null = self.row_nulls(slot);
        and_not(self.b, held.value, null)
    }

    fn step(&mut self, step: &Step, rows: Rows) {
        match step {
            Step::Column { to, column } => {
                let by_row = self.batch.plan.slots[to.index()].by_row;
                let bits_only = self.batch.kinds[*column as usize] == ColumnKind::Bits && !by_row;
                if !bits_only {
                    let value = self.element(*column as usize);
                    self.set(
                        *to,
                        Held {
                            value,
                            length: None,
                            null: None,
                        },
                    );
                }
            }
            Step::Constant { to, constant } => {
                let constant = &self.batch.program.constants[*constant as usize];
                let held = self.constant(&constant.value, constant.slot.repr);
                self.set(*to, held);
            }
            Step::Parameter { to, .. } => {
                let held = self.parameters[to];
                self.set(*to, held);
            }
            Step::Call { to, call, args } if !self.batch.plan.on_words[call.index()] => {
                let held = self.call(*call, args, rows);
                self.set(*to, held);
            }
            Step::Copy { to, from } => self.copy(*to, *from, rows),
            Step::Output { index, from } if self.slot_repr(*from) != Repr::Bool => {
                let value = self.get(*from).value;
                self.store(*index as usize, value);
            }
            _ => {}
        }
    }

    fn slot_repr(&self, slot: SlotId) -> Repr {
        self.batch.program.slots[slot.index()].repr
    }

    fn set(&mut self, slot: SlotId, held: Held) {
        self.held[slot.index()] = Some(held);
    }

    fn get(&self, slot: SlotId) -> Held {
        self.held[slot.index()]
            .unwrap_or_else(|| unreachable!("verified programs write slots before they read them"))
    }

    /// Address arithmetic is done once for a turn: `row` elements on, the rest is an offset.
    fn at(&mut self, base: Value, element: usize) -> (Value, i32) {
        let offset = self.b.ins().imul_imm_s(self.row, element as i64);
        (
            self.b.ins().iadd(base, offset),
            (self.ahead * element) as i32,
        )
    }

    fn element(&mut self, column: usize) -> Value {
        if let Some(value) = self.loaded[column] {
            return value;
        }
        let kind = self.batch.kinds[column];
        let usage = self.batch.program.columns[column];
        let value = if let (ColumnKind::Bits, Some(word)) = (kind, self.words[column]) {
            self.bit(word)
        } else {
            let (base, offset) = self.at(self.bases[column], kind.element_bytes());
            match self.width() {
                Width::Vector => load_pair(self.b, kind, base, offset),
                Width::Scalar => {
                    let (value, wrong) = load_element(self.b, kind, usage.slot.repr, base, offset);
                    if let Some(wrong) = wrong {
                        let null = self.valid[column].map(|word| {
                            let valid = self.bit(word);
                            not(self.b, valid)
                        });
                        let wrong = and_not(self.b, wrong, null);
                        let flags = self.b.use_var(self.flags);
                        let flags = self.b.ins().bor(flags, wrong);
                        self.b.def_var(self.flags, flags);
                    }
                    value
                }
            }
        };
        self.loaded[column] = Some(value);
        value
    }

    /// The bits of a block's word for the row or rows at hand.
    fn bit(&mut self, word: Value) -> Value {
        let shifted = self.b.ins().ushr(word, self.row);
        let shifted = self.b.ins().ushr_imm_u(shifted, self.ahead as i64);
        match self.width() {
            Width::Scalar => {
                let low = self.b.ins().ireduce(I8, shifted);
                self.b.ins().band_imm_u(low, 1)
            }
            Width::Vector => {
                let both = self.b.ins().splat(I64X2, shifted);
                let (one, two) = (self.b.ins().iconst(I64, 1), self.b.ins().iconst(I64, 2));
                let ones = self.b.ins().splat(I64X2, one);
                let lanes = self.b.ins().insertlane(ones, two, 1);
                let bits = self.b.ins().band(both, lanes);
                self.b.ins().icmp(IntCC::Equal, bits, lanes)
            }
        }
    }

    fn constant(&mut self, constant: &Datum, repr: Repr) -> Held {
        let int = match constant {
            Datum::Int(v) if repr == Repr::Bool => i64::from(*v != 0),
            Datum::Int(v) | Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v) => *v,
            Datum::UInt(v) => *v as i64,
            // What does not fit was refused with the program's data.
            Datum::Decimal(d) => i128::try_from(d.coefficient()).unwrap_or_default() as i64,
            _ => 0,
        };
        let value = match (repr, constant) {
            (Repr::Double, Datum::Double(v)) => self.b.ins().f64const(*v),
            (Repr::Double, _) => self.b.ins().f64const(0.0),
            (Repr::Bool, _) => self.b.ins().iconst(I8, int),
            (Repr::Dec128, Datum::Decimal(d)) => {
                let wide = i128::try_from(d.coefficient()).unwrap_or_default();
                let low = self.b.ins().iconst(I64, wide as i64);
                let high = self.b.ins().iconst(I64, (wide >> 64) as i64);
                self.b.ins().iconcat(low, high)
            }
            (Repr::Dec128, _) => {
                let zero = self.b.ins().iconst(I64, 0);
                self.b.ins().sextend(I128, zero)
            }
            _ => self.b.ins().iconst(I64, int),
        };
        let value = self.spread(value);
        let null = constant.is_null().then(|| {
            let null = self.b.ins().iconst(I8, 1);
            self.spread(null)
        });
        Held {
            value,
            length: None,
            null,
        }
    }

    /// Where the slot is NULL, for the rows at hand. `None`: nowhere.
    fn row_nulls(&mut self, slot: SlotId) -> Option<Value> {
        let plan = self.batch.plan;
        match &plan.slots[slot.index()].nulls {
            Nulls::Never => None,
            Nulls::Row => self.get(slot).null,
            Nulls::Columns(columns) => Some(self.mask(columns)),
        }
    }

    /// Where any of these columns is NULL, for the rows at hand. The same columns give the same value, so that guards can be
    /// compared.
    fn mask(&mut self, columns: &[u32]) -> Value {
        if let Some(mask) = self.masks.get(columns) {
            return *mask;
        }
        let word = self.valid_word(columns);
        let valid = self.bit(word);
        let mask = not(self.b, valid);
        self.masks.insert(columns.to_vec(), mask);
        mask
    }

    fn row_null(&mut self, slot: SlotId) -> Value {
        match self.row_nulls(slot) {
            Some(null) => null,
            None => {
                let no = self.b.ins().iconst(I8, 0);
                self.spread(no)
            }
        }
    }

    /// Where all of these columns are valid.
    fn valid_word(&mut self, columns: &[u32]) -> Value {
        let mut all: Option<Value> = None;
        for column in columns {
            if let Some(word) = self.valid[*column as usize] {
                all = Some(match all {
                    Some(before) => self.b.ins().band(before, word),
                    None => word,
                });
            }
        }
        all.unwrap_or_else(|| self.b.ins().iconst(I64, -1))
    }

    fn call(&mut self, id: CallId, args: &[SlotId], rows: Rows) -> Held {
        let plan = self.batch.plan;
        let program = self.batch.program;
        let call = &program.calls[id.index()];
        let strict = call.overload().is_strict();
        let elsewhere = match rows {
            Rows::All => None,
            Rows::Where(here) => Some(not(self.b, here)),
        };
        let mut null = None;
        let mut lowered = Vec::with_capacity(args.len());
        for arg in args {
            let of_arg = self.row_nulls(*arg);
            let arg = Held {
                null: of_arg,
                ..self.get(*arg)
            };
            lowered.push(arg.lowered());
        }
        if strict {
            null = self.any_null(args);
        }
        let masked = either(self.b, null, elsewhere);
        let site = call.site(&program.session);
        let lower = plan.lowers[id.index()];
        let result = match plan.width {
            Width::Scalar => {
                let guards = Guards::Collect {
                    flags: self.flags,
                    elsewhere,
                    overflows: Vec::new(),
                    finite: &mut self.finite,
                };
                let mut emit = Scalar {
                    b: self.b,
                    masked,
                    guards,
                };
                lower(&mut emit, &site, &lowered)
            }
            Width::Vector => {
                let mut emit = Vector {
                    b: self.b,
                    masked,
                    elsewhere,
                    flags: self.flags,
                    overflows: Vec::new(),
                    finite: &mut self.finite,
                };
                lower(&mut emit, &site, &lowered)
            }
        };
        let result = result.unwrap_or_else(|| unreachable!("the dry run went well"));
        Held {
            value: value(result.value),
            length: None,
            null: either(self.b, null, result.null.map(value)),
        }
    }

    /// Where any of these slots is NULL.
    fn any_null(&mut self, slots: &[SlotId]) -> Option<Value> {
        let plan = self.batch.plan;
        let mut by_columns = Vec::new();
        let mut by_row = None;
        for slot in slots {
            match &plan.slots[slot.index()].nulls {
                Nulls::Columns(columns) => by_columns.extend_from_slice(columns),
                _ => {
                    let null = self.row_nulls(*slot);
                    by_row = either(self.b, by_row, null);
                }
            }
        }
        by_columns.sort_unstable();
        by_columns.dedup();
        let by_columns = (!by_columns.is_empty()).then(|| self.mask(&by_columns));
        either(self.b, by_columns, by_row)
    }

    fn copy(&mut self, to: SlotId, from: SlotId, rows: Rows) {
        let merged = self.batch.plan.slots[to.index()].merged;
        let mut new = self.get(from);
        if merged {
            new.null = Some(self.row_null(from));
        } else {
            new.null = self.row_nulls(from);
        }
        if let (true, Rows::Where(here), Some(old)) = (merged, rows, self.held[to.index()]) {
            let select =
                |b: &mut FunctionBuilder<'_>, x: Value, y: Value| match self.batch.plan.width {
                    Width::Scalar => b.ins().select(here, x, y),
                    Width::Vector => vector::select(b, here, x, y),
                };
            new.value = select(self.b, new.value, old.value);
            if let (Some(x), Some(y)) = (new.null, old.null) {
                new.null = Some(select(self.b, x, y));
            }
        }
        self.set(to, new);
    }

    fn store(&mut self, output: usize, value: Value) {
        let kind = output_kind(self.batch.program, output);
        let flags = MemFlagsData::new().with_notrap();
        let (base, offset) = self.at(self.output_bases[output], kind.element_bytes());
        if self.b.func.dfg.value_type(value) == I128 {
            let (low, high) = self.b.ins().isplit(value);
            self.b.ins().store(flags, low, base, offset);
            self.b.ins().store(flags, high, base, offset + 8);
        } else {
            self.b.ins().store(flags, value, base, offset);
        }
    }

    /// What is done on words: logic, validity, truth values as results.
    fn leave_block(&mut self, k: Value) {
        let program = self.batch.program;
        let plan = self.batch.plan;
        let mut words: HashMap<SlotId, (Value, Option<Value>)> = HashMap::new();
        for step in &program.steps {
            if let Step::Call { to, call, args } = step
                && plan.on_words[call.index()]
            {
                let result = self.call_on_words(*call, args, &words);
                words.insert(*to, result);
            }
        }
        let anywhere = MemFlagsData::new().with_notrap();
        let offset = self.b.ins().ishl_imm_u(k, 3);
        for step in &program.steps {
            if let Step::Output { index, from } = step {
                let null = self.null_word(*from, &words);
                let valid = match null {
                    Some(null) => self.b.ins().bnot(null),
                    None => self.b.ins().iconst(I64, -1),
                };
                let place = self.outputs[*index as usize].1;
                let place = self.b.ins().iadd(place, offset);
                self.b.ins().store(anywhere, valid, place, 0);
                if self.slot_repr(*from) == Repr::Bool {
                    let word = self.value_word(*from, &words);
                    let base = self.output_bases[*index as usize];
                    self.b.ins().store(anywhere, word, base, 0);
                }
            }
        }
    }

    fn call_on_words(
        &mut self,
        id: CallId,
        args: &[SlotId],
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> (Value, Option<Value>) {
        let program = self.batch.program;
        let call = &program.calls[id.index()];
        let mut null = None;
        let mut lowered = Vec::with_capacity(args.len());
        for arg in args {
            let of_arg = self.null_word(*arg, words);
            let held = Held {
                value: self.value_word(*arg, words),
                length: None,
                null: of_arg,
            };
            lowered.push(held.lowered());
            if call.overload().is_strict() {
                null = either(self.b, null, of_arg);
            }
        }
        let lower = self.batch.plan.lowers[id.index()];
        let result: Option<Lowered> = lower(
            &mut Word { b: self.b } as &mut dyn Emit,
            &call.site(&program.session),
            &lowered,
        );
        let result = result.unwrap_or_else(|| unreachable!("the dry run went well"));
        (
            value(result.value),
            either(self.b, null, result.null.map(value)),
        )
    }

    /// A slot's truth values of the block.
    fn value_word(
        &mut self,
        slot: SlotId,
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> Value {
        if let Some((word, _)) = words.get(&slot) {
            return *word;
        }
        if let Some(column) = bits_column(self.batch, slot)
            && let Some(word) = self.words[column]
        {
            return word;
        }
        self.stream(Bits::Value(slot))
            .unwrap_or_else(|| unreachable!("the plan collects what is wanted as words"))
    }

    /// Where a slot is NULL in the block. `None`: nowhere.
    fn null_word(
        &mut self,
        slot: SlotId,
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> Option<Value> {
        if let Some((_, null)) = words.get(&slot) {
            return *null;
        }
        let plan = self.batch.plan;
        match &plan.slots[slot.index()].nulls {
            Nulls::Never => None,
            Nulls::Columns(columns) => {
                let valid = self.valid_word(columns);
                Some(self.b.ins().bnot(valid))
            }
            Nulls::Row => self.stream(Bits::Null(slot)),
        }
    }

    fn stream(&mut self, bits: Bits) -> Option<Value> {
        let (_, variable) = *self.streams.iter().find(|(b, _)| *b == bits)?;
        Some(self.b.use_var(variable))
    }
}

fn truth(width: Width) -> Type {
    match width {
        Width::Scalar => I8,
        Width::Vector => I64X2,
    }
}

/// What the rows must give bit by bit.
fn wanted_bits(batch: &Batch<'_>) -> Vec<Bits> {
    let (program, plan) = (batch.program, batch.plan);
    let mut wanted = Vec::new();
    let on_words = |slot: SlotId| {
        program.steps.iter().any(|step| {
            matches!(step, Step::Call { to, call, .. } if *to == slot && plan.on_words[call.index()])
        })
    };
    for (i, slot_plan) in plan.slots.iter().enumerate() {
        let slot = SlotId(i as u32);
        let given = program
            .steps
            .iter()
            .any(|s| matches!(s, Step::Output { from, .. } if *from == slot));
        if !(given || slot_plan.by_word) || on_words(slot) {
            continue;
        }
        if slot_plan.by_word && bits_column(batch, slot).is_none() {
            wanted.push(Bits::Value(slot));
        }
        if slot_plan.nulls == Nulls::Row {
            wanted.push(Bits::Null(slot));
        }
    }
    wanted
}

/// The column of bits that a slot is.
fn bits_column(batch: &Batch<'_>, slot: SlotId) -> Option<usize> {
    batch.program.steps.iter().find_map(|step| match step {
        Step::Column { to, column } if *to == slot => {
            let column = *column as usize;
            (batch.kinds[column] == ColumnKind::Bits).then_some(column)
        }
        _ => None,
    })
}

/// The kind of buffer that an output is written to.
pub(crate) fn output_kind(program: &Program, output: usize) -> ColumnKind {
    let from = program.steps.iter().find_map(|step| match step {
        Step::Output { index, from } if *index as usize == output => Some(*from),
        _ => None,
    });
    from.and_then(|slot| ColumnKind::of_result(program.slots[slot.index()].repr))
        .unwrap_or(ColumnKind::I64)
}
