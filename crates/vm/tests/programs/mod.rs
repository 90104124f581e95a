//! Programs made by hand, and both ways to run them.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Lanes, Vector, fallible_with};
use sqlift_functions::native::{Int, Native};
use sqlift_functions::{
    Argument, CallId, CallSite, Exit, Fault, Frame, Function, Overload, Reason, RowContext,
    Scratch, SlotId, catalogue, with_marker,
};
use sqlift_ir::{
    Binding, Call, ColumnUse, Constant, Program, Slot, Speculation, Step, StepIndex, bind,
    linearize,
};
use sqlift_syntax::{Limits, Modes, parse};
use sqlift_types::{CollationId, Datum, Repr, Schema, Session, Span, SqlType, Value, Warning};
use sqlift_vm::{BatchCode, RowCode};
use std::cell::Cell;
use std::sync::Arc;

/// What became of a row.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The outputs as text; none when the row was given up.
    pub values: Vec<String>,
    /// Texts of the warnings, in order; none when the row was given up, for it is evaluated again.
    pub warnings: Vec<String>,
    pub exit: Option<(CallId, Exit)>,
}

/// A program in the making. Every slot may be NULL.
pub struct Build {
    program: Program,
    pub parameters: Vec<Value<'static>>,
}

impl Build {
    pub fn new() -> Build {
        let program = Program {
            steps: Vec::new(),
            slots: Vec::new(),
            columns: Vec::new(),
            constants: Vec::new(),
            calls: Vec::new(),
            outputs: Vec::new(),
            session: Arc::new(Session::default()),
        };
        Build {
            program,
            parameters: Vec::new(),
        }
    }

    /// A program that is already made.
    pub fn of(mut program: Program) -> Build {
        assert_eq!(program.steps.pop(), Some(Step::Return));
        Build {
            program,
            parameters: Vec::new(),
        }
    }

    /// The program of a text over the columns `a`, `b` (BIGINT), `x` (DOUBLE), `s` (VARCHAR) and `p` (DECIMAL(10,2)), not folded.
    pub fn from_text(text: &str) -> Build {
        let schema = Schema::new([
            ("a", SqlType::bigint()),
            ("b", SqlType::bigint()),
            ("x", SqlType::double()),
            ("s", SqlType::varchar(20)),
            ("p", SqlType::decimal(10, 2)),
        ]);
        let session = Arc::new(Session::default());
        let ast = parse(text, Modes::default(), Limits::default()).expect(text);
        let binding = Binding {
            text,
            schema: &schema,
            session: &session,
            parameter_types: &[],
            fold: false,
            max_depth: 100,
        };
        let bound = bind(&ast, &binding).expect(text);
        Build::of(linearize(&[bound.expr], &session, Speculation::NONE).expect(text))
    }

    pub fn slot(&mut self, repr: Repr) -> SlotId {
        self.program.slots.push(nullable(repr));
        SlotId(self.program.slots.len() as u32 - 1)
    }

    pub fn column(&mut self, index: u32, repr: Repr) -> SlotId {
        let to = self.slot(repr);
        let slot = nullable(repr);
        self.program.columns.push(ColumnUse { index, slot });
        let column = self.program.columns.len() as u32 - 1;
        self.program.steps.push(Step::Column { to, column });
        to
    }

    pub fn int(&mut self, value: i64) -> SlotId {
        let to = self.slot(Repr::Int);
        let value = Datum::Int(value);
        let slot = nullable(Repr::Int);
        self.program.constants.push(Constant { value, slot });
        let constant = self.program.constants.len() as u32 - 1;
        self.program.steps.push(Step::Constant { to, constant });
        to
    }

    pub fn null(&mut self, repr: Repr) -> SlotId {
        let to = self.slot(repr);
        let (value, slot) = (Datum::Null, nullable(repr));
        self.program.constants.push(Constant { value, slot });
        let constant = self.program.constants.len() as u32 - 1;
        self.program.steps.push(Step::Constant { to, constant });
        to
    }

    pub fn parameter(&mut self, parameter: u32) -> SlotId {
        let to = self.slot(Repr::Int);
        self.program.steps.push(Step::Parameter { to, parameter });
        to
    }

    /// `a + b`.
    pub fn add(&mut self, a: SlotId, b: SlotId) -> SlotId {
        self.call("+", Repr::Int, None, a, b)
    }

    /// `a AND b` or `a OR b`, both operands evaluated.
    pub fn junction(&mut self, name: &str, a: SlotId, b: SlotId) -> SlotId {
        self.call(name, Repr::Bool, None, a, b)
    }

    /// A division in the place of the sum (a kernel of the same shape): by 0 it warns and is NULL, by -9 it is not done.
    pub fn touchy(&mut self, a: SlotId, b: SlotId) -> SlotId {
        let nothing = |_: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]| Ok(Datum::Null);
        let division = Function::operator("touchy", |_, mut args| Ok(args.remove(0)), nothing)
            .overload(fallible_with::<(Int, Int), Int, _, _>(|_| Ok(()), touchy))
            .warns();
        self.integers(&division, a, b)
    }

    /// A call of a function of two integers, in the place of the sum.
    pub fn integers(&mut self, function: &Function, a: SlotId, b: SlotId) -> SlotId {
        self.call("+", Repr::Int, Some(&function.overloads()[0]), a, b)
    }

    /// A call of a function of the catalogue over two operands of one representation, with the kernel of another overload if that
    /// is asked for.
    fn call(
        &mut self,
        name: &str,
        repr: Repr,
        made_by: Option<&Overload>,
        a: SlotId,
        b: SlotId,
    ) -> SlotId {
        let function = catalogue().lookup(name).expect("the catalogue has it");
        let overloads = catalogue().function(function).overloads();
        let overload = overloads
            .iter()
            .position(|o| o.accepts(&[repr, repr]) && o.ret() == repr);
        let overload = overload.expect("the function has the overload");
        let ty = match repr {
            Repr::Bool => SqlType::bool(),
            _ => SqlType::bigint(),
        };
        let argument = Argument {
            ty: ty.clone(),
            repr,
            constant: None,
            column: false,
            computed: false,
            quiet: false,
        };
        let args = vec![argument.clone(), argument];
        let site = CallSite {
            args: &args,
            ret: &ty,
            ret_repr: repr,
            collation: CollationId::BINARY,
            session: &self.program.session,
        };
        let made_by = made_by.unwrap_or(&overloads[overload]);
        let kernel = made_by.kernel(&site).expect("these kernels have no state");
        let call = CallId(self.program.calls.len() as u32);
        self.program.calls.push(Call {
            function,
            overload,
            args,
            ty,
            slot: nullable(repr),
            collation: CollationId::BINARY,
            span: Span::default(),
            kernel,
        });
        let to = self.slot(repr);
        let args = [a, b].into();
        self.program.steps.push(Step::Call { to, call, args });
        to
    }

    pub fn copy(&mut self, to: SlotId, from: SlotId) {
        self.program.steps.push(Step::Copy { to, from });
    }

    fn push_jump(&mut self, step: Step) -> usize {
        self.program.steps.push(step);
        self.program.steps.len() - 1
    }

    pub fn jump(&mut self) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::Jump { target })
    }

    pub fn jump_unless_true(&mut self, slot: SlotId) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::JumpUnlessTrue { slot, target })
    }

    pub fn jump_if_true(&mut self, slot: SlotId) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::JumpIfTrue { slot, target })
    }

    pub fn jump_if_false(&mut self, slot: SlotId) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::JumpIfFalse { slot, target })
    }

    pub fn jump_if_null(&mut self, slot: SlotId) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::JumpIfNull { slot, target })
    }

    pub fn jump_if_not_null(&mut self, slot: SlotId) -> usize {
        let target = StepIndex(0);
        self.push_jump(Step::JumpIfNotNull { slot, target })
    }

    pub fn land(&mut self, jump: usize) {
        let here = StepIndex(self.program.steps.len() as u32);
        match &mut self.program.steps[jump] {
            Step::Jump { target }
            | Step::JumpUnlessTrue { target, .. }
            | Step::JumpIfTrue { target, .. }
            | Step::JumpIfFalse { target, .. }
            | Step::JumpIfNull { target, .. }
            | Step::JumpIfNotNull { target, .. } => *target = here,
            step => panic!("{step:?} is no jump"),
        }
    }

    pub fn output(&mut self, from: SlotId) {
        self.output_to(self.program.outputs.len(), from);
    }

    pub fn output_to(&mut self, index: usize, from: SlotId) {
        if index == self.program.outputs.len() {
            self.program.outputs.push(SqlType::bigint());
        }
        let index = index as u32;
        self.program.steps.push(Step::Output { index, from });
    }

    pub fn program(&self) -> Program {
        let mut program = self.program.clone();
        program.steps.push(Step::Return);
        program
    }

    pub fn row_code(&self) -> RowCode {
        RowCode::prepare(&self.program()).expect("the program is good")
    }

    pub fn listing(&self) -> String {
        RowCode::listing(&self.program()).expect("the program is good")
    }

    /// How much the arena grows while rows are evaluated.
    pub fn bytes_taken_by_rows(&self, rows: usize) -> usize {
        let code = self.row_code();
        let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
        let slots: Vec<_> = (0..code.slots()).map(|_| Cell::new(Value::Null)).collect();
        let cx = RowContext {
            arena: &arena,
            scratch: &scratch,
            session: &session,
        };
        let rows: Vec<_> = (0..rows)
            .map(|i| [Value::Int(i as i64), Value::Int(1)])
            .collect();
        for row in &rows {
            let frame = Frame {
                cx,
                row,
                parameters: &[],
                slots: &slots,
            };
            let mut output = [Value::Null];
            code.run(&frame, &mut output).expect("no row fails");
            assert!(matches!(output[0], Value::Int(_)));
        }
        arena.allocated_bytes()
    }
}

fn nullable(repr: Repr) -> Slot {
    Slot {
        repr,
        scale: 0,
        nullable: true,
    }
}

fn touchy(_: &(), cx: &RowContext<'_>, a: i64, b: i64) -> Result<Option<i64>, Exit> {
    match b {
        0 => {
            cx.warn(Warning::new(1365, format!("by 0 of {a}")));
            Ok(None)
        }
        -9 => Err(Exit::Deopt(Reason::Forced)),
        _ => a
            .checked_div(b)
            .map(Some)
            .ok_or(Exit::Error(Fault::OutOfRange(
                sqlift_functions::RangeType::BigInt,
            ))),
    }
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(v) => v.to_string(),
        other => format!("{other:?}"),
    }
}

pub fn row_by_row(build: &Build, rows: &[Vec<Value<'_>>]) -> Vec<Outcome> {
    let code = build.row_code();
    let session = Session::default();
    rows.iter()
        .map(|row| {
            let (arena, scratch) = (Bump::new(), Scratch::default());
            let slots = vec![Cell::new(Value::Null); code.slots()];
            let cx = RowContext {
                arena: &arena,
                scratch: &scratch,
                session: &session,
            };
            let mut outputs = vec![Value::Null; build.program.outputs.len()];
            let frame = Frame {
                cx,
                row,
                parameters: &build.parameters,
                slots: &slots,
            };
            let given = code.run(&frame, &mut outputs);
            let exit = scratch.take_exit();
            assert_eq!(given.is_err(), exit.is_some());
            outcome(
                &outputs,
                scratch
                    .take_warnings()
                    .into_iter()
                    .map(|w| w.1.message)
                    .collect(),
                exit,
            )
        })
        .collect()
}

fn outcome(values: &[Value<'_>], warnings: Vec<String>, exit: Option<(CallId, Exit)>) -> Outcome {
    match exit {
        Some(_) => Outcome {
            values: Vec::new(),
            warnings: Vec::new(),
            exit,
        },
        None => Outcome {
            values: values.iter().map(|v| text(*v)).collect(),
            warnings,
            exit,
        },
    }
}

/// The cells of each column that the program reads.
pub fn columns_of<'v>(build: &Build, rows: &[Vec<Value<'v>>]) -> Vec<Vec<Value<'v>>> {
    build
        .program
        .columns
        .iter()
        .map(|column| rows.iter().map(|r| r[column.index as usize]).collect())
        .collect()
}

pub fn in_chunks(
    build: &Build,
    columns: &[Vec<Value<'_>>],
    rows: usize,
    size: usize,
) -> Vec<Outcome> {
    let code = BatchCode::prepare(Arc::new(build.program()));
    let session = Session::default();
    let mut outcomes = Vec::with_capacity(rows);
    for start in (0..rows).step_by(size) {
        let (arena, scratch) = (Bump::new(), Scratch::default());
        let cx = RowContext {
            arena: &arena,
            scratch: &scratch,
            session: &session,
        };
        let batch = BatchContext {
            cx,
            rows: size.min(rows - start),
            arch: pulp::Arch::new(),
        };
        let vectors: Vec<Vector<'_>> = columns
            .iter()
            .zip(&build.program.columns)
            .map(|(cells, column)| vector(&cells[start..start + batch.rows], column.slot, &arena))
            .collect();
        let outputs = code.run(&batch, &vectors, &build.parameters);
        let exits = scratch.take_batch_exits();
        let warnings = scratch.take_warnings();
        assert!(warnings.is_sorted_by_key(|w| w.0));
        for row in 0..batch.rows {
            let values: Vec<Value<'_>> = outputs
                .iter()
                .zip(&build.program.outputs)
                .map(|(o, ty)| o.cell(row, ty.decimals, &cx))
                .collect();
            let mine = warnings.iter().filter(|w| w.0 == row as u32);
            let mut failed = exits.iter().filter(|e| e.0 == row as u32);
            let exit = failed.next().map(|e| (e.1, e.2));
            assert_eq!(failed.next(), None, "one exit a row");
            outcomes.push(outcome(
                &values,
                mine.map(|w| w.1.message.clone()).collect(),
                exit,
            ));
        }
    }
    outcomes
}

fn vector<'r>(cells: &[Value<'r>], slot: Slot, arena: &'r Bump) -> Vector<'r> {
    with_marker!(slot.repr, R => {
        let lanes: Vec<_> = cells.iter().map(|c| R::load(*c, slot.scale)).collect();
        let values = arena.alloc_slice_fill_iter(lanes.iter().map(|v| v.unwrap_or(R::blank())));
        let valid = arena.alloc_slice_fill_iter(lanes.iter().map(Option::is_some));
        R::vector(Lanes::Flat { values, valid: Some(valid) })
    })
}
