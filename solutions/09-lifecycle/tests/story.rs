//! What becomes of the disk in each of the three loaders: all of it, explored.

use std::fmt::Write;

use lifecycle::{
    Visibility,
    model::disk::{Ending, Opens, scenario},
};

#[test]
fn what_becomes_of_the_disk_in_each_of_the_three_loaders() {
    let mut table = String::new();
    for opens in [Opens::Disk, Opens::Control] {
        for ending in [Ending::Succeeds, Ending::FailsBefore, Ending::FailsAfter] {
            for visibility in Visibility::ALL {
                let outcome = match scenario(visibility, opens, ending).check() {
                    Ok(explored) => {
                        format!(
                            "right: {} interleavings, {} executions of loom's",
                            explored.interleavings, explored.executions
                        )
                    }
                    // The place in the source is no fact about the kernel.
                    Err(failure) => {
                        let sentence = failure.sentence.split(" (").next().unwrap_or_default();
                        let (first, all) = (failure.first_bad, failure.executions);
                        format!("after {} steps, execution {first} of {all}: {sentence}", failure.length())
                    }
                };
                writeln!(table, "{opens:?} {ending:?}, {visibility:<9} {outcome}")
                    .expect("a string takes all");
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_shortest_way_into_freed_text() {
    let failure = scenario(Visibility::FromTheStart, Opens::Disk, Ending::FailsAfter)
        .fails("a visible module is entered, and then its init fails");
    insta::assert_snapshot!(format!("{}\n\n{}", failure.sentence, failure.table()));
}
