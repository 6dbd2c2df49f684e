//! What `cargo course trace` writes for the book's explorer: some scenarios of a lab, each with everything that can
//! happen in it.
//!
//! One JSON document, an entry for each scenario:
//!
//! ```json
//! { "rmmod-against-open": {
//!     "scenario": "rmmod against open",       // its title
//!     "executions": 14, "states": 23,         // how much was explored; a state is a node
//!     "interleavings": "35", "bad": "4",      // decimal: there may be very many
//!     "shortest": {                           // the shortest interleaving that ends badly, or null
//!       "sentence": "CPU 1 runs in …",
//!       "first_bad": 3,                       // the execution that was the first to end badly, counted from 1
//!       "length": 5, "schedule": [0, 1, 1, 0, 1], // steps; which actor takes each
//!       "table": "…", "mermaid": "…" },       // the same for a terminal, and as a sequence diagram
//!     "graph": {
//!       "scenario": "rmmod against open",
//!       "actors": ["CPU 0: rmmod", "CPU 1: open"], // the columns; an actor is named by its number everywhere
//!       "executions": 14, "first_bad": 3,
//!       "nodes": [{                           // node 0 is the beginning; no edge leads back
//!         "variables": [["refcnt", "1"], …],  // what is in memory: names and values
//!         "edges": [{                         // one for each actor that can take a step here
//!           "actor": 1, "to": 7,              // whose step it is; the node that it leads to
//!           "steps": [{ "actor": 1, "cpu": 1, "text": "refcnt.load(Relaxed) → 1",
//!                       "file": "…/refcount.rs", "line": 61, "is_note": false }] }],
//!         "outcome": null }] } } }            // of an end: "Good", or { "Bad": "the sentence" }
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{failure::Failure, graph::Graph, scenario::Scenario};

/// Scenarios that are explored to be written down.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Traces(BTreeMap<String, Trace>);

#[derive(Debug, Serialize)]
struct Trace {
    scenario: String,
    executions: usize,
    states: usize,
    interleavings: String,
    bad: String,
    shortest: Option<Shortest>,
    graph: Graph,
}

#[derive(Debug, Serialize)]
struct Shortest {
    sentence: String,
    first_bad: usize,
    length: usize,
    schedule: Vec<usize>,
    table: String,
    mermaid: String,
}

impl Traces {
    /// Explores `scenario`, which the book calls `name`.
    #[must_use]
    pub fn add<W: Send + Sync + 'static>(mut self, name: &str, scenario: &Scenario<W>) -> Traces {
        let graph = scenario.explore();
        self.0.insert(
            name.to_owned(),
            Trace {
                scenario: graph.scenario.clone(),
                executions: graph.executions,
                states: graph.states(),
                interleavings: graph.interleavings().to_string(),
                bad: graph.bad().to_string(),
                shortest: graph.shortest_failure().as_ref().map(Shortest::from),
                graph,
            },
        );
        self
    }

    /// Prints them as one JSON document.
    ///
    /// # Panics
    /// Nobody reads it.
    pub fn print(&self) {
        let text = serde_json::to_string(self).expect("names and numbers are JSON");
        println!("{text}");
    }
}

impl From<&Failure> for Shortest {
    fn from(failure: &Failure) -> Shortest {
        Shortest {
            sentence: failure.sentence.clone(),
            first_bad: failure.first_bad,
            length: failure.length(),
            schedule: failure.schedule(),
            table: failure.table(),
            mermaid: failure.mermaid(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::model::AtomicU32;

    #[test]
    fn a_trace_holds_the_figures_the_shortest_failure_and_the_graph() {
        let lost = Scenario::new("a lost update", || AtomicU32::new(0))
            .cpu("one", |count: &AtomicU32| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed))
            .cpu("two", |count: &AtomicU32| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed))
            .finally(|count| assert_eq!(count.load(Ordering::Relaxed), 2));
        let traces = serde_json::to_value(Traces::default().add("lost-update", &lost)).unwrap();
        let trace = &traces["lost-update"];
        assert_eq!(
            (trace["scenario"].as_str(), trace["interleavings"].as_str()),
            (Some("a lost update"), Some("6"))
        );
        assert_eq!(trace["shortest"]["length"], 4);
        assert_eq!(trace["shortest"]["first_bad"], 2, "the first execution is one CPU after the other");
        assert_eq!(trace["graph"]["actors"][1], "CPU 1: two");
        let first = &trace["graph"]["nodes"][0];
        assert_eq!(first["edges"].as_array().map(Vec::len), Some(2), "either CPU may begin");
        assert!(first["outcome"].is_null());
    }
}
