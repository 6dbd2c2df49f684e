//! How each broken design and each driver as it was shipped ends badly, in the fewest steps.

use explore::Graph;
use refcount::model::{
    broken::{CountsItself, FlagAndCountApart, NoCount},
    driver,
    races::{Held, rmmod_against_open},
    shipped::{ALL, shipped},
};

fn words(name: &str, graph: &Graph) -> String {
    let figures = format!(
        "{name}: {} interleavings, {} bad, {} states",
        graph.interleavings(),
        graph.bad(),
        graph.states()
    );
    match graph.shortest_failure() {
        Some(failure) => format!("{figures}\n{}\n{}", without_place(&failure.sentence), failure.table()),
        None => figures,
    }
}

/// Where in the source an assertion stands is not what this is about.
fn without_place(sentence: &str) -> &str {
    sentence.split(" (solutions/").next().unwrap_or(sentence)
}

#[test]
fn each_design_has_a_shortest_failure_but_the_last() {
    let designs = [
        words("NoCount", &rmmod_against_open::<NoCount>().explore()),
        words("CountsItself", &rmmod_against_open::<CountsItself>().explore()),
        words("FlagAndCountApart", &rmmod_against_open::<FlagAndCountApart>().explore()),
        words("Held", &rmmod_against_open::<Held>().explore()),
    ];
    insta::assert_snapshot!(designs.join("\n"));
}

#[test]
fn each_driver_as_it_was_shipped_has_a_shortest_failure_but_the_clock() {
    let drivers =
        ALL.map(|name| words(&format!("{name:?}"), &driver::scenario(name, shipped(name)).explore()));
    insta::assert_snapshot!(drivers.join("\n"));
}
