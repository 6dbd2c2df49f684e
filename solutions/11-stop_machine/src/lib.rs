//! Lab 11: per-CPU counts, and all CPUs standing still. A reference is counted by the CPU that takes it, without a locked
//! instruction and without a fence; who wants to know the sum stops every CPU first. `kernel/module.c` of 2.5.48 to 3.18,
//! and `kernel/stop_machine.c`.

pub mod hotplug;
pub mod membarrier;
pub mod multi_stop;
pub mod percpu;
pub mod refcount;
mod stop;

pub mod sync {
    //! What the lab's files synchronise with.
    pub use explore::native::*;
    // On the course's machine timers are the interrupts, and none runs beside a task: counting is all there is to do.
    pub use explore::native::{preempt_disable as local_irq_disable, preempt_enable as local_irq_enable};
}

pub use abi::ModuleState;

pub use self::{
    hotplug::OnlineCpus,
    membarrier::membarrier,
    multi_stop::{MultiStop, State},
    percpu::PerCpuCount,
    refcount::PerCpuRefcount,
    stop::{Cpus, stop_machine},
};

/// The same files once more, over atomics whose every interleaving is explored: what the tests use.
#[cfg(feature = "model")]
#[path = "."]
pub mod model {
    #[path = "attack.rs"]
    pub mod attack;
    #[path = "hotplug.rs"]
    pub mod hotplug;
    #[path = "multi_stop.rs"]
    pub mod multi_stop;
    #[path = "percpu.rs"]
    pub mod percpu;
    #[path = "refcount.rs"]
    pub mod refcount;

    pub mod sync {
        //! What the lab's files synchronise with.
        pub use explore::model::*;
        // What keeps the other threads of a CPU away keeps its interrupts away.
        pub use explore::model::{preempt_disable as local_irq_disable, preempt_enable as local_irq_enable};
    }
}
