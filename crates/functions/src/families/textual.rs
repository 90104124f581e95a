//! Text context: the collation that an operand brings along, the one that several agree on, and the operand as text in it.
//!
//! A number or a temporal value has no collation of its own: it yields to every other operand, and alone it becomes text in the
//! collation of the connection. Its text is ASCII, so it fits every character set. BIT, JSON, ENUM and SET hold to theirs as a
//! column does. An untyped NULL yields to everything and is binary when nothing else is there.

use crate::{BindContext, Expr, ExprKind, RowContext};
use sqlift_collation::{
    Charset, Coercibility, Collated, Collation, CollationId, Repertoire, aggregate, coercibility,
};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};

/// Characters of the longest text of a DOUBLE.
const DOUBLE_CHARACTERS: u32 = 22;

/// Most bytes of a VARCHAR or VARBINARY.
const VARCHAR_BYTES: u64 = 65_535;

/// Most bytes of a MEDIUMTEXT or MEDIUMBLOB, in a result's description.
const MEDIUM_BYTES: u64 = 16_777_215;

/// The character set of a collation; `binary` of what is no collation.
pub(super) fn charset_of(collation: CollationId) -> Charset {
    collation.get().map_or(Charset::Binary, Collation::charset)
}

/// The collation that an operand brings into an operation on strings.
pub(super) fn collated(cx: &BindContext<'_>, expr: &Expr) -> Collated {
    match expr.ty.kind {
        TypeKind::Null => Collated::new(
            CollationId::BINARY,
            Coercibility::Ignorable,
            Repertoire::Ascii,
        ),
        TypeKind::Bit => Collated::new(
            CollationId::BINARY,
            Coercibility::Implicit,
            Repertoire::Unicode,
        ),
        TypeKind::Json => Collated::new(
            CollationId::UTF8MB4_BIN,
            Coercibility::Implicit,
            document_repertoire(cx, expr),
        ),
        TypeKind::Enum | TypeKind::Set => expr.collated,
        kind if kind.is_string() => expr.collated,
        _ => Collated::new(
            cx.connection_collation(),
            Coercibility::Numeric,
            Repertoire::Ascii,
        ),
    }
}

/// The repertoire of a document's text, which is known of a constant.
fn document_repertoire(cx: &BindContext<'_>, document: &Expr) -> Repertoire {
    let Some(Datum::Json(held)) = cx.constant(document) else {
        return Repertoire::Unicode;
    };
    let mut text = Vec::new();
    sqlift_types::json::write_held_text(&held, &mut text);
    match text.is_ascii() {
        true => Repertoire::Ascii,
        false => Repertoire::Unicode,
    }
}

/// The collation of the text that an operation makes of its operands. Errors 1267, 1270, 1271 name the `operation`.
pub(super) fn agree(
    cx: &BindContext<'_>,
    operation: &str,
    args: &[Expr],
) -> Result<Collated, Error> {
    let all: Vec<Collated> = args.iter().map(|a| collated(cx, a)).collect();
    settle(aggregate(&all), operation)
}

/// As [`agree`], for operations that compare their operands: they must agree on one collation.
pub(super) fn agree_to_compare(
    cx: &BindContext<'_>,
    operation: &str,
    args: &[Expr],
) -> Result<Collated, Error> {
    let all: Vec<Collated> = args.iter().map(|a| collated(cx, a)).collect();
    settle(coercibility::for_comparison(&all), operation)
}

fn settle(merged: Result<Collated, coercibility::Mix>, operation: &str) -> Result<Collated, Error> {
    let mut merged =
        merged.map_err(|mix| Error::new(mix.code(), "HY000", mix.message(operation)))?;
    if merged.coercibility == Coercibility::Numeric {
        // Text that is made of numbers alone is like a literal.
        merged.coercibility = Coercibility::Coercible;
    }
    Ok(merged)
}

/// How many characters of the target's character set (bytes, if that is `binary`) the text of an operand can take.
pub(super) fn length_in(ty: &SqlType, target: Charset) -> u64 {
    let own = u64::from(characters(ty));
    let is_text = ty.kind.is_text() || matches!(ty.kind, TypeKind::Enum | TypeKind::Set);
    if target == Charset::Binary && is_text {
        return own * charset_of(ty.collation).max_len() as u64;
    }
    if ty.kind.is_binary() || ty.kind == TypeKind::Bit {
        // Bytes become whole units of the character set.
        return own.div_ceil(target.min_len() as u64);
    }
    own
}

/// How many characters (bytes of a binary string) the text of a value of the type can take.
pub(super) fn characters(ty: &SqlType) -> u32 {
    match ty.kind {
        TypeKind::Double if ty.decimals >= sqlift_types::NOT_FIXED => DOUBLE_CHARACTERS,
        _ => ty.display_length(),
    }
}

/// The type of a text of at most so many characters: VARCHAR as long as it can be one.
pub(super) fn text_type(length: u64, collation: CollationId) -> SqlType {
    let charset = charset_of(collation);
    let bytes = length.saturating_mul(charset.max_len() as u64);
    let kind = match (bytes, charset) {
        (0..=VARCHAR_BYTES, Charset::Binary) => TypeKind::VarBinary,
        (0..=VARCHAR_BYTES, _) => TypeKind::VarChar,
        (..=MEDIUM_BYTES, Charset::Binary) => TypeKind::MediumBlob,
        (..=MEDIUM_BYTES, _) => TypeKind::MediumText,
        (_, Charset::Binary) => TypeKind::LongBlob,
        _ => TypeKind::LongText,
    };
    SqlType::text(kind, length.min(u32::MAX.into()) as u32, collation)
}

/// The operand as text in an agreed collation; only its character set is converted, its own length stays.
///
/// Errors: 3854 when it is a constant that the character set cannot hold.
pub(super) fn text(cx: &mut BindContext<'_>, expr: Expr, target: Collated) -> Result<Expr, Error> {
    if expr.ty.kind.is_string() && charset_of(expr.ty.collation) == charset_of(target.collation) {
        return Ok(expr);
    }
    if expr.ty.kind == TypeKind::Vector {
        return Err(Error::unsupported(format_args!("{} as text", expr.ty)));
    }
    let charset = charset_of(target.collation);
    let length = length_in(&expr.ty, charset);
    let own = collated(cx, &expr);
    require_mapping(charset_of(own.collation), charset)?;
    let collation = match charset {
        Charset::Binary => CollationId::BINARY,
        _ => target.collation,
    };
    let mut text = cx.coerce(expr, text_type(length, collation));
    text.collated = Collated { collation, ..own };
    if text.is_constant() && text.as_literal().is_none() {
        // What cannot be converted is an error at once, whether or not the value is ever asked for.
        if let Err(error) = (cx.evaluate)(&text)
            && error.code == 3854
        {
            return Err(error);
        }
    }
    Ok(text)
}

/// Errors when the characters of one of the two sets are not known, so that no text can be converted.
pub(super) fn require_mapping(from: Charset, to: Charset) -> Result<(), Error> {
    if from == to || from == Charset::Binary || to == Charset::Binary {
        return Ok(());
    }
    for charset in [from, to] {
        if !charset.has_mapping() {
            return Err(Error::unsupported(format_args!(
                "conversion of the character set {}",
                charset.name()
            )));
        }
    }
    Ok(())
}

/// All operands as text in the collation that they agree on.
pub(super) fn texts(
    cx: &mut BindContext<'_>,
    operation: &str,
    args: Vec<Expr>,
) -> Result<(Vec<Expr>, Collated), Error> {
    let agreed = agree(cx, operation, &args)?;
    let args = args
        .into_iter()
        .map(|a| text(cx, a, agreed))
        .collect::<Result<_, _>>()?;
    Ok((args, agreed))
}

/// A text and others that take part in what is done with it: in its own collation, the others converted to its character set.
pub(super) fn led(
    cx: &mut BindContext<'_>,
    subject: Expr,
    others: Vec<Expr>,
) -> Result<(Expr, Vec<Expr>, Collated), Error> {
    let (subject, collated) = own_text(cx, subject)?;
    let others = others
        .into_iter()
        .map(|other| text(cx, other, collated))
        .collect::<Result<_, _>>()?;
    Ok((subject, others, collated))
}

/// A single operand as text in its own collation, a number in that of the connection.
pub(super) fn own_text(cx: &mut BindContext<'_>, expr: Expr) -> Result<(Expr, Collated), Error> {
    let agreed = settle(aggregate(&[collated(cx, &expr)]), "")?;
    Ok((text(cx, expr, agreed)?, agreed))
}

/// Text as messages quote it: in UTF-8, up to a zero byte, at most 128 bytes; `?` for characters of four bytes and for what is left of
/// one that the limit cuts. Binary strings are shown byte by byte.
pub(super) fn shown(text: &[u8], charset: Charset) -> String {
    const SHOWN: usize = 128;
    if charset == Charset::Binary {
        let mut out = escaped(&text[..text.len().min(SHOWN)], SHOWN);
        out.truncate(SHOWN);
        return out;
    }
    let mut utf8 = Vec::new();
    sqlift_collation::convert(charset, Charset::Utf8mb3, text, &mut utf8);
    if charset == Charset::Utf8mb3 {
        utf8 = text.to_vec();
    }
    shown_as_is(&utf8, SHOWN)
}

/// Bytes in a message that takes them for UTF-8 whatever they are: up to a zero byte, at most so many, `?` for each that belongs to
/// no character of three bytes or fewer.
pub(super) fn shown_as_is(bytes: &[u8], most: usize) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let mut out = String::new();
    for chunk in bytes[..end.min(most)].utf8_chunks() {
        for c in chunk.valid().chars() {
            match c.len_utf8() {
                4 => out.push_str("????"),
                _ => out.push(c),
            }
        }
        out.extend(chunk.invalid().iter().map(|_| '?'));
    }
    out
}

/// The first bytes of a string: ASCII characters as they are, others as `\xNN`; `...` for what is left out.
pub(super) fn escaped(bytes: &[u8], limit: usize) -> String {
    let mut out = String::new();
    for byte in bytes.iter().take(limit) {
        match byte {
            0x20..=0x7E => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02X}")),
        }
    }
    if bytes.len() > limit {
        out.push_str("...");
    }
    out
}

/// Warning 1301.
pub(super) fn larger_than_packet(function: &str, packet: usize) -> Warning {
    Warning::new(
        1301,
        format!("Result of {function}() was larger than max_allowed_packet ({packet}) - truncated"),
    )
}

/// A result of a function, or NULL with warning 1301 when it is longer than a packet.
pub(super) fn within_packet(cx: &RowContext<'_>, function: &str, text: Vec<u8>) -> Datum {
    let packet = cx.session.max_allowed_packet as usize;
    if text.len() > packet {
        cx.warn(larger_than_packet(function, packet));
        return Datum::Null;
    }
    Datum::Bytes(text)
}

/// The operand with another collation of its own character set, for operations that work in it.
pub(super) fn relabeled(cx: &BindContext<'_>, mut expr: Expr, collation: CollationId) -> Expr {
    if expr.ty.collation == collation {
        return expr;
    }
    let ty = expr.ty.clone().with_collation(collation);
    match expr.kind {
        ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Parameter(_) => {
            expr.ty = ty;
            expr
        }
        // A call works in the collation of its type: it keeps that.
        _ => {
            let collated = Collated {
                collation,
                ..expr.collated
            };
            let (nullable, span) = (expr.nullable, expr.span);
            let relabeled = cx.call_named("coerce", vec![expr], ty, nullable).at(span);
            cx.with_collation(relabeled, collated)
        }
    }
}
