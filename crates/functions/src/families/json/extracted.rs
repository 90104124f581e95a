//! JSON_VALUE: one value of a document, converted to an SQL type.
//!
//! What is found is converted strictly: what CAST would warn about is an error here, and ON ERROR says what becomes of it (NULL if it says
//! nothing). The value comes out of the call as the JSON value that it converted to, which the call around it turns into the SQL type.

use super::call::{Answer, Call, Gives, JsonFunction, Role, arguments, operator};
use super::from_json::{Converted, Target};
use super::{is_json, to_json};
use crate::families::textual;
use crate::{BindContext, Expr, Function};
use sqlift_collation::{Charset, Coercibility, Collated, CollationId, Repertoire};
use sqlift_types::json::Json;
use sqlift_types::temporal::{self, DateFlags, TextKind, fraction, parse_datetime};
use sqlift_types::{Datum, Error, NOT_FIXED, SqlType, TypeKind, Warning};

const NAME: &str = "JSON_VALUE";

pub(super) fn functions() -> Vec<Function> {
    vec![operator::<Value>(NAME, bind).doc(
        "The one value that a path leads to, in the type behind RETURNING; ON EMPTY and ON ERROR say what is given instead.",
    )
    .example("JSON_VALUE('{\"a\": 1.6}', '$.a' RETURNING SIGNED)", "2")]
}

/// Where the arguments stand: document, path, what to do when nothing is found with the value for that, the same for errors, and
/// what the result is.
const EMPTY: usize = 2;
const ERROR: usize = 4;
const KIND: usize = 6;

/// What ON EMPTY and ON ERROR say.
const GIVE_ERROR: i64 = 1;
const GIVE_DEFAULT: i64 = 2;

/// What a value is converted to, as the number that the call is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Json,
    Signed,
    Unsigned,
    Decimal,
    Double,
    Float,
    Date,
    DateTime,
    Time,
    Year,
    /// Characters, or bytes.
    Text,
}

const WANTED: [Wanted; 11] = [
    Wanted::Json,
    Wanted::Signed,
    Wanted::Unsigned,
    Wanted::Decimal,
    Wanted::Double,
    Wanted::Float,
    Wanted::Date,
    Wanted::DateTime,
    Wanted::Time,
    Wanted::Year,
    Wanted::Text,
];

impl Wanted {
    fn of(ty: &SqlType) -> Wanted {
        match ty.kind {
            TypeKind::Json => Wanted::Json,
            TypeKind::BigInt if ty.unsigned => Wanted::Unsigned,
            TypeKind::BigInt => Wanted::Signed,
            TypeKind::Decimal => Wanted::Decimal,
            TypeKind::Double => Wanted::Double,
            TypeKind::Float => Wanted::Float,
            TypeKind::Date => Wanted::Date,
            TypeKind::DateTime => Wanted::DateTime,
            TypeKind::Time => Wanted::Time,
            TypeKind::Year => Wanted::Year,
            _ => Wanted::Text,
        }
    }

    /// What error 1690 calls it.
    fn name(self) -> &'static str {
        match self {
            Wanted::Json => "JSON",
            Wanted::Signed => "SIGNED",
            Wanted::Unsigned => "UNSIGNED",
            Wanted::Decimal => "DECIMAL",
            Wanted::Double => "DOUBLE",
            Wanted::Float => "FLOAT",
            Wanted::Date => "DATE",
            Wanted::DateTime => "DATETIME",
            Wanted::Time => "TIME",
            Wanted::Year => "YEAR",
            Wanted::Text => "STRING",
        }
    }
}

struct Value;

impl JsonFunction for Value {
    const NAME: &'static str = "json_value";
    const GIVES: Gives = Gives::Json;
    fn role(argument: usize) -> Role {
        match argument {
            0 => Role::Document,
            1 => Role::Text,
            _ => Role::Value,
        }
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let document = match call.document(0) {
            Ok(document) => document,
            Err(error) if error.code == 3141 && says(call, ERROR)? != GIVE_ERROR => {
                call.warn(Warning::new(error.code, error.message.clone()));
                return instead(call, ERROR, error);
            }
            Err(error) => return Err(error),
        };
        let (Some(document), Some(path)) = (document, call.path(1)?) else {
            return Ok(Answer::Null);
        };
        let found = document.find(&path);
        let [json] = found[..] else {
            let (place, code, what) = match found.len() {
                0 => (EMPTY, 3966, "No value"),
                _ => (ERROR, 3967, "More than one value"),
            };
            let message = format!("{what} was found by 'json_value' on the specified path.");
            return instead(call, place, Error::new(code, "22035", message));
        };
        if *json == Json::Null {
            return Ok(Answer::Null);
        }
        let spec = Spec::of(call)?;
        match spec.converted(json) {
            Some(json) => Ok(Answer::Json(json)),
            None => {
                let name = spec.wanted.name();
                let message = format!("{name} value is out of range in 'json_value'");
                instead(call, ERROR, Error::new(1690, "22003", message))
            }
        }
    }
}

/// What ON EMPTY or ON ERROR says.
fn says(call: &Call<'_>, place: usize) -> Result<i64, Error> {
    Ok(match call.value(place)? {
        Json::Int(v) => v,
        _ => 0,
    })
}

/// What is given instead of a value.
fn instead(call: &Call<'_>, place: usize, error: Error) -> Result<Answer, Error> {
    match says(call, place)? {
        GIVE_ERROR => Err(error),
        GIVE_DEFAULT if !call.is_null(place + 1) => Ok(Answer::Json(call.value(place + 1)?)),
        _ => Ok(Answer::Null),
    }
}

/// What the call is told of its result.
struct Spec {
    wanted: Wanted,
    length: usize,
    decimals: u8,
    charset: Charset,
}

impl Spec {
    fn of(call: &Call<'_>) -> Result<Spec, Error> {
        let number = |n: usize| -> Result<u64, Error> {
            Ok(match call.value(n)? {
                Json::Int(v) => v.unsigned_abs(),
                _ => 0,
            })
        };
        let collation = CollationId(number(KIND + 3)? as u16);
        Ok(Spec {
            wanted: WANTED[(number(KIND)? as usize).min(WANTED.len() - 1)],
            length: number(KIND + 1)? as usize,
            decimals: number(KIND + 2)?.min(NOT_FIXED.into()) as u8,
            charset: textual::charset_of(collation),
        })
    }

    /// The numbers that tell a call of a type.
    fn arguments(ty: &SqlType) -> [i64; 4] {
        let wanted = Wanted::of(ty);
        let number = WANTED.iter().position(|w| *w == wanted).unwrap_or(0);
        [
            number as i64,
            ty.length.into(),
            ty.decimals.into(),
            ty.collation.0.into(),
        ]
    }

    fn converted(&self, json: &Json) -> Option<Json> {
        let strictly = |ty: SqlType| match Target::strict(ty).strictly(json) {
            Converted::Exactly(value) => Some(value),
            Converted::Badly => None,
        };
        Some(match self.wanted {
            Wanted::Json => json.clone(),
            Wanted::Signed => Json::Int(self.integer(json)?.try_into().ok()?),
            Wanted::Unsigned => Json::UInt(self.integer(json)?.try_into().ok()?),
            Wanted::Year => {
                let year = self.integer(json)?;
                if year != 0 && !(1901..=2155).contains(&year) {
                    return None;
                }
                Json::Int(year.try_into().ok()?)
            }
            Wanted::Decimal => {
                let ty = SqlType::decimal(65, 30.min(self.decimals.max(20)));
                let Datum::Decimal(value) = strictly(ty)? else {
                    return None;
                };
                let (fitted, fit) = value.fit(self.length.min(65) as u8, self.decimals);
                if fit == sqlift_types::decimal::Fit::Clamped {
                    return None;
                }
                Json::Decimal(fitted)
            }
            Wanted::Double | Wanted::Float => {
                let Datum::Double(value) = strictly(SqlType::double())? else {
                    return None;
                };
                let fits = self.wanted == Wanted::Double || (value as f32).is_finite();
                Json::Double(fits.then_some(value)?)
            }
            Wanted::Date => match strictly(SqlType::date())? {
                Datum::Date(v) => Json::Date(v),
                _ => return None,
            },
            // MySQL: a date alone is no DATETIME here, nor is one that is spelled with odd delimiters.
            Wanted::DateTime if matches!(json, Json::String(text) if !is_moment(text)) => {
                return None;
            }
            Wanted::DateTime => match strictly(SqlType::datetime(6))? {
                Datum::DateTime(v) => {
                    let value = temporal::DateTime::from_packed_trusted(v);
                    let cut = fraction::truncate_datetime(value, self.decimals.min(6));
                    Json::DateTime(cut.to_packed())
                }
                _ => return None,
            },
            Wanted::Time => match strictly(SqlType::time(6))? {
                Datum::Time(v) => {
                    let value = temporal::Time::clamped(v).0;
                    Json::Time(fraction::truncate_time(value, self.decimals.min(6)).micros())
                }
                _ => return None,
            },
            Wanted::Text => {
                let mut text = Vec::new();
                json.write_unquoted(&mut text);
                let length = match self.charset {
                    Charset::Binary => text.len(),
                    _ => Charset::Utf8mb4.char_count(&text),
                };
                let holds = self.charset == Charset::Binary || {
                    let mut out = Vec::new();
                    sqlift_collation::convert(Charset::Utf8mb4, self.charset, &text, &mut out)
                        .is_exact()
                };
                if length > self.length || !holds {
                    return None;
                }
                Json::String(text)
            }
        })
    }

    fn integer(&self, json: &Json) -> Option<i128> {
        if let Json::UInt(v) = json {
            return Some((*v).into());
        }
        match Target::strict(SqlType::bigint()).strictly(json) {
            Converted::Exactly(Datum::Int(v)) => {
                // The bits of a text above the signed range are those of a large number.
                let is_large = v < 0
                    && matches!(json, Json::String(text) if !text.trim_ascii_start().starts_with(b"-"));
                Some(if is_large {
                    i128::from(v as u64)
                } else {
                    v.into()
                })
            }
            _ => None,
        }
    }
}

fn is_moment(text: &[u8]) -> bool {
    let parsed = parse_datetime(text, DateFlags::STRICT);
    parsed.kind == TextKind::DateTime && parsed.notes.deprecation.is_none()
}

/// `document, path, mode, default, mode, default`; the modes are numbers.
fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [document, path, empty, empty_default, error, error_default] =
        <[Expr; 6]>::try_from(args).map_err(|_| Error::wrong_arity(NAME))?;
    let ty = cx.target.clone().unwrap_or_else(|| {
        let collation = CollationId::UTF8MB4_0900_BIN;
        SqlType::text(TypeKind::VarChar, 512, collation)
    });
    let empty_default = default(cx, empty_default, &ty)?;
    let error_default = default(cx, error_default, &ty)?;
    if let Some(Datum::Bytes(text)) = path.as_literal() {
        // A path that is none is an error before a row is seen.
        sqlift_types::json::Path::parse(text).map_err(super::call::bad_path)?;
    }
    let mut args = vec![document, path, empty, empty_default, error, error_default];
    let number = |n: i64| Expr::literal(Datum::Int(n), SqlType::bigint());
    args.extend(Spec::arguments(&ty).map(number));
    let args = arguments::<Value>(cx, args)?;
    let value = cx.call(args, SqlType::json(), true);
    converted(cx, value, ty)
}

/// The result in its type: nothing is left to go wrong.
fn converted(cx: &mut BindContext<'_>, value: Expr, ty: SqlType) -> Result<Expr, Error> {
    let span = value.span;
    Ok(match Wanted::of(&ty) {
        Wanted::Json => value,
        Wanted::Text => {
            let charset = textual::charset_of(ty.collation);
            let is_held = matches!(charset, Charset::Utf8mb4 | Charset::Binary);
            let own = match ty.length {
                u32::MAX => textual::text_type(u32::MAX.into(), ty.collation),
                length => textual::text_type(length.into(), ty.collation),
            };
            let held = match is_held {
                true => own.clone(),
                false => own.clone().with_collation(CollationId::UTF8MB4_BIN),
            };
            let text = cx
                .call_named("JSON_UNQUOTE", vec![value], held, true)
                .at(span);
            let text = cx.coerce(text, own);
            let collated =
                Collated::new(ty.collation, Coercibility::Coercible, Repertoire::Unicode);
            cx.with_collation(text, collated)
        }
        Wanted::Signed | Wanted::Unsigned => cx.coerce(value, ty.with_length(21)),
        Wanted::Float => {
            let double = cx.coerce(value, SqlType::double());
            cx.call_named("CAST", vec![double], ty.with_length(23), true)
        }
        Wanted::Year => {
            let number = cx.coerce(value, SqlType::bigint());
            cx.call_named("CAST AS YEAR", vec![number], ty, true)
        }
        Wanted::Date | Wanted::DateTime | Wanted::Time => {
            let moment = super::coerced(cx, value.clone(), ty.clone()).unwrap_or(value);
            Expr { ty, ..moment }
        }
        Wanted::Decimal | Wanted::Double => cx.coerce(value, ty),
    })
}

/// A default in the type of the result. Error 1292 if it is no such value.
fn default(cx: &mut BindContext<'_>, value: Expr, ty: &SqlType) -> Result<Expr, Error> {
    if value.is_null_literal() || ty.kind == TypeKind::Json {
        return match is_json(&value) || value.is_null_literal() {
            true => Ok(value),
            false => cast(cx, value, ty),
        };
    }
    let cast = cast(cx, value, ty)?;
    let (converted, warnings) = (cx.evaluate)(&cast)?;
    if let Some(warning) = warnings.into_iter().next() {
        let named = match Wanted::of(ty) {
            Wanted::Signed => warning.message.replace("INTEGER", "INTEGER SIGNED"),
            Wanted::Unsigned => warning.message.replace("INTEGER", "INTEGER UNSIGNED"),
            _ => warning.message,
        };
        return Err(Error::new(warning.code, "22007", named));
    }
    Ok(Expr {
        kind: crate::ExprKind::Literal(converted),
        ..cast
    })
}

fn cast(cx: &mut BindContext<'_>, value: Expr, ty: &SqlType) -> Result<Expr, Error> {
    if ty.kind == TypeKind::Json {
        return to_json::bind_cast(cx, value);
    }
    let function = crate::catalogue()
        .lookup("CAST")
        .ok_or_else(|| Error::unsupported("CAST"))?;
    let mut inner = BindContext {
        session: cx.session,
        function,
        span: cx.span,
        warnings: cx.warnings,
        evaluate: cx.evaluate,
        quote: cx.quote,
        text: cx.text,
        target: Some(ty.clone()),
        name: None,
        negated: false,
    };
    (crate::catalogue().function(function).binder())(&mut inner, vec![value])
}
