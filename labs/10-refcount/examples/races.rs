//! Prints what exploring the lab's races finds: the shortest interleaving that ends badly in each that is named, or
//! without a name a line for each.

use explore::{Graph, Scenario};
use refcount::model::{
    audit::audit,
    broken::{CountsItself, Design, FlagAndCountApart, NoCount},
    driver,
    races::{Held, Module, rmmod_against_open},
    shipped::{ALL, shipped},
};

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let mut seen = 0;
    for (name, graph) in designs() {
        if names.is_empty() || names.contains(&name) {
            seen += 1;
            show(&name, &graph, !names.is_empty());
        }
    }
    for name in ALL.into_iter().filter(|_| names.is_empty()) {
        show(&format!("{name:?}"), &driver::scenario(name, shipped(name)).explore(), false);
        show("  mended", &driver::scenario(name, audit(name).mended).explore(), false);
        seen += 1;
    }
    if seen == 0 {
        eprintln!("there is no such race");
        std::process::exit(1);
    }
}

fn designs() -> [(String, Graph); 4] {
    fn explored<D: Design>(name: &str) -> (String, Graph) {
        let scenario: Scenario<Module<D>> = rmmod_against_open();
        (name.to_string(), scenario.explore())
    }
    [
        explored::<NoCount>("NoCount"),
        explored::<CountsItself>("CountsItself"),
        explored::<FlagAndCountApart>("FlagAndCountApart"),
        explored::<Held>("Held"),
    ]
}

fn show(name: &str, graph: &Graph, with_table: bool) {
    let all = graph.interleavings();
    match graph.shortest_failure() {
        None => println!("{name}: none of {all} interleavings ends badly"),
        Some(failure) if with_table => {
            println!("{name}: {}\n\n{}", failure.sentence, failure.table());
        }
        Some(failure) => {
            println!(
                "{name}: {} of {all} end badly, found by execution {} of {}, shortest {} steps",
                graph.bad(),
                failure.first_bad,
                failure.executions,
                failure.length()
            );
        }
    }
}
