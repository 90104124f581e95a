//! Guards against infinity in blocks: fewer of them, at the end of a row.
//!
//! A sum, difference or product of something that is not finite is not finite either, so a value need not be asked when one made
//! of it is asked for the same rows. In a chain of operations only the last is.

use crate::check::Width;
use crate::scalar::{and_not, not};
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::I64X2;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::emit::NativeValue;
use std::collections::HashSet;

/// The guards of the row or rows at hand.
#[derive(Debug, Default)]
pub(crate) struct Finite {
    /// Truth values that tell of a value that it is finite.
    finite: Vec<(NativeValue, Value)>,
    /// Truth values that tell the opposite.
    infinite: Vec<(NativeValue, Value)>,
    /// Operand and result, where the result of an infinite operand is not finite.
    passes: Vec<(Value, Value)>,
    /// What is asked: the value, and where it does not count.
    guards: Vec<(Value, Option<Value>)>,
}

impl Finite {
    /// The result is infinite or not a number if an operand is.
    pub(crate) fn passes_on(&mut self, operands: &[Value], result: Value) {
        self.passes.extend(operands.iter().map(|o| (*o, result)));
    }

    /// The flag tells whether the value is finite.
    pub(crate) fn is_finite(&mut self, flag: NativeValue, value: Value) {
        self.finite.push((flag, value));
    }

    /// One flag is the opposite of another.
    pub(crate) fn negated(&mut self, flag: NativeValue, opposite: NativeValue) {
        if let Some((_, value)) = self.finite.iter().find(|(f, _)| *f == flag) {
            self.infinite.push((opposite, *value));
        }
    }

    /// Takes the guard over if it is one against infinity.
    pub(crate) fn guard(&mut self, flag: NativeValue, masked: Option<Value>) -> bool {
        let known = self.infinite.iter().find(|(f, _)| *f == flag);
        let Some((_, value)) = known else {
            return false;
        };
        self.guards.push((*value, masked));
        true
    }

    /// Emits the guards that are needed, and forgets all.
    pub(crate) fn emit(&mut self, b: &mut FunctionBuilder<'_>, width: Width, flags: Variable) {
        let guards: HashSet<(Value, Option<Value>)> = self.guards.drain(..).collect();
        let mut needed: Vec<_> = guards
            .iter()
            .filter(|(value, masked)| {
                let mut results = self.passes.iter().filter(|(operand, _)| operand == value);
                !results.any(|(_, result)| guards.contains(&(*result, *masked)))
            })
            .copied()
            .collect();
        needed.sort_unstable();
        for (value, masked) in needed {
            let bad = match width {
                // What is finite, less itself, is zero; all else is not a number.
                Width::Vector => {
                    let difference = b.ins().fsub(value, value);
                    b.ins().bitcast(I64X2, MemFlagsData::new(), difference)
                }
                Width::Scalar => {
                    let magnitude = b.ins().fabs(value);
                    let infinity = b.ins().f64const(f64::INFINITY);
                    let finite = b.ins().fcmp(FloatCC::LessThan, magnitude, infinity);
                    not(b, finite)
                }
            };
            let bad = and_not(b, bad, masked);
            let so_far = b.use_var(flags);
            let all = b.ins().bor(so_far, bad);
            b.def_var(flags, all);
        }
        *self = Finite::default();
    }
}
