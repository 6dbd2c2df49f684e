//! Reference counts that refuse to wrap, messages that refuse to flood, and sums kept per CPU. Linux: lib/refcount.c,
//! lib/ratelimit.c, lib/percpu_counter.c.

use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

use abi::offsets::{percpu_counter, ratelimit_state};

use crate::services::complain::warn;
use crate::services::{field, functions, text};
use crate::{Level, Table, current, printk};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; refcount_warn_saturate/2, refcount_dec_if_one/1, refcount_dec_not_one/1, ___ratelimit/2,
        __percpu_counter_init/4, percpu_counter_destroy/1, percpu_counter_add_batch/3, __percpu_counter_sum/1,
        percpu_counter_set/2, __percpu_counter_compare/3);
    table.data("percpu_counter_batch", 4, 4, &32i32.to_le_bytes());
}

/// REFCOUNT_SATURATED: far from both ends, so that it never gets to 0 again.
const SATURATED: i32 = i32::MIN / 2;

unsafe fn count<'a>(address: u64) -> &'a AtomicI32 {
    // SAFETY: the module's refcount_t; all CPUs touch it atomically.
    unsafe { AtomicI32::from_ptr(address as *mut i32) }
}

/// The inlined refcount_t operations call this when something is wrong.
unsafe extern "C" fn refcount_warn_saturate(address: u64, kind: u32) {
    // SAFETY: the module's refcount_t. Relaxed: the count means nothing any more.
    unsafe { count(address) }.store(SATURATED, Ordering::Relaxed);
    warn(match kind {
        0 | 1 => "refcount_t: saturated; leaking memory.",
        2 => "refcount_t: addition on 0; use-after-free.",
        3 => "refcount_t: underflow; use-after-free.",
        4 => "refcount_t: decrement hit 0; leaking memory.",
        _ => "refcount_t: unknown saturation event!?.",
    });
}

unsafe extern "C" fn refcount_dec_if_one(address: u64) -> bool {
    // SAFETY: the module's refcount_t. Release: others see what was written before; the control dependency does the rest.
    unsafe { count(address) }.compare_exchange(1, 0, Ordering::Release, Ordering::Relaxed).is_ok()
}

unsafe extern "C" fn refcount_dec_not_one(address: u64) -> bool {
    let step = |value: i32| match value {
        SATURATED => Some(SATURATED),
        1 => None,
        _ => Some(value.wrapping_sub(1)),
    };
    // SAFETY: the module's refcount_t. Release as above.
    unsafe { count(address) }.fetch_update(Ordering::Release, Ordering::Relaxed, step).is_ok()
}

/// Whether a message may be printed: `burst` of them in each `interval` of jiffies.
unsafe extern "C" fn ___ratelimit(state: u64, function: *const u8) -> i32 {
    let now = current().machine().clock().jiffies();
    // SAFETY: the module's struct ratelimit_state, and a NUL-terminated name.
    unsafe {
        let interval: i32 = field::get(state, ratelimit_state::INTERVAL);
        if interval == 0 {
            return 1;
        }
        let begin: u64 = field::get(state, ratelimit_state::BEGIN);
        if begin == 0 || now.wrapping_sub(begin) > interval as u64 {
            let missed: i32 = field::get(state, ratelimit_state::MISSED);
            if begin != 0 && missed > 0 {
                let name = String::from_utf8_lossy(text::bytes(function));
                printk(Level::WARNING, &format!("{name}: {missed} callbacks suppressed\n"));
            }
            field::put(state, ratelimit_state::BEGIN, now);
            field::put(state, ratelimit_state::PRINTED, 0i32);
            field::put(state, ratelimit_state::MISSED, 0i32);
        }
        let (printed, burst): (i32, i32) =
            (field::get(state, ratelimit_state::PRINTED), field::get(state, ratelimit_state::BURST));
        let allowed = printed < burst;
        let offset = if allowed { ratelimit_state::PRINTED } else { ratelimit_state::MISSED };
        let counted: i32 = field::get(state, offset);
        field::put(state, offset, counted.wrapping_add(1));
        i32::from(allowed)
    }
}

/// The sum itself: here all CPUs add to it at once.
unsafe fn sum<'a>(counter: u64) -> &'a AtomicI64 {
    // SAFETY: the module's struct percpu_counter.
    unsafe { AtomicI64::from_ptr((counter + percpu_counter::COUNT as u64) as *mut i64) }
}

unsafe extern "C" fn __percpu_counter_init(counter: u64, amount: i64, _flags: u32, _key: u64) -> i32 {
    // SAFETY: the module's own struct; its per-CPU part only tells the inlined code that it is in use.
    unsafe {
        std::ptr::write_bytes(counter as *mut u8, 0, percpu_counter::SIZE);
        sum(counter).store(amount, Ordering::Relaxed);
        field::put(counter, percpu_counter::COUNTERS, counter);
    }
    0
}

unsafe extern "C" fn percpu_counter_destroy(counter: u64) {
    // SAFETY: the module's struct percpu_counter.
    unsafe { field::put(counter, percpu_counter::COUNTERS, 0u64) };
}

unsafe extern "C" fn percpu_counter_add_batch(counter: u64, amount: i64, _batch: i32) {
    // SAFETY: the module's struct. Relaxed: a statistic orders nothing.
    unsafe { sum(counter) }.fetch_add(amount, Ordering::Relaxed);
}

unsafe extern "C" fn __percpu_counter_sum(counter: u64) -> i64 {
    // SAFETY: the module's struct. Relaxed as above.
    unsafe { sum(counter) }.load(Ordering::Relaxed)
}

unsafe extern "C" fn percpu_counter_set(counter: u64, amount: i64) {
    // SAFETY: the module's struct. Relaxed as above.
    unsafe { sum(counter) }.store(amount, Ordering::Relaxed);
}

unsafe extern "C" fn __percpu_counter_compare(counter: u64, other: i64, _batch: i32) -> i32 {
    // SAFETY: the module's struct.
    unsafe { __percpu_counter_sum(counter) }.cmp(&other) as i32
}
