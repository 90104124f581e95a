//! Tree to text that reads back as the same tree, with no parenthesis too many.

mod names;

use crate::Modes;
use crate::ast::{
    BinaryOp, Call, CallForm, DateForm, Expr, ExprKind, FormatKind, Ident, IsTest, JsonOn,
    JsonValue, Literal, Parameter, StringLiteral, StringPrefix, TrimSide, UnaryOp, VariableScope,
};
use crate::precedence::Level;
use crate::text;
use names::{cast_type, charset_name, column_name, function_name, length, name, user_variable};
use std::fmt::Write as _;

/// The expression as text for the default modes.
///
/// Reading the text back gives the same tree. Literals keep their digits, names get quotes where
/// they need them. A hand-made string literal that is no UTF-8 is written in hexadecimal.
///
/// ```
/// # use sqlift_syntax::{parse, print, Limits, Modes};
/// let expr = parse("((a)+(b * 2)) mod 3", Modes::default(), Limits::default())?;
/// assert_eq!(print(&expr), "(a + b * 2) % 3");
/// # Ok::<(), sqlift_syntax::Error>(())
/// ```
#[must_use]
pub fn print(expr: &Expr) -> String {
    print_with(expr, Modes::default())
}

/// As [`print()`], for other modes. `||` as OR is written `OR` under `PIPES_AS_CONCAT`.
#[must_use]
pub fn print_with(expr: &Expr, modes: Modes) -> String {
    let mut printer = Printer {
        modes,
        out: String::new(),
        pieces: vec![Piece::Expr(expr, Level::Expr)],
    };
    while let Some(piece) = printer.pieces.pop() {
        match piece {
            Piece::Text(text) => printer.out.push_str(text),
            Piece::Owned(text) => printer.out.push_str(&text),
            Piece::Expr(expr, wants) if expr.level(modes.high_not_precedence) < wants => {
                printer.pieces.extend([
                    Piece::Text(")"),
                    Piece::Expr(expr, Level::Expr),
                    Piece::Text("("),
                ]);
            }
            Piece::Expr(expr, _) => {
                let first = printer.pieces.len();
                printer.node(expr);
                printer.pieces[first..].reverse();
            }
        }
    }
    printer.out
}

/// What is still to be written.
enum Piece<'a> {
    Text(&'static str),
    Owned(String),
    /// In parentheses if it binds looser than the level.
    Expr(&'a Expr, Level),
}

struct Printer<'a> {
    modes: Modes,
    out: String,
    /// Last piece first.
    pieces: Vec<Piece<'a>>,
}

impl<'a> Printer<'a> {
    fn text(&mut self, text: &'static str) {
        self.pieces.push(Piece::Text(text));
    }

    fn owned(&mut self, write: impl FnOnce(&mut String)) {
        let mut text = String::new();
        write(&mut text);
        self.pieces.push(Piece::Owned(text));
    }

    fn expr(&mut self, expr: &'a Expr, wants: Level) {
        self.pieces.push(Piece::Expr(expr, wants));
    }

    fn list(&mut self, list: &'a [Expr]) {
        for (i, expr) in list.iter().enumerate() {
            self.text(if i == 0 { "" } else { ", " });
            self.expr(expr, Level::Expr);
        }
    }

    /// Adds the pieces of one node, first piece first; the caller turns them round.
    fn node(&mut self, expr: &'a Expr) {
        let not = |negated: bool| if negated { " NOT" } else { "" };
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Column(column) => self.owned(|out| column_name(column, out)),
            ExprKind::Parameter(Parameter::Positional(_)) => self.text("?"),
            ExprKind::Parameter(Parameter::Named(name)) => self.owned(|out| {
                out.push(':');
                out.push_str(name);
            }),
            ExprKind::UserVariable(name) => self.owned(|out| user_variable(name, out)),
            ExprKind::SystemVariable(variable) => self.owned(|out| {
                out.push_str(match variable.scope {
                    None => "@@",
                    Some(VariableScope::Global) => "@@global.",
                    Some(VariableScope::Session) => "@@session.",
                });
                if let Some(base) = &variable.base {
                    name(base, out);
                    out.push('.');
                }
                name(&variable.name, out);
            }),
            ExprKind::Assign { variable, value } => {
                self.owned(|out| user_variable(variable, out));
                self.text(" := ");
                self.expr(value, Level::Expr);
            }
            ExprKind::Unary { op, operand } => {
                // Two minus signs may begin a comment, and two exclamation marks are read as one.
                let again =
                    matches!(operand.kind, ExprKind::Unary { op: inner, .. } if inner == *op);
                let apart = again || matches!(op, UnaryOp::Not | UnaryOp::Binary);
                self.text(op.symbol());
                self.text(if apart { " " } else { "" });
                self.expr(operand, op.level(self.modes.high_not_precedence));
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::Is {
                operand,
                test,
                negated,
            } => {
                self.expr(operand, Level::Comparison);
                self.text(" IS");
                self.text(not(*negated));
                self.text(match test {
                    IsTest::Null => " NULL",
                    IsTest::True => " TRUE",
                    IsTest::False => " FALSE",
                    IsTest::Unknown => " UNKNOWN",
                });
            }
            ExprKind::Like {
                operand,
                pattern,
                escape,
                negated,
            } => {
                self.expr(operand, Level::BitOr);
                self.text(not(*negated));
                self.text(" LIKE ");
                self.expr(pattern, Level::Concat);
                if let Some(escape) = escape {
                    self.text(" ESCAPE ");
                    self.expr(escape, Level::Concat);
                }
            }
            ExprKind::Regexp {
                operand,
                pattern,
                negated,
            } => {
                self.expr(operand, Level::BitOr);
                self.text(not(*negated));
                self.text(" REGEXP ");
                self.expr(pattern, Level::BitOr);
            }
            ExprKind::Between {
                operand,
                low,
                high,
                negated,
            } => {
                self.expr(operand, Level::BitOr);
                self.text(not(*negated));
                self.text(" BETWEEN ");
                self.expr(low, Level::BitOr);
                self.text(" AND ");
                self.expr(high, Level::Predicate);
            }
            ExprKind::In {
                operand,
                list,
                negated,
            } => {
                self.expr(operand, Level::BitOr);
                self.text(not(*negated));
                self.text(" IN (");
                self.list(list);
                self.text(")");
            }
            ExprKind::Row(items) => {
                self.text("(");
                self.list(items);
                self.text(")");
            }
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                self.text("CASE");
                if let Some(operand) = operand {
                    self.text(" ");
                    self.expr(operand, Level::Expr);
                }
                for branch in branches {
                    self.text(" WHEN ");
                    self.expr(&branch.condition, Level::Expr);
                    self.text(" THEN ");
                    self.expr(&branch.value, Level::Expr);
                }
                if let Some(otherwise) = otherwise {
                    self.text(" ELSE ");
                    self.expr(otherwise, Level::Expr);
                }
                self.text(" END");
            }
            ExprKind::Cast {
                operand,
                target,
                array,
            } => {
                self.text("CAST(");
                self.expr(operand, Level::Expr);
                self.text(" AS ");
                self.owned(|out| cast_type(target, out));
                self.text(if *array { " ARRAY)" } else { ")" });
            }
            ExprKind::CastAtTimeZone {
                operand,
                zone,
                interval,
                precision,
            } => {
                self.text("CAST(");
                self.expr(operand, Level::Expr);
                self.text(if *interval {
                    " AT TIME ZONE INTERVAL "
                } else {
                    " AT TIME ZONE "
                });
                let modes = self.modes;
                self.owned(|out| text::quote_string(zone, modes, out));
                self.text(" AS DATETIME");
                self.owned(|out| length(precision.map(u64::from), out));
                self.text(")");
            }
            ExprKind::ConvertUsing { operand, charset } => {
                self.text("CONVERT(");
                self.expr(operand, Level::Expr);
                self.using(charset);
            }
            ExprKind::Collate { operand, collation } => {
                self.expr(operand, Level::Collate);
                self.text(" COLLATE ");
                self.owned(|out| name(collation, out));
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::DateArithmetic {
                date,
                interval,
                unit,
                subtract,
                form,
            } => match form {
                DateForm::Infix => {
                    self.expr(date, Level::Sum);
                    self.text(if *subtract { " - " } else { " + " });
                    self.interval(interval);
                    self.text(unit.name());
                }
                DateForm::Leading => {
                    self.interval(interval);
                    self.text(unit.name());
                    self.text(" + ");
                    // It goes on to the end anyway, so another of its kind needs no parentheses.
                    let open = date.level(self.modes.high_not_precedence) == Level::Expr;
                    self.expr(date, if open { Level::Expr } else { Level::Not });
                }
                DateForm::Timestampadd => {
                    self.text("TIMESTAMPADD(");
                    self.text(unit.name());
                    self.text(", ");
                    self.expr(interval, Level::Expr);
                    self.text(", ");
                    self.expr(date, Level::Expr);
                    self.text(")");
                }
            },
            ExprKind::TimestampDiff { unit, from, to } => {
                self.text("TIMESTAMPDIFF(");
                self.text(unit.name());
                self.text(", ");
                self.expr(from, Level::Expr);
                self.text(", ");
                self.expr(to, Level::Expr);
                self.text(")");
            }
            ExprKind::Extract { unit, operand } => {
                self.text("EXTRACT(");
                self.text(unit.name());
                self.text(" FROM ");
                self.expr(operand, Level::Expr);
                self.text(")");
            }
            ExprKind::GetFormat { kind, standard } => {
                self.text(match kind {
                    FormatKind::Date => "GET_FORMAT(DATE, ",
                    FormatKind::Time => "GET_FORMAT(TIME, ",
                    FormatKind::DateTime => "GET_FORMAT(DATETIME, ",
                });
                self.expr(standard, Level::Expr);
                self.text(")");
            }
            ExprKind::Trim {
                side,
                pattern,
                operand,
            } => {
                self.text(match side {
                    None => "TRIM(",
                    Some(TrimSide::Both) => "TRIM(BOTH ",
                    Some(TrimSide::Leading) => "TRIM(LEADING ",
                    Some(TrimSide::Trailing) => "TRIM(TRAILING ",
                });
                if let Some(pattern) = pattern {
                    self.expr(pattern, Level::Expr);
                    self.text(" ");
                }
                self.text(if pattern.is_some() || side.is_some() {
                    "FROM "
                } else {
                    ""
                });
                self.expr(operand, Level::Expr);
                self.text(")");
            }
            ExprKind::CharUsing { codes, charset } => {
                self.text("CHAR(");
                self.list(codes);
                self.using(charset);
            }
            ExprKind::WeightString {
                operand,
                binary,
                length,
            } => {
                self.text("WEIGHT_STRING(");
                self.expr(operand, Level::Expr);
                self.text(if *binary { " AS BINARY(" } else { " AS CHAR(" });
                self.owned(|out| out.push_str(&length.to_string()));
                self.text("))");
            }
            ExprKind::JsonValue(json) => self.json_value(json),
            ExprKind::JsonPath {
                column,
                path,
                unquote,
            } => {
                let modes = self.modes;
                self.owned(|out| {
                    column_name(column, out);
                    out.push_str(if *unquote { "->>" } else { "->" });
                    text::quote_string(path, modes, out);
                });
            }
            ExprKind::Odbc {
                name: word,
                operand,
            } => {
                self.text("{");
                self.owned(|out| name(word, out));
                self.text(" ");
                self.expr(operand, Level::Expr);
                self.text("}");
            }
            ExprKind::Default(column) | ExprKind::Values(column) => {
                self.text(if matches!(expr.kind, ExprKind::Default(_)) {
                    "DEFAULT("
                } else {
                    "VALUES("
                });
                self.owned(|out| column_name(column, out));
                self.text(")");
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) {
        self.expr(left, op.left_level());
        self.text(" ");
        self.text(if op == BinaryOp::BarOr && self.modes.pipes_as_concat {
            "OR"
        } else {
            op.symbol()
        });
        self.text(" ");
        if op == BinaryOp::MemberOf {
            self.text("(");
            self.expr(right, Level::Concat);
            self.text(")");
        } else {
            self.expr(right, op.level().above());
        }
    }

    fn call(&mut self, call: &'a Call) {
        self.owned(|out| {
            if let Some(schema) = &call.schema {
                name(schema, out);
                out.push('.');
            }
            match call.form {
                CallForm::Keyword => out.push_str(&call.name.text),
                CallForm::Name => function_name(&call.name, out),
            }
            out.push('(');
        });
        match (call.form, call.args.as_slice()) {
            (CallForm::Keyword, [needle, haystack]) if call.name.is("POSITION") => {
                self.expr(needle, Level::BitOr);
                self.text(" IN ");
                self.expr(haystack, Level::Expr);
            }
            _ => self.list(&call.args),
        }
        self.text(")");
    }

    /// `INTERVAL a `, up to the unit.
    fn interval(&mut self, interval: &'a Expr) {
        self.text("INTERVAL ");
        // A row right behind the word would read as the arguments of the function INTERVAL.
        let row = begins_with_row(interval);
        self.text(if row { "(" } else { "" });
        self.expr(interval, Level::Expr);
        self.text(if row { ") " } else { " " });
    }

    fn using(&mut self, charset: &Ident) {
        self.text(" USING ");
        self.owned(|out| charset_name(charset, out));
        self.text(")");
    }

    fn json_value(&mut self, json: &'a JsonValue) {
        self.text("JSON_VALUE(");
        self.expr(&json.document, Level::Concat);
        self.text(", ");
        self.string(&json.path);
        if let Some(returning) = &json.returning {
            self.text(" RETURNING ");
            self.owned(|out| cast_type(returning, out));
        }
        for (on, event) in [(&json.on_empty, " ON EMPTY"), (&json.on_error, " ON ERROR")] {
            match on {
                None => continue,
                Some(JsonOn::Null) => self.text(" NULL"),
                Some(JsonOn::Error) => self.text(" ERROR"),
                Some(JsonOn::Default(value)) => {
                    self.text(" DEFAULT ");
                    self.expr(value, Level::Unary);
                }
            }
            self.text(event);
        }
        self.text(")");
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null => self.text("NULL"),
            Literal::Bool(true) => self.text("TRUE"),
            Literal::Bool(false) => self.text("FALSE"),
            Literal::Integer(digits) | Literal::Decimal(digits) | Literal::Float(digits) => {
                self.owned(|out| out.push_str(digits));
            }
            Literal::String(string) => self.string(string),
            Literal::Hex { introducer, bytes } => {
                self.introducer(introducer.as_deref());
                self.owned(|out| {
                    let _ = write!(out, "x'{}'", text::hex_digits(bytes));
                });
            }
            Literal::Bit { introducer, bytes } => {
                self.introducer(introducer.as_deref());
                self.owned(|out| {
                    out.push_str("b'");
                    for byte in bytes {
                        let _ = write!(out, "{byte:08b}");
                    }
                    out.push('\'');
                });
            }
            Literal::Temporal { kind, text } => {
                self.text(kind.name());
                self.quoted(text);
            }
        }
    }

    fn introducer(&mut self, name: Option<&str>) {
        if let Some(name) = name {
            self.owned(|out| {
                let _ = write!(out, "_{name} ");
            });
        }
    }

    fn string(&mut self, string: &StringLiteral) {
        match &string.prefix {
            StringPrefix::None => {}
            StringPrefix::National => self.text("N"),
            StringPrefix::Introducer(name) => self.introducer(Some(name)),
        }
        self.quoted(&string.value);
    }

    fn quoted(&mut self, value: &[u8]) {
        let modes = self.modes;
        self.owned(|out| match text::utf8_or_hex(value) {
            Ok(value) => text::quote_string(&value, modes, out),
            Err(hex) => {
                let _ = write!(out, "x'{hex}'");
            }
        });
    }
}

fn begins_with_row(mut expr: &Expr) -> bool {
    loop {
        expr = match &expr.kind {
            ExprKind::Row(_) => return true,
            ExprKind::Binary { left, .. } => left,
            ExprKind::Is { operand, .. }
            | ExprKind::Like { operand, .. }
            | ExprKind::Regexp { operand, .. }
            | ExprKind::Between { operand, .. }
            | ExprKind::In { operand, .. }
            | ExprKind::Collate { operand, .. } => operand,
            ExprKind::DateArithmetic {
                date,
                form: DateForm::Infix,
                ..
            } => date,
            _ => return false,
        };
    }
}
