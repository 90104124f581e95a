//! The types of columns that nobody gave types.
//!
//! A type is taken only if every value of the sample has its form:
//!
//! | values | type |
//! |---|---|
//! | `1`, `-20` | BIGINT, BIGINT UNSIGNED, or DECIMAL(n,0) by their size |
//! | `12.50`, `-3` | DECIMAL with the most fraction digits seen, and room for 18 digits at least |
//! | `1e5`, `0.5` | DOUBLE |
//! | `2024-02-29` | DATE |
//! | `2024-02-29 10:00:00.5` (or with `T`) | DATETIME with the most fraction digits seen |
//! | `10:00:00` | TIME, likewise |
//! | `true`, `FALSE` | BOOLEAN |
//! | anything else, nothing at all, or integers with leading zeros (which are numbers of houses, not numbers) | LONGTEXT |
//!
//! Prices are DECIMAL and not DOUBLE: that is what a table would have, and it keeps sums exact.

use sqlift::{CollationId, Datum, SqlType, TypeKind, read_text};

/// DECIMALs of up to 18 digits are as fast as integers, so there is no reason to infer fewer.
const DECIMAL_DIGITS: u32 = 18;

/// What is known of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Guess {
    form: Option<Form>,
    /// The most digits before the point.
    whole: u32,
    /// The most digits behind the point, of numbers or seconds.
    fraction: u32,
    negative: bool,
    over_i64: bool,
    over_u64: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Bool,
    Integer,
    Decimal,
    Double,
    Date,
    DateTime,
    Time,
    Text,
}

impl Guess {
    /// A value that is text, whatever it looks like.
    pub(super) fn text(&mut self) {
        self.form = Some(Form::Text);
    }

    /// A value that is not NULL.
    pub(super) fn see(&mut self, text: &[u8]) {
        if self.form == Some(Form::Text) {
            return;
        }
        let form = self.form_of(text.trim_ascii());
        self.form = Some(match (self.form, form) {
            (None, form) => form,
            (Some(old), new) if old == new => old,
            (Some(old), new) => joined(old, new),
        });
    }

    fn form_of(&mut self, text: &[u8]) -> Form {
        match text.first() {
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {}
            _ if text.eq_ignore_ascii_case(b"true") || text.eq_ignore_ascii_case(b"false") => {
                return Form::Bool;
            }
            _ => return Form::Text,
        }
        if let Some(form) = self.number(text) {
            return form;
        }
        let fraction = text
            .iter()
            .position(|b| *b == b'.')
            .map_or(0, |point| text.len() - point - 1);
        if fraction > 6 || text.last() == Some(&b'.') {
            return Form::Text;
        }
        let (form, ty) = match text.get(4) {
            Some(b'-') if text.len() == 10 => (Form::Date, SqlType::date()),
            Some(b'-') if is_moment(text) => (Form::DateTime, SqlType::datetime(6)),
            _ if is_clock(text) => (Form::Time, SqlType::time(6)),
            _ => return Form::Text,
        };
        // Dates that no calendar has do not fit into a column of a file: they stay text.
        let value = read_text(text, &ty);
        if !value.is_some_and(|v| matches!(v, Datum::Time(_)) || super::column::is_real_date(&v)) {
            return Form::Text;
        }
        self.fraction = self.fraction.max(fraction as u32);
        form
    }

    fn number(&mut self, text: &[u8]) -> Option<Form> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let count = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = count(digits);
        let mut rest = &digits[whole..];
        let mut fraction = 0;
        if let [b'.', behind @ ..] = rest {
            fraction = count(behind);
            rest = &behind[fraction..];
        }
        if whole + fraction == 0 {
            return None;
        }
        if let [b'e' | b'E', exponent @ ..] = rest {
            let exponent = exponent
                .strip_prefix(b"-")
                .or(exponent.strip_prefix(b"+"))
                .unwrap_or(exponent);
            let is_number = !exponent.is_empty() && count(exponent) == exponent.len();
            let value = std::str::from_utf8(text).ok()?.parse::<f64>().ok()?;
            return (is_number && value.is_finite()).then_some(Form::Double);
        }
        if !rest.is_empty() {
            return None;
        }
        if whole > 1 && digits[0] == b'0' {
            return Some(Form::Text);
        }
        self.negative |= negative;
        self.whole = self.whole.max(whole as u32);
        self.fraction = self.fraction.max(fraction as u32);
        if digits.len() > whole {
            return Some(Form::Decimal);
        }
        let value = std::str::from_utf8(digits).ok()?.parse::<u64>();
        self.over_u64 |= value.is_err();
        self.over_i64 |= value.map_or(true, |v| v > i64::MAX as u64);
        Some(Form::Integer)
    }

    /// The type that all values seen have.
    pub(super) fn sql_type(&self) -> SqlType {
        let text = SqlType::text(
            TypeKind::LongText,
            u32::MAX,
            CollationId::UTF8MB4_0900_AI_CI,
        );
        let fsp = self.fraction.min(6) as u8;
        match self.form {
            Some(Form::Bool) => SqlType::bool(),
            Some(Form::Integer) if !self.over_i64 => SqlType::bigint(),
            Some(Form::Integer) if !self.over_u64 && !self.negative => SqlType::ubigint(),
            Some(Form::Integer | Form::Decimal)
                if self.whole + self.fraction <= 65 && self.fraction <= 30 =>
            {
                let digits = (self.whole + self.fraction).max(DECIMAL_DIGITS);
                SqlType::decimal(digits, self.fraction as u8)
            }
            Some(Form::Integer | Form::Decimal | Form::Double) => SqlType::double(),
            Some(Form::Date) => SqlType::date(),
            Some(Form::DateTime) => SqlType::datetime(fsp),
            Some(Form::Time) => SqlType::time(fsp),
            Some(Form::Text) | None => text,
        }
    }
}

/// The form that has the values of two others.
fn joined(a: Form, b: Form) -> Form {
    use Form::*;
    match (a, b) {
        (Integer, Decimal) | (Decimal, Integer) => Decimal,
        (Integer | Decimal, Double) | (Double, Integer | Decimal) => Double,
        (Date, DateTime) | (DateTime, Date) => DateTime,
        _ => Text,
    }
}

/// `YYYY-MM-DD hh:mm:ss[.f]`
fn is_moment(text: &[u8]) -> bool {
    matches!(text.get(10), Some(b' ' | b'T')) && text.len() >= 19 && is_clock(&text[11..])
}

/// `[-]hh:mm:ss[.f]`, with up to three digits of hours.
fn is_clock(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = text.split(|b| *b == b'.').next().unwrap_or(text);
    let parts: Vec<&[u8]> = whole.split(|b| *b == b':').collect();
    let digits = |part: &[u8], most: usize| {
        (2..=most).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
    };
    matches!(&parts[..], [h, m, s] if digits(h, 3) && digits(m, 2) && digits(s, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(values: &[&str]) -> String {
        let mut guess = Guess::default();
        for value in values {
            guess.see(value.as_bytes());
        }
        guess.sql_type().to_string()
    }

    #[test]
    fn types_of_samples() {
        for (values, ty) in [
            (&["1", "-20"][..], "BIGINT"),
            (&["1", "18446744073709551615"], "BIGINT UNSIGNED"),
            (&["-1", "18446744073709551615"], "DECIMAL(20,0)"),
            (&["99999999999999999999999"], "DECIMAL(23,0)"),
            (&["12.50", "3", "-1.125"], "DECIMAL(18,3)"),
            (&["1234567890123456789.5"], "DECIMAL(20,1)"),
            (&["1e5", "0.5"], "DOUBLE"),
            (&["0.0000000000000000000000000000001"], "DOUBLE"),
            (&["0", "0.5"], "DECIMAL(18,1)"),
            (&["007", "12"], "LONGTEXT"),
            (&["2024-02-29"], "DATE"),
            (&["2024-02-29", "2024-02-29T10:00:00"], "DATETIME"),
            (&["2024-02-29 10:00:00.125"], "DATETIME(3)"),
            (&["2023-02-29"], "LONGTEXT"),
            (&["0000-00-00"], "LONGTEXT"),
            (&["10:00:00", "-838:59:59"], "TIME"),
            (&["999:00:00"], "LONGTEXT"),
            (&["true", "FALSE"], "BIGINT"),
            (&["true", "1"], "LONGTEXT"),
            (&["1", "2024-02-29"], "LONGTEXT"),
            (&["1-2", "3"], "LONGTEXT"),
            (&["-"], "LONGTEXT"),
            (&["1e999"], "LONGTEXT"),
            (&["nan"], "LONGTEXT"),
            (&[], "LONGTEXT"),
        ] {
            assert_eq!(inferred(values), ty, "{values:?}");
        }
    }
}
