//! The batch form: blocks of rows against walking them one by one.

use crate::programs::{Draft, slot};
use crate::walker::walk;
use bumpalo::Bump;
use sqlift_functions::{Frame, RowContext, Scratch};
use sqlift_ir::{Program, Slot, Step};
use sqlift_jit::{
    BatchError, BatchFunction, ColumnBuffer, ColumnKind, CompileError, Compiler, Form,
    OutputBuffer, OutputValues, Target, asm, clif,
};
use sqlift_types::{Datum, I256, Repr, Session, SqlType, Value};

/// A column of cells as a buffer.
pub(crate) struct Buffer {
    kind: ColumnKind,
    values: Vec<u8>,
    validity: Option<Vec<u8>>,
}

impl Buffer {
    /// `blank` is what stands in NULLs.
    pub(crate) fn new(kind: ColumnKind, cells: &[Value<'_>], blank: i64) -> Buffer {
        let mut values = vec![0; kind.block_bytes() * cells.len().div_ceil(64)];
        let mut validity = vec![0u8; cells.len().div_ceil(64) * 8];
        let size = kind.block_bytes() / 64;
        for (i, cell) in cells.iter().enumerate() {
            if !cell.is_null() {
                validity[i / 8] |= 1 << (i % 8);
            }
            let wide = match *cell {
                Value::Null => i128::from(blank),
                Value::Int(v) | Value::Date(v) | Value::Time(v) | Value::DateTime(v) => v.into(),
                Value::UInt(v) => v.into(),
                Value::Double(v) if kind == ColumnKind::F32 => (v as f32).to_bits().into(),
                Value::Double(v) => v.to_bits().into(),
                Value::Dec64 { coefficient, .. } => coefficient.into(),
                Value::Dec128 { coefficient, .. } => coefficient.into(),
                _ => panic!("{cell:?} is no number"),
            };
            if kind == ColumnKind::Bits {
                values[i / 8] |= u8::from(wide & 1 != 0) << (i % 8);
            } else {
                values[i * size..][..size].copy_from_slice(&wide.to_le_bytes()[..size]);
            }
        }
        let all = cells.iter().all(|c| !c.is_null());
        Buffer {
            kind,
            values,
            validity: (!all).then_some(validity),
        }
    }

    pub(crate) fn as_column(&self) -> ColumnBuffer<'_> {
        ColumnBuffer {
            kind: self.kind,
            values: &self.values,
            validity: self.validity.as_deref(),
        }
    }
}

/// What a result is written to.
#[derive(Default)]
struct Store {
    ints: Vec<i64>,
    uints: Vec<u64>,
    doubles: Vec<f64>,
    wide: Vec<i128>,
    bits: Vec<u64>,
    validity: Vec<u64>,
}

impl Store {
    fn as_output(&mut self, kind: ColumnKind) -> OutputBuffer<'_> {
        OutputBuffer {
            values: match kind {
                ColumnKind::I64 => OutputValues::I64(&mut self.ints),
                ColumnKind::U64 => OutputValues::U64(&mut self.uints),
                ColumnKind::F64 => OutputValues::F64(&mut self.doubles),
                ColumnKind::Decimal128 => OutputValues::Decimal128(&mut self.wide),
                ColumnKind::Bits => OutputValues::Bits(&mut self.bits),
                kind => panic!("no result is {kind:?}"),
            },
            validity: &mut self.validity,
        }
    }

    fn get(&self, slot: Slot, row: usize) -> Datum {
        let bit = |words: &[u64]| words[row / 64] >> (row % 64) & 1;
        if bit(&self.validity) == 0 {
            return Datum::Null;
        }
        let scale = slot.scale;
        let cell = match slot.repr {
            Repr::Bool => Value::Int(bit(&self.bits) as i64),
            Repr::UInt => Value::UInt(self.uints[row]),
            Repr::Double => Value::Double(self.doubles[row]),
            Repr::Dec64 => Value::Dec64 {
                scale,
                coefficient: self.wide[row].try_into().unwrap(),
            },
            Repr::Dec128 => Value::Dec128 {
                scale,
                coefficient: self.wide[row].into(),
            },
            Repr::Date => Value::Date(self.ints[row]),
            Repr::Time => Value::Time(self.ints[row]),
            Repr::DateTime => Value::DateTime(self.ints[row]),
            _ => Value::Int(self.ints[row]),
        };
        cell.to_datum()
    }
}

/// What came of a batch: values by row, and the flagged blocks.
pub(crate) struct Answer {
    pub(crate) flagged: Vec<u32>,
    pub(crate) outputs: Vec<Vec<Datum>>,
}

pub(crate) fn run(
    function: &BatchFunction,
    program: &Program,
    buffers: &[Buffer],
    blocks: usize,
    parameters: &[Value<'_>],
) -> Answer {
    let columns: Vec<ColumnBuffer<'_>> = buffers.iter().map(Buffer::as_column).collect();
    let kinds = function.output_kinds();
    let mut stores: Vec<Store> = kinds.iter().map(|_| Store::default()).collect();
    let outputs = stores.iter_mut().zip(kinds);
    let mut outputs: Vec<OutputBuffer<'_>> = outputs.map(|(s, kind)| s.as_output(*kind)).collect();
    let memory = bumpalo::Bump::new();
    let flagged = function
        .run(blocks, &columns, parameters, &mut outputs, &memory)
        .unwrap()
        .to_vec();
    let slots: Vec<Slot> = (0..kinds.len())
        .map(|output| {
            let from = program.steps.iter().find_map(|s| match s {
                Step::Output { index, from } if *index as usize == output => Some(*from),
                _ => None,
            });
            program.slots[from.unwrap().index()]
        })
        .collect();
    let rows = (0..blocks * 64).map(|row| {
        let outputs = stores.iter().zip(&slots);
        outputs.map(|(store, slot)| store.get(*slot, row)).collect()
    });
    let rows = rows.collect();
    Answer {
        flagged,
        outputs: rows,
    }
}

/// What walking says of a row: outputs, or `None` when it is given up.
pub(crate) fn walked(
    program: &Program,
    row: &[Value<'_>],
    parameters: &[Value<'_>],
) -> Option<Vec<Datum>> {
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
    walk(program, &mut wide, &frame).map(|o| o.iter().map(Value::to_datum).collect())
}

/// Compares a batch with walking: rows of blocks that are not flagged are right, a row that is given up flags its block, and (with
/// zeros in the NULLs) nothing else does. Gives the flagged blocks.
pub(crate) fn agree(program: &Program, kinds: &[ColumnKind], rows: &[Vec<Value<'_>>]) -> Vec<u32> {
    let function = Compiler::native()
        .unwrap()
        .compile_batch(program, kinds)
        .unwrap();
    for target in [Target::X86_64, Target::Aarch64] {
        asm(program, Form::Batch(kinds), target).unwrap();
    }
    let blocks = rows.len() / 64;
    assert_eq!(rows.len() % 64, 0);
    let mut flagged = Vec::new();
    for blank in [i64::MAX, 0] {
        let buffers: Vec<Buffer> = program
            .columns
            .iter()
            .zip(kinds)
            .map(|(c, kind)| {
                let cells: Vec<Value<'_>> = rows.iter().map(|r| r[c.index as usize]).collect();
                Buffer::new(*kind, &cells, blank)
            })
            .collect();
        let answer = run(&function, program, &buffers, blocks, &[]);
        for (k, block) in rows.chunks(64).enumerate() {
            let mut given_up = false;
            for (i, row) in block.iter().enumerate() {
                let expected = walked(program, row, &[]);
                given_up |= expected.is_none();
                if !answer.flagged.contains(&(k as u32)) {
                    let at = k * 64 + i;
                    assert_eq!(
                        Some(&answer.outputs[at]),
                        expected.as_ref(),
                        "row {at} {row:?}\n{program}"
                    );
                }
            }
            if blank == 0 {
                let is_flagged = answer.flagged.contains(&(k as u32));
                assert_eq!(is_flagged, given_up, "block {k}\n{program}");
            }
        }
        assert!(answer.flagged.is_sorted());
        flagged = answer.flagged;
    }
    flagged
}

/// Numbers that look random.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) ^ (self.0 << 20)
    }

    /// NULL now and then, else a number.
    fn int(&mut self) -> Value<'static> {
        match self.next() % 5 {
            0 => Value::Null,
            _ => Value::Int(self.next() as i64 >> 24),
        }
    }
}

fn int(v: i64) -> Value<'static> {
    Value::Int(v)
}

fn truth(nullable: bool) -> Slot {
    Slot {
        repr: Repr::Bool,
        scale: 0,
        nullable,
    }
}

/// `a + b + 3`.
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
fn sums_flag_the_block_that_overflows() {
    let program = sum();
    let kinds = [ColumnKind::I64; 2];
    let mut random = Random(1);
    let mut rows: Vec<Vec<Value<'_>>> =
        (0..256).map(|_| vec![random.int(), random.int()]).collect();
    assert_eq!(agree(&program, &kinds, &rows), []);
    rows[64 + 17] = vec![int(i64::MAX), int(1)];
    rows[192 + 63] = vec![int(i64::MIN), int(-1)];
    rows[192] = vec![int(i64::MAX - 2), int(0)];
    // With NULL nothing overflows.
    rows[3] = vec![int(i64::MAX - 3), Value::Null];
    assert_eq!(agree(&program, &kinds, &rows), [1, 3]);
    assert!(
        Compiler::native()
            .unwrap()
            .compile_batch(&program, &kinds)
            .unwrap()
            .is_vectorised()
    );
}

#[test]
fn narrow_integers_are_widened() {
    let program = sum();
    let mut random = Random(2);
    for kind in [
        ColumnKind::I8,
        ColumnKind::I16,
        ColumnKind::I32,
        ColumnKind::I64,
    ] {
        let mut narrow = || match random.int() {
            Value::Int(v) => int(i64::from(v as i8)),
            null => null,
        };
        let rows: Vec<_> = (0..64).map(|_| vec![narrow(), narrow()]).collect();
        assert_eq!(agree(&program, &[kind, ColumnKind::I64], &rows), []);
    }
}

#[test]
fn logic_is_done_on_words() {
    let mut d = Draft::new();
    let ty = SqlType::bool();
    let types = [ty.clone(), ty.clone()];
    let a = d.held_column(0, truth(true));
    let b = d.held_column(1, truth(true));
    let c = d.held_column(2, truth(false));
    let both = d.call("AND", &[a, b], &types, ty.clone());
    let any = d.call("OR", &[both, c], &types, ty.clone());
    d.output(both, ty.clone());
    d.output(any, ty);
    let program = d.finish();
    let mut random = Random(3);
    let truths = [int(0), int(1), Value::Null];
    let mut truth = |n: u64| truths[(random.next() % n) as usize];
    let rows: Vec<_> = (0..192)
        .map(|_| vec![truth(3), truth(3), truth(2)])
        .collect();
    let kinds = [ColumnKind::Bits; 3];
    assert_eq!(agree(&program, &kinds, &rows), []);
    let text = clif(&program, Form::Batch(&kinds), Target::Native).unwrap();
    assert!(!text.contains("ushr"), "bits are taken apart:\n{text}");
}

#[test]
fn a_null_in_a_column_without_nulls_flags_its_block() {
    let (mut d, ty) = (Draft::new(), SqlType::bigint());
    let a = d.column(0, &ty, false);
    d.output(a, ty);
    let program = d.finish();
    let mut rows = vec![vec![int(5)]; 192];
    assert_eq!(agree(&program, &[ColumnKind::I64], &rows), []);
    rows[130] = vec![Value::Null];
    assert_eq!(agree(&program, &[ColumnKind::I64], &rows), [2]);
}

/// `IF(c, a + 1, b)`, with a sum that overflows only where it is not asked for.
#[test]
fn jumps_become_conditions() {
    type Make = fn(sqlift_functions::SlotId, sqlift_ir::StepIndex) -> Step;
    let kinds: [Make; 5] = [
        |slot, target| Step::JumpIfNull { slot, target },
        |slot, target| Step::JumpIfNotNull { slot, target },
        |slot, target| Step::JumpIfFalse { slot, target },
        |slot, target| Step::JumpIfTrue { slot, target },
        |slot, target| Step::JumpUnlessTrue { slot, target },
    ];
    let mut random = Random(4);
    for make in kinds {
        for condition in [ColumnKind::Bits, ColumnKind::I64] {
            let (mut d, ty) = (Draft::new(), SqlType::bigint());
            let types = [ty.clone(), ty.clone()];
            let result = d.slot(slot(&ty, true));
            let is_bits = condition == ColumnKind::Bits;
            let c = if is_bits {
                d.held_column(0, truth(true))
            } else {
                d.column(0, &ty, true)
            };
            let probe = make(c, sqlift_ir::StepIndex(0));
            if !is_bits && !matches!(probe, Step::JumpIfNull { .. } | Step::JumpIfNotNull { .. }) {
                continue;
            }
            let jump = d.jump(|target| make(c, target));
            let a = d.column(1, &ty, true);
            let one = d.constant(Datum::Int(1), &ty);
            let next = d.call("+", &[a, one], &types, ty.clone());
            d.copy(result, next);
            let end = d.jump(|target| Step::Jump { target });
            d.land(jump);
            let b = d.column(2, &ty, false);
            d.copy(result, b);
            d.land(end);
            let twice = d.call("+", &[result, result], &types, ty.clone());
            d.output(result, ty.clone());
            d.output(twice, ty.clone());
            let program = d.finish();
            let truths = [int(0), int(1), Value::Null];
            let mut rows: Vec<Vec<Value<'_>>> = (0..256)
                .map(|_| vec![truths[(random.next() % 3) as usize], random.int(), int(7)])
                .collect();
            agree(
                &program,
                &[condition, ColumnKind::I64, ColumnKind::I64],
                &rows,
            );
            for (i, row) in rows.iter_mut().enumerate() {
                if i / 64 < 2 && row[0] == truths[i / 64] {
                    row[1] = int(i64::MAX);
                }
            }
            agree(
                &program,
                &[condition, ColumnKind::I64, ColumnKind::I64],
                &rows,
            );
        }
    }
}

#[test]
fn decimals_are_narrowed_under_guard() {
    let ty = SqlType::decimal(18, 2);
    let mut d = Draft::new();
    let a = d.column(0, &ty, true);
    d.output(a, ty);
    let program = d.finish();
    let cell = |v: i64| Value::Dec64 {
        scale: 2,
        coefficient: v,
    };
    let mut rows = vec![
        vec![cell(i64::MIN)],
        vec![cell(i64::MAX)],
        vec![Value::Null],
        vec![cell(-1)],
    ];
    rows.resize(64, vec![cell(0)]);
    assert_eq!(agree(&program, &[ColumnKind::Decimal128], &rows), []);
    assert_eq!(agree(&program, &[ColumnKind::I64], &rows), []);
    let function = Compiler::native()
        .unwrap()
        .compile_batch(&program, &[ColumnKind::Decimal128])
        .unwrap();
    let wide = Value::Dec128 {
        scale: 2,
        coefficient: (i128::from(i64::MAX) + 1).into(),
    };
    let mut cells = vec![cell(1); 128];
    cells[100] = wide;
    let buffer = Buffer::new(ColumnKind::Decimal128, &cells, 0);
    assert_eq!(run(&function, &program, &[buffer], 2, &[]).flagged, [1]);
}

#[test]
fn days_and_timestamps_become_packed() {
    use sqlift_types::temporal::Date;
    use sqlift_types::temporal::calendar::{date_of, day_number};
    let epoch = day_number(Date::new(1970, 1, 1));
    let mut d = Draft::new();
    let a = d.column(0, &SqlType::date(), true);
    let b = d.column(1, &SqlType::datetime(6), true);
    d.output(a, SqlType::date());
    d.output(b, SqlType::datetime(6));
    let program = d.finish();
    let kinds = [ColumnKind::Date32, ColumnKind::TimestampMicros];
    let function = Compiler::native()
        .unwrap()
        .compile_batch(&program, &kinds)
        .unwrap();
    let first = -719_162;
    let last = 2_932_896;
    let mut days: Vec<i64> = vec![
        first, last, 0, -1, 59, 60, 11_016, 11_017, -135_081, -135_080,
    ];
    let mut random = Random(9);
    days.extend((0..4086).map(|_| first + (random.next() % (last - first + 1) as u64) as i64));
    let micros =
        |i: usize, day: i64| day * 86_400_000_000 + [0, 86_399_999_999, 43_200_000_001][i % 3];
    let dates: Vec<Value<'_>> = days.iter().map(|d| Value::Int(*d)).collect();
    let stamps: Vec<Value<'_>> = days
        .iter()
        .enumerate()
        .map(|(i, d)| Value::Int(micros(i, *d)))
        .collect();
    let buffers = [
        Buffer::new(kinds[0], &dates, 0),
        Buffer::new(kinds[1], &stamps, 0),
    ];
    let answer = run(&function, &program, &buffers, 64, &[]);
    assert_eq!(answer.flagged, []);
    for (i, day) in days.iter().enumerate() {
        let date = date_of(day + epoch).unwrap();
        let clock = micros(i, 0);
        let datetime = sqlift_types::temporal::DateTime::with_clock(date, clock);
        let expected = vec![
            Datum::Date(date.to_packed()),
            Datum::DateTime(datetime.to_packed()),
        ];
        assert_eq!(answer.outputs[i], expected, "day {day}");
    }
    for outside in [
        first - 1,
        last + 1,
        i64::from(i32::MAX),
        i64::from(i32::MIN),
    ] {
        let dates = vec![Value::Int(outside); 64];
        let stamps = vec![Value::Int(0); 64];
        let buffers = [
            Buffer::new(kinds[0], &dates, 0),
            Buffer::new(kinds[1], &stamps, 0),
        ];
        assert_eq!(run(&function, &program, &buffers, 1, &[]).flagged, [0]);
    }
}

#[test]
fn parameters_are_the_same_for_all_rows() {
    let ty = SqlType::bigint();
    let types = [ty.clone(), ty.clone()];
    let mut d = Draft::new();
    let a = d.column(0, &ty, true);
    let p = d.slot(slot(&ty, true));
    d.step(Step::Parameter {
        to: p,
        parameter: 1,
    });
    let sum = d.call("+", &[a, p], &types, ty.clone());
    d.output(sum, ty);
    let program = d.finish();
    let function = Compiler::native()
        .unwrap()
        .compile_batch(&program, &[ColumnKind::I64])
        .unwrap();
    let buffers = [Buffer::new(ColumnKind::I64, &[int(4); 64], 0)];
    let answer = run(&function, &program, &buffers, 1, &[Value::Null, int(-5)]);
    assert!(answer.outputs.iter().all(|o| *o == [Datum::Int(-1)]));
    let answer = run(
        &function,
        &program,
        &buffers,
        1,
        &[Value::Null, Value::Null],
    );
    assert!(answer.outputs.iter().all(|o| *o == [Datum::Null]));
    let columns = [buffers[0].as_column()];
    let mut store = Store::default();
    let mut attempt = |parameters: &[Value<'_>]| {
        let output = store.as_output(ColumnKind::I64);
        let memory = bumpalo::Bump::new();
        let flagged = function.run(1, &columns, parameters, &mut [output], &memory);
        flagged.map(<[u32]>::to_vec)
    };
    assert_eq!(
        attempt(&[int(1), Value::Double(1.0)]),
        Err(BatchError::Parameter)
    );
    assert_eq!(attempt(&[int(1)]), Err(BatchError::Parameter));
}

#[test]
fn buffers_are_checked() {
    let program = sum();
    let function = Compiler::native()
        .unwrap()
        .compile_batch(&program, &[ColumnKind::I64; 2])
        .unwrap();
    let cells = [int(4); 64];
    let whole = Buffer::new(ColumnKind::I64, &cells, 0);
    let other = Buffer::new(ColumnKind::I32, &cells, 0);
    let mut store = Store::default();
    let mut attempt_into = |columns: &[&Buffer], blocks, result| {
        let columns: Vec<_> = columns.iter().map(|b| b.as_column()).collect();
        let output = store.as_output(result);
        let memory = bumpalo::Bump::new();
        let flagged = function.run(blocks, &columns, &[], &mut [output], &memory);
        flagged.map(<[u32]>::to_vec)
    };
    let mut attempt = |columns: &[&Buffer], blocks| attempt_into(columns, blocks, ColumnKind::I64);
    assert_eq!(attempt(&[&whole, &whole], 1), Ok(vec![]));
    assert_eq!(attempt(&[&whole, &whole], 0), Ok(vec![]));
    assert!(attempt(&[&whole, &whole], 2).is_err());
    assert!(attempt(&[&whole, &other], 1).is_err());
    assert!(attempt(&[&whole], 1).is_err());
    assert!(attempt_into(&[&whole, &whole], 1, ColumnKind::F64).is_err());
    // Results are put behind what is there: two blocks went through.
    assert_eq!(store.ints.len(), 64);
    assert_eq!(store.validity.len(), 1);
}

#[test]
fn programs_without_a_batch_form_are_refused() {
    let (mut d, ty) = (Draft::new(), SqlType::varchar(9));
    let a = d.column(0, &ty, true);
    d.output(a, ty);
    let refused = Compiler::native()
        .unwrap()
        .compile_batch(&d.finish(), &[ColumnKind::I64]);
    assert!(
        matches!(refused, Err(CompileError::NotBatchable(_))),
        "{refused:?}"
    );
    let refused = Compiler::native()
        .unwrap()
        .compile_batch(&sum(), &[ColumnKind::I64]);
    assert!(
        matches!(refused, Err(CompileError::NotBatchable(_))),
        "{refused:?}"
    );
}

/// `(f * 2) * g + g`: the chain is asked once for each set of columns that may be NULL, and infinity never gets lost in it.
#[test]
fn infinity_is_found_at_the_end_of_a_chain() {
    let (mut d, ty) = (Draft::new(), SqlType::double());
    let types = [ty.clone(), ty.clone()];
    let f = d.column(0, &ty, false);
    let g = d.column(1, &ty, true);
    let two = d.constant(Datum::Double(2.0), &ty);
    let twice = d.call("*", &[f, two], &types, ty.clone());
    let product = d.call("*", &[twice, g], &types, ty.clone());
    let sum = d.call("+", &[product, g], &types, ty.clone());
    d.output(sum, ty);
    let program = d.finish();
    let kinds = [ColumnKind::F64; 2];
    let double = Value::Double;
    let mut rows = vec![vec![double(1.5), double(-4.0)]; 64 * 6];
    rows[5][1] = Value::Null;
    // Infinity times zero, infinity minus infinity, infinity beside NULL; NULL beside the largest number.
    rows[64] = vec![double(f64::MAX), double(0.0)];
    rows[128] = vec![double(f64::MAX / 2.0), double(-f64::MAX)];
    rows[192 + 9] = vec![double(f64::MAX), Value::Null];
    rows[256] = vec![double(f64::MAX / 2.0), Value::Null];
    assert_eq!(agree(&program, &kinds, &rows), [1, 2, 3]);
    let text = clif(&program, Form::Batch(&kinds), Target::Native).unwrap();
    assert_eq!(text.matches("fsub").count(), 2, "{text}");
}
