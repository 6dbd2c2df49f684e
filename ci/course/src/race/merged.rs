//! The graph of a race, as small as it can be: nodes from which everything goes on alike are one.

use std::collections::HashMap;

use super::explored::{Graph, Outcome, Step};

/// The graph. Node 0 is the beginning, and every edge leads to a node with a higher number.
#[derive(Debug)]
pub(super) struct Merged<'g> {
    pub(super) nodes: Vec<Node<'g>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Node<'g> {
    /// The variables' values.
    pub(super) values: Vec<&'g str>,
    /// Who takes a step, where it leads, and what it is.
    pub(super) edges: Vec<(usize, usize, &'g [Step])>,
    pub(super) outcome: Option<&'g Outcome>,
}

impl<'g> Merged<'g> {
    /// Merges from the ends on: two nodes are one when they are alike and their edges lead to the same nodes. A node is
    /// numbered after all that it leads to; turned round at the end, the beginning is first.
    pub(super) fn of(graph: &'g Graph) -> Merged<'g> {
        let mut numbers: Vec<Option<usize>> = vec![None; graph.nodes.len()];
        let mut known: HashMap<Node, usize> = HashMap::new();
        let mut nodes: Vec<Node> = Vec::new();
        let mut open = vec![0];
        while let Some(&at) = open.last() {
            let node = &graph.nodes[at];
            if let Some(edge) = node.edges.iter().find(|edge| numbers[edge.to].is_none()) {
                open.push(edge.to);
                continue;
            }
            open.pop();
            let edges = node.edges.iter();
            let edges = edges.filter_map(|edge| Some((edge.actor, numbers[edge.to]?, &edge.steps[..])));
            let node = Node {
                values: node.variables.iter().map(|(_, value)| value.as_str()).collect(),
                edges: edges.collect(),
                outcome: node.outcome.as_ref(),
            };
            numbers[at] = Some(*known.entry(node).or_insert_with_key(|node| {
                nodes.push(node.clone());
                nodes.len() - 1
            }));
        }
        let last = nodes.len() - 1;
        for (_, to, _) in nodes.iter_mut().flat_map(|node| &mut node.edges) {
            *to = last - *to;
        }
        nodes.reverse();
        Merged { nodes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::explored::{Edge, Node as Explored};

    #[test]
    fn nodes_that_go_on_alike_are_one_and_every_edge_leads_forward() {
        let step = |text: &str| Step { text: text.into(), file: "f".into(), line: 1, is_note: false };
        let edge = |actor, text, to| Edge { actor, to, steps: vec![step(text)] };
        let node = |value: &str, edges: Vec<Edge>| {
            let outcome = edges.is_empty().then_some(Outcome::Good);
            Explored { variables: vec![("x".into(), value.into())], edges, outcome }
        };
        // Two ways round a square, whose corners differ, to an end that was seen twice.
        let graph = Graph {
            actors: vec!["CPU 0: a".into(), "CPU 1: b".into()],
            nodes: vec![
                node("0", vec![edge(0, "a", 1), edge(1, "b", 3)]),
                node("1", vec![edge(1, "b", 2)]),
                node("2", vec![]),
                node("1", vec![edge(0, "a", 4)]),
                node("2", vec![]),
            ],
        };
        let merged = Merged::of(&graph);
        assert_eq!(merged.nodes.len(), 4, "the two ends are one, the two corners are not: {merged:?}");
        for (number, node) in merged.nodes.iter().enumerate() {
            assert!(node.edges.iter().all(|(_, to, _)| *to > number), "{merged:?}");
        }
        assert_eq!(merged.nodes[0].values, ["0"]);
    }
}
