//! What evaluating an expression costs and shows.

use sqlift_functions::{Exit, Expr, ExprKind, Form, Overload, catalogue};
use sqlift_types::Repr;

/// Whether nobody can tell that it was evaluated: no warning, no error.
pub(super) fn is_silent(expr: &Expr) -> bool {
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

/// Whether evaluating it raises no warning and draws nothing, though it may fail.
pub(super) fn is_quiet(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { function, args } => {
            let function = catalogue().function(*function);
            !function.is_volatile()
                && args.iter().all(is_quiet)
                && !fitting(function.overloads(), expr, args).any(Overload::warns)
        }
        _ => true,
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
pub(super) fn fitting<'o>(
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
pub(super) fn is_cheap(expr: &Expr) -> bool {
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
