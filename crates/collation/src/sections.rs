//! The format of `data/*.bin`: sections of little-endian 16-bit numbers, each with its length in front.

/// Takes one section off the front. The files are part of the library, so a short one is a bug of the build.
pub(crate) fn take(bytes: &mut &[u8]) -> Vec<u16> {
    let (length, rest) = bytes
        .split_first_chunk::<4>()
        .expect("a section has a length");
    let (section, rest) = rest.split_at(2 * u32::from_le_bytes(*length) as usize);
    *bytes = rest;
    section
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}
