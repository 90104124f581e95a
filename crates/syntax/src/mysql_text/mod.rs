//! An expression as MySQL quotes it in its messages.
//!
//! The server does not keep the text: error 1690 and its kin print the tree that the resolver has
//! made of it, so `MOD(a, b)` reads `(a % b)`, `NOT a < b` reads `(a >= b)`, and a number in a
//! condition reads `(0 <> a)`. The rules below were derived from the answers of a 9.7.4 server.
//! What depends on types the caller supplies: see [`TextContext`].

mod literal;
mod name;
mod rewrite;

use crate::ast::{
    BinaryOp, Call, ColumnRef, Expr, ExprKind, FormatKind, Ident, JsonOn, JsonValue, Literal,
    TrimSide, UnaryOp,
};
use crate::text;
use crate::types::{CastType, CharsetName};
use name::{cast_type, decimal, function_name, seconds, system_variable};
use rewrite::Item;
use std::fmt;
use std::fmt::Write as _;

/// Digits of fractional seconds of an expression's value, where they are known.
pub type FractionDigits<'a> = &'a dyn Fn(&Expr) -> Option<u32>;

/// The types that the server casts the operands of a comparison to, when it does: `a = 'x'` with
/// an integer column reads `(cast(a as double) = cast('x' as double))`.
pub type ComparisonCasts<'a> = &'a dyn Fn(&Expr, &Expr) -> [Option<&'static str>; 2];

/// What the text depends on beside the tree.
#[derive(Clone, Copy)]
pub struct TextContext<'a> {
    /// Schema and table of columns without a qualifier.
    pub table: Option<(&'a str, &'a str)>,
    /// The connection's character set, which `CAST(a AS CHAR)` gives.
    pub charset: &'a str,
    /// The session's `default_week_format`, which `WEEK(a)` takes.
    pub default_week_format: u8,
    /// For `TIME(a)` and `TIMESTAMP(a)`; without it only literals have fractions.
    pub fraction_digits: Option<FractionDigits<'a>>,
    /// For comparisons; without it none is cast.
    pub comparison_casts: Option<ComparisonCasts<'a>>,
}

impl Default for TextContext<'_> {
    fn default() -> Self {
        Self {
            table: None,
            charset: "utf8mb4",
            default_week_format: 0,
            fraction_digits: None,
            comparison_casts: None,
        }
    }
}

impl fmt::Debug for TextContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextContext")
            .field("table", &self.table)
            .field("charset", &self.charset)
            .field("default_week_format", &self.default_week_format)
            .finish_non_exhaustive()
    }
}

/// The expression in the server's words.
///
/// ```
/// # use sqlift_syntax::{TextContext, mysql_text, parse, Limits, Modes};
/// let expr = parse("CAST(f AS UNSIGNED) - 1 MOD 2", Modes::default(), Limits::default())?;
/// let context = TextContext { table: Some(("db", "t")), ..TextContext::default() };
/// assert_eq!(mysql_text(&expr, &context), "(cast(`db`.`t`.`f` as unsigned) - (1 % 2))");
/// # Ok::<(), sqlift_syntax::Error>(())
/// ```
#[must_use]
pub fn mysql_text(expr: &Expr, context: &TextContext<'_>) -> String {
    let mut writer = Writer {
        context,
        out: String::new(),
        pieces: vec![Piece::Item(Item::Value(expr))],
    };
    while let Some(piece) = writer.pieces.pop() {
        match piece {
            Piece::Text(text) => writer.out.push_str(text),
            Piece::Owned(text) => writer.out.push_str(&text),
            Piece::Item(item) => {
                let first = writer.pieces.len();
                writer.item(item);
                writer.pieces[first..].reverse();
            }
        }
    }
    writer.out
}

/// What is still to be written.
enum Piece<'a> {
    Text(&'static str),
    Owned(String),
    Item(Item<'a>),
}

struct Writer<'a, 'c> {
    context: &'c TextContext<'c>,
    out: String,
    /// Last piece first.
    pieces: Vec<Piece<'a>>,
}

impl<'a> Writer<'a, '_> {
    fn text(&mut self, text: &'static str) {
        self.pieces.push(Piece::Text(text));
    }

    fn owned(&mut self, write: impl FnOnce(&mut String)) {
        let mut text = String::new();
        write(&mut text);
        self.pieces.push(Piece::Owned(text));
    }

    fn value(&mut self, expr: &'a Expr) {
        self.pieces.push(Piece::Item(Item::Value(expr)));
    }

    fn items(&mut self, items: impl IntoIterator<Item = Item<'a>>, separator: &'static str) {
        for (i, item) in items.into_iter().enumerate() {
            self.text(if i == 0 { "" } else { separator });
            self.pieces.push(Piece::Item(item));
        }
    }

    /// `name(a,b)`
    fn function(&mut self, name: &'static str, args: &[&'a Expr]) {
        self.text(name);
        self.text("(");
        self.items(args.iter().map(|arg| Item::Value(arg)), ",");
        self.text(")");
    }

    /// `(a op b)`
    fn infix(&mut self, left: &'a Expr, op: &'static str, right: &'a Expr) {
        self.around("(", left, " ");
        self.text(op);
        self.around(" ", right, ")");
    }

    /// Adds the pieces of one item, first piece first; the caller turns them round.
    fn item(&mut self, item: Item<'a>) {
        match item {
            Item::Value(expr) => match rewrite::value(expr) {
                Some(item) => self.item(item),
                None => self.node(expr),
            },
            Item::Condition { expr, negated } => match rewrite::condition(expr, negated) {
                Item::Value(expr) => self.node(expr),
                item => self.item(item),
            },
            Item::NotZero(expr) => self.around("(0 <> ", expr, ")"),
            Item::Zero(expr) => self.around("(0 = ", expr, ")"),
            Item::Not(expr) => self.around("(not(", expr, "))"),
            Item::Match { expr, negated } => {
                self.text(if negated { "(not(" } else { "" });
                self.matching(expr);
                self.text(if negated { "))" } else { "" });
            }
            Item::Soundex {
                left,
                right,
                negated,
            } => {
                self.text("(");
                self.function("soundex", &[left]);
                self.text(if negated { " <> " } else { " = " });
                self.function("soundex", &[right]);
                self.text(")");
            }
            Item::All(items) => self.chain(items, " and "),
            Item::Any(items) => self.chain(items, " or "),
            Item::Xor {
                left,
                right,
                negated,
            } => {
                let left = Item::Condition {
                    expr: left,
                    negated,
                };
                self.chain(
                    vec![
                        left,
                        Item::Condition {
                            expr: right,
                            negated: false,
                        },
                    ],
                    " xor ",
                );
            }
            Item::Compare { op, left, right } => {
                let [left_cast, right_cast] = self
                    .context
                    .comparison_casts
                    .map_or([None, None], |casts| casts(left, right));
                self.text("(");
                self.compared(left, left_cast);
                self.text(" ");
                self.text(op.symbol());
                self.text(" ");
                self.compared(right, right_cast);
                self.text(")");
            }
            Item::Null { expr, negated } => {
                self.around(
                    "(",
                    expr,
                    if negated {
                        " is not null)"
                    } else {
                        " is null)"
                    },
                );
            }
            Item::Truth {
                condition,
                is,
                negated,
            } => {
                self.text("(");
                self.pieces.push(Piece::Item(Item::Condition {
                    expr: condition,
                    negated: false,
                }));
                self.text(if negated { " is not " } else { " is " });
                self.text(if is { "true)" } else { "false)" });
            }
            Item::In {
                operand,
                list,
                negated,
            } => {
                self.around("(", operand, if negated { " not in (" } else { " in (" });
                self.items(list.iter().map(Item::Value), ",");
                self.text("))");
            }
            Item::Between {
                operand,
                low,
                high,
                negated,
            } => {
                self.around(
                    "(",
                    operand,
                    if negated {
                        " not between "
                    } else {
                        " between "
                    },
                );
                self.value(low);
                self.around(" and ", high, ")");
            }
        }
    }

    fn around(&mut self, before: &'static str, expr: &'a Expr, after: &'static str) {
        self.text(before);
        self.value(expr);
        self.text(after);
    }

    fn chain(&mut self, items: Vec<Item<'a>>, separator: &'static str) {
        self.text("(");
        self.items(items, separator);
        self.text(")");
    }

    /// One side of a comparison.
    fn compared(&mut self, expr: &'a Expr, cast: Option<&'static str>) {
        match cast {
            None => self.value(expr),
            Some(ty) => {
                self.around("cast(", expr, " as ");
                self.text(ty);
                self.text(")");
            }
        }
    }

    /// `LIKE` or `REGEXP`, without its `NOT`.
    fn matching(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Like {
                operand,
                pattern,
                escape,
                ..
            } => {
                self.around("(", operand, " like ");
                self.value(pattern);
                if let Some(escape) = escape {
                    self.text(" escape ");
                    self.value(escape);
                }
                self.text(")");
            }
            ExprKind::Regexp {
                operand, pattern, ..
            } => self.function("regexp_like", &[operand, pattern]),
            _ => self.node(expr),
        }
    }

    /// Adds the pieces of a node that is no condition.
    fn node(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Literal(literal) => self.owned(|out| literal::write(literal, out)),
            ExprKind::Column(column) => self.column(column),
            ExprKind::Parameter(_) => self.text("?"),
            ExprKind::UserVariable(name) => self.owned(|out| {
                out.push_str("(@");
                text::quote_name(&name.text, out);
                out.push(')');
            }),
            ExprKind::SystemVariable(variable) => self.owned(|out| system_variable(variable, out)),
            ExprKind::Assign { variable, value } => {
                self.owned(|out| {
                    let _ = write!(out, "(@{}:=", variable.text);
                });
                self.value(value);
                self.text(")");
            }
            ExprKind::Unary { op, operand } => match op {
                UnaryOp::Minus => self.around("-(", operand, ")"),
                UnaryOp::BitNot => self.around("~(", operand, ")"),
                UnaryOp::Plus => self.value(operand),
                UnaryOp::Binary => self.around("cast(", operand, " as char charset binary)"),
                UnaryOp::Not | UnaryOp::Bang => {
                    self.pieces.push(Piece::Item(Item::Condition {
                        expr,
                        negated: false,
                    }));
                }
            },
            ExprKind::Binary {
                op: BinaryOp::MemberOf,
                left,
                right,
            } => {
                self.value(left);
                self.around(" member of (", right, ")");
            }
            ExprKind::Binary { op, left, right } => self.infix(left, op.symbol(), right),
            ExprKind::Is { .. }
            | ExprKind::Like { .. }
            | ExprKind::Regexp { .. }
            | ExprKind::Between { .. }
            | ExprKind::In { .. } => {
                self.pieces.push(Piece::Item(Item::Condition {
                    expr,
                    negated: false,
                }));
            }
            ExprKind::Row(items) => self.chain(items.iter().map(Item::Value).collect(), ","),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                self.text("(case");
                if let Some(operand) = operand {
                    self.around(" ", operand, "");
                }
                for branch in branches {
                    self.around(" when ", &branch.condition, " then ");
                    self.value(&branch.value);
                }
                if let Some(otherwise) = otherwise {
                    self.around(" else ", otherwise, "");
                }
                self.text(" end)");
            }
            ExprKind::Cast {
                operand,
                target,
                array,
            } => {
                self.around("cast(", operand, " as ");
                let charset = self.context.charset;
                self.owned(|out| cast_type(target, charset, out));
                self.text(if *array { " array)" } else { ")" });
            }
            ExprKind::CastAtTimeZone {
                operand,
                zone,
                interval,
                precision,
            } => {
                self.around("cast(", operand, " at time zone ");
                self.text(if *interval { "interval " } else { "" });
                self.owned(|out| {
                    literal::quote(zone, out);
                    out.push_str(" as datetime");
                    seconds(*precision, out);
                    out.push(')');
                });
            }
            ExprKind::ConvertUsing { operand, charset } => {
                self.around("convert(", operand, " using ");
                self.lower(charset);
                self.text(")");
            }
            ExprKind::Collate { operand, collation } => {
                self.around("(", operand, " collate ");
                self.lower(collation);
                self.text(")");
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::DateArithmetic {
                date,
                interval,
                unit,
                subtract,
                form: _,
            } => {
                self.around(
                    "(",
                    date,
                    if *subtract {
                        " - interval "
                    } else {
                        " + interval "
                    },
                );
                self.value(interval);
                self.owned(|out| {
                    let _ = write!(out, " {})", unit.name().to_ascii_lowercase());
                });
            }
            ExprKind::TimestampDiff { unit, from, to } => {
                self.text("timestampdiff(");
                self.text(unit.name());
                self.around(",", from, ",");
                self.around("", to, ")");
            }
            ExprKind::Extract { unit, operand } => {
                self.owned(|out| {
                    let _ = write!(out, "extract({} from ", unit.name().to_ascii_lowercase());
                });
                self.around("", operand, ")");
            }
            ExprKind::GetFormat { kind, standard } => {
                self.text(match kind {
                    FormatKind::Date => "get_format(DATE, ",
                    FormatKind::Time => "get_format(TIME, ",
                    FormatKind::DateTime => "get_format(DATETIME, ",
                });
                self.around("", standard, ")");
            }
            ExprKind::Trim {
                side,
                pattern,
                operand,
            } => {
                self.text(match side {
                    None => "trim(",
                    Some(TrimSide::Both) => "trim(both ",
                    Some(TrimSide::Leading) => "trim(leading ",
                    Some(TrimSide::Trailing) => "trim(trailing ",
                });
                if let Some(pattern) = pattern {
                    self.around("", pattern, " from ");
                }
                self.around("", operand, ")");
            }
            // MySQL: the character set is not printed.
            ExprKind::CharUsing { codes, .. } => {
                self.text("char(");
                self.items(codes.iter().map(Item::Value), ",");
                self.text(")");
            }
            ExprKind::WeightString {
                operand,
                binary,
                length,
            } => {
                self.around(
                    if *binary {
                        "weight_string(cast("
                    } else {
                        "weight_string("
                    },
                    operand,
                    " as char(",
                );
                self.owned(|out| {
                    let _ = write!(out, "{length}");
                });
                self.text(if *binary { ") charset binary))" } else { "))" });
            }
            ExprKind::JsonValue(json) => self.json_value(json),
            ExprKind::JsonPath {
                column,
                path,
                unquote,
            } => {
                self.text(if *unquote {
                    "json_unquote(json_extract("
                } else {
                    "json_extract("
                });
                self.column(column);
                self.owned(|out| {
                    out.push(',');
                    literal::quote(path, out);
                });
                self.text(if *unquote { "))" } else { ")" });
            }
            ExprKind::Odbc { name, operand } => match (literal::odbc(name), &operand.kind) {
                (Some(kind), ExprKind::Literal(Literal::String(string))) => {
                    self.owned(|out| literal::temporal(kind, &string.value, out));
                }
                _ => self.value(operand),
            },
            ExprKind::Default(column) => {
                self.text("default(");
                self.column(column);
                self.text(")");
            }
            // MySQL: outside of INSERT … ON DUPLICATE KEY UPDATE it is NULL.
            ExprKind::Values(_) => self.text("NULL"),
        }
    }

    fn column(&mut self, column: &ColumnRef) {
        let default = self.context.table;
        self.owned(|out| {
            let table = column
                .table
                .as_ref()
                .map(|table| &*table.text)
                .or(default.map(|(_, table)| table));
            let schema = column
                .schema
                .as_ref()
                .map(|schema| &*schema.text)
                .or(default.map(|(schema, _)| schema));
            for qualifier in [schema.filter(|_| table.is_some()), table]
                .into_iter()
                .flatten()
            {
                text::quote_name(qualifier, out);
                out.push('.');
            }
            text::quote_name(&column.column.text, out);
        });
    }

    fn lower(&mut self, name: &Ident) {
        self.owned(|out| out.push_str(&name.text.to_ascii_lowercase()));
    }

    fn json_value(&mut self, json: &'a JsonValue) {
        self.around("json_value(", &json.document, ", ");
        let charset = self.context.charset;
        self.owned(|out| {
            literal::string(&json.path, out);
            out.push_str(" returning ");
            match &json.returning {
                None => out.push_str("char(512)"),
                Some(CastType::Char {
                    length,
                    charset: set,
                }) => {
                    // MySQL: without a length it is that of LONGTEXT in utf8mb4.
                    let _ = write!(out, "char({})", length.unwrap_or(1_073_741_823));
                    if let CharsetName::Named(name) = &set.name {
                        let _ = write!(out, " character set {}", name.text.to_ascii_lowercase());
                    }
                }
                Some(CastType::Decimal(precision)) => {
                    let (digits, scale) = decimal(*precision);
                    let _ = write!(out, "decimal({digits}, {scale})");
                }
                Some(ty) => cast_type(ty, charset, out),
            }
        });
        for (on, event) in [(&json.on_empty, " on empty"), (&json.on_error, " on error")] {
            match on {
                None => continue,
                Some(JsonOn::Null) => self.text(" null"),
                Some(JsonOn::Error) => self.text(" error"),
                Some(JsonOn::Default(value)) => match &value.kind {
                    ExprKind::Unary {
                        op: UnaryOp::Minus,
                        operand,
                    } => self.around(" default -", operand, ""),
                    _ => self.around(" default ", value, ""),
                },
            }
            self.text(event);
        }
        self.text(")");
    }

    /// A call, under the name that the server's function has.
    fn call(&mut self, call: &'a Call) {
        let name = call.name.text.to_ascii_lowercase();
        match (name.as_str(), call.args.as_slice()) {
            ("mod", [a, b]) => self.infix(a, "%", b),
            ("date", [a]) => self.around("cast(", a, " as date)"),
            ("time" | "timestamp", [a]) => {
                self.around(
                    "cast(",
                    a,
                    if name == "time" {
                        " as time"
                    } else {
                        " as datetime"
                    },
                );
                let digits = self
                    .context
                    .fraction_digits
                    .and_then(|digits| digits(a))
                    .unwrap_or_else(|| literal::fraction_digits(a));
                self.owned(|out| {
                    seconds(Some(digits), out);
                    out.push(')');
                });
            }
            ("adddate" | "subdate", [date, days]) => {
                self.around(
                    "(",
                    date,
                    if name == "adddate" {
                        " + interval "
                    } else {
                        " - interval "
                    },
                );
                self.around("", days, " day)");
            }
            ("datediff", [a, b]) => {
                self.text("(");
                self.function("to_days", &[a]);
                self.text(" - ");
                self.function("to_days", &[b]);
                self.text(")");
            }
            ("from_unixtime", [a, format]) => {
                self.text("date_format(");
                self.function("from_unixtime", &[a]);
                self.around(",", format, ")");
            }
            ("instr", [haystack, needle]) => self.function("locate", &[needle, haystack]),
            ("bin", [a]) => self.around("conv(", a, ",10,2)"),
            ("oct", [a]) => self.around("conv(", a, ",10,8)"),
            ("weekofyear", [a]) => self.around("week(", a, ",3)"),
            ("week", [a]) => {
                self.around("week(", a, ",");
                let format = self.context.default_week_format;
                self.owned(|out| {
                    let _ = write!(out, "{format})");
                });
            }
            ("yearweek", [a]) => self.around("yearweek(", a, ",0)"),
            ("round", [a]) => self.around("round(", a, ",0)"),
            ("weight_string", [a, _, length, _]) => {
                self.around("weight_string(", a, " as char(");
                self.around("", length, "))");
            }
            (_, args) => {
                self.owned(|out| {
                    if let Some(schema) = &call.schema {
                        text::quote_name(&schema.text, out);
                        out.push('.');
                    }
                    out.push_str(function_name(&name));
                    out.push('(');
                });
                self.items(args.iter().map(Item::Value), ",");
                self.text(")");
            }
        }
    }
}
