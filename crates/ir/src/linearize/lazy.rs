//! What is evaluated only where its value is asked for: jumps.

use super::cost::{is_cheap, is_silent};
use super::{Linearizer, natural};
use crate::program::{Slot, Step, StepIndex};
use sqlift_functions::{Expr, Form, FunctionId, SlotId};
use sqlift_types::{Datum, Error, Repr};

impl Linearizer {
    /// A value, then what is made of it: the value's slot is written before all that reads it.
    pub(super) fn let_in(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
        let [value, body] = args else {
            return Err(
                Error::unsupported("a value held for other than one expression").at(expr.span),
            );
        };
        let slot = self.expression(value)?;
        let slot = self.resize(slot, &value.ty, value.span)?;
        self.held.push(slot);
        let result = self.expression(body);
        self.held.pop();
        result
    }

    /// The arguments up to the first that is NULL; without a jump where nobody can tell.
    pub(super) fn null_first(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        args: &[Expr],
        form: Form,
    ) -> Result<SlotId, Error> {
        // Whether somebody can tell that the arguments behind one were evaluated.
        let stops = |i: usize| args[i].nullable && !args[i + 1..].iter().all(is_silent);
        let last = args.len().saturating_sub(1);
        if !form.stops_at_null(args) || !(0..last).any(stops) {
            return self.strict_call(expr, function, args);
        }
        let target = StepIndex(0);
        let mut slots = Vec::with_capacity(args.len());
        let mut nulls = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            let slot = self.expression(arg)?;
            if i < last && stops(i) {
                nulls.push(self.jump(Step::JumpIfNull { slot, target }));
            }
            slots.push(slot);
        }
        let value = self.call(expr, function, args, slots)?;
        // A DECIMAL stays as narrow as it was computed.
        let slot = Slot {
            nullable: true,
            ..self.slot(value)
        };
        let result = self.new_slot(slot);
        self.program.steps.push(Step::Copy {
            to: result,
            from: value,
        });
        let end = self.jump(Step::Jump { target });
        nulls.into_iter().for_each(|null| self.land(null));
        let nothing = self.constant(&Datum::Null, slot)?;
        self.program.steps.push(Step::Copy {
            to: result,
            from: nothing,
        });
        self.land(end);
        Ok(result)
    }

    /// AND, OR: branch-free when the second operand is cheap and can neither fail nor warn, else skipped when the first decides.
    pub(super) fn junction(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        args: &[Expr],
        form: Form,
    ) -> Result<SlotId, Error> {
        let [first, second] = args else {
            return Err(Error::unsupported("AND and OR of other than two operands").at(expr.span));
        };
        let a = self.expression(first)?;
        if is_cheap(second) {
            let b = self.expression(second)?;
            return self.call(expr, function, args, vec![a, b]);
        }
        let result = self.new_slot(Slot {
            repr: Repr::Bool,
            scale: 0,
            nullable: expr.nullable,
        });
        let target = StepIndex(0);
        let decided = self.jump(match form {
            Form::And => Step::JumpIfFalse { slot: a, target },
            _ => Step::JumpIfTrue { slot: a, target },
        });
        let b = self.expression(second)?;
        let both = self.call(expr, function, args, vec![a, b])?;
        self.program.steps.push(Step::Copy {
            to: result,
            from: both,
        });
        let end = self.jump(Step::Jump { target });
        self.land(decided);
        self.program.steps.push(Step::Copy {
            to: result,
            from: a,
        });
        self.land(end);
        Ok(result)
    }

    /// The other operands are skipped when the first is NULL, unless evaluating them for nothing costs little and shows nothing.
    pub(super) fn guarded(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        args: &[Expr],
    ) -> Result<SlotId, Error> {
        let Some((first, others)) = args.split_first() else {
            return self.strict_call(expr, function, args);
        };
        if !first.nullable || others.iter().all(is_cheap) {
            return self.strict_call(expr, function, args);
        }
        let mut slots = vec![self.expression(first)?];
        let target = StepIndex(0);
        let slot = natural(&expr.ty, true);
        let result = self.new_slot(slot);
        let is_null = self.jump(Step::JumpIfNull {
            slot: slots[0],
            target,
        });
        for other in others {
            slots.push(self.expression(other)?);
        }
        let from = self.call(expr, function, args, slots)?;
        let from = self.resize(from, &expr.ty, expr.span)?;
        self.program.steps.push(Step::Copy { to: result, from });
        let end = self.jump(Step::Jump { target });
        self.land(is_null);
        let null = self.constant(&Datum::Null, slot)?;
        self.program.steps.push(Step::Copy {
            to: result,
            from: null,
        });
        self.land(end);
        Ok(result)
    }

    /// CASE: conditions in order, and only the value that is asked for.
    pub(super) fn case(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
        let result = self.new_slot(natural(&expr.ty, expr.nullable));
        let (last, branches) = args
            .split_last()
            .ok_or_else(|| Error::wrong_arity("CASE"))?;
        let target = StepIndex(0);
        let mut ends = Vec::new();
        for branch in branches.chunks_exact(2) {
            let condition = self.expression(&branch[0])?;
            let next = self.jump(Step::JumpUnlessTrue {
                slot: condition,
                target,
            });
            self.copy_result(&branch[1], result, expr)?;
            ends.push(self.jump(Step::Jump { target }));
            self.land(next);
        }
        self.copy_result(last, result, expr)?;
        ends.into_iter().for_each(|end| self.land(end));
        Ok(result)
    }

    pub(super) fn copy_result(
        &mut self,
        value: &Expr,
        result: SlotId,
        expr: &Expr,
    ) -> Result<(), Error> {
        let from = self.expression(value)?;
        let from = self.aligned(from, value, &expr.ty)?;
        let from = self.resize(from, &expr.ty, value.span)?;
        self.program.steps.push(Step::Copy { to: result, from });
        Ok(())
    }

    /// The first operand that is not NULL; the ones behind it are not evaluated.
    pub(super) fn coalesce(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
        let result = self.new_slot(natural(&expr.ty, expr.nullable));
        let target = StepIndex(0);
        let mut ends = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            self.copy_result(arg, result, expr)?;
            if i + 1 < args.len() {
                ends.push(self.jump(Step::JumpIfNotNull {
                    slot: result,
                    target,
                }));
            }
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(result)
    }
}
