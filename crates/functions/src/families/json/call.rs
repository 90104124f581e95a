//! How the functions on documents are called.
//!
//! All arguments are held as JSON: a document as it is, or as the string that is its text (read when the function looks at it, so that
//! errors come in MySQL's order), values as the JSON values that they are, paths and keys as strings. What is constant is read once.

use super::{binary_charset, held, to_held, to_json};
use crate::families::textual;
use crate::kernel::{Many, fallible_with};
use crate::native::{Bool, Bytes, Int, Json as HeldJson, Opt};
use crate::{BindContext, CallSite, Exit, Expr, Fault, Form, Function, RowContext};
use sqlift_collation::CollationId;
use sqlift_types::json::{BadPath, Json, Path};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};
use std::borrow::Cow;

/// What an argument is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A document: JSON, or text to be read.
    Document,
    /// A value that goes into a document.
    Value,
    /// A path, key, word or pattern.
    Text,
}

/// How a result is held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Json,
    /// A truth value.
    Bool,
    /// A truth value that has the length of a number.
    Flag,
    /// A number, or the truth as one.
    Int,
    /// Text in utf8mb4.
    Text,
}

/// What a function found.
pub(super) enum Answer {
    Null,
    Json(Json),
    Int(i64),
    Text(Vec<u8>),
}

impl Answer {
    pub(super) fn bool(truth: bool) -> Answer {
        Answer::Int(i64::from(truth))
    }

    /// NULL if there is none.
    pub(super) fn json(json: Option<Json>) -> Answer {
        json.map_or(Answer::Null, Answer::Json)
    }

    fn datum(self) -> Result<Datum, Error> {
        Ok(match self {
            Answer::Null => Datum::Null,
            Answer::Json(json) => Datum::Json(to_held(&json)?),
            Answer::Int(v) => Datum::Int(v),
            Answer::Text(text) => Datum::Bytes(text),
        })
    }
}

/// A function on documents.
pub(super) trait JsonFunction: 'static {
    /// What errors call it.
    const NAME: &'static str;
    /// How its result is held.
    const GIVES: Gives;
    /// What its arguments are taken for, the first having the number 0.
    fn role(argument: usize) -> Role;
    /// What it is for these arguments.
    fn answer(call: &Call<'_>) -> Result<Answer, Error>;
}

/// The catalogue's entry of a function.
pub(super) fn entry<F: JsonFunction>(
    name: &'static str,
    arity: (usize, usize),
    bind: crate::Bind,
) -> Function {
    with_kernel::<F>(Function::new(name, arity, bind, reference::<F>))
}

/// The entry of a function that looks at nothing behind a first argument that is NULL.
pub(super) fn guarded<F: JsonFunction>(
    name: &'static str,
    arity: (usize, usize),
    bind: crate::Bind,
) -> Function {
    entry::<F>(name, arity, bind).form(Form::Guarded)
}

/// The entry of what is called by syntax.
pub(super) fn operator<F: JsonFunction>(name: &'static str, bind: crate::Bind) -> Function {
    with_kernel::<F>(Function::operator(name, bind, reference::<F>))
}

fn with_kernel<F: JsonFunction>(function: Function) -> Function {
    macro_rules! kernel {
        ($marker:ident, |$cx:ident, $datum:ident| $read:expr) => {
            function.overload(fallible_with::<Many<Opt<HeldJson>>, $marker, Site, _>(
                |site| Ok(Site::of(site)),
                |site: &Site, $cx, args: &[Option<&[u8]>]| {
                    let call = Call {
                        cx: $cx,
                        site,
                        args,
                        name: F::NAME,
                    };
                    let answer = F::answer(&call).and_then(Answer::datum);
                    let $datum = answer.map_err(|error| $cx.raise(error))?;
                    Ok::<_, Exit>($read)
                },
            ))
        };
    }
    let function = match F::GIVES {
        Gives::Json => kernel!(HeldJson, |cx, d| match d {
            Datum::Json(json) => Some(cx.bytes(&json)),
            _ => None,
        }),
        Gives::Bool | Gives::Flag => kernel!(Bool, |cx, d| match d {
            Datum::Int(v) => Some(v != 0),
            _ => None,
        }),
        Gives::Int => kernel!(Int, |cx, d| match d {
            Datum::Int(v) => Some(v),
            _ => None,
        }),
        Gives::Text => kernel!(Bytes, |cx, d| match d {
            Datum::Bytes(text) => Some(cx.bytes(&text)),
            _ => None,
        }),
    };
    function.shares_reference()
}

fn reference<F: JsonFunction>(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let site = Site::of(site);
    let args: Vec<Option<&[u8]>> = args
        .iter()
        .map(|arg| match arg {
            Datum::Json(json) => Some(json.as_slice()),
            _ => None,
        })
        .collect();
    let call = Call {
        cx,
        site: &site,
        args: &args,
        name: F::NAME,
    };
    F::answer(&call).and_then(Answer::datum).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })
}

/// The arguments as a function takes them.
pub(super) fn arguments<F: JsonFunction>(
    cx: &mut BindContext<'_>,
    args: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    args.into_iter()
        .enumerate()
        .map(|(n, arg)| argument(cx, arg, F::role(n)))
        .collect()
}

fn argument(cx: &mut BindContext<'_>, arg: Expr, role: Role) -> Result<Expr, Error> {
    let arg = match role {
        Role::Text if !arg.is_null_literal() => textual::own_text(cx, arg)?.0,
        _ => arg,
    };
    if role == Role::Document
        && !arg.ty.kind.is_string()
        && !matches!(arg.ty.kind, TypeKind::Json | TypeKind::Null)
    {
        // MySQL: a value of another type is none whatever it is, even if it is NULL.
        let number = Datum::Json(Json::Int(0).to_held());
        let ty = SqlType::json().with_collation(CollationId::UTF8MB4_BIN);
        return Ok(Expr {
            nullable: arg.nullable,
            ..Expr::literal(number, ty).at(arg.span)
        });
    }
    if arg.ty.kind.is_text() {
        let charset = textual::charset_of(arg.ty.collation);
        textual::require_mapping(charset, sqlift_collation::Charset::Utf8mb4)?;
    }
    Ok(to_json::value(cx, arg))
}

/// The type rules of a function whose result has always the same type and may always be NULL.
pub(super) fn bind<F: JsonFunction>(
    cx: &mut BindContext<'_>,
    args: Vec<Expr>,
) -> Result<Expr, Error> {
    let args = arguments::<F>(cx, args)?;
    let ty = match F::GIVES {
        Gives::Json => SqlType::json(),
        Gives::Bool => SqlType::bool(),
        Gives::Flag => SqlType::bool().with_length(21),
        Gives::Int => SqlType::bigint_of(21),
        Gives::Text => SqlType::text(TypeKind::LongText, u32::MAX, CollationId::UTF8MB4_BIN),
    };
    let nullable = F::GIVES != Gives::Bool || args.iter().any(|a| a.nullable);
    Ok(cx.call(args, ty, nullable))
}

/// Error 3143.
pub(super) fn bad_path(wrong: BadPath) -> Error {
    let position = wrong.position;
    Error::new(
        3143,
        "42000",
        format!("Invalid JSON path expression. The error is around character position {position}."),
    )
}

/// What is known of an argument before a row is seen.
struct Prepared {
    /// A document, not a value of another type.
    is_document: bool,
    /// The value of a constant.
    value: Option<Json>,
    /// The document that a constant text spells.
    document: Option<Json>,
    /// The path that a constant text is.
    path: Option<Path>,
}

/// What is known of a call before a row is seen.
pub(super) struct Site {
    args: Vec<Prepared>,
}

impl Site {
    fn of(site: &CallSite<'_>) -> Site {
        let args = site.args.iter().map(|arg| {
            let value = match &arg.constant {
                Some(Datum::Json(bytes)) => held(bytes).ok(),
                _ => None,
            };
            let text = match &value {
                Some(Json::String(text)) => Some(text),
                _ => None,
            };
            Prepared {
                is_document: arg.ty.collation != CollationId::UTF8MB4_BIN,
                document: text.and_then(|text| Json::parse(text).ok()),
                path: text.and_then(|text| Path::parse(text).ok()),
                value,
            }
        });
        Site {
            args: args.collect(),
        }
    }
}

/// The arguments of one call.
pub(super) struct Call<'a> {
    cx: &'a RowContext<'a>,
    site: &'a Site,
    args: &'a [Option<&'a [u8]>],
    name: &'static str,
}

impl<'a> Call<'a> {
    /// How many arguments.
    pub(super) fn count(&self) -> usize {
        self.args.len()
    }

    /// The arguments as the ones of another function, in whose name errors are raised.
    pub(super) fn named(&self, name: &'static str) -> Call<'a> {
        Call { name, ..*self }
    }

    /// Raises a warning.
    pub(super) fn warn(&self, warning: Warning) {
        self.cx.warn(warning);
    }

    pub(super) fn is_null(&self, argument: usize) -> bool {
        self.args.get(argument).is_none_or(Option::is_none)
    }

    /// Whether the argument was JSON, not a value of another type.
    pub(super) fn is_document(&self, argument: usize) -> bool {
        self.site.args.get(argument).is_some_and(|p| p.is_document)
    }

    /// The value of an argument; `None` for NULL.
    pub(super) fn given(&self, argument: usize) -> Result<Option<Cow<'a, Json>>, Error> {
        let Some(Some(bytes)) = self.args.get(argument) else {
            return Ok(None);
        };
        match self.site.args.get(argument).and_then(|p| p.value.as_ref()) {
            Some(json) => Ok(Some(Cow::Borrowed(json))),
            None => held(bytes).map(|json| Some(Cow::Owned(json))),
        }
    }

    /// The value of an argument that goes into a document; `null` for NULL.
    pub(super) fn value(&self, argument: usize) -> Result<Json, Error> {
        Ok(self.given(argument)?.map_or(Json::Null, Cow::into_owned))
    }

    /// The document that an argument is or spells; `None` for NULL. Errors 3141, 3144, 3146, 3157.
    pub(super) fn document(&self, argument: usize) -> Result<Option<Cow<'a, Json>>, Error> {
        let Some(json) = self.given(argument)? else {
            return Ok(None);
        };
        if self.is_document(argument) {
            return Ok(Some(json));
        }
        if let Some(document) = self
            .site
            .args
            .get(argument)
            .and_then(|p| p.document.as_ref())
        {
            return Ok(Some(Cow::Borrowed(document)));
        }
        match &*json {
            Json::String(text) => {
                let document = to_json::parse(text, argument + 1, self.name)?;
                Ok(Some(Cow::Owned(document)))
            }
            Json::Opaque(_) => Err(binary_charset()),
            _ => Err(Error::new(
                3146,
                "22032",
                format!(
                    "Invalid data type for JSON data in argument {} to function {}; a JSON string or JSON type is required.",
                    argument + 1,
                    self.name
                ),
            )),
        }
    }

    /// The text of an argument; `None` for NULL. Error 3144 for a binary string.
    pub(super) fn text(&self, argument: usize) -> Result<Option<Cow<'a, [u8]>>, Error> {
        Ok(match self.given(argument)? {
            None => None,
            Some(Cow::Borrowed(Json::String(text))) => Some(Cow::Borrowed(text.as_slice())),
            Some(Cow::Owned(Json::String(text))) => Some(Cow::Owned(text)),
            Some(json) if matches!(*json, Json::Opaque(_)) => return Err(binary_charset()),
            Some(json) => {
                let mut text = Vec::new();
                json.write_text(&mut text);
                Some(Cow::Owned(text))
            }
        })
    }

    /// The path that an argument is; `None` for NULL. Error 3143.
    pub(super) fn path(&self, argument: usize) -> Result<Option<Cow<'a, Path>>, Error> {
        if self.is_null(argument) {
            return Ok(None);
        }
        if let Some(path) = self.site.args.get(argument).and_then(|p| p.path.as_ref()) {
            return Ok(Some(Cow::Borrowed(path)));
        }
        let Some(text) = self.text(argument)? else {
            return Ok(None);
        };
        Path::parse(&text)
            .map(|path| Some(Cow::Owned(path)))
            .map_err(bad_path)
    }

    /// The path to one place that an argument is; `None` for NULL. Errors 3143, 3149.
    pub(super) fn place(&self, argument: usize) -> Result<Option<Cow<'a, Path>>, Error> {
        let path = self.path(argument)?;
        if path.as_ref().is_some_and(|path| path.is_many()) {
            return Err(Error::new(
                3149,
                "42000",
                "In this situation, path expressions may not contain the * and ** tokens or an array range.",
            ));
        }
        Ok(path)
    }

    /// Whether an argument says `all`, not `one`; `None` for NULL. Error 3154.
    pub(super) fn says_all(&self, argument: usize) -> Result<Option<bool>, Error> {
        let Some(word) = self.text(argument)? else {
            return Ok(None);
        };
        if word.eq_ignore_ascii_case(b"one") {
            Ok(Some(false))
        } else if word.eq_ignore_ascii_case(b"all") {
            Ok(Some(true))
        } else {
            let name = self.name;
            Err(Error::new(
                3154,
                "42000",
                format!("The oneOrAll argument to {name} may take these values: 'one' or 'all'."),
            ))
        }
    }
}
