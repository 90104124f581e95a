//! Results that are shown otherwise than they are computed with: a DECIMAL has the scale of the branch that it comes from.

use super::{Linearizer, Speculation, natural, scale_of};
use crate::program::{Program, Step, StepIndex};
use sqlift_functions::{Expr, ExprKind, SlotId, catalogue};
use sqlift_types::{Datum, Error, Session, SqlType};
use std::sync::Arc;

/// Makes the program of an expression whose value is shown: output 0 is the value, held as its type says. Where its branches have scales
/// of their own ([`Expr::shows_branches`]) there is an output 1, the scale that the value is shown with.
///
/// Errors: as [`super::linearize`].
pub fn linearize_shown(
    expr: &Expr,
    session: &Arc<Session>,
    speculation: Speculation,
) -> Result<Program, Error> {
    if !expr.shows_branches() {
        return super::linearize(std::slice::from_ref(expr), session, speculation);
    }
    let outputs = vec![expr.ty.clone(), SqlType::bigint()];
    let mut l = Linearizer::new(outputs, session, speculation);
    l.shown(expr, &expr.ty, 0)?;
    Ok(l.finish())
}

impl Linearizer {
    /// Gives the outputs `value` and `value + 1` of an expression whose type, as a part of the whole, is `ty`.
    pub(super) fn shown(&mut self, expr: &Expr, ty: &SqlType, value: u32) -> Result<(), Error> {
        let args = match &expr.kind {
            ExprKind::Call { args, .. } if expr.shows_branches() => args,
            _ => return self.shown_leaf(expr, ty, value),
        };
        let target = StepIndex(0);
        let mut ends = Vec::new();
        for branch in args.chunks_exact(2) {
            let condition = self.expression(&branch[0])?;
            let next = self.jump(Step::JumpUnlessTrue {
                slot: condition,
                target,
            });
            self.shown(&branch[1], ty, value)?;
            ends.push(self.jump(Step::Jump { target }));
            self.land(next);
        }
        match args.last().filter(|_| args.len() % 2 == 1) {
            Some(otherwise) => self.shown(otherwise, ty, value)?,
            None => self.shown_leaf(&Expr::literal(Datum::Null, ty.clone()), ty, value)?,
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    fn shown_leaf(&mut self, expr: &Expr, ty: &SqlType, value: u32) -> Result<(), Error> {
        let from = self.expression(expr)?;
        let from = self.aligned(from, expr, ty)?;
        let from = self.resize(from, ty, expr.span)?;
        self.program.steps.push(Step::Output { index: value, from });
        let scale = Datum::Int(expr.ty.decimals.into());
        let from = self.constant(&scale, natural(&SqlType::bigint(), false))?;
        self.program.steps.push(Step::Output {
            index: value + 1,
            from,
        });
        Ok(())
    }

    /// A branch at the scale of the whole.
    pub(super) fn aligned(
        &mut self,
        from: SlotId,
        expr: &Expr,
        ty: &SqlType,
    ) -> Result<SlotId, Error> {
        let slot = self.slot(from);
        if !slot.repr.is_decimal() || slot.scale == scale_of(ty) {
            return Ok(from);
        }
        let known = match expr.as_literal() {
            Some(Datum::Null) => Some(Datum::Null),
            Some(Datum::Decimal(d)) => d.rescale(ty.decimals).map(Datum::Decimal),
            _ => None,
        };
        if let Some(value) = known {
            let slot = natural(ty, expr.nullable);
            let fits = value.as_cell(ty, &mut Default::default()).is_some();
            if fits {
                return self.constant(&value, slot);
            }
        }
        let coerce = catalogue()
            .lookup("coerce")
            .expect("the catalogue has coerce");
        let args = vec![expr.clone()];
        let call = Expr {
            ty: ty.clone(),
            nullable: expr.nullable,
            span: expr.span,
            ..Expr::literal(Datum::Null, ty.clone())
        };
        self.call(&call, coerce, &args, vec![from])
    }
}
