//! How much is explored: `cargo test -p unload-solution --test bounds -- --nocapture` prints it for each scenario.

#[path = "../../../labs/12-unload/tests/common/mod.rs"]
#[allow(dead_code, reason = "the lab uses all of it")]
mod common;

use std::time::Instant;

use abi::ModuleState;
use common::Kernel;
use explore::Scenario;
use unload::{attack, stop::O_NONBLOCK};

/// The scenarios of the lab by what they are about.
fn scenarios() -> Vec<Scenario<Kernel>> {
    let rmmod = |kernel: &Kernel| kernel.delete_module(O_NONBLOCK);
    let wait = |kernel: &Kernel| kernel.delete_module(0);
    let open = |kernel: &Kernel| {
        kernel.open();
    };
    let resolve = |kernel: &Kernel| {
        let _ = kernel.use_symbol();
    };
    let held = || Kernel::with(ModuleState::Live, 1);
    let coming = || Kernel::with(ModuleState::Coming, 0);
    vec![
        Scenario::new("rmmod against open", Kernel::live).cpu("rmmod", rmmod).cpu("open", open),
        Scenario::new("rmmod against a symbol's look-up", Kernel::live)
            .cpu("rmmod", rmmod)
            .cpu("insmod", resolve),
        Scenario::new("two rmmods at once", Kernel::live).cpu("rmmod", rmmod).cpu("rmmod", rmmod),
        Scenario::new("rmmod --wait against the last close", held)
            .cpu("rmmod --wait", wait)
            .cpu("close", Kernel::read_and_close),
        Scenario::new("rmmod while loading", coming).cpu("rmmod", rmmod).cpu("insmod", Kernel::init_returns),
        Scenario::new("rmmod against kallsyms", Kernel::live)
            .cpu("rmmod", rmmod)
            .cpu("oops", |kernel| kernel.symbolize(1)),
    ]
}

#[test]
fn every_scenario_is_explored_to_its_end() {
    for scenario in scenarios() {
        let scenario = scenario.preemptions(4);
        let started = Instant::now();
        let explored = scenario.never_fails("the right order");
        println!("{:.2} s: {explored:?}", started.elapsed().as_secs_f64());
        assert!(explored.interleavings > 1 && explored.executions > 1, "nothing was explored: {explored:?}");
    }
}

#[test]
fn the_removal_in_two_steps_fails_soon() {
    let failure = attack::scenario().fails("it looks first and marks afterwards");
    println!("{} steps, found by execution {}", failure.length(), failure.first_bad);
    assert!(failure.length() <= 6, "{failure}");
    assert!(!failure.needs_weak_memory, "no ordering helps it");
}
