//! All interleavings of a scenario, with those that lead to the same put together. `cargo course trace` writes it for the
//! book's explorer; `traces.rs` describes what it looks like there, field by field.

use std::{cmp::Reverse, collections::BinaryHeap};

use serde::Serialize;

use crate::failure::{Failure, Step};

/// Every interleaving. Node 0 is the beginning; no edge leads back.
#[derive(Debug, Clone, Serialize)]
pub struct Graph {
    /// The scenario.
    pub scenario: String,
    /// Its threads: `CPU 0: rmmod`.
    pub actors: Vec<String>,
    /// The moments at which somebody may take a step, and the ends.
    pub nodes: Vec<Node>,
    /// How many executions it took to see them all.
    pub executions: usize,
    /// Which of them was the first that ended badly, counted from 1.
    pub first_bad: Option<usize>,
}

/// A moment between steps.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Node {
    /// What is in memory: names and values.
    pub variables: Vec<(String, String)>,
    /// What each thread that can take a step does next, and where that leads.
    pub edges: Vec<Edge>,
    /// How it ended, if this is an end.
    pub outcome: Option<Outcome>,
}

/// A step, and where it leads.
#[derive(Debug, Clone, Serialize)]
pub struct Edge {
    /// Who takes it.
    pub actor: usize,
    /// What is done, remarks included.
    pub steps: Vec<Step>,
    /// The node that it leads to.
    pub to: usize,
}

/// How an interleaving ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Outcome {
    /// As it should.
    Good,
    /// With this sentence.
    Bad(String),
}

/// Where a node was reached from: the node, the thread that had come there, the number of the edge.
type Origin = (usize, usize, usize);

impl Graph {
    /// How many states there are.
    pub fn states(&self) -> usize {
        self.nodes.len()
    }

    /// How many interleavings there are.
    pub fn interleavings(&self) -> u128 {
        self.count(|_| true)
    }

    /// How many of them end badly.
    pub fn bad(&self) -> u128 {
        self.count(|outcome| *outcome != Outcome::Good)
    }

    /// The shortest interleaving that ends badly; of several the one with the fewest changes from one CPU to another.
    pub fn shortest_failure(&self) -> Option<Failure> {
        let mut best = vec![vec![(usize::MAX, usize::MAX); self.actors.len() + 1]; self.nodes.len()];
        let mut from: Vec<Vec<Option<Origin>>> = vec![vec![None; self.actors.len() + 1]; self.nodes.len()];
        let nobody = self.actors.len();
        let mut queue = BinaryHeap::from([Reverse((0, 0, 0, nobody))]);
        best.first_mut()?[nobody] = (0, 0);
        while let Some(Reverse((length, changes, node, last))) = queue.pop() {
            if (length, changes) > best[node][last] {
                continue;
            }
            if let Some(Outcome::Bad(sentence)) = &self.nodes[node].outcome {
                return Some(self.failure(sentence, (node, last), &from));
            }
            for (number, edge) in self.nodes[node].edges.iter().enumerate() {
                let changes = changes + usize::from(last != nobody && last != edge.actor);
                if (length + 1, changes) < best[edge.to][edge.actor] {
                    best[edge.to][edge.actor] = (length + 1, changes);
                    from[edge.to][edge.actor] = Some((node, last, number));
                    queue.push(Reverse((length + 1, changes, edge.to, edge.actor)));
                }
            }
        }
        None
    }

    fn failure(&self, sentence: &str, end: (usize, usize), from: &[Vec<Option<Origin>>]) -> Failure {
        let mut steps = Vec::new();
        let mut at = end;
        while let Some((node, last, number)) = from[at.0][at.1] {
            steps.extend(self.nodes[node].edges[number].steps.iter().rev().cloned());
            at = (node, last);
        }
        steps.reverse();
        Failure {
            scenario: self.scenario.clone(),
            actors: self.actors.clone(),
            sentence: sentence.to_owned(),
            steps,
            executions: self.executions,
            first_bad: self.first_bad.unwrap_or(self.executions),
            needs_weak_memory: false,
        }
    }

    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> u128 {
        let mut paths: Vec<Option<u128>> = vec![None; self.nodes.len()];
        let mut open = vec![0];
        while let Some(&node) = open.last() {
            let edges = &self.nodes[node].edges;
            if let Some(edge) = edges.iter().find(|edge| paths[edge.to].is_none()) {
                open.push(edge.to);
                continue;
            }
            let ends = self.nodes[node].outcome.as_ref().is_some_and(&wanted);
            let further = edges.iter().filter_map(|edge| paths[edge.to]);
            paths[node] = Some(further.fold(u128::from(ends), u128::saturating_add));
            open.pop();
        }
        paths.first().copied().flatten().unwrap_or(0)
    }
}
