//! WEIGHT_STRING: the bytes that a text is sorted by.
//!
//! MySQL: of integers, dates and times it is what they are sorted by ([`key`]), eight bytes; of other numbers it is NULL.

use super::{bytes, exactly};
use crate::families::cast::to_text;
use crate::families::textual;
use crate::kernel::total_with;
use crate::native::{Bool, Bytes, Date, DateTime, Int, Time, UInt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Collation, CollationId, Pad};
use sqlift_types::{Datum, Error, SqlType, TypeKind, temporal};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("WEIGHT_STRING", (1, 1), bind, reference)
            .doc("The weights of a text in its collation, as bytes.")
            .example("HEX(WEIGHT_STRING('a'))", "1C47")
            .overload(total_with::<(Bytes,), Bytes, _, _>(collation, weigh))
            .shares_reference(),
        Function::operator("sort key", |_, _| Err(Error::unsupported("a sort key")), key_reference)
            .doc("The eight bytes that an integer, a date or a time is sorted by.")
            .overload(total_with::<(Bool,), Bytes, _, _>(Order::of, |order: &Order, cx, v: bool| cx.bytes(&order.key(v.into()))))
            .shares_reference()
            .overload(total_with::<(Int,), Bytes, _, _>(Order::of, |order: &Order, cx, v: i64| cx.bytes(&order.key(v))))
            .shares_reference()
            .overload(total_with::<(UInt,), Bytes, _, _>(Order::of, |order: &Order, cx, v: u64| cx.bytes(&order.key(v as i64))))
            .shares_reference()
            .overload(total_with::<(Date,), Bytes, _, _>(Order::of, |order: &Order, cx, v: i64| cx.bytes(&order.key(v))))
            .shares_reference()
            .overload(total_with::<(Time,), Bytes, _, _>(Order::of, |order: &Order, cx, v: i64| cx.bytes(&order.key(v))))
            .shares_reference()
            .overload(total_with::<(DateTime,), Bytes, _, _>(Order::of, |order: &Order, cx, v: i64| cx.bytes(&order.key(v))))
            .shares_reference(),
        Function::operator("WEIGHT_STRING AS BINARY", bind_as_binary, reference)
            .doc("The bytes of CAST(.. AS BINARY(n)).")
            .example("HEX(WEIGHT_STRING('ab' AS BINARY(3)))", "616200"),
        Function::operator("WEIGHT_STRING AS CHAR", bind_as_char, reference)
            .doc("The weights of so many characters; where the collation pads, with spaces for those that are missing.")
            .example("HEX(WEIGHT_STRING('ab' COLLATE utf8mb4_general_ci AS CHAR(3)))", "004100420020"),
    ]
}

fn bind_as_binary(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = exactly(args, "WEIGHT_STRING")?;
    let target = cx
        .target
        .clone()
        .ok_or_else(|| Error::unsupported("a width without a number"))?;
    let bytes = to_text::bind_cast(cx, operand, target)?;
    cx.bind_named("WEIGHT_STRING", vec![bytes])
}

fn bind_as_char(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = exactly(args, "WEIGHT_STRING")?;
    let target = cx.target.as_ref();
    let characters = target
        .map(|target| target.length)
        .ok_or_else(|| Error::unsupported("a width without a number"))?;
    if !operand.ty.kind.is_string() {
        return cx.bind_named("WEIGHT_STRING", vec![operand]);
    }
    let whole = cx.bind_named("WEIGHT_STRING", vec![operand.clone()])?;
    let number = Expr::literal(Datum::Int(characters.into()), SqlType::bigint());
    let collation = textual::collated(cx, &operand).collation;
    let pads = collation
        .get()
        .is_some_and(|c| c.pad() == Pad::PadSpace && !c.is_binary());
    let text = if pads {
        let space = Datum::Bytes(vec![b' ']);
        let space = Expr::literal(
            space,
            SqlType::text(TypeKind::VarChar, 1, operand.ty.collation),
        );
        cx.bind_named("RPAD", vec![operand, number, space])?
    } else {
        cx.bind_named("LEFT", vec![operand, number])?
    };
    let weights = cx.bind_named("WEIGHT_STRING", vec![text])?;
    // MySQL: as long as the weights of the whole text can be, or of the characters asked for, each of them a byte.
    let asked = collation.get().map_or(0, |c| {
        weights_length(c, 1) / c.charset().max_len() as u64 * u64::from(characters)
    });
    let length = u64::from(whole.ty.length).max(asked).max(LEAST);
    Ok(Expr {
        ty: textual::text_type(length, CollationId::BINARY),
        ..weights
    })
}

/// The fewest bytes that MySQL reckons with.
const LEAST: u64 = 8;

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "WEIGHT_STRING")?;
    let mut collated = textual::collated(cx, &text);
    collated.collation = CollationId::BINARY;
    if !text.ty.kind.is_string() && !text.is_null_literal() {
        let call = of_other(cx, text)?;
        return Ok(cx.with_collation(call, collated));
    }
    let (text, own) = textual::own_text(cx, text)?;
    let length = own.collation.get().map_or(0, |collation| {
        weights_length(collation, textual::characters(&text.ty).into())
    });
    let ty = textual::text_type(length.max(LEAST), CollationId::BINARY);
    let call = cx.call(vec![text], ty, true);
    Ok(cx.with_collation(call, collated))
}

/// WEIGHT_STRING of what is no string.
fn of_other(cx: &mut BindContext<'_>, operand: Expr) -> Result<Expr, Error> {
    use TypeKind as K;
    let kind = operand.ty.kind;
    let length = match kind {
        K::Json | K::Vector | K::Dynamic => {
            let what = format_args!("WEIGHT_STRING of {}", operand.ty);
            return Err(Error::unsupported(what));
        }
        K::Enum | K::Set => operand.ty.collation.get().map_or(0, |collation| {
            weights_length(collation, operand.ty.length.into())
        }),
        kind if kind.is_temporal() && operand.is_column() => LEAST,
        _ => operand.ty.display_length().into(),
    };
    let ty = textual::text_type(length.max(LEAST), CollationId::BINARY);
    if matches!(kind, K::Decimal | K::Float | K::Double) {
        return Ok(cx.null(ty));
    }
    Ok(cx.call_named("sort key", vec![operand], ty, true))
}

/// How the values of a type are sorted.
#[derive(Clone, Copy)]
enum Order {
    Signed,
    Unsigned,
    Time,
    DateTime,
}

impl Order {
    fn of(site: &CallSite<'_>) -> Result<Order, Error> {
        let ty = &site.args[0].ty;
        Ok(match ty.kind {
            TypeKind::Time => Order::Time,
            TypeKind::DateTime | TypeKind::Timestamp => Order::DateTime,
            TypeKind::Bit | TypeKind::Year => Order::Unsigned,
            kind if kind.is_integer() && ty.unsigned => Order::Unsigned,
            _ => Order::Signed,
        })
    }

    /// The key of a value, as it is held.
    fn key(self, value: i64) -> [u8; 8] {
        let number = match self {
            Order::Unsigned => return value.to_be_bytes(),
            Order::Signed => value,
            Order::Time => time_number(value),
            Order::DateTime => moment_number(value),
        };
        (number ^ i64::MIN).to_be_bytes()
    }
}

/// MySQL: of a time of day, hours, minutes, seconds and the microseconds behind them, each in its bits.
fn clock_number(hour: i64, minute: i64, second: i64, micros: i64) -> i64 {
    ((hour << 12 | minute << 6 | second) << 24) + micros
}

/// MySQL: a TIME is moved so that none is negative.
fn time_number(micros: i64) -> i64 {
    let seconds = micros.abs() / 1_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let number = clock_number(hour, minute, second, micros.abs() % 1_000_000);
    // Below zero it is the complement, which is one less.
    (1 << 47) + if micros < 0 { !number } else { number }
}

/// MySQL: a year has thirteen months.
fn moment_number(packed: i64) -> i64 {
    let moment = temporal::DateTime::from_packed_trusted(packed).parts();
    let [year, month, day, hour, minute, second, micros] = [
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
    ]
    .map(i64::from);
    let days = (year * 13 + month) << 5 | day;
    (days << 41) + clock_number(hour, minute, second, micros)
}

fn key_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let value = match &args[0] {
        Datum::Int(v) | Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v) => *v,
        Datum::UInt(v) => *v as i64,
        _ => return Ok(Datum::Null),
    };
    let key = Order::of(site).map(|order| order.key(value));
    Ok(key.map_or(Datum::Null, |key| Datum::Bytes(key.to_vec())))
}

/// The most bytes that the weights of so many characters take, as MySQL reckons.
fn weights_length(collation: &Collation, characters: u64) -> u64 {
    let width = collation.charset().max_len() as u64;
    let name = collation.name();
    let unicode = collation.charset().is_unicode();
    let per_character = if collation.is_binary() {
        1
    } else if name.ends_with("0900_bin") {
        16
    } else if name.contains("_0900_") {
        let levels = match name {
            _ if name.ends_with("_ks") => 5,
            _ if name.contains("ja_0900_as_cs") || name.contains("zh_0900_as_cs") => 4,
            _ if name.ends_with("as_cs") => 3,
            _ if name.ends_with("as_ci") => 2,
            _ => 1,
        };
        let separators = match levels {
            1 => 0,
            2 => 2,
            3 => 4,
            4 => 4,
            _ => 6,
        };
        // Scripts in another order than the table's take two weights a character.
        let weight = match name {
            _ if name.starts_with("utf8mb4_hr_") || name.starts_with("utf8mb4_ru_") => 128,
            _ => 64,
        };
        return characters * weight * levels + separators;
    } else if name.ends_with("_bin") && unicode {
        match width {
            4 => 12,
            _ => width,
        }
    } else if name.contains("general") && unicode {
        match name {
            _ if name.starts_with("utf16") => 16,
            _ if width == 2 => 2,
            _ => 2 * width,
        }
    } else if unicode || name == "gb18030_unicode_520_ci" {
        width * width * 8
    } else if name == "gb18030_chinese_ci" {
        32
    } else if name == "latin1_german2_ci" {
        2
    } else {
        width
    };
    characters * per_character
}

/// The collation of the argument.
fn collation(site: &CallSite<'_>) -> Result<&'static Collation, Error> {
    let id = site.args[0].ty.collation;
    match id.get() {
        Some(collation) if collation.is_supported() => Ok(collation),
        _ => Err(Error::unsupported(format_args!("collation {id}"))),
    }
}

fn reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Some(text), Ok(collation)) = (bytes(&args[0]), collation(site)) else {
        return Ok(Datum::Null);
    };
    let mut out = Vec::new();
    collation.weight_string(text, &mut out);
    Ok(Datum::Bytes(out))
}

fn weigh<'r>(collation: &&'static Collation, cx: &RowContext<'r>, text: &[u8]) -> &'r [u8] {
    let mut out = Vec::with_capacity(text.len() * 2);
    collation.weight_string(text, &mut out);
    cx.bytes(&out)
}
