//! The JSON form of a case: one object a line, keys in a fixed order.
//!
//! [`RawCase`] mirrors the keys; turning it into a [`Case`] checks that they make one answer.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::case::{
    Answer, Case, Cell, Collation, Input, Meta, ResultColumn, Settings, SqlError, Warning, hex,
};

/// The keys of a line, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) id: String,
    pub(super) area: String,
    pub(super) expr: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) settings: Option<Settings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<SqlError>,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(super) type_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) meta: Option<[u64; 5]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nullable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) collation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) coercibility: Option<u8>,
    /// `null` is a value here, so a missing key must stay apart from it.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) value: Option<Cell>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<Vec<Cell>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) row_errors: Option<BTreeMap<usize, SqlError>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) warnings: Option<Vec<Warning>>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cell>, D::Error> {
    Cell::deserialize(deserializer).map(Some)
}

/// Reads one line.
pub(super) fn from_json_line(line: &str) -> Result<Case, String> {
    let raw: RawCase = serde_json::from_str(line).map_err(|error| error.to_string())?;
    raw.into_case()
}

/// The case as one line of JSON without line end, with the keys in the order that the corpus uses.
pub fn to_json_line(case: &Case) -> String {
    serde_json::to_string(&RawCase::from_case(case))
        .expect("a case holds only strings, numbers and lists")
}

impl RawCase {
    /// Checks that the keys make one answer.
    pub(super) fn into_case(self) -> Result<Case, String> {
        let input = match self.columns {
            None => Input::Literal,
            Some(true) => Input::Columns,
            Some(false) => return Err("`columns` is true or absent".into()),
        };
        if self
            .id
            .strip_prefix(&self.area)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_none_or(str::is_empty)
        {
            return Err(format!(
                "id `{}` does not begin with its area, `{}-`",
                self.id, self.area
            ));
        }
        let settings = self.settings.unwrap_or_default();
        let column = match (self.type_name, self.meta, self.nullable) {
            (Some(type_name), Some(meta), Some(nullable)) => {
                let collation = match (self.collation, self.coercibility) {
                    (Some(name), Some(coercibility)) => Some(Collation { name, coercibility }),
                    (None, None) => None,
                    _ => return Err("`collation` and `coercibility` come together".into()),
                };
                Some((
                    ResultColumn {
                        type_name,
                        nullable,
                        collation,
                    },
                    Meta(meta),
                ))
            }
            (None, None, None) if self.collation.is_none() && self.coercibility.is_none() => None,
            _ => return Err("`type`, `meta` and `nullable` come together".into()),
        };
        let answer = match (column, self.value, self.rows, self.warnings) {
            (None, None, None, None) if self.row_errors.is_none() => {
                Answer::Error(self.error.ok_or("neither a value nor rows nor an error")?)
            }
            (Some((column, meta)), Some(value), None, Some(warnings)) => {
                if input == Input::Columns || self.error.is_some() || self.row_errors.is_some() {
                    return Err("`value` belongs to a literal case without error".into());
                }
                Answer::Value {
                    column,
                    meta,
                    value,
                    warnings,
                }
            }
            (Some((column, meta)), None, Some(cells), Some(warnings)) => {
                if input == Input::Literal {
                    return Err("`rows` belongs to a case with `columns`".into());
                }
                let rows = rows_with_errors(cells, self.row_errors.unwrap_or_default())?;
                if self.error.is_some() != rows.iter().any(Result::is_err) {
                    return Err("`error` and `row_errors` come together".into());
                }
                Answer::Rows {
                    column,
                    meta,
                    rows,
                    statement_error: self.error,
                    warnings,
                }
            }
            _ => return Err("these keys do not make one answer".into()),
        };
        Ok(Case {
            id: self.id,
            area: self.area,
            expr: self.expr,
            settings,
            input,
            answer,
        })
    }

    /// The keys that a case is written with.
    pub(super) fn from_case(case: &Case) -> Self {
        let mut raw = Self {
            id: case.id.clone(),
            area: case.area.clone(),
            expr: case.expr.clone(),
            settings: (!case.settings.is_empty()).then(|| case.settings.clone()),
            columns: (case.input == Input::Columns).then_some(true),
            error: None,
            type_name: None,
            meta: None,
            nullable: None,
            collation: None,
            coercibility: None,
            value: None,
            rows: None,
            row_errors: None,
            warnings: None,
        };
        match &case.answer {
            Answer::Error(error) => raw.error = Some(error.clone()),
            Answer::Value {
                column,
                meta,
                value,
                warnings,
            } => {
                raw.describe(column, *meta, warnings);
                raw.value = Some(value.clone());
            }
            Answer::Rows {
                column,
                meta,
                rows,
                statement_error,
                warnings,
            } => {
                raw.describe(column, *meta, warnings);
                raw.error = statement_error.clone();
                raw.rows = Some(
                    rows.iter()
                        .map(|row| row.clone().unwrap_or(Cell::Null))
                        .collect(),
                );
                let errors: BTreeMap<usize, SqlError> = rows
                    .iter()
                    .enumerate()
                    .filter_map(|(row, outcome)| Some((row, outcome.clone().err()?)))
                    .collect();
                raw.row_errors = (!errors.is_empty()).then_some(errors);
            }
        }
        raw
    }

    fn describe(&mut self, column: &ResultColumn, meta: Meta, warnings: &[Warning]) {
        self.type_name = Some(column.type_name.clone());
        self.meta = Some(meta.0);
        self.nullable = Some(column.nullable);
        if let Some(collation) = &column.collation {
            self.collation = Some(collation.name.clone());
            self.coercibility = Some(collation.coercibility);
        }
        self.warnings = Some(warnings.to_vec());
    }
}

fn rows_with_errors(
    cells: Vec<Cell>,
    errors: BTreeMap<usize, SqlError>,
) -> Result<Vec<Result<Cell, SqlError>>, String> {
    let mut rows: Vec<Result<Cell, SqlError>> = cells.into_iter().map(Ok).collect();
    for (row, error) in errors {
        match rows.get_mut(row) {
            Some(outcome @ Ok(Cell::Null)) => *outcome = Err(error),
            Some(_) => return Err(format!("row {row} has a value and an error")),
            None => return Err(format!("there is an error for row {row}, but no such row")),
        }
    }
    Ok(rows)
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("hex", &hex(bytes))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CellVisitor;

        impl<'de> Visitor<'de> for CellVisitor {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a text or {\"hex\": digits}")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
                Ok(Cell::Null)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                let Some((key, digits)) = map.next_entry::<String, String>()? else {
                    return Err(de::Error::missing_field("hex"));
                };
                if key != "hex" {
                    return Err(de::Error::unknown_field(&key, &["hex"]));
                }
                if let Some(second) = map.next_key::<String>()? {
                    return Err(de::Error::unknown_field(&second, &["hex"]));
                }
                Cell::from_hex(&digits)
                    .ok_or_else(|| de::Error::custom(format!("`{digits}` is not hexadecimal")))
            }
        }

        deserializer.deserialize_any(CellVisitor)
    }
}

impl Serialize for SqlError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.code, &self.sqlstate, &self.message).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SqlError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (code, sqlstate, message) = Deserialize::deserialize(deserializer)?;
        Ok(Self {
            code,
            sqlstate,
            message,
        })
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.times == 1 {
            (self.code, &self.message).serialize(serializer)
        } else {
            (self.code, &self.message, self.times).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Warning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Once(u16, String),
            Repeated(u16, String, u64),
        }
        match Form::deserialize(deserializer)? {
            Form::Once(code, message) => Ok(Self {
                code,
                message,
                times: 1,
            }),
            Form::Repeated(code, message, times) if times > 1 => Ok(Self {
                code,
                message,
                times,
            }),
            Form::Repeated(..) => Err(de::Error::custom("a count of warnings is at least 2")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 5] = [
        r#"{"id":"a-1","area":"a","expr":"1 + 1.50","type":"DECIMAL(4,2)","meta":[246,6,2,129,63],"nullable":false,"value":"2.50","warnings":[]}"#,
        r#"{"id":"a-2","area":"a","expr":"NULL","settings":{"sql_mode":""},"type":"NULL","meta":[6,0,0,128,63],"nullable":true,"value":null,"warnings":[[1292,"é \u0001"],[1365,"Division by 0",3]]}"#,
        r#"{"id":"a-3","area":"a","expr":"x","error":[1054,"42S22","Unknown column 'x' in 'field list'"]}"#,
        r#"{"id":"a-4","area":"a","expr":"ti","columns":true,"type":"VARBINARY(1)","meta":[253,1,31,128,63],"nullable":true,"collation":"binary","coercibility":2,"rows":[null,{"hex":"0A"}],"warnings":[]}"#,
        r#"{"id":"a-5","area":"a","expr":"ti","columns":true,"error":[1690,"22003","out"],"type":"BIGINT","meta":[8,1,0,128,63],"nullable":true,"rows":["1",null],"row_errors":{"1":[1690,"22003","out"]},"warnings":[]}"#,
    ];

    #[test]
    fn a_line_comes_back_byte_for_byte() {
        for line in LINES {
            let case = from_json_line(line).unwrap();
            assert_eq!(to_json_line(&case), line);
        }
    }

    #[test]
    fn row_errors_take_the_place_of_their_rows() {
        let Answer::Rows { rows, .. } = from_json_line(LINES[4]).unwrap().answer else {
            panic!("rows expected")
        };
        assert_eq!(rows[0], Ok(Cell::Text("1".into())));
        assert_eq!(rows[1].as_ref().unwrap_err().code, 1690);
    }

    #[test]
    fn what_is_not_one_answer_is_refused() {
        let good = LINES[0];
        for (from, to, why) in [
            (r#""id""#, r#""idd""#, "unknown field `idd`"),
            (r#""value":"2.50","#, "", "do not make one answer"),
            (
                r#""value""#,
                r#""error":[1,"a","b"],"value""#,
                "literal case without error",
            ),
            (r#""meta":[246,6,2,129,63],"#, "", "come together"),
            (
                r#""nullable":false"#,
                r#""nullable":false,"collation":"binary""#,
                "come together",
            ),
            (
                r#""id":"a-1""#,
                r#""id":"b-1""#,
                "does not begin with its area",
            ),
            (r#""value":"2.50""#, r#""value":2.5"#, "null, a text or"),
            (
                r#""value":"2.50""#,
                r#""value":{"hex":"0"}"#,
                "not hexadecimal",
            ),
            (
                r#""warnings":[]"#,
                r#""warnings":[[1,"x",1]]"#,
                "at least 2",
            ),
            (r#""expr":"#, r#""columns":false,"expr":"#, "true or absent"),
            (r#""expr":"#, r#""expr":"again","expr":"#, "duplicate field"),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good);
            let message = from_json_line(&bad).unwrap_err();
            assert!(message.contains(why), "{message} does not say {why}");
        }
        let late = LINES[4].replace(r#"{"1":"#, r#"{"2":"#);
        assert!(from_json_line(&late).unwrap_err().contains("no such row"));
        let both = LINES[4].replace(r#"{"1":"#, r#"{"0":"#);
        assert!(
            from_json_line(&both)
                .unwrap_err()
                .contains("a value and an error")
        );
    }
}
