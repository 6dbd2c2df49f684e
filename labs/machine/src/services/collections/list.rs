//! What CONFIG_DEBUG_LIST checks at every list operation, and lists without locks. Linux: lib/list_debug.c, lib/llist.c.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::exports::Table;
use crate::services::complain::warn;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; __list_add_valid/3, __list_del_entry_valid/1, llist_add_batch/3, llist_del_first/1, llist_reverse_order/1);
}

const POISON1: u64 = 0xdead_0000_0000_0100;
const POISON2: u64 = 0xdead_0000_0000_0122;

/// The `next` and `prev` of a node.
unsafe fn links(node: u64) -> (u64, u64) {
    // SAFETY: the module says a list_head lies there; if not, the fault is its own.
    unsafe { (*(node as *const u64), *((node + 8) as *const u64)) }
}

/// Warns about the first of the checks that fails; whether none did.
fn passes(checks: impl IntoIterator<Item = (bool, String)>) -> bool {
    let corruption = checks.into_iter().find(|(corrupt, _)| *corrupt);
    if let Some((_, message)) = &corruption {
        warn(message);
    }
    corruption.is_none()
}

unsafe extern "C" fn __list_add_valid(new: u64, prev: u64, next: u64) -> bool {
    if prev == 0 || next == 0 {
        return passes([
            (prev == 0, "list_add corruption. prev is NULL.".to_owned()),
            (next == 0, "list_add corruption. next is NULL.".to_owned()),
        ]);
    }
    // SAFETY: as links().
    let (before, after) = unsafe { (links(next).1, links(prev).0) };
    passes([
        (
            before != prev,
            format!(
                "list_add corruption. next->prev should be prev ({prev:016x}), but was {before:016x}. (next={next:016x})."
            ),
        ),
        (
            after != next,
            format!(
                "list_add corruption. prev->next should be next ({next:016x}), but was {after:016x}. (prev={prev:016x})."
            ),
        ),
        (
            new == prev || new == next,
            format!("list_add double add: new={new:016x}, prev={prev:016x}, next={next:016x}."),
        ),
    ])
}

unsafe extern "C" fn __list_del_entry_valid(entry: u64) -> bool {
    // SAFETY: as links().
    let (next, prev) = unsafe { links(entry) };
    if next == 0 || prev == 0 || next == POISON1 || prev == POISON2 {
        return passes([
            (next == 0, format!("list_del corruption, {entry:016x}->next is NULL")),
            (prev == 0, format!("list_del corruption, {entry:016x}->prev is NULL")),
            (
                next == POISON1,
                format!("list_del corruption, {entry:016x}->next is LIST_POISON1 ({POISON1:016x})"),
            ),
            (
                prev == POISON2,
                format!("list_del corruption, {entry:016x}->prev is LIST_POISON2 ({POISON2:016x})"),
            ),
        ]);
    }
    // SAFETY: as links().
    let (after, before) = unsafe { (links(prev).0, links(next).1) };
    passes([
        (
            after != entry,
            format!(
                "list_del corruption. prev->next should be {entry:016x}, but was {after:016x}. (prev={prev:016x})"
            ),
        ),
        (
            before != entry,
            format!(
                "list_del corruption. next->prev should be {entry:016x}, but was {before:016x}. (next={next:016x})"
            ),
        ),
    ])
}

/// The head of a list without locks.
unsafe fn head<'a>(address: u64) -> &'a AtomicU64 {
    // SAFETY: the module's struct llist_head, one aligned pointer, which all CPUs touch atomically.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }
}

unsafe extern "C" fn llist_add_batch(first: u64, last: u64, list: u64) -> bool {
    // SAFETY: the caller's own nodes and a list head.
    unsafe {
        let head = head(list);
        let mut old = head.load(Ordering::Relaxed);
        loop {
            *(last as *mut u64) = old;
            // Release pairs with the Acquire of whoever takes the list, so that the nodes are whole by then.
            match head.compare_exchange_weak(old, first, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return old == 0,
                Err(now) => old = now,
            }
        }
    }
}

unsafe extern "C" fn llist_del_first(list: u64) -> u64 {
    // SAFETY: the caller's list head; it lets only one CPU delete at a time, so the first node stays.
    unsafe {
        let head = head(list);
        // Acquire pairs with the Release of llist_add_batch.
        let mut old = head.load(Ordering::Acquire);
        while old != 0 {
            match head.compare_exchange_weak(old, *(old as *const u64), Ordering::Acquire, Ordering::Acquire)
            {
                Ok(_) => break,
                Err(now) => old = now,
            }
        }
        old
    }
}

unsafe extern "C" fn llist_reverse_order(first: u64) -> u64 {
    let (mut node, mut reversed) = (first, 0);
    while node != 0 {
        // SAFETY: nodes that the caller took off their list.
        unsafe {
            let next = *(node as *const u64);
            *(node as *mut u64) = reversed;
            (reversed, node) = (node, next);
        }
    }
    reversed
}
