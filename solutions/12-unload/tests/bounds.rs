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

/// The loader did this, until a soak stood still after some thousand rounds.
#[test]
fn an_init_that_gives_its_reference_back_in_silence_leaves_rmmod_wait_asleep() {
    let failure =
        Scenario::new("rmmod --wait against the end of init", || Kernel::with(ModuleState::Coming, 0))
            .cpu("rmmod --wait", |kernel: &Kernel| kernel.delete_module(0))
            .cpu("insmod", Kernel::init_returns)
            .fails("nobody wakes it");
    assert_eq!(failure.sentence, "CPU 0 waits for ever.", "{failure}");
    assert!(!failure.needs_weak_memory, "{failure}");
}
