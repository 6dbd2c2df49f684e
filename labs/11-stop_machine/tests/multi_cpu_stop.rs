//! What each CPU does: through all states, together with all others.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use explore::{Plain, Scenario, model};
use stop_machine::{MultiStop, model::multi_stop};

use crate::common::no_interleaving_fails;

#[test]
fn a_cpu_alone_runs_the_function_once() {
    let (stop, mut runs) = (MultiStop::new(1), 0);
    stop.multi_cpu_stop(true, || runs += 1);
    assert_eq!(runs, 1, "stop_machine on a machine with one CPU");
}

#[test]
fn who_is_not_active_runs_nothing() {
    let (stop, runs) = (MultiStop::new(3), AtomicU32::new(0));
    let run = || _ = runs.fetch_add(1, Ordering::Relaxed);
    thread::scope(|scope| {
        for cpu in 0..3 {
            let (stop, run) = (&stop, &run);
            scope.spawn(move || stop.multi_cpu_stop(cpu == 1, run));
        }
    });
    assert_eq!(runs.into_inner(), 1, "one CPU works, and the others stand still for it");
}

#[test]
fn the_function_runs_with_interrupts_off() {
    let (stop, mut was_off) = (MultiStop::new(1), false);
    stop.multi_cpu_stop(true, || was_off = explore::native::in_atomic());
    assert!(
        was_off,
        "they were on: an interrupt in the stopped machine could take a reference after the sum was read"
    );
}

#[test]
fn interrupts_are_on_again_afterwards() {
    let stop = MultiStop::new(1);
    stop.multi_cpu_stop(true, || ());
    assert!(
        !explore::native::in_atomic(),
        "the interrupts are still off, and nothing else would ever run here: local_irq_restore"
    );
}

#[test]
fn threads_that_meet_again_and_again_never_miss_each_other() {
    const ROUNDS: u32 = 300;
    let stops: Vec<MultiStop> = (0..ROUNDS).map(|_| MultiStop::new(3)).collect();
    let total = AtomicU32::new(0);
    thread::scope(|scope| {
        for cpu in 0..3 {
            let (stops, total) = (&stops, &total);
            scope.spawn(move || {
                for stop in stops {
                    // A load and a store: nobody else runs.
                    stop.multi_cpu_stop(cpu == 0, || {
                        total.store(total.load(Ordering::Relaxed) + 1, Ordering::Relaxed)
                    });
                }
            });
        }
    });
    assert_eq!(total.into_inner(), ROUNDS, "once in each rendezvous");
}

/// A rendezvous of two CPUs, and what both use.
struct World {
    stop: multi_stop::MultiStop,
    data: Plain<u32>,
    count: model::AtomicU32,
    rung: model::AtomicBool,
    answered: model::AtomicBool,
}

fn world() -> World {
    World {
        stop: multi_stop::MultiStop::new(2),
        data: Plain::new(0),
        count: model::AtomicU32::new(0),
        rung: model::AtomicBool::new(false),
        answered: model::AtomicBool::new(false),
    }
}

#[test]
fn nobody_does_anything_while_the_function_runs() {
    let scenario = Scenario::new("a task against the function", world)
        .cpu("stops the machine", |world| {
            world.stop.multi_cpu_stop(true, || {
                let seen = world.count.load(model::Ordering::Relaxed);
                world.count.store(seen + 1, model::Ordering::Relaxed);
            });
        })
        .cpu("task", |world| {
            // As in `try_module_get`: two steps that belong together.
            model::preempt_disable();
            let seen = world.count.load(model::Ordering::Relaxed);
            world.count.store(seen + 1, model::Ordering::Relaxed);
            model::preempt_enable();
        })
        .beside(1, "migration/1", |world| world.stop.multi_cpu_stop(false, || ()))
        .finally(|world| {
            assert_eq!(
                world.count.load(model::Ordering::Relaxed),
                2,
                "neither has come between the other's two steps"
            )
        });
    no_interleaving_fails(
        &scenario,
        "what the function reads must not change while it reads, nor before it has written",
    );
}

#[test]
fn what_the_function_did_is_seen_by_every_cpu_that_goes_on() {
    Scenario::new("before and after", world)
        .cpu("stops the machine", |world| world.stop.multi_cpu_stop(true, || world.data.set(world.data.get() + 1)))
        .cpu("other", |world| {
            world.data.set(1);
            world.stop.multi_cpu_stop(false, || ());
            assert_eq!(world.data.get(), 2, "GOING, for one");
        })
        .never_fails("every CPU enters with what it did, and leaves with what the function did; no fence is needed elsewhere");
}

#[test]
fn interrupts_are_served_until_every_cpu_has_come() {
    let scenario = Scenario::new("a CPU that waits for an answer to its interrupt", world)
        .cpu("stops the machine", |world| world.stop.multi_cpu_stop(true, || ()))
        .beside(0, "interrupt", |world| {
            model::spin_until(|| world.rung.load(model::Ordering::Relaxed));
            world.answered.store(true, model::Ordering::Relaxed);
        })
        .cpu("rings, and waits", |world| {
            model::preempt_disable();
            world.rung.store(true, model::Ordering::Relaxed);
            model::spin_until(|| world.answered.load(model::Ordering::Relaxed));
            model::preempt_enable();
            world.stop.multi_cpu_stop(false, || ());
        });
    no_interleaving_fails(
        &scenario,
        "smp_call_function waits with preemption disabled: a CPU that turned its interrupts off in PREPARE would never \
             answer, and the other one never come",
    );
}

#[test]
fn a_cpu_that_does_not_come_is_waited_for() {
    let failure = Scenario::new("one of two CPUs", world)
        .cpu("stops the machine", |world| world.stop.multi_cpu_stop(true, || world.data.set(1)))
        .finally(|world| assert_eq!(world.data.get(), 1, "it ran"))
        .fails("the function must not run before both CPUs stand still");
    assert!(failure.sentence.contains("wait"), "it waits, and nothing runs: {failure}");
}
