//! Lowerings that are only logic, over 64 rows at a time: a truth value is a bit of a word.

use crate::scalar::{native, value};
use crate::vector::refused;
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::types::I64;
use cranelift_frontend::FunctionBuilder;
use sqlift_functions::Exit;
use sqlift_functions::emit::{Emit, Lowered, NativeValue, Relation};

/// [`Emit`] over words of truth values, for lowerings that the dry run found to be only logic.
pub(crate) struct Word<'a, 'f> {
    pub(crate) b: &'a mut FunctionBuilder<'f>,
}

impl Emit for Word<'_, '_> {
    fn refuse(&mut self) {}
    fn bool(&mut self, value: bool) -> NativeValue {
        native(self.b.ins().iconst(I64, -i64::from(value)))
    }
    fn and(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().band(value(a), value(b)))
    }
    fn or(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().bor(value(a), value(b)))
    }
    fn xor(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().bxor(value(a), value(b)))
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        native(self.b.ins().bnot(value(a)))
    }
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().bitselect(value(condition), value(a), value(b)))
    }

    refused! {
        int(value: i64) -> NativeValue;
        wide(value: i128) -> NativeValue;
        double(value: f64) -> NativeValue;
        add(a: NativeValue, b: NativeValue) -> NativeValue;
        sub(a: NativeValue, b: NativeValue) -> NativeValue;
        mul(a: NativeValue, b: NativeValue) -> NativeValue;
        add_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        sub_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        mul_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        unsigned_add_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        unsigned_mul_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        div(a: NativeValue, b: NativeValue) -> NativeValue;
        rem(a: NativeValue, b: NativeValue) -> NativeValue;
        unsigned_div(a: NativeValue, b: NativeValue) -> NativeValue;
        unsigned_rem(a: NativeValue, b: NativeValue) -> NativeValue;
        complement(a: NativeValue) -> NativeValue;
        shift_left(a: NativeValue, b: NativeValue) -> NativeValue;
        shift_right(a: NativeValue, b: NativeValue) -> NativeValue;
        compare(relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue;
        unsigned_compare(relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue;
        double_compare(relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue;
        double_add(a: NativeValue, b: NativeValue) -> NativeValue;
        double_sub(a: NativeValue, b: NativeValue) -> NativeValue;
        double_mul(a: NativeValue, b: NativeValue) -> NativeValue;
        double_div(a: NativeValue, b: NativeValue) -> NativeValue;
        double_neg(a: NativeValue) -> NativeValue;
        double_abs(a: NativeValue) -> NativeValue;
        double_floor(a: NativeValue) -> NativeValue;
        double_ceil(a: NativeValue) -> NativeValue;
        double_nearest(a: NativeValue) -> NativeValue;
        is_finite(a: NativeValue) -> NativeValue;
        int_to_double(a: NativeValue) -> NativeValue;
        uint_to_double(a: NativeValue) -> NativeValue;
        double_to_int(a: NativeValue) -> NativeValue;
        widen(a: NativeValue) -> NativeValue;
        narrow(a: NativeValue) -> NativeValue;
        bool_to_int(a: NativeValue) -> NativeValue;
        exit_if(flag: NativeValue, exit: Exit) -> ();
        starts_with(text: Lowered, prefix: &[u8]) -> NativeValue;
        is_ascii(text: Lowered) -> NativeValue;
        part(text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered;
    }
}
