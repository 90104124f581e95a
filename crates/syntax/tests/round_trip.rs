//! Random trees print to text that reads back as the same tree, in every mode.

use sqlift_syntax::ast::*;
use sqlift_syntax::types::{Charset, CharsetName, GeometryType, Precision};
use sqlift_syntax::{CastType, Limits, Modes, Span, mysql_text, parse, print_with};

/// A small generator of pseudo-random numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 0
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(make(self)) } else { None }
    }

    fn ident(&mut self) -> Ident {
        let names = [
            "a", "b1", "col", "select", "date", "end", "day", "ab cd", "tick`ed", "é日", "x", "n",
            "_utf8mb4", "1st", "0x", "$d", "now", "value", "😀", "member", "escape", "interval",
            "a.b", "",
        ];
        Ident::new(self.pick(&names), Span::default())
    }

    fn column(&mut self) -> ColumnRef {
        let table = self.maybe(Self::ident);
        let schema = if table.is_some() {
            self.maybe(Self::ident)
        } else {
            None
        };
        ColumnRef {
            schema,
            table,
            column: self.ident(),
        }
    }

    fn text(&mut self) -> String {
        let parts = [
            "a", "'", "\\", "%", "_", "\0", "\n", "\u{1A}", "é", "😀", "--", "\"", " ", "\t", "\r",
        ];
        (0..self.below(5)).map(|_| self.pick(&parts)).collect()
    }

    fn string(&mut self) -> StringLiteral {
        let value = self.text().into_bytes();
        let prefix = match self.below(6) {
            0 => StringPrefix::National,
            1 => StringPrefix::Introducer("latin1".into()),
            _ => StringPrefix::None,
        };
        StringLiteral { prefix, value }
    }

    fn literal(&mut self) -> Literal {
        let introducer = |random: &mut Self| random.maybe(|_| "utf8mb4".into());
        match self.below(10) {
            0 => Literal::Null,
            1 => Literal::Bool(self.flag()),
            2 => Literal::Integer(self.pick(&["0", "007", "18446744073709551616", "5"]).into()),
            3 => Literal::Decimal(self.pick(&["1.50", ".5", "5."]).into()),
            4 => Literal::Float(self.pick(&["1e5", "1.5E-3", ".5e+7"]).into()),
            5 => Literal::Hex {
                introducer: introducer(self),
                bytes: self.text().into_bytes(),
            },
            6 => Literal::Bit {
                introducer: introducer(self),
                bytes: vec![0, 255, 7][..self.below(4)].to_vec(),
            },
            7 => {
                let kinds = [
                    TemporalKind::Date,
                    TemporalKind::Time,
                    TemporalKind::Timestamp,
                ];
                Literal::Temporal {
                    kind: self.pick(&kinds),
                    text: self.text().into_bytes(),
                }
            }
            _ => Literal::String(self.string()),
        }
    }

    fn cast_type(&mut self) -> CastType {
        let length = |random: &mut Self| random.maybe(|random| random.below(100) as u64);
        match self.below(13) {
            0 => CastType::Binary(length(self)),
            1 => CastType::NationalChar(length(self)),
            2 => CastType::Signed,
            3 => CastType::Unsigned,
            4 => CastType::Date,
            5 => CastType::Year,
            6 => CastType::Time(self.maybe(|r| r.below(7) as u32)),
            7 => CastType::DateTime(self.maybe(|r| r.below(7) as u32)),
            8 => CastType::Decimal(self.maybe(|r| Precision {
                digits: 20,
                scale: r.maybe(|_| 4),
            })),
            9 => CastType::Float(length(self)),
            10 => CastType::Double,
            11 => self.pick(&[CastType::Json, CastType::Geometry(GeometryType::MultiPoint)]),
            _ => {
                let names = [
                    CharsetName::Default,
                    CharsetName::Ascii,
                    CharsetName::Unicode,
                    CharsetName::Byte,
                    CharsetName::Named(Ident::new("binary", Span::default())),
                    CharsetName::Named(Ident::new("latin1", Span::default())),
                ];
                let name = self.pick(&names);
                let binary = name != CharsetName::Byte && self.flag();
                CastType::Char {
                    length: length(self),
                    charset: Charset { name, binary },
                }
            }
        }
    }

    fn call(&mut self, depth: u32) -> Call {
        let arg = |random: &mut Self| random.expr(depth);
        let (name, count, form): (&str, usize, CallForm) = match self.below(9) {
            0 => ("IF", 3, CallForm::Keyword),
            1 => ("NOW", 0, CallForm::Keyword),
            2 => ("POSITION", 2, CallForm::Keyword),
            3 => ("ADDDATE", 2, CallForm::Keyword),
            4 => ("INTERVAL", 3, CallForm::Keyword),
            5 => ("SubStr", 3, CallForm::Keyword),
            6 => ("char", 2, CallForm::Keyword),
            7 => ("NOW", self.below(2), CallForm::Name),
            _ => ("concat", self.below(4), CallForm::Name),
        };
        let args = (0..count).map(|_| arg(self)).collect();
        let schema = if form == CallForm::Name {
            self.maybe(Self::ident)
        } else {
            None
        };
        Call {
            schema,
            name: Ident::new(name, Span::default()),
            args,
            form,
        }
    }

    fn expr(&mut self, depth: u32) -> Expr {
        let kind = if depth == 0 {
            self.leaf()
        } else {
            self.inner(depth - 1)
        };
        Expr::new(kind, Span::default())
    }

    fn leaf(&mut self) -> ExprKind {
        match self.below(9) {
            0 => ExprKind::Parameter(Parameter::Named("p1".into())),
            1 => ExprKind::UserVariable(self.ident()),
            2 => {
                let scope = self.pick(&[
                    None,
                    Some(VariableScope::Global),
                    Some(VariableScope::Session),
                ]);
                let name = Ident::new(self.pick(&["sql_mode", "date"]), Span::default());
                let base = self.maybe(|_| Ident::new("hot", Span::default()));
                ExprKind::SystemVariable(Box::new(SystemVariable { scope, base, name }))
            }
            3 => {
                let path = self.text().into();
                ExprKind::JsonPath {
                    column: Box::new(self.column()),
                    path,
                    unquote: self.flag(),
                }
            }
            4 => ExprKind::Default(Box::new(self.column())),
            5 | 6 => ExprKind::Column(Box::new(self.column())),
            _ => ExprKind::Literal(self.literal()),
        }
    }

    fn inner(&mut self, depth: u32) -> ExprKind {
        let one = |random: &mut Self| Box::new(random.expr(depth));
        let list = |random: &mut Self, least: usize| -> Vec<Expr> {
            (0..least + random.below(2))
                .map(|_| random.expr(depth))
                .collect()
        };
        match self.below(28) {
            0 => self.leaf(),
            1 => {
                let variable = self.ident();
                ExprKind::Assign {
                    variable,
                    value: one(self),
                }
            }
            2..=4 => {
                use UnaryOp::*;
                let op = self.pick(&[Minus, Plus, BitNot, Not, Bang, Binary]);
                ExprKind::Unary {
                    op,
                    operand: one(self),
                }
            }
            5..=10 => {
                use BinaryOp::*;
                let op = self.pick(&[
                    Or,
                    BarOr,
                    Xor,
                    And,
                    AmpersandAnd,
                    Equal,
                    NullSafeEqual,
                    NotEqual,
                    Less,
                    LessEqual,
                    Greater,
                    GreaterEqual,
                    SoundsLike,
                    MemberOf,
                    BitOr,
                    BitAnd,
                    ShiftLeft,
                    ShiftRight,
                    Plus,
                    Minus,
                    Multiply,
                    Divide,
                    IntegerDivide,
                    Modulo,
                    BitXor,
                ]);
                ExprKind::Binary {
                    op,
                    left: one(self),
                    right: one(self),
                }
            }
            11 => {
                let test = self.pick(&[IsTest::Null, IsTest::True, IsTest::False, IsTest::Unknown]);
                ExprKind::Is {
                    operand: one(self),
                    test,
                    negated: self.flag(),
                }
            }
            12 => ExprKind::Like {
                operand: one(self),
                pattern: one(self),
                escape: self.maybe(one),
                negated: self.flag(),
            },
            13 => ExprKind::Regexp {
                operand: one(self),
                pattern: one(self),
                negated: self.flag(),
            },
            14 => ExprKind::Between {
                operand: one(self),
                low: one(self),
                high: one(self),
                negated: self.flag(),
            },
            15 => ExprKind::In {
                operand: one(self),
                list: list(self, 1),
                negated: self.flag(),
            },
            16 => ExprKind::Row(list(self, 2)),
            17 => ExprKind::Case {
                operand: self.maybe(one),
                branches: (0..1 + self.below(2))
                    .map(|_| Branch {
                        condition: self.expr(depth),
                        value: self.expr(depth),
                    })
                    .collect(),
                otherwise: self.maybe(one),
            },
            18 => ExprKind::Cast {
                operand: one(self),
                target: Box::new(self.cast_type()),
                array: self.flag(),
            },
            19 => {
                let charset = Ident::new(self.pick(&["utf8mb4", "binary"]), Span::default());
                ExprKind::ConvertUsing {
                    operand: one(self),
                    charset,
                }
            }
            20 => {
                let collation = Ident::new("utf8mb4_bin", Span::default());
                ExprKind::Collate {
                    operand: one(self),
                    collation,
                }
            }
            21 => ExprKind::Call(Box::new(self.call(depth))),
            22 | 23 => {
                let form = self.pick(&[DateForm::Infix, DateForm::Leading, DateForm::Timestampadd]);
                let unit = match form {
                    DateForm::Timestampadd => IntervalUnit::Week,
                    _ => self.pick(&IntervalUnit::ALL),
                };
                let subtract = form == DateForm::Infix && self.flag();
                ExprKind::DateArithmetic {
                    date: one(self),
                    interval: one(self),
                    unit,
                    subtract,
                    form,
                }
            }
            24 => {
                let unit = self.pick(&IntervalUnit::ALL);
                ExprKind::Extract {
                    unit,
                    operand: one(self),
                }
            }
            25 => {
                let side = self.pick(&[
                    None,
                    Some(TrimSide::Both),
                    Some(TrimSide::Leading),
                    Some(TrimSide::Trailing),
                ]);
                ExprKind::Trim {
                    side,
                    pattern: self.maybe(one),
                    operand: one(self),
                }
            }
            26 => {
                let on = |random: &mut Self| match random.below(3) {
                    0 => JsonOn::Null,
                    1 => JsonOn::Error,
                    _ => JsonOn::Default(Expr::new(
                        ExprKind::Literal(Literal::String(random.string())),
                        Span::default(),
                    )),
                };
                ExprKind::JsonValue(Box::new(JsonValue {
                    document: self.expr(depth),
                    path: self.string(),
                    returning: self.maybe(Self::cast_type),
                    on_empty: self.maybe(on),
                    on_error: self.maybe(on),
                }))
            }
            _ => match self.below(5) {
                0 => ExprKind::TimestampDiff {
                    unit: IntervalUnit::Day,
                    from: one(self),
                    to: one(self),
                },
                1 => ExprKind::GetFormat {
                    kind: FormatKind::DateTime,
                    standard: one(self),
                },
                2 => {
                    let charset = Ident::new("utf8mb4", Span::default());
                    ExprKind::CharUsing {
                        codes: list(self, 1),
                        charset,
                    }
                }
                3 => ExprKind::WeightString {
                    operand: one(self),
                    binary: self.flag(),
                    length: 7,
                },
                _ => {
                    let name = Ident::new(self.pick(&["d", "ts", "fn"]), Span::default());
                    ExprKind::Odbc {
                        name,
                        operand: one(self),
                    }
                }
            },
        }
    }
}

/// The tree as the text of these modes can show it: `||` is OR only without PIPES_AS_CONCAT.
fn expressible(expr: &Expr, modes: Modes) -> bool {
    let bar_or = |e: &Expr| {
        matches!(
            e.kind,
            ExprKind::Binary {
                op: BinaryOp::BarOr,
                ..
            }
        )
    };
    !modes.pipes_as_concat || !expr.walk().any(bar_or)
}

#[test]
fn random_trees() {
    let all_modes = [
        Modes::default(),
        Modes {
            no_backslash_escapes: true,
            ..Modes::default()
        },
        Modes {
            high_not_precedence: true,
            ..Modes::default()
        },
        Modes::from_sql_mode("ANSI"),
    ];
    let mut random = Random(20_261_120);
    let mut seen = 0;
    for round in 0..8_000u32 {
        let expr = random.expr(1 + round % 5);
        let modes = all_modes[round as usize % all_modes.len()];
        if !expressible(&expr, modes) {
            continue;
        }
        seen += 1;
        let text = print_with(&expr, modes);
        let again =
            parse(&text, modes, Limits::default()).unwrap_or_else(|e| panic!("{text}\n{e}"));
        assert!(
            again == expr,
            "{text}\nreads as\n{}",
            print_with(&again, modes)
        );
        // Printing is stable, and the other printer takes every tree as well.
        assert_eq!(print_with(&again, modes), text);
        assert!(!mysql_text(&expr, &Default::default()).is_empty());
    }
    assert!(seen > 6_000);
}
