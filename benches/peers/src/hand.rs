//! The limit: a loop for each expression, written by hand over the same Arrow arrays. It checks what MySQL checks and materialises values and
//! validity, into buffers that are used again; it is compiled for AVX2 (NEON) and chosen when running, as sqlift's own loops are.
//!
//! Checks are made so that they vectorise: flags are OR-ed over a batch, and a batch with a flag would have to be done again row by row.
//! No row of the table raises one, so a flag is an error here.

mod text;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use std::sync::Arc;

/// A loop and the column that it fills.
pub(crate) struct Loop {
    subject: usize,
    arch: pulp::Arch,
    rows: usize,
    ints: Vec<i64>,
    doubles: Vec<f64>,
    decimals: Vec<i128>,
    /// A byte a row while they are computed, a bit a row at last.
    bytes: Vec<u8>,
    truth: Vec<u8>,
    valid: Vec<u8>,
    text: text::Search,
}

/// The columns of a batch.
struct Columns<'b> {
    a: &'b [i64],
    b: &'b [i64],
    f: &'b [f64],
    g: &'b [f64],
    price: &'b [i128],
    disc: &'b [i128],
    tax: &'b [i128],
    qty: &'b [i32],
    ship: &'b [i32],
}

impl<'b> Columns<'b> {
    fn of(batch: &'b RecordBatch) -> Columns<'b> {
        let int = |i: usize| -> &'b [i64] { batch.column(i).as_primitive::<Int64Type>().values() };
        let double =
            |i: usize| -> &'b [f64] { batch.column(i).as_primitive::<Float64Type>().values() };
        let decimal =
            |i: usize| -> &'b [i128] { batch.column(i).as_primitive::<Decimal128Type>().values() };
        Columns {
            a: int(0),
            b: int(1),
            f: double(2),
            g: double(3),
            price: decimal(4),
            disc: decimal(5),
            tax: decimal(6),
            qty: batch.column(7).as_primitive::<Int32Type>().values(),
            ship: batch.column(8).as_primitive::<Date32Type>().values(),
        }
    }
}

/// A sum, and a negative number if it has no place.
#[inline(always)]
fn add(a: i64, b: i64) -> (i64, i64) {
    let sum = a.wrapping_add(b);
    (sum, (a ^ sum) & (b ^ sum))
}

#[inline(always)]
fn subtract(a: i64, b: i64) -> (i64, i64) {
    let difference = a.wrapping_sub(b);
    (difference, (a ^ b) & (a ^ difference))
}

/// A product with a small constant, by the range of the other factor.
#[inline(always)]
fn times(a: i64, factor: i64) -> (i64, i64) {
    let limit = i64::MAX / factor;
    let fits = (-limit..=limit).contains(&a);
    (a.wrapping_mul(factor), i64::from(fits) - 1)
}

/// Cents that are small enough for products of three.
#[inline(always)]
fn narrow(cents: i128, limit: i64) -> (i64, i64) {
    let low = cents as i64;
    let fits = i128::from(low) == cents && (-limit..=limit).contains(&low);
    (low, i64::from(fits) - 1)
}

impl Loop {
    pub(crate) fn new(subject: usize) -> Loop {
        Loop {
            subject,
            arch: pulp::Arch::new(),
            rows: 0,
            ints: Vec::new(),
            doubles: Vec::new(),
            decimals: Vec::new(),
            bytes: Vec::new(),
            truth: Vec::new(),
            valid: Vec::new(),
            text: text::Search::default(),
        }
    }

    /// Fills the column. Errors: a row that MySQL raises an error for.
    pub(crate) fn run(&mut self, batch: &RecordBatch) -> Result<(), String> {
        self.rows = batch.num_rows();
        self.ints.resize(self.rows, 0);
        self.doubles.resize(self.rows, 0.0);
        self.decimals.resize(self.rows, 0);
        self.bytes.resize(self.rows.next_multiple_of(64), 0);
        self.truth.resize(self.bytes.len() / 8, 0);
        let columns = Columns::of(batch);
        let arch = self.arch;
        let is_bad = arch.dispatch(|| self.fill(&columns, batch));
        let nullable: &[usize] = match self.subject {
            0 => &[1],
            1 => &[3],
            3 => &[1],
            8 => &[1, 3],
            _ => &[],
        };
        self.validity(batch, nullable);
        if is_bad {
            return Err("out of range".to_owned());
        }
        Ok(())
    }

    /// Values alone. Whether a row is out of range.
    #[inline(always)]
    fn fill(&mut self, c: &Columns<'_>, batch: &RecordBatch) -> bool {
        match self.subject {
            0 => {
                let mut bad = 0;
                for ((out, a), b) in self.ints.iter_mut().zip(c.a).zip(c.b) {
                    let (sum, bad1) = add(*a, *b);
                    let (product, bad2) = times(sum, 3);
                    // Multiplied and shifted: there are no vectors of 64-bit divisions.
                    let (value, bad3) = subtract(product, a % 7);
                    bad |= bad1 | bad2 | bad3;
                    *out = value;
                }
                bad < 0
            }
            1 => {
                let mut fine = true;
                for ((out, f), g) in self.doubles.iter_mut().zip(c.f).zip(c.g) {
                    // Factors of a product that is finite and divided by a constant are finite or were 0 times infinite, which is not.
                    let value = f * (1.0 - g) * (1.0 + f) / 2.5;
                    fine &= value.is_finite();
                    *out = value;
                }
                !fine
            }
            2 => {
                let mut bad = 0;
                for ((out, a), f) in self.bytes.iter_mut().zip(c.a).zip(c.f) {
                    let (sum, bad1) = add(23, *a);
                    bad |= bad1;
                    *out = u8::from(sum as f64 * 4.0 == f / 3.33 * 100.0);
                }
                self.pack();
                bad < 0
            }
            3 => {
                let rows = c.a.iter().zip(c.b).zip(c.f).zip(c.qty);
                for (out, (((a, b), f), qty)) in self.bytes.iter_mut().zip(rows) {
                    let known = (*a > 100) & (*f >= 0.05) & (*f <= 0.95) & is_listed(*qty);
                    // Bit 1: what is left to decide when `b` is NULL.
                    *out = u8::from(known & (*b < 5000)) | u8::from(known) << 1;
                }
                self.pack();
                false
            }
            4 => {
                let mut bad = 0;
                let rows = c.price.iter().zip(c.disc).zip(c.tax);
                for (out, ((price, disc), tax)) in self.decimals.iter_mut().zip(rows) {
                    let (price, bad1) = narrow(*price, 1 << 46);
                    let (disc, bad2) = narrow(*disc, 100);
                    let (tax, bad3) = narrow(*tax, 100);
                    bad |= bad1 | bad2 | bad3;
                    let value = price.wrapping_mul(100 - disc).wrapping_mul(100 + tax);
                    *out = value.into();
                }
                bad < 0
            }
            5 => {
                let rows = c.ship.iter().zip(c.disc).zip(c.qty);
                for (out, ((ship, disc), qty)) in self.bytes.iter_mut().zip(rows) {
                    let is_in_year = (*ship >= 8_766) & (*ship < 9_131);
                    let is_discounted = (*disc >= 5) & (*disc <= 7);
                    *out = u8::from(is_in_year & is_discounted & (*qty < 24));
                }
                self.pack();
                false
            }
            6 => {
                text::case(batch, c.price, &mut self.decimals);
                false
            }
            7 => {
                self.text.matches(batch, &mut self.bytes);
                self.pack();
                false
            }
            _ => {
                let (mut bad, mut fine) = (0, true);
                let rows = c.a.iter().zip(c.b).zip(c.f).zip(c.g);
                for (out, (((a, b), f), g)) in self.doubles.iter_mut().zip(rows) {
                    let (sum, bad1) = add(*a, *b);
                    let (left, bad2) = times(sum, 2);
                    let (difference, bad3) = subtract(*a, *b);
                    let (right, bad4) = times(difference, 3);
                    let (both, bad5) = subtract(left, right);
                    let (third, bad6) = times(*a, 5);
                    let (whole, bad7) = add(both, third);
                    bad |= bad1 | bad2 | bad3 | bad4 | bad5 | bad6 | bad7;
                    let value = whole as f64 * 0.5 + f * g - (f - g) * (f + 1.5) + f;
                    fine &= value.is_finite();
                    *out = value;
                }
                bad < 0 || !fine
            }
        }
    }

    /// The lowest bit of each byte.
    #[inline(always)]
    fn pack(&mut self) {
        for (bits, bytes) in self.truth.iter_mut().zip(self.bytes.chunks_exact(8)) {
            *bits = packed(bytes, 0);
        }
    }

    /// A row is NULL where one of the columns is; E4 where it is `b` that decides.
    fn validity(&mut self, batch: &RecordBatch, nullable: &[usize]) {
        self.valid.clear();
        for column in nullable {
            let Some(nulls) = batch.column(*column).nulls() else {
                continue;
            };
            // These arrays were made whole, so the first bit is the first row's.
            let bits = nulls.validity();
            if self.valid.is_empty() {
                self.valid.extend_from_slice(bits);
            } else {
                self.valid.iter_mut().zip(bits).for_each(|(v, b)| *v &= b);
            }
        }
        if self.subject == 3 {
            let bytes = self.bytes.chunks_exact(8);
            for ((valid, truth), bytes) in self.valid.iter_mut().zip(&mut self.truth).zip(bytes) {
                *truth &= *valid;
                *valid |= !packed(bytes, 1);
            }
        }
    }

    /// Fills the column and gives a copy as an array.
    pub(crate) fn array(&mut self, batch: &RecordBatch) -> Result<ArrayRef, String> {
        self.run(batch)?;
        let bits = |bytes: &[u8]| BooleanBuffer::new(bytes.to_vec().into(), 0, self.rows);
        let nulls = (!self.valid.is_empty()).then(|| NullBuffer::new(bits(&self.valid)));
        let decimal = |scale| {
            let values = Decimal128Array::new(self.decimals.clone().into(), nulls.clone());
            values.with_precision_and_scale(30, scale)
        };
        Ok(match self.subject {
            0 => Arc::new(Int64Array::new(self.ints.clone().into(), nulls)),
            1 | 8 => Arc::new(Float64Array::new(self.doubles.clone().into(), nulls)),
            4 => Arc::new(decimal(6).map_err(|e| e.to_string())?),
            6 => Arc::new(decimal(2).map_err(|e| e.to_string())?),
            _ => Arc::new(BooleanArray::new(bits(&self.truth), nulls)),
        })
    }
}

#[inline(always)]
fn is_listed(qty: i32) -> bool {
    (qty == 1) | (qty == 5) | (qty == 9) | (qty == 13) | (qty == 17)
}

/// One bit of each of eight bytes, gathered by a multiplication.
#[inline(always)]
fn packed(bytes: &[u8], bit: u32) -> u8 {
    let eight = bytes.try_into().map_or(0, u64::from_le_bytes);
    let lowest = (eight >> bit) & 0x0101_0101_0101_0101;
    (lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}
