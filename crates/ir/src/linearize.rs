//! From typed expressions to a program. NULL, evaluation order, short-circuit and laziness are decided here, once, for all tiers.

mod call;
mod cost;
mod lazy;
mod shared;
mod shown;
mod unit;

pub use shown::linearize_shown;
pub use unit::{Part, PartOutput, linearize_unit};

use crate::program::{ColumnUse, Constant, Program, Slot, Step, StepIndex};
use crate::speculation::Speculation;
use shared::Shared;
use sqlift_functions::{Expr, ExprKind, Form, FunctionId, SlotId, catalogue};
use sqlift_types::{Datum, Error, Session, SqlType};
use std::collections::HashSet;
use std::sync::Arc;

/// Makes the program of some expressions over one row: output `i` is `expressions[i]`.
///
/// Errors: a call for which the catalogue has no physical form ([`Error::unsupported`]), or one whose kernel cannot be prepared.
pub fn linearize(
    expressions: &[Expr],
    session: &Arc<Session>,
    speculation: Speculation,
) -> Result<Program, Error> {
    let outputs = expressions.iter().map(|e| e.ty.clone()).collect();
    let mut l = Linearizer::new(outputs, session, speculation);
    if expressions.len() > 1 {
        l.shared = Some(Shared::default());
    }
    for (index, expression) in expressions.iter().enumerate() {
        let slot = l.expression(expression)?;
        let from = l.resize(slot, &expression.ty, expression.span)?;
        l.program.steps.push(Step::Output {
            index: index as u32,
            from,
        });
    }
    Ok(l.finish())
}

struct Linearizer {
    program: Program,
    speculation: Speculation,
    /// The slots whose texts are ASCII, or the row is given up.
    ascii: HashSet<SlotId>,
    /// The columns whose texts were found ASCII, each with the number of branches seen then.
    guarded: Vec<(u32, u32)>,
    /// Jumps and their targets so far.
    branches: u32,
    /// What several expressions have in common. One expression is computed as it is written: the VM fuses what is read once, and what
    /// costs little is computed again in less time than it takes to keep it.
    shared: Option<Shared>,
    /// The values that are held for what is being linearized, innermost last.
    held: Vec<SlotId>,
}

impl Linearizer {
    fn new(outputs: Vec<SqlType>, session: &Arc<Session>, speculation: Speculation) -> Linearizer {
        Linearizer {
            program: Program {
                steps: Vec::new(),
                slots: Vec::new(),
                columns: Vec::new(),
                constants: Vec::new(),
                calls: Vec::new(),
                outputs,
                session: session.clone(),
            },
            speculation,
            ascii: HashSet::new(),
            guarded: Vec::new(),
            branches: 0,
            shared: None,
            held: Vec::new(),
        }
    }

    fn finish(mut self) -> Program {
        self.program.steps.push(Step::Return);
        debug_assert_eq!(self.program.verify(), Ok(()), "{}", self.program);
        self.program
    }

    fn new_slot(&mut self, slot: Slot) -> SlotId {
        self.program.slots.push(slot);
        SlotId(self.program.slots.len() as u32 - 1)
    }

    fn slot(&self, id: SlotId) -> Slot {
        self.program.slots[id.index()]
    }

    fn here(&self) -> StepIndex {
        StepIndex(self.program.steps.len() as u32)
    }

    /// Adds a jump whose target is not known yet.
    fn jump(&mut self, step: Step) -> usize {
        self.branches += 1;
        self.program.steps.push(step);
        let jump = self.program.steps.len() - 1;
        if let Some(shared) = &mut self.shared {
            shared.jump(jump);
        }
        jump
    }

    /// Lets a jump go here.
    fn land(&mut self, jump: usize) {
        self.branches += 1;
        if let Some(shared) = &mut self.shared {
            shared.land(jump);
        }
        let here = self.here();
        match &mut self.program.steps[jump] {
            Step::Jump { target }
            | Step::JumpIfNull { target, .. }
            | Step::JumpIfNotNull { target, .. }
            | Step::JumpIfFalse { target, .. }
            | Step::JumpIfTrue { target, .. }
            | Step::JumpUnlessTrue { target, .. } => *target = here,
            step => unreachable!("{step:?} is no jump"),
        }
    }

    /// Small, and so is what it calls on the way down: expressions are nested as deep as the stack allows.
    fn expression(&mut self, expr: &Expr) -> Result<SlotId, Error> {
        match &expr.kind {
            ExprKind::Literal(value) => self.constant(value, natural(&expr.ty, expr.nullable)),
            ExprKind::Column(index) => Ok(self.column(expr, *index)),
            ExprKind::Parameter(parameter) => Ok(self.parameter(expr, *parameter)),
            ExprKind::Call { function, args } => {
                if let Some(result) = self.known(expr, *function) {
                    return result;
                }
                let before = (self.effects(), self.branches);
                let result = match catalogue().function(*function).evaluation() {
                    Form::Call => return self.strict_call(expr, *function, args),
                    form @ (Form::NullFirst | Form::NullFirstDecimal) => {
                        self.null_first(expr, *function, args, form)
                    }
                    form @ (Form::And | Form::Or) => self.junction(expr, *function, args, form),
                    Form::Case => self.case(expr, args),
                    Form::Coalesce => self.coalesce(expr, args),
                    Form::Guarded => self.guarded(expr, *function, args),
                    Form::Let => self.let_in(expr, args),
                    Form::Held => {
                        return self.held.last().copied().ok_or_else(|| {
                            Error::unsupported("a held value that nothing holds").at(expr.span)
                        });
                    }
                };
                if let Ok(slot) = &result {
                    self.share(expr, *slot, before);
                }
                result
            }
            ExprKind::Row(_) => Err(Error::operand_columns(1).at(expr.span)),
        }
    }

    /// A call that has a faster form, or was made before.
    fn known(&mut self, expr: &Expr, function: FunctionId) -> Option<Result<SlotId, Error>> {
        if let Some(fused) = catalogue().function(function).fusion(expr) {
            return Some(self.expression(&fused));
        }
        let shared = self.sharing()?;
        if catalogue().function(function).evaluation() == Form::Call {
            return None;
        }
        shared.lazy(expr).map(Ok)
    }

    /// What others may have, unless a value is held: expressions of it are alike, and yet of other values.
    fn sharing(&self) -> Option<&Shared> {
        self.shared.as_ref().filter(|_| self.held.is_empty())
    }

    /// How many calls were made that somebody can tell of.
    fn effects(&self) -> u32 {
        self.shared.as_ref().map_or(0, Shared::effects)
    }

    /// Lets others have what a form gave, if it jumps (else it is a call like others), unless somebody could tell that it is not
    /// evaluated again. `before` are the effects and branches before it.
    fn share(&mut self, expr: &Expr, slot: SlotId, before: (u32, u32)) {
        if self.sharing().is_some()
            && let Some(shared) = &mut self.shared
            && shared.effects() == before.0
            && self.branches != before.1
        {
            shared.add_lazy(expr, slot);
        }
    }

    fn column(&mut self, expr: &Expr, index: u32) -> SlotId {
        if let Some(slot) = self.shared.as_ref().and_then(|s| s.column(index)) {
            return slot;
        }
        let slot = natural(&expr.ty, expr.nullable);
        let column_use = ColumnUse { index, slot };
        let known = self.program.columns.iter().position(|c| *c == column_use);
        let column = known.unwrap_or_else(|| {
            self.program.columns.push(column_use);
            self.program.columns.len() - 1
        }) as u32;
        let to = self.new_slot(slot);
        self.program.steps.push(Step::Column { to, column });
        if let Some(shared) = &mut self.shared {
            // Whether it is ASCII is asked by a call, which is shared by itself.
            shared.add_column(index, to);
            return to;
        }
        // What was asked before the first branch, or since the last, holds here too.
        let asked = |(i, branches): &(u32, u32)| {
            *i == index && (*branches == 0 || *branches == self.branches)
        };
        if self.guarded.iter().any(asked) {
            self.ascii.insert(to);
        }
        to
    }

    fn parameter(&mut self, expr: &Expr, parameter: u32) -> SlotId {
        let to = self.new_slot(natural(&expr.ty, true));
        self.program.steps.push(Step::Parameter { to, parameter });
        to
    }

    fn constant(&mut self, value: &Datum, slot: Slot) -> Result<SlotId, Error> {
        let known = self
            .program
            .constants
            .iter()
            .position(|c| is_same(&c.value, value) && c.slot == slot);
        let constant = known.unwrap_or_else(|| {
            self.program.constants.push(Constant {
                value: value.clone(),
                slot,
            });
            self.program.constants.len() - 1
        }) as u32;
        if let Some(to) = self.shared.as_ref().and_then(|s| s.constant(constant)) {
            return Ok(to);
        }
        let to = self.new_slot(slot);
        self.program.steps.push(Step::Constant { to, constant });
        if let Some(shared) = &mut self.shared {
            shared.add_constant(constant, to);
        }
        if matches!(value, Datum::Bytes(text) if text.is_ascii()) {
            self.ascii.insert(to);
        }
        Ok(to)
    }

    /// All arguments from left to right, then the kernel.
    fn strict_call(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        args: &[Expr],
    ) -> Result<SlotId, Error> {
        let mut slots = Vec::with_capacity(args.len());
        for arg in args {
            slots.push(self.expression(arg)?);
        }
        self.call(expr, function, args, slots)
    }
}

fn scale_of(ty: &SqlType) -> u8 {
    if ty.repr().is_decimal() {
        ty.decimals
    } else {
        0
    }
}

/// How a value of the type is held when no bet says otherwise.
fn natural(ty: &SqlType, nullable: bool) -> Slot {
    Slot {
        repr: ty.repr(),
        scale: scale_of(ty),
        nullable,
    }
}

/// Whether two constants are one: 0 and -0 are equal doubles, and yet two.
fn is_same(a: &Datum, b: &Datum) -> bool {
    match (a, b) {
        (Datum::Double(a), Datum::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}
