//! A count in parts: each CPU has its own, in a cache line of its own, and is the only one that writes there.
//! `include/linux/module.h, struct module_ref` of 2.6.34, where one number a CPU became two.

use super::sync::{AtomicU32, Ordering, cpu, fence, preempt_disable, preempt_enable};

/// What one CPU has counted. Both numbers only grow, and wrap around.
#[derive(Debug, Default)]
#[repr(align(64))] // a cache line, so that no CPU waits for another one's
pub struct CpuCount {
    /// How many references this CPU has taken.
    pub incs: AtomicU32,
    /// How many it has given back, wherever they were taken.
    pub decs: AtomicU32,
}

/// What all CPUs have counted.
#[derive(Debug)]
pub struct PerCpuCount {
    cpus: Box<[CpuCount]>,
}

impl PerCpuCount {
    /// Nothing counted yet, on `cpus` CPUs (one at least).
    pub fn new(cpus: usize) -> PerCpuCount {
        PerCpuCount { cpus: (0..cpus.max(1)).map(|_| CpuCount::new()).collect() }
    }

    /// The part of the CPU that asks. Ask with preemption disabled, and write to no other part. (There is one part more
    /// than the machine has CPUs where somebody counts who is on none: the last.)
    pub fn this_cpu(&self) -> &CpuCount {
        self.part(cpu())
    }

    fn part(&self, cpu: usize) -> &CpuCount {
        // There is at least one, so that the last exists.
        &self.cpus[cpu.min(self.cpus.len() - 1)]
    }

    /// The sum, in one pass over the CPUs: right while none of them can count, that is in the stopped machine.
    pub fn sum(&self) -> i32 {
        let mut sum: u32 = 0;
        for cpu in &self.cpus {
            // Relaxed: whoever stopped the CPUs has seen all that they did before.
            sum = sum.wrapping_add(cpu.incs.load(Ordering::Relaxed));
            sum = sum.wrapping_sub(cpu.decs.load(Ordering::Relaxed));
        }
        sum as i32
    }

    /// The sum, while the CPUs go on counting (`module_refcount`, 2.6.34): never less than the references that somebody
    /// held all the time. Rust and the processor may load in any order what no fence keeps apart; what is given back
    /// (`module_put`) is stored with Release.
    pub fn sum_decs_first(&self) -> i32 {
        todo!("add up what was given back, pass a fence, then add up what was taken")
    }

    /// Takes over what the CPU `dead` has counted, into the part of the CPU that asks (`lib/percpu_counter.c,
    /// percpu_counter_cpu_dead`; mm/vmstat.c, vm_events_fold_cpu). The dead CPU counts no more, and nobody sums meanwhile.
    pub fn fold(&self, dead: usize) {
        preempt_disable();
        let (mine, dead) = (self.this_cpu(), self.part(dead));
        for (mine, dead) in [(&mine.incs, &dead.incs), (&mine.decs, &dead.decs)] {
            // Relaxed: each is this CPU's own, or nobody's any more; the lock of those who bring CPUs down orders the rest.
            let number = dead.load(Ordering::Relaxed);
            mine.store(mine.load(Ordering::Relaxed).wrapping_add(number), Ordering::Relaxed);
            dead.store(0, Ordering::Relaxed);
        }
        preempt_enable();
    }

    /// The sum over those CPUs only that `is_online` names. Nobody counts meanwhile.
    pub fn sum_of(&self, is_online: impl Fn(usize) -> bool) -> i32 {
        let online = self.cpus.iter().enumerate().filter(|(cpu, _)| is_online(*cpu));
        let one = |sum: u32, (_, cpu): (usize, &CpuCount)| {
            // Relaxed: as in `sum`.
            sum.wrapping_add(cpu.incs.load(Ordering::Relaxed)).wrapping_sub(cpu.decs.load(Ordering::Relaxed))
        };
        online.fold(0, one) as i32
    }
}

impl CpuCount {
    fn new() -> CpuCount {
        CpuCount { incs: AtomicU32::new(0), decs: AtomicU32::new(0) }
    }
}
