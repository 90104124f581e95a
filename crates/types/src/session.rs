//! Session settings that an expression depends on.

use crate::temporal::{Locale, Zone};
use crate::{CollationId, Datum, Error};
use sqlift_collation::Charset;
use std::collections::BTreeMap;

/// The `sql_mode` bits that change an expression's grammar or meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SqlMode(u32);

macro_rules! modes {
    ($($(#[$doc:meta])* $name:ident = $bit:expr, $text:literal;)*) => {
        impl SqlMode {
            $($(#[$doc])* pub const $name: SqlMode = SqlMode(1 << $bit);)*
            const NAMES: &'static [(&'static str, SqlMode)] = &[$(($text, SqlMode::$name)),*];
        }
    };
}

// In the order in which MySQL lists them.
modes! {
    /// REAL is FLOAT.
    REAL_AS_FLOAT = 5, "REAL_AS_FLOAT";
    /// `||` concatenates.
    PIPES_AS_CONCAT = 1, "PIPES_AS_CONCAT";
    /// `"` quotes identifiers.
    ANSI_QUOTES = 0, "ANSI_QUOTES";
    /// Blanks are allowed between a function name and `(`.
    IGNORE_SPACE = 4, "IGNORE_SPACE";
    /// No meaning for expressions.
    ONLY_FULL_GROUP_BY = 15, "ONLY_FULL_GROUP_BY";
    /// Subtraction of unsigned integers may be negative.
    NO_UNSIGNED_SUBTRACTION = 10, "NO_UNSIGNED_SUBTRACTION";
    /// No meaning for expressions.
    NO_DIR_IN_CREATE = 18, "NO_DIR_IN_CREATE";
    /// Was set by its name, which stands for several modes; no meaning of its own.
    ANSI = 19, "ANSI";
    /// No meaning for expressions.
    NO_AUTO_VALUE_ON_ZERO = 17, "NO_AUTO_VALUE_ON_ZERO";
    /// A backslash is an ordinary character in strings.
    NO_BACKSLASH_ESCAPES = 3, "NO_BACKSLASH_ESCAPES";
    /// Strict mode for transactional tables.
    STRICT_TRANS_TABLES = 13, "STRICT_TRANS_TABLES";
    /// Strict mode for all tables.
    STRICT_ALL_TABLES = 14, "STRICT_ALL_TABLES";
    /// Dates with month or day 0 are not valid.
    NO_ZERO_IN_DATE = 8, "NO_ZERO_IN_DATE";
    /// '0000-00-00' is not a valid date.
    NO_ZERO_DATE = 7, "NO_ZERO_DATE";
    /// Days 1-31 are valid in every month.
    ALLOW_INVALID_DATES = 9, "ALLOW_INVALID_DATES";
    /// Warn about division by zero.
    ERROR_FOR_DIVISION_BY_ZERO = 6, "ERROR_FOR_DIVISION_BY_ZERO";
    /// Was set by its name, which stands for several modes; no meaning of its own.
    TRADITIONAL = 20, "TRADITIONAL";
    /// NOT binds as tightly as `!`.
    HIGH_NOT_PRECEDENCE = 2, "HIGH_NOT_PRECEDENCE";
    /// No meaning for expressions.
    NO_ENGINE_SUBSTITUTION = 16, "NO_ENGINE_SUBSTITUTION";
    /// CHAR columns keep their trailing spaces.
    PAD_CHAR_TO_FULL_LENGTH = 11, "PAD_CHAR_TO_FULL_LENGTH";
    /// Fractions of seconds are cut, not rounded.
    TIME_TRUNCATE_FRACTIONAL = 12, "TIME_TRUNCATE_FRACTIONAL";
}

impl SqlMode {
    /// No bit set.
    pub const EMPTY: SqlMode = SqlMode(0);

    /// MySQL 9.7's default.
    pub const fn mysql_default() -> SqlMode {
        SqlMode(
            Self::ONLY_FULL_GROUP_BY.0
                | Self::STRICT_TRANS_TABLES.0
                | Self::NO_ZERO_IN_DATE.0
                | Self::NO_ZERO_DATE.0
                | Self::ERROR_FOR_DIVISION_BY_ZERO.0
                | Self::NO_ENGINE_SUBSTITUTION.0,
        )
    }
    /// Whether all bits of `other` are set.
    pub const fn contains(self, other: SqlMode) -> bool {
        self.0 & other.0 == other.0
    }
    /// Both sets of bits.
    pub const fn with(self, other: SqlMode) -> SqlMode {
        SqlMode(self.0 | other.0)
    }
    /// These bits without those of `other`.
    pub const fn without(self, other: SqlMode) -> SqlMode {
        SqlMode(self.0 & !other.0)
    }
    /// Strict mode of either kind.
    pub const fn is_strict(self) -> bool {
        self.contains(Self::STRICT_TRANS_TABLES) || self.contains(Self::STRICT_ALL_TABLES)
    }
    /// Parses a comma-separated list; `ANSI` and `TRADITIONAL` stand for their members. Error 1231 for an unknown name.
    pub fn parse(text: &str) -> Result<SqlMode, Error> {
        let mut mode = SqlMode::EMPTY;
        for name in text.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            let upper = name.to_ascii_uppercase();
            let bits = match upper.as_str() {
                "ANSI" => Self::ANSI
                    .with(Self::REAL_AS_FLOAT)
                    .with(Self::PIPES_AS_CONCAT)
                    .with(Self::ANSI_QUOTES)
                    .with(Self::IGNORE_SPACE)
                    .with(Self::ONLY_FULL_GROUP_BY),
                "TRADITIONAL" => Self::mysql_default()
                    .without(Self::ONLY_FULL_GROUP_BY)
                    .with(Self::STRICT_ALL_TABLES)
                    .with(Self::TRADITIONAL),
                _ => {
                    let known = Self::NAMES.iter().find(|(n, _)| *n == upper);
                    known
                        .map(|(_, bits)| *bits)
                        .ok_or_else(|| wrong_value("sql_mode", name))?
                }
            };
            mode = mode.with(bits);
        }
        Ok(mode)
    }
}

impl std::fmt::Display for SqlMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = Self::NAMES
            .iter()
            .filter(|(_, bit)| self.contains(*bit))
            .map(|(n, _)| *n);
        f.write_str(&names.collect::<Vec<_>>().join(","))
    }
}

/// The session's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TimeZone {
    /// A fixed offset from UTC in seconds, at most 14 hours.
    Offset(i32),
    /// A zone of the IANA database, such as `Europe/Berlin`.
    Named(String),
}

/// The settings of a MySQL session that an expression can depend on.
///
/// The default is a fresh MySQL 9.7 session with `SET NAMES utf8mb4 COLLATE utf8mb4_0900_ai_ci` and `time_zone = '+00:00'`.
/// Settings are part of every cache key.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// `sql_mode`.
    pub sql_mode: SqlMode,
    /// `time_zone`.
    pub time_zone: TimeZone,
    /// `collation_connection`; its character set is `character_set_connection`.
    pub collation_connection: CollationId,
    /// `div_precision_increment`: digits that `/` adds to the scale (0-30).
    pub div_precision_increment: u8,
    /// `max_allowed_packet` in bytes: the longest string a function may make.
    pub max_allowed_packet: u32,
    /// `lc_time_names`.
    pub lc_time_names: String,
    /// `default_week_format` (0-7).
    pub default_week_format: u8,
    /// `block_encryption_mode`.
    pub block_encryption_mode: String,
    /// The statement's time in microseconds since 1970-01-01 00:00:00 UTC; `None` reads the clock, once for each
    /// row that is evaluated alone and once for each batch.
    pub now: Option<i64>,
    /// `rand_seed1`: the first seed of RAND() without an argument; `None` is one that nobody knows.
    pub rand_seed1: Option<u64>,
    /// `rand_seed2`: the second seed.
    pub rand_seed2: Option<u64>,
    /// User variables (`@name`), by lower-case name; see [`Session::set_user_variable`].
    pub user_variables: BTreeMap<String, UserVariable>,
}

/// The value of a user variable. An expression sees it as BIGINT, DECIMAL, DOUBLE, or (everything else) a string.
#[derive(Clone, Debug, PartialEq)]
pub struct UserVariable {
    /// The value; bytes are in the character set of the collation.
    pub value: Datum,
    /// The collation of a string; `binary` of anything else.
    pub collation: CollationId,
}

impl Default for Session {
    fn default() -> Session {
        Session {
            sql_mode: SqlMode::mysql_default(),
            time_zone: TimeZone::Offset(0),
            collation_connection: CollationId::UTF8MB4_0900_AI_CI,
            div_precision_increment: 4,
            max_allowed_packet: 67_108_864,
            lc_time_names: "en_US".to_owned(),
            default_week_format: 0,
            block_encryption_mode: "aes-128-ecb".to_owned(),
            now: None,
            rand_seed1: None,
            rand_seed2: None,
            user_variables: BTreeMap::new(),
        }
    }
}

fn wrong_value(name: &str, value: &str) -> Error {
    Error::new(
        1231,
        "42000",
        format!("Variable '{name}' can't be set to the value of '{value}'"),
    )
}

impl Session {
    /// Sets a user variable, as `SET @name = value` does: text is in the collation of the connection.
    ///
    /// ```
    /// use sqlift_types::{Datum, Session};
    /// let mut session = Session::default();
    /// session.set_user_variable("Limit", Datum::Int(10));
    /// assert_eq!(session.user_variables["limit"].value, Datum::Int(10));
    /// ```
    pub fn set_user_variable(&mut self, name: &str, value: Datum) {
        let collation = match &value {
            Datum::Bytes(_) => self.collation_connection,
            // MySQL: what becomes a string without being one is latin1.
            Datum::Date(_) | Datum::Time(_) | Datum::DateTime(_) => CollationId::LATIN1_SWEDISH_CI,
            Datum::Json(_) => CollationId::UTF8MB4_BIN,
            _ => CollationId::BINARY,
        };
        self.set_user_variable_in(name, value, collation);
    }

    /// As [`Session::set_user_variable`], for a string of any collation.
    pub fn set_user_variable_in(&mut self, name: &str, value: Datum, collation: CollationId) {
        self.user_variables
            .insert(name.to_lowercase(), UserVariable { value, collation });
    }

    /// Sets a system variable by name, as `SET name = value` does.
    ///
    /// Errors: 1193 for an unknown name, 1231 (or one of its own) for a value that the variable cannot take.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let lower = name.to_ascii_lowercase();
        let wrong = || wrong_value(&lower, value);
        let number = |low: u32, high: u32| {
            value
                .trim()
                .parse::<u64>()
                .map_err(|_| wrong())
                .map(|n| n.clamp(low.into(), high.into()) as u32)
        };
        match lower.as_str() {
            "sql_mode" => self.sql_mode = SqlMode::parse(value)?,
            "time_zone" => {
                self.time_zone = parse_zone(value).ok_or_else(|| {
                    let message = format!("Unknown or incorrect time zone: '{value}'");
                    Error::new(1298, "HY000", message)
                })?;
            }
            "collation_connection" => {
                let collation = sqlift_collation::Collation::by_name(value).ok_or_else(|| {
                    Error::new(1273, "HY000", format!("Unknown collation: '{value}'"))
                })?;
                self.collation_connection = collation.id();
            }
            "character_set_connection" => {
                let charset = Charset::by_name(value).ok_or_else(|| {
                    Error::new(1115, "42000", format!("Unknown character set: '{value}'"))
                })?;
                self.collation_connection = charset.default_collation();
            }
            "div_precision_increment" => self.div_precision_increment = number(0, 30)? as u8,
            "max_allowed_packet" => self.max_allowed_packet = number(1024, 1 << 30)? / 1024 * 1024,
            "lc_time_names" => {
                let by_number = || Locale::by_number(value.parse().ok()?);
                let locale = Locale::by_name(value).or_else(by_number).ok_or_else(|| {
                    Error::new(1649, "HY000", format!("Unknown locale: '{value}'"))
                })?;
                self.lc_time_names = locale.name.to_owned();
            }
            "default_week_format" => self.default_week_format = number(0, 7)? as u8,
            "block_encryption_mode" => self.block_encryption_mode = value.to_ascii_lowercase(),
            "timestamp" => self.now = parse_timestamp(value).ok_or_else(wrong)?,
            "rand_seed1" => self.rand_seed1 = Some(value.trim().parse().map_err(|_| wrong())?),
            "rand_seed2" => self.rand_seed2 = Some(value.trim().parse().map_err(|_| wrong())?),
            _ => {
                let message = format!("Unknown system variable '{name}'");
                return Err(Error::new(1193, "HY000", message));
            }
        }
        Ok(())
    }
}

/// `+HH:MM` up to 14 hours, `UTC`, `SYSTEM` (taken as UTC: a library has no server's zone), or the name of a zone that there is.
fn parse_zone(text: &str) -> Option<TimeZone> {
    let upper = text.to_ascii_uppercase();
    if upper == "UTC" || upper == "SYSTEM" {
        return Some(TimeZone::Offset(0));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        c if c.is_ascii_alphabetic() => {
            return Zone::from_sql(text.as_bytes()).map(|_| TimeZone::Named(text.to_owned()));
        }
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    let seconds = sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60);
    let in_range = (0..60).contains(&minutes) && (-50_340..=50_400).contains(&seconds);
    in_range.then_some(TimeZone::Offset(seconds))
}

/// Seconds with up to six fraction digits; 0 means "read the clock" (`Some(None)`).
fn parse_timestamp(text: &str) -> Option<Option<i64>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let micros = seconds
        .checked_mul(1_000_000)?
        .checked_add(digits.parse::<i64>().ok()?)?;
    Some((micros != 0).then_some(micros))
}
