//! Columns as buffers: what batch functions read and write.

use crate::range::Interval;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{self, F64X2, I8X16, I64X2};
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value};
use cranelift_frontend::FunctionBuilder;
use sqlift_types::Repr;

/// What a buffer holds, element by element, in the machine's byte order (as Arrow lays columns out).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Signed 8-bit integers.
    I8,
    /// Signed 16-bit integers.
    I16,
    /// Signed 32-bit integers.
    I32,
    /// Signed 64-bit integers; also packed dates, packed datetimes, times in microseconds, and 64-bit DECIMAL coefficients.
    I64,
    /// Unsigned 8-bit integers.
    U8,
    /// Unsigned 16-bit integers.
    U16,
    /// Unsigned 32-bit integers.
    U32,
    /// Unsigned 64-bit integers.
    U64,
    /// Binary32.
    F32,
    /// Binary64.
    F64,
    /// Days since 1970-01-01 in 32 bits: dates.
    Date32,
    /// Microseconds since 1970-01-01 00:00:00 in 64 bits: datetimes.
    TimestampMicros,
    /// 128-bit DECIMAL coefficients. Held narrower, a coefficient that does not fit flags its block.
    Decimal128,
    /// Truth values, a bit each.
    Bits,
}

impl ColumnKind {
    /// Whether columns of this kind can be read as (or results be written from) the representation.
    pub fn fits(self, repr: Repr) -> bool {
        use ColumnKind::*;
        match repr {
            Repr::Bool => self == Bits,
            Repr::Int => matches!(self, I8 | I16 | I32 | I64),
            Repr::UInt => matches!(self, U8 | U16 | U32 | U64),
            Repr::Double => matches!(self, F32 | F64),
            Repr::Dec64 => matches!(self, I64 | Decimal128),
            Repr::Dec128 => self == Decimal128,
            Repr::Date => matches!(self, I64 | Date32),
            Repr::DateTime => matches!(self, I64 | TimestampMicros),
            Repr::Time => self == I64,
            Repr::Dec256 | Repr::Bytes | Repr::Json => false,
        }
    }

    /// The kind that results of a representation are written as: DECIMALs as Arrow has them.
    pub fn of_result(repr: Repr) -> Option<ColumnKind> {
        Some(match repr {
            Repr::Bool => ColumnKind::Bits,
            Repr::UInt => ColumnKind::U64,
            Repr::Double => ColumnKind::F64,
            Repr::Dec64 | Repr::Dec128 => ColumnKind::Decimal128,
            Repr::Int | Repr::Date | Repr::Time | Repr::DateTime => ColumnKind::I64,
            Repr::Dec256 | Repr::Bytes | Repr::Json => return None,
        })
    }

    /// Bytes of 64 elements.
    pub fn block_bytes(self) -> usize {
        match self {
            ColumnKind::Bits => 8,
            kind => kind.element_bytes() * 64,
        }
    }

    pub(crate) fn element_bytes(self) -> usize {
        use ColumnKind::*;
        match self {
            I8 | U8 | Bits => 1,
            I16 | U16 => 2,
            I32 | U32 | F32 | Date32 => 4,
            I64 | U64 | F64 | TimestampMicros => 8,
            Decimal128 => 16,
        }
    }

    /// Whether two elements can be read at once.
    pub(crate) fn has_vector_load(self) -> bool {
        use ColumnKind::*;
        matches!(self, I64 | U64 | F64 | I32 | U32 | Decimal128)
    }

    /// Whether a guard can ask how many bits the integers of a column have.
    pub(crate) fn takes_guard(self, repr: Repr) -> bool {
        use ColumnKind::*;
        let number = matches!(repr, Repr::Int | Repr::UInt | Repr::Dec64 | Repr::Dec128);
        number && matches!(self, I64 | U64 | Decimal128)
    }

    /// What the integers of a column can be, when a guard sees to so many bits.
    pub(crate) fn range(self, repr: Repr, guard: Option<u32>) -> Interval {
        use ColumnKind::*;
        match self {
            I8 => Interval::signed(7),
            I16 => Interval::signed(15),
            I32 | Date32 => Interval::signed(31),
            U8 => Interval::unsigned(8),
            U16 => Interval::unsigned(16),
            U32 => Interval::unsigned(32),
            I64 | U64 | Decimal128 => match guard {
                Some(bits) if repr == Repr::UInt => Interval::unsigned(bits),
                Some(bits) => Interval::signed(bits),
                None => Interval::ALL,
            },
            F32 | F64 | TimestampMicros | Bits => Interval::ALL,
        }
    }
}

/// Element `index` of a buffer as the representation, with a flag that is set when it is not one. Not for bits.
pub(crate) fn load_element(
    b: &mut FunctionBuilder<'_>,
    kind: ColumnKind,
    repr: Repr,
    base: Value,
    offset: i32,
) -> (Value, Option<Value>) {
    use ColumnKind::*;
    let flags = MemFlagsData::new().with_notrap();
    let signed = |b: &mut FunctionBuilder<'_>, ty: Type| {
        let v = b.ins().load(ty, flags, base, offset);
        b.ins().sextend(types::I64, v)
    };
    let unsigned = |b: &mut FunctionBuilder<'_>, ty: Type| {
        let v = b.ins().load(ty, flags, base, offset);
        b.ins().uextend(types::I64, v)
    };
    match kind {
        I8 => (signed(b, types::I8), None),
        I16 => (signed(b, types::I16), None),
        I32 => (signed(b, types::I32), None),
        U8 | Bits => (unsigned(b, types::I8), None),
        U16 => (unsigned(b, types::I16), None),
        U32 => (unsigned(b, types::I32), None),
        I64 | U64 => (b.ins().load(types::I64, flags, base, offset), None),
        F64 => (b.ins().load(types::F64, flags, base, offset), None),
        F32 => {
            let narrow = b.ins().load(types::F32, flags, base, offset);
            (b.ins().fpromote(types::F64, narrow), None)
        }
        Decimal128 => {
            let low = b.ins().load(types::I64, flags, base, offset);
            let high = b.ins().load(types::I64, flags, base, offset + 8);
            if repr == Repr::Dec128 {
                return (b.ins().iconcat(low, high), None);
            }
            let sign = b.ins().sshr_imm_u(low, 63);
            (low, Some(b.ins().icmp(IntCC::NotEqual, high, sign)))
        }
        Date32 => {
            let days = signed(b, types::I32);
            let (date, bad) = packed_date(b, days);
            (date, Some(bad))
        }
        TimestampMicros => {
            let micros = b.ins().load(types::I64, flags, base, offset);
            let (datetime, bad) = packed_datetime(b, micros);
            (datetime, Some(bad))
        }
    }
}

/// The days of 0001-01-01 and 9999-12-31, counted from 1970-01-01.
pub(crate) const DAYS: (i64, i64) = (-719_162, 2_932_896);

/// A packed date from days since 1970-01-01, and whether it is outside of the years 1 to 9999.
///
/// Years are counted from March here, so that the leap day is a year's last; 400 of them have 146,097 days.
fn packed_date(b: &mut FunctionBuilder<'_>, days: Value) -> (Value, Value) {
    let from_first = b.ins().iadd_imm_s(days, -DAYS.0);
    let bad = b
        .ins()
        .icmp_imm_u(IntCC::UnsignedGreaterThan, from_first, DAYS.1 - DAYS.0);
    // 0001-01-01 is 306 days after 0000-03-01.
    let z = b.ins().iadd_imm_s(from_first, 306);
    let era = b.ins().udiv_imm_u(z, 146_097);
    let of_eras = b.ins().imul_imm_s(era, 146_097);
    let day_of_era = b.ins().isub(z, of_eras);
    let by_4 = b.ins().udiv_imm_u(day_of_era, 1460);
    let by_100 = b.ins().udiv_imm_u(day_of_era, 36_524);
    let by_400 = b.ins().udiv_imm_u(day_of_era, 146_096);
    let days = b.ins().isub(day_of_era, by_4);
    let days = b.ins().iadd(days, by_100);
    let days = b.ins().isub(days, by_400);
    let year_of_era = b.ins().udiv_imm_u(days, 365);
    let of_years = b.ins().imul_imm_s(year_of_era, 365);
    let by_4 = b.ins().ushr_imm_u(year_of_era, 2);
    let by_100 = b.ins().udiv_imm_u(year_of_era, 100);
    let of_years = b.ins().iadd(of_years, by_4);
    let of_years = b.ins().isub(of_years, by_100);
    let day_of_year = b.ins().isub(day_of_era, of_years);
    let fifths = b.ins().imul_imm_s(day_of_year, 5);
    let fifths = b.ins().iadd_imm_s(fifths, 2);
    let month = b.ins().udiv_imm_u(fifths, 153);
    let before = b.ins().imul_imm_s(month, 153);
    let before = b.ins().iadd_imm_s(before, 2);
    let before = b.ins().udiv_imm_u(before, 5);
    let day = b.ins().isub(day_of_year, before);
    let day = b.ins().iadd_imm_s(day, 1);
    // March is 0; January and February belong to the next year.
    let next_year = b
        .ins()
        .icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, month, 10);
    let next_year = b.ins().uextend(types::I64, next_year);
    let year = b.ins().imul_imm_s(era, 400);
    let year = b.ins().iadd(year, year_of_era);
    let year = b.ins().iadd(year, next_year);
    let back = b.ins().imul_imm_s(next_year, 12);
    let month = b.ins().iadd_imm_s(month, 3);
    let month = b.ins().isub(month, back);
    let year = b.ins().ishl_imm_u(year, 9);
    let month = b.ins().ishl_imm_u(month, 5);
    let date = b.ins().bor(year, month);
    (b.ins().bor(date, day), bad)
}

/// A packed datetime from microseconds since 1970-01-01, and whether it is outside of the years 1 to 9999.
fn packed_datetime(b: &mut FunctionBuilder<'_>, micros: Value) -> (Value, Value) {
    const DAY: i64 = 86_400_000_000;
    let first = b.ins().iconst(types::I64, DAYS.0 * DAY);
    let from_first = b.ins().isub(micros, first);
    let limit = b.ins().iconst(types::I64, (DAYS.1 - DAYS.0 + 1) * DAY);
    let bad = b
        .ins()
        .icmp(IntCC::UnsignedGreaterThanOrEqual, from_first, limit);
    let days = b.ins().udiv_imm_u(from_first, DAY);
    let of_days = b.ins().imul_imm_s(days, DAY);
    let micros = b.ins().isub(from_first, of_days);
    let days = b.ins().iadd_imm_s(days, DAYS.0);
    let (date, _) = packed_date(b, days);
    let mut packed = b.ins().ishl_imm_u(date, 37);
    let mut rest = micros;
    for (unit, shift) in [(3_600_000_000, 32), (60_000_000, 26), (1_000_000, 20)] {
        let whole = b.ins().udiv_imm_u(rest, unit);
        let of_whole = b.ins().imul_imm_s(whole, unit);
        rest = b.ins().isub(rest, of_whole);
        let field = b.ins().ishl_imm_u(whole, shift);
        packed = b.ins().bor(packed, field);
    }
    (b.ins().bor(packed, rest), bad)
}

/// Two neighbouring elements, with lanes that are set where one is not a number of 64 bits; only of kinds that
/// [`ColumnKind::has_vector_load`], and of days as they are.
pub(crate) fn load_pair(
    b: &mut FunctionBuilder<'_>,
    kind: ColumnKind,
    base: Value,
    offset: i32,
) -> (Value, Option<Value>) {
    let flags = MemFlagsData::new().with_notrap();
    let value = match kind {
        ColumnKind::I32 | ColumnKind::Date32 => b.ins().sload32x2(flags, base, offset),
        ColumnKind::U32 => b.ins().uload32x2(flags, base, offset),
        ColumnKind::F64 => b.ins().load(F64X2, flags, base, offset),
        ColumnKind::Decimal128 => {
            let one = b.ins().load(I64X2, flags, base, offset);
            let two = b.ins().load(I64X2, flags, base, offset + 16);
            let low = interleave(b, Half::Low, one, two);
            let high = interleave(b, Half::High, one, two);
            let sign = signs(b, low);
            return (low, Some(b.ins().bxor(high, sign)));
        }
        _ => b.ins().load(I64X2, flags, base, offset),
    };
    (value, None)
}

/// Writes two lanes as integers of 128 bits.
pub(crate) fn store_wide_pair(b: &mut FunctionBuilder<'_>, value: Value, base: Value, offset: i32) {
    let flags = MemFlagsData::new().with_notrap();
    let sign = signs(b, value);
    for (half, offset) in [(Half::Low, offset), (Half::High, offset + 16)] {
        let both = interleave(b, half, value, sign);
        b.ins().store(flags, both, base, offset);
    }
}

/// Lanes of ones where a lane is negative, of zeros elsewhere.
fn signs(b: &mut FunctionBuilder<'_>, value: Value) -> Value {
    let zero = b.ins().iconst(types::I64, 0);
    let zero = b.ins().splat(I64X2, zero);
    b.ins().icmp(IntCC::SignedLessThan, value, zero)
}

#[derive(Clone, Copy)]
enum Half {
    Low,
    High,
}

/// The low (or high) lanes of both.
fn interleave(b: &mut FunctionBuilder<'_>, half: Half, one: Value, two: Value) -> Value {
    let first = match half {
        Half::Low => 0,
        Half::High => 8,
    };
    // Bytes of the second operand are numbered from 16 on.
    let bytes: Vec<u8> = (first..first + 8).chain(first + 16..first + 24).collect();
    let mask = b.func.dfg.immediates.push(bytes.into());
    let little = MemFlagsData::new().with_endianness(Endianness::Little);
    let one = b.ins().bitcast(I8X16, little, one);
    let two = b.ins().bitcast(I8X16, little, two);
    let both = b.ins().shuffle(one, two, mask);
    b.ins().bitcast(I64X2, little, both)
}

/// The elements of one column, and which of them are there.
#[derive(Clone, Copy, Debug)]
pub struct ColumnBuffer<'a> {
    /// What `values` holds.
    pub kind: ColumnKind,
    /// The elements. What stands where the column is NULL does not matter.
    pub values: &'a [u8],
    /// A bit for each element, set unless it is NULL; `None` when none is.
    pub validity: Option<&'a [u8]>,
}

/// Where a batch function writes one result, behind what is there.
#[derive(Debug)]
pub struct OutputBuffer<'a> {
    /// The elements.
    pub values: OutputValues<'a>,
    /// A bit for each element, set unless it is NULL; in words of 64.
    pub validity: &'a mut Vec<u64>,
}

/// The elements of a result, of the kind that [`ColumnKind::of_result`] tells.
#[derive(Debug)]
#[allow(missing_docs, reason = "the kinds of the same names")]
pub enum OutputValues<'a> {
    I64(&'a mut Vec<i64>),
    U64(&'a mut Vec<u64>),
    F64(&'a mut Vec<f64>),
    Decimal128(&'a mut Vec<i128>),
    /// Words of 64 truth values.
    Bits(&'a mut Vec<u64>),
}

impl OutputValues<'_> {
    /// What they are.
    pub fn kind(&self) -> ColumnKind {
        match self {
            OutputValues::I64(_) => ColumnKind::I64,
            OutputValues::U64(_) => ColumnKind::U64,
            OutputValues::F64(_) => ColumnKind::F64,
            OutputValues::Decimal128(_) => ColumnKind::Decimal128,
            OutputValues::Bits(_) => ColumnKind::Bits,
        }
    }
}
