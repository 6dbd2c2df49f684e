//! How the plain sum of a held module comes to zero: the shortest way that there is, and how many there are.

use std::fmt::Write;

use stop_machine::model::{attack::scenario, percpu::PerCpuCount};

#[test]
fn the_shortest_way_to_a_sum_that_lies() {
    let graph = scenario(PerCpuCount::sum).explore();
    let failure = graph.shortest_failure().expect("one of all interleavings");
    let mut text = format!("{}\n\n{}\n", failure.sentence, failure.table());
    let (all, bad, states) = (graph.interleavings(), graph.bad(), graph.states());
    writeln!(text, "{bad} of {all} interleavings end so, in {states} states.").unwrap();
    let right = scenario(PerCpuCount::sum_decs_first).never_fails("decs first");
    writeln!(text, "Decrements first: none of {} interleavings.", right.interleavings).unwrap();
    insta::assert_snapshot!(text);
}
