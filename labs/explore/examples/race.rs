//! A count that a module keeps of itself, and one that its callers keep: the chapter on exploring shows what this prints.

use explore::{
    Scenario, Schedule, Text, Traces,
    model::{AtomicI32, Ordering},
};

// ANCHOR: world
/// A module, as little of it as a race needs: its text, and how many are using it.
struct Module {
    text: Text,
    users: AtomicI32,
}

impl Module {
    fn new() -> Module {
        Module { text: Text::new("disk"), users: AtomicI32::new(0) }
    }
}
// ANCHOR_END: world

// ANCHOR: scenario
/// `rmmod` on one CPU, `open` on the other. The module counts its users itself, in its own text.
fn counts_itself() -> Scenario<Module> {
    Scenario::new("rmmod against open", Module::new)
        .cpu("rmmod", |module: &Module| {
            if module.users.load(Ordering::Acquire) == 0 {
                module.text.free();
            }
        })
        .cpu("open", |module| {
            module.text.run(|| {
                module.users.fetch_add(1, Ordering::Relaxed);
                module.users.fetch_sub(1, Ordering::Release);
            });
        })
}
// ANCHOR_END: scenario

fn main() {
    let scenario = counts_itself();
    match std::env::args().nth(1).as_deref() {
        None => match scenario.check() {
            Err(failure) => println!("{}\n\n{}", failure.sentence, failure.table()),
            Ok(explored) => println!("{explored:?}"),
        },
        Some("count") => {
            let graph = scenario.explore();
            println!(
                "{} states, {} interleavings, {} of them end badly",
                graph.states(),
                graph.interleavings(),
                graph.bad()
            );
        }
        Some("trace") => Traces::default().add("counts-itself", &scenario).print(),
        Some(schedule) => {
            let steps: Vec<usize> = schedule.split(',').filter_map(|cpu| cpu.parse().ok()).collect();
            let replay = scenario.replay(&Schedule::of(&steps));
            print!("{}", replay.table());
            println!(
                "\n{}",
                replay.failure.map_or("Nothing went wrong.".to_owned(), |failure| failure.sentence)
            );
        }
    }
}
