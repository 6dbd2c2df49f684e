//! Prints the table of lab 13: every design through every scenario, as they are.

use designs::table::{self, NAMES, Row, SAFETY};

fn main() {
    let (designs, broken) = (table::designs(), table::broken());
    println!("            {}", "safety".to_owned() + &" ".repeat(24) + "manners");
    println!("{:32} open close  both sleep timer |  open rival", "");
    for row in designs.iter().chain(&broken) {
        print!("{:32}", row.facts.name);
        for (at, cell) in row.cells().into_iter().enumerate() {
            print!("{}{cell:>6}", if at == SAFETY { " |" } else { "" });
        }
        println!();
    }
    println!("\nA number: so many executions, none of which fails. In brackets: so many steps to a failure.");
    println!("\nThe shortest that fails:");
    for Row { facts, came } in designs.iter().chain(&broken) {
        let failures = came.iter().filter_map(|came| came.as_ref().err());
        let Some(failure) = failures.min_by_key(|failure| failure.length()) else { continue };
        let memory = if failure.needs_weak_memory { ", stale values" } else { "" };
        let sentence = failure.sentence.split(" (").next().unwrap_or_default();
        println!("- {}: {}{memory}. {sentence}", facts.name, failure.scenario);
    }
    let _ = NAMES;
}
