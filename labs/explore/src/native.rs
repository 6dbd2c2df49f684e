//! Synchronisation as the finished loader uses it: the standard library's atomics, and the few words of the kernel that
//! it has no word for.

use std::{cell::Cell, fmt};

pub use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};

/// A lock that a CPU waits for (`struct mutex`, `spinlock_t`). Whoever panics while holding it leaves it unlocked.
#[derive(Default)]
pub struct Mutex<T>(std::sync::Mutex<T>);

/// A [`Mutex`], locked.
pub type MutexGuard<'a, T> = std::sync::MutexGuard<'a, T>;

impl<T> Mutex<T> {
    /// An unlocked one.
    pub fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    /// Waits until nobody else holds it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Waits until `condition` holds, as `while (!condition) cpu_relax();` does. It must do nothing but look.
pub fn spin_until(condition: impl Fn() -> bool) {
    let mut tries = 0_u32;
    while !condition() {
        tries = tries.wrapping_add(1);
        // With fewer processors than CPUs, the one that is waited for may need this one.
        if tries.is_multiple_of(64) { std::thread::yield_now() } else { std::hint::spin_loop() }
    }
}

thread_local! {
    static PREEMPT_COUNT: Cell<u32> = const { Cell::new(0) };
    static CPU: Cell<usize> = const { Cell::new(0) };
}

/// `preempt_disable`: until [`preempt_enable`] nothing else runs on this CPU. Tasks of the course's machine change only
/// where they sleep, so that counting is all there is to do.
pub fn preempt_disable() {
    PREEMPT_COUNT.set(PREEMPT_COUNT.get() + 1);
}

/// `preempt_enable`: undoes one [`preempt_disable`].
pub fn preempt_enable() {
    PREEMPT_COUNT.set(PREEMPT_COUNT.get().saturating_sub(1));
}

/// Whether preemption is disabled here (`in_atomic`).
pub fn in_atomic() -> bool {
    PREEMPT_COUNT.get() > 0
}

/// `smp_processor_id`: the number of the CPU that this thread is, as [`set_cpu`] has it; 0 before.
pub fn cpu() -> usize {
    CPU.get()
}

/// Says which CPU this thread is.
pub fn set_cpu(number: usize) {
    CPU.set(number);
}
