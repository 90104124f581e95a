//! Collations in which the order is that of the bytes, perhaps after filling up with spaces.

use crate::charset::Charset;
use crate::collation::CollationId;
use crate::encoding::{Encoding, MALFORMED, Utf8mb4};
use crate::key::{PaddedKey, put};
use std::cmp::Ordering;

/// Order of two strings; the shorter one is filled up with `pad`, if any.
#[inline]
pub(crate) fn compare(a: &[u8], b: &[u8], pad: Option<u8>) -> Ordering {
    let common = a.len().min(b.len());
    match (a[..common].cmp(&b[..common]), pad) {
        (Ordering::Equal, None) => a.len().cmp(&b.len()),
        (Ordering::Equal, Some(pad)) => against_padding(&a[common..], pad)
            .then_with(|| against_padding(&b[common..], pad).reverse()),
        (unequal, _) => unequal,
    }
}

/// Order of a string against endless padding.
fn against_padding(rest: &[u8], pad: u8) -> Ordering {
    rest.iter()
        .find(|byte| **byte != pad)
        .map_or(Ordering::Equal, |byte| byte.cmp(&pad))
}

/// The string without trailing padding.
pub(crate) fn trimmed(bytes: &[u8], pad: Option<u8>) -> &[u8] {
    let Some(pad) = pad else { return bytes };
    let end = bytes
        .iter()
        .rposition(|byte| *byte != pad)
        .map_or(0, |last| last + 1);
    &bytes[..end]
}

/// Appends a key.
pub(crate) fn sort_key(bytes: &[u8], pad: Option<u8>, out: &mut Vec<u8>) {
    let Some(pad) = pad else {
        out.extend_from_slice(bytes);
        return;
    };
    let mut key = PaddedKey::new(out, 1, u32::from(pad));
    bytes.iter().for_each(|byte| key.push(u32::from(*byte)));
    key.finish();
}

/// Appends `WEIGHT_STRING(s)`.
pub(crate) fn weight_string(charset: Charset, id: CollationId, bytes: &[u8], out: &mut Vec<u8>) {
    // MySQL: `utf8mb4_bin` weighs code points, in three bytes, `utf8mb3_bin` in two, `utf8mb4_0900_bin` the bytes.
    let width = match (charset, id) {
        (_, CollationId::UTF8MB4_0900_BIN) => 0,
        (Charset::Utf8mb4, _) => 3,
        (Charset::Utf8mb3, _) => 2,
        _ => 0,
    };
    if width == 0 {
        out.extend_from_slice(bytes);
        return;
    }
    let mut rest = bytes;
    while let Some((character, len)) = Utf8mb4::next(rest) {
        if character == MALFORMED {
            break;
        }
        put(out, character, width);
        rest = &rest[len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding() {
        let pad = Some(b' ');
        assert_eq!(compare(b"a", b"a  ", pad), Ordering::Equal);
        assert_eq!(compare(b"a\t", b"a", pad), Ordering::Less);
        assert_eq!(compare(b"a", b"a\t", pad), Ordering::Greater);
        assert_eq!(compare(b"a \t", b"a", pad), Ordering::Less);
        assert_eq!(compare(b"", b"b", pad), Ordering::Less);
        assert_eq!(compare(b"a", b"a ", None), Ordering::Less);
        assert_eq!(trimmed(b"  ", pad), b"");
        assert_eq!(trimmed(b" a ", pad), b" a");
        assert_eq!(trimmed(b" a ", None), b" a ");
    }
}
