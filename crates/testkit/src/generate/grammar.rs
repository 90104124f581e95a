//! What MySQL offers, described for the generator: operators, constructs of the grammar, functions.
//!
//! This list is independent of the engine's catalogue on purpose: what the engine lacks shall be met as well, and
//! counted as not supported. Left out is what two servers cannot agree on: clocks without a fixed time, random
//! bytes, locks, connection state.

use super::{Argument, Catalogue, Class, Entry, Form, Produces};

/// MySQL's operators, constructs and deterministic functions.
#[derive(Debug, Clone, Copy, Default)]
pub struct MySql;

impl Catalogue for MySql {
    fn entries(&self) -> Vec<Entry> {
        let templates = TEMPLATES
            .iter()
            .map(|(family, template, arguments, produces)| {
                let shape = shape(arguments);
                Entry {
                    name: template
                        .replace("{}", "")
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" "),
                    family: (*family).to_owned(),
                    form: Form::Template(template),
                    required: shape.arguments.len(),
                    arguments: shape.arguments,
                    repeated: 0,
                    produces: produced(produces),
                }
            });
        let functions = FUNCTIONS
            .iter()
            .flat_map(|(family, names, arguments, produces)| {
                names.split(' ').map(move |name| {
                    let shape = shape(arguments);
                    Entry {
                        name: name.to_owned(),
                        family: (*family).to_owned(),
                        form: Form::Call,
                        arguments: shape.arguments,
                        required: shape.required,
                        repeated: shape.repeated,
                        produces: produced(produces),
                    }
                })
            });
        templates.chain(functions).collect()
    }
}

#[rustfmt::skip]
const UNITS: &[&str] = &[
    "MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
    "SECOND_MICROSECOND", "MINUTE_MICROSECOND", "MINUTE_SECOND", "HOUR_MICROSECOND", "HOUR_SECOND",
    "HOUR_MINUTE", "DAY_MICROSECOND", "DAY_SECOND", "DAY_MINUTE", "DAY_HOUR", "YEAR_MONTH",
];
#[rustfmt::skip]
const SIMPLE_UNITS: &[&str] = &[
    "MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
];
const SMALL: &[&str] = &["-1", "0", "1", "2", "3", "5", "10", "31", "64"];
const BASES: &[&str] = &["2", "8", "10", "16", "36", "-10", "-36", "1", "37"];
const MODES: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7"];
const SHA_BITS: &[&str] = &["0", "224", "256", "384", "512", "1"];
#[rustfmt::skip]
const PATHS: &[&str] = &[
    "'$'", "'$.a'", "'$[0]'", "'$[last]'", "'$.*'", "'$**.a'", "'$.b.c[1]'", "'$[0 to 1]'",
    "'$.\"a b\"'",
];
#[rustfmt::skip]
const EXACT_PATHS: &[&str] = &[
    "'$'", "'$.a'", "'$[0]'", "'$[last]'", "'$.b.c'", "'$.new'", "'$[5]'",
];
const ONE_OR_ALL: &[&str] = &["'one'", "'all'"];
#[rustfmt::skip]
const DATE_FORMATS: &[&str] = &[
    "'%Y-%m-%d'", "'%H:%i:%s.%f'", "'%a %b %e %y'", "'%W %M %D'", "'%j %U %u %V %v %X %x'",
    "'%T %r %p %%'", "''", "'%c %k %l %h %I %w'",
];
#[rustfmt::skip]
const PARSE_FORMATS: &[&str] = &[
    "'%Y-%m-%d'", "'%H:%i:%s'", "'%Y-%m-%d %H:%i:%s.%f'", "'%y%m%d'", "'%d/%b/%Y'", "'%Y %j'",
];
#[rustfmt::skip]
const ZONES: &[&str] = &[
    "'+00:00'", "'+14:00'", "'-13:59'", "'UTC'", "'Europe/Berlin'", "'America/New_York'", "'x'",
];
#[rustfmt::skip]
const PATTERNS: &[&str] = &[
    "'a'", "'^a'", "'b$'", "'[a-c]+'", "'.'", "'(a|b)*c'", "'[[:alpha:]]'", "'\\\\d+'",
];
const LIKE_PATTERNS: &[&str] = &[
    "'a%'", "'%a'", "'_'", "'%'", "''", "'a\\\\%'", "'%b_%'", "'É%'", "'日%'",
];
const MATCH_TYPES: &[&str] = &["'c'", "'i'", "'m'", "'n'", "''"];
const LOCALES: &[&str] = &["'en_US'", "'de_DE'", "'fr_FR'", "'xx'"];
const PERIODS: &[&str] = &["202402", "199912", "7001", "6912", "0"];

struct Shape {
    arguments: Vec<Argument>,
    required: usize,
    repeated: usize,
}

/// Reads the argument letters of the tables below: `[` starts what is optional, a trailing `*` repeats the last
/// argument, `**` the last two.
fn shape(letters: &str) -> Shape {
    let bare = letters.trim_end_matches('*');
    let (required, optional) = bare.split_once('[').unwrap_or((bare, ""));
    Shape {
        arguments: required
            .chars()
            .chain(optional.chars())
            .map(argument)
            .collect(),
        required: required.chars().count(),
        repeated: letters.len() - bare.len(),
    }
}

fn argument(letter: char) -> Argument {
    match letter {
        'a' => Argument::Any,
        '=' => Argument::Same,
        'n' => Argument::OneOf(&Class::NUMBERS),
        'I' => Argument::OneOf(&[Class::Int, Class::UInt]),
        'S' => Argument::OneOf(&[Class::Text, Class::Binary]),
        'Q' => Argument::OneOf(&[Class::Date, Class::DateTime]),
        'P' => Argument::OneOf(&Class::TEMPORAL),
        'J' => Argument::OneOf(&[
            Class::Json,
            Class::Text,
            Class::Int,
            Class::Decimal,
            Class::Condition,
        ]),
        'k' => Argument::Word(SMALL),
        'K' => Argument::Word(BASES),
        'u' => Argument::Word(UNITS),
        'U' => Argument::Word(SIMPLE_UNITS),
        'w' => Argument::Word(MODES),
        'h' => Argument::Word(SHA_BITS),
        'p' => Argument::Word(PATHS),
        'e' => Argument::Word(EXACT_PATHS),
        'o' => Argument::Word(ONE_OR_ALL),
        'f' => Argument::Word(DATE_FORMATS),
        'F' => Argument::Word(PARSE_FORMATS),
        'z' => Argument::Word(ZONES),
        'r' => Argument::Word(PATTERNS),
        'L' => Argument::Word(LIKE_PATTERNS),
        'm' => Argument::Word(MATCH_TYPES),
        'l' => Argument::Word(LOCALES),
        'q' => Argument::Word(PERIODS),
        other => Argument::Of(class(other)),
    }
}

fn class(letter: char) -> Class {
    match letter {
        'c' => Class::Condition,
        'i' => Class::Int,
        'v' => Class::UInt,
        'x' => Class::Decimal,
        'd' => Class::Double,
        's' => Class::Text,
        'b' => Class::Binary,
        'D' => Class::Date,
        'T' => Class::Time,
        'A' => Class::DateTime,
        'y' => Class::Year,
        'j' => Class::Json,
        // The tables below are constants and a test reads them all.
        other => unreachable!("no class has the letter {other}"),
    }
}

fn produced(letter: &str) -> Produces {
    match letter {
        "=" => Produces::Same,
        "n" => Produces::SameOf(&Class::NUMBERS),
        "P" => Produces::SameOf(&Class::TEMPORAL),
        _ => Produces::Class(class(letter.chars().next().unwrap_or('?'))),
    }
}

type Row = (&'static str, &'static str, &'static str, &'static str);

/// Family, text, arguments, result.
const TEMPLATES: &[Row] = &[
    ("arithmetic", "{} + {}", "==", "n"),
    ("arithmetic", "{} - {}", "==", "n"),
    ("arithmetic", "{} * {}", "==", "n"),
    ("arithmetic", "{} / {}", "nn", "x"),
    ("arithmetic", "{} / {}", "dn", "d"),
    ("arithmetic", "{} DIV {}", "nn", "i"),
    ("arithmetic", "{} % {}", "==", "n"),
    ("arithmetic", "-{}", "=", "n"),
    ("bits", "{} & {}", "II", "v"),
    ("bits", "{} | {}", "II", "v"),
    ("bits", "{} ^ {}", "II", "v"),
    ("bits", "{} << {}", "Ik", "v"),
    ("bits", "{} >> {}", "Ik", "v"),
    ("bits", "~{}", "I", "v"),
    ("bits", "{} & {}", "bb", "b"),
    ("comparison", "{} = {}", "nn", "c"),
    ("comparison", "{} <> {}", "nn", "c"),
    ("comparison", "{} < {}", "nn", "c"),
    ("comparison", "{} <= {}", "SS", "c"),
    ("comparison", "{} > {}", "SS", "c"),
    ("comparison", "{} >= {}", "PP", "c"),
    ("comparison", "{} = {}", "SS", "c"),
    ("comparison", "{} = {}", "PP", "c"),
    ("comparison", "{} < {}", "PP", "c"),
    ("comparison", "{} = {}", "aa", "c"),
    ("comparison", "{} < {}", "aa", "c"),
    ("comparison", "{} <=> {}", "aa", "c"),
    ("comparison", "{} IS NULL", "a", "c"),
    ("comparison", "{} IS NOT NULL", "a", "c"),
    ("comparison", "{} IS TRUE", "a", "c"),
    ("comparison", "{} IS NOT FALSE", "a", "c"),
    ("comparison", "{} IS UNKNOWN", "c", "c"),
    ("comparison", "{} BETWEEN {} AND {}", "nnn", "c"),
    ("comparison", "{} BETWEEN {} AND {}", "SSS", "c"),
    ("comparison", "{} NOT BETWEEN {} AND {}", "PPP", "c"),
    ("comparison", "{} IN ({}, {})", "nnn", "c"),
    ("comparison", "{} IN ({}, {}, {})", "SSSS", "c"),
    ("comparison", "{} NOT IN ({}, {})", "aaa", "c"),
    ("comparison", "({}, {}) = ({}, {})", "nSnS", "c"),
    ("logic", "{} AND {}", "cc", "c"),
    ("logic", "{} OR {}", "cc", "c"),
    ("logic", "{} XOR {}", "cc", "c"),
    ("logic", "NOT {}", "c", "c"),
    ("logic", "{} AND {}", "aa", "c"),
    ("logic", "{} OR {}", "aa", "c"),
    ("like", "{} LIKE {}", "sL", "c"),
    ("like", "{} NOT LIKE {} ESCAPE '|'", "sL", "c"),
    ("like", "{} LIKE {}", "ss", "c"),
    ("regexp", "{} REGEXP {}", "sr", "c"),
    ("regexp", "{} NOT RLIKE {}", "sr", "c"),
    ("control", "CASE WHEN {} THEN {} END", "c=", "="),
    (
        "control",
        "CASE WHEN {} THEN {} WHEN {} THEN {} ELSE {} END",
        "c=c==",
        "=",
    ),
    (
        "control",
        "CASE {} WHEN {} THEN {} ELSE {} END",
        "nn==",
        "=",
    ),
    (
        "control",
        "CASE {} WHEN {} THEN {} ELSE {} END",
        "SS==",
        "=",
    ),
    ("cast", "CAST({} AS SIGNED)", "a", "i"),
    ("cast", "CAST({} AS UNSIGNED)", "a", "v"),
    ("cast", "CAST({} AS DECIMAL(20,4))", "a", "x"),
    ("cast", "CAST({} AS DECIMAL(65,30))", "n", "x"),
    ("cast", "CAST({} AS DOUBLE)", "a", "d"),
    ("cast", "CAST({} AS FLOAT)", "a", "d"),
    ("cast", "CAST({} AS CHAR)", "a", "s"),
    ("cast", "CAST({} AS CHAR(3))", "a", "s"),
    ("cast", "CAST({} AS BINARY)", "a", "b"),
    ("cast", "CAST({} AS BINARY(5))", "S", "b"),
    ("cast", "CAST({} AS DATE)", "a", "D"),
    ("cast", "CAST({} AS TIME)", "a", "T"),
    ("cast", "CAST({} AS TIME(3))", "P", "T"),
    ("cast", "CAST({} AS DATETIME)", "a", "A"),
    ("cast", "CAST({} AS DATETIME(6))", "P", "A"),
    ("cast", "CAST({} AS YEAR)", "a", "y"),
    ("cast", "CAST({} AS JSON)", "J", "j"),
    ("charset", "CONVERT({} USING utf8mb4)", "S", "s"),
    ("charset", "CONVERT({} USING latin1)", "s", "s"),
    ("charset", "{} COLLATE utf8mb4_bin", "s", "s"),
    ("charset", "{} COLLATE utf8mb4_general_ci", "s", "s"),
    ("temporal", "{} + INTERVAL {} {}", "Pku", "A"),
    ("temporal", "{} - INTERVAL {} {}", "DkU", "D"),
    ("temporal", "{} + INTERVAL {} {}", "TkU", "T"),
    ("temporal", "DATE_ADD({}, INTERVAL {} {})", "siu", "s"),
    ("temporal", "EXTRACT({} FROM {})", "uP", "i"),
    ("temporal", "TIMESTAMPADD({}, {}, {})", "UkQ", "A"),
    ("temporal", "TIMESTAMPDIFF({}, {}, {})", "UQQ", "i"),
    ("string", "TRIM(LEADING {} FROM {})", "ss", "s"),
    ("string", "TRIM(TRAILING {} FROM {})", "ss", "s"),
    ("string", "TRIM(BOTH {} FROM {})", "ss", "s"),
    ("string", "CHAR({}, {} USING utf8mb4)", "kk", "s"),
    ("json", "{} MEMBER OF ({})", "Jj", "c"),
    ("json", "JSON_VALUE({}, {})", "je", "s"),
    ("json", "JSON_VALUE({}, {} RETURNING SIGNED)", "je", "i"),
    (
        "json",
        "JSON_VALUE({}, {} RETURNING DECIMAL(10,2) NULL ON EMPTY NULL ON ERROR)",
        "je",
        "x",
    ),
];

/// Family, names with the same arguments, arguments, result.
const FUNCTIONS: &[Row] = &[
    ("numeric", "ABS", "=", "n"),
    ("numeric", "CEIL CEILING FLOOR", "n", "i"),
    ("numeric", "ROUND", "=[k", "n"),
    ("numeric", "TRUNCATE", "=k", "n"),
    ("numeric", "MOD", "==", "n"),
    ("numeric", "SIGN", "n", "i"),
    (
        "numeric",
        "ACOS ASIN ATAN COS COT EXP LN LOG10 LOG2 RADIANS DEGREES SIN SQRT TAN",
        "n",
        "d",
    ),
    ("numeric", "ATAN2 POW POWER LOG", "nn", "d"),
    ("numeric", "PI", "", "d"),
    ("numeric", "CONV", "aKK", "s"),
    ("numeric", "BIN OCT", "n", "s"),
    ("numeric", "BIT_COUNT", "I", "i"),
    ("numeric", "CRC32", "a", "v"),
    ("numeric", "FORMAT", "nk[l", "s"),
    ("control", "IF", "c==", "="),
    ("control", "IFNULL NULLIF", "==", "="),
    ("control", "COALESCE", "==*", "="),
    ("control", "GREATEST LEAST", "==*", "="),
    ("control", "ISNULL", "a", "c"),
    ("control", "INTERVAL", "nnn*", "i"),
    (
        "string",
        "ASCII ORD LENGTH OCTET_LENGTH BIT_LENGTH CHAR_LENGTH CHARACTER_LENGTH",
        "S",
        "i",
    ),
    (
        "string",
        "LOWER UPPER LCASE UCASE LTRIM RTRIM TRIM REVERSE SOUNDEX QUOTE",
        "s",
        "s",
    ),
    ("string", "LOWER UPPER REVERSE TRIM", "b", "b"),
    ("string", "CONCAT", "ss*", "s"),
    ("string", "CONCAT", "aa*", "s"),
    ("string", "CONCAT", "bb*", "b"),
    ("string", "CONCAT_WS", "sss*", "s"),
    ("string", "LEFT RIGHT REPEAT", "sk", "s"),
    ("string", "LEFT RIGHT", "bk", "b"),
    ("string", "SUBSTR SUBSTRING MID", "sk[k", "s"),
    ("string", "SUBSTRING_INDEX", "ssk", "s"),
    ("string", "LPAD RPAD", "sks", "s"),
    ("string", "INSERT", "skks", "s"),
    ("string", "REPLACE", "sss", "s"),
    ("string", "LOCATE", "ss[k", "i"),
    ("string", "INSTR", "ss", "i"),
    ("string", "FIELD", "sss*", "i"),
    ("string", "FIND_IN_SET", "ss", "i"),
    ("string", "ELT", "kss*", "s"),
    ("string", "MAKE_SET", "iss*", "s"),
    ("string", "EXPORT_SET", "iss[sk", "s"),
    ("string", "STRCMP", "ss", "i"),
    ("string", "HEX", "a", "s"),
    ("string", "UNHEX FROM_BASE64", "s", "b"),
    ("string", "TO_BASE64", "S", "s"),
    ("string", "SPACE", "k", "s"),
    ("string", "CHAR", "kk*", "b"),
    ("string", "WEIGHT_STRING", "s", "b"),
    ("regexp", "REGEXP_LIKE", "sr[m", "c"),
    ("regexp", "REGEXP_INSTR", "sr[k", "i"),
    ("regexp", "REGEXP_SUBSTR", "sr[k", "s"),
    ("regexp", "REGEXP_REPLACE", "srs", "s"),
    ("charset", "CHARSET COLLATION", "a", "s"),
    ("charset", "COERCIBILITY", "a", "i"),
    ("crypto", "MD5 SHA1 SHA", "S", "s"),
    ("crypto", "SHA2", "Sh", "s"),
    ("crypto", "UNCOMPRESSED_LENGTH", "b", "i"),
    ("temporal", "DATE LAST_DAY", "Q", "D"),
    ("temporal", "DATE", "s", "D"),
    ("temporal", "TIME", "P", "T"),
    ("temporal", "TIMESTAMP", "Q", "A"),
    ("temporal", "TIMESTAMP", "QT", "A"),
    ("temporal", "YEAR", "Q", "y"),
    (
        "temporal",
        "DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR MONTH QUARTER WEEKDAY WEEKOFYEAR TO_DAYS TO_SECONDS",
        "Q",
        "i",
    ),
    (
        "temporal",
        "HOUR MINUTE SECOND MICROSECOND TIME_TO_SEC",
        "P",
        "i",
    ),
    (
        "temporal",
        "YEAR MONTH DAY HOUR TO_DAYS TIME_TO_SEC",
        "a",
        "i",
    ),
    ("temporal", "WEEK YEARWEEK", "Q[w", "i"),
    ("temporal", "DAYNAME MONTHNAME", "Q", "s"),
    ("temporal", "DATEDIFF", "QQ", "i"),
    ("temporal", "TIMEDIFF", "TT", "T"),
    ("temporal", "TIMEDIFF", "AA", "T"),
    ("temporal", "ADDTIME SUBTIME", "=T", "P"),
    ("temporal", "ADDDATE SUBDATE", "Dk", "D"),
    ("temporal", "DATE_FORMAT", "Qf", "s"),
    ("temporal", "TIME_FORMAT", "Tf", "s"),
    ("temporal", "STR_TO_DATE", "sF", "A"),
    ("temporal", "FROM_DAYS", "i", "D"),
    ("temporal", "FROM_UNIXTIME", "n[f", "A"),
    ("temporal", "UNIX_TIMESTAMP", "Q", "x"),
    ("temporal", "MAKEDATE", "ik", "D"),
    ("temporal", "MAKETIME", "kkk", "T"),
    ("temporal", "SEC_TO_TIME", "n", "T"),
    ("temporal", "PERIOD_ADD", "qk", "i"),
    ("temporal", "PERIOD_DIFF", "qq", "i"),
    ("temporal", "CONVERT_TZ", "Azz", "A"),
    ("json", "JSON_ARRAY", "aa*", "j"),
    ("json", "JSON_OBJECT", "sa**", "j"),
    ("json", "JSON_EXTRACT", "jp", "j"),
    ("json", "JSON_KEYS", "j", "j"),
    (
        "json",
        "JSON_SET JSON_INSERT JSON_REPLACE JSON_ARRAY_APPEND JSON_ARRAY_INSERT",
        "jea**",
        "j",
    ),
    ("json", "JSON_REMOVE", "je", "j"),
    ("json", "JSON_MERGE_PATCH JSON_MERGE_PRESERVE", "jj*", "j"),
    ("json", "JSON_CONTAINS", "jj[e", "c"),
    ("json", "JSON_CONTAINS_PATH", "jop", "c"),
    ("json", "JSON_OVERLAPS", "jj", "c"),
    ("json", "JSON_SEARCH", "jos", "j"),
    ("json", "JSON_TYPE JSON_UNQUOTE JSON_PRETTY", "j", "s"),
    ("json", "JSON_QUOTE", "s", "s"),
    ("json", "JSON_DEPTH JSON_LENGTH", "j", "i"),
    ("json", "JSON_VALID", "J", "c"),
    ("misc", "INET_ATON", "s", "v"),
    ("misc", "INET_NTOA", "I", "s"),
    ("misc", "INET6_ATON", "s", "b"),
    ("misc", "INET6_NTOA", "b", "s"),
    ("misc", "IS_IPV4 IS_IPV6 IS_UUID", "s", "c"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        for entry in MySql.entries() {
            assert!(entry.required <= entry.arguments.len(), "{}", entry.name);
            assert!(entry.repeated <= entry.arguments.len(), "{}", entry.name);
            if let Form::Template(template) = entry.form {
                assert_eq!(
                    template.matches("{}").count(),
                    entry.arguments.len(),
                    "{template}"
                );
            }
            if !matches!(entry.produces, Produces::Class(_)) {
                assert!(entry.arguments.contains(&Argument::Same), "{}", entry.name);
            }
        }
    }

    #[test]
    fn every_class_can_be_made() {
        for class in Class::ALL {
            let makes = |entry: &Entry| match entry.produces {
                Produces::Class(made) => made == class,
                Produces::Same => true,
                Produces::SameOf(classes) => classes.contains(&class),
            };
            assert!(
                MySql.entries().iter().filter(|entry| makes(entry)).count() >= 5,
                "{class:?}"
            );
        }
    }
}
