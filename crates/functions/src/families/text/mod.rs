//! String functions.
//!
//! Arguments become text in one collation ([`super::textual`]); positions and lengths count characters of its character set. Results are
//! nullable even when no argument is: a result longer than `max_allowed_packet` is NULL with warning 1301.
//!
//! MySQL: which strings are the same is decided by bytes in REPLACE, SUBSTRING_INDEX and TRIM, by the collation in LOCATE, INSTR,
//! FIND_IN_SET and FIELD.

mod ascii;
mod case;
mod charset;
mod choose;
mod codes;
mod find;
mod join;
mod measure;
mod pad;
mod replace;
mod slice;
mod trim;
mod weight;

use super::textual;
use crate::kernel::total;
use crate::native::{Int, UInt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, Collated};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    let internal = vec![
        Function::operator("as count", unbindable, as_count_reference)
            .doc("An unsigned number as a signed one, the largest for what is larger.")
            .overload(total::<(UInt,), Int, _>(|v: u64| {
                i64::try_from(v).unwrap_or(i64::MAX)
            })),
        Function::operator("as bits", unbindable, as_bits_reference)
            .doc("The signed number of the same 64 bits.")
            .overload(total::<(UInt,), Int, _>(|v: u64| v as i64)),
    ];
    [
        internal,
        ascii::functions(),
        case::functions(),
        charset::functions(),
        choose::functions(),
        choose::internal(),
        codes::functions(),
        find::functions(),
        join::functions(),
        measure::functions(),
        pad::functions(),
        replace::functions(),
        slice::functions(),
        trim::functions(),
        weight::functions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn unbindable(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a number without a use"))
}

fn as_count_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::UInt(v) if *v > i64::MAX as u64 => Datum::Int(i64::MAX),
        Datum::UInt(v) => Datum::Int(*v as i64),
        _ => Datum::Null,
    })
}

fn as_bits_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::UInt(v) => Datum::Int(i64::from_ne_bytes(v.to_ne_bytes())),
        _ => Datum::Null,
    })
}

/// An argument that counts characters: a signed integer, unsigned ones that are larger being the largest.
fn count(cx: &mut BindContext<'_>, arg: Expr) -> Result<Expr, Error> {
    integer(cx, arg, "as count")
}

/// An argument that is 64 bits.
fn bits(cx: &mut BindContext<'_>, arg: Expr) -> Result<Expr, Error> {
    integer(cx, arg, "as bits")
}

fn integer(cx: &mut BindContext<'_>, arg: Expr, unsigned: &str) -> Result<Expr, Error> {
    let is_unsigned = arg.ty.unsigned && (arg.ty.kind.is_integer())
        || matches!(arg.ty.kind, TypeKind::Year | TypeKind::Bit | TypeKind::Hex);
    if matches!(arg.ty.kind, TypeKind::Json | TypeKind::Vector) {
        return Err(Error::unsupported(format_args!("{} as a count", arg.ty)));
    }
    if !is_unsigned {
        return Ok(cx.coerce(arg, SqlType::bigint()));
    }
    let number = cx.coerce(arg, SqlType::ubigint());
    if let Some(Datum::UInt(value)) = number.as_literal() {
        let value = match unsigned {
            "as bits" => *value as i64,
            _ => i64::try_from(*value).unwrap_or(i64::MAX),
        };
        return Ok(Expr::literal(Datum::Int(value), SqlType::bigint()).at(number.span));
    }
    let (nullable, span) = (number.nullable, number.span);
    Ok(cx
        .call_named(unsigned, vec![number], SqlType::bigint(), nullable)
        .at(span))
}

/// The value of a constant count.
///
/// MySQL: a constant that raises a warning when it becomes a number raises it here once more.
fn constant_count(cx: &mut BindContext<'_>, arg: &Expr) -> Option<Option<i64>> {
    if !arg.is_constant() {
        return None;
    }
    let value = match arg.as_literal() {
        Some(value) => value.clone(),
        None => {
            let (value, warnings) = (cx.evaluate)(arg).ok()?;
            cx.warnings.extend(warnings);
            value
        }
    };
    Some(match value {
        Datum::Int(v) => Some(v),
        _ => None,
    })
}

/// A text result of the function being bound, of at most so many characters.
fn result(cx: &BindContext<'_>, args: Vec<Expr>, length: u64, collated: Collated) -> Expr {
    let ty = textual::text_type(length, collated.collation);
    let nullable = cx.text_nullable(&args) || is_larger_than_packet(cx, &ty);
    let call = cx.call(args, ty, nullable);
    cx.with_collation(call, collated)
}

/// Whether a text of this type may be longer than a packet, and NULL therefore.
fn is_larger_than_packet(cx: &BindContext<'_>, ty: &SqlType) -> bool {
    let width = textual::charset_of(ty.collation).max_len() as u64;
    u64::from(ty.length) * width > u64::from(cx.session.max_allowed_packet)
}

/// Exactly so many arguments.
fn exactly<const N: usize>(args: Vec<Expr>, name: &str) -> Result<[Expr; N], Error> {
    <[Expr; N]>::try_from(args).map_err(|_| Error::wrong_arity(name))
}

/// What kernels on text need to know of a call.
#[derive(Clone, Copy)]
struct Site {
    charset: Charset,
    packet: usize,
}

impl Site {
    fn prepare(site: &CallSite<'_>) -> Result<Site, Error> {
        Ok(Site {
            charset: textual::charset_of(site.collation),
            packet: site.session.max_allowed_packet as usize,
        })
    }

    /// Whether a result is too long; raises warning 1301 then.
    fn too_long(&self, cx: &RowContext<'_>, function: &str, length: u128) -> bool {
        let too_long = length > self.packet as u128;
        if too_long {
            cx.warn(textual::larger_than_packet(function, self.packet));
        }
        too_long
    }
}

/// The characters of a text, for references.
fn characters<'a>(site: &CallSite<'_>, text: &'a [u8]) -> Vec<&'a [u8]> {
    textual::charset_of(site.collation).chars(text).collect()
}

/// The bytes of a text argument, `None` if it is NULL.
fn bytes(arg: &Datum) -> Option<&[u8]> {
    match arg {
        Datum::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

/// The value of a count argument, `None` if it is NULL.
fn int(arg: &Datum) -> Option<i64> {
    match arg {
        Datum::Int(value) => Some(*value),
        _ => None,
    }
}
