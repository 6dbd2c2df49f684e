//! finup() for asynchronous hashes that have none: update(), and when that is done final(). Linux: crypto/ahash.c,
//! ahash_def_finup.

use abi::Errno;

use super::ahash::hash_of;
use super::layout::AhashRequest;
use crate::services::invoke::{invoke, invoke_int, stub};
use crate::services::{fail, heap};

/// Who is to be told when all is done.
#[repr(C)]
struct Saved {
    complete: u64,
    data: u64,
}

/// # Safety for all of this file
/// Requests are those of living transforms of asynchronous hashes.
pub unsafe extern "C" fn finup(request: *mut AhashRequest) -> i32 {
    let saved = heap::allocate(size_of::<Saved>() as u64, 0) as *mut Saved;
    if saved.is_null() {
        return fail(Errno::ENOMEM);
    }
    // SAFETY: as above; new memory of that size.
    unsafe {
        let base = &mut (*request).base;
        *saved = Saved { complete: base.complete, data: base.data };
        (base.complete, base.data) = (stub(updated as *const (), 2), saved as u64);
        let result = invoke_int((*hash_of((*request).base.tfm)).functions.update, [request as u64]);
        if is_pending(result) {
            return result;
        }
        restore(request, saved);
        if result == 0 { finish(request) } else { result }
    }
}

fn is_pending(result: i32) -> bool {
    result == fail(Errno::EINPROGRESS) || result == fail(Errno::EBUSY)
}

unsafe fn restore(request: *mut AhashRequest, saved: *mut Saved) {
    // SAFETY: what finup() has put in place.
    unsafe { ((*request).base.complete, (*request).base.data) = ((*saved).complete, (*saved).data) };
    heap::free(saved as u64);
}

unsafe fn finish(request: *mut AhashRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { invoke_int((*hash_of((*request).base.tfm)).functions.final_, [request as u64]) }
}

/// update() is done, or has come to its turn.
unsafe extern "C" fn updated(request: *mut AhashRequest, error: i32) {
    // SAFETY: a request that finup() has passed on.
    unsafe {
        let saved = (*request).base.data as *mut Saved;
        if error == fail(Errno::EINPROGRESS) {
            let ours = ((*request).base.complete, (*request).base.data);
            ((*request).base.complete, (*request).base.data) = ((*saved).complete, (*saved).data);
            invoke((*saved).complete, [request as u64, error as u64]);
            ((*request).base.complete, (*request).base.data) = ours;
            return;
        }
        restore(request, saved);
        let result = if error == 0 { finish(request) } else { error };
        if !is_pending(result) {
            invoke((*request).base.complete, [request as u64, result as u64]);
        }
    }
}
