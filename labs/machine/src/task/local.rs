//! What a CPU's thread knows about itself while a task runs on it: found again by any code on that thread, the fault
//! handler included.

use std::{
    cell::{Cell, Ref, RefCell},
    sync::{Arc, atomic::Ordering},
};

use super::{Task, TrapState};
use crate::{
    Machine,
    cpu::{Area, Cpu, PREEMPT_ENABLED},
    host::Suspender,
};

/// One CPU thread's own state. It lives on that thread's stack for as long as the thread.
pub(crate) struct Local {
    running: RefCell<Option<(Arc<Machine>, Arc<Task>)>>,
    suspender: Cell<Option<Suspender>>,
    trap: TrapState,
    area: Area,
}

thread_local! {
    static LOCAL: Cell<*const Local> = const { Cell::new(std::ptr::null()) };
}

/// Calls `with` on this thread's local; `None` where the thread is no CPU.
pub(crate) fn with_local<T>(with: impl FnOnce(&Local) -> T) -> Option<T> {
    let local = LOCAL.get();
    // SAFETY: set by `Local::install`, whose value outlives everything that runs on this thread.
    unsafe { local.as_ref() }.map(with)
}

/// What exceptions need of this thread's CPU; `None` where the thread is no CPU. Safe in a signal handler.
pub(crate) fn trap_state<'a>() -> Option<&'a TrapState> {
    let local = LOCAL.get();
    // SAFETY: as in `with_local`; those who call this do so while the CPU's thread lives.
    unsafe { local.as_ref() }.map(Local::trap)
}

impl Local {
    /// The state of `cpu`, whose per-CPU variables lie where `area` says.
    pub(crate) fn new(cpu: Arc<Cpu>, area: Area) -> Local {
        Local { running: RefCell::default(), suspender: Cell::new(None), trap: TrapState::new(cpu), area }
    }

    /// What exceptions need.
    pub(crate) fn trap(&self) -> &TrapState {
        &self.trap
    }

    /// Makes `self` this thread's.
    ///
    /// # Safety
    /// `self` stays where it is until `uninstall`.
    pub(crate) unsafe fn install(&self) {
        LOCAL.set(self);
    }

    /// The thread is no CPU any more.
    pub(crate) fn uninstall() {
        LOCAL.set(std::ptr::null());
    }

    /// The running task takes over the CPU's variables; `stack` is its own.
    pub(crate) fn enter(
        &self,
        machine: Arc<Machine>,
        task: Arc<Task>,
        suspender: Option<Suspender>,
        stack: (u64, u64),
    ) {
        self.trap.enter(&task.depth, stack);
        self.set_preempt_count(task.preempt_count.load(Ordering::Relaxed));
        // SAFETY: an aligned word of this CPU's per-CPU area.
        unsafe { (self.area.current_task as *mut u64).write_volatile(task.address()) };
        self.suspender.set(suspender);
        self.running.replace(Some((machine, task)));
    }

    /// The task has left the CPU; what kept it and the machine alive.
    pub(crate) fn leave(&self) -> Option<(Arc<Machine>, Arc<Task>)> {
        self.trap.leave();
        self.suspender.set(None);
        self.running.take()
    }

    /// Where the running task's fiber is left; known once it has begun.
    pub(crate) fn set_suspender(&self, suspender: Suspender) {
        self.suspender.set(Some(suspender));
    }

    pub(super) fn suspender(&self) -> Option<Suspender> {
        self.suspender.get()
    }

    /// The running task and what keeps its machine alive.
    pub(super) fn running(&self) -> Ref<'_, Option<(Arc<Machine>, Arc<Task>)>> {
        self.running.borrow()
    }

    pub(crate) fn preempt_count(&self) -> u32 {
        // SAFETY: an aligned word of this CPU's per-CPU area.
        unsafe { (self.area.preempt_count as *const u32).read_volatile() }
    }

    pub(crate) fn set_preempt_count(&self, count: u32) {
        // SAFETY: as above.
        unsafe { (self.area.preempt_count as *mut u32).write_volatile(count) }
    }

    /// The flags register as far as interrupts are concerned.
    pub(super) fn irqs(&self) -> u32 {
        // SAFETY: as above.
        unsafe { (self.area.irqs as *const u32).read_volatile() }
    }

    /// Whoever sleeps with interrupts off finds them on, as the next task does.
    pub(super) fn enable_interrupts(&self) {
        // SAFETY: an aligned word of this CPU's per-CPU area.
        unsafe { (self.area.irqs as *mut u32).write_volatile(crate::base::IRQS_ON) };
    }

    /// Keeps the task's preemption count while others run.
    pub(super) fn save(&self) {
        if let Some((_, task)) = &*self.running.borrow() {
            // Relaxed: read again by this thread only.
            task.preempt_count.store(self.preempt_count(), Ordering::Relaxed);
        }
    }

    /// `schedule_debug`: who sleeps with preemption off is told so, once each time, and preemption is on again.
    pub(super) fn check_atomic(&self) {
        let count = self.preempt_count();
        self.enable_interrupts();
        if count & !PREEMPT_ENABLED == 0 {
            return;
        }
        if let Some((machine, task)) = &*self.running.borrow()
            && task.outcome().is_none()
        {
            let text =
                format!("BUG: scheduling while atomic: {}/{}/{count:#010x}\n", task.name(), task.pid());
            machine.printk(crate::Level::ERR, &text);
        }
        self.set_preempt_count(PREEMPT_ENABLED);
    }
}
