//! All functions, by name.

use crate::{Function, FunctionId, families};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Every operator and function there is.
pub struct Catalogue {
    functions: Vec<Function>,
    by_name: HashMap<&'static str, FunctionId>,
}

/// The catalogue of this process.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let functions = families::all();
        let mut by_name = HashMap::with_capacity(functions.len());
        for (index, function) in functions.iter().enumerate() {
            let previous = by_name.insert(function.name(), FunctionId(index as u16));
            assert!(
                previous.is_none(),
                "{} is twice in the catalogue",
                function.name()
            );
        }
        Catalogue { functions, by_name }
    })
}

impl Catalogue {
    /// A function by its name in upper case, or an operator (or internal cast) by its spelling.
    pub fn lookup(&self, name: &str) -> Option<FunctionId> {
        self.by_name.get(name).copied()
    }
    /// A function by its number.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[usize::from(id.0)]
    }
    /// All functions with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.functions
            .iter()
            .enumerate()
            .map(|(i, f)| (FunctionId(i as u16), f))
    }
    /// The function name that is spelled most like `name`, if any is close.
    pub fn suggestion(&self, name: &str) -> Option<&'static str> {
        let upper = name.to_ascii_uppercase();
        let callable = self.functions.iter().filter(|f| !f.is_operator());
        let best = callable
            .map(|f| (edit_distance(&upper, f.name()), f.name()))
            .min()?;
        (best.0 <= 1 + upper.len() / 4).then_some(best.1)
    }
}

/// Levenshtein's distance: how many letters must be added, dropped or changed.
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y))
                .min(above + 1)
                .min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}
