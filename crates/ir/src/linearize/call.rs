//! Physical calls: which overload, in which width, on which bet.

use super::{Linearizer, is_same, scale_of};
use crate::program::{Call, Slot, Step};
use crate::speculation::{Bet, gains_by_ascii};
use sqlift_collation::CollationId;
use sqlift_functions::{
    Argument, CallId, CallSite, Exit, Expr, ExprKind, FunctionId, Overload, Reason, SlotId,
    catalogue,
};
use sqlift_types::{Datum, Error, Repr, Span, SqlType};

impl Linearizer {
    /// The physical call: picks the overload by representation, with one width for all DECIMALs.
    pub(super) fn call(
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
            self.ascii.insert(to);
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
    pub(super) fn bet_on_ascii(
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
            self.ascii.insert(*slot);
            self.guarded.push((*column, self.branches));
        }
        Ok(true)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one step")]
    pub(super) fn push_call(
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
                computed: arg.computed,
                quiet: arg.is_quiet(),
            })
            .collect();
        let collation = call_collation(ty, args);
        let slot = Slot {
            repr: chosen.ret(),
            scale: scale_of(ty),
            nullable,
        };
        let shares = !chosen.warns() && !catalogue().function(function).is_volatile();
        if let Some(shared) = &mut self.shared {
            if !shares {
                shared.add_effect();
            }
            // The same operands may still be of other types.
            let is_same = |call: CallId| {
                let call = &self.program.calls[call.index()];
                call.ty == *ty
                    && call.slot == slot
                    && call.collation == collation
                    && call
                        .args
                        .iter()
                        .zip(&facts)
                        .all(|(a, b)| is_same_fact(a, b))
            };
            if let Some(to) = shared.call((function, overload, slots), is_same) {
                return Ok(to);
            }
        }
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
        if let Some(shared) = &mut self.shared
            && shares
        {
            shared.add_call((function, overload, slots), call, to);
        }
        Ok(to)
    }

    /// The width in which a call's DECIMALs are held: the widest of arguments and result, or less on a bet.
    pub(super) fn decimal_width(
        &self,
        expr: &Expr,
        overloads: &[Overload],
        slots: &[SlotId],
    ) -> Repr {
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
    pub(super) fn widen(
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
    pub(super) fn resize(
        &mut self,
        slot: SlotId,
        ty: &SqlType,
        span: Span,
    ) -> Result<SlotId, Error> {
        let natural = ty.repr();
        if !natural.is_decimal() || self.slot(slot).repr == natural {
            return Ok(slot);
        }
        self.hold(slot, natural, ty, span)
    }

    pub(super) fn hold(
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
        if let Some(constant) = self.shared.as_ref().and_then(|s| s.constant_of(slot)) {
            let value = self.program.constants[constant as usize].value.clone();
            return self.constant(&value, Slot { repr, ..from });
        }
        if let Some(Step::Constant { to, constant }) = self.program.steps.last().cloned()
            && to == slot
            && self.shared.is_none()
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
}

/// The collation that a call works in: its result's, or (for comparisons and the like) that of its first text operand.
pub(crate) fn call_collation(ty: &SqlType, args: &[Expr]) -> CollationId {
    if ty.kind.is_string() {
        return ty.collation;
    }
    let text = args.iter().find(|a| a.ty.kind.is_string());
    text.map_or(CollationId::BINARY, |a| a.ty.collation)
}

/// Whether two arguments are the same to a kernel.
fn is_same_fact(a: &Argument, b: &Argument) -> bool {
    let constants = match (&a.constant, &b.constant) {
        (Some(a), Some(b)) => is_same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    constants && a.ty == b.ty && a.repr == b.repr && a.column == b.column
}
