//! Sleeping for a time, and waiting busily for a short one. Linux: kernel/time/timer.c, arch/x86/lib/delay.c.

use std::time::{Duration, Instant};

use super::tasks;
use crate::services::functions;
use crate::task::{self, state};
use crate::{HZ, Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; schedule/0, schedule_timeout/1, schedule_timeout_interruptible/1, schedule_timeout_uninterruptible/1,
        msleep/1, msleep_interruptible/1, usleep_range_state/3, __const_udelay/1, __udelay/1, __ndelay/1, schedule_hrtimeout/2,
        schedule_hrtimeout_range/3);
    table.alias("io_schedule", "schedule");
    table.alias("io_schedule_timeout", "schedule_timeout");
    table.alias("schedule_timeout_killable", "schedule_timeout_uninterruptible");
    table.alias("schedule_timeout_idle", "schedule_timeout_uninterruptible");
}

const NANOSECONDS: u64 = 1_000_000_000;

unsafe extern "C" fn schedule() {
    tasks::remember_current();
    task::schedule();
}

/// MAX_SCHEDULE_TIMEOUT: no time at all is set.
const FOR_EVER: i64 = i64::MAX;

/// Sleeps in the state set before for at most so many jiffies; those that were left when it was woken.
pub unsafe extern "C" fn schedule_timeout(jiffies: i64) -> i64 {
    tasks::remember_current();
    if jiffies == FOR_EVER {
        task::schedule();
        return FOR_EVER;
    }
    let limit = Duration::from_nanos((jiffies.clamp(0, 1 << 40) as u64).saturating_mul(NANOSECONDS / HZ));
    let left = task::schedule_timeout(limit);
    left.as_nanos().div_ceil(u128::from(NANOSECONDS / HZ)) as i64
}

unsafe extern "C" fn schedule_timeout_interruptible(jiffies: i64) -> i64 {
    current().task().set_state(state::INTERRUPTIBLE);
    // SAFETY: schedule_timeout() has no requirements.
    unsafe { schedule_timeout(jiffies) }
}

unsafe extern "C" fn schedule_timeout_uninterruptible(jiffies: i64) -> i64 {
    current().task().set_state(state::UNINTERRUPTIBLE);
    // SAFETY: schedule_timeout() has no requirements.
    unsafe { schedule_timeout(jiffies) }
}

unsafe extern "C" fn msleep(milliseconds: u32) {
    task::sleep_ms(u64::from(milliseconds));
}

unsafe extern "C" fn msleep_interruptible(milliseconds: u32) -> u64 {
    tasks::remember_current();
    current().task().set_state(state::INTERRUPTIBLE);
    task::schedule_timeout(Duration::from_millis(u64::from(milliseconds))).as_millis() as u64
}

unsafe extern "C" fn usleep_range_state(min: u64, _max: u64, _state: u32) {
    let until = Instant::now() + Duration::from_micros(min.min(1 << 40));
    while Instant::now() < until {
        current().task().set_state(state::UNINTERRUPTIBLE);
        task::schedule_until(Some(until));
    }
}

/// Waits without letting go of the CPU.
fn busy(time: Duration) {
    let started = Instant::now();
    while started.elapsed() < time {
        std::hint::spin_loop();
    }
}

unsafe extern "C" fn __const_udelay(scaled: u64) {
    // The argument is microseconds * 2^32 / 10^6.
    busy(Duration::from_nanos(((u128::from(scaled) * u128::from(NANOSECONDS)) >> 32) as u64));
}

unsafe extern "C" fn __udelay(microseconds: u64) {
    busy(Duration::from_micros(microseconds));
}

unsafe extern "C" fn __ndelay(nanoseconds: u64) {
    busy(Duration::from_nanos(nanoseconds));
}

unsafe extern "C" fn schedule_hrtimeout_range(expires: *const i64, _slack: u64, _mode: u32) -> i32 {
    tasks::remember_current();
    if expires.is_null() {
        task::schedule();
        return abi::Errno::EINTR.to_return() as i32;
    }
    // SAFETY: the caller's ktime_t, taken as relative, as most are.
    let time = Duration::from_nanos(unsafe { *expires }.max(0) as u64);
    if task::schedule_timeout(time).is_zero() { 0 } else { abi::Errno::EINTR.to_return() as i32 }
}

unsafe extern "C" fn schedule_hrtimeout(expires: *const i64, mode: u32) -> i32 {
    // SAFETY: as schedule_hrtimeout_range.
    unsafe { schedule_hrtimeout_range(expires, 0, mode) }
}
