//! The row form.

use crate::programs::{Draft, slot};
use crate::walker::walk;
use bumpalo::Bump;
use sqlift_functions::{CallId, Exit, Fault, Frame, RangeType, Reason, RowContext, Scratch};
use sqlift_ir::{Program, Slot, Step};
use sqlift_jit::{CompileError, Compiler, Exited, Form, RowFunction, Target, asm, clif};
use sqlift_types::decimal::Decimal;
use sqlift_types::{Datum, I256, Repr, Session, SqlType, Value};

/// What came of a row: outputs, or the exit.
type Outcome = Result<Vec<Datum>, Option<(CallId, Exit)>>;

fn datums(values: &[Value<'_>]) -> Vec<Datum> {
    values.iter().map(Value::to_datum).collect()
}

fn native(function: &RowFunction, row: &[Value<'_>], parameters: &[Value<'_>]) -> Outcome {
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let mut outputs = [Value::Int(-77); 4];
    match function.run(&cx, row, parameters, &mut outputs) {
        Ok(()) => Ok(datums(&outputs)),
        Err(Exited) => Err(scratch.take_exit()),
    }
}

fn walked(program: &Program, row: &[Value<'_>], parameters: &[Value<'_>]) -> Outcome {
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
        parameters,
        slots: &[],
    };
    walk(program, &mut wide, &frame)
        .map(|o| datums(&o))
        .ok_or_else(|| scratch.take_exit())
}

/// Runs rows natively and by walking; gives the last outcome.
fn agree(program: &Program, rows: &[&[Value<'_>]], parameters: &[Value<'_>]) -> Outcome {
    let mut compiler = Compiler::native().unwrap();
    let function = compiler.compile_row(program).unwrap();
    let mut last = Err(None);
    for row in rows {
        let expected = walked(program, row, parameters);
        last = native(&function, row, parameters).map(|mut outputs| {
            let rest = outputs.split_off(program.outputs.len());
            assert!(
                rest.iter().all(|r| *r == Datum::Int(-77)),
                "written past the outputs"
            );
            outputs
        });
        assert_eq!(last, expected, "{row:?}\n{program}");
    }
    last
}

fn int(v: i64) -> Value<'static> {
    Value::Int(v)
}

const INTS: [i64; 7] = [0, 1, -1, 41, i64::MAX, i64::MIN, 1 << 40];

/// `a + b + 3` over nullable integers.
fn sum() -> Program {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let types = [ty.clone(), ty.clone()];
    let a = d.column(0, &ty, true);
    let b = d.column(1, &ty, true);
    let ab = d.call("+", &[a, b], &types, ty.clone());
    let three = d.constant(Datum::Int(3), &ty);
    let all = d.call("+", &[ab, three], &types, ty.clone());
    d.output(all, ty);
    d.finish()
}

#[test]
fn sums_nulls_and_overflow() {
    let program = sum();
    for a in INTS {
        for b in INTS {
            let rows: [&[Value<'_>]; 3] = [
                &[int(a), int(b)],
                &[Value::Null, int(b)],
                &[int(a), Value::Null],
            ];
            agree(&program, &rows, &[]).unwrap_err_or_null();
        }
    }
    let error = Exit::Error(Fault::OutOfRange(RangeType::BigInt));
    let past = agree(&program, &[&[int(i64::MAX), int(1)]], &[]);
    assert_eq!(past, Err(Some((CallId(0), error))));
    let past = agree(&program, &[&[int(i64::MAX - 1), int(1)]], &[]);
    assert_eq!(past, Err(Some((CallId(1), error))));
}

trait OrNull {
    fn unwrap_err_or_null(self);
}

impl OrNull for Outcome {
    /// The last row of each triple has a NULL.
    fn unwrap_err_or_null(self) {
        assert_eq!(self, Ok(vec![Datum::Null]));
    }
}

#[test]
fn cells_of_another_type_give_the_row_up() {
    let program = sum();
    let lost = Err(Some((CallId::NONE, Exit::Deopt(Reason::CellType))));
    let text = Value::from("7");
    assert_eq!(agree(&program, &[&[int(1), text]], &[]), lost);
    assert_eq!(agree(&program, &[&[int(1), Value::UInt(1)]], &[]), lost);
    assert_eq!(agree(&program, &[&[int(1)]], &[]), lost);
}

#[test]
fn a_null_in_a_column_without_nulls_gives_the_row_up() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let a = d.column(0, &ty, false);
    d.output(a, ty);
    let lost = Err(Some((CallId::NONE, Exit::Deopt(Reason::CellType))));
    assert_eq!(agree(&d.finish(), &[&[int(1)], &[Value::Null]], &[]), lost);
}

/// One column of every representation, read and given back.
#[test]
fn every_representation_passes_through() {
    let wide = I256::from(-5i64);
    let dec = |scale, coefficient: i64| Value::Dec64 { scale, coefficient };
    let cells = [
        (Repr::Int, 0, int(-3)),
        (Repr::UInt, 0, Value::UInt(u64::MAX)),
        (Repr::Double, 0, Value::Double(-0.5)),
        (Repr::Dec64, 2, dec(2, i64::MIN)),
        (
            Repr::Dec128,
            30,
            Value::Dec128 {
                scale: 30,
                coefficient: i128::MIN.into(),
            },
        ),
        (
            Repr::Dec256,
            5,
            Value::Dec256 {
                scale: 5,
                coefficient: &wide,
            },
        ),
        (Repr::Date, 0, Value::Date(1 << 41)),
        (Repr::Time, 0, Value::Time(-1)),
        (Repr::DateTime, 0, Value::DateTime(77)),
        (Repr::Bytes, 0, Value::Bytes(b"text \0\xff")),
        (Repr::Json, 0, Value::Json(b"[1]")),
        (Repr::Bool, 0, int(1)),
    ];
    for (repr, scale, cell) in cells {
        for nullable in [false, true] {
            let mut d = Draft::new();
            let a = d.held_column(
                1,
                Slot {
                    repr,
                    scale,
                    nullable,
                },
            );
            d.output_as_held(a);
            let program = d.finish();
            assert_eq!(
                agree(&program, &[&[int(0), cell]], &[]),
                Ok(vec![cell.to_datum()])
            );
            let null = agree(&program, &[&[int(0), Value::Null]], &[]);
            assert_eq!(null.is_ok(), nullable, "{repr}");
            let other_scale = agree(&program, &[&[int(0), dec(7, 1)]], &[]);
            assert!(other_scale.is_err(), "{repr}");
        }
    }
}

#[test]
fn truth_values_become_one() {
    let mut d = Draft::new();
    let a = d.held_column(
        0,
        Slot {
            repr: Repr::Bool,
            scale: 0,
            nullable: true,
        },
    );
    d.output_as_held(a);
    let program = d.finish();
    assert_eq!(
        agree(&program, &[&[int(256)]], &[]),
        Ok(vec![Datum::Int(1)])
    );
    assert_eq!(agree(&program, &[&[int(0)]], &[]), Ok(vec![Datum::Int(0)]));
}

#[test]
fn constants_of_every_kind_outlive_their_program() {
    let decimal = |c: I256, s| Datum::Decimal(Decimal::new(c, s).unwrap());
    let long = I256::from(10i64).pow(50);
    let constants = [
        (Datum::Int(i64::MIN), Repr::Int, 0),
        (Datum::UInt(u64::MAX), Repr::UInt, 0),
        (Datum::Double(2.5e-300), Repr::Double, 0),
        (decimal(I256::from(-7i64), 2), Repr::Dec64, 2),
        (decimal(I256::from(-7i64), 2), Repr::Dec128, 2),
        (decimal(I256::from(i128::MAX / 16), 9), Repr::Dec128, 9),
        (decimal(I256::from(-7i64), 2), Repr::Dec256, 2),
        (decimal(long, 3), Repr::Dec256, 3),
        (Datum::Time(-5), Repr::Time, 0),
        (
            Datum::Bytes(b"a longer piece of text".to_vec()),
            Repr::Bytes,
            0,
        ),
        (Datum::Json(b"{}".to_vec()), Repr::Json, 0),
        (Datum::Null, Repr::Bytes, 0),
        (Datum::Null, Repr::Dec128, 0),
        (Datum::Null, Repr::Double, 0),
    ];
    for (value, repr, scale) in constants {
        let mut d = Draft::new();
        let a = d.held_constant(
            value.clone(),
            Slot {
                repr,
                scale,
                nullable: true,
            },
        );
        d.output_as_held(a);
        let program = d.finish();
        assert_eq!(agree(&program, &[&[]], &[]), Ok(vec![value.clone()]));
        let function = Compiler::native().unwrap().compile_row(&program).unwrap();
        drop(program);
        assert_eq!(native(&function, &[], &[]).unwrap()[0], value);
    }
}

#[test]
fn parameters_are_checked_like_columns() {
    let ty = SqlType::bigint();
    let mut d = Draft::new();
    let to = d.slot(slot(&ty, true));
    d.step(Step::Parameter { to, parameter: 1 });
    d.output(to, ty);
    let program = d.finish();
    assert_eq!(
        agree(&program, &[&[]], &[int(1), int(9)]),
        Ok(vec![Datum::Int(9)])
    );
    assert_eq!(
        agree(&program, &[&[]], &[int(1), Value::Null]),
        Ok(vec![Datum::Null])
    );
    assert!(agree(&program, &[&[]], &[int(1), Value::Double(1.0)]).is_err());
    assert!(agree(&program, &[&[]], &[int(1)]).is_err());
}

/// Doubles are added by the kernel, through cells.
#[test]
fn calls_without_a_lowering_go_to_the_kernel() {
    let (mut d, ty) = (Draft::new(), SqlType::double());
    let types = [ty.clone(), ty.clone()];
    let a = d.column(0, &ty, true);
    let b = d.column(1, &ty, true);
    let ab = d.call("+", &[a, b], &types, ty.clone());
    let aab = d.call("+", &[a, ab], &types, ty.clone());
    d.output(ab, ty.clone());
    d.output(aab, ty);
    let program = d.finish();
    let (x, y) = (Value::Double(0.5), Value::Double(-0.0));
    let rows: [&[Value<'_>]; 3] = [&[x, Value::Null], &[Value::Null, x], &[x, y]];
    let sums = vec![Datum::Double(0.5), Datum::Double(1.0)];
    assert_eq!(agree(&program, &rows, &[]), Ok(sums));
}

/// `COALESCE(a, b + 1, 5)`: what is not needed can neither fail nor be of another type.
#[test]
fn laziness() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let types = [ty.clone(), ty.clone()];
    let result = d.slot(slot(&ty, true));
    let a = d.column(0, &ty, true);
    d.copy(result, a);
    let first = d.jump(|target| Step::JumpIfNotNull {
        slot: result,
        target,
    });
    let b = d.column(1, &ty, true);
    let one = d.constant(Datum::Int(1), &ty);
    let next = d.call("+", &[b, one], &types, ty.clone());
    d.copy(result, next);
    let second = d.jump(|target| Step::JumpIfNotNull {
        slot: result,
        target,
    });
    let five = d.constant(Datum::Int(5), &ty);
    d.copy(result, five);
    d.land(first);
    d.land(second);
    d.output(result, ty);
    let program = d.finish();
    let null = Value::Null;
    let answer = |row: &[Value<'_>]| agree(&program, &[row], &[]);
    assert_eq!(
        answer(&[int(1), Value::Double(2.0)]),
        Ok(vec![Datum::Int(1)])
    );
    assert_eq!(answer(&[null, int(8)]), Ok(vec![Datum::Int(9)]));
    assert_eq!(answer(&[null, null]), Ok(vec![Datum::Int(5)]));
    assert!(answer(&[null, int(i64::MAX)]).is_err());
}

/// `IF(c, a, b)` by each kind of conditional jump.
#[test]
fn conditional_jumps_know_three_truth_values() {
    type Make = fn(sqlift_functions::SlotId, sqlift_ir::StepIndex) -> Step;
    let kinds: [Make; 5] = [
        |slot, target| Step::JumpIfNull { slot, target },
        |slot, target| Step::JumpIfNotNull { slot, target },
        |slot, target| Step::JumpIfFalse { slot, target },
        |slot, target| Step::JumpIfTrue { slot, target },
        |slot, target| Step::JumpUnlessTrue { slot, target },
    ];
    for make in kinds {
        for nullable in [false, true] {
            let (mut d, ty) = (Draft::new(), SqlType::bigint());
            let result = d.slot(slot(&ty, true));
            let c = d.held_column(
                0,
                Slot {
                    repr: Repr::Bool,
                    scale: 0,
                    nullable,
                },
            );
            let jump = d.jump(|target| make(c, target));
            let a = d.column(1, &ty, true);
            d.copy(result, a);
            let end = d.jump(|target| Step::Jump { target });
            d.land(jump);
            let b = d.column(2, &ty, false);
            d.copy(result, b);
            d.land(end);
            // Read again where only one path has read it before.
            let again = d.column(1, &ty, true);
            d.output(result, ty.clone());
            d.output(again, ty);
            let program = d.finish();
            let rows: [&[Value<'_>]; 4] = [
                &[Value::Null, int(10), int(20)],
                &[int(0), Value::Null, int(20)],
                &[int(1), int(10), int(20)],
                &[int(1), Value::Null, int(20)],
            ];
            agree(&program, &rows, &[]).unwrap();
        }
    }
}

#[test]
fn huge_programs_are_refused() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let types = [ty.clone(), ty.clone()];
    let mut sum = d.column(0, &ty, true);
    for _ in 0..5000 {
        let next = d.column(1, &ty, true);
        sum = d.call("+", &[sum, next], &types, ty.clone());
    }
    d.output(sum, ty);
    let refused = Compiler::native().unwrap().compile_row(&d.finish());
    assert!(
        matches!(refused, Err(CompileError::TooLarge { steps: 10003, .. })),
        "{refused:?}"
    );
}

#[test]
fn a_thousand_calls_compile() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let types = [ty.clone(), ty.clone()];
    let mut sum = d.column(0, &ty, true);
    for i in 0..1000 {
        let next = d.column(i % 10, &ty, true);
        sum = d.call("+", &[sum, next], &types, ty.clone());
    }
    d.output(sum, ty);
    let program = d.finish();
    let row = [int(1); 10];
    assert_eq!(agree(&program, &[&row], &[]), Ok(vec![Datum::Int(1001)]));
}

/// A thousand values that wait for their turn need more than a page of stack.
#[test]
fn large_frames_touch_each_page_of_the_stack() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let types = [ty.clone(), ty.clone()];
    let columns: Vec<_> = (0..1000).map(|i| d.column(i, &ty, true)).collect();
    let mut sum = columns[0];
    for column in columns.iter().rev() {
        sum = d.call("+", &[sum, *column], &types, ty.clone());
    }
    d.output(sum, ty);
    let program = d.finish();
    let row: Vec<Value<'_>> = (0..1000).map(int).collect();
    assert_eq!(agree(&program, &[&row], &[]), Ok(vec![Datum::Int(499_500)]));
    let text = asm(&program, Form::Row, Target::X86_64).unwrap();
    assert!(text.contains("subq $0x1000, %rsp"), "{}", &text[..600]);
}

#[test]
fn invalid_programs_are_refused() {
    let mut program = sum();
    program.steps.pop();
    let refused = Compiler::native().unwrap().compile_row(&program);
    assert!(
        matches!(refused, Err(CompileError::Invalid(_))),
        "{refused:?}"
    );
}

#[test]
fn outputs_need_room() {
    let program = sum();
    let function = Compiler::native().unwrap().compile_row(&program).unwrap();
    let row = [int(1), int(2)];
    let run = || native_without_room(&function, &row);
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}

fn native_without_room(function: &RowFunction, row: &[Value<'_>]) -> Result<(), Exited> {
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    function.run(&cx, row, &[], &mut [])
}

#[test]
fn functions_are_shared_between_threads() {
    let function = Compiler::native().unwrap().compile_row(&sum()).unwrap();
    std::thread::scope(|scope| {
        for i in 0..4 {
            let function = &function;
            scope.spawn(move || {
                let outputs = native(function, &[int(i), int(1)], &[]).unwrap();
                assert_eq!(outputs[0], Datum::Int(i + 4));
            });
        }
    });
}

/// No page is writable and executable; dropping functions gives executable pages back.
#[cfg(target_os = "linux")]
#[test]
fn code_pages_are_never_writable_and_are_freed() {
    let maps = || {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(
            !maps
                .lines()
                .any(|l| l.split(' ').nth(1).unwrap().starts_with("rwx")),
            "{maps}"
        );
        let code = maps.lines().filter(|l| l.contains("memfd:sqlift code"));
        code.inspect(|l| assert_eq!(l.split(' ').nth(1), Some("r-xs")))
            .count()
    };
    let program = sum();
    let mut compiler = Compiler::native().unwrap();
    let functions: Vec<_> = (0..500)
        .map(|_| compiler.compile_row(&program).unwrap())
        .collect();
    let each = functions[0].code_bytes();
    assert_eq!(compiler.code_bytes(), 500 * each);
    assert!(maps() >= 1);
    drop(functions);
    assert_eq!(compiler.code_bytes(), 0);
    let again = compiler.compile_row(&program).unwrap();
    assert_eq!(
        native(&again, &[int(1), int(2)], &[]).unwrap()[0],
        Datum::Int(6)
    );
    maps();
}

#[test]
fn code_can_be_looked_at_for_each_target() {
    let program = sum();
    for target in [Target::Native, Target::X86_64, Target::Aarch64] {
        let clif = clif(&program, Form::Row, target).unwrap();
        assert!(clif.contains("sadd_overflow"), "{clif}");
    }
    assert!(
        asm(&program, Form::Row, Target::X86_64)
            .unwrap()
            .contains("%r")
    );
    assert!(
        asm(&program, Form::Row, Target::Aarch64)
            .unwrap()
            .contains("ret")
    );
}
