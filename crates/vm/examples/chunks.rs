//! How fast the loops of kernels over chunks are. A loop that is much slower than `f64 *` was not vectorised.
//!
//! `cargo run --release -p sqlift-vm --example chunks`

use bumpalo::Bump;
use sqlift_functions::kernel::{
    BatchContext, KernelMaker, Lanes, Selection, Vector, fallible_with, hot_flagged, hot_total,
    nullable,
};
use sqlift_functions::native::{Bool, Double, Int, Number, Opt};
use sqlift_functions::{Argument, CallId, CallSite, Function, Repr, RowContext, Scratch};
use sqlift_types::{Datum, Session, SqlType, Warning};
use std::hint::black_box;
use std::time::Instant;

const ROWS: usize = sqlift_vm::CHUNK_ROWS;
const CHUNKS: usize = 20_000;

fn main() {
    let add = |a: i64, b: i64| a.overflowing_add(b);
    let add_by_sign = |a: i64, b: i64| {
        let sum = a.wrapping_add(b);
        (sum, (a ^ sum) & (b ^ sum) < 0)
    };
    let multiply = |a: i64, b: i64| a.overflowing_mul(b);
    let and = |a: Option<bool>, b: Option<bool>| match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    };
    let quotient = |a: f64, b: f64| (b != 0.0).then(|| a / b);
    println!("ns a row: two columns; column and constant");
    show::<Int>(
        "i64 +, overflowing_add",
        hot_flagged::<(Int, Int), Int, _>(add),
    );
    show::<Int>(
        "i64 +, by sign",
        hot_flagged::<(Int, Int), Int, _>(add_by_sign),
    );
    show::<Int>("i64 *", hot_flagged::<(Int, Int), Int, _>(multiply));
    show::<Double>(
        "f64 *",
        hot_total::<(Double, Double), Double, _>(|a: f64, b: f64| a * b),
    );
    show::<Double>(
        "f64 /, NULL by 0",
        nullable::<(Double, Double), Double, _>(quotient),
    );
    show::<Int>(
        "i64 <",
        hot_total::<(Int, Int), Bool, _>(|a: i64, b: i64| a < b),
    );
    let modulo = |_: &(), cx: &RowContext<'_>, a: i64, b: i64| match b {
        0 => {
            cx.warn(Warning::division_by_zero());
            Ok(None)
        }
        _ => Ok(Some(a.wrapping_rem(b))),
    };
    show::<Int>(
        "i64 %, warns by 0",
        fallible_with::<(Int, Int), Int, _, _>(|_| Ok(()), modulo),
    );
    show::<Double>(
        "f64 <",
        hot_total::<(Double, Double), Bool, _>(|a: f64, b: f64| a < b),
    );
    show::<Bool>(
        "AND of three values",
        nullable::<(Opt<Bool>, Opt<Bool>), Bool, _>(and),
    );
    show::<Bool>("NOT", hot_total::<(Bool,), Bool, _>(|a: bool| !a));
}

/// Sample values.
trait Sample: Number {
    fn of(row: usize) -> Self::Plain;
}
impl Sample for Int {
    fn of(row: usize) -> i64 {
        (row as i64 * 7919) % 1000 - 400
    }
}
impl Sample for Double {
    fn of(row: usize) -> f64 {
        (row as f64 * 0.37) % 11.0
    }
}
impl Sample for Bool {
    fn of(row: usize) -> bool {
        row.is_multiple_of(3)
    }
}

fn show<N: Sample>(name: &str, maker: KernelMaker) {
    let function = Function::operator(
        "bench",
        |_, mut a| Ok(a.remove(0)),
        |_, _, _| Ok(Datum::Null),
    );
    let function = function.overload(maker);
    let overload = &function.overloads()[0];
    let session = Session::default();
    let argument = Argument {
        ty: SqlType::bigint(),
        repr: Repr::Int,
        constant: None,
        column: false,
        computed: false,
        quiet: false,
    };
    let count = overload.params().len();
    let ty = SqlType::bigint();
    let site = CallSite {
        args: &vec![argument; count],
        ret: &ty,
        ret_repr: overload.ret(),
        collation: sqlift_types::CollationId::BINARY,
        session: &session,
    };
    let kernel = overload.kernel(&site).expect("no state");
    let column = |shift: usize| -> (Vec<N::Plain>, Vec<bool>) {
        let rows = shift..ROWS + shift;
        rows.map(|row| (N::of(row), !row.is_multiple_of(20)))
            .unzip()
    };
    let (a, b) = (column(0), column(17));
    let time = |with_constant: bool| {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let mut arena = Bump::with_capacity(1 << 16);
            let start = Instant::now();
            for _ in 0..CHUNKS / 5 {
                let scratch = Scratch::default();
                let batch = BatchContext {
                    cx: RowContext {
                        arena: &arena,
                        scratch: &scratch,
                        session: &session,
                    },
                    rows: ROWS,
                    arch: pulp::Arch::new(),
                };

                let second = match with_constant {
                    true => N::vector(Lanes::Constant(Some(N::of(5)))),
                    false => vector::<N>(&b.0, &b.1),
                };
                let args = black_box([vector::<N>(&a.0, &a.1), second]);
                let vector = kernel.batch(CallId(0), &batch, &args[..count], Selection::All(ROWS));
                black_box(&vector);
                arena.reset();
            }
            let rows = (CHUNKS / 5 * ROWS) as f64;
            best = best.min(start.elapsed().as_nanos() as f64 / rows);
        }
        best
    };
    let columns = time(false);
    let mixed = time(true);
    println!("{name:28} {columns:6.3} {mixed:6.3}");
}

fn vector<'r, N: Number>(values: &'r [N::Plain], valid: &'r [bool]) -> Vector<'r> {
    N::vector(Lanes::Flat {
        values,
        valid: Some(valid),
    })
}
