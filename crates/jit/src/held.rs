//! How native code holds the value of a slot, and reads and writes it as a cell.

use crate::abi::{CELL, CellLayout, NULL_TAG, PAYLOAD};
use crate::scalar::{native, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I16, I64, I128};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value};
use cranelift_frontend::FunctionBuilder;
use sqlift_functions::emit::Lowered;
use sqlift_ir::Slot;
use sqlift_types::Repr;

/// A value in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// The value; the address of byte strings and of 256-bit DECIMALs. Arbitrary when NULL.
    pub(crate) value: Value,
    /// The length of byte strings.
    pub(crate) length: Option<Value>,
    /// I8, 1 if NULL.
    pub(crate) null: Option<Value>,
}

impl Held {
    pub(crate) fn lowered(self) -> Lowered {
        Lowered {
            value: native(self.value),
            length: self.length.map(native),
            null: self.null.map(native),
        }
    }

    pub(crate) fn from_lowered(lowered: Lowered) -> Held {
        Held {
            value: value(lowered.value),
            length: lowered.length.map(value),
            null: lowered.null.map(value),
        }
    }
}

/// The register type of a representation.
pub(crate) fn register(repr: Repr) -> Type {
    match repr {
        Repr::Bool => I8,
        Repr::Double => F64,
        Repr::Dec128 => I128,
        _ => I64,
    }
}

pub(crate) fn has_length(repr: Repr) -> bool {
    matches!(repr, Repr::Bytes | Repr::Json)
}

/// What the first two bytes of a cell must be, and how many of them count.
fn header(slot: Slot) -> (u16, bool) {
    let tag = u16::from(sqlift_types::Value::tag_of(slot.repr));
    if slot.repr.is_decimal() {
        (tag | u16::from(slot.scale) << 8, true)
    } else {
        (tag, false)
    }
}

/// Cells are 8-byte aligned, always readable where the code reads, and do not change while it runs.
pub(crate) fn cell_flags() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly()
}

/// A cell's value, with a flag that is set when the cell is not one of the slot.
///
/// `flags` say whether the cell may change while the code runs.
pub(crate) fn load_cell(
    b: &mut FunctionBuilder<'_>,
    layout: CellLayout,
    slot: Slot,
    flags: MemFlagsData,
    (base, index): (Value, usize),
) -> (Held, Value) {
    let at = (index * CELL) as i32;
    let (expected, both) = header(slot);
    let header = if both {
        b.ins().load(I16, flags, base, at)
    } else {
        b.ins().load(I8, flags, base, at)
    };
    let mut wrong = b
        .ins()
        .icmp_imm_u(IntCC::NotEqual, header, i64::from(expected));
    let null = slot.nullable.then(|| {
        let tag = if both {
            b.ins().ireduce(I8, header)
        } else {
            header
        };
        b.ins().icmp_imm_u(IntCC::Equal, tag, i64::from(NULL_TAG))
    });
    if let Some(null) = null {
        // Not NULL either.
        wrong = b.ins().band_not(wrong, null);
    }
    let mut held = load_payload(b, layout, slot.repr, flags, (base, at));
    held.null = null;
    (held, wrong)
}

/// The payload of the cell at an offset.
pub(crate) fn load_payload(
    b: &mut FunctionBuilder<'_>,
    layout: CellLayout,
    repr: Repr,
    flags: MemFlagsData,
    (base, at): (Value, i32),
) -> Held {
    let mut length = None;
    let value = match repr {
        Repr::Bool => {
            let word = b.ins().load(I64, flags, base, at + PAYLOAD);
            b.ins().icmp_imm_s(IntCC::NotEqual, word, 0)
        }
        Repr::Double => b.ins().load(F64, flags, base, at + PAYLOAD),
        Repr::Dec128 => {
            let low = b.ins().load(I64, flags, base, at + PAYLOAD);
            let high = b.ins().load(I64, flags, base, at + PAYLOAD + 8);
            b.ins().iconcat(low, high)
        }
        Repr::Bytes | Repr::Json => {
            length = Some(b.ins().load(I64, flags, base, at + layout.length));
            b.ins().load(I64, flags, base, at + layout.address)
        }
        _ => b.ins().load(I64, flags, base, at + PAYLOAD),
    };
    Held {
        value,
        length,
        null: None,
    }
}

/// Writes a value as a cell at an offset.
pub(crate) fn store_cell(
    b: &mut FunctionBuilder<'_>,
    layout: CellLayout,
    slot: Slot,
    held: Held,
    (base, at): (Value, i32),
) {
    let flags = MemFlagsData::trusted();
    let (header, _) = header(slot);
    let mut word = b.ins().iconst(I64, i64::from(header));
    if let Some(null) = held.null {
        let of_null = b.ins().iconst(I64, i64::from(NULL_TAG));
        word = b.ins().select(null, of_null, word);
    }
    b.ins().store(flags, word, base, at);
    match slot.repr {
        Repr::Bool => {
            let word = b.ins().uextend(I64, held.value);
            b.ins().store(flags, word, base, at + PAYLOAD);
        }
        Repr::Dec128 => {
            let (low, high) = b.ins().isplit(held.value);
            b.ins().store(flags, low, base, at + PAYLOAD);
            b.ins().store(flags, high, base, at + PAYLOAD + 8);
        }
        Repr::Bytes | Repr::Json => {
            b.ins().store(flags, held.value, base, at + layout.address);
            if let Some(length) = held.length {
                b.ins().store(flags, length, base, at + layout.length);
            }
        }
        _ => {
            b.ins().store(flags, held.value, base, at + PAYLOAD);
        }
    }
}
