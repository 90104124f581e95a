//! IN.
//!
//! Text that is compared with dates and that is none counts as `0000-00-00`, with a warning, where `=` raises error 1525. `x IN (y)` is
//! `x = y`. A list of constants of one class is converted once; else IN asks class by class, in the order of the list.

use super::super::cast::to_temporal::{Manner, read};
use super::super::{json, textual};
use super::domain::{self, Class};
use super::moment::Wording;
use super::ordering::{self, Scales, TextOrder};
use super::{constant, moment, row};
use crate::emit::{Emit, Lowered, Relation};
use crate::kernel::{
    BatchContext, Eval, Lanes, Node, Selection, nullable_chunked, nullable_chunked_in_rows,
    nullable_with, test_heads, tested, truths,
};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Number, Opt, Time,
    UInt,
};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Function, RowContext};
use sqlift_collation::HeadTest;
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind};
use std::cmp::Ordering;

pub(super) fn functions() -> Vec<Function> {
    vec![in_list()]
}

/// What IN found: the truth, or NULL when there was a NULL and nothing equal.
fn found<T: Copy>(value: T, list: &[Option<T>], equal: impl Fn(T, T) -> bool) -> Option<bool> {
    let mut null = false;
    for item in list {
        match item {
            Some(item) if equal(value, *item) => return Some(true),
            Some(_) => {}
            None => null = true,
        }
    }
    (!null).then_some(false)
}

/// The constants of a list, sorted.
struct Set<T> {
    /// `None`: the list is not constant.
    sorted: Option<Vec<T>>,
    null: bool,
}

impl<T: Ord> Set<T> {
    fn of(site: &CallSite<'_>, value: impl Fn(&Datum) -> Option<T>) -> Set<T> {
        let list = site.args.get(1..).unwrap_or_default();
        let constants: Option<Vec<&Datum>> = list.iter().map(|a| a.constant.as_ref()).collect();
        let null = constants
            .iter()
            .flatten()
            .any(|constant| constant.is_null());
        let sorted = constants.and_then(|all| {
            let known = all.into_iter().filter(|c| !c.is_null());
            let mut values = known.map(value).collect::<Option<Vec<T>>>()?;
            values.sort();
            Some(values)
        });
        Set { sorted, null }
    }

    #[inline]
    fn answer(&self, is_member: bool) -> Option<bool> {
        (is_member || !self.null).then_some(is_member)
    }
}

impl<T: Ord + Copy + Send + Sync + 'static> Set<T> {
    /// The test of a row's value, if the list is constant.
    fn row_form<N: Number<Plain = T>>(
        &self,
        nodes: Vec<Node>,
    ) -> Result<Box<dyn Eval<Bool>>, Vec<Node>> {
        let Some(sorted) = self.sorted.clone() else {
            return Err(nodes);
        };
        let null = self.null;
        tested::<N>(nodes, move |value| {
            let is_member = if sorted.len() <= 8 {
                sorted.iter().fold(false, |is, item| is | (*item == value))
            } else {
                sorted.binary_search(&value).is_ok()
            };
            (is_member || !null).then_some(is_member)
        })
    }

    /// Which of a chunk's values are in a list of constants.
    fn members<'r, N: Native<Val<'r> = T>>(
        &self,
        values: &Lanes<'r, N>,
        batch: &BatchContext<'r>,
    ) -> Option<Lanes<'r, Bool>> {
        let sorted = self.sorted.as_deref()?;
        let found = match sorted.len() {
            0..=4 => any_of::<N, 4>(values, sorted, batch)?,
            5..=8 => any_of::<N, 8>(values, sorted, batch)?,
            9..=16 => any_of::<N, 16>(values, sorted, batch)?,
            _ => truths(values, batch, |v| sorted.binary_search(&v).is_ok())?,
        };
        let Lanes::Flat {
            values: member,
            valid,
        } = found
        else {
            return None;
        };
        if !self.null {
            return Some(found);
        }
        // What is not found beside a NULL is NULL.
        let known = |row: usize| member[row] & valid.is_none_or(|valid| valid[row]);
        let known = batch.cx.arena.alloc_slice_fill_with(member.len(), known);
        Some(Lanes::Flat {
            values: member,
            valid: Some(known),
        })
    }
}

/// Comparisons with all of a short list, without a branch.
fn any_of<'r, N: Native, const COUNT: usize>(
    values: &Lanes<'r, N>,
    list: &[N::Val<'r>],
    batch: &BatchContext<'r>,
) -> Option<Lanes<'r, Bool>>
where
    N::Val<'r>: PartialEq,
{
    let last = *list.last()?;
    let list: [N::Val<'r>; COUNT] = std::array::from_fn(|i| list.get(i).copied().unwrap_or(last));
    truths(values, batch, |v| {
        list.iter().fold(false, |found, item| found | (v == *item))
    })
}

/// A list of texts.
struct TextList {
    order: TextOrder,
    /// Tests for the constants that are not NULL, if all are constants and few.
    tests: Option<Vec<HeadTest>>,
}

impl TextList {
    /// More tests than this take longer than a row's own search.
    const MOST: usize = 32;

    fn of(site: &CallSite<'_>) -> Result<TextList, Error> {
        let collation = site.collation.get();
        let test = |constant: &Datum| match constant {
            Datum::Bytes(bytes) => collation?.equal_test(bytes),
            _ => None,
        };
        let list = site.args.get(1..).unwrap_or_default();
        let constants = list.iter().map(|item| item.constant.as_ref());
        let constants: Option<Vec<&Datum>> = constants.collect();
        let few = constants.filter(|list| list.len() <= TextList::MOST);
        let tests = few.and_then(|list| {
            let texts = list.into_iter().filter(|constant| !constant.is_null());
            texts.map(test).collect()
        });
        Ok(TextList {
            order: ordering::text_order(site)?,
            tests,
        })
    }

    /// Which of a chunk's texts are in a list of constants.
    fn members<'r>(
        &self,
        batch: &BatchContext<'r>,
        chunk: &[Lanes<'r, Bytes>],
        selection: Selection<'r>,
    ) -> Option<Lanes<'r, Bool>> {
        let (texts, list) = chunk.split_first()?;
        let tests = self.tests.as_deref()?;
        let constants = list.iter().filter_map(|item| match item {
            Lanes::Constant(constant) => *constant,
            _ => None,
        });
        let mut member: Option<&'r mut [bool]> = None;
        for (test, constant) in tests.iter().zip(constants) {
            let equal = |text: &[u8]| self.order.equal(text, constant);
            let hits = test_heads(test, batch, texts, selection, equal)?;
            match &mut member {
                Some(member) => member.iter_mut().zip(hits).for_each(|(m, hit)| *m |= *hit),
                none => *none = Some(hits),
            }
        }
        let values: &'r [bool] = member?;
        let valid = texts.validity().ok()?;
        if tests.len() == list.len() {
            return Some(Lanes::Flat { values, valid });
        }
        // What is not found beside a NULL is NULL.
        let known = |row: usize| values[row] & valid.is_none_or(|valid| valid[row]);
        let valid = Some(&*batch.cx.arena.alloc_slice_fill_with(values.len(), known));
        Some(Lanes::Flat { values, valid })
    }
}

fn in_list() -> Function {
    macro_rules! plain {
        ($function:expr, $($marker:ident $value:ty, |$d:ident| $datum:pat => $read:expr);*) => {
            $function$(
                .overload(nullable_chunked_in_rows::<crate::kernel::Many<Opt<$marker>>, Bool, _, _>(
                    |site| Ok(Set::<$value>::of(site, |$d| if let $datum = $d { Some($read) } else { None })),
                    |set: &Set<$value>, _: &_, args: &[Option<$value>]| {
                        let value = args[0]?;
                        match &set.sorted {
                            Some(sorted) => set.answer(sorted.binary_search(&value).is_ok()),
                            None => found(value, &args[1..], |a, b| a == b),
                        }
                    },
                    |set: &Set<$value>, batch, chunk, _| set.members(chunk.first()?, batch),
                    |set: &Set<$value>, nodes| set.row_form::<$marker>(nodes),
                ))
                .inline(lower_in)
                .only_orders()
            )*
        };
    }
    macro_rules! decimal {
        ($function:expr, $($marker:ident $value:ty, $compare:ident);*) => {
            $function$(
                .overload(nullable_with::<crate::kernel::Many<Opt<$marker>>, Bool, _, _>(
                    |site| Ok((1..site.args.len()).map(|i| ordering::scales_of(site, 0, i)).collect()),
                    |scales: &Vec<Scales>, _, args: &[Option<$value>]| {
                        let value = args[0]?;
                        let mut null = false;
                        for (item, scales) in args[1..].iter().zip(scales) {
                            match item {
                                Some(item) if scales.$compare(value, *item) == Ordering::Equal => {
                                    return Some(true);
                                }
                                Some(_) => {}
                                None => null = true,
                            }
                        }
                        (!null).then_some(false)
                    },
                ))
            )*
        };
    }
    let f = Function::operator("IN", bind_in, in_reference)
        .doc("Whether the first equals one of the others; NULL if none but one of them is NULL.")
        .example("2 IN (1, 2)", "1");
    let f = plain!(f,
        Int i64, |d| Datum::Int(v) => *v;
        UInt u64, |d| Datum::UInt(v) => *v;
        Date i64, |d| Datum::Date(v) => *v;
        DateTime i64, |d| Datum::DateTime(v) => *v;
        Time i64, |d| Datum::Time(v) => *v);
    let f = f.overload(
        nullable_with::<crate::kernel::Many<Opt<Double>>, Bool, _, _>(
            |_| Ok(()),
            |(), _, args: &[Option<f64>]| found(args[0]?, &args[1..], |a, b| a == b),
        ),
    );
    let f = decimal!(f, Dec64 i64, compare_64; Dec128 i128, compare_128; Dec256 I256, compare_256);
    f.overload(nullable_chunked::<
        crate::kernel::Many<Opt<Bytes>>,
        Bool,
        _,
        _,
    >(
        TextList::of,
        |list: &TextList, _: &_, args: &[Option<&[u8]>]| {
            found(args[0]?, &args[1..], |a, b| list.order.equal(a, b))
        },
        |list, batch, chunk, selection| list.members(batch, chunk, selection),
    ))
    .shares_reference()
}

pub(super) fn numbers_or_texts(
    cx: &mut BindContext<'_>,
    class: Class,
    args: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    match class {
        Class::Text => {
            let name = if cx.function == function_id("IN") {
                " IN "
            } else {
                "between"
            };
            domain::all_texts(cx, name, args)
        }
        class => Ok(domain::numbers(cx, class, args)),
    }
}

fn function_id(name: &str) -> crate::FunctionId {
    crate::catalogue()
        .lookup(name)
        .unwrap_or(crate::FunctionId(u16::MAX))
}

fn bind_in(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    if args.len() < 2 {
        return Err(Error::wrong_arity("IN"));
    }
    if args.len() == 2 {
        let item = args.remove(1);
        let value = args.remove(0);
        return super::relation(cx, "=", value, item);
    }
    if args.iter().any(|a| matches!(a.kind, ExprKind::Row(_))) {
        return row::membership(cx, args);
    }
    domain::check(&args)?;
    // MySQL: beside columns of other types a document that is not the first of the list is no document.
    let documents = args[1..].iter().all(Expr::is_constant) || json::is_json(&args[1]);
    if json::is_json(&args[0]) || (documents && args.iter().any(json::is_json)) {
        return in_json(cx, args);
    }
    let nullable = args.iter().any(|a| a.nullable);
    let value = args.remove(0);
    let value_class = domain::class(&value.ty);
    let class_of = |item: &Expr| value_class.with(domain::class(&item.ty));
    let mut classes: Vec<Class> = Vec::new();
    for item in args.iter().filter(|a| a.ty.kind != TypeKind::Null) {
        if !classes.contains(&class_of(item)) {
            classes.push(class_of(item));
        }
    }
    let constants = args.iter().all(Expr::is_constant);
    if constants && value.ty.kind.is_temporal() && !value.is_column() && classes == [Class::Double]
    {
        note_moments(cx, &value, &args)?;
    }
    let class = match classes[..] {
        [class] if constants || args.iter().all(is_silent) => class,
        [Class::Text] if !value.ty.kind.is_temporal() => Class::Text,
        _ => return in_by_class(cx, value, args, &classes, nullable),
    };
    let operands = match in_column(cx, &value, &args) {
        Some(items) => [vec![value], items].concat(),
        None => {
            let operands = [vec![value], args].concat();
            if class == Class::Text && operands.iter().any(|o| domain::has_date(&o.ty)) {
                in_dates(cx, operands, constants)
            } else if class == Class::Text && operands.iter().any(|o| o.ty.kind == TypeKind::Time) {
                in_times(cx, operands, constants)
            } else if constants && class == Class::Double && operands[0].ty.kind == TypeKind::Year {
                in_years(cx, operands)?
            } else if constants && class == Class::Double && integer_list(&operands[0]) {
                // MySQL: constants that an integer is looked up among become integers themselves.
                let mut operands = operands.into_iter();
                let value: Vec<Expr> = operands.by_ref().take(1).collect();
                let items = operands.map(|item| domain::in_class_of(cx, &value[0], item));
                let items = items.collect::<Result<Vec<Expr>, Error>>()?;
                domain::numbers(cx, Class::Integer, [value, items].concat())
            } else if class == Class::Integer && !constants {
                domain::bits(cx, operands)
            } else {
                said_once(cx, constants, class, operands)?
            }
        }
    };
    Ok(cx.call(operands, SqlType::bool(), nullable))
}

/// Lists with JSON in them, item by item: JSON is compared as `=` compares it.
fn in_json(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    let constants = args.iter().all(Expr::is_constant);
    let items = args[1..].iter().all(Expr::is_constant);
    let all = constants || (!items && json::is_json(&args[1]));
    let value = args.remove(0);
    // Among constants all is compared as JSON if one of them is; else if the first of the list is.
    let value = if all { json::value(cx, value) } else { value };
    // What is no JSON stands together, where the first of it is: a text is converted once for each class.
    let mut groups: Vec<Vec<Expr>> = Vec::new();
    let mut plain: Option<usize> = None;
    for item in args {
        if json::is_json(&value) || json::is_json(&item) {
            groups.push(vec![item]);
        } else if let Some(at) = plain {
            groups[at].push(item);
        } else {
            plain = Some(groups.len());
            groups.push(vec![item]);
        }
    }
    let mut tree: Option<Expr> = None;
    for (at, mut group) in groups.into_iter().enumerate() {
        let here = if plain == Some(at) {
            let mut classes: Vec<Class> = Vec::new();
            for item in group.iter().filter(|i| i.ty.kind != TypeKind::Null) {
                let class = domain::class(&value.ty).with(domain::class(&item.ty));
                if !classes.contains(&class) {
                    classes.push(class);
                }
            }
            in_by_class(cx, value.clone(), group, &classes, nullable)?
        } else {
            super::relation(cx, "=", value.clone(), group.remove(0))?
        };
        tree = Some(match tree {
            None => here,
            Some(tree) => cx.call_named("OR", vec![tree, here], SqlType::bool(), nullable),
        });
    }
    tree.ok_or_else(|| Error::wrong_arity("IN"))
}

/// MySQL: numbers of a list that a date is looked up in are read as such dates beforehand, for what there is to say of them.
fn note_moments(cx: &mut BindContext<'_>, value: &Expr, items: &[Expr]) -> Result<(), Error> {
    let ty = match value.ty.kind {
        TypeKind::Date => SqlType::date(),
        TypeKind::Time => SqlType::time(6),
        _ => SqlType::datetime(6),
    };
    for item in items.iter().filter(|item| !item.is_null_literal()) {
        let moment = read(cx, item.clone(), ty.clone(), Manner::Fields)?;
        domain::once(cx, moment);
    }
    Ok(())
}

/// Whether converting an item says nothing.
fn is_silent(item: &Expr) -> bool {
    domain::class(&item.ty) != Class::Text || item.ty.kind.is_temporal()
}

/// MySQL: a YEAR that is no column is looked up among texts and doubles as the text of its number.
fn in_years(cx: &mut BindContext<'_>, mut operands: Vec<Expr>) -> Result<Vec<Expr>, Error> {
    let year = operands.remove(0);
    let number = cx.coerce(year, SqlType::bigint_of(4));
    operands.insert(0, number);
    domain::all_texts(cx, " IN ", operands)
}

/// Whether the value makes integers of the constants it is looked up among.
fn integer_list(value: &Expr) -> bool {
    !value.is_column() && domain::class(&value.ty) == Class::Integer
}

/// Operands of a class; what constants of the list warn about is said once if all of it is constant.
pub(super) fn said_once(
    cx: &mut BindContext<'_>,
    constants: bool,
    class: Class,
    operands: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    let operands = numbers_or_texts(cx, class, operands)?;
    Ok(operands
        .into_iter()
        .enumerate()
        .map(|(i, operand)| {
            if i > 0 && constants {
                domain::once(cx, operand)
            } else {
                operand
            }
        })
        .collect())
}

/// TIME and texts, read as TIME; constants of a list that has nothing else speak once.
fn in_times(cx: &mut BindContext<'_>, operands: Vec<Expr>, constants: bool) -> Vec<Expr> {
    let fsp = 6;
    operands
        .into_iter()
        .enumerate()
        .map(|(i, operand)| match operand.ty.kind {
            TypeKind::Time => operand,
            TypeKind::Null => domain::null_as(cx, operand, SqlType::time(fsp)),
            _ => {
                let converted = moment::time_of(cx, operand);
                if i > 0 && constants {
                    domain::once(cx, converted)
                } else {
                    converted
                }
            }
        })
        .collect()
}

/// The list in the type of the column that it is about, if it takes all of them.
fn in_column(cx: &mut BindContext<'_>, value: &Expr, items: &[Expr]) -> Option<Vec<Expr>> {
    let is_text = domain::class(&value.ty) == Class::Text && !value.ty.kind.is_temporal();
    let is_number = matches!(domain::class(&value.ty), Class::Decimal | Class::Double);
    if !value.is_column() || is_text || is_number || !items.iter().all(Expr::is_constant) {
        return None;
    }
    let before = cx.warnings.len();
    let mut converted = Vec::with_capacity(items.len());
    for item in items {
        let same = item.ty.kind == value.ty.kind
            || (domain::class(&item.ty) == Class::Integer
                && domain::class(&value.ty) == Class::Integer);
        converted.push(if item.is_null_literal() {
            Some(Expr {
                ty: value.ty.clone(),
                ..item.clone()
            })
        } else if same && value.ty.kind != TypeKind::Year {
            Some(item.clone())
        } else {
            constant::in_column(cx, value, item)
        });
    }
    let all: Option<Vec<Expr>> = converted.into_iter().collect();
    let all = all?;
    cx.warnings.truncate(before);
    let mut operands = vec![value.clone()];
    operands.extend(all);
    let class = domain::class(&value.ty);
    if class == Class::Integer {
        let mut operands = domain::numbers(cx, class, operands);
        // The column itself must stay as it is.
        return (operands[0] == *value).then(|| operands.split_off(1));
    }
    let repr = value.ty.repr();
    operands
        .iter()
        .all(|o| o.ty.repr() == repr)
        .then(|| operands.split_off(1))
}

/// Dates and texts; constants of a list that has nothing else speak once.
fn in_dates(cx: &mut BindContext<'_>, operands: Vec<Expr>, constants: bool) -> Vec<Expr> {
    let date = operands
        .iter()
        .find(|o| domain::has_date(&o.ty))
        .unwrap_or(&operands[0])
        .clone();
    let value_is_date = domain::has_date(&operands[0].ty) && !operands[0].is_column();
    let wording = if constants || value_is_date {
        Wording::Truncated
    } else {
        Wording::ForColumn
    };
    let has_others = operands[1..].iter().any(|o| domain::has_date(&o.ty));
    let mut converted = Vec::with_capacity(operands.len());
    for (i, operand) in operands.into_iter().enumerate() {
        let operand = match operand.ty.kind {
            kind if kind.is_temporal() => domain::whole_moment(cx, operand),
            TypeKind::Null => domain::null_as(cx, operand, SqlType::datetime(6)),
            _ => {
                let call = moment::of_text(cx, operand, &date, wording);
                match (cx.evaluate)(&call) {
                    // What is wrong with a constant of the list is said once.
                    Ok((value, mut warnings)) if i > 0 && constants => {
                        // MySQL: what is no date equals nothing.
                        let is_none = value == Datum::DateTime(0) && !warnings.is_empty();
                        cx.warnings.append(&mut warnings);
                        if is_none && has_others {
                            continue;
                        }
                        Expr::literal(value, SqlType::datetime(6)).at(call.span)
                    }
                    _ => call,
                }
            }
        };
        converted.push(operand);
    }
    converted
}

/// Lists of several classes: one IN for each class, joined by OR.
///
/// A text is converted once for each class. Other values convert in silence, so for them the list keeps its order: what comes after an item
/// that is equal is not evaluated.
fn in_by_class(
    cx: &mut BindContext<'_>,
    value: Expr,
    items: Vec<Expr>,
    classes: &[Class],
    nullable: bool,
) -> Result<Expr, Error> {
    if classes.is_empty() {
        // Nothing but NULLs.
        let ty = domain::comparable(&value.ty);
        let value = cx.coerce(value, ty.clone());
        let nulls = items
            .into_iter()
            .map(|n| domain::null_as(cx, n, ty.clone()));
        let nulls: Vec<Expr> = nulls.collect();
        return Ok(cx.call([vec![value], nulls].concat(), SqlType::bool(), true));
    }
    let value_class = domain::class(&value.ty);
    let class_of = |item: &Expr| match item.ty.kind {
        TypeKind::Null => classes[0],
        _ => value_class.with(domain::class(&item.ty)),
    };
    let all = [vec![value.clone()], items.clone()].concat();
    let in_order = value_class != Class::Text || value.ty.kind.is_temporal();
    let mut groups: Vec<(Class, Vec<Expr>)> = Vec::new();
    for item in items {
        let class = class_of(&item);
        let silent = is_silent(&item);
        let group = match in_order {
            true => groups
                .last_mut()
                .filter(|(c, group)| *c == class && silent && group.iter().all(is_silent)),
            false => groups.iter_mut().find(|(c, _)| *c == class),
        };
        match group {
            Some((_, group)) => group.push(item),
            None => groups.push((class, vec![item])),
        }
    }
    let mut tree: Option<Expr> = None;
    for (class, group) in groups {
        let operands = [vec![value.clone()], group].concat();
        let operands = match class {
            Class::Text if domain::has_date(&value.ty) => in_dates(cx, operands, false),
            Class::Text if value.ty.kind == TypeKind::Time => in_times(cx, operands, false),
            Class::Text => {
                let merged = textual::agree_to_compare(cx, " IN ", &all)?;
                domain::texts_in(cx, operands, merged)?
            }
            Class::Integer => domain::bits(cx, operands),
            class => domain::numbers(cx, class, operands),
        };
        let here = cx.call_named("IN", operands, SqlType::bool(), nullable);
        tree = Some(match tree {
            None => here,
            Some(tree) => cx.call_named("OR", vec![tree, here], SqlType::bool(), nullable),
        });
    }
    tree.ok_or_else(|| Error::wrong_arity("IN"))
}

fn in_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (value, list) = (&args[0], &args[1..]);
    let equal = |item: &&Datum| ordering::order(site, value, item) == Some(Ordering::Equal);
    Ok(if value.is_null() {
        Datum::Null
    } else if list.iter().any(|item| equal(&item)) {
        Datum::Int(1)
    } else if list.iter().any(Datum::is_null) {
        Datum::Null
    } else {
        Datum::Int(0)
    })
}

/// A short list, compared one by one.
fn lower_in(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    if args.len() > 17 {
        return None;
    }
    let (value, list) = args.split_first()?;
    let mut member = e.bool(false);
    let mut any_null = None;
    for item in list {
        let same = e.compare(Relation::Equal, value.value, item.value);
        let same = match item.null {
            Some(null) => {
                any_null = Some(match any_null {
                    Some(others) => e.or(others, null),
                    None => null,
                });
                let known = e.not(null);
                e.and(known, same)
            }
            None => same,
        };
        member = e.or(member, same);
    }
    let null = match any_null {
        None => value.null,
        Some(any_null) => {
            let missing = e.not(member);
            let unknown = e.and(missing, any_null);
            Some(match value.null {
                Some(null) => e.or(null, unknown),
                None => unknown,
            })
        }
    };
    Some(Lowered {
        value: member,
        length: None,
        null,
    })
}
