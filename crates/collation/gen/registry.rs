//! `src/registry_table.rs`: names and properties of all collations and character sets.

use crate::{case_tables, input, multibyte, tailoring, weight_tables};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// `utf8mb4` as the name of an enum variant: `Utf8mb4`.
fn variant(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// The constructor of the rules by which a collation works.
fn rules(
    name: &str,
    charset: &str,
    one_byte: Option<usize>,
    language: Option<usize>,
) -> Result<String, Box<dyn Error>> {
    if let Some(language) = language {
        let levels = match name {
            _ if name.ends_with("_as_cs_ks") => "Four",
            _ if name.ends_with("_as_cs") => "Three",
            _ => "One",
        };
        return Ok(format!(
            "Rules::Uca(TableId::tailored({language}), Levels::{levels})"
        ));
    }
    let unicode = matches!(
        charset,
        "utf8mb4" | "utf8mb3" | "utf16" | "utf16le" | "utf32" | "ucs2"
    );
    let text = match name {
        "binary" | "utf8mb4_0900_bin" => "Rules::Bytes",
        "utf8mb4_0900_ai_ci" => "Rules::Uca(TableId::V900, Levels::One)",
        "utf8mb4_0900_as_ci" => "Rules::Uca(TableId::V900, Levels::Two)",
        "utf8mb4_0900_as_cs" => "Rules::Uca(TableId::V900, Levels::Three)",
        _ if name.ends_with("_bin") && unicode && !charset.starts_with("utf8") => {
            "Rules::Simple(Simple::CodePoints)"
        }
        _ if name.ends_with("_bin") => "Rules::Bytes",
        "latin2_czech_cs" => "Rules::Special(Special::Latin2Czech)",
        "cp1250_czech_cs" => "Rules::Special(Special::Cp1250Czech)",
        "tis620_thai_ci" => "Rules::Special(Special::Thai)",
        "gb18030_chinese_ci" => "Rules::Simple(Simple::Gb18030)",
        "gb18030_unicode_520_ci" => "Rules::Special(Special::Gb18030Unicode)",
        "utf8mb3_tolower_ci" => "Rules::Simple(Simple::General(GeneralGroup::ToLower))",
        _ if name.ends_with("_general_mysql500_ci") => {
            "Rules::Simple(Simple::General(GeneralGroup::Mysql500))"
        }
        _ if unicode && name.ends_with("_general_ci") => {
            "Rules::Simple(Simple::General(GeneralGroup::General))"
        }
        _ if unicode && name.ends_with("_unicode_ci") => "Rules::Uca(TableId::V400, Levels::One)",
        _ if unicode && name.ends_with("_unicode_520_ci") => {
            "Rules::Uca(TableId::V520, Levels::One)"
        }
        _ => match (name, one_byte) {
            ("latin1_german2_ci", Some(number)) => {
                return Ok(format!("Rules::Simple(Simple::German2({number}))"));
            }
            (_, Some(number)) => return Ok(format!("Rules::Simple(Simple::OneByte({number}))")),
            (_, None) => match multibyte::COLLATIONS.iter().position(|own| *own == name) {
                Some(number) => {
                    let variants = [
                        "Big5", "Gbk", "Gb2312", "Sjis", "Cp932", "Ujis", "Eucjpms", "Euckr",
                    ];
                    return Ok(format!(
                        "Rules::Simple(Simple::MultiByte(MultiByte::{}))",
                        variants[number]
                    ));
                }
                None => return Err(format!("{name}: no rules").into()),
            },
        },
    };
    Ok(text.to_owned())
}

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut out = String::from(
        "//! Written by `cargo run -p sqlift-collation --example generate`. Do not edit.\n\n\
         use crate::case::Case;\nuse crate::charset::Charset::*;\nuse crate::charset::CharsetRow;\n\
         use crate::collation::Collation;\nuse crate::collation::Pad::{NoPad, PadSpace};\n\
         use crate::rules::{GeneralGroup, Levels, MultiByte, Rules, Simple, Special, TableId};\n\n",
    );
    let charsets = input::rows(data, "charsets")?;
    let collations = input::rows(data, "collations")?;
    let languages: Vec<String> = tailoring::read(data)?.into_keys().collect();
    let language = |name: &str| {
        tailoring::language(name)
            .and_then(|own| languages.iter().position(|language| *language == own))
    };
    let one_byte = weight_tables::one_byte(data)?;
    let id_of = |name: &str| {
        collations
            .iter()
            .find(|row| row[1] == name)
            .map(|row| row[0].clone())
            .unwrap_or_default()
    };
    writeln!(out, "/// All character sets, in the order of the enum.")?;
    writeln!(out, "#[rustfmt::skip]")?;
    writeln!(
        out,
        "pub(crate) static CHARSETS: [CharsetRow; {}] = [",
        charsets.len()
    )?;
    for row in &charsets {
        let bin = if row[0] == "binary" {
            "63".to_owned()
        } else {
            id_of(&format!("{}_bin", row[0]))
        };
        writeln!(
            out,
            "    CharsetRow::new({}, {:?}, {}, {}, {}, {:?}),",
            variant(&row[0]),
            row[0],
            row[2],
            id_of(&row[1]),
            bin,
            row[3]
        )?;
    }
    writeln!(out, "];\n")?;
    writeln!(out, "/// All collations, ascending by id.")?;
    writeln!(out, "#[rustfmt::skip]")?;
    writeln!(
        out,
        "pub(crate) static COLLATIONS: [Collation; {}] = [",
        collations.len()
    )?;
    for row in &collations {
        let pad = if row[4] == "NO PAD" {
            "NoPad"
        } else {
            "PadSpace"
        };
        writeln!(
            out,
            "    Collation::new({}, {:?}, {}, {}, {}, {}, {}, {}),",
            row[0],
            row[1],
            variant(&row[2]),
            row[3] == "1",
            pad,
            row[5],
            rules(
                &row[1],
                &row[2],
                one_byte.iter().position(|name| *name == row[1]),
                language(&row[1])
            )?,
            case_tables::rules(data, &row[1])?
        )?;
    }
    writeln!(out, "];")?;
    fs::write(home.join("src/registry_table.rs"), out)?;
    let names: Vec<String> = charsets.iter().map(|row| variant(&row[0])).collect();
    println!(
        "{} collations, {} character sets: {}",
        collations.len(),
        names.len(),
        names.join(", ")
    );
    Ok(())
}
