//! Clustering differences, so that the work which mends most is done first.
//!
//! The suspects for a difference are the features of its expression: functions, operators, cast targets, columns,
//! settings. Among some wrong cases, the suspect taken first is the one that explains most of them while few right
//! cases have it too; the cases it explains are set aside, and so on. That is done for all wrong cases together
//! ([`causes`]), and inside each group of one aspect and kind, such as "a value -> error 1305" ([`clusters`]).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Finding, Report, case_features};
use crate::compare::{Aspect, Difference};

/// Differences of one aspect and kind that probably have one cause.
#[derive(Debug, Clone)]
pub struct Cluster<'a> {
    /// What differs.
    pub aspect: Aspect,
    /// How, coarsely.
    pub kind: &'a str,
    /// The feature that the expressions share; empty if they have none.
    pub suspect: &'a str,
    /// How many cases are in the cluster.
    pub cases: usize,
    /// How many supported cases have the suspect, right ones included.
    pub of: usize,
    /// The case with the shortest expression.
    pub example: &'a Finding,
    /// Its difference.
    pub difference: &'a Difference,
}

/// Wrong cases that probably have one cause, whatever the difference.
#[derive(Debug, Clone)]
pub struct Cause<'a> {
    /// The feature that the expressions share; empty if they have none.
    pub suspect: &'a str,
    /// How many wrong cases it explains that no larger cause explains.
    pub cases: usize,
    /// How many wrong cases have it.
    pub wrong: usize,
    /// How many supported cases have it.
    pub of: usize,
    /// The case with the shortest expression.
    pub example: &'a Finding,
}

/// The clusters of the differences that are not known, largest first.
pub fn clusters(report: &Report) -> Vec<Cluster<'_>> {
    let suspects = Suspects::new(report);
    let mut groups: BTreeMap<(Aspect, &str), Vec<(Member<'_>, &Difference)>> = BTreeMap::new();
    for member in suspects.members(report) {
        for difference in &member.finding.comparison.differences {
            let group = groups
                .entry((difference.aspect, difference.kind.as_str()))
                .or_default();
            group.push((member.clone(), difference));
        }
    }
    let mut found = Vec::new();
    for ((aspect, kind), group) in groups {
        for (suspect, hit) in suspects.explain(group, |(member, _)| member) {
            let Some((member, difference)) = hit.iter().min_by_key(|(member, _)| member.size())
            else {
                continue;
            };
            found.push(Cluster {
                aspect,
                kind,
                suspect: suspects.name(suspect),
                cases: hit.len(),
                of: suspects.total(suspect).unwrap_or(hit.len()),
                example: member.finding,
                difference,
            });
        }
    }
    // Stable, so clusters of one size stay in the order of aspects.
    found.sort_by_key(|cluster| Reverse(cluster.cases));
    found
}

/// The probable causes of all wrong cases that are not known, largest first.
pub fn causes(report: &Report) -> Vec<Cause<'_>> {
    let suspects = Suspects::new(report);
    let members: Vec<Member<'_>> = suspects.members(report).collect();
    let mut wrong = vec![0; suspects.names.len()];
    for feature in members.iter().flat_map(|member| &member.features) {
        wrong[*feature] += 1;
    }
    let mut found = Vec::new();
    for (suspect, hit) in suspects.explain(members, |member| member) {
        let Some(example) = hit.iter().min_by_key(|member| member.size()) else {
            continue;
        };
        found.push(Cause {
            suspect: suspects.name(suspect),
            cases: hit.len(),
            wrong: suspect.map_or(hit.len(), |suspect| wrong[suspect]),
            of: suspects.total(suspect).unwrap_or(hit.len()),
            example: example.finding,
        });
    }
    found.sort_by_key(|cause| Reverse(cause.cases));
    found
}

/// A wrong case with the numbers of its features.
#[derive(Clone)]
struct Member<'a> {
    finding: &'a Finding,
    features: Vec<usize>,
}

impl Member<'_> {
    fn size(&self) -> usize {
        self.finding.case.expr.len()
    }
}

/// The features of a run by number, with how many supported cases have each.
struct Suspects<'a> {
    names: Vec<&'a str>,
    totals: Vec<usize>,
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Suspects<'a> {
    fn new(report: &'a Report) -> Self {
        let names: Vec<&str> = report.features.keys().map(String::as_str).collect();
        let totals = report.features.values().copied().collect();
        let numbers = names
            .iter()
            .enumerate()
            .map(|(number, name)| (*name, number))
            .collect();
        Self {
            names,
            totals,
            numbers,
        }
    }

    fn members(&self, report: &'a Report) -> impl Iterator<Item = Member<'a>> {
        report.unknown().map(|finding| {
            let features = case_features(&finding.case);
            let numbers = features.filter_map(|name| self.numbers.get(name.as_str()).copied());
            Member {
                finding,
                features: numbers.collect(),
            }
        })
    }

    fn name(&self, suspect: Option<usize>) -> &'a str {
        suspect.map_or("", |suspect| self.names[suspect])
    }

    fn total(&self, suspect: Option<usize>) -> Option<usize> {
        suspect.map(|suspect| self.totals[suspect])
    }

    /// Divides items among suspects; items without any feature come last, without a suspect.
    fn explain<'i, T>(
        &self,
        mut items: Vec<T>,
        member: impl Fn(&T) -> &Member<'i>,
    ) -> Vec<(Option<usize>, Vec<T>)> {
        let mut wrong = vec![0_usize; self.names.len()];
        for feature in items.iter().flat_map(|item| &member(item).features) {
            wrong[*feature] += 1;
        }
        let mut divided = Vec::new();
        while !items.is_empty() {
            let suspect = self.best(&wrong);
            let Some(suspect) = suspect else {
                divided.push((None, items));
                break;
            };
            let (hit, rest): (Vec<T>, Vec<T>) = items
                .into_iter()
                .partition(|item| member(item).features.contains(&suspect));
            for feature in hit.iter().flat_map(|item| &member(item).features) {
                wrong[*feature] -= 1;
            }
            divided.push((Some(suspect), hit));
            items = rest;
        }
        divided
    }

    /// The feature with the best product of coverage (wrong cases that have it) and purity (share of wrong cases
    /// among all that have it). Of two that do the same, the first by name: reports are stable.
    fn best(&self, wrong: &[usize]) -> Option<usize> {
        let score = |number: usize| {
            let wrong = wrong[number] as f64;
            wrong * wrong / self.totals[number] as f64
        };
        let met = (0..wrong.len()).filter(|number| wrong[*number] > 0);
        met.max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)))
    }
}
