//! [`Emit`] over values that are there: lowerings run without code.

use sqlift_functions::emit::{Emit, Lowered, NativeValue, Relation};
use sqlift_functions::{CallSite, Exit, Lower, Out};
use sqlift_ir::Slot;
use sqlift_types::{Repr, Value};
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug)]
enum Concrete {
    Bool(bool),
    I64(i64),
    I128(i128),
    F64(f64),
    Text(&'static [u8]),
}

struct Values {
    values: Vec<Concrete>,
    refused: bool,
    exit: Option<Exit>,
    /// No exit counts: an argument of a strict call is NULL.
    masked: bool,
}

/// What a lowering gives for these cells. `None`: not lowered.
pub(crate) fn evaluate(
    lower: Lower,
    site: &CallSite<'_>,
    strict: bool,
    cells: &[(Slot, Value<'static>)],
    result: Slot,
) -> Option<Result<Out<Value<'static>>, Exit>> {
    let any_null = cells.iter().any(|(_, c)| c.is_null());
    let mut e = Values {
        values: Vec::new(),
        refused: false,
        exit: None,
        masked: strict && any_null,
    };
    let mut args = Vec::new();
    for (slot, cell) in cells {
        let value = match (*cell, slot.repr) {
            // Anything may stand in a NULL.
            (Value::Null, Repr::Bool) => Concrete::Bool(true),
            (Value::Null, Repr::Double) => Concrete::F64(f64::INFINITY),
            (Value::Null, Repr::Dec128) => Concrete::I128(i128::MIN),
            (Value::Null, Repr::Bytes | Repr::Json | Repr::Dec256) => Concrete::Text(b"garbage"),
            (Value::Null, _) => Concrete::I64(i64::MIN),
            (Value::Int(v), Repr::Bool) => Concrete::Bool(v != 0),
            (Value::Int(v) | Value::Date(v) | Value::Time(v) | Value::DateTime(v), _) => {
                Concrete::I64(v)
            }
            (Value::UInt(v), _) => Concrete::I64(v as i64),
            (Value::Double(v), _) => Concrete::F64(v),
            (Value::Dec64 { coefficient, .. }, _) => Concrete::I64(coefficient),
            (Value::Dec128 { coefficient, .. }, _) => Concrete::I128(coefficient.into()),
            (Value::Bytes(v) | Value::Json(v), _) => Concrete::Text(v),
            (Value::Dec256 { .. }, _) => Concrete::Text(b""),
        };
        let length = match value {
            Concrete::Text(text) if slot.repr != Repr::Dec256 => {
                Some(e.give(Concrete::I64(text.len() as i64)))
            }
            _ => None,
        };
        let null = slot
            .nullable
            .then(|| e.give(Concrete::Bool(cell.is_null())));
        let value = e.give(value);
        args.push(Lowered {
            value,
            length,
            null,
        });
    }
    let lowered = lower(&mut e, site, &args)?;
    if e.refused {
        return None;
    }
    if let Some(exit) = e.exit {
        return Some(Err(exit));
    }
    let null = lowered.null.is_some_and(|n| e.truth(n)) || strict && any_null;
    if null {
        return Some(Ok(Out::Null));
    }
    let scale = result.scale;
    let value = match (e.get(lowered.value), result.repr) {
        (Concrete::Bool(v), Repr::Bool) => Value::Int(i64::from(v)),
        (Concrete::I64(v), Repr::Int) => Value::Int(v),
        (Concrete::I64(v), Repr::UInt) => Value::UInt(v as u64),
        (Concrete::I64(coefficient), Repr::Dec64) => Value::Dec64 { scale, coefficient },
        (Concrete::I128(v), Repr::Dec128) => Value::Dec128 {
            scale,
            coefficient: v.into(),
        },
        (Concrete::F64(v), Repr::Double) => Value::Double(v),
        (Concrete::I64(v), Repr::Date) => Value::Date(v),
        (Concrete::I64(v), Repr::Time) => Value::Time(v),
        (Concrete::I64(v), Repr::DateTime) => Value::DateTime(v),
        (Concrete::Text(v), Repr::Bytes) => Value::Bytes(v),
        (value, repr) => panic!("{value:?} is no {repr}"),
    };
    Some(Ok(Out::Val(value)))
}

impl Values {
    fn give(&mut self, value: Concrete) -> NativeValue {
        self.values.push(value);
        NativeValue(self.values.len() as u32 - 1)
    }
    fn get(&self, v: NativeValue) -> Concrete {
        self.values[v.0 as usize]
    }
    fn truth(&self, v: NativeValue) -> bool {
        match self.get(v) {
            Concrete::Bool(v) => v,
            other => panic!("{other:?} is no truth value"),
        }
    }
    fn word(&self, v: NativeValue) -> i64 {
        match self.get(v) {
            Concrete::I64(v) => v,
            other => panic!("{other:?} is no I64"),
        }
    }
    fn real(&self, v: NativeValue) -> f64 {
        match self.get(v) {
            Concrete::F64(v) => v,
            other => panic!("{other:?} is no F64"),
        }
    }
    fn text(&self, text: Lowered) -> &'static [u8] {
        match self.get(text.value) {
            Concrete::Text(text) => text,
            other => panic!("{other:?} is no text"),
        }
    }
    fn integers(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        narrow: fn(i64, i64) -> i64,
        wide: fn(i128, i128) -> i128,
    ) -> NativeValue {
        let value = match (self.get(a), self.get(b)) {
            (Concrete::I64(a), Concrete::I64(b)) => Concrete::I64(narrow(a, b)),
            (Concrete::I128(a), Concrete::I128(b)) => Concrete::I128(wide(a, b)),
            (a, b) => panic!("{a:?} with {b:?}"),
        };
        self.give(value)
    }
    fn bits(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        words: fn(i64, i64) -> i64,
        truths: fn(bool, bool) -> bool,
    ) -> NativeValue {
        let value = match (self.get(a), self.get(b)) {
            (Concrete::I64(a), Concrete::I64(b)) => Concrete::I64(words(a, b)),
            (Concrete::Bool(a), Concrete::Bool(b)) => Concrete::Bool(truths(a, b)),
            (a, b) => panic!("{a:?} with {b:?}"),
        };
        self.give(value)
    }
    fn words(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        work: impl Fn(i64, i64) -> i64,
    ) -> NativeValue {
        let value = work(self.word(a), self.word(b));
        self.give(Concrete::I64(value))
    }
    fn flagged(&mut self, (value, flag): (i64, bool)) -> (NativeValue, NativeValue) {
        (
            self.give(Concrete::I64(value)),
            self.give(Concrete::Bool(flag)),
        )
    }
    fn reals(&mut self, a: NativeValue, b: NativeValue, work: fn(f64, f64) -> f64) -> NativeValue {
        let value = work(self.real(a), self.real(b));
        self.give(Concrete::F64(value))
    }
    fn map(&mut self, a: NativeValue, work: fn(f64) -> f64) -> NativeValue {
        let value = work(self.real(a));
        self.give(Concrete::F64(value))
    }
    fn related(&mut self, relation: Relation, order: Ordering) -> NativeValue {
        self.give(Concrete::Bool(match relation {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }))
    }
}

/// Arbitrary where the divisor is 0, as in native code.
fn divide(a: i64, b: i64) -> i64 {
    if b == 0 { 77 } else { a.wrapping_div(b) }
}

impl Emit for Values {
    fn refuse(&mut self) {
        self.refused = true;
    }
    fn int(&mut self, value: i64) -> NativeValue {
        self.give(Concrete::I64(value))
    }
    fn wide(&mut self, value: i128) -> NativeValue {
        self.give(Concrete::I128(value))
    }
    fn double(&mut self, value: f64) -> NativeValue {
        self.give(Concrete::F64(value))
    }
    fn bool(&mut self, value: bool) -> NativeValue {
        self.give(Concrete::Bool(value))
    }
    fn add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.integers(a, b, i64::wrapping_add, i128::wrapping_add)
    }
    fn sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.integers(a, b, i64::wrapping_sub, i128::wrapping_sub)
    }
    fn mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.integers(a, b, i64::wrapping_mul, i128::wrapping_mul)
    }
    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.flagged(self.word(a).overflowing_add(self.word(b)))
    }
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.flagged(self.word(a).overflowing_sub(self.word(b)))
    }
    fn mul_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.flagged(self.word(a).overflowing_mul(self.word(b)))
    }
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let (value, flag) = (self.word(a) as u64).overflowing_add(self.word(b) as u64);
        self.flagged((value as i64, flag))
    }
    fn unsigned_mul_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let (value, flag) = (self.word(a) as u64).overflowing_mul(self.word(b) as u64);
        self.flagged((value as i64, flag))
    }
    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, divide)
    }
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, |a, b| if b == 0 { 77 } else { a.wrapping_rem(b) })
    }
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, |a, b| {
            (a as u64).checked_div(b as u64).unwrap_or(77) as i64
        })
    }
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, |a, b| {
            (a as u64).checked_rem(b as u64).unwrap_or(77) as i64
        })
    }
    fn and(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.bits(a, b, |a, b| a & b, |a, b| a & b)
    }
    fn or(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.bits(a, b, |a, b| a | b, |a, b| a | b)
    }
    fn xor(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.bits(a, b, |a, b| a ^ b, |a, b| a ^ b)
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        let value = !self.truth(a);
        self.give(Concrete::Bool(value))
    }
    fn complement(&mut self, a: NativeValue) -> NativeValue {
        let value = !self.word(a);
        self.give(Concrete::I64(value))
    }
    fn shift_left(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, |a, b| if b as u64 >= 64 { 0 } else { a << b })
    }
    fn shift_right(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.words(a, b, |a, b| {
            if b as u64 >= 64 {
                0
            } else {
                (a as u64 >> b) as i64
            }
        })
    }
    fn compare(&mut self, relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue {
        let order = match (self.get(a), self.get(b)) {
            (Concrete::I64(a), Concrete::I64(b)) => a.cmp(&b),
            (Concrete::I128(a), Concrete::I128(b)) => a.cmp(&b),
            (a, b) => panic!("{a:?} with {b:?}"),
        };
        self.related(relation, order)
    }
    fn unsigned_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue {
        let order = (self.word(a) as u64).cmp(&(self.word(b) as u64));
        self.related(relation, order)
    }
    fn double_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue {
        let order = self
            .real(a)
            .partial_cmp(&self.real(b))
            .unwrap_or(Ordering::Less);
        self.related(relation, order)
    }
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue {
        if self.truth(condition) { a } else { b }
    }
    fn double_add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.reals(a, b, |a, b| a + b)
    }
    fn double_sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.reals(a, b, |a, b| a - b)
    }
    fn double_mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.reals(a, b, |a, b| a * b)
    }
    fn double_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.reals(a, b, |a, b| a / b)
    }
    fn double_neg(&mut self, a: NativeValue) -> NativeValue {
        self.map(a, |a| -a)
    }
    fn double_abs(&mut self, a: NativeValue) -> NativeValue {
        self.map(a, f64::abs)
    }
    fn double_floor(&mut self, a: NativeValue) -> NativeValue {
        self.map(a, f64::floor)
    }
    fn double_ceil(&mut self, a: NativeValue) -> NativeValue {
        self.map(a, f64::ceil)
    }
    fn double_nearest(&mut self, a: NativeValue) -> NativeValue {
        self.map(a, f64::round_ties_even)
    }
    fn is_finite(&mut self, a: NativeValue) -> NativeValue {
        let value = self.real(a).is_finite();
        self.give(Concrete::Bool(value))
    }
    fn int_to_double(&mut self, a: NativeValue) -> NativeValue {
        let value = self.word(a) as f64;
        self.give(Concrete::F64(value))
    }
    fn uint_to_double(&mut self, a: NativeValue) -> NativeValue {
        let value = self.word(a) as u64 as f64;
        self.give(Concrete::F64(value))
    }
    fn double_to_int(&mut self, a: NativeValue) -> NativeValue {
        let value = self.real(a) as i64;
        self.give(Concrete::I64(value))
    }
    fn widen(&mut self, a: NativeValue) -> NativeValue {
        let value = self.word(a).into();
        self.give(Concrete::I128(value))
    }
    fn narrow(&mut self, a: NativeValue) -> NativeValue {
        match self.get(a) {
            Concrete::I128(v) => self.give(Concrete::I64(v as i64)),
            other => panic!("{other:?} is no I128"),
        }
    }
    fn bool_to_int(&mut self, a: NativeValue) -> NativeValue {
        let value = self.truth(a).into();
        self.give(Concrete::I64(value))
    }
    fn exit_if(&mut self, flag: NativeValue, exit: Exit) {
        if self.truth(flag) && !self.masked {
            self.exit.get_or_insert(exit);
        }
    }
    fn starts_with(&mut self, text: Lowered, prefix: &[u8]) -> NativeValue {
        let null = text.null.is_some_and(|n| self.truth(n));
        let value = !null && self.text(text).starts_with(prefix);
        self.give(Concrete::Bool(value))
    }
    fn is_ascii(&mut self, text: Lowered) -> NativeValue {
        let null = text.null.is_some_and(|n| self.truth(n));
        let value = null || self.text(text).is_ascii();
        self.give(Concrete::Bool(value))
    }
    fn part(&mut self, text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered {
        let (offset, length) = (self.word(offset) as usize, self.word(length) as usize);
        let part = match self.text(text).get(offset..).and_then(|t| t.get(..length)) {
            Some(part) => part,
            None if self.masked => b"garbage",
            None => panic!("{length} bytes from {offset}"),
        };
        Lowered {
            value: self.give(Concrete::Text(part)),
            length: Some(self.give(Concrete::I64(part.len() as i64))),
            null: None,
        }
    }
}
