//! Requests that wait their turn, and the word that they are done. Linux: crypto/algapi.c, crypto/api.c.

use std::mem::offset_of;

use abi::{Errno, offsets};

use super::layout::Request;
use crate::current;
use crate::exports::Table;
use crate::services::invoke::invoke;
use crate::services::{fail, functions, list};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_init_queue/2, crypto_enqueue_request/2, crypto_enqueue_request_head/2, crypto_dequeue_request/1,
        crypto_req_done/2);
}

/// `struct crypto_queue`.
#[repr(C)]
struct Queue {
    list: [u64; 2],
    /// The first request that is behind the limit, or the list's head.
    backlog: u64,
    length: u32,
    most: u32,
}

const _: () = assert!(
    size_of::<Queue>() == offsets::crypto_queue::SIZE
        && offset_of!(Queue, backlog) == offsets::crypto_queue::BACKLOG
        && offset_of!(Queue, length) == offsets::crypto_queue::QLEN
);

/// CRYPTO_TFM_REQ_MAY_BACKLOG.
const MAY_BACKLOG: u32 = 0x400;

/// # Safety for all of this file
/// Queues are the callers', locked by them; a request's list node comes first in it.
unsafe extern "C" fn crypto_init_queue(queue: *mut Queue, most: u32) {
    let head = queue as u64;
    // SAFETY: the caller's queue.
    unsafe { *queue = Queue { list: [head; 2], backlog: head, length: 0, most } };
}

unsafe extern "C" fn crypto_enqueue_request(queue: *mut Queue, request: *mut Request) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let mut answer = Errno::EINPROGRESS;
        if (*queue).length >= (*queue).most {
            if (*request).flags & MAY_BACKLOG == 0 {
                return fail(Errno::ENOSPC);
            }
            answer = Errno::EBUSY;
            if (*queue).backlog == queue as u64 {
                (*queue).backlog = request as u64;
            }
        }
        (*queue).length += 1;
        list::add_tail(request as u64, queue as u64);
        fail(answer)
    }
}

unsafe extern "C" fn crypto_enqueue_request_head(queue: *mut Queue, request: *mut Request) {
    // SAFETY: as for all of this file.
    unsafe {
        if (*queue).length >= (*queue).most {
            (*queue).backlog = list::prev((*queue).backlog);
        }
        (*queue).length += 1;
        list::add(request as u64, queue as u64);
    }
}

unsafe extern "C" fn crypto_dequeue_request(queue: *mut Queue) -> u64 {
    // SAFETY: as for all of this file.
    unsafe {
        if (*queue).length == 0 {
            return 0;
        }
        (*queue).length -= 1;
        if (*queue).backlog != queue as u64 {
            (*queue).backlog = list::next((*queue).backlog);
        }
        let request = (*queue).list[0];
        list::del(request);
        request
    }
}

/// `struct crypto_wait`: what a caller waits on for an asynchronous request.
#[repr(C)]
struct Wait {
    completion: [u8; offsets::completion::SIZE],
    error: i32,
}

/// The completion function that goes with `crypto_wait_req`.
pub unsafe extern "C" fn crypto_req_done(request: *const Request, error: i32) {
    if error == fail(Errno::EINPROGRESS) {
        return;
    }
    let Some(complete) = current().machine().exports().value("complete") else { return };
    // SAFETY: the request's data is a struct crypto_wait that its owner waits on.
    unsafe {
        let wait = (*request).data as *mut Wait;
        (*wait).error = error;
        invoke(complete, [(&raw mut (*wait).completion) as u64]);
    }
}
