//! Reading the recorded tables: gzip'ed, tab-separated, first line names the columns.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The text of a gzip'ed file.
pub(crate) fn text(path: &Path) -> Result<String, Box<dyn Error>> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text)?;
    Ok(text)
}

/// The rows of a table, without its heading.
pub(crate) fn rows(data: &Path, table: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let text = text(&data.join("mysql").join(format!("{table}.tsv.gz")))?;
    Ok(text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect())
}

/// A hexadecimal number.
pub(crate) fn hex(word: &str) -> Result<u32, Box<dyn Error>> {
    Ok(u32::from_str_radix(word, 16)?)
}

/// Sections of 16-bit numbers, each with its length in front: the format of all `data/*.bin` files.
pub(crate) fn sections(parts: &[&[u16]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(&(part.len() as u32).to_le_bytes());
        for number in *part {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
    out
}
