//! Who holds a module, counted by CPU, and where the module is in its life. `include/linux/module.h` and
//! `kernel/module.c` of 2.5.48 to 3.18: try_module_get, module_put, try_stop_module.

use abi::{Errno, ModuleState};

use super::{
    percpu::PerCpuCount,
    sync::{AtomicU32, Ordering, preempt_disable, preempt_enable},
};

const GOING: u32 = ModuleState::Going as u32;

/// A module's state, and the references to it.
#[derive(Debug)]
pub struct PerCpuRefcount {
    state: AtomicU32,
    count: PerCpuCount,
}

impl PerCpuRefcount {
    /// UNFORMED, and held by `init`; counted by `cpus` CPUs (`module_unload_init`).
    pub fn new(cpus: usize) -> PerCpuRefcount {
        let refcount = PerCpuRefcount {
            state: AtomicU32::new(ModuleState::Unformed as u32),
            count: PerCpuCount::new(cpus),
        };
        refcount.get();
        refcount
    }

    /// Where the module is in its life.
    pub fn state(&self) -> ModuleState {
        // Acquire: pairs with the Release of `set_state`, so that whoever sees COMING or LIVE sees what was formed.
        self.state.load(Ordering::Acquire).into()
    }

    /// Moves it on.
    pub fn set_state(&self, state: ModuleState) {
        // Release: pairs with the Acquire of `state`.
        self.state.store(state as u32, Ordering::Release);
    }

    /// `module_refcount`: how many hold it. A number to show: the next moment it is another.
    pub fn count(&self) -> i32 {
        self.count.sum_decs_first()
    }

    /// The parts of the count.
    pub fn parts(&self) -> &PerCpuCount {
        &self.count
    }

    /// `try_module_get`: takes a reference unless the module is GOING; whether it did.
    ///
    /// Between the look at the state and the counting, nobody may stop this CPU: preemption is disabled. The count is this
    /// CPU's own, so a load and a store do; an atomic addition would lock the cache line for nothing.
    pub fn try_get(&self) -> bool {
        todo!("with preemption disabled, look at the state, and count one more in this CPU's own part")
    }

    /// `strong_try_module_get`: takes a reference to a module whose `init` has returned.
    ///
    /// # Errors
    /// `EBUSY` while it is COMING, `ENOENT` once it is GOING.
    pub fn strong_try_get(&self) -> Result<(), Errno> {
        match self.state() {
            ModuleState::Coming => Err(Errno::EBUSY),
            _ if self.try_get() => Ok(()),
            _ => Err(Errno::ENOENT),
        }
    }

    /// `__module_get`: takes a reference where the caller knows of one already.
    pub fn get(&self) {
        preempt_disable();
        let incs = &self.count.this_cpu().incs;
        // Relaxed: as in `try_get`.
        incs.store(incs.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        preempt_enable();
    }

    /// `module_put`: gives a reference back, on whichever CPU the caller is by now; whether somebody waits for that and is
    /// to be woken: whether the module is GOING.
    ///
    /// Who sums without stopping the machine, and who waits for the last holder, reads `decs` and concludes from it what
    /// came before: the store says so with Release.
    pub fn put(&self) -> bool {
        todo!("with preemption disabled, count one given back (Release); say whether it is awaited")
    }

    /// `__try_stop_module`: runs in the stopped machine. Where nobody holds the module, or the remover is ready to `wait`,
    /// it is GOING from now on; whether it is.
    pub fn try_release(&self, wait: bool) -> bool {
        todo!("refuse where somebody holds the module and the remover does not wait; else it is GOING")
    }
}
