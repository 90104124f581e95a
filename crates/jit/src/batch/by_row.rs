//! What a block does row by row, or for two rows at once: the steps of the program, jumps as conditions.

use super::{BlockLoop, LANES_BYTES, Rows, output_kind};
use crate::check::Width;
use crate::column::{ColumnKind, DAYS, load_element, load_pair, store_wide_pair};
use crate::days;
use crate::held::Held;
use crate::plan::Nulls;
use crate::range::Interval;
use crate::scalar::{Guards, Scalar, and_not, either, native, not, value};
use crate::vector::{self, Vector};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64X2, I8, I64, I64X2, I128};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use cranelift_frontend::FunctionBuilder;
use sqlift_functions::{CallId, SlotId};
use sqlift_ir::Step;
use sqlift_types::{Datum, Repr};
use std::collections::HashMap;

impl BlockLoop<'_, '_, '_> {
    /// The program for the row or rows at hand, without what is done on words.
    pub(super) fn program_steps(&mut self) {
        let program = self.batch.program;
        let mut rows = Some(Rows::All);
        let mut waiting: HashMap<usize, Rows> = HashMap::new();
        for (i, step) in program.steps.iter().enumerate() {
            if !self.batch.plan.live[i] {
                continue;
            }
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
            if let Step::JumpIfNull { slot, .. } | Step::JumpIfNotNull { slot, .. } = step
                && self.batch.plan.slots[slot.index()].nulls == Nulls::Never
            {
                // All rows jump, or none.
                if let (Step::JumpIfNotNull { .. }, Some(target)) = (step, step.target()) {
                    go(&mut waiting, self.b, target.index(), here);
                    rows = None;
                }
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
                    let as_days = self.batch.plan.days[to.index()];
                    let value = self.element(*column as usize, as_days);
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
                let index = *constant as usize;
                let constant = &self.batch.program.constants[index];
                let as_days = self.batch.plan.days[to.index()];
                let held = match days::of_constant(&constant.value) {
                    Some(days) if as_days => self.constant(&Datum::Int(days), Repr::Int),
                    _ => match self.constants {
                        Some(kept) => self.kept_constant(kept, index),
                        None => self.constant(&constant.value, constant.slot.repr),
                    },
                };
                self.set(*to, held);
            }
            Step::Parameter { to, .. } => {
                let held = self.parameters[to];
                self.set(*to, held);
            }
            Step::Call { to, call, args } if !self.batch.plan.on_words[call.index()] => {
                let held = self.call(*call, args, rows);
                self.set(*to, held);
                self.write_flags();
            }
            Step::Copy { to, from } => self.copy(*to, *from, rows),
            Step::Output { index, from } if self.slot_repr(*from) != Repr::Bool => {
                let value = self.get(*from).value;
                self.store(*index as usize, value);
            }
            _ => {}
        }
    }

    pub(super) fn slot_repr(&self, slot: SlotId) -> Repr {
        self.batch.program.slots[slot.index()].repr
    }

    fn set(&mut self, slot: SlotId, held: Held) {
        self.held[slot.index()] = Some(held);
    }

    pub(super) fn get(&self, slot: SlotId) -> Held {
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

    fn element(&mut self, column: usize, as_days: bool) -> Value {
        if let Some(value) = self.loaded[column] {
            return value;
        }
        let kind = self.batch.kinds[column];
        let repr = self.batch.program.columns[column].slot.repr;
        let value = if let (ColumnKind::Bits, Some(word)) = (kind, self.words[column]) {
            self.bit(word)
        } else {
            let (base, offset) = self.at(self.bases[column], kind.element_bytes());
            let (value, wrong) = match self.width() {
                Width::Vector => load_pair(self.b, kind, base, offset),
                // Days are integers of 32 bits.
                Width::Scalar if as_days => {
                    load_element(self.b, ColumnKind::I32, repr, base, offset)
                }
                Width::Scalar => load_element(self.b, kind, repr, base, offset),
            };
            if let Some(wrong) = wrong {
                let null = self.valid[column].filter(|_| !self.batch.plan.tame_nulls);
                let null = null.map(|word| {
                    let valid = self.bit(word);
                    not(self.b, valid)
                });
                let wrong = and_not(self.b, wrong, null);
                let flags = self.b.use_var(self.flags);
                let flags = self.b.ins().bor(flags, wrong);
                self.b.def_var(self.flags, flags);
            }
            if as_days {
                self.guard_days(value);
            }
            value
        };
        if self.width() == Width::Vector {
            let guard = self.batch.plan.guards[column];
            self.ranges.set(native(value), kind.range(repr, guard));
            if let Some(bits) = guard {
                self.guard_bits(value, bits, repr == Repr::UInt);
            }
        }
        self.loaded[column] = Some(value);
        value
    }

    /// Asks of the block that no value has more bits than these (and a sign).
    fn guard_bits(&mut self, value: Value, bits: u32, unsigned: bool) {
        if unsigned {
            return self.collect(value, bits);
        }
        // Moved up by 2^bits it has no sign and a bit more.
        let above = self.b.ins().iconst(I64, 1 << bits);
        let above = self.spread(above);
        let moved = self.b.ins().iadd(value, above);
        self.collect(moved, bits + 1);
    }

    /// Asks of the block that all days are within the years 1 to 9999.
    fn guard_days(&mut self, days: Value) {
        let first = self.b.ins().iconst(I64, DAYS.0);
        let last = self.b.ins().iconst(I64, DAYS.1);
        let (first, last) = (self.spread(first), self.spread(last));
        let before = self.b.ins().isub(days, first);
        let after = self.b.ins().isub(last, days);
        let either = self.b.ins().bor(before, after);
        self.collect(either, 63);
    }

    /// Flags the block, when it is done, if this has a bit set from bit `from` on.
    fn collect(&mut self, bits: Value, from: u32) {
        let (_, variable) = self
            .collected
            .iter()
            .find(|(f, _)| *f == from)
            .unwrap_or_else(|| unreachable!("declared for every guard of the plan"));
        let variable = *variable;
        let so_far = self.b.use_var(variable);
        let all = self.b.ins().bor(so_far, bits);
        self.b.def_var(variable, all);
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

    /// A constant that was put into the function's frame.
    fn kept_constant(&mut self, kept: Value, index: usize) -> Held {
        let constant = &self.batch.program.constants[index];
        let repr = constant.slot.repr;
        let ty = match repr {
            Repr::Double => F64X2,
            _ => I64X2,
        };
        let at = index as i32 * LANES_BYTES as i32;
        let flags = MemFlagsData::trusted();
        let value = self.b.ins().load(ty, flags, kept, at);
        self.held_constant(&constant.value, repr, value)
    }

    pub(super) fn constant(&mut self, constant: &Datum, repr: Repr) -> Held {
        let int = integer(constant, repr);
        let wide = self.width() == Width::Scalar;
        let value = match (repr, constant) {
            (Repr::Double, Datum::Double(v)) => self.b.ins().f64const(*v),
            (Repr::Double, _) => self.b.ins().f64const(0.0),
            (Repr::Bool, _) => self.b.ins().iconst(I8, int),
            (Repr::Dec128, Datum::Decimal(d)) if wide => {
                let wide = i128::try_from(d.coefficient()).unwrap_or_default();
                let low = self.b.ins().iconst(I64, wide as i64);
                let high = self.b.ins().iconst(I64, (wide >> 64) as i64);
                self.b.ins().iconcat(low, high)
            }
            (Repr::Dec128, _) if wide => {
                let zero = self.b.ins().iconst(I64, 0);
                self.b.ins().sextend(I128, zero)
            }
            _ => self.b.ins().iconst(I64, int),
        };
        let value = self.spread(value);
        self.held_constant(constant, repr, value)
    }

    /// What is known of a constant with this value.
    fn held_constant(&mut self, constant: &Datum, repr: Repr, value: Value) -> Held {
        if self.width() == Width::Vector && !matches!(repr, Repr::Bool | Repr::Double) {
            let int = integer(constant, repr);
            self.ranges.set(native(value), Interval::of(int));
        }
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

    pub(super) fn row_null(&mut self, slot: SlotId) -> Value {
        match self.row_nulls(slot) {
            Some(null) => null,
            None => {
                let no = self.b.ins().iconst(I8, 0);
                self.spread(no)
            }
        }
    }

    /// Where all of these columns are valid.
    pub(super) fn valid_word(&mut self, columns: &[u32]) -> Value {
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
        let masked = match plan.tame_nulls {
            true => elsewhere,
            false => either(self.b, null, elsewhere),
        };
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
                    idle: Vec::new(),
                    ranges: &mut self.ranges,
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
        let (low, high) = match (kind, self.b.func.dfg.value_type(value)) {
            (ColumnKind::Decimal128, I64X2) => {
                return store_wide_pair(self.b, value, base, offset);
            }
            (ColumnKind::Decimal128, I128) => self.b.ins().isplit(value),
            (ColumnKind::Decimal128, _) => (value, self.b.ins().sshr_imm_u(value, 63)),
            _ => {
                self.b.ins().store(flags, value, base, offset);
                return;
            }
        };
        self.b.ins().store(flags, low, base, offset);
        self.b.ins().store(flags, high, base, offset + 8);
    }
}

/// A constant as 64 bits. What does not fit was refused with the program's data.
fn integer(constant: &Datum, repr: Repr) -> i64 {
    match constant {
        Datum::Int(v) if repr == Repr::Bool => i64::from(*v != 0),
        Datum::Int(v) | Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v) => *v,
        Datum::UInt(v) => *v as i64,
        Datum::Decimal(d) => i128::try_from(d.coefficient()).unwrap_or_default() as i64,
        _ => 0,
    }
}
