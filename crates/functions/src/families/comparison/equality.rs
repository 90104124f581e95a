//! Equality of texts, mostly with a constant: the first sixteen bytes nearly always decide, without the rules of the collation.
//!
//! `UPPER(SUBSTR(x, 1, 5)) = 'PROMO'` and its like (LEFT, LOWER, either alone) are one such test of `x`, not three functions: the operator
//! `changed =`, which the compiled tiers call in their place.

use super::ordering::{TextOrder, text_order};
use crate::kernel::{BatchContext, Lanes, Selection, test_heads, total_chunked};
use crate::native::{Bool, Bytes, Int};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Function, RowContext, catalogue};
use sqlift_collation::{Change, Collation, CollationId, HeadTest};
use sqlift_types::{Datum, Error, SqlType};

/// Whether two texts are equal.
pub(super) struct TextEquality {
    order: TextOrder,
    /// If one of them is a constant: the test of the other, and which it is.
    test: Option<(HeadTest, Side)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Second,
}

pub(super) fn text_equality(site: &CallSite<'_>) -> Result<TextEquality, Error> {
    let test_of = |constant: usize| match site.args.get(constant)?.constant.as_ref()? {
        Datum::Bytes(bytes) => site.collation.get()?.equal_test(bytes),
        _ => None,
    };
    let test = test_of(1)
        .map(|test| (test, Side::First))
        .or_else(|| test_of(0).map(|test| (test, Side::Second)));
    Ok(TextEquality {
        order: text_order(site)?,
        test,
    })
}

impl TextEquality {
    #[inline]
    pub(super) fn equal(&self, a: &[u8], b: &[u8]) -> bool {
        let told = match &self.test {
            Some((test, Side::First)) => test.test(a),
            Some((test, Side::Second)) => test.test(b),
            None => None,
        };
        told.unwrap_or_else(|| self.order.equal(a, b))
    }

    /// For all rows of a chunk.
    fn all<'r>(
        &'r self,
        batch: &BatchContext<'r>,
        [a, b]: [&Lanes<'r, Bytes>; 2],
        selection: Selection<'r>,
    ) -> Option<&'r mut [bool]> {
        let (test, side) = self.test.as_ref()?;
        let (texts, constant) = match side {
            Side::First => (a, b),
            Side::Second => (b, a),
        };
        let Lanes::Constant(Some(constant)) = constant else {
            return None;
        };
        test_heads(test, batch, texts, selection, |text| {
            self.order.equal(text, constant)
        })
    }
}

pub(super) fn equal_texts(function: Function) -> Function {
    function.overload(total_chunked::<(Bytes, Bytes), Bool, _, _>(
        text_equality,
        |equality: &TextEquality, _, a: &[u8], b: &[u8]| equality.equal(a, b),
        |equality, batch, (a, b), selection| {
            Some(Lanes::of(equality.all(batch, [a, b], selection)?))
        },
    ))
}

pub(super) fn unequal_texts(function: Function) -> Function {
    function.overload(total_chunked::<(Bytes, Bytes), Bool, _, _>(
        text_equality,
        |equality: &TextEquality, _, a: &[u8], b: &[u8]| !equality.equal(a, b),
        |equality, batch, (a, b), selection| {
            let equal = equality.all(batch, [a, b], selection)?;
            equal.iter_mut().for_each(|equal| *equal = !*equal);
            Some(Lanes::of(equal))
        },
    ))
}

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("changed =", bind_changed, changed_reference)
            .doc(
                "Whether the first characters of a text, after a change of case (0: none, 1: upper, 2: lower), equal another text: what \
                 `UPPER(LEFT(x, n)) = text` is in compiled code.",
            )
            .overload(total_chunked::<(Bytes, Int, Int, Bytes), Bool, _, _>(
                Changed::prepare,
                Changed::equal,
                |changed, batch, (texts, _, _, constant), selection| {
                    let test = changed.test.as_ref()?;
                    let (Lanes::Constant(Some(constant)), Some(take)) = (constant, changed.take) else {
                        return None;
                    };
                    let hits = test_heads(test, batch, texts, selection, |text| {
                        changed.slowly(text, take, changed.change, constant)
                    })?;
                    Some(Lanes::of(hits))
                },
            )),
    ]
}

/// Not written by anybody: made of other calls by [`fuse`].
fn bind_changed(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("`changed =` as an operator"))
}

/// What is known of a call of `changed =`.
struct Changed {
    collation: &'static Collation,
    /// How many characters count, if that is a constant.
    take: Option<i64>,
    change: i64,
    test: Option<HeadTest>,
}

fn change(number: i64) -> Option<Change> {
    match number {
        1 => Some(Change::Upper),
        2 => Some(Change::Lower),
        _ => None,
    }
}

impl Changed {
    fn prepare(site: &CallSite<'_>) -> Result<Changed, Error> {
        let id = site.collation;
        let collation = id
            .get()
            .ok_or_else(|| Error::unsupported(format_args!("collation {id}")))?;
        let constant = |i: usize| site.args.get(i).and_then(|a| a.constant.as_ref());
        let number = |i: usize| match constant(i) {
            Some(Datum::Int(number)) => Some(*number),
            _ => None,
        };
        let (take, change_number) = (number(1), number(2));
        let test = match (constant(3), take, change_number) {
            (Some(Datum::Bytes(bytes)), Some(take), Some(number)) => {
                let take = usize::try_from(take).unwrap_or(0);
                collation.changed_test(bytes, Some(take), change(number))
            }
            _ => None,
        };
        Ok(Changed {
            collation,
            take,
            change: change_number.unwrap_or(0),
            test,
        })
    }

    fn equal(&self, _: &RowContext<'_>, text: &[u8], take: i64, change: i64, other: &[u8]) -> bool {
        let told = self.test.as_ref().and_then(|test| test.test(text));
        told.unwrap_or_else(|| self.slowly(text, take, change, other))
    }

    #[cold]
    fn slowly(&self, text: &[u8], take: i64, number: i64, other: &[u8]) -> bool {
        let charset = self.collation.charset();
        let take = usize::try_from(take).unwrap_or(0);
        let head = &text[..charset.byte_index(text, take)];
        let mut changed = Vec::new();
        match change(number) {
            Some(Change::Upper) => self.collation.upper(head, &mut changed),
            Some(Change::Lower) => self.collation.lower(head, &mut changed),
            None => changed.extend_from_slice(head),
        }
        self.collation.equal(&changed, other)
    }
}

/// Character by character, then by the order of both.
fn changed_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (
        Datum::Bytes(text),
        Datum::Int(take),
        Datum::Int(number),
        Datum::Bytes(other),
        Some(collation),
    ) = (&args[0], &args[1], &args[2], &args[3], site.collation.get())
    else {
        return Ok(Datum::Null);
    };
    let take = usize::try_from(*take).unwrap_or(0);
    let characters = collation.charset().chars(text).take(take);
    let head = characters.collect::<Vec<_>>().concat();
    let mut changed = Vec::new();
    match number {
        1 => collation.upper(&head, &mut changed),
        2 => collation.lower(&head, &mut changed),
        _ => changed = head,
    }
    let equal = collation.compare(&changed, other).is_eq();
    Ok(Datum::Int(i64::from(equal)))
}

/// The call of `changed =` that an equation stands for, if it compares the beginning of a text, or the text after a change of case, with
/// a constant.
pub(super) fn fuse(equation: &Expr) -> Option<Expr> {
    let [a, b] = equation.children() else {
        return None;
    };
    let (side, constant) = match (a.as_literal(), b.as_literal()) {
        (None, Some(Datum::Bytes(_))) => (a, b),
        (Some(Datum::Bytes(_)), None) => (b, a),
        _ => return None,
    };
    let (text, number) = match called(side) {
        Some(("UPPER" | "UCASE", [text])) => (text, 1),
        Some(("LOWER" | "LCASE", [text])) => (text, 2),
        _ => (side, 0),
    };
    let (text, take) = beginning(text).unwrap_or((text, i64::MAX));
    let collation = |e: &Expr| e.ty.kind.is_string().then_some(e.ty.collation);
    let same = |e: &Expr| collation(e) == collation(text);
    let changes = number != 0 || take != i64::MAX;
    if !changes || collation(text).is_none() || !same(a) || !same(b) {
        return None;
    }
    let worth_it = |id: CollationId, bytes: &[u8]| {
        let take = usize::try_from(take).ok();
        id.get()?.changed_test(bytes, take, change(number))
    };
    let Some(Datum::Bytes(bytes)) = constant.as_literal() else {
        return None;
    };
    worth_it(text.ty.collation, bytes)?;
    let integer = |value| Expr::literal(Datum::Int(value), SqlType::bigint());
    let args = vec![
        text.clone(),
        integer(take),
        integer(number),
        constant.clone(),
    ];
    let function = catalogue().lookup("changed =")?;
    Some(Expr {
        kind: ExprKind::Call { function, args },
        ..equation.clone()
    })
}

/// A call's function and arguments.
fn called(expr: &Expr) -> Option<(&'static str, &[Expr])> {
    match &expr.kind {
        ExprKind::Call { function, args } => Some((catalogue().function(*function).name(), args)),
        _ => None,
    }
}

/// The text of which this is the beginning, and how many characters of it.
fn beginning(expr: &Expr) -> Option<(&Expr, i64)> {
    let number = |e: &Expr| match e.as_literal() {
        Some(Datum::Int(number)) => Some(*number),
        _ => None,
    };
    let (text, length) = match called(expr)? {
        ("LEFT", [text, length]) => (text, number(length)?),
        ("SUBSTRING" | "SUBSTR" | "MID", [text, start, length]) if number(start) == Some(1) => {
            (text, number(length)?)
        }
        _ => return None,
    };
    (length > 0).then_some((text, length))
}
