//! Every lowering of the catalogue, at the call sites that binding makes: as concrete values, as native rows, as native blocks,
//! against the kernels.

use crate::batch::{Buffer, Random, run, walked};
use crate::boundary::cells;
use crate::concrete;
use bumpalo::Bump;
use sqlift_functions::{
    BindContext, CallId, Exit, Expr, ExprKind, Frame, FunctionId, Out, RowContext, Scratch,
    catalogue,
};
use sqlift_interp::evaluate_constant;
use sqlift_ir::{Program, Slot, Speculation, Step, linearize};
use sqlift_jit::{
    BatchFunction, ColumnKind, CompileError, Compiler, Exited, Form, RowFunction, Target, asm,
};
use sqlift_types::decimal::Decimal;
use sqlift_types::{Datum, I256, Repr, Session, Span, SqlType, Value};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// What stands as an argument.
#[derive(Clone, Debug)]
enum Operand {
    Column(SqlType),
    Literal(Datum, SqlType),
}

fn decimal(c: i64, scale: u8) -> Datum {
    Datum::Decimal(Decimal::new(I256::from(c), scale).unwrap())
}

fn operands() -> Vec<Operand> {
    let columns = [
        SqlType::bigint(),
        SqlType::ubigint(),
        SqlType::bool(),
        SqlType::double(),
        SqlType::decimal(12, 2),
        SqlType::decimal(30, 6),
        SqlType::decimal(18, 0),
        SqlType::date(),
        SqlType::datetime(6),
        SqlType::time(0),
        SqlType::varchar(20),
        SqlType::float(),
        SqlType::year(),
        SqlType::json(),
        SqlType::decimal(60, 4),
    ];
    let literals = [
        (Datum::Int(7), SqlType::bigint()),
        (Datum::Int(0), SqlType::bigint()),
        (Datum::Int(-1), SqlType::bigint()),
        (decimal(15, 1), SqlType::decimal(2, 1)),
        (Datum::Double(2.5), SqlType::double()),
        (Datum::Bytes(b"a".to_vec()), SqlType::varchar(1)),
    ];
    let literals = literals.into_iter().map(|(v, t)| Operand::Literal(v, t));
    columns
        .into_iter()
        .map(Operand::Column)
        .chain(literals)
        .collect()
}

fn argument(index: u32, operand: &Operand, nullable: bool) -> Expr {
    match operand {
        Operand::Column(ty) => Expr {
            kind: ExprKind::Column(index),
            nullable,
            ..Expr::literal(Datum::Int(0), ty.clone())
        },
        Operand::Literal(value, ty) => Expr::literal(value.clone(), ty.clone()),
    }
}

/// The call of a function as binding makes it. `None`: MySQL (or we) refuse it.
fn bind(
    function: FunctionId,
    operands: &[Operand],
    nullable: bool,
    session: &Session,
) -> Option<Expr> {
    let args = (0..)
        .zip(operands)
        .map(|(i, o)| argument(i, o, nullable))
        .collect();
    let binder = catalogue().function(function).binder();
    in_binding(session, None, |cx| {
        cx.function = function;
        binder(cx, args).ok()
    })
}

pub(crate) fn in_binding<T>(
    session: &Session,
    target: Option<SqlType>,
    work: impl FnOnce(&mut BindContext<'_>) -> T,
) -> T {
    let text = |_: Span| String::new();
    let evaluate = |e: &Expr| evaluate_constant(e, session, &text);
    let mut warnings = Vec::new();
    let mut cx = BindContext {
        session,
        function: FunctionId(0),
        span: Span::default(),
        warnings: &mut warnings,
        evaluate: &evaluate,
        quote: &text,
        text: "",
        target,
        name: None,
        negated: false,
    };
    work(&mut cx)
}

/// Explicit and implicit conversions of an operand to a type.
fn conversions(operand: &Operand, to: &SqlType, nullable: bool, session: &Session) -> Vec<Expr> {
    let arg = || argument(0, operand, nullable);
    let cast = catalogue().lookup("CAST").unwrap();
    let explicit = in_binding(session, Some(to.clone()), |cx| {
        cx.function = cast;
        (catalogue().function(cast).binder())(cx, vec![arg()]).ok()
    });
    let implicit = in_binding(session, None, |cx| cx.coerce(arg(), to.clone()));
    explicit.into_iter().chain([implicit]).collect()
}

type Shape = (FunctionId, usize, Vec<(Slot, bool)>, Slot);

/// The shapes of a program's calls that have a lowering.
fn shapes(program: &Program) -> Vec<Shape> {
    let calls = program.steps.iter().filter_map(|step| match step {
        Step::Call { call, args, .. } => {
            let call = &program.calls[call.index()];
            call.overload().lowering()?;
            let slots = args.iter().zip(&call.args);
            let slots = slots.map(|(a, fact)| (program.slots[a.index()], fact.constant.is_some()));
            Some((call.function, call.overload, slots.collect(), call.slot))
        }
        _ => None,
    });
    calls.collect()
}

/// Programs that have every lowering in them that binding leads to, with the types of their columns.
fn programs() -> &'static [(Program, Vec<SqlType>)] {
    static PROGRAMS: OnceLock<Vec<(Program, Vec<SqlType>)>> = OnceLock::new();
    PROGRAMS.get_or_init(make_programs)
}

fn make_programs() -> Vec<(Program, Vec<SqlType>)> {
    let session = Arc::new(Session::default());
    let mut seen: HashSet<Shape> = HashSet::new();
    let mut programs = Vec::new();
    let all = operands();
    let mut add = |bound: Option<&Expr>, operands: &[Operand]| {
        for bet in [Speculation::NONE, Speculation::ALL] {
            let program =
                bound.and_then(|e| linearize(std::slice::from_ref(e), &session, bet).ok());
            let Some(program) = program else { continue };
            let new = shapes(&program)
                .into_iter()
                .filter(|s| seen.insert(s.clone()))
                .count();
            if new > 0 {
                let types = operands.iter().map(|o| match o {
                    Operand::Column(ty) | Operand::Literal(_, ty) => ty.clone(),
                });
                programs.push((program, types.collect()));
            }
        }
    };
    for operand in &all {
        for to in &all {
            let (Operand::Column(to) | Operand::Literal(_, to)) = to;
            for nullable in [true, false] {
                for converted in conversions(operand, to, nullable, &session) {
                    add(Some(&converted), std::slice::from_ref(operand));
                }
            }
        }
    }
    for (id, function) in catalogue().iter() {
        let (least, most) = function.arity();
        for arity in least.max(1)..=most.min(3) {
            let few: Vec<Operand> = all.iter().step_by(3).cloned().collect();
            let choice = if arity < 3 { &all } else { &few };
            for same in &all {
                let operands = vec![same.clone(); arity];
                for nullable in [true, false] {
                    add(bind(id, &operands, nullable, &session).as_ref(), &operands);
                }
            }
            let mut tuple = vec![0; arity];
            loop {
                let operands: Vec<Operand> = tuple.iter().map(|i| choice[*i].clone()).collect();
                for nullable in [true, false] {
                    let bound = bind(id, &operands, nullable, &session);
                    add(bound.as_ref(), &operands);
                }
                let Some(i) = tuple.iter().position(|i| i + 1 < choice.len()) else {
                    break;
                };
                tuple[i] += 1;
                tuple[..i].fill(0);
            }
        }
    }
    programs
}

/// Rows of edge values for the program's columns: all of them if they are few.
fn rows(program: &Program, types: &[SqlType]) -> Vec<Vec<Value<'static>>> {
    let width = program
        .columns
        .iter()
        .map(|c| c.index as usize + 1)
        .max()
        .unwrap_or(0);
    let mut choices: Vec<Vec<Value<'static>>> = vec![vec![Value::Null]; width];
    for column in &program.columns {
        choices[column.index as usize] = cells(column.slot, &types[column.index as usize]);
    }
    let all: usize = choices.iter().map(Vec::len).product();
    let mut random = Random(7);
    let picked = (0..all.min(1500)).map(|n| {
        let mut n = if all <= 1500 {
            n
        } else {
            random.next() as usize % all
        };
        let row = choices.iter().map(|choice| {
            let cell = choice[n % choice.len()];
            n /= choice.len();
            cell
        });
        row.collect()
    });
    picked.collect()
}

/// A row as the program's row form sees it.
pub(crate) fn native_row(
    function: &RowFunction,
    row: &[Value<'_>],
) -> (Result<Datum, Option<(CallId, Exit)>>, usize) {
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let mut outputs = [Value::Null];
    let outcome = match function.run(&cx, row, &[], &mut outputs) {
        Ok(()) => Ok(outputs[0].to_datum()),
        Err(Exited) => Err(scratch.take_exit()),
    };
    (outcome, scratch.take_warnings().len())
}

pub(crate) fn walked_row(
    program: &Program,
    row: &[Value<'_>],
) -> (Result<Datum, Option<(CallId, Exit)>>, usize) {
    let mut wide = vec![I256::ZERO; program.constants.len()];
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let frame = Frame {
        cx,
        row,
        parameters: &[],
        slots: &[],
    };
    let outputs = crate::walker::walk(program, &mut wide, &frame);
    let outcome = outputs
        .map(|o| o[0].to_datum())
        .ok_or_else(|| scratch.take_exit());
    (outcome, scratch.take_warnings().len())
}

pub(crate) fn is_bet(exit: &Option<(CallId, Exit)>) -> bool {
    matches!(exit, Some((_, Exit::Deopt(_))))
}

/// The bits of doubles count: -0 is not 0.
pub(crate) fn same(a: &Datum, b: &Datum) -> bool {
    match (a, b) {
        (Datum::Double(a), Datum::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

#[test]
fn lowerings_mean_what_their_kernels_mean() {
    let mut checked = HashSet::new();
    let (mut lowered, mut bets) = (0, 0);
    for (program, _) in programs() {
        for step in &program.steps {
            let Step::Call { call: id, args, .. } = step else {
                continue;
            };
            let call = &program.calls[id.index()];
            let Some(lower) = call.overload().lowering() else {
                continue;
            };
            let slots: Vec<Slot> = args.iter().map(|a| program.slots[a.index()]).collect();
            let literal: Vec<bool> = call.args.iter().map(|a| a.constant.is_some()).collect();
            if !checked.insert((
                call.function,
                call.overload,
                slots.clone(),
                literal,
                call.slot,
            )) {
                continue;
            }
            let mut choices: Vec<Vec<Value<'static>>> = slots
                .iter()
                .zip(&call.args)
                .map(|(s, a)| cells(*s, &a.ty))
                .collect();
            for (choice, (fact, slot)) in choices.iter_mut().zip(call.args.iter().zip(&slots)) {
                if let Some(constant) = &fact.constant {
                    let kept: &'static Datum = Box::leak(Box::new(constant.clone()));
                    let wide: &'static mut I256 = Box::leak(Box::new(I256::ZERO));
                    *choice = kept
                        .as_cell_of(slot.repr, slot.scale, wide)
                        .into_iter()
                        .collect();
                }
            }
            let all: usize = choices.iter().map(Vec::len).product();
            let mut random = Random(11);
            for n in 0..all.min(2500) {
                let mut n = if all <= 2500 {
                    n
                } else {
                    random.next() as usize % all
                };
                let cells: Vec<(Slot, Value<'static>)> = slots
                    .iter()
                    .zip(&choices)
                    .map(|(slot, choice)| {
                        let cell = choice[n % choice.len()];
                        n /= choice.len();
                        (*slot, cell)
                    })
                    .collect();
                let site = call.site(&program.session);
                let strict = call.overload().is_strict();
                let Some(given) = concrete::evaluate(lower, &site, strict, &cells, call.slot)
                else {
                    continue;
                };
                lowered += 1;
                let (arena, scratch) = (Bump::new(), Scratch::default());
                let cx = RowContext {
                    arena: &arena,
                    scratch: &scratch,
                    session: &program.session,
                };
                let plain: Vec<Value<'_>> = cells.iter().map(|c| c.1).collect();
                let mut result = Value::Null;
                let kernel = match call.kernel.cells(*id, &cx, &plain, &mut result) {
                    true if result.is_null() => Out::Null,
                    true => Out::Val(result),
                    false => Out::Exit,
                };
                let name = catalogue().function(call.function).name();
                let context = || {
                    format!(
                        "{name} {cells:?} -> {}\nlowering {given:?}, kernel {kernel:?}",
                        call.slot
                    )
                };
                let warnings = scratch.take_warnings();
                match given {
                    Err(Exit::Deopt(_)) => bets += 1,
                    Err(exit) => {
                        assert_eq!(kernel, Out::Exit, "{}", context());
                        assert_eq!(scratch.take_exit(), Some((*id, exit)), "{}", context());
                    }
                    Ok(value) => {
                        assert!(warnings.is_empty(), "{} warns: {warnings:?}", context());
                        match (value, kernel) {
                            (Out::Val(a), Out::Val(b)) => {
                                assert!(same(&a.to_datum(), &b.to_datum()), "{}", context());
                            }
                            (a, b) => assert_eq!(a, b, "{}", context()),
                        }
                    }
                }
            }
        }
    }
    assert!(
        lowered > 1000 && bets * 2 < lowered,
        "{lowered} rows, {bets} bets lost"
    );
}

#[test]
fn native_rows_of_every_lowering() {
    let mut compiler = Compiler::native().unwrap();
    let (mut compared, mut bets) = (0, 0);
    for (program, types) in programs() {
        let function = compiler
            .compile_row(program)
            .unwrap_or_else(|e| panic!("{e}\n{program}"));
        asm(program, Form::Row, Target::Aarch64).unwrap_or_else(|e| panic!("{e}\n{program}"));
        for row in rows(program, types) {
            let (native, native_warnings) = native_row(&function, &row);
            let (walked, warnings) = walked_row(program, &row);
            compared += 1;
            match (&native, &walked) {
                (Err(exit), _) if is_bet(exit) => bets += 1,
                (Ok(a), Ok(b)) => assert!(
                    same(a, b) && native_warnings == warnings,
                    "{a:?} {native_warnings} {b:?} {warnings} {row:?}\n{program}"
                ),
                _ => assert_eq!(native, walked, "{row:?}\n{program}"),
            }
        }
    }
    assert!(
        compared > 1000 && bets * 2 < compared,
        "{compared} rows, {bets} bets lost"
    );
}

/// A kind of buffer for a column, `turn` choosing among several.
pub(crate) fn kind_of(repr: Repr, turn: usize) -> Option<ColumnKind> {
    let kinds: &[ColumnKind] = match repr {
        Repr::Bool => &[ColumnKind::Bits],
        Repr::UInt => &[ColumnKind::U64],
        Repr::Double => &[ColumnKind::F64],
        Repr::Dec64 => &[ColumnKind::I64, ColumnKind::Decimal128],
        Repr::Dec128 => &[ColumnKind::Decimal128],
        Repr::Int | Repr::Date | Repr::Time | Repr::DateTime => &[ColumnKind::I64],
        Repr::Dec256 | Repr::Bytes | Repr::Json => &[],
    };
    (!kinds.is_empty()).then(|| kinds[turn % kinds.len()])
}

#[test]
fn native_blocks_of_every_lowering() {
    let mut compiler = Compiler::native().unwrap();
    let (mut batched, mut vectorised, mut compared) = (0, 0, 0);
    let mut refusals: HashMap<String, usize> = HashMap::new();
    for (program, types) in programs() {
        for turn in 0..2 {
            let kinds: Option<Vec<ColumnKind>> = program
                .columns
                .iter()
                .map(|c| kind_of(c.slot.repr, turn))
                .collect();
            let Some(kinds) = kinds else { continue };
            let function = match compiler.compile_batch(program, &kinds) {
                Ok(function) => function,
                Err(CompileError::NotBatchable(why)) => {
                    *refusals.entry(why.to_owned()).or_default() += 1;
                    continue;
                }
                Err(error) => panic!("{error}\n{program}"),
            };
            batched += 1;
            vectorised += usize::from(function.is_vectorised());
            for target in [Target::X86_64, Target::Aarch64] {
                asm(program, Form::Batch(&kinds), target)
                    .unwrap_or_else(|e| panic!("{e}\n{program}"));
            }
            compared += compare_blocks(&mut compiler, (program, types), &kinds, &function);
        }
    }
    assert!(
        batched > 0 && vectorised > 0 && compared > 64,
        "{batched} {vectorised} {compared} {refusals:?}"
    );
}

/// Blocks of rows that native rows evaluate, and one block for each of some that they give up; gives how many rows there were.
fn compare_blocks(
    compiler: &mut Compiler,
    (program, types): (&Program, &[SqlType]),
    kinds: &[ColumnKind],
    function: &BatchFunction,
) -> usize {
    let by_row = compiler.compile_row(program).unwrap();
    compare_rows(&by_row, program, kinds, function, rows(program, types))
}

/// As [`compare_blocks`], with these rows.
pub(crate) fn compare_rows(
    by_row: &RowFunction,
    program: &Program,
    kinds: &[ColumnKind],
    function: &BatchFunction,
    rows: Vec<Vec<Value<'static>>>,
) -> usize {
    let (good, bad): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| native_row(by_row, row).0.is_ok());
    let Some(filler) = good.first().cloned() else {
        return 0;
    };
    let mut all = good;
    all.resize(all.len().next_multiple_of(64), filler.clone());
    let good_blocks = all.len() / 64;
    for (i, row) in bad.into_iter().take(30).enumerate() {
        let mut block = vec![filler.clone(); 64];
        block[i * 7 % 64] = row;
        all.extend(block);
    }
    let blocks = all.len() / 64;
    let buffers: Vec<Buffer> = program
        .columns
        .iter()
        .zip(kinds)
        .map(|(c, kind)| {
            let cells: Vec<Value<'_>> = all.iter().map(|r| r[c.index as usize]).collect();
            Buffer::new(*kind, &cells, 0)
        })
        .collect();
    let answer = run(function, program, &buffers, blocks, &[]);
    let expected: Vec<u32> = (good_blocks as u32..blocks as u32).collect();
    let flagged_good: Vec<_> = answer
        .flagged
        .iter()
        .filter(|b| (**b as usize) < good_blocks)
        .collect();
    for block in &flagged_good {
        // Only what stands in a NULL may have done it.
        let rows = &all[**block as usize * 64..][..64];
        assert!(
            rows.iter().flatten().any(Value::is_null),
            "block {block}\n{program}"
        );
    }
    let flagged_bad: Vec<u32> = answer
        .flagged
        .iter()
        .copied()
        .filter(|b| *b as usize >= good_blocks)
        .collect();
    assert_eq!(flagged_bad, expected, "\n{program}");
    for (i, row) in all[..good_blocks * 64].iter().enumerate() {
        if answer.flagged.contains(&(i as u32 / 64)) {
            continue;
        }
        let walked = walked(program, row, &[]).unwrap_or_else(|| panic!("{row:?}\n{program}"));
        assert!(
            same(&answer.outputs[i][0], &walked[0]),
            "{:?} {walked:?} {row:?}\n{program}",
            answer.outputs[i]
        );
    }
    good_blocks * 64
}

/// No function's lowerings hide from these tests. (Single ones may: binding does not lead to every overload.)
#[test]
fn lowerings_are_reached() {
    let reached: HashSet<(FunctionId, usize)> = programs()
        .iter()
        .flat_map(|(p, _)| shapes(p).into_iter().map(|s| (s.0, s.1)))
        .collect();
    let (mut hidden, mut all) = (Vec::new(), 0);
    for (id, function) in catalogue().iter() {
        let lowered = |i: &usize| function.overloads()[*i].lowering().is_some();
        let lowered: Vec<usize> = (0..function.overloads().len()).filter(lowered).collect();
        let missed = |i: &&usize| !reached.contains(&(id, **i));
        let missed: Vec<&usize> = lowered.iter().filter(missed).collect();
        let name = function.name();
        assert!(
            missed.is_empty() || missed.len() < lowered.len(),
            "{name} is never reached"
        );
        all += lowered.len();
        for i in missed {
            let overload = &function.overloads()[*i];
            let (params, ret) = (overload.params(), overload.ret());
            hidden.push(format!("{name}({params:?}) -> {ret}"));
        }
    }
    assert!(
        hidden.len() * 10 <= all,
        "{} of {all} are not reached: {hidden:?}",
        hidden.len()
    );
}
