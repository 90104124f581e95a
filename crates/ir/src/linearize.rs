//! From typed expressions to a program. NULL, evaluation order, short-circuit and laziness are decided here, once, for all tiers.

mod shown;

pub use shown::linearize_shown;

use crate::program::{Call, ColumnUse, Constant, Program, Slot, Step, StepIndex};
use crate::speculation::{Bet, Speculation, gains_by_ascii};
use sqlift_collation::CollationId;
use sqlift_functions::{
    Argument, CallId, CallSite, Exit, Expr, ExprKind, Form, FunctionId, Overload, Reason, SlotId,
    catalogue,
};
use sqlift_types::{Datum, Error, Repr, Session, Span, SqlType};
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
    ascii: Vec<SlotId>,
    /// The columns whose texts were found ASCII, each with the number of branches seen then.
    guarded: Vec<(u32, u32)>,
    /// Jumps and their targets so far.
    branches: u32,
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
            ascii: Vec::new(),
            guarded: Vec::new(),
            branches: 0,
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
        self.program.steps.len() - 1
    }

    /// Lets a jump go here.
    fn land(&mut self, jump: usize) {
        self.branches += 1;
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

    fn expression(&mut self, expr: &Expr) -> Result<SlotId, Error> {
        if let ExprKind::Call { function, .. } = &expr.kind
            && let Some(fused) = catalogue().function(*function).fusion(expr)
        {
            return self.expression(&fused);
        }
        match &expr.kind {
            ExprKind::Literal(value) => self.constant(value, natural(&expr.ty, expr.nullable)),
            ExprKind::Column(index) => {
                let slot = natural(&expr.ty, expr.nullable);
                let column_use = ColumnUse {
                    index: *index,
                    slot,
                };
                let known = self.program.columns.iter().position(|c| *c == column_use);
                let column = known.unwrap_or_else(|| {
                    self.program.columns.push(column_use);
                    self.program.columns.len() - 1
                }) as u32;
                let to = self.new_slot(slot);
                self.program.steps.push(Step::Column { to, column });
                // What was asked before the first branch, or since the last, holds here too.
                let asked = |(i, branches): &(u32, u32)| {
                    i == index && (*branches == 0 || *branches == self.branches)
                };
                if self.guarded.iter().any(asked) {
                    self.ascii.push(to);
                }
                Ok(to)
            }
            ExprKind::Parameter(parameter) => {
                let to = self.new_slot(natural(&expr.ty, true));
                self.program.steps.push(Step::Parameter {
                    to,
                    parameter: *parameter,
                });
                Ok(to)
            }
            ExprKind::Call { function, args } => match catalogue().function(*function).evaluation()
            {
                Form::Call => self.strict_call(expr, *function, args),
                form @ (Form::NullFirst | Form::NullFirstDecimal) => {
                    self.null_first(expr, *function, args, form)
                }
                form @ (Form::And | Form::Or) => self.junction(expr, *function, args, form),
                Form::Case => self.case(expr, args),
                Form::Coalesce => self.coalesce(expr, args),
                Form::Guarded => self.guarded(expr, *function, args),
                Form::Let => self.let_in(expr, args),
                Form::Held => self.held.last().copied().ok_or_else(|| {
                    Error::unsupported("a held value that nothing holds").at(expr.span)
                }),
            },
            ExprKind::Row(_) => Err(Error::operand_columns(1).at(expr.span)),
        }
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
        let to = self.new_slot(slot);
        self.program.steps.push(Step::Constant { to, constant });
        if matches!(value, Datum::Bytes(text) if text.is_ascii()) {
            self.ascii.push(to);
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

    /// The arguments up to the first that is NULL; without a jump where nobody can tell.
    fn null_first(
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

    /// The physical call: picks the overload by representation, with one width for all DECIMALs.
    fn call(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        args: &[Expr],
        mut slots: Vec<SlotId>,
    ) -> Result<SlotId, Error> {
        let overloads = catalogue().function(function).overloads();
        let decimal_width = self.decimal_width(expr, overloads, &slots);
        // A conversion to DECIMAL picks its result's width, any other call takes DECIMALs of one width.
        for (slot, arg) in slots.iter_mut().zip(args) {
            let converts = |o: &Overload| {
                args.len() == 1 && !o.is_variadic() && o.params() == [self.slot(*slot).repr]
            };
            if self.slot(*slot).repr.is_decimal() && !overloads.iter().any(converts) {
                *slot = self.widen(*slot, decimal_width, &arg.ty, arg.span)?;
            }
        }
        let natural_ret = expr.ty.repr();
        let ret = if natural_ret.is_decimal() {
            decimal_width
        } else {
            natural_ret
        };
        let reprs: Vec<Repr> = slots.iter().map(|s| self.slot(*s).repr).collect();
        let fits = |o: &Overload| o.accepts(&reprs) && (o.ret() == ret || o.ret() == natural_ret);
        let of_ascii = overloads.iter().position(|o| o.is_of_ascii() && fits(o));
        if let Some(overload) = of_ascii
            && self.bet_on_ascii(expr, args, &mut slots)?
        {
            let (ty, span) = (&expr.ty, expr.span);
            let to = self.push_call(function, overload, args, &slots, ty, expr.nullable, span)?;
            self.ascii.push(to);
            return Ok(to);
        }
        let any = |o: &Overload| !o.is_of_ascii() && fits(o);
        let overload = overloads.iter().position(any).ok_or_else(|| {
            let reprs: Vec<&str> = reprs.iter().map(|r| r.name()).collect();
            let name = catalogue().function(function).name();
            Error::unsupported(format_args!("{name}({}) -> {}", reprs.join(", "), expr.ty))
                .at(expr.span)
        })?;
        self.push_call(
            function,
            overload,
            args,
            &slots,
            &expr.ty,
            expr.nullable,
            expr.span,
        )
    }

    /// Bets that a call's texts are ASCII, if they are known to be or are columns; puts guards before the columns. `false`: no bet.
    fn bet_on_ascii(
        &mut self,
        expr: &Expr,
        args: &[Expr],
        slots: &mut [SlotId],
    ) -> Result<bool, Error> {
        let known =
            |slot: &SlotId| self.slot(*slot).repr != Repr::Bytes || self.ascii.contains(slot);
        let mut texts = args.iter().zip(slots.iter());
        if !self.speculation.bets_on(Bet::AsciiText)
            || !texts.all(|(arg, slot)| known(slot) || arg.is_column())
            || !gains_by_ascii(call_collation(&expr.ty, args))
        {
            return Ok(false);
        }
        for (arg, slot) in args.iter().zip(slots) {
            let ExprKind::Column(column) = &arg.kind else {
                continue;
            };
            if self.slot(*slot).repr != Repr::Bytes || self.ascii.contains(slot) {
                continue;
            }
            let guard = catalogue()
                .lookup("as ascii")
                .expect("the catalogue has as ascii");
            let arg = std::slice::from_ref(arg);
            let (ty, nullable) = (&arg[0].ty, arg[0].nullable);
            *slot = self.push_call(guard, 0, arg, &[*slot], ty, nullable, arg[0].span)?;
            self.ascii.push(*slot);
            self.guarded.push((*column, self.branches));
        }
        Ok(true)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one step")]
    fn push_call(
        &mut self,
        function: FunctionId,
        overload: usize,
        args: &[Expr],
        slots: &[SlotId],
        ty: &SqlType,
        nullable: bool,
        span: Span,
    ) -> Result<SlotId, Error> {
        let chosen = &catalogue().function(function).overloads()[overload];
        let facts: Vec<Argument> = args
            .iter()
            .zip(slots)
            .map(|(arg, slot)| Argument {
                ty: arg.ty.clone(),
                repr: self.slot(*slot).repr,
                constant: arg.as_literal().cloned(),
                column: arg.is_column(),
            })
            .collect();
        let collation = call_collation(ty, args);
        let slot = Slot {
            repr: chosen.ret(),
            scale: scale_of(ty),
            nullable,
        };
        let session = self.program.session.clone();
        let site = CallSite {
            args: &facts,
            ret: ty,
            ret_repr: slot.repr,
            collation,
            session: &session,
        };
        let kernel = chosen.kernel(&site).map_err(|e| e.at(span))?;
        let call = CallId(self.program.calls.len() as u32);
        self.program.calls.push(Call {
            function,
            overload,
            args: facts,
            ty: ty.clone(),
            slot,
            collation,
            span,
            kernel,
        });
        let to = self.new_slot(slot);
        self.program.steps.push(Step::Call {
            to,
            call,
            args: slots.into(),
        });
        Ok(to)
    }

    /// The width in which a call's DECIMALs are held: the widest of arguments and result, or less on a bet.
    fn decimal_width(&self, expr: &Expr, overloads: &[Overload], slots: &[SlotId]) -> Repr {
        let held = slots
            .iter()
            .map(|s| self.slot(*s).repr)
            .filter(|r| r.is_decimal())
            .max();
        let result = Some(expr.ty.repr()).filter(|r| r.is_decimal());
        if self.speculation.bets_on(Bet::Decimal64)
            && held == Some(Repr::Dec64)
            && result.is_some()
            && expr.ty.decimals <= 18
        {
            return Repr::Dec64;
        }
        // Only operations that are exact and tell by themselves when 128 bits do not do. Sums want operands at the result's scale, and
        // where the result is of 256 bits binding leaves it to the kernel to bring them there; from 30 decimals on products are cut.
        let scale = u32::from(expr.ty.decimals);
        let scales = || slots.iter().map(|s| u32::from(self.slot(*s).scale));
        let exact = |o: &Overload| {
            o.ret() == Repr::Dec128
                && o.params().iter().all(|p| *p == Repr::Dec128)
                && o.flag_exit() == Exit::Deopt(Reason::DecimalWidth)
                && (scales().all(|s| s == scale)
                    || o.takes_any_scale() && scales().sum::<u32>() == scale)
        };
        if self.speculation.bets_on(Bet::Decimal128)
            && held.is_some_and(|held| held < Repr::Dec256)
            && result == Some(Repr::Dec256)
            && overloads.iter().any(exact)
        {
            return Repr::Dec128;
        }
        held.max(result).unwrap_or(Repr::Dec64)
    }

    /// The same DECIMAL held wider.
    fn widen(
        &mut self,
        slot: SlotId,
        repr: Repr,
        ty: &SqlType,
        span: Span,
    ) -> Result<SlotId, Error> {
        let from = self.slot(slot);
        if from.repr >= repr {
            return Ok(slot);
        }
        self.hold(slot, repr, ty, span)
    }

    /// A result held as its type says, whatever width it was computed in.
    fn resize(&mut self, slot: SlotId, ty: &SqlType, span: Span) -> Result<SlotId, Error> {
        let natural = ty.repr();
        if !natural.is_decimal() || self.slot(slot).repr == natural {
            return Ok(slot);
        }
        self.hold(slot, natural, ty, span)
    }

    fn hold(
        &mut self,
        slot: SlotId,
        repr: Repr,
        ty: &SqlType,
        span: Span,
    ) -> Result<SlotId, Error> {
        let function = catalogue()
            .lookup("resize")
            .expect("the catalogue has resize");
        let from = self.slot(slot);
        // A constant is simply held in the other width.
        if let Some(Step::Constant { to, constant }) = self.program.steps.last().cloned()
            && to == slot
        {
            self.program.steps.pop();
            let value = self.program.constants[constant as usize].value.clone();
            return self.constant(&value, Slot { repr, ..from });
        }
        let overloads = catalogue().function(function).overloads();
        let overload = overloads
            .iter()
            .position(|o| o.params() == [from.repr] && o.ret() == repr)
            .ok_or_else(|| {
                Error::unsupported(format_args!("{} held as {repr}", from.repr)).at(span)
            })?;
        let arg = Expr::literal(Datum::Null, ty.clone());
        self.push_call(
            function,
            overload,
            std::slice::from_ref(&arg),
            &[slot],
            ty,
            from.nullable,
            span,
        )
    }

    /// AND, OR: branch-free when the second operand is cheap and can neither fail nor warn, else skipped when the first decides.
    fn junction(
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
    fn guarded(
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
    fn case(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
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

    fn copy_result(&mut self, value: &Expr, result: SlotId, expr: &Expr) -> Result<(), Error> {
        let from = self.expression(value)?;
        let from = self.aligned(from, value, &expr.ty)?;
        let from = self.resize(from, &expr.ty, value.span)?;
        self.program.steps.push(Step::Copy { to: result, from });
        Ok(())
    }

    /// A value, then what is made of it: the value's slot is written before all that reads it.
    fn let_in(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
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

    /// The first operand that is not NULL; the ones behind it are not evaluated.
    fn coalesce(&mut self, expr: &Expr, args: &[Expr]) -> Result<SlotId, Error> {
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

/// The collation that a call works in: its result's, or (for comparisons and the like) that of its first text operand.
pub(crate) fn call_collation(ty: &SqlType, args: &[Expr]) -> CollationId {
    if ty.kind.is_string() {
        return ty.collation;
    }
    let text = args.iter().find(|a| a.ty.kind.is_string());
    text.map_or(CollationId::BINARY, |a| a.ty.collation)
}

/// Whether nobody can tell that it was evaluated: no warning, no error.
fn is_silent(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Parameter(_) => true,
        ExprKind::Row(_) => false,
        ExprKind::Call { function, args } => {
            let function = catalogue().function(*function);
            let silent = |o: &Overload| {
                !o.warns() && (!o.is_fallible() || matches!(o.flag_exit(), Exit::Deopt(_)))
            };
            !function.is_volatile()
                && args.iter().all(is_silent)
                && fitting(function.overloads(), expr, args).all(silent)
        }
    }
}

/// The widest DECIMAL that an expression has to do with: what it is made of may be held wider than it needs.
fn widest_decimal(expr: &Expr) -> Option<Repr> {
    let own = Some(expr.ty.repr()).filter(|r| r.is_decimal());
    match &expr.kind {
        ExprKind::Call { args, .. } => args.iter().map(widest_decimal).fold(own, Option::max),
        _ => own,
    }
}

/// The overloads that a call may be made by: DECIMALs in any width up to the widest that it has to do with.
fn fitting<'o>(
    overloads: &'o [Overload],
    expr: &'o Expr,
    args: &'o [Expr],
) -> impl Iterator<Item = &'o Overload> {
    let ret = expr.ty.repr();
    let widest = widest_decimal(expr);
    let alike =
        move |a: Repr, b: Repr| a == b || a.is_decimal() && b.is_decimal() && Some(a) <= widest;
    overloads.iter().filter(move |o| {
        let params = o.params();
        let takes = |(i, arg): (usize, &Expr)| {
            params
                .get(i)
                .or(params.last().filter(|_| o.is_variadic()))
                .is_some_and(|p| alike(*p, arg.ty.repr()))
        };
        alike(o.ret(), ret) && args.iter().enumerate().all(takes)
    })
}

/// Whether evaluating it for nothing costs little and shows nothing.
fn is_cheap(expr: &Expr) -> bool {
    fn walk(expr: &Expr, budget: &mut u32) -> bool {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Parameter(_) => true,
            ExprKind::Row(_) => false,
            ExprKind::Call { function, args } => {
                let function = catalogue().function(*function);
                let harmless = |o: &Overload| !o.is_fallible() && !o.warns() && !o.is_costly(args);
                matches!(
                    function.evaluation(),
                    Form::Call
                        | Form::NullFirst
                        | Form::NullFirstDecimal
                        | Form::Guarded
                        | Form::And
                        | Form::Or
                        | Form::Held
                ) && !function.is_volatile()
                    && fitting(function.overloads(), expr, args).all(harmless)
                    && args.iter().all(|a| walk(a, budget))
            }
        }
    }
    walk(expr, &mut 16)
}

/// Whether two constants are one: 0 and -0 are equal doubles, and yet two.
fn is_same(a: &Datum, b: &Datum) -> bool {
    match (a, b) {
        (Datum::Double(a), Datum::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}
