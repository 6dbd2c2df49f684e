//! What `cargo course trace` knows of a scenario. The form is described in `labs/explore/src/traces.rs`.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

/// A scenario with everything that can happen in it.
#[derive(Debug, Deserialize)]
pub(super) struct Race {
    pub(super) scenario: String,
    pub(super) executions: usize,
    pub(super) states: usize,
    /// How many there are, and how many of them end badly; decimal.
    pub(super) interleavings: String,
    pub(super) bad: String,
    pub(super) shortest: Option<Shortest>,
    pub(super) graph: Graph,
}

/// The shortest interleaving that ends badly.
#[derive(Debug, Deserialize)]
pub(super) struct Shortest {
    pub(super) first_bad: usize,
    /// Which actor takes each step.
    pub(super) schedule: Vec<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Graph {
    pub(super) actors: Vec<String>,
    pub(super) nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Node {
    /// Names and values.
    pub(super) variables: Vec<(String, String)>,
    pub(super) edges: Vec<Edge>,
    pub(super) outcome: Option<Outcome>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Edge {
    pub(super) actor: usize,
    pub(super) to: usize,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub(super) struct Step {
    pub(super) text: String,
    /// From the root.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) is_note: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub(super) enum Outcome {
    Good,
    Bad(String),
}

impl Race {
    /// Reads it, and checks what the explorer relies on.
    ///
    /// # Errors
    /// It is not of that form.
    pub(super) fn read(trace: &Value) -> Result<Race> {
        let mut race = Race::deserialize(trace).context("no trace of a scenario")?;
        let nodes = race.graph.nodes.len();
        let names = |node: &Node| node.variables.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let first = race.graph.nodes.first().map(names).context("a graph without a beginning")?;
        for (number, node) in race.graph.nodes.iter_mut().enumerate() {
            ensure!(names(node) == first, "in node {number} are other variables than in the beginning");
            ensure!(
                node.edges.is_empty() == node.outcome.is_some(),
                "node {number} is neither a moment nor an end"
            );
            for edge in &mut node.edges {
                ensure!(edge.to < nodes, "from node {number} an edge leads to {}, which is none", edge.to);
                ensure!(edge.actor < race.graph.actors.len(), "in node {number} nobody takes a step");
                for step in &mut edge.steps {
                    step.file = without_detours(&step.file);
                }
            }
        }
        Ok(race)
    }

    /// The edges of a schedule from the beginning.
    pub(super) fn along<'r>(&'r self, schedule: &'r [usize]) -> impl Iterator<Item = &'r Edge> {
        let mut node = &self.graph.nodes[0];
        schedule.iter().map_while(move |actor| {
            let edge = node.edges.iter().find(|edge| edge.actor == *actor)?;
            node = &self.graph.nodes[edge.to];
            Some(edge)
        })
    }
}

/// A bad end as a person reads it, and where a check failed, the file and line of it: `words (FILE:LINE)`.
pub(super) fn sentence_and_place(sentence: &str) -> (&str, Option<(String, usize)>) {
    let place = || {
        let (words, place) = sentence.strip_suffix(')')?.rsplit_once(" (")?;
        let (file, line) = place.rsplit_once(':')?;
        Some((words, (without_detours(file), line.parse().ok()?)))
    };
    match place() {
        Some((words, place)) => (words, Some(place)),
        None => (sentence, None),
    }
}

/// The way to a file without `.` and `..`: the compiler goes the way that `#[path]` says.
fn without_detours(file: &str) -> String {
    let mut way: Vec<&str> = Vec::new();
    for part in file.split('/') {
        match part {
            "." => {}
            ".." if way.last().is_some_and(|last| *last != "..") => drop(way.pop()),
            _ => way.push(part),
        }
    }
    way.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_the_shortest_way() {
        assert_eq!(without_detours("solutions/09/src/./disk.rs"), "solutions/09/src/disk.rs");
        assert_eq!(without_detours("solutions/11/examples/../../../labs/11/x.rs"), "labs/11/x.rs");
    }

    #[test]
    fn a_failed_check_names_its_place_behind_its_words() {
        assert_eq!(
            sentence_and_place("CPU 1: too early (a/./b.rs:12)"),
            ("CPU 1: too early", Some(("a/b.rs".to_owned(), 12)))
        );
        for plain in ["CPU 1 runs.", "CPU 1 runs (somewhere)", "(a.rs:x)"] {
            assert_eq!(sentence_and_place(plain), (plain, None));
        }
    }
}
