//! Modules that are LIVE, and the scenarios in which they are opened, closed and removed.

use explore::{Scenario, Schedule, Text};
use stop_machine::{
    ModuleState,
    model::{multi_stop::MultiStop, refcount::PerCpuRefcount},
};

/// A module that is LIVE, counted by `cpus` CPUs, on real atomics: held by nobody.
pub fn live(cpus: usize) -> stop_machine::PerCpuRefcount {
    explore::native::set_cpu(0);
    let refcount = stop_machine::PerCpuRefcount::new(cpus);
    refcount.set_state(ModuleState::Live);
    // init's own reference, without `put`, which is a task.
    refcount.parts().this_cpu().incs.store(0, std::sync::atomic::Ordering::Relaxed);
    refcount
}

/// The same under exploration.
pub fn model_live(cpus: usize) -> PerCpuRefcount {
    let refcount = PerCpuRefcount::new(cpus);
    refcount.set_state(ModuleState::Live);
    refcount.parts().this_cpu().incs.store(0, std::sync::atomic::Ordering::Relaxed);
    refcount
}

/// The numbers of each of the first `cpus` CPUs: taken, given back.
pub fn parts(refcount: &stop_machine::PerCpuRefcount, cpus: usize) -> Vec<(u32, u32)> {
    use std::sync::atomic::Ordering::Relaxed;
    let part = |cpu| {
        on_cpu(cpu, || {
            let part = refcount.parts().this_cpu();
            (part.incs.load(Relaxed), part.decs.load(Relaxed))
        })
    };
    (0..cpus).map(part).collect()
}

/// Does something as the CPU `cpu`.
pub fn on_cpu<T>(cpu: usize, work: impl FnOnce() -> T) -> T {
    explore::native::set_cpu(cpu);
    let came = work();
    explore::native::set_cpu(0);
    came
}

/// A module of which only its text and its count matter.
pub struct Module {
    pub text: Text,
    pub refcount: PerCpuRefcount,
}

impl Module {
    /// LIVE, counted by `cpus` CPUs, held by nobody.
    pub fn live(cpus: usize) -> Module {
        Module { text: Text::new("disk"), refcount: model_live(cpus) }
    }
}

/// `rmmod --wait` has made a module GOING; on CPU 0 it waits as `until_zero` does and frees it, on CPU 1 its last holder
/// closes it.
pub fn rmmod_wait(until_zero: fn(&PerCpuRefcount)) -> Scenario<Module> {
    let going = || {
        let module = Module::live(2);
        module.refcount.get();
        module.refcount.set_state(ModuleState::Going);
        module
    };
    Scenario::new("rmmod --wait", going)
        .cpu("rmmod", move |module| {
            until_zero(&module.refcount);
            module.text.free();
        })
        .cpu("close", |module| {
            module.text.run(|| ());
            module.refcount.put();
        })
}

/// A module, and the rendezvous of two CPUs.
pub struct World {
    pub text: Text,
    pub refcount: PerCpuRefcount,
    pub stop: MultiStop,
}

impl World {
    pub fn new() -> World {
        World { text: Text::new("disk"), refcount: model_live(2), stop: MultiStop::new(2) }
    }

    /// Opens, works in the module, closes.
    pub fn open(&self) {
        if self.refcount.try_get() {
            self.text.run(|| ());
            self.refcount.put();
        }
    }

    /// Removes it: this CPU's part of the rendezvous, with the function in it.
    pub fn rmmod(&self) {
        let mut is_going = false;
        self.stop.multi_cpu_stop(true, || is_going = self.refcount.try_release(false));
        if is_going {
            self.text.free();
        }
    }

    /// The other CPU's part of the rendezvous.
    pub fn migration(&self) {
        self.stop.multi_cpu_stop(false, || ());
    }
}

/// rmmod stops the machine on CPU 0 while CPU 1 opens the module.
pub fn rmmod_against_open() -> Scenario<World> {
    Scenario::new("rmmod against open", World::new)
        .cpu("rmmod", World::rmmod)
        .cpu("open", World::open)
        .beside(1, "migration/1", World::migration)
}

/// No interleaving of a scenario in which a stopper takes a CPU from its task ends badly, each step taking effect at once.
/// (What the orderings allow besides is looked at where each CPU comes by itself: weak memory times preemption is more
/// than can be waited for.)
#[track_caller]
pub fn no_interleaving_fails<W: Send + Sync + 'static>(scenario: &Scenario<W>, why: &str) {
    // One that ends before the first step is in no graph.
    let at_once = scenario.replay(&Schedule::default()).failure;
    if let Some(failure) = at_once.or_else(|| scenario.explore().shortest_failure()) {
        panic!("{failure}\n\n{why}");
    }
}
