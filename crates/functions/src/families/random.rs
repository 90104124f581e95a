//! RAND.
//!
//! `RAND(5)`, of a constant, begins a sequence once and gives its next number for each row; of anything else it gives the first number of
//! the sequence that the row's value begins. `RAND()` draws from the session's sequence, which all calls share. Numbers are drawn when a row
//! is evaluated, once a row at each place of the text, and stay when the row is begun anew in another tier.

use super::numeric;
use crate::draws::Urn;
use crate::kernel::total_with;
use crate::native::{Double, Int};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Function, RowContext, catalogue};
use sqlift_types::{Datum, Error, SqlType};

/// The call that RAND is bound to: seed, kind of seed, place, turn.
const DRAW: &str = "draw";

const SESSION: i64 = 0;
const CONSTANT: i64 = 1;
const ROW: i64 = 2;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("RAND", (0, 1), bind, unbound)
            .doc("A random number from 0 to 1; of a constant seed always the same sequence.")
            .example("RAND(5)", "0.40613597483014313"),
        Function::operator(DRAW, |_, _| Err(Error::unsupported(DRAW)), draw_reference)
            .doc("The next number of a random sequence.")
            .sequential()
            .overload(total_with::<(Int, Int, Int, Int), Double, _, _>(
                |_| Ok(()),
                |(): &(), cx, seed, kind, place, turn| draw(cx, seed, kind, place, turn),
            ))
            .shares_reference(),
    ]
}

fn bind(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let Some(seed) = args.pop() else {
        let seed = number(cx, 0);
        return Ok(drawn(cx, seed, SESSION, false));
    };
    if let ExprKind::Row(_) = seed.kind {
        return Err(Error::operand_columns(1).at(seed.span));
    }
    let nullable = seed.nullable;
    let seed = numeric::integral(cx, seed)?;
    if seed.is_constant() {
        let (value, mut warnings) = (cx.evaluate)(&seed)?;
        cx.warnings.append(&mut warnings);
        let seed = match value {
            Datum::Int(v) => v,
            Datum::UInt(v) => v as i64,
            _ => 0,
        };
        let seed = number(cx, seed);
        return Ok(drawn(cx, seed, CONSTANT, nullable));
    }
    let seed = if seed.ty.unsigned {
        let span = seed.span;
        cx.call_named("as bits", vec![seed], SqlType::bigint(), nullable)
            .at(span)
    } else {
        seed
    };
    let zero = number(cx, 0);
    let seed = if nullable {
        cx.call_named("COALESCE", vec![seed, zero], SqlType::bigint(), false)
    } else {
        seed
    };
    Ok(drawn(cx, seed, ROW, nullable))
}

fn number(cx: &BindContext<'_>, value: i64) -> Expr {
    Expr::literal(Datum::Int(value), SqlType::bigint()).at(cx.span)
}

fn drawn(cx: &BindContext<'_>, seed: Expr, kind: i64, nullable: bool) -> Expr {
    let place = number(cx, i64::from(cx.span.start));
    let args = vec![seed, number(cx, kind), place, number(cx, 0)];
    cx.call_named(DRAW, args, SqlType::double(), nullable)
}

/// Makes the calls of RAND in an expression draw once more: for a copy that MySQL evaluates after the original.
pub(super) fn next_turn(expr: &mut Expr) {
    if let ExprKind::Call { function, args } = &mut expr.kind {
        if catalogue().function(*function).name() == DRAW
            && let Some(turn) = args.last_mut()
            && let ExprKind::Literal(Datum::Int(turn)) = &mut turn.kind
        {
            *turn += 1;
        }
        args.iter_mut().for_each(next_turn);
    }
}

/// RAND is bound to another call.
fn unbound(_: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    Ok(Datum::Null)
}

fn draw(cx: &RowContext<'_>, seed: i64, kind: i64, place: i64, turn: i64) -> f64 {
    let urn = match kind {
        SESSION => Urn::Session,
        CONSTANT => Urn::Constant(seed),
        _ => Urn::Row(seed),
    };
    cx.draw((place, turn), urn)
}

fn draw_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let int = |arg: &Datum| match arg {
        Datum::Int(v) => *v,
        _ => 0,
    };
    let [seed, kind, place, turn] = args else {
        return Ok(Datum::Null);
    };
    let drawn = draw(cx, int(seed), int(kind), int(place), int(turn));
    Ok(Datum::Double(drawn))
}
