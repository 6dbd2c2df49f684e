//! Identifiers: small numbers for pointers (IDR) and small numbers for nothing (IDA). Linux: lib/idr.c.
//!
//! An IDR's callers hold a lock of their own; IDA and readers under RCU do not, so every call holds the machine's.

use abi::{Errno, offsets};

use super::tree::{self, Entry, gap};
use crate::exports::Table;
use crate::services::complain::warn;
use crate::services::{err_ptr, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; idr_alloc/5, idr_alloc_u32/5, idr_alloc_cyclic/5, idr_remove/2, idr_find/2, idr_for_each/3, idr_get_next/2,
        idr_get_next_ul/2, idr_replace/3, idr_destroy/1, idr_preload/1, ida_alloc_range/4, ida_free/2, ida_destroy/1);
}

/// What the IDR adds to every index.
unsafe fn base(idr: u64) -> u64 {
    // SAFETY: the caller's struct idr.
    u64::from(unsafe { *((idr + offsets::idr::BASE as u64) as *const u32) })
}

unsafe extern "C" fn idr_alloc_u32(idr: u64, value: u64, next: *mut u32, max: u64, _flags: u32) -> i32 {
    // SAFETY: the caller's struct idr and its variable.
    unsafe {
        let base = base(idr);
        if max < base {
            return Errno::ENOSPC.to_return() as i32;
        }
        let start = u64::from(*next).saturating_sub(base);
        let taken = tree::with(idr, |tree| {
            let id = gap(tree, start, max - base)?;
            tree.insert(id, Entry { value, marks: 0 });
            Some(id)
        });
        match taken {
            Some(id) => {
                *next = (id + base) as u32;
                0
            }
            None => Errno::ENOSPC.to_return() as i32,
        }
    }
}

/// The largest identifier that the exclusive `end` allows; 0 or less is no limit.
fn last(end: i32) -> u64 {
    if end > 0 { end as u64 - 1 } else { i32::MAX as u64 }
}

unsafe extern "C" fn idr_alloc(idr: u64, value: u64, start: i32, end: i32, flags: u32) -> i32 {
    let Ok(mut id) = u32::try_from(start) else { return Errno::EINVAL.to_return() as i32 };
    // SAFETY: the caller's struct idr.
    match unsafe { idr_alloc_u32(idr, value, &raw mut id, last(end), flags) } {
        0 => id as i32,
        error => error,
    }
}

unsafe extern "C" fn idr_alloc_cyclic(idr: u64, value: u64, start: i32, end: i32, flags: u32) -> i32 {
    // SAFETY: the caller's struct idr.
    unsafe {
        let next = (idr + offsets::idr::NEXT as u64) as *mut u32;
        let mut id = (*next as i32).max(start) as u32;
        let mut error = idr_alloc_u32(idr, value, &raw mut id, last(end), flags);
        if error != 0 && id as i32 > start {
            id = start as u32;
            error = idr_alloc_u32(idr, value, &raw mut id, last(end), flags);
        }
        if error != 0 {
            return error;
        }
        *next = id + 1;
        id as i32
    }
}

unsafe extern "C" fn idr_remove(idr: u64, id: u64) -> u64 {
    // SAFETY: the caller's struct idr.
    unsafe {
        let index = id.wrapping_sub(base(idr));
        tree::with(idr, |tree| tree.remove(&index)).map_or(0, |entry| entry.value)
    }
}

unsafe extern "C" fn idr_find(idr: u64, id: u64) -> u64 {
    // SAFETY: the caller's struct idr.
    unsafe {
        let index = id.wrapping_sub(base(idr));
        tree::with(idr, |tree| tree.get(&index).copied()).map_or(0, |entry| entry.value)
    }
}

unsafe extern "C" fn idr_for_each(idr: u64, visit: extern "C" fn(i32, u64, u64) -> i32, data: u64) -> i32 {
    // SAFETY: the caller's struct idr.
    let (base, entries) = unsafe {
        let copy = |tree: &mut super::tree::Tree| {
            tree.iter().map(|(&id, entry)| (id, entry.value)).collect::<Vec<_>>()
        };
        (base(idr), tree::with(idr, copy))
    };
    let visits = entries.into_iter().filter(|(_, value)| *value != 0);
    visits.map(|(id, value)| visit((id + base) as i32, value, data)).find(|&answer| answer != 0).unwrap_or(0)
}

unsafe extern "C" fn idr_get_next_ul(idr: u64, next: *mut u64) -> u64 {
    // SAFETY: the caller's struct idr and its variable.
    unsafe {
        let base = base(idr);
        let start = (*next).saturating_sub(base);
        let found = tree::with(idr, |tree| {
            tree.range(start..).find(|(_, entry)| entry.value != 0).map(|(&id, entry)| (id, entry.value))
        });
        let Some((id, value)) = found else { return 0 };
        *next = id + base;
        value
    }
}

unsafe extern "C" fn idr_get_next(idr: u64, next: *mut i32) -> u64 {
    // SAFETY: the caller's struct idr and its variable.
    unsafe {
        let mut id = *next as u64;
        let value = idr_get_next_ul(idr, &raw mut id);
        if value != 0 {
            *next = id as i32;
        }
        value
    }
}

unsafe extern "C" fn idr_replace(idr: u64, value: u64, id: u64) -> u64 {
    // SAFETY: the caller's struct idr.
    unsafe {
        let index = id.wrapping_sub(base(idr));
        let old = tree::with(idr, |tree| {
            tree.get_mut(&index).map(|entry| std::mem::replace(&mut entry.value, value))
        });
        old.unwrap_or(err_ptr(Errno::ENOENT))
    }
}

unsafe extern "C" fn idr_destroy(idr: u64) {
    // SAFETY: the caller's struct idr.
    unsafe { tree::with(idr, |tree| tree.clear()) };
}

unsafe extern "C" fn idr_preload(_flags: u32) {
    // The inlined idr_preload_end() is preempt_enable().
    crate::services::sync::preempt_disable();
}

unsafe extern "C" fn ida_alloc_range(ida: u64, min: u32, max: u32, _flags: u32) -> i32 {
    let Ok(first) = i32::try_from(min) else { return Errno::ENOSPC.to_return() as i32 };
    let last = max.min(i32::MAX as u32);
    // SAFETY: the caller's struct ida.
    let taken = unsafe {
        tree::with(ida, |tree| {
            let id = gap(tree, first as u64, u64::from(last))?;
            tree.insert(id, Entry::default());
            Some(id)
        })
    };
    taken.map_or(Errno::ENOSPC.to_return() as i32, |id| id as i32)
}

unsafe extern "C" fn ida_free(ida: u64, id: u32) {
    // SAFETY: the caller's struct ida.
    if unsafe { tree::with(ida, |tree| tree.remove(&u64::from(id))) }.is_none() {
        warn(&format!("ida_free called for id={id} which is not allocated."));
    }
}

unsafe extern "C" fn ida_destroy(ida: u64) {
    // SAFETY: the caller's struct ida.
    unsafe { tree::with(ida, |tree| tree.clear()) };
}
