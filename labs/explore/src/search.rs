//! Every interleaving of a scenario, when each step takes effect at once. Two executions that have shown every thread
//! the same, and left the same in memory, go on alike: only one of them is followed.

use std::collections::HashMap;

use crate::{
    context::Context,
    graph::{Edge, Graph, Node, Outcome},
    scenario::Scenario,
    sequential::{self, Moment, Plan},
};

/// A scenario with more states than this is too large to teach anything.
pub(crate) const MOST_STATES: usize = 200_000;

/// Follows a path, then the lowest thread that can go on, to the end.
struct Path {
    path: Vec<usize>,
    at: usize,
}

impl Plan for Path {
    fn choose(&mut self, moment: &Moment) -> Option<usize> {
        let next = self.path.get(self.at).copied();
        self.at += 1;
        next.or_else(|| moment.enabled.first().copied())
    }
}

#[derive(Default)]
struct Search {
    nodes: Vec<Node>,
    by_key: HashMap<u64, usize>,
    ends: HashMap<(u64, Outcome), usize>,
    /// Paths that nobody has followed yet.
    open: Vec<Vec<usize>>,
    executions: usize,
    first_bad: Option<usize>,
}

pub(crate) fn explore<W: Send + Sync + 'static>(scenario: &Scenario<W>) -> Graph {
    let mut search = Search { open: vec![Vec::new()], ..Search::default() };
    while let Some(path) = search.open.pop() {
        search.executions += 1;
        let (context, moments, _) = sequential::run(scenario, Path { path, at: 0 });
        search.add(&context, &moments);
        assert!(
            search.nodes.len() <= MOST_STATES,
            "{}: more than {MOST_STATES} states; fewer steps or fewer CPUs show as much",
            scenario.name
        );
    }
    Graph {
        scenario: scenario.name.clone(),
        actors: scenario.labels(),
        nodes: search.nodes,
        executions: search.executions,
        first_bad: search.first_bad,
    }
}

impl Search {
    /// Takes one execution in.
    fn add(&mut self, context: &Context, moments: &[Moment]) {
        let state = context.state.borrow();
        if moments.is_empty() {
            // It was over before anybody could take a step: the beginning is the end.
            self.end(context.key(), &state);
        }
        let mut path = Vec::new();
        for (number, moment) in moments.iter().enumerate() {
            let node = self.node(moment, &path);
            let after = moments.get(number + 1);
            let to = match after {
                Some(next) => {
                    path.push(moment.chosen);
                    let to = self.node(next, &path);
                    path.pop();
                    to
                }
                None => self.end(context.key(), &state),
            };
            let until = after.map_or(state.steps.len(), |next| next.steps);
            let steps = state.steps.get(moment.steps..until).unwrap_or_default().to_vec();
            let edges = &mut self.nodes[node].edges;
            if edges.iter().all(|edge| edge.actor != moment.chosen) {
                edges.push(Edge { actor: moment.chosen, steps, to });
                edges.sort_by_key(|edge| edge.actor);
            }
            path.push(moment.chosen);
        }
    }

    /// The node of a moment to which `path` leads; where it is new, every other choice there is a path to follow.
    fn node(&mut self, moment: &Moment, path: &[usize]) -> usize {
        if let Some(&node) = self.by_key.get(&moment.key) {
            return node;
        }
        for &actor in moment.enabled.iter().filter(|&&actor| actor != moment.chosen) {
            self.open.push([path, &[actor]].concat());
        }
        self.nodes.push(Node { variables: moment.variables.clone(), ..Node::default() });
        self.by_key.insert(moment.key, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn end(&mut self, key: u64, state: &crate::context::State) -> usize {
        let outcome = state.failure.clone().map_or(Outcome::Good, Outcome::Bad);
        if outcome != Outcome::Good {
            self.first_bad.get_or_insert(self.executions);
        }
        let variables =
            state.variables.iter().map(|variable| (variable.name.clone(), variable.shown.clone()));
        let node = Node { variables: variables.collect(), edges: Vec::new(), outcome: Some(outcome.clone()) };
        *self.ends.entry((key, outcome)).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }
}
