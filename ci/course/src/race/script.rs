//! A race as a script that a page opened from a folder can load: one object, in a form that takes few bytes.
//!
//! ```js
//! (globalThis.races ??= {})["10-refcount/no-count"] = {
//! "title": "rmmod against open",
//! "actors": ["CPU 0: rmmod", "CPU 1: open"], // the columns; an actor is named by its number everywhere
//! "interleavings": "3", "bad": "2",          // decimal: there may be very many
//! "executions": 3, "firstBad": 1,            // how many were needed to see all, and which ended badly first, from 1
//! "states": 7,                               // before those that go on alike were put together
//! "shortest": [0, 1],                        // the actors of the shortest schedule that ends badly, or null
//! "files": [{ "name": "…/broken.rs",         // from the root of the course
//!   "lines": [[36, "…"], [40, 52, "put"]] }],// a line's number and text; or from, to, and the task that they belong to
//! "steps": [["enters the text", 0, 36, 0]],  // text, file, line, 1 for a remark, before which nobody can come
//! "ends": [null, ["CPU 1 runs in …"]],       // good, or the sentence, and where a check failed, file and line
//! "variables": ["count"], "values": ["0"],
//! "memories": [[0]],                         // a value for each variable
//! "nodes": [
//! [0,[[0,1,0]]],                             // memory; edges: actor, node, steps. Every edge leads forward
//! [0,1]] };                                  // memory; the number of an end
//! ```

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
};

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    explored::{Outcome, Race, sentence_and_place},
    merged::Merged,
    source,
};
use crate::root::Root;

/// Values in the order in which they were first met, each once.
struct Table<T> {
    values: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Table<T> {
    fn number(&mut self, value: T) -> usize {
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            self.values.len() - 1
        })
    }
}

/// The lines that steps stand in, by file.
type Lines = BTreeMap<String, BTreeSet<usize>>;

pub(super) fn script(root: &Root, name: &str, race: &Race) -> Result<String> {
    let merged = Merged::of(&race.graph);
    let lines = lines(race);
    let files = lines.iter().map(|(file, lines)| source::excerpt(root, file, lines));
    let files = files.collect::<Result<Vec<Value>>>()?;
    let file_number = |file: &str| lines.keys().position(|name| name == file);

    let (mut values, mut memories) = (Table::default(), Table::default());
    let (mut steps, mut ends) = (Table::default(), Table::default());
    let mut nodes = Vec::new();
    for node in &merged.nodes {
        let memory: Vec<usize> = node.values.iter().map(|value| values.number(*value)).collect();
        let memory = memories.number(memory);
        nodes.push(match node.outcome {
            Some(outcome) => json!([memory, ends.number(outcome)]),
            None => {
                let mut edges = Vec::new();
                for (actor, to, of_edge) in &node.edges {
                    let of_edge = of_edge.iter().map(|step| steps.number(step));
                    edges.push([*actor, *to].into_iter().chain(of_edge).collect::<Vec<_>>());
                }
                json!([memory, edges])
            }
        });
    }
    let steps = steps
        .values
        .iter()
        .map(|step| json!([step.text, file_number(&step.file), step.line, u8::from(step.is_note)]));
    let ends = ends.values.iter().map(|outcome| match outcome {
        Outcome::Good => Value::Null,
        Outcome::Bad(sentence) => match sentence_and_place(sentence) {
            (words, Some((file, line))) if lines.contains_key(&file) => {
                json!([words, file_number(&file), line])
            }
            (words, _) => json!([words]),
        },
    });
    let names: Vec<&String> = race.graph.nodes[0].variables.iter().map(|(name, _)| name).collect();
    let shortest = race.shortest.as_ref();
    let fields = [
        ("title", json!(race.scenario)),
        ("actors", json!(race.graph.actors)),
        ("interleavings", json!(race.interleavings)),
        ("bad", json!(race.bad)),
        ("executions", json!(race.executions)),
        ("firstBad", json!(shortest.map(|shortest| shortest.first_bad))),
        ("states", json!(race.states)),
        ("shortest", json!(shortest.map(|shortest| &shortest.schedule))),
        ("files", json!(files)),
        ("steps", steps.collect()),
        ("ends", ends.collect()),
        ("variables", json!(names)),
        ("values", json!(values.values)),
        ("memories", json!(memories.values)),
    ];
    let fields: String = fields.iter().map(|(name, value)| format!("\"{name}\":{value},\n")).collect();
    let nodes: Vec<String> = nodes.iter().map(Value::to_string).collect();
    Ok(format!(
        "// Derived by `cargo course sync` from what `cargo course trace` explored.\n\
         (globalThis.races ??= {{}})[\"{name}\"] = {{\n{fields}\"nodes\":[\n{}]}};\n",
        nodes.join(",\n")
    ))
}

/// The lines of all steps, and those of the checks that failed where the file has steps besides.
fn lines(race: &Race) -> Lines {
    let mut lines = Lines::new();
    for step in race.graph.nodes.iter().flat_map(|node| &node.edges).flat_map(|edge| &edge.steps) {
        lines.entry(step.file.clone()).or_default().insert(step.line);
    }
    for node in &race.graph.nodes {
        if let Some(Outcome::Bad(sentence)) = &node.outcome
            && let (_, Some((file, line))) = sentence_and_place(sentence)
            && let Some(lines) = lines.get_mut(&file)
        {
            lines.insert(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write;

    #[test]
    fn a_script_is_one_object_with_every_text_once() {
        let clone = tempfile::tempdir().unwrap();
        write(&clone.path().join("labs/labs.toml"), "").unwrap();
        write(&clone.path().join("a.rs"), "frees\nruns\n").unwrap();
        let root = Root::above(clone.path()).unwrap();
        let edge = |actor: usize, to: usize, line: usize| {
            json!({ "actor": actor, "to": to,
                    "steps": [{ "text": "s", "file": "./a.rs", "line": line, "is_note": false }] })
        };
        let node = |edges: Vec<Value>, outcome: Value| json!({ "variables": [["x", "0"]], "edges": edges, "outcome": outcome });
        let trace = json!({ "scenario": "t", "executions": 2, "states": 4, "interleavings": "2", "bad": "1",
            "shortest": { "first_bad": 2, "schedule": [1] },
            "graph": { "actors": ["CPU 0: a", "CPU 1: b"], "nodes": [
                node(vec![edge(0, 1, 1), edge(1, 2, 2)], Value::Null),
                node(vec![], json!("Good")),
                node(vec![], json!({ "Bad": "no (a.rs:2)" })),
            ] } });
        let script = script(&root, "01-x/t", &Race::read(&trace).unwrap()).unwrap();
        let (head, object) = script.split_once(" = ").unwrap();
        assert!(head.ends_with("(globalThis.races ??= {})[\"01-x/t\"]"), "{head}");
        let object: Value = serde_json::from_str(object.trim_end().trim_end_matches(';')).unwrap();
        assert_eq!(object["steps"], json!([["s", 0, 1, 0], ["s", 0, 2, 0]]));
        assert_eq!(object["files"], json!([{ "name": "a.rs", "lines": [[1, "frees"], [2, "runs"]] }]));
        assert_eq!(object["memories"], json!([[0]]));
        let (ends, nodes) = (&object["ends"], &object["nodes"]);
        assert_eq!(nodes[0][1].as_array().map(Vec::len), Some(2));
        for (actor, end) in [(0, json!(null)), (1, json!(["no", 0, 2]))] {
            let to = nodes[0][1][actor][1].as_u64().unwrap() as usize;
            assert_eq!(ends[nodes[to][1].as_u64().unwrap() as usize], end);
        }
    }
}
