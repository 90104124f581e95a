//! JSON made of SQL values.
//!
//! Every value is some JSON value: text a string, a binary string opaque, a truth value `true` or `false`. CAST alone reads text as a document.

use super::{binary_charset, to_held, too_deep};
use crate::families::cast::to_temporal::chosen_moment;
use crate::families::{control, numeric, textual};
use crate::kernel::fallible_with;
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Json as HeldJson, Time, UInt,
};
use crate::{
    BindContext, CallSite, Exit, Expr, ExprKind, Fault, Form, Function, RowContext, catalogue,
};
use sqlift_collation::{Charset, CollationId, convert};
use sqlift_types::decimal::Decimal;
use sqlift_types::json::{Json, NotJson, Opaque};
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind, write_text};

const VALUE: &str = "json value";
const COMPUTED: &str = "json value of computed";
pub(super) const CAST: &str = "CAST AS JSON";

/// The overloads of a conversion to JSON, one a representation.
macro_rules! from_all {
    ($function:expr, $prepare:expr) => {
        from_all!($function, $prepare; Bool |v, s| Datum::Int(v.into()); Int |v, s| Datum::Int(v); UInt |v, s| Datum::UInt(v);
            Double |v, s| Datum::Double(v); Dec64 |v, s| s.decimal(v.into()); Dec128 |v, s| s.decimal(v.into());
            Dec256 |v, s| s.decimal(v); Date |v, s| Datum::Date(v); Time |v, s| Datum::Time(v); DateTime |v, s| Datum::DateTime(v);
            Bytes |v, s| Datum::Bytes(v.to_vec()))
    };
    ($function:expr, $prepare:expr; $($marker:ident |$v:ident, $s:ident| $datum:expr);*) => {
        $function$(
            .overload(fallible_with::<($marker,), HeldJson, _, _>($prepare, |$s: &Source, cx, $v| $s.kernel(cx, $datum)))
            .shares_reference()
        )*
    };
}

/// The JSON value that an SQL value is.
pub(super) fn function() -> Function {
    let function = Function::operator(VALUE, bind_nothing, value_reference)
        .doc("The JSON value that a value of another type is.");
    from_all!(function, |site| Ok(Source::of(site, Reading::Value)))
}

/// The same of a DECIMAL that was computed.
pub(super) fn computed() -> Function {
    let function = Function::operator(COMPUTED, bind_nothing, computed_reference)
        .doc("The JSON value that a computed DECIMAL is: of zero without decimals.");
    from_all!(function, |site| Ok(Source::of(site, Reading::Computed));
        Dec64 |v, s| s.decimal(v.into()); Dec128 |v, s| s.decimal(v.into()); Dec256 |v, s| s.decimal(v))
}

/// CAST AS JSON.
pub(super) fn cast() -> Function {
    let function = Function::operator(CAST, bind_nothing, cast_reference)
        .doc("The document that a text spells, or the JSON value that a value of another type is.")
        .example(
            "CAST('{\"b\": 1.0, \"a\": [2]}' AS JSON)",
            "{\"a\": [2], \"b\": 1.0}",
        );
    from_all!(function, |site| Ok(Source::of(site, Reading::Document))).overload(fallible_with::<
        (HeldJson,),
        HeldJson,
        _,
        _,
    >(
        |site| Ok(Source::of(site, Reading::Document)),
        |_: &Source, _, json: &[u8]| Ok(Some(json)),
    ))
}

fn bind_nothing(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported(
        "a conversion to JSON without an operand",
    ))
}

/// The operand as the JSON value that it is. Its type's collation tells it from a document: it is that of JSON's strings.
pub(in crate::families) fn value(cx: &BindContext<'_>, expr: Expr) -> Expr {
    if expr.ty.kind == TypeKind::Json {
        return expr;
    }
    let ty = SqlType::json().with_collation(CollationId::UTF8MB4_BIN);
    if expr.is_null_literal() {
        return Expr { ty, ..expr };
    }
    let (nullable, span) = (expr.nullable, expr.span);
    if let Some(moment) = chosen_moment(cx, &expr)
        && expr.ty.kind != TypeKind::Date
    {
        return cx.call_named(VALUE, vec![moment], ty, true).at(span);
    }
    let converted = control::of_branches(expr, &ty, &|branch| value(cx, branch))
        .or_else(|expr| of_first(cx, expr, &ty));
    match converted {
        Ok(value) => cx.with_collation(value, Expr::literal(Datum::Null, ty).collated),
        Err(expr) => {
            let (name, expr) = computation(cx, expr);
            cx.call_named(name, vec![expr], ty, nullable).at(span)
        }
    }
}

/// COALESCE or IFNULL of DECIMALs: a document shows the one that is taken as it is.
fn of_first(cx: &BindContext<'_>, expr: Expr, to: &SqlType) -> Result<Expr, Expr> {
    let is_first = |function| catalogue().function(function).evaluation() == Form::Coalesce;
    match expr.kind {
        ExprKind::Call { function, args }
            if expr.ty.kind == TypeKind::Decimal && is_first(function) =>
        {
            let args = args.into_iter().map(|arg| value(cx, unconverted(cx, arg)));
            let kind = ExprKind::Call {
                function,
                args: args.collect(),
            };
            let ty = to.clone();
            Ok(Expr { kind, ty, ..expr })
        }
        kind => Err(Expr { kind, ..expr }),
    }
}

/// The number that was converted to a common DECIMAL, as a DECIMAL of its own.
fn unconverted(cx: &BindContext<'_>, expr: Expr) -> Expr {
    let ExprKind::Call { function, args } = &expr.kind else {
        return expr;
    };
    match args.as_slice() {
        [own]
            if catalogue().function(*function).name() == "coerce"
                && (own.ty.kind.is_integer() || own.ty.kind == TypeKind::Decimal) =>
        {
            cx.coerce(own.clone(), numeric::decimal(numeric::digits(&own.ty)))
        }
        _ => expr,
    }
}

/// How a value goes into a document, and as what.
///
/// MySQL holds a DECIMAL with the decimals that it was computed with. A sum, difference, product, quotient or remainder that is zero has
/// none; UNIX_TIMESTAMP has six.
fn computation<'n>(cx: &BindContext<'_>, expr: Expr) -> (&'n str, Expr) {
    if expr.ty.kind != TypeKind::Decimal {
        return (VALUE, expr);
    }
    match called(&expr) {
        Some("+" | "-" | "*" | "/" | "%") if expr.children().len() == 2 => (COMPUTED, expr),
        Some("-" | "ABS") => match computation(cx, expr.children()[0].clone()) {
            (COMPUTED, _) => (COMPUTED, expr),
            _ => (VALUE, expr),
        },
        Some("UNIX_TIMESTAMP") => {
            let whole = expr.ty.length - u32::from(expr.ty.decimals);
            (COMPUTED, cx.coerce(expr, SqlType::decimal(whole + 6, 6)))
        }
        _ => (VALUE, expr),
    }
}

fn called(expr: &Expr) -> Option<&'static str> {
    match &expr.kind {
        ExprKind::Call { function, .. } => Some(catalogue().function(*function).name()),
        _ => None,
    }
}

/// `CAST(x AS JSON)`.
pub(in crate::families) fn bind_cast(
    cx: &mut BindContext<'_>,
    operand: Expr,
) -> Result<Expr, Error> {
    let charset = textual::charset_of(operand.ty.collation);
    if operand.ty.kind.is_text() {
        textual::require_mapping(charset, Charset::Utf8mb4)?;
    }
    let nullable = true;
    let shown = operand.ty.kind == TypeKind::Decimal || chosen_moment(cx, &operand).is_some();
    let operand = match shown {
        true => value(cx, operand),
        false => operand,
    };
    Ok(cx.call_named(CAST, vec![operand], SqlType::json(), nullable))
}

/// What text is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A JSON string.
    Value,
    /// The text of a document.
    Document,
    /// A DECIMAL that was computed.
    Computed,
}

/// Where a value comes from.
struct Source {
    ty: SqlType,
    charset: Charset,
    reading: Reading,
}

impl Source {
    fn of(site: &CallSite<'_>, reading: Reading) -> Source {
        let ty = site.args[0].ty.clone();
        let charset = textual::charset_of(ty.collation);
        Source {
            ty,
            charset,
            reading,
        }
    }

    fn decimal(&self, coefficient: I256) -> Datum {
        Datum::Decimal(Decimal::new(coefficient, self.ty.decimals).unwrap_or_default())
    }

    fn kernel<'r>(&self, cx: &RowContext<'r>, value: Datum) -> Result<Option<&'r [u8]>, Exit> {
        let bytes = self.held(value).map_err(|error| cx.raise(error))?;
        Ok(Some(cx.bytes(&bytes)))
    }

    fn held(&self, value: Datum) -> Result<Vec<u8>, Error> {
        to_held(&self.json(value)?)
    }

    fn json(&self, value: Datum) -> Result<Json, Error> {
        Ok(match value {
            Datum::Null => Json::Null,
            Datum::Int(v) if self.ty.kind == TypeKind::Bool => Json::Bool(v != 0),
            Datum::Int(v) => Json::Int(v),
            Datum::UInt(_) => self.of_unsigned(value)?,
            Datum::Double(v) => Json::Double(v),
            Datum::Decimal(v) if self.reading == Reading::Computed && v.is_zero() => {
                Json::Decimal(Decimal::default())
            }
            Datum::Decimal(v) => Json::Decimal(v),
            Datum::Date(v) => Json::Date(v),
            Datum::Time(v) => Json::Time(v),
            Datum::DateTime(v) => Json::DateTime(v),
            Datum::Bytes(bytes) if self.ty.kind.is_text() => self.of_text(&bytes)?,
            Datum::Bytes(bytes) => Json::Opaque(Opaque {
                field_type: field_type(self.ty.kind),
                bytes,
            }),
            Datum::Json(held) => super::held(&held)?,
        })
    }

    fn of_unsigned(&self, value: Datum) -> Result<Json, Error> {
        let mut text = Vec::new();
        match self.ty.kind {
            TypeKind::Bit => {
                write_text(&value, &self.ty, &mut text);
                Ok(Json::Opaque(Opaque {
                    field_type: Opaque::BIT,
                    bytes: text,
                }))
            }
            TypeKind::Enum | TypeKind::Set => {
                write_text(&value, &self.ty, &mut text);
                Ok(Json::String(self.utf8(&text)))
            }
            _ => Ok(match value {
                Datum::UInt(v) => Json::UInt(v),
                _ => Json::Null,
            }),
        }
    }

    fn utf8(&self, text: &[u8]) -> Vec<u8> {
        if self.charset == Charset::Utf8mb4 {
            return text.to_vec();
        }
        let mut utf8 = Vec::new();
        convert(self.charset, Charset::Utf8mb4, text, &mut utf8);
        utf8
    }

    fn of_text(&self, text: &[u8]) -> Result<Json, Error> {
        if self.charset == Charset::Binary {
            return Err(binary_charset());
        }
        let utf8 = self.utf8(text);
        match self.reading {
            Reading::Value | Reading::Computed => Ok(Json::String(utf8)),
            Reading::Document => parse(&utf8, 1, "cast_as_json"),
        }
    }
}

/// The document of a text. Errors 3141, 3157.
pub(super) fn parse(text: &[u8], argument: usize, function: &str) -> Result<Json, Error> {
    Json::parse(text).map_err(|error| match error {
        NotJson::TooDeep => too_deep(),
        NotJson::Syntax { what, position } => Error::new(
            3141,
            "22032",
            format!("Invalid JSON text in argument {argument} to function {function}: \"{what}\" at position {position}."),
        ),
    })
}

/// The number that the protocol has for a type of binary strings.
fn field_type(kind: TypeKind) -> u8 {
    match kind {
        TypeKind::Binary => Opaque::BINARY,
        TypeKind::TinyBlob => 249,
        TypeKind::MediumBlob => 250,
        TypeKind::LongBlob => 251,
        TypeKind::Blob => 252,
        TypeKind::Vector => 242,
        _ => Opaque::VARBINARY,
    }
}

fn value_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    by_reference(cx, Source::of(site, Reading::Value), &args[0])
}

fn computed_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    by_reference(cx, Source::of(site, Reading::Computed), &args[0])
}

fn cast_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    by_reference(cx, Source::of(site, Reading::Document), &args[0])
}

fn by_reference(cx: &RowContext<'_>, source: Source, value: &Datum) -> Result<Datum, Fault> {
    match value {
        Datum::Null | Datum::Json(_) => Ok(value.clone()),
        value => source
            .held(value.clone())
            .map(Datum::Json)
            .map_err(|error| {
                cx.raise(error);
                Fault::Raised
            }),
    }
}
