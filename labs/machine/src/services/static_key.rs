//! Switches built into the code: static keys, whose branches the loader rewrites, and static calls, whose trampolines
//! are rewritten here. Linux: kernel/jump_label.c, kernel/static_call_inline.c.

use std::sync::atomic::{AtomicI32, Ordering};

use abi::offsets::static_key;

use super::complain::warn;
use super::functions;
use crate::current;
use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    functions!(table; static_key_count/1, static_key_enable/1, static_key_disable/1, static_key_slow_inc/1, static_key_slow_dec/1,
        static_key_fast_inc_not_disabled/1, __static_call_update/3, __static_call_return0/0);
    table.alias("static_key_enable_cpuslocked", "static_key_enable");
    table.alias("static_key_disable_cpuslocked", "static_key_disable");
}

/// How many users a key has; -1 while the first one's branches are being rewritten.
unsafe fn enabled<'a>(key: u64) -> &'a AtomicI32 {
    // SAFETY: the caller's struct static_key, whose first field this is, and which modules only use atomically too.
    unsafe { AtomicI32::from_ptr((key + static_key::ENABLED as u64) as *mut i32) }
}

/// Lets the branches in every module follow the key.
fn update(key: u64, on: bool) {
    current().machine().hooks().static_key_changed(key, on);
}

unsafe extern "C" fn static_key_count(key: u64) -> i32 {
    // SAFETY: the caller's key. Relaxed: a number for its reader, ordered with nothing.
    let count = unsafe { enabled(key) }.load(Ordering::Relaxed);
    if count >= 0 { count } else { 1 }
}

unsafe extern "C" fn static_key_fast_inc_not_disabled(key: u64) -> bool {
    let more = |count: i32| if count > 0 { count.checked_add(1) } else { None };
    // SAFETY: the caller's key. Acquire: pairs with the Release in enable(), behind which the branches are written.
    unsafe { enabled(key) }.fetch_update(Ordering::Acquire, Ordering::Relaxed, more).is_ok()
}

/// From 0 to 1, with the branches rewritten in between; false when it was not 0.
unsafe fn enable(key: u64) -> bool {
    // SAFETY: the caller's key.
    let enabled = unsafe { enabled(key) };
    // AcqRel: whoever takes the key over from disable() must see its branches.
    if enabled.compare_exchange(0, -1, Ordering::AcqRel, Ordering::Relaxed).is_err() {
        return false;
    }
    update(key, true);
    // Release: whoever sees 1 sees the branches; pairs with static_key_fast_inc_not_disabled().
    enabled.store(1, Ordering::Release);
    true
}

/// From 1 to 0, after which the branches are rewritten; false when it was not 1.
unsafe fn disable(key: u64) -> bool {
    // SAFETY: the caller's key. AcqRel: as in enable().
    let was_one = unsafe { enabled(key) }.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    if was_one {
        update(key, false);
    }
    was_one
}

unsafe extern "C" fn static_key_enable(key: u64) {
    // SAFETY: the caller's key.
    unsafe {
        if !enable(key) && static_key_count(key) != 1 {
            warn("static_key_enable() of a key that is counted");
        }
    }
}

unsafe extern "C" fn static_key_disable(key: u64) {
    // SAFETY: the caller's key.
    unsafe {
        if !disable(key) && static_key_count(key) != 0 {
            warn("static_key_disable() of a key that is counted");
        }
    }
}

unsafe extern "C" fn static_key_slow_inc(key: u64) -> bool {
    // SAFETY: the caller's key.
    unsafe {
        // A key on its way from 0 to 1 is that in a moment, on another CPU.
        while !static_key_fast_inc_not_disabled(key) && !enable(key) {
            // Relaxed: the loop looks again.
            if enabled(key).load(Ordering::Relaxed) == i32::MAX {
                return false;
            }
            std::hint::spin_loop();
        }
    }
    true
}

unsafe extern "C" fn static_key_slow_dec(key: u64) {
    let fewer = |count: i32| (count > 1).then(|| count - 1);
    // SAFETY: the caller's key. Release: pairs with the Acquire of whoever comes to 0.
    unsafe {
        if enabled(key).fetch_update(Ordering::Release, Ordering::Relaxed, fewer).is_err() && !disable(key) {
            warn("static_key_slow_dec() without static_key_slow_inc()");
        }
    }
}

/// `struct static_call_key`.
#[repr(C)]
struct StaticCallKey {
    func: u64,
    sites: u64,
}

/// Lets calls of a key go to `function` from now on: by way of the key's trampoline, to which every call in a module
/// leads that has not been rewritten.
unsafe extern "C" fn __static_call_update(key: *mut StaticCallKey, trampoline: u64, function: u64) {
    // SAFETY: the caller's key.
    unsafe { (*key).func = function };
    let distance = function.wrapping_sub(trampoline.wrapping_add(5)) as i32;
    let mut code = [0xe9, 0, 0, 0, 0];
    code[1..].copy_from_slice(&distance.to_le_bytes());
    if function == 0 {
        // No function: the trampoline returns. ret; int3...
        code = [0xc3, 0xcc, 0xcc, 0xcc, 0xcc];
    }
    if current().machine().memory().patch(trampoline, &code).is_err() {
        warn("static call: the trampoline cannot be written");
    }
}

unsafe extern "C" fn __static_call_return0() -> i64 {
    0
}
