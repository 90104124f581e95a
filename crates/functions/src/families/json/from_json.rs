//! SQL values made of JSON.
//!
//! What cannot be converted is 0 (NULL where a date is wanted) with warning 3156, what is too large the largest value with warning 3155.
//! Both name where the document comes from: a column, or the function that made it. All conversions are calls of one operator, whose second
//! argument is that name.

use super::{held, to_json};
use crate::families::cast::to_temporal::reading::{deprecated, session_zone};
use crate::families::textual;
use crate::kernel::fallible_with;
use crate::native::{
    Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Json as HeldJson, Time, UInt,
};
use crate::{BindContext, CallSite, Exit, Expr, ExprKind, Fault, Function, Reason, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, CollationId, Repertoire};
use sqlift_types::decimal::{
    Coefficient, Decimal, Excess, MAX_SCALE, overflowing_digits, parse_decimal_prefix,
};
use sqlift_types::json::Json;
use sqlift_types::number::{
    Range, double_to_i64, parse_double_prefix, parse_int_prefix, write_double,
};
use sqlift_types::temporal::{self, DateFlags, TextKind, Zone, parse_datetime, parse_time};
use sqlift_types::{Datum, Error, SqlMode, SqlType, TypeKind, Warning};
use std::cell::Cell;

pub(in crate::families) const NAME: &str = "json as";

/// The conversion.
pub(super) fn function() -> Function {
    macro_rules! to {
        ($function:expr; $($marker:ident |$cx:ident, $datum:ident| $read:expr);*) => {
            $function$(
                .overload(fallible_with::<(HeldJson, Bytes), $marker, _, _>(Target::prepare, |target: &Target, $cx, json, name| {
                    let $datum = target.convert($cx, json, name).map_err(|error| $cx.raise(error))?;
                    $read
                }))
                .warns()
                .shares_reference()
            )*
        };
    }
    macro_rules! is {
        ($datum:ident, $variant:ident) => {
            Ok(match $datum {
                Datum::$variant(v) => Some(v),
                _ => None,
            })
        };
    }
    let function = Function::operator(NAME, bind_nothing, reference)
        .doc("A number, moment or text made of JSON.");
    to!(function;
        Int |cx, d| is!(d, Int); UInt |cx, d| is!(d, UInt); Double |cx, d| is!(d, Double);
        Date |cx, d| is!(d, Date); Time |cx, d| is!(d, Time); DateTime |cx, d| is!(d, DateTime);
        Dec64 |cx, d| coefficient::<i64>(d);
        Dec128 |cx, d| coefficient::<i128>(d);
        Dec256 |cx, d| coefficient::<sqlift_types::I256>(d);
        Bytes |cx, d| Ok(match d { Datum::Bytes(text) => Some(cx.bytes(&text)), _ => None }))
}

/// The value has the scale of the type already.
fn coefficient<C: Coefficient>(value: Datum) -> Result<Option<C>, Exit> {
    match value {
        Datum::Decimal(value) => value
            .to_coefficient(value.scale())
            .map(Some)
            .ok_or(Exit::Deopt(Reason::DecimalWidth)),
        _ => Ok(None),
    }
}

fn bind_nothing(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a conversion of JSON without a target"))
}

/// JSON in another type; `None` for types that nothing is converted to.
pub(in crate::families) fn coerced(cx: &BindContext<'_>, expr: Expr, to: SqlType) -> Option<Expr> {
    if expr.is_null_literal() {
        return Some(Expr { ty: to, ..expr });
    }
    let span = expr.span;
    let name = source_name(cx, &expr);
    let nullable = expr.nullable;
    let convert = |to: SqlType, nullable: bool| {
        let name = Expr::literal(
            Datum::Bytes(name.clone().into_bytes()),
            SqlType::varchar(name.chars().count() as u32),
        );
        let call = cx
            .call_named(NAME, vec![expr.clone(), name], to, nullable)
            .at(span);
        match cx.constant(&call) {
            Some(value) => Expr {
                kind: ExprKind::Literal(value),
                ..call
            },
            None => call,
        }
    };
    match to.kind {
        kind if kind.is_string() => {
            let charset = textual::charset_of(to.collation);
            let is_held = matches!(charset, Charset::Utf8mb4 | Charset::Binary);
            let ty = match is_held {
                true => to.clone(),
                false => SqlType::text(TypeKind::LongText, u32::MAX, CollationId::UTF8MB4_BIN),
            };
            let mut text = convert(ty, nullable);
            text.collated = Collated::new(
                text.ty.collation,
                Coercibility::Implicit,
                Repertoire::Unicode,
            );
            Some(if is_held { text } else { cx.coerce(text, to) })
        }
        // The whole value: what asked for it fits it into the type.
        TypeKind::DateTime | TypeKind::Timestamp => Some(convert(SqlType::datetime(6), true)),
        TypeKind::Time => Some(convert(SqlType::time(6), true)),
        TypeKind::Date => Some(convert(SqlType::date(), true)),
        TypeKind::Float => {
            let double = convert(SqlType::double(), nullable);
            Some(cx.coerce(double, to))
        }
        TypeKind::Bool => {
            let double = convert(SqlType::double(), nullable);
            Some(cx.coerce(double, to))
        }
        kind if kind.is_integer() || kind == TypeKind::Double || kind == TypeKind::Decimal => {
            Some(convert(to, nullable))
        }
        _ => None,
    }
}

/// What warnings call the place that a document comes from.
fn source_name(cx: &BindContext<'_>, expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Call { function, args } => {
            let name = crate::catalogue().function(*function).name();
            match name {
                to_json::CAST => "cast_as_json".to_owned(),
                "->" => "json_extract".to_owned(),
                // MySQL: the branch that gave the value is what says so.
                "CASE" | "IF" => args
                    .get(1)
                    .map_or_else(String::new, |branch| source_name(cx, branch)),
                name => name.to_lowercase(),
            }
        }
        ExprKind::Column(_) => {
            let quoted = (cx.quote)(expr.span);
            let last = quoted.trim_matches('`').rsplit('`').next();
            last.unwrap_or_default().to_owned()
        }
        // A constant that was a call.
        _ => match (cx.quote)(expr.span).split_once('(') {
            Some(("cast", _)) => "cast_as_json".to_owned(),
            Some((name, _)) => name.to_owned(),
            None => String::new(),
        },
    }
}

/// What a conversion makes.
pub(super) struct Target {
    ty: SqlType,
    flags: DateFlags,
    zone: Zone,
}

/// What MySQL calls the types that JSON is converted to.
#[derive(Clone, Copy)]
enum Wanted {
    Integer,
    Double,
    Decimal,
    Date,
    DateTime,
    Time,
}

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Wanted::Integer => "INTEGER",
            Wanted::Double => "DOUBLE",
            Wanted::Decimal => "DECIMAL",
            Wanted::Date => "DATE",
            Wanted::DateTime => "DATETIME/TIMESTAMP",
            Wanted::Time => "TIME",
        }
    }
}

/// What is said about one conversion.
struct Say<'a, 'r> {
    /// Where warnings go; `None` if only whether there would be one is asked.
    cx: Option<&'a RowContext<'r>>,
    wanted: Wanted,
    name: &'a [u8],
    failed: Cell<bool>,
}

impl Say<'_, '_> {
    fn warning(&self, warning: impl FnOnce(u64) -> Warning) {
        self.failed.set(true);
        if let Some(cx) = self.cx {
            cx.warn(warning(u64::from(cx.scratch.row()) + 1));
        }
    }

    fn warn(&self, code: u16, what: &str) {
        let (wanted, name) = (self.wanted.name(), String::from_utf8_lossy(self.name));
        self.warning(|row| {
            let message =
                format!("{what} JSON value for CAST to {wanted} from column {name} at row {row}");
            Warning::new(code, message)
        });
    }

    fn invalid(&self) {
        self.warn(3156, "Invalid");
    }

    fn out_of_range(&self) {
        self.warn(3155, "Out of range");
    }

    fn truncated_decimal(&self, shown: &str) {
        self.warning(|_| Warning::truncated("DECIMAL", shown.as_bytes()));
    }
}

/// A conversion without warnings.
pub(super) enum Converted {
    /// Nothing was to be said about it.
    Exactly(Datum),
    /// There would have been a warning.
    Badly,
}

impl Target {
    fn prepare(site: &CallSite<'_>) -> Result<Target, Error> {
        let mode = site.session.sql_mode;
        Ok(Target {
            ty: site.ret.clone(),
            flags: DateFlags {
                allow_zero_in_date: true,
                allow_invalid_dates: mode.contains(SqlMode::ALLOW_INVALID_DATES),
                time_truncate_fractional: mode.contains(SqlMode::TIME_TRUNCATE_FRACTIONAL),
                ..DateFlags::STRICT
            },
            zone: session_zone(site.session)?,
        })
    }

    /// For conversions that ask whether all is well: dates without a session's leniency.
    pub(super) fn strict(ty: SqlType) -> Target {
        Target {
            ty,
            flags: DateFlags::STRICT,
            zone: Zone::Utc,
        }
    }

    fn convert(&self, cx: &RowContext<'_>, json: &[u8], name: &[u8]) -> Result<Datum, Error> {
        Ok(self.converted(&held(json)?, &self.say(Some(cx), name)))
    }

    /// The value, if there is nothing to be said about its conversion.
    pub(super) fn strictly(&self, json: &Json) -> Converted {
        let say = self.say(None, b"");
        let value = self.converted(json, &say);
        if say.failed.get() {
            Converted::Badly
        } else {
            Converted::Exactly(value)
        }
    }

    fn say<'a, 'r>(&self, cx: Option<&'a RowContext<'r>>, name: &'a [u8]) -> Say<'a, 'r> {
        Say {
            cx,
            wanted: match self.ty.kind {
                TypeKind::Double => Wanted::Double,
                TypeKind::Decimal => Wanted::Decimal,
                TypeKind::Date => Wanted::Date,
                TypeKind::DateTime => Wanted::DateTime,
                TypeKind::Time => Wanted::Time,
                _ => Wanted::Integer,
            },
            name,
            failed: Cell::new(false),
        }
    }

    fn converted(&self, json: &Json, say: &Say<'_, '_>) -> Datum {
        match self.ty.kind {
            TypeKind::Double => Datum::Double(double(json, say)),
            TypeKind::Decimal => self.decimal(json, say),
            TypeKind::Date | TypeKind::DateTime => self.moment(json, say),
            TypeKind::Time => self.time(json, say),
            kind if kind.is_integer() => {
                let bits = integer(json, say);
                if self.ty.unsigned {
                    Datum::UInt(bits as u64)
                } else {
                    Datum::Int(bits)
                }
            }
            _ => {
                let mut text = Vec::new();
                json.write_text(&mut text);
                Datum::Bytes(text)
            }
        }
    }

    fn decimal(&self, json: &Json, say: &Say<'_, '_>) -> Datum {
        let value = match json {
            Json::Int(v) => Decimal::from(*v),
            // MySQL: takes the 64 bits for those of a signed integer.
            Json::UInt(v) => Decimal::from(*v as i64),
            Json::Bool(v) => Decimal::from(i64::from(*v)),
            Json::Decimal(v) => *v,
            Json::Double(v) => decimal_of_double(*v, say),
            Json::String(text) => {
                let read = parse_decimal_prefix(text, MAX_SCALE);
                if read.excess == Excess::Buffer {
                    say.out_of_range();
                } else if text.is_empty() || !text[read.consumed..].trim_ascii().is_empty() {
                    say.invalid();
                }
                read.value
            }
            _ => {
                say.invalid();
                Decimal::ZERO
            }
        };
        let largest = || {
            let most = Decimal::max_value(65, self.ty.decimals);
            if value.is_negative() {
                most.checked_neg().unwrap_or(most)
            } else {
                most
            }
        };
        let fitted = value.rescale(self.ty.decimals).filter(|v| v.digits() <= 65);
        Datum::Decimal(fitted.unwrap_or_else(largest))
    }

    fn moment(&self, json: &Json, say: &Say<'_, '_>) -> Datum {
        let value = match json {
            Json::Date(v) => Some(temporal::Date::from_packed_trusted(*v).to_datetime()),
            Json::DateTime(v) => Some(temporal::DateTime::from_packed_trusted(*v)),
            Json::String(text) => {
                let parsed = parse_datetime(text, self.flags);
                let mut notes = parsed.notes;
                let value = parsed.datetime(self.flags, &self.zone, &mut notes);
                let value = value.filter(|_| !notes.any());
                if let (Some(deprecation), Some(_), Some(cx)) = (notes.deprecation, value, say.cx) {
                    let shown = textual::shown(text, Charset::Utf8mb4);
                    deprecated(cx, deprecation, &shown);
                }
                value
            }
            _ => None,
        };
        let Some(value) = value else {
            say.invalid();
            return Datum::Null;
        };
        match self.ty.kind {
            TypeKind::Date => Datum::Date(value.date().to_packed()),
            _ => Datum::DateTime(value.to_packed()),
        }
    }

    fn time(&self, json: &Json, say: &Say<'_, '_>) -> Datum {
        let value = match json {
            Json::Time(v) => Some(temporal::Time::clamped(*v).0),
            // What could be a date, or digits alone, is no time.
            Json::String(text)
                if text.contains(&b':')
                    || parse_datetime(text, self.flags).kind == TextKind::DateTime =>
            {
                let parsed = parse_time(text, self.flags);
                let mut notes = parsed.notes;
                let value = parsed.time(self.flags, &self.zone, &mut notes);
                value.filter(|_| !notes.any())
            }
            _ => None,
        };
        match value {
            Some(value) => Datum::Time(value.micros()),
            None => {
                say.invalid();
                Datum::Null
            }
        }
    }
}

fn decimal_of_double(value: f64, say: &Say<'_, '_>) -> Decimal {
    let Some(read) = Decimal::from_f64(value, MAX_SCALE) else {
        return Decimal::ZERO;
    };
    if read.excess == Excess::Buffer {
        let mut text = Vec::new();
        write_double(value, &mut text);
        let digits = overflowing_digits(&text);
        say.truncated_decimal(&digits);
        say.out_of_range();
    }
    read.value
}

fn double(json: &Json, say: &Say<'_, '_>) -> f64 {
    match json {
        Json::Int(v) => *v as f64,
        Json::UInt(v) => *v as f64,
        Json::Double(v) => *v,
        Json::Decimal(v) => v.to_f64(),
        Json::Bool(v) => f64::from(u8::from(*v)),
        Json::String(text) => {
            let read = parse_double_prefix(text);
            if read.overflow {
                say.out_of_range();
            } else if read.consumed < text.len() {
                say.invalid();
            }
            read.value
        }
        _ => {
            say.invalid();
            0.0
        }
    }
}

/// The 64 bits of an integer of either sign.
fn integer(json: &Json, say: &Say<'_, '_>) -> i64 {
    match json {
        Json::Int(v) => *v,
        Json::UInt(v) => *v as i64,
        Json::Bool(v) => i64::from(*v),
        Json::Double(v) => {
            let rounded = double_to_i64(v.round());
            // MySQL: the smallest number counts as too small.
            if rounded.range != Range::Within || rounded.value == i64::MIN {
                say.out_of_range();
            }
            rounded.value
        }
        Json::Decimal(v) => {
            let bits = v.to_unsigned_bits();
            if bits.range != Range::Within {
                say.truncated_decimal(&v.to_string());
            }
            bits.value as i64
        }
        Json::String(text) => {
            let read = parse_int_prefix(text);
            if read.range != Range::Within {
                say.out_of_range();
            } else if read.consumed < text.len() || text.is_empty() {
                say.invalid();
            }
            read.as_signed()
        }
        _ => {
            say.invalid();
            0
        }
    }
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Datum::Json(json), Datum::Bytes(name)) = (&args[0], &args[1]) else {
        return Ok(Datum::Null);
    };
    let converted = Target::prepare(site).and_then(|target| target.convert(cx, json, name));
    converted.map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })
}
