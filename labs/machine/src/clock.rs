//! Time: jiffies, which advance by themselves, and the monotonic clock that printk and ktime read
//! (kernel/time/timer.c, kernel/time/timekeeping.c).

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Jiffies a second, as Debian configures it.
pub const HZ: u64 = 250;

/// `INITIAL_JIFFIES` of include/linux/jiffies.h: five minutes before a 32-bit count would wrap.
pub(crate) const INITIAL_JIFFIES: u64 = (300 * HZ as u32).wrapping_neg() as u64;

/// The machine's clock. It starts at 0 when the machine boots.
#[derive(Debug)]
pub struct Clock {
    booted: Instant,
    /// Where the exported `jiffies` lies.
    jiffies: u64,
}

impl Clock {
    /// A clock that starts now and keeps the count at the address `jiffies`, which stays mapped while the clock lives.
    pub(crate) fn start(jiffies: u64) -> Clock {
        let clock = Clock { booted: Instant::now(), jiffies };
        clock.tick();
        clock
    }

    /// Since the machine booted.
    pub fn monotonic(&self) -> Duration {
        self.booted.elapsed()
    }

    /// Nanoseconds since the machine booted: `ktime_get`, `local_clock`, `sched_clock`.
    pub fn nanoseconds(&self) -> u64 {
        u64::try_from(self.booted.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Since 1970: `ktime_get_real`.
    pub fn real(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    /// The current count of jiffies.
    pub fn jiffies(&self) -> u64 {
        // Relaxed: the count orders nothing but itself; it pairs with the store in `tick`.
        self.counter().load(Ordering::Relaxed)
    }

    /// How long until the count reaches `jiffies`; zero when it has.
    pub fn until(&self, jiffies: u64) -> Duration {
        let left = jiffies.wrapping_sub(INITIAL_JIFFIES);
        let at = Duration::from_nanos(left.saturating_mul(1_000_000_000 / HZ));
        at.saturating_sub(self.monotonic())
    }

    /// Brings the count up to date: called by the clock's thread, and by a CPU before it runs a timer, which must not
    /// see an earlier count than it was set for. The count never goes back.
    pub(crate) fn tick(&self) {
        let passed = self.nanoseconds() / (1_000_000_000 / HZ);
        // Relaxed: see `jiffies`.
        self.counter().fetch_max(INITIAL_JIFFIES.wrapping_add(passed), Ordering::Relaxed);
    }

    fn counter(&self) -> &AtomicU64 {
        // SAFETY: the machine allocated eight aligned bytes for `jiffies` and keeps them while the clock lives.
        unsafe { AtomicU64::from_ptr(self.jiffies as *mut u64) }
    }
}
