//! Texts that nobody meant to be numbers: no panic, linear time, doubles that survive the round trip.

use sqlift_types::decimal::{Excess, overflowing_digits, parse_decimal_prefix};
use sqlift_types::number::{
    Range, bytes_to_u64, double_to_i64, double_to_u64, parse_double_prefix, parse_int_prefix,
    write_double, write_double_fixed, write_float,
};

fn next(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_F491_4F6C_DD1D)
}

#[test]
fn any_bytes_are_read_without_panic_and_within_bounds() {
    let mut state = 11;
    const ALPHABET: &[u8] = b"0019 \t\n.-+eE\x00\x0b\xffx";
    for round in 0..60_000_u64 {
        let length = next(&mut state) % if round % 50 == 0 { 300 } else { 14 };
        let text: Vec<u8> = (0..length)
            .map(|_| ALPHABET[(next(&mut state) % ALPHABET.len() as u64) as usize])
            .collect();
        for scale in [0, 2, 30, 255] {
            let read = parse_decimal_prefix(&text, scale);
            assert!(read.consumed <= text.len());
            assert!(read.value.scale() <= scale.min(30));
            assert!(read.value.integer_digits() <= 65);
        }
        assert!(!overflowing_digits(&text).is_empty());
        let double = parse_double_prefix(&text);
        assert!(double.consumed <= text.len() && double.value.is_finite());
        let integer = parse_int_prefix(&text);
        assert!(integer.consumed <= text.len());
        // What is read alone reads the same.
        let again = parse_double_prefix(&text[..double.consumed]);
        assert_eq!(again.value.to_bits(), double.value.to_bits());
        assert_eq!(
            parse_int_prefix(&text[..integer.consumed]).bits,
            integer.bits
        );
    }
}

#[test]
fn a_mebibyte_of_digits_takes_linear_time() {
    let start = std::time::Instant::now();
    for text in [
        vec![b'9'; 1 << 20],
        vec![b'0'; 1 << 20],
        [b"0.".as_slice(), &vec![b'1'; 1 << 20]].concat(),
        [b"1e".as_slice(), &vec![b'0'; 1 << 20], b"1"].concat(),
        [b"-".as_slice(), &vec![b'0'; 1 << 20], b"1"].concat(),
        vec![b' '; 1 << 20],
    ] {
        let decimal = parse_decimal_prefix(&text, 30);
        assert!(decimal.value.integer_digits() <= 65);
        assert!(parse_double_prefix(&text).value.is_finite());
        assert!(parse_int_prefix(&text).consumed <= text.len());
        assert!(!overflowing_digits(&text).is_empty());
    }
    assert!(start.elapsed().as_secs() < 20, "took {:?}", start.elapsed());
    assert_eq!(
        parse_decimal_prefix(&vec![b'9'; 1 << 20], 30).excess,
        Excess::Buffer
    );
    assert_eq!(parse_double_prefix(&vec![b'9'; 1 << 20]).value, f64::MAX);
    assert_eq!(parse_int_prefix(&vec![b'9'; 1 << 20]).range, Range::Above);
}

#[test]
fn what_overflows_is_quoted_as_far_as_it_was_read() {
    let nines = "9".repeat(82);
    for (text, shown) in [
        ("1e1000", "1"),
        ("-1.50e1000", "-1.50"),
        ("123456e76", "123456"),
        ("1e2147483648", "0"),
        ("-1.5e1073741824", "0"),
        ("-1.5e1073741823", "-1.5"),
        (&format!("1{}", "0".repeat(112)), "0"),
        (&format!("{nines}.99"), &nines[1..]),
    ] {
        assert_eq!(
            parse_decimal_prefix(text.as_bytes(), 2).excess,
            Excess::Buffer,
            "{text}"
        );
        assert_eq!(overflowing_digits(text.as_bytes()), shown, "{text}");
    }
}

#[test]
fn written_doubles_read_back() {
    let mut state = 12;
    for _ in 0..60_000 {
        let value = f64::from_bits(next(&mut state));
        if !value.is_finite() {
            continue;
        }
        let mut text = Vec::new();
        write_double(value, &mut text);
        let read = parse_double_prefix(&text);
        assert_eq!(
            read.value.to_bits(),
            value.to_bits(),
            "{}",
            String::from_utf8_lossy(&text)
        );
        assert_eq!((read.consumed, read.truncated), (text.len(), false));
        text.clear();
        write_double_fixed(value, 30, &mut text);
        assert_eq!(text.iter().rev().position(|&byte| byte == b'.'), Some(30));
        text.clear();
        let single = value as f32;
        if single.is_finite() {
            write_float(single, &mut text);
            let read = parse_double_prefix(&text).value;
            assert!(
                (read - f64::from(single)).abs() <= f64::from(single).abs() * 5.1e-6,
                "{single}"
            );
        }
    }
}

#[test]
fn doubles_become_integers_half_to_even_within_bounds() {
    for (value, signed, unsigned) in [
        (0.5, (0, Range::Within), (0, Range::Within)),
        (1.5, (2, Range::Within), (2, Range::Within)),
        (2.5, (2, Range::Within), (2, Range::Within)),
        (-0.5, (0, Range::Within), (0, Range::Within)),
        (-2.5, (-2, Range::Within), (0, Range::Below)),
        (
            9_223_372_036_854_775_807.0,
            (i64::MAX, Range::Above),
            (1 << 63, Range::Within),
        ),
        (
            9_223_372_036_854_774_784.0,
            (9_223_372_036_854_774_784, Range::Within),
            (9_223_372_036_854_774_784, Range::Within),
        ),
        (
            -9_223_372_036_854_775_808.0,
            (i64::MIN, Range::Within),
            (0, Range::Below),
        ),
        (
            -9_223_372_036_854_777_856.0,
            (i64::MIN, Range::Below),
            (0, Range::Below),
        ),
        (
            18_446_744_073_709_551_615.0,
            (i64::MAX, Range::Above),
            (u64::MAX, Range::Above),
        ),
        (f64::NAN, (0, Range::Within), (0, Range::Within)),
    ] {
        let (found, bits) = (double_to_i64(value), double_to_u64(value));
        assert_eq!((found.value, found.range), signed, "{value}");
        assert_eq!((bits.value, bits.range), unsigned, "{value}");
    }
}

#[test]
fn bit_strings_are_big_endian_numbers_of_eight_bytes() {
    assert_eq!(bytes_to_u64(b""), Some(0));
    assert_eq!(bytes_to_u64(&[1, 2]), Some(0x0102));
    assert_eq!(bytes_to_u64(&[0xFF; 8]), Some(u64::MAX));
    assert_eq!(
        bytes_to_u64(&[0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Some(u64::MAX)
    );
    assert_eq!(bytes_to_u64(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
}
