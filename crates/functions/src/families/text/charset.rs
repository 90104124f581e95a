//! Character sets and collations: CONVERT USING, COLLATE, CHARSET, COLLATION, COERCIBILITY.

use super::{bytes, exactly, result};
use crate::families::cast::to_text;
use crate::families::textual;
use crate::kernel::total_with;
use crate::native::Bytes;
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, Collation, CollationId, Repertoire};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("CONVERT USING", bind_convert, same_reference)
            .doc("The text in another character set; `?` for what it does not have.")
            .example("HEX(CONVERT('é' USING latin1))", "E9"),
        Function::operator("COLLATE", bind_collate, same_reference)
            .doc("The text in another collation of its character set.")
            .example("'a' COLLATE utf8mb4_bin = 'A'", "0")
            .overload(total_with::<(Bytes,), Bytes, _, _>(
                |_| Ok(()),
                |_, _, text| text,
            )),
        Function::new("CHARSET", (1, 1), bind_charset, same_reference)
            .doc("The name of the character set of an expression.")
            .example("CHARSET('a')", "utf8mb4"),
        Function::new("COLLATION", (1, 1), bind_collation, same_reference)
            .doc("The name of the collation of an expression.")
            .example("COLLATION('a')", "utf8mb4_0900_ai_ci"),
        Function::new("COERCIBILITY", (1, 1), bind_coercibility, same_reference)
            .doc("How firmly an expression holds to its collation, from 0 (COLLATE) to 6 (NULL).")
            .example("COERCIBILITY('a' COLLATE utf8mb4_bin)", "0"),
    ]
}

/// The name that a constant argument holds.
fn name_of(arg: Option<&Expr>) -> String {
    match arg.and_then(Expr::as_literal) {
        Some(Datum::Bytes(name)) => String::from_utf8_lossy(name).into_owned(),
        _ => String::new(),
    }
}

/// The character set that an argument names. Error 1115.
pub(super) fn named(_: &mut BindContext<'_>, arg: Option<Expr>) -> Result<Charset, Error> {
    let name = name_of(arg.as_ref());
    Charset::by_name(&name)
        .ok_or_else(|| Error::new(1115, "42000", format!("Unknown character set: '{name}'")))
}

fn bind_convert(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, name] = exactly(args, "CONVERT")?;
    let charset = named(cx, Some(name))?;
    to_text::explicit(cx, text, charset.default_collation())
}

fn bind_collate(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, name] = exactly(args, "COLLATE")?;
    let name = name_of(Some(&name));
    let collation = Collation::by_name(&name)
        .ok_or_else(|| Error::new(1273, "HY000", format!("Unknown collation: '{name}'")))?;
    let own = textual::collated(cx, &text);
    let numeric = own.coercibility == Coercibility::Numeric;
    let charset = textual::charset_of(own.collation);
    if !numeric && charset != collation.charset() {
        let message = format!(
            "COLLATION '{}' is not valid for CHARACTER SET '{}'",
            collation.name(),
            charset.name()
        );
        return Err(Error::new(1253, "42000", message));
    }
    let collated = Collated {
        collation: collation.id(),
        coercibility: Coercibility::Explicit,
        ..own
    };
    let text = textual::text(cx, text, collated)?;
    let length = textual::characters(&text.ty).into();
    Ok(result(cx, vec![text], length, collated))
}

/// A name as CHARSET and COLLATION give it.
fn name(cx: &BindContext<'_>, name: &str) -> Expr {
    let ty = SqlType::text(TypeKind::VarChar, 64, CollationId::UTF8MB3_GENERAL_CI);
    let mut expr = Expr::literal(Datum::Bytes(name.as_bytes().to_vec()), ty).at(cx.span);
    expr.nullable = cx.text_nullable(&[]);
    expr.collated = Collated::new(
        CollationId::UTF8MB3_GENERAL_CI,
        Coercibility::Coercible,
        Repertoire::Ascii,
    );
    expr
}

/// The collation that a function tells: that of text, `binary` of anything else.
fn told(expr: &Expr) -> CollationId {
    match expr.ty.kind {
        TypeKind::Enum | TypeKind::Set => expr.collated.collation,
        // MySQL: a column of JSON is binary, a computed document is text.
        TypeKind::Json if expr.is_column() => CollationId::BINARY,
        TypeKind::Json => CollationId::UTF8MB4_BIN,
        kind if kind.is_string() => expr.collated.collation,
        _ => CollationId::BINARY,
    }
}

fn bind_charset(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [arg] = exactly(args, "CHARSET")?;
    Ok(name(cx, textual::charset_of(told(&arg)).name()))
}

fn bind_collation(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [arg] = exactly(args, "COLLATION")?;
    let collation = told(&arg);
    let told = collation.get().map_or("binary", Collation::name);
    Ok(name(cx, told))
}

fn bind_coercibility(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [arg] = exactly(args, "COERCIBILITY")?;
    let coercibility = textual::collated(cx, &arg).coercibility;
    let value = Datum::Int(coercibility as i64);
    Ok(Expr::literal(value, SqlType::bigint_of(10)).at(cx.span))
}

/// The text itself: only its collation is another.
fn same_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |text| Datum::Bytes(text.to_vec())))
}
