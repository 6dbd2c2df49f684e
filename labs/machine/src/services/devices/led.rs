//! Triggers of lights, where the kernel makes the object. There are no lights. Linux: drivers/leds/led-triggers.c.

use abi::offsets::led_trigger;

use crate::Table;
use crate::services::{field, functions, heap};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; led_trigger_register_simple/2, led_trigger_unregister_simple/1, led_trigger_event/2, led_trigger_blink_oneshot/4);
}

unsafe extern "C" fn led_trigger_register_simple(name: u64, trigger: *mut u64) {
    let object = heap::allocate(led_trigger::SIZE as u64, 0);
    // SAFETY: a new object, and the caller's variable.
    unsafe {
        field::put(object, led_trigger::NAME, name);
        *trigger = object;
    }
}

unsafe extern "C" fn led_trigger_unregister_simple(trigger: u64) {
    heap::free(trigger);
}

unsafe extern "C" fn led_trigger_event(_trigger: u64, _brightness: u32) {}

unsafe extern "C" fn led_trigger_blink_oneshot(
    _trigger: u64,
    _on: *const u64,
    _off: *const u64,
    _invert: i32,
) {
}
