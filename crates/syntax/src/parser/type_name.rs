//! Types: targets of CAST, and types of columns.

use super::{Flow, Parser, Result};
use crate::Span;
use crate::ast::{Expr, ExprKind};
use crate::error::Error;
use crate::keyword::{Class, Keyword};
use crate::lexer::Token;
use crate::text;
use crate::types::{CastType, Charset, CharsetName, ColumnType, DataType, GeometryType, Precision};

impl Parser<'_> {
    /// Behind `CAST(operand`.
    pub(super) fn cast_target(&mut self, start: u32, operand: Expr) -> Result<Flow> {
        let operand = Box::new(operand);
        if self.at_word(Keyword::At) {
            self.advance();
            if self.at_word(Keyword::Local) {
                return Err(Error::unsupported("AT LOCAL", self.at.span));
            }
            self.expect_word(Keyword::Time)?;
            self.expect_word(Keyword::Zone)?;
            let interval = self.eat_word(Keyword::Interval);
            if self.at.token != Token::String {
                return Err(self.unexpected());
            }
            let zone = String::from_utf8_lossy(&self.string_value()).into();
            self.advance();
            self.expect_word(Keyword::As)?;
            self.expect_word(Keyword::Datetime)?;
            let precision = self.seconds_precision()?;
            self.expect(Token::CloseParen)?;
            return self.primary(
                ExprKind::CastAtTimeZone {
                    operand,
                    zone,
                    interval,
                    precision,
                },
                start,
            );
        }
        self.expect_word(Keyword::As)?;
        let target = Box::new(self.cast_type()?);
        let array = self.eat_word(Keyword::Array);
        self.expect(Token::CloseParen)?;
        self.primary(
            ExprKind::Cast {
                operand,
                target,
                array,
            },
            start,
        )
    }

    pub(super) fn cast_type(&mut self) -> Result<CastType> {
        let Token::Word(keyword, _) = self.at.token else {
            return Err(self.unexpected());
        };
        if let Some(geometry) = geometry(keyword).filter(|&g| g != GeometryType::Geometry) {
            self.advance();
            return Ok(CastType::Geometry(geometry));
        }
        match keyword {
            Keyword::Binary
            | Keyword::Char
            | Keyword::Character
            | Keyword::Nchar
            | Keyword::National
            | Keyword::Signed
            | Keyword::Unsigned
            | Keyword::Date
            | Keyword::Year
            | Keyword::Time
            | Keyword::Datetime
            | Keyword::Decimal
            | Keyword::Dec
            | Keyword::Json
            | Keyword::Real
            | Keyword::Double
            | Keyword::Float8
            | Keyword::Float
            | Keyword::Float4 => self.advance(),
            _ => return Err(self.unexpected()),
        }
        Ok(match keyword {
            Keyword::Binary => CastType::Binary(self.length()?),
            Keyword::Char | Keyword::Character => CastType::Char {
                length: self.length()?,
                charset: self.charset()?,
            },
            Keyword::Nchar => CastType::NationalChar(self.length()?),
            Keyword::National => {
                if !self.eat_word(Keyword::Character) {
                    self.expect_word(Keyword::Char)?;
                }
                CastType::NationalChar(self.length()?)
            }
            Keyword::Signed | Keyword::Unsigned => {
                if matches!(
                    self.at.token,
                    Token::Word(Keyword::Int | Keyword::Integer | Keyword::Int4, _)
                ) {
                    self.advance();
                }
                if keyword == Keyword::Signed {
                    CastType::Signed
                } else {
                    CastType::Unsigned
                }
            }
            Keyword::Date => CastType::Date,
            Keyword::Year => CastType::Year,
            Keyword::Time => CastType::Time(self.seconds_precision()?),
            Keyword::Datetime => CastType::DateTime(self.seconds_precision()?),
            Keyword::Json => CastType::Json,
            Keyword::Real if self.modes.real_as_float => CastType::Float(None),
            Keyword::Real => CastType::Double,
            Keyword::Double | Keyword::Float8 => {
                self.eat_word(Keyword::Precision);
                CastType::Double
            }
            Keyword::Float | Keyword::Float4 => CastType::Float(self.length_or(0)?),
            _ => CastType::Decimal(self.precision()?),
        })
    }

    // Parts of types

    /// A number that is no more than 2^31 - 1, which is what MySQL calls a number here.
    pub(super) fn small_number(&mut self) -> Result<u32> {
        let number = match self.at.token {
            Token::Integer => self.at_text().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| *n <= i32::MAX as u32);
        let number = number.ok_or_else(|| self.unexpected())?;
        self.advance();
        Ok(number)
    }

    /// A length: what stands behind a point counts for nothing, and a number beyond `u64` is the largest one. `none` if nothing stands
    /// before the point.
    fn width(&mut self, none: u64) -> Result<u64> {
        if !matches!(self.at.token, Token::Integer | Token::Decimal) {
            return Err(self.unexpected());
        }
        let text = self.at_text();
        let number = match text.split_once('.').map_or(text, |(whole, _)| whole) {
            "" => none,
            digits => digits.parse().unwrap_or(u64::MAX),
        };
        self.advance();
        Ok(number)
    }

    /// `[(n)]`
    fn length(&mut self) -> Result<Option<u64>> {
        self.length_or(u64::MAX)
    }

    fn length_or(&mut self, none: u64) -> Result<Option<u64>> {
        if !self.eat(Token::OpenParen) {
            return Ok(None);
        }
        let length = self.width(none)?;
        self.expect(Token::CloseParen)?;
        Ok(Some(length))
    }

    fn needed_length(&mut self) -> Result<u64> {
        let length = self.length()?;
        length.ok_or_else(|| self.unexpected())
    }

    /// `[(n)]` of fractional seconds.
    fn seconds_precision(&mut self) -> Result<Option<u32>> {
        if !self.eat(Token::OpenParen) {
            return Ok(None);
        }
        let digits = self.small_number()?;
        self.expect(Token::CloseParen)?;
        Ok(Some(digits))
    }

    /// `[(p[, s])]`
    fn precision(&mut self) -> Result<Option<Precision>> {
        if !self.eat(Token::OpenParen) {
            return Ok(None);
        }
        let is_small = self.at.token == Token::Integer
            && self
                .at_text()
                .parse()
                .is_ok_and(|n: u64| n <= i32::MAX as u64);
        let digits = self.width(0)?;
        let scale = if is_small && self.eat(Token::Comma) {
            Some(self.small_number()?.into())
        } else {
            None
        };
        self.expect(Token::CloseParen)?;
        Ok(Some(Precision { digits, scale }))
    }

    /// `[(p, s)]`, where MySQL wants both numbers or none.
    fn double_precision(&mut self) -> Result<Option<Precision>> {
        if !self.eat(Token::OpenParen) {
            return Ok(None);
        }
        let digits = self.small_number()?.into();
        self.expect(Token::Comma)?;
        let scale = Some(self.small_number()?.into());
        self.expect(Token::CloseParen)?;
        Ok(Some(Precision { digits, scale }))
    }

    /// `CHARACTER SET x`, `ASCII`, `UNICODE`, `BYTE`, each with or without `BINARY`; or nothing.
    fn charset(&mut self) -> Result<Charset> {
        let mut binary = self.eat_word(Keyword::Binary);
        let name = match self.at.token {
            Token::Word(Keyword::Ascii, _) => CharsetName::Ascii,
            Token::Word(Keyword::Unicode, _) => CharsetName::Unicode,
            Token::Word(Keyword::Byte, _) if !binary => CharsetName::Byte,
            Token::Word(Keyword::Charset | Keyword::Char | Keyword::Character, _) => {
                let short = self.at_word(Keyword::Charset);
                self.advance();
                if !short {
                    self.expect_word(Keyword::Set)?;
                }
                let name = CharsetName::Named(self.charset_name()?);
                binary |= self.eat_word(Keyword::Binary);
                return Ok(Charset { name, binary });
            }
            _ => {
                return Ok(Charset {
                    name: CharsetName::Default,
                    binary,
                });
            }
        };
        self.advance();
        if name != CharsetName::Byte {
            binary |= self.eat_word(Keyword::Binary);
        }
        Ok(Charset { name, binary })
    }

    // Columns

    /// A column's type with its attributes.
    pub(crate) fn column_type(&mut self) -> Result<ColumnType> {
        let start = self.at.span.start;
        let boolean = self.at_word(Keyword::Bool) || self.at_word(Keyword::Boolean);
        let data = self.data_type()?;
        let mut ty = ColumnType {
            data,
            unsigned: false,
            zerofill: false,
            charset: Charset::default(),
            collation: None,
            nullable: None,
            span: Span::default(),
        };
        match ty.data {
            _ if ty.data.is_numeric() && !boolean => self.number_attributes(&mut ty),
            _ if ty.data.is_text() => ty.charset = self.charset()?,
            DataType::NationalChar(_) | DataType::NationalVarChar(_) => {
                ty.charset.binary = self.eat_word(Keyword::Binary);
            }
            _ => {}
        }
        loop {
            if self.eat_word(Keyword::Collate) {
                ty.collation = Some(self.charset_name()?);
            } else if self.eat_word(Keyword::Null) {
                ty.nullable = Some(true);
            } else if self.eat_word(Keyword::Not) {
                self.expect_word(Keyword::Null)?;
                ty.nullable = Some(false);
            } else {
                break;
            }
        }
        ty.span = Span::new(start, self.last_end);
        Ok(ty)
    }

    /// `SIGNED`, `UNSIGNED`, `ZEROFILL`, in any order and number.
    fn number_attributes(&mut self, ty: &mut ColumnType) {
        while let Token::Word(keyword, _) = self.at.token {
            match keyword {
                Keyword::Signed => {}
                Keyword::Unsigned => ty.unsigned = true,
                Keyword::Zerofill => (ty.unsigned, ty.zerofill) = (true, true),
                _ => return,
            }
            self.advance();
        }
    }

    fn data_type(&mut self) -> Result<DataType> {
        // SET and DOUBLE and the like are reserved, ENUM and TEXT are not: any word may begin a type.
        let Token::Word(keyword, Class::Reserved | Class::NonReserved) = self.at.token else {
            return Err(self.unexpected());
        };
        use DataType as D;
        use Keyword as K;
        if let Some(geometry) = geometry(keyword) {
            self.advance();
            return Ok(D::Geometry(geometry));
        }
        if !begins_type(keyword) {
            return Err(self.unexpected());
        }
        self.advance();
        Ok(match keyword {
            K::Tinyint | K::Int1 => D::TinyInt(self.length()?),
            K::Bool | K::Boolean => D::TinyInt(Some(1)),
            K::Smallint | K::Int2 => D::SmallInt(self.length()?),
            K::Mediumint | K::Int3 | K::Middleint => D::MediumInt(self.length()?),
            K::Int | K::Integer | K::Int4 => D::Int(self.length()?),
            K::Bigint | K::Int8 => D::BigInt(self.length()?),
            K::Decimal | K::Dec | K::Numeric | K::Fixed => D::Decimal(self.precision()?),
            K::Float | K::Float4 => D::Float(self.precision()?),
            K::Real if self.modes.real_as_float => D::Float(self.double_precision()?),
            K::Double | K::Float8 | K::Real => {
                if keyword == K::Double {
                    self.eat_word(K::Precision);
                }
                D::Double(self.double_precision()?)
            }
            K::Bit => D::Bit(self.length()?),
            K::Date => D::Date,
            K::Time => D::Time(self.seconds_precision()?),
            K::Datetime => D::DateTime(self.seconds_precision()?),
            K::Timestamp => D::Timestamp(self.seconds_precision()?),
            K::Year => D::Year(self.length()?),
            K::Char | K::Character if self.eat_word(K::Varying) => {
                D::VarChar(self.needed_length()?)
            }
            K::Char | K::Character => D::Char(self.length()?),
            K::Varchar | K::Varcharacter => D::VarChar(self.needed_length()?),
            K::Nchar if self.eat_word(K::Varchar) || self.eat_word(K::Varying) => {
                D::NationalVarChar(self.needed_length()?)
            }
            K::Nchar => D::NationalChar(self.length()?),
            K::Nvarchar => D::NationalVarChar(self.needed_length()?),
            K::National if self.eat_word(K::Varchar) => D::NationalVarChar(self.needed_length()?),
            K::National => {
                if !self.eat_word(K::Character) {
                    self.expect_word(K::Char)?;
                }
                if self.eat_word(K::Varying) {
                    D::NationalVarChar(self.needed_length()?)
                } else {
                    D::NationalChar(self.length()?)
                }
            }
            K::Binary => D::Binary(self.length()?),
            K::Varbinary => D::VarBinary(self.needed_length()?),
            K::Tinytext => D::TinyText,
            K::Text => D::Text(self.length()?),
            K::Mediumtext => D::MediumText,
            K::Longtext => D::LongText,
            K::Tinyblob => D::TinyBlob,
            K::Blob => D::Blob(self.length()?),
            K::Mediumblob => D::MediumBlob,
            K::Longblob => D::LongBlob,
            // MySQL: LONG is a name of MEDIUMTEXT, LONG VARBINARY of MEDIUMBLOB.
            K::Long if self.eat_word(K::Varbinary) => D::MediumBlob,
            K::Long => {
                if self.eat_word(K::Char) || self.eat_word(K::Character) {
                    self.expect_word(K::Varying)?;
                } else if !self.eat_word(K::Varchar) {
                    self.eat_word(K::Varcharacter);
                }
                D::MediumText
            }
            K::Enum => D::Enum(self.members()?),
            K::Set => D::Set(self.members()?),
            K::Json => D::Json,
            _ => D::Vector(self.length()?),
        })
    }

    /// `('a', 'b')`
    fn members(&mut self) -> Result<Vec<Box<str>>> {
        self.expect(Token::OpenParen)?;
        let mut members = Vec::new();
        loop {
            let member = match self.at.token {
                Token::String => Some(self.string_value()),
                Token::Hex => Some(text::hex_bytes(self.at_text())),
                Token::Bit => Some(text::bit_bytes(self.at_text())),
                _ => None,
            };
            let member = member.and_then(|bytes| String::from_utf8(bytes).ok());
            members.push(member.ok_or_else(|| self.unexpected())?.into());
            self.advance();
            if !self.eat(Token::Comma) {
                break;
            }
        }
        self.expect(Token::CloseParen)?;
        Ok(members)
    }
}

fn geometry(keyword: Keyword) -> Option<GeometryType> {
    Some(match keyword {
        Keyword::Geometry => GeometryType::Geometry,
        Keyword::Point => GeometryType::Point,
        Keyword::Linestring => GeometryType::LineString,
        Keyword::Polygon => GeometryType::Polygon,
        Keyword::Multipoint => GeometryType::MultiPoint,
        Keyword::Multilinestring => GeometryType::MultiLineString,
        Keyword::Multipolygon => GeometryType::MultiPolygon,
        Keyword::Geometrycollection | Keyword::Geomcollection => GeometryType::GeometryCollection,
        _ => return None,
    })
}

fn begins_type(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::Tinyint
            | K::Int1
            | K::Bool
            | K::Boolean
            | K::Smallint
            | K::Int2
            | K::Mediumint
            | K::Int3
            | K::Middleint
            | K::Int
            | K::Integer
            | K::Int4
            | K::Bigint
            | K::Int8
            | K::Decimal
            | K::Dec
            | K::Numeric
            | K::Fixed
            | K::Float
            | K::Float4
            | K::Real
            | K::Double
            | K::Float8
            | K::Bit
            | K::Date
            | K::Time
            | K::Datetime
            | K::Timestamp
            | K::Year
            | K::Char
            | K::Character
            | K::Varchar
            | K::Varcharacter
            | K::Nchar
            | K::Nvarchar
            | K::National
            | K::Binary
            | K::Varbinary
            | K::Tinytext
            | K::Text
            | K::Mediumtext
            | K::Longtext
            | K::Tinyblob
            | K::Blob
            | K::Mediumblob
            | K::Longblob
            | K::Long
            | K::Enum
            | K::Set
            | K::Json
            | K::Vector
    )
}

impl DataType {
    /// Whether `UNSIGNED` and `ZEROFILL` may follow.
    fn is_numeric(&self) -> bool {
        matches!(
            self,
            Self::TinyInt(_)
                | Self::SmallInt(_)
                | Self::MediumInt(_)
                | Self::Int(_)
                | Self::BigInt(_)
                | Self::Decimal(_)
                | Self::Float(_)
                | Self::Double(_)
                | Self::Year(_)
        )
    }

    /// Whether a character set may follow.
    fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Char(_)
                | Self::VarChar(_)
                | Self::TinyText
                | Self::Text(_)
                | Self::MediumText
                | Self::LongText
                | Self::Enum(_)
                | Self::Set(_)
        )
    }
}
