//! FORMAT: a number as a language writes it.
//!
//! Integers and decimals are rounded exactly, half away from zero; everything else is a DOUBLE, rounded half to even. At most 30 decimals are shown.
//! The number of decimals is looked at first; 32 bits of it count. A constant locale is looked up once, for all rows.

use super::rounding::rounded_double;
use super::{numeric, textual};
use crate::kernel::{nullable_with, total_with};
use crate::native::{Bytes, Dec64, Dec128, Dec256, Double, Int};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Form, Function, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, Repertoire, convert};
use sqlift_types::decimal::{Coefficient, Decimal};
use sqlift_types::number::write_double_fixed;
use sqlift_types::temporal::Locale;
use sqlift_types::temporal::locale::Grouping;
use sqlift_types::{Datum, Error, I256, SqlType, Warning};

/// The most decimals that are shown.
const MAX_DECIMALS: i64 = 30;

pub(super) fn functions() -> Vec<Function> {
    macro_rules! numbers {
        ($function:expr; $($marker:ident $show:expr;)*) => {
            $function$(
                .overload(nullable_with::<(Int, $marker), Bytes, _, _>(site_of, |site: &Site, cx, d, v| {
                    Some(write(cx, site, $show(site, v, d), &Locale::EN_US))
                }))
                .shares_reference()
                .overload(nullable_with::<(Int, Int, $marker), Bytes, _, _>(site_of, |site: &Site, cx, d, locale, v| {
                    Some(write(cx, site, $show(site, v, d), numbered(locale)))
                }))
                .shares_reference()
            )*
        };
    }
    let function = Function::new("FORMAT", (2, 3), bind, reference)
        .doc("The number with so many decimals and with its digits in groups, in English or as a locale has it.")
        .example("FORMAT(1234567.891, 2)", "1,234,567.89")
        .example("FORMAT(1234.5, 1, 'de_DE')", "1.234,5")
        .form(Form::NullFirst);
    let number = Function::operator(
        "locale number",
        |_, _| Err(Error::unsupported("locale number")),
        number_reference,
    )
    .doc("The number of the locale of a name; that of the default, with a warning, if there is none.")
    .overload(total_with::<(Bytes,), Int, (), _>(
        |_| Ok(()),
        |(), cx, name| number_of(cx, name),
    ))
    .warns()
    .shares_reference();
    vec![
        number,
        numbers!(function;
            Double |_: &Site, v: f64, d: i64| of_double(v, d);
            Dec64 |site: &Site, v: i64, d: i64| of_decimal(decimal(site, v), d);
            Dec128 |site: &Site, v: i128, d: i64| of_decimal(decimal(site, v), d);
            Dec256 |site: &Site, v: I256, d: i64| of_decimal(decimal(site, v), d);
        ),
    ]
}

/// What a call needs to know.
struct Site {
    scale: u8,
    charset: Charset,
}

fn site_of(site: &CallSite<'_>) -> Result<Site, Error> {
    Ok(Site {
        scale: site.args.last().map_or(0, |number| number.ty.decimals),
        charset: textual::charset_of(site.ret.collation),
    })
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    if let Some(row) = args.iter().find(|a| matches!(a.kind, ExprKind::Row(_))) {
        return Err(Error::operand_columns(1).at(row.span));
    }
    let mut args = args.into_iter();
    let (Some(number), Some(decimals)) = (args.next(), args.next()) else {
        return Err(Error::wrong_arity("FORMAT"));
    };
    let characters = u64::from(textual::characters(&number.ty));
    // A separator for every three digits, point and sign, and all decimals there can be.
    let length = characters + characters / 3 + 2 + MAX_DECIMALS as u64;
    let (class, number) = numeric::hybrid(cx, number)?;
    let number = match class {
        numeric::Class::Double => number,
        _ => numeric::decimal_operand(cx, number)?,
    };
    let decimals = numeric::integral(cx, decimals)?;
    let decimals = cx.coerce(decimals, SqlType::bigint());
    let mut operands = vec![decimals];
    if let Some(name) = args.next() {
        operands.push(locale_operand(cx, name)?);
    }
    operands.push(number);
    let collation = cx.connection_collation();
    let nullable = cx.text_nullable(&operands);
    let call = cx.call(operands, textual::text_type(length, collation), nullable);
    let collated = Collated::new(collation, Coercibility::Coercible, Repertoire::Unicode);
    Ok(cx.with_collation(call, collated))
}

/// The number of the locale of a name. NULL is the name of none; of a literal that is the name of none is warned here.
fn locale_operand(cx: &mut BindContext<'_>, name: Expr) -> Result<Expr, Error> {
    let (name, _) = textual::own_text(cx, name)?;
    let span = name.span;
    let known = match name.as_literal() {
        Some(Datum::Bytes(name)) => locale_of(name),
        Some(_) => locale_of(NO_NAME),
        None => {
            let text = SqlType::varchar(NO_NAME.len() as u32);
            let named = match name.nullable {
                true => {
                    let ty = name.ty.clone();
                    let absent = Expr::literal(Datum::Bytes(NO_NAME.to_vec()), text);
                    cx.call_named("COALESCE", vec![name, absent], ty, false)
                }
                false => name,
            };
            let number = cx.call_named("locale number", vec![named], SqlType::bigint(), false);
            return Ok(number.at(span));
        }
    };
    let locale = known.unwrap_or_else(|warning| {
        cx.warnings.push(warning);
        &Locale::EN_US
    });
    let number = Datum::Int(i64::from(locale.number));
    Ok(Expr::literal(number, SqlType::bigint()).at(span))
}

/// What a locale that is NULL is called.
const NO_NAME: &[u8] = b"NULL";

fn locale_of(name: &[u8]) -> Result<&'static Locale, Warning> {
    let known = std::str::from_utf8(name).ok().and_then(Locale::by_name);
    known.ok_or_else(|| {
        let shown = textual::shown_as_is(name, name.len());
        Warning::new(1649, format!("Unknown locale: '{shown}'"))
    })
}

fn number_of(cx: &RowContext<'_>, name: &[u8]) -> i64 {
    let locale = locale_of(name).unwrap_or_else(|warning| {
        cx.warn(warning);
        &Locale::EN_US
    });
    i64::from(locale.number)
}

fn number_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Bytes(name) => Datum::Int(number_of(cx, name)),
        _ => Datum::Null,
    })
}

fn numbered(locale: i64) -> &'static Locale {
    let number = u16::try_from(locale).ok();
    number.and_then(Locale::by_number).unwrap_or(&Locale::EN_US)
}

/// How many decimals are shown.
fn shown_decimals(decimals: i64) -> i64 {
    i64::from(decimals as i32).clamp(0, MAX_DECIMALS)
}

fn decimal<C: Coefficient>(site: &Site, coefficient: C) -> Decimal {
    Decimal::from_coefficient(coefficient, site.scale).unwrap_or_default()
}

/// The number with a point and so many decimals, without groups.
fn of_decimal(value: Decimal, decimals: i64) -> Vec<u8> {
    let decimals = shown_decimals(decimals);
    let rounded = value.round(decimals as i32).unwrap_or(value);
    let mut text = Vec::new();
    rounded.write_to(&mut text);
    // Zeros for the decimals that it does not have; as text, for no width holds them all.
    let missing = decimals as usize - usize::from(rounded.scale()).min(decimals as usize);
    if rounded.scale() == 0 && missing > 0 {
        text.push(b'.');
    }
    text.resize(text.len() + missing, b'0');
    text
}

fn of_double(value: f64, decimals: i64) -> Vec<u8> {
    let decimals = shown_decimals(decimals);
    let mut text = Vec::new();
    write_double_fixed(rounded_double(value, decimals), decimals as u8, &mut text);
    text
}

/// Puts in the separators and the point of the locale.
fn localized(plain: &[u8], locale: &Locale) -> String {
    let plain = String::from_utf8_lossy(plain);
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*plain),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        let behind = whole.len() - index;
        let begins_group = match locale.grouping {
            Grouping::None => false,
            Grouping::Threes => behind.is_multiple_of(3),
            Grouping::ThreeThenTwos => behind == 3 || behind > 3 && !behind.is_multiple_of(2),
        };
        if index > 0 && begins_group {
            text.push_str(locale.thousands_separator);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push_str(locale.decimal_point);
        text.push_str(fraction);
    }
    text
}

fn write<'r>(cx: &RowContext<'r>, site: &Site, plain: Vec<u8>, locale: &Locale) -> &'r [u8] {
    cx.bytes(&encoded(localized(&plain, locale), site.charset))
}

fn encoded(text: String, charset: Charset) -> Vec<u8> {
    if charset == Charset::Utf8mb4 || text.is_ascii() && charset.is_ascii_compatible() {
        return text.into_bytes();
    }
    let mut out = Vec::new();
    convert(Charset::Utf8mb4, charset, text.as_bytes(), &mut out);
    out
}

fn reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Some(Datum::Int(decimals)), Some(number)) = (args.first(), args.last()) else {
        return Ok(Datum::Null);
    };
    let plain = match number {
        Datum::Double(v) => of_double(*v, *decimals),
        Datum::Decimal(v) => of_decimal(*v, *decimals),
        _ => return Ok(Datum::Null),
    };
    let locale = match args {
        [_, Datum::Int(locale), _] => numbered(*locale),
        _ => &Locale::EN_US,
    };
    let charset = textual::charset_of(site.ret.collation);
    Ok(Datum::Bytes(encoded(localized(&plain, locale), charset)))
}
