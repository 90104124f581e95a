//! The batch form: a function that holds the loop over blocks of 64 rows and reads columns in place.
//!
//! In a block the rows go through the loop one or two at a time; validity words are AND-ed apart from the values; guards only
//! collect flags, and a block with a flag is reported, to be done again by something precise. Jumps become conditions that rows
//! carry along: everything is computed for every row, and merged by condition.

mod by_row;
mod on_words;

use crate::abi::*;
use crate::check::Width;
use crate::column::ColumnKind;
use crate::finite::Finite;
use crate::held::{Held, cell_flags, load_cell};
use crate::plan::{Nulls, Plan};
use crate::range::Ranges;
use crate::scalar::Exits;
use crate::vector::splat;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64, I64X2};
use cranelift_codegen::ir::{
    AbiParam, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Type,
    Value,
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::{CallId, Exit, Reason, SlotId};
use sqlift_ir::{Program, Step};
use sqlift_types::Repr;
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

/// Calls of a row after which the flags so far are written to the function's frame.
///
/// Nobody reads them there. But Cranelift puts an operation without effect where something with an effect first needs its result; flags
/// are first needed at the end of the row, and until then every operand of a guarded operation would wait. So much is alive then that
/// nearly all of it is in the frame, and allocating registers takes time that grows with the square of the expression.
const CALLS_BEFORE_WRITE: usize = 24;

/// So many constants may live in registers: half of those that vectors have.
const CONSTANTS_IN_REGISTERS: usize = 8;

/// Size of two lanes.
const LANES_BYTES: u32 = 16;

struct BlockLoop<'a, 'b, 'f> {
    batch: &'a Batch<'a>,
    b: &'b mut FunctionBuilder<'f>,
    columns: Vec<Column>,
    outputs: Vec<(Value, Value)>,
    parameters: HashMap<SlotId, Held>,
    /// Where the program's constants are, if they are too many for registers.
    constants: Option<Value>,
    exits: Exits,
    flags: Variable,
    /// What flags the block if it has a bit set from a bit on.
    collected: Vec<(u32, Variable)>,
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
    /// What integers can be.
    ranges: Ranges,
    /// Calls since the flags were last written down, and where to.
    unwritten: usize,
    flags_place: Option<StackSlot>,
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
        let flags = b.declare_var(machine(width, I8));
        let mut streams = Vec::new();
        for bits in wanted_bits(batch) {
            streams.push((bits, b.declare_var(I64)));
        }
        let guards = wanted_guards(batch).into_iter();
        let lanes = machine(width, I64);
        let collected = guards.map(|from| (from, b.declare_var(lanes))).collect();
        let zero = b.ins().iconst(I64, 0);
        let mut entered = BlockLoop {
            batch,
            columns,
            outputs,
            parameters: HashMap::new(),
            constants: None,
            exits: Exits::default(),
            flags,
            collected,
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
            ranges: Ranges::default(),
            unwritten: 0,
            flags_place: None,
            b,
        };
        entered.read_parameters(frame);
        entered.keep_constants();
        entered
    }

    /// Puts the constants into the function's frame, if they are many. Each would else be a value that lives through the whole loop:
    /// allocating registers then takes time that grows with the square of their number, to end with most of them in the frame.
    fn keep_constants(&mut self) {
        let constants = &self.batch.program.constants;
        if self.width() == Width::Scalar || constants.len() <= CONSTANTS_IN_REGISTERS {
            return;
        }
        let size = constants.len() as u32 * LANES_BYTES;
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4);
        let kept = self.b.create_sized_stack_slot(data);
        let base = self.b.ins().stack_addr(I64, kept, 0);
        for (i, constant) in constants.iter().enumerate() {
            let held = self.constant(&constant.value, constant.slot.repr);
            let at = i as i32 * LANES_BYTES as i32;
            self.b
                .ins()
                .store(MemFlagsData::trusted(), held.value, base, at);
        }
        self.constants = Some(base);
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
        let flags = self.collected_flags();
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

    /// Has everything computed that the flags so far hang on, once there were enough calls.
    fn write_flags(&mut self) {
        self.unwritten += 1;
        if self.unwritten < CALLS_BEFORE_WRITE {
            return;
        }
        self.unwritten = 0;
        let width = self.width();
        self.finite.emit(self.b, width, self.flags);
        let place = *self.flags_place.get_or_insert_with(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, LANES_BYTES, 4);
            self.b.create_sized_stack_slot(data)
        });
        let flags = self.b.use_var(self.flags);
        self.b.ins().stack_store(I64, flags, place, 0);
    }

    /// The block's flags, those that are asked of collected bits among them.
    fn collected_flags(&mut self) -> Value {
        let mut flags = self.b.use_var(self.flags);
        for (from, variable) in self.collected.clone() {
            let bits = self.b.use_var(variable);
            let beyond = self.b.ins().ushr_imm_u(bits, i64::from(from));
            let beyond = match self.width() {
                Width::Scalar => self.b.ins().icmp_imm_u(IntCC::NotEqual, beyond, 0),
                Width::Vector => beyond,
            };
            flags = self.b.ins().bor(flags, beyond);
        }
        flags
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
            if self.batch.plan.nullable[i] {
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
        let none = self.spread(zero);
        for (_, variable) in self.collected.clone() {
            self.b.def_var(variable, none);
        }
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
}

/// The type of one value, or of two lanes.
fn machine(width: Width, one: Type) -> Type {
    match width {
        Width::Scalar => one,
        Width::Vector => I64X2,
    }
}

/// From which bits on something flags the block.
fn wanted_guards(batch: &Batch<'_>) -> Vec<u32> {
    let (program, plan) = (batch.program, batch.plan);
    let mut from: Vec<u32> = program
        .columns
        .iter()
        .zip(&plan.guards)
        .filter_map(|(column, bits)| {
            let sign = u32::from(column.slot.repr != Repr::UInt);
            bits.map(|bits| bits + sign)
        })
        .collect();
    if plan.days.contains(&true) {
        from.push(63);
    }
    from.sort_unstable();
    from.dedup();
    from
}

/// What the rows must give bit by bit.
fn wanted_bits(batch: &Batch<'_>) -> Vec<Bits> {
    let (program, plan) = (batch.program, batch.plan);
    let mut given = vec![false; program.slots.len()];
    let mut on_words = vec![false; program.slots.len()];
    for step in &program.steps {
        match step {
            Step::Output { from, .. } => given[from.index()] = true,
            Step::Call { to, call, .. } => on_words[to.index()] = plan.on_words[call.index()],
            _ => {}
        }
    }
    let mut wanted = Vec::new();
    for (i, slot_plan) in plan.slots.iter().enumerate() {
        let slot = SlotId(i as u32);
        if !(given[i] || slot_plan.by_word) || on_words[i] {
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
