//! Programs made by hand.

use sqlift_functions::{Argument, CallId, SlotId, catalogue};
use sqlift_ir::{Call, ColumnUse, Constant, Program, Slot, Step, StepIndex};
use sqlift_types::{CollationId, Datum, Repr, Session, Span, SqlType};
use std::sync::Arc;

/// Builds a program step by step.
pub(crate) struct Draft(pub(crate) Program);

/// The slot of a type.
pub(crate) fn slot(ty: &SqlType, nullable: bool) -> Slot {
    let repr = ty.repr();
    let scale = if repr.is_decimal() { ty.decimals } else { 0 };
    Slot {
        repr,
        scale,
        nullable,
    }
}

impl Draft {
    pub(crate) fn new() -> Draft {
        Draft(Program {
            steps: Vec::new(),
            slots: Vec::new(),
            columns: Vec::new(),
            constants: Vec::new(),
            calls: Vec::new(),
            outputs: Vec::new(),
            session: Arc::new(Session::default()),
        })
    }

    pub(crate) fn slot(&mut self, slot: Slot) -> SlotId {
        self.0.slots.push(slot);
        SlotId(self.0.slots.len() as u32 - 1)
    }

    pub(crate) fn here(&self) -> StepIndex {
        StepIndex(self.0.steps.len() as u32)
    }

    pub(crate) fn step(&mut self, step: Step) -> usize {
        self.0.steps.push(step);
        self.0.steps.len() - 1
    }

    pub(crate) fn column(&mut self, index: u32, ty: &SqlType, nullable: bool) -> SlotId {
        self.held_column(index, slot(ty, nullable))
    }

    pub(crate) fn held_column(&mut self, index: u32, slot: Slot) -> SlotId {
        let to = self.slot(slot);
        self.0.columns.push(ColumnUse { index, slot });
        let column = self.0.columns.len() as u32 - 1;
        self.step(Step::Column { to, column });
        to
    }

    pub(crate) fn constant(&mut self, value: Datum, ty: &SqlType) -> SlotId {
        let slot = slot(ty, value.is_null());
        self.held_constant(value, slot)
    }

    pub(crate) fn held_constant(&mut self, value: Datum, slot: Slot) -> SlotId {
        let to = self.slot(slot);
        self.0.constants.push(Constant { value, slot });
        let constant = self.0.constants.len() as u32 - 1;
        self.step(Step::Constant { to, constant });
        to
    }

    pub(crate) fn call(
        &mut self,
        name: &str,
        args: &[SlotId],
        types: &[SqlType],
        ty: SqlType,
    ) -> SlotId {
        let function = catalogue().lookup(name).unwrap();
        let reprs: Vec<Repr> = args.iter().map(|a| self.0.slots[a.index()].repr).collect();
        let overloads = catalogue().function(function).overloads();
        let ret = ty.repr();
        let overload = overloads
            .iter()
            .position(|o| o.accepts(&reprs) && o.ret() == ret);
        self.call_overload(name, overload.unwrap(), args, types, ty)
    }

    pub(crate) fn call_overload(
        &mut self,
        name: &str,
        overload: usize,
        args: &[SlotId],
        types: &[SqlType],
        ty: SqlType,
    ) -> SlotId {
        let function = catalogue().lookup(name).unwrap();
        let chosen = &catalogue().function(function).overloads()[overload];
        let facts = args.iter().zip(types).map(|(slot, ty)| Argument {
            ty: ty.clone(),
            repr: self.0.slots[slot.index()].repr,
            constant: None,
            column: false,
            computed: false,
            quiet: false,
        });
        let facts: Vec<Argument> = facts.collect();
        let result = Slot {
            repr: chosen.ret(),
            ..slot(&ty, true)
        };
        let site = sqlift_functions::CallSite {
            args: &facts,
            ret: &ty,
            ret_repr: result.repr,
            collation: CollationId::BINARY,
            session: &self.0.session,
        };
        let kernel = chosen.kernel(&site).unwrap();
        let call = CallId(self.0.calls.len() as u32);
        self.0.calls.push(Call {
            function,
            overload,
            args: facts,
            ty,
            slot: result,
            collation: CollationId::BINARY,
            span: Span::default(),
            kernel,
        });
        let to = self.slot(result);
        self.step(Step::Call {
            to,
            call,
            args: args.into(),
        });
        to
    }

    pub(crate) fn copy(&mut self, to: SlotId, from: SlotId) {
        self.step(Step::Copy { to, from });
    }

    /// Adds a jump that [`Draft::land`] gives its target.
    pub(crate) fn jump(&mut self, make: impl FnOnce(StepIndex) -> Step) -> usize {
        self.step(make(StepIndex(0)))
    }

    pub(crate) fn land(&mut self, jump: usize) {
        let here = self.here();
        match &mut self.0.steps[jump] {
            Step::Jump { target }
            | Step::JumpIfNull { target, .. }
            | Step::JumpIfNotNull { target, .. }
            | Step::JumpIfFalse { target, .. }
            | Step::JumpIfTrue { target, .. }
            | Step::JumpUnlessTrue { target, .. } => *target = here,
            step => panic!("{step:?} is no jump"),
        }
    }

    /// An output of a type that is held as its slot is.
    pub(crate) fn output_as_held(&mut self, from: SlotId) {
        let Slot { repr, scale, .. } = self.0.slots[from.index()];
        let ty = match repr {
            Repr::Bool => SqlType::bool(),
            Repr::Int => SqlType::bigint(),
            Repr::UInt => SqlType::ubigint(),
            Repr::Double => SqlType::double(),
            Repr::Dec64 => SqlType::decimal(18, scale),
            Repr::Dec128 => SqlType::decimal(38, scale),
            Repr::Dec256 => SqlType::decimal(65, scale),
            Repr::Date => SqlType::date(),
            Repr::Time => SqlType::time(6),
            Repr::DateTime => SqlType::datetime(6),
            Repr::Bytes => SqlType::varbinary(100),
            Repr::Json => SqlType::json(),
        };
        self.output(from, ty);
    }

    pub(crate) fn output(&mut self, from: SlotId, ty: SqlType) {
        let index = self.0.outputs.len() as u32;
        self.0.outputs.push(ty);
        self.step(Step::Output { index, from });
    }

    pub(crate) fn finish(mut self) -> Program {
        self.step(Step::Return);
        assert_eq!(self.0.verify(), Ok(()), "{}", self.0);
        self.0
    }
}
