//! `rmmod --wait`: sleeping until a module that is GOING is let go by everybody. `kernel/module.c,
//! wait_for_zero_refcount`, as it was from 2.5.48 to 3.12.

use super::{
    parts::Refcount,
    sync::{AtomicBool, Ordering, spin_until},
};

/// The one task that waits for a module: its field `waiter`, and the four things that a task does to sleep and be woken.
pub trait Waiter {
    /// `set_current_state(TASK_UNINTERRUPTIBLE)`: from now on a waking counts, also before we sleep.
    fn prepare(&self);
    /// `schedule()`: sleeps until woken. Returns at once where somebody has woken us since `prepare`.
    fn schedule(&self);
    /// `set_current_state(TASK_RUNNING)`: we do not want to sleep after all.
    fn finish(&self);
    /// `wake_up_process`. Of one who does not sleep it is no waking at all.
    fn wake(&self);
}

/// Sleeps until nobody holds the module, which is GOING, so that fewer and fewer do. Then nobody can any more: the
/// count's base is gone.
///
/// Each attempt is one [`Refcount::try_release`]. Where that fails, [`module_put`](super::put::module_put) will wake us,
/// perhaps before we are asleep.
pub fn wait_for_zero<W: Waiter + ?Sized>(refcount: &Refcount, waiter: &W) {
    todo!("sleep until nobody holds the module, without missing the waking")
}

/// A waiter that is a flag. The loader's is a task of the machine.
#[derive(Debug, Default)]
pub struct Sleeper {
    asleep: AtomicBool,
}

impl Sleeper {
    /// One who is awake.
    pub fn new() -> Sleeper {
        Sleeper { asleep: AtomicBool::new(false) }
    }
}

impl Waiter for Sleeper {
    fn prepare(&self) {
        // Relaxed: whoever has to wake us has read the count that we leave after this, with its Release.
        self.asleep.store(true, Ordering::Relaxed);
    }

    fn schedule(&self) {
        // Relaxed: the count, which we look at next, orders what we see.
        spin_until(|| !self.asleep.load(Ordering::Relaxed));
    }

    fn finish(&self) {
        // Relaxed: our own.
        self.asleep.store(false, Ordering::Relaxed);
    }

    fn wake(&self) {
        // Relaxed: see `schedule`.
        self.asleep.store(false, Ordering::Relaxed);
    }
}
