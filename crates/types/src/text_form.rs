//! The text form of values: what the text protocol sends, what casts to CHAR start from, and the way back.

use crate::decimal::{Decimal, MAX_SCALE, parse_decimal_prefix};
use crate::temporal::{self, DateFlags, Notes, Zone};
use crate::{Datum, I256, NOT_FIXED, SqlType, TypeKind, json, number};

/// Appends the text of a value of a type, as MySQL sends it; nothing for NULL.
///
/// Strings are appended in the bytes of their character set, BIT as its bytes, ENUM and SET as their members.
pub fn write_text(value: &Datum, ty: &SqlType, out: &mut Vec<u8>) {
    match value {
        Datum::Null => {}
        Datum::Int(v) => out.extend_from_slice(v.to_string().as_bytes()),
        Datum::UInt(v) => match (ty.kind, &ty.members) {
            (TypeKind::Year, _) if ty.zerofill => {
                out.extend_from_slice(format!("{v:04}").as_bytes());
            }
            (TypeKind::Bit, _) if ty.zerofill => {
                let bytes = ty.length.div_ceil(8).clamp(1, 8) as usize;
                out.extend_from_slice(&v.to_be_bytes()[8 - bytes..]);
            }
            (TypeKind::Enum, Some(members)) => {
                let member = usize::try_from(*v)
                    .ok()
                    .and_then(|i| members.get(i.checked_sub(1)?));
                out.extend_from_slice(member.map_or(&[], |m| m));
            }
            (TypeKind::Set, Some(members)) => {
                let chosen = members.iter().enumerate().filter(|(i, _)| v >> i & 1 == 1);
                for (n, (_, member)) in chosen.enumerate() {
                    if n > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(member);
                }
            }
            _ => out.extend_from_slice(v.to_string().as_bytes()),
        },
        Datum::Double(v) if ty.decimals < NOT_FIXED && ty.kind.is_floating() => {
            number::write_double_fixed(*v, ty.decimals, out);
        }
        Datum::Double(v) if ty.kind == TypeKind::Float => number::write_float(*v as f32, out),
        Datum::Double(v) => number::write_double(*v, out),
        Datum::Decimal(v) => v.write_to(out),
        Datum::Date(v) => {
            out.extend_from_slice(temporal::Date::from_packed_trusted(*v).text().as_bytes())
        }
        Datum::Time(v) => {
            let fsp = fraction_digits(ty);
            let time = temporal::Time::from_micros(*v).unwrap_or(temporal::Time::MAX);
            out.extend_from_slice(time.text(fsp).as_bytes());
        }
        Datum::DateTime(v) => {
            let fsp = fraction_digits(ty);
            out.extend_from_slice(
                temporal::DateTime::from_packed_trusted(*v)
                    .text(fsp)
                    .as_bytes(),
            );
        }
        Datum::Bytes(v) => out.extend_from_slice(v),
        Datum::Json(v) => json::write_held_text(v, out),
    }
}

fn fraction_digits(ty: &SqlType) -> u8 {
    if ty.decimals > 6 { 6 } else { ty.decimals }
}

/// Reads the text form of a value of a type, as [`write_text`] writes it. `None` if the text is no such value.
///
/// For rows given as text (files, command lines): nothing is truncated, clamped or guessed. DECIMALs and fractions of seconds are
/// rounded to the type.
pub fn read_text(text: &[u8], ty: &SqlType) -> Option<Datum> {
    use TypeKind::*;
    let utf8 = || std::str::from_utf8(text).ok().map(str::trim);
    Some(match ty.kind {
        Null => return None,
        Bool | TinyInt | SmallInt | MediumInt | Int | BigInt if ty.unsigned => {
            Datum::UInt(utf8()?.parse().ok()?)
        }
        Bool | TinyInt | SmallInt | MediumInt | Int | BigInt => Datum::Int(utf8()?.parse().ok()?),
        Float => Datum::Double(f64::from(
            utf8()?.parse::<f32>().ok().filter(|v| v.is_finite())?,
        )),
        Double => Datum::Double(utf8()?.parse().ok().filter(|v: &f64| v.is_finite())?),
        Decimal => Datum::Decimal(read_decimal(utf8()?.as_bytes(), ty)?),
        Year => Datum::UInt(
            utf8()?
                .parse()
                .ok()
                .filter(|y| *y == 0 || (1901..=2155).contains(y))?,
        ),
        Bit => {
            if text.len() > 8 {
                return None;
            }
            Datum::UInt(text.iter().fold(0, |v, b| v << 8 | u64::from(*b)))
        }
        Enum => {
            let position = ty.members.as_ref()?.iter().position(|m| **m == *text)?;
            Datum::UInt(position as u64 + 1)
        }
        Set => {
            let mut bits = 0;
            for name in text.split(|b| *b == b',').filter(|_| !text.is_empty()) {
                bits |= 1u64
                    .checked_shl(ty.members.as_ref()?.iter().position(|m| **m == *name)? as u32)?;
            }
            Datum::UInt(bits)
        }
        Date | DateTime | Timestamp => {
            let flags = DateFlags {
                allow_zero_in_date: true,
                allow_invalid_dates: true,
                ..DateFlags::STRICT
            };
            let parsed = temporal::parse_datetime(text, flags);
            let mut notes = Notes::default();
            let value = parsed.datetime(flags, &Zone::Utc, &mut notes)?;
            if parsed.notes.any() || notes.any() {
                return None;
            }
            if ty.kind == Date {
                Datum::Date(value.date().to_packed())
            } else {
                Datum::DateTime(value.to_packed())
            }
        }
        Time => {
            let parsed = temporal::parse_time(text, DateFlags::FUZZY);
            let mut notes = Notes::default();
            let value = parsed.time(DateFlags::FUZZY, &Zone::Utc, &mut notes)?;
            if parsed.notes.any() || notes.any() {
                return None;
            }
            Datum::Time(value.micros())
        }
        Json => Datum::Json(json::Json::parse(text).ok()?.to_held()),
        Char | VarChar | TinyText | Text | MediumText | LongText | Binary | VarBinary | Hex
        | TinyBlob | Blob | MediumBlob | LongBlob | Vector | Dynamic => Datum::Bytes(text.to_vec()),
    })
}

fn read_decimal(text: &[u8], ty: &SqlType) -> Option<Decimal> {
    let parsed = parse_decimal_prefix(text, MAX_SCALE);
    if parsed.consumed != text.len() || text.is_empty() {
        return None;
    }
    let coefficient = parsed.value.to_coefficient::<I256>(ty.decimals)?;
    let value = Decimal::new(coefficient, ty.decimals)?;
    (value.digits() <= ty.length).then_some(value)
}
