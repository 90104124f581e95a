//! Random expressions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::boundary::{BoundaryColumn, literals};
use super::{Argument, Catalogue, Class, Entry, Form, Produces, Random};

/// How large and how wild expressions become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Levels of calls; 0 gives literals and columns.
    pub depth: usize,
    /// Most arguments that a repeating list gets beyond the required ones.
    pub repeats: usize,
    /// One argument in so many is of another class than asked; 0: none.
    pub one_foreign_in: usize,
    /// One leaf in so many is NULL; 0: none.
    pub one_null_in: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 6,
            repeats: 3,
            one_foreign_in: 12,
            one_null_in: 16,
        }
    }
}

/// Makes typed random expressions over a catalogue and some columns.
#[derive(Debug)]
pub struct Generator {
    entries: Vec<Entry>,
    /// For each class the numbers of the entries that can give it.
    makers: BTreeMap<Class, Vec<usize>>,
    columns: Vec<BoundaryColumn>,
    limits: Limits,
    hits: Vec<u64>,
    made: BTreeMap<Class, u64>,
    latest: Latest,
    answered: Answered,
    /// The argument of the next call that is to be NULL.
    null_at: Option<usize>,
}

/// What the latest expression is made of.
#[derive(Debug, Default)]
struct Latest {
    entries: Vec<usize>,
    columns: Vec<usize>,
    /// Entries with the positions of arguments that are NULL.
    nulls: Vec<(usize, usize)>,
}

/// Counts of what [`Generator::confirm`] was said of.
#[derive(Debug, Default)]
struct Answered {
    entries: BTreeMap<usize, u64>,
    columns: BTreeMap<usize, u64>,
    nulls: BTreeMap<(usize, usize), u64>,
}

/// Families that the engine has not got yet. A function of theirs that is answered fails [`Hits::holes`]: the name must go from here.
pub(super) const LACKING_FAMILIES: [&str; 3] = ["crypto", "misc", "regexp"];

fn is_lacking(family: &str) -> bool {
    LACKING_FAMILIES.contains(&family)
}

impl Generator {
    /// A generator of literal expressions (no columns) or of expressions over some columns.
    pub fn new(catalogue: &dyn Catalogue, columns: &[BoundaryColumn], limits: Limits) -> Self {
        let entries = catalogue.entries();
        let mut makers: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
        for (number, entry) in entries.iter().enumerate() {
            let classes: &[Class] = match &entry.produces {
                Produces::Class(class) => std::slice::from_ref(class),
                Produces::Same => &Class::ALL,
                Produces::SameOf(classes) => classes,
            };
            for class in classes {
                makers.entry(*class).or_default().push(number);
            }
        }
        let hits = vec![0; entries.len()];
        Self {
            entries,
            makers,
            columns: columns.to_vec(),
            limits,
            hits,
            made: BTreeMap::new(),
            latest: Latest::default(),
            answered: Answered::default(),
            null_at: None,
        }
    }

    /// An expression of any class.
    pub fn any(&mut self, random: &mut Random) -> String {
        let class = Class::ALL[random.below(Class::ALL.len())];
        self.of_class(random, class)
    }

    /// An expression of a class, down to the depth of the limits.
    pub fn of_class(&mut self, random: &mut Random, class: Class) -> String {
        *self.made.entry(class).or_default() += 1;
        self.latest = Latest::default();
        let depth = match self.limits.depth {
            0 => 0,
            most => 1 + random.below(most),
        };
        let mut text = String::new();
        self.write(random, class, depth, true, &mut text);
        text
    }

    /// An expression around one entry of the catalogue, so that each can be tried in turn; `None` if there is no
    /// such entry. Its arguments are literals and columns.
    pub fn of_entry(&mut self, random: &mut Random, number: usize) -> Option<String> {
        let classes: &[Class] = match &self.entries.get(number)?.produces {
            Produces::Class(class) => std::slice::from_ref(class),
            Produces::Same => &Class::ALL,
            Produces::SameOf(classes) => classes,
        };
        let class = *random.pick(classes)?;
        *self.made.entry(class).or_default() += 1;
        let mut text = String::new();
        self.write_entry(random, number, class, 1, &mut text);
        Some(text)
    }

    /// Every entry once as it comes, and once for each argument with NULL in its place.
    pub fn sweep(&self) -> Vec<(usize, Option<usize>)> {
        let places = |(number, entry): (usize, &Entry)| {
            let arguments = entry.arguments.iter().enumerate();
            let open = arguments.filter(|(_, argument)| !matches!(argument, Argument::Word(_)));
            let nulls = open.map(move |(position, _)| (number, Some(position)));
            std::iter::once((number, None))
                .chain(nulls)
                .collect::<Vec<_>>()
        };
        self.entries.iter().enumerate().flat_map(places).collect()
    }

    /// An expression around one entry, with NULL in the place of an argument: a step of [`Generator::sweep`].
    pub fn swept(
        &mut self,
        random: &mut Random,
        (number, null_at): (usize, Option<usize>),
    ) -> String {
        self.latest = Latest::default();
        self.null_at = null_at;
        self.of_entry(random, number).unwrap_or_default()
    }

    /// Says that the latest expression has an answer: it is not for want of something that it was not tried.
    pub fn confirm(&mut self) {
        let Latest {
            entries,
            columns,
            nulls,
        } = std::mem::take(&mut self.latest);
        for entry in entries {
            *self.answered.entries.entry(entry).or_default() += 1;
        }
        for column in columns {
            *self.answered.columns.entry(column).or_default() += 1;
        }
        for null in nulls {
            *self.answered.nulls.entry(null).or_default() += 1;
        }
    }

    /// Says that the latest expression is an error, which is an answer to NULL where there must be none.
    pub fn confirm_error(&mut self) {
        for null in std::mem::take(&mut self.latest).nulls {
            *self.answered.nulls.entry(null).or_default() += 1;
        }
    }

    /// The entries of the catalogue.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was made so far.
    pub fn hits(&self) -> Hits {
        let mut functions: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (entry, hits) in self.entries.iter().zip(&self.hits) {
            *functions
                .entry((entry.family.clone(), entry.name.clone()))
                .or_default() += hits;
        }
        let mut answered: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut nulls: BTreeMap<(String, usize), u64> = BTreeMap::new();
        for (number, entry) in self.entries.iter().enumerate() {
            let key = (entry.family.clone(), entry.name.clone());
            let count = self.answered.entries.get(&number);
            *answered.entry(key).or_default() += count.copied().unwrap_or(0);
            for (position, argument) in entry.arguments.iter().enumerate() {
                if !matches!(argument, Argument::Word(_)) && !is_lacking(&entry.family) {
                    let count = self.answered.nulls.get(&(number, position));
                    let key = (entry.name.clone(), position);
                    *nulls.entry(key).or_default() += count.copied().unwrap_or(0);
                }
            }
        }
        let mut types: BTreeMap<String, u64> = BTreeMap::new();
        for (number, column) in self.columns.iter().enumerate() {
            let count = self.answered.columns.get(&number);
            *types.entry(column.type_name.to_owned()).or_default() += count.copied().unwrap_or(0);
        }
        Hits {
            functions,
            classes: self.made.clone(),
            answered,
            types,
            nulls,
        }
    }

    fn write(
        &mut self,
        random: &mut Random,
        class: Class,
        depth: usize,
        must_call: bool,
        text: &mut String,
    ) {
        if depth == 0 || (!must_call && random.chance(1, 4)) {
            return self.write_leaf(random, class, text);
        }
        let Some(makers) = self.makers.get(&class) else {
            return self.write_leaf(random, class, text);
        };
        // Without regard to what was made before: an expression depends on its source of numbers alone.
        let number = makers[random.below(makers.len())];
        self.write_entry(random, number, class, depth, text);
    }

    fn write_leaf(&mut self, random: &mut Random, class: Class, text: &mut String) {
        if self.limits.one_null_in > 0 && random.chance(1, self.limits.one_null_in) {
            return text.push_str("NULL");
        }
        let columns = self.columns.iter().enumerate();
        let columns: Vec<(usize, &BoundaryColumn)> = columns
            .filter(|(_, column)| column.class == class)
            .collect();
        match random.pick(&columns) {
            Some((number, column)) if random.chance(3, 5) => {
                text.push_str(column.name);
                self.latest.columns.push(*number);
            }
            _ => text.push_str(random.pick(literals(class)).copied().unwrap_or("NULL")),
        }
    }

    fn write_entry(
        &mut self,
        random: &mut Random,
        number: usize,
        class: Class,
        depth: usize,
        text: &mut String,
    ) {
        self.hits[number] += 1;
        self.latest.entries.push(number);
        let Entry {
            name,
            form,
            arguments,
            required,
            repeated,
            ..
        } = self.entries[number].clone();
        let null_at = self.null_at.take();
        let optional = random.below(arguments.len() - required + 1);
        let count = (required + optional).max(null_at.map_or(0, |at| at + 1));
        let mut list = arguments[..count.min(arguments.len())].to_vec();
        if list.len() == arguments.len() && repeated > 0 {
            for _ in 0..random.below(self.limits.repeats + 1) {
                list.extend(&arguments[arguments.len() - repeated..]);
            }
        }
        let mut written = Vec::with_capacity(list.len());
        for (position, argument) in list.into_iter().enumerate() {
            let text = match null_at == Some(position) {
                true => "NULL".to_owned(),
                false => self.argument(random, argument, class, depth - 1),
            };
            if text == "NULL" && position < arguments.len() {
                self.latest.nulls.push((number, position));
            }
            written.push(text);
        }
        match form {
            Form::Call => {
                let _ = write!(text, "{name}({})", written.join(", "));
            }
            Form::Template(template) => {
                text.push('(');
                let mut written = written.into_iter();
                for (index, piece) in template.split("{}").enumerate() {
                    if index > 0 {
                        // A test of the catalogue counts the places.
                        text.push_str(&written.next().unwrap_or_default());
                    }
                    text.push_str(piece);
                }
                text.push(')');
            }
        }
    }

    fn argument(
        &mut self,
        random: &mut Random,
        argument: Argument,
        same: Class,
        depth: usize,
    ) -> String {
        let one_of =
            |random: &mut Random, classes: &[Class]| random.pick(classes).copied().unwrap_or(same);
        let class = match argument {
            Argument::Word(words) => {
                return random.pick(words).copied().unwrap_or("NULL").to_owned();
            }
            Argument::Of(class) => class,
            Argument::Same => same,
            Argument::OneOf(classes) => one_of(random, classes),
            Argument::Any => one_of(random, &Class::ALL),
        };
        let foreign =
            self.limits.one_foreign_in > 0 && random.chance(1, self.limits.one_foreign_in);
        let class = if foreign {
            one_of(random, &Class::ALL)
        } else {
            class
        };
        let mut text = String::new();
        self.write(random, class, depth, false, &mut text);
        text
    }
}

/// How often what was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// By family and name.
    pub functions: BTreeMap<(String, String), u64>,
    /// Whole expressions by class.
    pub classes: BTreeMap<Class, u64>,
    /// By family and name, of expressions that have an answer.
    pub answered: BTreeMap<(String, String), u64>,
    /// By column type, of expressions that have an answer.
    pub types: BTreeMap<String, u64>,
    /// NULL by name and position of the argument, of expressions that have an answer.
    pub nulls: BTreeMap<(String, usize), u64>,
}

impl Hits {
    /// Adds the counts of another generator.
    pub fn add(&mut self, other: &Self) {
        for (key, count) in &other.functions {
            *self.functions.entry(key.clone()).or_default() += count;
        }
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_default() += count;
        }
        for (key, count) in &other.answered {
            *self.answered.entry(key.clone()).or_default() += count;
        }
        for (key, count) in &other.types {
            *self.types.entry(key.clone()).or_default() += count;
        }
        for (key, count) in &other.nulls {
            *self.nulls.entry(key.clone()).or_default() += count;
        }
    }

    /// What never had an answer: functions by family and name, column types, positions of NULL; and what has one against
    /// `LACKING_FAMILIES`.
    pub fn holes(&self) -> Vec<String> {
        let unexpected =
            |((family, _), count): &(&(String, String), &u64)| (**count == 0) != is_lacking(family);
        let functions = self.answered.iter().filter(unexpected);
        let functions = functions.map(|((family, name), _)| format!("{family}: {name}"));
        let types = self.types.iter().filter(|(_, count)| **count == 0);
        let types = types.map(|(name, _)| format!("column: {name}"));
        let nulls = self.nulls.iter().filter(|(_, count)| **count == 0);
        let nulls = nulls.map(|((name, at), _)| format!("NULL: {name}, argument {}", at + 1));
        functions.chain(types).chain(nulls).collect()
    }

    /// What was never made: a fuzzer with holes proves little.
    pub fn missed(&self) -> impl Iterator<Item = &(String, String)> {
        self.functions
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(key, _)| key)
    }
}

/// A line a family with its total and its least hit member, and a line of classes.
impl std::fmt::Display for Hits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut families: BTreeMap<&str, Vec<(u64, &str)>> = BTreeMap::new();
        let answered: u64 = self.answered.values().sum();
        let counts = if answered > 0 {
            &self.answered
        } else {
            &self.functions
        };
        for ((family, name), count) in counts {
            families.entry(family).or_default().push((*count, name));
        }
        for (family, members) in families {
            let total: u64 = members.iter().map(|(count, _)| count).sum();
            if let Some((least, name)) = members.iter().min() {
                writeln!(
                    f,
                    "{family:<12} {total:>9} in {:>3}, fewest {least:>6} {name}",
                    members.len()
                )?;
            }
        }
        if answered > 0 {
            let types: Vec<String> = self
                .types
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            writeln!(f, "columns: {}", types.join(", "))?;
            if let Some(((name, at), least)) = self.nulls.iter().min_by_key(|(_, count)| **count) {
                let positions = self.nulls.len();
                writeln!(
                    f,
                    "NULL in {positions} positions, fewest {least} {name}, argument {}",
                    at + 1
                )?;
            }
        }
        let classes: Vec<String> = self
            .classes
            .iter()
            .map(|(class, count)| format!("{class:?} {count}"))
            .collect();
        writeln!(f, "{}", classes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::MySql;
    use super::super::boundary::COLUMNS;
    use super::*;

    fn generator(depth: usize, columns: &[BoundaryColumn]) -> Generator {
        Generator::new(
            &MySql,
            columns,
            Limits {
                depth,
                ..Limits::default()
            },
        )
    }

    fn balanced(text: &str) -> bool {
        let mut depth = 0;
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\'' => loop {
                    match characters.next() {
                        Some('\\') => drop(characters.next()),
                        Some('\'') => break,
                        None => return false,
                        Some(_) => {}
                    }
                },
                _ => {}
            }
            if depth < 0 {
                return false;
            }
        }
        depth == 0
    }

    #[test]
    fn a_seed_gives_one_sequence_of_expressions() {
        let make = |seed| {
            let mut random = Random::new(seed);
            let mut generator = generator(6, COLUMNS);
            (0..50)
                .map(|_| generator.any(&mut random))
                .collect::<Vec<_>>()
        };
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }

    #[test]
    fn an_expression_does_not_depend_on_those_before_it() {
        let random = Random::new(9);
        let mut generator = generator(6, COLUMNS);
        let sequence: Vec<String> = (0..20)
            .map(|number| generator.any(&mut random.fork(number)))
            .collect();
        assert_eq!(
            self::generator(6, COLUMNS).any(&mut random.fork(13)),
            sequence[13]
        );
    }

    #[test]
    fn everything_is_hit_and_every_text_is_balanced() {
        let mut random = Random::new(3);
        let mut generator = generator(6, COLUMNS);
        for _ in 0..20_000 {
            let text = generator.any(&mut random);
            assert!(
                balanced(&text) && !text.contains("{}, ") || text.contains("'{}'"),
                "{text}"
            );
        }
        let hits = generator.hits();
        assert_eq!(hits.missed().count(), 0);
        assert_eq!(hits.classes.len(), Class::ALL.len());
        assert!(hits.to_string().contains("arithmetic"));
    }

    #[test]
    fn every_text_parses_and_its_printed_form_means_the_same() {
        let parse = |text: &str| {
            sqlift_syntax::parse(text, Default::default(), Default::default())
                .unwrap_or_else(|error| panic!("{error}: {text}"))
        };
        let random = Random::new(11);
        let mut generator = generator(6, COLUMNS);
        for number in 0..3_000 {
            let text = generator.any(&mut random.fork(number));
            let tree = parse(&text);
            assert!(parse(&tree.to_string()) == tree, "{text}\n{tree}");
        }
    }

    #[test]
    fn depth_zero_gives_leaves_and_no_columns_means_none() {
        let mut random = Random::new(4);
        let mut leaves = generator(0, COLUMNS);
        for _ in 0..500 {
            let text = leaves.of_class(&mut random, Class::Int);
            let is_column = COLUMNS.iter().any(|column| column.name == text);
            assert!(
                text == "NULL" || is_column || literals(Class::Int).contains(&text.as_str()),
                "{text}"
            );
        }
        let mut literal = generator(4, &[]);
        for _ in 0..500 {
            let text = literal.any(&mut random);
            assert!(
                !crate::features::features(&text).contains("column bun"),
                "{text}"
            );
        }
    }

    #[test]
    fn each_entry_can_be_asked_for() {
        let mut random = Random::new(5);
        let mut generator = generator(6, &[]);
        for number in 0..generator.entries().len() {
            let text = generator.of_entry(&mut random, number).unwrap();
            let Entry { name, form, .. } = &generator.entries()[number];
            assert!(*form != Form::Call || text.starts_with(name), "{text}");
        }
        assert_eq!(generator.of_entry(&mut random, usize::MAX), None);
        assert_eq!(generator.hits().missed().count(), 0);
    }
}
