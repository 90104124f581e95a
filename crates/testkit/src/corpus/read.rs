//! A corpus folder and the streaming reading of its areas.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::json::from_json_line;
use super::pack::Packed;
use super::{Case, CorpusError, FunctionEntry, Table};

/// A corpus folder: its areas, and the shared table.
#[derive(Debug)]
pub struct Corpus {
    folder: PathBuf,
    areas: Vec<Area>,
    table: Table,
}

/// One area of a corpus: a file of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// The area's name, which is the file's name without its ending.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Packed,
}

impl Corpus {
    /// Opens a folder: lists its areas (by name) and reads the shared table.
    ///
    /// # Errors
    /// If the folder cannot be read, has no area, has one area in both forms, or its table is wrong.
    pub fn open(folder: &Path) -> Result<Self, CorpusError> {
        let mut areas: Vec<Area> = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| CorpusError::file(folder, error))? {
            let path = entry
                .map_err(|error| CorpusError::file(folder, error))?
                .path();
            let form = match path.extension().and_then(|ending| ending.to_str()) {
                Some("jsonl") => Form::Lines,
                Some("cases") => Form::Packed,
                _ => continue,
            };
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let name = name
                .ok_or_else(|| CorpusError::file(&path, "the name is not text"))?
                .to_owned();
            areas.push(Area { name, path, form });
        }
        areas.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(twice) = areas.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(CorpusError::file(
                &twice[0].path,
                "the area is there in both forms",
            ));
        }
        if areas.is_empty() {
            return Err(CorpusError::file(
                folder,
                "there is no area (.jsonl or .cases)",
            ));
        }
        let table = Table::read(&folder.join("rows.json"))?;
        Ok(Self {
            folder: folder.to_owned(),
            areas,
            table,
        })
    }

    /// The areas, by name.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The shared table of column cases.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The server's scalar functions.
    ///
    /// # Errors
    /// If `functions.tsv` is missing or malformed.
    pub fn functions(&self) -> Result<Vec<FunctionEntry>, CorpusError> {
        FunctionEntry::read(&self.folder.join("functions.tsv"))
    }
}

impl Area {
    /// Opens the file to read its cases one by one.
    ///
    /// # Errors
    /// If the file cannot be opened, or is a packed file that is damaged.
    pub fn cases(&self) -> Result<Cases, CorpusError> {
        let source = match self.form {
            Form::Lines => {
                let file =
                    File::open(&self.path).map_err(|error| CorpusError::file(&self.path, error))?;
                Source::Lines {
                    reader: BufReader::new(file),
                    line: 0,
                    buffer: Vec::new(),
                }
            }
            Form::Packed => {
                let bytes =
                    fs::read(&self.path).map_err(|error| CorpusError::file(&self.path, error))?;
                let packed = Packed::open(&self.path, &bytes)?;
                if packed.area() != self.name {
                    let message = format!("it holds area `{}`, not `{}`", packed.area(), self.name);
                    return Err(CorpusError::file(&self.path, message));
                }
                Source::Packed(Box::new(packed))
            }
        };
        Ok(Cases {
            area: self.clone(),
            source,
        })
    }
}

/// Reads the cases of an area one by one. After an error it ends.
#[derive(Debug)]
pub struct Cases {
    area: Area,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Lines {
        reader: BufReader<File>,
        line: usize,
        buffer: Vec<u8>,
    },
    Packed(Box<Packed>),
    Ended,
}

impl Cases {
    fn read(&mut self) -> Option<Result<Case, CorpusError>> {
        let (position, case) = match &mut self.source {
            Source::Ended => return None,
            Source::Packed(packed) => {
                let case = packed.next_case()?;
                (packed.position(), case)
            }
            Source::Lines {
                reader,
                line,
                buffer,
            } => {
                *line += 1;
                buffer.clear();
                let case = match reader.read_until(b'\n', buffer) {
                    Ok(0) => return None,
                    Ok(_) => std::str::from_utf8(buffer)
                        .map_err(|error| error.to_string())
                        .and_then(from_json_line),
                    Err(error) => Err(error.to_string()),
                };
                (*line, case)
            }
        };
        let case = case.and_then(|case| {
            if case.area == self.area.name {
                Ok(case)
            } else {
                Err(format!("case `{}` is of area `{}`", case.id, case.area))
            }
        });
        Some(case.map_err(|message| CorpusError::line(&self.area.path, position, message)))
    }
}

impl Iterator for Cases {
    type Item = Result<Case, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let case = self.read();
        if !matches!(case, Some(Ok(_))) {
            self.source = Source::Ended;
        }
        case
    }
}
