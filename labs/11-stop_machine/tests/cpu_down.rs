//! A CPU goes: its counts stay.

use std::sync::atomic::{AtomicU32, Ordering};

use abi::Errno;
use explore::{Scenario, model};
use stop_machine::{
    OnlineCpus,
    model::{hotplug, multi_stop::MultiStop, refcount::PerCpuRefcount},
};

use crate::common::{live, model_live, no_interleaving_fails, on_cpu, parts};

#[test]
fn a_cpu_that_goes_is_not_online_any_more() {
    let (online, refcount) = (OnlineCpus::new(3), live(3));
    assert_eq!(online.cpu_down(refcount.parts(), 1), Ok(()), "two others stay");
    assert_eq!(*online.read_lock(), [0, 2], "nobody waits for CPU 1 from now on");
}

#[test]
fn what_it_has_counted_is_counted_by_the_cpu_that_took_it_down() {
    let (online, refcount) = (OnlineCpus::new(3), live(3));
    on_cpu(1, || (refcount.get(), refcount.get(), refcount.put()));
    on_cpu(2, || refcount.get());
    assert_eq!(online.cpu_down(refcount.parts(), 1), Ok(()), "two others stay");
    assert_eq!(
        parts(&refcount, 3),
        [(2, 1), (0, 0), (1, 0)],
        "taken over, and not counted twice when CPU 1 comes back"
    );
    let cpus = online.read_lock();
    assert_eq!(
        refcount.parts().sum_of(|cpu| cpus.contains(&cpu)),
        2,
        "the sum over those that are online is as it was"
    );
}

#[test]
fn what_is_not_online_cannot_go() {
    let (online, refcount) = (OnlineCpus::new(2), live(3));
    assert_eq!(online.cpu_down(refcount.parts(), 2), Err(Errno::EINVAL), "there is no such CPU");
    on_cpu(0, || assert_eq!(online.cpu_down(refcount.parts(), 1), Ok(())));
    assert_eq!(online.cpu_down(refcount.parts(), 1), Err(Errno::EINVAL), "it has gone already");
    assert_eq!(*online.read_lock(), [0], "and nothing has changed");
}

#[test]
fn the_last_cpu_stays() {
    let (online, refcount) = (OnlineCpus::new(1), live(1));
    on_cpu(1, || {
        assert_eq!(online.cpu_down(refcount.parts(), 0), Err(Errno::EBUSY), "somebody must run the kernel")
    });
    assert_eq!(*online.read_lock(), [0], "it stays online");
}

#[test]
fn nobody_takes_down_the_cpu_that_runs_it() {
    let (online, refcount) = (OnlineCpus::new(2), live(2));
    on_cpu(1, || refcount.get());
    let came = on_cpu(1, || online.cpu_down(refcount.parts(), 1));
    assert_eq!(came, Err(Errno::EBUSY), "what it counts would be added to what it counts");
    assert_eq!(
        (online.read_lock().len(), parts(&refcount, 2)),
        (2, vec![(0, 0), (1, 0)]),
        "nothing has changed"
    );
}

/// CPU 1 has taken a reference, and its last instruction is over.
struct World {
    online: hotplug::OnlineCpus,
    refcount: PerCpuRefcount,
    stop: MultiStop,
    called: model::AtomicBool,
    is_dead: model::AtomicBool,
}

fn world() -> World {
    World {
        online: hotplug::OnlineCpus::new(2),
        refcount: model_live(2),
        stop: MultiStop::new(2),
        called: model::AtomicBool::new(false),
        is_dead: model::AtomicBool::new(false),
    }
}

#[test]
fn who_sums_over_the_cpus_that_are_online_misses_nothing() {
    let held_on_cpu_1 = || {
        let world = world();
        world.refcount.get(); // made by CPU 0
        world
    };
    Scenario::new("cpu_down against a sum", held_on_cpu_1)
        .cpu("sums", |world| {
            let online = world.online.read_lock();
            let sum = world.refcount.parts().sum_of(|cpu| online.contains(&cpu));
            assert_eq!(sum, 1, "the reference that CPU 0 took is held all the time");
        })
        .cpu("cpu_down", |world| {
            assert_eq!(world.online.cpu_down(world.refcount.parts(), 0), Ok(()));
        })
        .never_fails(
            "neither in two parts nor in none: cpu_hotplug_lock is held until the counts have moved",
        );
}

#[test]
fn of_two_that_take_down_one_cpu_one_is_refused() {
    /// How many were not refused is counted beside the model: it is no step.
    struct Twice(hotplug::OnlineCpus, PerCpuRefcount, AtomicU32);
    let take_down = |Twice(online, refcount, done): &Twice| {
        if online.cpu_down(refcount.parts(), 2).is_ok() {
            done.fetch_add(1, Ordering::SeqCst);
        }
    };
    let new = || Twice(hotplug::OnlineCpus::new(3), model_live(3), AtomicU32::new(0));
    let scenario = Scenario::new("two cpu_downs of CPU 2", new)
        .cpu("cpu_down", take_down)
        .cpu("cpu_down", take_down)
        .finally(|Twice(_, _, done)| {
            assert_eq!(done.load(Ordering::SeqCst), 1, "who comes second finds CPU 2 offline: EINVAL");
        });
    no_interleaving_fails(
        &scenario,
        "what was asked under cpu_hotplug_lock is true only until the lock is given up",
    );
}

#[test]
fn nobody_waits_for_a_cpu_that_has_gone_and_none_that_is_waited_for_goes() {
    let scenario = Scenario::new("cpu_down against stop_machine", world)
        .cpu("stops the machine", |world| {
            let online = world.online.read_lock();
            if online.contains(&1) {
                // Release: pairs with the Acquire of CPU 1.
                world.called.store(true, model::Ordering::Release);
                world.stop.multi_cpu_stop(true, || ());
            }
        })
        .beside(0, "cpu_down", |world| {
            if world.online.cpu_down(world.refcount.parts(), 1).is_ok() {
                assert!(
                    world.stop.state() != 1 || !world.called.load(model::Ordering::Relaxed),
                    "CPU 1 was called, is waited for, and goes"
                );
                world.is_dead.store(true, model::Ordering::Release);
            }
        })
        .cpu("migration/1", |world| {
            // Acquire: pairs with the two Release above.
            model::spin_until(|| {
                world.called.load(model::Ordering::Acquire) || world.is_dead.load(model::Ordering::Acquire)
            });
            if world.called.load(model::Ordering::Relaxed) {
                world.stop.multi_cpu_stop(false, || ());
            }
        });
    no_interleaving_fails(
        &scenario,
        "stop_machine holds cpus_read_lock from counting the CPUs until all have left",
    );
}
