//! Values as text, and back.

use sqlift::{Charset, Collation, Datum, SqlType, TypeKind};

/// The text of a value as MySQL sends it, in UTF-8; binary strings and bits as `0x…`, as the `mysql` program shows them.
/// `None` for NULL.
pub(crate) fn text(value: &Datum, ty: &SqlType) -> Option<String> {
    if value.is_null() {
        return None;
    }
    if let Some(hex) = hex(value, ty) {
        return Some(format!("0x{hex}"));
    }
    let mut bytes = Vec::new();
    sqlift::write_text(value, ty, &mut bytes);
    let charset = charset(ty);
    if charset != Charset::Utf8mb4 {
        let mut converted = Vec::new();
        sqlift_collation::convert(charset, Charset::Utf8mb4, &bytes, &mut converted);
        bytes = converted;
    }
    // A string that MySQL itself would not call valid can only come out of a file that lies about its text.
    Some(String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into()))
}

/// The digits of a value that is bytes and not text; `None` for others, and for NULL.
pub(crate) fn hex(value: &Datum, ty: &SqlType) -> Option<String> {
    let is_bytes = ty.kind.is_binary() || matches!(ty.kind, TypeKind::Bit | TypeKind::Vector);
    if value.is_null() || !is_bytes {
        return None;
    }
    let mut bytes = Vec::new();
    sqlift::write_text(value, ty, &mut bytes);
    Some(bytes.iter().map(|b| format!("{b:02X}")).collect())
}

/// Reads a value of a column from UTF-8. `None` if the text is no such value.
pub(crate) fn read(text: &str, ty: &SqlType) -> Option<Datum> {
    let charset = charset(ty);
    if charset == Charset::Utf8mb4 {
        return sqlift::read_text(text.as_bytes(), ty);
    }
    let mut converted = Vec::new();
    sqlift_collation::convert(Charset::Utf8mb4, charset, text.as_bytes(), &mut converted);
    sqlift::read_text(&converted, ty)
}

/// The character set of text; utf8mb4 for everything that is written in ASCII anyway.
fn charset(ty: &SqlType) -> Charset {
    let is_text = ty.kind.is_text() || matches!(ty.kind, TypeKind::Enum | TypeKind::Set);
    let collation = ty.collation.get().filter(|_| is_text);
    collation.map_or(Charset::Utf8mb4, Collation::charset)
}
