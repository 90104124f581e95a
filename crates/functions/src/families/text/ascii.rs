//! The bet that a text is ASCII: its guard, and what functions become where characters are bytes.
//!
//! Only for character sets of several bytes: in the others characters are bytes anyway. The kernels see bytes and count them;
//! linearizing puts the guard before them.

use super::{Site, unbindable};
use crate::emit::{Emit, Lowered, NativeValue, Relation};
use crate::kernel::{BatchContext, Lanes, flagged_chunked};
use crate::native::{Bytes, Int};
use crate::{CallSite, Exit, Fault, Function, Reason, RowContext};
use sqlift_collation::Charset;
use sqlift_types::{Datum, Error};

/// The guard.
pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("as ascii", unbindable, same_reference)
            .doc("The same text, of which it is a bet that its characters are those of ASCII.")
            .overload(flagged_chunked::<(Bytes,), Bytes, _, _>(
                |_| Ok(()),
                |(), _, text: &[u8]| (text, !text.is_ascii()),
                |(), _, (texts,), _| match texts {
                    Lanes::Packed { packed, .. } => packed.is_ascii().then_some(*texts),
                    _ => None,
                },
            ))
            .exits_with(Exit::Deopt(Reason::NotAscii))
            .inline(lower_guard),
    ]
}

fn same_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(args[0].clone())
}

/// A call site whose characters are bytes.
pub(super) fn site(site: &CallSite<'_>) -> Result<Site, Error> {
    Ok(Site {
        charset: Charset::Ascii,
        ..Site::prepare(site)?
    })
}

pub(super) fn no_state(_: &CallSite<'_>) -> Result<(), Error> {
    Ok(())
}

pub(super) fn upper<'r>((): &(), cx: &RowContext<'r>, text: &'r [u8]) -> &'r [u8] {
    let out = cx.arena.alloc_slice_copy(text);
    out.make_ascii_uppercase();
    out
}

pub(super) fn lower<'r>((): &(), cx: &RowContext<'r>, text: &'r [u8]) -> &'r [u8] {
    let out = cx.arena.alloc_slice_copy(text);
    out.make_ascii_lowercase();
    out
}

/// All texts of a chunk after a change of case, made at once.
pub(super) fn changed<'r>(
    batch: &BatchContext<'r>,
    texts: &Lanes<'r, Bytes>,
    change: fn(&mut [u8]),
) -> Option<Lanes<'r, Bytes>> {
    let Lanes::Packed { packed, valid } = *texts else {
        return None;
    };
    let packed = packed.changed(batch, change)?;
    Some(Lanes::Packed { packed, valid })
}

/// A part of each text of a chunk, where it is, if all counts are constants. Of a text of so many bytes `part` gives where its part
/// begins and how many bytes it has.
pub(super) fn parts<'r, const N: usize>(
    batch: &BatchContext<'r>,
    texts: &Lanes<'r, Bytes>,
    counts: [&Lanes<'r, Int>; N],
    part: impl Fn(i64, [i64; N]) -> (i64, i64),
) -> Option<Lanes<'r, Bytes>> {
    let Lanes::Packed { packed, valid } = *texts else {
        return None;
    };
    let mut constants = [0; N];
    for (constant, count) in constants.iter_mut().zip(counts) {
        let Lanes::Constant(Some(count)) = count else {
            return None;
        };
        *constant = *count;
    }
    let packed = packed.parts(batch, |bytes| {
        let (begin, length) = part(i64::from(bytes), constants);
        (begin as u32, length as u32)
    })?;
    Some(Lanes::Packed { packed, valid })
}

fn lower_guard(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let ascii = e.is_ascii(args[0]);
    let lost = e.not(ascii);
    e.bet(lost, Reason::NotAscii);
    Some(Lowered {
        null: None,
        ..args[0]
    })
}

/// The number of bytes.
pub(super) fn lower_length(
    _: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    Some(Lowered::value(args[0].length?))
}

/// `value`, but not below 0 nor above `most`.
fn within(e: &mut dyn Emit, value: NativeValue, most: NativeValue) -> NativeValue {
    let zero = e.int(0);
    let negative = e.compare(Relation::Less, value, zero);
    let value = e.select(negative, zero, value);
    let more = e.compare(Relation::Greater, value, most);
    e.select(more, most, value)
}

pub(super) fn lower_left(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let length = within(e, args[1].value, args[0].length?);
    let zero = e.int(0);
    Some(e.part(args[0], zero, length))
}

pub(super) fn lower_right(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let all = args[0].length?;
    let length = within(e, args[1].value, all);
    let offset = e.sub(all, length);
    Some(e.part(args[0], offset, length))
}

/// Positions count from 1, negative ones from the end; one beyond 32 bits is no position.
pub(super) fn lower_substring(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (start, all) = (args[1].value, args[0].length?);
    let (zero, one) = (e.int(0), e.int(1));
    let (least, most) = (e.int(i64::from(i32::MIN)), e.int(i64::from(i32::MAX)));
    let from_start = e.sub(start, one);
    let from_end = e.add(all, start);
    let backward = e.compare(Relation::Less, start, zero);
    let skipped = e.select(backward, from_end, from_start);
    // Nothing: before the text, position 0 (which is -1 from the start), or no position at all.
    let before = e.compare(Relation::Less, skipped, zero);
    let low = e.compare(Relation::Less, start, least);
    let high = e.compare(Relation::GreaterOrEqual, start, most);
    let beyond = e.or(low, high);
    let nothing = e.or(before, beyond);
    let offset = e.select(nothing, all, skipped);
    let offset = within(e, offset, all);
    let rest = e.sub(all, offset);
    let length = match args.get(2) {
        Some(length) => within(e, length.value, rest),
        None => rest,
    };
    Some(e.part(args[0], offset, length))
}
