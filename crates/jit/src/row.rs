//! The row form: the whole program as one function over cells.

use crate::abi::{CELL, CellLayout, FRAME_CALL_KERNEL, FRAME_CONSTANTS, FRAME_PARAMETERS};
use crate::check::{Known, Width, lowering_of};
use crate::held::{Held, cell_flags, has_length, load_cell, load_payload, register, store_cell};
use crate::native::EXIT_RECORDED;
use crate::range::Interval;
use crate::scalar::{Exits, Guards, Scalar, and_not, either};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I64};
use cranelift_codegen::ir::{
    AbiParam, Block, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind,
    Value,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::{CallId, Exit, Lower, Reason, SlotId};
use sqlift_ir::{Program, Slot, Step};
use sqlift_types::{Datum, Repr};

/// Row, outputs, frame; gives the status.
pub(crate) fn signature(convention: CallConv) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params.extend([AbiParam::new(I64); 3]);
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// What is known of a function that was built.
pub(crate) struct Built {
    /// Which call gives a row up, and why, by the number of the exit.
    pub(crate) exits: Vec<(CallId, Exit)>,
    /// Whether the function reads its frame.
    pub(crate) asks_frame: bool,
}

/// Builds the function.
pub(crate) fn build(
    mut b: FunctionBuilder<'_>,
    program: &Program,
    layout: CellLayout,
    convention: CallConv,
    finish: cranelift_codegen::isa::TargetFrontendConfig,
) -> Built {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let params = b.block_params(entry);
    let (row, outputs, frame) = (params[0], params[1], params[2]);
    let writes = program.write_counts();
    let slots = program.slots.iter().zip(&writes).map(|(slot, writes)| {
        if *writes > 1 {
            Place::Variable(Variables::declare(&mut b, *slot))
        } else {
            Place::Unwritten
        }
    });
    let slots = slots.collect();
    let mut targets = vec![None; program.steps.len()];
    for target in program.steps.iter().filter_map(Step::target) {
        targets[target.index()].get_or_insert_with(|| b.create_block());
    }
    let mut builder = RowBuilder {
        program,
        layout,
        row,
        outputs,
        frame,
        asks_frame: false,
        slots,
        targets,
        columns: vec![None; program.columns.len()],
        branches: 0,
        exits: Exits::default(),
        kernels: None,
        convention,
        b: &mut b,
    };
    builder.steps();
    let exits = std::mem::take(&mut builder.exits);
    let asks_frame = builder.asks_frame;
    if let Some(kernels) = builder.kernels {
        kernels.finish(&mut b);
    }
    exits.finish(&mut b, |number| number as i64 + 1);
    b.finalize(finish);
    Built {
        exits: exits.list,
        asks_frame,
    }
}

/// Where a slot's value is.
#[derive(Clone, Copy)]
enum Place {
    Unwritten,
    /// Written once.
    Value(Held),
    /// Written on several paths.
    Variable(Variables),
}

#[derive(Clone, Copy)]
struct Variables {
    value: Variable,
    length: Option<Variable>,
    null: Variable,
}

impl Variables {
    fn declare(b: &mut FunctionBuilder<'_>, slot: Slot) -> Variables {
        Variables {
            value: b.declare_var(register(slot.repr)),
            length: has_length(slot.repr).then(|| b.declare_var(I64)),
            null: b.declare_var(I8),
        }
    }
}

/// What calls of kernels need.
#[derive(Clone, Copy)]
struct Kernels {
    signature: cranelift_codegen::ir::SigRef,
    /// Cells of arguments, and behind them the result's.
    cells: StackSlot,
    result: i32,
    /// Where a call goes that gave the row up.
    exit: Block,
}

impl Kernels {
    fn finish(self, b: &mut FunctionBuilder<'_>) {
        b.seal_block(self.exit);
        b.switch_to_block(self.exit);
        let status = b.ins().iconst(I64, EXIT_RECORDED);
        b.ins().return_(&[status]);
    }
}

struct RowBuilder<'a, 'f> {
    program: &'a Program,
    layout: CellLayout,
    row: Value,
    outputs: Value,
    /// Only read by [`RowBuilder::frame`].
    frame: Value,
    asks_frame: bool,
    slots: Vec<Place>,
    /// The block of each step that is jumped to.
    targets: Vec<Option<Block>>,
    /// Columns that are loaded already, with the number of branches seen then.
    columns: Vec<Option<(Held, u32)>>,
    branches: u32,
    exits: Exits,
    kernels: Option<Kernels>,
    convention: CallConv,
    b: &'a mut FunctionBuilder<'f>,
}

impl RowBuilder<'_, '_> {
    fn steps(&mut self) {
        let program = self.program;
        let mut open = true;
        for (i, step) in program.steps.iter().enumerate() {
            if let Some(block) = self.targets[i] {
                if open {
                    self.b.ins().jump(block, &[]);
                }
                // Jumps only go forward: all of them are known by now.
                self.b.seal_block(block);
                self.b.switch_to_block(block);
                self.branches += 1;
            }
            open = !matches!(step, Step::Jump { .. } | Step::Return);
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Column { to, column } => {
                let held = self.column(*column as usize);
                self.write(*to, held);
            }
            Step::Constant { to, constant } => {
                let held = self.constant(*constant as usize);
                self.write(*to, held);
            }
            Step::Parameter { to, parameter } => {
                let slot = self.slot(*to);
                let flags = cell_flags();
                let frame = self.frame();
                let cells = self.b.ins().load(I64, flags, frame, FRAME_PARAMETERS);
                let held = self.guarded_load(slot, (cells, *parameter as usize));
                self.write(*to, held);
            }
            Step::Call { to, call, args } => {
                let held = self.call(*call, args);
                self.write(*to, held);
            }
            Step::Copy { to, from } => {
                let held = self.read(*from);
                self.write(*to, held);
            }
            Step::Jump { target } => {
                self.branches += 1;
                if let Some(block) = self.targets[target.index()] {
                    self.b.ins().jump(block, &[]);
                }
            }
            Step::JumpIfNull { slot, target } => {
                let null = self.null(*slot);
                self.branch(null, target.index(), true);
            }
            Step::JumpIfNotNull { slot, target } => {
                let null = self.null(*slot);
                self.branch(null, target.index(), false);
            }
            Step::JumpIfTrue { slot, target } => {
                let held = self.read(*slot);
                let is_true = and_not(self.b, held.value, held.null);
                self.branch(is_true, target.index(), true);
            }
            Step::JumpUnlessTrue { slot, target } => {
                let held = self.read(*slot);
                let is_true = and_not(self.b, held.value, held.null);
                self.branch(is_true, target.index(), false);
            }
            Step::JumpIfFalse { slot, target } => {
                let held = self.read(*slot);
                let not_false = match held.null {
                    Some(null) => self.b.ins().bor(held.value, null),
                    None => held.value,
                };
                self.branch(not_false, target.index(), false);
            }
            Step::Output { index, from } => {
                let held = self.read(*from);
                let at = (*index as usize * CELL) as i32;
                store_cell(
                    self.b,
                    self.layout,
                    self.slot(*from),
                    held,
                    (self.outputs, at),
                );
            }
            Step::Return => {
                let done = self.b.ins().iconst(I64, 0);
                self.b.ins().return_(&[done]);
            }
        }
    }

    /// The frame's address.
    fn frame(&mut self) -> Value {
        self.asks_frame = true;
        self.frame
    }

    fn slot(&self, id: SlotId) -> Slot {
        self.program.slots[id.index()]
    }

    fn read(&mut self, id: SlotId) -> Held {
        match self.slots[id.index()] {
            Place::Value(held) => held,
            Place::Variable(variables) => Held {
                value: self.b.use_var(variables.value),
                length: variables.length.map(|l| self.b.use_var(l)),
                null: Some(self.b.use_var(variables.null)),
            },
            Place::Unwritten => unreachable!("verified programs write slots before they read them"),
        }
    }

    fn write(&mut self, id: SlotId, held: Held) {
        let Place::Variable(variables) = self.slots[id.index()] else {
            self.slots[id.index()] = Place::Value(held);
            return;
        };
        self.b.def_var(variables.value, held.value);
        if let (Some(variable), Some(length)) = (variables.length, held.length) {
            self.b.def_var(variable, length);
        }
        let null = match held.null {
            Some(null) => null,
            None => self.b.ins().iconst(I8, 0),
        };
        self.b.def_var(variables.null, null);
    }

    fn null(&mut self, id: SlotId) -> Value {
        match self.read(id).null {
            Some(null) => null,
            None => self.b.ins().iconst(I8, 0),
        }
    }

    /// Goes to the target if the condition has this truth value, else on.
    fn branch(&mut self, condition: Value, target: usize, when: bool) {
        let Some(target) = self.targets[target] else {
            return;
        };
        let next = self.b.create_block();
        if when {
            self.b.ins().brif(condition, target, &[], next, &[]);
        } else {
            self.b.ins().brif(condition, next, &[], target, &[]);
        }
        self.b.seal_block(next);
        self.b.switch_to_block(next);
        self.branches += 1;
    }

    fn guarded_load(&mut self, slot: Slot, from: (Value, usize)) -> Held {
        let (held, wrong) = load_cell(self.b, self.layout, slot, cell_flags(), from);
        let exit = Exit::Deopt(Reason::CellType);
        self.exits.guard(self.b, wrong, CallId::NONE, exit);
        held
    }

    /// A column's cell, read and checked once on every path.
    fn column(&mut self, column: usize) -> Held {
        // What was loaded before the first branch, or since the last, is there for sure.
        if let Some((held, branches)) = self.columns[column]
            && (branches == 0 || branches == self.branches)
        {
            return held;
        }
        let usage = self.program.columns[column];
        let held = self.guarded_load(usage.slot, (self.row, usage.index as usize));
        self.columns[column] = Some((held, self.branches));
        held
    }

    fn constant(&mut self, index: usize) -> Held {
        let constant = &self.program.constants[index];
        let immediate = |value| Held {
            value,
            length: None,
            null: None,
        };
        let int = |b: &mut FunctionBuilder<'_>, v: i64| immediate(b.ins().iconst(I64, v));
        match (&constant.value, constant.slot.repr) {
            (Datum::Null, repr) => {
                let ty = register(repr);
                let zero = if ty == F64 {
                    self.b.ins().f64const(0.0)
                } else if ty == cranelift_codegen::ir::types::I128 {
                    let zero = self.b.ins().iconst(I64, 0);
                    self.b.ins().iconcat(zero, zero)
                } else {
                    self.b.ins().iconst(ty, 0)
                };
                let length = has_length(repr).then(|| self.b.ins().iconst(I64, 0));
                Held {
                    value: zero,
                    length,
                    null: Some(self.b.ins().iconst(I8, 1)),
                }
            }
            (Datum::Int(v), Repr::Bool) => immediate(self.b.ins().iconst(I8, i64::from(*v != 0))),
            (Datum::Int(v) | Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v), _) => {
                int(self.b, *v)
            }
            (Datum::UInt(v), _) => int(self.b, *v as i64),
            (Datum::Double(v), _) => immediate(self.b.ins().f64const(*v)),
            (Datum::Decimal(d), Repr::Dec64 | Repr::Dec128)
                if i64::try_from(d.coefficient()).is_ok() =>
            {
                let narrow = i64::try_from(d.coefficient()).unwrap_or_default();
                let low = self.b.ins().iconst(I64, narrow);
                if constant.slot.repr == Repr::Dec64 {
                    return immediate(low);
                }
                immediate(
                    self.b
                        .ins()
                        .sextend(cranelift_codegen::ir::types::I128, low),
                )
            }
            (_, repr) => {
                let flags = cell_flags();
                let frame = self.frame();
                let cells = self.b.ins().load(I64, flags, frame, FRAME_CONSTANTS);
                load_payload(
                    self.b,
                    self.layout,
                    repr,
                    flags,
                    (cells, (index * CELL) as i32),
                )
            }
        }
    }

    fn call(&mut self, id: CallId, args: &[SlotId]) -> Held {
        let program = self.program;
        let call = &program.calls[id.index()];
        let held: Vec<Held> = args.iter().map(|a| self.read(*a)).collect();
        let facts: Vec<Known> = args
            .iter()
            .zip(&held)
            .map(|(a, held)| Known {
                slot: self.slot(*a),
                nullable: held.null.is_some(),
                range: Interval::ALL,
            })
            .collect();
        match lowering_of(call, &program.session, &facts, Width::Scalar) {
            Some((lower, _)) => self.lowered(id, lower, &held),
            None => self.kernel(id, args, &held),
        }
    }

    fn lowered(&mut self, id: CallId, lower: Lower, held: &[Held]) -> Held {
        let program = self.program;
        let call = &program.calls[id.index()];
        let strict = call.overload().is_strict();
        let mut masked = None;
        if strict {
            for arg in held {
                masked = either(self.b, masked, arg.null);
            }
        }
        let args: Vec<_> = held.iter().map(|h| h.lowered()).collect();
        let mut emit = Scalar {
            b: self.b,
            masked,
            guards: Guards::Return {
                call: id,
                exits: &mut self.exits,
            },
        };
        let result = lower(&mut emit, &call.site(&program.session), &args)
            .map(Held::from_lowered)
            .unwrap_or_else(|| unreachable!("the dry run went well"));
        Held {
            null: either(self.b, masked, result.null),
            ..result
        }
    }

    /// Stores the arguments as cells, calls the kernel, reads the result's cell.
    fn kernel(&mut self, id: CallId, args: &[SlotId], held: &[Held]) -> Held {
        let kernels = self.kernels();
        for (i, (arg, held)) in args.iter().zip(held).enumerate() {
            let slot = self.slot(*arg);
            let base = self.b.ins().stack_addr(I64, kernels.cells, 0);
            store_cell(self.b, self.layout, slot, *held, (base, (i * CELL) as i32));
        }
        let flags = MemFlagsData::trusted();
        let frame = self.frame();
        let callee = self
            .b
            .ins()
            .load(I64, cell_flags(), frame, FRAME_CALL_KERNEL);
        let number = self.b.ins().iconst(I64, i64::from(id.0));
        let cells = self.b.ins().stack_addr(I64, kernels.cells, 0);
        let result = self.b.ins().stack_addr(I64, kernels.cells, kernels.result);
        let call =
            self.b
                .ins()
                .call_indirect(kernels.signature, callee, &[frame, number, cells, result]);
        let status = self.b.inst_results(call)[0];
        let next = self.b.create_block();
        self.b.ins().brif(status, kernels.exit, &[], next, &[]);
        self.b.seal_block(next);
        self.b.switch_to_block(next);
        let repr = self.program.calls[id.index()].slot.repr;
        let tag = self.b.ins().load(I8, flags, result, 0);
        let null = self.b.ins().icmp_imm_u(IntCC::Equal, tag, 0);
        Held {
            null: Some(null),
            ..load_payload(self.b, self.layout, repr, flags, (result, 0))
        }
    }

    fn kernels(&mut self) -> Kernels {
        if let Some(kernels) = self.kernels {
            return kernels;
        }
        let arity = self.program.steps.iter().map(|s| match s {
            Step::Call { args, .. } => args.len(),
            _ => 0,
        });
        let result = arity.max().unwrap_or(0) * CELL;
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, (result + CELL) as u32, 3);
        let mut signature = Signature::new(self.convention);
        signature.params.extend([AbiParam::new(I64); 4]);
        signature.returns.push(AbiParam::new(I64));
        let exit = self.b.create_block();
        self.b.set_cold_block(exit);
        let kernels = Kernels {
            signature: self.b.import_signature(signature),
            cells: self.b.create_sized_stack_slot(data),
            result: result as i32,
            exit,
        };
        self.kernels = Some(kernels);
        kernels
    }
}
