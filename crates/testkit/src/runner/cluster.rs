//! Clustering differences, so that the work which mends most is done first.
//!
//! Differences of one aspect and kind ("a value -> error 1305") are one group. Inside a group the suspects are the
//! features of the expressions (functions, operators, cast targets, columns, settings): the suspect taken first is
//! the one that explains most wrong cases while few right cases have it too; its cases leave the group, and so on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Report, case_features};
use crate::compare::{Aspect, Difference};

/// Differences that probably have one cause.
#[derive(Debug, Clone)]
pub struct Cluster<'a> {
    /// What differs.
    pub aspect: Aspect,
    /// How, coarsely.
    pub kind: &'a str,
    /// The feature that the expressions share; empty if they have none.
    pub suspect: String,
    /// How many cases are in the cluster.
    pub cases: usize,
    /// How many supported cases have the suspect, right ones included.
    pub of: usize,
    /// The case with the shortest expression.
    pub example: &'a Finding,
    /// Its difference.
    pub difference: &'a Difference,
}

/// The clusters of the differences that are not known, largest first.
pub fn clusters(report: &Report) -> Vec<Cluster<'_>> {
    let mut groups: BTreeMap<(Aspect, &str), Vec<Member<'_>>> = BTreeMap::new();
    for finding in report.unknown() {
        let features: BTreeSet<String> = case_features(&finding.case).collect();
        for difference in &finding.comparison.differences {
            let member = Member {
                finding,
                difference,
                features: features.clone(),
            };
            groups
                .entry((difference.aspect, difference.kind.as_str()))
                .or_default()
                .push(member);
        }
    }
    let mut found = Vec::new();
    for ((aspect, kind), mut members) in groups {
        while !members.is_empty() {
            let suspect = suspect(&members, report);
            let (hit, rest): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| {
                suspect
                    .as_ref()
                    .is_none_or(|suspect| member.features.contains(suspect))
            });
            members = rest;
            let example = hit
                .iter()
                .min_by_key(|member| member.finding.case.expr.len());
            let Some(example) = example else { break };
            let suspect = suspect.unwrap_or_default();
            found.push(Cluster {
                aspect,
                kind,
                of: report.features.get(&suspect).copied().unwrap_or(hit.len()),
                suspect,
                cases: hit.len(),
                example: example.finding,
                difference: example.difference,
            });
        }
    }
    // Stable, so clusters of one size stay in the order of aspects.
    found.sort_by_key(|cluster| std::cmp::Reverse(cluster.cases));
    found
}

struct Member<'a> {
    finding: &'a Finding,
    difference: &'a Difference,
    features: BTreeSet<String>,
}

/// The feature with the best product of coverage (wrong cases that have it) and purity (share of wrong cases among
/// all that have it). Between two that do the same, the name decides, so reports are stable.
fn suspect(members: &[Member<'_>], report: &Report) -> Option<String> {
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    for feature in members.iter().flat_map(|member| &member.features) {
        *wrong.entry(feature).or_default() += 1;
    }
    let score = |feature: &str, wrong: usize| {
        let all = report
            .features
            .get(feature)
            .copied()
            .unwrap_or(wrong)
            .max(wrong);
        wrong as f64 * wrong as f64 / all as f64
    };
    let best = wrong.into_iter().max_by(|a, b| {
        score(a.0, a.1)
            .total_cmp(&score(b.0, b.1))
            .then(b.0.cmp(a.0))
    });
    best.map(|(feature, _)| feature.to_owned())
}
