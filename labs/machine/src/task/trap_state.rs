//! What the signal handler needs of a CPU: readable at any moment of that CPU's own thread, without a lock.

use std::{
    cell::{Cell, UnsafeCell},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{cpu::Cpu, fault::Frame};

/// The stack for an oops where the task's own has no room left; bytes.
const EMERGENCY_STACK: usize = 128 << 10;

/// The part of a CPU thread's own state that exceptions use.
pub(crate) struct TrapState {
    frame: UnsafeCell<Frame>,
    /// 0: none; 1: an exception is being handled; 2: and there was another meanwhile.
    level: Cell<u8>,
    /// The running task's count of calls into module code; null between tasks.
    depth: Cell<*const AtomicU32>,
    /// The running task's stack: its lowest usable byte, and the end.
    stack: Cell<(u64, u64)>,
    emergency: Vec<u8>,
    cpu: Arc<Cpu>,
}

impl TrapState {
    pub(super) fn new(cpu: Arc<Cpu>) -> TrapState {
        TrapState {
            frame: UnsafeCell::default(),
            level: Cell::new(0),
            depth: Cell::new(ptr::null()),
            stack: Cell::new((0, 0)),
            emergency: vec![0; EMERGENCY_STACK],
            cpu,
        }
    }

    /// A task takes the CPU: `depth` stays valid until `leave`.
    pub(super) fn enter(&self, depth: &AtomicU32, stack: (u64, u64)) {
        self.level.set(0);
        self.stack.set(stack);
        self.depth.set(depth);
    }

    pub(super) fn leave(&self) {
        self.depth.set(ptr::null());
    }

    /// Whether module code has been called and has not come back.
    pub(crate) fn in_module(&self) -> bool {
        // SAFETY: null, or valid as `enter` says.
        let depth = unsafe { self.depth.get().as_ref() };
        // Relaxed: this thread's own.
        depth.is_some_and(|depth| depth.load(Ordering::Relaxed) > 0)
    }

    /// Whether the watchdog has given the running task up.
    pub(crate) fn locked_up(&self) -> bool {
        // Relaxed: hints; they order nothing.
        self.cpu.locked_up.load(Ordering::Relaxed) == self.cpu.switches.load(Ordering::Relaxed)
    }

    /// The running task's stack: its lowest usable byte, and its end.
    pub(crate) fn stack(&self) -> (u64, u64) {
        self.stack.get()
    }

    /// The end of the stack for emergencies.
    pub(crate) fn emergency(&self) -> u64 {
        self.emergency.as_ptr_range().end as u64
    }

    /// An exception begins to be handled; false when one is being handled.
    pub(crate) fn begin(&self) -> bool {
        self.level.replace(self.level.get().max(1)) == 0
    }

    /// An exception within the handling of another; false the second time.
    pub(crate) fn begin_again(&self) -> bool {
        self.level.replace(2) == 1
    }

    /// The exception has been handled.
    pub(crate) fn finish(&self) {
        self.level.set(0);
    }

    /// Keeps the registers.
    pub(crate) fn keep(&self, frame: Frame) {
        // SAFETY: written by the handler only between `begin` and the diversion, when nobody on this thread, the only
        // one that has this value, holds a reference to it; the second time nobody comes back to the first.
        unsafe { *self.frame.get() = frame };
    }

    /// Where they are kept.
    pub(crate) fn frame(&self) -> *mut Frame {
        self.frame.get()
    }
}
