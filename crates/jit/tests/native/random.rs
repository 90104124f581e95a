//! Expressions made at random, of everything that has a lowering and of everything lazy: native rows and native blocks against
//! walking.

use crate::batch::{Random, walked};
use crate::boundary::cells;
use crate::catalogue::{compare_rows, in_binding, is_bet, kind_of, native_row, same, walked_row};
use sqlift_functions::{Expr, ExprKind, FunctionId, catalogue};
use sqlift_ir::{Program, Speculation, linearize};
use sqlift_jit::{ColumnKind, CompileError, Compiler};
use sqlift_types::{Datum, Session, SqlType, Value};
use std::sync::Arc;

/// `SQLIFT_RANDOM=rounds:seed` makes a longer or another run.
fn effort() -> (u32, u64) {
    let asked = std::env::var("SQLIFT_RANDOM").unwrap_or_default();
    let (rounds, seed) = asked.split_once(':').unwrap_or(("400", "20261120"));
    (rounds.parse().unwrap(), seed.parse().unwrap())
}

/// The columns; those with odd numbers have NULLs.
fn types() -> Vec<SqlType> {
    let kinds = [
        SqlType::bigint(),
        SqlType::double(),
        SqlType::decimal(12, 2),
        SqlType::bool(),
        SqlType::date(),
        SqlType::ubigint(),
        SqlType::decimal(25, 4),
        SqlType::datetime(6),
    ];
    kinds.into_iter().flat_map(|ty| [ty.clone(), ty]).collect()
}

struct Maker<'a> {
    random: Random,
    types: &'a [SqlType],
    session: &'a Session,
    functions: &'a [(FunctionId, usize)],
}

impl Maker<'_> {
    fn pick(&mut self, n: usize) -> usize {
        self.random.next() as usize % n
    }

    fn leaf(&mut self) -> Expr {
        if self.pick(5) == 0 {
            let (value, ty) = [
                (Datum::Int(7), SqlType::bigint()),
                (Datum::Int(0), SqlType::bigint()),
                (Datum::Int(1), SqlType::bool()),
                (Datum::Double(0.5), SqlType::double()),
                (Datum::Null, SqlType::bigint()),
            ][self.pick(5)]
            .clone();
            return Expr::literal(value, ty);
        }
        let index = self.pick(self.types.len());
        Expr {
            kind: ExprKind::Column(index as u32),
            nullable: index % 2 == 1,
            ..Expr::literal(Datum::Int(0), self.types[index].clone())
        }
    }

    fn expr(&mut self, depth: u32) -> Expr {
        if depth == 0 || self.pick(6) == 0 {
            return self.leaf();
        }
        let (function, arity) = self.functions[self.pick(self.functions.len())];
        let args: Vec<Expr> = (0..arity).map(|_| self.expr(depth - 1)).collect();
        let first = args[0].clone();
        let binder = catalogue().function(function).binder();
        let bound = in_binding(self.session, None, |cx| {
            cx.function = function;
            binder(cx, args).ok()
        });
        // Types that do not fit: without the call then.
        bound.unwrap_or(first)
    }
}

/// What calls are made of: number of arguments by function.
fn functions() -> Vec<(FunctionId, usize)> {
    let lowered = catalogue().iter().flat_map(|(id, function)| {
        let overloads = function
            .overloads()
            .iter()
            .filter(|o| o.lowering().is_some());
        overloads.map(move |o| (id, o.params().len()))
    });
    let mut all: Vec<(FunctionId, usize)> = lowered.collect();
    all.sort_unstable();
    all.dedup();
    for (name, arity) in [
        ("CASE", 3),
        ("CASE", 5),
        ("IF", 3),
        ("COALESCE", 3),
        ("IFNULL", 2),
        ("NULLIF", 2),
    ] {
        if let Some(id) = catalogue().lookup(name) {
            all.extend([(id, arity); 4]);
        }
    }
    all.retain(|(id, _)| {
        !matches!(
            catalogue().function(*id).name(),
            "coerce" | "CAST" | "resize"
        )
    });
    all
}

fn rows(random: &mut Random, program: &Program, types: &[SqlType]) -> Vec<Vec<Value<'static>>> {
    let mut choices: Vec<Vec<Value<'static>>> = vec![vec![Value::Null]; types.len()];
    for column in &program.columns {
        choices[column.index as usize] = cells(column.slot, &types[column.index as usize]);
    }
    let rows = (0..192).map(|_| {
        let row = choices.iter().map(|choice| {
            // Mostly small numbers, so that not everything overflows.
            let few = if random.next() & 3 == 0 {
                choice.len()
            } else {
                choice.len().min(16)
            };
            match random.next() % 8 {
                0 => choice[choice.len() - 1],
                _ => choice[random.next() as usize % few],
            }
        });
        row.collect()
    });
    rows.collect()
}

#[test]
fn random_expressions_agree() {
    let session = Arc::new(Session::default());
    let (types, functions) = (types(), functions());
    let (rounds, seed) = effort();
    let mut compiler = Compiler::native().unwrap();
    let mut maker = Maker {
        random: Random(seed),
        types: &types,
        session: &session,
        functions: &functions,
    };
    let (mut values, mut given_up, mut bets, mut blocks, mut jumping) = (0, 0, 0, 0, 0);
    for round in 0..rounds {
        let expr = maker.expr(2 + round % 3);
        let bet = [Speculation::NONE, Speculation::ALL][round as usize % 2];
        let Ok(program) = linearize(&[expr], &session, bet) else {
            continue;
        };
        let function = compiler
            .compile_row(&program)
            .unwrap_or_else(|e| panic!("{e}\n{program}"));
        let rows = rows(&mut maker.random, &program, &types);
        for row in &rows {
            let (native, native_warnings) = native_row(&function, row);
            let (walked, warnings) = walked_row(&program, row);
            match (&native, &walked) {
                (Err(exit), _) if is_bet(exit) => bets += 1,
                (Ok(a), Ok(b)) => {
                    assert!(same(a, b), "{a:?} {b:?} {row:?}\n{program}");
                    assert_eq!(native_warnings, warnings, "{row:?}\n{program}");
                    values += 1;
                }
                _ => {
                    assert_eq!(native, walked, "{row:?}\n{program}");
                    given_up += 1;
                }
            }
        }
        let kinds: Option<Vec<ColumnKind>> = program
            .columns
            .iter()
            .map(|c| kind_of(c.slot.repr, round as usize))
            .collect();
        let Some(kinds) = kinds else { continue };
        match compiler.compile_batch(&program, &kinds) {
            Ok(batch) => {
                blocks += compare_rows(&function, &program, &kinds, &batch, rows) / 64;
                jumping += usize::from(!program.is_straight());
            }
            Err(CompileError::NotBatchable(_)) => {}
            Err(error) => panic!("{error}\n{program}"),
        }
        if let Some(row) = walked(&program, &vec![Value::Null; types.len()], &[]) {
            assert_eq!(row.len(), 1);
        }
    }
    println!(
        "{values} values, {given_up} given up, {bets} bets lost, {blocks} blocks, {jumping} with jumps"
    );
    assert!(
        values > 20_000 && given_up > 100 && blocks > 100 && jumping > 10,
        "too little was tested"
    );
}
