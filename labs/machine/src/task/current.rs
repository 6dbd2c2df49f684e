//! Where the calling code runs: `current` and `smp_processor_id()`.

use std::{marker::PhantomData, mem::ManuallyDrop, ptr, sync::Arc};

use super::{Task, with_local};
use crate::{Machine, base};

/// The task that the calling code runs in, and its machine.
///
/// It holds no references of its own, because a task that dies in the middle never drops what is on its stack: the CPU
/// keeps both alive while the task runs, and a task that does not run cannot look. Hence it stays on its thread, too.
pub struct Current {
    machine: ManuallyDrop<Arc<Machine>>,
    task: ManuallyDrop<Arc<Task>>,
    stays_here: PhantomData<*const ()>,
}

/// Where the calling code runs.
///
/// # Panics
/// Outside a task: exports are called by module code, and that only runs in tasks.
pub fn current() -> Current {
    try_current().expect("called outside of any task of a machine")
}

/// Where the calling code runs; `None` on threads that are no CPU, and between tasks.
pub fn try_current() -> Option<Current> {
    let running = with_local(|local| {
        local.running().as_ref().map(|(machine, task)| {
            // SAFETY: bitwise copies that are never dropped. The originals stay in the local while this task runs, and
            // other handles of the same counts take their place whenever it runs again.
            unsafe { (ptr::read(machine), ptr::read(task)) }
        })
    });
    running.flatten().map(|(machine, task)| Current {
        machine: ManuallyDrop::new(machine),
        task: ManuallyDrop::new(task),
        stays_here: PhantomData,
    })
}

impl Current {
    /// The machine.
    pub fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// The task.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// The number of the CPU.
    pub fn cpu(&self) -> usize {
        self.task.cpu()
    }

    /// `preempt_count()`: 0 where the task may be preempted.
    pub fn preempt_count(&self) -> u32 {
        with_local(|local| local.preempt_count() & !crate::cpu::PREEMPT_ENABLED).unwrap_or(0)
    }

    /// `preempt_count_set`: what a caller does who got a count back that is not the one it had.
    pub fn set_preempt_count(&self, count: u32) {
        with_local(|local| {
            local.set_preempt_count(count & !crate::cpu::PREEMPT_ENABLED | crate::cpu::PREEMPT_ENABLED)
        });
    }

    /// Whether interrupts are on, as far as module code has said (`!irqs_disabled()`).
    pub fn interrupts(&self) -> bool {
        with_local(|local| local.irqs() & base::IF != 0).unwrap_or(true)
    }

    /// `local_irq_enable`.
    pub fn enable_interrupts(&self) {
        with_local(|local| local.enable_interrupts());
    }
}
