//! What a program means, step by step: kernels called on cells. The second opinion on generated code.

use sqlift_functions::{CallId, Exit, Frame, Reason, SlotId};
use sqlift_ir::{Program, Slot, Step};
use sqlift_types::{I256, Repr, Value};

/// The outputs, or `None` when the row is given up (the scratch says why).
pub(crate) fn walk<'r>(
    program: &'r Program,
    wide: &'r mut [I256],
    frame: &Frame<'r>,
) -> Option<Vec<Value<'r>>> {
    let constants: Vec<Value<'r>> = program
        .constants
        .iter()
        .zip(wide)
        .map(|(c, wide)| c.value.as_cell_of(c.slot.repr, c.slot.scale, wide).unwrap())
        .collect();
    let mut slots = vec![Value::Null; program.slots.len()];
    let mut outputs = vec![Value::Null; program.outputs.len()];
    let mut at = 0;
    loop {
        let step = &program.steps[at];
        at += 1;
        let is_true =
            |slots: &[Value<'_>], s: &SlotId| matches!(slots[s.index()], Value::Int(v) if v != 0);
        let jump = match step {
            Step::Column { to, column } => {
                let usage = program.columns[*column as usize];
                let cell = frame.row.get(usage.index as usize).copied();
                slots[to.index()] = checked(frame, usage.slot, cell)?;
                false
            }
            Step::Parameter { to, parameter } => {
                let cell = frame.parameters.get(*parameter as usize).copied();
                slots[to.index()] = checked(frame, program.slots[to.index()], cell)?;
                false
            }
            Step::Constant { to, constant } => {
                slots[to.index()] = constants[*constant as usize];
                false
            }
            Step::Call { to, call, args } => {
                let cells: Vec<Value<'r>> = args.iter().map(|a| slots[a.index()]).collect();
                let kernel = &program.calls[call.index()].kernel;
                if !kernel.cells(*call, &frame.cx, &cells, &mut slots[to.index()]) {
                    return None;
                }
                false
            }
            Step::Copy { to, from } => {
                slots[to.index()] = slots[from.index()];
                false
            }
            Step::Output { index, from } => {
                outputs[*index as usize] = slots[from.index()];
                false
            }
            Step::Jump { .. } => true,
            Step::JumpIfNull { slot, .. } => slots[slot.index()].is_null(),
            Step::JumpIfNotNull { slot, .. } => !slots[slot.index()].is_null(),
            Step::JumpIfFalse { slot, .. } => slots[slot.index()] == Value::Int(0),
            Step::JumpIfTrue { slot, .. } => is_true(&slots, slot),
            Step::JumpUnlessTrue { slot, .. } => !is_true(&slots, slot),
            Step::Return => return Some(outputs),
        };
        if jump {
            at = step.target().unwrap().index();
        }
    }
}

fn checked<'r>(frame: &Frame<'r>, slot: Slot, cell: Option<Value<'r>>) -> Option<Value<'r>> {
    let value = match (cell, slot.repr) {
        (Some(Value::Null), _) if slot.nullable => Some(Value::Null),
        (Some(Value::Int(v)), Repr::Bool) => Some(Value::Int(i64::from(v != 0))),
        (Some(cell), repr) if holds(cell, repr, slot.scale) => Some(cell),
        _ => None,
    };
    if value.is_none() {
        let exit = Exit::Deopt(Reason::CellType);
        frame.cx.scratch.record_exit(CallId::NONE, exit);
    }
    value
}

fn holds(cell: Value<'_>, repr: Repr, scale: u8) -> bool {
    match (cell, repr) {
        (Value::Int(_), Repr::Int)
        | (Value::UInt(_), Repr::UInt)
        | (Value::Double(_), Repr::Double)
        | (Value::Date(_), Repr::Date)
        | (Value::Time(_), Repr::Time)
        | (Value::DateTime(_), Repr::DateTime)
        | (Value::Bytes(_), Repr::Bytes)
        | (Value::Json(_), Repr::Json) => true,
        (Value::Dec64 { scale: s, .. }, Repr::Dec64)
        | (Value::Dec128 { scale: s, .. }, Repr::Dec128)
        | (Value::Dec256 { scale: s, .. }, Repr::Dec256) => s == scale,
        _ => false,
    }
}
