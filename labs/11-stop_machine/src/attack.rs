//! The attack: a module is held all the time, and a sum without stopping the machine says that nobody holds it.
//!
//! ORDER: broken

use abi::ModuleState;
use explore::{Scenario, Schedule, Text};

use super::{
    percpu::PerCpuCount,
    refcount::PerCpuRefcount,
    sync::{AtomicBool, Ordering, spin_until},
};

/// A module with one open file.
pub struct World {
    text: Text,
    refcount: PerCpuRefcount,
    is_open_twice: AtomicBool,
}

/// A file of the module was opened on CPU 0, which counted it. CPU 0 opens it a second time, and only then CPU 1 closes the
/// first: the module is held all the time. CPU 2, which counts nothing, removes it by a `sum` that stops nobody.
pub fn scenario(sum: fn(&PerCpuCount) -> i32) -> Scenario<World> {
    let world = || {
        let refcount = PerCpuRefcount::new(2); // held once, by CPU 0
        refcount.set_state(ModuleState::Live);
        World { text: Text::new("disk"), refcount, is_open_twice: AtomicBool::new(false) }
    };
    Scenario::new("a reference moves while somebody sums", world)
        .cpu("open", |world| {
            world.refcount.try_get();
            // Release: pairs with the Acquire of "close".
            world.is_open_twice.store(true, Ordering::Release);
            world.text.run(|| ());
        })
        .cpu("close", |world| {
            // Acquire: pairs with the Release of "open".
            spin_until(|| world.is_open_twice.load(Ordering::Acquire));
            world.refcount.put();
        })
        .cpu("rmmod", move |world| {
            if sum(world.refcount.parts()) == 0 {
                world.text.free();
            }
        })
}

/// The steps after which `PerCpuCount::sum` has seen the decrement and missed the increment: 0 is "open", 1 is "close", 2
/// is "rmmod".
pub fn lying_sum() -> Schedule {
    todo!("order the steps so that the plain sum of a held module is zero")
}
