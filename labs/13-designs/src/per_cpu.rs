//! A count on each CPU, and the machine stopped to read them: the loader of 2002. Lab 11 has the rendezvous in full; here
//! one other CPU has to come, and its interrupts come between what it does.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    parts::CachePadded,
    sync::{AtomicBool, AtomicI32, Ordering, cpu, preempt_disable, preempt_enable, spin_until},
};

/// A count on each CPU.
pub struct PerCpu {
    module: Module,
    live: AtomicBool,
    /// How often the module was taken on each CPU, less how often it was given back there. Only its own CPU writes it.
    counts: [CachePadded<AtomicI32>; 2],
    /// CPU 0, which unloads, wants CPU 1 to stop.
    stop: AtomicBool,
    /// CPU 1 has stopped.
    stopped: AtomicBool,
}

impl PerCpu {
    /// Adds to this CPU's count, with preemption off: nobody else writes it, so that it takes no locked instruction.
    fn add(&self, number: i32) {
        let count = &self.counts[cpu() % 2];
        // Relaxed, both: the rendezvous orders them.
        count.store(count.load(Ordering::Relaxed) + number, Ordering::Relaxed);
    }

    /// CPU 1 stops, with interrupts off, until CPU 0 lets it go on.
    fn stops(&self) {
        // Release: pairs with the Acquire in `unload`: what this CPU has counted is seen there.
        self.stopped.store(true, Ordering::Release);
        // Acquire: pairs with the Release in `unload`: this CPU goes on knowing whether the module is live.
        spin_until(|| !self.stop.load(Ordering::Acquire));
    }
}

impl Design for PerCpu {
    const FACTS: Facts = Facts {
        name: "per-CPU counts, machine stopped",
        whose: "Rusty Russell, 2002 (2.5.48 to 3.18)",
        author: "nothing: whoever calls takes the reference",
        unwilling: "stays, and all CPUs stop for a moment at every attempt",
    };

    fn load() -> PerCpu {
        PerCpu {
            module: Module::new(),
            live: AtomicBool::new(true),
            counts: [0, 0].map(|none| CachePadded::new(AtomicI32::new(none))),
            stop: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        preempt_disable();
        // Relaxed: the rendezvous orders it.
        let is_live = self.live.load(Ordering::Relaxed);
        if is_live {
            self.add(1);
        }
        preempt_enable();
        if is_live {
            self.module.text.run(|| ());
        }
        is_live
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        preempt_disable();
        self.add(-1);
        preempt_enable();
    }

    /// Makes CPU 1 stop (`PerCpu::stop`) and waits until it has; then nobody is between his look at `live` and his
    /// count. If the sum of the counts is zero, the module is no longer live. Lets CPU 1 go on, in any case; then the
    /// answer is [`Refusal::Busy`], or [`Module::exit`] is done.
    fn unload(&self) -> Result<(), Refusal> {
        todo!("stop CPU 1, read the sum, end the module's life if it is zero, let CPU 1 go on; then exit")
    }

    /// The interrupt with which CPU 0 asks CPU 1 to stop: it comes while preemption is on.
    fn interrupt(&self) {
        // Relaxed, both: nothing is handed over yet; only CPU 1 itself says that it has stopped.
        if self.stop.load(Ordering::Relaxed) && !self.stopped.load(Ordering::Relaxed) {
            self.stops();
        }
    }

    /// CPU 1 has nothing else to do: sooner or later that interrupt comes, unless it has come already.
    fn idle(&self) {
        // Relaxed, both: as above.
        if !self.stopped.load(Ordering::Relaxed) {
            spin_until(|| self.stop.load(Ordering::Relaxed));
            self.stops();
        }
    }
}
